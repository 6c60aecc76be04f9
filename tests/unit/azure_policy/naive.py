"""A second evaluator of the Azure Policy language: slow, obvious, and written from Microsoft's pages alone.

It walks the rule as it is written, parses every expression each time it meets it, and takes the documentation at its word:
an iteration of `count` evaluates its condition on a copy of the resource *as if the member were the only one of its array*
(author-policies-for-arrays). It shares no code with the evaluator. Where the pages say nothing it raises `Unspecified`, and the
tests that compare the two do not look at the answer.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from s2sguard.model.value import Unknown

from .naive_expressions import FailedError, Run, UnresolvedError, UnspecifiedError, is_expression, unescaped
from .naive_operators import OPERATORS, Truth, kleene_all, kleene_any, negate

Json: TypeAlias = Any
Place: TypeAlias = tuple[str | int, ...]
"""Where a value is in a resource: keys and indexes from the root."""

ENVELOPE = {"sku", "kind", "plan", "zones", "identity", "managedby", "extendedlocation", "tags", "location", "name", "id", "etag"}
FIXED = {"name", "fullname", "kind", "type", "location", "id", "identity.type", "tags"}
ABSENT: Place = ("\0absent",)
UNCOUNTED = "any number"


class Naive:
    """One rule on one resource. `effect()` is what `Evaluation.effect` should be."""

    def __init__(
        self,
        rule: Mapping[str, Json],
        resource: Mapping[str, Json],
        *,
        parameters: Mapping[str, Json] | None = None,
        context: Mapping[str, Json] | None = None,
        missing_array: str = "true",
        related: Sequence[Mapping[str, Json]] = (),
    ) -> None:
        self.rule = lowered(rule)
        self.resource = resource
        self.parameters = {name.lower(): value for name, value in (parameters or {}).items()}
        self.context = lowered(context or {})
        self.missing_array = missing_array
        self.related = related
        self.asked: Mapping[str, Json] | None = None
        """What `field()` looks at while an existence condition is evaluated: the resource of the `if` block."""
        self.scopes: list[tuple[str, Json]] = []
        """Enclosing iterations, outermost first: the name of a value count or the alias of a field count, and the member."""

    # -- the whole rule --

    def effect(self) -> str | None:
        """Return the effect, None, `error` or `unknown`."""
        try:
            effect = str(self.value(lowered(self.rule["then"])["effect"])).lower()
        except FailedError:
            return "error"
        try:
            matched = self.condition(self.rule["if"])
        except FailedError:
            return None if effect == "disabled" else self.on_failure()
        if matched is None and effect == "disabled":
            raise UnspecifiedError("a disabled rule that nobody can evaluate")
        if matched and effect == "auditifnotexists":
            return self.if_not_exists()
        return "unknown" if matched is None else effect if matched else None

    def if_not_exists(self) -> str | None:
        """Say whether one of the related resources, by default those of the same group, meets the existence condition."""
        details = lowered(lowered(self.rule["then"])["details"])
        everywhere = details.get("existencescope", "ResourceGroup").lower() == "subscription"
        self.asked = self.resource
        candidates = [
            one
            for one in self.related
            if one["type"].lower() == details["type"].lower() and (everywhere or group_of(one) == group_of(self.asked))
        ]
        found = [self.exists(one, details.get("existencecondition")) for one in candidates]
        if True in found:
            if "failed" in found:
                raise UnspecifiedError("one related resource that makes the condition fail, and another one that meets it")
            return None
        return self.on_failure() if "failed" in found else "unknown" if None in found else "auditifnotexists"

    def exists(self, candidate: Mapping[str, Json], condition: Mapping[str, Json] | None) -> Truth | str:
        """Say whether a related resource meets the existence condition, or that it makes it fail."""
        self.resource = candidate
        try:
            return True if condition is None else self.condition(condition)
        except FailedError:
            return "failed"

    def on_failure(self) -> str | None:
        """Say what an error amounts to: the request is denied, which is an outcome of its own."""
        return "error"

    # -- conditions --

    def condition(self, condition: Mapping[str, Json]) -> Truth:
        """Return what a condition or a logical operator says; None is unknown."""
        parts = lowered(condition)
        if "not" in parts:
            return negate(self.condition(parts["not"]))
        if "allof" in parts:
            return kleene_all(self.condition(one) for one in parts["allof"])
        if "anyof" in parts:
            return kleene_any(self.condition(one) for one in parts["anyof"])
        (operator,) = set(parts) - {"field", "value", "count"}
        try:
            if "count" in parts:
                return self.count(lowered(parts["count"]), operator, parts[operator])
            if "value" in parts:
                return self.compare(operator, *self.both(parts["value"], parts[operator]))
            return self.field_condition(self.value(parts["field"]), operator, parts[operator])
        except UnresolvedError:
            return None

    def both(self, left: Json, right: Json) -> tuple[Json, Json]:
        """Return a value and an operand. Nobody says what counts where one of them fails and the other one is not known."""
        found: list[Json] = []
        raised: list[Exception] = []
        for one in (left, right):
            try:
                found.append(self.value(one))
            except (FailedError, UnresolvedError) as error:
                raised.append(error)
        if len({type(error) for error in raised}) > 1:
            raise UnspecifiedError("a failure beside a value that is not known")
        if raised:
            raise raised[0]
        return found[0], found[1]

    def compare(self, operator: str, value: Json, operand: Json, *, location: bool = False) -> Truth:
        """Return what an operator says of two values."""
        if isinstance(value, Unknown):
            if operator == "exists":
                raise UnspecifiedError("whether an unknown value exists")
            # Whatever the value is, an empty list does not hold it.
            return operator == "notin" if operator in {"in", "notin"} and operand == [] else None
        if location:
            value, operand = normal_location(value), normal_location(operand)
        return OPERATORS[operator](value, operand)

    def field_condition(self, name: str, operator: str, operand: Json) -> Truth:
        """Return what a `field` condition says: each selected value has to satisfy it."""
        is_location = name.lower() == "location"
        found = self.select(name) if "[*]" in name else [self.field(name)]
        try:
            operand = self.value(operand)
        except (FailedError, UnresolvedError) as error:
            if not found or isinstance(found, Unknown) or any(one is None or isinstance(one, Unknown) for one in found):
                raise UnspecifiedError("an operand without a value where nothing is compared with it") from error
            raise
        if "[*]" not in name:
            return self.compare(operator, self.field(name), operand, location=is_location)
        if isinstance(found, Unknown):
            # Every member, whatever it is, is outside of an empty list; so are those of an empty array.
            return True if (operator, operand, self.missing_array) == ("notin", [], "true") else None
        if self.missing_array == "false" and (not found or name.count("[*]") > 1):
            return self.empty_not_missing(name)
        return self.every(self.compare(operator, one, operand) for one in found)

    def every(self, found: Iterator[Truth]) -> Truth:
        """Combine what a condition says of the values that `[*]` selects."""
        return kleene_all(found)

    def empty_not_missing(self, name: str) -> Truth:
        """Under the second reading only an array that is there, and empty, satisfies every condition."""
        before, _, _ = name.partition("[*]")
        if name.count("[*]") > 1:
            raise UnspecifiedError("which array is missing")
        array = self.field(before)
        return None if isinstance(array, Unknown) else array == []

    # -- fields --

    def field(self, name: str) -> Json:
        """Return the value of a field without `[*]`; None where it is missing."""
        lower = name.lower()
        if lower.startswith(("tags.", "tags[")):
            tags = member(self.resource, "tags")
            return tags if isinstance(tags, Unknown) else member(tags, tag_name(name))
        if lower == "name":
            full = member(self.resource, "name")
            return full.rpartition("/")[2] if isinstance(full, str) else full
        if lower == "fullname":
            return member(self.resource, "name")
        if lower == "identity.type":
            return member(member(self.resource, "identity"), "type")
        if lower in FIXED:
            return member(self.resource, lower)
        found = self.select(name)
        if isinstance(found, Unknown):
            return found
        return found[0] if found else None

    def select(self, alias: str) -> list[Json] | Unknown:
        """Return what an alias selects: one value (None where missing), or with `[*]` any number."""
        if not self.same_type(alias):
            return []
        found = []
        for place in self.places(alias):
            value = at(self.resource, place)
            if isinstance(value, Unknown) and place[-1:] == ("\0array",):
                return value
            found.append(value)
        return found

    def same_type(self, alias: str) -> bool:
        """Say whether an alias is of the resource's type: of another one it selects nothing."""
        resource_type = member(self.resource, "type")
        namespace_and_type, _, _ = alias.rpartition("/")
        if not isinstance(resource_type, str) or "/" not in namespace_and_type:
            return True
        return namespace_and_type.lower() == resource_type.lower()

    def places(self, alias: str) -> list[Place]:
        """Return where the values are that an alias selects, by the uniform rule."""
        return list(follow(self.resource, (), steps(alias.rpartition("/")[2])))

    # -- counts --

    def count(self, count: Mapping[str, Json], operator: str, operand: Json) -> Truth:
        """Return what the comparison of a count says, for every count that unknown members leave possible."""
        answers = [*self.field_count(count)] if "field" in count else [*self.value_count(count)]
        open_ended = UNCOUNTED in answers
        at_least, at_most = answers.count(True), len(answers) - answers.count(False)
        target = self.value(operand)
        results = {OPERATORS[operator](number, target) for number in range(at_least, 1000 if open_ended else at_most + 1)}
        if open_ended and len(results) == 1:
            raise UnspecifiedError("how often an unknown array is counted")
        return results.pop() if len(results) == 1 else None

    def field_count(self, count: Mapping[str, Json]) -> Iterator[Truth | str]:
        """Yield what `where` says of each member of an array of the resource; `UNCOUNTED` for an array that is not known."""
        alias = self.value(count["field"])
        if not self.same_type(alias):
            return
        whole = self.resource
        for place in self.places(alias):
            value = at(whole, place)
            if isinstance(value, Unknown) and place[-1:] == ("\0array",):
                yield UNCOUNTED
                continue
            self.resource = self.alone(whole, place)
            self.scopes.append((alias.lower(), value))
            try:
                yield self.condition(count["where"]) if "where" in count else True
            finally:
                self.scopes.pop()
                self.resource = whole

    def alone(self, resource: Mapping[str, Json], place: Place) -> Mapping[str, Json]:
        """Return a copy of a resource in which every array on the way to a place has only the member on that way."""
        narrowed = copy.deepcopy(resource)
        node: Json = narrowed
        for step in place:
            if isinstance(step, int):
                node[:] = [node[step]]
                node = node[0]
            else:
                node = node[step] if isinstance(node, dict) and step in node else None
        return narrowed

    def value_count(self, count: Mapping[str, Json]) -> Iterator[Truth]:
        """Yield what `where` says of each member of a given array."""
        array = self.value(count["value"])
        if not isinstance(array, list):
            raise FailedError("the counted value is no array")
        for one in array:
            self.scopes.append((str(count.get("name", "default")).lower(), one))
            try:
                yield self.condition(count["where"]) if "where" in count else True
            finally:
                self.scopes.pop()

    # -- values and the functions that need the rule --

    def value(self, value: Json) -> Json:
        """Return a JSON value with its expressions evaluated."""
        if isinstance(value, str):
            return Run(value[1:-1], self).whole() if is_expression(value) else unescaped(value)
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if isinstance(value, dict):
            return {key: self.value(one) for key, one in value.items()}
        return value

    def host(self, name: str, arguments: Sequence[Json]) -> Json:
        """Return what a function that looks outside its arguments says."""
        functions: dict[str, Callable[..., Json]] = {
            "field": self.field_function,
            "parameters": self.parameter,
            "current": self.current,
            "utcnow": lambda: self.context["utcnow"],
            "resourcegroup": lambda: self.context["resourcegroup"],
            "subscription": lambda: self.context["subscription"],
        }
        return functions[name](*arguments)

    def field_function(self, name: str) -> Json:
        """Return what `field()` returns: "" for a missing value, an array for `[*]`."""
        seen = self.resource
        self.resource = seen if self.asked is None else self.asked
        try:
            found: Json = self.select(name) if "[*]" in name else self.field(name)
        finally:
            self.resource = seen
        if isinstance(found, Unknown):
            raise UnresolvedError
        if "[*]" in name and isinstance(found, list) and None in found:
            if name.endswith("[*]"):
                raise UnspecifiedError("what field() says of members that are null")
            found = [one for one in found if one is not None]
        if any(isinstance(one, Unknown) for one in leaves(found)):
            raise UnspecifiedError("what an expression makes of unknown members")
        return "" if found is None else found

    def parameter(self, name: str) -> Json:
        """Return the value of a parameter."""
        if name.lower() not in self.parameters:
            raise FailedError("the parameter has no value")
        return self.parameters[name.lower()]

    def current(self, name: str | None = None) -> Json:
        """Return the member of the iteration that a name or an alias means."""
        if name is None:
            return known(self.scopes[-1][1])
        wanted = name.lower()
        for scope, value in reversed(self.scopes):
            if scope == wanted:
                return known(value)
            if wanted.startswith(scope + "."):
                found = self.select(name)
                inner = found[0] if isinstance(found, list) else found
                if inner is None:
                    raise UnspecifiedError("what current() says of a missing property")
                return known(inner)
        raise UnspecifiedError("current() of an array that is not counted here")


