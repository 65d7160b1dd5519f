"""Values that nothing but a module's output calls sensitive: which Terraform marks them is an assumption."""

from __future__ import annotations

import pytest

from tests.unit.proof.small import OUT, split, told
from tfhoist.proof import prove

MODULE = 'resource "terraform_data" "in" {\n  input = "in"\n}\noutput "secret" {\n  value = %s\n  sensitive = %s\n}\n'
AROUND = (
    'module "in" {\n  source = "../inner"\n}\noutput "secret" {\n  value = module.in.secret\n  sensitive = true\n}\n'
)
CALL = 'module "m" {\n  source = "./m"\n}\n'
GIVEN = 'resource "terraform_data" "a" {\n  input = module.m.secret\n}\n'
READER = 'resource "terraform_data" "reader" {\n  input = %s\n}\n'


def assumed(block: str, read: str, moved: tuple[str, ...], files: dict[str, str], *, marked: bool = True) -> list[str]:
    now = f"{OUT}.out"
    proof = prove(
        split(
            block + READER % read,
            READER % (f"sensitive({now})" if marked else now),
            f'{block}output "out" {{\n  value = {read}\n  sensitive = {str(marked).lower()}\n}}\n',
            moved=moved, files=files, shared_files=files,
        )
    )  # fmt: skip
    assert "reader" not in told(proof), told(proof)
    return [one for one in proof.assumptions if one.startswith("Terraform older than 1.8, or 1.12.2 and newer")]


OPEN = "terraform_data.in.output"
PLAIN = {"m/main.tf": MODULE % (OPEN, "true")}
DEEP = {"m/main.tf": AROUND, "inner/main.tf": MODULE % (OPEN, "true")}


@pytest.mark.parametrize(
    ("block", "read", "moved", "files", "named"),
    [
        (CALL, "module.m.secret", ("module.m",), PLAIN, "module.m.secret"),
        (CALL + GIVEN, "terraform_data.a.input", ("module.m", "terraform_data.a"), PLAIN, "module.m.secret"),
        (CALL, "module.m.secret", ("module.m",), DEEP, "module.m.module.in.secret"),
    ],
    ids=["read", "through-an-argument", "through-a-module"],
)  # fmt: skip
def test_what_only_an_output_calls_sensitive(
    block: str, read: str, moved: tuple[str, ...], files: dict[str, str], named: str
) -> None:
    found = assumed(block, read, moved, files)
    assert len(found) == 1
    assert named in found[0]
    inner = f"sensitive({OPEN})"
    really = {path: text.replace(OPEN, inner) for path, text in files.items()}
    assert assumed(block, read, moved, really) == []


def test_what_nothing_calls_sensitive() -> None:
    files = {"m/main.tf": MODULE % (OPEN, "false")}
    assert assumed(CALL, "module.m.secret", ("module.m",), files, marked=False) == []
