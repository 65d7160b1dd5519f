"""What Terraform refuses in the new code, where no comparison of meanings would notice: each found, and tried with Terraform."""

from __future__ import annotations

import pytest

from tests.unit.proof.small import OUT, STAYS, different, equivalent, split, told, undecided
from tfhoist.proof import Subject, prove

LOAD_BALANCER = 'resource "aws_lb" "a" {\n  name = "a"\n}\n'
BEFORE = LOAD_BALANCER + STAYS


def shared(more: str, **options: str) -> Subject:
    """A split whose shared module has something more."""
    return split(BEFORE, STAYS, LOAD_BALANCER + more, **options)  # type: ignore[arg-type]


def test_the_split_alone() -> None:
    equivalent(shared(""))


@pytest.mark.parametrize(
    ("declaration", "named"),
    [
        ('variable "x" {\n  type    = bool\n  default = "no bool"\n}\n', "default doesn't fit"),
        ('variable "x" {\n  type    = list(string)\n  default = "text"\n}\n', "default doesn't fit"),
        ('variable "x" {\n  default = var.y\n}\nvariable "y" {\n  default = 1\n}\n', "`default` is computed"),
        ('variable "x" {\n  default = upper("x")\n}\n', "`default` is computed"),
        (
            'variable "x" {\n  description = var.y\n  default = 1\n}\nvariable "y" {\n  default = 1\n}\n',
            "`description`",
        ),
        ('variable "x" {\n  description = ["a"]\n  default = 1\n}\n', "`description` is no text"),
        ('variable "x" {\n  sensitive = [true]\n  default = 1\n}\n', "neither true nor false"),
        ('variable "x" {\n  type    = tuple(toset([string]))\n  default = null\n}\n', "none that Terraform knows"),
        ('variable "x" {\n  type    = strings\n  default = null\n}\n', "none that Terraform knows"),
        ('output "x" {\n  value = 1\n  description = upper("x")\n}\n', "`description` is computed"),
    ],
)
def test_declarations(declaration: str, named: str) -> None:
    different(shared(declaration), "wellformed", named)


@pytest.mark.parametrize(
    "declaration",
    [
        'variable "x" {\n  type    = string\n  default = 5\n}\n',
        'variable "x" {\n  type    = number\n  default = "5"\n}\n',
        'variable "x" {\n  type    = object({ a = optional(number, 1) })\n  default = {}\n}\n',
        'variable "x" {\n  type    = set(string)\n  default = null\n}\n',
        'variable "x" {\n  description = "what"\n  sensitive   = "false"\n  default     = [1, "a"]\n}\n',
    ],
)
def test_declarations_that_are_well(declaration: str) -> None:
    equivalent(shared(declaration))


def test_what_the_service_said_before_is_not_looked_at() -> None:
    odd = 'variable "x" {\n  default = upper("x")\n}\n'
    subject = split(odd + BEFORE, odd + STAYS, odd + LOAD_BALANCER, arguments="  x = var.s_x\n",
                    central=odd.replace('"x" {', '"s_x" {'))  # fmt: skip
    equivalent(subject)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ("terraform {\n  added = 1\n}\n", "no argument added"),
        ("terraform {\n  backends {}\n}\n", "no block backends"),
        ('terraform {\n  required_version = ""\n}\n', "no version constraint"),
        ('terraform {\n  required_version = [">= 1.7"]\n}\n', "no version constraint"),
        ("terraform {\n  required_providers {\n    aws = 1\n  }\n}\n", "is no object"),
        ('terraform {\n  required_providers {\n    aws = { SOURCE = "hashicorp/aws" }\n  }\n}\n', "knows no SOURCE"),
        ('terraform {\n  required_providers {\n    aws = { source = ["hashicorp/aws"] }\n  }\n}\n', "is no text"),
        ("terraform {\n  required_providers {}\n  required_providers {}\n}\n", "more than once"),
        ('terraform {\n  backend "local" {}\n}\n', "more than one backend"),
    ],
)
def test_settings_of_a_new_root(settings: str, named: str) -> None:
    different(split(BEFORE, STAYS, LOAD_BALANCER, central=settings), "wellformed", named)


