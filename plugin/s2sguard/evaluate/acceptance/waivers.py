"""Waivers: findings that somebody accepted, for a reason and until a day. One type and one reader for the whole package.

The shape of a waivers file, `waivers.yaml` or JSON (`config/waivers.schema.json`, printed by
`s2sguard config schema waivers`, describes it to editors):

.. code-block:: yaml

    waivers:
      - control: S2S-IKE-001          # one control
        resource: /subscriptions/...   # one resource; or `pair` below
        reason: the partner's device cannot answer
        owner: network-team
        ticket: INC-4711               # optional
        expires: 2026-12-31            # the last day it holds, UTC
      - control: S2S-ISO-001
        pair: {gateway: /subscriptions/..., partners: [blue, [red, green]]}
        ...

Each of the two `partners` is one partner or a list of them: every pair of one from the first with one from the second is waived.
A partner is the name in the report, or the full id of its site where a name stands for two.
A waiver without a valid last day is read, and counts as expired: it must neither pass nor hide the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from s2sguard.errors import ConfigError
from s2sguard.model.folding import fold
from s2sguard.model.pointer import pointer_to

KEYS: Final = ("control", "resource", "pair", "reason", "owner", "ticket", "expires")
_REQUIRED: Final = ("control", "reason", "owner")
_CONTROL: Final = re.compile(r"S2S-[A-Z]{3}-[0-9]{3}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SIDES: Final = 2
_HINT: Final = "an entry has control, resource or pair, reason, owner, expires (YYYY-MM-DD), and maybe ticket"
_PAIR_HINT: Final = "as in pair: {gateway: ID, partners: [blue, [red, green]]}"

Side = tuple[str, ...]
"""One side of a pair: partners as they were written, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two classes of partners on one gateway, sorted: all pairs of one from the first with one from the second."""

    gateway: str
    partners: tuple[Side, Side]

    def __str__(self) -> str:
        """Return the partners for people: `blue and red`, `blue and (green, red)`."""
        return " and ".join(side[0] if len(side) == 1 else f"({', '.join(side)})" for side in self.partners)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One accepted finding: a control on one resource, or on pairs of partners; exactly one of the two is set."""

    control: str
    reason: str
    owner: str
    expires: date | None
    """The last day it holds (UTC); None where none is written, or none that is a day: such a waiver has expired."""
    resource: str | None = None
    pair: Pair | None = None
    ticket: str = ""
    place: str = field(default="", compare=False)
    """Where it is written, `file:line`."""

    def holds(self, today: date) -> bool:
        """Say whether it holds on a day."""
        return self.expires is not None and today <= self.expires

    @property
    def about(self) -> str:
        """What it is about, for people: a resource id, or two partners."""
        return str(self.pair) if self.pair else self.resource or ""


def read_waivers(value: object, place: Callable[[str], str] | None = None) -> tuple[Waiver, ...]:
    """Return the waivers of a parsed file; raises ConfigError naming the place of what is wrong, quoting nothing of it.

    `place` turns a JSON pointer into `file:line`.
    """
    return _Reader(place).waivers(value)


def waivers_document(waivers: Sequence[Waiver]) -> dict[str, Any]:
    """Return what a waivers file holds: plain values in the order of `KEYS`, entries sorted."""
    entries = []
    for waiver in sorted(waivers, key=lambda each: (each.control, each.resource or "", str(each.pair), each.expires or date.min)):
        pair = waiver.pair and {"gateway": waiver.pair.gateway, "partners": [_shortest(side) for side in waiver.pair.partners]}
        expires = waiver.expires and waiver.expires.isoformat()
        values = (waiver.control, waiver.resource, pair, waiver.reason, waiver.owner, waiver.ticket or None, expires)
        entries.append({key: item for key, item in zip(KEYS, values, strict=True) if item is not None})
    return {"waivers": entries}


def _shortest(side: Side) -> str | list[str]:
    return side[0] if len(side) == 1 else list(side)


class _Reader:
    """Reads one file; every error names file, line and pointer."""

    def __init__(self, place: Callable[[str], str] | None) -> None:
        self._place = place

    def waivers(self, value: object) -> tuple[Waiver, ...]:
        """Return all waivers."""
        entries = value.get("waivers") if isinstance(value, Mapping) else None
        if not isinstance(entries, list) or not isinstance(value, Mapping) or set(value) != {"waivers"}:
            raise self._error("", "not a waivers file: its top is a mapping with the list `waivers`, and nothing else")
        return tuple(self._waiver(entry, pointer_to("/waivers", index)) for index, entry in enumerate(entries))

    def _waiver(self, entry: object, pointer: str) -> Waiver:
        if not isinstance(entry, Mapping):
            raise self._error(pointer, "not a mapping")
        unknown = [str(key) for key in entry if key not in KEYS]
        if unknown:
            raise self._error(pointer, f"{len(unknown)} keys that a waiver does not have")
        texts = {key: self._text(entry, key, pointer) for key in _REQUIRED}
        if not _CONTROL.fullmatch(texts["control"]):
            raise self._error(f"{pointer}/control", "not a control id such as S2S-IKE-001")
        if ("resource" in entry) == ("pair" in entry):
            raise self._error(pointer, "needs either `resource` or `pair`")
        return Waiver(
            control=texts["control"],
            reason=texts["reason"],
            owner=texts["owner"],
            expires=_day(entry.get("expires")),
            resource=self._text(entry, "resource", pointer) if "resource" in entry else None,
            pair=self._pair(entry["pair"], f"{pointer}/pair") if "pair" in entry else None,
            ticket=self._text(entry, "ticket", pointer) if "ticket" in entry else "",
            place=self._place(pointer) if self._place else "",
        )

    def _text(self, entry: Mapping[str, Any], key: str, pointer: str) -> str:
        value = entry.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and key == "ticket":
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            raise self._error(f"{pointer}/{key}", "must be text that is not empty")
        return value.strip()

    def _pair(self, value: object, pointer: str) -> Pair:
        partners = value.get("partners") if isinstance(value, Mapping) else None
        if not isinstance(value, Mapping) or set(value) != {"gateway", "partners"} or not isinstance(partners, list):
            raise self._error(pointer, "needs `gateway` and `partners`, and nothing else", _PAIR_HINT)
        sides = sorted(self._side(side, pointer_to(f"{pointer}/partners", index)) for index, side in enumerate(partners))
        if len(sides) != _SIDES or len({fold(name) for side in sides for name in side}) < _SIDES:
            raise self._error(f"{pointer}/partners", "needs two different partners, or two lists of them", _PAIR_HINT)
        return Pair(gateway=self._text(value, "gateway", pointer), partners=(sides[0], sides[1]))

    def _side(self, value: object, pointer: str) -> Side:
        written = value if isinstance(value, list) else [value]
        names = {name.strip() for name in written if isinstance(name, str) and name.strip()}
        if not names or len(names) != len(written):
            raise self._error(pointer, "must be the name of a partner, or a list of names, each once", _PAIR_HINT)
        return tuple(sorted(names))

    def _error(self, pointer: str, text: str, hint: str = _HINT) -> ConfigError:
        where = [part for part in (self._place(pointer) if self._place else "", pointer) if part]
        return ConfigError(": ".join((*where, text)), hint=hint)


def _day(value: object) -> date | None:
    """Return a day written as YYYY-MM-DD; anything else is none."""
    if not isinstance(value, str) or not _DAY.fullmatch(value.strip()):
        return None
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return None
