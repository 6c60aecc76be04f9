"""The limits of Azure Policy that parameters run into (facts 5.8; definition-structure-policy-rule, service limits)."""

from typing import Final

MOST_ENTRIES: Final = 100
"""Members of an array that a value count goes through; none of our value counts stands inside another."""
MOST_ASSIGNMENTS: Final = 200
"""Assignments at one scope, everybody else's included."""
MOST_BYTES: Final = 1_000_000
"""Of one assignment's parameters: a request takes 1 048 576 bytes, and the rest of it needs some."""
