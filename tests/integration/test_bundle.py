"""The bundle in OPA: judged alike by `opa exec` and a server, signed and verified, polled with an estate in it."""

from __future__ import annotations

import json
import subprocess
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from s2sguard.cli import main
from s2sguard.evaluate import evaluate_all, open_engine
from s2sguard.evaluate.pack import load_pack
from s2sguard.evaluate.results import parse_results
from s2sguard.report.facts_text import facts_text
from tests.integration.consumers import TODAY, ask, lab, serving, written
from tests.integration.documents import Estate


@pytest.fixture
def bundle(tmp_path: Path, opa_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return a function that writes a bundle with our command."""
    monkeypatch.setenv("S2SGUARD_OPA", str(opa_home))

    def write(*arguments: str | Path, name: str = "bundle.tar.gz") -> Path:
        path = tmp_path / name
        assert main(["bundle", *map(str, arguments), "--today", TODAY, "-o", str(path)]) == 0
        return path

    return write


def opa(binary: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run opa."""
    return subprocess.run([str(binary), *map(str, arguments)], capture_output=True, text=True, check=False)


def key_pair(folder: Path, kind: str) -> tuple[Path, Path]:
    """Write a new private and public key as PEM and return their files."""
    key = rsa.generate_private_key(65537, 2048) if kind == "RS256" else ec.generate_private_key(ec.SECP256R1())
    plain = serialization.NoEncryption()
    private, public = folder / f"{kind}.pem", folder / f"{kind}.pub"
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain))
    public.write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    return private, public


def documents() -> list[dict[str, Any]]:
    """Return facts in which everything fails and passes, with names that engines damage."""
    return [json.loads(facts_text(Estate(seed).document(4, 20, 8))) for seed in (1, 2)]


def ours(document: Any) -> list[Any]:  # noqa: ANN401 - a facts document
    """Return what our fallback engine says."""
    engine = open_engine("regopy")
    try:
        return evaluate_all(engine, document)
    finally:
        engine.close()


def test_opa_exec_and_a_server_answer_like_our_engines(bundle: Callable[..., Path], opa_home: Path, tmp_path: Path) -> None:
    """Whoever runs the bundle gets the results of `scan`, whichever way it is run."""
    path = bundle()
    with serving(opa_home, "-b", str(path)) as url:
        for document in documents():
            expected = parse_results(ours(document), "regopy")
            assert any(result["deny"] for result in expected)
            (tmp_path / "facts.json").write_text(json.dumps(document))
            done = opa(opa_home, "exec", "--bundle", path, "--decision", "s2sguard/main/results", tmp_path / "facts.json")
            assert parse_results(json.loads(done.stdout)["result"][0]["result"], "exec") == expected
            assert parse_results(ask(url, "s2sguard/main/results", document), "server") == expected


def test_the_server_is_one_that_scan_can_use(bundle: Callable[..., Path], opa_home: Path, tmp_path: Path) -> None:
    """`scan --opa-url` takes a server with our bundle for one that holds the pack."""
    with serving(opa_home, "-b", str(bundle())) as url:
        code, report = written(tmp_path, "scan", lab(3), "--format", "json", "--opa-url", url)
    assert (code, json.loads(report)["run"]["engine"]["name"]) == (1, "opa")


@pytest.mark.parametrize("source", [lab(1), lab(1, "tfplan.json")], ids=["inventory", "plan"])
def test_raw_input_never_passes(bundle: Callable[..., Path], opa_home: Path, source: Path) -> None:
    """Who gives OPA a plan instead of facts gets one refusal, in `main.results` and in `document.deny` alike."""
    path = bundle()
    for query in ("{f | some r in data.s2sguard.main.results; some f in r.deny}", "data.s2sguard.document.deny"):
        done = opa(opa_home, "eval", "--bundle", path, "--input", source, "--format", "raw", query)
        (finding,) = json.loads(done.stdout)
        assert finding["control"] == "S2S-DOC-001"
        assert "nothing was judged" in finding["msg"]


def test_the_manifest_says_what_it_is(bundle: Callable[..., Path]) -> None:
    """Revision, roots and language version are there; without facts the revision is the digest of the pack, or what was asked for."""
    digest = load_pack().digest
    for arguments, revision in (([], digest), (["--revision", "v1"], "v1")):
        manifest = content(bundle(*arguments))[".manifest"]
        assert (manifest["revision"], manifest["roots"], manifest["rego_version"]) == (revision, ["s2sguard"], 1)
        assert manifest["metadata"]["s2sguard"]["pack"] == digest


