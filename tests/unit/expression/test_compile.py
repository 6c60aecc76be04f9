"""Compiling JSON values: what is an expression, where errors are, what is known before any run, and the limits of a dialect."""

from __future__ import annotations

import pytest

from s2sguard.expression import (
    STANDARD,
    Call,
    Compiled,
    Dialect,
    ExpressionFailure,
    ExpressionSyntaxError,
    Function,
    Json,
    UnknownValue,
    compile_value,
)
from s2sguard.model.value import Unknown
from tests.unit.expression.running import EVERYTHING, VALUE, compiled, failure, run

UNKNOWN = Unknown("known only after apply")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("text", "text"),
        ("", ""),
        ("[[x]", "[x]"),
        ("[[[x]]", "[[x]]"),
        ("[[]", "[]"),
        ("[x", "[x"),
        ("x]", "x]"),
        ("[", "["),
        ("[x] y", "[x] y"),
        ("[[x", "[[x"),
        ("[[x] y", "[[x] y"),
        (" [true()]", " [true()]"),
        (None, None),
        (True, True),
        (1.5, 1.5),
        ([1, ["[[a]"], {"[k]": "v"}], [1, ["[a]"], {"[k]": "v"}]),
        ([], []),
        ({}, {}),
    ],
)
def test_literals_are_constant(written: Json, expected: Json) -> None:
    """What is no expression is a constant; `[[` before an otherwise bracketed string is one bracket, names are never expressions."""
    result = compiled(written)
    assert (True, False, expected, expected) == (result.constant, result.folded, result.value, result.run(None))


def test_expressions_are_found_at_any_depth() -> None:
    """Strings inside arrays and objects are evaluated, everything else stays."""
    value = {"a": ["[concat('x', value('v'))]", {"b": "[length(value('v'))]"}], "c": 5, "d": "[[y]"}
    assert {"a": ["xyz", {"b": 2}], "c": 5, "d": "[y]"} == run(value, v="yz")


def test_the_whole_text_is_kept() -> None:
    """A value that is one expression has its text; an array of expressions has none."""
    assert "[true()]" == compiled("[true()]").text
    assert compiled(["[true()]"]).text is None


def test_an_error_has_the_pointer_of_its_string() -> None:
    """An error inside arrays and objects names the place of the string, in the notation of RFC 6901."""
    with pytest.raises(ExpressionSyntaxError) as raised:
        compile_value({"a/b": [1, {"c~d": "[oops"}, {"c~d": "[oops]"}]}, EVERYTHING, "/value")
    assert "/value/a~1b/2/c~0d" == raised.value.pointer


def test_constant_calls_are_folded() -> None:
    """A pure function of literals is worked out while compiling; it is no constant, but its value is known."""
    result = compiled({"a": "[toUpper('x')]"})
    assert (False, True, {"a": "X"}) == (result.constant, result.folded, result.value)


def test_a_failure_is_not_folded() -> None:
    """What would fail fails when it is run, and only there: a branch that is not taken may hold it."""
    assert not compiled("[int('x')]").folded
    assert "yes" == run("[if(true(), 'yes', int('x'))]")
    assert "`int` takes an integer; the string does not hold one" == failure("[if(false(), 'yes', int('x'))]")


@pytest.mark.parametrize("expression", ["[newGuid()]", "[length(newGuid())]", "[utcNow()]", "[value('x')]"])
def test_what_changes_is_not_folded(expression: str) -> None:
    """The clock, random identifiers and host functions are asked in every run."""
    assert not compiled(expression).folded


def test_random_identifiers_differ() -> None:
    """Two runs of one `newGuid` give two identifiers."""
    guid = compiled("[newGuid()]")
    assert guid.run(None) != guid.run(None)


