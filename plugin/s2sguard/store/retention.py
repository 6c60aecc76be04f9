"""Which runs stay in a store."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from s2sguard.store.database import Database
from s2sguard.store.view import RunInfo

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How long runs stay. A run stays when either says so, and the newest of a scope always does."""

    runs: int | None = None
    """The newest so many of each scope."""
    days: int | None = None
    """Those that started within so many days."""

    def gone(self, runs: Iterable[RunInfo], now: str) -> tuple[int, ...]:
        """Return the numbers of the runs that do not stay; `now` is an ISO 8601 time in UTC."""
        if self.runs is None and self.days is None:
            return ()
        since = "" if self.days is None else (datetime.fromisoformat(now) - timedelta(days=self.days)).isoformat(timespec="seconds")
        found: list[int] = []
        for _, group in groupby(sorted(runs, key=lambda run: run.scope), key=lambda run: run.scope):
            newest = sorted(group, key=lambda run: (run.started, run.id or 0), reverse=True)
            recent = {run.id for run in newest if self.days is not None and run.started >= since}
            stays = {run.id for run in newest[: max(self.runs or 0, 1)]} | recent
            found += [run.id for run in newest if run.id is not None and run.id not in stays]
        return tuple(sorted(found))


def prune(database: Database, keep: Keep, *, now: str, scope: str | None = None) -> tuple[int, ...]:
    """Remove the runs that do not stay, of one scope or of all, in one transaction; return their numbers. Raises StoreError."""
    from s2sguard.store.load import runs_in

    with database.writing() as connection:
        gone = keep.gone(runs_in(connection, scope=scope), now)
        for number in gone:
            _remove(connection, number)
    return gone


def _remove(connection: Connection, number: int) -> None:
    from s2sguard.store.tables import OF_A_RUN, RUNS

    for table in OF_A_RUN:
        connection.execute(table.delete().where(table.c.run == number))
    connection.execute(RUNS.delete().where(RUNS.c.id == number))


def numbers(gone: Collection[int]) -> str:
    """Return numbers of runs for people, the first few by name."""
    listed = [str(number) for number in sorted(gone)]
    return ", ".join(listed) if len(listed) <= 5 else f"{', '.join(listed[:5])} and {len(listed) - 5} more"