def group_of(resource: Mapping[str, Json]) -> str:
    """Return the subscription and the resource group of a resource."""
    return "/".join(resource["id"].lower().split("/")[:5])


def known(value: Json) -> Json:
    """Return a value that an expression may work with."""
    if isinstance(value, Unknown):
        raise UnresolvedError
    if any(isinstance(one, Unknown) for one in leaves(value)):
        raise UnspecifiedError("what an expression makes of unknown members")
    return value


def lowered(mapping: Mapping[str, Json]) -> dict[str, Json]:
    """Return a mapping with lowercase keys."""
    return {key.lower(): value for key, value in mapping.items()}


def leaves(value: Json) -> Iterator[Json]:
    """Yield everything in a value that is no array or object."""
    if isinstance(value, dict):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    else:
        yield value


def key_of(node: Json, name: str) -> str | None:
    """Return the key of an object that is this name in any casing."""
    return next((key for key in node if key.lower() == name.lower()), None) if isinstance(node, dict) else None


def member(node: Json, name: str) -> Json:
    """Return a member of an object, None where it has none; of an unknown object, the unknown."""
    if isinstance(node, Unknown):
        return node
    key = key_of(node, name)
    return None if key is None else node[key]


def tag_name(field: str) -> str:
    """Return the tag that a field such as `tags.x`, `tags[x]`, `tags['x']` or `tags['''x''']` means."""
    name = field[5:].removesuffix("]") if field[4] == "[" else field[5:]
    if name.startswith("'") and name.endswith("'") and len(name) > 1:
        name = name[1:-1].replace("''", "'")
    return name


