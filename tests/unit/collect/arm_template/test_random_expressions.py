"""Expressions nobody would write: no error but our own, the values a second evaluator gets, and unknown values that only get known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from s2sguard.collect.arm_template.functions import dialect
from s2sguard.expression import Budget
from s2sguard.model.value import Unknown
from tests.unit.collect.arm_template.naive import FailsError, SilentError, Tree, run
from tests.unit.collect.arm_template.random_trees import KINDS, VALUES, Draw, expression, tree
from tests.unit.collect.arm_template.templates import a_connection, a_template, deployed

pytestmark = pytest.mark.no_cover  # random or exhaustive: counting lines would take most of its time

PARAMETERS = {f"{kind}{number}": {"type": kind} for kind in KINDS for number in (1, 2)}
NAMES: Mapping[str, list[Tree]] = {kind: [("param", f"{kind}1"), ("param", f"{kind}2")] for kind in KINDS}
MANY = settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@st.composite
def trees(draw: Draw) -> Tree:
    """Return a tree of any type in which parameters may stand."""
    return tree(draw, draw(st.sampled_from(KINDS)), NAMES, draw(st.integers(1, 4)))


@st.composite
def values(draw: Draw) -> dict[str, Any]:
    """Return a value for each parameter."""
    return {name: draw(VALUES[declared["type"]]) for name, declared in PARAMETERS.items()}


def evaluated(written: object, given: Mapping[str, object]) -> tuple[object, list[str]]:
    """Return what a property comes to, and the reasons of gaps."""
    found = deployed(a_template(a_connection(x=written), parameters=PARAMETERS), parameters=given)
    (resource,) = found.resources
    return resource.properties["x"], [gap.reason for gap in found.gaps]


def known_stays(before: object, after: object) -> bool:
    """Say whether all that was known before is the same after."""
    if isinstance(before, Unknown):
        return True
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return set(before) == set(after) and all(known_stays(before[name], after[name]) for name in before)
    if isinstance(before, list | tuple) and isinstance(after, list | tuple):
        return len(before) == len(after) and all(known_stays(one, other) for one, other in zip(before, after, strict=True))
    return type(before) is type(after) and before == after


def plain(value: object) -> object:
    """Return a value of the model as JSON: what looks like an expression is unknown there."""
    if isinstance(value, str) and value[:1] == "[":
        return Unknown("template expression without a value")
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


@MANY
@given(trees(), values())
def test_known_values_are_those_of_a_second_evaluator(one: Tree, given: dict[str, Any]) -> None:
    """Value for value; what the documentation says to fail is unknown and has a gap."""
    found, gaps = evaluated(expression(one), given)
    try:
        expected = run(one, {"param": given.__getitem__})
    except SilentError:
        assume(False)  # noqa: FBT003  # the documentation does not say
    except FailsError:
        assert isinstance(found, Unknown)
        assert gaps
    else:
        assert known_stays(plain(expected), found)
        assert gaps == [] or isinstance(plain(expected), Unknown)


@MANY
@given(trees(), values(), st.sets(st.sampled_from(sorted(PARAMETERS))))
def test_what_is_known_of_an_unknown_stays_when_it_gets_a_value(one: Tree, given: dict[str, Any], hidden: set[str]) -> None:
    """Whatever a missing value turns out to be, nothing that was said before is wrong; at most the deployment fails."""
    before, _ = evaluated(expression(one), {name: Unknown("not given") if name in hidden else value for name, value in given.items()})
    after, gaps = evaluated(expression(one), given)
    assert known_stays(before, after) or (isinstance(after, Unknown) and gaps)


ANY_LEAF = st.one_of(
    st.sampled_from([("lit", ""), ("lit", "a/b"), ("lit", "{0}"), ("lit", 0), ("lit", -1), ("lit", 2**63), ("lit", None), ("lit", True)]),
    st.sampled_from([leaf for leaves in NAMES.values() for leaf in leaves]),
    st.sampled_from(["10.0.0.0/8", "[1]", '{"a":', "2026-01-01T00:00:00Z", "PT1H", "Microsoft.Network/connections", "éß\U0001f600"]).map(
        lambda text: ("lit", text)
    ),
)
FUNCTIONS = sorted(
    {(function.name, function.minimum, function.maximum) for function in dialect({}, Budget(1)).functions.values()},
    key=lambda found: found[0],
)


@st.composite
def wild(draw: Draw, depth: int = 3) -> Tree:
    """Return a call of any function there is with anything."""
    name, least, most = draw(st.sampled_from(FUNCTIONS))
    count = draw(st.integers(least, least + 2 if most is None else most))
    inner = ANY_LEAF if depth == 0 else st.one_of(ANY_LEAF, wild(depth - 1), st.tuples(st.just("lambda"), st.just(("x",)), ANY_LEAF))
    return ("call", name, *[draw(inner) for _ in range(count)])


@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(wild(), values(), st.sets(st.sampled_from(sorted(PARAMETERS))))
def test_any_call_of_any_function_has_a_value_or_a_gap(one: Tree, given: dict[str, Any], hidden: set[str]) -> None:
    """Never an error, whatever functions are handed; what was known stays."""
    before, _ = evaluated(expression(one), {name: Unknown("not given") if name in hidden else value for name, value in given.items()})
    after, gaps = evaluated(expression(one), given)
    assert known_stays(before, after) or (isinstance(after, Unknown) and gaps)


@settings(max_examples=300)
@given(st.text(alphabet="[]()',.?1a{}\\ \ncopyIndexformat", max_size=60))
def test_any_text_in_brackets_has_a_value_or_a_gap(written: str) -> None:
    """Nor does text that is no expression at all end in anything else."""
    found, gaps = evaluated(f"[{written}]", {})
    assert not isinstance(found, Unknown) or gaps or found.reason
