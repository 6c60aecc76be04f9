"""Drawing a witness: one packet, hop by hop, and the settings that let it through."""

from __future__ import annotations

from s2sguard.facts.document import ConnectionFacts, FactsDocument, Witness
from s2sguard.model.inventory import PLAN_ID, fold_id
from s2sguard.report.names import Names
from s2sguard.report.printable import printable
from s2sguard.report.style import Style

MAX_COLUMN = 40
"""Widest column of names; a longer name gets a line of its own."""


class Packets:
    """Draws the witnesses of one facts document."""

    def __init__(self, facts: FactsDocument, names: Names, style: Style) -> None:
        self._connections: dict[str, ConnectionFacts] = {fold_id(connection["id"]): connection for connection in facts["connections"]}
        self._names = names
        self._style = style

    def draw(self, witness: Witness, indent: str = "  ") -> list[str]:
        """Return the hops as lines: source, arriving connection, gateway, leaving connection, destination, reasons."""
        arriving, leaving = witness["from"], witness["to"]
        via = self._connections.get(fold_id(arriving))
        rows = [
            ("src", printable(witness["src"]), f"behind {self.party(arriving)}"),
            (" | ", self._names[arriving], f"lets it in:  {printable(witness['from_selector'])}"),
            ("gw ", self._names[via["gateway"]] if via else "the gateway", "routes it by its destination"),
            (" | ", self._names[leaving], f"takes it out: {printable(witness['to_selector'])}"),
            ("dst", printable(witness["dst"]), f"behind {self.party(leaving)}"),
        ]
        width = max((len(name) for _, name, _ in rows if len(name) <= MAX_COLUMN), default=0)
        lines = [line for mark, name, what in rows for line in self._hop(f"{indent}{mark}  ", name, what, width)]
        for reason in witness["because"]:
            lines += self._style.wrap(printable(reason), first=f"{indent}because ")
        return lines

    def _hop(self, start: str, name: str, what: str, width: int) -> list[str]:
        """Return one hop; where it is too wide for a line, what happens there stands below the name."""
        marked = self._style.paint(start.rstrip(), "dim") + " " * (len(start) - len(start.rstrip()))
        if len(name) <= width and len(start) + width + 2 + len(what) <= self._style.width:
            return [f"{marked}{self._style.paint(name.ljust(width), 'bold')}  {what}"]
        return [marked + self._style.paint(name, "bold"), *self._style.wrap(what, first=" " * (len(start) + 2))]

    def headline(self, witness: Witness) -> str:
        """Return the packet in one line: from whom to whom."""
        return f"a packet from {self.party(witness['from'])} to {self.party(witness['to'])}"

    def route(self, witness: Witness) -> str:
        """Return the packet in one line: its addresses, and the connections it takes."""
        packet = f"{printable(witness['src'])} -> {printable(witness['dst'])}"
        return f"{packet}, in by {self._names[witness['from']]}, out by {self._names[witness['to']]}"

    def party(self, connection_id: str) -> str:
        """Return who is behind a connection, for people."""
        facts = self._connections.get(fold_id(connection_id))
        internal = " (internal)" if facts is not None and facts.get("trust") == "internal" else ""
        return (self.owner(connection_id) or "an unknown party") + internal

    def owner(self, connection_id: str) -> str:
        """Return the name of who is behind a connection, as `explain --between` takes it; empty when that is not known."""
        facts = self._connections.get(fold_id(connection_id))
        if facts is None or "partner" not in facts:
            return ""
        party = facts["partner"]
        label = facts.get("site_name", party) if party.startswith(("/", PLAN_ID)) else party
        return printable(label, limit=90)
