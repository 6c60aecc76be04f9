"""What to do about what is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

import s2sguard
from s2sguard.report.remedies import REMEDIES, remedy
from s2sguard.report.unknowns import UNKNOWN

SOURCES = "".join(
    path.read_text(encoding="utf-8") for folder in ("collect", "facts") for path in (Path(s2sguard.__file__).parent / folder).rglob("*.py")
)


@pytest.mark.parametrize("piece", [piece for piece, _ in REMEDIES])
def test_every_remedy_is_for_a_reason_that_somebody_gives(piece: str) -> None:
    """A reason that was reworded would lose its remedy in silence."""
    assert piece in SOURCES


def test_a_reason_is_found_where_the_rules_put_it() -> None:
    """What separates the fact from the reason is what the rules write."""
    assert f'"{UNKNOWN}"' in (Path(__file__).parents[3] / "policies/s2sguard/lib/lib.rego").read_text(encoding="utf-8")


def test_a_reason_made_of_two_gets_both_remedies() -> None:
    """Neither is enough alone."""
    assert remedy("x: the site it refers to is not in the input; other connections may exist: the gateway itself is not in the input") == (
        "read the virtual network gateways too, and all their connections; read the local network gateways too"
    )


def test_a_reason_that_explains_itself_gets_none() -> None:
    """No advice is better than a guess."""
    assert remedy("marked sensitive") == ""
