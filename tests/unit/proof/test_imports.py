"""The `import` blocks of a central root, against what the snapshot says."""

from __future__ import annotations

import msgspec
import pytest

from tests.unit.proof.small import different, equivalent, split, undecided
from tfhoist.proof import Identities, IdentityInstance, Subject, prove

ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/%s/1"
MOVED = """
resource "aws_lb" "a" {
}
resource "aws_lb" "b" {
  for_each = toset(["x.y", "z"])
}
resource "aws_iam_role_policy_attachment" "p" {
  count = 2
}
resource "aws_route53_record" "r" {
}
resource "aws_thing" "t" {
}
module "vpc" {
  source = "./vpc"
}
"""
CHILD = 'resource "aws_vpc" "v" {\n  count = 1\n}\n'


def instance(
    kind: str, label: str, key: str | int | None, parts: dict[str, object], module: str = "", **identities: str
) -> IdentityInstance:
    return IdentityInstance("managed", kind, label, module, key, identities, parts)


STATE = Identities(
    instances=(
        instance("aws_lb", "a", None, {"arn": ARN % "a"}, arn=ARN % "a", id=ARN % "a", name="a"),
        instance("aws_lb", "b", "x.y", {"arn": ARN % "b1"}, arn=ARN % "b1", id=ARN % "b1"),
        instance("aws_lb", "b", "z", {"arn": ARN % "b2"}, arn=ARN % "b2", id=ARN % "b2"),
        instance("aws_iam_role_policy_attachment", "p", 0, {"role": "one", "policy_arn": "arn:aws:iam::aws:policy/P"}, id="one-1"),
        instance("aws_iam_role_policy_attachment", "p", 1, {"role": "two", "policy_arn": "arn:aws:iam::aws:policy/P"}, id="two-2"),
        instance("aws_route53_record", "r", None, {"zone_id": "Z1", "name": "_d_e.x.y", "type": "A"}, id="Z1_x", name="_d_e.x.y"),
        instance("aws_thing", "t", None, {}, id="t-1", name="t"),
        instance("aws_vpc", "v", 0, {"id": "vpc-1"}, module="module.vpc", id="vpc-1"),
        instance("aws_sqs_queue", "q", None, {"id": "https://q"}, id="https://q"),
    )
)  # fmt: skip

RIGHT = {
    "aws_lb.a": ARN % "a",
    'aws_lb.b["x.y"]': ARN % "b1",
    'aws_lb.b["z"]': ARN % "b2",
    "aws_iam_role_policy_attachment.p[0]": "one/arn:aws:iam::aws:policy/P",
    "aws_iam_role_policy_attachment.p[1]": "two/arn:aws:iam::aws:policy/P",
    "aws_route53_record.r": "Z1__d_e.x.y_A",
    "aws_thing.t": "t-1",
    "module.vpc.aws_vpc.v[0]": "vpc-1",
}


def blocks(imports: dict[str, str]) -> str:
    return "".join(f'import {{\n  to = module.s.{to}\n  id = "{id}"\n}}\n' for to, id in imports.items())


def subject(central: str, state: Identities | None = STATE) -> Subject:
    stays = 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n'
    addresses = (
        "aws_lb.a",
        "aws_lb.b",
        "aws_iam_role_policy_attachment.p",
        "aws_route53_record.r",
        "aws_thing.t",
        "module.vpc",
    )
    made = split(
        MOVED + stays, stays, MOVED, moved=addresses, central=central, identities=state,
        shared_files={"vpc/main.tf": CHILD}, files={"vpc/main.tf": CHILD},
    )  # fmt: skip
    service = {path: content for path, content in made.service.items() if not path.startswith("vpc/")}
    return msgspec.structs.replace(made, service=service)


def test_all_of_them() -> None:
    proof = equivalent(subject(blocks(RIGHT)))
    assert sum(o.kind == "import" for o in proof.obligations) == len(RIGHT)
    assert not [note for note in proof.notes if "imports" in note]


def test_what_nothing_imports_is_noted() -> None:
    proof = equivalent(subject(blocks({to: id for to, id in RIGHT.items() if "aws_thing" not in to})))
    assert [note for note in proof.notes if "nothing imports aws_thing.t;" in note]


