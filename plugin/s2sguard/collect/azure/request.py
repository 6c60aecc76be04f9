"""What to read of which tenant: the request of one live run, and what makes two requests the same."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from s2sguard.errors import UsageError

GUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SUBSCRIPTION: Final = re.compile(rf"(?:/subscriptions/)?({GUID})/?", re.IGNORECASE)
_MANAGEMENT_GROUP: Final = re.compile(
    r"(?:/providers/Microsoft\.Management/managementGroups/)?([A-Za-z0-9][\w.()~-]{0,89})/?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRequest:
    """One of `subscriptions`, `management_group` and `all_subscriptions`, and how it is read."""

    subscriptions: tuple[str, ...] = ()
    """Subscription ids in lowercase, sorted, each once."""
    management_group: str | None = None
    """The id (its last segment), not the display name."""
    all_subscriptions: bool = False
    """Everything that the signed-in identity can see."""
    resource_graph: bool = True
    """False walks resource groups with Azure Resource Manager alone."""
    cloud: str = "public"
    checkpoint: str | None = None
    """Where the run is kept, so that a killed one goes on where it was; None keeps it nowhere."""
    observe: bool = False
    """Ask each gateway for the live SAs of its connections, too."""
    concurrency: int = 16
    """Requests in flight at most."""

    @property
    def described(self) -> tuple[str, ...]:
        """What is read, for the list of inputs in a report."""
        if self.management_group is not None:
            return (f"/providers/Microsoft.Management/managementGroups/{self.management_group}",)
        return tuple(f"/subscriptions/{name}" for name in self.subscriptions) or ("all subscriptions",)

    def forget(self) -> None:
        """Remove the checkpoint of a run whose result is written, so that the next one starts anew."""
        if self.checkpoint is not None:
            for suffix in ("", "-wal", "-shm"):
                with suppress(OSError):
                    Path(self.checkpoint + suffix).unlink()

    def fingerprint(self, version: str) -> str:
        """Return a digest of everything a result depends on: what is read, how, and by which version of this program."""
        parts = [version, self.cloud, self.resource_graph, self.all_subscriptions, self.management_group, sorted(self.subscriptions)]
        parts += [self.observe]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def subscription_id(text: str) -> str:
    """Return a subscription's id in lowercase from its id or its resource id; raises UsageError."""
    found = _SUBSCRIPTION.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            f"`{text[:60]}` is no subscription id", hint="`az account list` shows the ids; names are not taken, as two may be equal"
        )
    return found[1].lower()


def management_group_id(text: str) -> str:
    """Return a management group's id from its id or its resource id; raises UsageError."""
    found = _MANAGEMENT_GROUP.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"`{text[:60]}` is no management group id", hint="`az account management-group list` shows them")
    return found[1]
