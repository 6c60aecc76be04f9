"""What stood in the members that a `count` counted: Azure's trace names the count and its number, people ask for the values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from s2sguard.azure_policy.language.leaves import Leaf
from s2sguard.azure_policy.language.masking import HIDDEN, disguised
from s2sguard.azure_policy.language.outcome import PolicyError
from s2sguard.azure_policy.language.policy import Policy, compile_policy
from s2sguard.azure_policy.language.text import member
from s2sguard.azure_policy.language.trace import seen
from s2sguard.azure_policy.language.written import written_names
from s2sguard.expression.interface import Json

MOST_MEMBERS = 3
"""Members of a counted value that are shown."""
_ONE = "s2sguard one member"
_ONE_OF_FIELD = "s2sguard one of field"
"""Names that no definition declares."""
Values = tuple[tuple[str, Json], ...]


def counted_values(
    policy: Policy, pointer: str, resource: Mapping[str, Any], parameters: Mapping[str, Any] | None, context: Mapping[str, Any] | None
) -> Values:
    """Return the fields that made a count of this policy find a member, each with its value on the resource.

    `pointer` is the condition's, from the trace. Of alternatives (`anyOf` in `where`) only those that found one are looked at.
    Nothing where the condition is no count or where nothing was counted. For the display only: it decides nothing,
    and `***` stands for what comes from a secret (`language.masking`).
    """
    count = member(_condition(policy, pointer), "count")
    if not isinstance(count, Mapping):
        return ()
    with suppress(PolicyError):
        how = _How(policy, resource, {name: {"value": value} for name, value in policy.binder.bind(parameters).items()}, context)
        found = dict.fromkeys(field for branch in _branches(count) if how.finds(count, branch) for field in _fields(count, branch))
        return (*how.members(count), *((field, how.found(count, field)) for field in found))
    return ()


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

    def counts(self, count: Mapping[str, Json], branch: Json) -> bool | None:
        """Say the same; None where a secret decides it, so that what was found would tell what the secret is."""
        found = self.finds(count, branch)
        resource, parameters = disguised(self._resource), disguised(self._parameters)
        if resource is self._resource and parameters is self._parameters:
            return found
        other = _How(self._policy, resource, parameters, self._context)
        return found if other.finds(count, branch) is found else None

    def members(self, count: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
        """Yield the first members of a counted value that count."""
        written = member(count, "value")
        if not isinstance(written, str):
            return
        values = self._look({"value": written, "exists": True})
        others = {key: value for key, value in count.items() if str(key).lower() != "value"}
        shown = 0
        for value in values if isinstance(values, list) else ():
            # As a parameter: a text in brackets that stands in the data is no expression.
            one = _How(self._policy, self._resource, {**self._parameters, _ONE: {"value": [value]}}, self._context)
            if shown == MOST_MEMBERS:
                return
            if (counts := one.counts({**others, "value": f"[parameters('{_ONE}')]"}, member(count, "where"))) is not False:
                shown += 1
                yield written, value if counts else HIDDEN

    def found(self, count: Mapping[str, Json], field: str) -> Json:
        """Return the values of a counted array that the count is about: those that count by themselves, else all."""
        alone = _by_value(count, field)
        values = self._all(field) if alone != count else []
        one = (_How(self._policy, self._resource, {**self._parameters, _ONE_OF_FIELD: {"value": [each]}}, self._context) for each in values)
        counts = [how.counts(alone, member(alone, "where")) for how in one]
        hits = [value if each else HIDDEN for value, each in zip(values, counts, strict=True) if each is not False]
        return self.value(field) if not hits else hits[0] if len(hits) == 1 else hits

    def _all(self, field: str) -> list[Json]:
        found = self._look({"value": f"[field('{field}')]", "exists": True})
        return found if isinstance(found, list) else []

    def value(self, field: str) -> Json:
        """Return the value, or all values, that a field has on the resource."""
        # The function gives all values of an array, the condition tells a missing value from an empty one.
        asked = {"value": f"[field('{field}')]"} if "[*]" in field else {"field": field}
        found = self._look({**asked, "exists": True})
        return found[0] if isinstance(found, list) and len(found) == 1 else found

    def _look(self, condition: Mapping[str, Json]) -> Json:
        """Return what a condition looks at, None where it fails."""
        policy = self._compiled(condition)
        with suppress(RecursionError):
            env = policy.environment(self._resource, self._parameters, self._context)
            return seen(policy.node, env) if isinstance(policy.node, Leaf) else None
        return None

    def _evaluate(self, condition: Mapping[str, Json]) -> Any:  # noqa: ANN401  # an Evaluation
        return self._compiled(condition).evaluate(self._resource, self._parameters, self._context)

    def _compiled(self, condition: Mapping[str, Json]) -> Policy:
        return compile_policy({"if": condition, "then": {"effect": "audit"}}, self._policy.effect.aliases)


def _by_value(node: Json, field: str) -> Any:  # noqa: ANN401  # JSON out
    """Return a count, or what stands in one, with every count of the array `field` made into one of the parameter `_ONE_OF_FIELD`.

    One that also asks for something below the array's members stays as it is.
    """
    if isinstance(node, list):
        return [_by_value(each, field) for each in node]
    if not isinstance(node, Mapping):
        return node
    if not _is_field(node, field) or not set(map(str.lower, node)) <= {"field", "where"}:
        return {key: _by_value(value, field) for key, value in node.items()}
    where = {key: _rewritten(value, field) for key, value in node.items() if key.lower() == "where"}
    if field.lower() in str(where).lower():
        return node
    return {"value": f"[parameters('{_ONE_OF_FIELD}')]", "name": _ONE_OF_FIELD, **where}


def _rewritten(node: Json, field: str) -> Any:  # noqa: ANN401  # JSON out
    """Return a condition that looks at a member of `field` as one that looks at a member of `_ONE_OF_FIELD`."""
    current = f"current('{_ONE_OF_FIELD}')"
    if isinstance(node, list):
        return [_rewritten(each, field) for each in node]
    if isinstance(node, Mapping):
        asks = {"value": f"[{current}]"} if _is_field(node, field) else {}
        return asks | {key: _rewritten(value, field) for key, value in node.items() if not asks or key.lower() != "field"}
    written = re.compile(rf"current\(\s*'{re.escape(field)}'\s*\)", re.IGNORECASE)
    return written.sub(current, node) if isinstance(node, str) else node


def _is_field(node: Mapping[str, Json], field: str) -> bool:
    written = member(node, "field")
    return isinstance(written, str) and written.lower() == field.lower()


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
    names = [each for each in written_names(branch) if not each.computed]
    read: dict[str, set[str]] = {}
    for each in names:
        read.setdefault(each.pointer, set()).add(each.name)
    # An expression that reads one field only, such as one that trims it, asks for that field.
    named = [
        *dict.fromkeys(each.name for each in names if each.asked or (each.pointer.endswith("/value") and len(read[each.pointer]) == 1))
    ]
    array = member(count, "field")
    return named or ([array] if isinstance(array, str) else [])
