"""The tables of a store, and its schema's version.

Texts are JSON where they hold more than one value: they are read by this program, whole.
Numbers of gateways count within one run; `NO_GATEWAY` stands for none.

**A new schema** raises `SCHEMA_VERSION` and adds a step to `MIGRATIONS`, under the version that it starts from.
A store of an older version is brought up by `database.prepare`, in one transaction, before the first run is written to it;
one of a newer version is refused. Reading never changes a store, so an older one is read only after it was written to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

SCHEMA_VERSION: Final = 1
MIGRATIONS: Final[Mapping[int, Callable[[Connection], None]]] = {}
"""Version -> what turns a store of that version into the next one. There is only one version yet."""
NO_GATEWAY: Final = -1
LONGEST_SCOPE: Final = 200
"""Characters; a database indexes no text of any length."""

METADATA: Final = MetaData()


def _run() -> Column[int]:
    return Column("run", Integer, ForeignKey("s2s_runs.id"), nullable=False)


SCHEMA: Final = Table("s2s_schema", METADATA, Column("version", Integer, nullable=False))

RUNS: Final = Table(
    "s2s_runs",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scope", String(LONGEST_SCOPE), nullable=False),
    # ISO 8601 in UTC, to the second: their order as texts is their order in time.
    Column("started", String(40), nullable=False),
    Column("ended", String(40), nullable=False),
    Column("tool_version", String(40), nullable=False),
    Column("engine", String(40), nullable=False),
    Column("engine_version", String(80), nullable=False),
    Column("pack_digest", String(80), nullable=False),
    # Null where the inputs were not files that could be read again.
    Column("inputs_digest", String(80)),
    # What else the run was: assumptions, changed settings, inputs, configuration file, resources by type.
    Column("about", Text, nullable=False),
    # 8 bytes for each resource that was judged, sorted: tells what passes now from what is gone.
    Column("subjects", LargeBinary, nullable=False),
    Index("s2s_runs_by_scope", "scope", "started"),
    sqlite_autoincrement=True,
)

VERDICTS: Final = Table(
    "s2s_verdicts",
    METADATA,
    _run(),
    Column("fingerprint", String(80), nullable=False),
    Column("control", String(40), nullable=False),
    Column("status", String(10), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("gateway", Integer, nullable=False),
    # The verdict as in the JSON report.
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("run", "fingerprint"),
)
"""Every verdict that is not a pass."""

PASSES: Final = Table(
    "s2s_passes",
    METADATA,
    _run(),
    Column("control", String(40), nullable=False),
    Column("gateway", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    PrimaryKeyConstraint("run", "control", "gateway"),
)
"""How many resources pass a control on a gateway."""

GATEWAYS: Final = Table(
    "s2s_gateways",
    METADATA,
    _run(),
    Column("number", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    # Null for a gateway that is only named by a verdict. Else: is it whole, its parties, its true counts of pairs.
    Column("about", Text),
    PrimaryKeyConstraint("run", "number"),
)

PAIR_GROUPS: Final = Table(
    "s2s_pair_groups",
    METADATA,
    _run(),
    Column("gateway", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    # Sets of places in the gateway's parties, as runs `[[first, last], ...]`.
    Column("one", Text, nullable=False),
    Column("other", Text, nullable=False),
    PrimaryKeyConstraint("run", "gateway", "number"),
)
"""Every pair of a party of `one` and a party of `other` with another owner is in this state; what no row holds is closed."""

GAPS: Final = Table(
    "s2s_gaps",
    METADATA,
    _run(),
    Column("number", Integer, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("run", "number"),
)

OF_A_RUN: Final = (VERDICTS, PASSES, PAIR_GROUPS, GATEWAYS, GAPS)
"""Tables with rows of a run, in the order in which they are emptied."""
