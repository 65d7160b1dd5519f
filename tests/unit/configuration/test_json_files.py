"""Configuration in JSON: every definition with its lines, and the language's own blocks as blocks."""

from __future__ import annotations

import pytest

from tfhoist.configuration.json_files import read_json
from tfhoist.configuration.load import load_module
from tfhoist.configuration.model import Declaration, target_address
from tfhoist.proof.scopes import literal_address

SOURCE = b"""{
  "terraform": [
    {
      "required_version": ">= 1.7",
      "backend": {"s3": {"bucket": "states", "key": "k"}}
    },
    {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "~> 5.0"}}}
  ],
  "provider": {
    "aws": [
      {"region": "eu-west-1"},
      {"alias": "east", "region": "${var.region}"}
    ]
  },
  "resource": {
    "aws_sqs_queue": {
      "a": {"name": "${aws_lb.main.arn}-$${no}", "depends_on": ["aws_lb.other"]},
      "b": [{"tags": {"x": "%{ for lb in local.all }${lb}%{ endfor }"}, "lifecycle": {"replace_triggered_by": ["aws_lb.third.id"]}}]
    }
  },
  "moved": [
    {"from": "aws_lb.old[0]", "to": "${aws_lb.main}"}
  ],
  "import": {"to": "aws_lb.main", "id": "x"},
  "removed": {
    "from": "aws_lb.gone",
    "lifecycle": {"destroy": false}
  }
}
"""


def named(declarations: tuple[Declaration, ...]) -> list[tuple[str, int, int, list[str]]]:
    return [
        (d.address or d.kind, d.range.start_line, d.range.end_line, sorted({target_address(r) for r in d.references}))
        for d in declarations
    ]


def test_every_definition_has_its_lines_and_references() -> None:
    found = read_json("a.tf.json", SOURCE)
    assert found.diagnostics == ()
    assert all(declaration.json for declaration in found.declarations)
    assert named(found.declarations) == [
        ("terraform", 3, 6, []),
        ("terraform", 7, 7, []),
        ("provider.aws", 11, 11, []),
        ("provider.aws.east", 12, 12, ["var.region"]),
        ("aws_sqs_queue.a", 17, 17, ["aws_lb.main", "aws_lb.other"]),
        ("aws_sqs_queue.b", 18, 18, ["aws_lb.third", "local.all"]),
        ("moved", 22, 22, ["aws_lb.main", "aws_lb.old"]),
        ("import", 24, 24, ["aws_lb.main"]),
        ("removed", 25, 28, ["aws_lb.gone"]),
    ]  # fmt: skip


def test_the_blocks_of_the_language() -> None:
    module = load_module({"a.tf.json": SOURCE})
    terraform = [*module.of("terraform")]
    assert terraform[0].literal("required_version") == ">= 1.7"
    (backend,) = terraform[0].body.blocks_of("backend")
    assert (backend.labels, [a.name for a in backend.body.attributes]) == (("s3",), ["bucket", "key"])
    (required,) = terraform[1].body.blocks_of("required_providers")
    assert [a.name for a in required.body.attributes] == ["aws"]
    (moved,) = module.of("moved")
    assert [literal_address(moved.expression(end)) for end in ("from", "to")] == ["aws_lb.old", "aws_lb.main"]
    (removed,) = module.of("removed")
    assert [block.type for block in removed.body.blocks] == ["lifecycle"]
    assert next(module.of("import")).literal("id") == "x"


@pytest.mark.parametrize(
    "source",
    [
        b'{"moved": {"from": "a.b", "to": "a.c"}\n, "locals": {"path": "a\\/b"}}',
        b'{"locals":\n{"path":\n"\\u00e9"}\n, "moved":[{"from":"a.b","to":"a.c"}]}',
    ],
)
def test_json_that_is_no_native_syntax(source: bytes) -> None:
    module = load_module({"a.tf.json": source})
    assert module.diagnostics == ()
    assert [d.address or d.kind for d in sorted(module.declarations, key=lambda d: d.kind)] == ["local.path", "moved"]
    assert [target_address(r) for d in module.of("moved") for r in d.references] == ["a.b", "a.c"]


@pytest.mark.parametrize(
    "source", [b"[", b"[]", b'{"a": \xff}', b"[" * 100_000, b'{"locals": {"a": ' + b"[" * 900 + b"]" * 900 + b"}}"]
)
def test_what_cannot_be_read_is_told(source: bytes) -> None:
    found = read_json("a.tf.json", source)
    assert (len(found.diagnostics), found.declarations) == (1, ())
