"""Keys in ARM templates and their parameter files.

A key is a member `sharedKey` (Microsoft.Network/connections, virtual WAN connections and links), or the value of a resource
of type `.../sharedKey`. A parameter is a key where a template uses it as one, or where its name says so and no template is at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from s2sguard.collect.interface import Document
from s2sguard.collect.shared_keys.expressions import Path, Scope, judge, scope_of
from s2sguard.collect.shared_keys.handling import IN_VAULT, names_a_key, protected
from s2sguard.collect.shared_keys.interface import each_once, in_document, place_name
from s2sguard.collect.shared_keys.template_parts import keys_in_outputs, keys_of_deployment_script, keys_of_parameters
from s2sguard.model.inventory import SharedKey
from s2sguard.model.members import member, written
from s2sguard.model.pointer import pointer_to

KEY = "sharedkey"
_MOST_NESTED = 10
_MOST_LEVELS = 60
"""Levels below a resource that are searched; its properties have a handful."""


@dataclass(slots=True)
class _Found:
    """Keys of one template in the order written, and the parameters of the root template that are used as keys."""

    keys: list[SharedKey] = field(default_factory=list)
    used: set[tuple[str, Path]] = field(default_factory=set)
    """Folded name, and the way into its value."""


def keys_of_deployments(templates: Sequence[Document], parameters: Sequence[Document]) -> list[SharedKey]:
    """Return the places in templates and parameter files that give a key, each once."""
    keys: list[SharedKey] = []
    used: set[tuple[str, Path]] = set()
    for document in templates:
        if isinstance(document.value, Mapping):
            found = _Found()
            _template(document.value, "", document.file, found, 0)
            keys += found.keys
            used |= found.used
    for document in parameters:
        keys += keys_of_parameters(document, used)
    return each_once(keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """Where a walk through a template is."""

    scope: Scope
    file: str
    found: _Found
    depth: int

    def deeper(self) -> _Walk:
        return replace(self, depth=self.depth + 1)


def _template(template: Mapping[str, object], pointer: str, file: str, found: _Found, depth: int) -> Scope:
    scope = scope_of(template, pointer)
    _parts(template, pointer, _Walk(scope=scope, file=file, found=found, depth=depth))
    if depth == 0:
        found.used |= scope.paths
    return scope


def _parts(template: Mapping[str, object], pointer: str, walk: _Walk) -> None:
    """Walk the resources of a template, then its outputs, which may show a key that the resources use."""
    _resources(member(template, "resources"), pointer_to(pointer, written(template, "resources")), walk, "")
    walk.found.keys += keys_in_outputs(template, pointer, walk.scope, walk.file)


def _resources(resources: object, pointer: str, walk: _Walk, parent: str) -> None:
    for at, resource in _elements(resources, pointer):
        if not isinstance(resource, Mapping) or walk.depth > _MOST_NESTED:
            continue
        kind = str(member(resource, "type") or "").lower()
        # A child resource may be written with the last part of its type.
        kind = f"{parent}/{kind}" if parent and not kind.startswith(f"{parent}/") else kind
        name = _name(resource)
        if kind == "microsoft.resources/deployments":
            _deployment(resource, at, walk)
            continue
        for where, label, value in _given(resource, at, kind):
            keys = judge(value, walk.scope)
            walk.found.keys += [in_document(walk.file, where, place_name(label, name), judged) for judged in keys]
        if kind == "microsoft.resources/deploymentscripts":
            walk.found.keys += keys_of_deployment_script(resource, at, walk.scope, walk.file)
        _resources(member(resource, "resources"), pointer_to(at, written(resource, "resources")), walk.deeper(), kind)


def _given(resource: Mapping[str, object], at: str, kind: str) -> Iterator[tuple[str, str, object]]:
    """Yield pointer, label and value of each key that a resource is given, but not those of its child resources."""
    properties = member(resource, "properties")
    below = pointer_to(at, written(resource, "properties"))
    if kind.endswith("/sharedkey") and isinstance(properties, Mapping):
        yield pointer_to(below, written(properties, "value")), "value", member(properties, "value")
    # Log Analytics and others have a member of this name too.
    if kind.startswith(("microsoft.network/", "[")):
        yield from _members(properties, below, 0)


def _members(value: object, pointer: str, depth: int) -> Iterator[tuple[str, str, object]]:
    if depth > _MOST_LEVELS:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key.lower() == KEY:
                yield pointer_to(pointer, key), "sharedKey", inner
            else:
                yield from _members(inner, pointer_to(pointer, key), depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _members(inner, pointer_to(pointer, index), depth + 1)


def _deployment(resource: Mapping[str, object], at: str, walk: _Walk) -> None:
    properties = member(resource, "properties")
    if not isinstance(properties, Mapping):
        return
    below = pointer_to(at, written(resource, "properties"))
    template = member(properties, "template")
    used: set[str] | None = None
    if isinstance(template, Mapping):
        where = pointer_to(below, written(properties, "template"))
        inner = str(member(member(properties, "expressionEvaluationOptions"), "scope") or "").strip().lower() == "inner"
        if inner:
            used = _template(template, where, walk.file, walk.found, walk.depth + 1).used
        else:
            # Expressions of an outer-scoped template belong to the template around it.
            _parts(template, where, walk.deeper())
    handed = member(properties, "parameters")
    where = pointer_to(below, written(properties, "parameters"))
    for name, one in handed.items() if isinstance(handed, Mapping) else ():
        if name.lower() in used if used is not None else names_a_key(name):
            walk.found.keys += _handed(one, pointer_to(where, name), f"parameter {name}", walk)


def _handed(one: object, at: str, name: str, walk: _Walk) -> Iterator[SharedKey]:
    if member(one, "reference") is not None:
        yield in_document(walk.file, at, name, protected(IN_VAULT))
        return
    for judged in judge(member(one, "value"), walk.scope):
        yield in_document(walk.file, pointer_to(at, "value"), name, judged)


def _elements(resources: object, pointer: str) -> Iterator[tuple[str, object]]:
    """Yield pointer and value of each resource: of a list, or by symbolic name."""
    if isinstance(resources, list):
        yield from ((pointer_to(pointer, index), one) for index, one in enumerate(resources))
    elif isinstance(resources, Mapping):
        yield from ((pointer_to(pointer, name), one) for name, one in resources.items())


def _name(resource: Mapping[str, object]) -> str:
    name = member(resource, "name")
    return name if isinstance(name, str) and not name.startswith("[") else ""
