"""JSON facts in, verdicts out: the engines, the policy pack, and what joins the answers.

Nothing heavy is imported here; an engine is imported when it is opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias, get_args

from s2sguard.errors import UsageError
from s2sguard.evaluate import canary
from s2sguard.evaluate.chunks import chunks, evaluate_all
from s2sguard.evaluate.interface import ControlResult, Engine, EngineInfo
from s2sguard.evaluate.join import judge
from s2sguard.evaluate.pack import Pack, load_pack, pack_path
from s2sguard.evaluate.schema import validate

__all__ = [
    "ControlResult",
    "Engine",
    "EngineInfo",
    "EngineName",
    "Pack",
    "chunks",
    "evaluate_all",
    "judge",
    "load_pack",
    "open_engine",
    "pack_path",
    "validate",
]

EngineName: TypeAlias = Literal["auto", "opa", "wasm", "regopy"]


def open_engine(name: EngineName = "auto", *, opa_url: str | None = None, deadline: float = 60.0, pack: Path | None = None) -> Engine:
    """Return an engine that has the pack loaded and has passed its self-test; the caller closes it.

    `auto` is wasm when wasmtime and a compiled pack of exactly these sources are there, else regopy; `opa_url` alone means opa.
    `deadline` is in seconds per document (regopy has a cap on statements instead).
    Raise `PackError`, `EngineError` or `UsageError` when that is not possible.
    """
    if opa_url is not None and name not in {"auto", "opa"}:
        raise UsageError("--opa-url is for engine opa only", hint="drop --opa-url, or use --engine opa")
    if name not in get_args(EngineName):
        raise UsageError("there is no such engine", hint=f"use one of {', '.join(get_args(EngineName))}")
    loaded = load_pack(pack)
    engine = _open(name, opa_url, deadline, loaded)
    try:
        canary.check(engine, loaded.controls)
    except BaseException:
        engine.close()
        raise
    return engine


def _open(name: EngineName, opa_url: str | None, deadline: float, pack: Pack) -> Engine:
    # Each engine's imports are its own cost.
    if name == "opa" or opa_url is not None:
        from s2sguard.evaluate.opa import OpaEngine

        return OpaEngine(pack, deadline=deadline, url=opa_url)
    if name == "wasm" or (name == "auto" and _has_wasm(pack)):
        from s2sguard.evaluate.wasm import WasmEngine

        return WasmEngine(pack, deadline=deadline)
    from s2sguard.evaluate.regopy import RegopyEngine

    return RegopyEngine(pack)


def _has_wasm(pack: Pack) -> bool:
    from s2sguard.evaluate.wasm import is_available

    return is_available(pack)
