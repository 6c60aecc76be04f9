"""The custom role that allows a live run and nothing else, as `az role definition create --role-definition @FILE` takes it.

Its actions are those of the requests; no action that lists keys is among them (`connections/sharedKey/action` is another one).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

OBSERVE: Final = "Microsoft.Network/connections/getikesas/action"
"""What `--observe` needs besides: the one action that is no read, because Azure answers a POST."""


def role(scopes: Sequence[str] = (), *, observe: bool = False) -> dict[str, Any]:
    """Return the role, assignable at these scopes; without any, at a subscription that does not exist, to be replaced."""
    found: dict[str, Any] = json.loads(files("s2sguard.collect.azure").joinpath("role.json").read_text(encoding="utf-8"))
    if observe:
        found["Actions"] = sorted([*found["Actions"], OBSERVE])
    return found | ({"AssignableScopes": list(scopes)} if scopes else {})


def role_text(scopes: Sequence[str] = (), *, observe: bool = False) -> str:
    """Return the role as JSON text."""
    return json.dumps(role(scopes, observe=observe), indent=2) + "\n"
