"""What people may see of an evaluation: no secret, and nothing that was made of one.

A secret is what stands under the name of one (`collect.secrets`) in the resource, the related resources, the parameters or the context.
A rule can read it by a name that says nothing, and pass it on in part or in another form.
So what is shown is worked out twice, the second time with other secrets of the same form: what differs was made of a secret.
Copies of a secret that stand elsewhere are found by their text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Final

from s2sguard.azure_policy.language.env import Env
from s2sguard.azure_policy.language.operators import OPERATORS
from s2sguard.azure_policy.language.text import member
from s2sguard.collect.secrets import hidden_text, is_secret_key
from s2sguard.expression.interface import ExpressionFailure, Json, UnknownValue
from s2sguard.model.value import Unknown

HIDDEN: Final = "***"
"""Stands in place of a value that is a secret, as in Azure's own compliance details."""
_DEEPEST: Final = 20
_SHORTEST_PART: Final = 6
"""Characters of a secret from which on it is looked for inside of other texts; a shorter one is found as a whole text only."""
_NO_SECRETS: Final = frozenset({"", "true", "false", "null"})
_QUOTED: Final = re.compile(r"'((?:[^']|'')*)'")
_NAMES: Final = re.compile(r"[/.\[\]']+")
_NAMING: Final = ("name", "key", "field")
"""Members that name what stands in `value` beside them."""
_COMPARING: Final = frozenset(OPERATORS) - {"exists"}
_LETTERS: Final = "bcdefghijklmnopqrstuvwxyza"
_OTHERS: Final = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+/.,!?", f"{_LETTERS}{_LETTERS.upper()}1234567890_-/+,.?!"
)
_is_secret_name = lru_cache(maxsize=20_000)(is_secret_key)
_MISSING: Final = object()


def reads_secret(expression: Json) -> bool:
    """Say whether a field or an expression reads what is a secret by its name, or by the names of the fields in it."""
    if not isinstance(expression, str):
        return False
    names = _QUOTED.findall(expression) if expression.startswith("[") else [expression]
    return any(is_secret_key(part) for name in names for part in _NAMES.split(name) if part)


def disguised(value: Json) -> Json:
    """Return the JSON value with another text or number in place of every secret, of the same length and kinds of characters.

    The same object where it holds none.
    """
    if isinstance(value, Mapping):
        changed = {key: new for key, one in value.items() if (new := _disguised_member(value, key, one)) is not one}
        return {**value, **changed} if changed else value
    if isinstance(value, list):
        members = [disguised(one) for one in value]
        return members if any(new is not old for new, old in zip(members, value, strict=True)) else value
    return _other(value) if isinstance(value, str) and hidden_text(value) is not value else value


def _disguised_member(members: Mapping[str, Json], key: str, value: Json) -> Json:
    return _other(value) if _holds_secret(members, key) else disguised(value)


def _holds_secret(members: Mapping[str, Json], key: str) -> bool:
    """Say whether a member of an object is a secret: by its name, or as the `value` of what is named beside it."""
    if _is_secret_name(str(key)):
        return True
    if str(key).lower() != "value":
        return False
    return any(str(name).lower() in _NAMING and reads_secret(named) for name, named in members.items())


