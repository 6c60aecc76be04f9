"""What the parts of one definition share while they are compiled; `Env` is the same for evaluation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from s2sguard.azure_policy.language.aliases import AliasCatalogue
from s2sguard.azure_policy.language.env import NOWHERE, Env, Frame, Position, Test
from s2sguard.azure_policy.language.fields import Field, FieldError, find_field, split_alias
from s2sguard.azure_policy.language.functions import dialect, steady
from s2sguard.azure_policy.language.legacy import names_only_a_type
from s2sguard.azure_policy.language.limits import Tally
from s2sguard.azure_policy.language.outcome import Problem
from s2sguard.azure_policy.language.rule_types import named_types
from s2sguard.azure_policy.language.text import did_you_mean, fold
from s2sguard.expression import Call, Compiled, Dialect, ExpressionSyntaxError, Json, compile_value

if TYPE_CHECKING:
    from s2sguard.azure_policy.language.definition import Definition
    from s2sguard.azure_policy.language.parameters import Declaration

__all__ = ["CompileScope", "Env", "MissingArray", "Test"]

MissingArray: TypeAlias = Literal["true", "false"]
"""What a `[*]` condition gives where the array is missing: the documentation's reading, or the other one (facts 5.4)."""

_PARAMETER = re.compile(r"\[\s*parameters\s*\(\s*'(?P<name>(?:[^']|'')*)'\s*\)\s*\]", re.IGNORECASE)
_NOTHING = Compiled(run=lambda _env: None, constant=True)


