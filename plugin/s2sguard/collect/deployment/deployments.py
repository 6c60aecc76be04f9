"""The deployments of one run: every template with each parameter file that belongs to it.

Templates without a scope share a stand-in for one resource group, so that they find each other's resources.
Where two deployments make different resources of one id, as `dev` and `prod` parameters do, they are not of one group:
each of them gets a stand-in of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from s2sguard.collect.arm_template import Deployment, evaluate
from s2sguard.collect.compare import same
from s2sguard.collect.deployment.links import Links
from s2sguard.collect.deployment.options import DeploymentOptions
from s2sguard.collect.deployment.pairing import paired
from s2sguard.collect.deployment.parameters import Value, Values, read_given, values_of
from s2sguard.collect.deployment.shape import shape_of
from s2sguard.collect.interface import Collected, Document
from s2sguard.collect.shared_keys.templates import keys_of_deployments
from s2sguard.collect.text import parse
from s2sguard.model.inventory import Gap, InputFile, Resource, SharedKey, Source
from s2sguard.model.members import member
from s2sguard.model.stand_ins import STAND_IN_SCOPE

_UNPAIRED = "a parameter file without its template: give both, or use --parameters"
_NOT_DECLARED = "a value for a parameter that the template does not have"
_NOT_BUILT = "the output of `bicep build-params` without a template and parameters that can be read"
_NOT_IN_A_NAME = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """One deployment to evaluate, and what to call its resource group if it needs one of its own."""

    deployment: Deployment
    group: str
    values: Values


class Deployments:
    """Gathers templates and parameter files while a run reads, and evaluates them when all are known."""

    def __init__(self, options: DeploymentOptions) -> None:
        self._options = options
        self._templates: list[Document] = []
        self._parameters: dict[str, Document] = {}
        self._built: list[tuple[Document, Document]] = []
        self._gaps: list[Gap] = []
        self._links = Links()
        self._used: set[str] = set()
        """Parameter files that a template took."""
        self.files: list[InputFile] = []
        """Files of `--parameters` and files that templates link to, once they are evaluated."""

    def add(self, document: Document) -> None:
        """Take a document whose shape is that of a template, a parameter file, or both."""
        match shape_of(document.value):
            case "template":
                self._templates.append(document)
            case "parameters":
                self._parameters[document.file] = document
            case _:
                self._add_built(document)

    @property
    def has_templates(self) -> bool:
        """Say whether there is anything to deploy."""
        return bool(self._templates or self._built)

    def evaluated(self) -> list[Collected]:
        """Return what each deployment brings about, and a document of gaps for what belongs to none. Raises `UsageError`."""
        given, files, gaps = read_given(self._options.parameters)
        planned = list(self._planned(Values(dict(given))))
        results = [evaluate(plan.deployment) for plan in planned]
        # A file that another template links to is deployed by that one, with the values it hands down.
        # Where each one is linked from another one, nobody knows which comes first: all are read.
        alone = [index for index, plan in enumerate(planned) if not self._links.is_part(plan.deployment.file)] or list(range(len(planned)))
        planned, results = [planned[index] for index in alone], [results[index] for index in alone]
        if not self._options.named:
            _set_apart(planned, results)
        for plan, result in zip(planned, results, strict=True):
            result.gaps += _undeclared(plan)
            result.answered = not result.gaps
        loose = [file for file in self._parameters if file not in self._used]
        gaps += [Gap(kind="not-inventory", reason=_UNPAIRED, source=Source(file=file)) for file in loose]
        gaps = [*self._gaps, *gaps, *_unused(given, planned)]
        self.files = [document.read for document in (*files, *self._links.documents) if document.read is not None]
        return [*results, Collected(gaps=gaps, shared_keys=self._shared_keys(files), answered=not gaps)]

    def _shared_keys(self, files: Sequence[Document]) -> list[SharedKey]:
        templates = [*self._templates, *(template for template, _ in self._built), *self._links.documents]
        parameters = [*self._parameters.values(), *(parameters for _, parameters in self._built), *files]
        return keys_of_deployments(templates, parameters)

    def _planned(self, given: Values) -> Iterator[_Planned]:
        files = sorted(self._parameters)
        for template in self._templates:
            mine = paired(template.file, files)
            self._used.update(mine)
            if not mine:
                yield self._plan(template, given, template.file)
            for file in mine:
                yield self._plan(template, Values(values_of(self._parameters[file])).add(given.by_name), file)
        for template, parameters in self._built:
            yield self._plan(template, Values(values_of(parameters)).add(given.by_name), template.file)

    def _plan(self, template: Document, values: Values, named: str) -> _Planned:
        value = template.value if isinstance(template.value, dict) else {}
        deployment = Deployment(
            template=value,
            file=template.file,
            parameters=values.plain(),
            scope=self._options.scope,
            linked=self._links.of(template.file),
        )
        return _Planned(deployment=deployment, group=named, values=values)

    def _add_built(self, document: Document) -> None:
        found = document.value if isinstance(document.value, dict) else {}
        inner = []
        for key in ("templateJson", "parametersJson"):
            text = found.get(key)
            parsed, _ = parse(text.encode(), document.file) if isinstance(text, str) else (None, [])
            inner.append(parsed)
        template, parameters = inner
        if template is None or parameters is None or shape_of(template.value) != "template":
            self._gaps.append(Gap(kind="unknown-shape", reason=_NOT_BUILT, source=Source(file=document.file)))
            return
        self._built.append((template, parameters))


def _set_apart(planned: Sequence[_Planned], results: list[Collected]) -> None:
    """Evaluate again, each in a group of its own, the deployments that make different resources of one id."""
    owners: dict[str, list[tuple[int, Resource]]] = {}
    for index, result in enumerate(results):
        for resource in result.resources:
            if not resource.existing and resource.key.startswith(STAND_IN_SCOPE.lower()):
                owners.setdefault(resource.key, []).append((index, resource))
    clashing: set[int] = set()
    for found in owners.values():
        indexes = {index for index, _ in found}
        if len(indexes) > 1 and not _agree([resource for _, resource in found]):
            clashing |= indexes
    for index in sorted(clashing):
        plan = planned[index]
        group = _NOT_IN_A_NAME.sub("-", plan.group).strip("-")
        scope = STAND_IN_SCOPE.replace("{resource-group}", f"{{{group}}}")
        results[index] = evaluate(replace(plan.deployment, scope=scope))


def _agree(resources: Sequence[Resource]) -> bool:
    first = resources[0]
    return all(same(first.properties, other.properties) and same(first.tags, other.tags) for other in resources[1:])


def _declared(plan: _Planned) -> set[str]:
    names = member(plan.deployment.template, "parameters")
    return {name.lower() for name in names} if isinstance(names, dict) else set()


def _undeclared(plan: _Planned) -> list[Gap]:
    """Return a gap for each value of the template's own parameter file that the template has no parameter for: a misspelt name."""
    declared = _declared(plan)
    strange = [value for name, value in plan.values.by_name.items() if name not in declared and value.source is not None]
    return [
        Gap(kind="unknown-attribute", reason=_NOT_DECLARED, source=value.source)
        for value in strange
        if value.source is not None and value.source.file == plan.group
    ]


def _unused(given: dict[str, Value], planned: Sequence[_Planned]) -> list[Gap]:
    """Return a gap for each value of the command line that no template has a parameter for."""
    declared = set[str]().union(*map(_declared, planned)) if planned else set()
    return [
        Gap(kind="unknown-attribute", reason=f"{_NOT_DECLARED}: {json.dumps(value.name)}", source=value.source)
        for name, value in given.items()
        if name not in declared
    ]
