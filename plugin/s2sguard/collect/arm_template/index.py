"""The resources of one template, found by id, name or symbolic name, and what `reference` gives of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from s2sguard.collect.arm_template.place import Text, text_of
from s2sguard.expression import ExpressionFailure, Json, Open, Partial, UnknownValue
from s2sguard.model.folding import fold
from s2sguard.model.inventory import fold_id
from s2sguard.model.value import Unknown

if TYPE_CHECKING:
    from s2sguard.collect.arm_template.scope import Scope

ELSEWHERE: Final = Unknown("only known after deployment: it refers to something that is not in the template")
_ADDED: Final = "only known after deployment: the template does not write it"
_EXISTING: Final = "only known to Azure: it is there already"


class Found(Protocol):
    """A resource of a template, as others refer to it."""

    existing: bool

    @property
    def id(self) -> Text:
        """Return the resource id."""

    @property
    def name(self) -> Text:
        """Return the name with those of the parents."""

    @property
    def type(self) -> str:
        """Return the full type."""

    def properties(self) -> Json:
        """Return its properties as far as they are known: an object, or `Unknown`."""

    def whole(self) -> Mapping[str, Json]:
        """Return it with everything beside the properties."""


@dataclass(frozen=True, slots=True, eq=False)
class Outputs(Open):
    """The outputs of a deployment, each worked out when it is asked for."""

    scope: Scope

    def member(self, key: Json) -> Json:
        """Return one output as an object with its value. Raises `Missing` for one the template does not have."""
        if isinstance(key, Unknown):
            raise UnknownValue(key)
        if not isinstance(key, str):
            raise ExpressionFailure("an output is taken by its name")
        return self.scope.output(key)


class Index:
    """What stands in one template; filled before anything refers to it."""

    __slots__ = ("_by_id", "_by_name", "_symbols", "ready")

    def __init__(self) -> None:
        self._by_id: dict[str, Found] = {}
        self._by_name: dict[str, list[Found]] = {}
        self._symbols: dict[str, list[Found] | Found] = {}
        self.ready = False
        """False while names are still being worked out: nothing can be referred to before all are known."""

    def add(self, found: Found, symbol: str | None = None, number: int | None = None) -> None:
        """Add a resource; `number` is its place in a loop of resources."""
        self._by_id.setdefault(fold_id(text_of(found.id)), found)
        self._by_name.setdefault(fold(text_of(found.name)), []).append(found)
        if symbol is None:
            return
        if number is None:
            self._symbols[fold(symbol)] = found
            return
        self._symbols[f"{fold(symbol)}[{number}]"] = found
        several = self._symbols.setdefault(fold(symbol), [])
        if isinstance(several, list):
            several.append(found)

    def find(self, target: Text) -> Found | None:
        """Return the resource of this symbolic name, id, or name if only one has it."""
        written = text_of(target)
        if isinstance(target, str):
            symbolic = self._symbols.get(fold(target))
            if symbolic is not None and not isinstance(symbolic, list):
                return symbolic
        if "/" in written:
            found = self._by_id.get(fold_id(written))
            if found is not None:
                return found
        named = self._by_name.get(fold(written), ())
        return named[0] if len(named) == 1 else None

    def reference(self, target: Json, *, full: bool, scope: Scope) -> Json:
        """Return the properties of a resource of this template as far as it writes them. Raises `UnknownValue` for any other."""
        if not isinstance(target, str | Partial):
            raise ExpressionFailure("`reference` takes the name or the id of a resource")
        found = self.find(target) if self.ready else None
        if found is None:
            raise UnknownValue(ELSEWHERE)
        with scope.run.deeper():
            return _shown(found, full=full)

    def references(self, symbol: str, *, full: bool) -> Json:
        """Return the same for all resources of one symbolic loop, as an array."""
        several = self._symbols.get(fold(symbol)) if self.ready else None
        if not isinstance(several, list):
            raise UnknownValue(ELSEWHERE)
        return [_shown(found, full=full) for found in several]

    def info(self, symbol: str) -> Json:
        """Return what names a resource: its id, name and type."""
        found = self._symbols.get(fold(symbol)) if self.ready else None
        if found is None or isinstance(found, list):
            raise UnknownValue(ELSEWHERE)
        return {"id": found.id, "name": found.name, "type": found.type}


def _shown(found: Found, *, full: bool) -> Json:
    """Return what is known of a resource; Azure may add to it wherever the template writes nothing."""
    if full:
        return Open(_EXISTING if found.existing else _ADDED, found.whole())
    properties = found.properties()
    if found.existing:
        raise UnknownValue(Unknown(_EXISTING))
    return Open(_ADDED, {} if properties is None else properties) if properties is None or isinstance(properties, dict) else properties
