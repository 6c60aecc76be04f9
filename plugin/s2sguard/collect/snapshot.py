"""Our own file format: an inventory as JSON, so that a later run can start from it (`--with`, `--input-format snapshot`).

.. code-block:: text

    {"kind": "s2sguard-inventory", "schema_version": "1", "resources": [...], "gaps": [...]}

Resources and gaps have the fields of `Resource` and `Gap`, one to a line, in the order they were read; what has its default is
left out; `"answered": true` says of a snapshot without resources that there are none.
A value that is not known is `{"$unknown": "reason"}`, and a real member of that name gets one more `$` in front.
Equal inventories give equal bytes. Secrets are removed again when a snapshot is read: anybody may have edited it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast, get_args

from s2sguard.collect.interface import Collected, Document, InputFormat
from s2sguard.collect.resource_types import canonical_type
from s2sguard.collect.secrets import HIDDEN, hidden_text, holds_secret, without_secrets
from s2sguard.model.inventory import Gap, GapKind, Inventory, Resource, Source
from s2sguard.model.value import Unknown

KIND = "s2sguard-inventory"
SCHEMA_VERSION = "1"

_UNKNOWN = "$unknown"
_ESCAPED = re.compile(r"\$+unknown")
_GAP_KINDS = frozenset(get_args(GapKind))
_BAD_RESOURCE = "not a resource of this snapshot format"
_BAD_GAP = "not a gap of this snapshot format"
_NEWER = "a snapshot of another version of the format; take it again with this version"


def write_snapshot(inventory: Inventory) -> str:
    """Return the inventory as the text of a snapshot file."""
    answered = inventory.answered and not inventory.resources
    return "".join(snapshot_text(map(resource_line, inventory.resources), map(gap_line, inventory.gaps), answered=answered))


def snapshot_text(resources: Iterable[str], gaps: Iterable[str], *, answered: bool) -> Iterator[str]:
    """Yield the text of a snapshot piece by piece, from the lines of its resources and gaps."""
    mark = '"answered": true,\n' if answered else ""
    yield f'{{"kind": "{KIND}",\n"schema_version": "{SCHEMA_VERSION}",\n{mark}"resources": [\n'
    yield from _separated(resources)
    yield '\n],\n"gaps": [\n'
    yield from _separated(gaps)
    yield "\n]}\n"


def _separated(lines: Iterable[str]) -> Iterator[str]:
    separator = ""
    for line in lines:
        yield separator + line
        separator = ",\n"


def resource_line(resource: Resource) -> str:
    """Return a resource as one line of JSON, as it stands in a snapshot."""
    return _line(_encoded_resource(resource))


def gap_line(gap: Gap) -> str:
    """Return a gap as one line of JSON, as it stands in a snapshot."""
    return _line(_encoded_gap(gap))


def resource_of_line(line: str) -> Resource | None:
    """Return the resource of such a line, secrets removed again; None for anything else."""
    return _resource(json.loads(line))


def gap_of_line(line: str) -> Gap | None:
    """Return the gap of such a line; None for anything else."""
    return _gap(json.loads(line))


class SnapshotReader:
    """Reads what `write_snapshot` wrote."""

    format: InputFormat = "snapshot"

    def recognises(self, value: object) -> bool:
        """Say whether this is a snapshot of any version."""
        return isinstance(value, dict) and value.get("kind") == KIND

    def read(self, document: Document) -> Collected:
        """Return the resources and gaps of a snapshot; what is not of its format is a gap."""
        out = Collected()
        value = document.value if isinstance(document.value, dict) else {}
        if value.get("kind") != KIND or value.get("schema_version") != SCHEMA_VERSION:
            out.gaps.append(Gap(kind="unknown-shape", reason=_NEWER, source=Source(file=document.file)))
            return out
        out.answered = value.get("answered") is True
        for index, entry in enumerate(_entries(value, "resources", document.file, out)):
            resource = resource_entry(entry, document.file, index)
            (out.gaps if isinstance(resource, Gap) else out.resources).append(resource)  # type: ignore[arg-type]
        for index, entry in enumerate(_entries(value, "gaps", document.file, out)):
            out.gaps.append(gap_entry(entry, document.file, index))
        return out


def resource_entry(entry: object, file: str, index: int) -> Resource | Gap:
    """Return one element of `resources`, or the gap that says where it is none; secrets are removed."""
    return _resource(entry) or _bad(file, "resources", index, _BAD_RESOURCE)


def gap_entry(entry: object, file: str, index: int) -> Gap:
    """Return one element of `gaps`, or the gap that says where it is none."""
    return _gap(entry) or _bad(file, "gaps", index, _BAD_GAP)


def _line(entry: object) -> str:
    return json.dumps(entry, sort_keys=True, separators=(",", ":"))


def encoded(value: object) -> object:
    """Return a property value as JSON can hold it: unknown values as `{"$unknown": reason}`."""
    return _encoded(value)


def decoded(value: object) -> object:
    """Return the property value that `encoded` was given; arrays come back as lists."""
    return _decoded(value)


def _encoded_resource(resource: Resource) -> dict[str, object]:
    entry: dict[str, object] = {
        "id": resource.id,
        "type": resource.type,
        "name": resource.name,
        "properties": _encoded(resource.properties),
        "source": _encoded_source(resource.source),
    }
    if resource.tags:
        entry["tags"] = _encoded(resource.tags)
    if resource.parent is not None:
        entry["parent"] = resource.parent
    if resource.existing:
        entry["existing"] = True
    if not resource.whole:
        entry["whole"] = False
    if resource.resource_group is not None:
        entry["resource_group"] = resource.resource_group
    return entry


def _encoded_gap(gap: Gap) -> dict[str, object]:
    entry: dict[str, object] = {"kind": gap.kind, "reason": gap.reason}
    if gap.source is not None:
        entry["source"] = _encoded_source(gap.source)
    if gap.resource is not None:
        entry["resource"] = gap.resource
    return entry


def _encoded_source(source: Source) -> dict[str, object]:
    return {"file": source.file, "pointer": source.pointer}


def _encoded(value: object) -> object:
    if isinstance(value, Unknown):
        return {_UNKNOWN: value.reason}
    if isinstance(value, Mapping):
        return {f"${key}" if _ESCAPED.fullmatch(key) else key: _encoded(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_encoded(member) for member in value]
    return value


def _decoded(value: object) -> object:
    if isinstance(value, dict):
        reason = value.get(_UNKNOWN)
        if isinstance(reason, str) and len(value) == 1:
            return Unknown(reason)
        return {key[1:] if _ESCAPED.fullmatch(key) else key: _decoded(member) for key, member in value.items()}
    return [_decoded(member) for member in value] if isinstance(value, list) else value


def _entries(value: Mapping[str, object], name: str, file: str, out: Collected) -> list[object]:
    found = value.get(name, [])
    if isinstance(found, list):
        return found
    out.gaps.append(Gap(kind="unknown-shape", reason=f"`{name}` of a snapshot is no array", source=Source(file=file, pointer=f"/{name}")))
    return []


def _bad(file: str, name: str, index: int, reason: str) -> Gap:
    return Gap(kind="unknown-shape", reason=reason, source=Source(file=file, pointer=f"/{name}/{index}"))


def _resource(entry: object) -> Resource | None:
    if not isinstance(entry, dict):
        return None
    entry = {key: member for key, member in entry.items() if not isinstance(member, Unknown)}
    kind, source = canonical_type(entry.get("type")), _source(entry.get("source"))
    texts = [entry.get(field) for field in ("id", "name")]
    optional = [entry.get(field) for field in ("parent", "resource_group")]
    properties, tags = (_decoded(without_secrets(entry.get(field, {}))) for field in ("properties", "tags"))
    if kind is None or source is None or not all(isinstance(text, str) and text for text in texts):
        return None
    if not isinstance(properties, dict) or not isinstance(tags, dict | Unknown):
        return None
    if not all(text is None or isinstance(text, str) for text in optional):
        return None
    if holds_secret(kind):
        properties = {}
    return Resource(
        id=str(texts[0]),
        type=kind,
        name=str(texts[1]),
        properties=properties,
        tags=tags,
        source=source,
        parent=optional[0],
        existing=entry.get("existing") is True,
        whole=entry.get("whole", True) is True,
        resource_group=optional[1],
    )


def _gap(entry: object) -> Gap | None:
    if not isinstance(entry, dict):
        return None
    kind, reason, resource = entry.get("kind"), entry.get("reason"), entry.get("resource")
    if not isinstance(kind, str) or kind not in _GAP_KINDS or not isinstance(reason, str) or not isinstance(resource, str | None):
        return None
    reason = reason if hidden_text(reason) is reason else HIDDEN.reason
    return Gap(kind=cast("GapKind", kind), reason=reason, source=_source(entry.get("source")), resource=resource)


def _source(entry: object) -> Source | None:
    if not isinstance(entry, dict):
        return None
    file, pointer = entry.get("file"), entry.get("pointer", "")
    return Source(file=file, pointer=pointer) if isinstance(file, str) and isinstance(pointer, str) else None
