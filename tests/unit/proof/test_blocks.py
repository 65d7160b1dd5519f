"""Blocks: marks, meta-arguments, data sources, files, modules, duplicates, provider configurations."""

from __future__ import annotations

import msgspec

from tests.unit.proof.small import OUT, STAYS, different, equivalent, split, undecided
from tfhoist.proof import Subject, prove

# sensitivity

SECRET = 'resource "random_password" "a" {\n  length = 9\n}\n'


def test_marks_that_cross() -> None:
    reader = 'resource "aws_sqs_queue" "q" {\n  name = %s\n}\n'
    before = SECRET + reader % "random_password.a.result"
    shared = SECRET + 'output "x" {\n  value = random_password.a.result\n  sensitive = true\n}\n'
    moved = ("random_password.a",)
    equivalent(split(before, reader % f"sensitive({OUT}.x)", shared, moved=moved))
    different(split(before, reader % f"{OUT}.x", shared, moved=moved), "aws_sqs_queue.q", "marks differ")
    different(
        split(before, reader % f"sensitive({OUT}.x)", shared.replace("  sensitive = true\n", ""), moved=moved),
        "sensitive",
    )
    inside = SECRET + reader % '"x-${random_password.a.result}"'
    equivalent(split(inside, reader % f'"x-${{sensitive({OUT}.x)}}"', shared, moved=moved))
    different(split(inside, reader % f'"x-${{{OUT}.x}}"', shared, moved=moved), "aws_sqs_queue.q")
    bare = SECRET + reader % "nonsensitive(random_password.a.result)"
    equivalent(split(bare, reader % f"nonsensitive(sensitive({OUT}.x))", shared, moved=moved))


def test_marks_of_many() -> None:
    many = 'resource "random_password" "a" {\n  count = 2\n  length = 9\n}\n'
    reader = 'resource "aws_sqs_queue" "q" {\n  name = %s\n}\n'
    shared = many + 'output "x" {\n  value = random_password.a[*].result\n  sensitive = true\n}\n'
    moved = ("random_password.a",)
    before = many + reader % "random_password.a[1].result"
    equivalent(split(before, reader % f"sensitive({OUT}.x)[1]", shared, moved=moved))
    different(split(before, reader % f"{OUT}.x[1]", shared, moved=moved), "aws_sqs_queue.q")


# dynamic blocks

DYNAMIC = """\
resource "aws_lb" "a" {
  dynamic "access_logs" {
    for_each = ["x"]
%s
    content {
      bucket = access_logs.value
    }
  }
}
"""


def test_what_terraform_rejects_in_a_dynamic_block_is_never_equal() -> None:
    before = STAYS + DYNAMIC % ""
    equivalent(split(before, STAYS, DYNAMIC % "", moved=("aws_lb.a",)))
    for extra in ('    added = "x"\n', "    other {\n    }\n", "    content {\n    }\n"):
        assert prove(split(before, STAYS, DYNAMIC % extra, moved=("aws_lb.a",))).verdict != "equivalent"


# meta-arguments

PAIR = 'resource "aws_lb" "a" {\n%s}\nresource "aws_lb" "b" {\n%s}\n'
BOTH = ("aws_lb.a", "aws_lb.b")


def test_depends_on() -> None:
    before = STAYS + PAIR % ("  depends_on = [aws_lb.b, aws_sqs_queue.q]\n", "")
    after = PAIR % ("  depends_on = [aws_lb.b]\n", "")
    proof = equivalent(split(before, STAYS, after, moved=BOTH))
    assert any("aws_lb.a waited for aws_sqs_queue.q" in note for note in proof.notes)
    different(split(before, STAYS, PAIR % ("", ""), moved=BOTH), "aws_lb.a", "depends_on")
    different(
        split(before, STAYS, PAIR % ("  depends_on = [aws_lb.b]\n", "  depends_on = [aws_lb.a]\n"), moved=BOTH),
        "aws_lb.b",
    )
    equivalent(split(STAYS + PAIR % ('  depends_on = ["aws_lb.b"]\n', ""), STAYS, after, moved=BOTH))
    different(
        split(before, STAYS, PAIR % ("  depends_on = [aws_lb.b, aws_sqs_queue.q]\n", ""), moved=BOTH), "not declared"
    )


CREATE = "  lifecycle {\n    create_before_destroy = true\n  }\n"


