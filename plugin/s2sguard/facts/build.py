"""From an inventory to the facts document: gateway by gateway, nothing in one needs another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from s2sguard.facts.agreed import AgreementBook
from s2sguard.facts.document import SCHEMA_VERSION, ConnectionFacts, FactsDocument, GatewayFacts
from s2sguard.facts.estate import Doubts, build_estate
from s2sguard.facts.key_facts import key_facts
from s2sguard.facts.options import FactsOptions
from s2sguard.facts.shard import Shard
from s2sguard.facts.site_facts import SiteUse, site_facts
from s2sguard.model.estate import Estate
from s2sguard.model.inventory import Inventory, SharedKey


def build_document(inventory: Inventory, options: FactsOptions, doubts: Doubts | None = None) -> FactsDocument:
    """Compute the facts of an inventory. Pure: the same inventory and options give the same document.

    `doubts` are those of the whole input where the inventory is a shard of it.
    """
    return document_of(build_estate(inventory, options, doubts), options, inventory.shared_keys)


def document_of(estate: Estate, options: FactsOptions, shared_keys: Iterable[SharedKey] = ()) -> FactsDocument:
    """Compute the facts of an estate that is already resolved, and of the shared keys found beside it."""
    gateways: list[GatewayFacts] = []
    connections: list[ConnectionFacts] = []
    uses: dict[str, list[SiteUse]] = defaultdict(list)
    book = None if options.agreements is None else AgreementBook(options.agreements, options.today)
    for gateway in estate.gateways:
        shard = Shard(gateway, options)
        gateways.append(shard.gateway_facts(options))
        connections.extend(shard.connection_facts(book))
        for key, use in shard.site_uses():
            uses[key].append(use)
    return {
        "schema_version": SCHEMA_VERSION,
        "today": options.today.isoformat(),
        "settings": options.settings,
        "assumptions": options.assumptions,
        "gateways": gateways,
        "connections": connections,
        "sites": [site_facts(site, uses.get(site.key, ()), options) for site in estate.sites],
        "shared_keys": [key_facts(key) for key in shared_keys],
    }
