# ruff: noqa: INP001 - data beside its generator, not a package of the project
"""The five stages of the lab: two partners on one gateway, four settings from the article and the hardened one."""

from __future__ import annotations

from dataclasses import dataclass

GROUP = "GBB-ER-LAB-UKS"
LOCATION = "uksouth"
GATEWAY = "VPN-GW-UKS"
HUB = "hub-vnet"
HUB_PREFIX = "172.16.1.0/24"
GATEWAY_SUBNET = "172.16.1.224/27"
WORKLOAD_SUBNET = "172.16.1.0/26"
SPOKE = "spoke-vnet"
SPOKE_PREFIX = "172.16.100.0/24"
SPOKE_SUBNET = "172.16.100.0/26"
PUBLIC_IP = "VPN-GW-UKS-pip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """One partner: its name, the number its lab site has, its prefix and the public address of its device."""

    name: str
    site: str
    prefix: str
    address: str


PARTNERS = (
    Partner(name="red", site="to-onprem1", prefix="10.1.0.0/16", address="52.232.103.208"),
    Partner(name="blue", site="to-onprem2", prefix="10.2.0.0/16", address="20.101.61.247"),
)

Policy = dict[str, str | int]

WEAK: Policy = {
    "saLifeTimeSeconds": 27000,
    "saDataSizeKilobytes": 102400000,
    "ipsecEncryption": "AES256",
    "ipsecIntegrity": "SHA1",
    "ikeEncryption": "AES256",
    "ikeIntegrity": "SHA1",
    "dhGroup": "DHGroup2",
    "pfsGroup": "None",
}
"""The article's policy: it makes policy-based selectors effective, and is weak in itself."""

STRONG: Policy = {
    "saLifeTimeSeconds": 27000,
    "saDataSizeKilobytes": 102400000,
    "ipsecEncryption": "GCMAES256",
    "ipsecIntegrity": "GCMAES256",
    "ikeEncryption": "AES256",
    "ikeIntegrity": "SHA384",
    "dhGroup": "ECP384",
    "pfsGroup": "ECP384",
}
"""A policy within every default allow-list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What one stage sets. `suffix` is how the article ends the names of its connections."""

    folder: str
    suffix: str
    sku: str = "VpnGw1"
    generation: str = "Generation1"
    policy: Policy | None = None
    fixed: bool = False
    mode: str = "Default"

    @property
    def policy_based(self) -> bool:
        """Policy-based selectors come with the custom policy, in every stage but the first."""
        return self.policy is not None


STAGES = (
    Stage(folder="stage-1-default", suffix="nots"),
    Stage(folder="stage-2-policy-based", suffix="ts", policy=WEAK),
    Stage(folder="stage-3-fixed-selectors", suffix="fixedts", policy=WEAK, fixed=True),
    Stage(folder="stage-4-initiator-only", suffix="fixedts-initiator", policy=WEAK, fixed=True, mode="InitiatorOnly"),
    Stage(
        folder="stage-5-hardened",
        suffix="hardened",
        sku="VpnGw2AZ",
        generation="Generation2",
        policy=STRONG,
        fixed=True,
        mode="InitiatorOnly",
    ),
)