def test_calls_are_listed_with_their_literals() -> None:
    """Every call is listed with lowercase name and literal arguments; computed ones are an ellipsis."""
    calls = compiled(["[Concat('a', toLower('B'), -1)]"]).calls
    assert {Call(name="concat", literals=("a", ..., -1)), Call(name="tolower", literals=("B",))} == set(calls)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[not()]", "`not` takes exactly 1 argument; 0 given at character 2"),
        ("[split('a')]", "`split` takes exactly 2 arguments; 1 given at character 2"),
        ("[concat()]", "`concat` takes at least 1 argument; 0 given at character 2"),
        ("[toLower(guid('a'), 'b')]", "`toLower` takes exactly 1 argument; 2 given at character 2"),
        ("[concat('a', padLeft('a', 1, 'b', 'c'))]", "`padLeft` takes at most 3 arguments; 4 given at character 14"),
    ],
)
def test_argument_counts_are_checked(expression: str, message: str) -> None:
    """A wrong number of arguments is found while compiling."""
    with pytest.raises(ExpressionSyntaxError) as raised:
        compiled(expression)
    assert message == raised.value.message


FORBIDDING = Dialect(functions=STANDARD, forbidden={"reference": "not here", "list*": "no secrets", "guid": "not even this"})


@pytest.mark.parametrize(
    ("name", "reason"), [("reference", "not here"), ("listKeys", "no secrets"), ("LISTANY", "no secrets"), ("guid", "not even this")]
)
def test_forbidden_functions_are_refused_with_the_reason(name: str, reason: str) -> None:
    """A forbidden function, also one that the dialect has or a prefix covers, says why and what to do."""
    with pytest.raises(ExpressionSyntaxError) as raised:
        compile_value(f"[{name}('x')]", FORBIDDING)
    assert (f"the function `{name}` is not available at character 2", reason) == (raised.value.message, raised.value.hint)


def test_a_function_is_not_hidden_by_a_prefix() -> None:
    """A function that the dialect has is allowed where only a prefix forbids it."""
    mine = Function(name="listOf", call=lambda: ["x"], maximum=0)
    assert ["x"] == compile_value("[listOf()]", Dialect(functions={"listof": mine}, forbidden={"list*": "no"})).run(None)


def test_host_functions_get_the_environment() -> None:
    """A host function is called with the environment and then its arguments, inside a lambda expression too."""
    expression = "[map(createArray('a', 'b'), lambda('n', value(lambdaVariables('n'))))]"
    assert [1, 2] == run(expression, a=1, b=2)
    assert VALUE is EVERYTHING.functions["value"]


@pytest.mark.parametrize(
    ("expression", "allowed", "refused"),
    [
        ("[concat(value('v'))]", {"v": "a" * 10}, {"v": "a" * 11}),
        ("[value('v')]", {"v": "a" * 10}, {"v": "a" * 11}),
        ("[value('v')]", {"v": [0, [1, 2, 3, 4]]}, {"v": [0, [1, 2, 3, 4, 5]]}),
        ("[value('v')]", {"v": {"a": [{"b": 1}]}}, {"v": {"a": [{"b": []}]}}),
        ("[createArray(value('v'))]", {"v": [[1]]}, {"v": [[[1]]]}),
        ("[coalesce(value('v'))]", {"v": "a" * 10}, {"v": "a" * 11}),
    ],
)
def test_values_are_held_to_the_limits(expression: str, allowed: dict[str, Json], refused: dict[str, Json]) -> None:
    """Strings that are too long and values with too many nodes or levels fail; those at the limit do not."""
    program = compiled(expression, max_string=10, max_nodes=7, max_object_depth=3)
    program.run(allowed)
    program.run(allowed)
    with pytest.raises(ExpressionFailure):
        program.run(refused)


