"""Open Policy Agent itself, over HTTP: a server that is already there (`--opa-url`), or a local one this engine starts and stops.

A server that is already there must hold exactly the pack this program knows: its modules below `data.s2sguard` are read and compared,
because another version of a control would be reported under our control's name.
OPA answers `{}` for a rule it does not have, and for one that is undefined; both are errors here, never *no findings*.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import urlsplit

from s2sguard.errors import EngineError, UsageError
from s2sguard.evaluate import preflight
from s2sguard.evaluate.interface import ControlResult, EngineInfo
from s2sguard.evaluate.opa_binary import find_opa
from s2sguard.evaluate.opa_server import HOST, NONCE_PATH, OpaServer
from s2sguard.evaluate.pack import ENTRYPOINT, ROOT, Pack
from s2sguard.evaluate.results import checked, parse_document, parse_results

if TYPE_CHECKING:
    from types import ModuleType

NAME: Final = "opa"
START_SECONDS: Final = 20.0
"""How long a local server may take to come up; it usually takes 0.1 s."""

_PACKAGE, _, _RULE = ENTRYPOINT.rpartition("/")
_STRICT: Final = {"strict-builtin-errors": "true"}
_PACK_HINT: Final = "load the folder that `s2sguard policies path` prints into the server, with `opa run --server -b FOLDER`"


class OpaEngine:
    """The pack on an OPA server."""

    # Flat from 100 to 600; each chunk is one request.
    chunk_size = 200

    def __init__(self, pack: Pack, *, deadline: float = 60.0, url: str | None = None, binary: Path | None = None) -> None:
        """Connect to the server at `url`, or start a local one; `deadline` is in seconds per document.

        The environment variable `S2SGUARD_OPA_TOKEN` is sent to `url` as a bearer token.
        Raise `EngineError` when no server with this pack can be reached, and `UsageError` when `url` is not a server's address.
        """
        preflight.check(pack.modules, lambda _: True, NAME)
        self._pack = pack
        self._deadline = deadline
        self._client: Any = None
        self._opa_client, self._requests = import_client()
        self._server = None if url else OpaServer(pack, binary or find_opa())
        try:
            self._client = self._connect(url) if url else self._start()
            self._version = self._about_server(expect_pack=url is not None)
        except BaseException:
            self.close()
            raise

    @property
    def info(self) -> EngineInfo:
        """Name, and the version the server reports."""
        return EngineInfo(name=NAME, version=self._version)

    def evaluate(self, document: bytes) -> list[ControlResult]:
        """Judge one facts document; raise `EngineError` for anything but a complete answer in time."""
        facts = parse_document(checked(document, NAME), NAME)
        answer = self._ask(lambda: self._client.query_rule(facts, _PACKAGE, _RULE, _STRICT))
        if not isinstance(answer, dict) or "result" not in answer:
            raise EngineError("engine opa gave no results", hint=_PACK_HINT)
        return parse_results(answer["result"], NAME)

    def close(self) -> None:
        """Close the connection, and the server if it is ours."""
        if self._client is not None:
            self._client.close_connection()
        if self._server is not None:
            self._server.close()

    def _connect(self, url: str) -> Any:  # noqa: ANN401 - the client is not typed
        host, port, secure = server_address(url)
        token = os.environ.get("S2SGUARD_OPA_TOKEN") or None
        return self._opa_client.OpaClient(host=host, port=port, ssl=secure, token=token, timeout=self._deadline)

    def _start(self) -> Any:  # noqa: ANN401 - the client is not typed
        assert self._server is not None  # noqa: S101 - narrows the type
        self._server.start(self._is_ours, START_SECONDS)
        return self._local_client(self._server, self._deadline)

    def _is_ours(self, server: OpaServer) -> bool:
        client = self._local_client(server, 2.0)
        try:
            answer = client.query_rule({}, *NONCE_PATH)
        except (self._requests.RequestException, ValueError):
            return False
        finally:
            client.close_connection()
        return isinstance(answer, dict) and answer.get("result") == server.nonce

    def _local_client(self, server: OpaServer, timeout: float) -> Any:  # noqa: ANN401 - the client is not typed
        client = self._opa_client.OpaClient(host=HOST, port=server.port, token=server.token, timeout=timeout, retries=0)
        # Else a proxy from the environment would get the facts, and `.netrc` would replace the token.
        client._session.trust_env = False  # noqa: SLF001 - the client has no option for it
        return client

    def _about_server(self, *, expect_pack: bool) -> str:
        if expect_pack:
            self._check_pack()
        answer = self._ask(lambda: self._client.query_rule({}, "system", "version"))
        about = answer.get("result") if isinstance(answer, dict) else None
        version = about.get("version") if isinstance(about, dict) else None
        return version if isinstance(version, str) else "unknown"

    def _check_pack(self) -> None:
        """Refuse a server whose modules below `data.s2sguard`, without tests, are not the pack's."""
        found = sorted(self._ask(self._pack_modules))
        if not found:
            raise EngineError("the opa server does not hold the policy pack", hint=_PACK_HINT)
        if found != sorted(module.text for module in self._pack.modules):
            raise EngineError("the opa server holds another version of the policy pack", hint=_PACK_HINT)

    def _pack_modules(self) -> list[str]:
        """Return the texts of the server's modules that belong to the pack and are not tests."""
        # The client lists names without texts, and cannot ask for a module whose name starts with `/`, as those of a folder do.
        response = self._client._session.get(f"{self._client.root_url}/policies", timeout=self._deadline)  # noqa: SLF001
        response.raise_for_status()
        texts = []
        for module in response.json()["result"]:
            path = [str(part["value"]) for part in module["ast"]["package"]["path"]]
            if path[1] == ROOT and not path[-1].endswith("_test"):
                texts.append(str(module["raw"]).replace("\r\n", "\n").replace("\r", "\n"))
        return texts

    def _ask(self, question: Callable[[], Any]) -> Any:  # noqa: ANN401 - JSON
        try:
            return question()
        except self._requests.Timeout as error:
            raise EngineError(f"engine opa did not finish within {self._deadline:g} s", hint="raise the deadline") from error
        except self._requests.HTTPError as error:
            _refused(error.response)
        except (self._requests.RequestException, AttributeError, LookupError, TypeError, ValueError) as error:
            # No connection, or the answer of something that is not OPA.
            raise self._lost() from error

    def _lost(self) -> EngineError:
        if self._server is None:
            return EngineError("the opa server cannot be reached or does not answer as OPA does", hint="check --opa-url")
        return EngineError(f"the local opa server is gone: {self._server.reason()}", hint="try --engine wasm")


