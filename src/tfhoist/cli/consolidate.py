"""`tfhoist consolidate`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tfhoist.api.consolidating import Consolidated


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="consolidate")(consolidate)


def consolidate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The service's root module.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="OUT", help="Where everything is written: new, empty, or an earlier run's.")
    ],
    central: Annotated[
        Path | None,
        typer.Option("--central", metavar="DIR", help="The central repository; without it, a new one is made."),
    ] = None,
    environment: Annotated[
        list[str], typer.Option("--environment", metavar="NAME", help="Only this environment (may be repeated).")
    ] = [],  # noqa: B006
    state: Annotated[
        list[str],
        typer.Option("--state", metavar="[NAME=]FILE", help="An environment's state snapshot, or the only one's."),
    ] = [],  # noqa: B006
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Read this instead of DIR/tfhoist.toml.")
    ] = None,
    service: Annotated[str | None, typer.Option("--service", metavar="NAME", help="The service's name.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier consolidation in OUT.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print consolidation.json; the exit code says what proof.json came to.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print no progress.")] = False,
) -> None:
    """Split a root module into what stays and a shared module of the central repository, prove it, and document it.

    Writes under OUT only. Exit code 0 when nothing changes (equivalent), 2 when refused, different or undecided, 1 when
    the input can't be read.

    Example: tfhoist consolidate infrastructure/terraform --central ../hokusai-infrastructure --out build/consolidation
    """
    from tfhoist.api.consolidating import consolidate as run
    from tfhoist.cli.common import Progress, states
    from tfhoist.workspace import check_output_folder

    check_output_folder(out, force=force)
    progress = Progress(quiet=quiet)
    try:
        result = run(
            folder, out, central=central, environments=tuple(environment), states=states(state), config=config,
            service_name=service, progress=progress,
        )  # fmt: skip
    finally:
        progress.done()
    typer.echo((out / "consolidation.json").read_text(encoding="utf-8") if json else _summary(result), nl=not json)
    if result.refusals or result.proof is None or result.proof.verdict != "equivalent":
        raise typer.Exit(2)


def _summary(result: Consolidated) -> str:
    from tfhoist.api.ways_out import mended_elsewhere
    from tfhoist.cli.common import counted, refusal_text
    from tfhoist.cli.proof_text import proof_text

    if result.plan is None or result.proof is None:
        lines = [refusal_text(refusal) for refusal in result.refusals]
        lines.append(
            f"\n{counted(len(result.refusals), 'refusal')}; nothing was split. The audit is in {result.out}/audit."
        )
        if result.way_out:
            left = sorted(mended_elsewhere(result.refusals))
            what = f"only {', '.join(left)} is left" if left else "nothing is refused, and the verdict is equivalent"
            instead = ", in the place of yours," if result.overridden & set(result.way_out) else ""
            lines.append(f"Tried: with these lines in tfhoist.toml{instead} {what}.\n")
            lines.append("  [placement.overrides]")
            lines += [f'  "{address}" = "{side}"' for address, side in sorted(result.way_out.items())]
        return "\n".join(lines)
    plan = result.plan
    errors = sum(1 for finding in result.audit.findings if finding.severity == "error")
    return "\n".join(
        [
            f"{counted(len(plan.moved), 'block')} {'moves' if len(plan.moved) == 1 else 'move'} to {plan.module_folder}, "
            f"{len(plan.stays)} {'stays' if len(plan.stays) == 1 else 'stay'} "
            f"({', '.join(result.environments)})",
            f"boundary: {counted(len(plan.boundary.downlinks), 'downlink')} through {counted(len(plan.boundary.outputs), 'output')}, "
            f"{counted(len(plan.boundary.uplinks), 'uplink')} through {counted(len(plan.boundary.pins), 'pinned input')}",
            f"audit: {counted(len(result.audit.findings), 'finding')}, {counted(errors, 'error')} among them (audit/inventory.md)",
            proof_text(result.proof),
            f"written to {result.out}: open report.html, and read central/, service.patch and migration/runbook.md",
        ]
    )
