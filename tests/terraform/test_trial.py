"""The second proof: real plans of both roots over split copies of the states, and what the verdict makes of them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.terraform.states import apply, document, write_root
from tests.terraform.test_surgery import BEFORE, CENTRAL, CENTRAL_AFTER, MOVES, NETWORK, SERVICE, SHARED
from tfhoist.configuration.environments import discover, read_environment
from tfhoist.configuration.load import load_module
from tfhoist.engine.process import EngineFailed, EngineMissing, find_engine
from tfhoist.engine.scratch import RootFiles
from tfhoist.engine.trial import Trial, TrialInput, try_out
from tfhoist.state.outputs import compute_outputs
from tfhoist.state.surgery import OutputText, move, with_outputs

pytestmark = pytest.mark.terraform


def files(**texts: str) -> RootFiles:
    names = {"main": "main.tf", "network": "network/main.tf", "shared": "shared/main.tf"}
    return RootFiles(tree={names[name]: textwrap.dedent(text).encode() for name, text in texts.items()})


class Case:
    """Both roots applied once, and a trial that a test may change before it runs."""

    def __init__(self, folder: Path) -> None:
        service = write_root(folder / "service", {"main.tf": BEFORE, "network/main.tf": NETWORK})
        central = write_root(folder / "central", CENTRAL)
        self.source, self.destination = document(apply(service)), document(apply(central))
        self.folder = folder

    def run(
        self,
        *,
        before: str = BEFORE,
        after: str = SERVICE,
        central: str = CENTRAL_AFTER,
        shared: str = SHARED,
        without: tuple[str, ...] = (),
        outputs: Mapping[str, OutputText] | None = None,
        **changes: Any,
    ) -> Trial:
        central_after = files(main=central, shared=shared, network=NETWORK)
        tree = dict(central_after.tree)
        root = load_module(tree)
        environment, _ = read_environment(tree, root, discover(tree, root)[0])
        surgery = move(self.source, self.destination, MOVES)
        computed = dict(compute_outputs(root, environment.values, surgery.destination).outputs)
        computed.update(outputs or {})
        for name in without:
            del computed[name]
        given = TrialInput(
            service_before=files(main=before, network=NETWORK),
            service_after=msgspec.structs.replace(files(main=after), remote_states={"central": "central"}),
            central_before=files(main=CENTRAL),
            central_after=central_after,
            source=self.source,
            destination=self.destination,
            surgery=with_outputs(surgery, computed),
            module="module.data_pipeline",
            **changes,
        )
        return try_out(find_engine(), given)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("case"))


def changed(trial: Trial, root: str) -> dict[str, list[str]]:
    return {one.address: list(one.actions) for one in trial.roots[root].changes}


def test_a_right_consolidation_is_equivalent(case: Case) -> None:
    before = {path: path.read_bytes() for path in case.folder.rglob("*") if path.is_file()}
    trial = case.run()
    assert (trial.verdict, trial.roots["central"].verdict, trial.roots["service"].verdict) == ("equivalent",) * 3
    for root in trial.roots.values():
        assert (root.changes, root.pending, root.output_changes, root.drift, root.deferred) == ((),) * 5
    assert {path: path.read_bytes() for path in case.folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("shared", "root", "address", "actions"),
    [
        (SHARED.replace("weight = 1.10", "weight = 1.11"), "central", "module.data_pipeline.terraform_data.lb", ["update"]),
        (SHARED.replace("count            = 2", "count            = 1"), "central",
         "module.data_pipeline.terraform_data.listener[1]", ["delete"]),
        (SHARED.replace('"terraform_data" "record"', '"terraform_data" "dns"').replace("terraform_data.record", "terraform_data.dns"),
         "central", 'module.data_pipeline.terraform_data.dns["é"]', ["create"]),
        (SHARED.replace("triggers_replace = [terraform_data.lb.id]", 'triggers_replace = ["x"]'), "central",
         "module.data_pipeline.terraform_data.listener[0]", ["delete", "create"]),
    ],
)  # fmt: skip
def test_a_wrong_shared_module_is_different(
    case: Case, shared: str, root: str, address: str, actions: list[str]
) -> None:
    trial = case.run(shared=shared)
    assert (trial.verdict, trial.roots[root].verdict) == ("different", "different")
    assert changed(trial, root)[address] == actions


def test_swapped_outputs_are_different_in_the_service(case: Case) -> None:
    swapped = CENTRAL_AFTER.replace(
        '"lb_id" { value = module.data_pipeline.lb_id', '"lb_id" { value = module.data_pipeline.network_id'
    )
    trial = case.run(central=swapped)
    assert (trial.verdict, trial.roots["central"].verdict) == ("different", "equivalent")
    assert changed(trial, "service") == {"terraform_data.service": ["update"]}
    assert trial.roots["service"].output_changes == ("lb",)


def test_another_service_in_the_central_root_counts_too(case: Case) -> None:
    trial = case.run(central=CENTRAL_AFTER.replace("of another service", "changed"))
    assert changed(trial, "central") == {"terraform_data.other": ["update"]}


def test_what_was_pending_before_isnt_the_consolidations_doing(case: Case) -> None:
    old, new = "weight    = terraform_data.lb.output.weight", "weight    = 7"
    assert old in BEFORE
    trial = case.run(before=BEFORE.replace(old, new), after=SERVICE.replace("weight    = local.central.weight", new))
    assert trial.verdict == "equivalent"
    service = trial.roots["service"]
    assert [one.address for one in service.pending] == ["terraform_data.service"]
    assert [one.address for one in service.baseline.changes] == ["terraform_data.service"]
    # The same pending change, only made by the consolidation: not in the baseline.
    trial = case.run(after=SERVICE.replace("weight    = local.central.weight", new))
    assert changed(trial, "service") == {"terraform_data.service": ["update"]}


def test_a_pending_change_moves_along(case: Case) -> None:
    trial = case.run(before=BEFORE.replace("1.10", "1.20"), shared=SHARED.replace("1.10", "1.20"))
    assert {one.address for one in trial.roots["central"].pending} >= {"module.data_pipeline.terraform_data.lb"}
    assert trial.roots["central"].changes == ()


def test_outputs_that_arent_filled_in_are_expected_or_different(case: Case) -> None:
    trial = case.run(without=("in_a_list",), untold=("in_a_list",))
    assert (trial.verdict, trial.roots["central"].expected_outputs) == ("equivalent", ("in_a_list",))
    trial = case.run(outputs={"in_a_list": OutputText(b'["x"]', b'["tuple",["string"]]')})
    assert (trial.verdict, trial.roots["central"].output_changes) == ("different", ("in_a_list",))


def test_a_plan_that_fails_is_undecided_in_the_engines_own_words(case: Case) -> None:
    trial = case.run(without=("lb_id",), untold=("lb_id",))
    assert (trial.verdict, trial.roots["central"].verdict) == ("undecided", "equivalent")
    assert "Unsupported attribute" in trial.roots["service"].reasons[0]
    # A state that can't be read: the value doesn't agree with its type.
    trial = case.run(outputs={"weight": OutputText(b'"x"', b'["tuple",["string"]]')})
    assert trial.roots["central"].verdict == "undecided"
    with pytest.raises(EngineFailed, match="Missing type for resource"):
        case.run(before="resource {}\n")


def test_other_workspaces_and_the_users_own_arguments(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CLI_ARGS_plan", "-destroy")
    monkeypatch.setenv("TF_WORKSPACE", "elsewhere")
    monkeypatch.setenv("TF_DATA_DIR", str(case.folder / "data"))
    assert case.run().verdict == "equivalent"
    assert not (case.folder / "data").exists()
    root = RootFiles(
        tree={"env/main.tf": b'resource "terraform_data" "a" {\n  input = terraform.workspace\n}\n'},
        folder="env",
        workspace="staging",
    )
    from tfhoist.engine.scratch import plan_root
    from tfhoist.engine.scratch import write_root as write_scratch

    folder = write_scratch(case.folder, "workspaces", root, None)
    assert [one.address for one in plan_root(find_engine(), folder, root).changes] == ["terraform_data.a"]


def test_without_an_engine_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineMissing, match="isn't on PATH"):
        find_engine()
    old = tmp_path / "terraform"
    old.write_text('#!/bin/sh\necho \'{"terraform_version": "1.0.11"}\'\n')
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(EngineMissing, match=r"1\.0\.11 is too old"):
        find_engine()


def test_roots_with_tofu_files_want_opentofu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    for name, version in (("terraform", "1.11.4"), ("tofu", "1.10.0")):
        (tmp_path / name).write_text(f'#!/bin/sh\necho \'{{"terraform_version": "{version}"}}\'\n')
        (tmp_path / name).chmod(0o755)
    files = ["main.tf", "service/main.tofu"]
    assert [find_engine(files=these).name for these in ([], ["a.tf"], files, ["x.tofu.json"])] == [
        "terraform", "terraform", "tofu", "tofu",
    ]  # fmt: skip
    assert find_engine("tofu", files=files).version == "1.10.0"
    with pytest.raises(EngineMissing, match=r"service/main\.tofu is a file that only OpenTofu reads"):
        find_engine("terraform", files=files)
    (tmp_path / "tofu").unlink()
    with pytest.raises(EngineMissing, match=r"tofu isn't on PATH.*only OpenTofu reads"):
        find_engine(files=files)