@pytest.mark.parametrize(
    ("expression", "limits"),
    [
        ("[concat('a')]", {"max_length": 12}),
        ("[not(not(true()))]", {"max_depth": 2}),
        ("[toLower(toUpper('x'))]", {"max_depth": 1}),
        ("[createArray('x')[0]]", {"max_depth": 0}),
        ("[concat('a', 'b')]", {"max_arguments": 1}),
        ([[["a"]]], {"max_object_depth": 2}),
    ],
)
def test_expressions_are_held_to_the_limits(expression: Json, limits: dict[str, int]) -> None:
    """Length, nesting and arguments beyond a limit are found while compiling; one more allows them."""
    with pytest.raises(ExpressionSyntaxError):
        compiled(expression, **limits)
    compiled(expression, **{name: limit + 1 for name, limit in limits.items()})


def test_a_deep_value_is_refused() -> None:
    """A value of ten thousand levels is a syntax error where it is compiled and a failure where a run meets it."""
    value: Json = []
    for _ in range(10_000):
        value = [value]
    with pytest.raises(ExpressionSyntaxError):
        compiled(value)
    assert "a value is nested more than 128 levels deep" == failure("[equals(value('v'), value('v'))]", v=value)


def test_the_end_of_the_stack_is_a_failure() -> None:
    """A host value of a kind that is not measured, and too deep for Python's stack, is a failure too."""

    def deep(_env: object) -> Json:
        return deep(_env)

    program = compile_value("[deep()]", Dialect(functions={"deep": Function(name="deep", call=deep, kind="host", maximum=0)}))
    with pytest.raises(ExpressionFailure):
        program.run(None)


@pytest.mark.parametrize(
    "expression",
    [
        "[toLower(value('u'))]",
        "[equals('a', value('u'))]",
        "[concat('a', 'b', value('u'))]",
        "[createArray(value('u'))]",
        "[string(value('u'))]",
        "[value(value('u'))]",
        "[value('u').a]",
        "[value('u')['a']]",
        "[value('u').?a]",
        "[createArray(1)[value('u')]]",
        "[createArray(1)[?value('u')]]",
        "[if(value('u'), 1, 2)]",
        "[and(true(), value('u'))]",
        "[or(value('u'), true())]",
        "[coalesce(value('u'), 1)]",
        "[not(value('u'))]",
        "[equals(value('list'), createArray('a'))]",
        "[contains(value('list'), 'a')]",
        "[string(value('list'))]",
        "[join(value('list'), ',')]",
        "[max(value('list'))]",
        "[union(value('list'), value('list'))]",
        "[filter(createArray(1), lambda('x', value('u')))]",
        "[toLower(first(value('list')))]",
    ],
)
def test_an_unknown_value_makes_the_result_unknown(expression: str) -> None:
    """A function or step that needs an unknown value raises it; that is neither a failure nor an answer."""
    with pytest.raises(UnknownValue) as raised:
        run(expression, u=UNKNOWN, list=[UNKNOWN])
    assert UNKNOWN is raised.value.unknown


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[if(true(), 1, value('u'))]", 1),
        ("[and(false(), value('u'))]", False),
        ("[or(true(), value('u'))]", True),
        ("[coalesce(1, value('u'))]", 1),
        ("[length(value('list'))]", 2),
        ("[contains(value('list'), 'a')]", True),
        ("[equals(value('list'), createArray('b', 'b'))]", False),
        ("[value('u')]", UNKNOWN),
        ("[first(value('list'))]", UNKNOWN),
        ("[last(value('list'))]", "a"),
    ],
)
def test_an_unknown_value_that_does_not_matter_is_no_obstacle(expression: str, expected: Json) -> None:
    """Branches that are not taken, members that are not looked at, and values that are only passed on may be unknown."""
    assert expected == run(expression, u=UNKNOWN, list=[UNKNOWN, "a"])


def test_compiled_values_are_shared_not_copied() -> None:
    """A value that is passed through is the very object that came in."""
    value = {"a": [1]}
    assert run("[value('v').a]", v=value) is value["a"]


def test_a_compiled_value_is_immutable() -> None:
    """What was compiled cannot be changed afterwards."""
    with pytest.raises(AttributeError):
        compiled("[true()]").constant = True  # type: ignore[misc]
    assert isinstance(compiled("x"), Compiled)
