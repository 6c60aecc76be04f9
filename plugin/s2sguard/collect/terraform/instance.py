"""One resource instance of a plan or state: where it stands, its attributes, and the id it has or will have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from s2sguard.collect.terraform.address import Key, Mode, ModulePath
from s2sguard.collect.terraform.configuration import Configuration, mapping, sequence
from s2sguard.collect.terraform.value import Expression, Node, Written, written
from s2sguard.model.inventory import PLAN_ID, Source

InstanceKey = tuple[ModulePath, Mode, str, str]
"""All instances of one resource block in one module instance: module path, mode, type, name."""

_IDENTITY = (
    "name",
    "resource_group_name",
    "virtual_network_name",
    "route_table_name",
    "virtual_network_gateway_id",
    "vpn_gateway_id",
    "virtual_hub_id",
    "parent_id",
)
"""The attributes an ARM id is made of: a replacement that keeps them keeps its id."""


class Place(NamedTuple):
    """Where a resource object stands; made into a `Source` when one is asked for, which most never are."""

    file: str
    listed: str
    """JSON pointer of the list it is in."""
    position: int

    @property
    def source(self) -> Source:
        """The place as the model knows it."""
        return Source(file=self.file, pointer=f"{self.listed}/{self.position}")


class Entry(NamedTuple):
    """One resource object, from wherever it was listed."""

    address: str
    module: ModulePath
    mode: Mode
    type: str
    name: str
    key: Key
    values: object
    sensitive: object
    place: Place


class Instance:
    """One resource instance as it will be (plan) or is (state).

    Most instances of a plan are none of ours and only there to be referred to: what takes time is worked out when it is asked for.
    """

    def __init__(self, entry: Entry, values: dict[str, object], change: Mapping[str, object], configuration: Configuration) -> None:
        """Take a resource object with its values, its `change` (empty in a state) and the configuration it may be written in."""
        self.address, self.module, self.mode, self.type, self.name, self.key, _, self._sensitive, self.place = entry
        self._values, self._change, self._configuration = values, change, configuration

    @property
    def source(self) -> Source:
        """Where it is written."""
        return self.place.source

    @property
    def block(self) -> InstanceKey:
        """The resource block it comes from."""
        return self.module, self.mode, self.type, self.name

    @cached_property
    def _written(self) -> Mapping[str, object] | None:
        return self._configuration.block(self.module, self.mode, self.type, self.name)

    @cached_property
    def values(self) -> Node:
        """Its attributes."""
        expression = written(self._written.get("expressions", {})) if self._written is not None else Written.UNSEEN
        return Node(self._values, self._change.get("after_unknown"), expression, "update" not in self._actions)

    @cached_property
    def id(self) -> str:
        """Its real id, or `terraform:<address>` while that is known only after apply."""
        return _id(self.address, self.values, self._change)

    @property
    def sensitive(self) -> object:
        """`sensitive_values`: true, or an object that has true where a value is marked sensitive."""
        return self._sensitive if self._sensitive is not None else self._change.get("after_sensitive")

    @property
    def for_each(self) -> Expression:
        """What makes several instances of the block."""
        return written(self._written.get("for_each_expression")) if self._written is not None else Written.UNSEEN

    @cached_property
    def existing(self) -> bool:
        """Terraform reads it, or forgets it without destroying it: it stays in Azure, out of this configuration's hands."""
        return self.mode == "data" or is_forgotten(self._change)

    @property
    def created(self) -> bool:
        """The plan creates it, so nothing can belong to it that the plan does not show."""
        return "create" in self._actions

    @property
    def _actions(self) -> list[object]:
        return sequence(self._change.get("actions"))


def is_forgotten(change: Mapping[str, object]) -> bool:
    """Say whether Terraform drops a resource from its state and leaves it in Azure."""
    return change.get("actions") == ["forget"]


def _id(address: str, node: Node, change: Mapping[str, object]) -> str:
    known = node.known("id")
    if isinstance(known, str) and known:
        return known
    before = mapping(change.get("before"))
    old = before.get("id")
    if isinstance(old, str) and old and _same_identity(before, node):
        return old
    return f"{PLAN_ID}{address}"


def _same_identity(before: Mapping[str, object], node: Node) -> bool:
    return all(not node.attribute(name).after_apply and node.attribute(name).value == before.get(name) for name in _IDENTITY)