def test_inherited_create_before_destroy() -> None:
    queue = f'resource "aws_sqs_queue" "q" {{\n  name = %s\n{CREATE}}}\n'
    lb = 'resource "aws_lb" "a" {\n  name = "a"\n%s}\noutput "x" {\n  value = aws_lb.a.arn\n}\n'
    before = queue % "aws_lb.a.arn" + lb.split("output")[0] % ""
    after = queue % f"{OUT}.x"
    equivalent(split(before, after, lb % CREATE))
    different(split(before, after, lb % ""), "aws_lb.a", "through aws_sqs_queue.q")
    plain = before.replace(CREATE, "")
    different(split(plain, after.replace(CREATE, ""), lb % CREATE), "aws_lb.a", "false before, true after")
    through = before.replace("= aws_lb.a.arn", "= local.x") + "locals {\n  x = aws_lb.a.arn\n}\n"
    different(split(through, after, lb % ""), "aws_lb.a")


CHECKED = 'precondition {\n  condition = %s\n  error_message = "a"\n}'


def test_lifecycle_is_compared() -> None:
    def block(text: str) -> str:
        return f'resource "aws_lb" "a" {{\n  lifecycle {{\n    {text}\n  }}\n}}\n'

    for one, other, same in (
        ("ignore_changes = [a, b]", "ignore_changes = [b, a]", True),
        ("ignore_changes = [a]", "ignore_changes = all", False),
        ('ignore_changes = [tags["x"]]', 'ignore_changes = [tags["y"]]', False),
        ("prevent_destroy = true", "prevent_destroy = false", False),
        ("prevent_destroy = false", "", True),
        (CHECKED % "true", "", False),
        (CHECKED % "true", CHECKED % "false", False),
        ("replace_triggered_by = [terraform_data.t]", "replace_triggered_by = [terraform_data.t.id]", False),
    ):  # fmt: skip
        trigger = 'resource "terraform_data" "t" {\n}\n'
        subject = split(
            STAYS + trigger + block(one), STAYS, trigger + block(other), moved=("aws_lb.a", "terraform_data.t")
        )
        (equivalent if same else different)(subject)


def test_data_sources_on_both_sides() -> None:
    data = 'data "aws_vpc" "v" {\n  tags = { Name = "x" }\n}\n'
    block, queue = (
        'resource "aws_lb" "a" {\n  x = data.aws_vpc.v.id\n}\n',
        'resource "aws_sqs_queue" "q" {\n  x = data.aws_vpc.v.id\n}\n',
    )
    equivalent(split(data + block + queue, data + queue, data + block))
    equivalent(split(data + block + STAYS, STAYS, data + block))
    different(
        split(data + block + queue, data + queue, data.replace('"x"', '"y"') + block), "data data.aws_vpc.v", "Name"
    )
    different(split(data + block + queue, queue, data + block), "aws_sqs_queue.q", "isn't declared in the service root")
    different(
        split(data + block + queue, data + queue, data + block + data.replace('"v"', '"w"')), "data.aws_vpc.w", "new"
    )
    waits = data.replace("}\n", "  depends_on = [aws_lb.a]\n}\n", 1).replace('"x" }', '"x" }')
    assert prove(split(waits + block + queue, data + queue, waits + block)).verdict == "different"


def test_impure_functions() -> None:
    block = 'resource "aws_lb" "a" {\n  x = %s\n}\n'
    undecided(split(STAYS + block % "timestamp()", STAYS, block % "timestamp()"), "aws_lb.a", "timestamp()")
    queue = STAYS.replace('"q"\n}', "timestamp()\n}")
    equivalent(split(queue + block % "1", queue, block % "1"))


# files and paths


def test_files() -> None:
    block = 'resource "aws_lb" "a" {\n  x = %s\n}\n'
    files = {"f/x.json": "{}", "f/y.tpl": "${name}"}
    for read in (
        'file("f/x.json")', 'file("./f/x.json")', 'file("${path.module}/f/x.json")', 'filebase64("${path.module}/f/x.json")',
        'templatefile("${path.module}/f/y.tpl", { name = "n" })', 'fileset("${path.module}/f", "*.json")',
        '[for f in fileset("${path.module}/f", "*") : file("${path.module}/f/${f}")]',
    ):  # fmt: skip
        inner = read.replace('("f/', '("${path.module}/f/').replace('("./f', '("${path.module}/f')
        subject = split(STAYS + block % read, STAYS, block % inner, files=files, shared_files=files)
        equivalent(subject)
        assert prove(split(STAYS + block % read, STAYS, block % inner, files=files)).verdict == "undecided"
    read = 'file("${path.module}/f/x.json")'
    different(
        split(STAYS + block % read, STAYS, block % read, files=files, shared_files={"f/x.json": "{ }"}), "aws_lb.a"
    )
    undecided(
        split(STAYS + block % 'file("f/x.json")', STAYS, block % 'file("f/x.json")', files=files, shared_files=files)
    )
    queue = STAYS.replace('"q"\n}', 'file("built/later.zip")\n}')
    equivalent(split(queue + block % "1", queue, block % "1"))


