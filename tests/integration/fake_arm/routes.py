"""From a request to an answer of the fake service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.integration.fake_arm.problems import Problem, require
from tests.integration.fake_arm.validate import check

if TYPE_CHECKING:
    from tests.integration.fake_arm.server import FakeArm

Body = dict[str, Any]
API_VERSIONS = {
    "policydefinitions": "2026-06-01",
    "policysetdefinitions": "2026-06-01",
    "policyassignments": "2026-06-01",
    "policyexemptions": "2022-07-01-preview",
    "attestations": "2024-10-01",
    "querystates": "2019-10-01",
}
_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SCOPE = rf"(?P<scope>/subscriptions/{_GUID}(?:/resourceGroups/[^/]+(?:/providers/[^/]+(?:/[^/]+/[^/]+)+?)?)?"
_SCOPE += r"|/providers/Microsoft\.Management/managementGroups/[^/]+)"
_OBJECT = re.compile(
    rf"{_SCOPE}/providers/(?P<namespace>Microsoft\.Authorization|Microsoft\.PolicyInsights)/"
    r"(?P<kind>policyDefinitions|policySetDefinitions|policyAssignments|policyExemptions|attestations)(?:/(?P<name>[^/]+))?",
    re.IGNORECASE,
)
_STATES = re.compile(rf"{_SCOPE}/providers/Microsoft\.PolicyInsights/policyStates/latest/queryResults", re.IGNORECASE)
_PROVIDER = re.compile(rf"(?:/subscriptions/{_GUID})?/providers/Microsoft\.Network", re.IGNORECASE)


def answer(service: FakeArm, method: str, path: str, query: Mapping[str, str], body: Body | None) -> tuple[int, Body]:
    """Return status and body; raises Problem for what Azure refuses."""
    if found := _STATES.fullmatch(path):
        require(method == "POST" and query.get("api-version") == API_VERSIONS["querystates"], "NoRegisteredProviderFound", "api-version")
        return 200, _states(service, found["scope"], path, query)
    if found := _OBJECT.fullmatch(path):
        kind = found["kind"].lower()
        require(query.get("api-version") == API_VERSIONS[kind], "NoRegisteredProviderFound", f"api-version {query.get('api-version')}")
        if found["name"] is None:
            require(method == "GET", "MethodNotAllowed", method, 405)
            return 200, _page(service, path, query, _listed(service, found["scope"], kind, path, query), "nextLink")
        return _one(service, method, kind, path, body)
    if _PROVIDER.fullmatch(path) and method == "GET":
        require(query.get("$expand") == "resourceTypes/aliases", "InvalidRequest", "$expand")
        return 200, service.store.provider
    raise Problem(404, "InvalidResourceType", f"nothing answers {method} {path}")


def _one(service: FakeArm, method: str, kind: str, path: str, body: Body | None) -> tuple[int, Body]:
    if method == "PUT":
        check(service.store, kind, path, body)
        # Definitions and assignments are answered with 201 always, as their REST pages have it.
        changed = service.store.get(path) is not None and kind not in {"policydefinitions", "policyassignments"}
        return 200 if changed else 201, _on_its_way(service, service.store.put(path, body or {}))
    require(method == "GET", "MethodNotAllowed", method, 405)
    found = service.store.get(path)
    require(found, "NotFound", f"{path} was not found", 404)
    return 200, _on_its_way(service, found or {})


def _on_its_way(service: FakeArm, body: Body) -> Body:
    if service.store.creating > 0 and "provisioningState" in body["properties"]:
        service.store.creating -= 1
        body["properties"]["provisioningState"] = "Creating"
    return body


def _listed(service: FakeArm, scope: str, kind: str, path: str, query: Mapping[str, str]) -> list[Body]:
    wanted = query.get("$filter", "")
    if kind == "attestations":
        require(not wanted, "InvalidFilter", wanted)
        return service.store.under(path)
    if kind == "policyexemptions":
        group = "/managementgroups/" in scope.lower()
        require(wanted in ({"atScope()", "atExactScope()"} if group else {"", "atScope()", "atExactScope()"}), "InvalidFilter", wanted)
        return service.store.under(path) if wanted else service.store.of_type(kind, scope)
    if wanted == "atExactScope()":
        return service.store.under(path)
    # Other filters, and none, are for assignments: what applies here comes from above too, and without a filter from below.
    group = "/managementgroups/" in scope.lower()
    require(kind == "policyassignments" and wanted in ({"atScope()"} if group else {"", "atScope()"}), "InvalidFilterInQueryString", wanted)
    above = [] if group else service.store.of_type(kind, "/providers/microsoft.management/managementgroups")
    at = service.store.under(path) if wanted else service.store.of_type(kind, scope)
    if "/resourcegroups/" in scope.lower():
        above += service.store.under(f"{scope[: scope.lower().index('/resourcegroups/')]}/providers/Microsoft.Authorization/{kind}")
    return above + at


def _page(service: FakeArm, path: str, query: Mapping[str, str], members: list[Body], link: str) -> Body:
    start = int(query.get("$skiptoken", "0"))
    end = start + service.page_size
    page: Body = {"value": members[start:end]}
    if end < len(members):
        # Azure's own link keeps every parameter of the request.
        kept = {**query, "$skiptoken": str(end)}
        page[link] = f"{service.url}{quote(path)}?" + "&".join(f"{key}={quote(value)}" for key, value in kept.items())
    return page


def _states(service: FakeArm, scope: str, path: str, query: Mapping[str, str]) -> Body:
    found = service.store.states
    if "/managementgroups/" not in scope.lower():
        found = [state for state in found if state["resourceId"].lower().startswith(scope.lower() + "/")]
    wanted = query.get("$filter", "")
    if wanted:
        ids = re.findall(r"policyAssignmentId eq '([^']+)'", wanted)
        require(ids and re.sub(r"policyAssignmentId eq '[^']+'", "", wanted).replace(" or ", "") == "", "InvalidFilter", wanted)
        kept = {each.lower() for each in ids}
        found = [state for state in found if state["policyAssignmentId"].lower() in kept]
    page = _page(service, path, query, found, "@odata.nextLink")
    return {"@odata.context": "https://example.invalid/$metadata", "@odata.count": len(page["value"]), **page}
