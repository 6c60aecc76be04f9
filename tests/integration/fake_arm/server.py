"""A small Azure Resource Manager over loopback, strict about what it receives and able to fail in every way that matters.

It keeps state, adds to objects what Azure adds, pages its listings, and refuses what Azure refuses.
It is no proof of how Azure behaves where nobody has written it down; what it does is what `facts` and the SDK's models say.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.integration.fake_arm.problems import Problem
from tests.integration.fake_arm.routes import answer
from tests.integration.fake_arm.store import Store

TOKEN = "a-token-that-must-never-be-printed"  # noqa: S105  # grepped for in every output
Body = dict[str, Any]


@dataclass(slots=True)
class Fault:
    """How some requests are answered instead: by `method` and a part of the path, `times` times, after `skip` that go through."""

    method: str
    part: str
    times: int = 1
    skip: int = 0
    status: int = 500
    code: str = "InternalServerError"
    message: str = "made to fail"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    """Close the connection in the middle of the answer."""
    after: bool = False
    """Fail after the request was carried out."""
    text: str | None = None
    """The whole body of the answer, for what is no JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Body | None


class FakeArm:
    """The service: `url` to call, `store` with its state, `seen` with every request, `faults` to come."""

    def __init__(self) -> None:
        self.store = Store()
        self.seen: list[Seen] = []
        self.faults: list[Fault] = []
        self.page_size = 2
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """The address, in place of https://management.azure.com."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator[FakeArm]:
        """Serve until the end of the block."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def count(self, method: str, part: str = "") -> int:
        """Return how many requests of a method had `part` in their path."""
        return sum(seen.method == method and part.lower() in seen.path.lower() for seen in self.seen)

    def writes(self) -> list[str]:
        """Return the paths of every request that could change something; queries of policy states are none."""
        return [seen.path for seen in self.seen if seen.method != "GET" and "/queryResults" not in seen.path]

    def respond(self, method: str, target: str, body: Body | None) -> tuple[int, Body | str, Mapping[str, str], bool]:
        """Return status, body, headers, and whether to cut the connection."""
        parts = urlsplit(target)
        path = unquote(parts.path)
        query = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        with self._lock:
            self.seen.append(Seen(method=method, path=path, query=query, body=body))
            fault = self._fault(method, path)
            if fault and not fault.after:
                return self._failed(fault)
            try:
                status, found = answer(self, method, path, query, body)
            except Problem as problem:
                status, found = problem.status, problem.body()
            return self._failed(fault) if fault else (status, found, {}, False)

    def _fault(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.method == method and fault.part.lower() in path.lower() and fault.times > 0:
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None

    def _failed(self, fault: Fault) -> tuple[int, Body | str, Mapping[str, str], bool]:
        body: Body | str = fault.text if fault.text is not None else {"error": {"code": fault.code, "message": fault.message}}
        return fault.status, body, fault.headers, fault.cut


def _handler(service: FakeArm) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # One packet for each answer: two, with Nagle's algorithm, take 40 ms.
        wbufsize = 65_536
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            body = json.loads(raw) if raw else None
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self._send(401, {"error": {"code": "AuthenticationFailed", "message": "no token"}}, {}, cut=False)
                return
            status, found, headers, cut = service.respond(self.command, self.path, body)
            self._send(status, found, headers, cut=cut)

        do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815  # the names http.server looks for

        def _send(self, status: int, found: Body | str, headers: Mapping[str, str], *, cut: bool) -> None:
            data = (found if isinstance(found, str) else json.dumps(found)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if not isinstance(found, str) else "text/html")
            self.send_header("Content-Length", str(len(data)))
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if cut else data)
            if cut:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing: the output belongs to the tests."""

    return Handler
