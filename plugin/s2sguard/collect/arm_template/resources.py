"""The resources a template declares, one for each iteration of their loops, and their values, worked out when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from s2sguard.collect.arm_template.names import Path, at
from s2sguard.collect.arm_template.naming import Named, named
from s2sguard.collect.arm_template.nested import Nested, is_deployment, target_of
from s2sguard.collect.arm_template.place import Place, Text, text_of
from s2sguard.collect.arm_template.run import MAX_COPIES, STEPS_OF_A_MEMBER, TOO_LONG_A_LOOP
from s2sguard.collect.arm_template.scope import Scope
from s2sguard.collect.arm_template.values import Env
from s2sguard.expression import ExpressionFailure, Json, Partial
from s2sguard.expression.partial import token
from s2sguard.model.arm_types import CONNECTION
from s2sguard.model.members import find, member
from s2sguard.model.value import Unknown

BESIDE: Final = ("extendedlocation", "identity", "kind", "location", "managedby", "plan", "sku", "tags", "zones")
"""What a resource has beside its properties, in lowercase."""
_MAY_CONNECT: Final = frozenset({CONNECTION.lower(), "microsoft.network/virtualnetworkgatewayconnections"})
_NO_TYPE: Final = "a resource without a type that can be read, so nobody knows what it is"
_COUNT: Final = "the number of copies of a resource is not known: there may be more than the one that was read"
_TOO_MANY: Final = f"a resource has more than {MAX_COPIES} copies, which Azure refuses; none of them was read"
_CONDITION: Final = "whether it is deployed is not known; it was read as if it is"


class Instance:
    """One resource that a deployment brings about, or refers to."""

    __slots__ = ("_busy", "_properties", "_raw", "env", "existing", "nested", "owner", "path", "who")

    def __init__(self, owner: Scope, env: Env, raw: Mapping[str, object], path: Path, who: Named) -> None:
        self.owner = owner
        self.env = env
        self.path = path
        self.who = who
        self.existing = member(raw, "existing") is True
        self.nested: Nested | None = None
        """For a deployment: what it deploys."""
        self._raw = raw
        self._properties: Json = ...
        self._busy = False

    @property
    def id(self) -> Text:
        """Return the resource id."""
        return self.who.id

    @property
    def name(self) -> Text:
        """Return the name with those of the parents."""
        return self.who.name

    @property
    def type(self) -> str:
        """Return the full type as written."""
        return self.who.type

    def properties(self) -> Json:
        """Return the properties: an object, null where none are written, or `Unknown`; of a deployment what others see of it."""
        if self._properties is ...:
            if self._busy:
                raise ExpressionFailure("a resource refers to itself")
            self._busy = True
            try:
                self._properties = self._worked_out()
            finally:
                self._busy = False
        return self._properties

    def _worked_out(self) -> Json:
        if self.nested is not None:
            return self.nested.properties()
        found = find(self._raw, "properties")
        if found is None or self.existing:
            return {} if self.existing else None
        with self.env.scope.run.about(text_of(self.id)):
            return self.env.value(found[1], (self.path, found[0]))

    def beside(self) -> dict[str, Json]:
        """Return what stands beside the properties, under the names as written."""
        with self.env.scope.run.about(text_of(self.id)):
            return {key: self.env.value(raw, (self.path, key)) for key, raw in self._raw.items() if key.lower() in BESIDE}

    def whole(self) -> Mapping[str, Json]:
        """Return all of it as `reference(..., 'Full')` does."""
        return {**self.beside(), "id": self.id, "name": self.name, "type": self.type, "properties": self.properties() or {}}

    def written(self) -> Mapping[str, object]:
        """Return the declaration as it stands in the template."""
        return self._raw


def declare(owner: Scope, env: Env) -> list[Instance]:
    """Return the resources of a template in the order written, parents before children, and fill its index."""
    found = find(owner.template, "resources")
    instances: list[Instance] = []
    if found is not None:
        for raw, path, symbol in _declared(found[1], (owner.path, found[0]), owner):
            instances.extend(_expanded(owner, env, raw, path, symbol, None))
    owner.index.ready = True
    return instances


def _declared(value: object, path: Path, owner: Scope) -> Iterator[tuple[Mapping[str, object], Path, str | None]]:
    """Yield declarations with their symbolic names; what is none is a gap that may hide anything."""
    if isinstance(value, Mapping):
        members = [(name, one, name) for name, one in value.items()]
    elif isinstance(value, list):
        members = [(index, one, None) for index, one in enumerate(value)]
    else:
        members = []
        if value is not None:
            owner.run.gap("unknown-shape", "`resources` is neither an array nor an object", owner.source(path))
    for step, one, symbol in members:
        if not isinstance(one, Mapping):
            owner.run.gap("unknown-shape", "a resource of a template is no object", owner.source((path, step)))
        elif member(one, "import") is not None or member(one, "extension") is not None:
            owner.run.gap(
                "unsupported-type", "a resource of an extension, which Azure Resource Manager only passes on", owner.source((path, step))
            )
        else:
            yield one, (path, step), symbol


def _expanded(
    owner: Scope, env: Env, raw: Mapping[str, object], path: Path, symbol: str | None, parent: Named | None
) -> Iterator[Instance]:
    """Yield one declaration's resources: one for each iteration of its loop, with the children in it."""
    loop = member(raw, "copy")
    name = member(loop, "name")
    if loop is None or not isinstance(name, str):
        yield from _one(owner, env, raw, path, symbol, parent)
        return
    where = at(path, raw, "copy")
    count = env.count(member(loop, "count"), at(where, loop, "count"))
    if count is TOO_LONG_A_LOOP:
        owner.run.gap("too-large", _TOO_MANY, env.scope.source(where))
    elif isinstance(count, Unknown):
        inner = env.inside(name, Unknown(f"the index of a loop whose length is not known: {count.reason}"), resource=True)
        for instance in _one(owner, inner, raw, path, symbol, parent):
            hides = is_deployment(instance.type) or instance.type.lower() in _MAY_CONNECT
            owner.run.gap("unreadable-value", _COUNT, env.scope.source(where), None if hides else text_of(instance.id))
            yield instance
    else:
        for index in range(count):
            yield from _one(owner, env.inside(name, index, resource=True), raw, path, (symbol, index) if symbol else None, parent)


