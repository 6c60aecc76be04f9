"""The changes of a plan as people may see them: what somebody wrote into an object in Azure can hold a key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from s2sguard.collect.secrets import is_secret_key

if TYPE_CHECKING:
    from s2sguard.azure_policy.deploy.compare import Change

_NAMING = frozenset({"field", "value", "name", "key"})
"""Members that say what the members beside them are about."""


class Shown(NamedTuple):
    """A `Change` with `***` in place of what is a secret."""

    pointer: str
    before: Any
    after: Any


def shown_changes(changes: Iterable[Change]) -> Iterator[Shown]:
    """Yield the changes of one object without secrets: by the names around them, by what is named beside them, and copies."""
    from s2sguard.azure_policy.language.masking import HIDDEN, Mask, reads_secret

    changes = tuple(changes)
    paths = [change.pointer.split("/")[1:] for change in changes]
    mask = Mask(_placed(path, value) for path, change in zip(paths, changes, strict=True) for value in (change.before, change.after))
    secret = {
        tuple(path[:-1])
        for path, change in zip(paths, changes, strict=True)
        if path[-1:] and path[-1].lower() in _NAMING and (reads_secret(change.before) or reads_secret(change.after))
    }
    for path, change in zip(paths, changes, strict=True):
        hidden = any(map(is_secret_key, path)) or (tuple(path[:-1]) in secret and path[-1].lower() not in _NAMING)
        before, after = (None if value is None else HIDDEN if hidden else mask.value(value) for value in (change.before, change.after))
        yield Shown(pointer=mask.text(change.pointer), before=before, after=after)


def _placed(path: list[str], value: Any) -> Any:  # noqa: ANN401  # JSON in, JSON out
    """Return a value below the names that lead to it, as far as they say that it is a secret."""
    return next(({name: value} for name in path if is_secret_key(name)), value)
