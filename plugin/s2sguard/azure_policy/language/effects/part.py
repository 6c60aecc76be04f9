"""One JSON object of a definition, read member by member in any casing; what is wrong with it becomes a problem."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from s2sguard.azure_policy.language.env import Env
from s2sguard.azure_policy.language.scope import CompileScope
from s2sguard.azure_policy.language.text import did_you_mean, join, keys
from s2sguard.expression.interface import Compiled, ExpressionFailure, Json, UnknownValue
from s2sguard.model.value import Unknown


@dataclass(frozen=True, slots=True)
class Part:
    """An object such as `then.details`, and where it is."""

    scope: CompileScope
    value: Mapping[str, Json]
    pointer: str

    def __contains__(self, name: str) -> bool:
        return name.lower() in keys(self.value)

    def get(self, name: str) -> Json:
        """Return a member as written, None where there is none."""
        return self.value.get(self._written(name))

    def at(self, name: str) -> str:
        """Return the pointer of a member, or of where it is missing."""
        return join(self.pointer, self._written(name))

    def only(self, *known: str) -> None:
        """Note members that the documentation does not have: a problem where one was probably meant, else a warning."""
        names = {name.lower() for name in known}
        for name in self.value:
            if name.lower() in names:
                continue
            if hint := did_you_mean(name, known):
                self.scope.problem(join(self.pointer, name), f"`{name}` means nothing here", hint)
            else:
                self.scope.warn(join(self.pointer, name), f"`{name}` is not documented here, and is left out")

    def require(self, *names: str, why: str) -> bool:
        """Note a problem for each member that is missing; false if one is."""
        missing = [name for name in names if name not in self]
        for name in missing:
            self.scope.problem(self.pointer, f"`{name}` is missing", why)
        return not missing

    def expect(self, *names: str, why: str) -> bool:
        """Warn of each member that Azure wants and the evaluation does without; false if one is missing."""
        missing = [name for name in names if name not in self]
        for name in missing:
            self.scope.warn(self.pointer, f"`{name}` is missing: Azure refuses the definition", why)
        return not missing

    def part(self, name: str, what: str) -> Part | None:
        """Return a member that has to be an object; None where it is missing or something else."""
        if name not in self:
            return None
        value = self.get(name)
        if isinstance(value, Mapping):
            return Part(self.scope, value, self.at(name))
        self.scope.problem(self.at(name), f"{what} is an object")
        return None

    def parts(self, name: str, what: str) -> tuple[Part, ...]:
        """Return the members of an array of objects, without those that are something else."""
        value = self.get(name)
        if not isinstance(value, list):
            self.scope.problem(self.at(name), f"{what} is an array of objects")
            return ()
        return objects(self.scope, value, self.at(name), what)

    def compiled(self, name: str) -> Compiled | None:
        """Return a member with the expressions in it, None where it is missing or cannot be compiled."""
        if name not in self:
            return None
        before = len(self.scope.problems)
        found = self.scope.compile_value(self.get(name), self.at(name))
        return found if len(self.scope.problems) == before else None

    def text(self, name: str, allowed: Collection[str] = ()) -> Compiled | None:
        """Return a string or an expression; a literal has to be one of `allowed`, in any casing, where that is given."""
        found = self.compiled(name)
        if found is not None and found.constant:
            value = found.value
            if not isinstance(value, str):
                self.scope.problem(self.at(name), f"`{name}` is a string")
            elif allowed and value.lower() not in {one.lower() for one in allowed}:
                listed = ", ".join(f"`{one}`" for one in allowed)
                self.scope.problem(self.at(name), f"`{name}` cannot be `{value}`", did_you_mean(value, allowed) or f"use one of {listed}")
        return found

    def _written(self, name: str) -> str:
        return keys(self.value).get(name.lower(), name)


def objects(scope: CompileScope, values: list[Json], pointer: str, what: str) -> tuple[Part, ...]:
    """Return the objects of an array; anything else in it is a problem."""
    found: list[Part] = []
    for index, value in enumerate(values):
        if isinstance(value, Mapping):
            found.append(Part(scope, value, join(pointer, index)))
        else:
            scope.problem(join(pointer, index), f"{what} is an array of objects")
    return tuple(found)


def run(compiled: Compiled | None, env: Env) -> Json:
    """Return the value of a part in one evaluation, None where there is no such part.

    Raises `ExpressionFailure`, and `UnknownValue` where anything in the value is unknown.
    """
    if compiled is None:
        return None
    value = compiled.value if compiled.constant else compiled.run(env)
    if (unknown := _unknown_in(value)) is not None:
        raise UnknownValue(unknown)
    return value


def run_text(compiled: Compiled | None, env: Env, what: str) -> str | None:
    """Return a part that has to be a string; anything else raises `ExpressionFailure`."""
    value = run(compiled, env)
    if compiled is not None and not isinstance(value, str):
        raise ExpressionFailure(f"{what} is not a string")
    return value  # type: ignore[no-any-return]


def _unknown_in(value: Json) -> Unknown | None:
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, Unknown):
            return one
        if isinstance(one, Mapping):
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
    return None
