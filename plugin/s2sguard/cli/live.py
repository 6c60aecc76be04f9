"""What the commands that read Azure itself share: their flags as a request, and how they say what is going on."""

from __future__ import annotations

import time
from argparse import Namespace
from typing import Final, TextIO

from s2sguard.cli.output import Progress
from s2sguard.collect.azure.request import LiveRequest, management_group_id, subscription_id
from s2sguard.errors import UsageError

_EVERY: Final = 30.0
"""Seconds between two lines in a log."""


def live_of(arguments: Namespace) -> LiveRequest | None:
    """Return what is to be read from Azure, or None where no flag says so; raises UsageError for flags that do not go together."""
    given = vars(arguments)
    chosen = {
        "--subscription": given.get("subscriptions"),
        "--management-group": given.get("management_group"),
        "--all-subscriptions": given.get("all_subscriptions"),
    }
    scopes = [flag for flag, value in chosen.items() if value]
    if len(scopes) > 1:
        raise UsageError(f"{' and '.join(scopes)} exclude each other", hint="choose what to read by one of them")
    if not scopes:
        if given.get("checkpoint") or given.get("no_resource_graph") or given.get("observe"):
            raise UsageError(
                "--checkpoint, --no-resource-graph and --observe need a scope to read", hint=f"give one of {', '.join(chosen)}"
            )
        return None
    group = given["management_group"]
    return LiveRequest(
        subscriptions=tuple(sorted({subscription_id(name) for name in given["subscriptions"]})),
        management_group=management_group_id(group) if group else None,
        all_subscriptions=bool(given["all_subscriptions"]),
        resource_graph=not given["no_resource_graph"],
        cloud=given["cloud"],
        observe=given["observe"],
        checkpoint=given["checkpoint"],
        concurrency=given["concurrency"],
    )


def named_scope(arguments: Namespace) -> bool:
    """Say whether any flag says what to read."""
    return bool(arguments.subscriptions or arguments.management_group or arguments.all_subscriptions)


class LiveProgress(Progress):
    """On a terminal one line that changes; in a log a plain line now and then, because a run takes minutes."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__(stream)
        self._next = 0.0

    def __call__(self, text: str) -> None:
        """Show what is going on; empty text clears the line of a terminal."""
        if self._on:
            super().__call__(text)
        elif text and time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            self._stream.write(text + "\n")
            self._stream.flush()
