"""Bicep files through the compiler on the path: whichever it is, and whatever it does."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from s2sguard.collect import bicep, read_inventory
from s2sguard.collect.bicep import compile_bicep, is_bicep
from s2sguard.errors import InputError
from s2sguard.model.inventory import Gap
from tests.unit.collect.arm_template.templates import SCHEMA, a_connection, a_template, strings

TEMPLATE = a_template(
    a_connection("[parameters('title')]", connectionMode="[parameters('mode')]"), parameters=strings("title", mode="Default")
)
PARAMETERS = {
    "$schema": SCHEMA.replace("Template", "Parameters"),
    "contentVersion": "1.0.0.0",
    "parameters": {"title": {"value": "to-red"}, "mode": {"value": "InitiatorOnly"}},
}
BUILT = {"templateJson": json.dumps(TEMPLATE), "parametersJson": json.dumps(PARAMETERS), "templateSpecId": None}
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return a function that puts a fake compiler on the path, which has nothing else; it notes how it is called."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.chdir(tmp_path)

    def put(name: str, output: object = "", *, code: int = 0, errors: str = "", script: str = "", mode: int = 0o755) -> None:
        (tmp_path / f"{name}.out").write_text(output if isinstance(output, str) else json.dumps(output), encoding="utf-8")
        (tmp_path / f"{name}.err").write_text(errors, encoding="utf-8")
        body = script or f'/bin/cat "{tmp_path}/{name}.out"\n/bin/cat "{tmp_path}/{name}.err" >&2\nexit {code}\n'
        target = programs / name
        target.write_text(f'#!/bin/sh\nfor one in "$@"; do echo "$one" >> "{tmp_path}/{name}.calls"; done\n{body}', encoding="utf-8")
        target.chmod(mode)

    return put


def calls(folder: Path, name: str) -> list[str]:
    """Return the arguments a fake compiler got."""
    return (folder / f"{name}.calls").read_text(encoding="utf-8").splitlines()


def refusal(path: str) -> str:
    """Return why a file cannot be compiled."""
    found = compile_bicep(path)
    assert isinstance(found, Gap)
    assert (found.kind, found.source and found.source.file) == ("unreadable-file", path)
    assert "\n" not in found.reason
    return found.reason


@pytest.mark.parametrize(
    ("compiler", "expected"),
    [("bicep", ["build", "--no-restore", "--stdout"]), ("az", ["bicep", "build", "--no-restore", "--stdout", "--file"])],
)
def test_a_file_is_compiled_by_what_is_there(compiler: str, expected: list[str], install: Install, tmp_path: Path) -> None:
    """`bicep` or `az`; neither fetches anything, and the resource is placed in the file that was named."""
    install(compiler, TEMPLATE, errors="WARNING: something unused\n")
    (tmp_path / "main.bicep").write_text("resource c 'x' = {}\n", encoding="utf-8")
    inventory = read_inventory(["main.bicep"])
    assert [(resource.name, resource.source.file) for resource in inventory.resources] == [("{title}", "main.bicep")]
    assert calls(tmp_path, compiler) == [*expected, "main.bicep"]


def test_bicep_itself_comes_first(install: Install, tmp_path: Path) -> None:
    """`az` starts slower, and may ask to install it."""
    install("az", "no")
    install("bicep", TEMPLATE)
    assert compile_bicep("main.bicep") == json.dumps(TEMPLATE).encode()
    assert not (tmp_path / "az.calls").exists()


@pytest.mark.parametrize(("compiler", "action"), [("bicep", ["build-params"]), ("az", ["bicep", "build-params"])])
def test_a_parameter_file_brings_its_template(compiler: str, action: list[str], install: Install, tmp_path: Path) -> None:
    """The values of a `.bicepparam` file are those of the deployment."""
    install(compiler, BUILT)
    (tmp_path / "main.bicepparam").write_text("using 'main.bicep'\n", encoding="utf-8")
    (connection,) = read_inventory(["main.bicepparam"]).resources
    assert (connection.name, connection.properties["connectionMode"]) == ("to-red", "InitiatorOnly")
    assert calls(tmp_path, compiler)[: len(action)] == action


@pytest.mark.parametrize("name", ["-x.bicep", "--stdout.bicep", "-rf.bicepparam"])
def test_a_name_is_never_an_option(name: str, install: Install, tmp_path: Path) -> None:
    """Whoever opens a pull request chooses the names of files."""
    install("bicep", TEMPLATE)
    compile_bicep(name)
    assert calls(tmp_path, "bicep")[-1] == f"./{name}"


def test_a_name_is_never_a_command(install: Install, tmp_path: Path) -> None:
    """Nothing of it reaches a shell."""
    install("bicep", TEMPLATE)
    name = "a; touch gone; $(touch gone) `touch gone`.bicep"
    compile_bicep(name)
    assert calls(tmp_path, "bicep")[-1] == name
    assert not (tmp_path / "gone").exists()


def test_the_first_error_of_the_compiler_is_shown(install: Install) -> None:
    """With file, line and code, without the warnings before it, cut where it is long."""
    lines = [
        "main.bicep(1,7) : Warning no-unused-params: x",
        "main.bicep(3,9) : Error BCP057: The name does not exist. " + "x" * 900,
        "Error 2",
    ]
    install("bicep", code=1, errors="\n".join(lines))
    said = refusal("main.bicep")
    assert "refused it: main.bicep(3,9) : Error BCP057" in said
    assert "Warning" not in said
    assert len(said) < 400


def test_an_error_of_az_is_shown(install: Install) -> None:
    """`az` writes its own word in front."""
    install("az", code=1, errors="ERROR: Bicep CLI not found. Install it now by running `az bicep install`.\n")
    assert "az bicep install" in refusal("main.bicep")


def test_control_characters_of_a_compiler_do_not_reach_the_report(install: Install) -> None:
    """A diagnostic may quote the file it is about."""
    install("bicep", code=1, errors="main.bicep(1,1) : Error BCP018: \x1b[31mred\x07 \x9b5m end\n")
    said = refusal("main.bicep")
    assert said.isprintable()
    assert "BCP018" in said


@pytest.mark.parametrize(("output", "code"), [("", 0), ("  \n", 0), ('{"resources": []}', 3)])
def test_a_compiler_without_a_result_is_a_refusal(output: str, code: int, install: Install) -> None:
    """No output is no template, and a failed one is none either."""
    install("bicep", output, code=code)
    assert refusal("main.bicep") == "the Bicep compiler refused it"


def test_output_that_is_no_template_is_refused(install: Install, tmp_path: Path) -> None:
    """The reader says what it is, for the file that was named."""
    install("bicep", "Build succeeded\n")
    (tmp_path / "main.bicep").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"main\.bicep: not JSON"):
        read_inventory(["main.bicep"])


@pytest.mark.parametrize("script", ["exec /bin/sleep 60\n", "/bin/sleep 60\necho late\n"])
def test_a_compiler_that_does_not_end_is_stopped(script: str, install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all that it started, as `az` does; nobody waits for what holds its output open."""
    monkeypatch.setattr(bicep, "_SECONDS", 0.2)
    install("bicep", script=script)
    started = time.monotonic()
    assert "did not end within" in refusal("main.bicep")
    assert time.monotonic() - started < 30


