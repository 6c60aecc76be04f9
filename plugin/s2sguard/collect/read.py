"""From paths to one inventory: load each file, find the reader for it, merge, and lay a plan over what is deployed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, BinaryIO

from s2sguard.collect.arm_json import ArmReader
from s2sguard.collect.deployment.options import DeploymentOptions
from s2sguard.collect.deployment.shape import is_deployment
from s2sguard.collect.files import STDIN, Loaded, load
from s2sguard.collect.foreign import is_foreign
from s2sguard.collect.interface import Collected, Document, InputFormat, Reader
from s2sguard.collect.merge import merge
from s2sguard.collect.observed.attach import with_observations
from s2sguard.collect.overlay import overlay as lay_over
from s2sguard.collect.paging import Page, missing_pages, pages
from s2sguard.collect.plan_ids import tell_apart
from s2sguard.collect.shared_keys.plans import keys_of_plan
from s2sguard.collect.snapshot import SnapshotReader
from s2sguard.errors import InputError, UsageError
from s2sguard.model.inventory import NOT_READ, Gap, GapKind, InputFile, Inventory, Source

if TYPE_CHECKING:
    from s2sguard.collect.deployment.deployments import Deployments

_UNRECOGNISED = "neither ARM resource JSON or an ARM template, nor a Terraform plan or state (`terraform show -json`), nor a snapshot"
_NO_TEMPLATE = "values for the parameters of a template were given, and the input holds no template"
_BROKEN = "nested too deep for the reader, so it was not read"
_NOT_UNDERSTOOD: frozenset[GapKind] = frozenset({"unknown-shape", "not-inventory", "too-deep"})
_WITH_TEMPLATES: frozenset[InputFormat] = frozenset({"auto", "template"})
_GAPS_OF_ONE_KIND = 20
_REASONS_IN_ERROR = 3


def read_inventory(
    paths: Iterable[str | os.PathLike[str]],
    *,
    input_format: InputFormat = "auto",
    overlay: Iterable[str | os.PathLike[str]] = (),
    stdin: BinaryIO | None = None,
    deployment: DeploymentOptions | None = None,
    observed: Iterable[str] = (),
) -> Inventory:
    """Read files, folders and standard input (`-`) as one inventory.

    `overlay` names what is deployed (`--with SNAPSHOT`): `paths` are then a plan that is laid over it.
    `input_format` forces the kind of `paths`; what is deployed is always recognised by its shape.
    `deployment` says how the templates among `paths` are deployed.
    `observed` names files with what was seen in force, `FILE` or `CONNECTION=FILE`.
    Raises `InputError` if not one file could be understood, and `UsageError` for a parameter nobody can make sense of;
    a single bad file is a gap.
    """
    deployed = tuple(overlay)
    found, deleted = Reading(input_format, deployment).read(paths, stdin)
    if deployed:
        base, _ = Reading("auto", None).read(deployed, stdin)
        found = lay_over(base, found, deleted)
    return with_observations(found, observed)


def read_plan(paths: Iterable[str | os.PathLike[str]], deployment: DeploymentOptions | None = None) -> tuple[Inventory, list[str]]:
    """Read files as what is planned: the inventory, and the ids that a plan among them deletes. Raises as `read_inventory` does."""
    return Reading("auto", deployment).read(paths, None)


class Reading:
    """One walk over paths: each document goes to its reader, templates wait for their parameter files."""

    def __init__(self, input_format: InputFormat, deployment: DeploymentOptions | None) -> None:
        self._format = input_format
        self._readers = _Readers(input_format)
        self._options = deployment
        self._deployments: Deployments | None = None
        self._documents: list[Collected] = []
        self._listing: list[Page] = []
        self._ignored: list[str] = []
        self._files: list[InputFile] = []
        self._understood = False

    def read(self, paths: Iterable[str | os.PathLike[str]], stdin: BinaryIO | None) -> tuple[Inventory, list[str]]:
        """Return the inventory and the ids that a plan deletes. Raises `InputError` where nothing was understood."""
        for loaded in load(paths, stdin=stdin):
            self._take(loaded)
        documents = self._all_documents()
        collected = Collected()
        for read in documents:
            collected.extend(read)
        resources, conflicts = merge(collected.resources)
        gaps = [*collected.gaps, *missing_pages(self._listing), *conflicts]
        answered = not gaps and all(read.answered for read in documents)
        keys = collected.shared_keys
        return Inventory(resources, gaps, self._ignored, answered=answered, shared_keys=keys, files=self._files), collected.deleted

    def _all_documents(self) -> list[Collected]:
        """Return everything that was read, in its final form.

        Raises `InputError` where nothing was understood, and `UsageError` for parameters of no template.
        """
        deployed = self._deployed()
        tell_apart(self._documents)
        documents = [*self._documents, *deployed]
        if not self._understood:
            raise _nothing_read([gap for read in documents for gap in read.gaps], len(self._ignored))
        return documents

    def _keep(self, read: Collected) -> None:
        """Keep what one document held."""
        self._documents.append(read)

    def _take(self, loaded: Loaded) -> None:
        if loaded.ignored:
            self._ignored.append(loaded.file)
            return
        read, gaps = Collected(), loaded.gaps
        document = loaded.document
        if loaded.script is not None:
            from s2sguard.collect.shared_keys.scripts import keys_of_script

            read.shared_keys = keys_of_script(loaded.script, loaded.file)
            device = _device(loaded) if loaded.guessed and self._format == "auto" else None
            if device is not None:
                read.extend(device)
                self._understood = self._understood or bool(device.resources)
            gaps = () if loaded.guessed and (read.shared_keys or device is not None) else gaps
            read.answered = not gaps
            # A folder in which only scripts were found is most likely the wrong folder.
            self._understood = self._understood or loaded.named or bool(read.shared_keys)
        if document is not None and self._format in _WITH_TEMPLATES and is_deployment(document.value):
            self._wait(document)
            read.answered = True
        elif document is not None:
            read = self._readers.read(document)
            read.shared_keys = keys_of_plan(document)
            self._understood = self._understood or not only_unknown(read)
            self._listing += pages(document)
        read.gaps = limited([*gaps, *read.gaps], loaded.file)
        self._finish(loaded, read)

    def _finish(self, loaded: Loaded, read: Collected) -> None:
        if loaded.found and is_foreign(loaded.file) and _says_nothing(read):
            self._ignored.append(loaded.file)
            return
        if loaded.read is not None:
            self._files.append(loaded.read)
        self._keep(read)

    def _wait(self, document: Document) -> None:
        from s2sguard.collect.deployment.deployments import Deployments

        if self._deployments is None:
            self._deployments = Deployments(self._options or DeploymentOptions())
        self._deployments.add(document)

    def _deployed(self) -> list[Collected]:
        if self._deployments is None:
            if self._options is not None and self._options.parameters:
                raise UsageError(_NO_TEMPLATE, hint="give the template as well, or leave the parameters out")
            return []
        found = self._deployments.evaluated()
        self._files += self._deployments.files
        for read in found:
            read.gaps = limited(read.gaps, read.gaps[0].source.file if read.gaps and read.gaps[0].source else "")
        self._understood = self._understood or self._deployments.has_templates
        return found


def _device(loaded: Loaded) -> Collected | None:
    """Read a text that is no JSON as a device's configuration; None if it is none."""
    from s2sguard.collect.device import read_device
    from s2sguard.collect.device.resources import resources_of

    device = read_device(loaded.script or "", loaded.file)
    return resources_of(device) if device.vendor else None


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
            case "template":
                return None
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


def only_unknown(read: Collected) -> bool:
    """Say whether nothing of a document was understood: an empty listing is an answer, a document of unknown shape is none."""
    strange = [gap for gap in read.gaps if gap.kind in _NOT_UNDERSTOOD]
    return bool(strange) and len(strange) == len(read.gaps) and not read.resources and not read.deleted


def _says_nothing(read: Collected) -> bool:
    """Say whether all there is of a well-formed file is that it is none of ours."""
    return bool(read.gaps) and all(gap.kind == "not-inventory" for gap in read.gaps)


def limited(gaps: list[Gap], file: str) -> list[Gap]:
    """Return the gaps of one file, long runs of one kind cut to the first few and a count: a broken file must not flood a report."""
    if len(gaps) <= _GAPS_OF_ONE_KIND:
        return gaps
    counts: dict[tuple[GapKind, str], int] = {}
    kept: list[Gap] = []
    for gap in gaps:
        if gap.kind in NOT_READ and gap.resource is not None:
            kept.append(gap)  # each one keeps another resource from passing
            continue
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
