"""Following references through the configuration of a plan, because most ids of a first plan are known only after apply.

A plan's configuration says which resources an expression mentions, not how it combines them ("JSON Output Format", expressions).
So an answer is given only where every reading of the expression leads to the same instance; anything else is unknown.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import islice

from s2sguard.collect.terraform.address import Key, Mode, ModulePath, Part, heads, split_module, tokens
from s2sguard.collect.terraform.configuration import mapping
from s2sguard.collect.terraform.instance import Instance, InstanceKey
from s2sguard.collect.terraform.plan import Plan
from s2sguard.collect.terraform.value import Expression, Written, references, written

_LOCAL = "it comes through a local value, which a plan does not show"
_UNSEEN = "its expression is not in the input (dynamic blocks and states have none)"
_ABSENT = "it refers to something the plan does not hold"
NOT_AN_ID = "it is built from something other than an id"
_DEEP = "its references are nested too deeply"
SEVERAL = "it refers to several instances, and the plan does not say which one"
_OWN_ATTRIBUTES = {"id", "name"}
_LARGEST_SET = 1000
"""Instances a set of ids may have; a gateway has at most 500 NAT rules (azure.md 4.7)."""
_BUDGET = 2000
_DEEPEST = 100
"""Expressions followed for one value, in all and one inside the other: far above real configurations, and a bound for hostile ones."""


@dataclass(frozen=True, slots=True)
class Target:
    """An instance an expression mentions, and what follows it (`.id`, `.link[0].id`, or nothing)."""

    instance: Instance
    rest: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: module instance, instance key of the block (`each.key`, `count.index`), all its keys."""

    module: ModulePath
    key: Key = None
    siblings: AbstractSet[Key] = frozenset()
    for_each: Expression = Written.UNSEEN


@dataclass(slots=True)
class Trace:
    """Everything one expression leads to."""

    targets: list[Target] = field(default_factory=list)
    opaque: str = ""
    """Why it cannot be followed to the end; empty if it can."""
    several: bool = False
    """Some resource with several instances is mentioned without a key that can be resolved."""
    whole: bool = True
    """All instances of one resource are mentioned, and nothing else: a splat or a for expression."""
    steps: int = 0
    depth: int = 0

    def give_up(self, reason: str) -> None:
        """Note the first reason why the expression cannot be followed."""
        self.opaque = self.opaque or reason


