"""Verdicts and facts as short texts. Most verdicts are a pass: all that is kept of one is which control and which resource.

What a verdict takes from its control and its resource is written once for all, and a fingerprint is worked out again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, TypeAlias

from s2sguard.evaluate.join import fingerprint
from s2sguard.evaluate.verdict import Control, Verdict
from s2sguard.model.inventory import Source

OWN: Final = ("status", "severity", "certainty", "message", "fix", "witness", "pairs", "advice", "details", "acceptance", "witnesses")
"""The fields of a verdict that neither its control nor its resource gives; the last one is by far the largest."""
_own = attrgetter(*OWN)
_LARGE: Final = 1000
"""Characters from which a text is compressed: ten witnesses shrink to a tenth."""

SubjectRow: TypeAlias = tuple[str, str, str | None, str | None, str | None, str | None, int | None, int]
"""Resource id, name, gateway, partner; file, pointer, line and column of the source."""
VerdictRow: TypeAlias = tuple[int, int, bytes | None, bytes | None]
"""Place of the control, place of the subject, what is special about the verdict (None for a plain pass), and its witnesses."""


@dataclass(frozen=True, slots=True)
class Packed:
    """The verdicts of one shard."""

    subjects: list[SubjectRow]
    verdicts: list[VerdictRow]
    """Their subject is a place in `subjects`."""


def pack(verdicts: Sequence[Verdict], controls: Sequence[Control]) -> Packed:
    """Return verdicts as rows; their controls are among `controls`, and nobody has accepted any of them yet."""
    numbers = {control.id: number for number, control in enumerate(controls)}
    plain = [_plain(control) for control in controls]
    places: dict[str, int] = {}
    packed = Packed([], [])
    for verdict in verdicts:
        place = places.get(verdict.resource)
        if place is None:
            place = places[verdict.resource] = len(packed.subjects)
            packed.subjects.append(_subject(verdict))
        control, own = numbers[verdict.control_id], _own(verdict)
        packed.verdicts.append((control, place, *((None, None) if own == plain[control] else _packed(own))))
    return packed


class Unpacker:
    """Makes verdicts of rows again."""

    def __init__(self, controls: Sequence[Control]) -> None:
        self._controls = controls
        self._plain = [dict(zip(OWN, _plain(control), strict=True)) for control in controls]

    def verdict(self, control: int, subject: SubjectRow, special: bytes | None, witnesses: bytes | None) -> Verdict:
        """Return the verdict of one row. Without its witnesses, when they are not given, it is good for counting only."""
        resource, name, gateway, partner, file, pointer, line, column = subject
        found = self._controls[control]
        return Verdict(
            control_id=found.id,
            control=found.name,
            title=found.title,
            resource=resource,
            resource_name=name,
            gateway=gateway,
            partner=partner,
            source=None if file is None else Source(file=file, pointer=pointer or "", line=line, column=column),
            fingerprint=fingerprint(found.id, resource),
            **(self._plain[control] if special is None else _unpacked(special, witnesses)),
        )


def text_of(value: object) -> bytes:
    """Return JSON, compressed where that pays."""
    text = json.dumps(value, separators=(",", ":")).encode()
    return text if len(text) < _LARGE else zlib.compress(text, 1)


def value_of(text: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Return what `text_of` was given; arrays come back as lists."""
    # JSON starts with a printable character, zlib's header with `x`, which no JSON starts with.
    return json.loads(zlib.decompress(text) if text.startswith(b"x") else text)


def _subject(verdict: Verdict) -> SubjectRow:
    source = verdict.source
    place = (None, None, None, 1) if source is None else (source.file, source.pointer, source.line, source.column)
    return (verdict.resource, verdict.resource_name, verdict.gateway, verdict.partner, *place)


def _plain(control: Control) -> tuple[object, ...]:
    """Return the own fields of a pass without any remark."""
    return ("pass", control.severity, "configured", control.title, control.fix, None, None, (), (), None, ())


def _packed(own: Sequence[object]) -> tuple[bytes, bytes | None]:
    values = dict(zip(OWN, own, strict=True))
    witnesses = values.pop("witnesses")
    # The first witness stands in the list as well.
    if isinstance(witnesses, tuple) and witnesses and values["witness"] == witnesses[0]:
        values["witness"] = True
    return text_of(list(values.values())), text_of(witnesses) if witnesses else None


def _unpacked(special: bytes, written: bytes | None) -> Mapping[str, Any]:
    witnesses = () if written is None else tuple(value_of(written))
    values = dict(zip(OWN, (*value_of(special), witnesses), strict=True))
    values["advice"], values["details"] = tuple(values["advice"]), tuple(values["details"])
    if values["witness"] is True:
        values["witness"] = witnesses[0] if witnesses else None
    return values
