"""The colours of the page: text can be read on what it stands on, in both themes (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from typing import Final

import pytest

from s2sguard.report.html.assets import page_assets

TEXT: Final = 4.5
"""Contrast of text, level AA."""
DRAWN: Final = 3.0
"""Contrast of lines that mean something."""
PAIRS: Final = (
    *((text, ground, TEXT) for text in ("fg", "muted", "link") for ground in ("bg", "panel")),
    *((f"{mood}-fg", f"{mood}{shade}", TEXT) for mood in ("bad", "warn", "doubt", "info", "good") for shade in ("-bg", "-alt")),
    *((mood, ground, DRAWN) for mood in ("bad", "warn", "doubt", "info", "good", "focus", "muted") for ground in ("bg", "panel")),
    ("muted", "doubt-bg", TEXT),
    ("fg", "doubt-bg", TEXT),
)


def themes() -> dict[str, dict[str, str]]:
    """Return theme -> name of a colour -> its value."""
    style = page_assets().style
    found: dict[str, dict[str, str]] = {"light": {}, "dark": {}}
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", style):
        found["light"][name], found["dark"][name] = light, dark
    return found


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everything_can_be_read(theme: str) -> None:
    """Every colour of text has a contrast of 4.5 on every ground it is used on, every line one of 3."""
    colours = themes()[theme]
    measured = [(f"{name} on {ground}", round(contrast(colours[name], colours[ground]), 2), least) for name, ground, least in PAIRS]
    assert [(pair, value) for pair, value, least in measured if value < least] == []


def test_a_browser_without_light_dark_gets_the_light_theme() -> None:
    """The colours that an old browser understands are those of the light theme."""
    plain = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})[;\s]", page_assets().style))
    assert themes()["light"] == plain


def test_contrast_is_measured_as_defined() -> None:
    """Black on white is 21, a colour on itself 1."""
    assert (21, 1) == (round(contrast("#000000", "#ffffff")), contrast("#123456", "#123456"))