class Tracer:
    """Follows expressions from resource to resource, into and out of modules."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._keys = {block: frozenset(siblings) for block, siblings in plan.by_block.items()}
        self._module_keys: dict[tuple[ModulePath, str], set[Key]] = {}
        for path in dict.fromkeys(instance.module for instance in plan.instances):
            for depth, (name, key) in enumerate(path):
                self._module_keys.setdefault((path[:depth], name), set()).add(key)

    def trace(self, instance: Instance, expression: Expression) -> Trace:
        """Return what an expression of an instance leads to."""
        found = Trace()
        scope = Scope(instance.module, instance.key, self._keys.get(instance.block, frozenset()), instance.for_each)
        self._follow(expression, scope, (), found, None)
        return found

    def _follow(self, expression: Expression, scope: Scope, rest: tuple[Part, ...], found: Trace, hint: _Hint | None) -> None:
        if found.steps >= _BUDGET or found.depth >= _DEEPEST:
            found.give_up(_DEEP)
            return
        found.steps += 1
        found.depth += 1
        self._expression(expression, scope, rest, found, hint)
        found.depth -= 1

    def _expression(self, expression: Expression, scope: Scope, rest: tuple[Part, ...], found: Trace, hint: _Hint | None) -> None:
        listed = references(expression)
        if listed is None:
            found.give_up(_UNSEEN)
            return
        parsed = [tokens(text) for text in heads(listed)]
        known = [parts for parts in parsed if parts]
        if len(known) != len(parsed):
            found.give_up(NOT_AN_ID)
            return
        markers = [parts for parts in known if _is_marker(parts)]
        others = [parts for parts in known if not _is_marker(parts)]
        # Only `R[each.key]` alone is certain: next to other references the index could be anything.
        own = _Hint(scope.key, scope.siblings) if markers and len(others) == 1 else None
        found.whole = found.whole and not markers and len(others) == 1
        for parts in others:
            self._one(parts, scope, rest, found, own or (hint if len(others) == 1 and not markers else None))

    def _one(self, parts: tuple[Part, ...], scope: Scope, rest: tuple[Part, ...], found: Trace, hint: _Hint | None) -> None:
        root = parts[0].step
        second = parts[1].step if len(parts) > 1 else None
        if root == "each" and second == "value":
            self._follow(scope.for_each, scope, (*parts[2:], *rest), found, _Hint(scope.key, scope.siblings))
        elif root == "var" and isinstance(second, str):
            self._variable(second, scope, (*parts[2:], *rest), found, hint)
        elif root == "module":
            self._module(parts, scope, rest, found, hint)
        elif root == "local":
            found.give_up(_LOCAL)
        elif root in {"path", "terraform"}:
            return
        elif root == "data" and len(parts) > 2:
            self._resource((scope.module, "data", str(second), str(parts[2].step)), (*parts[3:], *rest), found, hint)
        elif second is not None and not parts[1].index:
            self._resource(_managed(scope.module, root, second), (*parts[2:], *rest), found, hint)
        else:
            found.give_up(NOT_AN_ID)

    def _variable(self, name: str, scope: Scope, rest: tuple[Part, ...], found: Trace, hint: _Hint | None) -> None:
        if not scope.module:
            return  # A root variable is known when the plan is made, so it is not what is unknown here.
        caller = self._plan.configuration.calls.get(tuple(call for call, _ in scope.module), {})
        expression = mapping(caller.get("expressions")).get(name)
        if expression is None:
            return  # The variable has its default, which is a constant.
        parent, (call, key) = scope.module[:-1], scope.module[-1]
        outer = Scope(parent, key, self._module_keys.get((parent, call), frozenset()), written(caller.get("for_each_expression")))
        self._follow(written(expression), outer, rest, found, hint)

    def _module(self, parts: tuple[Part, ...], scope: Scope, rest: tuple[Part, ...], found: Trace, hint: _Hint | None) -> None:
        path, remaining = split_module(parts)
        if len(path) != 1:
            found.give_up(NOT_AN_ID)
            return
        (name, key) = path[0]
        call = self._plan.configuration.calls.get((*(step for step, _ in scope.module), name))
        keys = self._module_keys.get((scope.module, name), set())
        if call is None or not keys:
            found.give_up(_ABSENT)
            return
        # A whole module passed on keeps what is taken of it for later; a dynamic index hides it.
        remaining = remaining or (rest if key in keys else ())
        if key is None and keys != {None}:
            key, hint = (next(iter(keys)) if len(keys) == 1 else hint.pick(keys) if hint is not None else None), None
        if key not in keys:
            found.give_up(SEVERAL)
            return
        outputs = mapping(mapping(call.get("module")).get("outputs"))
        named = bool(remaining) and not remaining[0].index
        inner = Scope((*scope.module, (name, key)))
        for output in [str(remaining[0].step)] if named else list(outputs):
            expression = written(mapping(outputs.get(output)).get("expression"))
            after = remaining[1:] if remaining is rest else (*remaining[1:], *rest)
            self._follow(expression, inner, after, found, hint)

    def _resource(self, block: InstanceKey, rest: tuple[Part, ...], found: Trace, hint: _Hint | None) -> None:
        siblings = self._plan.by_block.get(block)
        if not siblings:
            found.give_up(_ABSENT)
            return
        if rest and rest[0].step in siblings and (rest[0].index or rest[0].step not in _OWN_ATTRIBUTES):
            # `R["red"].id`, and `module.m.ids["red"].id` where the module gives out its instances by key.
            found.targets.append(Target(siblings[rest[0].step], rest[1:]))
        elif rest and rest[0].index and len(siblings) > 1:
            found.give_up(_ABSENT)
        elif len(siblings) == 1:
            found.targets.append(Target(next(iter(siblings.values())), rest))
        elif hint is not None and (key := hint.pick(siblings.keys())) is not None:
            found.targets.append(Target(siblings[key], rest))
        else:
            found.several = True
            found.whole = found.whole and len(siblings) <= _LARGEST_SET
            # Two are enough to say that there are several.
            shown = siblings.values() if found.whole else islice(siblings.values(), 2)
            found.targets.extend(Target(instance, rest) for instance in shown)


@dataclass(frozen=True, slots=True)
class _Hint:
    """The key of the block an expression stands in, for `R[each.key]` and `R[count.index]`."""

    key: Key
    siblings: AbstractSet[Key]

    def pick(self, keys: AbstractSet[Key]) -> Key:
        """Return the same key of the other side, or None.

        `count.index + 1` looks like `count.index` in a plan, so numbers count only where both sides have the same ones.
        """
        if self.key not in keys:
            return None
        return self.key if isinstance(self.key, str) or keys == self.siblings else None


def _is_marker(parts: tuple[Part, ...]) -> bool:
    return (parts[0].step, parts[1].step if len(parts) > 1 else None) in {("each", "key"), ("count", "index")}


def _managed(module: ModulePath, type_: object, name: object) -> InstanceKey:
    mode: Mode = "managed"
    return module, mode, str(type_), str(name)
