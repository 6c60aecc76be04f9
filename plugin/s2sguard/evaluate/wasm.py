"""The pack compiled by OPA to WebAssembly, in this process, by wasmtime: the fast engine, and the only embedded one with a real time-out.

The calling convention is OPA's WebAssembly ABI 1.2 (openpolicyagent.org/docs/wasm): write JSON at the heap pointer,
call `opa_eval` once, read a C string. No host built-in is offered: a pack that needs one is refused when it is loaded.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from s2sguard.errors import EngineError, PackError
from s2sguard.evaluate import wasm_cache
from s2sguard.evaluate.interface import ControlResult, EngineInfo
from s2sguard.evaluate.pack import ENTRYPOINT, Pack, checkout
from s2sguard.evaluate.results import checked, parse_json, parse_results
from s2sguard.evaluate.wasm_instance import Instance

if TYPE_CHECKING:
    import wasmtime

NAME: Final = "wasm"
MEMORY_LIMIT: Final = 1 << 30
"""Bytes one instance may use: a chunk of 300 connections takes a few MB."""
RECYCLE_ABOVE: Final = 128 << 20
"""Bytes from which an instance is replaced after use, since its memory never shrinks."""


class WasmEngine:
    """One compiled pack, one instance of it, for one thread."""

    # 0.16 ms a connection up to 100, 0.20 at 600: a set of findings costs more than its size.
    chunk_size = 100

    def __init__(self, pack: Pack, *, deadline: float = 60.0, wasm: Path | None = None, memory_limit: int = MEMORY_LIMIT) -> None:
        """Load the compiled pack (default: the one `find_wasm` finds).

        `deadline` is in seconds per document, `memory_limit` in bytes.
        Raise `EngineError` when wasmtime or the compiled pack is absent, and `PackError` when it was compiled from other sources.
        """
        path = wasm or find_wasm(pack)
        if path is None:
            raise EngineError("there is no compiled policy pack", hint="run `make build`, or use --engine regopy or opa")
        content = read_wasm(pack, path)
        self._wasmtime: Any = _import_wasmtime()
        self._deadline = deadline
        self._memory_limit = memory_limit
        self._engine = self._wasmtime.Engine(self._config())
        self._module = self._compile(content)
        self._instance: Instance | None = self._instantiate()

    @property
    def info(self) -> EngineInfo:
        """Name, and the version of wasmtime."""
        return EngineInfo(name=NAME, version=_version())

    def evaluate(self, document: bytes) -> list[ControlResult]:
        """Judge one facts document; raise `EngineError` for anything but a complete answer in time.

        After a failure the instance is thrown away: a trap can leave it in any state.
        """
        text = checked(document, NAME)
        # Taken out first, so that nothing but a success puts an instance back.
        instance, self._instance = self._instance or self._instantiate(), None
        try:
            with self._time_limit(instance):
                answer = instance.evaluate(text)
        except (self._wasmtime.WasmtimeError, self._wasmtime.Trap) as error:
            raise self._failed(error) from error
        if instance.memory_size() <= RECYCLE_ABOVE:
            self._instance = instance
        match parse_json(answer, NAME):
            case [{"result": results}]:
                return parse_results(results, NAME)
        raise EngineError("engine wasm gave no results", hint="the policy pack answers undefined; rebuild it with `make build`")

    def close(self) -> None:
        """Release the instance and its memory."""
        self._instance = None

    def _config(self) -> wasmtime.Config:
        config: wasmtime.Config = self._wasmtime.Config()
        config.epoch_interruption = True
        return config

    def _compile(self, content: bytes) -> wasmtime.Module:
        environment = f"{_version()} {platform.machine()} epoch"
        key = hashlib.sha256(hashlib.sha256(content).digest() + environment.encode()).hexdigest()
        cached = wasm_cache.load(key)
        module: wasmtime.Module
        if cached is not None:
            # The cache may come from another kind of processor that shares this home.
            with suppress(self._wasmtime.WasmtimeError):
                module = self._wasmtime.Module.deserialize(self._engine, cached)
                return module
        try:
            module = self._wasmtime.Module(self._engine, content)
        except self._wasmtime.WasmtimeError as error:
            raise PackError("the compiled policy pack is not valid WebAssembly", hint="run `make build`") from error
        wasm_cache.store(key, bytes(module.serialize()))
        return module

    def _instantiate(self) -> Instance:
        try:
            instance = Instance(self._wasmtime, self._engine, self._module, self._memory_limit)
        except (self._wasmtime.WasmtimeError, self._wasmtime.Trap) as error:
            raise self._failed(error) from error
        missing = sorted(instance.builtins())
        if missing:
            names = ", ".join(f"`{name}`" for name in missing)
            raise PackError(f"engine wasm has no function {names}", hint="use what every engine has, or --engine opa")
        if ENTRYPOINT not in instance.entrypoints():
            raise PackError(f"the compiled policy pack has no entrypoint {ENTRYPOINT}", hint="run `make build`")
        instance.select(ENTRYPOINT)
        return instance

    @contextmanager
    def _time_limit(self, instance: Instance) -> Iterator[None]:
        """Interrupt the evaluation inside when the deadline has passed."""
        instance.arm()
        timer = threading.Timer(self._deadline, self._engine.increment_epoch)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            # A timer that fires late would interrupt the next evaluation.
            timer.join()

    def _failed(self, error: Exception) -> EngineError:
        code = getattr(error, "trap_code", None)
        if code is not None and code == self._wasmtime.TrapCode.INTERRUPT:
            return EngineError(f"engine wasm did not finish within {self._deadline:g} s", hint="raise the deadline, or use smaller inputs")
        # OPA's abort text holds a place in the policy; a trap holds none. Neither quotes the input.
        return EngineError("engine wasm failed on the facts", hint="use --engine opa, which says why")


def _import_wasmtime() -> ModuleType:
    try:
        import wasmtime
    except (ImportError, OSError) as error:
        raise EngineError("engine wasm needs wasmtime, which is not installed", hint="pip install wasmtime") from error
    return wasmtime


def find_wasm(pack: Pack) -> Path | None:
    """Return the compiled pack that belongs to `pack`, or None: `S2SGUARD_WASM`, else in the pack, else the checkout's `build/`."""
    named = os.environ.get("S2SGUARD_WASM")
    if named:
        return Path(named)
    repository = checkout()
    built = [repository / "build" / "policy.wasm"] if repository else []
    return next((path for path in (pack.root / "policy.wasm", *built) if path.is_file()), None)


def about_path(wasm: Path) -> Path:
    """Return where the description of a compiled pack lies: beside it."""
    return wasm.with_name(wasm.name + ".json")


def read_wasm(pack: Pack, path: Path) -> bytes:
    """Return the compiled pack in `path`; raise `PackError` unless it was compiled from exactly the sources of `pack`."""
    try:
        content = path.read_bytes()
        about = json.loads(about_path(path).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise PackError("the compiled policy pack, or its description, cannot be read", hint="run `make build`") from error
    if not isinstance(about, dict) or about.get("wasm") != hashlib.sha256(content).hexdigest():
        raise PackError("the compiled policy pack does not match its description", hint="run `make build`")
    if about.get("digest") != pack.digest:
        raise PackError("the compiled policy pack was built from other sources", hint="run `make build`")
    return content


def _version() -> str:
    from importlib.metadata import version

    return version("wasmtime")


def is_available(pack: Pack) -> bool:
    """Say whether this engine can be opened for `pack`: wasmtime is installed and the compiled pack belongs to it."""
    path = find_wasm(pack)
    if path is None:
        return False
    try:
        read_wasm(pack, path)
        _import_wasmtime()
    except (EngineError, PackError):
        return False
    return True
