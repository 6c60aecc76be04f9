"""Facts of the places that give a pre-shared key, in the shape they have in the facts document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from s2sguard.model.inventory import SharedKey


class SharedKeyFacts(TypedDict):
    """A place that gives a tunnel its pre-shared key: in a template, a parameter file, a plan or a script. Never the key itself."""

    id: str
    """The file and what stands there, such as `main.json#/resources/0/properties/sharedKey`."""
    name: str
    file: str
    line: NotRequired[int]
    """Counted from 1; for a file that is no JSON."""
    handling: NotRequired[Literal["clear-text", "protected"]]
    """Written out, or kept by a key vault, a secure parameter or a sensitive variable."""
    how: str
    """One phrase: why it is handled so."""
    unknown: dict[str, str]


def key_facts(key: SharedKey) -> SharedKeyFacts:
    """Return the facts of one place; how it is handled is absent where it is unknown."""
    facts: SharedKeyFacts = {"id": key.id, "name": key.name, "file": key.source.file, "how": key.how, "unknown": {}}
    if key.source.line is not None:
        facts["line"] = key.source.line
    if key.handling == "unknown":
        facts["unknown"]["handling"] = key.how
    else:
        facts["handling"] = key.handling
    return facts
