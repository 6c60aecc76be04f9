"""What virtual WAN adds to the facts of a gateway and of a connection."""

from __future__ import annotations

from s2sguard.facts.document import ConnectionFacts, GatewayFacts
from s2sguard.facts.firewall_between import between
from s2sguard.model.estate import Gateway, Learned
from s2sguard.model.value import Unknown


def add_hub(facts: GatewayFacts, gateway: Gateway) -> None:
    """Add the hub a gateway stands in, whether it carries packets from branch to branch, and what its firewall does with them."""
    hub = gateway.hub
    if hub is None:
        return
    if hub.firewall is not None:
        facts["firewall_between"] = between(gateway)
    facts["hub"] = {"id": hub.id, "name": hub.name}
    if hub.wan_id:
        facts["hub"]["wan"] = hub.wan_id
    if isinstance(hub.road, Unknown):
        facts["unknown"]["road"] = hub.road.reason
    else:
        facts["road"] = {"state": hub.road.state, "by": hub.road.by}


def add_learned(facts: ConnectionFacts, learned: Learned, incomplete: str) -> None:
    """Add which other partners of a virtual WAN get the connection's routes; `incomplete` says why there may be more of them."""
    facts["learned"] = {"count": learned.count, "possible": learned.possible, "examples": list(learned.examples)}
    cannot = f"{learned.possible} more cannot be ruled out" if learned.possible else ""
    reasons = [": ".join(part for part in (cannot, learned.doubt) if part), incomplete]
    if any(reasons):
        facts["unknown"]["learned"] = "; ".join(reason for reason in reasons if reason)
