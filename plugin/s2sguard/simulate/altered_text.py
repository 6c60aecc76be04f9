"""What a change of an estate opens and closes: for people, and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from s2sguard.facts.options import FactsOptions
from s2sguard.report.json_report import lines_of_json
from s2sguard.report.names import Names, facts_names
from s2sguard.report.packet import Packets
from s2sguard.report.printable import printable
from s2sguard.report.style import Style, count, joined, some
from s2sguard.simulate.altered import Altered, proof
from s2sguard.store.diff_json import pair_node
from s2sguard.store.pair_changes import KINDS
from s2sguard.store.pair_text import MOST_NAMES, PAIR_HEADS, pair_line

SCHEMA_VERSION = "1"
MOST_LINES = 20
"""Groups of pairs shown of one kind; its head has the true count."""
MOST_PROOFS = 3
"""Groups of one kind that are proved by a packet; each takes a computation of its own."""


def altered_text(found: Altered, options: FactsOptions, style: Style) -> str:
    """Return the answer, the pairs by kind, a packet for what opens, and what is not known. Every name in it is printable."""
    counted = _counted(found)
    said = joined(f"{count(counted[kind], 'pair')} {PAIR_HEADS[kind]}" for kind in KINDS if counted[kind])
    word, colour = ("OPENS", "red") if found.opens else ("UNSURE", "yellow") if found.unsure else ("NO PAIR OPENS", "green")
    text = said or "no pair of parties changes"
    lines = [*style.headed(f"{word}: ", text, f"{style.paint(word, colour)}: ")]  # type: ignore[arg-type]  # one of its colours
    for kind in KINDS:
        lines += _kind(found, kind, options, style)
    return "\n".join([*lines, *_doubts(found, style)]) + "\n"


def altered_json(found: Altered, options: FactsOptions) -> str:
    """Return the same as one JSON object; `proof` of a group is a packet that one of its pairs can exchange now."""
    pairs: list[dict[str, Any]] = []
    for change in found.pairs:
        packet = proof(found, change, options) if change.kind in {"opened", "wider"} and len(pairs) < MOST_LINES else None
        pairs.append(pair_node(change) | ({} if packet is None else {"proof": packet}))
    return lines_of_json(
        [
            ("schema_version", SCHEMA_VERSION),
            ("opens", found.opens),
            ("unsure", found.unsure),
            ("summary", dict(sorted(_counted(found).items()))),
            ("pairs", pairs),
            ("not_whole", list(found.doubtful)),
            ("gaps", [{"kind": gap.kind, "reason": gap.reason} for gap in found.gaps]),
        ]
    )


def _counted(found: Altered) -> Counter[str]:
    counted: Counter[str] = Counter()
    for change in found.pairs:
        counted[change.kind] += change.number
    return counted


def _kind(found: Altered, kind: str, options: FactsOptions, style: Style) -> Iterator[str]:
    changes = [change for change in found.pairs if change.kind == kind]
    if not changes:
        return
    gateways = Names(gateway={(change.gateway, change.name) for change in found.pairs})
    packets = Packets(found.after, facts_names(found.after), style)
    yield ""
    yield style.paint(f"pairs {PAIR_HEADS[changes[0].kind]} ({sum(change.number for change in changes)})", "bold")
    for number, change in enumerate(changes[:MOST_LINES]):
        yield from style.wrap(pair_line(change, gateways), first="  ", rest="    ")
        packet = proof(found, change, options) if kind in {"opened", "wider"} and number < MOST_PROOFS else None
        if packet is not None:
            yield from packets.draw(packet, indent="    ")
    if len(changes) > MOST_LINES:
        yield f"  and {len(changes) - MOST_LINES} more groups (all: --format json)"


def _doubts(found: Altered, style: Style) -> Iterator[str]:
    """Yield what keeps the answer from being the whole of it."""
    if not found.unsure:
        return
    yield ""
    names = facts_names(found.after)
    if found.doubtful:
        listed = some([names[gateway] for gateway in found.doubtful], MOST_NAMES)
        yield from style.wrap(f"not every connection is known of {listed}: there, no pair is known to stay closed", first="  unknown: ")
    for gap in found.gaps[:MOST_LINES]:
        yield from style.wrap(printable(gap.reason), first="  unknown: ", rest="           ")
    if len(found.gaps) > MOST_LINES:
        yield f"  and {len(found.gaps) - MOST_LINES} more (all: --format json)"
