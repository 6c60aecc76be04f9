"""What the rules of `policy check` are compiled and evaluated with, and what that says about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from s2sguard.cli.policy.inputs import Definition, by_place, in_casing

if TYPE_CHECKING:
    from s2sguard.azure_policy import Problem
    from s2sguard.azure_policy.language.aliases import AliasCatalogue
    from s2sguard.azure_policy.language.parameters import Declaration

FilesWithProblems = Sequence[tuple[str, "tuple[Problem, ...]"]]


class NotValidError(Exception):
    """Definitions or parameters that do not compile: every problem of every file."""

    def __init__(self, files: FilesWithProblems) -> None:
        super().__init__("not valid")
        self.files = files


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the rules are compiled and evaluated with."""

    aliases: AliasCatalogue | None
    given: Mapping[str, Any]
    context: Mapping[str, Any] | None
    effect: str | None
    """As it was typed."""
    file: str | None
    """What `--parameters` names."""

    def fitted(self, declared: Mapping[str, Declaration]) -> Circumstances:
        """Return the same with the effect of the command line in the casing that is declared."""
        one = declared.get("effect")
        if self.effect is None or one is None:
            return self
        return replace(self, given={**self.given, "effect": in_casing(self.effect, one.allowed or ())})

    def refused(self, problems: Iterable[Problem], file: str) -> NotValidError:
        """Return the error for values of parameters that `file` declares, at the place where the user wrote them."""
        named = [replace(problem, message=f"{problem.message} ({file})") for problem in problems]
        return NotValidError(by_place(named, effect=self.effect, parameters=self.file))


def held(definitions: Mapping[str, Definition | None], how: Circumstances) -> dict[str, Any]:
    """Return what is doubtful about the aliases of definitions (by reference id) that were compiled without a catalogue."""
    from s2sguard.azure_policy.shipped.confirmed import hold_against_confirmed

    every = {
        name: hold_against_confirmed(definition.document)
        for name, definition in definitions.items()
        if how.aliases is None and definition is not None and definition.ours is None
    }
    found = ((name, problem) for name, one in every.items() for problem in (*(doubt.problem for doubt in one.doubts), *one.unchecked))
    doubts = {name: tuple(doubt for doubt in one.doubts if doubt.decides) for name, one in every.items()}
    return {
        "notes": tuple(
            dict.fromkeys(f"{name}: {problem.message}{f' ({problem.hint})' if problem.hint else ''}" for name, problem in found)
        ),
        "doubts": {name: one for name, one in doubts.items() if one},
    }
