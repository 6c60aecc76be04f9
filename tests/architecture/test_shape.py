"""The size and the documentation of every module, as `CONTRIBUTING.md` promises them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "plugin").rglob("*.py"))
RULES = sorted(path for path in (ROOT / "policies").rglob("*.rego") if not path.name.endswith("_test.rego"))
LONGEST_FUNCTION = 40
LONGEST_MODULE = 300
LONGEST_RULE_FILE = 80

EXCEPTIONS: dict[str, str] = {}
"""`path` or `path::function` -> why it may be longer."""

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    """Return a path as it is written in the tests and in messages."""
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function, methods and inner ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def public(tree: ast.Module) -> Iterator[Documented]:
    """Yield the module and every public class, function and method in it."""
    yield tree
    for node in tree.body:
        yield from _public(node)


def _public(node: ast.stmt) -> Iterator[Documented]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
        yield node
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                yield from _public(inner)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_public_name_says_what_it_is(path: Path) -> None:
    """Every public module, class, function and method has a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [getattr(node, "name", "the module") for node in public(tree) if not ast.get_docstring(node)]
    assert silent == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_functions_and_modules_stay_short(path: Path) -> None:
    """No function is longer than 40 lines and no module longer than 300, but for written reasons."""
    text = path.read_text(encoding="utf-8")
    sizes = {f"{name_of(path)}::{node.name}": (node.end_lineno or 0) - node.lineno + 1 for node in functions(ast.parse(text))}
    too_long = {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION}
    if (lines := len(text.splitlines())) > LONGEST_MODULE:
        too_long[name_of(path)] = lines
    assert {name: size for name, size in too_long.items() if name not in EXCEPTIONS} == {}


@pytest.mark.parametrize("path", RULES, ids=name_of)
def test_rule_files_stay_short(path: Path) -> None:
    """No Rego rule file has more than 80 lines besides comments."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert len(lines) <= LONGEST_RULE_FILE


def test_every_exception_is_still_needed() -> None:
    """An exception for something that is gone is removed with it."""
    named = {name_of(path) for path in MODULES}
    for path in MODULES:
        named |= {f"{name_of(path)}::{node.name}" for node in functions(ast.parse(path.read_text(encoding="utf-8")))}
    assert sorted(set(EXCEPTIONS) - named) == []
