"""Every function a policy calls is checked before an engine loads the policy.

An engine that lacks a built-in may answer *undefined* instead of failing: rego-cpp does so for all of `net.*`,
and a rule that calls one silently never denies (facts: engines.md).
So each call is looked up first, and refused with `file:line:col`.

This reads tokens, not syntax. Its limits, all on the refusing side except the last:

* a call through brackets (`net["cidr_contains"](x)`) and a template string (`$"{f(x)}"`) are refused, for what they call cannot be read;
* a function with a dotted name of its own (`a.b(x) := ...`) is refused, for it could hide a built-in;
* rules and variables are not checked: a misspelt rule name is found by `opa check --strict`, which the shipped pack has passed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, NoReturn

from s2sguard.errors import PackError
from s2sguard.evaluate.pack import Module

EFFECTS: Final = frozenset({
    "http.send",
    "net.lookup_ip_addr",
    "opa.runtime",
    "print",
    "rand.intn",
    "time.now_ns",
    "trace",
    "uuid.rfc4122",
})  # fmt: skip
"""Built-ins no policy may call: they reach out, show the environment, write, or make two runs of the same input differ."""

# `contains` is also a built-in that every engine has, and `set()` the empty set.
_KEYWORDS: Final = frozenset({"as", "contains", "default", "else", "every", "if", "in", "not", "package", "set", "some", "with"})
_HIDDEN: Final = re.compile(r'#[^\n]*|(\$?)(?:"(?:\\.|[^"\\\n])*"|`[^`]*`)')
_NOT_BLANK: Final = re.compile(r"[^\n]")
_CALL: Final = re.compile(r"(?<![\w.])([A-Za-z_]\w*(?:[ \t]*\.[ \t]*[A-Za-z_]\w*)*)[ \t]*\(")
_BRACKET_CALL: Final = re.compile(r"\]\(")
_HEAD: Final = re.compile(r"^(?:default[ \t]+)?([A-Za-z_][\w.]*)\(", re.MULTILINE)
_PACKAGE: Final = re.compile(r"^[ \t]*package[ \t]+([\w.]+)", re.MULTILINE)
_IMPORT: Final = re.compile(r"^[ \t]*import[ \t]+([\w.]+)(?:[ \t]+as[ \t]+(\w+))?", re.MULTILINE)

Allowed = Callable[[str], bool]
"""Says whether an engine has a built-in and may run it."""


def check(modules: Sequence[Module], allowed: Allowed, engine: str) -> None:
    """Raise `PackError` with `file:line:col` for the first call in `modules` that `engine` cannot or may not carry out."""
    texts = [(module, _visible(module)) for module in modules]
    functions = frozenset(name for module, text in texts for name in _functions(module, text))
    for module, text in texts:
        bracket = _BRACKET_CALL.search(text)
        if bracket is not None:
            _refuse(module, text, bracket.start(), "a call through brackets cannot be checked", "write the function's name with dots")
        _check_calls(module, text, functions, allowed, engine)


def _visible(module: Module) -> str:
    """Return the text with comments and strings blanked out, every other character where it was."""

    def blank(found: re.Match[str]) -> str:
        if found.group(1):
            _refuse(module, module.text, found.start(), "a template string cannot be checked", "use `concat`")
        return _NOT_BLANK.sub(" ", found.group())

    return _HIDDEN.sub(blank, module.text)


def _functions(module: Module, text: str) -> list[str]:
    package = _package(module, text)
    found = []
    for head in _HEAD.finditer(text):
        if "." in head.group(1):
            _refuse(module, text, head.start(1), "a function with a dotted name cannot be checked", "give it a plain name")
        found.append(f"data.{package}.{head.group(1)}")
    return found


def _package(module: Module, text: str) -> str:
    found = _PACKAGE.search(text)
    if found is None:
        _refuse(module, text, 0, "there is no package", "start the module with its package")
    return found.group(1)


def _check_calls(module: Module, text: str, functions: frozenset[str], allowed: Allowed, engine: str) -> None:
    package = _package(module, text)
    imports = {found.group(2) or found.group(1).rpartition(".")[2]: found.group(1) for found in _IMPORT.finditer(text)}
    for call in _CALL.finditer(text):
        name = re.sub(r"\s", "", call.group(1))
        first, _, rest = name.partition(".")
        if name in _KEYWORDS or f"data.{package}.{name}" in functions:
            continue
        full = ".".join(filter(None, (imports.get(first, first), rest)))
        if full.partition(".")[0] in {"data", "input"}:
            if full not in functions:
                _refuse(module, text, call.start(), f"function `{name}` is defined in no module", "check its spelling and the imports")
        elif name in EFFECTS:
            _refuse(module, text, call.start(), f"policies may not call `{name}`", "a policy is a pure function of the facts document")
        elif not allowed(name):
            _refuse(module, text, call.start(), f"engine {engine} has no function `{name}`", "use what every engine has, or --engine opa")


def _refuse(module: Module, text: str, position: int, message: str, hint: str) -> NoReturn:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    raise PackError(f"{module.name}:{line}:{column}: {message}", hint=hint)
