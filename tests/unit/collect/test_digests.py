"""The digests of what was read: an auditor compares them with the files at hand."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pytest

from s2sguard.collect import read_inventory
from s2sguard.collect.deployment.options import DeploymentOptions
from s2sguard.collect.files import STDIN, digests, load
from s2sguard.model.inventory import InputFile

SITE = {
    "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/localNetworkGateways/red",
    "type": "Microsoft.Network/localNetworkGateways",
    "name": "red",
    "properties": {},
}
TEMPLATE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"name": {"type": "string"}},
    "resources": [],
}
VALUES = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"name": {"value": "x"}},
}


def written(path: Path, value: object) -> InputFile:
    """Write a file and return its digest as `sha256sum` gives it."""
    data = (value if isinstance(value, str) else json.dumps(value)).encode()
    path.write_bytes(data)
    return InputFile(file=str(path), sha256=hashlib.sha256(data).hexdigest(), size=len(data))


def test_every_file_of_a_folder_has_its_digest(tmp_path: Path) -> None:
    """What is no inventory, and what is no JSON, was read as well; what was not opened has none."""
    expected = [written(tmp_path / "a.json", SITE), written(tmp_path / "b.json", "not json")]
    written(tmp_path / "c.txt", "not opened")
    assert tuple(expected) == read_inventory([tmp_path]).files


def test_standard_input_has_a_digest() -> None:
    """Bytes from a pipe are named `-`."""
    data = json.dumps(SITE).encode()
    expected = InputFile(file=STDIN, sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    assert (expected,) == read_inventory([STDIN], stdin=io.BytesIO(data)).files


def test_what_a_plan_is_laid_over_has_a_digest(tmp_path: Path) -> None:
    """Both the input and the snapshot below it are inputs."""
    plan, base = written(tmp_path / "plan.json", SITE), written(tmp_path / "base.json", [SITE])
    assert (plan, base) == read_inventory([plan.file], overlay=[base.file]).files


def test_parameter_files_have_a_digest(tmp_path: Path) -> None:
    """A file given with `--parameters` decides what a template deploys."""
    template, values = written(tmp_path / "main.json", TEMPLATE), written(tmp_path / "values.json", VALUES)
    options = DeploymentOptions(parameters=(values.file,))
    assert (template, values) == read_inventory([template.file], deployment=options).files


def test_a_file_read_by_two_ways_stands_once(tmp_path: Path) -> None:
    """A parameter file in the folder that is also named is one input."""
    template, values = written(tmp_path / "main.json", TEMPLATE), written(tmp_path / "values.json", VALUES)
    options = DeploymentOptions(parameters=(values.file,))
    assert (template, values) == read_inventory([template.file, values.file], deployment=options).files


def test_what_was_not_read_to_the_end_has_no_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A digest of half a file would be taken for one of the whole."""
    large = written(tmp_path / "large.json", SITE)
    monkeypatch.setattr("s2sguard.collect.files.MAX_BYTES", 10)
    assert [None] == [loaded.read for loaded in load([large.file, STDIN], stdin=io.BytesIO(b"x" * 11)) if loaded.file != STDIN]
    assert [] == list(digests((large.file, str(tmp_path / "missing"))))
