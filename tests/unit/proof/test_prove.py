"""The hand-made split is proven, and every way of breaking it that we thought of is found and named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.unit.proof import fixture
from tfhoist.proof import Proof, prove

Trees = dict[str, dict[str, str]]


def trees() -> Trees:
    return {
        "before/service": dict(fixture.BEFORE_SERVICE),
        "service": dict(fixture.SERVICE),
        "before/central": dict(fixture.BEFORE_CENTRAL),
        "central": dict(fixture.CENTRAL),
    }


def proof_of(files: Trees, *, with_identities: bool = True) -> Proof:
    return prove(
        fixture.subject(
            files["service"], files["central"], files["before/service"], files["before/central"],
            with_identities=with_identities,
        )
    )  # fmt: skip


def explain(proof: Proof) -> str:
    return "\n".join(
        f"{o.result} {o.kind} {o.address} [{o.environment}]: {o.detail}"
        for o in proof.obligations
        if o.result != "holds"
    )


def test_the_split_is_equivalent() -> None:
    proof = proof_of(trees())
    assert explain(proof) == ""
    assert proof.verdict == "equivalent"
    assert proof.environments == {"development": "equivalent", "production": "equivalent"}
    assert proof.counts["fails"] == proof.counts["undecided"] == 0


def test_what_is_compared() -> None:
    proof = proof_of(trees())
    kinds = {o.kind for o in proof.obligations}
    assert kinds >= {
        "resource", "module", "data", "provider", "output", "variable", "settings", "pin", "removed", "remote-state",
        "interface", "file", "central-file", "central-root", "check",
    }  # fmt: skip
    pins = {(o.address, o.environment, o.detail) for o in proof.obligations if o.kind == "pin"}
    assert (
        "var.web_shop_vpc_id", "production", 'module.vpc.aws_vpc.this.id is "vpc-p" in the snapshot',
    ) in pins  # fmt: skip


def test_assumptions_and_notes() -> None:
    proof = proof_of(trees())
    assert (
        "environments/production: TF_VAR_web_shop_admin_token is given the value that TF_VAR_admin_token has in the service "
        "root"
    ) in proof.assumptions
    assert any("aws_ecs_service.api waited for aws_lb_listener.http" in note for note in proof.notes)


def test_it_is_deterministic() -> None:
    assert proof_of(trees()) == proof_of(trees())


class Mutation(NamedTuple):
    """One paragraph of `mutations.txt`, whose head explains the signs."""

    name: str
    path: str
    old: str
    new: str | None
    named: str
    result: str
    kind: str


FOLDERS = {
    "SHARED": "central/terraform_module/web-shop",
    "DEV": "central/environments/development",
    "PROD": "central/environments/production",
}
RESULTS = {"!": "fails", "?": "undecided", ".": "holds"}


def read_mutations(text: str) -> list[Mutation]:
    found: list[Mutation] = []
    for paragraph in text.split("\n\n"):
        lines: dict[str, list[str]] = {}
        for line in paragraph.splitlines():
            lines.setdefault(line[:1], []).append(line[2:])
        if "=" not in lines:
            continue
        path, _, gone = lines["@"][0].partition(" ")
        first, _, rest = path.partition("/")
        (sign,) = RESULTS.keys() & lines.keys()
        found.append(
            Mutation(
                name=lines["="][0],
                path=f"{FOLDERS.get(first, first)}/{rest}",
                old="\n".join(lines.get("-", ())),
                new=None if gone else "\n".join(lines.get("+", ())),
                named=lines[sign][0],
                result=RESULTS[sign],
                kind=lines.get("~", [""])[0],
            )
        )
    return found


MUTATIONS = read_mutations((Path(__file__).parent / "mutations.txt").read_text())


def test_names_are_unique() -> None:
    names = [mutation.name for mutation in MUTATIONS]
    assert len(names) == len(set(names)) > 130


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "-"))
def test_mutation(mutation: Mutation) -> None:
    files = trees()
    side, _, path = mutation.path.partition("/")
    if mutation.new is None:
        del files[side][path]
    elif path not in files[side]:
        files[side][path] = mutation.new
    else:
        assert mutation.old in files[side][path], "the mutation doesn't apply"
        files[side][path] = files[side][path].replace(mutation.old, mutation.new, 1)
    proof = proof_of(files)
    told = explain(proof)
    if mutation.result == "holds":
        assert told == ""
        return
    assert proof.verdict == {"fails": "different", "undecided": "undecided"}[mutation.result], told
    found = [o for o in proof.obligations if o.result == mutation.result]
    assert any(
        mutation.named in f"{o.address} {o.detail}" and (not mutation.kind or o.kind == mutation.kind) for o in found
    ), told


def swap(files: Trees, side: str, path: str, one: str, other: str) -> None:
    text = files[side][path]
    assert one in text
    assert other in text
    files[side][path] = text.replace(one, "\0").replace(other, one).replace("\0", other)


SWAPS: list[tuple[str, Callable[[Trees], None], str]] = [
    (
        "two outputs",
        lambda files: swap(
            files,
            "central",
            "terraform_module/web-shop/outputs.tf",
            "aws_lb_target_group.api",
            "aws_lb_target_group.worker",
        ),
        "aws_ecs_service.api",
    ),
    (
        "two values",
        lambda files: swap(
            files, "central", "environments/production/web-shop.tf", "var.web_shop_hosts", "var.web_shop_api_port"
        ),
        "aws_route53_record.host",
    ),
    (
        "the environments' values",
        lambda files: files["central"].update(
            {
                "environments/development/web-shop.auto.tfvars": fixture.CENTRAL[
                    "environments/production/web-shop.auto.tfvars"
                ]
            }
        ),
        "aws_lb.main",
    ),
]


@pytest.mark.parametrize(("name", "change", "named"), SWAPS, ids=[name for name, _, _ in SWAPS])
def test_swap(name: str, change: Callable[[Trees], None], named: str) -> None:
    files = trees()
    change(files)
    proof = proof_of(files)
    assert proof.verdict == "different"
    assert named in explain(proof)


def test_only_the_changed_environment_differs() -> None:
    files = trees()
    path = "environments/production/web-shop.auto.tfvars"
    files["central"][path] = files["central"][path].replace("certificate/1", "certificate/2")
    assert proof_of(files).environments == {"development": "equivalent", "production": "different"}


def test_pins_without_identities_are_undecided() -> None:
    proof = proof_of(trees(), with_identities=False)
    assert proof.verdict == "undecided"
    assert {o.address for o in proof.obligations if o.result == "undecided"} == {
        "var.web_shop_vpc_id", "var.web_shop_vpc_public_subnets",
    }  # fmt: skip
    assert "there's no snapshot of production" in explain(proof)


def test_secrets_are_not_printed() -> None:
    files = trees()
    for name in fixture.ENVIRONMENTS:
        path = f"environments/{name}/web-shop_variables.tf"
        files["central"][path] = files["central"][path].replace("tfhoist-secret-1", "tfhoist-secret-2")
    proof = proof_of(files)
    assert proof.verdict == "different"
    assert "tfhoist-secret" not in explain(proof)
