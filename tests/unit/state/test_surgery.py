"""Moving between snapshots: what arrives, what stays, what is refused, and the way back."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.conftest import REPOSITORY
from tests.unit.state.support import AWS, LINEAGE, OTHER_LINEAGE, instance, resource, state, states, written
from tfhoist.state.document import SnapshotDocument, empty_document, read_document, render
from tfhoist.state.inverse import Inverse
from tfhoist.state.moves import Move, SurgeryRefused
from tfhoist.state.surgery import (
    ALREADY_GONE,
    ALREADY_THERE,
    MOVED,
    OutputText,
    Surgery,
    move,
    newest,
    reverse,
    with_outputs,
)


def read(content: dict[str, Any]) -> SnapshotDocument:
    return read_document(written(content), "state")


def loaded(document: SnapshotDocument) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(render(document))
    return result


def addresses(document: SnapshotDocument) -> list[str]:
    return [one.instance_address(i) for one in document.resources for i in one.instances]


def moved(
    source: dict[str, Any], destination: dict[str, Any] | None, *moves: tuple[str, str], **options: Any
) -> Surgery:
    to = read(destination) if destination is not None else empty_document(OTHER_LINEAGE, "1.11.4")
    return move(read(source), to, [Move(*one) for one in moves], **options)


def refusals(
    source: dict[str, Any], destination: dict[str, Any] | None, *moves: tuple[str, str], **options: Any
) -> list[str]:
    with pytest.raises(SurgeryRefused) as caught:
        moved(source, destination, *moves, **options)
    assert all(one.summary.endswith(".") and one.advice for one in caught.value.refusals)
    return [one.id for one in caught.value.refusals]


def round_trip(surgery: Surgery, source: SnapshotDocument, destination: SnapshotDocument) -> None:
    """Through files and the stored inverse, and back to the same bytes."""
    inverse = msgspec.json.decode(msgspec.json.encode(surgery.inverse), type=Inverse)
    home = reverse(
        inverse,
        read_document(render(surgery.source), "source"),
        read_document(render(surgery.destination), "destination"),
        source_serial=source.serial,
        destination_serial=destination.serial,
    )
    assert render(home.source) == render(source)
    assert render(home.destination) == render(destination)


SERVICE = state(
    resource("data.aws_vpc.main", instance("vpc-1")),
    resource("aws_lb.main", instance("lb-1", deps=["data.aws_vpc.main"], private="cHJpdmF0ZQ==", identity={"arn": "x"})),
    resource(
        "aws_lb_listener.https",
        instance("ls-0", key=0, deps=["aws_lb.main", "data.aws_vpc.main"], create_before_destroy=True),
        instance("ls-1", key=1, deps=["aws_lb.main"], status="tainted"),
        instance("ls-old", key=1, deposed="deadbeef", deps=["aws_lb.main"]),
    ),
    resource("aws_ecs_service.api", instance("svc", deps=["aws_db.x", "aws_lb.main", "aws_lb_listener.https", "aws_s3.y"])),
    resource("module.vpc/aws_subnet.public", instance("sn-a", key='a"/.b'), instance("sn-c", key="c")),
    resource('module.vpc.module.nat["a.b"]/aws_eip.this', instance("eip", deps=["module.vpc.aws_subnet.public"])),
    outputs={"api": {"value": "x", "type": "string"}},
)  # fmt: skip


def test_a_resource_gains_its_module_and_its_dependencies_follow() -> None:
    surgery = moved(
        SERVICE, None,
        ("aws_lb.main", "module.data_pipeline.aws_lb.main"),
        ("aws_lb_listener.https", "module.data_pipeline.aws_lb_listener.https"),
    )  # fmt: skip
    source, destination = loaded(surgery.source), loaded(surgery.destination)
    assert destination["resources"] == [
        resource("module.data_pipeline/aws_lb.main", instance("lb-1", private="cHJpdmF0ZQ==", identity={"arn": "x"})),
        resource(
            "module.data_pipeline/aws_lb_listener.https",
            instance("ls-0", key=0, deps=["module.data_pipeline.aws_lb.main"], create_before_destroy=True),
            instance("ls-1", key=1, deps=["module.data_pipeline.aws_lb.main"], status="tainted"),
            instance("ls-old", key=1, deposed="deadbeef", deps=["module.data_pipeline.aws_lb.main"]),
        ),
    ]
    assert source["resources"] == [
        SERVICE["resources"][0],
        resource("aws_ecs_service.api", instance("svc", deps=["aws_db.x", "aws_s3.y"])),
        *SERVICE["resources"][4:],
    ]
    assert {outcome.state for outcome in surgery.outcomes} == {MOVED}
    assert (source["serial"], source["lineage"], source["outputs"]) == (8, LINEAGE, SERVICE["outputs"])
    assert (destination["serial"], destination["lineage"]) == (1, OTHER_LINEAGE)
    round_trip(surgery, read(SERVICE), empty_document(OTHER_LINEAGE, "1.11.4"))


def test_what_isnt_touched_keeps_its_bytes() -> None:
    surgery = moved(SERVICE, None, ("module.vpc.aws_subnet.public", "module.dp.module.vpc.aws_subnet.public"))
    before, after = written(SERVICE), render(surgery.source)
    assert before[before.index(b'"name": "main"') : before.index(b'"module": "module.vpc"')] in after


def test_a_module_goes_whole_with_those_below_it() -> None:
    surgery = moved(SERVICE, None, ("module.vpc", "module.dp.module.network"))
    assert addresses(surgery.destination) == [
        'module.dp.module.network.aws_subnet.public["a\\"/.b"]',
        'module.dp.module.network.aws_subnet.public["c"]',
        'module.dp.module.network.module.nat["a.b"].aws_eip.this',
    ]
    assert loaded(surgery.destination)["resources"][1]["instances"][0]["dependencies"] == [
        "module.dp.module.network.aws_subnet.public"
    ]
    round_trip(surgery, read(SERVICE), empty_document(OTHER_LINEAGE, "1.11.4"))


def test_one_instance_goes_with_its_deposed_ones_and_the_others_stay() -> None:
    surgery = moved(SERVICE, None, ("aws_lb_listener.https[1]", 'module.dp.aws_lb_listener.https["one"]'))
    assert addresses(surgery.destination) == ['module.dp.aws_lb_listener.https["one"]'] * 2
    assert [one["index_key"] for one in loaded(surgery.destination)["resources"][0]["instances"]] == ["one", "one"]
    assert "aws_lb_listener.https[0]" in addresses(surgery.source)
    # One instance of the listener is still there, so the service still depends on it.
    service = next(one for one in loaded(surgery.source)["resources"] if one["type"] == "aws_ecs_service")
    assert service["instances"][0]["dependencies"] == ["aws_db.x", "aws_lb.main", "aws_lb_listener.https", "aws_s3.y"]
    round_trip(surgery, read(SERVICE), empty_document(OTHER_LINEAGE, "1.11.4"))


@pytest.mark.parametrize(
    ("start", "end", "key"),
    [
        ("aws_lb.main", "module.dp.aws_lb.main[0]", 0),
        ("aws_lb.main", 'module.dp.aws_lb.main["a.b/\\"c"]', 'a.b/"c'),
        ("aws_lb.main", 'module.dp["x"].aws_lb.main["$${x}"]', "${x}"),
        ("aws_lb_listener.https[0]", "module.dp.aws_lb_listener.https", None),
        ("aws_lb_listener.https[0]", "module.dp.aws_lb_listener.https[7]", 7),
    ],
)
def test_keys_come_change_and_go(start: str, end: str, key: str | int | None) -> None:
    surgery = moved(SERVICE, None, (start, end))
    assert addresses(surgery.destination) == [end]
    assert loaded(surgery.destination)["resources"][0]["instances"][0].get("index_key") == key
    round_trip(surgery, read(SERVICE), empty_document(OTHER_LINEAGE, "1.11.4"))


CENTRAL = state(
    resource("module.auth/aws_lb.main", instance("lb-auth")),
    resource("module.billing/aws_lb.main", instance("lb-billing", deps=["module.auth.aws_lb.main"])),
    resource("module.shared/aws_lb_listener.https", instance("ls-9", key=9)),
    serial=41,
    lineage=OTHER_LINEAGE,
    terraform_version="1.9.8",
    outputs={"zeta": {"value": "z", "type": "string"}},
)


def test_other_services_at_the_destination_stay_as_they_are() -> None:
    surgery = moved(
        SERVICE, CENTRAL,
        ("aws_lb.main", "module.b_service.aws_lb.main"),
        ("aws_lb_listener.https", "module.shared.aws_lb_listener.https"),
    )  # fmt: skip
    assert addresses(surgery.destination) == [
        "module.auth.aws_lb.main",
        "module.b_service.aws_lb.main",
        "module.billing.aws_lb.main",
        "module.shared.aws_lb_listener.https[0]",
        "module.shared.aws_lb_listener.https[1]",
        "module.shared.aws_lb_listener.https[1]",
        "module.shared.aws_lb_listener.https[9]",
    ]
    after = loaded(surgery.destination)
    assert (after["serial"], after["lineage"], after["terraform_version"]) == (42, OTHER_LINEAGE, "1.11.4")
    assert after["outputs"] == CENTRAL["outputs"]
    assert after["resources"][0] == CENTRAL["resources"][0]
    assert after["resources"][2] == CENTRAL["resources"][1]
    round_trip(surgery, read(SERVICE), read(CENTRAL))


def test_providers_are_mapped_and_those_of_a_moved_module_follow_it() -> None:
    own = f"module.vpc.{AWS}.east"
    source = state(
        resource("aws_lb.main", instance("lb")),
        resource("aws_lb.east", instance("lb-2"), provider=f"{AWS}.east"),
        resource("module.vpc/aws_subnet.public", instance("sn"), provider=own),
        resource('module.vpc["a"].module.nat/aws_eip.this', instance("eip"), provider=f"module.vpc.module.nat.{AWS}"),
        resource("module.vpc/aws_subnet.root", instance("sn-r")),
    )
    surgery = moved(
        source, None,
        ("aws_lb.main", "module.dp.aws_lb.main"),
        ("aws_lb.east", "module.dp.aws_lb.east"),
        ("module.vpc", "module.dp.module.network"),
        providers={AWS: f"{AWS}.dp", f"{AWS}.east": f"{AWS}.dp_east"},
    )  # fmt: skip
    assert {one.address: one.provider for one in surgery.destination.resources} == {
        "module.dp.aws_lb.main": f"{AWS}.dp",
        "module.dp.aws_lb.east": f"{AWS}.dp_east",
        "module.dp.module.network.aws_subnet.public": f"module.dp.module.network.{AWS}.east",
        'module.dp.module.network["a"].module.nat.aws_eip.this': f"module.dp.module.network.module.nat.{AWS}",
        "module.dp.module.network.aws_subnet.root": f"{AWS}.dp",
    }
    round_trip(surgery, read(source), empty_document(OTHER_LINEAGE, "1.11.4"))


def test_what_came_or_went_another_way_is_done_already() -> None:
    destination = state(
        resource("module.dp/aws_lb.main", instance("lb-1")),
        resource("module.dp/aws_iam_role.forgotten", instance("role")),
        resource("module.dp.module.gone/aws_eip.x", instance("eip-x")),
        lineage=OTHER_LINEAGE,
    )
    source = state(
        *SERVICE["resources"][:3],
        resource("aws_ecs.x", instance("ecs", deps=["aws_iam_role.forgotten", "module.gone.aws_eip.x"])),
    )
    surgery = moved(
        source, destination,
        ("aws_lb.main", "module.dp.aws_lb.main"),
        ("aws_lb_listener.https[0]", "module.dp.aws_lb_listener.https[0]"),
        ("aws_iam_role.forgotten", "module.dp.aws_iam_role.forgotten"),
        ("aws_ecs.x", "module.dp.aws_ecs.x"),
    )  # fmt: skip
    assert {outcome.to: outcome.state for outcome in surgery.outcomes} == {
        "module.dp.aws_lb.main": ALREADY_THERE,
        "module.dp.aws_lb_listener.https[0]": MOVED,
        "module.dp.aws_iam_role.forgotten": ALREADY_GONE,
        "module.dp.aws_ecs.x": MOVED,
    }
    after = {one["type"]: one for one in loaded(surgery.destination)["resources"] if one["module"] == "module.dp"}
    assert after["aws_lb"] == destination["resources"][0]
    assert after["aws_lb_listener"]["instances"][0]["dependencies"] == ["module.dp.aws_lb.main"]
    assert after["aws_ecs"]["instances"][0]["dependencies"] == ["module.dp.aws_iam_role.forgotten"]
    assert "aws_lb.main" not in addresses(surgery.source)


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ([("aws_lb.nowhere", "module.dp.aws_lb.nowhere")], ["not-in-state"]),
        ([("module.nowhere", "module.dp.module.nowhere"), ("aws_x.y[3]", "aws_x.y")], ["not-in-state", "not-in-state"]),
        ([("aws_lb.main", "module.auth.aws_lb.main")], ["different-resource"]),
        ([("aws_lb.main", "module.dp.aws_alb.main")], ["different-types"]),
        ([("aws_lb.main", "module.dp.data.aws_lb.main")], ["different-types"]),
        ([("aws_lb.main", "module.dp")], ["different-kinds"]),
        ([("aws_lb_listener.https", "module.dp.aws_lb_listener.https[0]")], ["many-instances"]),
        ([("aws_lb main", "module.dp.aws_lb.main")], ["no-address"]),
        ([("aws_lb.main", "module.dp.aws_lb.main[x]")], ["no-address"]),
        ([("aws_lb.main", "aws_lb.a"), ("aws_lb.main", "aws_lb.b")], ["moved-twice"]),
        ([("aws_lb_listener.https[0]", "aws_lb_listener.a"), ("aws_lb_listener.https[1]", "aws_lb_listener.a")],
         ["same-destination"]),
        ([("aws_lb_listener.https", "module.other.aws_lb_listener.https")], ["different-provider"] * 3),
    ],
)  # fmt: skip
def test_what_cant_be_moved_is_refused_by_name(moves: list[tuple[str, str]], expected: list[str]) -> None:
    central = {
        **CENTRAL,
        "resources": [
            *CENTRAL["resources"],
            resource("module.other/aws_lb_listener.https", instance("o", key=5), provider=f"{AWS}.other"),
        ],
    }
    assert refusals(SERVICE, central, *moves) == expected


def test_every_refusal_is_told_at_once() -> None:
    found = refusals(
        SERVICE, CENTRAL, ("aws_lb.no", "aws_lb.no"), ("aws_lb.main", "module.auth.aws_lb.main"), ("x", "y")
    )
    assert found == ["no-address", "not-in-state", "different-resource"]


def test_the_same_address_without_ids_is_refused() -> None:
    bare = {"schema_version": 0, "attributes": {"a": 1}}
    source = state(resource("aws_x.y", bare))
    assert refusals(source, state(resource("aws_x.y", bare)), ("aws_x.y", "aws_x.y")) == ["address-taken"]


def test_unknown_fields_of_a_resource_arent_lost_in_a_merge() -> None:
    source = state(resource("aws_x.y", instance("a", key=0), future=1))
    destination = state(resource("aws_x.y", instance("b", key=1)))
    assert refusals(source, destination, ("aws_x.y", "aws_x.y")) == ["different-fields"]
    same = state(resource("aws_x.y", instance("b", key=1), future=1))
    assert addresses(moved(source, same, ("aws_x.y", "aws_x.y")).destination) == ["aws_x.y[0]", "aws_x.y[1]"]


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        (("1.9.8", "1.11.4"), "1.11.4"),
        (("1.12.0-beta1", "1.12.0"), "1.12.0"),
        (("1.12.0-beta1", "1.11.4"), "1.12.0-beta1"),
        (("", "1.0.0"), "1.0.0"),
    ],
)
def test_the_newest_version(versions: tuple[str, str], expected: str) -> None:
    assert newest(*versions) == newest(*reversed(versions)) == expected


def test_the_way_back_after_somebody_applied_takes_only_what_moved() -> None:
    surgery = moved(
        SERVICE,
        CENTRAL,
        ("aws_lb.main", "module.dp.aws_lb.main"),
        ("aws_lb_listener.https", "module.dp.aws_lb_listener.https"),
    )
    destination, source = loaded(surgery.destination), loaded(surgery.source)
    lb = next(one for one in destination["resources"] if one.get("module") == "module.dp" and one["type"] == "aws_lb")
    lb["instances"][0]["attributes"]["name"] = "changed since"
    destination["resources"].append(resource("module.zeta/aws_lb.new", instance("new", deps=["module.dp.aws_lb.main"])))
    source["resources"].insert(0, resource("aws_a.added", instance("added")))
    home = reverse(surgery.inverse, read(source), read({**destination, "serial": 50}))
    back = loaded(home.source)
    assert addresses(home.destination) == [
        "module.auth.aws_lb.main", "module.billing.aws_lb.main", "module.shared.aws_lb_listener.https[9]", "module.zeta.aws_lb.new",
    ]  # fmt: skip
    assert loaded(home.destination)["serial"] == 51
    assert "dependencies" not in loaded(home.destination)["resources"][-1]["instances"][0]
    changed = next(one for one in back["resources"] if one["type"] == "aws_lb")
    assert changed["instances"][0]["attributes"]["name"] == "changed since"
    assert [one["type"] for one in back["resources"]][:3] == ["aws_a", "aws_vpc", "aws_lb"]
    service = next(one for one in back["resources"] if one["type"] == "aws_ecs_service")
    assert service == SERVICE["resources"][3]


def test_the_way_back_of_something_that_somebody_removed_is_refused() -> None:
    surgery = moved(SERVICE, CENTRAL, ("aws_lb.main", "module.dp.aws_lb.main"))
    destination = loaded(surgery.destination)
    destination["resources"] = [one for one in destination["resources"] if one.get("module") != "module.dp"]
    with pytest.raises(SurgeryRefused) as caught:
        reverse(surgery.inverse, surgery.source, read(destination))
    assert [one.id for one in caught.value.refusals] == ["not-in-state"]


# Generated states


@st.composite
def surgeries(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], list[Move]]:
    source = draw(states())
    destination = draw(states(prefix="d", lineage=OTHER_LINEAGE, inside="module.others"))
    document = read(source)
    moves: list[Move] = []
    for one in document.resources:
        if not one.instances or (bool(moves) and draw(st.booleans())):
            continue
        key = draw(st.sampled_from(list(dict.fromkeys(i.key for i in one.instances))))
        chosen = next(i for i in one.instances if i.key == key)
        whole = draw(st.booleans())
        # In about half of the cases into a resource that is there, or could be, with those of other services.
        base = draw(st.sampled_from(["module.dp", 'module.dp["k"]', "module.others"]))
        start = one.address if whole else one.instance_address(chosen)
        moves.append(Move(start, f"{base}.{start}"))
    modules = sorted({one.module for one in document.resources if one.module and one.instances})
    if bool(modules) and draw(st.booleans()):  # a whole module, with all that is below it
        whole_module = draw(st.sampled_from(modules))
        moves = [one for one in moves if not one.from_.startswith(whole_module)]
        moves.append(Move(whole_module, f"module.dp.{whole_module}"))
    return source, destination, moves


FILLED = st.dictionaries(
    st.sampled_from(["main", "api", "filled_in"]),  # some are there already
    st.sampled_from(
        [
            OutputText(b'"x"', b'"string"'),
            OutputText(b'["a",1.10]', b'["tuple",["string","number"]]'),
            OutputText(b'{"k":"<&>"}', b'["object",{"k":"string"}]', sensitive=True),
        ]
    ),
    max_size=3,
)


@given(surgeries(), FILLED)
def test_there_and_back_are_the_same_bytes(
    given_case: tuple[dict[str, Any], dict[str, Any], list[Move]], outputs: dict[str, OutputText]
) -> None:
    source, destination = read(given_case[0]), read(given_case[1])
    try:
        surgery = move(source, destination, given_case[2])
    except SurgeryRefused as refused:
        found = {one.id for one in refused.refusals}
        event(f"refused: {sorted(found)}")
        if not found <= {"different-resource", "different-fields", "same-destination"}:
            raise
        return
    event("moved" if surgery.outcomes else "nothing to move")
    if any(outcome.state != MOVED for outcome in surgery.outcomes):
        return
    event(f"outputs filled in: {bool(outputs)}")
    round_trip(with_outputs(surgery, outputs), source, destination)


@given(surgeries())
def test_nothing_is_lost_and_nothing_changes_but_the_address(
    given_case: tuple[dict[str, Any], dict[str, Any], list[Move]],
) -> None:
    source, destination = read(given_case[0]), read(given_case[1])
    try:
        surgery = move(source, destination, given_case[2])
    except SurgeryRefused:
        return

    def things(*documents: SnapshotDocument) -> dict[str, str]:
        found = {}
        for document in documents:
            for one in loaded(document)["resources"]:
                for thing in one["instances"]:
                    # Data sources of both sides may share an address: then the destination's is kept.
                    rest = {name: value for name, value in thing.items() if name not in ("index_key", "dependencies")}
                    if one["mode"] == "managed":
                        found[thing["attributes"]["id"]] = json.dumps(rest)
        return found

    assert things(surgery.source, surgery.destination) == things(source, destination)
    for before, after in ((source, surgery.source), (destination, surgery.destination)):
        names = set(addresses(before))
        kept = [one for one in addresses(after) if one in names]
        assert kept == [one for one in addresses(before) if one in set(kept)]


def test_every_refusal_has_a_row_in_the_documentation() -> None:
    table = set(re.findall(r"^\| `([\w-]+)`", (REPOSITORY / "docs/state.md").read_text(), re.MULTILINE))
    used: set[str] = set()
    for path in (REPOSITORY / "src/tfhoist/state").glob("*.py"):
        text = path.read_text()
        used |= set(re.findall(r'refuse\(\s*"([\w-]+)"', text))
        used |= set(re.findall(r'": \(\s*"([\w-]+)"', text)) if path.name == "drift.py" else set()
    assert used == table
