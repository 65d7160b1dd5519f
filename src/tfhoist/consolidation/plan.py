"""The plan: placement and boundary, turned into files."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Set

import msgspec

from tfhoist.addresses import module_label
from tfhoist.boundary.interface import Interface
from tfhoist.configuration.environments import Backend, Environment
from tfhoist.configuration.load import Tree
from tfhoist.configuration.model import Declaration, Module
from tfhoist.consolidation.central_root import CentralRootBuilder
from tfhoist.consolidation.imports import Imports, build_imports, notes
from tfhoist.consolidation.inherited import Node, Order
from tfhoist.consolidation.model import ConsolidationPlan
from tfhoist.consolidation.providers import carried_providers
from tfhoist.consolidation.remote_state import remote_state_block
from tfhoist.consolidation.requirements import check_requirements
from tfhoist.consolidation.service_root import edit_service_root, unread_variables
from tfhoist.consolidation.settled import settle
from tfhoist.consolidation.shared_module import ModuleBuilder
from tfhoist.consolidation.state_blocks import state_blocks
from tfhoist.findings import Refusal
from tfhoist.graph import Graph
from tfhoist.hcl.syntax import parse_file
from tfhoist.placement.model import Placement, Side
from tfhoist.state.snapshot import Snapshot


class CentralRepository(msgspec.Struct, frozen=True, kw_only=True):
    """The central repository as it is: its files, and by environment the folder, root module and backend."""

    name: str
    tree: Tree
    folders: Mapping[str, str]
    roots: Mapping[str, Module | None]
    backends: Mapping[str, Backend]
    modules_folder: str = "terraform_module"


def build_plan(
    graph: Graph,
    placement: Placement,
    interface: Interface,
    environments: tuple[Environment, ...],
    dropped: tuple[Declaration, ...],
    tree: Tree,
    central: CentralRepository,
    service: str,
    service_folder: str,
    taken_outputs: frozenset[str],
    snapshots: Mapping[str, Snapshot],
    redact: Callable[[bytes], bytes],
) -> ConsolidationPlan:
    """Build every file of the consolidation; nothing is written. `taken_outputs` are the output names of the central roots."""
    module = graph.module
    label = module_label(service)
    boundary = interface.boundary
    refusals: list[Refusal] = [*boundary.refusals]
    moved = {address for address, placed in placement.items() if placed.side is Side.CENTRAL}
    for side, addresses in (("central", moved), ("local", set(placement) - moved)):
        if not addresses:
            refusals.append(
                Refusal(
                    id="empty-side",
                    summary=f"the {side} side would hold nothing.",
                    advice="Name what should be there under [placement.overrides] in tfhoist.toml, if anything: `tfhoist placement` "
                    "shows what each block would cost, and `tfhoist explain ADDRESS` what decided.",
                )
            )
    needed = {address for address in boundary.followers.central() if address.startswith(("data.", "ephemeral."))}
    providers = carried_providers(graph, moved | needed)
    refusals += check_requirements(module, providers, central.roots, central.folders)
    order = Order(module)
    explicit = order.lost(moved)
    refusals += [_of_another_call(module, *one) for one in order.gained(explicit, moved)]
    settled = settle(module, moved, environments, snapshots)
    blocks = state_blocks(module, moved, set(placement), (*settled.gone, *settled.open))
    default_workspaces = all(environment.workspace == "default" for environment in environments)
    builder = ModuleBuilder(
        graph, interface, moved, providers, tree, service, explicit, blocks,
        label=label, taken_outputs=taken_outputs,
        default_workspaces=default_workspaces,
    )  # fmt: skip
    shared = builder.build()
    refusals += shared.refusals
    module_folder = f"{central.modules_folder}/{service}"
    if any(path.startswith(f"{module_folder}/") for path in central.tree):
        refusals.append(
            Refusal(
                id="module-folder-exists",
                summary=f"the central repository already has {module_folder}/.",
                advice="Choose another service name with --service, or take that folder out first.",
            )
        )
    outputs = shared.outputs
    central_files = {f"{module_folder}/{name}": content for name, content in shared.files.items()}
    assumptions: list[str] = []
    imports: dict[str, Imports] = {}
    configured = frozenset(
        d.name
        for root in central.roots.values()
        if root is not None
        for d in root.of("provider")
        if "." not in d.address[9:]
    )
    for environment in environments:
        folder = central.folders[environment.name]
        own_imports = blocks.imports
        if environment.name in snapshots:
            found = build_imports(
                graph, environment, snapshots[environment.name], moved, label, central.roots[environment.name], redact,
                [_named(declaration) for declaration in blocks.imports],
            )  # fmt: skip
            imports[environment.name] = found
            assumptions += notes(folder, found)
            if found.blocks:
                central_files[f"{folder}/{service}_imports.tf"] = found.render(service)
            # the id in the state is the true one, and two blocks for one address are an error
            named = {block.address for block in found.blocks}
            own_imports = tuple(one for one in blocks.imports if not _is_named(one, named))
        root_builder = CentralRootBuilder(
            graph, interface, shared.variables, outputs, providers, builder.pin_names(), service, label,
            posixpath.relpath(module_folder, folder), configured, own_imports,
            default_workspaces=default_workspaces,
        )  # fmt: skip
        root = root_builder.build(
            environment, environment.name, central.roots[environment.name], central.backends[environment.name]
        )
        refusals += [*root.refusals, *_taken_beside(folder, shared.beside_roots, root.files, central.tree)]
        central_files |= {f"{folder}/{name}": content for name, content in shared.beside_roots.items()}
        central_files |= {f"{folder}/{name}": content for name, content in root.files.items()}
        for name in root.unset:
            assumptions.append(
                f"{folder}: TF_VAR_{label}_{name} is given the value that TF_VAR_{name} has in the service root"
            )
    name = _remote_state_name(module)
    text, problems = remote_state_block(name, module, environments, central.backends, service_folder, central.folders)
    refusals += problems
    service_root = edit_service_root(
        graph, interface, moved, dropped, explicit, blocks, tree, name, text, outputs, central.name, settled
    )
    refusals += [*settled.refusals, *service_root.refusals]
    if not refusals:
        _check_syntax(central_files)
    return ConsolidationPlan(
        placement=placement,
        boundary=msgspec.structs.replace(boundary, outputs=outputs),
        variables=shared.variables,
        module_folder=module_folder,
        central_folders=central.folders,
        central_backends=central.backends,
        remote_state=name,
        central_files=dict(sorted(central_files.items())),
        service_files=dict(sorted(service_root.files.items())),
        imports=imports,
        moved=tuple(sorted(moved)),
        stays=tuple(sorted(set(placement) - moved)),
        assumptions=(
            *sorted(set(assumptions)),
            *_written(explicit),
            *settled.notes,
            *_unread(unread_variables(module, interface)),
        ),
        refusals=_sorted(refusals),
    )


def _taken_beside(folder: str, wanted: Mapping[str, bytes], own: Mapping[str, bytes], tree: Tree) -> list[Refusal]:
    """The files that a moved block reads by a path that it records, where a central root has others by those names."""
    return [
        Refusal(
            id="file-name-taken",
            summary=f"a moved block records the path of {name}, and {folder} has a file of that name.",
            advice="Rename the file in the service root, or keep the block local.",
        )
        for name in sorted(wanted)
        if name in own or f"{folder}/{name}" in tree
    ]


def _of_another_call(module: Module, node: Node, other: str) -> Refusal:
    path, address = node
    call = ".".join(path.split(".")[:2])
    declaration = module.get(call)
    return Refusal(
        id="order-of-another-call",
        address=call,
        range=declaration.range if declaration is not None else None,
        summary=f"{path}.{address} is created before it's destroyed because of a reader that is on the other side, so its module would "
        f"have to say so; and {other}, another call of that module, would get it too.",
        advice=f"Place {call} and that reader on one side; or write `create_before_destroy = true` into the module, apply that, and "
        "consolidate again.",
    )


def _is_named(declaration: Declaration, named: Set[str]) -> bool:
    """Whether an `import` block's address is among some, or one of its instances where it has `for_each`."""
    name = _named(declaration)
    if declaration.body.attribute("for_each") is None:
        return name in named
    return any(f"{one}[".startswith(f"{name.partition('[')[0]}[") for one in named)


