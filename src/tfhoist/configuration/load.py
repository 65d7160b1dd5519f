"""From files to modules.

Which files Terraform reads: `*.tf` and `*.tf.json` of the folder itself (documentation page "Files and Configuration
Structure"); names that begin with `.`, end with `~` or are wrapped in `#` are left out. OpenTofu also reads `*.tofu` and
`*.tofu.json`, and then not the file of the same name in `.tf` (its page "Files and Directories"); a folder that has such files is
read as OpenTofu does.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping

from tfhoist.configuration.json_files import read_json
from tfhoist.configuration.merging import merge
from tfhoist.configuration.model import Declaration, Module
from tfhoist.configuration.paths import is_override
from tfhoist.diagnostics import Diagnostic, Severity, SourceRange
from tfhoist.hcl.bodies import Block
from tfhoist.hcl.expressions import Literal
from tfhoist.hcl.syntax import File, parse_file

Tree = Mapping[str, bytes]
"""Path relative to the service root, with `/`, to content."""

DEEPEST_MODULE = 40
MOST_CALLS = 10_000
"""Module calls in all, those inside a module counted for each call of it; a root with more is refused."""

SOURCES = (".tf", ".tofu")
"""What the names of configuration files end with; the second is OpenTofu's."""

_ALL_SOURCES = (*SOURCES, ".tf.json", ".tofu.json")

_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "module": 1, "variable": 1, "output": 1, "provider": 1, "check": 1}
_OTHER = ("locals", "terraform", "moved", "import", "removed")


def configuration_files(tree: Tree, folder: str) -> list[str]:
    """The paths of the configuration files of one folder, sorted as Terraform reads them (overrides last)."""
    return configuration_folders(tree).get(folder, [])


def configuration_folders(tree: Tree) -> dict[str, list[str]]:
    """The configuration files of every folder that has some, sorted as Terraform reads them (overrides last)."""
    found: dict[str, list[str]] = {}
    for path in tree:
        if path.endswith(_ALL_SOURCES):
            folder, _, name = path.rpartition("/")
            if not _ignored(name) and _in_place_of(path) not in tree:
                found.setdefault(folder, []).append(path)
    for paths in found.values():
        paths.sort(key=lambda path: (is_override(path), path))
    return found


def _in_place_of(path: str) -> str:
    """The file that OpenTofu reads in place of this one, if it's there."""
    for ending, other in ((".tf", ".tofu"), (".tf.json", ".tofu.json")):
        if path.endswith(ending):
            return path.removesuffix(ending) + other
    return ""


def _ignored(name: str) -> bool:
    return name.startswith(".") or name.endswith("~") or (name.startswith("#") and name.endswith("#"))


def load_module(tree: Tree, folder: str = "", parse: Callable[[str, bytes], File] = parse_file) -> Module:
    """The module in `folder`, with the local modules that it calls, as deep as they go.

    Problems are in `Module.diagnostics` of each module, nothing is raised. A module that calls itself is an error. A
    folder that several modules call is one `Module`. Override files are merged over the others (`configuration.merging`).
    """
    loaded: dict[str, Module] = {}
    folders = configuration_folders(tree)
    pending = [folder]
    while pending:
        current = pending.pop()
        if current not in loaded:
            loaded[current] = _load_folder(tree, current, folders.get(current, []), parse)
            pending.extend(target for _, target in local_calls(loaded[current]))
    _connect(loaded, folder)
    return loaded[folder]


def local_calls(module: Module) -> list[tuple[Declaration, str]]:
    """The calls of local modules, with their folders."""
    found: list[tuple[Declaration, str]] = []
    for call in module.of("module"):
        source = call.literal("source")
        if isinstance(source, str) and is_local_source(source):
            found.append((call, local_folder(module.folder, source)))
    return found


def _connect(loaded: Mapping[str, Module], root: str) -> None:
    """Give each module its children; the call that closes a circle, or goes too deep, is an error instead."""
    above = {root}
    done: set[str] = set()
    inside: dict[str, int] = {}  # calls in a module and below it
    pending = [(loaded[root], iter(local_calls(loaded[root])))]
    while pending:
        module, calls = pending[-1]
        for call, target in calls:
            if target in above or len(pending) > DEEPEST_MODULE:
                module.diagnostics += (_circle(call, len(pending) > DEEPEST_MODULE),)
                continue
            module.children[call.name] = loaded[target]
            if target not in done:
                above.add(target)
                pending.append((loaded[target], iter(local_calls(loaded[target]))))
                break
        else:
            pending.pop()
            inside[module.folder] = sum(1 + inside.get(child.folder, 0) for child in module.children.values())
            above.discard(module.folder)
            done.add(module.folder)
    if inside[root] > MOST_CALLS:
        loaded[root].diagnostics += (_too_many(loaded[root]),)


def _too_many(module: Module) -> Diagnostic:
    call = next(iter(module.of("module")))
    return call.file.lines.diagnostic(
        call.file.path,
        call.start,
        f"more than {MOST_CALLS:,} module calls in all, through modules that call modules",
        "tfhoist reads no more: let fewer modules call each other.",
    )


