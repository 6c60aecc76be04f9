"""OPA over HTTP: the local server and its end, a server that is already there, and what is no answer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from s2sguard.errors import EngineError, PackError
from s2sguard.evaluate import open_engine
from s2sguard.evaluate.opa import OpaEngine
from s2sguard.evaluate.opa_server import _free_port
from s2sguard.evaluate.pack import load_pack
from tests.integration.packs import DENY_ALL, write_pack

FACTS = {"connections": [{"id": "a"}]}
SLOW = "count([1 | some x in numbers.range(1, 1000000); some y in numbers.range(1, 1000); x == y]) > 0"


def ask(engine: OpaEngine) -> list[object]:
    """Return the resources that are denied."""
    (result,) = engine.evaluate(json.dumps(FACTS).encode())
    return [finding["resource"] for finding in result["deny"]]


def rule(condition: str) -> str:
    """Return a `deny` about every connection `c` under a condition."""
    return f'deny contains {{"msg": "m", "control": id, "resource": c.id}} if {{\n\tsome c in input.connections\n\t{condition}\n}}\n'


def gone(pid: int) -> bool:
    """Wait until a process has ended and say whether it has."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def child(pid: int, name: str) -> int:
    """Return the process below `pid` whose command is `name`."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):  # other processes come and go
            number, _, rest = path.read_text(encoding="utf-8").partition(" (")
            command, _, state = rest.rpartition(") ")
            if command == name and int(state.split()[1]) == pid:
                return int(number)
    raise LookupError(name)


def opa_pid(engine: OpaEngine) -> int:
    """Return the process id of an engine's own server."""
    assert engine._server is not None
    assert engine._server._process is not None
    return child(engine._server._process.pid, "opa")


@contextmanager
def opened(folder: Path, binary: Path, deny: str = DENY_ALL, **options: Any) -> Iterator[OpaEngine]:
    """Open a small pack on a local server."""
    engine = OpaEngine(write_pack(folder, deny), binary=binary, **options)
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def serving(binary: Path, folder: Path, *options: str) -> Iterator[str]:
    """Run an OPA server as an administrator would, and give its address."""
    port = _free_port()
    address = f"127.0.0.1:{port}"
    command = [
        str(binary),
        "run",
        "--server",
        "--log-level=error",
        "--skip-version-check",
        f"--addr={address}",
        *options,
        "-b",
        str(folder),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                urlopen(f"http://{address}/health", timeout=1).close()
                break
            except HTTPError as error:
                error.close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://{address}"
    finally:
        process.kill()
        process.wait()


@contextmanager
def answering(body: bytes, status: int = 200) -> Iterator[str]:
    """Run a server that is not OPA and gives one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_local_server_answers_nobody_else(tmp_path: Path, opa_home: Path) -> None:
    """Without the token there is no answer, and the token is on no command line."""
    with opened(tmp_path, opa_home) as engine:
        assert engine._server is not None
        assert ["a"] == ask(engine)
        request = Request(f"http://127.0.0.1:{engine._server.port}/v1/data", data=b"{}", method="POST")
        with pytest.raises(HTTPError) as caught:
            urlopen(request, timeout=5)  # noqa: S310 - the address is ours
        caught.value.close()
        assert 401 == caught.value.code
        arguments = Path(f"/proc/{opa_pid(engine)}/cmdline").read_text(encoding="utf-8")
        assert engine._server.token not in arguments
        assert engine._server.nonce not in arguments
        assert 0o700 == engine._server._folder.stat().st_mode & 0o777


def test_a_local_server_listens_on_loopback_alone(tmp_path: Path, opa_home: Path) -> None:
    """Nobody else on the network can knock."""
    with opened(tmp_path, opa_home) as engine:
        assert engine._server is not None
        port = f"{engine._server.port:04X}"
        rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text(encoding="utf-8").splitlines()]
        assert ["0100007F:" + port] == [row[1] for row in rows if row[1].endswith(":" + port) and row[3] == "0A"]


def test_a_local_server_knows_nothing_of_the_environment(tmp_path: Path, opa_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`opa.runtime()` has nothing to show."""
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "planted")
    with opened(tmp_path, opa_home) as engine:
        assert b"planted" not in Path(f"/proc/{opa_pid(engine)}/environ").read_bytes()


