"""Deployments within deployments (Microsoft: linked-templates): where they deploy to, what they see, and what they give back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from s2sguard.collect.arm_template.functions import FOLDER
from s2sguard.collect.arm_template.index import Outputs
from s2sguard.collect.arm_template.interface import Linked
from s2sguard.collect.arm_template.names import Path, at
from s2sguard.collect.arm_template.place import NOT_NAMED, Place, Text, read_scope, text_of
from s2sguard.collect.arm_template.run import MAX_NESTING
from s2sguard.collect.arm_template.scope import Given, Scope, key_of
from s2sguard.expression import Json, Open, Partial, UnknownValue
from s2sguard.expression.partial import token
from s2sguard.model.members import find, member
from s2sguard.model.value import Unknown

if TYPE_CHECKING:
    from s2sguard.collect.arm_template.resources import Instance
    from s2sguard.collect.arm_template.values import Env

_DEPLOYMENTS: Final = "microsoft.resources/deployments"
_NOT_READ: Final = Unknown("what a linked template gives back, which was not read")
_DEEP: Final = f"deployments are nested more than {MAX_NESTING} levels deep; what is below was not read"
_LINK: Final = "a linked template that is not here: give it as a file below the folder of this template; what it deploys was not read"
_SPEC: Final = "a template spec, which only Azure has; what it deploys was not read"
_NO_TEMPLATE: Final = "a deployment without a template that can be read; what it deploys was not read"
_NO_PARAMETERS: Final = "a linked parameter file that is not here; its values are not known"
_ELSEWHERE: Final = Unknown("kept in a linked parameter file that is not here")
VAULT: Final = Unknown("kept in a key vault")


def is_deployment(resource_type: str) -> bool:
    """Say whether a type is that of a deployment."""
    return resource_type.strip("/ ").lower() == _DEPLOYMENTS


def target_of(home: Place, env: Env, raw: Mapping[str, object], path: Path) -> Place:
    """Return where a nested deployment deploys to: `scope`, `subscriptionId` and `resourceGroup` of its declaration, else `home`."""
    scope = _asked(env, raw, path, "scope")
    found = read_scope(scope if isinstance(scope, Partial) or scope.startswith("/") else f"/providers/{scope}") if scope else None
    if found is not None:
        return found
    subscription, group = _asked(env, raw, path, "subscriptionid"), _asked(env, raw, path, "resourcegroup")
    if group:
        return home.in_group(group, subscription)
    return home.in_subscription(subscription) if subscription else home


def _asked(env: Env, raw: Mapping[str, object], path: Path, name: str) -> Text | None:
    found = find(raw, name)
    value = env.value(found[1], (path, found[0])) if found is not None else None
    if isinstance(value, Unknown) and not isinstance(value, Partial):
        return token(f"{name}~{key_of(env.scope, '', path)}", NOT_NAMED)
    return value if isinstance(value, str | Partial) else None


class Nested:
    """What one nested deployment deploys; worked out at the first question."""

    __slots__ = ("_busy", "_done", "_instance", "instances", "scope")

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._busy = self._done = False
        self.scope: Scope | None = None
        """None where there is no template that can be read."""
        self.instances: list[Instance] = []

    def prepare(self) -> None:
        """Find the template and name its resources. Raises `UnknownValue` where that needs itself."""
        from s2sguard.collect.arm_template.resources import declare

        if self._done:
            return
        if self._busy:
            raise UnknownValue(Unknown("a deployment that refers to itself"))
        self._busy = True
        try:
            self.scope = self._opened()
            if self.scope is not None:
                self.instances = declare(self.scope, self.scope.env)
        finally:
            self._busy, self._done = False, True

    def properties(self) -> Json:
        """Return what others see of it: its outputs."""
        self.prepare()
        if self.scope is None:
            raise UnknownValue(_NOT_READ)
        return Open("only known after deployment", {"outputs": Outputs("only known after deployment", {}, self.scope)})

    def _opened(self) -> Scope | None:
        outer, env = self._instance.owner, self._instance.env
        properties = find(self._instance.written(), "properties")
        body, path = (properties[1], (self._instance.path, properties[0])) if properties is not None else (None, self._instance.path)
        if outer.depth >= MAX_NESTING:
            outer.run.gap("too-deep", _DEEP, env.scope.source(path))
            return None
        place = target_of(outer.place, env, self._instance.written(), self._instance.path)
        key = key_of(outer, text_of(self._instance.id), self._instance.path)
        template = find(body, "template")
        if template is None:
            return self._linked(body, path, place, key)
        if not isinstance(template[1], Mapping):
            outer.run.gap("unreadable-value", _NO_TEMPLATE, env.scope.source(path))
            return None
        inner = self._inner(body, path)
        given = self._given(body, path) if inner else {}
        scope = Scope(
            outer.run,
            template[1],
            file=env.scope.file,
            path=(path, template[0]),
            place=place,
            name=self._instance.name,
            link=env.scope.link,
            given=given,
            key=key,
            depth=outer.depth + 1,
        )
        if not inner:
            scope.env = env
        return scope

    def _inner(self, body: object, path: Path) -> bool:
        """Say whether expressions of the template belong to it; they belong to the one around it unless it says otherwise."""
        options = find(body, "expressionevaluationoptions")
        if options is None:
            return False
        value = self._instance.env.value(member(options[1], "scope"), (path, options[0]))
        return isinstance(value, str) and value.strip().lower() == "inner"

    def _linked(self, body: object, path: Path, place: Place, key: str) -> Scope | None:
        outer, env = self._instance.owner, self._instance.env
        link = find(body, "templatelink")
        where = (path, link[0]) if link is not None else path
        found = self._read(link[1], where) if link is not None else None
        if found is None or not isinstance(found.value, Mapping):
            reason = _NO_TEMPLATE if link is None else _SPEC if member(link[1], "id") is not None else _LINK
            outer.run.gap("unreadable-value", reason, env.scope.source(where))
            return None
        return Scope(
            outer.run,
            found.value,
            file=found.file,
            path="",
            place=place,
            name=self._instance.name,
            link=found.linked,
            given=self._given(body, path),
            key=key,
            depth=outer.depth + 1,
        )

    def _read(self, link: object, path: Path) -> Linked | None:
        """Return the file a link leads to; each is asked for once."""
        scope = self._instance.env.scope
        for name in ("relativepath", "uri"):
            value = self._instance.env.value(member(link, name), at(path, link, name))
            if not isinstance(value, str | Partial) or not value:
                continue
            target = value if isinstance(value, str) else "".join(value.literals).lstrip("/" if FOLDER in value.parts else "")
            if scope.link is None or not target:
                return None
            wanted = (scope.file, target)
            if wanted not in scope.run.links:
                scope.run.links[wanted] = scope.link(target)
            return scope.run.links[wanted]
        return None

    def _given(self, body: object, path: Path) -> dict[str, Given]:
        """Return the values handed down, each worked out in the template around it when it is used."""
        found = find(body, "parameters")
        env = self._instance.env
        if found is None:
            return self._from_file(body, path)
        value, where = found[1], (path, found[0])
        if isinstance(value, str):
            value = env.value(value, where)
        if not isinstance(value, Mapping):
            return _Every(Unknown("handed down as a whole that is not known"))
        return {name: partial(_handed, env, one, (where, name)) for name, one in value.items()}

    def _from_file(self, body: object, path: Path) -> dict[str, Given]:
        link = find(body, "parameterslink")
        if link is None:
            return {}
        found = self._read(link[1], (path, link[0]))
        values = member(found.value, "parameters") if found is not None else None
        if not isinstance(values, Mapping):
            scope = self._instance.env.scope
            scope.run.gap("unreadable-value", _NO_PARAMETERS, scope.source((path, link[0])), text_of(self._instance.id))
            return _Every(_ELSEWHERE)
        return {name: partial(_literal, one) for name, one in values.items()}


class _Every(dict[str, Given]):
    """The same unknown value for every parameter."""

    def __init__(self, value: Unknown) -> None:
        super().__init__()
        self._value = value

    def get(self, _name: str, _default: object = None) -> Given:
        return lambda: self._value


def _handed(env: Env, one: object, path: Path) -> Json:
    found = find(one, "value")
    if found is not None:
        return env.value(found[1], (path, found[0]))
    return VAULT if find(one, "reference") is not None else None


def _literal(one: object) -> Json:
    """Return a value of a parameter file, where nothing is an expression."""
    found = find(one, "value")
    return found[1] if found is not None else VAULT if find(one, "reference") is not None else None
