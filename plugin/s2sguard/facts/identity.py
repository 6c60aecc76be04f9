"""Who owns the far end of a connection: the party, and whether it is trusted.

Partner = connection tag, else site tag, else the configuration's map, else the site itself (design section 4).
Internal = trust tag or map. Anything else is a partner: trust has to be stated.
"""

from __future__ import annotations

from collections.abc import Mapping

from s2sguard.facts.document import ConnectionFacts
from s2sguard.facts.options import Identity, Party
from s2sguard.model.estate import Connection, Site, Trust
from s2sguard.model.folding import fold
from s2sguard.model.inventory import PLAN_ID, Resource, fold_id
from s2sguard.model.value import Maybe, Unknown


def tag(resource: Resource, name: str) -> Maybe[str]:
    """Return a tag's value trimmed and folded, empty when absent. Tag names ignore case in Azure; `name` is lowercase."""
    tags = resource.tags
    if isinstance(tags, Unknown):
        return tags
    for key, value in tags.items():
        if key.lower() == name:
            if isinstance(value, Unknown):
                return value
            return fold(value.strip()) if isinstance(value, str) else ""
    return ""


def party_of(connection: Resource, site: Maybe[Site | None], site_key: Maybe[str], identity: Identity) -> tuple[Maybe[str], Maybe[Trust]]:
    """Return (party, trust) of a connection. Equal parties never concern each other."""
    configured = _configured(identity.parties, connection, site, site_key)
    own_partner, own_trust = tag(connection, identity.partner_tag), tag(connection, identity.trust_tag)
    site_partner: Maybe[str] = ""
    site_trust: Maybe[str] = ""
    if isinstance(site, Site):
        site_partner, site_trust = site.partner_tag, site.trust_tag
    elif isinstance(site_key, Unknown):
        site_partner = site_trust = site_key
    # A site that is named and absent has no tag that anybody could show: it is a partner of its own.
    partner = _first(own_partner, site_partner, configured.partner or "", site_key, fold_id(connection.id))
    trust = _first(own_trust, site_trust, configured.trust or "", "partner")
    if isinstance(trust, Unknown):
        return partner, trust
    return partner, "internal" if trust == "internal" else "partner"


def site_trust(site: Site, identity: Identity) -> Maybe[Trust]:
    """Return the trust of a site that no connection decides on."""
    configured = identity.parties.get(site.key) or identity.parties.get(site.name.lower()) or Party()
    trust = _first(site.trust_tag, configured.trust or "", "partner")
    if isinstance(trust, Unknown):
        return trust
    return "internal" if trust == "internal" else "partner"


def party_label(party: str) -> str:
    """Return a party for people: a tag as it is, a site id by its last segment."""
    return party.rsplit("/", 1)[-1] if party.startswith("/") else party.removeprefix(PLAN_ID)


def own_label(connection: Connection, party: str) -> str:
    """Return a connection's party as agreements name it. A tag that only looks like an id is no id: it stays as it was written."""
    return party_label(party) if is_own_id(connection, party) else party


def is_own_id(connection: Connection, party: str) -> bool:
    """Say whether nobody named the party of a connection, so that it is the id of its site, or its own where it has none."""
    site = connection.site_id
    return isinstance(site, str) and party == fold_id(site or connection.id)


def _first(*candidates: Maybe[str]) -> Maybe[str]:
    """Return the first that is not empty; an unknown one ends the search, as it might be the answer."""
    return next((candidate for candidate in candidates if candidate != ""), "")


def _configured(parties: Mapping[str, Party], connection: Resource, site: Maybe[Site | None], site_key: Maybe[str]) -> Party:
    if not parties:
        return Party()
    names = [connection.key, connection.name.lower()]
    if isinstance(site_key, str):
        names.append(site_key)
    if isinstance(site, Site):
        names.append(site.name.lower())
    found = [parties[name] for name in names if name in parties]
    return Party(
        partner=next((fold(party.partner.strip()) for party in found if party.partner), None),
        trust=next((party.trust for party in found if party.trust), None),
    )


def party_of_facts(item: ConnectionFacts) -> str:
    """Return who the far end of a connection belongs to, folded: its tag, else its site, which is its own party whatever it is called.

    Facts show the name of a site that nobody has tagged, and two of them may have one. An owner nobody can read may be anybody.
    """
    partner, site = fold(item.get("partner", "")), item.get("site", "")
    return fold_id(site) if site and partner == fold(item.get("site_name", "")) else partner or fold_id(item["id"])