def test_a_recorded_path_is_another_one() -> None:
    block = 'resource "aws_lb" "a" {\n  x = "${path.module}/f"\n}\n'
    different(
        split(STAYS + block, STAYS, block), "aws_lb.a", '"./f" before', "path.module (../../terraform_module/s)",
        "another one where the block is now",
    )  # fmt: skip
    equivalent(split(STAYS + block, STAYS, block.replace("${path.module}", ".")))
    equivalent(split(STAYS + block, STAYS, block.replace("path.module", "path.root")))
    queue = STAYS.replace('"q"\n}', '"${path.module}/f"\n}')
    equivalent(split(queue + block.replace("${path.module}", ""), queue, block.replace("${path.module}", "")))


def test_paths_that_providers_read() -> None:
    block = 'resource "aws_lambda_function" "a" {\n  filename = %s\n}\n'
    moved = ("aws_lambda_function.a",)
    undecided(split(STAYS + block % '"f.zip"', STAYS, block % '"f.zip"', moved=moved), "filename", "relative")

    def beside(before: str, after: str, **there: str) -> Subject:
        files = {f"environments/dev/{name}": text for name, text in there.items()}
        return split(STAYS + block % before, STAYS, block % after, moved=moved, files=own, central_files=files)

    own = {"f": "content", "d/f": "below"}
    equivalent(beside('"f"', '"f"', f="content"))
    equivalent(beside('"${path.module}/f"', '"./f"', f="content"))
    undecided(beside('"f"', '"f"'), "filename", "relative")
    undecided(beside('"d/f"', '"d/f"', f="content"), "filename", "relative")
    different(beside('"f"', '"f"', f="stale"), "environments/dev/f")
    different(beside('"f"', '"f"', f="content", g="more"), "environments/dev/g")
    different(beside('"f"', '"d/f"', f="content"), "aws_lambda_function.a", "filename")
    each = '"d/${each.key}"\n  for_each = toset(["f"])'
    equivalent(beside(each, each, **{"d/f": "below"}))
    undecided(beside(each, each), "filename", "relative")
    block = 'resource "local_file" "a" {\n  filename = %s\n}\n'
    moved = ("local_file.a",)
    undecided(beside('"f"', '"f"', f="content"), "filename", "relative")
    block = 'resource "aws_lambda_function" "a" {\n  filename = %s\n}\n'
    moved = ("aws_lambda_function.a",)
    equivalent(split(STAYS + block % '"/f.zip"', STAYS, block % '"/f.zip"', moved=moved))
    data = 'data "terraform_remote_state" "n" {\n  backend = "local"\n  config = { path = "n" }\n}\n'
    block = 'resource "aws_lb" "a" {\n  x = data.terraform_remote_state.n.outputs.x\n}\n'
    undecided(split(STAYS + data + block, STAYS, data + block), "data.terraform_remote_state.n", "config", "relative")


def test_where_terraform_runs_is_assumed() -> None:
    def assumed(block: str, moved: str) -> list[str]:
        proof = equivalent(split(STAYS + block, STAYS, block, moved=(moved,), files=files, central_files=beside))
        return [text for text in proof.assumptions if "workspace" in text or "permissions" in text]

    files = {"d/f": "below"}
    beside = {"environments/dev/d/f": "below"}
    (workspace,) = assumed('resource "aws_lb" "a" {\n  name = terraform.workspace\n}\n', "aws_lb.a")
    assert "environments/dev run in the workspace `default`" in workspace
    archive = 'data "archive_file" "a" {\n  type        = "zip"\n  source_dir  = "d"\n  output_path = "d.zip"\n}\n'
    function = 'resource "aws_lambda_function" "a" {\n  filename = data.archive_file.a.output_path\n}\n'
    (permissions,) = assumed(archive + function, "aws_lambda_function.a")
    assert "data.archive_file.a packs" in permissions
    assert assumed('resource "aws_lb" "a" {\n  name = "a"\n}\n', "aws_lb.a") == []


