"""Names made of other values: `guid`, `uniqueString`, `newGuid` (Microsoft: template-functions-string)."""

from __future__ import annotations

import hashlib
import uuid
from base64 import b32encode
from collections.abc import Mapping

from s2sguard.expression.functions.common import functions, scalar_text, simple
from s2sguard.expression.functions.encoding import utf8
from s2sguard.expression.interface import Function, Json

GUID_NAMESPACE = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
"""Under which `guid` makes version 5 UUIDs. Not on Microsoft's pages; public tools that reproduce its results use it."""


def guid(*values: Json) -> str:
    """Return the version 5 UUID of the values joined by hyphens; see `GUID_NAMESPACE`."""
    return str(uuid.uuid5(GUID_NAMESPACE, utf8(_joined("guid", values)).decode()))


def unique_string(*values: Json) -> str:
    """Return 13 characters of base32 that depend on the values alone.

    Azure's algorithm is not documented: the shape and the determinism are the same, the characters are not.
    """
    digest = hashlib.sha256(utf8(_joined("uniqueString", values))).digest()
    return b32encode(digest[:10]).decode().lower()[:13]


def _joined(name: str, values: tuple[Json, ...]) -> str:
    return "-".join(scalar_text(name, value) for value in values)


def new_guid() -> str:
    """Return a random UUID."""
    return str(uuid.uuid4())


HASHING: Mapping[str, Function] = functions(
    simple("guid", guid, 1, None),
    simple("uniqueString", unique_string, 1, None),
    Function(name="newGuid", call=new_guid, maximum=0, pure=False),
)
