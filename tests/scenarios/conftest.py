"""Scenarios run the whole product on the engines as they are."""

from tests.integration.conftest import compiled, opa_home, wasm_home

__all__ = ["compiled", "opa_home", "wasm_home"]
