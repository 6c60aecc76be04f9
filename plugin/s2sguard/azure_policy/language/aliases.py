"""The catalogue of aliases: which path each one has in which API version, and which may be modified.

Read from what Azure returns: the providers API with `$expand=resourceTypes/aliases`, `Get-AzPolicyAlias`, or parts of them
(definition-structure-alias, facts 6.3).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from s2sguard.azure_policy.language.outcome import PolicyError, Problem
from s2sguard.azure_policy.language.text import did_you_mean, member

_MODIFIABLE = "modifiable"
_ANY = frozenset({"", "any", "notspecified"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasPath:
    """One path of an alias, for some API versions."""

    path: str
    api_versions: frozenset[str] = frozenset()
    """Lowercase."""
    modifiable: bool | None = None
    """None where the catalogue does not say so for this path."""
    type: str = ""
    """Lowercase token type, such as `string`; empty where the catalogue does not say so for this path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """One alias; names ignore case."""

    name: str
    default_path: str | None = None
    """None where the catalogue is a bare list of names: then the uniform rule finds the value."""
    paths: tuple[AliasPath, ...] = ()
    modifiable: bool | None = None
    """None where the catalogue does not say."""
    type: str = ""
    """Lowercase token type (not `PlainText` or `Mask`, which an alias has too); empty where the catalogue does not say."""

    def path(self, api_version: str | None) -> str | None:
        """Return the path for an API version; the default path for one that is not listed."""
        wanted = self._at(api_version)
        return wanted.path if wanted else self.default_path

    def may_modify(self, api_version: str | None) -> bool | None:
        """Say whether the effect modify may change the property, in this API version where the catalogue knows it; None: not said."""
        wanted = self._at(api_version)
        return self.modifiable if wanted is None or wanted.modifiable is None else wanted.modifiable

    def token_type(self, api_version: str | None) -> str:
        """Return the lowercase type that a new value has to have, in this API version where the catalogue knows it; empty: any."""
        wanted = self._at(api_version)
        found = (wanted.type if wanted else "") or self.type
        return "" if found in _ANY else found

    @property
    def constant(self) -> bool:
        """True where the path does not depend on the API version."""
        return all(one.path == self.default_path for one in self.paths)

    def _at(self, api_version: str | None) -> AliasPath | None:
        if api_version is None:
            return None
        wanted = api_version.lower()
        return next((one for one in self.paths if wanted in one.api_versions), None)


class AliasCatalogue:
    """Every alias of the resource types it covers; an alias that is not in it does not exist."""

    __slots__ = ("_aliases",)

    def __init__(self, aliases: Iterable[Alias]) -> None:
        self._aliases = MappingProxyType({alias.name.lower(): alias for alias in aliases})

    @classmethod
    def load(cls, source: Path | str | Mapping[str, Any] | list[Any]) -> AliasCatalogue:
        """Read a catalogue from a JSON file or from parsed JSON; raises `PolicyError`.

        Shapes: one provider, `{"value": [providers]}`, a list of providers or of resource types, `Get-AzPolicyAlias` output,
        a list of aliases (objects or names), or a mapping from name to path. Keys in any casing.
        """
        if isinstance(source, Path | str):
            source = _read(Path(source))
        try:
            aliases = tuple(_aliases(source))
        except RecursionError:
            aliases = ()
        if not aliases:
            raise PolicyError((Problem(pointer="", message="there are no aliases in the catalogue", hint=_SHAPES),))
        return cls(aliases)

    def __len__(self) -> int:
        return len(self._aliases)

    def __iter__(self) -> Iterator[Alias]:
        return iter(self._aliases.values())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._aliases

    def get(self, name: str) -> Alias | None:
        """Return an alias by its name in any casing."""
        return self._aliases.get(name.lower())

    def resolve(self, name: str, api_version: str | None = None) -> str | None:
        """Return the path of an alias in an API version; None where there is no such alias."""
        alias = self.get(name)
        return alias.path(api_version) if alias else None

    def modifiable(self, name: str, api_version: str | None = None) -> bool:
        """Say whether an alias may be changed by the effect modify; false where the catalogue does not say so, or has no such alias."""
        alias = self.get(name)
        return alias is not None and alias.may_modify(api_version) is True

    def hint(self, name: str) -> str:
        """Return a hint that names aliases close to a name that is not in the catalogue."""
        kind = name.lower().rpartition("/")[0]
        near = [alias.name for key, alias in self._aliases.items() if key.startswith(kind + "/")]
        if not near:
            return did_you_mean(name, (alias.name for alias in self))
        # The type is right: only what follows it is compared, or its length would make every alias alike.
        after = len(kind) + 1
        return did_you_mean(name[after:], (one[after:] for one in near), before=near[0][:after])


