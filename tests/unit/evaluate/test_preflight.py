"""The preflight: every call in a policy is looked up before an engine sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from s2sguard.errors import PackError
from s2sguard.evaluate.pack import Module, load_pack
from s2sguard.evaluate.preflight import check

LIB = "package a.lib\n\nhelper(x) := x\n"


def module(text: str, name: str = "p.rego") -> Module:
    """Return a module with this text."""
    return Module(name=name, path=Path(name), text=text)


def checked(text: str) -> None:
    """Check a module, beside a library, for an engine that has `count` and `concat`."""
    check([module(text), module(LIB, "lib.rego")], {"count", "concat"}.__contains__, "toy")


@pytest.mark.parametrize(
    "body",
    [
        'x := count([1]) # http.send("x")',
        'x := "net.cidr_contains(a, b)"',
        "x := `net.cidr_contains(a, b)`",
        'x := "escaped \\" net.cidr_contains("',
        "x if (1 == 1)",
        "x if not (input.a)",
        "x if { some y in (input.a) }",
        "x := y if { y := 1 } else := (2)",
        "f(y) := count(y)\nx := f([])",
        "default f(_) := 1\nx := f(2)",
        "import data.a.lib\nx := lib.helper(1)",
        "import data.a.lib as l\nx := l.helper(1)",
        "import data.a.lib.helper\nx := helper(1)",
        "x := data.a.lib.helper(1)",
        "x contains (1)",
    ],
)
def test_what_the_engine_has_is_accepted(body: str) -> None:
    """Comments, strings, keywords, our own functions and known built-ins are no reason to refuse."""
    checked(f"package p\n{body}\n")


@pytest.mark.parametrize(
    ("body", "place", "reason"),
    [
        ('x := net.cidr_contains("a", "b")', "2:6", "engine toy has no function `net.cidr_contains`"),
        ("x := 1 if {\n\tcoutn([]) > 0\n}", "3:2", "engine toy has no function `coutn`"),
        ("x := net . cidr_is_valid (1)", "2:6", "engine toy has no function `net.cidr_is_valid`"),
        ('x := http.send({"url": input.u})', "2:6", "policies may not call `http.send`"),
        ("x := opa.runtime().env", "2:6", "policies may not call `opa.runtime`"),
        ('x := net["cidr_contains"]("a", "b")', "2:25", "a call through brackets cannot be checked"),
        ('x := $"{count([])}"', "2:6", "a template string cannot be checked"),
        ("import data.a.lib\nx := lib.helpr(1)", "3:6", "function `lib.helpr` is defined in no module"),
        ("x := data.b.f(1)", "2:6", "function `data.b.f` is defined in no module"),
        ("x := input.f(1)", "2:6", "function `input.f` is defined in no module"),
        ("http.send(x) := 1", "2:1", "a function with a dotted name cannot be checked"),
    ],
)
def test_what_the_engine_lacks_is_refused_with_its_place(body: str, place: str, reason: str) -> None:
    """The message starts with file, line and column."""
    with pytest.raises(PackError) as caught:
        checked(f"package p\n{body}\n")
    assert f"p.rego:{place}: {reason}" == caught.value.message


def test_a_module_without_a_package_is_refused() -> None:
    """Without a package nothing can be looked up."""
    with pytest.raises(PackError, match=r"^p\.rego:1:1: there is no package$"):
        checked("x := 1\n")


def test_a_function_belongs_to_its_package() -> None:
    """A function of another package is not in reach without an import."""
    with pytest.raises(PackError, match="engine toy has no function `helper`"):
        checked("package p\nx := helper(1)\n")


def test_a_package_may_lie_in_several_files() -> None:
    """Functions of one package know each other, whichever file they are in."""
    check([module("package a.lib\nx := helper(1)\n"), module(LIB, "lib.rego")], lambda _: False, "toy")


def test_the_shipped_pack_needs_no_network_and_no_address_maths() -> None:
    """Facts carry the answers: the pack calls neither `net.*` nor `sprintf` nor anything with an effect."""
    called: set[str] = set()

    def note(name: str) -> bool:
        called.add(name)
        return True

    check(load_pack().modules, note, "toy")
    assert [] == sorted(name for name in called if name.startswith("net.") or name == "sprintf")
    assert {"concat", "count", "object.union"} <= called
