"""One evaluation: what conditions and functions may look at, and the counts that are running."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

from s2sguard.azure_policy.language.limits import ONCE, Iterations
from s2sguard.azure_policy.language.paths import STAR, Path
from s2sguard.azure_policy.language.text import member
from s2sguard.expression.interface import Json
from s2sguard.model.value import Unknown

T = TypeVar("T")


class Env:
    """Everything about one evaluation. Nothing is changed in it but the bindings of counts and the first doubt."""

    __slots__ = ("api_version", "bindings", "context", "doubt", "kind", "now", "origin", "parameters", "related", "resource")

    def __init__(
        self,
        resource: Mapping[str, Json],
        *,
        parameters: Mapping[str, Json] | None = None,
        context: Mapping[str, Json] | None = None,
        api_version: str | None = None,
        related: tuple[Mapping[str, Json], ...] | None = None,
    ) -> None:
        self.resource = resource
        """What a `field` condition looks at."""
        kind = resource.get("type")
        if kind is None:
            kind = member(resource, "type")
        self.kind = kind.lower() if isinstance(kind, str) else ""
        """Lowercase type of the resource; empty where it is not known."""
        self.origin: Env = self
        """The environment of the `if` block, which the function `field()` looks at."""
        self.parameters: Mapping[str, Json] = {} if parameters is None else parameters
        """Lowercase name -> value."""
        self.context: Mapping[str, Json] = context or {}
        """As the caller gave it; keys in any casing."""
        self.api_version = api_version
        self.related = related
        """The resources an IfNotExists effect may find; None where the caller supplied none at all."""
        self.bindings: dict[int, Json] = {}
        """Slot of a count -> the member it is at."""
        self.doubt: Unknown | None = None
        """The first unknown value that decided a condition."""
        self.now: str | None = None
        """What `utcNow()` gave first: one evaluation has one time."""

    def for_related(self, resource: Mapping[str, Json]) -> Env:
        """Return the environment of an existenceCondition: `field` looks at `resource`, `field()` still at the origin."""
        env = Env(resource, parameters=self.parameters, context=self.context, related=self.related)
        env.origin = self.origin
        return env

    def unknown(self, value: Unknown) -> bool | None:
        """Note why a condition has no answer; returns None, which is no answer."""
        if self.origin.doubt is None:
            self.origin.doubt = value
        return None


Test: TypeAlias = Callable[[Env], bool | None]
"""A compiled condition; None where an unknown value decides. Raises `ExpressionFailure` only."""


def per_version(build: Callable[[str | None], Callable[[Env], T]]) -> Callable[[Env], T]:
    """Return a function that builds what it runs once for each API version it meets."""
    built: dict[str | None, Callable[[Env], T]] = {}

    def run(env: Env) -> T:
        version = env.api_version
        if version not in built:
            if len(built) >= _MOST_VERSIONS:
                built.clear()
            built[version] = build(version)
        return built[version](env)

    return run


_MOST_VERSIONS: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One count around a place in the rule."""

    slot: int
    """Where `Env.bindings` has the member it is at."""
    name: str
    """Folded: the index name of a value count, the alias of a field count."""
    kind: str = ""
    """Lowercase resource type of the alias."""
    path: Callable[[str | None], Path] | None = None
    """API version -> lowercase path up to its `[*]`; None for a value count."""
    varies: bool = False
    """Whether the path of the alias may differ from one API version to another."""
    inside: Callable[[Env], Json] | None = None
    """What `current()` gives where it is a property of the member; None where it is the member."""
    iterations: Iterations = ONCE
    """How often a value count goes round, those around it included, as far as it is known before the evaluation."""

    def current(self, env: Env) -> Json:
        """Return what the function `current()` gives."""
        return env.bindings[self.slot] if self.inside is None else self.inside(env)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in the rule: which counts are around it, outermost first."""

    frames: tuple[Frame, ...] = ()
    related: bool = False
    """In an existenceCondition `field` looks at the related resource, `field()` at the resource of the `if` block."""

    def around(self, kind: str, path: Path, api_version: str | None) -> tuple[Frame, int] | None:
        """Return the innermost field count over an array that the (lowercase) path goes through, and the length of its path."""
        best: tuple[Frame, int] | None = None
        for frame in self.frames:
            counted = _path_of(frame, kind, api_version)
            if counted and path[: len(counted)] == counted and (best is None or len(counted) >= best[1]):
                best = (frame, len(counted))
        return best

    def over(self, kind: str, path: Path, api_version: str | None) -> Frame | None:
        """Return the innermost field count over the very array that the (lowercase) path leads to."""
        array = (*path, STAR)
        return next((frame for frame in reversed(self.frames) if _path_of(frame, kind, api_version) == array), None)


def _path_of(frame: Frame, kind: str, api_version: str | None) -> Path | None:
    return frame.path(api_version) if frame.path is not None and frame.kind == kind else None


NOWHERE: Final = Position()
"""Outside every count, in the `if` block."""