def test_an_empty_path_of_a_local_state() -> None:
    files = {"environments/dev/terraform.tf": 'terraform {\n  backend "local" {\n    path = ""\n  }\n}\n'}
    different(split(BEFORE, STAYS, LOAD_BALANCER, central_files=files), "wellformed", "path")


def test_values_are_constant() -> None:
    variable = 'variable "x" {\n  type = list(string)\n}\n'
    options = {"arguments": "  x = var.s_x\n", "central": variable.replace('"x"', '"s_x"')}
    before, after = variable + BEFORE, variable + STAYS
    inside = 'resource "aws_lb" "a" {\n  name = "a"\n  subnets = var.x\n}\n'
    old = before.replace(LOAD_BALANCER, inside)
    settings = {"terraform.tfvars": 'x = ["a"]\n'}
    equivalent(split(old, after, variable + inside, values='s_x = ["a"]\n', files=settings, **options))  # type: ignore[arg-type]
    computed = split(old, after, variable + inside, values='s_x = tolist(["a"])\n', files=settings, **options)  # type: ignore[arg-type]
    different(computed, "wellformed", "computed")


def test_the_shared_module_is_given_what_fits() -> None:
    variable = 'variable "x" {\n  type = %s\n}\n'
    equivalent(shared(variable % "number", arguments='  x = "5"\n'))
    different(shared(variable % "number", arguments='  x = "five"\n'), "wellformed", "fit")
    equivalent(shared(variable % "tuple([string, any])", arguments='  x = ["a", 1]\n'))
    different(shared(variable % "tuple([string])", arguments='  x = ["a", "b"]\n'), "wellformed", "fit")
    root = 'variable "s_y" {\n  default = "y"\n  ephemeral = true\n}\n'
    different(shared(variable % "string", arguments="  x = var.s_y\n", central=root), "wellformed", "ephemeral")


def test_a_message_that_became_computed_isnt_taken_for_the_old_one() -> None:
    variable = (
        'variable "x" {\n  type = string\n  default = "a"\n  validation {\n    condition = var.x == "a"\n%s  }\n}\n'
    )
    text, computed = '    error_message = "No."\n', '    error_message = "No ${var.x}."\n'
    for before, after, holds in ((text, text, True), (computed, computed, True), (text, computed, False)):
        reader = STAYS + 'resource "aws_lb" "a" {\n  name = var.x\n}\n'
        moved = 'resource "aws_lb" "a" {\n  name = var.x\n}\n'
        subject = split(
            variable % before + reader, variable % before + STAYS, variable % after + moved, moved=("aws_lb.a",)
        )
        assert ("validation is computed" in " ".join(one.detail for one in prove(subject).obligations)) is not holds


def test_a_validation_more_may_refuse() -> None:
    check = '  validation {\n    condition     = %s\n    error_message = "No."\n  }\n'
    variable = 'variable "x" {\n  type = string\n%s}\n'
    given = {"arguments": '  x = "a"\n'}
    equivalent(shared(variable % (check % 'contains(["a", "b"], var.x)'), **given))
    different(shared(variable % (check % 'contains(["b"], var.x)'), **given), "validation")
    equivalent(shared(variable % (check % "length(var.x) > 0"), **given))
    different(shared(variable % (check % "length(var.x) > 1"), **given), "validation")
    different(shared(variable % (check % 'length(var.x) > 0 && var.x != "a"'), **given), "validation")
    undecided(shared(variable % (check % 'can(regex("^a", var.x))'), **given), "validation")
    odd = (check % 'contains(["a", "b"], var.x)').replace('"No."', '["No."]')
    different(shared(variable % odd, **given), "message")
    same = variable % (check % "length(var.x) > 0")
    central = same.replace('"x" {', '"s_x" {').replace("var.x", "var.s_x")
    service = {"terraform.tfvars": 'x = "a"\n'}
    equivalent(split(same + BEFORE, same + STAYS, same + LOAD_BALANCER, arguments="  x = var.s_x\n", central=central,
                     values='s_x = "a"\n', files=service))  # fmt: skip


