"""The engines as they are: OPA, wasmtime and rego-cpp, each with the shipped pack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from s2sguard.evaluate.pack import load_pack
from s2sguard.evaluate.wasm_build import build_wasm
from tests.integration.consumers import Conftest


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory, need_tool: Callable[[str], Path]) -> Path:
    """Return the shipped pack, compiled now."""
    return build_wasm(load_pack(), need_tool("opa"), tmp_path_factory.mktemp("wasm") / "policy.wasm")


@pytest.fixture
def wasm_home(compiled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let engine wasm find the compiled pack, and keep its cache in a fresh folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("S2SGUARD_WASM", str(compiled))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def opa_home(need_tool: Callable[[str], Path]) -> Iterator[Path]:
    """Let engine opa use the tools' program."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("S2SGUARD_OPA", str(need_tool("opa")))
        yield need_tool("opa")


@pytest.fixture(params=["conftest", "conftest-before"])
def conftest(request: pytest.FixtureRequest, need_tool: Callable[[str], Path], tmp_path: Path) -> Conftest:
    """Return each of two releases: the pinned one, and the last that loses exit codes of plugins."""
    home = tmp_path / "home"
    home.mkdir()
    return Conftest(binary=need_tool(request.param), home=home, propagates=request.param == "conftest")


@pytest.fixture
def newest(need_tool: Callable[[str], Path], tmp_path: Path) -> Conftest:
    """Return the pinned release of conftest."""
    home = tmp_path / "home"
    home.mkdir()
    return Conftest(binary=need_tool("conftest"), home=home, propagates=True)
