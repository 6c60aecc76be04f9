"""What was read: resources, where each came from, and what could not be read.

Every inventory source produces the same thing: resources in ARM's shape and property names, whatever they were written in.
So the facts have one reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from s2sguard.model.value import Unknown

PLAN_ID = "terraform:"
"""How the id of a resource starts that only exists in a plan."""

GapKind: TypeAlias = Literal[
    "unreadable-file",
    "not-json",
    "too-large",
    "too-deep",
    "truncated-listing",
    "unknown-shape",
    "not-inventory",
    "unknown-attribute",
    "unsupported-type",
    "unreadable-value",
    "conflicting-duplicates",
    "missing-reference",
    "ambiguous-reference",
    "not-judged",
    "forbidden",
    "vanished",
    "throttled",
    "unavailable",
    "not-registered",
    "wrong-link",
]
"""Why something could not be read. The set is closed so that reports and tests can rely on it."""

NOT_READ: frozenset[GapKind] = frozenset(
    {"forbidden", "vanished", "throttled", "unavailable", "not-registered", "wrong-link", "truncated-listing"}
)
"""What a live run says of one resource: no permission, deleted meanwhile, and so on. With `resource`, such a gap touches that alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where something is written: a file (or `-` for standard input), and a JSON pointer (RFC 6901) or a line in it."""

    file: str
    pointer: str = ""
    line: int | None = None
    """For a file that is no JSON, such as a script: the line, counted from 1."""
    column: int = 1
    """With `line`: the character in it, counted from 1."""

    def __str__(self) -> str:
        """Return `file#/json/pointer` or `file:line`."""
        if self.line is not None:
            return f"{self.file}:{self.line}"
        return f"{self.file}#{self.pointer}" if self.pointer else self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a JSON value stands in its file; lines and columns count characters from 1, the end is the column after the last one."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedKey:
    """A place that gives a tunnel its pre-shared key: in a template, a parameter file, a plan or a script. Never the key itself."""

    id: str
    """Names the place over runs: its file and what stands there, not its line, which every edit above it moves."""
    source: Source
    name: str
    """What it stands for, for people: a connection, a parameter, or the option of a command."""
    handling: Literal["clear-text", "protected", "unknown"]
    """Written out; kept by a key vault, a secure parameter or a sensitive variable; or not to be told from this input."""
    how: str
    """One phrase: why it is handled so. Never the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something in the input that could not be read, or is referred to and absent."""

    kind: GapKind
    reason: str
    """One line for people: what, and what to do. Never input text that could hold a secret."""
    source: Source | None = None
    resource: str | None = None
    """Id of the resource this gap touches, when there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One Azure resource in ARM's shape.

    `properties` holds the ARM `properties` object: ARM's names in any casing, JSON values, secrets removed.
    Any value in it, at any depth, may be `Unknown`.
    """

    id: str
    """The resource id as written. A resource that only exists in a plan has `terraform:<address>`."""
    type: str
    """Full type in Azure's casing, such as `Microsoft.Network/connections`."""
    name: str
    properties: Mapping[str, object]
    tags: Mapping[str, object] | Unknown
    source: Source
    parent: str | None = None
    """Id of the parent resource, for child types such as `virtualNetworks/subnets`."""
    existing: bool = False
    """True for a resource the input only refers to (Terraform `data`, Bicep `existing`): other parts of it may be elsewhere."""
    whole: bool = True
    """False for what a plan leaves as it is: connections of such a gateway may be managed elsewhere."""
    resource_group: str | None = None
    """For a resource without a real id: the group it will be in, so that it can be laid over the one in a snapshot."""

    @property
    def key(self) -> str:
        """The id for comparing: ARM ids do not depend on case."""
        return fold_id(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """One file as it was read: what an auditor needs to show that these verdicts are about those bytes."""

    file: str
    """As it was named; `-` for standard input."""
    sha256: str
    """Of all its bytes, in hexadecimal."""
    size: int
    """In bytes."""


def fold_id(resource_id: str) -> str:
    """Return a resource id in the one form used for comparing ids (ARM ids ignore case)."""
    return resource_id.strip().rstrip("/").lower()


class Inventory:
    """Resources and gaps from all inputs of one run, with the two indexes everything else needs.

    Order is the order of reading, which every source keeps deterministic.
    Ids are unique: `collect` merges or reports duplicates before it builds an inventory.
    """

    __slots__ = ("_by_key", "_by_type", "_children", "_nearby", "answered", "files", "gaps", "ignored", "resources", "shared_keys")

    def __init__(  # noqa: PLR0913  # what reading comes to
        self,
        resources: Iterable[Resource],
        gaps: Iterable[Gap] = (),
        ignored: Iterable[str] = (),
        *,
        answered: bool = False,
        shared_keys: Iterable[SharedKey] = (),
        context: Iterable[Resource] = (),
        files: Iterable[InputFile] = (),
    ) -> None:
        """Index the resources. `context` is found by id and as a child, and is no part of this inventory: another shard owns it."""
        self.resources: tuple[Resource, ...] = tuple(resources)
        self.gaps: tuple[Gap, ...] = tuple(gaps)
        self.ignored: tuple[str, ...] = tuple(ignored)
        """Files in the folders given that are not inventory files by name, so were not opened."""
        self.answered = answered
        """Every input was a whole Terraform plan or state: without resources there is nothing to judge, rather than nothing read."""
        self.shared_keys: tuple[SharedKey, ...] = tuple(shared_keys)
        """Places that give a pre-shared key, in the order of reading."""
        self.files: tuple[InputFile, ...] = tuple(dict.fromkeys(files))
        """Every file whose bytes were read, in the order of reading; none for what was read live."""
        self._by_key: dict[str, Resource] = {}
        self._by_type: dict[str, list[Resource]] = {}
        self._children: dict[str, list[Resource]] = {}
        self._nearby: dict[str, tuple[Resource, ...]] = {}
        for resource in self.resources:
            self._by_type.setdefault(resource.type, []).append(resource)
        for resource in (*self.resources, *context):
            self._by_key[resource.key] = resource
            if resource.parent is not None:
                self._children.setdefault(fold_id(resource.parent), []).append(resource)

    def get(self, resource_id: str) -> Resource | None:
        """Return the resource with this id, in any casing, or None if the input does not hold it."""
        return self._by_key.get(fold_id(resource_id))

    def of_type(self, resource_type: str) -> tuple[Resource, ...]:
        """Return all resources of a type written in Azure's casing."""
        return tuple(self._by_type.get(resource_type, ()))

    def nearby(self, resource_type: str) -> tuple[Resource, ...]:
        """Return all resources of a type, with those that another shard owns, in the order of their ids; worked out once."""
        if resource_type not in self._nearby:
            found = (one for one in self._by_key.values() if one.type == resource_type)
            self._nearby[resource_type] = tuple(sorted(found, key=lambda one: one.key))
        return self._nearby[resource_type]

    def children(self, parent_id: str, resource_type: str) -> Iterator[Resource]:
        """Yield the child resources of one type below a parent."""
        return (child for child in self._children.get(fold_id(parent_id), ()) if child.type == resource_type)

    def count_by_type(self) -> dict[str, int]:
        """Return how many resources of each type were read, sorted by type."""
        return {name: len(found) for name, found in sorted(self._by_type.items())}
