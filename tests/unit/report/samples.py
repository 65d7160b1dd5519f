"""A consolidation's files, as small as they can be, with names that an attacker would choose."""

from __future__ import annotations

import json
from typing import Any

HOSTILE = '<script>alert("x")</script>'


def files(blocks: int = 3) -> dict[str, bytes]:
    """`blocks` central target groups read by as many local services."""
    source = "".join(
        f'resource "aws_lb_target_group" "t{n}" {{\n  name = "<t{n}> & ${{var.x}}" # </pre>\n}}\n'
        f'resource "aws_ecs_service" "s{n}" {{\n  arn = aws_lb_target_group.t{n}.arn\n}}\n'
        for n in range(blocks)
    )
    placed = [
        block
        for n in range(blocks)
        for block in (
            _placed(f"aws_lb_target_group.t{n}", "central", 6 * n + 1),
            _placed(f"aws_ecs_service.s{n}", "local", 6 * n + 4),
        )
    ]
    found: dict[str, Any] = {
        "consolidation.json": {
            "schema": "tfhoist/consolidation/1",
            "service": "shop",
            "central": {"repository": HOSTILE, "module_folder": "terraform_module/shop"},
            "environments": [{"name": "staging"}, {"name": "production"}],
            "boundary": {
                "downlinks": [
                    {
                        "consumer": f"aws_ecs_service.s{n}",
                        "producer": f"aws_lb_target_group.t{n}",
                        "expression": f"aws_lb_target_group.t{n}.arn",
                        "output": f"t{n}_target_group_arn",
                    }
                    for n in range(blocks)
                ]
            },
            "interface": {
                "variables": [{"name": "password", "type": "string", "origin": "service variable", "sensitive": True}],
                "outputs": [
                    {
                        "name": f"t{n}_target_group_arn",
                        "expression": f"aws_lb_target_group.t{n}.arn",
                        "consumers": [f"aws_ecs_service.s{n}"],
                    }
                    for n in range(blocks)
                ],
            },
            "assumptions": [HOSTILE],
        },
        "proof.json": {
            "schema": "tfhoist/proof/1",
            "verdict": "different",
            "environments": {"staging": "equivalent", "production": "different"},
            "counts": {"holds": 1, "fails": 1, "undecided": 0},
            "obligations": [
                {"kind": "resource", "address": "a.b", "environment": "staging", "result": "holds"},
                {
                    "kind": "resource",
                    "address": "a.b",
                    "environment": "production",
                    "result": "fails",
                    "detail": HOSTILE,
                },
            ],
        },
        "placement.json": {"schema": "tfhoist/placement/1", "policy": "default", "cost": 6, "blocks": placed},
        "audit/audit.json": {
            "schema": "tfhoist/audit/1",
            "blocks": [
                {
                    "address": "aws_lb_target_group.t0",
                    "category": "load_balancing",
                    "names": {"production": f"shop-{HOSTILE}", "staging": "shop-staging"},
                }
            ],
            "findings": [
                {
                    "id": "hard-coded-arn",
                    "severity": "warning",
                    "summary": HOSTILE,
                    "advice": "Mend it.",
                    "address": "aws_lb_target_group.t0",
                }
            ],
        },
    }
    return {
        **{path: json.dumps(document).encode() for path, document in found.items()},
        "before/service/main.tf": source.encode(),
    }


def _placed(address: str, side: str, line: int) -> dict[str, Any]:
    return {
        "address": address,
        "side": side,
        "by": "rule",
        "reasons": [f"rule {HOSTILE}"],
        "services": [],
        "range": {"file": "main.tf", "start_line": line, "end_line": line + 2},
    }
