"""Text from outside, made safe to print."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.report.printable import printable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("to-red", "to-red"),
        ("München 東京", "München 東京"),
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("a\nb\rc\td", "a\\nb\\rc\\td"),
        ("a\x00\x7f\x9b", "a\\x00\\x7f\\x9b"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("a\u2028b\u200dc", "a\\u2028b\\u200dc"),
        ("a\ud800b", "a\\ud800b"),
        ("a\U000e0001b", "a\\ue0001b"),
    ],
)
def test_what_is_invisible_or_active_is_written_out(text: str, expected: str) -> None:
    """Escapes, line breaks, direction overrides and lone surrogates appear as text; letters stay letters."""
    assert printable(text) == expected


@given(st.text())
def test_every_text_becomes_one_printable_line(text: str) -> None:
    """Whatever comes in, one line of printable characters comes out, unchanged only where it was one."""
    shown = printable(text)
    assert shown.isprintable()
    assert (shown == text) == text.isprintable()


def test_a_long_text_loses_its_middle() -> None:
    """Both ends of a long name stay recognisable, within the limit."""
    assert printable("a" * 50 + "z" * 50, limit=13) == "aaaaa...zzzzz"
