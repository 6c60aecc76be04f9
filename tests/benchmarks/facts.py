"""Facts (inventory to document, without parsing) against `orjson.loads` of the same bytes, and how both grow."""

from __future__ import annotations

import orjson

from s2sguard.facts import build_document
from tests.benchmarks.estates import OPTIONS, estate, inventory
from tests.benchmarks.measure import Row, Scale, Section, collector, exponent, in_turns, ms

MOST_RATIO = 5.0
MOST_EXPONENT = 1.1
WHY_RATIO = (
    "orjson builds the tree in C at about 300 MB/s; the facts are pure Python, and each connection is read, proved against its "
    "neighbours and written out with its witnesses"
)
WHY_GROWTH = "the working set no longer fits the processor's caches, so each access costs more; no step is more than linear in connections"


def run(scale: Scale) -> Section:
    """Measure every size with the collector off, as the product runs, and on."""
    rows: list[Row] = []
    times: dict[bool, list[tuple[int, float]]] = {True: [], False: []}
    for size in scale.sizes:
        repeats = scale.repeats if size < scale.sizes[-1] else max(1, scale.repeats // 2 + 1)
        rows.extend(_at(size, repeats, times))
    for on in (False, True):
        measured = times[on]
        rows.append(
            Row(
                what=f"growth exponent, {measured[0][0]:,} to {measured[-1][0]:,} connections, collector {'on' if on else 'off'}",
                value=exponent(measured[0], measured[-1]),
                unit="",
                seen=f"{ms(measured[0][1])} and {ms(measured[-1][1])}",
                aim=None if on else MOST_EXPONENT,
                why_short=WHY_GROWTH,
            )
        )
    notes = (
        "30 connections and two spokes for each gateway, a fifth of the connections with one mistake, all members Azure returns.",
        "The parsed inventory is alive while both are timed, as it is in a run; garbage is collected before each timing, not in it.",
        (
            "The product stops the cycle collector while it reads, computes and judges (`audit.gather`, `audit.audit`): "
            "what it builds has none of its own. *Collector off* is what users get; *on* is what a caller of `build_document` gets."
        ),
    )
    return Section(title="Facts against parsing", notes=notes, rows=tuple(rows))


def _at(size: int, repeats: int, times: dict[bool, list[tuple[int, float]]]) -> list[Row]:
    content = estate(size)
    found = inventory(content)
    connections = len(found.of_type("Microsoft.Network/connections"))
    rows = []
    for on in (False, True):
        with collector(on=on):
            taken = in_turns({"parse": lambda: orjson.loads(content), "facts": lambda: build_document(found, OPTIONS)}, repeats)
        times[on].append((connections, taken["facts"]))
        rows.append(
            Row(
                what=f"facts / `orjson.loads`, {connections:,} connections, collector {'on' if on else 'off'}",
                value=taken["facts"] / taken["parse"],
                unit="x",
                seen=f"{ms(taken['facts'])} / {ms(taken['parse'])}, {len(content) / 1e6:.1f} MB",
                aim=None if on else MOST_RATIO,
                why_short=WHY_RATIO,
            )
        )
    return rows
