"""CIDR functions (Microsoft: template-functions-cidr)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeAlias

from s2sguard.expression.functions.common import fail, functions, integer, simple, text
from s2sguard.expression.interface import Function, Json

Network: TypeAlias = IPv4Network | IPv6Network
_CIDR = re.compile(r"[0-9A-Fa-f.:]+/[0-9]{1,3}", re.ASCII)


def network_of(name: str, value: Json) -> Network:
    """Return the range that a string holds as address and prefix length; host bits that are set do not matter."""
    written = text(name, value)
    if _CIDR.fullmatch(written):
        try:
            return ip_network(written, strict=False)
        except ValueError:
            pass
    return fail(name, "takes a range in CIDR notation; the string is none")


def _usable(network: Network) -> tuple[int, int]:
    """Return the offsets of the first and last address that hosts may have; without any, both are 0."""
    if isinstance(network, IPv6Network):
        return 0, network.num_addresses - 1
    return (1, network.num_addresses - 2) if network.num_addresses > 2 else (0, 0)


def parse_cidr(value: Json) -> dict[str, Json]:
    """Return what there is to know of a range: network, netmask, broadcast (IPv4 only), first and last usable address, prefix length."""
    network = network_of("parseCidr", value)
    first, last = _usable(network)
    result: dict[str, Json] = {"network": str(network.network_address), "netmask": str(network.netmask)}
    if isinstance(network, IPv4Network):
        result["broadcast"] = str(network.broadcast_address)
    result["firstUsable"] = str(network.network_address + first)
    result["lastUsable"] = str(network.network_address + last)
    result["cidr"] = network.prefixlen
    return result


def cidr_subnet(value: Json, new_prefix: Json, index: Json) -> str:
    """Return the subnet number `index`, from 0, of the parts of `new_prefix` bits."""
    network = network_of("cidrSubnet", value)
    bits, number = integer("cidrSubnet", new_prefix), integer("cidrSubnet", index)
    if not network.prefixlen <= bits <= network.max_prefixlen:
        fail("cidrSubnet", f"takes a new prefix length from that of the range to {network.max_prefixlen}")
    if not 0 <= number < 1 << (bits - network.prefixlen):
        fail("cidrSubnet", "takes an index within the subnets of the range")
    return f"{network.network_address + (number << (network.max_prefixlen - bits))}/{bits}"


def cidr_host(value: Json, index: Json) -> str:
    """Return the usable address number `index`, from 0. In both families 0 is the address after the network's own."""
    network = network_of("cidrHost", value)
    offset = integer("cidrHost", index) + 1
    last = _usable(network)[1]
    if not 1 <= offset <= last:
        fail("cidrHost", "takes an index within the usable addresses of the range")
    return str(network.network_address + offset)


CIDR: Mapping[str, Function] = functions(
    simple("parseCidr", parse_cidr, 1),
    simple("cidrSubnet", cidr_subnet, 3),
    simple("cidrHost", cidr_host, 2),
)
