"""A provider that creates nothing: it answers plan, apply, read and import from schemas, an overlay and a store."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulator.invention import Invention, with_unknown
from tests.simulator.kinds import Kind, Overlay
from tests.simulator.planning import equivalent, planned, replacements
from tests.simulator.store import Entry, Journal, Store
from tests.simulator.values import UNKNOWN, Value, conform, is_unknown

Json = dict[str, Any]

ACCOUNT = "123456789012"
REGION = "us-east-1"


class ProviderError(Exception):
    """What the provider answers with an error diagnostic."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """A provider block, as far as it matters here."""

    region: str = REGION
    account: str = ACCOUNT
    default_tags: Mapping[str, Value] = field(default_factory=dict)


def read_configuration(block: Json) -> Configuration:
    """The configuration of an aws provider; of the others, which have none, the default one."""
    tags: Json = {}
    for element in block.get("default_tags") or []:
        tags |= element.get("tags") or {}
    region = block.get("region")
    account = ACCOUNT
    for element in block.get("assume_role") or []:
        if found := re.match(r"arn:aws[\w-]*:iam::(\d{12}):", element.get("role_arn") or ""):
            account = found[1]
    return Configuration(region if isinstance(region, str) and region else REGION, account, tags)


class Provider:
    """One provider: aws, random, tls and so on."""

    def __init__(
        self, name: str, schemas: Json, overlay: Overlay, *, journal: Journal | None = None, store: Store | None = None
    ) -> None:
        self.name = name
        self.schemas = schemas
        self.overlay = overlay
        self.journal = journal
        self.store = store

    def schema(self, type_name: str) -> Json:
        """A resource's schema."""
        found: Json = self.schemas["resource_schemas"][type_name]
        return found

    def upgrade(self, type_name: str, state: Json) -> Json:
        """A state of another schema version: what the schema has, as it stands."""
        return conform(state, self.schema(type_name)["block"])

    def plan(
        self, type_name: str, prior: Json | None, proposed: Json, configuration: Configuration
    ) -> tuple[Json, list[str]]:
        """The planned state, and the attributes that force a replacement."""
        block, kind = self.schema(type_name)["block"], self._kind(type_name)
        plan = planned(block, proposed, prior, kind.defaults, kind.kept)
        for name, normal in kind.normal.items():
            if prior is not None and isinstance(plan.get(name), str) and normal(plan[name]) == normal(prior.get(name)):
                plan[name] = prior[name]
        if {"tags", "tags_all"} <= block["attributes"].keys():
            plan["tags_all"] = self._all_tags(plan, prior, configuration)
        if prior is None:
            return plan, []
        names = {*block["attributes"], *block.get("block_types", {})} - {"timeouts"}
        replaced = replacements(names if "*" in kind.force_new else kind.force_new, prior, plan)
        return plan, replaced

    def create(self, type_name: str, plan: Json, configuration: Configuration) -> Json:
        """A new resource instance."""
        block, kind = self.schema(type_name)["block"], self._kind(type_name)
        invention = Invention(
            type_name,
            block,
            dict(plan),
            kind.values,
            region=configuration.region,
            account=configuration.account,
            seed=secrets.token_hex(8),
        )
        made = invention.filled()
        identity = _identity(made)
        if self.store:
            if self.store.get(type_name, _key(made)) is not None:
                raise ProviderError(f"{type_name} {identity} already exists")
            self.store.put(type_name, _key(made), made)
        self._record("create", type_name, identity, configuration)
        return made

    def update(self, type_name: str, prior: Json, plan: Json, configuration: Configuration) -> Json:
        """A changed resource instance."""
        block, kind = self.schema(type_name)["block"], self._kind(type_name)
        invention = Invention(
            type_name,
            block,
            dict(plan),
            kind.values,
            region=configuration.region,
            account=configuration.account,
            seed=_identity(prior),
        )
        made = invention.filled()
        if self.store:
            self.store.remove(type_name, _key(prior))
            self.store.put(type_name, _key(made), made)
        changed = tuple(sorted(name for name in made if made[name] != prior.get(name)))
        self._record("update", type_name, _identity(made), configuration, changed)
        return made

    def delete(self, type_name: str, prior: Json, configuration: Configuration) -> None:
        """Remove a resource instance."""
        if self.store:
            self.store.remove(type_name, _key(prior))
        self._record("delete", type_name, _identity(prior), configuration)

    def read(self, type_name: str, current: Json, configuration: Configuration) -> Json | None:
        """The resource instance as it is: in the store, where there is one, and otherwise as the state has it."""
        self._record("read", type_name, _identity(current), configuration)
        if self.store is None:
            return current
        found = self.store.get(type_name, _key(current))
        return None if found is None else conform(found, self.schema(type_name)["block"])

    def import_state(self, type_name: str, import_id: str, configuration: Configuration) -> Json:
        """A resource instance by the id that `terraform import` takes. Only a store knows any."""
        block, kind = self.schema(type_name)["block"], self._kind(type_name)
        self._record("import", type_name, import_id, configuration)
        for found in self.store.all(type_name) if self.store else ():
            rendered = Invention(
                type_name, block, found, {}, region=configuration.region, account=configuration.account, seed=""
            )
            if import_id in (_identity(found), rendered.render(kind.import_id)):
                return conform(found, block)
        if self.store is None:
            raise ProviderError(f"{type_name} {import_id} can't be imported: this simulator keeps no store")
        raise ProviderError(f"Cannot import non-existent remote object: there is no {type_name} {import_id}")

    def read_data(self, type_name: str, config: Json, configuration: Configuration) -> Json:
        """A data source: what the store has, or values that are always the same for the same configuration."""
        block: Json = self.schemas["data_source_schemas"][type_name]["block"]
        kind = self.overlay.data.get(type_name, Kind())
        related = self.overlay.resources.get(type_name, Kind())
        self._record("data", type_name, str(config.get("id") or config.get("name") or ""), configuration)
        values = with_unknown(block, config)
        attributes = block.get("attributes", {})
        if found := self._lookup(type_name, config):
            values |= {
                name: found[name]
                for name, attribute in attributes.items()
                if is_unknown(values[name]) and name in found and self._same_type(type_name, name, attribute["type"])
            }
        invention = Invention(
            type_name,
            block,
            values,
            {**related.values, **kind.values},
            region=configuration.region,
            account=configuration.account,
            seed=f"{type_name}/{configuration.region}/{json.dumps(config, sort_keys=True, default=repr)}",
        )
        return invention.filled()

    def _same_type(self, type_name: str, name: str, kind: Any) -> bool:
        attribute = self.schema(type_name)["block"].get("attributes", {}).get(name)
        return bool(attribute and attribute["type"] == kind)

    def _lookup(self, type_name: str, config: Json) -> Json | None:
        """The one resource instance of that type that has all that the configuration asks for."""
        if self.store is None or type_name not in self.schemas["resource_schemas"]:
            return None
        asked = {
            name: value
            for name, value in config.items()
            if isinstance(value, str | int) and not isinstance(value, bool)
        }
        tags: Any = config.get("tags") or {}
        if not isinstance(tags, dict):  # blocks of that name, in a few data sources
            tags = {}
        if not asked and not tags:
            return None
        matches = [
            found
            for found in self.store.all(type_name)
            if all(found.get(name) == value for name, value in asked.items())
            and tags.items() <= (found.get("tags_all") or {}).items()
        ]
        return matches[0] if len(matches) == 1 else None

    def _kind(self, type_name: str) -> Kind:
        return self.overlay.resources.get(type_name, Kind())

    @staticmethod
    def _all_tags(plan: Json, prior: Json | None, configuration: Configuration) -> Value:
        """The provider's default tags, and over them the resource's own."""
        tags = plan.get("tags")
        if is_unknown(tags) or is_unknown(configuration.default_tags):
            return UNKNOWN
        merged = {**configuration.default_tags, **(tags or {})}
        before = (prior or {}).get("tags_all")
        return before if equivalent(merged, before) or (not merged and not before and prior is not None) else merged

    def _record(
        self, operation: str, type_name: str, identity: str, configuration: Configuration, changed: tuple[str, ...] = ()
    ) -> None:
        if self.journal:
            self.journal.append(Entry(operation, self.name, type_name, identity, configuration.region, changed))


def _identity(values: Json) -> str:
    """The id that the journal names."""
    return str(values.get("id") or values.get("arn") or values.get("name") or "")


def _key(values: Json) -> str:
    """What a resource instance is kept under: revisions share an id, and versions share an ARN."""
    return f"{_identity(values)} {values.get('arn') or ''}"
