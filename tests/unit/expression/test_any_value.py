"""Whatever the arguments are: a value, a failure or an unknown, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from s2sguard.expression import LAMBDA, STANDARD, ExpressionFailure, ExpressionSyntaxError, Function, Json, UnknownValue, compile_value
from s2sguard.model.value import Unknown
from tests.unit.expression.json_values import hostile_values
from tests.unit.expression.running import EVERYTHING

NAMES = sorted(name for name, function in STANDARD.items() if function.maximum != 0)
LAMBDAS = sorted(name for name, function in LAMBDA.items() if function.lambdas)


def _arguments(function: Function, data: st.DataObject) -> list[Json]:
    least, most = function.minimum, function.minimum + 3 if function.maximum is None else function.maximum
    return data.draw(st.lists(hostile_values() | st.just(Unknown("for the test")), min_size=max(least, 1), max_size=max(most, 1)))


def _outcome(expression: str, values: dict[str, Json]) -> Json:
    try:
        return compile_value(expression, EVERYTHING).run(values)
    except (ExpressionFailure, UnknownValue):
        return None


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_function_takes_any_values(name: str, data: st.DataObject) -> None:
    """Every function ends in a value, a failure or an unknown, whatever it is given, twice with the same result."""
    values = {f"v{index}": value for index, value in enumerate(_arguments(STANDARD[name], data))}
    arguments = ", ".join(f"value('{key}')" for key in values)
    expression = f"[{name}({arguments})]"
    before = repr(values)
    result = _outcome(expression, values)
    assert before == repr(values)
    if STANDARD[name].pure:
        assert repr(result) == repr(_outcome(expression, values))


@pytest.mark.parametrize("name", LAMBDAS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(source=hostile_values(), body=hostile_values())
def test_a_lambda_function_takes_any_values(name: str, source: Json, body: Json) -> None:
    """So does every function that takes a lambda expression, whatever that returns."""
    position, least, _ = LAMBDA[name].lambdas or (0, 0, 0)
    names = [f"'x{index}'" for index in range(least)]
    for returned in ("value('body')", "lambdaVariables('x0')"):
        arguments = ["value('source')"] * position + [f"lambda({', '.join([*names, returned])})"]
        _outcome(f"[{name}({', '.join(arguments)})]", {"source": source, "body": body})


@settings(max_examples=200)
@given(st.text(st.sampled_from("[]().,?'ab1- \n{}\"é\ud800"), max_size=30) | st.text(max_size=20))
def test_any_text_is_a_value_or_a_syntax_error(text: str) -> None:
    """Whatever stands between brackets is compiled or refused; what is compiled can be run."""
    try:
        program = compile_value(f"[{text}]", EVERYTHING)
    except ExpressionSyntaxError:
        return
    try:
        program.run({})
    except (ExpressionFailure, UnknownValue):
        return


@given(hostile_values())
def test_any_json_is_compiled(value: Json) -> None:
    """JSON without expressions comes out as it went in, escapes aside."""
    try:
        result = compile_value(value, EVERYTHING)
    except ExpressionSyntaxError:
        assert "[" in repr(value)
        return
    if "[" not in str(value) and result.constant:
        assert repr(value) == repr(result.run(None))