def test_the_same_input_gives_the_same_bytes(bundle: Callable[..., Path]) -> None:
    """Two runs at different times write one file, with and without facts."""
    for arguments in ([], ["--with-facts", lab(3)]):
        first = bundle(*arguments).read_bytes()
        time.sleep(1.1)
        assert bundle(*arguments, name="again.tar.gz").read_bytes() == first


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_signed_bundle_is_verified(bundle: Callable[..., Path], opa_home: Path, tmp_path: Path, algorithm: str) -> None:
    """OPA takes it with the public key, with facts too, and with no other key."""
    private, public = key_pair(tmp_path, algorithm)
    _, other = key_pair((tmp_path / "bin").parent, "RS256" if algorithm == "ES256" else "ES256")
    for arguments in ([], ["--with-facts", lab(3)]):
        path = bundle(*arguments, "--signing-key", private, "--signing-alg", algorithm)
        verify = ("build", "--bundle", path, "--signing-alg", algorithm, "-o", tmp_path / "out.tar.gz", "--verification-key")
        assert opa(opa_home, *verify, public).returncode == 0
        assert opa(opa_home, *verify, other).returncode != 0


def test_a_changed_bundle_is_refused(bundle: Callable[..., Path], opa_home: Path, tmp_path: Path) -> None:
    """A rule taken out, a rule changed, or the facts changed after signing: OPA does not load it."""
    private, public = key_pair(tmp_path, "RS256")
    signed = bundle("--with-facts", lab(3), "--signing-key", private)
    folder = tmp_path / "unpacked"
    for spoil in ("s2sguard/main/main.rego", "s2sguard_estate/data.json", "-s2sguard/controls/iso/two_way_transit/two_way_transit.rego"):
        with tarfile.open(signed) as archive:
            archive.extractall(folder, filter="data")
        path = folder / spoil.removeprefix("-")
        if spoil.startswith("-"):
            path.unlink()
        else:
            path.write_text(path.read_text().replace("results", "nothing").replace('"fail"', '"pass"'))
        done = opa(opa_home, "build", "--bundle", folder, "--verification-key", public, "-o", tmp_path / "out.tar.gz")
        assert done.returncode != 0, spoil


@pytest.mark.usefixtures("opa_home")
def test_a_key_that_is_none_is_refused_without_being_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is in the file given as a key is never printed, and nothing is written."""
    (tmp_path / "key").write_text("planted-secret-material")
    out = tmp_path / "bundle.tar.gz"
    assert main(["bundle", "-o", str(out), "--signing-key", str(tmp_path / "key")]) == 3
    shown = capsys.readouterr()
    assert "cannot sign the bundle with this key" in shown.err
    assert "planted" not in shown.out + shown.err
    assert not out.exists()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Serve a folder on loopback, as a company serves bundles."""
    folder = tmp_path / "web"
    folder.mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_opa_polls_the_estate(bundle: Callable[..., Path], opa_home: Path, web: tuple[Path, str]) -> None:
    """A server that polls answers about the new estate as soon as the file is replaced, and knows both revisions."""
    folder, address = web
    (folder / "b.tar.gz").write_bytes(bundle("--with-facts", lab(3), "--revision", "open").read_bytes())
    options = [f"services.web.url={address}", "bundles.b.service=web", "bundles.b.resource=b.tar.gz"]
    polling = ["bundles.b.polling.min_delay_seconds=1", "bundles.b.polling.max_delay_seconds=1"]
    pair = {"partners": ["Red", "blue"]}
    with serving(opa_home, *(word for option in options + polling for word in ("--set", option))) as url:
        assert (ask(url, "s2sguard/estate/revision"), ask(url, "s2sguard/estate/isolated", pair)) == ("open", False)
        (folder / "b.new").write_bytes(bundle("--with-facts", lab(5), "--revision", "closed").read_bytes())
        (folder / "b.new").replace(folder / "b.tar.gz")
        end = time.monotonic() + 20
        while ask(url, "s2sguard/estate/revision") != "closed" and time.monotonic() < end:
            time.sleep(0.1)
        assert (ask(url, "s2sguard/estate/revision"), ask(url, "s2sguard/estate/isolated", pair)) == ("closed", True)
        assert ask(url, "s2sguard/estate/pack") == load_pack().digest


def content(path: Path) -> dict[str, Any]:
    """Return the JSON files of a bundle."""
    with tarfile.open(path) as archive:
        names = [name for name in archive.getnames() if not name.endswith(".rego")]
        return {name: json.loads(file.read()) for name in names if (file := archive.extractfile(name)) is not None}