_SHAPES = "give the output of `az provider show --expand resourceTypes/aliases` or of `Get-AzPolicyAlias`"


def _read(path: Path) -> Any:  # noqa: ANN401 - parsed JSON
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        message = f"the alias catalogue cannot be read: {type(error).__name__}"
        raise PolicyError((Problem(pointer="", message=message, hint=_SHAPES),)) from None


def _aliases(source: object) -> Iterator[Alias]:
    """Yield the aliases of any of the shapes, however deep in lists and providers they are."""
    if isinstance(source, str):
        if "/" in source:
            yield Alias(name=source)
    elif isinstance(source, list | tuple):
        for one in source:
            yield from _aliases(one)
    elif isinstance(source, Mapping):
        yield from _of_object(source)


def _of_object(source: Mapping[str, Any]) -> Iterator[Alias]:
    inner = [part for key in ("value", "providers", "resourceTypes", "aliases") if isinstance(part := member(source, key), list | dict)]
    if inner:
        for part in inner:
            yield from _aliases(part)
    elif isinstance(name := member(source, "name"), str) and "/" in name:
        yield _alias(name, source)
    else:
        yield from _of_mapping(source)


def _of_mapping(source: Mapping[str, Any]) -> Iterator[Alias]:
    for name, value in source.items():
        if "/" not in name:
            continue
        if isinstance(value, str):
            yield Alias(name=name, default_path=value)
        elif isinstance(value, Mapping):
            yield _alias(name, value)
        else:
            yield Alias(name=name)


def _alias(name: str, source: Mapping[str, Any]) -> Alias:
    listed = member(source, "paths")
    paths = tuple(path for one in (listed if isinstance(listed, list) else ()) for path in _path(one))
    default: str | None = paths[-1].path if paths else None
    for key in ("path", "defaultPath"):
        found = member(source, key)
        default = found if isinstance(found, str) else default
    modifiable, token = _metadata(source, "defaultMetadata")
    return Alias(name=name, default_path=default, paths=paths, modifiable=modifiable, type=token)


def _path(source: object) -> Iterator[AliasPath]:
    if isinstance(source, str):
        yield AliasPath(path=source)
    elif isinstance(source, Mapping) and isinstance(path := member(source, "path"), str):
        versions = member(source, "apiVersions")
        listed = versions if isinstance(versions, list) else ()
        known = frozenset(version.lower() for version in listed if isinstance(version, str))
        modifiable, token = _metadata(source, "metadata")
        yield AliasPath(path=path, api_versions=known, modifiable=modifiable, type=token)


def _metadata(source: Mapping[str, Any], key: str) -> tuple[bool | None, str]:
    """Return whether it is modifiable, None where that is not said, and the lowercase token type."""
    metadata = member(source, key)
    if not isinstance(metadata, Mapping):
        return None, ""
    attributes, token = member(metadata, "attributes"), member(metadata, "type")
    modifiable = _MODIFIABLE in attributes.lower() if isinstance(attributes, str) else None
    return modifiable, token.lower() if isinstance(token, str) else ""
