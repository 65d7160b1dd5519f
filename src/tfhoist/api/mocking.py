"""A mocked remote state: the test that `tfhoist mock` writes into the service root, and its run on a scratch copy."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tfhoist import __version__
from tfhoist.api.artifacts import encode
from tfhoist.api.proving import Out, read_out
from tfhoist.api.reading import Progress
from tfhoist.api.splitting import module_call, required_sources, split
from tfhoist.configuration import type_constraints
from tfhoist.configuration.environments import EnvironmentSettings, read_environment
from tfhoist.configuration.load import all_modules, load_module
from tfhoist.configuration.model import Module
from tfhoist.configuration.type_constraints import Type
from tfhoist.contract.check import problem
from tfhoist.contract.mock_file import PATH, MockedOutput, MockProvider, from_reads, mock_text
from tfhoist.contract.plausible import by_name, invented
from tfhoist.contract.reads import Read, data_reads, reads_of
from tfhoist.contract.shapes import SEQUENCE, of_cty, type_text
from tfhoist.engine.process import MOCKS, Engine, EngineFailed
from tfhoist.engine.scratch import SCRATCH, RootFiles, plugin_cache, write_root
from tfhoist.errors import UsageError
from tfhoist.proof import ProofEnvironment
from tfhoist.secrets import PLACEHOLDER
from tfhoist.state.cty import Plain, decode, parse_type
from tfhoist.state.document import SnapshotDocument, empty_document, read_document, render
from tfhoist.state.invented import type_of
from tfhoist.state.outputs import compute_outputs
from tfhoist.state.surgery import OutputText, move, with_outputs
from tfhoist.values.types import Unknown, Value, has_unknown

MOCK = "tfhoist/mock/1"
STATE, MADE_UP = "state", "made up"
_LINEAGE = "00000000-0000-4000-8000-000000000001"


class Mock(msgspec.Struct, frozen=True, kw_only=True):
    """What was written: the file's path under OUT, the outputs in it, and those that are read and the central root doesn't have."""

    path: str
    text: str
    environment: str
    remote_state: str
    outputs: tuple[MockedOutput, ...]
    missing: dict[str, tuple[str, ...]]


class MockRun(msgspec.Struct, frozen=True, kw_only=True):
    """The run on a scratch copy: the engine, and what `validate` and `test` said (nothing when all is well)."""

    engine: str
    version: str
    passed: bool
    problems: tuple[str, ...]


def make_mock(out: Path, environment: str | None = None, state: Path | None = None) -> Mock:
    """The mock of one environment (the first without a name), with the values of a state where one is given."""
    read = read_out(out)
    one = _environment(read, environment)
    if not read.remote_state:
        raise UsageError(f"the service root under {out} reads no central output.", "There's nothing to mock.")
    trees = {
        side: {path.removeprefix(f"{side}/"): text for path, text in read.files.items() if path.startswith(f"{side}/")}
        for side in ("before/service", "service", "before/central", "central")
    }
    folder = _folder(read)
    service = load_module(trees["service"], folder)
    central = load_module(trees["central"], one.central_folder)
    reads = [found for found in reads_of(service) if found.data == read.remote_state and found.output]
    required: dict[str, tuple[str, ...]] = {}
    for found in reads:
        required[found.output] = tuple(dict.fromkeys((*required.get(found.output, ()), found.address)))
    declared = {output.name: output for output in central.of("output")}
    names = [name for name in declared if name in required or name in read.promises]
    values, _ = read_environment(trees["central"], central, EnvironmentSettings(name=one.settings.name))
    given = {
        name: _variable(name, _type(central, name), value, hidden=_sensitive(central, name))
        for name, value in values.values.items()
    }
    plain = {name: _value(value) for name, value in given.items()}
    document = empty_document(_LINEAGE, "1.7.0")
    made_up = compute_outputs(central, plain, document, names, invent=invented).outputs
    real: Mapping[str, OutputText] = {}
    if state is not None:
        snapshot = read_document(state.read_bytes(), str(state))
        real = _of_state(read, one, trees, central, {**plain, **values.values}, snapshot, names)
    outputs = tuple(_mocked(name, real, made_up, reads, required.get(name, ())) for name in sorted(names))
    text = mock_text(
        read.service,
        read.remote_state,
        outputs,
        dict(sorted(required.items())),
        _service_variables(service, trees["service"], one.settings),
        _providers(service),
    )
    path = f"service/{folder}/{PATH}" if folder else f"service/{PATH}"
    return Mock(
        path=path,
        text=text,
        environment=one.settings.name,
        remote_state=read.remote_state,
        outputs=outputs,
        missing={name: readers for name, readers in sorted(required.items()) if name not in declared},
    )


def _folder(read: Out) -> str:
    return "" if read.service_root == "." else read.service_root


def _environment(read: Out, wanted: str | None) -> ProofEnvironment:
    known = {one.settings.name: one for one in read.environments}
    if wanted is not None and wanted not in known:
        raise UsageError(f"there is no environment {wanted!r}.", f"Known: {', '.join(known)}.")
    return known[wanted] if wanted is not None else read.environments[0]


def _of_state(
    read: Out,
    one: ProofEnvironment,
    trees: Mapping[str, Mapping[str, bytes]],
    central: Module,
    values: Mapping[str, Value],
    snapshot: SnapshotDocument,
    names: list[str],
) -> Mapping[str, OutputText]:
    """The outputs as the migration fills them in, but for sensitive ones."""
    before = trees["before/central"]
    existed = any(path.startswith(f"{one.central_folder}/") for path in before)
    call = module_call(read.service, central, load_module(before, one.central_folder) if existed else None)
    service = load_module(trees["before/service"], _folder(read))
    surgery = split(read.moved, call, central, service, snapshot, empty_document(_LINEAGE, snapshot.terraform_version))
    computed = compute_outputs(central, values, surgery.destination, names)
    return {
        name: text
        for name, text in computed.outputs.items()
        if not text.sensitive and PLACEHOLDER.encode() not in text.value
    }


def _mocked(
    name: str,
    real: Mapping[str, OutputText],
    made_up: Mapping[str, OutputText],
    reads: list[Read],
    readers: tuple[str, ...],
) -> MockedOutput:
    own = [read for read in reads if read.output == name]
    text = real.get(name) or made_up.get(name)
    if text is not None and name not in real:
        shape = of_cty(parse_type(decode(text.type)))
        text = text if PLACEHOLDER.encode() not in text.value and not any(problem(one, shape) for one in own) else None
    if text is not None:
        origin = STATE if name in real else MADE_UP
        return MockedOutput(
            name=name,
            value=decode(text.value),
            type=type_text(parse_type(decode(text.type))),
            origin=origin,
            readers=readers,
        )
    ways = [(*read.steps, None) if read.splat or read.wanted.kind == SEQUENCE else read.steps for read in own]
    value = from_reads(name, ways, by_name(name, name))
    return MockedOutput(name=name, value=value, type=type_text(type_of(value)), origin=MADE_UP, readers=readers)


def _type(module: Module, name: str) -> Type:
    declaration = module.get(f"var.{name}")
    return type_constraints.parse_type(declaration.expression("type") if declaration is not None else None)


def _sensitive(module: Module, name: str) -> bool:
    declaration = module.get(f"var.{name}")
    return declaration is not None and declaration.literal("sensitive") is True


def _variable(name: str, wanted: Type, value: Value, *, hidden: bool) -> Plain:
    """A variable's value as it is, or a plausible one where it's secret or not known."""
    known = _plain(value)
    if not hidden and not has_unknown(value) and PLACEHOLDER not in repr(known):
        return known
    return _plausible(name, wanted)


def _plausible(name: str, wanted: Type) -> Plain:
    if wanted.kind == "number":
        return 1
    if wanted.kind == "bool":
        return False
    if wanted.kind in ("list", "set"):
        return [_plausible(name.removesuffix("s"), wanted.items[0])]
    if wanted.kind == "tuple":
        return [_plausible(name, one) for one in wanted.items]
    if wanted.kind == "map":
        return {"one": _plausible(name, wanted.items[0])}
    if wanted.kind == "object":
        return {field: _plausible(field, inner) for field, inner, optional, _ in wanted.fields if not optional}
    made = by_name(name, name)
    return made if wanted.kind == "any" or isinstance(made, str) else str(made)


def _plain(value: Value) -> Plain:
    if isinstance(value, Unknown):
        return None
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value


def _value(plain: Plain) -> Value:
    if isinstance(plain, list):
        return tuple(_value(item) for item in plain)
    if isinstance(plain, dict):
        return {name: _value(item) for name, item in plain.items()}
    return plain


def _service_variables(module: Module, tree: Mapping[str, bytes], settings: EnvironmentSettings) -> dict[str, Plain]:
    """What the environment gives the service root, and something plausible for what it has to be given besides."""
    folder = module.folder
    prefixed = msgspec.structs.replace(
        settings, var_files=tuple(f"{folder}/{path}" if folder else path for path in settings.var_files)
    )
    read, _ = read_environment(tree, module, prefixed)
    found: dict[str, Plain] = {}
    for name, value in read.values.items():
        declaration = module.get(f"var.{name}")
        needed = declaration is not None and declaration.expression("default") is None
        if needed or name in read.assignments:
            found[name] = _variable(name, _type(module, name), value, hidden=_sensitive(module, name))
    return found


_SAFE = ("arn", "id", "ids", "json", "minified_json", "account_id", "zone_id", "partition", "dns_suffix")


def _providers(service: Module) -> tuple[MockProvider, ...]:
    """The provider configurations of the service root, and what the data sources that are read give."""
    data: dict[str, dict[str, dict[str, Plain]]] = {}
    names: set[tuple[str, str]] = {(name, "") for name in required_sources(service)}
    for declaration in service.of("provider"):
        alias = declaration.literal("alias")
        names.add((declaration.name, alias if isinstance(alias, str) else ""))
    for module in all_modules(service):
        for declaration in module.of("resource", "data"):
            provider = declaration.type.split("_")[0]
            if provider == "terraform":
                continue
            if declaration.expression("provider") is None:
                names.add((provider, ""))
        for kind, attributes in data_reads(module).items():
            values = data.setdefault(kind.split("_")[0], {}).setdefault(kind, {})
            for name in sorted(attributes):
                if name in _SAFE or name.endswith("_arn") or (kind, name) in _MORE:
                    values[name] = invented(f"data.{kind}", f"data.{kind}", None, name)
    return tuple(
        MockProvider(name, alias, {kind: values for kind, values in data.get(name, {}).items() if values})
        for name, alias in sorted(names)
        if name != "terraform"
    )


_MORE = {("aws_availability_zones", "names"), ("aws_region", "name"), ("aws_region", "region")}


def run_mock(out: Path, mock: Mock, engine: Engine, progress: Progress = lambda message: None) -> MockRun:
    """Initialise, validate and test a scratch copy of the service root; nothing under OUT is touched.

    There, an override file points the remote state at a local snapshot too: no backend is ever asked.
    """
    engine.check(MOCKS, "mocks")
    read = read_out(out)
    tree = {path.removeprefix("service/"): text for path, text in read.files.items() if path.startswith("service/")}
    tree[mock.path.removeprefix("service/")] = mock.text.encode()
    root = RootFiles(tree=tree, folder=_folder(read), remote_states={mock.remote_state: "central"})
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as scratch:
        base = Path(scratch).resolve()
        folder = write_root(base, "service", root, None)
        empty = empty_document(_LINEAGE, engine.version)
        values = {one.name: _output_text(one) for one in mock.outputs}
        central = with_outputs(move(empty, empty, ()), values).destination
        (base / "central").mkdir()
        (base / "central" / "terraform.tfstate").write_bytes(render(central))
        progress("initialising")
        engine.run(folder, ["init", "-backend=false", "-input=false", "-no-color"], plugin_cache(folder))
        progress("validating")
        _, said, errors = engine.ask(folder, ["validate", "-json", "-no-color"])
        problems = _validated(said, errors)
        if not problems:
            progress("testing")
            code, said, errors = engine.ask(folder, ["test", "-json", "-no-color", f"-filter={PATH}"])
            problems = _tested(said, errors, code)
    return MockRun(engine=engine.name, version=engine.version, passed=not problems, problems=tuple(problems))


def _output_text(one: MockedOutput) -> OutputText:
    from tfhoist.state.cty import encode_type, encode_value

    return OutputText(encode_value(one.value), encode_type(_literal_type(one.value)))


def _literal_type(value: Plain) -> Any:
    if isinstance(value, list):
        return ("tuple", tuple(_literal_type(item) for item in value))
    if isinstance(value, dict):
        return ("object", tuple(sorted((name, _literal_type(item)) for name, item in value.items())))
    return "dynamic" if value is None else type_of(value)


def _validated(said: bytes, errors: bytes) -> list[str]:
    try:
        document = msgspec.json.decode(said)
    except msgspec.DecodeError:
        raise EngineFailed(("validate", "-json"), (errors or said).decode(errors="replace")) from None
    return [_diagnostic(one) for one in document.get("diagnostics", ()) if one.get("severity") == "error"]


def _tested(said: bytes, errors: bytes, code: int) -> list[str]:
    problems: list[str] = []
    status = ""
    for line in said.splitlines():
        try:
            message = msgspec.json.decode(line)
        except msgspec.DecodeError:
            continue
        if message.get("type") == "diagnostic" and message["diagnostic"].get("severity") == "error":
            problems.append(_diagnostic(message["diagnostic"]))
        if message.get("type") == "test_summary":
            status = message["test_summary"].get("status", "")
    if not problems and (status != "pass" or code):
        problems.append((errors or b"the test didn't pass, and the engine doesn't say why").decode(errors="replace"))
    return problems


def _diagnostic(one: Mapping[str, Any]) -> str:
    """A diagnostic of the engine, whole."""
    place = one.get("range") or {}
    where = f" ({place['filename']}:{place['start']['line']})" if place else ""
    code = (one.get("snippet") or {}).get("code", "").strip()
    return "\n".join(
        text
        for text in (f"{one.get('summary', '')}{where}", f"  {code}" if code else "", f"  {one.get('detail', '')}")
        if text.strip()
    )


def mock_json(mock: Mock, run: MockRun | None) -> bytes:
    """`tfhoist mock --json`: the artifact `tfhoist/mock/1`. Values are in the file alone."""
    return encode(
        {
            "schema": MOCK,
            "tool": {"name": "tfhoist", "version": __version__},
            "file": mock.path,
            "environment": mock.environment,
            "outputs": [
                {
                    "name": one.name,
                    "type": one.type,
                    "origin": one.origin,
                    "readers": list(one.readers),
                    "present": True,
                }
                for one in mock.outputs
            ]
            + [
                {"name": name, "type": "", "origin": "", "readers": list(readers), "present": False}
                for name, readers in mock.missing.items()
            ],
            "run": msgspec.to_builtins(run) if run is not None else None,
        }
    )