def _one(
    owner: Scope,
    env: Env,
    raw: Mapping[str, object],
    path: Path,
    symbol: str | tuple[str, int] | None,
    parent: Named | None,
) -> Iterator[Instance]:
    """Yield one resource, unless its condition is false, and its children, which have conditions of their own."""
    owner.run.budget.spend(STEPS_OF_A_MEMBER * len(raw))
    condition = _condition(env, raw, path)
    who = _named(owner, env, raw, path, parent)
    if who is None:
        return
    if condition is not False:
        owner.run.count(env.scope.source(path))
        if isinstance(condition, Unknown):
            owner.run.gap("unreadable-value", _CONDITION, env.scope.source(at(path, raw, "condition")), text_of(who.id))
        instance = Instance(owner, env, raw, path, who)
        if is_deployment(who.type) and not instance.existing:
            instance.nested = Nested(instance)
        label, number = symbol if isinstance(symbol, tuple) else (symbol, None)
        owner.index.add(instance, label, number)
        yield instance
    found = None if is_deployment(who.type) else find(raw, "resources")
    if found is not None:
        for child, where, label in _declared(found[1], (path, found[0]), owner):
            yield from _expanded(owner, env, child, where, label, who)


def _condition(env: Env, raw: Mapping[str, object], path: Path) -> bool | Unknown:
    found = find(raw, "condition")
    value = True if found is None else env.value(found[1], (path, found[0]))
    if isinstance(value, bool | Unknown):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    return word == "true" if word in {"true", "false"} else Unknown("a condition that is neither true nor false")


def _named(owner: Scope, env: Env, raw: Mapping[str, object], path: Path, parent: Named | None) -> Named | None:
    kind = env.value(member(raw, "type"), at(path, raw, "type"))
    if not isinstance(kind, str) or not (kind.strip("/ ") if parent is not None else "/" in kind.strip("/ ")):
        owner.run.gap("unknown-shape", _NO_TYPE, env.scope.source(path))
        return None
    name = env.value(member(raw, "name"), at(path, raw, "name"))
    if not isinstance(name, str | Partial) or not name:
        name = token(_place(path, env), name.reason if isinstance(name, Unknown) else "the resource has no name")
    base: Text = _base(owner, env, raw, path, kind).id
    extended = None if is_deployment(kind) else _extended(owner, env, raw, path)
    return named(kind, name, base=base if extended is None else extended, parent=parent)


def _base(owner: Scope, env: Env, raw: Mapping[str, object], path: Path, kind: str) -> Place:
    return target_of(owner.place, env, raw, path) if is_deployment(kind) else owner.place


def _extended(owner: Scope, env: Env, raw: Mapping[str, object], path: Path) -> Text | None:
    """Return the id of what `scope` names: a resource that is extended, or another level; None where there is no `scope`."""
    found = find(raw, "scope")
    if found is None or found[1] is None:
        return None
    value = env.value(found[1], (path, found[0]))
    if not isinstance(value, str | Partial):
        reason = value.reason if isinstance(value, Unknown) else "not a scope"
        return token(f"scope of {_place(path, env)}", reason)
    text = text_of(value)
    if text.startswith("/"):
        return value if isinstance(value, Partial) else text.rstrip("/")
    kind, name = _relative(text)
    return named(kind, name, base=owner.place.id, parent=None).id if kind else value


def _relative(text: str) -> tuple[str, str]:
    """Return type and name of a scope written as `provider/type/name/type/name`."""
    provider, *rest = text.split("/")
    return ("/".join([provider, *rest[::2]]), "/".join(rest[1::2])) if len(rest) >= 2 and len(rest) % 2 == 0 else ("", "")


def _place(path: Path, env: Env) -> str:
    """Return what a resource without a readable name is called: where it stands, and in which iteration."""
    steps: list[str] = []
    while not isinstance(path, str):
        path, step = path
        steps.append(str(step))
    loops = "".join(f"[{index}]" for index in env.loops.values() if isinstance(index, int))
    key = f"~{env.scope.key}" if env.scope.key else ""
    return ".".join(reversed(steps)).replace("/", ".") + loops + key
