"""The image, without Docker: its context is enough to build the wheel, and the command runs as the image would run it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.story import ROOT
from tests.integration.test_wheel import build, unpacked

FOLDER = ROOT / "samples" / "pipeline" / "docker"
TEXT = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
INSTRUCTIONS = [
    (name, rest)
    for name, _, rest in (line.partition(" ") for line in re.sub(r"\\\n\s*", "", TEXT).splitlines())
    if name and not name.startswith("#")
]
IGNORED = [line for line in (FOLDER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
NO_NETWORK = """\
import socket
def refused(*arguments): raise OSError("there is no network in the container")
socket.socket.connect = socket.getaddrinfo = refused
"""


def copies() -> list[tuple[list[str], str]]:
    """Return what is copied from the context: sources and where they go."""
    found = [rest.split() for name, rest in INSTRUCTIONS if name == "COPY" and not rest.startswith("--from=")]
    return [(words[:-1], words[-1]) for words in found]


def stages() -> list[list[tuple[str, str]]]:
    """Return the instructions of each stage, its FROM first."""
    found: list[list[tuple[str, str]]] = []
    for name, rest in INSTRUCTIONS:
        if name == "FROM":
            found.append([])
        found[-1].append((name, rest))
    return found


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the source folder of the build stage: what is copied, less what is ignored, at the place it is copied to."""
    folder = tmp_path_factory.mktemp("src")
    for sources, target in copies():
        for source in sources:
            place = folder / target / Path(source).name if target.endswith("/") else folder / target
            place.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
            else:
                shutil.copy(ROOT / source, place)
    return folder


def test_the_context_holds_what_is_copied_and_nothing_else() -> None:
    """Everything is ignored but what the Dockerfile copies, and all of that is in the repository."""
    sources = [source for words, _ in copies() for source in words]
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert IGNORED[0] == "*"
    assert sorted(line[1:] for line in IGNORED if line.startswith("!")) == sorted(sources)


def test_the_image_is_small_and_nobody_runs_it() -> None:
    """The last stage takes one folder of the build and no tool, its user is a number other than 0, and its command is ours."""
    opa, made, last = stages()
    names = [name for name, _ in last]
    assert names == ["FROM", "COPY", "ENV", "USER", "WORKDIR", "ENTRYPOINT", "CMD"]
    found = dict(last)
    assert found["COPY"] == "--from=build /opt/s2sguard /opt/s2sguard"
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", found["USER"])
    assert json.loads(found["ENTRYPOINT"]) == ["s2sguard"]
    assert found["FROM"] == made[0][1].removesuffix(" AS build")
    assert opa[0][1].startswith("openpolicyagent/opa:")


def test_opa_is_the_pinned_one() -> None:
    """The compiler of the policies in the image has the version of the one list of pins."""
    pinned = re.search(r"^opa v(\S+) ", (ROOT / ".ci/tools/versions").read_text(encoding="utf-8"), re.MULTILINE)
    assert pinned is not None
    assert f"FROM openpolicyagent/opa:{pinned[1]}-static AS opa\n" in TEXT


def test_dependencies_are_the_tested_ones() -> None:
    """The image installs the wheel held to the versions that CI runs with."""
    (install,) = (rest for name, rest in INSTRUCTIONS if name == "RUN")
    assert '--constraint .ci/constraints.txt "$(ls /wheels/*.whl)$EXTRAS"' in install


def test_the_command_runs_without_network_or_home(context: Path, need_tool: Callable[[str], Path], tmp_path: Path) -> None:
    """The wheel built from the context alone has the compiled policies, and judges a mounted folder with no network, home or cache."""
    wheel = build(context, "wheel", tmp_path, opa=str(need_tool("opa")))
    site = unpacked(wheel, tmp_path / "site")
    (site / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    work = tmp_path / "work"
    shutil.copytree(ROOT / "samples/pipeline/fixed/plan", work)
    path = os.pathsep.join([str(site), sysconfig.get_paths()["purelib"]])
    variables = {"PATH": "/usr/bin:/bin", "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "HOME": os.devnull}
    command = [sys.executable, "-S", "-c", "import sitecustomize; from s2sguard.cli import main; raise SystemExit(main())"]
    arguments = ["scan", ".", "--fail-on-unknown", "--fail-on-gap", "--format", "json"]
    done = subprocess.run([*command, *arguments], cwd=work, env=variables, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["run"]["engine"]["name"] == "wasm"
    assert [path.name for path in work.iterdir()] == ["tfplan.json"]
