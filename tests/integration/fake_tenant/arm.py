"""Azure Resource Manager's and Resource Graph's answers about a tenant."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from tests.integration.fake_arm.problems import Problem, require
from tests.integration.fake_tenant.faults import Faults
from tests.integration.fake_tenant.tenant import MANAGEMENT_GROUP, Body, Tenant

_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SUBSCRIPTION: Final = re.compile(rf"/subscriptions/(?P<subscription>{_GUID})")
_IN_SUBSCRIPTION: Final = re.compile(rf"/subscriptions/(?P<subscription>{_GUID})/providers/(?P<type>microsoft\.network/[a-z]+)")
_IN_GROUP: Final = re.compile(rf"(?P<group>/subscriptions/{_GUID}/resourcegroups/[^/]+)/providers/(?P<type>microsoft\.network/[a-z]+)")
_GROUPS: Final = re.compile(rf"/subscriptions/(?P<subscription>{_GUID})/resourcegroups")
_DESCENDANTS: Final = re.compile(r"/providers/microsoft\.management/managementgroups/(?P<name>[^/]+)/descendants")
_TYPES: Final = re.compile(r"where type in~ \(([^)]*)\)")
_LEFT_OUT: Final = frozenset(
    {"dpdTimeoutSeconds", "useLocalAzureIpAddress", "ingressNatRules", "egressNatRules", "tunnelProperties", "authenticationType"}
)
"""What the listing below a gateway lacks (facts 1.1)."""
_SAS: Final = re.compile(r"(?P<connection>/subscriptions/.+/providers/microsoft\.network/connections/[^/]+)/getikesas")
RESULT: Final = "/providers/microsoft.network/operationresults/"
GRAPH: Final = "/providers/microsoft.resourcegraph/resources"


class Arm:
    """Answers requests; knows nothing of HTTP."""

    def __init__(self, tenant: Tenant, faults: Faults, *, page: int = 100, graph_page: int = 1000) -> None:
        self.tenant, self.faults, self.page, self.graph_page = tenant, faults, page, graph_page
        self.url = ""

    def ask_sas(self, path: str) -> str:
        """Return the link at which the live SAs of a connection will be; raises Problem."""
        found = _SAS.fullmatch(path.lower())
        require(found and found["connection"] in self.tenant.resources, "ResourceNotFound", "no such resource", 404)
        name = base64.urlsafe_b64encode(found["connection"].encode()).decode() if found else ""
        return f"{self.url}{RESULT}{name}?api-version=2026-03-01"

    def sas(self, path: str) -> str:
        """Return the live SAs of a connection as Azure does: a text that holds JSON (facts 4.9). What is configured is in force."""
        connection = self.tenant.resources[base64.urlsafe_b64decode(path.rpartition("/")[2]).decode()]["properties"]
        children = [
            {
                "localTrafficSelectors": element["localAddressRanges"],
                "remoteTrafficSelectors": element["remoteAddressRanges"],
                "encryption": "GCMAES256",
                "integrity": "GCMAES256",
                "pfsGroupId": "None",
                "isSaInitiator": True,
            }
            for element in connection.get("trafficSelectorPolicies", [])
        ]
        sa = {"encryption": "AES256", "integrity": "SHA384", "dhGroup": "ECP384", "isSaInitiator": True, "quickModeSa": children}
        return json.dumps([sa | {"remoteEndpoint": "198.51.100.7", "initiatorCookie": 7}])

    def get(self, path: str, query: Mapping[str, str]) -> Body:
        """Return the answer to a GET; raises Problem."""
        require(query.get("api-version"), "MissingApiVersionParameter", "api-version")
        folded = path.lower().rstrip("/")
        if folded == "/subscriptions":
            found: list[Body] = [_subscription(name) for name in self.tenant.subscriptions]
        elif match := _DESCENDANTS.fullmatch(folded):
            require(match["name"] == MANAGEMENT_GROUP, "NotFound", match["name"], 404)
            found = [_subscription(name) | {"type": "/subscriptions"} for name in self.tenant.subscriptions]
        elif match := _GROUPS.fullmatch(folded):
            self._known(match["subscription"])
            found = [{"id": key, "name": key.rpartition("/")[2]} for key in sorted(self.tenant.groups) if match["subscription"] in key]
        else:
            return self._resources(path, folded, query)
        return self._paged(path, query, found)

    def _resources(self, path: str, folded: str, query: Mapping[str, str]) -> Body:
        if match := _IN_SUBSCRIPTION.fullmatch(folded):
            self._known(match["subscription"])
            found = list(self.tenant.of_types({match["type"]}, {match["subscription"]}))
        elif match := _IN_GROUP.fullmatch(folded):
            require(match["group"] in self.tenant.groups, "ResourceGroupNotFound", "no such group", 404)
            found = self.tenant.groups[match["group"]].get(match["type"], [])
        elif folded in self.tenant.resources:
            require(folded not in self.faults.vanished, "ResourceNotFound", "no such resource", 404)
            return self.tenant.resources[folded]
        else:
            return self._below(path, folded, query)
        return self._paged(path, query, [body for body in found if body["id"].lower() not in self.faults.vanished])

    def _below(self, path: str, folded: str, query: Mapping[str, str]) -> Body:
        parent, _, collection = folded.removesuffix("/providers/microsoft.insights/diagnosticsettings").rpartition("/")
        if folded.endswith("/diagnosticsettings"):
            parent, collection = f"{parent}/{collection}", "diagnosticsettings"
        require(parent in self.tenant.resources and parent not in self.faults.vanished, "ResourceNotFound", "no such resource", 404)
        if collection == "connections":
            gone = self.faults.vanished if self.faults.forgotten else set()
            named = [body for body in self.tenant.members.get(parent, []) if body["id"].lower() not in gone]
            return self._paged(path, query, [_reduced(body) for body in named])
        if collection == "natrules":
            return self._paged(path, query, list(self.tenant.resources[parent]["properties"].get("natRules", [])))
        found = self.tenant.children.get(folded, [])
        return self._paged(path, query, [body for body in found if body["id"].lower() not in self.faults.vanished])

    def _known(self, subscription: str) -> None:
        require(subscription in self.tenant.subscriptions, "SubscriptionNotFound", "no such subscription", 404)

    def _paged(self, path: str, query: Mapping[str, str], found: list[Body]) -> Body:
        fault = self.faults.staying(path)
        if fault == "no-listing":
            return {"unexpected": "page"}
        start = int(query.get("$skiptoken", "0"))
        rows = found[start : start + self.page]
        if self.faults.duplicates and start:
            rows = [found[start - 1], *rows]
        answer: Body = {"value": rows}
        link = f"{self.url}{quote(path)}?api-version={query['api-version']}&$skiptoken="
        if fault == "loop":
            answer["nextLink"] = f"{link}0"
        elif fault == "elsewhere":
            answer["nextLink"] = f"{link}0".replace("127.0.0.1", "127.0.0.2")
        elif start + self.page < len(found):
            answer["nextLink"] = f"{link}{start + self.page}"
        return answer

    def graph(self, body: Body) -> Body:
        """Return the answer to a query; raises Problem for what Resource Graph would not page."""
        query, options = body["query"], body.get("options", {})
        types = {name.strip(" '") for name in _TYPES.findall(query)[0].split(",")}
        require("order by id asc" in query and "project id" in query, "BadRequest", "cannot be paged")
        require(0 < len(body["subscriptions"]) <= 300, "BadRequest", "subscriptions")
        require(options.get("resultFormat") == "objectArray", "BadRequest", "resultFormat")
        hidden = {start for start, fault in self.faults.lasting.items() if fault == "forbidden" and start.count("/") == 2}
        names = {name.lower() for name in body["subscriptions"]} - {start.rpartition("/")[2] for start in hidden}
        rows = [_row(found, "properties |" in query) for found in self.tenant.of_types(types, names)]
        start = int(base64.b64decode(options["$skipToken"])) if options.get("$skipToken") else 0
        size = min(int(options.get("$top", 100)), self.graph_page)
        page = rows[start : start + size]
        if self.faults.duplicates and start:
            page = [rows[start - 1], *page]
        answer: Body = {"totalRecords": len(rows), "count": len(page), "resultTruncated": "false", "facets": [], "data": page}
        if start + size < len(rows):
            answer["$skipToken"] = base64.b64encode(str(start + size).encode()).decode()
        return answer


def _subscription(name: str) -> Body:
    return {"id": f"/subscriptions/{name}", "subscriptionId": name, "name": name, "displayName": "a subscription", "state": "Enabled"}


def _reduced(body: Body) -> Body:
    properties = {name: value for name, value in body["properties"].items() if name not in _LEFT_OUT}
    return body | {"properties": properties}


def _row(body: Body, with_properties: bool) -> Body:  # noqa: FBT001
    """Return a row as Resource Graph does, types in lowercase."""
    properties: dict[str, Any] = body["properties"]
    row = {"id": body["id"], "name": body["name"], "type": body["type"].lower()}
    if with_properties:
        return row | {"location": body["location"], "tags": body["tags"], "properties": properties}
    ends = [properties.get(name, {}).get("id", "") for name in ("virtualNetworkGateway1", "localNetworkGateway2")]
    return row | {"gateway": ends[0], "site": ends[1], "kind": properties.get("connectionType", "")}


__all__ = ["GRAPH", "RESULT", "Arm", "Problem"]