def test_conditions_that_terraform_refuses() -> None:
    """Each was tried with Terraform 1.11: it refuses them before it looks at a value."""
    check = "  validation {\n%s  }\n"
    variable = 'variable "x" {\n  type = string\n%s}\nvariable "y" {\n  default = "b"\n}\n'
    given = {"arguments": '  x = "a"\n'}
    message = '    error_message = "No."\n'
    for condition in ("true", "1 < 2", 'var.y == "b"', "alltrue([for var in [{ x = true }] : var.x])"):
        different(
            shared(variable % (check % f"    condition = {condition}\n{message}"), **given), "doesn't refer to var.x"
        )
    for body in ('    condition = var.x == "a"\n', message, f'    condition = var.x == "a"\n{message}    more = 1\n'):
        different(shared(variable % (check % body), **given), "wellformed", "validation")
    equivalent(shared(variable % (check % f'    condition = contains(["a", var.y], var.x)\n{message}'), **given))
    for kind in ("precondition", "postcondition"):
        block = LOAD_BALANCER.replace("}\n", f"  lifecycle {{\n    {kind} {{\n%s{message}    }}\n  }}\n}}\n")
        always = block % "      condition = true\n"
        different(split(BEFORE, STAYS, always), "refers to nothing")
        assert "refers to nothing" not in told(prove(split(always + STAYS, STAYS, always)))  # nobody's doing here
    output = 'output "o" {\n  value = 1\n  precondition {\n    condition = %s\n' + message + "  }\n}\n"
    different(split(output % "aws_lb.a.id != 0" + BEFORE, output % "true" + STAYS, LOAD_BALANCER), "refers to nothing")


def test_providers_that_are_passed() -> None:
    call = 'module "m" {\n  source = "./m"\n  providers = %s\n}\n'
    inner = {"m/main.tf": 'resource "aws_sqs_queue" "q" {}\n'}
    for passed, named in (("null", "no object"), ("{ AWS = aws }", "has a provider AWS")):
        subject = split(LOAD_BALANCER + call % "{ aws = aws }", "", LOAD_BALANCER + call % passed, files=inner,
                        shared_files=inner, moved=("aws_lb.a", "module.m"))  # fmt: skip
        different(subject, "wellformed", named)
    different(shared("", arguments="  providers = {\n    added = aws\n  }\n"), "has a provider added")


def test_arguments_of_a_module_that_stays() -> None:
    call = 'module "m" {\n  source = "./m"\n%s}\n'
    inner = {"m/main.tf": 'variable "x" {}\n'}
    before = BEFORE + call % "  x = 1\n"
    equivalent(split(before, STAYS + call % "  x = 1\n", LOAD_BALANCER, files=inner))
    different(split(before, STAYS + call % "  x = 1\n  y = 2\n", LOAD_BALANCER, files=inner), "no variable y")
    different(split(before, STAYS + call % "", LOAD_BALANCER, files=inner), "x isn't given")


def test_a_version_that_the_service_root_leaves_out() -> None:
    required = 'terraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = "%s"\n    }\n  }\n}\n'
    before = required % ">= 5.0, < 7.0"
    equivalent(split(before + BEFORE, before + STAYS, required % "~> 5.1" + LOAD_BALANCER))
    different(split(before + BEFORE, before + STAYS, required % "~> 2.0" + LOAD_BALANCER), "wellformed", "no version")


def test_an_ephemeral_value_is_no_output() -> None:
    variable = 'variable "x" {\n  default = ""\n%s}\noutput "x" {\n  value = var.x\n}\n'
    equivalent(shared(variable % ""))
    different(shared(variable % "  ephemeral = true\n"), "ephemeral")


