"""A definition held against the aliases that are confirmed to exist (facts 2), which are a part of those that Azure has.

An alias that is missing from that part may exist all the same, so it is doubtful and not wrong.
Of other resource types nothing is confirmed and nothing can be said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from s2sguard.azure_policy.language.aliases import Alias, AliasCatalogue
from s2sguard.azure_policy.language.fields import split_alias
from s2sguard.azure_policy.language.outcome import Problem
from s2sguard.azure_policy.language.text import did_you_mean
from s2sguard.azure_policy.language.written import Written, written_names
from s2sguard.azure_policy.shipped.definitions import load_aliases
from s2sguard.azure_policy.shipped.lint_rules import Reader
from s2sguard.collect.resource_types import KNOWN_TYPES

GIVE: Final = "give the aliases that exist with --aliases"
_NO_ALIASES: Final = ("tags", "identity.")
"""How fields begin that may hold a slash and are no aliases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One alias that may not exist."""

    alias: str
    problem: Problem
    decides: bool
    """True in the `if` block, where an alias that does not exist makes the rule apply to nothing (policy-applicability)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the confirmed aliases say about one definition."""

    catalogue: AliasCatalogue
    """The confirmed aliases and every other one that the definition names, so that it compiles."""
    doubts: tuple[Doubt, ...]
    """Aliases of types that we have confirmed aliases of, at each place where they stand."""
    unchecked: tuple[Problem, ...]
    """One for each resource type that we have no aliases of, where it stands first."""


def hold_against_confirmed(document: Mapping[str, Any]) -> Held:
    """Return what is doubtful about the aliases of a definition in any of its shapes, whether it compiles or not."""
    known = load_aliases()
    types = {split_alias(alias.name)[0].lower(): split_alias(alias.name)[0] for alias in known}
    reader = Reader(document, deepest=0)
    doubts: list[Doubt] = []
    unchecked: dict[str, Problem] = {}
    others: list[Alias] = []
    for written in written_names(reader.rule, reader.rule_pointer):
        kind = _type_of(written)
        if not kind or written.name in known:
            continue
        others.append(Alias(name=written.name))
        if kind.lower() in types:
            doubts.append(_doubt(written, known, decides=_is_below_if(written.pointer, reader.rule_pointer)))
        else:
            unchecked.setdefault(kind.lower(), _unchecked(kind, written.pointer, types))
    return Held(catalogue=AliasCatalogue([*known, *others]), doubts=tuple(doubts), unchecked=tuple(unchecked.values()))


def _type_of(written: Written) -> str:
    """Return the resource type of an alias; empty for fields, and for names that are put together at run time."""
    return "" if written.computed or written.name.lower().startswith(_NO_ALIASES) else split_alias(written.name)[0]


def _is_below_if(pointer: str, rule: str) -> bool:
    return pointer[len(rule) :].lower().startswith("/if")


def _doubt(written: Written, known: AliasCatalogue, *, decides: bool) -> Doubt:
    then = "Azure ignores the whole rule" if decides else "the effect does not do what it says"
    problem = Problem(
        pointer=written.pointer,
        message=f"`{written.name}` is not among the confirmed aliases; if it does not exist, {then}",
        hint=known.hint(written.name) or GIVE,
    )
    return Doubt(alias=written.name, problem=problem, decides=decides)


def _unchecked(kind: str, pointer: str, types: Mapping[str, str]) -> Problem:
    return Problem(pointer=pointer, message=f"aliases of `{kind}` are not checked", hint=_meant(kind, types) or GIVE)


def _meant(kind: str, types: Mapping[str, str]) -> str:
    """Return a hint for a type that is none as far as we know, and looks like one that we have aliases of."""
    if any(kind.lower() == known.lower() for known in KNOWN_TYPES):
        return ""
    provider, _, name = kind.partition("/")
    start = f"{provider.lower()}/"
    # Only what follows the provider is compared, or its length would make every type alike.
    return did_you_mean(name, (types[one][len(start) :] for one in types if one.startswith(start)), before=f"{provider}/")
