"""One request to Azure, whose failure is one clear line: what, which id, what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from s2sguard.azure_policy.deploy.errors import DeployError, scrubbed

if TYPE_CHECKING:
    from azure.core.exceptions import AzureError

READER: Final = "Reader"
WRITER: Final = "Resource Policy Contributor"
"""Built-in roles that hold the permissions: Microsoft Learn, governance/policy/overview, `Azure RBAC permissions in Azure Policy`."""

_CONFLICT: Final = 409
_SIGN_IN: Final = "run `az login` (--tenant for another tenant), or let DefaultAzureCredential find the identity of this pipeline"


@contextmanager
def azure_call(what: str, where: str, role: str = READER) -> Iterator[None]:
    """Run one SDK call, lists included to their end; raises DeployError for whatever goes wrong in it.

    `what` says what was tried ("reading policy assignments"), `where` is the id of the scope or resource,
    `role` the built-in role that allows it.
    """
    from azure.core.exceptions import AzureError

    try:
        yield
    except AzureError as error:
        raise _failure(error, what, where, role) from None
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        # The SDK's models fail like this on an answer of another shape: a proxy's page, a gateway's error.
        raise DeployError(
            f"{what} at `{where}`: the answer is not what Azure documents ({type(error).__name__})",
            hint="is there a proxy in between? otherwise a newer s2sguard may know this answer",
        ) from None


def _failure(error: AzureError, what: str, where: str, role: str) -> DeployError:
    from azure.core.exceptions import ClientAuthenticationError, DecodeError, HttpResponseError

    response = error.response if isinstance(error, HttpResponseError) else None
    status = getattr(response, "status_code", None)
    if status is None or isinstance(error, DecodeError):
        if isinstance(error, ClientAuthenticationError):
            return DeployError(f"{what} at `{where}`: no Azure credential was found", hint=_SIGN_IN)
        kind = "the answer cannot be read" if isinstance(error, DecodeError) else "Azure cannot be reached, or the connection was cut"
        hint = "check the network, proxy and --cloud, then run the same command again: what is done stays done"
        return DeployError(f"{what} at `{where}`: {kind} ({type(error).__name__})", hint=hint, status=status)
    code, text = _told(response)
    said = f": {scrubbed(text)}" if text else ""
    words, hint = _meaning(status, code, where, role)
    return DeployError(f"{what} at `{where}`: {words} ({status}{' ' + code if code else ''}){said}", hint=hint, status=status, code=code)


def _told(response: object) -> tuple[str, str]:
    """Return Azure's error code and message from an error body; empty where there is none."""
    try:
        body = json.loads(response.text())  # type: ignore[attr-defined]  # both kinds of responses have it
    except Exception:  # noqa: BLE001  # whatever the body is, the status says enough
        return "", ""
    error = body.get("error", body) if isinstance(body, dict) else {}
    if not isinstance(error, dict):
        return "", ""
    code, message = error.get("code"), error.get("message")
    return scrubbed(code, 80) if isinstance(code, str) else "", message if isinstance(message, str) else ""


def _meaning(status: int, code: str, where: str, role: str) -> tuple[str, str]:
    if status == _CONFLICT and code == "MissingSubscriptionRegistration":
        return "a resource provider is not registered", (
            "s2sguard registers nothing by itself: an owner of the subscription runs `az provider register --namespace NAME` once"
        )
    if status >= 500:
        return "Azure failed", "try again in some minutes: what is done stays done"
    return {
        400: ("Azure refuses the request", "the message of Azure above says why; nothing was changed by this request"),
        401: ("the sign-in is not valid there", f"{_SIGN_IN}; is --cloud right?"),
        403: ("no permission", f"the role `{role}` at `{where}` (or above) allows it; a new role takes some minutes"),
        404: ("does not exist, or may not be seen", f"check the id, the signed-in tenant and --cloud; `{READER}` at least is needed"),
        409: ("in conflict with something that is going on", "wait until the other change is done, then run the same command again"),
        429: (
            "Azure throttles, and went on after all retries",
            "wait some minutes, then run the same command again: what is done stays done",
        ),
    }.get(status, ("an unexpected answer", "run the same command again; if it stays, report the status"))
