"""One patch in four languages: the same values, each as its own tool writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from s2sguard.fix.model import Language, Patch
from s2sguard.fix.snippets import az, bicep, powershell, terraform
from s2sguard.model.inventory import PLAN_ID, Resource

_RENDERERS: Final[Mapping[Language, Callable[[Patch], str]]] = {
    "bicep": bicep.render,
    "terraform": terraform.render,
    "az": az.render,
    "powershell": powershell.render,
}
_TERRAFORM: Final = ("/planned_values", "/resource_changes", "/prior_state", "/values/")
_TEMPLATE: Final = ("/resources/", "/changes/", "/properties/changes/")


def language_of(resource: Resource) -> Language:
    """Return what a connection is written in: a plan or state, a template or its what-if, or Azure itself (then: `az`)."""
    pointer = resource.source.pointer
    if resource.id.startswith(PLAN_ID) or pointer.startswith(_TERRAFORM):
        return "terraform"
    return "bicep" if pointer.startswith(_TEMPLATE) or "{" in resource.id else "az"


def snippets_of(patch: Patch, languages: Iterable[Language]) -> dict[Language, str]:
    """Return the change in each language, in the order asked for."""
    return {language: _RENDERERS[language](patch) for language in dict.fromkeys(languages)}
