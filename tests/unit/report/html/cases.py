"""Reports for the HTML page, from facts of real estates where a test counts; no engine is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from s2sguard.collect.arm_json import ArmReader
from s2sguard.collect.interface import Document
from s2sguard.evaluate.verdict import Status
from s2sguard.facts import build_document
from s2sguard.facts.document import FactsDocument
from s2sguard.facts.options import FactsOptions
from s2sguard.model.inventory import Gap, InputFile, Inventory, Source
from s2sguard.report.html.renderer import HtmlRenderer
from s2sguard.report.interface import PastRun, Report
from samples.fleet.generate import Fleet
from tests.unit.report.builders import RUN, connection, exposure, gateway, report, transit, verdict, witness

ROOT = Path(__file__).resolve().parents[4]
TODAY = date(2026, 1, 1)
HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "</title><script>alert(2)</script>",
    "\" onfocus='alert(3)' autofocus x=\"",
    "' onmouseover=alert(4) '",
    "{{ 7 * 7 }}{% raw %}${7*7}",
    "red\u202eeulb\u2066",
    "\x1b[2J\x00\r\n##vso[task.complete result=Succeeded]",
    "--><svg onload=alert(5)>",
    "javascript:alert(6)",
    "אבג-12-דהו",
    "z\u0335\u0310\u0342a\u0321\u0315l\u0489g\u0337o",
    "x" * 5000,
    "&lt;b&gt;&amp;&#x3c;",
    "a\u2028b\u2029c\u00a0d",
)
"""Names that try to become markup, script, template code, or something else to the eye."""


def page(of: Report) -> Any:  # noqa: ANN401 - the soup gives strings, lists and nothing, as the page has it
    """Return the page of a report, parsed as a browser parses it."""
    return BeautifulSoup(HtmlRenderer().render(of), "html5lib")


def text_of(node: Any) -> str:  # noqa: ANN401 - any node of the soup
    """Return the text of a node on one line."""
    return " ".join(node.get_text(" ").split())


@cache
def page_of(case: Callable[[], Report]) -> Any:  # noqa: ANN401 - as `page`
    """Return the page of a case that several tests look at and none changes."""
    return page(case())


def leaking() -> Report:
    """Two partners that reach each other, weak settings, something unknown, something unread, an earlier run."""
    sides: dict[str, Any] = {
        "fixed_selectors": [],
        "bgp": False,
        "nat_rules": 0,
        "connection_mode": "Default",
        "connection_protocol": "IKEv2",
    }
    opened: dict[str, Any] = {"ceiling": {"open": True, "reasons": ["no-fixed-selectors", "responder-allowed"]}}
    fixed: dict[str, Any] = {
        "fixed_selectors": [{"local": ["172.16.0.0/12"], "remote": ["10.2.0.0/16"]}],
        "ceiling": {"open": False, "reasons": []},
    }
    red = connection(
        "to-red", "red", two_way=exposure(1, witness()) | {"groups": [0]}, site="/s/red", site_name="red", party=0, **sides, **opened
    )
    blue = connection(
        "to-blue", "blue", two_way=exposure(1) | {"groups": [0]}, site="/s/blue", site_name="blue", party=1, **(sides | fixed)
    )
    made = report(
        transit("to-blue", "to-red"),
        transit("to-red", "to-blue"),
        verdict("to-red"),
        verdict("to-red", control="S2S-IKE-006", severity="low", message="sa_lifetime_seconds is 86400, allowed 300 to 28800"),
        verdict("to-blue", "unknown", control="S2S-SEL-002", message="fixed_selectors is unknown: known only after apply"),
        verdict("to-blue", "pass"),
        gateways=[gateway(pairs=(1, 1, 0, 0), parties=["red", "blue"], party_groups=[[[0, 1]]]), gateway("gw-b", connections=0)],
        connections=[red, blue],
        gaps=(
            Gap(kind="missing-reference", reason="a site is referred to and not in the input", source=Source(file="estate.json")),
            Gap(kind="not-json", reason="not JSON at line 1", source=Source(file="notes.json")),
        ),
        notes=("1 file passed over, as no inventory by name: README.md",),
    )
    made.facts["sites"] = [
        {"id": "/s/red", "name": "red", "partners": ["red"], "gateways": [], "prefixes": ["10.1.0.0/16"], "unknown": {}},
        {"id": "/s/blue", "name": "blue", "partners": ["blue"], "gateways": [], "prefixes": ["10.2.0.0/16"], "unknown": {}},
    ]
    files = (InputFile(file="estate.json", sha256="0" * 64, size=1234), InputFile(file="notes.json", sha256="1" * 64, size=5))
    before = PastRun(started="2025-12-31T00:00:00+00:00", findings={"critical": 4, "high": 2}, unknown=3, gaps=2, open_pairs=2)
    return replace(made, run=replace(RUN, files=files), past=(before,))


def clean() -> Report:
    """Everything passes."""
    return report(verdict("to-blue", "pass"), verdict("to-red", "pass"))


def nothing_read() -> Report:
    """An input that holds no resource."""
    return report(gateways=[], connections=[], resources={})


def hostile_estate(names: tuple[str, ...] = HOSTILE) -> list[dict[str, Any]]:
    """Return the lab's first stage once for each name, with that name in every id, name and tag."""
    text = (ROOT / "samples/lab/stage-1-default/arm.json").read_text(encoding="utf-8")
    known = [resource["name"] for resource in json.loads(text)["value"]]
    found: list[dict[str, Any]] = []
    for number, name in enumerate(names):
        # A slash would end the name inside an id.
        evil = json.dumps(name.replace("/", "\u2215"))[1:-1]
        changed = text.replace("00000000-0000-0000-0000-000000000000", f"{number:08d}-0000-0000-0000-000000000000")
        for word in sorted({*known, "red", "blue"}, key=len, reverse=True):
            changed = re.sub(rf'(?<=["/]){re.escape(word)}(?=["/])', lambda found: found[0] + evil, changed)  # noqa: B023 - used at once
        found += json.loads(changed)["value"]
    return found


