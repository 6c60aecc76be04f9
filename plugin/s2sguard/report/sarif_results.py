"""Verdicts as SARIF results (section 3.27): message, place, the other end, the way of the packet, and whether it is accepted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts.document import Witness
from s2sguard.model.inventory import Source, fold_id
from s2sguard.report.entries import accepted_because, short_message
from s2sguard.report.interface import Report
from s2sguard.report.names import Names
from s2sguard.report.packet import Packets
from s2sguard.report.printable import printable
from s2sguard.report.sarif_places import TEXT_LIMIT, Node, Places, plain
from s2sguard.report.sarif_rules import LEVELS
from s2sguard.report.style import Style

FINGERPRINT: Final = "s2sguard/v1"
GITHUB_FINGERPRINT: Final = "primaryLocationLineHash"
"""The only fingerprint that GitHub compares: with ours in it, an alert stays the same alert when its lines move."""


class Results:
    """Makes the results of one report. `index` gives the place of a control among the rules."""

    def __init__(self, report: Report, names: Names, places: Places, index: dict[str, int]) -> None:
        self._names = names
        self._places = places
        self._index = index
        self._packets = Packets(report.facts, names, Style())
        self._baseline = any(verdict.acceptance is not None and verdict.acceptance.kind == "baseline" for verdict in report.verdicts)

    def node(self, verdict: Verdict) -> Node:
        """Return the result of a finding or an unknown verdict."""
        failed = verdict.status == "fail"
        related = list(self._related(verdict))
        node: Node = {
            "ruleId": verdict.control_id,
            "ruleIndex": self._index[verdict.control_id],
            # What cannot be decided is `open` and has no level of its own (sections 3.27.9 and 3.27.10).
            "kind": "fail" if failed else "open",
            "level": LEVELS[verdict.severity] if failed else "none",
            "message": {"text": self._message(verdict, related)},
            "locations": [self._places.of_resource(verdict.resource, verdict.source)],
            "partialFingerprints": {FINGERPRINT: verdict.fingerprint, GITHUB_FINGERPRINT: verdict.fingerprint},
            # Either every result of a run says whether it is suppressed, or none does (section 3.27.23).
            "suppressions": list(_suppressions(verdict)),
            "properties": self._properties(verdict),
        }
        if related:
            node["relatedLocations"] = related
        if failed and verdict.witness is not None:
            node["codeFlows"] = [self._flow(verdict.witness, verdict)]
        if self._baseline:
            accepted = verdict.acceptance is not None and verdict.acceptance.kind == "baseline"
            node["baselineState"] = "unchanged" if accepted else "new"
        return node

    def _message(self, verdict: Verdict, related: list[Node]) -> str:
        text = f"{self._names[verdict.resource]}: {short_message(verdict)}"
        if verdict.witness is not None:
            text += f"; packet {self._packets.route(verdict.witness)}"
        # The text of the link is ours: a name could hold brackets, and its escaping is not read alike everywhere.
        links = ", ".join(f"[{_LINK}]({entry['id']})" for entry in related[:1])
        return plain(text) + (f". See {links}." if links else "")

    def _related(self, verdict: Verdict) -> Iterator[Node]:
        """Yield the connections at the other ends of its packets, each once."""
        own = fold_id(verdict.resource)
        ends = {fold_id(witness[end]): witness[end] for witness in verdict.witnesses for end in ("from", "to")}
        others = [resource for key, resource in ends.items() if key != own]
        for number, resource in enumerate(others, 1):
            text = f"{self._names[resource]}, the connection of {self._packets.party(resource)}"
            yield {"id": number, "message": {"text": plain(text)}, **self._places.of_resource(resource, verdict.source)}

    def _flow(self, witness: Witness, verdict: Verdict) -> Node:
        """Return the way of the packet: in by one connection, through the gateway, out by the other."""
        arriving, leaving = witness["from"], witness["to"]
        hops = [
            (arriving, f"{witness['src']}, behind {self._packets.party(arriving)}, is let in by {witness['from_selector']}"),
            (leaving, f"{witness['dst']}, behind {self._packets.party(leaving)}, is reached by {witness['to_selector']}"),
        ]
        if verdict.gateway is not None:
            hops.insert(1, (verdict.gateway, f"{self._names[verdict.gateway]} routes it by its destination"))
        because = "; ".join(witness["because"])
        return {
            "message": {
                "text": plain(f"{self._packets.headline(witness)}, because {because}" if because else self._packets.headline(witness))
            },
            "threadFlows": [{"locations": [self._hop(order, *hop, verdict.source) for order, hop in enumerate(hops, 1)]}],
        }

    def _hop(self, order: int, resource: str, text: str, fallback: Source | None) -> Node:
        location = {"message": {"text": plain(text)}, **self._places.of_resource(resource, fallback)}
        return {"location": location, "executionOrder": order, "importance": "essential"}

    def _properties(self, verdict: Verdict) -> Node:
        known: Node = {
            "severity": verdict.severity,
            "certainty": verdict.certainty,
            "gateway": verdict.gateway,
            "partner": verdict.partner,
            "pairs": verdict.pairs,
            "pointer": None if verdict.source is None else verdict.source.pointer or None,
            "fix": verdict.fix or None,
        }
        node = {key: printable(value, limit=TEXT_LIMIT) if isinstance(value, str) else value for key, value in known.items()}
        lists = {"details": verdict.details if len(verdict.details) > 1 else (), "advice": verdict.advice}
        node |= {key: [plain(text) for text in texts] for key, texts in lists.items() if texts}
        return {key: value for key, value in node.items() if value is not None}


_LINK: Final = "the other connection"


def _suppressions(verdict: Verdict) -> Iterator[Node]:
    if verdict.acceptance is not None:
        yield {"kind": "external", "status": "accepted", "justification": plain(accepted_because(verdict.acceptance))}
