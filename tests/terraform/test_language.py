"""Our reading of expressions beside Terraform's own: the values that `terraform apply` computes for outputs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tfhoist.configuration.type_constraints import convert, parse_type
from tfhoist.hcl.expressions import Expression
from tfhoist.hcl.parser import parse_expression
from tfhoist.proof import conversion
from tfhoist.proof.conversion import constraint
from tfhoist.proof.identities import Identities
from tfhoist.proof.snapshot import Snapshot
from tfhoist.proof.terms import Terms
from tfhoist.values.evaluate import evaluate_constant
from tfhoist.values.functions import plain
from tfhoist.values.types import has_unknown

pytestmark = pytest.mark.terraform

EXPRESSIONS = [
    "<<-EOT\n  %{ for x in [1, 2] ~}\n  - ${x}\n  %{ endfor ~}\n  EOT\n",
    "<<-EOT\n    %{ for x in [1, 2] ~}\n    - ${x}\n    %{ endfor ~}\n    tail\n  EOT\n",
    '<<-EOT\n      a\n    \tb\n    ${~ "x"}\n  EOT\n',
    '<<-EOT\n    ${"x\\n"}foo\n    bar\n  EOT\n',
    "<<-EOT\n    ${<<-IN\n        one\n      two\n    IN\n}x\n      y\n  EOT\n",
    "<<EOT\n$ $$ % %% $$$ a$b%c $$${x}\nEOT\n",
    '"$ $$ % %% $$$ a$b%c"',
    "<<EOT\n  $${a} %%{b} $ % \\n\nEOT\n",
    "<<-EOT\n    one\n\n      two\n   \n    EOT\n",
    '"%{ for x in [1, 2] ~} ${x} %{ endfor ~} !"',
    '"$$${x} $$$${y} %%%{z}"',
    '"${1}${true}${1.50}"',
    '"${1 / 4} ${10 / 4 > 2} ${-7 % 3}"',
    '[for k, v in { b = 1, a = 2 } : "${k}=${v}"]',
    '{ for v in ["x", "y", "x"] : v => upper(v)... }',
    "[[1, 2], [3]][*][0]",
    "[{ a = { b = 1 } }, { a = { b = 2 } }].*.a.b",
    '{ a = 1, "b-c" = 2, (upper("d")) = 3 }',
    "merge({ a = 1, b = 2 }, { b = 3 })",
    "concat([1], [2, 3], [])",
    "flatten([[1, [2]], [3]])",
    'format("%s-%03d-%v%%", "a", 7, true)',
    'formatlist("%s-%s", ["a", "b"], "c")',
    'cidrsubnet("10.0.0.0/16", 8, 3)',
    'join("-", ["a", "b"])',
    'split(",", "a,b,,c")',
    'replace("a.b.c", ".", "-")',
    'substr("hello", -3, 2)',
    'jsonencode({ b = [1, 2.5, null, "<x>&"], a = true })',
    'jsondecode("{\\"a\\": [1, 1.5, null]}")',
    "distinct([1, 2, 1])",
    "element([1, 2, 3], 4)",
    'lookup({ a = 1 }, "b", 9)',
    'try({ a = 1 }.b, "fallback")',
    'coalesce("", "x")',
    'compact(["a", "", "b"])',
    "slice([1, 2, 3, 4], 1, 3)",
    'sort(["b", "a"])',
    'toset(["b", "a", "b"])',
    "[for x in toset([10, 9, -1, 9, 1.5]) : x]",
    "[for x in toset([true, false, true]) : x]",
    '[for x in toset(["b", 10, 9, true, "Z"]) : x]',
    '[for x in toset(["b", null, "é", "Z", "z", null]) : x]',
    "[for x in setunion([30, 1], [200]) : x]",
    '[for i, x in toset(["b", "a"]) : "${i}${x}"]',
    '{ for i, x in tolist(toset(["b", "a"])) : x => i }',
    '{ for i, x in setunion(["b"], ["a"]) : x => i... }',
    '"%{ for i, x in toset(["b", "a"]) }${i}/${x} %{ endfor }"',
    "[for x in setsubtract([10, 9, 1], [1]) : x]",
    'title("hello wOrld")',
    'trimprefix("ab", "a")',
    'zipmap(["a", "b"], [1, 2])',
    "range(1, 8, 3)",
    'contains(["a"], "a")',
    "one([])",
    'setunion(["a"], ["c", "b"])',
    '"a" == "a" && 1 != 2 || false',
    'tostring(1) == "1"',
    "12345678901234567890123 + 1",
    "0.5 + 0.25",
    '"${12345678901234567890123}"',
    "true ? [1] : [2]",
    "!(1 < 2)",
]


VARIABLES = [
    ("set(string)", '["b", "a", "b", "10", "9"]'),
    ("set(number)", '[10, 9, "8", 9]'),
    ("set(bool)", "[true, false]"),
    ("list(string)", '[1, true, "b"]'),
    ("map(number)", '{ b = "1", a = 2 }'),
    ("tuple([string, number])", '[1, "2"]'),
    ("object({ a = string, b = optional(number, 3), c = optional(bool) })", "{ a = 1, more = 2 }"),
    ("list(object({ a = optional(set(string)) }))", '[{ a = ["z", "y"] }, {}]'),
]


def applied(folder: Path, configuration: str) -> dict[str, object]:
    """The outputs that Terraform computes."""
    (folder / "main.tf").write_text(configuration)
    for command in (["init"], ["apply", "-auto-approve"]):
        subprocess.run(["terraform", *command, "-no-color"], cwd=folder, check=True, capture_output=True)
    answer = subprocess.run(["terraform", "output", "-json"], cwd=folder, check=True, capture_output=True)
    return {name: output["value"] for name, output in json.loads(answer.stdout).items()}


def read(text: str) -> Expression:
    source = text.encode()
    return parse_expression(source, 0, len(source))


def test_values_are_terraforms(tmp_path: Path) -> None:
    outputs = [f'output "o{number}" {{\n  value = {text.rstrip()}\n}}\n' for number, text in enumerate(EXPRESSIONS)]
    theirs = applied(tmp_path, "".join(outputs))
    wrong = []
    for number, text in enumerate(EXPRESSIONS):
        ours = plain(evaluate_constant(read(text)))
        if ours != theirs.get(f"o{number}"):
            wrong.append((text, ours, theirs.get(f"o{number}")))
    assert not wrong


def test_variables_hold_what_terraform_converts_to_their_types(tmp_path: Path) -> None:
    """The audit's values, and those of the proof's terms by a snapshot: each with rules of its own."""
    texts = [
        f'variable "v{n}" {{\n  type    = {kind}\n  default = {default}\n}}\noutput "v{n}" {{\n  value = var.v{n}\n}}\n'
        for n, (kind, default) in enumerate(VARIABLES)
    ]
    theirs = applied(tmp_path, "".join(texts))
    terms = Terms()
    snapshot = Snapshot(terms, Identities(), {})
    told = 0
    for number, (kind, default) in enumerate(VARIABLES):
        value = evaluate_constant(read(default))
        assert plain(convert(value, parse_type(read(kind)))) == theirs[f"v{number}"], kind
        wanted = constraint(terms, read(kind))
        ways = snapshot.converted(value, wanted), snapshot.value(conversion.convert(terms, terms.value(value), wanted))
        known = [made for made in ways if not has_unknown(made)]
        assert all(plain(made) == theirs[f"v{number}"] for made in known), kind
        told += len(known)
    assert told >= 2 * len(VARIABLES) - 3  # an attribute that is missing may be one that the state keeps to itself
