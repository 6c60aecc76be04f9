"""Findings about gateways, sites and shared keys: not a connection's to fix, so one line each, and a command where one setting is all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from s2sguard.evaluate.verdict import Verdict
from s2sguard.fix.model import Elsewhere
from s2sguard.fix.snippets.place import is_real
from s2sguard.fix.snippets.quoting import shell
from s2sguard.model.arm_types import CONNECTION
from s2sguard.model.inventory import Inventory

_COMMANDS: Final = {
    "S2S-GWY-003": "--set properties.disableIPSecReplayProtection=false",
    "S2S-RTE-002": "--remove properties.gatewayDefaultSite",
}
"""Control -> what `az resource update` has to be told (their pages)."""


def elsewhere_of(verdicts: Iterable[Verdict], inventory: Inventory) -> tuple[Elsewhere, ...]:
    """Return the findings about anything but connections, in the order of the report."""
    return tuple(_found(verdicts, inventory))


def _found(verdicts: Iterable[Verdict], inventory: Inventory) -> Iterator[Elsewhere]:
    for verdict in verdicts:
        resource = inventory.get(verdict.resource)
        if not verdict.counts or (resource is not None and resource.type == CONNECTION):
            continue
        arguments = _COMMANDS.get(verdict.control_id, "") if resource is not None and is_real(resource) else ""
        yield Elsewhere(verdict=verdict, command=f"az resource update --ids {shell(verdict.resource)} {arguments}" if arguments else "")
