"""The compiled pack and its host: digests, time, memory, traps, and undefined that is never clean."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from s2sguard.errors import EngineError, PackError
from s2sguard.evaluate import open_engine
from s2sguard.evaluate.pack import Pack, load_pack
from s2sguard.evaluate.wasm import WasmEngine, about_path, is_available, read_wasm
from s2sguard.evaluate.wasm_build import build_wasm, main
from tests.integration.packs import DENY_ALL, MAIN, write_pack

FACTS = {"connections": [{"id": "a"}]}
SLOW = "count([1 | some x in numbers.range(1, input.n); some y in numbers.range(1, 1000); x == y]) > 0"
Compile = Callable[..., WasmEngine]


@pytest.fixture
def compile_pack(tmp_path: Path, need_tool: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> Compile:
    """Return a function that compiles a small pack and opens it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def build(deny: str = DENY_ALL, *, main: str = MAIN, **options: Any) -> WasmEngine:
        pack = write_pack(tmp_path / "pack", deny, main=main)
        return WasmEngine(pack, wasm=build_wasm(pack, need_tool("opa"), tmp_path / "policy.wasm"), **options)

    return build


def denied(engine: WasmEngine, facts: dict[str, Any]) -> list[object]:
    """Return the resources that are denied."""
    (result,) = engine.evaluate(json.dumps(facts).encode())
    return [finding["resource"] for finding in result["deny"]]


def rule(condition: str) -> str:
    """Return a `deny` about every connection `c` under a condition."""
    return f'deny contains {{"msg": "m", "control": id, "resource": c.id}} if {{\n\tsome c in input.connections\n\t{condition}\n}}\n'


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb", "a\x01b", "ü😀", "\u2028"])
def test_names_are_not_damaged(compile_pack: Compile, name: str) -> None:
    """What goes in as JSON comes back as it was."""
    assert [name] == denied(compile_pack(), {"connections": [{"id": name}]})


def test_numbers_are_not_damaged(compile_pack: Compile) -> None:
    """Beyond 64 bits numbers are still compared exactly."""
    engine = compile_pack(rule("c.n == 18446744073709551617"))
    assert ["b"] == denied(engine, {"connections": [{"id": "a", "n": 2**64}, {"id": "b", "n": 2**64 + 1}]})


def test_an_undefined_entrypoint_is_an_error(compile_pack: Compile) -> None:
    """`main` that answers nothing is not `main` that finds nothing."""
    engine = compile_pack(main="package s2sguard.main\n\nresults := {1} if input.never\n")
    with pytest.raises(EngineError, match="engine wasm gave no results"):
        engine.evaluate(json.dumps(FACTS).encode())


def test_an_engine_works_after_a_trap(compile_pack: Compile) -> None:
    """A conflict stops one evaluation with OPA's own words, and the next one has a new instance."""
    engine = compile_pack(rule("p == 1") + "p := 1 if input.connections\n\np := 2 if input.bad\n")
    assert ["a"] == denied(engine, FACTS)
    for _ in range(3):
        with pytest.raises(EngineError, match=r"engine wasm stopped: s2sguard/controls/tst/one/one\.rego:\d+:\d+: var assignment conflict"):
            denied(engine, FACTS | {"bad": 1})
        assert ["a"] == denied(engine, FACTS)


def test_an_evaluation_ends_at_the_deadline(compile_pack: Compile) -> None:
    """An endless evaluation is interrupted, and the engine still works afterwards."""
    engine = compile_pack(rule(SLOW), deadline=0.3)
    started = time.monotonic()
    with pytest.raises(EngineError, match=r"did not finish within 0\.3 s"):
        denied(engine, FACTS | {"n": 1_000_000})
    assert time.monotonic() - started < 5
    assert ["a"] == denied(engine, FACTS | {"n": 2})


def test_a_deadline_that_was_kept_interrupts_nothing_later(compile_pack: Compile) -> None:
    """Each evaluation has its own time."""
    engine = compile_pack(deadline=0.2)
    for _ in range(6):
        assert ["a"] == denied(engine, FACTS)
        time.sleep(0.05)


