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

from s2sguard.facts.agreement_facts import AgreementFacts
from s2sguard.facts.extension_facts import DefaultSiteFacts, ExtensionFacts
from s2sguard.facts.given import Assumptions, Settings
from s2sguard.facts.hub_facts import FirewallPairFacts, HubFacts, LearnedFacts, RoadFacts
from s2sguard.facts.inspection_facts import BypassFacts, InspectionFacts, UninspectedFacts
from s2sguard.facts.key_facts import SharedKeyFacts
from s2sguard.facts.width_facts import SelectorWidths, SiteWidths
from s2sguard.model.estate import Trust

SCHEMA_VERSION: Final = "1"


class SelectorFacts(TypedDict):
    """One fixed selector: every local range with every remote range (one `trafficSelectorPolicies` element)."""

    local: list[str]
    remote: list[str]


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
    groups: NotRequired[list[int]]
    possible_groups: NotRequired[list[int]]
    """The certain ones, and the possible ones: all parties in these `party_groups` but those of its own owner. Absent for none."""


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


class ObservedFacts(TypedDict):
    """What live SAs of a connection show (azure.md 4.9). What they leave open stands in `unknown` as `observed.<name>`."""

    ike_sas: int
    """0 when somebody looked and the tunnel was down."""
    child_sas: int
    selectors: list[SelectorFacts]
    """In force, each once."""
    wider: NotRequired[list[str]]
    """Parts of live selectors that no fixed selector covers; absent without fixed selectors."""
    of_others: NotRequired[list[str]]
    """Ranges of other partners' sites on the local side of a live selector, as `range of partner`."""
    peer_initiated: NotRequired[int]
    """IKE and child SAs that the peer started."""
    algorithms: NotRequired[dict[str, list[str]]]
    """Field of the IPsec policy -> values in force; absent where the source does not show algorithms."""
    two_way: Exposure
    """Pairs that live selectors hold open both ways now."""
    one_way: Exposure


class ConnectionFacts(TypedDict):
    """One connection of a gateway; in a virtual WAN, one link of one. Facts below `isolation` are about the whole gateway."""

    id: str
    name: str
    gateway: str
    site: NotRequired[str]
    """Absent when the connection has no site (VNet-to-VNet) or it is unknown."""
    site_name: NotRequired[str]
    partner: NotRequired[str]
    """The party that owns the far end, folded; also set for internal connections."""
    party: NotRequired[int]
    """Its place in the gateway's `parties`; absent where the gateway has none, or the owner is unknown."""
    trust: NotRequired[Trust]
    connection_type: NotRequired[str]
    """`IPsec`, `Vnet2Vnet`, `ExpressRoute` or `VPNClient`. Only IPsec connections have the facts below."""
    device: NotRequired[Literal[True]]
    """It ends on a device (NVA, router), of which nothing that Azure sets is known."""
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
    learned: NotRequired[LearnedFacts]
    observed: NotRequired[ObservedFacts]
    """Absent where nobody looked."""
    agreement: NotRequired[AgreementFacts]
    unknown: dict[str, str]


class PairCounts(TypedDict):
    """Pairs of parties on one gateway, at least one of them a partner; `partners` are the pairs of partners in all."""

    partners: int
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
    device: NotRequired[Literal[True]]
    """It is a routing table of a device (NVA, router) with the tunnels behind it."""
    partner_facing: bool
    """Carries a partner's connection, or no connection at all yet."""
    gateway_type: NotRequired[str]
    vpn_type: NotRequired[str]
    sku: NotRequired[str]
    replay_protection: NotRequired[bool]
    ike_log: NotRequired[bool]
    """A diagnostic setting exports its IKE log; absent, and not unknown, where the input holds no diagnostic setting."""
    bgp: NotRequired[bool]
    default_site: NotRequired[DefaultSiteFacts]
    """Absent when there is none, or it is unknown."""
    extensions: NotRequired[list[ExtensionFacts]]
    """Those that are certain; `unknown` has the reason why there may be more."""
    connections: int
    open_ceilings: int
    pairs: NotRequired[PairCounts]
    parties: NotRequired[list[str]]
    """Who is on it, for `party_groups`: the tag, or the folded id of the site; empty for one whose owner is unknown. One owner
    with partner and internal connections stands here twice. Absent on a gateway without exposures."""
    party_groups: NotRequired[list[list[list[int]]]]
    """Sets of parties that exposures refer to, each as runs of places in `parties`, `[first, last]`. No control reads them."""
    shared_local_ranges: NotRequired[list[str]]
    """Local ranges that more than one partner may reach: normal, and worth knowing."""
    feasibility: NotRequired[FeasibilityFacts]
    hub: NotRequired[HubFacts]
    road: NotRequired[RoadFacts]
    """Both absent for a gateway in a virtual network; the road also when it is unknown."""
    firewall_between: NotRequired[list[FirewallPairFacts]]
    """Pairs of up to 20 partners whose packets routing intent sends to a firewall of the input. No control reads it."""
    inspection: NotRequired[InspectionFacts]
    uninspected_inbound: NotRequired[list[UninspectedFacts]]
    uninspected_return: NotRequired[list[UninspectedFacts]]
    bypass_routes: NotRequired[list[BypassFacts]]
    gateway_subnet_problems: NotRequired[list[str]]
    """Absent, and not unknown, where the input holds neither a route table nor a firewall for the gateway's networks."""
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


class FactsDocument(TypedDict):
    """Facts of one estate, or of one chunk of it. One object, never an array: conftest splits arrays."""

    schema_version: Literal["1"]
    today: str
    """ISO date the run was given; decides whether a SKU's retirement has passed."""
    named: NotRequired[bool]
    """Messages begin with the name of their subject: for programs that show nothing else of a finding, as conftest does."""
    settings: Settings
    assumptions: Assumptions
    gateways: list[GatewayFacts]
    connections: list[ConnectionFacts]
    sites: list[SiteFacts]
    shared_keys: list[SharedKeyFacts]
