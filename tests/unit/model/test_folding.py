"""Texts without case, as .NET compares them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.model.folding import fold


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("InitiatorOnly", "INITIATORONLY", True),
        ("straße", "STRAßE", True),
        ("straße", "STRASSE", False),
        ("ÄÖÜ é", "äöü É", True),
        ("ΟΔΟΣ", "οδος", True),
        ("\N{LATIN SMALL LETTER DOTLESS I}psec", "Ipsec", False),
        ("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}psec", "ipsec", False),
        ("\N{LATIN SMALL LETTER LONG S}ite", "Site", False),
        ("\N{KELVIN SIGN}ey", "key", False),
        ("\N{LATIN CAPITAL LETTER SHARP S}", "ß", False),
    ],
)
def test_which_texts_are_the_same(one: str, other: str, *, same: bool) -> None:
    """Capitals decide, one for one; three letters that other languages write without or with a dot, or long, are themselves only."""
    assert same == (fold(one) == fold(other))


@given(st.text())
def test_folding_keeps_positions_and_is_done_once(text: str) -> None:
    """A folded text is as long as the text, and folding it again changes nothing."""
    assert (len(text), fold(text)) == (len(fold(text)), fold(fold(text)))


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_becomes_lowercase(text: str) -> None:
    """Names in ASCII, which nearly all are, can be compared with a lowercase literal."""
    assert text.lower() == fold(text)