# modules


def test_registry_modules() -> None:
    call = 'module "m" {\n  source  = "terraform-aws-modules/vpc/aws"\n  version = "5.0.0"\n  name    = %s\n}\n'
    reader = 'resource "aws_lb" "a" {\n  x = module.m.id\n}\n'
    moved = ("aws_lb.a", "module.m")
    before = STAYS + call % '"n"' + reader
    equivalent(split(before, STAYS, call % '"n"' + reader, moved=moved))
    different(split(before, STAYS, call % '"o"' + reader, moved=moved), "module.m", "name")
    different(
        split(before, STAYS, (call % '"n"').replace("5.0.0", "5.0.1") + reader, moved=moved), "module.m", "version"
    )
    different(split(before, STAYS, call % "null" + reader, moved=moved), "module.m", "name")
    other = (call % '"n"').replace("/vpc/", "/alb/")
    different(split(before, STAYS, other + reader, moved=moved), "module.m", "source")


def test_nested_local_modules() -> None:
    files = {
        "m/main.tf": 'variable "n" {\n  type = number\n}\nmodule "i" {\n  source = "../i"\n  n = var.n\n}\n',
        "i/main.tf": 'variable "n" {\n  type = string\n}\nresource "aws_lb" "x" {\n  x = var.n\n}\n',
    }
    call = 'module "m" {\n  source = "./m"\n  n      = "%s"\n}\n'
    good = split(STAYS + call % 1, STAYS, call % 1, moved=("module.m",), files=files, shared_files=files)
    proof = equivalent(good)
    assert any(o.address == "module.m.module.i.aws_lb.x" for o in proof.obligations)
    different(
        split(STAYS + call % 1, STAYS, call % 2, moved=("module.m",), files=files, shared_files=files),
        "module.m.module.i.aws_lb.x", 'x: "1" before, "2" after',
    )  # fmt: skip
    gone = msgspec.structs.replace(good, service={path: text for path, text in good.service.items() if "/" not in path})
    equivalent(gone)


def test_a_module_outside_the_service_root() -> None:
    child = 'resource "aws_lb" "x" {\n  name = "x"\n}\n'
    call = 'module "m" {\n  source = "%s"\n}\n'
    equivalent(
        split(
            STAYS + call % "../modules/m", STAYS, call % "./modules/m", moved=("module.m",),
            files={"../modules/m/main.tf": child}, shared_files={"modules/m/main.tf": child},
        )
    )  # fmt: skip


def test_json_configuration() -> None:
    json = {"more.tf.json": '{"resource": {"aws_sns_topic": {"t": {"name": "${local.n}"}}}}'}
    head = 'locals {\n  n = "%s"\n}\n'
    block = 'resource "aws_lb" "a" {\n  name = "a"\n}\n'
    equivalent(split(head % "n" + block, head % "n", block, files=json))
    different(split(head % "n" + block, head % "m", block, files=json), "aws_sns_topic.t")
    changed = {"more.tf.json": json["more.tf.json"].replace("aws_sns", "aws_sqs")}
    different(
        split(head % "n" + block, head % "n", block, files=json, service_files=changed), "aws_sns_topic.t", "gone"
    )


# duplicates


def test_duplicates() -> None:
    one, other = (f'resource "aws_lb" "a" {{\n  name = "{name}"\n}}\n' for name in "ab")
    files = {"b.tf": other}
    subject = split(STAYS + one, STAYS, other, files=files, service_files={"b.tf": ""})
    undecided(subject, "duplicate aws_lb.a", "2 times")
    equivalent(msgspec.structs.replace(subject, kept={"aws_lb.a": "b.tf:1"}))
    different(msgspec.structs.replace(subject, kept={"aws_lb.a": "main.tf:4"}), "aws_lb.a", "name")
    undecided(msgspec.structs.replace(subject, kept={"aws_lb.a": "x.tf:1"}), "no single definition")


