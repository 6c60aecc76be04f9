"""From paths to one inventory: load each file, find the reader for it, merge, and lay a plan over what is deployed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import BinaryIO

from s2sguard.collect.arm_json import ArmReader
from s2sguard.collect.files import STDIN, load
from s2sguard.collect.interface import Collected, Document, InputFormat, Reader
from s2sguard.collect.merge import merge
from s2sguard.collect.overlay import overlay as lay_over
from s2sguard.collect.paging import Page, missing_pages, pages
from s2sguard.collect.plan_ids import tell_apart
from s2sguard.collect.snapshot import SnapshotReader
from s2sguard.errors import InputError
from s2sguard.model.inventory import Gap, GapKind, Inventory, Source

_UNRECOGNISED = "neither ARM resource JSON, nor a Terraform plan or state (`terraform show -json`), nor a snapshot"
_BROKEN = "nested too deep for the reader, so it was not read"
_NOT_UNDERSTOOD: frozenset[GapKind] = frozenset({"unknown-shape", "not-inventory", "too-deep"})
_GAPS_OF_ONE_KIND = 20
_REASONS_IN_ERROR = 3


def read_inventory(
    paths: Iterable[str | os.PathLike[str]],
    *,
    input_format: InputFormat = "auto",
    overlay: Iterable[str | os.PathLike[str]] = (),
    stdin: BinaryIO | None = None,
) -> Inventory:
    """Read files, folders and standard input (`-`) as one inventory.

    `overlay` names what is deployed (`--with SNAPSHOT`): `paths` are then a plan that is laid over it.
    `input_format` forces the kind of `paths`; what is deployed is always recognised by its shape.
    Raises `InputError` if not one file could be understood; a single bad file is a gap.
    """
    deployed = tuple(overlay)
    found, deleted = _read(paths, input_format, stdin)
    if not deployed:
        return found
    base, _ = _read(deployed, "auto", stdin)
    return lay_over(base, found, deleted)


def _read(paths: Iterable[str | os.PathLike[str]], input_format: InputFormat, stdin: BinaryIO | None) -> tuple[Inventory, list[str]]:
    documents, listing, ignored = list[Collected](), list[Page](), list[str]()
    readers = _Readers(input_format)
    understood, answered = False, True
    for loaded in load(paths, stdin=stdin):
        if loaded.ignored:
            ignored.append(loaded.file)
        read = Collected()
        if loaded.document is not None:
            read = readers.read(loaded.document)
            understood = understood or not _only_unknown(read)
            answered = answered and read.answered
            listing += pages(loaded.document)
        read.gaps = _limited([*loaded.gaps, *read.gaps], loaded.file)
        documents.append(read)
    tell_apart(documents)
    collected = Collected()
    for read in documents:
        collected.extend(read)
    if not understood:
        raise _nothing_read(collected.gaps, len(ignored))
    resources, conflicts = merge(collected.resources)
    gaps = [*collected.gaps, *missing_pages(listing), *conflicts]
    return Inventory(resources, gaps, ignored, answered=answered and not gaps), collected.deleted


class _Readers:
    """The readers, in the order they are asked; the Terraform one is loaded when the first document comes to it."""

    def __init__(self, input_format: InputFormat) -> None:
        self._format = input_format
        self._snapshot, self._arm = SnapshotReader(), ArmReader()
        self._terraform: Reader | None = None

    def read(self, document: Document) -> Collected:
        """Let the right reader read the document; a document no reader knows is a gap."""
        try:
            reader = self._reader(document.value)
            if reader is None:
                return Collected(gaps=[Gap(kind="not-inventory", reason=_UNRECOGNISED, source=Source(file=document.file))])
            return reader.read(document)
        except RecursionError:
            return Collected(gaps=[Gap(kind="too-deep", reason=_BROKEN, source=Source(file=document.file))])

    def _reader(self, value: object) -> Reader | None:
        match self._format:
            case "snapshot":
                return self._snapshot
            case "arm":
                return self._arm
            case "terraform":
                return self._load_terraform()
            case "auto":
                if self._snapshot.recognises(value):
                    return self._snapshot
                if self._arm.recognises(value):
                    return self._arm
                terraform = self._load_terraform() if isinstance(value, dict) else None
                return terraform if terraform is not None and terraform.recognises(value) else None

    def _load_terraform(self) -> Reader:
        if self._terraform is None:
            from s2sguard.collect.terraform import TerraformReader

            self._terraform = TerraformReader()
        return self._terraform


def _only_unknown(read: Collected) -> bool:
    """Say whether nothing of a document was understood: an empty listing is an answer, a document of unknown shape is none."""
    strange = [gap for gap in read.gaps if gap.kind in _NOT_UNDERSTOOD]
    return bool(strange) and len(strange) == len(read.gaps) and not read.resources and not read.deleted


def _limited(gaps: list[Gap], file: str) -> list[Gap]:
    """Return the gaps of one file, long runs of one kind cut to the first few and a count: a broken file must not flood a report."""
    if len(gaps) <= _GAPS_OF_ONE_KIND:
        return gaps
    counts: dict[tuple[GapKind, str], int] = {}
    kept: list[Gap] = []
    for gap in gaps:
        count = counts[gap.kind, gap.reason] = counts.get((gap.kind, gap.reason), 0) + 1
        if count <= _GAPS_OF_ONE_KIND:
            kept.append(gap)
    more = [(kind, reason, count - _GAPS_OF_ONE_KIND) for (kind, reason), count in counts.items() if count > _GAPS_OF_ONE_KIND]
    kept += [Gap(kind=kind, reason=f"{reason} (and in {count} more places)", source=Source(file=file)) for kind, reason, count in more]
    return kept


def _nothing_read(gaps: list[Gap], ignored: int) -> InputError:
    reasons = [f"{gap.source}: {gap.reason}" if gap.source is not None else gap.reason for gap in gaps[:_REASONS_IN_ERROR]]
    if len(gaps) > _REASONS_IN_ERROR:
        reasons.append(f"and {len(gaps) - _REASONS_IN_ERROR} more")
    if not gaps:
        reasons.append(f"no `*.json` file found ({ignored} other files ignored)" if ignored else "no `*.json` file found")
    hint = f"give files or folders of ARM JSON or Terraform JSON, or `{STDIN}` for standard input"
    return InputError(f"no inventory could be read: {'; '.join(reasons)}", hint=hint)
