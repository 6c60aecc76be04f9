"""What went wrong, in one line without a word of the answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)

from s2sguard.collect.azure.failures import OddAnswer, WrongLink, unreadable
from s2sguard.errors import InputError

KEY = "planted-" + "key"


class Answer:
    """An answer of the SDK, as far as an error looks at it."""

    reason = ""

    def __init__(self, status: int, body: object) -> None:
        self.status_code = status
        self._body = body

    def text(self, *_: object) -> str:
        """Return the body."""
        return self._body if isinstance(self._body, str) else json.dumps(self._body)


def http(status: int, code: object = "Code", message: str = KEY) -> HttpResponseError:
    """Return the SDK's error for an answer."""
    answer: Any = Answer(status, {"error": {"code": code, "message": message}})
    return HttpResponseError(message=message, response=answer)


def garbled() -> DecodeError:
    """Return the SDK's error for an answer that is no JSON."""
    answer: Any = Answer(200, KEY)
    return DecodeError(KEY, response=answer)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (http(401), "forbidden"),
        (http(403, "AuthorizationFailed"), "forbidden"),
        (http(404, "ResourceNotFound"), "vanished"),
        (http(409, "MissingSubscriptionRegistration"), "not-registered"),
        (http(409, "Conflict"), "unavailable"),
        (http(429), "throttled"),
        (http(400), "unavailable"),
        (http(500), "unavailable"),
        (http(503), "unavailable"),
        (ServiceRequestError(KEY), "unavailable"),
        (ServiceResponseError(KEY), "unavailable"),
        (garbled(), "unavailable"),
        (OddAnswer(KEY), "unavailable"),
        (WrongLink(KEY), "wrong-link"),
        (TypeError(KEY), "unavailable"),
        (AzureError(KEY), "unavailable"),
    ],
)
def test_kinds(error: Exception, kind: str) -> None:
    """Each failure has its kind, and its reason quotes nothing of the answer."""
    found = unreadable(error)
    assert (kind, False) == (found.kind, KEY in found.reason)


@pytest.mark.parametrize("code", [KEY, "A" * 200, "two words", 7, None, "Zeile\nzwei"])
def test_a_code_that_is_none_is_left_out(code: object) -> None:
    """Azure's error codes are words; anything else in their place is not shown."""
    assert unreadable(http(403, code)).reason.endswith("(403)")


def test_no_sign_in_ends_the_run() -> None:
    """Where no credential is found nothing can be read, which is an error and no gap."""
    with pytest.raises(InputError, match="no Azure credential was found"):
        unreadable(ClientAuthenticationError(KEY))
