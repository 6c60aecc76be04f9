"""Conditions and the logical operators over them, compiled to closures (definition-structure-policy-rule)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from s2sguard.azure_policy.language.compare import kind_of
from s2sguard.azure_policy.language.env import Env, Test
from s2sguard.azure_policy.language.leaves import Leaf, compile_leaf
from s2sguard.azure_policy.language.limits import NESTING
from s2sguard.azure_policy.language.text import join, keys, twice
from s2sguard.expression.interface import Json

if TYPE_CHECKING:
    from s2sguard.azure_policy.language.scope import CompileScope

Word: TypeAlias = Literal["allOf", "anyOf", "not"]
WORDS: Final[dict[str, Word]] = {"allof": "allOf", "anyof": "anyOf", "not": "not"}
"""The logical operators by their lowercase names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A logical operator over conditions."""

    word: Word
    test: Test
    children: tuple[Node, ...] = field(default=())


Node: TypeAlias = Tree | Leaf


def compile_node(condition: Json, pointer: str, scope: CompileScope) -> Node:
    """Compile a condition or a tree of them; what is wrong becomes a problem of `scope`."""
    if not isinstance(condition, dict):
        scope.problem(pointer, f"a condition is an object, not {kind_of(condition)}")
        return _NEVER
    if scope.depth > NESTING:
        scope.problem(pointer, f"conditions are nested more than {NESTING} levels deep")
        return _NEVER
    names = keys(condition)
    for name in twice(condition):
        scope.problem(join(pointer, name), f"`{name}` stands here twice")
    word = next((WORDS[lower] for lower in names if lower in WORDS), None)
    if word is None:
        return compile_leaf(condition, names, pointer, scope)
    for lower, name in names.items():
        if lower != word.lower():
            scope.problem(join(pointer, name), f"`{name}` cannot stand beside `{word}`", "put it into the list as a condition of its own")
    # Written out instead of called: one frame of Python's stack for each level, so that all levels that Azure allows fit.
    inner, place = condition[names[word.lower()]], join(pointer, names[word.lower()])
    if not isinstance(inner, dict if word == "not" else list):
        scope.problem(place, f"`{word}` takes {'a condition' if word == 'not' else 'an array of conditions'}, not {kind_of(inner)}")
        return _NEVER
    if not inner and word != "not":
        scope.warn(place, f"`{word}` without conditions is {'always true' if word == 'allOf' else 'never true'}")
    scope.depth += 1
    children: list[Node] = []
    for index, child in enumerate([inner] if word == "not" else inner):
        children.append(compile_node(child, place if word == "not" else join(place, index), scope))
    scope.depth -= 1
    return Tree(word=word, test=_TESTS[word](*(child.test for child in children)), children=tuple(children))


def all_of(*tests: Test) -> Test:
    """Return the conjunction: the first that is false decides; unknown where none is false and one is unknown."""

    def test(env: Env) -> bool | None:
        result: bool | None = True
        for one in tests:
            met = one(env)
            if not met:
                if met is None:
                    result = None
                else:
                    return False
        return result

    return test


def any_of(*tests: Test) -> Test:
    """Return the disjunction: the first that is true decides; unknown where none is true and one is unknown."""

    def test(env: Env) -> bool | None:
        result: bool | None = False
        for one in tests:
            met = one(env)
            if met:
                return True
            if met is None:
                result = None
        return result

    return test


def negation(inner: Test) -> Test:
    """Return the opposite; unknown stays unknown."""

    def test(env: Env) -> bool | None:
        met = inner(env)
        return None if met is None else not met

    return test


_TESTS: Final[dict[Word, Callable[..., Test]]] = {"allOf": all_of, "anyOf": any_of, "not": negation}
_NEVER: Final = Tree(word="anyOf", test=lambda _env: False)
