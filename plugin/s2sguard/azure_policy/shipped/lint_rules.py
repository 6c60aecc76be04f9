"""Checks of a rule that go beyond compiling it: arrays, address ranges, and which connections are judged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias

from s2sguard.azure_policy.language.outcome import Problem
from s2sguard.azure_policy.language.text import join, member

Found: TypeAlias = Iterator[Problem]

MOST_FIELD_COUNTS: Final = 5
"""Field counts for one array property. Azure's page says *per array* and not whether `a[*]` and `a[*].b[*]` are two (facts 5.8)."""
CONNECTIONS: Final = "microsoft.network/connections"
_CONNECTION_TYPE: Final = f"{CONNECTIONS}/connectiontype"
SITELESS: Final = ("Vnet2Vnet", "ExpressRoute", "VPNClient")
"""Types of a connection that goes to no site (facts 1.1)."""
_STRING: Final = re.compile(r"'(?:[^']|'')*'")


@dataclass(frozen=True, slots=True)
class Node:
    """One value inside the rule."""

    pointer: str
    value: Any
    ancestors: tuple[Node, ...]
    """Outermost first."""


class Reader:
    """The parts of a definition in any of its shapes and casings, and every value of its rule."""

    def __init__(self, document: Mapping[str, Any], *, deepest: int) -> None:
        self.document = document
        self._deepest = deepest
        inner = member(document, "properties")
        wrapped = isinstance(inner, Mapping)
        self.base = "/properties" if wrapped else ""
        self.properties: Mapping[str, Any] = inner if wrapped else document
        self.parameters = self._mapping(self.properties, "parameters")
        self.metadata = self._mapping(self.properties, "metadata")
        rule = member(self.properties, "policyRule")
        self.rule_pointer = f"{self.base}/policyRule" if isinstance(rule, Mapping) else self.base
        self.rule: Mapping[str, Any] = rule if isinstance(rule, Mapping) else self.properties
        self.then = self._mapping(self.rule, "then")

    @property
    def ours(self) -> str | None:
        """Return the control that the definition says it belongs to; None for somebody else's."""
        control = member(self._mapping(self.metadata, "s2sguard"), "control")
        return control if isinstance(control, str) else None

    @property
    def derived(self) -> bool:
        """Say whether the definition's parameters are compiled from facts."""
        return bool(member(self._mapping(self.metadata, "s2sguard"), "kind") == "derived")

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every value of the `if` block, parents before children."""
        root = Node(join(self.rule_pointer, "if"), member(self.rule, "if"), ())
        found, waiting = [], [root]
        while waiting:
            node = waiting.pop()
            found.append(node)
            if len(node.ancestors) < self._deepest:
                waiting.extend(reversed([*_children(node)]))
        return tuple(found)

    @cached_property
    def pointers(self) -> tuple[str, ...]:
        """Pointers in document order, as far as the rule goes."""
        return tuple(node.pointer for node in self.nodes)

    @cached_property
    def counts(self) -> tuple[tuple[Node, str], ...]:
        """Every field count: the object below `count`, and the lowercase alias it counts."""
        return tuple((node, field.lower()) for node in self.nodes if (field := _counted(node)) is not None)

    @staticmethod
    def _mapping(owner: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        found = member(owner, name)
        return found if isinstance(found, Mapping) else {}


def _children(node: Node) -> Iterator[Node]:
    ancestors = (*node.ancestors, node)
    if isinstance(node.value, Mapping):
        yield from (Node(join(node.pointer, key), value, ancestors) for key, value in node.value.items() if isinstance(key, str))
    elif isinstance(node.value, list):
        yield from (Node(join(node.pointer, index), value, ancestors) for index, value in enumerate(node.value))


def _counted(node: Node) -> str | None:
    """Return the alias of a field count, for the object below `count`."""
    if not node.pointer.lower().endswith("/count") or not isinstance(node.value, Mapping):
        return None
    field = member(node.value, "field")
    return field if isinstance(field, str) else None


def _field(node: Node) -> str | None:
    """Return the lowercase field of a condition, None for anything else (a count's field is no condition)."""
    if not isinstance(node.value, Mapping) or _counted(node) is not None:
        return None
    field = member(node.value, "field")
    return field.lower() if isinstance(field, str) else None


def field_counts(reader: Reader) -> Found:
    """Azure refuses more than five field counts for one array; the safe reading takes nested arrays for the same one."""
    totals = Counter(alias.partition("[*]")[0] for _, alias in reader.counts)
    for array, total in totals.items():
        if total > MOST_FIELD_COUNTS:
            node = next(node for node, alias in reader.counts if alias.partition("[*]")[0] == array)
            message = f"{total} field counts are about one array"
            yield Problem(pointer=node.pointer, message=message, hint=f"Azure takes {MOST_FIELD_COUNTS} per array (policy rule limits)")


def open_arrays(reader: Reader) -> Found:
    """Without a count beside it, a `[*]` condition on a missing array is true in the documentation and false elsewhere (facts 5.4)."""
    for node in reader.nodes:
        field = _field(node)
        if field is None or "[*]" not in field or field.startswith("["):
            continue
        counted = [alias for one, alias in reader.counts if _where(one, node)]
        if any(field == alias or (field.startswith(alias) and "[*]" not in field[len(alias) :]) for alias in counted):
            continue
        if not _is_paired(node, field):
            yield Problem(
                pointer=node.pointer,
                message="a condition on every member decides nothing about a missing array",
                hint="use `count`, or pair it with a count or `exists` of the same array",
            )


def _where(count: Node, node: Node) -> bool:
    """Say whether a node lies inside the `where` of a count."""
    return any(ancestor is count for ancestor in node.ancestors)


def _is_paired(node: Node, field: str) -> bool:
    """Say whether an `allOf` or `anyOf` around a condition also asks how many members there are, or whether there is an array."""
    array = field.rpartition("[*]")[0]
    for ancestor in node.ancestors:
        if not isinstance(ancestor.value, Mapping):
            continue
        members = [part for name in ("allOf", "anyOf") if isinstance(part := member(ancestor.value, name), list)]
        for one in (one for part in members for one in part if isinstance(one, Mapping)):
            inner = member(one, "count")
            counted = member(inner, "field") if isinstance(inner, Mapping) else None
            exists = member(one, "field") if member(one, "exists") is not None else None
            if any(isinstance(alias, str) and alias.lower().removesuffix("[*]") == array for alias in (counted, exists)):
                return True
    return False


def range_guards(reader: Reader) -> Found:
    """`ipRangeContains` fails for IPv4 against IPv6, and a failed evaluation is a deny (facts 5.5)."""
    for node in reader.nodes:
        if isinstance(node.value, str) and node.value.startswith("[") and not node.value.startswith("[["):
            yield from (
                Problem(
                    pointer=node.pointer,
                    message="ipRangeContains fails where one range is IPv4 and the other IPv6, and a failure is a deny",
                    hint="call it inside an if() that tests both for the same family, such as contains(x, ':')",
                )
                for _ in _unguarded(node.value)
            )


def _unguarded(expression: str) -> Iterator[int]:
    """Yield the places of `ipRangeContains` calls that are no branch of an `if` whose test looks for a colon."""
    blank = _STRING.sub(lambda found: "'" + "~" * (len(found.group()) - 2) + "'", expression)
    for found in re.finditer(r"iprangecontains\s*\(", blank, re.IGNORECASE):
        guarded = False
        for start in _calls_around(blank, found.start()):
            test_end = _first_comma(blank, start)
            guarded = guarded or (test_end < found.start() and "':'" in expression[start:test_end])
        if not guarded:
            yield found.start()


def _calls_around(text: str, position: int) -> Iterator[int]:
    """Yield where the arguments of each `if(` around a position begin."""
    depth = 0
    for index in range(position - 1, -1, -1):
        if text[index] == ")":
            depth += 1
        elif text[index] == "(" and depth:
            depth -= 1
        elif text[index] == "(" and re.search(r"\bif\s*$", text[:index], re.IGNORECASE):
            yield index + 1


def _first_comma(text: str, start: int) -> int:
    depth = 0
    for index in range(start, len(text)):
        if text[index] in "([":
            depth += 1
        elif text[index] in ")]":
            depth -= 1
        elif text[index] == "," and not depth:
            return index
    return len(text)


def connection_types(reader: Reader) -> Found:
    """ExpressRoute and VNet-to-VNet connections are the same resource type and have none of the settings (facts 1.1)."""
    typed = [node for node in reader.nodes if _field(node) == "type" and _names_connections(node.value)]
    if typed and not any(_field(node) == _CONNECTION_TYPE for node in reader.nodes):
        yield Problem(
            pointer=typed[0].pointer,
            message="the rule judges ExpressRoute and VNet-to-VNet connections too",
            hint="add a condition on Microsoft.Network/connections/connectionType",
        )


def open_connection_types(reader: Reader) -> Found:
    """A condition that looks for IPsec leaves out what has no type or an odd one, and scans judge that (`lib.siteless`)."""
    for node in reader.nodes:
        if _field(node) == _CONNECTION_TYPE and not _leaves_out(node.value):
            yield Problem(
                pointer=node.pointer,
                message="a connection without a type, or with one that Azure does not document, is not judged",
                hint=f"leave out the types that have no site: notIn {', '.join(SITELESS)}",
            )


def _leaves_out(condition: Mapping[str, Any]) -> bool:
    """Say whether a condition on the connection type is true for every type but some without a site."""
    listed = member(condition, "notIn")
    return isinstance(listed, list) and {str(value).lower() for value in listed} <= {value.lower() for value in SITELESS}


def _names_connections(condition: Mapping[str, Any]) -> bool:
    values = [member(condition, "equals"), *(listed if isinstance(listed := member(condition, "in"), list) else [])]
    return any(isinstance(value, str) and value.lower() == CONNECTIONS for value in values)


RULE_CHECKS: Final[tuple[Callable[[Reader], Found], ...]] = (field_counts, open_arrays, range_guards, connection_types)
"""Every check of a rule, for anybody's definition."""
