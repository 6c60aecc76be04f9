"""Templates nobody would write: parameters, variables, loops, conditions, functions, outputs and deployments within deployments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from s2sguard.collect.interface import Collected
from s2sguard.model.value import Unknown
from tests.unit.collect.arm_template.naive import FailsError, SilentError, Tree
from tests.unit.collect.arm_template.random_templates import FAILS, SILENT, Declared, Loop, Module, Template, deployed_by, written
from tests.unit.collect.arm_template.random_trees import KINDS, VALUES, Draw, literal, tree
from tests.unit.collect.arm_template.templates import deployed
from tests.unit.collect.arm_template.test_random_expressions import known_stays, plain

pytestmark = pytest.mark.no_cover  # random or exhaustive: counting lines would take most of its time

Names = Mapping[str, Sequence[Tree]]
MANY = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])


class Making:
    """One template in the making: what names there are, and a number for each resource."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.number = 0

    def template(self, depth: int, suffix: Tree, names: Names | None, *, root: bool = False) -> Template:
        """Return a template; `names` are those of the template around it, for one whose expressions belong to that."""
        made = Template(symbolic=self.draw(st.booleans()))
        inner: dict[str, list[Tree]] = {kind: list(one) for kind, one in (names or {}).items()}
        if names is None:
            self._declare(made, inner)
        for _ in range(self.draw(st.integers(1, 3))):
            made.resources.append(self._resource(made, inner, depth, suffix))
        if not root:
            made.outputs["o"] = self._tree("string", inner)
        return made

    def _tree(self, kind: str, names: Names, depth: int = 2) -> Tree:
        return tree(self.draw, kind, names, depth)

    def _declare(self, made: Template, names: dict[str, list[Tree]]) -> None:
        for kind in KINDS:
            names[kind] = [("param", kind)]
            # The default of a default would be the same as before.
            default = self._tree(kind, {}, 1) if self.draw(st.booleans()) else None
            made.parameters[kind] = (kind, default)
        made.parameters["at"] = ("string", None)
        for index in range(self.draw(st.integers(0, 3))):
            kind = self.draw(st.sampled_from(KINDS))
            made.variables[f"v{index}"] = self._tree(kind, names)
            names[kind] = [*names[kind], ("var", f"v{index}")]
        if self.draw(st.booleans()):
            body = self._tree("any", {**names, "int": [*names["int"], ("index", "list")]})
            made.variables["list"] = Loop(name="list", count=self._size(names), body=body)
            names["array"] = [*names["array"], ("var", "list")]
        if self.draw(st.booleans()):
            made.functions["f"] = (("a", "b"), self._tree("string", {"string": [("param", "a")], "int": [("param", "b")]}))
            call = ("function", "f", self._tree("string", names, 1), self._tree("int", names, 1))
            names["string"] = [*names["string"], call]

    def _size(self, names: Names) -> Tree:
        known = ("lit", self.draw(st.integers(0, 3)))
        found: Tree = self.draw(
            st.sampled_from([known, known, ("call", "length", self._tree("array", names, 1)), *names.get("int", ())[:1]])
        )
        return found

    def _resource(self, made: Template, names: dict[str, list[Tree]], depth: int, suffix: Tree) -> Declared:
        self.number += 1
        symbol = f"r{self.number}"
        loop = Loop(name=f"l{self.number}", count=self._size(names)) if self.draw(st.integers(0, 2)) == 0 else None
        around: Names = names
        if loop is not None:
            suffix = ("call", "concat", suffix, ("lit", "-"), ("call", "string", ("index", loop.name)))
            around = {**names, "int": [*names.get("int", ()), ("index", loop.name)]}
        condition = self._tree("bool", around) if self.draw(st.integers(0, 2)) == 0 else None
        one = Declared(name=("call", "concat", ("lit", symbol), suffix), symbol=symbol, condition=condition, loop=loop)
        if depth and self.draw(st.integers(0, 2)) == 0:
            one.module = self._module(around, depth - 1, suffix)
            if loop is None and condition is None:
                one.name = ("lit", symbol)
                names["string"] = [*names.get("string", ()), ("output", symbol, "o")]
        elif made.symbolic and loop is None and self.draw(st.integers(0, 4)) == 0:
            one.existing, one.condition = True, None
        else:
            one.properties = {f"p{index}": self._tree("any", around, 3) for index in range(self.draw(st.integers(1, 2)))}
            if self.draw(st.booleans()):
                body = self._tree("any", {**around, "int": [*around.get("int", ()), ("index", "many")]})
                one.properties["many"] = Loop(name="many", count=self._size(around), body=body)
        return one

    def _module(self, around: Names, depth: int, suffix: Tree) -> Module:
        if self.draw(st.booleans()):
            return Module(template=self.template(depth, suffix, around), inner=False, given={})
        handed = {kind: self._tree(kind, around, 1) for kind in KINDS if self.draw(st.booleans())}
        template = self.template(depth, ("param", "at"), None)
        for kind in KINDS:
            if kind not in handed and template.parameters[kind][1] is None:
                handed[kind] = literal(self.draw(VALUES[kind]))
        return Module(template=template, inner=True, given={**handed, "at": suffix})


@st.composite
def templates(draw: Draw) -> Template:
    """Return a template with up to two levels of deployments in it."""
    return Making(draw).template(draw(st.integers(0, 2)), ("lit", ""), None, root=True)


VALUES_OF_ALL = st.fixed_dictionaries({kind: VALUES[kind] for kind in KINDS})


def connections(found: Collected) -> dict[str, dict[str, object]]:
    """Return name -> properties of what is deployed."""
    assert len({resource.id for resource in found.resources}) == len(found.resources)
    return {resource.name: {} if resource.existing else dict(resource.properties) for resource in found.resources}


def agrees(expected: object, value: object, found: Collected) -> bool:
    """Say whether a property is what it should be: a value, or unknown with a gap where Azure refuses it."""
    if expected is SILENT:
        return True
    if expected is FAILS:
        return bool(found.gaps) and not isinstance(value, str | int)
    return known_stays(plain(expected), value)


@MANY
@given(templates(), VALUES_OF_ALL)
def test_a_template_deploys_what_a_second_evaluator_says(template: Template, values: dict[str, Any]) -> None:
    """The same resources under the same names with the same values."""
    found = deployed(written(template), parameters=values)
    try:
        expected = deployed_by(template, values)
    except SilentError:
        assume(False)  # noqa: FBT003  # the documentation does not say
    except FailsError:
        assert found.gaps
    else:
        actual = connections(found)
        assert sorted(actual) == sorted(expected)
        for name, properties in expected.items():
            assert sorted(actual[name]) == sorted(properties)
            assert [key for key, value in properties.items() if not agrees(value, actual[name][key], found)] == []


@MANY
@given(templates(), VALUES_OF_ALL, st.sets(st.sampled_from(KINDS), min_size=1))
def test_what_is_known_without_some_values_stays(template: Template, values: dict[str, Any], hidden: set[str]) -> None:
    """With all values nothing that was known is another; a resource comes or goes only where a gap said that it may."""
    less = deployed(written(template), parameters={name: Unknown("not given") if name in hidden else one for name, one in values.items()})
    more = deployed(written(template), parameters=values)
    before, after = connections(less), connections(more)
    for name in before.keys() & after.keys():
        for key, value in before[name].items():
            stays = known_stays(value, after[name].get(key))
            assert stays or more.gaps, (name, key)
    if before.keys() != after.keys():
        assert less.gaps or more.gaps
