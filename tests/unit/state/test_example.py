"""The example's states are split as its consolidation says, and every central output is computed."""

from __future__ import annotations

import json

import pytest

from tests.conftest import EXAMPLES
from tests.unit.state.support import AWS
from tfhoist.configuration.environments import EnvironmentSettings, read_environment
from tfhoist.configuration.load import load_module
from tfhoist.state.check import dangling, problems, unknown_providers
from tfhoist.state.document import SnapshotDocument, read_document, render
from tfhoist.state.moves import Move
from tfhoist.state.outputs import compute_outputs
from tfhoist.state.surgery import move, reverse, with_outputs

CENTRAL = EXAMPLES / "consolidated" / "central"


def _state(root: str, environment: str) -> SnapshotDocument:
    path = EXAMPLES / "states" / root / f"{environment}.tfstate"
    return read_document(path.read_bytes(), str(path))


@pytest.mark.parametrize("environment", ["development", "staging", "production"])
def test_the_example_is_split_with_all_its_outputs(environment: str) -> None:
    source, destination = _state("data-pipeline", environment), _state("hokusai-infrastructure", environment)
    placement = json.loads((EXAMPLES / "consolidated" / "consolidation.json").read_bytes())["placement"]
    there = {one.address for one in source.resources} | {one.module for one in source.resources}
    moves = [
        Move(address, f"module.data_pipeline.{address}")
        for address, placed in placement.items()
        if placed["side"] == "central" and address in there
    ]
    surgery = move(source, destination, moves, providers={AWS: f"{AWS}.data_pipeline"})
    assert "module.data_pipeline.aws_lb.main" in {outcome.to for outcome in surgery.outcomes}

    tree = {path.relative_to(CENTRAL).as_posix(): path.read_bytes() for path in CENTRAL.rglob("*") if path.is_file()}
    root = load_module(tree, f"environments/{environment}")
    values, _ = read_environment(tree, root, EnvironmentSettings(name=environment))
    outputs = compute_outputs(root, values.values, surgery.destination)
    assert outputs.untold == {}
    assert len(outputs.outputs) == len(list(root.of("output")))
    # What the central state offered before is computed to the same.
    for name, known in destination.outputs.items():
        before = json.loads(bytes(known))
        assert (json.loads(outputs.outputs[name].value), json.loads(outputs.outputs[name].type)) == (
            before["value"], before["type"],
        )  # fmt: skip

    surgery = with_outputs(surgery, outputs.outputs)
    assert problems(surgery.source) == problems(surgery.destination) == ()
    assert dangling(surgery.source) == dangling(surgery.destination) == frozenset()
    assert unknown_providers(surgery.destination, [AWS, f"{AWS}.data_pipeline"]) == ()
    home = reverse(
        surgery.inverse,
        surgery.source,
        surgery.destination,
        source_serial=source.serial,
        destination_serial=destination.serial,
    )
    assert (render(home.source), render(home.destination)) == (render(source), render(destination))
