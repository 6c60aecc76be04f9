"""Points in time as .NET has them: 100 nanoseconds, ISO 8601 in, .NET's date and time format strings out.

Formats are those of the invariant culture, as in the documentation of `utcNow` (`d` is `03/05/2019`).
Sources: Microsoft's pages on standard and custom date and time format strings; ISO 8601 for reading.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta

TICKS = 10_000_000
"""Ticks of 100 nanoseconds in a second."""
_MAX_TICKS = 3_155_378_976_000_000_000
_EPOCH = datetime(1, 1, 1)  # noqa: DTZ001  # ticks are UTC; the offset is kept beside them
_UNIX = 62_135_596_800

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_STANDARD = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "m": "MMMM dd",
    "M": "MMMM dd",
    "o": "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
    "O": "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
    "r": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
    "s": "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
    "U": "dddd, dd MMMM yyyy HH:mm:ss",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
}
_ISO = re.compile(
    r"(?P<year>\d{4})(?P<dash>-?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)"
    r"(?:(?P<separator>[T ])(?P<hour>\d\d)(?P<colon>:?)(?P<minute>\d\d)(?:(?P=colon)(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r" ?(?P<zone>[Zz]|[+-]\d\d:?\d\d|[+-]\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_DURATION = re.compile(
    r"(?P<sign>[+-])?P(?=.)(?:(?P<years>\d{1,9})Y)?(?:(?P<months>\d{1,9})M)?(?:(?P<weeks>\d{1,9})W)?(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9})(?:[.,](?P<fraction>\d{1,9}))?S)?)?",
    re.ASCII,
)
_FORMAT_PIECE = re.compile(r"'[^']*'?|\"[^\"]*\"?|\\.?|%|d+|f+|F+|g+|h+|H+|K|m+|M+|s+|t+|y+|z+|.", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A point in time and the offset it was written with."""

    ticks: int
    """Since the first of January of the year 1 in UTC."""
    offset: int = 0
    """Minutes east of UTC."""
    zoned: bool = True
    """False where no zone was given; it is read as UTC."""

    @property
    def epoch(self) -> int:
        """Return whole seconds since 1970."""
        return self.ticks // TICKS - _UNIX

    @property
    def local(self) -> datetime:
        """Return the calendar fields at the offset, without zone."""
        return _EPOCH + timedelta(microseconds=self.ticks // 10, minutes=self.offset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """An ISO 8601 duration: months, which have no fixed length, and ticks, which do."""

    months: int
    ticks: int


def from_ticks(ticks: int, offset: int = 0, *, zoned: bool = True) -> Moment | None:
    """Return a point in time, None outside the years 1 to 9999."""
    inside = 0 <= ticks < _MAX_TICKS and 0 <= ticks + offset * 60 * TICKS < _MAX_TICKS
    return Moment(ticks=ticks, offset=offset, zoned=zoned) if inside else None


def from_epoch(seconds: int) -> Moment | None:
    """Return the point in time `seconds` after 1970, None outside the years 1 to 9999."""
    return from_ticks((seconds + _UNIX) * TICKS)


def parse_moment(written: str) -> Moment | None:
    """Return the point in time that an ISO 8601 date or date and time stands for, None for anything else."""
    match = _ISO.fullmatch(written.strip())
    if match is None:
        return None
    names = ("year", "month", "day", "hour", "minute", "second")
    try:
        fields = datetime(*(int(match[name] or 0) for name in names))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
    offset = _offset(match["zone"])
    seconds = (fields - _EPOCH) // timedelta(seconds=1)
    fraction = int((match["fraction"] or "").ljust(7, "0")[:7])
    if offset is None:
        return None
    return from_ticks((seconds - offset * 60) * TICKS + fraction, offset, zoned=match["zone"] is not None)


def shape_of(written: str) -> str:
    """Return the format in which `written`, which `parse_moment` understands, is written."""
    match = _ISO.fullmatch(written.strip())
    if match is None or match["hour"] is None:
        return "yyyy'-'MM'-'dd" if match is None or match["dash"] else "yyyyMMdd"
    date = "yyyy'-'MM'-'dd" if match["dash"] else "yyyyMMdd"
    colon = "':'" if match["colon"] else ""
    seconds = f"{colon}ss" if match["second"] else ""
    fraction = "'.'" + "f" * min(len(match["fraction"]), 7) if match["fraction"] else ""
    zone = "K" if match["zone"] else ""
    return f"{date}'{match['separator'].upper()}'HH{colon}mm{seconds}{fraction}{zone}"


def _offset(zone: str | None) -> int | None:
    if zone is None or zone in "Zz":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[-2:]) if len(zone) > 3 else 0
    if hours > 14 or minutes > 59:
        return None
    return (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)


