"""Sites as places: who a site belongs to when nothing but the site is looked at (the rule of `facts.identity`)."""

from __future__ import annotations

from s2sguard.azure_policy.derived.model import Place
from s2sguard.facts.identity import tag
from s2sguard.facts.options import Identity, Party
from s2sguard.model.estate import Prefixes
from s2sguard.model.folding import fold
from s2sguard.model.inventory import Resource
from s2sguard.model.value import Maybe, Unknown


def place_of(resource: Resource, prefixes: Maybe[Prefixes], identity: Identity) -> Place:
    """Return a site with its owner: its own tag, else the configuration, else itself."""
    named = [identity.parties[name] for name in (resource.key, resource.name.lower()) if name in identity.parties]
    configured = Party(
        partner=next((fold(party.partner.strip()) for party in named if party.partner), None),
        trust=next((party.trust for party in named if party.trust), None),
    )
    partner, trust = tag(resource, identity.partner_tag), tag(resource, identity.trust_tag)
    return Place(
        id=resource.id,
        key=resource.key,
        partner=partner if partner != "" else configured.partner or resource.key,
        trust=trust if trust != "" else configured.trust or "",
        prefixes=prefixes if isinstance(prefixes, Unknown) else prefixes.addresses,
    )
