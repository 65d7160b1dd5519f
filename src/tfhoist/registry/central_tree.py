"""What a new central repository starts with: its tree, the registry, the checks of its CI, and who approves what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tfhoist.registry.claims import Claims
from tfhoist.registry.document import INTRODUCTION

WORKFLOW = """\
# Every pull request: formatting, validity, the registry, the contract of each service, and a plan that somebody approves.
name: central infrastructure

on:
  pull_request:
  push:
    branches: [main]

permissions:
  contents: read

jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: hashicorp/setup-terraform@v3
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install tfhoist
      - name: Formatting
        run: terraform fmt -check -recursive
      - name: Registry
        run: tfhoist registry check . --format github
      - name: Validate every root
        run: |
          for root in environments/*/; do
            terraform -chdir="$root" init -backend=false -input=false
            terraform -chdir="$root" validate
          done
      - name: Contract of each service that has one here
        run: |
          for service in services/*/; do
            [ -d "$service" ] || continue
            for root in environments/*/; do tfhoist contract --service-root "$service" --central "$root"; done
          done

  plan:
    needs: check
    runs-on: ubuntu-latest
    strategy:
      fail-fast: false
      matrix:
        environment: [@ENVIRONMENTS@]
    environment: ${{ matrix.environment }} # its reviewers approve before credentials are handed out
    permissions:
      contents: read
      id-token: write
    steps:
      - uses: actions/checkout@v4
      - uses: hashicorp/setup-terraform@v3
      - run: terraform -chdir="environments/${{ matrix.environment }}" init -input=false
      - run: terraform -chdir="environments/${{ matrix.environment }}" plan -input=false -lock=false
"""

PULL_REQUEST = """\
## What changes

<!-- Which service, which environments, and why. -->

## Claims

- [ ] `tfhoist registry check . --add PROPOSAL` shows no conflict; both owners agree where it named two
- [ ] `docs/resource_registry.md` and `registry/<service>.json` were written by `tfhoist registry add`
- [ ] `tfhoist routes diff` shows only the requests that this is meant to change

## Plans

- [ ] the plan of each environment was read: nothing is destroyed or replaced
- [ ] who goes back, and how, if it goes wrong
"""


def central_files(environments: Sequence[str], claims: Iterable[Claims], team: str) -> dict[str, bytes]:
    """The files of a new central repository, by path."""
    shown = ", ".join(environments)
    files = {
        ".github/workflows/central.yml": WORKFLOW.replace("@ENVIRONMENTS@", shown),
        ".github/pull_request_template.md": PULL_REQUEST,
        ".github/CODEOWNERS": codeowners(claims, team),
        "docs/resource_registry.md": INTRODUCTION,
        "registry/README.md": "# Claims\n\nOne file a service: what it claims, exactly. Written by `tfhoist registry add`.\n",
        "terraform_module/README.md": "# Shared modules\n\nOne folder a service: what it has in every environment.\n",
        "README.md": "# Central infrastructure\n\nWhat several services stand on. `docs/resource_registry.md` says whose is what.\n",
    }
    for name in environments:
        files[f"environments/{name}/README.md"] = (
            f"# {name}\n\nThe root module of this environment: one call a service.\n"
        )
    return {path: text.encode() for path, text in files.items()}


def codeowners(claims: Iterable[Claims], team: str) -> str:
    """CODEOWNERS from the registry: the platform team, and each service's owner for its own module and claims."""
    lines = ["# From the registry: who approves what.", f"* {team}".rstrip()]
    for one in sorted(claims, key=lambda one: one.service):
        owner = _owner(one.owner)
        if owner:
            module = "".join(c for c in one.module if c.isalnum() or c in "-_./")
            lines += [f"/{module}/ {owner} {team}".rstrip(), f"/registry/{one.service}.json {owner} {team}".rstrip()]
    return "\n".join(lines) + "\n"


def _owner(text: str) -> str:
    """An owner as CODEOWNERS takes it: an address or a team; "" for anything else."""
    found = text.strip()
    allowed = found.isascii() and all(c.isalnum() or c in "@._+-/" for c in found)
    return found if allowed and "@" in found else ""


def catalog_info(claims: Claims) -> str:
    """Backstage's `catalog-info.yaml` of a service (Backstage, "Descriptor Format of Catalog Entities"). Texts are quoted as JSON."""
    from msgspec.json import encode

    def quoted(text: str) -> str:
        return encode(text).decode()

    owner = claims.owner or "unknown"
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n"
        f"  name: {quoted(claims.service)}\n"
        f"  description: {quoted(f'Shared infrastructure of {claims.service}')}\n"
        f"  annotations:\n    tfhoist/contact: {quoted(claims.contact)}\n"
        f"spec:\n  type: service\n  lifecycle: production\n  owner: {quoted(owner)}\n"
    )
