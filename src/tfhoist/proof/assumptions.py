"""What the files can't show, and the equivalence rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tfhoist.configuration.load import configuration_files
from tfhoist.configuration.sensitive import is_known
from tfhoist.proof.conversion import never_null
from tfhoist.proof.render import render
from tfhoist.proof.resources import BlockProof
from tfhoist.proof.sides import Opened, Roots
from tfhoist.proof.term import Term, walk
from tfhoist.proof.versions import other_versions

_LOCK = re.compile(rb'provider\s+"([^"]+)"\s*\{[^}]*?version\s*=\s*"([^"]+)"', re.DOTALL)


def assumptions_of(roots: Roots, opened: Opened, blocks: BlockProof) -> Iterator[str]:
    """The assumptions of one environment."""
    folder = roots.central[opened.name].folder
    label = opened.central.label
    for name in sorted(opened.central.inputs):
        own = name.removeprefix(f"{label}_")
        yield f"{folder}: TF_VAR_{name} is given the value that TF_VAR_{own} has in the service root"
    defaults = sorted(
        declaration.name.removeprefix(f"{label}_")
        for declaration in opened.central.root.module.of("variable")
        if declaration.address in opened.central.new
        and declaration.name not in opened.central.environment.assignments
        and declaration.expression("default") is not None
    )
    if defaults:
        yield (
            f"no TF_VAR_ or -var gives the service root another value than the default of {', '.join(defaults)}, or it's "
            f"given to the central roots' {label}_... too"
        )
    for name, configuration, _ in blocks.provider_uses():
        if not re.match(r"provider\.(aws|google|azurerm|alicloud|oci)\b", name):
            continue
        short = name.removeprefix("provider.")
        yield (
            f"the central roots run with credentials for the same account as the service root ({short}; compare "
            "`aws_caller_identity` or its like)"
        )
        if (
            short.startswith("aws")
            and configuration.kind == "provider"
            and "region" not in configuration.parts[1].parts[::2]
        ):
            yield f"{short}: nothing in the files sets the region, so both roots run with the same AWS_REGION or profile"
    yield from _of_unknown_sensitivity(opened)
    yield from _of_runs(roots, opened)
    yield from _sensitive_by_output(opened, blocks)
    yield from other_versions(opened, roots)
    for name in sorted(opened.service.outputs_read):
        value = opened.service.remote_outputs(name) if opened.service.remote_outputs is not None else None
        if value is not None and _may_be_null(value):
            yield f"central output {name} is never null: a null output can't be read (a plan would stop with an error)"


def _of_unknown_sensitivity(opened: Opened) -> Iterator[str]:
    """Attributes that cross, of providers whose sensitive attributes aren't known, and outputs of modules that aren't at hand."""
    attributes: set[str] = set()
    for name in opened.service.outputs_read:
        value = opened.service.remote_outputs(name) if opened.service.remote_outputs is not None else None
        for term in walk(value) if value is not None else ():
            if term.kind != "index" or term.parts[1].kind != "const":
                continue
            base = term.parts[0]
            kind = (
                base.parts[1] if base.kind == "ref" else base.parts[2].partition(" ")[0] if base.kind == "bound" else ""
            )
            if kind == "module" or (kind and not is_known(kind)):
                attributes.add(f"{render(term)}" if base.kind == "ref" else f"{kind}.{term.parts[1].parts[1]}")
    if attributes:
        yield (
            "these aren't sensitive (the schema of their provider or module isn't at hand; `terraform plan` would show a change of "
            f"sensitivity): {', '.join(sorted(attributes))}"
        )


def _of_runs(roots: Roots, opened: Opened) -> Iterator[str]:
    """What the place tells where Terraform runs: its workspace, and the permissions of files that are packed there."""
    gained = [*roots.central[opened.name].gained(), *(found.declaration for found in opened.moved.values())]
    if opened.shared is not None:
        gained += opened.shared.module.of("local")
    if any(
        reference.names()[1:2] == ("workspace",) and reference.root in ("terraform", "tofu")
        for declaration in gained
        for reference in declaration.references
    ):
        folder = roots.central[opened.name].folder
        yield (
            f"the service root of {opened.name} and {folder} run in the workspace `default`, whose name is read by what moved "
            "([[environments]] names another)"
        )
    packed = sorted(found.address for found in opened.moved.values() if found.declaration.type == "archive_file")
    if packed:
        yield f"the files that {', '.join(packed)} packs have the permissions that they had: an archive holds those too"


def _sensitive_by_output(opened: Opened, blocks: BlockProof) -> Iterator[str]:
    """Outputs of modules that are sensitive by their declaration alone: not every Terraform marks these for the caller.

    Lost with Terraform 1.8, and back with 1.12.2 (hashicorp/terraform pull request 37212).
    """
    by_output = opened.central.marked_by_output
    found: set[str] = set()
    for name in opened.service.outputs_read:
        value = opened.service.remote_outputs(name) if opened.service.remote_outputs is not None else None
        pending = [value] if value is not None and value.marks else []
        seen: set[str] = set()
        while pending:
            for term in walk(pending.pop()):
                if term in by_output:
                    found.add(by_output[term])
                # an attribute has the marks of the arguments that its resource is given
                if term.kind == "ref" and term.parts[0] in opened.moved and term.parts[0] not in seen:
                    seen.add(term.parts[0])
                    pending.append(blocks.arguments(opened.moved[term.parts[0]]))
    if found:
        yield (
            f"Terraform older than 1.8, or 1.12.2 and newer, runs the service root: those between don't mark {', '.join(sorted(found))} "
            "(sensitive by the module's output alone), and would plan a change of sensitivity where it's read, of no value"
        )


def _may_be_null(term: Term) -> bool:
    return not (never_null(term) or term.unknown or term.kind in ("symbol", "call", "conditional"))


def general_assumptions(roots: Roots) -> Iterator[str]:
    """What doesn't depend on the environment: provider versions, and a Terraform that knows `removed`."""
    own = _versions(roots.subject.service.get(".terraform.lock.hcl"))
    for root in roots.central.values():
        central = _versions(roots.subject.central.get(f"{root.folder}/.terraform.lock.hcl"))
        for provider in sorted(own.keys() & central.keys()):
            if own[provider] != central[provider]:
                yield (
                    f"{provider} {own[provider]} (locked in the service root) and {central[provider]} (in {root.folder}) read "
                    "the moved blocks alike"
                )
    if any(path.endswith((".tofu", ".tofu.json")) for path in configuration_files(roots.subject.before_service, "")):
        yield "the service root is run with OpenTofu: it has .tofu files, which Terraform doesn't read"
    if not own:
        yield "both roots use the same provider versions: there's no .terraform.lock.hcl that says so"
    required = " ".join(
        str(declaration.literal("required_version") or "") for declaration in roots.service.of("terraform")
    )
    newest = max(
        (
            (int(major), int(minor))
            for major, minor in re.findall(r"(?:>=|~>|>|(?<![<!])=|^)\s*(\d+)\.(\d+)", required.strip())
        ),
        default=(0, 0),
    )
    if newest < (1, 7):
        yield (
            "the service root runs with Terraform 1.7 or newer, which knows `removed` blocks "
            f"(required_version {required.strip() or 'is missing'}; write >= 1.7)"
        )


def _versions(content: bytes | None) -> dict[str, str]:
    if content is None:
        return {}
    return {match.group(1).decode(): match.group(2).decode() for match in _LOCK.finditer(content)}
