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
        ("x ##vso[task.setvariable variable=PATH]y", "x #\\x23vso[task.setvariable variable=PATH]y"),
        ("##[add-path]/tmp", "#\\x23[add-path]/tmp"),
        ("###vso[a.b]", "#\\x23#vso[a.b]"),
        ("::error title=x::y", ":\\x3aerror title=x:\\x3ay"),
        ("::Stop-Commands::y", ":\\x3aStop-Commands:\\x3ay"),
        ("a ::warning", "a :\\x3awarning"),
        ("fd00::ab, fd00::a <-> ::/0, ::ffff:10.0.0.1, 2001:db8::dead::", "fd00::ab, fd00::a <-> ::/0, ::ffff:10.0.0.1, 2001:db8::dead::"),
    ],
)
def test_what_is_invisible_or_active_is_written_out(text: str, expected: str) -> None:
    """Escapes, line breaks, direction overrides, surrogates and commands of pipelines appear as text; letters and addresses stay."""
    assert printable(text) == expected


@given(st.text() | st.text("#:[]avso é\n"))
def test_every_text_becomes_one_printable_line(text: str) -> None:
    """Whatever comes in, one line of printable characters without a command comes out, and comes out of itself."""
    shown = printable(text)
    assert shown.isprintable()
    assert "##" not in shown
    assert printable(shown) == shown
    assert shown == text or not text.isprintable() or "##" in text or "::" in text


def test_a_long_text_loses_its_middle() -> None:
    """Both ends of a long name stay recognisable, within the limit."""
    assert printable("a" * 50 + "z" * 50, limit=13) == "aaaaa...zzzzz"
