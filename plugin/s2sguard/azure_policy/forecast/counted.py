"""What stood in the members that a `count` counted: Azure's trace names the count and its number, people ask for the values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from s2sguard.azure_policy.language.outcome import PolicyError
from s2sguard.azure_policy.language.policy import Policy, compile_policy
from s2sguard.azure_policy.language.text import member
from s2sguard.expression.interface import Json

MOST_MEMBERS = 3
"""Members of a counted value that are shown."""
_ONE = "s2sguard one member"
"""A name that no definition declares."""
Values = tuple[tuple[str, Json], ...]


def counted_values(
    policy: Policy, pointer: str, resource: Mapping[str, Any], parameters: Mapping[str, Any] | None, context: Mapping[str, Any] | None
) -> Values:
    """Return the fields that made a count of this policy find a member, each with its value on the resource.

    `pointer` is the condition's, from the trace. Of alternatives (`anyOf` in `where`) only those that found one are looked at.
    Nothing where the condition is no count or where nothing was counted. For the display only: it decides nothing.
    """
    count = member(_condition(policy, pointer), "count")
    if not isinstance(count, Mapping):
        return ()
    with suppress(PolicyError):
        how = _How(policy, resource, {name: {"value": value} for name, value in policy.binder.bind(parameters).items()}, context)
        found = dict.fromkeys(field for branch in _branches(count) if how.finds(count, branch) for field in _fields(count, branch))
        return (*how.members(count), *((field, how.value(field)) for field in found))
    return ()


def written_fields(value: Json) -> tuple[str, ...]:
    """Return every field of a rule, or of a part of it, in order, each once."""
    found: dict[str, None] = {}
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            found |= {name: None for key, name in node.items() if str(key).lower() == "field" and isinstance(name, str)}
            stack.extend(below for below in reversed(list(node.values())) if isinstance(below, Mapping | list))
        elif isinstance(node, list):
            stack.extend(reversed(node))
    return tuple(found)


class _How:
    """Evaluates small rules on the resource in the circumstances of a policy."""

    def __init__(
        self, policy: Policy, resource: Mapping[str, Any], parameters: Mapping[str, Any], context: Mapping[str, Any] | None
    ) -> None:
        self._policy = policy
        self._resource, self._parameters, self._context = resource, parameters, context

    def finds(self, count: Mapping[str, Json], branch: Json) -> bool:
        """Say whether a count finds a member with one of its alternatives alone."""
        bare = {key: value for key, value in count.items() if str(key).lower() != "where"}
        narrowed = bare if branch is None else {**bare, "where": branch}
        return self._evaluate({"count": narrowed, "greater": 0}).effect is not None

    def members(self, count: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
        """Yield the first members of a counted value that count."""
        written = member(count, "value")
        if not isinstance(written, str):
            return
        trace = self._evaluate({"value": written, "exists": True}).trace
        values = trace[0].expression_value if trace else None
        others = {key: value for key, value in count.items() if str(key).lower() != "value"}
        shown = 0
        for value in values if isinstance(values, list) else ():
            # As a parameter: a text in brackets that stands in the data is no expression.
            one = _How(self._policy, self._resource, {**self._parameters, _ONE: {"value": [value]}}, self._context)
            if shown < MOST_MEMBERS and one.finds({**others, "value": f"[parameters('{_ONE}')]"}, member(count, "where")):
                shown += 1
                yield written, value

    def value(self, field: str) -> Json:
        """Return the value, or all values, that a field has on the resource."""
        # The function gives all values of an array, the condition tells a missing value from an empty one.
        asked = {"value": f"[field('{field}')]"} if "[*]" in field else {"field": field}
        trace = self._evaluate({**asked, "exists": True}).trace
        found = trace[0].expression_value if trace else None
        return found[0] if isinstance(found, list) and len(found) == 1 else found

    def _evaluate(self, condition: Mapping[str, Json]) -> Any:  # noqa: ANN401  # an Evaluation
        policy = compile_policy({"if": condition, "then": {"effect": "audit"}}, self._policy.effect.aliases)
        return policy.evaluate(self._resource, self._parameters, self._context)


def _condition(policy: Policy, pointer: str) -> Mapping[str, Json]:
    start = policy.definition.if_pointer
    node: Json = policy.definition.if_block if pointer.startswith(start) else None
    for part in pointer[len(start) :].split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(node, list) and name.isdecimal() and int(name) < len(node):
            node = node[int(name)]
        else:
            node = member(node, name) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else {}


def _branches(count: Mapping[str, Json]) -> Iterator[Json]:
    where = member(count, "where")
    alternatives = member(where, "anyOf") if isinstance(where, Mapping) and len(where) == 1 else None
    yield from alternatives if isinstance(alternatives, list) else [where]


def _fields(count: Mapping[str, Json], branch: Json) -> Iterable[str]:
    """Return the fields that one alternative asks for; the counted array where it names none."""
    named = [field for field in written_fields(branch) if not field.startswith("[")]
    array = member(count, "field")
    return named or ([array] if isinstance(array, str) else [])
