"""Our configuration as parameters of an assignment, so that scans and Azure Policy judge by the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from s2sguard.facts.document import Settings
from s2sguard.facts.options import Identity


def parameter_name(setting: str) -> str:
    """Return the parameter that carries a setting: `dh_group` is `dhGroup` in every definition."""
    first, *rest = setting.split("_")
    return first + "".join(part.capitalize() for part in rest)


def settings_parameters(settings: Settings) -> dict[str, Any]:
    """Return every setting as parameter name -> value, in the order of the settings."""
    return {parameter_name(name): _value(value) for name, value in settings.items()}


def identity_parameters(identity: Identity) -> dict[str, Any]:
    """Return what tells our own sites from a partner's: `trustTag`, and `internalSites` from the map of parties.

    Azure Policy sees the tags of the resource in the request alone; so sites that the configuration calls internal are
    listed by id. A name without an id is left out: two resource groups may use it.
    """
    internal = [key for key, party in identity.parties.items() if party.trust == "internal" and key.startswith("/")]
    return {"trustTag": identity.trust_tag, "internalSites": sorted(internal)}


def _value(value: object) -> object:
    # A value count takes an array (definition-structure-policy-rule): dates by SKU become a list.
    if isinstance(value, Mapping):
        return [{"sku": sku, "date": date} for sku, date in value.items()]
    return value
