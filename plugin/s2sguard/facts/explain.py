"""What the facts document leaves out, for people: what Azure proposes for one connection."""

from __future__ import annotations

from dataclasses import dataclass

from s2sguard.facts.ceiling import Offer, offers, routed_bounds
from s2sguard.facts.estate import build_estate
from s2sguard.facts.options import FactsOptions
from s2sguard.model.inventory import Inventory, fold_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One connection explained."""

    offers: tuple[Offer, ...]
    """In the order Azure tries them when it initiates; a step without selectors depends on something unread."""
    routed: tuple[str, ...]
    """What the gateway routes into it, as ranges."""
    routed_doubt: str
    """Why more may be routed into it; empty when that is known."""


def explain_connection(inventory: Inventory, options: FactsOptions, connection_id: str) -> Explanation | None:
    """Explain the connection with this id, in any casing; None if the input does not hold it or it is no IPsec tunnel."""
    key = fold_id(connection_id)
    for gateway in build_estate(inventory, options).gateways:
        for connection in gateway.connections:
            if connection.key == key and connection.connection_type == "IPsec":
                at_least, _, doubt = routed_bounds(connection, gateway)
                steps = offers(connection, gateway, at_least)
                return Explanation(offers=steps, routed=tuple(at_least.texts()), routed_doubt=doubt)
    return None