def hostile() -> Report:
    """Two open partners on each of several gateways, and a name that tries something in every place a report has for text."""
    facts = facts_of(hostile_estate())
    verdicts = []
    for number, one in enumerate(facts["connections"]):
        name = HOSTILE[number % len(HOSTILE)]
        packet = next(iter(one["two_way"]["witnesses"]), None)
        bad = replace(transit(), resource=one["id"], resource_name=one["name"], gateway=one["gateway"], partner=one["partner"])
        bad = replace(bad, message=name, details=(name, f"also {name}"), witness=packet, fingerprint=f"f{number}")
        bad = replace(bad, source=Source(file=name, pointer=name))
        verdicts += [bad, replace(bad, control_id=f"S2S-BAD-{number:03}", title=name, fix=name, status="unknown", fingerprint=f"u{number}")]
    gaps = tuple(Gap(kind="not-json", reason=f"{name} `{name}`", source=Source(file=name)) for name in HOSTILE)
    run = replace(
        RUN,
        tool_version=HOSTILE[0],
        bundle_digest=HOSTILE[1],
        inputs=HOSTILE,
        config=HOSTILE[2],
        settings_changed=HOSTILE,
        started=HOSTILE[0],
        ended=HOSTILE[1],
        files=tuple(InputFile(file=name, sha256=HOSTILE[0], size=1) for name in HOSTILE),
    )
    past = (PastRun(started=HOSTILE[0], findings={}, unknown=0, gaps=0, open_pairs=0),)
    made = report(*verdicts, gaps=gaps, notes=HOSTILE, resources=dict.fromkeys(HOSTILE, 1))
    return replace(made, run=run, facts=facts, past=past)


def facts_of(resources: list[dict[str, Any]]) -> FactsDocument:
    """Return the facts of resources in ARM's form."""
    read = ArmReader().read(Document(file="estate.json", value={"value": resources}))
    return build_document(Inventory(read.resources), FactsOptions(today=TODAY))


@cache
def fleet_facts(partners: int, mistakes: float = 0.2, seed: int = 1) -> FactsDocument:
    """Return the facts of a fleet of one gateway, as `samples/fleet/generate.py` makes it."""
    return facts_of(list(Fleet(partners=partners, spokes=1, mistakes=mistakes, seed=seed).gateway(0)))


def crowd() -> Report:
    """Sixty partners on one gateway: more than a matrix shows one by one."""
    return fleet(60)


def fleet(partners: int, mistakes: float = 0.2) -> Report:
    """Return a report with the facts of a fleet, and verdicts made from its exposures: no engine is asked."""
    facts = fleet_facts(partners, mistakes)
    verdicts = []
    for one in facts["connections"]:
        for control, name in (("S2S-ISO-001", "two_way"), ("S2S-ISO-002", "one_way")):
            found = one[name]  # type: ignore[literal-required]
            status: Status = "fail" if found["count"] else "pass"
            made = verdict(one["name"], status, control=control, severity="critical", message=f"{name} with {found['count']}")
            packet = found["witnesses"][0] if found["witnesses"] else None
            verdicts.append(replace(made, resource=one["id"], gateway=one["gateway"], partner=one["partner"], witness=packet))
    return replace(report(*verdicts), facts=facts)
