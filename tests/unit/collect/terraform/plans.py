"""Small literal plans for the tests of the Terraform reader, in the shape of `terraform show -json`."""

from __future__ import annotations

from typing import Any

from s2sguard.collect.interface import Collected, Document
from s2sguard.collect.terraform import TerraformReader
from s2sguard.model.inventory import Resource

Json = dict[str, Any]

CONNECTION = "azurerm_virtual_network_gateway_connection"
GATEWAY = "azurerm_virtual_network_gateway"
SITE = "azurerm_local_network_gateway"
VNET = "azurerm_virtual_network"
SUBNET = "azurerm_subnet"
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network"


def read(value: object) -> Collected:
    """Read a plan or state."""
    return TerraformReader().read(Document(file="plan.json", value=value))


def only(found: Collected, name: str) -> Resource:
    """Return the one resource with a name."""
    (resource,) = [candidate for candidate in found.resources if candidate.name == name]
    return resource


def by_id(found: Collected, resource_id: str) -> Resource:
    """Return the one resource with an id."""
    (resource,) = [candidate for candidate in found.resources if candidate.id == resource_id]
    return resource


def kinds(found: Collected) -> list[str]:
    """Return the kinds of all gaps."""
    return [gap.kind for gap in found.gaps]


def refs(*references: str) -> Json:
    """Return an expression."""
    return {"references": list(references)}


def planned(  # noqa: PLR0913 - one argument for each part of an instance
    type_: str,
    name: str,
    values: Json,
    *,
    unknown: Json | None = None,
    expressions: Json | None = None,
    key: str | int | None = None,
    module: str = "",
    mode: str = "managed",
    change: Json | None = None,
    **block: Any,
) -> Json:
    """Return one planned instance with its change and the expressions of its block; `plan` sorts the three into place."""
    index = "" if key is None else f'["{key}"]' if isinstance(key, str) else f"[{key}]"
    data = "data." if mode == "data" else ""
    head: Json = {"address": f"{module}{'.' if module else ''}{data}{type_}.{name}{index}", "mode": mode, "type": type_, "name": name}
    if key is not None:
        head["index"] = key
    own = {"actions": ["create"], "before": None, "after": values, "after_unknown": unknown or {}, **(change or {})}
    return {
        "module": module,
        "planned": {**head, "values": values},
        "change": {**head, **({"module_address": module} if module else {}), "change": own},
        "block": {"address": f"{data}{type_}.{name}", "mode": mode, "type": type_, "name": name, "expressions": expressions or {}, **block},
    }


def plan(*resources: Json, calls: Json | None = None, **more: Any) -> Json:
    """Return a plan. `calls` are module calls of the root module, written out; other resources go into the root module."""
    modules: dict[str, list[Json]] = {}
    for resource in resources:
        modules.setdefault(resource["module"], []).append(resource["planned"])
    children = [{"address": address, "resources": found} for address, found in modules.items() if address]
    blocks = {resource["block"]["address"]: resource["block"] for resource in resources if not resource["module"]}
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {"root_module": {"resources": modules.get("", []), "child_modules": children}},
        "resource_changes": [resource["change"] for resource in resources],
        "configuration": {"root_module": {"resources": list(blocks.values()), "module_calls": calls or {}}},
        **more,
    }


def blocks(*resources: Json) -> list[Json]:
    """Return the configuration blocks of a module's resources."""
    return list({resource["block"]["address"]: resource["block"] for resource in resources}.values())


def state(*resources: Json, **more: Any) -> Json:
    """Return a state with resources in its root module."""
    root = {"resources": [resource["planned"] for resource in resources]}
    return {"format_version": "1.0", "terraform_version": "1.9.8", "values": {"root_module": root}, **more}


def connection(name: str = "red", values: Json | None = None, **more: Any) -> Json:
    """Return a planned connection."""
    return planned(CONNECTION, more.pop("block_name", name), {"name": name, "type": "IPsec", **(values or {})}, **more)
