"""Our configuration as parameters of an assignment, so that scans and Azure Policy judge by the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from s2sguard.facts.given import Settings
from s2sguard.facts.options import Identity

_CONNECTIONS: Final = frozenset({"connections", "vpnconnections"})
"""Last segments of the types that the map of parties may name besides sites."""


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
    listed by id. What this leaves out is told by `not_expressed`.
    """
    return {"trustTag": identity.trust_tag, "internalSites": sorted(key for key in _internal(identity) if _is_site(key))}


def not_expressed(identity: Identity) -> tuple[str, ...]:
    """Return a line for each entry of the map of parties that scans take for our own and these parameters cannot hold.

    A name is none of an assignment's: two resource groups may use it. Of a connection the rules know the site alone.
    """
    return tuple(_line(key) for key in sorted(_internal(identity)) if not _is_site(key))


def _line(key: str) -> str:
    if key.startswith("/"):
        return (
            f"`{key}` is our own in identity.partners, and the static rules go by its site: list the site by its id, or tag the connection"
        )
    return (
        f"`{key}` is our own in identity.partners, and the static rules do not go by names: list the site by its id, or tag the connection"
    )


def _internal(identity: Identity) -> Iterator[str]:
    return (key for key, party in identity.parties.items() if party.trust == "internal")


def _is_site(key: str) -> bool:
    """Say whether a key of the map is an id, and not that of a connection."""
    return key.startswith("/") and _CONNECTIONS.isdisjoint(key.lower().rstrip("/").split("/")[-2:-1])


def _value(value: object) -> object:
    # A value count takes an array (definition-structure-policy-rule): dates by SKU become a list.
    if isinstance(value, Mapping):
        return [{"sku": sku, "date": date} for sku, date in value.items()]
    return value
