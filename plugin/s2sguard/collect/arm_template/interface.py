"""What the evaluator of ARM templates takes: one deployment, and how the files it links to are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from s2sguard.model.stand_ins import STAND_IN_SCOPE


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A file that a template links to (`templateLink`, `parametersLink`), read and parsed."""

    file: str
    """For the `Source` of what is in it."""
    value: object
    """The parsed JSON: a template, or a parameter file of the `deploymentParameters` schema."""
    linked: Link | None = None
    """How links written in this file are found: a relative path starts at the file it is written in."""


Link: TypeAlias = Callable[[str], Linked | None]
"""`relativePath` or `uri` of a link -> the file, None where it cannot be read here. Never raises; called once for each link in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One template with the values it is deployed with."""

    template: Mapping[str, object]
    """The parsed JSON, never changed."""
    file: str
    """For the `Source` of each resource."""
    parameters: Mapping[str, object] = field(default_factory=dict)
    """Name, in any casing -> JSON value, or `Unknown` (kept in a key vault, read from a file that is missing)."""
    pointer: str = ""
    """Where in its file the template stands."""
    scope: str = STAND_IN_SCOPE
    """Resource id of what is deployed to: a resource group, `/subscriptions/<id>`, a management group, or `/` for the tenant."""
    linked: Link | None = None
    """How linked files are found; None: none can be read."""
