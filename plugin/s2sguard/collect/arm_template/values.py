"""JSON with expressions and `copy` loops in it -> JSON values, `Unknown` where the input does not say.

What is unknown or fails stays where it is: the other members of an object or array keep their values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from s2sguard.collect.arm_template.names import Path
from s2sguard.collect.arm_template.run import FAILS, MAX_COPIES, STEPS_OF_A_CALL, STEPS_OF_A_NODE, TOO_LONG_A_LOOP
from s2sguard.expression import BudgetSpent, ExpressionFailure, ExpressionSyntaxError, Json, UnknownValue
from s2sguard.model.folding import fold
from s2sguard.model.members import find, member
from s2sguard.model.value import Unknown

if TYPE_CHECKING:
    from s2sguard.collect.arm_template.scope import Scope

_NAME_UNKNOWN = Unknown("an object with a name that is not known")


class Env:
    """What expressions are evaluated in: the template they are written in, and the loops around them."""

    __slots__ = ("arguments", "loop", "loops", "scope")

    def __init__(
        self, scope: Scope, loops: Mapping[str, Json] | None = None, loop: Json = None, arguments: Mapping[str, Json] | None = None
    ) -> None:
        self.scope = scope
        self.loops: Mapping[str, Json] = loops or {}
        """Folded name of a loop -> index."""
        self.loop = loop
        """Index of the innermost loop of resources; None outside of all."""
        self.arguments = arguments
        """Inside a user-defined function: its arguments, by folded name."""

    def inside(self, name: str, index: Json, *, resource: bool = False) -> Env:
        """Return the environment of one iteration."""
        return Env(self.scope, {**self.loops, fold(name): index}, index if resource else self.loop, self.arguments)

    def value(self, raw: object, path: Path) -> Json:
        """Return the value of any JSON."""
        if isinstance(raw, str):
            return self.text(raw, path) if raw[:1] == "[" else raw
        if isinstance(raw, Mapping):
            return self._object(raw, path)
        if isinstance(raw, list):
            self.scope.run.budget.spend(STEPS_OF_A_NODE * (1 + len(raw)))
            return [self.value(one, (path, index)) for index, one in enumerate(raw)]
        return raw

    def text(self, raw: str, path: Path) -> Json:
        """Return the value of a string, which may be an expression; what is wrong with it is noted."""
        scope = self.scope
        scope.run.budget.spend(STEPS_OF_A_CALL + len(raw) // 16)
        compiled = scope.compiled(raw)
        if isinstance(compiled, ExpressionSyntaxError):
            scope.note(f"an expression cannot be read: {_line(compiled)}", path)
            return FAILS
        if compiled.constant:
            return compiled.value
        try:
            return compiled.run(self)
        except UnknownValue as error:
            return error.unknown
        except BudgetSpent:
            raise
        except ExpressionFailure as error:
            scope.note(f"an expression fails: {_line(error)}", path)
            return FAILS

    def _object(self, raw: Mapping[str, object], path: Path) -> Json:
        self.scope.run.budget.spend(STEPS_OF_A_NODE * (1 + len(raw)))
        loops = _loops(raw)
        result: dict[str, Json] = {}
        for name, one in raw.items():
            if loops is not None and name == loops[0]:
                continue
            key = self.text(name, (path, name)) if name[:1] == "[" else name
            if not isinstance(key, str):
                # It may be any name, so no name is certain to be missing.
                return Unknown(key.reason) if isinstance(key, Unknown) else _NAME_UNKNOWN
            result[key] = self.value(one, (path, name))
        if loops is not None:
            for index, loop in enumerate(loops[1]):
                name = str(member(loop, "name"))
                result[name] = self.iterated(loop, ((path, loops[0]), index), name)
        return result

    def iterated(self, loop: object, path: Path, name: str) -> Json:
        """Return the array that a loop of a property, a variable or an output makes."""
        count = self.count(member(loop, "count"), (path, "count"))
        if isinstance(count, Unknown):
            return count
        found = find(loop, "input") or ("input", None)
        self.scope.run.budget.spend(STEPS_OF_A_CALL * count)
        return [self.inside(name, index).value(found[1], (path, found[0])) for index in range(count)]

    def count(self, raw: object, path: Path) -> int | Unknown:
        """Return how many iterations a loop has."""
        count = self.value(raw, path)
        if isinstance(count, Unknown):
            return Unknown(count.reason)
        if isinstance(count, float) and count.is_integer():
            count = int(count)
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            self.scope.note("the count of a copy loop is no number of iterations", path)
            return FAILS
        if count > MAX_COPIES:
            self.scope.note(f"a copy loop has more than {MAX_COPIES} iterations, which Azure refuses", path)
            return TOO_LONG_A_LOOP
        return count


def _loops(raw: Mapping[str, object]) -> tuple[str, list[object]] | None:
    """Return the loops of an object with the name they stand under; a member `copy` of another form is a property like any other."""
    key = "copy" if "copy" in raw else next((name for name in raw if len(name) == 4 and name.lower() == "copy"), None)
    value = raw[key] if key is not None else None
    if key is None or not isinstance(value, list) or not value:
        return None
    loops = all(isinstance(member(one, "name"), str) and find(one, "count") is not None for one in value)
    return (key, value) if loops else None


def _line(error: ExpressionFailure | ExpressionSyntaxError) -> str:
    return f"{error.message} ({error.hint})" if error.hint else error.message
