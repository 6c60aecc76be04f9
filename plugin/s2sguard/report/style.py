"""Small helpers for reports people read: colour, width, wrapping, counting words."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

Colour: TypeAlias = Literal["bold", "dim", "red", "yellow", "green", "cyan"]

CODES: dict[Colour, str] = {"bold": "1", "dim": "2", "red": "31;1", "yellow": "33", "green": "32", "cyan": "36"}
DEFAULT_WIDTH = 100
MIN_WIDTH = 60
MAX_WIDTH = 160
"""Wider lines are hard to read, however wide the screen."""
LONGEST_WORD = 250
"""Characters that are never broken over lines; resource ids are shorter."""
TEXT_LIMIT = 1500
"""Characters of one message; a name of a megabyte must not hide the rest of the report."""


class Stream(Protocol):
    """What decides about colour and width of an output."""

    def isatty(self) -> bool:
        """Say whether a person reads along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a report looks: with colour or without, and how wide in characters."""

    colour: bool = False
    width: int = DEFAULT_WIDTH

    def paint(self, text: str, colour: Colour) -> str:
        """Return `text` in a colour where colour is wanted."""
        return f"\x1b[{CODES[colour]}m{text}\x1b[0m" if self.colour and text else text

    def wrap(self, text: str, *, first: str = "", rest: str | None = None) -> list[str]:
        """Return `text` as lines of at most `width`, after `first` on the first line and `rest` (or blanks) on the others."""
        indent = " " * len(first) if rest is None else rest
        if len(text) > TEXT_LIMIT:
            text = text[:TEXT_LIMIT] + "..."
        # A path or an id that somebody will copy stays whole, even where it is wider than the screen.
        endless = any(len(word) > LONGEST_WORD for word in text.split())
        wrapper = textwrap.TextWrapper(
            self.width, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False, break_long_words=endless
        )
        return wrapper.wrap(text) or [first.rstrip()]

    def headed(self, head: str, text: str, painted: str) -> list[str]:
        """Return `text` wrapped after `head`, which is printed as `painted`."""
        lines = self.wrap(text, first=head)
        return [painted + lines[0].removeprefix(head), *lines[1:]]


def style_for(stream: Stream, environ: Mapping[str, str], *, to_file: bool = False) -> Style:
    """Return the style for an output: colour on a terminal only, unless NO_COLOR or FORCE_COLOR says otherwise (no-color.org)."""
    terminal = stream.isatty() and not to_file
    width = min(max(shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns, MIN_WIDTH), MAX_WIDTH) if terminal else DEFAULT_WIDTH
    if environ.get("NO_COLOR"):
        return Style(colour=False, width=width)
    if environ.get("FORCE_COLOR", "0") not in {"", "0"}:
        return Style(colour=True, width=width)
    return Style(colour=terminal and environ.get("TERM") != "dumb", width=width)


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return `1 pair`, `2 pairs`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def some(names: Sequence[str], limit: int) -> str:
    """Return names joined by commas, the rest as a true count: `a, b and 12 more`."""
    if len(names) <= limit:
        return ", ".join(names)
    return f"{', '.join(names[:limit])} and {len(names) - limit} more"


def joined(parts: Iterable[str]) -> str:
    """Return the parts that are not empty, joined by commas."""
    return ", ".join(part for part in parts if part)
