"""Every command of the README that is marked `<!-- run with conftest -->` works with the pinned conftest and OPA, with our plugin in it."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from s2sguard.cli.conftest_plugin import plugin_path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MARKED = re.compile(r"^<!-- run with conftest(?: exit=(\d))? -->\n```(console|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("code", "kind", "body"), MARKED.findall(README))
def test_conftest_and_opa_commands_work(code: str, kind: str, body: str, need_tool: Callable[[str], Path], tmp_path: Path) -> None:
    """A shown output is what is printed; a block of commands runs through."""
    tools = {str(need_tool(name).parent) for name in ("conftest", "opa")}
    path = os.pathsep.join([str(Path(sys.executable).parent), *tools, os.environ["PATH"]])
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("S2SGUARD_", "CONFTEST_", "XDG_"))}
    environment |= {"PATH": path, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "TMPDIR": str(tmp_path), "NO_COLOR": "1"}
    subprocess.run(["conftest", "plugin", "install", plugin_path()], env=environment, check=True)  # noqa: S607 - on the path above
    line, _, output = body.removeprefix("$ ").partition("\n") if kind == "console" else (f"set -e\n{body}", "", "...")
    done = subprocess.run(["/bin/sh", "-c", line], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (int(code or 0), "")
    # conftest prints packages in any order, so what is shown after `...` may as well come first.
    printed = f"\n{done.stdout}" if output.startswith("...\n") else done.stdout
    assert doctest.OutputChecker().check_output(output, printed, doctest.ELLIPSIS), done.stdout
