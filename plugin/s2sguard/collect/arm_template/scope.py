"""One template with the values it is deployed with: its parameters, variables, outputs and functions, each worked out when asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from s2sguard.collect.arm_template.functions import dialect
from s2sguard.collect.arm_template.index import Index
from s2sguard.collect.arm_template.interface import Link
from s2sguard.collect.arm_template.names import Path, at, pointer
from s2sguard.collect.arm_template.place import Place, Text
from s2sguard.collect.arm_template.run import STEPS_OF_A_CHARACTER, STEPS_OF_A_NODE, STEPS_OF_A_TEMPLATE, Run, weight
from s2sguard.collect.arm_template.secure import SECURE, is_nullable, is_secure, masked, type_of
from s2sguard.collect.arm_template.values import Env
from s2sguard.expression import Compiled, Dialect, ExpressionFailure, ExpressionSyntaxError, Json, compile_value
from s2sguard.expression.member import Missing
from s2sguard.expression.partial import digest, token
from s2sguard.model.folding import fold
from s2sguard.model.inventory import Source
from s2sguard.model.members import find, member
from s2sguard.model.value import Unknown

_CYCLE: Final = "a value is made of itself"
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}")
"""Names of parameters that can be printed anywhere: what Bicep takes, and hardly ever something else."""
_STRINGS: Final = frozenset({"string", "securestring"})
_TAKEN: Final = frozenset({"subscription", "tenant", "deployment", "template", "name"})
"""What stands for something else already."""

Given: TypeAlias = Callable[[], Json]
"""A value handed to a parameter, worked out when the parameter is used."""


class Scope:
    """What expressions of one template can see."""

    def __init__(  # noqa: PLR0913  # one object has to know all of it
        self,
        run: Run,
        template: object,
        *,
        file: str,
        path: Path,
        place: Place,
        name: Text,
        link: Link | None = None,
        given: Mapping[str, Given] | None = None,
        key: str = "",
        depth: int = 0,
    ) -> None:
        self.run = run
        self.template = template
        self.file = file
        self.path = path
        self.place = place
        self.name = name
        """Name of the deployment."""
        self.link = link
        self.index = Index()
        self.env = Env(self)
        """For everything outside of loops and functions; that of the deployment around it where expressions belong to that."""
        self.key = key
        """Tells the tokens of one deployment from those of others; empty for the root."""
        self.depth = depth
        """How many deployments this one stands in."""
        self._given = _folded(given)
        self._definitions = member(template, "definitions")
        self._values: dict[tuple[str, str], tuple[Json, int]] = {}
        self._busy: set[tuple[str, str]] = set()
        self._compiled: dict[str, Compiled | ExpressionSyntaxError] = {}
        self._dialect: Dialect | None = None
        run.budget.spend(STEPS_OF_A_TEMPLATE + STEPS_OF_A_NODE * _declarations(template))
        self._loops = _loops_of(member(template, "variables"))
        self._parameters, self._variables, self._outputs = (
            _named(member(template, kind)) for kind in ("parameters", "variables", "outputs")
        )

    def compiled(self, text: str) -> Compiled | ExpressionSyntaxError:
        """Return an expression ready to run, or what is wrong with it; compiled once however many copies use it."""
        found = self._compiled.get(text)
        if found is None:
            if self._dialect is None:
                self._dialect = dialect(self.template, self.run.budget)
            self.run.budget.spend(STEPS_OF_A_CHARACTER * len(text))
            try:
                found = compile_value(text, self._dialect)
            except ExpressionSyntaxError as error:
                found = error
            self._compiled[text] = found
        return found

    def source(self, path: Path) -> Source:
        """Return a place of this template."""
        return Source(file=self.file, pointer=pointer(path))

    def note(self, reason: str, path: Path) -> None:
        """Note a value that cannot be worked out; it concerns the resource at hand."""
        self.run.gap("unreadable-value", reason, self.source(path), self.run.current or _id_of(self.place))

    def parameter(self, name: str) -> Json:
        """Return the value of a parameter. Raises `ExpressionFailure` for one that the template does not declare."""
        found = self._parameters.get(fold(name))
        if found is None:
            raise ExpressionFailure("there is no parameter of this name")
        return self._once("parameters", found[0], lambda: self._parameter(*found))

    def variable(self, name: str) -> Json:
        """Return the value of a variable. Raises `ExpressionFailure` for one that the template does not have."""
        path = at(self.path, self.template, "variables")
        loop = self._loops.get(fold(name))
        if loop is not None:
            where = (at(path, member(self.template, "variables"), "copy"), loop[0])
            return self._once("variables", name, lambda: self.env.iterated(loop[1], where, name))
        found = self._variables.get(fold(name))
        if found is None:
            raise ExpressionFailure("there is no variable of this name")
        return self._once("variables", found[0], lambda: self.env.value(found[1], (path, found[0])))

    def output(self, name: str) -> Json:
        """Return an output as an object with its value. Raises `Missing` where there is none."""
        found = self._outputs.get(fold(name))
        if found is None:
            raise Missing
        return {"type": member(found[1], "type"), "value": self._once("outputs", found[0], lambda: self._output(*found))}

    def _parameter(self, name: str, declared: object) -> Json:
        if is_secure(declared, self._definitions):
            return self._typed(SECURE, declared, name)
        given = self._given.get(fold(name))
        value: Json = given() if given is not None else None
        if value is None:
            default = find(declared, "defaultvalue")
            path = (at(self.path, self.template, "parameters"), name)
            if default is not None:
                value = self.env.value(default[1], (path, default[0]))
            elif given is None and not is_nullable(declared, self._definitions):
                value = _no_value(name)
        return self._typed(masked(value, declared, self._definitions, self.run.budget), declared, name)

    def _output(self, name: str, declared: object) -> Json:
        if is_secure(declared, self._definitions):
            return self._typed(SECURE, declared, name, "output")
        path = (at(self.path, self.template, "outputs"), name)
        loop = member(declared, "copy")
        if loop is not None:
            value = self.env.iterated(loop, at(path, declared, "copy"), name)
        else:
            value = self.env.value(member(declared, "value"), at(path, declared, "value"))
        return self._typed(masked(value, declared, self._definitions, self.run.budget), declared, name, "output")

    def _typed(self, value: Json, declared: object, name: str, kind: str = "") -> Json:
        """Return a value; an unknown one that is a string for certain is at least known by its name."""
        nullable = is_nullable(declared, self._definitions)
        if type(value) is Unknown and not nullable and type_of(declared, self._definitions) in _STRINGS:
            key = self.key if not kind and fold(name) not in _TAKEN else digest((self.key, kind))
            return token(f"{name}~{key}" if key else name, value.reason)
        return value

    def _once(self, kind: str, name: str, make: Callable[[], Json]) -> Json:
        """Return a value that is worked out once. Raises `ExpressionFailure` for one that needs itself."""
        key = (kind, fold(name))
        found = self._values.get(key)
        if found is None:
            if key in self._busy:
                raise ExpressionFailure(_CYCLE)
            self._busy.add(key)
            try:
                with self.run.deeper():
                    value = make()
            finally:
                self._busy.discard(key)
            found = self._values[key] = (value, weight(value))
        self.run.budget.spend(found[1])
        return found[0]


def _folded(given: Mapping[str, Given] | None) -> Mapping[str, Given]:
    """Return values by folded name. One without names is kept: it may be unknown as a whole, and then has a value for every name."""
    return {fold(name): value for name, value in given.items()} if given else {} if given is None else given


def _declarations(template: object) -> int:
    """Return how many names a template declares, more or less."""
    sections = [member(template, name) for name in ("parameters", "variables", "outputs", "functions")]
    return sum(len(section) for section in sections if isinstance(section, Mapping | list))


def _named(members: object) -> dict[str, tuple[str, object]]:
    """Return members by folded name, with their names as written."""
    return {fold(name): (name, one) for name, one in members.items()} if isinstance(members, Mapping) else {}


def _loops_of(variables: object) -> dict[str, tuple[int, object]]:
    """Return the variables that loops make: folded name -> place among the loops, loop."""
    loops = member(variables, "copy")
    if not isinstance(loops, list):
        return {}
    named = ((index, loop, member(loop, "name")) for index, loop in enumerate(loops))
    return {fold(name): (index, loop) for index, loop, name in named if isinstance(name, str)}


def _id_of(place: Place) -> str:
    found = place.id
    return (found if isinstance(found, str) else found.text) or "/"


def key_of(scope: Scope, deployment_id: str, path: Path) -> str:
    """Return what tells a deployment below `scope` from all others."""
    return digest((scope.key, deployment_id.lower(), pointer(path)))


def _no_value(name: str) -> Unknown:
    return Unknown(f"parameter `{name}` without a value" if _PLAIN_NAME.fullmatch(name) else "parameter without a value")
