"""Remarks about a whole run: what its verdicts rest on besides settings.

Tags fail open: a copied tag makes two partners one, and `trust: internal` takes a connection out of judgement (design section 4).
So both are listed for somebody to read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from s2sguard.facts.document import ConnectionFacts, FactsDocument
from s2sguard.model.inventory import Inventory, fold_id
from s2sguard.report.names import Names, facts_names
from s2sguard.report.style import count, some

MAX_LISTED = 10
SEVERAL = 2


def notes_of(inventory: Inventory, facts: FactsDocument) -> tuple[str, ...]:
    """Return the remarks on a run, in a stable order."""
    return remarks_on(len(inventory.resources), inventory.ignored, facts)


def remarks_on(resources: int, ignored: Sequence[str], facts: FactsDocument) -> tuple[str, ...]:
    """Return the remarks on a run that read so many resources and left these files closed, in a stable order."""
    return (*_reading(resources, ignored, facts), *_identity(facts))


def _reading(resources: int, ignored: Sequence[str], facts: FactsDocument) -> Iterator[str]:
    if not resources:
        yield "the input holds no resource: an empty listing can also mean that the reader of it lacked permission"
    elif not facts["connections"]:
        yield f"no VPN connection in {count(resources, 'resource')}: nothing to judge between partners"
    if ignored:
        yield f"{count(len(ignored), 'file')} passed over, as no inventory by name: {some(ignored, 3)}"


def _identity(facts: FactsDocument) -> Iterator[str]:
    internal, several = _worth_a_remark(facts)
    if not internal and not several:
        return
    names = facts_names(facts)
    if internal:
        listed = some(sorted(names[connection] for connection in internal), MAX_LISTED)
        yield f"{count(len(internal), 'connection')} called internal by tag or configuration, so not judged as a partner: {listed}"
    for owner in sorted(several)[:MAX_LISTED]:
        yield _one_party(owner[0], several[owner], names)
    if len(several) > MAX_LISTED:
        yield f"and {len(several) - MAX_LISTED} more partners with several connections on one gateway (all of them: `s2sguard facts`)"


def _worth_a_remark(facts: FactsDocument) -> tuple[list[str], dict[tuple[str, ...], list[ConnectionFacts]]]:
    """Return the ids of internal connections, and owner with gateway -> their connections where there are several.

    A facts document goes gateway by gateway, so no more than the connections of one are looked at together.
    """
    internal: list[str] = []
    several: dict[tuple[str, ...], list[ConnectionFacts]] = {}
    for gateway, connections in groupby(facts["connections"], key=lambda connection: fold_id(connection["gateway"])):
        groups: dict[tuple[str, ...], list[ConnectionFacts]] = {}
        for connection in connections:
            if connection.get("trust") == "internal":
                internal.append(connection["id"])
            elif "partner" in connection:
                # On two gateways nobody is judged against each other, so a copied tag hides nothing there.
                groups.setdefault((*_owner(connection), gateway), []).append(connection)
        several |= {owner: group for owner, group in groups.items() if len(group) >= SEVERAL}
    return internal, several


def _owner(connection: ConnectionFacts) -> tuple[str, str]:
    """Return what tells owners apart: without a tag it is the site, and two sites in different groups may share a name."""
    partner = connection["partner"]
    return partner, connection.get("site", "") if partner == connection.get("site_name", "").lower() else ""


def _one_party(party: str, group: list[ConnectionFacts], names: Names) -> str:
    label = party.rsplit("/", 1)[-1]
    listed = some(sorted(names[connection["id"]] for connection in group), MAX_LISTED)
    peers = {connection["peer"]["value"] for connection in group if "peer" in connection}
    sites = {connection.get("site", "") for connection in group}
    place = names[group[0]["gateway"]]
    text = f"partner {label} has {len(group)} connections on {place}, which are not judged against each other: {listed}"
    if len(peers) < SEVERAL or len(sites) < SEVERAL:
        return text
    return f"{text}; their sites and peer addresses differ, so check that it is one partner and not a copied tag"
