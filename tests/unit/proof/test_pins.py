"""Captured values, compared with what the state says."""

from __future__ import annotations

import pytest

from tests.unit.proof.small import OUT, split, told
from tfhoist.proof import Identities, IdentityInstance, Proof, prove

# pins

NETWORK = 'module "vpc" {\n  source = "%s"\n}\n'
CHILD = {
    "vpc/main.tf": 'resource "aws_vpc" "v" {\n}\nresource "aws_subnet" "s" {\n  count = 2\n}\n'
    'output "id" {\n  value = aws_vpc.v.id\n}\noutput "subnets" {\n  value = aws_subnet.s[*].id\n}\n'
    'output "whole" {\n  value = aws_vpc.v\n}\noutput "all" {\n  value = aws_subnet.s\n}\n'
    'resource "aws_eip" "e" {\n  for_each = toset(["a", "b"])\n}\noutput "keyed" {\n  value = aws_eip.e\n}\n'
}
STATE = Identities(
    instances=(
        IdentityInstance("managed", "aws_vpc", "v", "module.vpc", None, {"id": "vpc-1"}),
        IdentityInstance("managed", "aws_subnet", "s", "module.vpc", 1, {"id": "s1"}),
        IdentityInstance("managed", "aws_subnet", "s", "module.vpc", 0, {"id": "s0"}),
        IdentityInstance("managed", "aws_eip", "e", "module.vpc", "a", {"id": "e0", "arn": "arn0"}),
        IdentityInstance("managed", "aws_eip", "e", "module.vpc", "b", {"id": "e1", "arn": "arn1"}),
    ),
    outputs={"the_vpc": "vpc-1"},
)


