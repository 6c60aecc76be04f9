"""Small estates for tests: builders with hardened defaults, and random ones in a tiny address space."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from s2sguard.model.address import AddressSet, normalise
from s2sguard.model.estate import Connection, FixedSelector, Gateway, IpsecPolicy, Prefixes, Site
from s2sguard.model.inventory import Source
from s2sguard.model.selector import Selector

POLICY = IpsecPolicy(
    ike_encryption="AES256",
    ike_integrity="SHA384",
    dh_group="ECP384",
    ipsec_encryption="GCMAES256",
    ipsec_integrity="GCMAES256",
    pfs_group="ECP384",
    sa_lifetime_seconds=27000,
    sa_data_size_kilobytes=102400000,
)


def addresses(*, v4: set[int] = frozenset(), v6: set[int] = frozenset()) -> AddressSet:  # type: ignore[assignment]
    """An address set from single integers."""
    return AddressSet(normalise((n, n) for n in v4), normalise((n, n) for n in v6))


def fixed(local: AddressSet, remote: AddressSet) -> FixedSelector:
    """A fixed selector without written texts."""
    return FixedSelector(local_texts=("written",), remote_texts=("written",), selector=Selector(local, remote))


def site(name: str, prefixes: AddressSet) -> Site:
    """A site with a public peer."""
    return Site(
        id=f"/site/{name}",
        key=f"/site/{name}",
        name=name,
        prefixes=Prefixes(texts=(), addresses=prefixes),
        peer_address="52.1.2.3",
        peer_fqdn="",
        partner_tag="",
        trust_tag="",
    )


def connection(name: str, **changes: Any) -> Connection:
    """A hardened connection of the partner with its name; pass what differs."""
    values: dict[str, Any] = {
        "id": f"/connection/{name}",
        "key": f"/connection/{name}",
        "name": name,
        "source": Source(file="test"),
        "gateway_key": "/gateway",
        "gateway_id": "/gateway",
        "site": None,
        "site_id": "",
        "connection_type": "IPsec",
        "mode": "InitiatorOnly",
        "protocol": "IKEv2",
        "policy_based_selectors": True,
        "policy": POLICY,
        "fixed_selectors": (),
        "nat_rules": (),
        "bgp": False,
        "partner": name,
        "trust": "partner",
    }
    values.update(changes)
    if values["site"] is not None and not values["site_id"] and isinstance(values["site"], Site):
        values["site_id"] = values["site"].id
    return Connection(**values)


def gateway(*connections: Connection, **changes: Any) -> Gateway:
    """A complete route-based gateway with these connections."""
    values: dict[str, Any] = {
        "id": "/gateway",
        "key": "/gateway",
        "name": "gateway",
        "present": True,
        "incomplete": "",
        "gateway_type": "Vpn",
        "vpn_type": "RouteBased",
        "sku": "VpnGw2AZ",
        "replay_protection": True,
        "bgp": False,
        "default_site_id": "",
        "default_site_name": "",
        "default_site_trust": "partner",
        "nat_rules": (),
        "extensions": (),
        "extensions_doubt": "",
        "networks": (),
        "connections": connections,
    }
    values.update(changes)
    return Gateway(**values)


UNIVERSE = {4: range(6), 6: range(2)}
"""Every address of the tiny space, by IP version."""


def random_gateway(random: Random, *, most: int = 5) -> Gateway:
    """A gateway with up to `most` connections over the tiny space, hardened and not, partners and internals."""
    connections = [_random_connection(random, f"c{number}") for number in range(random.randint(1, most))]
    default = random.choice(connections).site_id if random.random() < 0.1 else ""
    return gateway(*connections, default_site_id=default, vpn_type="PolicyBased" if random.random() < 0.1 else "RouteBased")


def _random_connection(random: Random, name: str) -> Connection:
    selectors = tuple(fixed(_random_set(random), _random_set(random)) for _ in range(random.choice((0, 1, 1, 2, 3))))
    selectors = tuple(one for one in selectors if one.selector.local and one.selector.remote)
    made = connection(
        name,
        site=None if random.random() < 0.1 else site(name, _random_set(random)),
        fixed_selectors=selectors,
        partner=f"p{random.randint(0, 3)}",
        trust="internal" if random.random() < 0.2 else "partner",
        bgp=random.random() < 0.1,
    )
    for weaken in _WEAKENINGS:
        if random.random() < 0.08:
            made = replace(made, **weaken)  # type: ignore[arg-type]
    return made


_WEAKENINGS: tuple[dict[str, object], ...] = (
    {"mode": "Default"},
    {"mode": "ResponderOnly"},
    {"protocol": "IKEv1"},
    {"policy_based_selectors": False},
    {"policy": None},
    {"nat_rules": ("/missing/rule",)},
)


def _random_set(random: Random) -> AddressSet:
    return addresses(
        v4={n for n in UNIVERSE[4] if random.random() < 0.3},
        v6={n for n in UNIVERSE[6] if random.random() < 0.15},
    )