def test_memory_is_limited(compile_pack: Compile) -> None:
    """A document that does not fit is an error, and a smaller one still works."""
    engine = compile_pack(memory_limit=16 << 20)
    large = {"connections": [{"id": f"{index:0100}"} for index in range(300_000)]}
    with pytest.raises(EngineError, match="engine wasm failed"):
        denied(engine, large)
    assert ["a"] == denied(engine, FACTS)


def test_memory_is_given_back_after_a_large_document(compile_pack: Compile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory of an instance never shrinks, so a swollen one is replaced."""
    monkeypatch.setattr("s2sguard.evaluate.wasm.RECYCLE_ABOVE", 9 << 20)
    engine = compile_pack()
    assert 40_000 == len(denied(engine, {"connections": [{"id": f"{index:0100}"} for index in range(40_000)]}))
    assert engine._instance is None
    assert ["a"] == denied(engine, FACTS)
    assert engine._instance is not None


def test_memory_does_not_grow_with_the_number_of_documents(compile_pack: Compile) -> None:
    """The heap is used again from its start."""
    engine = compile_pack()
    sizes = set()
    for _ in range(200):
        denied(engine, {"connections": [{"id": str(index)} for index in range(500)]})
        assert engine._instance is not None
        sizes.add(engine._instance.memory_size())
    assert 1 == len(sizes)


def test_a_builtin_the_host_would_have_to_offer_is_refused(compile_pack: Compile) -> None:
    """The module says what it needs, and is not loaded without it."""
    with pytest.raises(PackError, match="engine wasm has no function `sprintf`"):
        compile_pack(rule('sprintf("%s", [c.id]) == "a"'))


def test_a_builtin_with_effects_is_not_compiled(compile_pack: Compile) -> None:
    """Policies may not reach out, whatever the engine."""
    with pytest.raises(PackError, match=r"one\.rego:19:2: policies may not call `http\.send`"):
        compile_pack(rule('http.send({"url": c.id}).status_code == 200'))


def test_what_opa_refuses_is_a_clear_error(compile_pack: Compile) -> None:
    """OPA's first line names the place."""
    with pytest.raises(PackError, match=r"opa cannot compile the policy pack: .*one\.rego:19: rego_unsafe_var_error"):
        compile_pack(rule("undefined_variable == 1"))


@pytest.fixture
def copy(compiled: Path, tmp_path: Path) -> Path:
    """Return a copy of the compiled shipped pack that a test may damage."""
    for path in (compiled, about_path(compiled)):
        shutil.copy(path, tmp_path)
    return tmp_path / compiled.name


def change(wasm: Path, **values: object) -> None:
    """Change the description of a compiled pack."""
    about = json.loads(about_path(wasm).read_bytes())
    about_path(wasm).write_text(json.dumps(about | values), encoding="utf-8")


def test_the_compiled_pack_says_what_it_is(copy: Path) -> None:
    """Digest of the sources, version of OPA and digest of the module lie beside it."""
    about = json.loads(about_path(copy).read_bytes())
    assert {"digest", "opa", "wasm"} == about.keys()
    assert (load_pack().digest, True) == (about["digest"], about["opa"][0].isdigit())


@pytest.mark.parametrize("damage", ["other sources", "other module", "no description", "no JSON", "a list"])
def test_a_compiled_pack_of_something_else_is_refused(copy: Path, damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By name it is an error; `auto` takes regopy."""
    match damage:
        case "other sources":
            change(copy, digest="0" * 64)
        case "other module":
            copy.write_bytes(copy.read_bytes() + b"\0")
        case "no description":
            about_path(copy).unlink()
        case "no JSON":
            about_path(copy).write_text('{"digest":', encoding="utf-8")
        case _:
            about_path(copy).write_text("[]", encoding="utf-8")
    monkeypatch.setenv("S2SGUARD_WASM", str(copy))
    with pytest.raises(PackError, match="compiled policy pack"):
        open_engine("wasm")
    engine = open_engine("auto")
    assert "regopy" == engine.info.name
    engine.close()


@pytest.mark.usefixtures("wasm_home")
def test_auto_takes_the_compiled_pack() -> None:
    """Where it belongs to the sources it is the default."""
    engine = open_engine()
    assert "wasm" == engine.info.name
    engine.close()


@pytest.mark.usefixtures("wasm_home")
def test_auto_without_wasmtime_is_regopy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiled pack alone is not enough; asked for by name it is a clear error."""
    monkeypatch.setitem(sys.modules, "wasmtime", None)
    engine = open_engine()
    assert "regopy" == engine.info.name
    engine.close()
    with pytest.raises(EngineError, match="needs wasmtime, which is not installed"):
        open_engine("wasm")


def test_what_is_no_webassembly_is_refused(tmp_path: Path) -> None:
    """Even with a right description."""
    import hashlib

    pack: Pack = write_pack(tmp_path / "pack")
    wasm = tmp_path / "policy.wasm"
    wasm.write_bytes(b"not wasm")
    about = {"digest": pack.digest, "wasm": hashlib.sha256(b"not wasm").hexdigest()}
    about_path(wasm).write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(PackError, match="not valid WebAssembly"):
        WasmEngine(pack, wasm=wasm)


def test_the_second_run_starts_from_the_cache(compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Machine code is kept, used again, and made anew when it is damaged."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    pack = load_pack()
    WasmEngine(pack, wasm=compiled)
    (entry,) = (tmp_path / "s2sguard" / "wasm").iterdir()
    first = entry.stat().st_mtime_ns
    WasmEngine(pack, wasm=compiled)
    assert first == entry.stat().st_mtime_ns
    entry.write_bytes(b"x" * 1000)
    WasmEngine(pack, wasm=compiled)
    assert entry.stat().st_size > 1000


def test_machine_code_of_another_wasmtime_is_compiled_anew(compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What wasmtime refuses from the cache is not an error."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("s2sguard.evaluate.wasm_cache.load", lambda _: b"no machine code")
    WasmEngine(load_pack(), wasm=compiled)


def test_the_same_sources_give_the_same_bytes(compiled: Path, tmp_path: Path, need_tool: Callable[[str], Path]) -> None:
    """A build can be repeated, whatever folder it runs in."""
    assert compiled.read_bytes() == build_wasm(load_pack(), need_tool("opa"), tmp_path / "deep" / "policy.wasm").read_bytes()


def test_the_build_command(tmp_path: Path, need_tool: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    """It prints where the result lies, and that result belongs to the pack."""
    out = tmp_path / "policy.wasm"
    assert 0 == main(["--opa", str(need_tool("opa")), "--out", str(out)])
    assert f"{out}\n" == capsys.readouterr().out
    assert read_wasm(load_pack(), out).startswith(b"\0asm")


def test_the_build_command_without_opa(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A clear line and exit code 3, no traceback."""
    assert 3 == main(["--opa", str(tmp_path / "absent"), "--out", str(tmp_path / "policy.wasm")])
    assert capsys.readouterr().err.startswith("error: ")


def test_the_compiled_pack_disturbs_nobody_in_the_pack(copy: Path, tmp_path: Path, need_tool: Callable[[str], Path]) -> None:
    """OPA still loads a pack folder in which it lies, as a wheel has it."""
    folder = tmp_path / "pack"
    shutil.copytree(load_pack().root, folder)
    for path in (copy, about_path(copy)):
        shutil.copy(path, folder)
    command = [
        str(need_tool("opa")),
        "eval",
        "-b",
        str(folder),
        "-f",
        "raw",
        "count([one | some one in data.s2sguard.main.results; one.control != `S2S-DOC-001`])",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (str(len(load_pack().controls)), "") == (done.stdout.strip(), done.stderr)
    assert is_available(load_pack(folder))
