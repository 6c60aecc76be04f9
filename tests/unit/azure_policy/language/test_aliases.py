"""Catalogues of aliases in every shape that Azure's tools return."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from s2sguard.azure_policy import PolicyError, compile_policy
from s2sguard.azure_policy.language.aliases import AliasCatalogue

NAME = "Contoso.Lab/nets/mode"
ALIAS: dict[str, Any] = {
    "name": NAME,
    "defaultPath": "properties.mode",
    "defaultMetadata": {"type": "String", "attributes": "Modifiable"},
    "paths": [{"path": "properties.old", "apiVersions": ["2020-01-01"], "metadata": {"type": "String", "attributes": "None"}}],
}
PASCAL = {
    "Name": NAME,
    "DefaultPath": "properties.mode",
    "DefaultMetadata": {"Type": "String", "Attributes": "Modifiable"},
    "Paths": [{"Path": "properties.old", "ApiVersions": ["2020-01-01"], "Metadata": {"Attributes": "None"}}],
}
PROVIDER = {
    "namespace": "Contoso.Lab",
    "resourceTypes": [{"resourceType": "nets", "aliases": [ALIAS]}, {"resourceType": "none", "aliases": []}],
}
SHAPES: dict[str, Any] = {
    "provider": PROVIDER,
    "providers": {"value": [PROVIDER]},
    "list of providers": [PROVIDER],
    "Get-AzPolicyAlias": [{"Namespace": "Contoso.Lab", "ResourceType": "nets", "Aliases": [PASCAL]}],
    "one type": {"Namespace": "Contoso.Lab", "ResourceType": "nets", "Aliases": [PASCAL]},
    "aliases": [ALIAS],
    "one alias": ALIAS,
    "by name": {NAME: {key: value for key, value in ALIAS.items() if key != "name"}},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape(shape: str) -> None:
    """Path, path of an API version and what may be modified are read from every shape."""
    catalogue = AliasCatalogue.load(SHAPES[shape])
    assert len(catalogue) == 1
    assert [catalogue.resolve(NAME.upper(), version) for version in (None, "2020-01-01", "9")] == [
        "properties.mode",
        "properties.old",
        "properties.mode",
    ]
    assert [catalogue.modifiable(NAME, version) for version in (None, "2020-01-01", "9")] == [True, False, True]


@pytest.mark.parametrize("source", [[NAME], {NAME: None}, {"aliases": [NAME]}])
def test_bare_names(source: Any) -> None:  # noqa: ANN401
    """A list of names says which aliases there are, not their paths."""
    catalogue = AliasCatalogue.load(source)
    assert NAME in catalogue
    assert [None, False] == [catalogue.resolve(NAME), catalogue.modifiable(NAME)]


def test_names_with_paths() -> None:
    """A mapping from name to path is a catalogue."""
    catalogue = AliasCatalogue.load({NAME: "properties.a.b"})
    assert [alias.default_path for alias in catalogue] == ["properties.a.b"]
    assert catalogue.resolve("Contoso.Lab/nets/none") is None
    assert not catalogue.modifiable("Contoso.Lab/nets/none")


def test_an_alias_without_default_path_has_that_of_its_last_version() -> None:
    """Where there is no default path the last listed one is used."""
    alias = {"name": NAME, "paths": ["properties.one", {"path": "properties.two", "apiVersions": ["2024-01-01"]}]}
    assert AliasCatalogue.load([alias]).resolve(NAME) == "properties.two"


def test_from_a_file(tmp_path: Path) -> None:
    """A file is read with or without a byte order mark, and given to `compile_policy` as a path."""
    path = tmp_path / "aliases.json"
    path.write_text(json.dumps(PROVIDER), encoding="utf-8-sig")
    policy = compile_policy({"if": {"field": NAME, "equals": "x"}, "then": {"effect": "deny"}}, path)
    assert policy.evaluate({"type": "Contoso.Lab/nets", "properties": {"mode": "x"}}).effect == "deny"


@pytest.mark.parametrize("source", [5, "no/such/file.json", [], [1, None], {"value": []}, {"namespace": "x"}, [[[]]]])
def test_no_catalogue(source: Any) -> None:  # noqa: ANN401
    """Anything without aliases in it is refused."""
    with pytest.raises(PolicyError):
        AliasCatalogue.load(source)


def test_a_broken_file_is_refused_without_quoting_it(tmp_path: Path) -> None:
    """The message says what went wrong, never what the file holds."""
    path = tmp_path / "aliases.json"
    path.write_text("{'sharedKey': 'hunter2'", encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        AliasCatalogue.load(path)
    assert "hunter2" not in caught.value.diagnostics()


def test_hints_name_aliases_of_the_same_type_first() -> None:
    """A hint stays with the resource type of the misspelt alias."""
    catalogue = AliasCatalogue.load(["A.B/c/mode", "A.B/d/mode", "A.B/c/nodes"])
    assert catalogue.hint("A.B/c/mdoe") == "did you mean `A.B/c/mode`?"
