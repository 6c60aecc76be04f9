"""Random facts documents, valid by the schema, in which every control finds something to deny and something to pass.

A fact is good, bad or unknown: absent with a reason, absent without one, or known in part.
Names hold what engines are known to damage (facts: engines.md): quotes, backslashes,
control characters, umlauts, characters beyond 16 bits.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, cast

from s2sguard.facts.document import ConnectionFacts, FactsDocument, GatewayFacts, SiteFacts
from s2sguard.facts.key_facts import SharedKeyFacts
from s2sguard.facts.options import DEFAULT_ASSUMPTIONS, HARDENED_SETTINGS

PITFALLS = (
    "",
    ' "quoted"',
    " back\\slash",
    "\\n",
    " \n\t\r",
    " \x00\x1f\x7f",
    " ÄÖÜ ß é",
    " 😀",
    " \u2028\ufeff",
    " </script>",
    "%s %d",
    " ${x}",
    "'",
)
REASONS = ("known only after apply", 'the "file" is gone', "2 of 3\nfiles cannot be read")

Value = Callable[[], object]


class Estate:
    """A source of subjects. The same seed gives the same estate."""

    def __init__(self, seed: int) -> None:
        """Seed the dice."""
        self.random = Random(seed)
        self._number = 0

    def document(self, gateways: int, connections: int, sites: int) -> FactsDocument:
        """Return a document with this many subjects."""
        return {
            "schema_version": "1",
            "today": self.one("2020-01-01", "2026-06-30", "2026-09-30", "2099-12-31"),
            "settings": HARDENED_SETTINGS,
            "assumptions": DEFAULT_ASSUMPTIONS,
            "gateways": [self.gateway() for _ in range(gateways)],
            "connections": [self.connection() for _ in range(connections)],
            "sites": [self.site() for _ in range(sites)],
            "shared_keys": [self.shared_key() for _ in range(sites)],
        }

    def shared_key(self) -> SharedKeyFacts:
        """Return a place that gives a key, handled in any way."""
        file = f"{self.one(*PITFALLS)}main.json"
        self._number += 1
        facts: SharedKeyFacts = {
            "id": f"{file}#/{self._number}",
            "name": self.one(*PITFALLS),
            "file": file,
            "how": self.one(*REASONS),
            "unknown": {},
        }
        handling = self.one("clear-text", "protected", None)
        if handling is None:
            facts["unknown"]["handling"] = self.one(*REASONS)
        else:
            facts["handling"] = handling
        return facts

    def connection(self) -> ConnectionFacts:
        """Return a connection; most have all facts, some are siteless, internal or hardly known."""
        custom = self.random.random() < 0.7
        fixed = self.random.random() < 0.7
        facts: dict[str, Value] = {
            "trust": lambda: self.one(*["partner"] * 5, "internal"),
            "connection_type": lambda: self.one(*["IPsec"] * 6, "Vnet2Vnet", "ExpressRoute", "VPNClient"),
            "connection_mode": lambda: self.one("InitiatorOnly", "InitiatorOnly", "Default", "ResponderOnly"),
            "connection_protocol": lambda: self.one("IKEv2", "IKEv2", "IKEv1"),
            "policy_based_selectors": self.flag,
            "bgp": self.flag,
            "nat_rules": lambda: self.one(0, 0, 1, 3),
            "custom_policy": lambda: custom,
            "fixed_selectors": lambda: [{"local": ["10.0.0.0/24"], "remote": ["10.1.0.0/24", "fd00::/48"]}] if fixed else [],
            "selector_widths": self.widths("local_v4", "local_v6", "remote_v4", "remote_v6"),
            "remote_outside_site": self.ranges,
            "local_outside_networks": self.ranges,
            "peer": self.peer,
            "shared_gateway": self.flag,
            "two_way": self.exposure,
            "one_way": self.exposure,
            "to_internal": self.exposure,
            "remote_overlap": self.overlap,
            "learned": self.learned,
        }
        subject = self.subject("connection", facts) | {"gateway": self.name("gateway")}
        if custom and self.random.random() < 0.9:
            subject["ipsec_policy"] = self.policy(subject["unknown"])
        if self.random.random() < 0.7:
            subject["observed"] = self.observed(subject["unknown"])
        elif self.flag():
            subject["unknown"]["observed"] = self.one(*REASONS)
        if self.random.random() < 0.8:
            subject["agreement"] = self.agreement(subject["unknown"])
        elif self.flag():
            subject["unknown"]["agreement"] = self.one(*REASONS)
        return cast("ConnectionFacts", subject)

    def gateway(self) -> GatewayFacts:
        """Return a gateway, present and partner-facing most of the time."""
        facts: dict[str, Value] = {
            "gateway_type": lambda: self.one("Vpn", "Vpn", "Vpn", "ExpressRoute", "LocalGateway"),
            "vpn_type": lambda: self.one("RouteBased", "RouteBased", "PolicyBased"),
            "sku": lambda: self.one("VpnGw2AZ", "VpnGw1", "vpngw2", "Basic", "Standard"),
            "replay_protection": self.flag,
            "bgp": self.flag,
            "ike_log": self.flag,
            "road": lambda: {"state": self.one("open", "closed", "inspected"), "by": self.one(*REASONS)},
            "uninspected_inbound": self.uninspected,
            "uninspected_return": self.uninspected,
            "bypass_routes": self.bypasses,
            "gateway_subnet_problems": lambda: self.one([], [f"route {self.one(*PITFALLS)}"], ["two", "problems"]),
        }
        subject = self.subject("gateway", facts) | {
            "present": self.random.random() < 0.9,
            "complete": self.flag(),
            "partner_facing": self.random.random() < 0.9,
            "extensions": self.extensions(),
            "connections": 3,
            "open_ceilings": 1,
        }
        if self.random.random() < 0.2:
            subject["unknown"]["extensions"] = self.one(*REASONS)
        if self.random.random() < 0.2:
            subject["unknown"]["default_site"] = self.one(*REASONS)
        elif self.random.random() < 0.6:
            subject["default_site"] = {"id": self.name("site"), "name": self.name("site"), "trust": self.one("partner", "internal")}
        return cast("GatewayFacts", subject)

    def uninspected(self) -> list[dict[str, Any]]:
        """Return ranges that no firewall sees."""
        return [
            {"ranges": self.ranges(), "networks": ["spoke"], "because": self.one(*PITFALLS), "witness": "10.1.0.4 -> 10.0.0.4"}
            for _ in range(self.one(0, 0, 0, 1, 2))
        ]

    def bypasses(self) -> list[dict[str, Any]]:
        """Return routes past a firewall."""
        return [
            {"table": "rt", "route": self.one(*PITFALLS), "past": self.one(*PITFALLS), "ranges": self.ranges()}
            for _ in range(self.one(0, 0, 0, 1, 2))
        ]

    def site(self) -> SiteFacts:
        """Return a site, connected most of the time."""
        facts: dict[str, Value] = {
            "trust": lambda: self.one(*["partner"] * 5, "internal"),
            "prefixes": self.ranges,
            "widths": self.widths("v4", "v6"),
            "peer": self.peer,
            "overlap": self.overlap,
            "network_overlap": self.ranges,
        }
        extra = {"partners": [self.name("partner")], "gateways": self.one([], [self.name("gateway")], ["/g1", "/g2"])}
        return cast("SiteFacts", self.subject("site", facts) | extra)

    def subject(self, kind: str, facts: dict[str, Value]) -> dict[str, Any]:
        """Return a subject of which each fact is known, absent, absent with a reason, or known in part."""
        unknown: dict[str, str] = {}
        subject: dict[str, Any] = {"id": self.name(kind), "name": self.name(kind), "unknown": unknown}
        for fact, value in facts.items():
            dice = self.random.random()
            if dice < 0.9:
                subject[fact] = value()
            if 0.87 < dice < 0.97:
                unknown[fact] = self.one(*REASONS)
        return subject

    def policy(self, unknown: dict[str, str]) -> dict[str, Any]:
        """Return a custom IPsec policy; each field is strong, weak, missing or unknown."""
        choices: dict[str, tuple[object, ...]] = {
            "ike_encryption": ("AES256", "GCMAES256", "DES3"),
            "ike_integrity": ("SHA256", "GCMAES256", "MD5"),
            "dh_group": ("ECP384", "DHGroup14", "DHGroup2"),
            "ipsec_encryption": ("GCMAES256", "GCMAES256", "AES256", "None"),
            "ipsec_integrity": ("GCMAES256", "GCMAES256", "SHA256", "MD5"),
            "pfs_group": ("ECP384", "PFS2048", "None"),
            "sa_lifetime_seconds": (300, 27000, 28800, 299, 28801, 0, -1, 2**31 - 1),
            "sa_data_size_kilobytes": (1024, 102400000, 1023, 102400001, 2**31 - 1),
        }
        policy: dict[str, Any] = {"weak": {}}
        for field, values in choices.items():
            dice = self.random.random()
            if dice < 0.9:
                policy[field] = self.one(*values)
            elif dice < 0.95:
                unknown[f"ipsec_policy.{field}"] = self.one(*REASONS)
            if policy.get(field) in ("DES3", "MD5", "DHGroup2"):
                policy["weak"][field] = "broken" + self.one(*PITFALLS)
        return policy

    def observed(self, unknown: dict[str, str]) -> dict[str, Any]:
        """Return what live SAs show: each part as agreed, beyond it, not shown or unknown."""
        facts: dict[str, Value] = {
            "wider": self.ranges,
            "of_others": self.ranges,
            "peer_initiated": lambda: self.one(0, 0, 1, 3),
            "algorithms": lambda: {
                "ike_encryption": ["AES256", "DES3" + self.one(*PITFALLS)][: self.one(1, 1, 2)],
                "pfs_group": self.one([], ["ECP384"], ["None"]),
            },
        }
        seen: dict[str, Any] = {"ike_sas": self.one(0, 1, 2), "child_sas": self.one(0, 1, 2), "selectors": []}
        for fact, value in facts.items():
            dice = self.random.random()
            if dice < 0.9:
                seen[fact] = value()
            if 0.85 < dice < 0.97:
                unknown[f"observed.{fact}"] = self.one(*REASONS)
        return seen | {"two_way": self.exposure(), "one_way": self.exposure()}

    def agreement(self, unknown: dict[str, str]) -> dict[str, Any]:
        """Return what was signed: nothing, or each part as configured, different, not shown or unknown."""
        if self.random.random() < 0.2:
            named = {key: [self.name("partner")] for key in ("own", "others") if self.flag()}
            return {"found": False, "label": self.name("partner")} | named
        facts: dict[str, Value] = {
            "state": lambda: self.one("in force", "in force", "expired", "not yet", "draft"),
            "ends_at": lambda: self.one([], [], [self.name("peer")]),
            "selectors": self.difference,
            "prefixes": self.difference,
            "algorithms": lambda: self.one([], [], ["pfs_group is None, agreed ECP384" + self.one(*PITFALLS)]),
            "conflicts": lambda: self.one([], [], ["with " + self.name("partner")]),
        }
        signed: dict[str, Any] = {"found": True, "label": self.name("partner"), "place": "a.yaml:2" + self.one(*PITFALLS)}
        for fact, value in facts.items():
            dice = self.random.random()
            if dice < 0.9:
                signed[fact] = value()
            if 0.85 < dice < 0.97:
                unknown[f"agreement.{fact}"] = self.one(*REASONS)
        return signed | {"peers": [self.name("peer")], "valid_from": "2026-01-01", "valid_to": "2026-12-31"}

    def difference(self) -> dict[str, list[str]]:
        """Return no difference, or some of each kind."""
        if self.flag():
            return {"missing": [], "extra": [], "notes": []}
        return {"missing": self.ranges(), "extra": self.ranges(), "notes": self.one([], ["nothing is fixed" + self.one(*PITFALLS)])}

    def exposure(self) -> dict[str, object]:
        """Return packets shared with nobody, somebody or perhaps somebody."""
        count = self.one(0, 0, 0, 1, 2, 37)
        return {"count": count, "possible": self.one(0, 0, 3), "witnesses": [self.witness() for _ in range(min(count, 10))]}

    def witness(self) -> dict[str, object]:
        """Return a packet between two connections."""
        return {
            "src": f"10.1.0.{self.random.randrange(256)}",
            "dst": f"10.2.0.{self.random.randrange(256)}",
            "from": self.name("connection"),
            "to": self.name("connection"),
            "from_selector": "any <-> any",
            "to_selector": "10.0.0.0/24 <-> 10.2.0.0/24",
            "because": ["connection mode is Default" + self.one(*PITFALLS)],
        }

    def overlap(self) -> dict[str, object]:
        """Return intersections with nobody or with some."""
        count = self.one(0, 0, 1, 2, 12)
        examples = [{"with_id": self.name("x"), "with_party": self.name("p"), "ranges": ["10.1.0.0/16"]} for _ in range(min(count, 10))]
        return {"count": count, "possible": self.one(0, 0, 1), "examples": examples}

    def learned(self) -> dict[str, object]:
        """Return who gets the routes of a connection."""
        count = self.one(0, 0, 1, 2)
        return {"count": count, "possible": self.one(0, 0, 1), "examples": [self.name("partner on hub") for _ in range(count)]}

    def extensions(self) -> list[dict[str, str]]:
        """Return other roads out, with and without a written exception."""
        found: list[dict[str, str]] = [{"kind": "P2S", "name": self.name("pool")} for _ in range(self.one(0, 0, 1, 2))]
        for extension in found:
            if self.flag():
                extension["exception"] = self.name("ticket")
        return found

    def peer(self) -> dict[str, str]:
        """Return where a far end answers."""
        kind = self.one("public", "public", "private", "fqdn", "none")
        return {"kind": kind, "value": "" if kind == "none" else self.name("peer")}

    def widths(self, *names: str) -> Value:
        """Return a maker of shortest prefix lengths; some families are absent."""
        return lambda: {name: self.one(24, 48, 64, 64, 8, 0) for name in names if self.flag()}

    def ranges(self) -> list[str]:
        """Return no range, or some."""
        return ["10.9.0.0/16", "fd09::/48"][: self.one(0, 0, 1, 2)]

    def name(self, kind: str) -> str:
        """Return a name that nothing else has, with something engines may damage."""
        self._number += 1
        return f"/sub/{kind}/{self._number}{self.one(*PITFALLS)}"

    def flag(self) -> bool:
        """Return true or false."""
        return self.random.random() < 0.5

    def one(self, *values: Any) -> Any:  # noqa: ANN401 - whatever is given
        """Return one of the values."""
        return self.random.choice(values)
