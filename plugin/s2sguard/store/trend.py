"""Counts over time, as plain data: what `history` prints and what a report draws."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypedDict

from s2sguard.report.summary import SEVERITIES
from s2sguard.store.database import Database, open_database
from s2sguard.store.view import RunInfo

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_RUNS = 30


class TrendRun(TypedDict):
    """One run of a trend."""

    id: int
    started: str
    """ISO 8601 in UTC."""
    tool_version: str
    pack_digest: str
    findings: dict[str, int]
    """By severity: what fails and nobody accepts."""
    accepted: int
    unknown: int
    """Verdicts unknown, or not reached."""
    passes: int
    open_pairs: int
    """Pairs of partners with two-way or one-way transit, over all gateways."""
    unknown_pairs: int
    """Pairs that may be open."""
    gaps: int


class TrendLine(TypedDict):
    """Counts of one control or one gateway, one for each run of the trend, in its order."""

    name: str
    """Id of the control; name of the gateway, which two gateways may share."""
    key: str
    """Id of the control; folded id of the gateway."""
    findings: list[int]
    unknown: list[int]
    passes: list[int]
    open_pairs: list[int]
    """Of a gateway; all 0 for a control."""


class Trend(TypedDict):
    """The runs of one scope, the oldest first, and what became of each control and gateway."""

    scope: str
    runs: list[TrendRun]
    controls: list[TrendLine]
    """Those with anything but passes in any run, by id."""
    gateways: list[TrendLine]
    """Those with anything but passes in any run, by name."""


def trend_of(url: str, *, scope: str | None = None, most: int = MOST_RUNS) -> Trend | None:
    """Return the trend of a scope (by default that of the last run of all) from the store at a URL; None where it holds no such run.

    Raises UsageError for a URL that is none, StoreError for a store that cannot be read.
    """
    database = open_database(url)
    try:
        return trend(database, scope=scope, most=most)
    finally:
        database.close()


def trend(database: Database, *, scope: str | None = None, most: int = MOST_RUNS) -> Trend | None:
    """Return the trend over the newest `most` runs of a scope; None where there is no such run. Raises StoreError."""
    from s2sguard.store.load import runs_in

    with database.reading() as connection:
        last = runs_in(connection, scope=scope, limit=1)
        if not last:
            return None
        runs = runs_in(connection, scope=last[0].scope, limit=most)[::-1]
        return _Counts(connection, runs).trend(last[0].scope)


def scopes(database: Database) -> dict[str, int]:
    """Return every scope of a store and how many runs it has. Raises StoreError."""
    from sqlalchemy import func, select

    from s2sguard.store.tables import RUNS

    with database.reading() as connection:
        found = connection.execute(select(RUNS.c.scope, func.count()).group_by(RUNS.c.scope)).all()
        return dict(found)


class _Counts:
    """What the database counted, by run."""

    def __init__(self, connection: Connection, runs: Sequence[RunInfo]) -> None:
        self._runs = runs
        self._place = {run.id: place for place, run in enumerate(runs)}
        self._totals: list[dict[str, int]] = [defaultdict(int) for _ in runs]
        self._controls: dict[str, TrendLine] = {}
        self._gateways: dict[str, TrendLine] = {}
        self._keys: dict[tuple[int, int], str] = {}
        self._read(connection)

    def trend(self, scope: str) -> Trend:
        """Return it all."""
        return {
            "scope": scope,
            "runs": [_run(run, total) for run, total in zip(self._runs, self._totals, strict=True)],
            "controls": _worth_showing(self._controls.values()),
            "gateways": _worth_showing(self._gateways.values()),
        }

    def _read(self, connection: Connection) -> None:
        from sqlalchemy import func, select

        from s2sguard.store.tables import GAPS, GATEWAYS, PASSES, VERDICTS

        runs = [run.id for run in self._runs]
        for row in connection.execute(select(GATEWAYS).where(GATEWAYS.c.run.in_(runs))):
            self._gateway(row.run, row.number, row.key, row.name, row.about)
        what = (VERDICTS.c.run, VERDICTS.c.control, VERDICTS.c.gateway, VERDICTS.c.status, VERDICTS.c.severity, VERDICTS.c.accepted)
        for row in connection.execute(select(*what, func.count()).where(VERDICTS.c.run.in_(runs)).group_by(*what)):
            run, control, gateway, status, severity, accepted, number = row
            kind = ("accepted" if accepted else "findings") if status == "fail" else "unknown"
            self._add(run, control, gateway, kind, number)
            if kind == "findings":
                self._totals[self._place[run]][severity] += number
        for row in connection.execute(select(PASSES).where(PASSES.c.run.in_(runs))):
            self._add(row.run, row.control, row.gateway, "passes", row.number)
        for run, number in connection.execute(select(GAPS.c.run, func.count()).where(GAPS.c.run.in_(runs)).group_by(GAPS.c.run)):
            self._totals[self._place[run]]["gaps"] = number

    def _gateway(self, run: int, number: int, key: str, name: str, about: str | None) -> None:
        self._keys[run, number] = key
        line = self._gateways.setdefault(key, _line(name, key, len(self._runs)))
        counts = json.loads(about)["counts"] if about else {}
        place = self._place[run]
        opened = counts.get("two_way", 0) + counts.get("one_way", 0)
        line["open_pairs"][place] = opened
        self._totals[place]["open_pairs"] += opened
        self._totals[place]["unknown_pairs"] += counts.get("possible", 0)

    def _add(self, run: int, control: str, gateway: int, kind: str, number: int) -> None:
        place = self._place[run]
        self._totals[place][kind] += number
        if kind == "accepted":
            return
        lines = [self._controls.setdefault(control, _line(control, control, len(self._runs)))]
        if (run, gateway) in self._keys:
            lines.append(self._gateways[self._keys[run, gateway]])
        for line in lines:
            counts: list[int] = {"findings": line["findings"], "unknown": line["unknown"], "passes": line["passes"]}[kind]
            counts[place] += number


def _line(name: str, key: str, runs: int) -> TrendLine:
    return {"name": name, "key": key, "findings": [0] * runs, "unknown": [0] * runs, "passes": [0] * runs, "open_pairs": [0] * runs}


def _run(run: RunInfo, total: dict[str, int]) -> TrendRun:
    return {
        "id": run.id or 0,
        "started": run.started,
        "tool_version": run.tool_version,
        "pack_digest": run.pack_digest,
        "findings": {severity: total[severity] for severity in SEVERITIES},
        "accepted": total["accepted"],
        "unknown": total["unknown"],
        "passes": total["passes"],
        "open_pairs": total["open_pairs"],
        "unknown_pairs": total["unknown_pairs"],
        "gaps": total["gaps"],
    }


def _worth_showing(lines: Iterable[TrendLine]) -> list[TrendLine]:
    shown = (line for line in lines if any(line["findings"]) or any(line["unknown"]) or any(line["open_pairs"]))
    return sorted(shown, key=lambda line: (line["name"].casefold(), line["key"]))
