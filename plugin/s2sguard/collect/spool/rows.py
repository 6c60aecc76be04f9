"""A resource or a gap as one text, and back: what a spool holds of each.

The texts are for this program alone, so unlike a snapshot's they are only as readable as is fast. No secret is in them: readers
drop secrets before a `Resource` is made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from s2sguard.collect.snapshot import decoded, encoded
from s2sguard.model.inventory import Gap, Resource, Source
from s2sguard.model.value import Unknown

_MARK = '"$'
"""What a text has in it when it holds an unknown value, or a name that could be taken for one."""
_MARKED = '$unknown"'


def resource_text(resource: Resource) -> str:
    """Return a resource as JSON without its type and parent, which have columns of their own."""
    tail = (resource.source.line, resource.source.column, resource.existing, resource.whole, resource.resource_group)
    head = (resource.id, resource.name, resource.source.file, resource.source.pointer)
    try:
        text = json.dumps((*head, resource.properties, resource.tags, *tail), separators=(",", ":"))
    except TypeError:
        text = _MARKED  # an unknown value, or a mapping that is no dictionary
    if _MARKED not in text:
        return text
    return json.dumps((*head, encoded(resource.properties), encoded(resource.tags), *tail), separators=(",", ":"))


def resource_of(text: str, kind: str, parent: str | None) -> Resource:
    """Return the resource that a text was made of."""
    found: list[Any] = json.loads(text)
    resource_id, name, file, pointer, properties, tags, line, column, existing, whole, group = found
    if _MARK in text:
        properties, tags = decoded(properties), decoded(tags)
    return Resource(
        id=resource_id,
        type=kind,
        name=name,
        properties=properties,
        tags=cast("Mapping[str, object] | Unknown", tags),
        source=Source(file=file, pointer=pointer, line=line, column=column),
        parent=parent,
        existing=existing,
        whole=whole,
        resource_group=group,
    )


def gap_text(gap: Gap) -> str:
    """Return a gap as JSON."""
    source = None if gap.source is None else (gap.source.file, gap.source.pointer, gap.source.line, gap.source.column)
    return json.dumps((gap.kind, gap.reason, source, gap.resource), separators=(",", ":"))


def gap_of(text: str) -> Gap:
    """Return the gap that a text was made of."""
    kind, reason, source, resource = json.loads(text)
    place = None if source is None else Source(file=source[0], pointer=source[1], line=source[2], column=source[3])
    return Gap(kind=kind, reason=reason, source=place, resource=resource)