def parse_duration(written: str) -> Duration | None:
    """Return an ISO 8601 duration such as `-P1Y2M10DT2H30M`, None for anything else."""
    match = _DURATION.fullmatch(written.strip())
    if match is None:
        return None
    part = {name: int(match[name] or 0) for name in ("years", "months", "weeks", "days", "hours", "minutes", "seconds")}
    seconds = ((part["weeks"] * 7 + part["days"]) * 24 + part["hours"]) * 3600 + part["minutes"] * 60 + part["seconds"]
    sign = -1 if match["sign"] == "-" else 1
    fraction = int((match["fraction"] or "").ljust(7, "0")[:7])
    return Duration(months=sign * (part["years"] * 12 + part["months"]), ticks=sign * (seconds * TICKS + fraction))


def add(moment: Moment, duration: Duration) -> Moment | None:
    """Return a later or earlier point in time, None outside the years 1 to 9999. A day that a month lacks becomes its last."""
    local = moment.local
    month = local.year * 12 + local.month - 1 + duration.months
    year, month = month // 12, month % 12 + 1
    if not 1 <= year <= 9999:
        return None
    moved = local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]))
    ticks = (moved - local) // timedelta(microseconds=1) * 10
    return from_ticks(moment.ticks + ticks + duration.ticks, moment.offset, zoned=moment.zoned)


def format_moment(moment: Moment, pattern: str) -> str | None:
    """Return a point in time in a .NET format, None for a format that .NET refuses."""
    if len(pattern) == 1:
        if pattern not in _STANDARD:
            return None
        if pattern in "rRuU":
            moment = Moment(ticks=moment.ticks)
        pattern = _STANDARD[pattern]
    local, fraction = moment.local, f"{moment.ticks % TICKS:07d}"
    parts: list[str] = []
    for piece in _FORMAT_PIECE.findall(pattern):
        if piece[0] == "F" and not fraction[: len(piece)].rstrip("0") and parts and parts[-1].endswith("."):
            parts[-1] = parts[-1][:-1]
        written = _piece(piece, local, fraction, moment)
        if written is None:
            return None
        parts.append(written)
    return "".join(parts)


def _piece(piece: str, local: datetime, fraction: str, moment: Moment) -> str | None:
    """Return one piece of a custom format."""
    first, count = piece[0], len(piece)
    if first in "'\"":
        return piece[1:-1] if count > 1 and piece[-1] == first else None
    if first == "\\":
        return piece[1:] or None
    if first in "fF":
        digits = fraction[:count]
        return None if count > 7 else digits if first == "f" else digits.rstrip("0")
    if first in "yMdhHmst":
        return _field(first, count, local)
    if first in "Kz":
        return _zone(first, count, moment)
    return "" if first == "%" else "A.D." if first == "g" else first * count


def _field(first: str, count: int, local: datetime) -> str:
    if first == "d" and count > 2:
        return _DAYS[local.weekday()][: 3 if count == 3 else None]
    if first == "M" and count > 2:
        return _MONTHS[local.month - 1][: 3 if count == 3 else None]
    if first == "t":
        return ("AM" if local.hour < 12 else "PM")[:count]
    if first == "y":
        return str(local.year % 100 if count < 3 else local.year).zfill(count)
    numbers = {"M": local.month, "d": local.day, "h": (local.hour + 11) % 12 + 1, "H": local.hour, "m": local.minute, "s": local.second}
    return str(numbers[first]).zfill(min(count, 2))


def _zone(first: str, count: int, moment: Moment) -> str:
    if first == "K" and not moment.offset:
        return "Z" if moment.zoned else ""
    sign, minutes = "-" if moment.offset < 0 else "+", abs(moment.offset)
    hours = f"{minutes // 60:02d}" if first == "K" or count > 1 else str(minutes // 60)
    return f"{sign}{hours}" if first == "z" and count < 3 else f"{sign}{hours}:{minutes % 60:02d}"
