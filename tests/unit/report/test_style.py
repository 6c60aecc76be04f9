"""Colour, width and counting words."""

from __future__ import annotations

import pytest

from s2sguard.report.style import DEFAULT_WIDTH, Style, count, some, style_for


class Output:
    """An output that is, or is not, a terminal."""

    def __init__(self, *, terminal: bool) -> None:
        self.terminal = terminal

    def isatty(self) -> bool:
        """Say so."""
        return self.terminal


@pytest.mark.parametrize(
    ("terminal", "environ", "to_file", "colour"),
    [
        (True, {}, False, True),
        (False, {}, False, False),
        (True, {"NO_COLOR": "1"}, False, False),
        (True, {"NO_COLOR": ""}, False, True),
        (False, {"FORCE_COLOR": "1"}, False, True),
        (False, {"FORCE_COLOR": "0"}, False, False),
        (True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        (True, {"TERM": "dumb"}, False, False),
        (True, {}, True, False),
    ],
)
def test_colour_is_for_people(terminal: bool, environ: dict[str, str], to_file: bool, colour: bool) -> None:  # noqa: FBT001
    """Colour needs a terminal; NO_COLOR forbids it, FORCE_COLOR asks for it, a file never gets it unasked."""
    assert style_for(Output(terminal=terminal), environ, to_file=to_file).colour is colour


def test_the_width_is_fixed_where_nobody_looks() -> None:
    """Outside a terminal every report has the same width, so that it is the same everywhere."""
    assert style_for(Output(terminal=False), {}).width == DEFAULT_WIDTH


def test_wrapped_lines_hang_under_their_text() -> None:
    """Text is broken at spaces, and later lines start where the text does."""
    assert Style(width=20).wrap("one two three four five", first="fix: ") == ["fix: one two three", "     four five"]


def test_a_path_stays_whole() -> None:
    """What somebody copies is not broken over lines, even where it is wider than the screen."""
    path = "/subscriptions/" + "0" * 36 + "/resourceGroups/rg1"
    assert Style(width=40).wrap(f"in {path} and more", first="  ") == ["  in", f"  {path}", "  and more"]


def test_a_text_without_end_is_cut() -> None:
    """A message of a megabyte takes a screen, not a thousand."""
    assert len(Style().wrap("x" * 1_000_000)) == 16


@pytest.mark.parametrize(("number", "expected"), [(0, "0 pairs"), (1, "1 pair"), (2, "2 pairs")])
def test_counting_words(number: int, expected: str) -> None:
    """One pair, two pairs."""
    assert count(number, "pair") == expected


def test_the_rest_of_a_list_is_counted() -> None:
    """A capped list still says how many there are."""
    assert some(["a", "b", "c", "d"], 2) == "a, b and 2 more"
    assert some(["a", "b"], 2) == "a, b"
