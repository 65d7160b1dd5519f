"""The new `terraform_remote_state` of the service root: does it read the state that the central root writes?

What says where a state is, is compared; credentials, locking and encryption are not. Source: the pages of the backends in
Terraform's documentation, and "The terraform_remote_state Data Source".
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from tfhoist.configuration.environments import Backend
from tfhoist.configuration.model import Declaration, Module
from tfhoist.proof.model import FAILS, HOLDS, UNDECIDED, Obligation
from tfhoist.proof.nulls import says_null
from tfhoist.proof.sides import Opened, Roots
from tfhoist.values.evaluate import evaluate
from tfhoist.values.types import Unknown, Value, equal, has_unknown, to_text

NOT_THE_PLACE = frozenset(
    "access_key secret_key token profile role_arn assume_role assume_role_with_web_identity session_name external_id "
    "assume_role_policy shared_credentials_file shared_credentials_files shared_config_files max_retries retry_mode encrypt "
    "kms_key_id sse_customer_key acl dynamodb_table use_lockfile dynamodb_endpoint iam_endpoint sts_endpoint sts_region "
    "skip_credentials_validation skip_region_validation skip_requesting_account_id skip_metadata_api_check skip_s3_checksum "
    "force_path_style use_path_style http_proxy https_proxy no_proxy insecure custom_ca_bundle ec2_metadata_service_endpoint "
    "ec2_metadata_service_endpoint_mode use_fips_endpoint use_dualstack_endpoint use_legacy_workflow allowed_account_ids "
    "forbidden_account_ids credentials access_token impersonate_service_account encryption_key kms_encryption_key client_id "
    "client_secret client_certificate_path client_certificate_password use_oidc use_msi use_azuread_auth oidc_token sas_token "
    "snapshot metadata_host lock_address unlock_address lock_method unlock_method username password skip_cert_verification "
    "lock max_parts in_cluster_config config_path".split()
)
"""Settings of backends that don't say where a state is."""

_PLACE = {
    "s3": ("bucket", "key", "region"), "gcs": ("bucket",), "azurerm": ("storage_account_name", "container_name", "key"),
    "http": ("address",), "consul": ("path",), "pg": ("conn_str",), "kubernetes": ("secret_suffix",), "oss": ("bucket",),
    "cos": ("bucket",), "remote": ("organization",),
}  # fmt: skip
"""What every backend needs to say where its state is; what is missing comes from the command line."""

_ARGUMENTS = frozenset("backend config workspace defaults count for_each depends_on provider".split())
BACKEND_DEFAULTS: Mapping[str, Value] = {
    "workspace_key_prefix": "env:",
    "prefix": "",
    "schema_name": "terraform_remote_state",
}


def check_remote_state(opened: Opened, roots: Roots) -> Iterator[Obligation]:
    """The obligations about the remote state in one environment; none when the service root reads none."""
    side = opened.service
    if not side.remote_address:
        return
    declaration = side.root.module.get(side.remote_address)
    assert declaration is not None
    address = side.remote_address

    def say(result: str, detail: str) -> Obligation:
        return Obligation("remote-state", address, opened.name, result, detail)

    for name in ("count", "for_each", "defaults", "depends_on", "provider"):
        if declaration.body.attribute(name) is not None:
            yield say(FAILS, f"it has `{name}`, which can hide a missing output or make the values unknown")
    if declaration.json:
        yield say(UNDECIDED, "it's written in JSON, where its arguments aren't followed")
        return
    unknown = {attribute.name for attribute in declaration.body.attributes} - _ARGUMENTS
    unknown |= {block.type for block in declaration.body.blocks} - {"lifecycle"}
    for block in declaration.body.blocks_of("lifecycle"):
        names = {attribute.name for attribute in block.body.attributes} | {inner.type for inner in block.body.blocks}
        if names & {"precondition", "postcondition"}:
            yield say(UNDECIDED, "it has a condition, which may refuse what it reads")
        elif names:
            yield say(FAILS, f"its lifecycle has {', '.join(sorted(names))}, which can hide what it reads")
    if unknown:
        yield say(FAILS, f"Terraform knows no argument {', '.join(sorted(unknown))} there")
    central = roots.central[opened.name]
    wanted = opened.central.environment.backend
    if wanted is None and any(block.type == "cloud" for d in central.after.of("terraform") for block in d.body.blocks):
        yield say(UNDECIDED, f"{central.folder} keeps its state in HCP Terraform, whose workspace isn't followed")
        return
    wanted = wanted or Backend("local", {})
    read = _read(declaration, side.root.module, opened)
    yield say(*_compared(read, wanted, central.folder))