def test_override_files_are_merged() -> None:
    block = 'resource "aws_lb" "a" {\n  name = "a"\n}\n'
    over = 'resource "aws_lb" "a" {\n  name = "b"\n}\n'
    reader = 'resource "aws_sqs_queue" "q" {\n  name = %s\n}\n'
    files = {"x_override.tf": over}
    left = {"x_override.tf": ""}
    equivalent(split(STAYS + block, STAYS, over, files=files, service_files=left))
    different(split(STAYS + block, STAYS, block, files=files, service_files=left), "aws_lb.a", "name")
    different(split(STAYS + block, STAYS, block, files=files), "override")  # what it overrides isn't there any more
    own = {"x_override.tf": reader % '"z"'}
    equivalent(split(STAYS + block, STAYS, block, files=own))
    different(split(STAYS + block, STAYS, block, service_files=own), "aws_sqs_queue.q")
    different(split(STAYS + block, STAYS, block, files=own, service_files=left), "aws_sqs_queue.q", "name")
    other = {"x_override.tf": reader % '"y"'}
    different(split(STAYS + block, STAYS, block, files=own, service_files=other), "aws_sqs_queue.q", "name")
    in_module = {"override.tf": over}
    equivalent(split(STAYS + over, STAYS, block, shared_files=in_module))
    different(split(STAYS + block, STAYS, block, shared_files=in_module), "aws_lb.a", "name")


def test_override_files_that_cannot_be_merged() -> None:
    block = 'resource "aws_lb" "a" {\n  name = "a"\n}\n'
    files = {"override.tf.json": '{"resource": {"aws_sqs_queue": {"q": {"name": "z"}}}}'}
    undecided(split(STAYS + block, STAYS, block, files=files), "override.tf.json", "isn't followed")


# providers


def test_providers() -> None:
    block = 'resource "aws_lb" "a" {\n%s  name = "a"\n}\n'
    own = 'provider "aws" {\n  region = "x"\n}\n'
    east = 'provider "aws" {\n  alias  = "east"\n  region = "y"\n}\n'
    call = "  providers = {\n    aws = aws.s\n  }"
    alias = 'provider "aws" {\n  alias  = "s"\n  region = "%s"\n}\n'
    equivalent(split(own + STAYS + block % "", own + STAYS, block % "", arguments=call, central=alias % "x"))
    different(
        split(own + STAYS + block % "", own + STAYS, block % "", arguments=call, central=alias % "z"),
        "provider",
        "aws_lb.a",
        "region",
    )
    different(split(own + STAYS + block % "", own + STAYS, block % "", central=alias % "x"), "provider", "aws_lb.a")
    both = own + east + STAYS
    used = block % "  provider = aws.east\n"
    equivalent(split(both + used, both, block % "", arguments=call, central=alias % "y"))
    different(split(both + used, both, block % "", arguments=call, central=alias % "x"), "aws_lb.a", "region")
    versioned = own.replace("}", '  version = "5"\n}')
    equivalent(
        split(versioned + STAYS + block % "", versioned + STAYS, block % "", arguments=call, central=alias % "x")
    )
    bare = 'provider "aws" {\n  alias = "s"\n}\n'
    proof = equivalent(split(STAYS + block % "", STAYS, block % "", arguments=call, central=bare))
    assert any("nothing in the files sets the region" in text for text in proof.assumptions)


# the rest


def test_nothing_moved() -> None:
    different(split(STAYS, STAYS, "", moved=()), "it holds nothing")


def test_an_empty_subject() -> None:
    subject = split(STAYS, STAYS, "", moved=())
    empty = msgspec.structs.replace(subject, before_service={}, service={}, central={}, environments=())
    assert prove(empty).verdict == "different"
    assert prove(msgspec.structs.replace(subject, central={})).verdict == "different"


def test_a_chain_of_locals_as_long_as_one_likes() -> None:
    chain = "".join(f"  l{number} = [local.l{number + 1}, local.l{number + 1}]\n" for number in range(400))
    head = "locals {\n" + chain + '  l400 = "x"\n}\n'
    block = 'resource "aws_lb" "a" {\n  x = local.l0\n}\n'
    equivalent(split(head + block + STAYS, STAYS, head + block))
    changed = head.replace('"x"', '"y"')
    assert prove(split(head + block + STAYS, STAYS, changed + block)).verdict == "different"


def test_a_local_that_reads_itself() -> None:
    head = "locals {\n  a = local.b\n  b = local.a\n}\n"
    block = 'resource "aws_lb" "a" {\n  x = local.a\n}\n'
    assert prove(split(head + block + STAYS, STAYS, head + block)).verdict != "equivalent"


def test_the_built_in_provider_has_no_other_configuration() -> None:
    block = 'resource "terraform_data" "a" {\n%s}\n'
    moved = ("terraform_data.a",)
    equivalent(split(block % "" + STAYS, STAYS, block % "", moved=moved))
    different(
        split(block % "" + STAYS, STAYS, block % "  provider = terraform.other\n", moved=moved), "terraform.other"
    )
