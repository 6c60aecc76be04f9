"""The fake tenant over loopback, in a process of its own: `python -m tests.integration.fake_tenant.server` prints its address.

`GET /_log` gives every request as `[method, path]`, `POST /_faults` sets the faults, `POST /_reset` forgets the log.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from aiohttp import web

from tests.integration.fake_arm.problems import Problem
from tests.integration.fake_arm.server import TOKEN
from tests.integration.fake_tenant.arm import GRAPH, RESULT, Arm
from tests.integration.fake_tenant.faults import Faults
from tests.integration.fake_tenant.tenant import Tenant, build

_ERRORS: Final[Mapping[str, tuple[int, str]]] = {
    "throttled": (429, "TooManyRequests"),
    "throttled-with-time": (429, "TooManyRequests"),
    "throttled-for-good": (429, "TooManyRequests"),
    "failed": (503, "ServiceUnavailable"),
    "forbidden": (403, "AuthorizationFailed"),
    "broken": (500, "InternalServerError"),
    "not-registered": (409, "MissingSubscriptionRegistration"),
}


class Service:
    """One server: tenant, faults, log."""

    def __init__(self, arm: Arm, *, latency: float = 0.0) -> None:
        self.arm = arm
        self.log: list[tuple[str, str]] = []
        self._latency = latency

    def application(self) -> web.Application:
        """Return what aiohttp serves."""
        app = web.Application(client_max_size=16 * 1024**2)
        app.router.add_get("/_log", self._show_log)
        app.router.add_post("/_faults", self._set_faults)
        app.router.add_post("/_reset", self._reset)
        app.router.add_route("*", "/{tail:.*}", self._serve)
        return app

    async def _show_log(self, _: web.Request) -> web.Response:
        return web.json_response(self.log)

    async def _reset(self, _: web.Request) -> web.Response:
        self.log.clear()
        self.arm.faults.asked.clear()
        return web.json_response({})

    async def _set_faults(self, request: web.Request) -> web.Response:
        found = await request.json()
        self.arm.faults = Faults(**{**found, "vanished": set(found.get("vanished", ()))})
        return web.json_response({})

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        path = unquote(request.path)
        self.log.append((request.method, path))
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _answer(401, _error("AuthenticationFailed"))
        raw = await request.read()
        if self._latency:
            await asyncio.sleep(self._latency)
        faults = self.arm.faults
        fault = faults.staying(path) or faults.passing(request.method, f"{request.raw_path} {raw.decode()}")
        if path.lower() == GRAPH and faults.graph:
            fault = faults.graph.pop(0)
        if fault == "dropped":
            return await _dropped(request)
        if fault == "slow":
            await asyncio.sleep(0.05)
        if fault is not None and fault in _ERRORS:
            status, code = _ERRORS[fault]
            headers = {"Retry-After": "0"} if fault == "throttled-with-time" else {}
            return _answer(status, _error(code), headers | _quota(path, 0 if status == 429 else 5))
        return self._found(request.method, path, request.query, raw)

    def _found(self, method: str, path: str, query: Mapping[str, str], raw: bytes) -> web.Response:
        try:
            if path.lower() == GRAPH and method == "POST":
                return _answer(200, self.arm.graph(json.loads(raw)), _quota(path, 14))
            if method == "POST" and path.lower().endswith("/getikesas"):
                return _answer(202, None, {"Location": self.arm.ask_sas(path), "Retry-After": "0"})
            if method == "GET" and path.lower().startswith(RESULT):
                return _answer(200, self.arm.sas(path))
            if method == "GET":
                return _answer(200, self.arm.get(path, query))
        except Problem as problem:
            return _answer(problem.status, problem.body())
        return _answer(405, _error("MethodNotAllowed"))


def _quota(path: str, left: int) -> dict[str, str]:
    if path.lower() != GRAPH:
        return {}
    return {"x-ms-user-quota-remaining": str(left), "x-ms-user-quota-resets-after": "00:00:05"}


def _error(code: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": "made to fail"}}


def _answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response(body, status=status, headers=headers)


async def _dropped(request: web.Request) -> web.StreamResponse:
    """Promise more than is sent, and close the connection."""
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"value": [')
    if request.transport is not None:
        request.transport.abort()
    return response


async def _run(arguments: argparse.Namespace) -> None:
    tenant = build(gateways=arguments.gateways, partners=arguments.partners, seed=arguments.seed)
    if arguments.empty:
        tenant = Tenant(groups={group: {} for group in tenant.groups})
    arm = Arm(tenant, Faults(), page=arguments.page, graph_page=arguments.graph_page)
    runner = web.AppRunner(Service(arm, latency=arguments.latency).application(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    arm.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    print(arm.url, flush=True)  # noqa: T201  # read by whoever started this
    await asyncio.Event().wait()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--gateways", type=int, default=2)
    parser.add_argument("--partners", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=int, default=100)
    parser.add_argument("--graph-page", type=int, default=1000)
    parser.add_argument("--empty", action="store_true", help="resource groups without anything in them")
    parser.add_argument("--latency", type=float, default=0.0)
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
