"""Where resources of templates are written: each is found at the line that a person would point at.

In the texts below, a comment `// @name` marks the line on which the resource `name` starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from s2sguard.collect import files, positions, read_inventory
from s2sguard.collect.positions import locate
from s2sguard.model.inventory import Gap, Inventory, Source

HEAD = """{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", // a template
  "contentVersion": "1.0.0.0",
"""
FLAT = (
    HEAD
    + """  "parameters": { "sites": { "type": "array", "defaultValue": [ "a", "b" ] } },
  "resources": [
    { "type": "Microsoft.Network/localNetworkGateways", "name": "one", "apiVersion": "x" }, { // @two
      "type": "Microsoft.Network/localNetworkGateways",
      /* a { in a comment,
         and "resources": [ { */
      "name": "two"
    },
    { // @copy-a @copy-b
      "copy": { "name": "sites", "count": "[length(parameters('sites'))]" },
      "type": "Microsoft.Network/connections", "name": "[concat('copy-', parameters('sites')[copyIndex()])]",
      "properties": { "connectionType": "IPsec" }
    },
    { // @gw
      "type": "Microsoft.Network/vpnGateways", "name": "gw",
      "properties": {
        "connections": [
          { "name": "inline-1", "properties": {} }, // @inline-1
          {                                         // @inline-2
            "name": "inline-2", "properties": {}
          }
        ],
        "copy": [
          { "name": "other", "count": 1, "input": 1 },
          { // @rule-0 @rule-1
            "name": "natRules", "count": 2,
            "input": { "name": "[concat('rule-', copyIndex('natRules'))]", "properties": {} }
          }
        ]
      },
      "resources": [

        { // @child
          "type": "vpnConnections", "name": "child", "properties": {} }
      ]
    }
  ]
}
"""
)
NESTED = (
    HEAD
    + """  "languageVersion": "2.0",
  "resources": {
    "known": { // @known
      "existing": true, "type": "Microsoft.Network/virtualNetworkGateways", "apiVersion": "x", "name": "known" },
    "symbol": { // @symbol
      "type": "Microsoft.Network/connections", "name": "symbol" },
    "inner~m": {
      "type": "Microsoft.Resources/deployments", "name": "inner",
      "properties": {
        "expressionEvaluationOptions": { "scope": "inner" },
        "parameters": { "n": { "value": "handed" } },
        "template": {
          "parameters": { "n": { "type": "string" } },
          "resources": [
            { "type": "Microsoft.Network/connections", "name": "[parameters('n')]" } // @handed
          ]
        }
      }
    },
    "outer/m": {
      "type": "Microsoft.Resources/deployments", "name": "outer",
      "copy": { "name": "l", "count": 2 },
      "properties": {
        "template": {
          "resources": [
            {
              "type": "Microsoft.Resources/deployments", "name": "deeper",
              "properties": { "template": { "resources": [
                { // @deep-0 @deep-1
                  "type": "Microsoft.Network/connections", "name": "[concat('deep-', copyIndex())]" }
              ] } }
            }
          ]
        }
      }
    },
    "linked": {
      "type": "Microsoft.Resources/deployments", "name": "linked",
      "properties": { "templateLink": { "relativePath": "parts/FLAT.json" } }
    }
  }
}
"""
)
PARAMETERS = """{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {
    "sites": { "value": [ "a", "b" ] },
    "misspelt":   { // @misspelt
      "value": 1
    }
  }
}
"""


def marked(text: str) -> dict[str, int]:
    """Return name -> line of all marks."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        for comment in re.findall(r"// (@.*)", line):
            found |= dict.fromkeys(comment.replace("@", "").split(), number)
    return found


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write files."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def lines(inventory: Inventory, file: str) -> dict[str, int]:
    """Return name -> line of the resources written in one file."""
    sources = {resource.name: resource.source for resource in inventory.resources if Path(resource.source.file).name == file}
    places = locate(sources.values())
    return {name: places[source].line for name, source in sources.items()}


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_resource_is_found_where_it_starts(end: str, bom: str, tmp_path: Path) -> None:
    """Copies at their declaration, inline children at theirs, and those of a loop at the loop."""
    write(tmp_path, {"FLAT.json": bom + FLAT.replace("\n", end)})
    found = lines(read_inventory([tmp_path / "FLAT.json"]), "FLAT.json")
    assert found == marked(FLAT) | {"one": marked(FLAT)["two"]}


def test_columns_count_from_one(tmp_path: Path) -> None:
    """Two resources on one line are two places."""
    write(tmp_path, {"FLAT.json": FLAT})
    sources = {resource.name: resource.source for resource in read_inventory([tmp_path / "FLAT.json"]).resources}
    places = locate(sources.values())
    texts = FLAT.split("\n")
    for name, wanted in {"one": '{ "type": "Microsoft.Network/localNetworkGateways", "name": "one"', "inline-2": "{"}.items():
        place = places[sources[name]]
        assert texts[place.line - 1][place.column - 1 :].startswith(wanted)
        assert texts[place.end_line - 1][: place.end_column - 1].endswith("}")
    assert places[sources["one"]].column < places[sources["two"]].column


def test_nested_and_linked_deployments_keep_their_own_places(tmp_path: Path) -> None:
    """Inner and outer scope, by symbolic name, in a loop; a linked file is another file."""
    write(tmp_path, {"main.json": NESTED, "parts/FLAT.json": FLAT})
    inventory = read_inventory([tmp_path / "main.json"])
    assert lines(inventory, "main.json") == marked(NESTED)
    assert lines(inventory, "FLAT.json") == marked(FLAT) | {"one": marked(FLAT)["two"]}


def test_a_value_of_a_parameter_file_is_found_there(tmp_path: Path) -> None:
    """A name that the template does not have is written in the parameter file, not in the template."""
    write(tmp_path, {"FLAT.json": FLAT, "FLAT.parameters.json": PARAMETERS})
    inventory = read_inventory([tmp_path])
    (source,) = [gap.source for gap in inventory.gaps if gap.kind == "unknown-attribute" and gap.source]
    assert Path(source.file).name == "FLAT.parameters.json"
    assert {"misspelt": locate([source])[source].line} == marked(PARAMETERS)


def test_reading_works_out_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a report names is looked for, and only files with something to find are opened again."""
    write(tmp_path, {"main.json": NESTED, "parts/FLAT.json": FLAT})
    calls: list[Iterable[Source]] = []
    monkeypatch.setattr(positions, "locate", calls.append)
    inventory = read_inventory([tmp_path / "main.json"])
    assert calls == []
    assert all(resource.source.line is None for resource in inventory.resources)
    monkeypatch.undo()
    opened: list[str] = []
    reading = files.read_bytes

    def noted(path: str) -> bytes | Gap:
        opened.append(path)
        return reading(path)

    monkeypatch.setattr(positions, "read_bytes", noted)
    locate([resource.source for resource in inventory.resources if resource.name == "symbol"])
    assert [Path(path).name for path in opened] == ["main.json"]
