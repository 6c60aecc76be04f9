"""Texts as they count where case does not: in names, tags and rules, as .NET compares them (ordinal, ignoring case)."""

from __future__ import annotations


def fold(text: str) -> str:
    """Return `text` as it counts in comparisons without case; of the same length, so positions in it are positions in `text`.

    Two characters are the same where their capitals are, one for one: `ß` is never `ss`, and the sign of Kelvin is no `k`.
    Dotless i (U+0131) and long s (U+017F), whose capitals are ASCII, and I with a dot (U+0130) are the same as themselves only.
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    upper = character.upper()
    if len(upper) != 1 or upper.isascii():
        return character
    # Small letters where there are any: folded names are shown to people.
    lower = upper.lower()
    return lower if len(lower) == 1 and lower.upper() == upper else upper