def normal_location(value: Json) -> Json:
    """Return a location, or several, in lower case without spaces."""
    if isinstance(value, list):
        return [normal_location(one) for one in value]
    return value.replace(" ", "").lower() if isinstance(value, str) else value


def steps(path: str) -> list[str]:
    """Split a property path: `routes[*].hop` is `routes`, `[*]`, `hop`."""
    return [step for part in path.split(".") for step in part.replace("[*]", "\0[*]").split("\0")]


def follow(node: Json, place: Place, path: list[str]) -> Iterator[Place]:
    """Yield the places a path leads to from a node: one, or one for each member of the arrays that `[*]` goes through."""
    if not path:
        yield place
    elif isinstance(node, Unknown):
        yield (*place, "\0array") if "[*]" in path else place
    elif path[0] == "[*]":
        if isinstance(node, list):
            for index, one in enumerate(node):
                yield from follow(one, (*place, index), path[1:])
        elif node is not None:
            raise UnspecifiedError("what [*] selects of a value that is no array")
    else:
        inner, key = into(node, path[0], at_root=not place)
        if key is None:
            if "[*]" not in path:
                yield ABSENT
            return
        holder = node[inner] if inner else node
        yield from follow(holder[key], (*place, *([inner] if inner else []), key), path[1:])


def into(node: Json, name: str, *, at_root: bool) -> tuple[str | None, str | None]:
    """Return the `properties` key to go through, if any, and the key of a member; the key is None where there is none."""
    properties = key_of(node, "properties")
    if properties is not None and isinstance(node[properties], Unknown):
        raise UnspecifiedError("members of unknown properties")
    if properties is not None and isinstance(node[properties], dict):
        key = key_of(node[properties], name)
        if key is not None:
            return properties, key
    if at_root and name.lower() not in ENVELOPE:
        return None, None
    return None, key_of(node, name)


def at(resource: Json, place: Place) -> Json:
    """Return the value at a place."""
    if place == ABSENT:
        return None
    for step in place:
        if step != "\0array" and not isinstance(resource, Unknown):
            resource = resource[step]
    return resource
