"""The files of the central repository: what was there is as it was, and new files stand where the service's belong."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tfhoist.configuration.load import SOURCES
from tfhoist.configuration.paths import is_override
from tfhoist.proof.model import FAILS, HOLDS, Obligation
from tfhoist.proof.sides import Roots

REGISTRY = "docs/resource_registry.md"
_TOFU = (".tofu", ".tofu.json")
_NOT_CONFIGURATION = (".md", ".json", ".txt", ".html")


def check_files(roots: Roots) -> Iterator[Obligation]:
    """Files that were there, and the places of new ones."""
    subject = roots.subject
    before, after = subject.before_central, subject.central
    folders = module_folders(roots)
    kept = 0
    for path in sorted(before):
        new = after.get(path)
        if new == before[path]:
            kept += 1
        elif new is None:
            yield _fails(path, "it's gone from the central repository")
        elif path == REGISTRY and _only_adds(before[path], new):
            kept += 1
        else:
            yield _fails(path, "its content was changed; it belongs to somebody else")
    for path in sorted(set(after) - set(before)):
        problem = _place_problem(path, roots, folders)
        if problem:
            yield _fails(path, problem)
    yield from _for_opentofu(roots)
    for folder in sorted(folders):
        if any(path.startswith(f"{folder}/") for path in before):
            yield _fails(folder, "the shared module's folder was there before, for something else")
    yield Obligation("central-file", "the central repository's files", None, HOLDS, f"{kept} files are as they were")


def _for_opentofu(roots: Roots) -> Iterator[Obligation]:
    """New files that OpenTofu alone reads, where nothing was written for OpenTofu: what they hold isn't there for Terraform."""
    subject = roots.subject
    known = [path for tree in (subject.before_service, subject.before_central) for path in tree if path.endswith(_TOFU)]
    if known:
        return
    for tree in (subject.service, subject.central):
        for path in sorted(tree):
            if path.endswith(_TOFU):
                yield _fails(path, "OpenTofu alone reads it, and nothing was written for OpenTofu before")


def module_folders(roots: Roots) -> set[str]:
    """The folders of the shared module as the new calls name them."""
    return {
        root.after.children[call.name].folder
        for root in roots.central.values()
        for call in root.calls
        if call.name in root.after.children
    }


def _only_adds(old: bytes, new: bytes) -> bool:
    """Whether all old lines are still there in their order."""
    lines = iter(new.splitlines())
    return all(any(line == other for other in lines) for line in old.splitlines())


def _place_problem(path: str, roots: Roots, folders: set[str]) -> str:
    folder, name = posixpath.split(path)
    if any(path.startswith(f"{module_folder}/") for module_folder in folders):
        return ""
    if path == REGISTRY or (folder == "registry" and name.endswith(".json")):
        return ""
    if _is_of_service(path, roots):
        return ""
    if folder in {root.folder for root in roots.central.values()}:
        if name.endswith(".tf.json") or is_override(name):
            return "an override or JSON file in a central root isn't expected"
        if name.endswith((".tf", ".auto.tfvars", "terraform.tfvars", ".md", ".terraform.lock.hcl")):
            return ""
        return "this kind of file isn't expected in a central root"
    if folder.split("/")[0] == "docs" and name.endswith(_NOT_CONFIGURATION):
        return ""
    return "it's new, and neither in the shared module's folder nor in that of an environment"


def _is_of_service(path: str, roots: Roots) -> bool:
    """Whether a file beside a central root, or below it, is one of the service root's own: moved blocks may hold its path."""
    if path.endswith((*SOURCES, ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json")):
        return False  # configuration and values, whatever else they are
    content = roots.subject.central[path]
    return any(
        path.startswith(f"{root.folder}/")
        and roots.subject.before_service.get(posixpath.join(roots.before.folder, path[len(root.folder) + 1 :]))
        == content
        for root in roots.central.values()
    )


def _fails(path: str, detail: str) -> Obligation:
    return Obligation("central-file", path, None, FAILS, detail)