def test_a_compiler_that_cannot_start_is_a_refusal(install: Install, tmp_path: Path) -> None:
    """Found on the path, and no program of this machine."""
    install("bicep")
    (tmp_path / "bin" / "bicep").write_text("#!/no/such/interpreter\n", encoding="utf-8")
    assert "could not be started" in refusal("main.bicep")


def test_a_file_that_may_not_be_executed_is_no_compiler(install: Install) -> None:
    """The other one is taken, or none."""
    install("bicep", TEMPLATE, mode=stat.S_IRUSR | stat.S_IWUSR)
    assert "no `bicep` and no `az`" in refusal("main.bicep")


@pytest.mark.usefixtures("install")
def test_without_a_compiler_a_line_says_how(tmp_path: Path) -> None:
    """What to run, and what to give instead; the run ends with that line."""
    assert os.listdir(os.environ["PATH"]) == []  # noqa: PTH208
    (tmp_path / "main.bicep").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="az bicep build --file FILE"):
        read_inventory(["main.bicep"])


@pytest.mark.parametrize(
    ("name", "yes"), [("a.bicep", True), ("A.BICEP", True), ("a.bicepparam", True), ("a.json", False), ("bicep", False)]
)
def test_bicep_is_known_by_its_name(name: str, yes: bool) -> None:  # noqa: FBT001  # the answer
    """In any casing."""
    assert is_bicep(name) is yes
