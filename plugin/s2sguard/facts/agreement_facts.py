"""Facts about what was signed with the owner of a connection, as they stand in the facts document."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from s2sguard.model.agreement import State


class DifferenceFacts(TypedDict):
    """How what is configured differs from what was agreed: all lists are empty where it does not."""

    missing: list[str]
    """Agreed and not configured: up to ten, the rest counted."""
    extra: list[str]
    """Configured and not agreed, in the same way."""
    notes: list[str]
    """What else is wrong, one clause each."""


class AgreementFacts(TypedDict):
    """The agreement that a connection is held against; absent where none were given.

    What cannot be told stands in `unknown` as `agreement.<name>`.
    """

    found: bool
    """Whether any agreement is with its partner and about this connection; where none is, only `label`, `own` and `others` follow."""
    own: NotRequired[list[str]]
    """Where none is: agreements with its partner all the same, which name other connections."""
    others: NotRequired[list[str]]
    """Where none is: agreements with other partners that name this connection or its peer all the same."""
    label: str
    """The partner and the ticket, as they are written; without an agreement, the partner."""
    place: NotRequired[str]
    """Where it is written, `file:line`."""
    state: NotRequired[State]
    valid_from: NotRequired[str]
    valid_to: NotRequired[str]
    """First and last day (ISO 8601); both belong to its period."""
    ends_at: NotRequired[list[str]]
    """Where the far end answers, if that was not agreed."""
    peers: NotRequired[list[str]]
    """The agreed places."""
    selectors: NotRequired[DifferenceFacts]
    prefixes: NotRequired[DifferenceFacts]
    algorithms: NotRequired[list[str]]
    """What differs, as `field is value, agreed value`."""
    conflicts: NotRequired[list[str]]
    """Why it cannot hold beside another agreement, as `with PARTNER (TICKET): reason`."""