def _read(declaration: Declaration, module: Module, opened: Opened) -> Backend:
    """What the data source is configured to read."""
    environment = opened.service.environment
    scope = environment.scope(module)
    backend = declaration.expression("backend")
    kind = evaluate(backend, scope) if backend is not None else Unknown("no backend")
    expression = declaration.expression("config")
    config = evaluate(expression, scope) if expression is not None else {}
    workspace = declaration.expression("workspace")
    values: dict[str, Value] = dict(config) if isinstance(config, dict) else {}
    if workspace is not None:
        values["workspace"] = evaluate(workspace, scope)
    return Backend(to_text(kind) or "?", values, isinstance(config, dict) and not has_unknown(config))


def _compared(read: Backend, wanted: Backend, folder: str) -> tuple[str, str]:
    if read.type != wanted.type:
        return FAILS, f"it reads another state: a {read.type} backend, while {folder} has a {wanted.type} backend"
    if not wanted.complete:
        unknown = ", ".join(sorted(key for key, value in wanted.config.items() if isinstance(value, Unknown)))
        return UNDECIDED, f"where {folder} keeps its state can't be told from its files ({unknown})"
    if not read.complete:
        return UNDECIDED, "its configuration isn't constant in this environment"
    names = sorted({*read.config, *wanted.config} - NOT_THE_PLACE)
    if read.type == "local":
        names = [name for name in names if name != "path"]
        problem = _local_path(read, wanted, folder)
        if problem:
            return FAILS, problem
    missing = [name for name in _PLACE.get(read.type, ()) if name not in wanted.config]
    if missing:
        return UNDECIDED, f"the backend of {folder} has no {', '.join(missing)} in its files"
    for name in names:
        one = read.config.get(name, BACKEND_DEFAULTS.get(name))
        other = wanted.config.get(name, BACKEND_DEFAULTS.get(name))
        if name == "workspace":
            one, other = one or "default", "default"
        if not equal(one, other):
            return FAILS, f"it reads another state: {name} is {_shown(one)}, that of {folder} is {_shown(other)}"
    return HOLDS, ""


def _local_path(read: Backend, wanted: Backend, folder: str) -> str:
    path, own = str(read.config.get("path") or ""), str(wanted.config.get("path") or "terraform.tfstate")
    if own.startswith("/"):
        return "" if path == own else f"it reads another state: {path}, that of {folder} is {own}"
    expected = posixpath.normpath(posixpath.join(folder, own))
    given = posixpath.normpath(path)
    if given == expected or given.endswith(f"/{expected}"):
        return ""
    return f"it reads another state: {path or 'no path'}, that of {folder} is {expected}"


def _shown(value: Value) -> str:
    return "absent" if value is None else f'"{value}"' if isinstance(value, str) else str(value)


def check_reads(opened: Opened) -> Iterator[Obligation]:
    """Every output that is read exists, and none is read where its absence would pass silently."""
    side = opened.service
    for (
        found
    ) in opened.stays.values():  # Terraform evaluates a module's arguments, whether the module reads them or not
        child = found.scope.child(found.declaration.name) if found.declaration.kind == "module" else None
        if child is not None:
            for variable in child.module.of("variable"):
                child.variable(variable.name)
    for name in sorted(side.outputs_read):
        if opened.central.root.declared(f"output.{name}") is None:
            detail = "the service root reads this output, which the central root doesn't offer"
            yield Obligation("interface", f"output.{name}", opened.name, FAILS, detail)
        elif name in side.swallowed:
            detail = "it's read inside try(), can() or lookup(), where a missing output would pass silently"
            yield Obligation("interface", f"output.{name}", opened.name, FAILS, detail)
        elif says_null(opened.central.root.output(name)):
            detail = "it may be null, and a state keeps no output that is null: put it into a list of one (`[...]`, and `[0]` behind)"
            yield Obligation("interface", f"output.{name}", opened.name, UNDECIDED, detail)
        else:
            yield Obligation("interface", f"output.{name}", opened.name, HOLDS)
