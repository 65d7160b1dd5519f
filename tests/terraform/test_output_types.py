"""Computed outputs have the values and types that Terraform infers, byte for byte; what isn't computed is named."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.terraform.states import apply, computed, document, terraform, write_root
from tfhoist.state.outputs import BUILT_IN
from tfhoist.state.schemas import read_schemas

pytestmark = pytest.mark.terraform

VARIABLES = """
    variable "objects" {
      type    = list(object({ a = string, b = optional(number), c = optional(string, "d") }))
      default = [{ a = "x" }, { a = "y", b = 1 }]
    }
    variable "anything" { default = ["a", 1] }
    variable "any_type" {
      type    = any
      default = { a = [1] }
    }
    variable "list_of_any" {
      type    = list(any)
      default = ["a", 1]
    }
    variable "map" {
      type    = map(string)
      default = { b = 1, a = "x" }
    }
    variable "map_of_any" {
      type    = map(any)
      default = { b = 1, a = "x" }
    }
    variable "tuple" {
      type    = tuple([string, number])
      default = [1, "2"]
    }
    variable "texts" {
      type    = set(string)
      default = ["b", "a", "é", "Z", "a"]
    }
    variable "numbers" {
      type    = set(number)
      default = [10, 9, 1.50]
    }
    variable "port" {
      type    = string
      default = 8001
    }
    variable "nothing" {
      type    = number
      default = null
    }
    variable "secret" {
      type      = string
      default   = "s3<cr>et"
      sensitive = true
    }
    resource "terraform_data" "none" {
      count = 0
    }
    resource "terraform_data" "one" {
      count = 1
      input = { deep = [1, "x", null], set = toset(["q"]), secret = var.secret }
    }
    resource "terraform_data" "two" {
      count = length(var.objects)
    }
    resource "terraform_data" "each" {
      for_each = { for key, value in var.map : "${key}/\\"<é>" => value }
      input    = each.value
    }
    locals {
      first = terraform_data.two[0].id
    }
"""

EXPRESSIONS = {
    "text": '"a"', "number": "-1.50", "bool": "!true", "null": "null", "big": "1e21", "long": "12345678901234567890123",
    "template": '"${var.map["a"]}-${1}"', "passed_on": '"${5}"', "escapes": '"<&>\\u2028\\n\\"é日"',
    "nested": "{ a = [1, { b = null }], c = {} }", "empty_tuple": "[]", "empty_object": "{}",
    "var_objects": "var.objects", "var_anything": "var.anything", "var_any_type": "var.any_type",
    "var_list_of_any": "var.list_of_any", "var_map": "var.map", "var_map_of_any": "var.map_of_any", "var_tuple": "var.tuple",
    "var_texts": "var.texts", "var_numbers": "var.numbers", "var_port": "var.port", "var_nothing": "var.nothing",
    "in_list": "[var.nothing, null]",
    "attribute": "terraform_data.one[0].id", "dynamic": "terraform_data.one[0].output", "deep": "terraform_data.one[0].output.deep[1]",
    "whole": "[terraform_data.one[0]]", "whole_list": "terraform_data.one", "whole_map": "terraform_data.each",
    "no_trigger": "terraform_data.one[0].triggers_replace", "local": "local.first",
    "splat": "terraform_data.two[*].id", "splat_none": "terraform_data.none[*].id", "legacy_splat": "terraform_data.two.*.id",
    "splat_list": "var.objects[*].a", "splat_list_null": "var.objects[*].b", "splat_map": "var.map[*]", "splat_null": "null[*]",
    "splat_single": "terraform_data.two[0][*].id",
    "for_tuple": "[for one in terraform_data.two : one.id]", "for_index": "[for index, one in terraform_data.two : index]",
    "for_object": "{ for key, one in terraform_data.each : key => one.output }", "for_set": "[for one in var.texts : upper(one)]",
    "for_if": '[for one in var.objects : one.c if one.a == "x"]', "for_none": "{ for one in terraform_data.none : one.id => 1 }",
    "group": "{ for one in var.objects : one.c => one.a... }", "for_number_key": "{ for index, one in var.objects : index => one.a }",
    "index": "var.tuple[1]", "index_map": 'var.map["b"]', "index_each": 'terraform_data.each["a/\\"<é>"].output',
    "one_of_none": "one(terraform_data.none[*].id)", "one_of_one": "one(terraform_data.one[*].id)",
    "condition_index": 'length(terraform_data.none) > 0 ? terraform_data.none[0].id : ""',
    "condition_mixed": "length(terraform_data.one) > 0 ? terraform_data.one[0].id : 5", "condition_number": 'true ? 5 : "x"',
    "condition_list": 'true ? ["a"] : []', "condition_empty": 'false ? ["a"] : []', "condition_tuple": 'true ? ["a", 1] : ["b", 2]',
    "condition_map": "true ? { a = 1 } : { b = 2 }", "condition_object": 'true ? { a = 1 } : { a = "2" }',
    "condition_null": "true ? { a = 1 } : null", "condition_null_text": 'false ? "a" : null',
    "condition_empty_object": "true ? {} : { a = 1 }",
    "try_fails": 'try(terraform_data.none[0].id, "none")', "try_holds": "try(terraform_data.one[0].id, null)",
    "try_attribute": "try(var.map.zz, 5)", "can": "can(terraform_data.none[0].id)",
    "concat_tuples": 'concat(terraform_data.two[*].id, ["a"])', "concat_mixed": 'concat(tolist(["b"]), [1])',
    "concat_lists": 'concat(tolist(["b"]), tolist(["c"]))', "concat_empty": 'concat(tolist(["b"]), tolist([]))',
    "compact": 'compact(["a", "", null])', "coalesce": 'coalesce("", "a")', "coalesce_mixed": 'coalesce(null, 5, "a")',
    "keys": "keys({ b = 1, a = 2 })", "keys_map": "keys(var.map)", "values": 'values({ b = 1, a = "x" })', "values_map": "values(var.map)",
    "tolist": 'tolist(["a", 1, true])', "tolist_set": "tolist(var.numbers)", "tolist_none": "tolist([])",
    "tomap": 'tomap({ a = 1, b = "x" })',
    "tomap_none": "tomap({})", "toset": "toset([3, 20, 1, 3])", "toset_text": 'toset(["é", "z", "A"])', "tostring": "tostring(5)",
    "tonumber": 'tonumber("1.50")', "split": 'split(",", "a,b")', "sort": 'sort(["b", "a"])', "join": 'join("-", var.texts)',
    "format": 'format("%s-%03d", "a", 7)', "length": "length(var.texts)", "cidrsubnet": 'cidrsubnet("10.0.0.0/16", 8, 1)',
    "sum": "1 + 2 * 3", "compare": '"a" == "a"', "jsonencode": "jsonencode({ a = [1, null] })", "parentheses": "(var.port)",
    "secret": "var.secret", "nonsensitive": "nonsensitive(var.secret)", "secret_inside": "terraform_data.one[0].output",
    "workspace": "terraform.workspace",
}  # fmt: skip
SECRET = {"secret", "secret_inside", "dynamic", "whole", "whole_list"}
NOT_COMPUTED = {
    "fraction": "1 / 3", "flatten": 'flatten([["a"]])', "lookup": 'lookup(var.map, "a", "b")', "merge": "merge(var.map, {})",
    "distinct": 'distinct(["a"])', "jsondecode": 'jsondecode("{}")', "range": "range(3)", "timestamp": "timestamp()",
    "expanded": 'concat([["a"]]...)',
}  # fmt: skip


def test_every_output_is_what_terraform_writes(tmp_path: Path) -> None:
    outputs = "".join(
        f'output "{name}" {{\n  value = {expression}\n{"  sensitive = true" if name in SECRET else ""}\n}}\n'
        for name, expression in {**EXPRESSIONS, **NOT_COMPUTED}.items()
    )
    root = write_root(tmp_path / "root", {"main.tf": VARIABLES, "outputs.tf": outputs})
    snapshot = document(apply(root))
    found = computed(root, snapshot)
    wrong = {}
    for name in EXPRESSIONS:
        expected = snapshot.outputs.get(name)
        output = found.outputs.get(name)
        if expected is None:
            if name not in found.absent:
                wrong[name] = found.untold.get(name, "computed, and Terraform has none")
        elif output is None:
            wrong[name] = found.untold.get(name, "absent")
        else:
            mark = b',"sensitive":true' if output.sensitive else b""
            made = b'{"value":' + output.value + b',"type":' + output.type + mark + b"}"
            theirs = msgspec.json.format(bytes(expected), indent=-1)
            if made != theirs:
                wrong[name] = f"{made!r}, and Terraform has {theirs!r}"
    assert wrong == {}
    assert found.untold.keys() == NOT_COMPUTED.keys()
    assert all(found.untold.values())


def test_the_schemas_of_the_built_in_provider_are_terraforms_own(tmp_path: Path) -> None:
    root = write_root(tmp_path / "root", 'resource "terraform_data" "a" {}\n')
    schemas = read_schemas(terraform(root, "providers", "schema", "-json").encode())
    assert {name: schemas[name] for name in BUILT_IN} == BUILT_IN