def _other(value: Json) -> Json:
    if isinstance(value, str):
        return _other_text(value)
    if isinstance(value, Mapping):
        return {key: _other(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_other(one) for one in value]
    return value + 1 if isinstance(value, int | float) and not isinstance(value, bool) else value


def _other_text(text: str) -> str:
    other = text.translate(_OTHERS)
    return other if other != text else "x" * len(text)


def _secrets(value: Json) -> Iterator[str]:
    """Yield the texts of all secrets in a JSON value."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _texts(one) if _holds_secret(value, key) else _secrets(one)
    elif isinstance(value, list):
        for one in value:
            yield from _secrets(one)


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, Mapping | list):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(one)
    elif isinstance(value, str) and value.lower() not in _NO_SECRETS:
        yield value


class Mask:
    """Hides what is known to be a secret."""

    def __init__(self, documents: Iterable[Json] = ()) -> None:
        found = {text for document in documents for text in _secrets(document)}
        self._whole = {text.casefold() for text in found}
        long = {text for text in found if len(text) >= _SHORTEST_PART}
        # As it stands in JSON as well: a rule may turn an object into a text.
        spellings = sorted(long | {json.dumps(text)[1:-1] for text in long}, key=len, reverse=True)
        self._parts = re.compile("|".join(map(re.escape, spellings)), re.IGNORECASE) if spellings else None

    def text(self, text: str) -> str:
        """Return a text without the secrets that are known."""
        if text.casefold() in self._whole:
            return HIDDEN
        return self._parts.sub(HIDDEN, text) if self._parts is not None else text

    def value(self, value: Json, levels: int = _DEEPEST) -> Json:
        """Return a JSON value without secrets: by their names and forms, and copies; nothing of what is nested deeper than `levels`."""
        if isinstance(value, str):
            return self.text(value) if hidden_text(value) is value else HIDDEN
        if not isinstance(value, Mapping | list):
            return value
        if not levels:
            return HIDDEN
        if isinstance(value, list):
            return [self.value(one, levels - 1) for one in value]
        return {self.text(str(key)): self._member(value, key, levels - 1) for key in value}

    def _member(self, members: Mapping[str, Json], key: str, levels: int) -> Json:
        value = members[key]
        if str(key).lower() in _COMPARING and any(reads_secret(member(members, name)) for name in ("field", "value")):
            return without_texts(value)
        return HIDDEN if value is not None and _holds_secret(members, key) else self.value(value, levels)


class View:
    """One evaluation as people may see it."""

    def __init__(self, env: Env) -> None:
        self._env = env

    @cached_property
    def _mask(self) -> Mask:
        env = self._env
        return Mask([env.origin.resource, env.resource, *(env.related or ()), env.parameters, env.context])

    @cached_property
    def _other(self) -> Env | None:
        """The same evaluation with other secrets; None where there are none."""
        env = self._env
        documents = (env.resource, env.parameters, env.context)
        resource, parameters, context = map(disguised, documents)
        related = None if env.related is None else tuple(map(disguised, env.related))
        changed = any(new is not old for new, old in zip((resource, parameters, context), documents, strict=True))
        if not changed and all(new is old for new, old in zip(related or (), env.related or (), strict=True)):
            return None
        other = Env(resource, parameters=parameters, context=context, api_version=env.api_version, related=related)
        other.now = env.now
        return other

    def text(self, text: str) -> str:
        """Return a text without secrets in it."""
        return self._mask.text(text)

    def value(self, look: Callable[[Env], Json]) -> Json:
        """Return what `look` sees, without what comes from a secret; None where it fails, `Unknown` where that is not known."""
        try:
            seen = look(self._env)
        except UnknownValue as doubt:
            return doubt.unknown
        except ExpressionFailure:
            return None
        return None if seen is None else self._mask.value(_same(seen, self._again(look)) if self._other is not None else seen)

    def details(self, details: Mapping[str, Json], outcome: Callable[[Env], Mapping[str, Json]]) -> dict[str, Json]:
        """Return the details of an effect without what comes from a secret; `outcome` works them out."""
        kept: Mapping[str, Json] = details
        if self._other is not None:
            again = self._again(outcome)
            others = again if isinstance(again, Mapping) else {}
            kept = {name: _same(value, others.get(name, _MISSING)) for name, value in details.items()}
        masked: dict[str, Json] = self._mask.value(kept)
        return masked

    def _again(self, look: Callable[[Env], Json]) -> Json:
        try:
            return look(self._other)  # type: ignore[arg-type]  # asked for only where there is one
        except (UnknownValue, ExpressionFailure):
            return _MISSING


def _same(value: Json, other: Json) -> Json:
    """Return what two values have in common, and `HIDDEN` where they differ."""
    if isinstance(value, Mapping) and isinstance(other, Mapping) and value.keys() == other.keys():
        return {key: _same(one, other[key]) for key, one in value.items()}
    if isinstance(value, list) and isinstance(other, list) and len(value) == len(other):
        return [_same(one, another) for one, another in zip(value, other, strict=True)]
    return value if value.__class__ is other.__class__ and (isinstance(value, Unknown) or value == other) else HIDDEN


def without_texts(target: Json) -> Json:
    """Return the target of a comparison with a secret: whoever reads it may read what the secret is, so no text of it is left."""
    if isinstance(target, list):
        return [without_texts(one) for one in target]
    return HIDDEN if isinstance(target, str) and target else target
