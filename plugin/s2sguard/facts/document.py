"""The facts document: the one input of every Rego rule, in every engine and in conftest.

The JSON Schema in `policies/s2sguard/schemas/facts.json` is generated from these classes (`make schema`).
They are typed dictionaries, not dataclasses, because the document of 100 000 connections is built and serialised as is.

**Unknown.** A fact that cannot be known is *absent*, and the subject's `unknown` object maps its name to the reason.
In Rego an absent fact is undefined, so a rule about it neither denies nor passes by accident;
each control turns the reasons for the facts it needs into a `warn` of kind `unknown`.

**No maths in Rego.** Ranges are strings for people; every comparison of ranges is done here and arrives as a list or a number.
*Local* is always the Azure side, *remote* the partner side.
"""

from __future__ import annotations

from typing import Final, Literal, NotRequired, TypedDict

from s2sguard.model.estate import Trust

SCHEMA_VERSION: Final = "1"


class SelectorFacts(TypedDict):
    """One fixed selector: every local range with every remote range (one `trafficSelectorPolicies` element)."""

    local: list[str]
    remote: list[str]


class SelectorWidths(TypedDict):
    """Shortest prefix length written, by side and family; a family without a range is absent, 0 is *any*."""

    local_v4: NotRequired[int]
    local_v6: NotRequired[int]
    remote_v4: NotRequired[int]
    remote_v6: NotRequired[int]


class SiteWidths(TypedDict):
    """Shortest prefix length of a site, by family; a family without a prefix is absent, 0 is *any*."""

    v4: NotRequired[int]
    v6: NotRequired[int]


class PolicyFacts(TypedDict):
    """The custom IPsec policy (`ipsecPolicies[0]`) in Azure's spelling; a field that is missing or unreadable is absent."""

    ike_encryption: NotRequired[str]
    ike_integrity: NotRequired[str]
    dh_group: NotRequired[str]
    ipsec_encryption: NotRequired[str]
    ipsec_integrity: NotRequired[str]
    pfs_group: NotRequired[str]
    sa_lifetime_seconds: NotRequired[int]
    sa_data_size_kilobytes: NotRequired[int]
    weak: dict[str, str]
    """Field -> why its value is weak and which RFC says so, for every value known to be weak."""


class CeilingFacts(TypedDict):
    """What the far end can bring about: any x any when `open`, else exactly the fixed selectors."""

    open: bool
    reasons: list[str]
    """Every named reason that keeps it open, in a fixed order; empty when hardened."""


class PeerFacts(TypedDict):
    """Where the far end answers: a fixed public address, a private one, a name that can move, or nothing."""

    kind: Literal["public", "private", "fqdn", "none"]
    value: str


Witness = TypedDict(
    "Witness",
    {
        "src": str,
        "dst": str,
        # Connection ids: the packet arrives by `from` and leaves by `to`.
        "from": str,
        "to": str,
        # The two selectors that carry it, as `local <-> remote`.
        "from_selector": str,
        "to_selector": str,
        # The settings that let it through, the arriving connection first.
        "because": list[str],
    },
)


class Exposure(TypedDict):
    """With how many other parties a connection shares packets of one kind, and proof."""

    count: int
    """Other parties for which this is certain."""
    possible: int
    """Further parties for which it is true only if what is unknown turns out badly."""
    witnesses: list[Witness]
    """Up to ten, one for each other party, for the certain ones."""


class OverlapExample(TypedDict):
    """Another subject of the same gateway with intersecting ranges."""

    with_id: str
    with_party: str
    ranges: list[str]


class Overlap(TypedDict):
    """Intersections with other parties: true count, and up to ten examples."""

    count: int
    possible: int
    examples: list[OverlapExample]


class ConnectionFacts(TypedDict):
    """One connection of a gateway. Facts below `isolation` are about the whole gateway."""

    id: str
    name: str
    gateway: str
    site: NotRequired[str]
    """Absent when the connection has no site (VNet-to-VNet) or it is unknown."""
    site_name: NotRequired[str]
    partner: NotRequired[str]
    """The party that owns the far end, folded; also set for internal connections."""
    trust: NotRequired[Trust]
    connection_type: NotRequired[str]
    """`IPsec`, `Vnet2Vnet`, `ExpressRoute` or `VPNClient`. Only IPsec connections have the facts below."""
    connection_mode: NotRequired[str]
    connection_protocol: NotRequired[str]
    policy_based_selectors: NotRequired[bool]
    bgp: NotRequired[bool]
    nat_rules: NotRequired[int]
    custom_policy: NotRequired[bool]
    ipsec_policy: NotRequired[PolicyFacts]
    """Absent when there is none, or it is unknown."""
    fixed_selectors: NotRequired[list[SelectorFacts]]
    """The non-empty elements; an empty list when there is none."""
    selector_widths: NotRequired[SelectorWidths]
    ceiling: NotRequired[CeilingFacts]
    remote_outside_site: NotRequired[list[str]]
    """Parts of the fixed remote ranges outside the site's prefixes."""
    local_outside_networks: NotRequired[list[str]]
    """Parts of the fixed local ranges outside the hub VNet and the spokes that use this gateway."""
    peer: NotRequired[PeerFacts]
    shared_gateway: NotRequired[bool]
    """The gateway also carries another party, and a partner is among them."""
    two_way: NotRequired[Exposure]
    one_way: NotRequired[Exposure]
    to_internal: NotRequired[Exposure]
    remote_overlap: NotRequired[Overlap]
    """Fixed remote ranges that intersect those of another partner."""
    unknown: dict[str, str]


