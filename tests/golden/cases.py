"""Reports that stand for what users meet: a reviewer reads each of them in every format, and each format's reader is tried on each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from s2sguard.evaluate.verdict import Acceptance, Control
from s2sguard.facts.document import Witness
from s2sguard.model.inventory import Gap, Position, Source
from s2sguard.report.interface import Report
from tests.unit.report.builders import RUN, connection, connection_id, exposure, gateway, gateway_id, report, transit, verdict, witness

EVIL = "to-\x1b[2Jred\u202e\n  ok       gw  no transit"


def leaking() -> Report:
    """Two partners that reach each other, weak settings, something unknown, something unread."""
    red, blue = connection("to-red", "red", two_way=exposure(1, witness())), connection("to-blue", "blue", two_way=exposure(1))
    return report(
        transit("to-blue", "to-red"),
        transit("to-red", "to-blue"),
        verdict("to-blue"),
        verdict("to-red"),
        verdict("to-red", control="S2S-IKE-006", severity="low", message="sa_lifetime_seconds is 86400, allowed 300 to 28800"),
        verdict("to-blue", "unknown", control="S2S-SEL-002", message="fixed_selectors is unknown: known only after apply"),
        replace(verdict("to-blue", "pass", control="S2S-GWY-002"), advice=("the SKU VpnGw1 retires on 2026-09-30",)),
        gateways=[gateway(pairs=(1, 1, 0, 0)), gateway("gw-b", connections=0)],
        connections=[red, blue],
        gaps=(
            Gap(
                kind="missing-reference",
                reason="a site is referred to and not in the input",
                source=Source(file="estate.json", pointer="/value/3"),
            ),
            Gap(kind="not-json", reason="not JSON at line 1", source=Source(file="notes.json")),
        ),
        notes=("1 file passed over, as no inventory by name: README.md",),
    )


def clean() -> Report:
    """Everything passes."""
    return report(verdict("to-blue", "pass"), verdict("to-red", "pass"))


def hostile(evil: str = EVIL) -> Report:
    """Names, messages, places and reasons that try to write their own report."""
    bad = replace(verdict(), resource=connection_id(evil), resource_name=evil, message=f"mode {evil}", title=evil, fix=evil, advice=(evil,))
    packet: Witness = {**witness(), "src": evil, "from": connection_id(evil), "because": [evil]}
    proven = replace(transit(), witness=packet, witnesses=(packet,))
    waived = Acceptance(kind="waiver", reason=evil, owner=evil, ticket=evil)
    named = gateway(name=evil, pairs=(1, 1, 0, 0), incomplete_reason=evil, complete=False)
    return report(
        bad,
        proven,
        replace(verdict("to-blue"), acceptance=waived, partner=evil, source=Source(file=f"a/{evil}", pointer=f"/{evil}")),
        gateways=[named],
        connections=[connection(evil, evil, on=evil), connection("to-blue", "blue", on=evil)],
        gaps=(Gap(kind="not-json", reason=evil, source=Source(file=evil)), Gap(kind="missing-reference", reason=evil, resource=evil)),
        notes=(evil,),
    )


def crowded() -> Report:
    """Forty partners, all open."""
    names = [f"to-partner-{number:02}" for number in range(40)]
    text = "two-way transit with 39 other partners: a packet from 10.1.0.10 to 10.2.0.10 arrives by {} and leaves by another"
    others = [names[0] if name != names[0] else names[1] for name in names]
    told = ((transit(name, other), text.format(name)) for name, other in zip(names, others, strict=True))
    verdicts = [replace(one, message=message, details=(message,), pairs=39) for one, message in told]
    return report(
        *verdicts,
        *(verdict(name) for name in names),
        gateways=[gateway(pairs=(780, 780, 0, 0), connections=40)],
        connections=[
            connection(name, name.removeprefix("to-"), ceiling={"open": True, "reasons": ["responder-allowed"]}) for name in names
        ],
    )


def nothing_to_judge() -> Report:
    """A readable estate without any VPN."""
    return report(
        gateways=[], connections=[], resources={"Microsoft.Network/virtualNetworks": 12}, notes=("no VPN connection in 12 resources",)
    )


def nothing_read() -> Report:
    """An input that holds no resource."""
    return report(gateways=[], connections=[], resources={})


def accepted() -> Report:
    """One pair of partners that somebody answers for, one finding older than the baseline, one waiver without ticket, one new finding."""
    waived = Acceptance(
        kind="waiver",
        reason="red and blue are one company since May",
        owner="network team",
        ticket="NET-42",
        expires=date(2026, 6, 30),
    )
    older = Acceptance(kind="baseline", reason="in the baseline since 2025-11-01")
    short = Acceptance(kind="waiver", reason="replaced next week", owner="ann")
    return report(
        replace(transit("to-blue", "to-red"), acceptance=waived),
        replace(transit("to-red", "to-blue"), acceptance=waived),
        replace(verdict("to-blue"), acceptance=older),
        verdict("to-red"),
        replace(verdict("to-red", control="S2S-IKE-006", severity="low", message="sa_lifetime_seconds is 86400"), acceptance=short),
        verdict("to-blue", "pass", control="S2S-IKE-006", severity="low"),
        gateways=[gateway(pairs=(1, 1, 0, 0))],
        notes=("2 waivers end within 30 days",),
    )


def doubtful() -> Report:
    """Nothing fails, much is not known: unknown verdicts, gaps of three kinds, a verdict that was not reached; strict flags."""
    broken = replace(verdict("to-red", control="S2S-SEL-002"), status="error", message="the engine gave no answer", fix="", details=())
    unsure = verdict(
        "to-blue", "unknown", control="S2S-ISO-001", severity="critical", message="two_way is unknown: the gateway is not in the input"
    )
    low = verdict("to-blue", "unknown", control="S2S-IKE-006", severity="low", message="ipsec_policy is unknown: known only after apply")
    several = replace(
        verdict("to-red", "unknown", message="connection_mode is unknown: two inputs disagree"),
        details=("bgp is unknown: listed without its properties", "connection_mode is unknown: two inputs disagree"),
    )
    built = report(
        broken,
        replace(unsure, source=None, gateway=None, partner=None),
        several,
        low,
        gateways=[gateway(complete=False, incomplete_reason="the gateway is only referred to")],
        gaps=(
            Gap(kind="unknown-shape", reason="expected an object at `tags`", source=Source(file="-", pointer="/value/2")),
            Gap(kind="missing-reference", reason="a site is referred to and not in the input", resource=connection_id("to-red")),
            Gap(kind="too-large", reason="larger than 256 MiB", source=Source(file="huge.json")),
        ),
    )
    return replace(built, fail_on="critical", fail_on_unknown=True, fail_on_gap=True)


def template() -> Report:
    """A template and a script, with lines: transit between connections in two files, and a key in clear text."""
    main, other = Source(file="./infra/main.json", pointer="/resources/4"), Source(file="infra/blue side.json", pointer="/resources/0")
    hub, script = Source(file="./infra/main.json", pointer="/resources/1"), Source(file="deploy/keys.sh", line=12)
    red, blue = replace(transit("to-red", "to-blue"), source=main), replace(transit("to-blue", "to-red"), source=other)
    key = replace(
        verdict("to-red", control="S2S-SEC-001", message="the pre-shared key is written in clear text"),
        control="no_clear_text_keys",
        title="No pre-shared key in clear text",
        resource="key:deploy/keys.sh#--shared-key",
        resource_name="--shared-key",
        source=script,
        fix="reference a key vault secret",
        gateway=None,
        partner=None,
    )
    sku = replace(
        verdict("gw", "fail", control="S2S-GWY-002", severity="medium", message="the SKU is Basic"),
        control="sku",
        resource=gateway_id("gw"),
        partner=None,
        source=hub,
        fix="choose VpnGw1AZ or larger",
    )
    built = report(sku, blue, red, key, replace(verdict("to-red", "pass"), source=main), gateways=[gateway(pairs=(1, 1, 0, 0))])
    positions = {
        main: Position(line=87, column=5, end_line=121, end_column=6),
        other: Position(line=12, column=5, end_line=12, end_column=480),
        hub: Position(line=30, column=5, end_line=58, end_column=6),
        script: Position(line=12, column=1, end_line=12, end_column=1),
    }
    run = replace(
        RUN, inputs=("infra", "deploy"), again=("infra", "deploy"), config="s2sguard.yaml", settings_changed=("sa_lifetime_seconds",)
    )
    return replace(built, run=run, positions=positions, controls=CONTROLS)


def _control(control_id: str, name: str, title: str, fix: str, **more: tuple[str, ...]) -> Control:
    family = control_id.split("-")[1].lower()
    description = f"{title}, because\n  that is what was agreed."
    return Control(
        id=control_id,
        name=name,
        family=family,
        title=title,
        description=description,
        severity="critical" if family == "iso" else "high",
        fix=fix,
        needs=(),
        page=f"s2sguard/controls/{family}/{name}/control.md",
        mappings=more,
    )


CONTROLS = (
    _control("S2S-GWY-002", "sku", "The gateway's SKU is neither Basic nor retired", "choose VpnGw1AZ or larger", cis_v8=("12.1",)),
    _control("S2S-IKE-001", "initiator_only", "Only Azure may start the tunnel", "set connectionMode to InitiatorOnly"),
    _control(
        "S2S-ISO-001",
        "two_way_transit",
        "No two-way transit between partners",
        "harden both connections of the pair",
        nis2=("21(2)(d)", "21(2)(i)"),
        iso_27001=("A.8.22",),
    ),
    _control("S2S-SEC-001", "no_clear_text_keys", "No pre-shared key in clear text", "reference a key vault secret"),
)
"""What a pack says of its controls, also of the one that judged nothing but passes."""


CASES: tuple[Callable[[], Report], ...] = (
    leaking,
    clean,
    hostile,
    crowded,
    nothing_to_judge,
    nothing_read,
    accepted,
    doubtful,
    template,
)
