"""Templates nobody on the team wrote give resources, unknowns or named gaps, as pinned in `tests/data/templates/counts.json`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from s2sguard.collect import read_inventory
from s2sguard.collect.deployment.options import DeploymentOptions
from s2sguard.config import load_config
from s2sguard.errors import InputError
from s2sguard.facts import build_document
from s2sguard.model.inventory import Inventory
from s2sguard.model.value import Unknown

COUNTS = Path(__file__).resolve().parents[1] / "data" / "templates" / "counts.json"


def parameter_files(template: Path, corpus: Path) -> list[Path]:
    """Return the parameter files of the corpus that lie beside a template by name."""
    return sorted((corpus / "arm_parameters").glob(f"{template.stem}.parameters*.json"))


def read(template: Path, parameters: Path | None) -> Inventory:
    """Read one template with one parameter file."""
    given = () if parameters is None else (str(parameters),)
    return read_inventory([template], deployment=DeploymentOptions(parameters=given))


def unknowns(value: object) -> Iterator[str]:
    """Yield the reason of every unknown value."""
    if isinstance(value, Unknown):
        yield value.reason
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from unknowns(inner)


def counted(template: Path, parameters: Path | None) -> dict[str, Any] | str:
    """Return resources by type, unknown values and gaps; the message of a refusal."""
    try:
        inventory = read(template, parameters)
    except InputError as error:
        return error.message.replace(str(template), template.name)
    unknown = sum(1 for resource in inventory.resources for _ in unknowns(dict(resource.properties)))
    resources = {name.removeprefix("Microsoft."): count for name, count in inventory.count_by_type().items()}
    return {"resources": resources, "unknown": unknown, "gaps": sorted(f"{gap.kind}: {gap.reason}" for gap in inventory.gaps)}


def test_every_template_gives_what_is_pinned(corpus: Path) -> None:
    """File by file; a change of any number is seen and has to be explained. `UPDATE_GOLDEN=1` writes them again."""
    found = {}
    for template in sorted((corpus / "arm").glob("*.json")):
        files = parameter_files(template, corpus)
        found[template.name] = counted(template, None)
        found |= {path.name: counted(template, path) for path in files}
    if os.environ.get("UPDATE_GOLDEN"):
        COUNTS.parent.mkdir(parents=True, exist_ok=True)
        COUNTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(COUNTS.read_text(encoding="utf-8"))
    assert len(found) > 75


def test_templates_become_facts(corpus: Path) -> None:
    """What is read of each template goes the whole way to facts; most of them have a gateway or a site."""
    options = load_config(environ={}, folder=corpus).facts_options(date(2026, 11, 24))
    useful = 0
    for template in sorted((corpus / "arm").glob("*.json")):
        for parameters in (None, *parameter_files(template, corpus)):
            try:
                document = build_document(read(template, parameters), options)
            except InputError:
                continue
            useful += bool(document["gateways"] or document["sites"])
    assert useful > 50