class ExtensionFacts(TypedDict):
    """A road out of a partner gateway that selectors do not close."""

    kind: Literal["Vnet2Vnet", "ExpressRoute", "P2S", "RouteServer"]
    name: str
    exception: NotRequired[str]
    """The written exception from the configuration; absent means there is none."""


class DefaultSiteFacts(TypedDict):
    """The site the gateway sends 0/0 to (forced tunnelling)."""

    id: str
    name: str
    trust: Trust


class PairCounts(TypedDict):
    """Pairs of parties on one gateway, at least one of them a partner."""

    partners: int
    """Pairs of partners in all."""
    two_way: int
    one_way: int
    possible: int


class FeasibilityFacts(TypedDict):
    """Can native settings isolate the partners of this gateway?"""

    native: bool
    reasons: list[str]
    """The requirement that forces another headend; empty when native settings suffice."""


class GatewayFacts(TypedDict):
    """One VPN gateway, present in the input or only referred to."""

    id: str
    name: str
    present: bool
    """False when connections refer to it and the input does not hold it."""
    complete: bool
    """Whether all its connections are known to be in the input."""
    incomplete_reason: NotRequired[str]
    partner_facing: bool
    """Carries a partner's connection, or no connection at all yet."""
    gateway_type: NotRequired[str]
    vpn_type: NotRequired[str]
    sku: NotRequired[str]
    replay_protection: NotRequired[bool]
    bgp: NotRequired[bool]
    default_site: NotRequired[DefaultSiteFacts]
    """Absent when there is none, or it is unknown."""
    extensions: NotRequired[list[ExtensionFacts]]
    """Those that are certain; `unknown` has the reason why there may be more."""
    connections: int
    open_ceilings: int
    pairs: NotRequired[PairCounts]
    shared_local_ranges: NotRequired[list[str]]
    """Local ranges that more than one partner may reach: normal, and worth knowing."""
    feasibility: NotRequired[FeasibilityFacts]
    unknown: dict[str, str]


class SiteFacts(TypedDict):
    """One site (local network gateway): the far end of connections."""

    id: str
    name: str
    partners: list[str]
    """The parties that use it, sorted; more than one is itself an overlap."""
    trust: NotRequired[Trust]
    gateways: list[str]
    """Gateways it is connected to; empty for a site nobody uses yet."""
    prefixes: NotRequired[list[str]]
    widths: NotRequired[SiteWidths]
    peer: NotRequired[PeerFacts]
    overlap: NotRequired[Overlap]
    """Prefixes that intersect another party's site on the same gateway."""
    network_overlap: NotRequired[list[str]]
    """Prefixes that intersect the hub VNet or a spoke, as `prefix (network)`."""
    unknown: dict[str, str]


class Settings(TypedDict):
    """Allow-lists and bounds; defaults are hardened and every one can be set in `s2sguard.yaml`."""

    ike_encryption: list[str]
    ike_integrity: list[str]
    dh_group: list[str]
    ipsec_encryption: list[str]
    ipsec_integrity: list[str]
    pfs_group: list[str]
    sa_lifetime_seconds_min: int
    sa_lifetime_seconds_max: int
    sa_data_size_kilobytes_min: int
    sa_data_size_kilobytes_max: int
    selector_shortest_local_v4: int
    selector_shortest_remote_v4: int
    selector_shortest_v6: int
    site_shortest_v4: int
    site_shortest_v6: int
    retired_skus: dict[str, str]
    """SKU name -> retirement date (ISO 8601)."""


class Assumptions(TypedDict):
    """What the verdicts rest on (design section 4); each can be turned off, which opens every ceiling."""

    peer_child_sa: Literal["refused", "accepted"]
    answer_clipped: bool
    no_fallback_with_fixed: bool


class FactsDocument(TypedDict):
    """Facts of one estate, or of one chunk of it. One object, never an array: conftest splits arrays."""

    schema_version: Literal["1"]
    today: str
    """ISO date the run was given; decides whether a SKU's retirement has passed."""
    settings: Settings
    assumptions: Assumptions
    gateways: list[GatewayFacts]
    connections: list[ConnectionFacts]
    sites: list[SiteFacts]
