"""Texts that more than one document needs: names, counts, and one environment's sentences and shell blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tfhoist.documents.markdown import code, code_cell, codes, marked, table
from tfhoist.documents.views import EnvironmentView, Views


def slug(text: str) -> str:
    """A name as part of a path, a branch or a tag."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.") or "service"


def number(count: int, what: str) -> str:
    """`1 module call`, `2 module calls`."""
    return f"{count} {what}" + ("" if count == 1 else "s")


def listed(texts: list[str]) -> str:
    """`a, b and c`."""
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def grouped(addresses: Iterable[str]) -> str:
    """Addresses by their type: "`aws_lb`: `auth`, `main`; `module`: `vpc`"."""
    found: dict[str, list[str]] = {}
    for address in addresses:
        kind, _, name = address.partition(".")
        if kind == "data":
            kind, _, name = address.rpartition(".")
        found.setdefault(kind, []).append(name)
    return "; ".join(f"{code(kind)}: {', '.join(map(code, sorted(names)))}" for kind, names in sorted(found.items()))


def blocks_text(addresses: tuple[str, ...]) -> str:
    """`40 resource blocks and 1 module call`."""
    modules = sum(address.startswith("module.") for address in addresses)
    resources = len(addresses) - modules
    parts = [number(resources, "resource block")] if resources else []
    parts += [number(modules, "module call")] if modules else []
    return " and ".join(parts) or "0 blocks"


def shared_values(views: Views) -> dict[str, Any]:
    """What every template may use."""
    context = views.context
    paths = {file.path for file in context.module.files}
    service = slug(context.service)
    owner, contact = ("" if text == "unknown" else text for text in (context.owner, context.contact))
    return {
        "service": context.service,
        "service_slug": service,
        "label": context.label,
        "owner": owner or f"the team of {context.service}",
        "contact": contact or "no channel given",
        "channel": contact or "the teams' channels",
        "team": f"{context.service} team",
        "repository": context.repository,
        "repository_slug": slug(context.repository),
        "module_folder": context.module_folder,
        "service_root": context.service_folder or ".",
        "remote_state": context.remote_state,
        "tag": f"before-{service}-consolidation",
        "order": views.order,
        "blocks_text": blocks_text(context.moved),
        "stays": context.stays,
        "environments": [EnvironmentText(view) for view in views.environments],
        "outputs": len(context.boundary.outputs),
        "orderings": context.boundary.orderings,
        "assumptions": context.assumptions,
        "findings": _findings(views),
        "central_file": "central.tf" if "central.tf" not in paths else "tfhoist_central.tf",
        "removed_file": "removed.tf" if "removed.tf" not in paths else "tfhoist_removed.tf",
        "aws": any(address.startswith(("aws_", "module.")) for address in context.moved),
    }


def _findings(views: Views) -> str:
    rows = [
        (
            code_cell(finding.id),
            marked(finding.summary),
            codes(dict.fromkeys(filter(None, (finding.address, *finding.addresses)))),
        )
        for finding in views.findings
    ]
    return table(("Finding", "What", "Where"), rows) if rows else ""


class EnvironmentText:
    """One environment as the templates read it."""

    def __init__(self, view: EnvironmentView) -> None:
        context = view.context
        self.name = view.name
        self.slug = view.slug
        self.option = view.option
        self.folder = view.folder
        self.service = view.service
        self.central = view.central
        self.moves = view.moves
        self.region = view.region
        self.anchor = re.sub(r"[^\w\- ]", "", view.name.lower()).replace(" ", "-")
        secrets = sorted({*view.service.secrets, *view.central.secrets})
        self.secrets = ", ".join(code(secret) for secret in secrets)
        self.one_secret = len(secrets) == 1
        files = next((one.var_files for one in context.environment_settings if one.name == view.key), ())
        self.var_files = ", ".join(code(file) for file in files)
        self.central_where, self.central_expected = _where(view.central.backend, view.central.where)
        self.service_where, self.service_expected = _where(view.service.backend, view.service.where)
        self.versioned_buckets = _buckets(view)
        self.moves_block = _moves_block(view)
        self.move_lines = _move_lines(view)
        self.reverse_block = _reverse_block(view)
        self.move_minutes = f"{len(view.moves.addresses) // 40 + 2} minutes"
        self.count_text = _count_text(view)
        self.absent = grouped(view.moves.absent)


def _where(backend: str, where: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """The command that shows where an initialised root's state is, and what it prints."""
    if backend == "local" or not where:
        return "", ""
    keys = ", ".join(f".{key}" for key, _ in where)
    return (
        f"jq -r '.backend.config | [{keys}] | join(\" \")' .terraform/terraform.tfstate",
        " ".join(value for _, value in where),
    )


def _buckets(view: EnvironmentView) -> tuple[str, ...]:
    roots = (root for root in (view.central, view.service) if root.backend == "s3")
    return tuple(dict.fromkeys(value for root in roots for key, value in root.where if key == "bucket"))


def _moves_block(view: EnvironmentView) -> str:
    """The commands that write `moves.txt`: the list is in the runbook once, less what an environment doesn't have."""
    lines = ['cp "$RECORDS/moved-addresses.txt" moves.txt']
    if view.moves.absent:
        lines = ["grep -vxFf - \"$RECORDS/moved-addresses.txt\" > moves.txt <<'ABSENT'", *view.moves.absent, "ABSENT"]
    lines += _instances(view, "moves.txt", "terraform state list -state=source.tfstate")
    return "\n".join([*lines, "wc -l < moves.txt"])


def _reverse_block(view: EnvironmentView) -> str:
    """The commands that write `reverse.txt`, the addresses for the way back."""
    label = view.context.label
    state_list = f"terraform state list -state=central.reverse.tfstate | sed -n 's/^module[.]{label}[.]//p'"
    lines = ['cp "$RECORDS/moved-addresses.txt" reverse.txt', *_instances(view, "reverse.txt", state_list)]
    return "\n".join(lines)


def _instances(view: EnvironmentView, file: str, state_list: str) -> list[str]:
    """The commands that put every instance of a module call in the place of the call."""
    lines: list[str] = []
    for number_, address in enumerate(view.moves.repeated, start=1):
        name = address.removeprefix("module.")
        pattern = f'^(module[.]{name}\\[([0-9]+|"[^"]*")\\])[.].*'
        lines += [
            f"{state_list} | sed -nE 's/{pattern}/\\1/p' | sort -u > instances.{number_}",
            f"sed -e '/^module[.]{name}$/{{' -e 'r instances.{number_}' -e 'd' -e '}}' {file} > {file}.tmp && mv {file}.tmp {file}",
        ]
    return lines


def _move_lines(view: EnvironmentView) -> str:
    """How many lines `moves.txt` has."""
    number_ = str(len(view.moves.addresses))
    if not view.moves.repeated:
        return number_
    return f"{number_} or more, since each instance of {', '.join(map(code, view.moves.repeated))} has a line"


def _count_text(view: EnvironmentView) -> str:
    moves = view.moves
    there, total = len(moves.addresses), len(moves.addresses) + len(moves.absent)
    text = f"{there} of the {total} addresses exist here" if moves.absent else f"All {total} addresses exist here"
    if moves.instances is not None:
        text += f", with {number(moves.instances, 'instance')} by its state"
    if not moves.absent:
        return f"{text}."
    reason = "this state has none of them" if moves.instances is not None else "`count` or `for_each` makes none here"
    others = "the other one doesn't" if len(moves.absent) == 1 else f"the other {len(moves.absent)} don't"
    return f"{text}; {others}: {reason}."
