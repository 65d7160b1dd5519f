"""`moved` and `import` blocks that went along, and those that went wrong."""

from __future__ import annotations

import pytest

from tests.unit.proof.small import STAYS, different, equivalent, split
from tfhoist.proof import Identities, IdentityInstance, Subject

LOAD_BALANCER = 'resource "aws_lb" "a" {\n  name = "a"\n}\n'
OLD = "moved {\n  from = aws_lb.old\n  to   = aws_lb.a\n}\n"
FORGET = "removed {\n  from = aws_lb.old\n  lifecycle {\n    destroy = false\n  }\n}\n"
IMPORT = 'import {\n  to = aws_lb.a\n  id = "one"\n}\n'


def with_moved(shared: str, service: str = "", *, before: str = OLD) -> Subject:
    return split(LOAD_BALANCER + before + STAYS, STAYS + service, LOAD_BALANCER + shared)


def test_a_moved_block_goes_along() -> None:
    equivalent(with_moved(OLD, FORGET))


@pytest.mark.parametrize(
    ("shared", "service", "named"),
    [
        ("", FORGET, "moved aws_lb.old: it's gone"),
        (OLD, "", "removed aws_lb.old"),
        (OLD, OLD + FORGET, "it names a block that moved"),
        (OLD.replace("aws_lb.old", "aws_lb.older"), FORGET, "has no such block"),
        (OLD.replace("= aws_lb.a\n", "= aws_lb.a[0]\n"), FORGET, "moved aws_lb.old: it's gone"),
        (OLD + 'moved {\n  from = aws_lb.x\n  to   = aws_sqs_queue.q\n}\n', FORGET, "has no such block"),
        (OLD, FORGET.replace("destroy = false", "destroy = true"), "removed aws_lb.old"),
        (OLD, FORGET.replace("aws_lb.old\n", "aws_lb.old[0]\n"), "it names an instance"),
        (OLD, FORGET.replace("aws_lb.old\n", "aws_lb.old\n  to = aws_lb.a\n"), "removed aws_lb.old"),
        (OLD, FORGET.replace("false\n", "false\n    prevent_destroy = true\n"), "removed aws_lb.old"),
    ],
)  # fmt: skip
def test_one_that_went_wrong_is_seen(shared: str, service: str, named: str) -> None:
    different(with_moved(shared, service), named)


def test_a_moved_block_of_what_stays_stays() -> None:
    stays = "moved {\n  from = aws_sqs_queue.old\n  to   = aws_sqs_queue.q\n}\n"
    equivalent(with_moved("", stays, before=stays))
    different(with_moved(stays, before=stays), "leads to something that didn't move")


def test_a_chain_goes_along() -> None:
    chain = "moved {\n  from = aws_lb.oldest\n  to   = aws_lb.old\n}\n" + OLD
    forget = FORGET + FORGET.replace("aws_lb.old", "aws_lb.oldest")
    equivalent(with_moved(chain, forget, before=chain))
    different(with_moved(chain, FORGET, before=chain), "removed aws_lb.oldest")


def test_an_import_goes_into_the_central_root() -> None:
    central = IMPORT.replace("aws_lb.a", "module.s.aws_lb.a")
    equivalent(split(LOAD_BALANCER + IMPORT + STAYS, STAYS, LOAD_BALANCER, central=central))
    for wrong in ("", central.replace("one", "two"), central.replace("aws_lb.a", "aws_lb.a[0]")):
        different(split(LOAD_BALANCER + IMPORT + STAYS, STAYS, LOAD_BALANCER, central=wrong), "import aws_lb.a")


def test_one_into_a_module_that_moved_is_gone_when_its_work_is_done() -> None:
    call = 'module "m" {\n  source  = "registry.example/a/b/c"\n  version = "1.0.0"\n}\n'
    into = "moved {\n  from = module.old.aws_lb.b\n  to   = module.m.aws_lb.b\n}\n"

    def without(*modules: str) -> Subject:
        instances = tuple(IdentityInstance("managed", "aws_lb", "b", module, None, {"arn": "a"}) for module in modules)
        identities = Identities(instances=instances) if modules else None
        return split(call + into + STAYS, STAYS, call, moved=("module.m",), identities=identities)

    equivalent(without("module.m"))
    different(without("module.old"), "moved module.old.aws_lb.b: it's gone")
    different(without(), "moved module.old.aws_lb.b: it's gone")
