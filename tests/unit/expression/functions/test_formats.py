"""`format`: .NET's composite and numeric format strings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.expression import Json
from tests.unit.expression.running import failure, rows, run

TABLE: dict[str, Json] = {
    "[format('{0}/{1}', 'hub', 24)]": "hub/24",
    "[format('{1}{0}{1}', 'a', 'b')]": "bab",
    "[format('no holes')]": "no holes",
    "[format('')]": "",
    "[format('{{{0}}}', 1)]": "{1}",
    "[format('{0}', true())]": "True",
    "[format('[{0}]', null())]": "[]",
    "[format('{0}', createArray(1, 'a'))]": '[1,"a"]',
    "[format('{0,5}|{0,-5}|', 'ab')]": "   ab|ab   |",
    "[format('{0,1}', 'abc')]": "abc",
    "[format('{0:N0}', 1234567)]": "1,234,567",
    "[format('{0:N}', 1234.5)]": "1,234.50",
    "[format('{0:n1}', -0.04)]": "0.0",
    "[format('{0:D5}', -42)]": "-00042",
    "[format('{0:D}', 42)]": "42",
    "[format('{0:X}', 255)]": "FF",
    "[format('{0:x4}', 255)]": "00ff",
    "[format('{0:X}', -1)]": "FFFFFFFF",
    "[format('{0:F2}', 2.345)]": "2.35",
    "[format('{0:F0}', 2.5)]": "3",
    "[format('{0:F}', 1)]": "1.00",
    "[format('{0:P1}', 0.256)]": "25.6 %",
    "[format('{0:E2}', 12345)]": "1.23E+004",
    "[format('{0:e1}', 0.00012)]": "1.2e-004",
    "[format('{0:E0}', 0)]": "0E+000",
    "[format('{0:G}', 1.5)]": "1.5",
    "[format('{0:G3}', 12345)]": "1.23E+04",
    "[format('{0:G3}', 0.0001234)]": "0.000123",
    "[format('{0:G10}', 12.50)]": "12.5",
    "[format('{0:R}', 0.1)]": "0.1",
    "[format('{0:000}', 7)]": "007",
    "[format('{0:000}', -7)]": "-007",
    "[format('{0:#,##0.00}', 1234.567)]": "1,234.57",
    "[format('{0:#.##}', 1.5)]": "1.5",
    "[format('{0:0.0#}', 1.0)]": "1.0",
    "[format('{0:#}', 0)]": "",
    "[format('{0:0%}', 0.25)]": "25%",
    "[format('{0:0,}', 12345)]": "12",
    "[format('{0:0;(0);zero}', -5)]": "(5)",
    "[format('{0:0;(0);zero}', 0)]": "zero",
    "[format('{0:0;(0)}', 5)]": "5",
    "[format('{0:vpn-0}', 5)]": "vpn-5",
    "[format('{0:''0''0}', 5)]": "05",
    "[format('{0:N0}', 'text')]": "text",
    "[format('{0:N0}', true())]": "True",
}


@rows(TABLE)
def test_a_format(expression: str, expected: Json) -> None:
    """Values are laid out, padded and written as .NET writes them in the invariant culture."""
    assert expected == run(expression)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[format('{0}')]", "`format` takes a value for each number in braces; one is missing"),
        ("[format('{1}', 'a')]", "`format` takes a value for each number in braces; one is missing"),
        ("[format('{', 'a')]", "`format` takes a format string; a brace in it is not closed or not doubled"),
        ("[format('a}', 'a')]", "`format` takes a format string; a brace in it is not closed or not doubled"),
        ("[format('{x}', 'a')]", "`format` takes a format string; a brace in it is not closed or not doubled"),
        ("[format(1)]", "`format` takes a string, not an integer"),
        ("[format('{0:Q}', 1)]", "`format` takes a numeric format; this one is not known"),
        ("[format('{0:C}', 1)]", "`format` takes a numeric format; this one is not known"),
        ("[format('{0:D}', 1.5)]", "`format` takes an integer for the format D"),
        ("[format('{0:N999}', 1)]", "`format` takes a precision of at most 300 digits"),
        ("[format('{0,9999999}', 1)]", "`format` has a result of more than 4194304 characters"),
    ],
)
def test_a_format_refuses(expression: str, message: str) -> None:
    """Broken format strings, missing values and formats that do not fit are failures."""
    assert message == failure(expression)


@pytest.mark.parametrize(("value", "expected"), [(float("nan"), "NaN"), (float("inf"), "Infinity"), (float("-inf"), "-Infinity")])
def test_what_is_no_number_has_a_name(value: float, expected: str) -> None:
    """Values that JSON does not have are named, whatever the format."""
    assert expected == run("[format('{0:N2}', value('v'))]", v=value)


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 5))
def test_integers_keep_every_digit(value: int, digits: int) -> None:
    """The formats for whole numbers and thousands lose nothing, whatever the size."""
    written = run(f"[format('{{0:N{digits}}}', value('v'))]", v=value)
    whole, _, fraction = written.partition(".")
    assert (value, "0" * digits) == (int(whole.replace(",", "")), fraction)
    assert value == int(run("[format('{0:#,##0}', value('v'))]", v=value).replace(",", ""))