@dataclass(slots=True)
class CompileScope:
    """The catalogue, the declared parameters, and everything found so far; gathers every problem instead of the first."""

    aliases: AliasCatalogue | None = None
    parameters: Mapping[str, Declaration] | None = None
    """Lowercase name -> declaration; None for a bare rule, which may use any name."""
    missing_array: MissingArray = "true"
    mode: str = ""
    """Empty for a bare rule, which does not say."""
    built_in: bool = False
    """Whether the definition comes with Azure, so that limits of what customers may write do not hold."""
    if_types: frozenset[str] = frozenset()
    """Lowercase types that the `if` block names and does not negate; known once it is compiled."""
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    position: Position = NOWHERE
    """Where in the rule compiling is: which counts are around, and whether it is in the `then` block."""
    depth: int = 0
    """How many logical operators and counts are around."""
    slots: int = 0
    tally: Tally = field(init=False)
    _dialects: dict[Position, Dialect] = field(default_factory=dict)
    _fields: dict[tuple[str, Position, str | None], Field] = field(default_factory=dict)
    _noted: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.tally = Tally(self.problem)

    def describe(self, definition: Definition) -> None:
        """Take what the parts of the rule need to know of the definition around them."""
        self.parameters = definition.parameters
        self.mode = "" if definition.parameters is None else definition.mode
        self.built_in = definition.built_in
        self.tally.enforced = not definition.built_in
        self.if_types = named_types(definition.if_block)

    def problem(self, pointer: str, message: str, hint: str = "") -> None:
        """Note one thing that is wrong; compiling goes on, so that all problems are found."""
        self.problems.append(Problem(pointer=pointer, message=message, hint=hint))

    def warn(self, pointer: str, message: str, hint: str = "") -> None:
        """Note one thing that is likely not meant, or that Azure refuses and this evaluator understands."""
        if message not in self._noted:
            self._noted.add(message)
            self.warnings.append(Problem(pointer=pointer, message=message, hint=hint))

    def compile_value(self, value: Json, pointer: str) -> Compiled:
        """Compile a JSON value with expressions in it; what is wrong becomes a problem, and null takes its place."""
        if self.position not in self._dialects:
            self._dialects[self.position] = dialect(self.position, self.find)
        try:
            compiled = compile_value(value, self._dialects[self.position], pointer)
        except ExpressionSyntaxError as error:
            self.problem(error.pointer or pointer, error.message, error.hint)
            return _NOTHING
        self.tally.call(pointer, len(compiled.calls))
        for call in compiled.calls:
            self._check(call, pointer)
        return replace(compiled, run=_once_for_parameters(compiled.run)) if steady(compiled) else compiled

    def compile_condition(self, condition: Json, pointer: str) -> Test:
        """Compile a condition, or a tree of them, such as `existenceCondition`."""
        from s2sguard.azure_policy.language.conditions import compile_node

        return compile_node(condition, pointer, self).test

    def find(self, text: str, position: Position, api_version: str | None) -> Field:
        """Return the field of a name, remembered; raises `FieldError`."""
        key = (text, position, api_version)
        if key not in self._fields:
            if len(self._fields) >= _MOST_FIELDS:
                self._fields.clear()
            self._fields[key] = find_field(text, self.aliases, position, api_version)
        return self._fields[key]

    def field(self, text: str, pointer: str) -> Field | None:
        """Return the field of a literal name at the current position; None where it is none, which is a problem."""
        try:
            found = self.find(text, self.position, None)
        except FieldError as error:
            self.problem(pointer, str(error), error.hint)
            return None
        if not found.checked:
            hint = "write it as an alias, such as `Microsoft.Network/connections/connectionMode`"
            self.warn(pointer, f"`{text}` is neither a field nor an alias; it is read as a property path, and Azure refuses it", hint)
        elif self.aliases is None and names_only_a_type(*split_alias(text)):
            hint = "compare the field `type` with it, or add the property, as in `Microsoft.Network/connections/connectionMode`"
            self.warn(pointer, f"`{text}` names a resource type and no property of it", hint)
        return found

    def varies(self, text: str) -> bool:
        """Say whether the path of a field may differ from one API version to another."""
        alias = self.aliases.get(text) if self.aliases is not None else None
        return alias is not None and (not alias.constant or any(frame.varies for frame in self.position.frames))

    def parameter(self, value: Json) -> str | None:
        """Return the lowercase name where the whole value is `[parameters('name')]`."""
        found = _PARAMETER.fullmatch(value) if isinstance(value, str) else None
        return found["name"].replace("''", "'").lower() if found else None

    def declared_type(self, value: Json) -> str | None:
        """Return the declared type (lowercase) where the whole value is one parameter."""
        name = self.parameter(value)
        declared = self.parameters.get(name) if name is not None and self.parameters else None
        return declared.type if declared else None

    def slot(self) -> int:
        """Return a new place in `Env.bindings`."""
        self.slots += 1
        return self.slots

    @contextmanager
    def inside(self, *frames: Frame) -> Iterator[None]:
        """Be inside of a count."""
        outer = self.position
        self.position = Position(frames=(*outer.frames, *frames), related=outer.related)
        self.depth += 1
        try:
            yield
        finally:
            self.position = outer
            self.depth -= 1

    def _check(self, call: Call, pointer: str) -> None:
        name = call.literals[0] if call.literals else None
        if call.name == "current":
            self._check_current(name if call.literals else None, pointer)
        elif isinstance(name, str) and call.name == "parameters":
            self._check_parameter(name, pointer)
        elif isinstance(name, str) and call.name == "field":
            outer = self.position
            self.position = NOWHERE if outer.related else outer
            self.field(name, pointer)
            self.position = outer

    def _check_parameter(self, name: str, pointer: str) -> None:
        if self.parameters is not None and name.lower() not in self.parameters:
            known = [declared.name for declared in self.parameters.values()]
            self.problem(pointer, f"the parameter `{name}` is not declared", did_you_mean(name, known))

    def _check_current(self, name: Json, pointer: str) -> None:
        frames = [frame for frame in self.position.frames if frame.name]
        if not frames:
            self.problem(pointer, "current() works inside of the `where` of a count only")
        elif name is None:
            if len(frames) > 1:
                self.problem(pointer, "current() needs a name inside of nested counts", f"such as current('{frames[-1].name}')")
        elif isinstance(name, str) and not any(frame.name == fold(name) for frame in frames):
            self._check_current_alias(name, frames, pointer)

    def _check_current_alias(self, name: str, frames: list[Frame], pointer: str) -> None:
        try:
            found = self.find(name, self.position, None)
        except FieldError:
            found = None
        if found is None or found.current is None:
            self.problem(pointer, f"current() finds no count named `{name}`", did_you_mean(name, [frame.name for frame in frames]))


_MOST_FIELDS = 10_000


def _once_for_parameters(run: Callable[[Env], Json]) -> Callable[[Env], Json]:
    """Return what runs again only for other parameters: an assignment judges many resources with the same ones."""
    last: tuple[Mapping[str, Json] | None, Json] = (None, None)

    def once(env: Env) -> Json:
        nonlocal last
        parameters, value = last
        if parameters is not env.parameters:
            value = run(env)
            last = (env.parameters, value)
        return value

    return once