@pytest.mark.parametrize(
    ("to", "id", "named"),
    [
        ("aws_lb.a", ARN % "b1", "that of another resource"),
        ('aws_lb.b["x.y"]', ARN % "b2", "that of another resource"),
        ("aws_lb.a", "a", "isn't made of"),
        ("aws_lb.a", "vpc-1", "isn't made of"),
        ("aws_iam_role_policy_attachment.p[0]", "two/arn:aws:iam::aws:policy/P", "that of another resource"),
        ("aws_iam_role_policy_attachment.p[0]", "one/arn:aws:iam::aws:policy/Q", "isn't made of"),
        ("aws_iam_role_policy_attachment.p[0]", "one", "isn't made of"),
        ("aws_iam_role_policy_attachment.p[0]", "one-1", "isn't made of"),
        ("aws_iam_role_policy_attachment.p[0]", "one/arn:aws:iam::aws:policy/P/one", "isn't made of"),
        ("aws_route53_record.r", "Z1__d_e.x.y_AAAA", "isn't made of"),
        ("aws_route53_record.r", "Z2__d_e.x.y_A", "isn't made of"),
        ('aws_lb.b["q"]', ARN % "b2", "no such instance"),
        ("aws_lb.b", ARN % "b2", "no such instance"),
        ("aws_lb.a[0]", ARN % "a", "no such instance"),
        ("aws_iam_role_policy_attachment.p[0.5]", "one/arn:aws:iam::aws:policy/P", "didn't move"),
        ("module.vpc.aws_vpc.v", "vpc-1", "no such instance"),
        ("module.vpc.aws_vpc.other[0]", "vpc-1", "didn't move"),
        ("aws_sqs_queue.q", "https://q", "didn't move"),
        ("aws_lb.nowhere", ARN % "a", "didn't move"),
    ],
)
def test_one_that_is_wrong(to: str, id: str, named: str) -> None:
    rest = {one: text for one, text in RIGHT.items() if one != to}
    different(subject(blocks({**rest, to: id})), "import", f"module.s.{to}", named)


def test_two_of_one() -> None:
    different(
        subject(blocks(RIGHT) + blocks({"aws_lb.a": ARN % "a"})), "module.s.aws_lb.a", "another `import` block has its"
    )
    twins = (*STATE.instances, instance("aws_lb", "b", "w", {"arn": ARN % "b2"}))
    state = Identities(instances=twins)
    different(subject(blocks({**RIGHT, 'aws_lb.b["w"]': ARN % "b2"}), state), "another `import` block has its id")


def test_outside_of_the_shared_module() -> None:
    different(subject(f'import {{\n  to = aws_lb.a\n  id = "{ARN % "a"}"\n}}\n'), "didn't move")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('import {\n  to = module.s.aws_lb.a\n  id = upper("x")\n}\n', "isn't a text"),
        ('import {\n  for_each = toset(["z"])\n  to = module.s.aws_lb.b[each.key]\n  id = "x"\n}\n', "isn't constant"),
        ('import {\n  for_each = toset(["z"])\n  to = module.s.aws_lb.a\n  id = "x"\n}\n', "for_each"),
        (blocks({"aws_thing.t": "t"}), "doesn't say what names"),
    ],
)
def test_what_cannot_be_told(text: str, named: str) -> None:
    undecided(subject(text), named)


def test_one_that_the_service_root_had() -> None:
    own = 'import {\n  to = %saws_lb.a\n  id = "by-hand"\n}\n'
    made = subject(own % "module.s.", None)
    before = {**made.before_service, "imports.tf": (own % "").encode()}
    equivalent(msgspec.structs.replace(made, before_service=before))
    other = subject((own % "module.s.").replace("by-hand", "another"), None)
    assert prove(msgspec.structs.replace(other, before_service=before)).verdict == "different"


def test_without_a_snapshot() -> None:
    undecided(subject(blocks(RIGHT), None), "there's no snapshot")
    assert prove(subject("", None)).verdict == "equivalent"


def test_a_terraform_that_has_no_import_blocks() -> None:
    old = 'terraform {\n  required_version = "~> 1.4.0"\n}\n'
    made = subject(blocks(RIGHT))
    folder = made.environments[0].central_folder
    central = {**made.central, f"{folder}/versions.tf": old.encode()}
    different(msgspec.structs.replace(made, central=central), "required_version", "1.5")
