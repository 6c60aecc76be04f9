"""`s2sguard feed` and a real OPA server: whole revisions only, nobody else's policies, and what decision points may ask."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from s2sguard.cli import main
from s2sguard.errors import EngineError
from s2sguard.evaluate.feed import PREFIX, OpaFeed
from s2sguard.evaluate.opa_server import _free_port
from s2sguard.evaluate.pack import load_pack
from tests.integration.consumers import TODAY, ask, lab, serving, written
from tests.integration.packs import write_pack

FOREIGN = "package company\n\nallow := true\n"


@pytest.fixture
def server(opa_home: Path) -> Iterator[str]:
    """Run an OPA server with nothing in it."""
    with serving(opa_home) as url:
        yield url


def feed(url: str, *arguments: str | Path) -> int:
    """Run our command."""
    return main(["feed", *map(str, arguments), "--opa-url", url, "--today", TODAY])


def put(url: str, path: str, body: str) -> None:
    """Put a policy or data into a server as its owner would."""
    request = Request(f"{url}/v1/{path}", data=body.encode(), method="PUT")  # noqa: S310 - loopback
    urlopen(request, timeout=10).close()  # noqa: S310 - loopback


def policies(url: str) -> dict[str, str]:
    """Return the texts of a server's policies."""
    with urlopen(f"{url}/v1/policies", timeout=10) as answer:  # noqa: S310 - loopback
        return {module["id"]: module["raw"] for module in json.load(answer)["result"]}


