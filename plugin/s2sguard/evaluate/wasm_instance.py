"""One instance of a policy compiled by OPA: memory in, memory out (OPA's WebAssembly ABI 1.2)."""

from __future__ import annotations

import json
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, NoReturn

from s2sguard.errors import EngineError, PackError

if TYPE_CHECKING:
    import wasmtime

_PAGE: Final = 65536
_JSON: Final = 0
"""The result format of `opa_eval` that is JSON text."""
_ABI: Final = (1, 2)
"""Major version, and the minor one since which `opa_eval` exists."""
_CHUNK: Final = 1 << 16
_FIRST: Final = 8 << 20
"""Bytes a new instance starts with: several times what the compiled pack's constants take."""


class Instance:
    """A policy ready to evaluate. The caller throws it away after any exception."""

    def __init__(self, runtime: ModuleType, engine: wasmtime.Engine, module: wasmtime.Module, memory_limit: int) -> None:
        """Instantiate `module` with at most `memory_limit` bytes of memory."""
        self._runtime: Any = runtime
        self._store = self._runtime.Store(engine)
        self._store.set_limits(memory_size=memory_limit)
        self.arm()
        linker = self._linker(engine, module)
        self._exports: Any = linker.instantiate(self._store, module).exports(self._store)
        self._check_abi()
        self._data = self._write_data()
        self._heap = self._call("opa_heap_ptr_get")
        self._entrypoint = -1

    def builtins(self) -> dict[str, int]:
        """Return the functions the policy expects from its host."""
        return self._names("builtins")

    def entrypoints(self) -> dict[str, int]:
        """Return the rules that can be evaluated, such as `s2sguard/main/results`."""
        return self._names("entrypoints")

    def select(self, entrypoint: str) -> None:
        """Choose the rule `evaluate` answers; it must be one of `entrypoints`."""
        self._entrypoint = self.entrypoints()[entrypoint]
        self._heap = self._call("opa_heap_ptr_get")

    def arm(self) -> None:
        """Let the next tick of the engine's epoch interrupt this instance, and no earlier one."""
        self._store.set_epoch_deadline(1)

    def evaluate(self, document: bytes) -> bytes:
        """Return the JSON text of the result set for valid JSON input; an undefined rule gives `[]`.

        Raise `EngineError` with OPA's own text when the policy aborts; wasmtime's errors pass through.
        """
        self._grow(self._heap + len(document))
        self._memory.write(self._store, document, self._heap)
        end = self._heap + len(document)
        address = self._call("opa_eval", 0, self._entrypoint, self._data, self._heap, len(document), end, _JSON)
        if address == 0:
            raise EngineError("engine wasm gave no results", hint="the policy pack answers undefined; rebuild it with `make build`")
        return self._read(address)

    def memory_size(self) -> int:
        """Return the bytes of memory in use; they never become fewer."""
        return int(self._memory.data_len(self._store))

    def _linker(self, engine: wasmtime.Engine, module: wasmtime.Module) -> wasmtime.Linker:
        linker: wasmtime.Linker = self._runtime.Linker(engine)
        for wanted in module.imports:
            if wanted.name == "memory":
                self._memory = self._runtime.Memory(self._store, wanted.type)
                # The declared minimum does not cover the policy's own data segments.
                self._grow(_FIRST)
                linker.define(self._store, "env", "memory", self._memory)
            elif wanted.name == "opa_abort":
                linker.define(self._store, "env", "opa_abort", self._runtime.Func(self._store, wanted.type, self._abort))
            else:
                linker.define(self._store, "env", wanted.name or "", self._runtime.Func(self._store, wanted.type, _no_builtin))
        return linker

    def _check_abi(self) -> None:
        version = tuple(self._exports[name].value(self._store) for name in ("opa_wasm_abi_version", "opa_wasm_abi_minor_version"))
        if version[0] != _ABI[0] or version < _ABI:
            raise PackError("the compiled policy pack has another binary interface", hint="run `make build` with the pinned version of opa")

    def _write_data(self) -> int:
        address = self._call("opa_malloc", 2)
        self._memory.write(self._store, b"{}", address)
        return self._call("opa_json_parse", address, 2)

    def _names(self, export: str) -> dict[str, int]:
        names: dict[str, int] = json.loads(self._read(self._call("opa_json_dump", self._call(export))))
        return names

    def _call(self, export: str, *arguments: int) -> int:
        return int(self._exports[export](self._store, *arguments))

    def _grow(self, size: int) -> None:
        pages = -(-(size - self.memory_size()) // _PAGE)
        if pages > 0:
            self._memory.grow(self._store, pages)

    def _read(self, address: int) -> bytes:
        """Return the C string at `address`, never reading beyond the memory."""
        parts = bytearray()
        size = self.memory_size()
        while address < size:
            part = self._memory.read(self._store, address, min(address + _CHUNK, size))
            end = part.find(b"\0")
            if end >= 0:
                return bytes(parts + part[:end])
            parts += part
            address += len(part)
        raise EngineError("engine wasm gave an answer without an end", hint="run `make build`")

    def _abort(self, address: int) -> NoReturn:
        text = self._read(address).decode(errors="replace")
        raise EngineError(f"engine wasm stopped: {text[:300]}", hint="this is a defect of the policy pack; use --engine opa to compare")


def _no_builtin(*_: int) -> NoReturn:
    raise EngineError("engine wasm offers no built-in functions", hint="use --engine opa")
