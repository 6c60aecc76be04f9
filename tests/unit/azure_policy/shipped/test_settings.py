"""Settings and identity as parameters of an assignment."""

from __future__ import annotations

import pytest

from s2sguard.azure_policy.shipped.settings import identity_parameters, not_expressed, parameter_name, settings_parameters
from s2sguard.facts.options import HARDENED_SETTINGS, Identity, Party


@pytest.mark.parametrize(
    ("setting", "parameter"),
    [("dh_group", "dhGroup"), ("sa_lifetime_seconds_min", "saLifetimeSecondsMin"), ("selector_shortest_v6", "selectorShortestV6")],
)
def test_a_setting_has_one_parameter_name(setting: str, parameter: str) -> None:
    """Snake case becomes camel case."""
    assert parameter_name(setting) == parameter


def test_every_setting_is_a_parameter() -> None:
    """Values pass as they are; dates by SKU become a list, which a value count can take."""
    found = settings_parameters({**HARDENED_SETTINGS, "retired_skus": {"Standard": "2026-03-31"}})
    assert len(found) == len(HARDENED_SETTINGS)
    assert found["dhGroup"] == HARDENED_SETTINGS["dh_group"]
    assert found["siteShortestV4"] == HARDENED_SETTINGS["site_shortest_v4"]
    assert found["retiredSkus"] == [{"sku": "Standard", "date": "2026-03-31"}]


def test_internal_sites_are_listed_by_id() -> None:
    """Names are left out: the same one may exist in two resource groups. Partners are not internal."""
    parties = {
        "/subscriptions/s/b": Party(trust="internal"),
        "/subscriptions/s/a": Party(trust="internal"),
        "branch": Party(trust="internal"),
        "/subscriptions/s/red": Party(partner="red", trust="partner"),
    }
    found = identity_parameters(Identity(trust_tag="owner", parties=parties))
    assert found == {"trustTag": "owner", "internalSites": ["/subscriptions/s/a", "/subscriptions/s/b"]}


def test_what_parameters_cannot_hold_is_told() -> None:
    """A name and the id of a connection make a connection our own in scans; the assignment takes ids of sites alone."""
    network = "/subscriptions/s/resourcegroups/r/providers/microsoft.network"
    parties = {
        f"{network}/localnetworkgateways/own": Party(trust="internal"),
        f"{network}/connections/to-own": Party(trust="internal"),
        f"{network}/vpngateways/gw/vpnconnections/to-own": Party(trust="internal"),
        "branch": Party(trust="internal"),
        "red": Party(partner="red"),
    }
    identity = Identity(parties=parties)
    assert identity_parameters(identity)["internalSites"] == [f"{network}/localnetworkgateways/own"]
    told = not_expressed(identity)
    assert [line.partition("` ")[0].strip("`") for line in told] == sorted(key for key in parties if "to-own" in key or key == "branch")
    assert "do not go by names" in told[-1]
    assert not_expressed(Identity()) == ()


@pytest.mark.parametrize("key", ["/", "//", "/x"])
def test_an_id_that_is_none_is_no_error(key: str) -> None:
    """The configuration may hold anything that starts with a slash."""
    identity = Identity(parties={key: Party(trust="internal")})
    assert len(identity_parameters(identity)["internalSites"]) + len(not_expressed(identity)) == 1
