"""Compliance states: what Azure's compliance page shows for an outcome (concepts/compliance-states; facts 5.7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

from s2sguard.azure_policy.language.outcome import ERROR, LEGACY_EFFECTS, UNKNOWN, Evaluation

State: TypeAlias = Literal["NonCompliant", "Compliant", "Error", "Conflicting", "Protected", "Exempt", "Unknown"]

RANK: Final[tuple[State, ...]] = ("NonCompliant", "Compliant", "Error", "Conflicting", "Protected", "Exempt", "Unknown")
"""Which state wins where several come together ("Comparing different compliance states")."""

_MANUAL: Final[dict[str, State]] = {"Compliant": "Compliant", "Non-compliant": "NonCompliant", "Unknown": "Unknown"}
_OF: Final[dict[str | None, State]] = {
    None: "Compliant",
    "disabled": "Compliant",
    "denyAction": "Protected",
    "addToNetworkGroup": "Compliant",
    # Nobody says what the compliance page shows for these; it is never compliant.
    **dict.fromkeys(LEGACY_EFFECTS, "Unknown"),
    ERROR: "Error",
    UNKNOWN: "Unknown",
}


def state_of(evaluation: Evaluation, *, conflicting: bool = False) -> State:
    """Return the state of an existing resource that a definition applies to.

    `conflicting`: more than one definition whose conflictEffect is deny changes the same property.
    Azure has `Unknown` for the effect manual only; here it is also what cannot be told from this input, and never compliant.
    """
    if evaluation.effect == "manual":
        return _MANUAL.get(str(evaluation.details.get("defaultState")), "Unknown")
    return "Conflicting" if conflicting else _OF.get(evaluation.effect, "NonCompliant")


def roll_up(states: Iterable[State | None]) -> State | None:
    """Return the state of several together; None where none of them has one."""
    found = set(states)
    return next((state for state in RANK if state in found), None)
