"""Our reading of expressions beside Terraform's own: the values that `terraform apply` computes for outputs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tfhoist.hcl.parser import parse_expression
from tfhoist.values.evaluate import evaluate_constant
from tfhoist.values.functions import plain

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
    '"${1 / 4} ${10 / 3 > 3} ${-7 % 3}"',
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
    "0.1 + 0.2",
    '"${12345678901234567890123}"',
    "true ? [1] : [2]",
    "!(1 < 2)",
]


def test_values_are_terraforms(tmp_path: Path) -> None:
    outputs = [f'output "o{number}" {{\n  value = {text.rstrip()}\n}}\n' for number, text in enumerate(EXPRESSIONS)]
    (tmp_path / "main.tf").write_text("".join(outputs))
    for command in (["init"], ["apply", "-auto-approve"]):
        subprocess.run(["terraform", *command, "-no-color"], cwd=tmp_path, check=True, capture_output=True)
    answer = subprocess.run(["terraform", "output", "-json"], cwd=tmp_path, check=True, capture_output=True)
    theirs = {name: output["value"] for name, output in json.loads(answer.stdout).items()}
    wrong = []
    for number, text in enumerate(EXPRESSIONS):
        source = text.encode()
        value = evaluate_constant(parse_expression(source, 0, len(source)))
        ours = plain(value)
        if ours != theirs.get(f"o{number}"):
            wrong.append((text, ours, theirs.get(f"o{number}")))
    assert not wrong
