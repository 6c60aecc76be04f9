"""The definitions that an initiative may refer to, found by their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from s2sguard.azure_policy.language.aliases import AliasCatalogue
from s2sguard.azure_policy.language.outcome import PolicyError, Problem
from s2sguard.azure_policy.language.policy import Policy, compile_policy
from s2sguard.azure_policy.language.scope import MissingArray
from s2sguard.azure_policy.language.text import did_you_mean, fold, member
from s2sguard.expression.interface import Json

Definitions: TypeAlias = Mapping[str, Mapping[str, Json] | Policy] | Iterable[Mapping[str, Json] | Policy]


class Library:
    """The definitions an initiative may refer to, by full id or by name; each is compiled when first asked for."""

    __slots__ = ("_aliases", "_by_id", "_compiled", "_missing_array")

    def __init__(self, definitions: Definitions, aliases: AliasCatalogue | Json | None, missing_array: MissingArray) -> None:
        self._aliases = aliases if isinstance(aliases, AliasCatalogue) or not aliases else AliasCatalogue.load(aliases)
        self._missing_array = missing_array
        self._compiled: dict[int, Policy | tuple[Problem, ...]] = {}
        self._by_id: dict[str, Mapping[str, Json] | Policy] = {}
        for name, definition in _named(definitions):
            self._by_id.setdefault(fold(name).rstrip("/"), definition)
        for name, definition in list(self._by_id.items()):
            self._by_id.setdefault(name.rpartition("/")[2], definition)

    def find(self, definition_id: str) -> Policy | tuple[Problem, ...] | None:
        """Return a definition, the problems that keep it from compiling, or None where there is none with this id."""
        wanted = fold(definition_id).rstrip("/")
        found = self._by_id.get(wanted) or self._by_id.get(wanted.rpartition("/")[2])
        if found is None or isinstance(found, Policy):
            return found
        if id(found) not in self._compiled:
            try:
                self._compiled[id(found)] = compile_policy(found, self._aliases, missing_array=self._missing_array)
            except PolicyError as error:
                self._compiled[id(found)] = error.problems
        return self._compiled[id(found)]

    def near(self, definition_id: str) -> str:
        """Return a hint that names definitions with an id like this one."""
        return did_you_mean(definition_id.rpartition("/")[2], (name for name in self._by_id if "/" not in name))


def _named(definitions: Definitions) -> Iterable[tuple[str, Mapping[str, Json] | Policy]]:
    if isinstance(definitions, Mapping):
        yield from ((name, one) for name, one in definitions.items() if isinstance(name, str) and isinstance(one, Mapping | Policy))
        documents: Iterable[Json] = definitions.values()
    else:
        documents = definitions = list(definitions)
    for document in documents:
        if isinstance(document, Mapping):
            yield from ((name, document) for key in ("id", "name") if isinstance(name := member(document, key), str))
