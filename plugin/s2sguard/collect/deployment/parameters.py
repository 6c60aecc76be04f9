"""Parameter files and `NAME=VALUE` -> values of parameters (Microsoft: parameter-files).

A value that is kept in a key vault is unknown. No reason quotes a value: any parameter may be a secret.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from s2sguard.collect.deployment.shape import shape_of
from s2sguard.collect.files import load_file
from s2sguard.collect.interface import Document
from s2sguard.errors import UsageError
from s2sguard.model.inventory import Gap, Source
from s2sguard.model.members import member, written
from s2sguard.model.pointer import pointer_to
from s2sguard.model.value import Unknown

IN_VAULT = Unknown("kept in a key vault")
_NO_VALUE = Unknown("given by a parameter file without a value that can be read")
_HINT = "give a file such as azuredeploy.parameters.json, or NAME=VALUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value that a parameter is given."""

    name: str
    """As written; templates ignore the case of names."""
    value: object
    """JSON, or `Unknown`."""
    source: Source | None
    """Where it is given; None for the command line."""


@dataclass(slots=True)
class Values:
    """Values of parameters, later ones in the place of earlier ones."""

    by_name: dict[str, Value] = field(default_factory=dict)
    """By lowercase name."""

    def add(self, values: Mapping[str, Value]) -> Values:
        """Return these values with others in front of them."""
        return Values({**self.by_name, **values})

    def plain(self) -> dict[str, object]:
        """Return name -> value, as a deployment takes it."""
        return {value.name: value.value for value in self.by_name.values()}


def values_of(document: Document, *, bare: bool = False) -> dict[str, Value]:
    """Return the values of a parsed parameter file; of any other object its members, if `bare` says that it is meant as one.

    Both `{"name": {"value": 1}}` and `{"name": 1}` are read.
    """
    found = document.value
    if not isinstance(found, Mapping):
        return {}
    pointer = ""
    if shape_of(found) == "parameters" or "parameters" in found:
        pointer = pointer_to("", written(found, "parameters"))
        found = member(found, "parameters")
    elif not bare:
        return {}
    if not isinstance(found, Mapping):
        return {}
    return {
        name.lower(): Value(name=name, value=_value(one), source=Source(file=document.file, pointer=pointer_to(pointer, name)))
        for name, one in found.items()
        if not name.startswith("$")
    }


def read_given(given: tuple[str, ...]) -> tuple[dict[str, Value], list[Document], list[Gap]]:
    """Return what `--parameters` gives, in its order, and the files it names; one that cannot be read is a gap.

    Raises `UsageError` for what is neither a file nor a value.
    """
    values: dict[str, Value] = {}
    documents: list[Document] = []
    gaps: list[Gap] = []
    for text in given:
        name, equals, written = text.partition("=")
        if equals and name.isidentifier():
            values[name.lower()] = Value(name=name, value=_written(written), source=None)
            continue
        path = text.removeprefix("@")
        if not path:
            raise UsageError("--parameters is neither a file nor a value", hint=_HINT)
        loaded = load_file(path)
        gaps += loaded.gaps
        if loaded.document is None:
            continue
        documents.append(loaded.document)
        read = values_of(loaded.document, bare=shape_of(loaded.document.value) is None)
        if not read and shape_of(loaded.document.value) != "parameters":
            gaps.append(Gap(kind="unknown-shape", reason="not a parameter file", source=Source(file=loaded.file)))
        values |= read
    return values, documents, gaps


def _value(one: object) -> object:
    if not isinstance(one, Mapping):
        return one
    names = {key.lower(): key for key in one}
    if "value" in names:
        return one[names["value"]]
    if "reference" in names:
        return IN_VAULT
    return _NO_VALUE if "expression" in names else dict(one)


def _written(text: str) -> object:
    """Return a value as `az` takes it: JSON where it is JSON, else the text."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value
