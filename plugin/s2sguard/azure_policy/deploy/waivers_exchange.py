"""Waivers and Azure's policy exemptions, one as the other.

The shape of a waivers file, `waivers.yaml` or JSON:

.. code-block:: yaml

    waivers:
      - control: S2S-IKE-001          # one control
        resource: /subscriptions/...   # one resource; or `pair` below
        reason: the partner's device cannot answer
        owner: network-team
        ticket: INC-4711               # optional
        expires: "2026-12-31"          # the last day it holds, UTC
      - control: S2S-ISO-001
        pair: {gateway: /subscriptions/..., partners: [blue, red]}
        ...

`expires` is a day that still counts; `expiresOn` is a moment (facts 5.11). A waiver made from an exemption never holds longer than it.
Nothing here talks to Azure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from s2sguard.errors import UsageError
from s2sguard.model.pointer import pointer_to

KEYS: Final = ("control", "resource", "pair", "reason", "owner", "ticket", "expires")
_REQUIRED: Final = ("control", "reason", "owner", "expires")
_CONTROL: Final = re.compile(r"S2S-[A-Z]{3}-\d{3}")
_PARTNERS: Final = 2
_HINT: Final = "an entry has control, resource or pair, reason, owner, expires (YYYY-MM-DD), and maybe ticket"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two partners on one gateway, sorted."""

    gateway: str
    partners: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One accepted finding: a control on one resource, or on one pair of partners; exactly one of the two is set."""

    control: str
    reason: str
    owner: str
    expires: date
    """The last day it holds (UTC)."""
    resource: str | None = None
    pair: Pair | None = None
    ticket: str = ""


def read_waivers(value: object) -> tuple[Waiver, ...]:
    """Return the waivers of a parsed file; raises UsageError naming the place of what is wrong, quoting nothing of it."""
    entries = value.get("waivers") if isinstance(value, Mapping) else None
    if not isinstance(entries, list) or not isinstance(value, Mapping) or set(value) != {"waivers"}:
        raise UsageError("not a waivers file: its top is a mapping with the list `waivers`, and nothing else", hint=_HINT)
    return tuple(_waiver(entry, pointer_to("/waivers", index)) for index, entry in enumerate(entries))


def waivers_document(waivers: Sequence[Waiver]) -> dict[str, Any]:
    """Return what a waivers file holds: plain values in the order of `KEYS`, entries sorted."""
    entries = []
    for waiver in sorted(waivers, key=lambda each: (each.control, each.resource or "", str(each.pair), each.expires)):
        pair = {"gateway": waiver.pair.gateway, "partners": list(waiver.pair.partners)} if waiver.pair else None
        values = (waiver.control, waiver.resource, pair, waiver.reason, waiver.owner, waiver.ticket or None, waiver.expires.isoformat())
        entries.append({key: item for key, item in zip(KEYS, values, strict=True) if item is not None})
    return {"waivers": entries}


def expires_on(last_day: date) -> str:
    """Return the moment at which a waiver ends, as `expiresOn` takes it: the last second of its last day, UTC."""
    return f"{last_day:%Y-%m-%d}T23:59:59Z"


def last_day(moment: str) -> date:
    """Return the last day that is whole before an exemption ends; raises ValueError for what is no time.

    An exemption that ends at noon gives the day before: a waiver must not hold longer. A time without zone is taken as UTC.
    """
    end = datetime.fromisoformat(moment)
    end = end.replace(tzinfo=UTC) if end.tzinfo is None else end.astimezone(UTC)
    ends_day = end.time() >= time(23, 59, 59)
    return end.date() if ends_day else end.date() - timedelta(days=1)


def _waiver(entry: object, pointer: str) -> Waiver:
    if not isinstance(entry, Mapping):
        raise UsageError(f"{pointer}: not a mapping", hint=_HINT)
    unknown = [str(key) for key in entry if key not in KEYS]
    if unknown:
        raise UsageError(f"{pointer}: {len(unknown)} keys that a waiver does not have", hint=_HINT)
    texts = {key: _text(entry, key, pointer) for key in _REQUIRED}
    if not _CONTROL.fullmatch(texts["control"]):
        raise UsageError(f"{pointer}/control: not a control id such as S2S-IKE-001", hint=_HINT)
    if ("resource" in entry) == ("pair" in entry):
        raise UsageError(f"{pointer}: needs either `resource` or `pair`", hint=_HINT)
    return Waiver(
        control=texts["control"],
        reason=texts["reason"],
        owner=texts["owner"],
        expires=_day(texts["expires"], f"{pointer}/expires"),
        resource=_text(entry, "resource", pointer) if "resource" in entry else None,
        pair=_pair(entry["pair"], f"{pointer}/pair") if "pair" in entry else None,
        ticket=_text(entry, "ticket", pointer) if "ticket" in entry else "",
    )


def _text(entry: Mapping[str, Any], key: str, pointer: str) -> str:
    value = entry.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and key == "ticket":
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"{pointer}/{key}: must be text that is not empty", hint=_HINT)
    return value.strip()


def _day(text: str, pointer: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{pointer}: must be a date, as YYYY-MM-DD", hint=_HINT) from None


def _pair(value: object, pointer: str) -> Pair:
    partners = value.get("partners") if isinstance(value, Mapping) else None
    names = [name.strip() for name in partners if isinstance(name, str) and name.strip()] if isinstance(partners, list) else []
    if not isinstance(value, Mapping) or not isinstance(partners, list) or len(partners) != _PARTNERS or len(set(names)) != _PARTNERS:
        raise UsageError(f"{pointer}: needs `gateway` and two different `partners`", hint=_HINT)
    first, second = sorted(names)
    return Pair(gateway=_text(value, "gateway", pointer), partners=(first, second))