def test_a_proxy_of_the_environment_gets_no_facts(tmp_path: Path, opa_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests to the local server go to the local server."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    with opened(tmp_path, opa_home) as engine:
        assert ["a"] == ask(engine)


def test_closing_ends_the_server(tmp_path: Path, opa_home: Path) -> None:
    """Process and folder are gone, and closing twice is no error."""
    with opened(tmp_path, opa_home) as engine:
        assert engine._server is not None
        pid, folder = opa_pid(engine), engine._server._folder
    engine.close()
    assert gone(pid)
    assert not folder.exists()


SCRIPT = """
import sys, time
from pathlib import Path
from s2sguard.evaluate.opa import OpaEngine
from s2sguard.evaluate.pack import load_pack
engine = OpaEngine(load_pack(Path(sys.argv[1])), binary=Path(sys.argv[2]))
print(engine._server._process.pid, engine._server._folder, flush=True)
time.sleep(float(sys.argv[3]))
"""


@pytest.mark.parametrize("end", ["exit", "SIGKILL", "SIGTERM"])
def test_the_server_does_not_outlive_this_process(tmp_path: Path, opa_home: Path, end: str) -> None:
    """However the program ends, neither server nor folder stays behind."""
    write_pack(tmp_path)
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), str(opa_home), "0" if end == "exit" else "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        shell, folder = process.stdout.readline().split()
        if end != "exit":
            pid = child(int(shell), "opa")
            process.send_signal(signal.Signals[end])
            process.wait()
            assert gone(pid)
        else:
            assert 0 == process.wait()
    assert gone(int(shell))
    assert not Path(folder).exists()


def test_a_server_that_dies_is_an_error(tmp_path: Path, opa_home: Path) -> None:
    """Killed between two documents it does not look like no findings."""
    with opened(tmp_path, opa_home) as engine:
        assert ["a"] == ask(engine)
        os.kill(opa_pid(engine), signal.SIGKILL)
        with pytest.raises(EngineError, match="the local opa server is gone"):
            ask(engine)


def test_a_server_that_dies_while_it_thinks_is_an_error(tmp_path: Path, opa_home: Path) -> None:
    """Killed in the middle of an evaluation it does not look like no findings either."""
    with opened(tmp_path, opa_home, rule(SLOW)) as engine:
        timer = threading.Timer(0.3, os.kill, (opa_pid(engine), signal.SIGKILL))
        timer.start()
        with pytest.raises(EngineError, match="the local opa server is gone"):
            ask(engine)
        timer.join()


def test_an_evaluation_ends_at_the_deadline(tmp_path: Path, opa_home: Path) -> None:
    """Waiting has an end."""
    with opened(tmp_path, opa_home, rule(SLOW), deadline=0.3) as engine:
        started = time.monotonic()
        with pytest.raises(EngineError, match=r"did not finish within 0\.3 s"):
            ask(engine)
        assert time.monotonic() - started < 5


def test_a_server_that_does_not_start_says_why(tmp_path: Path, opa_home: Path) -> None:
    """OPA's own words are passed on, and nothing is left behind."""
    with pytest.raises(EngineError, match=r"did not start: .*one\.rego:19: rego_unsafe_var_error"):
        OpaEngine(write_pack(tmp_path, rule("misspelt == 1")), binary=opa_home)


def test_a_program_that_ends_at_once_is_an_error(tmp_path: Path) -> None:
    """Not every program called opa is OPA."""
    with pytest.raises(EngineError, match="did not start: it ended without a word"):
        OpaEngine(write_pack(tmp_path), binary=Path("/bin/true"))


def test_a_builtin_that_fails_is_an_error(tmp_path: Path, opa_home: Path) -> None:
    """Strict errors: a failing call does not make its rule undefined."""
    with (
        opened(tmp_path, opa_home, rule('to_number("x") > 0')) as engine,
        pytest.raises(EngineError, match=r"failed on the facts \(HTTP 500\)"),
    ):
        ask(engine)


