"""The one error of this room, and how text from Azure becomes fit to print."""

from __future__ import annotations

import re
from typing import Final

from s2sguard.errors import S2SGuardError

MAX_TEXT: Final = 400
"""Characters of a service's message that are shown."""

_SECRETS: Final = (
    # A JSON web token (RFC 7519), with or without its scheme, and the signature of a shared access signature.
    re.compile(r"(?:Bearer\s+)?eyJ[\w-]+(?:\.[\w-]*)*", re.IGNORECASE),
    re.compile(r"Bearer\s+\S+", re.IGNORECASE),
    re.compile(r"(?<=sig=)[^&\s]+", re.IGNORECASE),
    re.compile(r"""(?<=sharedKey)["']?\s*[:=]\s*\S+""", re.IGNORECASE),
)


class DeployError(S2SGuardError):
    """Azure did not do, or did not answer, what it was asked; `message` says what and where, `hint` what to do (exit code 3)."""

    def __init__(self, message: str, *, hint: str = "", status: int | None = None, code: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status
        """The HTTP status; None where no answer came."""
        self.code = code
        """Azure's error code, such as `PolicyDefinitionNotFound`; empty where there is none."""


def scrubbed(text: str, limit: int = MAX_TEXT) -> str:
    """Return a service's message on one line without anything that looks like a credential, at most `limit` characters."""
    for pattern in _SECRETS:
        text = pattern.sub("***", text)
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 3] + "..."
