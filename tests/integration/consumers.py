"""Who takes our policies and facts: conftest and OPA as other people run them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from s2sguard.cli import main
from s2sguard.evaluate.opa_server import _free_port
from s2sguard.evaluate.pack import pack_path

ROOT = Path(__file__).resolve().parents[2]
TODAY = "2026-11-24"
STAGES = sorted(path.name for path in (ROOT / "samples" / "lab").glob("stage-*"))
# Every format of conftest, and what stands in it where something fails.
FORMATS = {
    "stdout": "FAIL - ",
    "json": '"failures"',
    "tap": "not ok ",
    "table": "│ failure │",
    "junit": "<failure ",
    "github": "::error file=",
    "azuredevops": "##vso[task.logissue type=error]",
    "sarif": '"level":"error"',
}
Pair = tuple[str, str]
"""Control and resource."""


def lab(stage: int, form: str = "arm.json") -> Path:
    """Return a file of the lab's stage 1 to 5."""
    return ROOT / "samples" / "lab" / STAGES[stage - 1] / form


def written(folder: Path, *arguments: str | Path) -> tuple[int, str]:
    """Run our command with `--output`, and return its exit code and what it wrote."""
    out = folder / "out.json"
    out.unlink(missing_ok=True)
    code = main([*map(str, arguments), "--today", TODAY, "--output", str(out)])
    return code, out.read_text(encoding="utf-8") if out.exists() else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conftest:
    """One release of conftest with a home of its own."""

    binary: Path
    home: Path
    propagates: bool
    """It passes a plugin's exit code on; before, only success and failure were told apart."""

    def run(
        self, *arguments: str | Path, stdin: str = "", folder: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in `folder`."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONFTEST_", "S2SGUARD_", "XDG_"))}
        path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
        variables = kept | {"HOME": str(self.home), "XDG_DATA_HOME": str(self.home), "PATH": path, "PYTHONWARNINGS": "error"} | environment
        command = [str(self.binary), *map(str, arguments)]
        return subprocess.run(command, cwd=folder or self.home, env=variables, input=stdin, capture_output=True, text=True, check=False)

    def test(self, facts: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Let it judge a document the way the README says, without our plugin."""
        return self.run("test", "--parser", "json", "--all-namespaces", "-p", pack_path(), *arguments, "-", stdin=facts)

    def code(self, ours: int) -> int:
        """Return what becomes of a plugin's exit code."""
        return ours if self.propagates or not ours else 1


def results(output: str, kind: str) -> list[dict[str, Any]]:
    """Return all `failures` or `warnings` of conftest's JSON output."""
    return [result for check in json.loads(output) for result in check.get(kind) or []]


def pairs(found: Sequence[dict[str, Any]]) -> list[Pair]:
    """Return control and resource of conftest's results, sorted, repetitions kept."""
    return sorted((result["metadata"]["control"], result["metadata"]["resource"]) for result in found)


@contextmanager
def serving(binary: Path, *options: str) -> Iterator[str]:
    """Run an OPA server as an administrator would, and give its address."""
    address = f"127.0.0.1:{_free_port()}"
    command = [str(binary), "run", "--server", "--log-level=error", "--skip-version-check", f"--addr={address}", *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(200):
                try:
                    urlopen(f"http://{address}/health?bundles", timeout=1).close()
                    break
                except HTTPError as error:
                    error.close()
                    if error.code == 401:
                        break
                    time.sleep(0.05)
                except OSError:
                    time.sleep(0.05)
            yield f"http://{address}"
        finally:
            process.kill()


def ask(url: str, path: str, given: object | None = None) -> Any:  # noqa: ANN401 - JSON
    """Ask a server for `data/<path>` with an input and return the result, None where there is none."""
    body = b"{}" if given is None else json.dumps({"input": given}).encode()
    request = Request(f"{url}/v1/data/{path}", data=body, headers={"Content-Type": "application/json"}, method="POST")  # noqa: S310 - loopback
    with urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
        return json.load(answer).get("result")
