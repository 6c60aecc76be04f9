"""Explaining one connection, or two parties, to a person: what Azure proposes, what it would accept and why, the packet that proves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from s2sguard.errors import UsageError
from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts.agreement_facts import AgreementFacts
from s2sguard.facts.ceiling import OPEN_REASONS
from s2sguard.facts.document import ConnectionFacts, Exposure, FactsDocument, SiteFacts, Witness
from s2sguard.facts.explain import Explanation
from s2sguard.model.inventory import fold_id
from s2sguard.model.selector import ANY_SELECTOR
from s2sguard.report.names import facts_names
from s2sguard.report.packet import Packets
from s2sguard.report.printable import printable
from s2sguard.report.style import Style, count, some
from s2sguard.report.ways import firewall_lines, ways

MAX_PROPOSED = 12
"""Selectors of one proposal that are printed; a hub with many spokes proposes hundreds."""
EXPOSURES = (
    ("two_way", "two-way transit", "other partner"),
    ("one_way", "one-way transit", "other partner"),
    ("to_internal", "transit", "internal site"),
)


class Explainer:
    """Explains the connections of one facts document."""

    def __init__(self, facts: FactsDocument, style: Style) -> None:
        self._facts = facts
        self._style = style
        self._sites: dict[str, SiteFacts] = {fold_id(site["id"]): site for site in facts["sites"]}
        self._names = facts_names(facts)
        self._packets = Packets(facts, self._names, style)

    def find(self, text: str) -> ConnectionFacts:
        """Return the connection with this id or name; raises UsageError when there is none, or more than one."""
        found = self._named(text)
        if len(found) == 1:
            return found[0]
        if found:
            listed = sorted({self._names[item["id"]] for item in found})
            raise UsageError(f"{len(found)} connections have this name", hint=f"give the id of one, or one of: {some(listed, 8)}")
        raise UsageError(f"no connection `{printable(text, limit=90)}` in the input", hint=self._known(text))

    def _named(self, text: str) -> list[ConnectionFacts]:
        wanted = fold_id(text)
        exact = [found for found in self._facts["connections"] if fold_id(found["id"]) == wanted]
        return exact or [found for found in self._facts["connections"] if wanted in {found["name"].lower(), self._shown(found)}]

    def _shown(self, facts: ConnectionFacts) -> str:
        """Return the name that reports print, which says more where two connections share one."""
        return self._names[facts["id"]].lower()

    def party(self, text: str) -> tuple[ConnectionFacts, ...]:
        """Return the connections of a partner, or the one connection, called `text`; raises UsageError."""
        wanted = text.strip().casefold()
        owned = tuple(item for item in self._facts["connections"] if wanted in _called(item))
        if owned:
            return owned
        try:
            return (self.find(text),)
        except UsageError as error:
            if self._named(text):
                raise
            parties = sorted({self._packets.party(item["id"]) for item in self._facts["connections"]})
            close = get_close_matches(text, parties, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"partners: {some(parties, 10)}" if parties else error.hint
            raise UsageError(f"no partner or connection `{printable(text, limit=90)}` in the input", hint=hint) from None

    def connection(self, facts: ConnectionFacts, explained: Explanation | None) -> str:
        """Return the explanation of one connection. `explained` is None when it is no readable tunnel."""
        sections = (
            self._settings(facts),
            self._proposed(explained),
            self._accepted(facts),
            self._routed(explained),
            self._road(facts),
            self._ways(facts),
            self._reaches(facts),
            self._agreed(facts),
            self._unknown(facts),
        )
        return _text(sections)

    def between(self, ours: Sequence[ConnectionFacts], theirs: Sequence[ConnectionFacts]) -> str:
        """Return whether packets pass between two parties, either way, with proof. `facts` should hold only their connections."""
        if {item["id"] for item in ours} & {item["id"] for item in theirs}:
            raise UsageError("both names mean the same connections", hint="give two different partners or connections")
        ends = [self._end(ours), self._end(theirs)]
        lines = [self._style.paint(f"{ends[0]}  and  {ends[1]}", "bold")]
        if not {fold_id(item["gateway"]) for item in ours} & {fold_id(item["gateway"]) for item in theirs}:
            return _text([lines, ["They share no gateway, so no packet passes between them through one."]])
        parties = {item.get("partner") for item in ours} & {item.get("partner") for item in theirs}
        if parties - {None}:
            return _text([lines, ["They are one party: its connections never concern each other."]])
        proofs = [section for a, b in ((ours, theirs), (theirs, ours)) for section in self._proofs(a, b)]
        unknown = [section for item in (*ours, *theirs) for section in [list(self._unknown(item))] if section]
        found = proofs or [[f"No packet found that passes between them under {self._assumption()}."]]
        return _text([lines, *found, self._road(ours[0], theirs[0]), *unknown, *(list(self._accepted(item)) for item in (*ours, *theirs))])

    def finding(self, verdict: Verdict, explained: Explanation | None) -> str:
        """Return one verdict with its proof, and the connection behind it."""
        lines = [
            self._style.paint(f"{verdict.control_id} {verdict.status.upper()} {verdict.severity}: {printable(verdict.title)}", "bold"),
            f"  resource     {printable(verdict.resource)}",
            f"  fingerprint  {verdict.fingerprint}",
            *(line for text in _said(verdict) for line in self._style.wrap(printable(text), first="  ")),
        ]
        if verdict.status == "fail":
            lines += self._style.wrap(printable(verdict.fix), first="  fix: ")
        sections: list[list[str]] = [lines]
        shown = verdict.witnesses or ((verdict.witness,) if verdict.witness else ())
        if shown:
            of = f" ({len(shown)} of {verdict.pairs} shown)" if verdict.pairs and verdict.pairs > len(shown) else ""
            sections.append([self._style.paint(f"PROOF{of}", "bold")])
            sections += [self._packets.draw(witness) for witness in shown]
        facts = next((item for item in self._facts["connections"] if fold_id(item["id"]) == fold_id(verdict.resource)), None)
        tail = self.connection(facts, explained) if facts else ""
        return _text(sections) + ("\n" + tail if tail else "")

    def _known(self, text: str) -> str:
        names = sorted({item["name"] for item in self._facts["connections"]})
        if not names:
            return "the input holds no connection"
        close = get_close_matches(text, names, n=1)
        return (
            f"did you mean `{printable(close[0], limit=90)}`?"
            if close
            else f"it holds {some([printable(name, limit=90) for name in names], 10)}"
        )

    def _end(self, connections: Sequence[ConnectionFacts]) -> str:
        names = some([self._names[item["id"]] for item in connections], 4)
        return f"{self._packets.party(connections[0]['id'])} ({names})"

    def _assumption(self) -> str:
        return f"peer_child_sa={self._facts['assumptions']['peer_child_sa']}"

    def _settings(self, facts: ConnectionFacts) -> Iterator[str]:
        yield self._style.paint(
            f"{self._names[facts['id']]}: {self._packets.party(facts['id'])} on {self._names[facts['gateway']]}", "bold"
        )
        yield f"  id        {printable(facts['id'])}"
        site = self._sites.get(fold_id(facts.get("site", "")))
        if site is not None:
            prefixes = some([printable(prefix) for prefix in site.get("prefixes", [])], MAX_PROPOSED) or "no known prefixes"
            peer = site.get("peer")
            answers = f"; answers at {printable(peer['value'])} ({peer['kind']})" if peer and peer["value"] else ""
            yield from self._style.wrap(f"{self._names[site['id']]}: {prefixes}{answers}", first="  site      ")
        yield from self._style.wrap(", ".join(_settings(facts)), first="  settings  ")
        for selector in facts.get("fixed_selectors", []):
            yield from self._style.wrap(f"{', '.join(selector['local'])} <-> {', '.join(selector['remote'])}", first="  fixed     ")

    def _proposed(self, explained: Explanation | None) -> Iterator[str]:
        yield self._style.paint("WHAT AZURE PROPOSES when it starts, in order (local <-> remote)", "bold")
        if explained is None:
            yield "  cannot be told from this input"
            return
        for offer in explained.offers:
            selectors = some([printable(str(selector)) for selector in offer.selectors], MAX_PROPOSED)
            why = "" if offer.selectors == (ANY_SELECTOR,) else printable(offer.why)
            text = ": ".join(filter(None, (why, selectors)))
            yield from self._style.wrap(text, first=f"  {offer.step}. ")

    def _routed(self, explained: Explanation | None) -> Iterator[str]:
        if explained is None:
            return
        yield self._style.paint("WHAT AZURE ROUTES INTO IT", "bold")
        yield from self._style.wrap(some([printable(text) for text in explained.routed], MAX_PROPOSED) or "nothing", first="  ")
        if explained.routed_doubt:
            yield from self._style.wrap(f"perhaps more: {printable(explained.routed_doubt)}", first="  ")

    def _accepted(self, facts: ConnectionFacts) -> Iterator[str]:
        yield self._style.paint(f"WHAT IT WOULD ACCEPT ({self._names[facts['id']]})", "bold")
        ceiling = facts.get("ceiling")
        if ceiling is None:
            yield from self._style.wrap(f"unknown: {printable(facts['unknown'].get('ceiling', 'not an IPsec connection'))}", first="  ")
            return
        if not ceiling["open"]:
            yield f"  nothing but its fixed selectors, under {self._assumption()}"
            return
        yield "  any x any, because"
        for reason in ceiling["reasons"]:
            yield from self._style.wrap(f"{OPEN_REASONS.get(reason, reason)} [{reason}]", first="  - ")

    def _road(self, facts: ConnectionFacts, *others: ConnectionFacts) -> Iterator[str]:
        gateway = next((one for one in self._facts["gateways"] if one["id"] == facts["gateway"]), None)
        road = gateway.get("road") if gateway else None
        hub = gateway.get("hub") if gateway else None
        if gateway is not None and road is not None and hub is not None:
            yield self._style.paint(f"WHAT VIRTUAL HUB {printable(hub['name'])} DOES FROM BRANCH TO BRANCH", "bold")
            yield from self._style.wrap(f"{road['state']}: {printable(road['by'])}", first="  ")
            yield from firewall_lines(gateway, {one.get("partner", "") for one in (facts, *others)}, self._style)

    def _ways(self, facts: ConnectionFacts) -> Iterator[str]:
        gateway = next((one for one in self._facts["gateways"] if one["id"] == facts["gateway"]), None)
        return iter(()) if gateway is None else ways(gateway, self._style)

    def _reaches(self, facts: ConnectionFacts) -> Iterator[str]:
        yield self._style.paint("WHO IS WITHIN REACH", "bold")
        quiet = True
        for key, kind, other in EXPOSURES:
            exposure: Exposure | None = facts.get(key)  # type: ignore[assignment]  # one of three keys of one type
            if exposure and exposure["count"]:
                quiet = False
                yield f"  {kind} with {count(exposure['count'], other)}"
                for witness in exposure["witnesses"][:1]:
                    yield from self._packets.draw(witness, indent="    ")
        if quiet:
            yield f"  nobody found under {self._assumption()}"

    def _agreed(self, facts: ConnectionFacts) -> Iterator[str]:
        agreement = facts.get("agreement")
        if agreement is None:
            return
        yield self._style.paint("WHAT WAS AGREED", "bold")
        if not agreement["found"]:
            yield from self._style.wrap(f"nothing with {printable(agreement['label'])}", first="  ")
            return
        period = f"{agreement['state']}, {agreement['valid_from']} to {agreement['valid_to']}"
        yield from self._style.wrap(printable(f"{agreement['label']}: {period}; {agreement['place']}"), first="  ")
        differences = list(_differences(agreement))
        for text in differences:
            yield from self._style.wrap(printable(text), first="  - ")
        if not differences and not any(name.startswith("agreement.") for name in facts["unknown"]):
            yield "  the connection is as agreed"

    def _proofs(self, senders: Sequence[ConnectionFacts], receivers: Sequence[ConnectionFacts]) -> Iterator[list[str]]:
        sources = {fold_id(item["id"]) for item in senders}
        targets = {fold_id(item["id"]) for item in receivers}
        seen: set[tuple[str, str]] = set()
        for kind, witness in _witnesses((*senders, *receivers)):
            way = (fold_id(witness["from"]), fold_id(witness["to"]))
            if way[0] in sources and way[1] in targets and way not in seen:
                seen.add(way)
                yield [self._style.paint(f"{kind}: {self._packets.headline(witness)}", "bold"), *self._packets.draw(witness)]

    def _unknown(self, facts: ConnectionFacts) -> Iterator[str]:
        if not facts["unknown"]:
            return
        yield self._style.paint(f"WHAT IS NOT KNOWN ({self._names[facts['id']]})", "bold")
        for name, reason in sorted(facts["unknown"].items()):
            yield from self._style.wrap(f"{name}: {printable(reason)}", first="  - ")


def _differences(agreement: AgreementFacts) -> Iterator[str]:
    yield from (f"it ends at {place}, agreed {', '.join(agreement['peers'])}" for place in agreement.get("ends_at", []))
    for name, found in (("selectors", agreement.get("selectors")), ("site prefixes", agreement.get("prefixes"))):
        for kind, texts in (("", found["notes"]), (" too much", found["extra"]), (" missing", found["missing"])) if found else ():
            yield from (f"{name}{kind}: {text}" for text in texts)
    yield from agreement.get("algorithms", [])
    yield from (f"conflicts {text}" for text in agreement.get("conflicts", []))


def _witnesses(connections: Iterable[ConnectionFacts]) -> Iterator[tuple[str, Witness]]:
    for item in connections:
        for key, kind, _ in EXPOSURES:
            exposure: Exposure | None = item.get(key)  # type: ignore[assignment]  # one of three keys of one type
            for witness in exposure["witnesses"] if exposure else ():
                yield kind, witness


def _said(verdict: Verdict) -> tuple[str, ...]:
    """Return what a verdict says; a pass is nothing but the absence of a finding."""
    return ("nothing found, and every fact it needs is known",) if verdict.status == "pass" else verdict.details or (verdict.message,)


def _called(facts: ConnectionFacts) -> set[str]:
    partner = facts.get("partner", "")
    names = {partner, partner.rsplit("/", 1)[-1], facts.get("site_name", "")}
    return {name.casefold() for name in names if name}


def _settings(facts: ConnectionFacts) -> Iterator[str]:
    yield f"mode {facts.get('connection_mode', 'unknown')}"
    yield printable(facts.get("connection_protocol", "protocol unknown"))
    for key, label in (("policy_based_selectors", "policy-based selectors"), ("custom_policy", "custom IPsec policy"), ("bgp", "BGP")):
        value = facts.get(key)
        yield f"{label} {'unknown' if value is None else 'on' if value else 'off'}"
    rules = facts.get("nat_rules")
    yield f"NAT rules {'unknown' if rules is None else rules}"


def _text(sections: Iterable[Iterable[str]]) -> str:
    return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines) + "\n"