def _circle(call: Declaration, deep: bool) -> Diagnostic:
    if deep:
        summary = f"modules call each other more than {DEEPEST_MODULE} levels deep"
        advice = "tfhoist reads no deeper: call them from fewer levels."
    else:
        summary = f"module {call.name!r} calls itself through {call.literal('source')!r}"
        advice = "Terraform rejects it too: break the circle."
    return call.file.lines.diagnostic(call.file.path, call.start, summary, advice)


def _load_folder(tree: Tree, folder: str, paths: list[str], parse: Callable[[str, bytes], File]) -> Module:
    parsed = {path: parse(path, tree[path]) for path in paths if not path.endswith(".json")}
    overrides = [file for path, file in parsed.items() if is_override(path)]
    diagnostics: list[Diagnostic] = []
    unmerged = [_unmerged_json(path) for path in paths if path.endswith(".json") and is_override(path)]
    written: list[Declaration] = []
    configuration = dict(parsed)
    if overrides:
        for file in parsed.values():
            for block in file.body.blocks:
                _declare(file, block, written, [])
        merged = merge([file for path, file in parsed.items() if not is_override(path)], overrides)
        configuration = {file.path: file for file in merged.files}
        unmerged += merged.problems
    files: list[File] = []
    declarations: list[Declaration] = []
    for path in paths:
        if path in parsed:
            diagnostics.extend(parsed[path].diagnostics)
            for attribute in parsed[path].body.attributes:
                diagnostics.append(
                    parsed[path].lines.diagnostic(
                        path,
                        attribute.start,
                        f"an argument, {attribute.name!r}, outside any block",
                        "Put it into its block.",
                    )
                )
        elif not is_override(path):
            found = read_json(path, tree[path])
            files.extend(declaration.file for declaration in found.declarations)
            declarations.extend(found.declarations)
            diagnostics.extend(found.diagnostics)
        if path in configuration:
            files.append(configuration[path])
            for block in configuration[path].body.blocks:
                _declare(configuration[path], block, declarations, diagnostics)
    module = Module(
        folder,
        tuple(files),
        tuple(declarations),
        tuple(diagnostics),
        tuple(path for path in paths if path.endswith(".json")),
    )
    module.written, module.unmerged = tuple(written), tuple(unmerged)
    return module


def _unmerged_json(path: str) -> Diagnostic:
    return Diagnostic(
        Severity.WARNING,
        "an override file in JSON can't be merged",
        "Write it as .tf, or merge it by hand.",
        SourceRange(path, 1, 1),
    )


def is_local_source(source: str) -> bool:
    """Whether a module's source is a folder beside it."""
    return source.startswith(("./", "../")) or source in (".", "..")


def local_folder(folder: str, source: str) -> str:
    """The folder of a local module, relative to the service root."""
    path = posixpath.normpath(posixpath.join(folder, source))
    return "" if path == "." else path


def all_modules(module: Module) -> list[Module]:
    """The module and all local modules below it, each folder once, in the order of their folders."""
    found: dict[str, Module] = {}
    pending = [module]
    while pending:
        current = pending.pop()
        if current.folder not in found:
            found[current.folder] = current
            pending.extend(current.children.values())
    return [found[folder] for folder in sorted(found)]


def _declare(file: File, block: Block, declarations: list[Declaration], diagnostics: list[Diagnostic]) -> None:
    kind = block.type
    wanted = _LABELS.get(kind)
    if wanted is None:
        if kind == "locals":
            for attribute in block.body.attributes:
                declarations.append(
                    Declaration(
                        "local",
                        f"local.{attribute.name}",
                        "",
                        attribute.name,
                        file,
                        attribute.start,
                        attribute.end,
                        block,
                        attribute,
                    )
                )
        elif kind in _OTHER:
            declarations.append(Declaration(kind, "", "", "", file, block.start, block.end, block))
        else:
            diagnostics.append(
                file.lines.diagnostic(
                    file.path,
                    block.start,
                    f"unknown block type {kind!r}",
                    "Terraform knows terraform, provider, variable, locals, resource, data, ephemeral, module, output, moved, "
                    "import, removed and check.",
                )
            )
        return
    if len(block.labels) != wanted:
        diagnostics.append(
            file.lines.diagnostic(
                file.path,
                block.start,
                f"a {kind} block takes {wanted} label{'s' if wanted > 1 else ''}, not {len(block.labels)}",
                f'Write {kind} "TYPE" "NAME" {{' if wanted == 2 else f'Write {kind} "NAME" {{',
            )
        )
        return
    labels = block.labels
    if wanted == 2:
        address = f"{labels[0]}.{labels[1]}" if kind == "resource" else f"{kind}.{labels[0]}.{labels[1]}"
        declarations.append(Declaration(kind, address, labels[0], labels[1], file, block.start, block.end, block))
        return
    name = labels[0]
    if kind == "provider":
        alias = block.body.attribute("alias")
        alias_name = alias.expression.value if alias and isinstance(alias.expression, Literal) else None
        address = f"provider.{name}" + (f".{alias_name}" if alias_name else "")
    else:
        address = f"{'var' if kind == 'variable' else kind}.{name}"
    declarations.append(Declaration(kind, address, "", name, file, block.start, block.end, block))