def test_decision_points_get_the_answers_of_scan(server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Findings are those of `scan`; resources and pairs of partners are answered for in any casing."""
    assert feed(server, lab(3), "--revision", "r1") == 0
    assert capsys.readouterr().out == f"revision r1: 9 findings, 0 unknown\npolicies {load_pack().digest}\n"
    _, report = written(tmp_path, "scan", lab(3), "--format", "json")
    verdicts = [one for one in json.loads(report)["verdicts"] if one["status"] == "fail"]
    keys = ("resource", "severity", "message", "fingerprint")
    found = ask(server, "s2sguard/estate/findings")
    assert [[one["control"], *(one[key] for key in keys)] for one in found] == [
        [one["control_id"], *(one[key] for key in keys)] for one in verdicts
    ]
    failed = verdicts[-1]["resource"]
    assert ask(server, "s2sguard/estate/allowed", {"resource": failed.upper()}) is False
    assert ask(server, "s2sguard/estate/isolated", {"partners": ["red", "BLUE"]}) is False
    assert feed(server, lab(5)) == 0
    assert ask(server, "s2sguard/estate/findings") == []
    hardened = ask(server, "s2sguard_estate/facts")["connections"][0]["id"]
    assert ask(server, "s2sguard/estate/allowed", {"resource": hardened.upper()}) is True
    assert ask(server, "s2sguard/estate/allowed", {"resource": hardened + "x"}) is False
    assert ask(server, "s2sguard/estate/isolated", {"partners": ["red", "BLUE"]}) is True


def test_a_server_that_was_never_fed_allows_nothing(opa_home: Path, tmp_path: Path) -> None:
    """With the policies alone, every question is answered with no."""
    assert main(["bundle", "-o", str(tmp_path / "b.tar.gz")]) == 0
    with serving(opa_home, "-b", str(tmp_path / "b.tar.gz")) as url:
        assert ask(url, "s2sguard/estate/allowed", {"resource": "/a"}) is False
        assert ask(url, "s2sguard/estate/isolated", {"partners": ["red", "blue"]}) is False
        assert ask(url, "s2sguard/estate/findings") is None


def test_a_server_with_our_bundle_is_fed_data_alone(opa_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Policies from a bundle and facts from feed go together; a bundle with facts leaves nothing to feed."""
    assert main(["bundle", "-o", str(tmp_path / "b.tar.gz")]) == 0
    with serving(opa_home, "-b", str(tmp_path / "b.tar.gz")) as url:
        assert feed(url, lab(5)) == 0
        assert ask(url, "s2sguard/estate/isolated", {"partners": ["red", "blue"]}) is True
    assert main(["bundle", "--with-facts", str(lab(3)), "-o", str(tmp_path / "b.tar.gz"), "--revision", "bundled"]) == 0
    with serving(opa_home, "-b", str(tmp_path / "b.tar.gz")) as url:
        capsys.readouterr()
        assert feed(url, lab(5)) == 3
        assert "takes its policies or data from a bundle" in capsys.readouterr().err
        assert ask(url, "s2sguard/estate/revision") == "bundled"


def test_a_reader_never_sees_a_mixture(server: str) -> None:
    """While two estates take turns, revision, findings, partners and facts of every answer belong to one of them."""
    assert feed(server, lab(3), "--revision", "open") == 0
    wrong: list[Any] = []
    seen: set[str] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            fed = ask(server, "s2sguard/estate/fed")
            state = (fed["revision"], bool(fed["findings"]), bool(fed["partners"]["red"]["open"]), "fail" in fed["status"].values())
            mode = {connection["connection_mode"] for connection in fed["facts"]["connections"]}
            seen.add(fed["revision"])
            if (*state, mode) not in [("open", True, True, True, {"Default"}), ("closed", False, False, False, {"InitiatorOnly"})]:
                wrong.append((state, mode))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for turn in range(6):
        assert feed(server, *((lab(5), "--revision", "closed") if turn % 2 == 0 else (lab(3), "--revision", "open"))) == 0
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert seen == {"open", "closed"}


def test_rules_are_never_half_of_two_packs(server: str, tmp_path: Path) -> None:
    """From one pack to the next, `main.results` is that of the old one, then absent, then that of the new one."""
    small = write_pack(tmp_path)
    shipped = load_pack()
    client = OpaFeed(server)
    assert client.put_pack(small) is True
    answers: list[frozenset[str] | None] = []
    stop = threading.Event()

    def read() -> None:
        given = {"connections": [{"id": "a"}], "gateways": [], "sites": []}
        while not stop.is_set():
            results = ask(server, "s2sguard/main/results", given)
            answers.append(None if results is None else frozenset(result["control"] for result in results))

    reader = threading.Thread(target=read)
    reader.start()
    time.sleep(0.1)
    assert client.put_pack(shipped) is True
    assert client.put_pack(shipped) is False
    time.sleep(0.1)
    stop.set()
    reader.join()
    new = frozenset(control.id for control in shipped.controls) | {"S2S-DOC-001"}
    assert set(answers) - {None} == {frozenset({"S2S-TST-001"}), new}
    assert client.put_pack(small) is True
    assert sorted(policies(server)) == [f"{PREFIX}/{module.name}" for module in small.modules]
    client.close()


def test_what_is_not_ours_stays(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Policies and data of others are neither changed nor deleted; where they stand in our place, nothing is fed."""
    put(server, "policies/company/rules.rego", FOREIGN)
    put(server, "data/company_data", '{"a": 1}')
    assert feed(server, lab(3)) == 0
    assert policies(server)["company/rules.rego"] == FOREIGN
    assert ask(server, "company_data") == {"a": 1}
    put(server, "policies/mine.rego", "package s2sguard.mine\n\nx := 1\n")
    before = policies(server)
    capsys.readouterr()
    assert feed(server, lab(5), "--revision", "new") == 3
    assert "the opa server holds 1 modules below `s2sguard` that feed did not put there" in capsys.readouterr().err
    assert policies(server) == before
    assert ask(server, "s2sguard/estate/revision") != "new"


@pytest.mark.parametrize(
    "arguments", [["missing.json"], [lab(5), "missing.json"], [lab(5), "--config", "missing.yaml"]], ids=["none", "part", "config"]
)
def test_an_input_that_was_not_read_changes_nothing(server: str, arguments: list[str | Path]) -> None:
    """Half an estate never takes the place of a whole one."""
    assert feed(server, lab(3), "--revision", "old") == 0
    assert feed(server, *arguments) in (2, 3)
    assert ask(server, "s2sguard/estate/revision") == "old"


def test_a_feed_that_is_killed_leaves_the_old_estate(server: str) -> None:
    """Whenever it dies, readers have one whole revision, and the next feed goes through."""
    assert feed(server, lab(3), "--revision", "old") == 0
    whole = ask(server, "s2sguard_estate")
    command = [sys.executable, "-m", "s2sguard", "feed", str(lab(5)), "--opa-url", server, "--today", TODAY, "--revision", "new"]
    for delay in (0.05, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(delay)
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        fed = ask(server, "s2sguard_estate")
        assert fed == whole or (fed["revision"], fed["findings"]) == ("new", [])
    assert feed(server, lab(5), "--revision", "last") == 0
    assert ask(server, "s2sguard/estate/revision") == "last"


def test_half_a_document_changes_nothing(server: str) -> None:
    """A connection that breaks while the estate is sent leaves the old one."""
    assert feed(server, lab(3), "--revision", "old") == 0
    body = json.dumps(ask(server, "s2sguard_estate")).encode()
    request = Request(f"{server}/v1/data/s2sguard_estate", data=body[: len(body) // 2], method="PUT")  # noqa: S310 - loopback
    with pytest.raises(HTTPError) as caught:
        urlopen(request, timeout=10)  # noqa: S310 - loopback
    caught.value.close()
    assert ask(server, "s2sguard/estate/revision") == "old"


def test_a_pack_that_was_put_in_part_is_completed(server: str) -> None:
    """What an interrupted feed left behind is ours, and the next one repairs it."""
    shipped = load_pack()
    for module in shipped.modules:
        if "/lib/" in module.name:
            with suppress(HTTPError):
                put(server, f"policies/{PREFIX}/{module.name}", module.text)
    put(server, f"policies/{PREFIX}/s2sguard/controls/old/gone/gone.rego", 'package s2sguard.controls.old.gone\n\nid := "S2S-OLD-001"\n')
    assert feed(server, lab(5)) == 0
    assert sorted(policies(server).values()) == sorted(module.text for module in shipped.modules)


def test_the_token_is_sent_and_never_shown(
    opa_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server that asks for a token gets the one from the environment; a wrong one is refused and in no message."""
    (tmp_path / "authz.rego").write_text('package system.authz\n\ndefault allow := false\n\nallow if input.identity == "planted-token"\n')
    with serving(opa_home, "--authentication=token", "--authorization=basic", str(tmp_path / "authz.rego")) as url:
        for token, code in (("planted-token", 0), ("planted-wrong", 3), (None, 3)):
            monkeypatch.setenv("S2SGUARD_OPA_TOKEN", token) if token else monkeypatch.delenv("S2SGUARD_OPA_TOKEN")
            assert feed(url, lab(5)) == code
            shown = capsys.readouterr()
            assert "planted" not in shown.out + shown.err
            assert ("refuses access" in shown.err) is (code == 3)


def test_a_server_that_is_not_there_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """No server, or an address that is none, ends without a traceback."""
    assert feed(f"http://127.0.0.1:{_free_port()}", lab(5)) == 3
    assert "error: the opa server cannot be reached" in capsys.readouterr().err
    assert feed("ftp://127.0.0.1:1", lab(5)) == 2


def test_a_configured_engine_is_not_needed_to_judge(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server that is fed may be the configured engine, which does not hold the policies yet."""
    monkeypatch.setenv("S2SGUARD_OPA_URL", server)
    assert feed(server, lab(5)) == 0


def test_a_refused_module_is_an_error(server: str, tmp_path: Path) -> None:
    """A pack that OPA does not compile is refused, and says so."""
    pack = write_pack(tmp_path, "deny contains nothing_at_all(1)\n")
    client = OpaFeed(server)
    with pytest.raises(EngineError, match="refuses what is fed"):
        client.put_pack(pack)
    client.close()