def _named(declaration: Declaration) -> str:
    """The address in the `to` of an `import` block."""
    to = declaration.body.attribute("to")
    return "".join(declaration.file.text(to.value_start, to.value_end).split()) if to is not None else ""


def _check_syntax(files: Mapping[str, bytes]) -> None:
    """What we write has to parse: anything else is a bug of ours, and nothing is written."""
    for path, content in files.items():
        if path.endswith((".tf", ".tfvars")):
            for problem in parse_file(path, content).diagnostics:
                raise AssertionError(f"a generated file doesn't parse: {problem.render()}")


def _written(explicit: list[Node]) -> list[str]:
    return [
        f"`create_before_destroy` is written on {f'{path}.{address}'.lstrip('.')}: it had it through a reader that is on the other side now"
        for path, address in explicit
    ]


def _unread(names: list[str]) -> tuple[str, ...]:
    if not names:
        return ()
    return (
        f"these variables of the service root aren't read any more and stay, since pipelines may set them: {', '.join(names)}",
    )


def _remote_state_name(module: Module) -> str:
    name = "central"
    while module.get(f"data.terraform_remote_state.{name}") is not None:
        name = f"{name}_infrastructure"
    return name


def _sorted(refusals: list[Refusal]) -> tuple[Refusal, ...]:
    unique = {(refusal.id, refusal.address, refusal.summary): refusal for refusal in refusals}
    return tuple(unique[key] for key in sorted(unique, key=lambda key: (key[0], key[1] or "", key[2])))