def test_addresses_stand_without_quotes() -> None:
    subject = split(BEFORE, STAYS, LOAD_BALANCER)
    quoted = {**subject.service, "removed.tf": subject.service["removed.tf"].replace(b"aws_lb.a", b'"aws_lb.a"')}
    different(
        Subject(**{**{f: getattr(subject, f) for f in subject.__struct_fields__}, "service": quoted}),
        "has to be an address",
    )


def test_a_local_that_nothing_reads_is_looked_into() -> None:
    """It's the guard that stops a plan without the central outputs: try() would hide that they're missing."""
    output = 'output "x" {\n  value = aws_lb.a.arn\n}\n'
    guard = "locals {\n  guard = %s\n}\n"
    equivalent(split(BEFORE, STAYS + guard % f"{OUT}.x", LOAD_BALANCER + output))
    different(split(BEFORE, STAYS + guard % f"try({OUT}.x, 1)", LOAD_BALANCER + output), "try()")


def test_the_remote_state_has_no_other_arguments() -> None:
    output = 'output "x" {\n  value = aws_lb.a.arn\n}\n'
    subject = split(BEFORE, STAYS + f"locals {{\n  guard = {OUT}.x\n}}\n", LOAD_BALANCER + output)
    more = subject.service["central.tf"].replace(b"backend =", b"added = 1\n  backend =")
    fields = {name: getattr(subject, name) for name in subject.__struct_fields__}
    different(Subject(**{**fields, "service": {**subject.service, "central.tf": more}}), "no argument added")


ARN = 'output "arn" {\n  value = aws_lb.a.arn\n%s}\n'
READER = 'resource "aws_sqs_queue" "q" {\n  name = %s\n}\n'
CONDITION = '  precondition {\n    condition     = aws_lb.a.arn != ""\n    error_message = "None."\n  }\n'


@pytest.mark.parametrize("gained", [CONDITION, "  ephemeral = true\n"])
def test_an_output_of_the_shared_module_that_may_refuse_its_value(gained: str) -> None:
    def crossing(more: str) -> Subject:
        return split(LOAD_BALANCER + READER % "aws_lb.a.arn", READER % f"{OUT}.arn", LOAD_BALANCER + ARN % more)

    equivalent(crossing(""))
    different(crossing(gained), "output.arn")


def test_a_version_of_a_module_that_is_at_hand() -> None:
    different(
        split(LOAD_BALANCER + STAYS, STAYS, LOAD_BALANCER, arguments='  version = "1.0.0"'),
        "module.s: it has a `version`",
    )


PROVIDERS = 'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n%s    }\n  }\n}\n'


@pytest.mark.parametrize(
    ("own", "shared", "central", "assumed"),
    [
        ("~> 5.0", "~> 5.0", "", False),
        ("~> 5.0", "~> 5.0", ">= 4.0", False),
        ("~> 5.0", "~> 5.0", "~> 5.1", True),
        ("~> 5.0", "", "", True),
        ("", "", "~> 3.0", True),
        ("~> 5.0", "", "~> 3.0", None),
    ],
)
def test_other_versions_of_a_provider(own: str, shared: str, central: str, assumed: bool | None) -> None:
    """None: no version is left that the service root takes."""
    texts = [PROVIDERS % (f'      version = "{text}"\n' if text else "") for text in (own, shared, central)]
    subject = split(
        LOAD_BALANCER + STAYS + texts[0], STAYS + texts[0], LOAD_BALANCER,
        shared_files={"versions.tf": texts[1]}, central_files={"environments/dev/versions.tf": texts[2]},
    )  # fmt: skip
    proof = prove(subject)
    assert proof.verdict == ("different" if assumed is None else "equivalent")
    said = any("hashicorp/aws: the versions that environments/dev takes" in text for text in proof.assumptions)
    assert said is (assumed is not False)