def test_an_undefined_entrypoint_is_an_error(tmp_path: Path, opa_home: Path) -> None:
    """OPA answers `{}`; that is not an empty set of findings."""
    pack = write_pack(tmp_path, main="package s2sguard.main\n\nresults := {1} if input.never\n")
    engine = OpaEngine(pack, binary=opa_home)
    try:
        with pytest.raises(EngineError, match="engine opa gave no results"):
            ask(engine)
    finally:
        engine.close()


def test_a_policy_may_not_reach_out(tmp_path: Path, opa_home: Path) -> None:
    """Facts describe a company's network; no policy sends them anywhere."""
    with pytest.raises(PackError, match=r"one\.rego:19:2: policies may not call `http\.send`"):
        OpaEngine(write_pack(tmp_path, rule('http.send({"url": c.id}).status_code == 200')), binary=opa_home)


def test_a_server_that_holds_the_pack_is_used(opa_home: Path) -> None:
    """`--opa-url` alone chooses the engine; the pack's tests may be loaded as well."""
    with serving(opa_home, load_pack().root) as url:
        engine = open_engine(opa_url=url)
        assert "opa" == engine.info.name
        assert engine.info.version[0].isdigit()
        engine.close()


def test_a_server_without_the_pack_is_refused(tmp_path: Path, opa_home: Path) -> None:
    """It would answer that nothing is wrong."""
    (tmp_path / "other.rego").write_text("package other\n\nx := 1\n", encoding="utf-8")
    with serving(opa_home, tmp_path) as url, pytest.raises(EngineError, match="does not hold the policy pack") as caught:
        open_engine(opa_url=url)
    assert "s2sguard policies path" in caught.value.hint


def test_a_server_with_another_pack_is_refused(tmp_path: Path, opa_home: Path) -> None:
    """Its verdicts would stand under the names of our controls."""
    write_pack(tmp_path)
    with serving(opa_home, tmp_path) as url, pytest.raises(EngineError, match="another version of the policy pack"):
        open_engine(opa_url=url)


def test_a_server_that_wants_a_token_gets_it(tmp_path: Path, opa_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token comes from the environment; without it the hint says so."""
    pack = write_pack(tmp_path)
    (tmp_path / "authz.rego").write_text(
        'package system.authz\n\ndefault allow := false\n\nallow if input.identity == "letmein"\n', encoding="utf-8"
    )
    with serving(opa_home, tmp_path, "--authentication=token", "--authorization=basic") as url:
        monkeypatch.delenv("S2SGUARD_OPA_TOKEN", raising=False)
        with pytest.raises(EngineError, match="refuses access") as caught:
            OpaEngine(pack, url=url)
        assert "S2SGUARD_OPA_TOKEN" in caught.value.hint
        monkeypatch.setenv("S2SGUARD_OPA_TOKEN", "letmein")
        engine = OpaEngine(pack, url=url)
        assert ["a"] == ask(engine)
        engine.close()


def test_a_server_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """The hint names the option."""
    with pytest.raises(EngineError, match="cannot be reached") as caught:
        OpaEngine(write_pack(tmp_path), url=f"http://127.0.0.1:{_free_port()}", deadline=2)
    assert "--opa-url" in caught.value.hint


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"result": 7}', b'{"result": [{"id": "x"}]}', b'{"result": [7]}'])
def test_a_server_that_is_not_opa_is_an_error(tmp_path: Path, body: bytes) -> None:
    """Whatever it says, there is no traceback and no pass."""
    with answering(body) as url, pytest.raises(EngineError):
        OpaEngine(write_pack(tmp_path), url=url, deadline=5)


def test_a_client_that_is_not_installed_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint says what to install."""
    monkeypatch.setitem(sys.modules, "opa_client", None)
    with pytest.raises(EngineError, match="needs opa-python-client") as caught:
        OpaEngine(write_pack(tmp_path), url="http://127.0.0.1:1")
    assert "pip install opa-python-client" in caught.value.hint


def test_several_local_servers_do_not_disturb_each_other(tmp_path: Path, opa_home: Path) -> None:
    """Each has its own port, token and pack."""
    with opened(tmp_path / "one", opa_home) as one, opened(tmp_path / "two", opa_home, "deny := set()\n") as two:
        assert (["a"], []) == (ask(one), ask(two))
        assert one._server is not None
        assert two._server is not None
        assert one._server.port != two._server.port
