"""Changes that Azure refuses, found before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from s2sguard.azure_policy.deploy.compare import same_text
from s2sguard.azure_policy.deploy.desired import Item


def refusals(item: Item, have: Mapping[str, Any]) -> Iterator[str]:
    """Yield why Azure would refuse to turn what it has into `item`.

    Parameters of a definition cannot be removed or change their type, and a new one needs a default
    (Microsoft Learn, definition-structure-parameters; facts 5.1). An assignment cannot be turned to another definition.
    """
    if item.kind == "assignment":
        before = str(have.get("policyDefinitionId", ""))
        if before and not same_text(before, str(item.properties["policyDefinitionId"])):
            yield f"it assigns `{before}`, and an assignment cannot be turned to another definition: delete it first"
        return
    before_parameters = _by_lower(have.get("parameters"))
    after = _by_lower(item.properties.get("parameters"))
    for key, (name, node) in before_parameters.items():
        if key not in after:
            yield f"parameter `{name}` would be removed, which Azure does not allow: deploy the definition anew"
        elif not same_text(str(node.get("type", "")), str(after[key][1].get("type", ""))):
            types = f"from {node.get('type')} to {after[key][1].get('type')}"
            yield f"parameter `{name}` would change its type {types}, which Azure does not allow"
    for key, (name, node) in after.items():
        if key not in before_parameters and "defaultValue" not in node:
            yield f"the new parameter `{name}` has no default, which Azure does not allow"


def _by_lower(parameters: object) -> dict[str, tuple[str, Mapping[str, Any]]]:
    if not isinstance(parameters, Mapping):
        return {}
    return {str(name).lower(): (str(name), node if isinstance(node, Mapping) else {}) for name, node in parameters.items()}