def pinned(
    read: str,
    now: str,
    kind: str,
    value: str,
    *,
    source: str = "./vpc",
    outputs: str = "",
    state: Identities | None = STATE,
) -> Proof:
    block = 'resource "aws_lb" "a" {\n  count = 2\n  x = %s\n}\n'
    network = NETWORK % source + outputs
    return prove(
        split(
            network + block % read, network, f'variable "p" {{\n  type = {kind}\n}}\n' + block % now,
            arguments="  p = var.s_p", central=f'variable "s_p" {{\n  type = {kind}\n}}\n', values=f"s_p = {value}\n",
            files=CHILD, identities=state,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("read", "now", "kind", "value"),
    [
        ("jsonencode(module.vpc.whole)", "var.p", "string", '"{\\"id\\":\\"vpc-1\\"}"'),
        ("jsonencode(module.vpc.whole)", "jsonencode(var.p)", "map(string)", '{ id = "vpc-1" }'),
        ("module.vpc.whole", "var.p", "map(string)", '{ id = "vpc-1" }'),
        ("length(module.vpc.whole)", "var.p", "number", "1"),
        ("join(\",\", keys(module.vpc.whole))", "var.p", "string", '"id"'),
        ("values(module.vpc.whole)[0]", "var.p", "string", '"vpc-1"'),
        ('lookup(module.vpc.whole, "tags", "none")', "var.p", "string", '"none"'),
        ('try(module.vpc.whole.tags, "none")', "var.p", "string", '"none"'),
        ("merge(module.vpc.whole, {}).id", "var.p", "string", '"vpc-2"'),
        ("[module.vpc.whole] == [module.vpc.whole]", "var.p", "bool", "false"),
        ("[for name, item in module.vpc.whole : item]", "var.p", "list(string)", '["vpc-1"]'),
    ],
)  # fmt: skip
def test_of_a_whole_instance_the_identities_tell_nothing(read: str, now: str, kind: str, value: str) -> None:
    proof = pinned(read, now, kind, value)
    assert proof.verdict in ("undecided", "different"), told(proof)


@pytest.mark.parametrize("read", ["module.vpc.whole.id", 'module.vpc.whole["id"]', "module.vpc.whole[*].id"])
def test_of_a_whole_instance_the_identities_can_be_read(read: str) -> None:
    many = read.endswith("[*].id")
    kind, value = ("list(string)", '["vpc-1"]') if many else ("string", '"vpc-1"')
    assert pinned(read, "var.p", kind, value).verdict == "equivalent"


OBJECTS = "map(object({ id = string, arn = string }))"
WHOLES = '{ a = { id = "e0", arn = "arn0" }, b = { id = "e1", arn = "arn1" } }'
WRONG_WHOLES = [
    '{ a = { id = "e1", arn = "arn0" }, b = { id = "e0", arn = "arn1" } }',
    '{ a = { id = "arn0", arn = "arn0" }, b = { id = "e1", arn = "arn1" } }',
    '{ a = { id = "e0", arn = "arn0" } }',
    '{ a = { id = "e0", arn = "arn0" }, c = { id = "e1", arn = "arn1" } }',
    '{ a = { id = "e0", arn = "arn0" }, b = { id = "e1", arn = "arn1" }, c = { id = "e2", arn = "arn2" } }',
    "{}",
]


@pytest.mark.parametrize(
    "form",
    [
        "[for one in %s : one.id]",
        "values(%s)[*].id",
        '{ for key, one in %s : key => "${key}-${one.id}" if key != "c" }',
        '1\n  dynamic "b" {\n    for_each = %s\n    content {\n      y = b.value.id\n    }\n  }',
        "1\n  for_each = %s\n  y = each.value.id",
        '%s[count.index == 0 ? "a" : "b"].id',
        'try({ for key, one in %s : key => one.id }.none, "none")',
    ],
)
def test_of_wholes_by_key_what_is_read(form: str) -> None:
    """`for_each` beside `count` is no configuration that runs, but one to compare."""

    def judged(value: str, now: str = "var.p") -> Proof:
        return pinned(form % "module.vpc.keyed", form % now, OBJECTS, value)

    assert judged(WHOLES).verdict == "equivalent", told(judged(WHOLES))
    for wrong in WRONG_WHOLES:
        assert judged(wrong).verdict != "equivalent", (wrong, told(judged(wrong)))
    other = pinned(form % "module.vpc.keyed", (form % "var.p").replace(".id", ".arn"), OBJECTS, WHOLES)
    assert other.verdict != "equivalent", told(other)


@pytest.mark.parametrize(
    ("form", "verdict"),
    [
        ("values(%s)[*].id", "undecided"),
        ("[for one in values(%s) : one.id]", "equivalent"),
        ("{ for key, one in %s : key => one.id }", "equivalent"),
        ("[values(%s)[*].id]", "undecided"),
        ('join(",", values(%s)[*].id)', "equivalent"),
        ("values(%s)[0].id", "equivalent"),
    ],
)
def test_of_wholes_the_values_are_a_list_now(form: str, verdict: str) -> None:
    """`values()` of instances is a tuple, and of a map a list: `terraform_data` keeps the type of its input."""
    block = 'resource "terraform_data" "a" {\n  input = %s\n}\n'
    network = NETWORK % "./vpc"
    proof = prove(
        split(
            network + block % (form % "module.vpc.keyed"), network,
            f'variable "p" {{\n  type = {OBJECTS}\n}}\n' + block % (form % "var.p"),
            arguments="  p = var.s_p", central=f'variable "s_p" {{\n  type = {OBJECTS}\n}}\n',
            values=f"s_p = {WHOLES}\n", files=CHILD, identities=STATE, moved=("terraform_data.a",),
        )
    )  # fmt: skip
    assert proof.verdict == verdict, told(proof)


@pytest.mark.parametrize("form", ["[for one in %s : one.id]", "%s[*].id", "%s[count.index].id", 'join(",", %s[*].id)'])
def test_of_wholes_by_number_what_is_read(form: str) -> None:
    def judged(value: str) -> Proof:
        return pinned(form % "module.vpc.all", form % "var.p", "list(object({ id = string }))", value)

    right = '[{ id = "s0" }, { id = "s1" }]'
    assert judged(right).verdict == "equivalent", told(judged(right))
    for wrong in (
        '[{ id = "s1" }, { id = "s0" }]',
        '[{ id = "s0" }]',
        '[{ id = "s0" }, { id = "s1" }, { id = "s2" }]',
        "[]",
    ):
        assert judged(wrong).verdict != "equivalent", (wrong, told(judged(wrong)))


GROUPED = "{ for k, v in { for s in %s : s => s... } : k => v[0] }"
DYNAMIC = '1\n  dynamic "b" {\n    for_each = %s\n    content {\n      y = %s\n    }\n  }'


@pytest.mark.parametrize(
    ("read", "now", "kind", "value"),
    [
        ("module.vpc.id", "var.p", "string", '"vpc-1"'),
        ('"x-${module.vpc.id}"', '"x-${var.p}"', "string", '"vpc-1"'),
        ("module.vpc.subnets", "var.p", "list(string)", '["s0", "s1"]'),
        ('{ (module.vpc.id) = "a", b = 1 }', '{ (var.p) = "a", b = 1 }', "string", '"vpc-1"'),
        ("module.vpc.subnets[1]", "var.p[1]", "list(string)", '["s0", "s1"]'),
        ("module.vpc.subnets[1]", "var.p", "string", '"s1"'),
        ("module.vpc.subnets[count.index]", "var.p[count.index]", "list(string)", '["s0", "s1"]'),
        ("length(module.vpc.subnets)", "length(var.p)", "list(string)", '["s0", "s1"]'),
        ("[for s in module.vpc.subnets : s]", "[for s in var.p : s]", "list(string)", '["s0", "s1"]'),
        ('[for s in module.vpc.subnets : "a/${s}"]', '[for s in var.p : "a/${s}"]', "list(string)", '["s0", "s1"]'),
        ('join(",", module.vpc.subnets)', 'join(",", var.p)', "list(string)", '["s0", "s1"]'),
        ('[for s in module.vpc.subnets : upper(s) if s != ""]', '[for s in var.p : upper(s) if s != ""]', "list(string)", '["s0", "s1"]'),
        ('{ for i, s in module.vpc.subnets : i => upper(s) }', '{ for i, s in var.p : i => upper(s) }', "list(string)", '["s0", "s1"]'),
        (DYNAMIC % ('["a"]', "upper(module.vpc.id)"), DYNAMIC % ('["a"]', "upper(var.p)"), "string", '"vpc-1"'),
        (DYNAMIC % ('["a"]', '"${module.vpc.id}${b.value}"'), DYNAMIC % ('["a"]', '"${var.p}${b.value}"'), "string", '"vpc-1"'),
        (DYNAMIC % ("module.vpc.subnets", "upper(b.value)"), DYNAMIC % ("var.p", "upper(b.value)"), "list(string)", '["s0", "s1"]'),
        (DYNAMIC % ('["a"]', 'join("/", module.vpc.subnets)'), DYNAMIC % ('["a"]', 'join("/", var.p)'), "list(string)", '["s0", "s1"]'),
        (DYNAMIC % ('["a"]', "module.vpc.subnets"), DYNAMIC % ('["a"]', "var.p"), "list(string)", '["s0", "s1"]'),
        ("flatten([module.vpc.subnets, []])", "flatten([var.p, []])", "list(string)", '["s0", "s1"]'),
        ('[for s in module.vpc.subnets[*] : s if s != "x"]', '[for s in var.p[*] : s if s != "x"]', "list(string)", '["s0", "s1"]'),
        ("element(module.vpc.subnets, 1)", "element(var.p, 1)", "list(string)", '["s0", "s1"]'),
        ("element(coalescelist([], module.vpc.subnets), 1)", "element(coalescelist([], var.p), 1)", "list(string)", '["s0", "s1"]'),
    ],
)  # fmt: skip
def test_pins(read: str, now: str, kind: str, value: str) -> None:
    proof = pinned(read, now, kind, value)
    assert told(proof) == ""
    assert any(o.kind == "pin" and o.result == "holds" for o in proof.obligations)
    wrong = pinned(read, now, kind, value.replace("vpc-1", "vpc-2").replace("s1", "s2"))
    assert wrong.verdict == "different" or "length" in read, told(wrong)
    assert pinned(read, now, kind, value, state=None).verdict == "undecided"
    if kind != "string":
        swapped = pinned(read, now, kind, '["s1", "s0"]')
        assert swapped.verdict == "different" or "length" in read, told(swapped)
        assert pinned(read, now, kind, '["s0"]').verdict == "different"


KEYED = """
resource "aws_sns_topic" "t" {
  for_each = { a = "A", b = "B" }
  name     = each.value
}
"""
TOPICS = Identities(
    instances=tuple(
        IdentityInstance("managed", "aws_sns_topic", "t", "", key, {"arn": f"arn-{key}", "name": key.upper()})
        for key in "ab"
    )
)


@pytest.mark.parametrize("key", ["each.key", 'replace(each.key, "x", "")', "each.value.k"])
def test_pins_by_key(key: str) -> None:
    block = 'resource "aws_lb" "a" {\n  for_each = { a = { k = "a" }, b = { k = "b" } }\n  x = %s\n}\n'

    def proof(value: str, *, name: str = "arn", state: Identities | None = TOPICS, now: str = key) -> Proof:
        kind = "map(string)"
        return prove(
            split(
                KEYED + block % f"aws_sns_topic.t[{key}].{name}", KEYED,
                f'variable "p" {{\n  type = {kind}\n}}\n' + block % f"var.p[{now}]",
                arguments="  p = var.s_p", central=f'variable "s_p" {{\n  type = {kind}\n}}\n', values=f"s_p = {value}\n",
                identities=state, moved=("aws_lb.a",),
            )
        )  # fmt: skip

    assert told(proof('{ a = "arn-a", b = "arn-b" }')) == ""
    assert proof('{ a = "arn-b", b = "arn-a" }').verdict == "different"
    assert proof('{ a = "arn-a" }').verdict == "different"
    assert proof('{ a = "arn-a", b = "arn-b", c = "arn-c" }').verdict == "different"
    assert proof('{ a = "arn-a", b = "arn-b" }', name="name").verdict == "different"
    assert proof('{ a = "arn-a", b = "arn-b" }', now="upper(each.key)").verdict != "equivalent"
    assert proof('{ a = "arn-a", b = "arn-b" }', state=None).verdict == "undecided"
    assert proof("{}").verdict != "equivalent"


def test_a_pin_through_a_root_output() -> None:
    output = 'output "the_vpc" {\n  value = module.vpc.id\n}\n'
    registry = "terraform-aws-modules/vpc/aws"
    assert (
        pinned("module.vpc.id", "var.p", "string", '"vpc-1"', source=registry, outputs=output).verdict == "equivalent"
    )
    proof = pinned("module.vpc.id", "var.p", "string", '"vpc-1"', source=registry)
    assert proof.verdict == "undecided"
    assert "module.vpc.id can't be read from the snapshot of dev" in told(proof)


def test_a_pin_for_what_the_state_does_not_tell() -> None:
    proof = pinned("module.vpc.cidr", "var.p", "string", '"10.0.0.0/8"')
    assert proof.verdict != "equivalent"


@pytest.mark.parametrize(
    ("read", "now", "verdict"),
    [
        ("module.vpc.subnets", "var.p", "undecided"),
        ("reverse(module.vpc.subnets)", "reverse(var.p)", "undecided"),
        ("{ all = module.vpc.subnets }", "{ all = var.p }", "undecided"),
        ("module.vpc.subnets", "[for item in var.p : item]", "equivalent"),
        ("module.vpc.subnets[*]", "var.p[*]", "undecided"),
        ("module.vpc.subnets", "var.p[*]", "undecided"),
        ("reverse(module.vpc.subnets)", "reverse([for item in var.p : item])", "equivalent"),
        ("jsonencode(module.vpc.subnets)", "jsonencode(var.p)", "equivalent"),
        ("module.vpc.subnets[0]", "var.p[0]", "equivalent"),
        ('concat(module.vpc.subnets, ["e"])[0]', 'concat(var.p, ["e"])[0]', "equivalent"),
        ('element(concat(module.vpc.subnets, ["e"]), 1)', 'element(concat(var.p, ["e"]), 1)', "equivalent"),
        ("tolist(true ? module.vpc.subnets : [])[0]", "tolist(true ? var.p : [])[0]", "equivalent"),
        (GROUPED % "module.vpc.subnets", GROUPED % "var.p", "equivalent"),
    ],
)
def test_a_tuple_that_became_a_list_is_seen_where_the_type_tells(read: str, now: str, verdict: str) -> None:
    """`terraform_data` keeps the type of its input, so Terraform plans an update."""
    block = 'resource "terraform_data" "a" {\n  input = %s\n}\n'
    network = NETWORK % "./vpc"
    proof = prove(
        split(
            network + block % read, network, 'variable "p" {\n  type = list(string)\n}\n' + block % now,
            arguments="  p = var.s_p", central='variable "s_p" {\n  type = list(string)\n}\n',
            values='s_p = ["s0", "s1"]\n', files=CHILD, identities=STATE,
            moved=("terraform_data.a",),
        )
    )  # fmt: skip
    assert proof.verdict == verdict, told(proof)


BUCKETS = 'variable "on" {\n  type = bool\n}\nresource "aws_s3_bucket" "b" {\n  count = %s\n}\n'
SOME = Identities(
    instances=(IdentityInstance("managed", "aws_s3_bucket", "b", "", 0, {"id": "b0", "arn": "a0"}),), outputs={}
)
NONE = Identities(instances=(IdentityInstance("managed", "aws_vpc", "v", "", None, {"id": "vpc-1"}),), outputs={})


def none_pinned(
    read: str, now: str, value: str, *, count: str = "var.on ? 1 : 0", on: bool = False, state: Identities = NONE
) -> Proof:
    block = 'resource "aws_lb" "a" {\n  x = %s\n}\n'
    buckets = BUCKETS % count
    values = f"on = {str(on).lower()}\n"
    return prove(
        split(
            buckets + block % read, buckets, 'variable "p" {\n  type = list(string)\n}\n' + block % now,
            arguments="  p = var.s_p", central='variable "s_p" {\n  type = list(string)\n}\n',
            values=f"s_p = {value}\n", files={"terraform.tfvars": values}, identities=state,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("read", "now"),
    [
        ("aws_s3_bucket.b[*].id", "var.p"),
        ("aws_s3_bucket.b.*.arn", "var.p"),
        ("one(aws_s3_bucket.b[*].id)", "one(var.p)"),
        ("length(aws_s3_bucket.b[*].id)", "length(var.p)"),
        ('try(aws_s3_bucket.b[0].id, "none")', 'try(var.p[0], "none")'),
        ('concat(aws_s3_bucket.b[*].id, ["x"])', 'concat(var.p, ["x"])'),
        ('join(",", aws_s3_bucket.b[*].id)', 'join(",", var.p)'),
        ("[for b in aws_s3_bucket.b[*].id : upper(b)]", "[for b in var.p : upper(b)]"),
    ],
)
@pytest.mark.parametrize("count", ["var.on ? 1 : 0", "!var.on || var.on ? 0 : 1", "0", "1 > 2 ? 1 : 0"])
def test_what_has_no_instance_is_an_empty_list(read: str, now: str, count: str) -> None:
    proof = none_pinned(read, now, "[]", count=count)
    assert told(proof) == ""
    other = none_pinned(
        read, now.replace('["x"]', '["y"]').replace("upper(", "lower(").replace('","', '""'), "[]", count=count
    )
    assert (other.verdict == "equivalent") is read.startswith(("aws", "one", "length", "try")), told(other)
    wrong = none_pinned(read, now, '["b0"]', count=count)
    assert wrong.verdict == ("undecided" if "try" in read else "different"), told(wrong)


@pytest.mark.parametrize(
    ("count", "on"), [("var.on ? 1 : 0", True), ("1", False), ("length(data.x.y.z)", False), ("2 > 1 ? 1 : 0", False)]
)
def test_what_is_not_applied_yet_is_not_none(count: str, on: bool) -> None:
    """The state has no instance, but the configuration doesn't say that there is none."""
    proof = none_pinned("aws_s3_bucket.b[*].id", "var.p", "[]", count=count, on=on)
    assert proof.verdict == "undecided", told(proof)


def test_an_instance_that_was_captured_as_none() -> None:
    for read, now in (
        ("aws_s3_bucket.b[*].id", "var.p"),
        ('try(aws_s3_bucket.b[0].id, "none")', 'try(var.p[0], "none")'),
        ("aws_s3_bucket.b[0].id", "var.p[0]"),
    ):
        proof = none_pinned(read, now, "[]", on=True, state=SOME)
        assert proof.verdict == "different", (read, told(proof))
    assert none_pinned("aws_s3_bucket.b[0].arn", "var.p[0]", '["b0"]', on=True, state=SOME).verdict == "different"
    assert none_pinned("aws_s3_bucket.b[0].arn", "var.p[0]", '["a0"]', on=True, state=SOME).verdict == "equivalent"


@pytest.mark.parametrize("result", ["var.ids", "{ for i, x in var.ids : i => x }", "[for x in var.ids : upper(x)]"])
def test_what_a_module_with_count_gives_of_a_captured_list(result: str) -> None:
    """Nothing reads the outputs through its instances, so they are compared themselves."""
    balancers = 'resource "aws_lb" "b" {\n  count = 2\n}\n'
    call = 'module "m" {\n  source = "%s"\n  count = 2\n  ids = %s\n}\n'
    child = f'variable "ids" {{\n  type = list(string)\n}}\noutput "o" {{\n  value = {result}\n}}\n'
    state = Identities(
        instances=tuple(IdentityInstance("managed", "aws_lb", "b", "", n, {"arn": f"arn-{n}"}) for n in (0, 1))
    )

    def proof(values: str, *, after: str = child, snapshot: Identities | None = state) -> Proof:
        return prove(
            split(
                balancers + call % ("./m", "aws_lb.b[*].arn"), balancers,
                'variable "p" {\n  type = list(string)\n}\n' + call % ("./m", "var.p"), moved=("module.m",),
                arguments="  p = var.s_p", central='variable "s_p" {\n  type = list(string)\n}\n',
                values=f"s_p = {values}\n", files={"m/main.tf": child}, shared_files={"m/main.tf": after},
                identities=snapshot,
            )
        )  # fmt: skip

    assert told(proof('["arn-0", "arn-1"]')) == ""
    assert proof('["arn-1", "arn-0"]').verdict == "different"
    assert proof('["arn-0"]').verdict == "different"
    assert proof('["arn-0", "arn-1"]', snapshot=None).verdict == "undecided"
    assert proof('["arn-0", "arn-1"]', after=child.replace(result, f"reverse({result})")).verdict != "equivalent"


@pytest.mark.parametrize("result", ["var.ids", "[for x in var.ids : upper(x)]"])
def test_an_output_of_the_service_that_comes_from_a_captured_list(result: str) -> None:
    balancers = 'resource "aws_lb" "b" {\n  count = 2\n}\n'
    call = 'module "m" {\n  source = "./m"\n  ids    = %s\n}\n'
    child = f'variable "ids" {{\n  type = list(string)\n}}\noutput "o" {{\n  value = {result}\n}}\n'
    output = 'output "x" {\n  value = %s\n}\n'
    state = Identities(
        instances=tuple(IdentityInstance("managed", "aws_lb", "b", "", n, {"arn": f"arn-{n}"}) for n in (0, 1))
    )

    def proof(values: str, *, snapshot: Identities | None = state) -> Proof:
        return prove(
            split(
                balancers + call % "aws_lb.b[*].arn" + output % "module.m.o", balancers + output % f"{OUT}.o",
                'variable "p" {\n  type = list(string)\n}\n' + call % "var.p" + 'output "o" {\n  value = module.m.o\n}\n',
                moved=("module.m",), arguments="  p = var.s_p", central='variable "s_p" {\n  type = list(string)\n}\n',
                values=f"s_p = {values}\n", files={"m/main.tf": child}, shared_files={"m/main.tf": child},
                identities=snapshot,
            )
        )  # fmt: skip

    assert told(proof('["arn-0", "arn-1"]')) == ""
    assert proof('["arn-1", "arn-0"]').verdict == "different"
    assert proof('["arn-0", "arn-1"]', snapshot=None).verdict == "undecided"


@pytest.mark.parametrize(
    ("read", "now"),
    [
        (DYNAMIC % ("module.vpc.subnets", "b.key"), DYNAMIC % ("var.p", "b.key")),
        ("[for i, s in module.vpc.subnets : i]", "[for i, s in var.p : i]"),
        ("{ for i, s in module.vpc.subnets : s => i }", "{ for i, s in var.p : s => i }"),
    ],
)
def test_the_key_of_a_set_is_its_item(read: str, now: str) -> None:
    assert told(pinned(read, now, "list(string)", '["s0", "s1"]')) == ""
    assert pinned(read, now, "set(string)", '["s0", "s1"]').verdict != "equivalent"
    assert pinned(read, now.replace("var.p", "toset(var.p)"), "list(string)", '["s0", "s1"]').verdict != "equivalent"
    value = read.replace("b.key", "b.value").replace(": i]", ": s]").replace("=> i", "=> s")
    assert (
        told(
            pinned(value.replace("module.vpc.subnets", "toset(module.vpc.subnets)"), now, "set(string)", '["s0", "s1"]')
        )
        == ""
    )
