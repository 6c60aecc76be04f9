"""Random expressions as trees, mostly of the types that functions take, and their text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from hypothesis import strategies as st

from tests.unit.collect.arm_template.naive import Tree

Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]
KINDS = ("string", "int", "bool", "array", "object")
WORDS = st.text(alphabet="abAB1/.-{ '", max_size=5)
"""No character that has another length or case elsewhere."""
NUMBERS = st.integers(-3, 9)

VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "string": WORDS,
    "int": NUMBERS,
    "bool": st.booleans(),
    "array": st.lists(WORDS, max_size=3) | st.lists(NUMBERS, max_size=3),
    "object": st.dictionaries(st.sampled_from("kl"), WORDS | NUMBERS, max_size=2),
}
"""Values of parameters, by type."""

CALLS: Mapping[str, Sequence[tuple[str, ...]]] = {
    "string": (
        ("concat", "string", "string"),
        ("concat", "string", "int", "string"),
        ("toLower", "string"),
        ("toUpper", "string"),
        ("replace", "string", "word", "string"),
        ("substring", "string", "small", "small"),
        ("take", "string", "int"),
        ("skip", "string", "int"),
        ("first", "string"),
        ("last", "string"),
        ("join", "array", "string"),
        ("string", "int"),
        ("base64", "string"),
        ("if", "bool", "string", "string"),
        ("coalesce", "null", "string"),
    ),
    "int": (
        ("add", "int", "int"),
        ("sub", "int", "int"),
        ("mul", "int", "int"),
        ("div", "int", "int"),
        ("min", "int", "int"),
        ("max", "int", "int"),
        ("length", "string"),
        ("length", "array"),
        ("length", "object"),
        ("indexOf", "string", "string"),
        ("if", "bool", "int", "int"),
    ),
    "bool": (
        ("equals", "any", "any"),
        ("equals", "string", "string"),
        ("less", "int", "int"),
        ("greaterOrEquals", "int", "int"),
        ("and", "bool", "bool"),
        ("or", "bool", "bool"),
        ("not", "bool"),
        ("empty", "string"),
        ("empty", "array"),
        ("empty", "object"),
        ("contains", "string", "string"),
        ("contains", "array", "string"),
        ("contains", "object", "word"),
        ("startsWith", "string", "string"),
        ("endsWith", "string", "string"),
    ),
    "array": (
        ("createArray", "any", "any"),
        ("range", "small", "small"),
        ("split", "string", "word"),
        ("union", "array", "array"),
        ("intersection", "array", "array"),
        ("concat", "array", "array"),
        ("take", "array", "int"),
        ("skip", "array", "int"),
        ("if", "bool", "array", "array"),
    ),
    "object": (
        ("createObject", "word", "any"),
        ("createObject", "word", "any", "word", "any"),
        ("union", "object", "object"),
        ("if", "bool", "object", "object"),
    ),
}
"""Functions of `naive` by the type of their result, with the types of their arguments."""


def literal(value: object) -> Tree:
    """Return a JSON value as a tree: arrays and objects have no literals of their own."""
    if isinstance(value, list):
        return ("call", "createArray", *map(literal, value))
    if isinstance(value, dict):
        return ("call", "createObject", *[literal(one) for pair in value.items() for one in pair])
    return ("lit", value)


def tree(draw: Draw, kind: str, names: Mapping[str, Sequence[Tree]], depth: int) -> Tree:
    """Return a random tree; `names` are the leaves that there are besides literals, by type."""
    if kind == "null":
        return ("lit", None)
    if kind == "word":
        return ("lit", draw(st.sampled_from(["k", "l", "a", "B", "/"])))
    if kind == "small":
        return ("lit", draw(st.integers(0, 4)))
    if kind == "any" or draw(st.integers(0, 40)) == 0:
        kind = draw(st.sampled_from(KINDS))
    leaves = names.get(kind, ())
    if leaves and draw(st.integers(0, 2)) == 0:
        found: Tree = draw(st.sampled_from(leaves))
        return found
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return literal(draw(VALUES[kind]))
    if draw(st.integers(0, 7)) == 0:
        return _special(draw, kind, names, depth - 1)
    name, *arguments = draw(st.sampled_from(CALLS[kind]))
    return ("call", name, *[tree(draw, one, names, depth - 1) for one in arguments])


def _special(draw: Draw, kind: str, names: Mapping[str, Sequence[Tree]], depth: int) -> Tree:
    """Return a step into a value, a lambda expression, or a format."""
    if kind == "array":
        inner = {**names, "string": [*names.get("string", ()), ("own", "x")]}
        wanted = draw(st.sampled_from(["map", "filter"]))
        body = tree(draw, "bool" if wanted == "filter" else "any", inner, depth)
        return ("call", wanted, tree(draw, "array", names, depth), ("lambda", ("x",), body))
    if kind == "string":
        pattern = draw(st.sampled_from(["{0}", "{0}-{1}", "x{1}{0}/"]))
        return ("call", "format", ("lit", pattern), *[tree(draw, one, names, depth) for one in ("string", "int")])
    if draw(st.booleans()):
        return ("get", tree(draw, "object", names, depth), ("lit", draw(st.sampled_from("kl"))))
    return ("get", ("call", "createArray", *[tree(draw, kind, names, depth) for _ in range(2)]), ("lit", draw(st.integers(0, 1))))


def text(one: Tree) -> str:
    """Return a tree as it is written inside the brackets."""
    kind, *rest = one
    if kind == "lit":
        return _literal(rest[0])
    if kind == "call":
        return f"{rest[0]}({', '.join(map(text, rest[1:]))})"
    if kind == "get":
        return f"{text(rest[0])}[{text(rest[1])}]"
    if kind == "lambda":
        return f"lambda({', '.join(map(_literal, rest[0]))}, {text(rest[1])})"
    if kind == "output":
        return f"reference({_literal(rest[0])}).outputs[{_literal(rest[1])}].value"
    if kind == "function":
        return f"own.{rest[0]}({', '.join(map(text, rest[1:]))})"
    word = {"own": "lambdaVariables", "param": "parameters", "var": "variables", "index": "copyIndex"}[kind]
    return f"{word}({_literal(rest[0])})"


def expression(one: Tree) -> str:
    """Return a tree as a string of a template."""
    return f"[{text(one)}]"


def _literal(value: object) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return {None: "null()", True: "true()", False: "false()"}[value] if value is None or isinstance(value, bool) else str(value)
