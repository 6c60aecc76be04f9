"""What every use of the Azure SDK asks for first: that its packages are installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from typing import Final

from s2sguard.errors import UsageError

EXTRA: Final = "pip install 's2sguard[azure]'"
NO_SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000000"
"""What clients get that need a subscription id and make no request with it."""


def need_sdk(modules: Iterable[str]) -> None:
    """Look for modules without importing them; raises UsageError, with what to install, where one is missing."""
    try:
        missing = [name for name in modules if importlib.util.find_spec(name) is None]
    except ModuleNotFoundError as error:  # of the package that a module is in
        missing = [str(error.name)]
    if missing:
        raise UsageError("the Azure packages are not installed", hint=EXTRA)
