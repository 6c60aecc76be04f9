"""Settings of other tools beside an inventory: passed over by their names, and never where they hold an inventory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from s2sguard.collect.read import read_inventory
from s2sguard.errors import InputError
from tests.unit.cli_estate import lab

PACKAGE = '{"name": "site", "version": "1.0.0"}'
WITH_COMMENTS = '{\n  // for the editor\n  "compilerOptions": {}\n}'


@pytest.mark.parametrize(
    ("name", "text"),
    [("package.json", PACKAGE), ("tsconfig.base.json", WITH_COMMENTS), ("bicepconfig.json", WITH_COMMENTS), ("Package-Lock.JSON", PACKAGE)],
)
def test_settings_of_another_tool_are_no_gap(tmp_path: Path, name: str, text: str) -> None:
    """They are counted among the other files of the folder, and do not decide the verdicts."""
    (tmp_path / "estate.json").write_text(json.dumps(lab(1)), encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = read_inventory([tmp_path])
    assert ((), [str(tmp_path / name)]) == (found.gaps, list(found.ignored))
    assert [str(tmp_path / "estate.json")] == [one.file for one in found.files]


@pytest.mark.parametrize(
    ("name", "text"),
    [("packages.json", PACKAGE), ("package.json", "{"), ("host.json", json.dumps(lab(1))[:900]), ("estate.json", WITH_COMMENTS)],
)
def test_anything_else_is_a_gap(tmp_path: Path, name: str, text: str) -> None:
    """A name that no tool has, and a file that is broken, as it may have been an inventory."""
    (tmp_path / "a.json").write_text(json.dumps(lab(1)), encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert len(read_inventory([tmp_path]).gaps) == 1


def test_an_inventory_hides_under_no_name(tmp_path: Path) -> None:
    """What is read as an inventory counts, whatever it is called; part of one is a gap."""
    (tmp_path / "package.json").write_text(json.dumps(lab(1)), encoding="utf-8")
    assert len(read_inventory([tmp_path]).resources) > 5
    (tmp_path / "package.json").write_text(json.dumps([*lab(1), {"name": "no resource"}]), encoding="utf-8")
    assert len(read_inventory([tmp_path]).gaps) == 1


def test_a_file_that_is_named_is_read(tmp_path: Path) -> None:
    """Somebody who gives its path wants it read, and is told why it cannot be."""
    path = tmp_path / "package.json"
    path.write_text(PACKAGE, encoding="utf-8")
    with pytest.raises(InputError, match="neither ARM resource JSON"):
        read_inventory([path])
