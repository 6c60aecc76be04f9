"""What every test may use, and what no test may do: be skipped unseen in CI, or reach the network."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import regopy  # noqa: F401  # before Playwright's C++ runtime, or a worker grows to gigabytes (evaluate/regopy.py)
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI") == "true"

# Time limits for single examples would fail on a busy machine; in CI a red run must be red again.
settings.register_profile("s2sguard", deadline=None, derandomize=IN_CI)
settings.load_profile("s2sguard")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the repository's folder."""
    return ROOT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real inputs, `$S2SGUARD_CORPUS` or `../shared/corpus`; skip where there is none."""
    folder = Path(os.environ.get("S2SGUARD_CORPUS") or ROOT.parent / "shared" / "corpus")
    if not folder.is_dir():
        pytest.skip("the corpus is not here: set S2SGUARD_CORPUS to its folder")
    return folder


@pytest.fixture(scope="session")
def need_tool() -> Callable[[str], Path]:
    """Return a function from a tool's name (`opa`, `regal`, `conftest`) to its program; it skips where there is none."""

    def find(name: str) -> Path:
        built = ROOT / ".tools" / "bin" / name
        found = str(built) if built.exists() else shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is not built: install Go and run `make tools`")
        return Path(found)

    return find


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - each family has its own kind of address
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(str(address[0])):
            raise OSError("a test tried to reach the network")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _is_here(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests of the corpus be skipped anywhere: it is not part of the repository. Measure coverage by examples, not at random.

    A property runs the same lines hundreds of times, four times slower where they are counted, and what it happens to reach
    is no sign that anybody thought of it.
    """
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.no_cover)
        if "corpus" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.may_skip("the corpus is not part of the repository"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure in CI, unless the test is marked `may_skip`."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail") and item.get_closest_marker("may_skip") is None:
        report.outcome = "failed"
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.longrepr = f"{reason}\nIn CI (`CI=true`) nothing is skipped unseen: provide what is missing, or mark the test `may_skip`."
    return report