def server_address(url: str) -> tuple[str, int, bool]:
    """Return host, port and whether it is HTTPS; raise `UsageError` unless `url` is just that."""
    hint = "give it as http://HOST:PORT or https://HOST:PORT; a token goes into S2SGUARD_OPA_TOKEN"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageError("--opa-url is not a URL", hint=hint) from error
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in {"http", "https"} or not parts.hostname or extra:
        raise UsageError("--opa-url is not the address of a server", hint=hint)
    secure = parts.scheme == "https"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return host, port or (443 if secure else 80), secure


def _refused(response: Any) -> NoReturn:  # noqa: ANN401 - requests is not typed here
    status = response.status_code
    if status in {401, 403}:
        raise EngineError("the opa server refuses access", hint="set S2SGUARD_OPA_TOKEN to a token that may read policies and data")
    raise EngineError(f"engine opa failed on the facts (HTTP {status})", hint="see the log of the opa server")


def import_client() -> tuple[ModuleType, Any]:
    """Return opa-python-client and the exceptions of its transport; raise `EngineError` when it is not installed."""
    try:
        import opa_client
        import requests
    except ImportError as error:
        raise EngineError("engine opa needs opa-python-client, which is not installed", hint="pip install opa-python-client") from error
    return opa_client, requests.exceptions
