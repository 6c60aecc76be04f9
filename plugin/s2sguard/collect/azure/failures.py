"""What went wrong with one request, as a kind of gap and one line that quotes nothing of the answer but Azure's error code."""

from __future__ import annotations

import json
import re
from typing import Final

from azure.core.exceptions import AzureError, ClientAuthenticationError, DecodeError, HttpResponseError

from s2sguard.collect.azure.gaps import Unreadable
from s2sguard.errors import InputError
from s2sguard.model.inventory import GapKind

_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,79}")
_SIGN_IN: Final = "run `az login` (--tenant for another tenant), or let DefaultAzureCredential find the identity of this pipeline"
_UNEXPECTED: Final = (ValueError, TypeError, AttributeError, KeyError)
FAILURES: Final[tuple[type[Exception], ...]] = (AzureError, *_UNEXPECTED)
"""What an SDK call raises: its own errors, and what its models raise on an answer of another shape (a proxy's page)."""

_REGISTERED: Final = "MissingSubscriptionRegistration"


class WrongLink(AzureError):  # noqa: N818  # named like the gap it becomes
    """A link to a next page that leads to another host, or round in a circle."""


class OddAnswer(AzureError):  # noqa: N818
    """An answer with status 200 that is not what Azure documents."""


def unreadable(error: Exception) -> Unreadable:
    """Return what an error of an SDK call means; raises InputError where nobody is signed in, as nothing can be read then."""
    if isinstance(error, WrongLink):
        return Unreadable("wrong-link", "Azure's link to the next page leads somewhere else, so the listing was cut there")
    if isinstance(error, OddAnswer | DecodeError) or not isinstance(error, AzureError):
        return Unreadable("unavailable", "the answer is not what Azure documents; is there a proxy in between?")
    response = error.response if isinstance(error, HttpResponseError) else None
    status = getattr(response, "status_code", None)
    if status is None:
        if isinstance(error, ClientAuthenticationError):
            raise InputError("no Azure credential was found", hint=_SIGN_IN) from None
        return Unreadable("unavailable", "Azure cannot be reached, or cut the connection, after all retries")
    code = _code(response)
    kind, words = _meaning(status, code)
    return Unreadable(kind, f"{words} ({status}{' ' + code if code else ''})")


def _meaning(status: int, code: str) -> tuple[GapKind, str]:
    if status == 409 and code == _REGISTERED:
        return "not-registered", "the resource provider is not registered in the subscription, and this program registers nothing"
    if status >= 500:
        return "unavailable", "Azure failed after all retries"
    known: dict[int, tuple[GapKind, str]] = {
        401: ("forbidden", "the sign-in is not valid there"),
        403: ("forbidden", "no permission; the role of s2sguard collect --print-role has it"),
        404: ("vanished", "it does not exist any more, or may not be seen"),
        408: ("unavailable", "Azure took too long, after all retries"),
        429: ("throttled", "Azure throttles, and went on after all retries"),
    }
    return known.get(status, ("unavailable", "Azure refused the request"))


def _code(response: object) -> str:
    """Return Azure's error code, or nothing where there is none that is fit to print."""
    try:
        body = json.loads(response.text())  # type: ignore[attr-defined]  # both kinds of responses have it
    except Exception:  # noqa: BLE001  # whatever the body is, the status says enough
        return ""
    error = body.get("error", body) if isinstance(body, dict) else {}
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""
