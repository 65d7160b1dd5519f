"""Each literal, each name and each argument of the split counts: change any one, and the proof doesn't hold."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.proof.test_prove import proof_of, trees
from tfhoist.hcl.bodies import Body
from tfhoist.hcl.expressions import Attr, Expression, Literal, walk
from tfhoist.hcl.syntax import parse_file

FILES = [
    ("central", "terraform_module/web-shop/alb.tf"),
    ("central", "terraform_module/web-shop/iam.tf"),
    ("central", "terraform_module/web-shop/main.tf"),
    ("central", "terraform_module/web-shop/outputs.tf"),
    ("central", "environments/production/web-shop.tf"),
    ("central", "environments/production/web-shop.auto.tfvars"),
    ("service", "services.tf"),
    ("service", "outputs.tf"),
    ("service", "central.tf"),
    ("service", "removed.tf"),
]


def changes(source: bytes) -> Iterator[tuple[str, bytes]]:
    """Every change of one literal or name, and every argument left out."""
    pending: list[tuple[str, Body]] = [("", parse_file("x.tf", source).body)]
    while pending:
        where, body = pending.pop()
        for block in body.blocks:
            pending.append((f"{where}{block.type} {'.'.join(block.labels)} ", block.body))
        for attribute in body.attributes:
            yield f"{where}{attribute.name} left out", source[: attribute.start] + source[attribute.end :]
            for node in walk(attribute.expression):
                changed = other(source, node)
                if changed is not None:
                    yield (
                        f"{where}{attribute.name}: {changed.decode()}",
                        source[: node.start] + changed + source[node.end :],
                    )


def other(source: bytes, node: Expression) -> bytes | None:
    text = source[node.start : node.end]
    if isinstance(node, Attr):
        return text + b"_"
    if not isinstance(node, Literal):
        return None
    if isinstance(node.value, bool):
        return b"false" if node.value else b"true"
    if text.startswith(b'"'):
        return text[:-1] + b'_"'
    if text.startswith(b"<<"):
        return text.replace(b"\n", b"\n_", 1)
    return text + (b"1" if not isinstance(node.value, str) else b"_")


@pytest.mark.parametrize(("side", "path"), FILES)
def test_every_literal_counts(side: str, path: str) -> None:
    files = trees()
    source = files[side][path].encode()
    unseen = []
    for what, changed in changes(source):
        files[side][path] = changed.decode()
        if proof_of(files).verdict == "equivalent":
            unseen.append(what)
    # a child module's output needn't be sensitive: the root output has to be
    assert [what for what in unseen if not what.startswith("output mail_secret sensitive")] == []
