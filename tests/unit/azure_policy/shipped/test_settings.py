"""Settings and identity as parameters of an assignment."""

from __future__ import annotations

import pytest

from s2sguard.azure_policy.shipped.settings import identity_parameters, parameter_name, settings_parameters
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
