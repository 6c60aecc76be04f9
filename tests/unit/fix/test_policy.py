"""The IPsec policy of a fix."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.facts.crypto import ALGORITHM_FIELDS
from s2sguard.facts.given import Settings
from s2sguard.facts.options import HARDENED_SETTINGS
from s2sguard.fix.policy import ARM_NAMES, hardened_policy, policy_as_it_is
from s2sguard.model.estate import IpsecPolicy
from s2sguard.model.value import Unknown

VALUES = {
    "ike_encryption": ("DES", "DES3", "AES128", "AES192", "AES256", "GCMAES128", "GCMAES256"),
    "ike_integrity": ("MD5", "SHA1", "SHA256", "SHA384", "GCMAES128", "GCMAES256"),
    "dh_group": ("None", "DHGroup1", "DHGroup2", "DHGroup14", "DHGroup2048", "DHGroup24", "ECP256", "ECP384"),
    "ipsec_encryption": ("None", "DES", "DES3", "AES128", "AES256", "GCMAES128", "GCMAES256"),
    "ipsec_integrity": ("MD5", "SHA1", "SHA256", "GCMAES128", "GCMAES256"),
    "pfs_group": ("None", "PFS1", "PFS2", "PFS14", "PFS2048", "PFS24", "ECP256", "ECP384"),
}
"""Azure's values by field (azure.md 1.1)."""
GOOD: dict[str, Any] = {
    "ike_encryption": "AES256",
    "ike_integrity": "SHA384",
    "dh_group": "ECP384",
    "ipsec_encryption": "GCMAES256",
    "ipsec_integrity": "GCMAES256",
    "pfs_group": "ECP384",
    "sa_lifetime_seconds": 27000,
    "sa_data_size_kilobytes": 102400000,
}
NUMBERS = st.none() | st.integers(0, 2**31 - 1)
POLICIES = st.builds(
    IpsecPolicy,
    **{field: st.none() | st.sampled_from(values) for field, values in VALUES.items()},
    sa_lifetime_seconds=NUMBERS,
    sa_data_size_kilobytes=NUMBERS,
)


def passes(policy: dict[str, Any], settings: Settings = HARDENED_SETTINGS) -> bool:
    """Say whether IKE-004 to IKE-007 have nothing against a policy, written anew from their pages. Missing numbers pass."""
    allowed = all(policy[field] in settings[field] for field in VALUES)  # type: ignore[literal-required]
    esp = {policy["ipsec_encryption"], policy["ipsec_integrity"]}
    paired = len(esp) == 1 or not any(str(value).startswith("GCM") for value in esp)
    ike = not str(policy["ike_integrity"]).startswith("GCM") or policy["ike_integrity"] == policy["ike_encryption"]
    seconds, kilobytes = policy["sa_lifetime_seconds"], policy["sa_data_size_kilobytes"]
    bounded = (seconds is None or 300 <= seconds <= 28800) and (kilobytes is None or 1024 <= kilobytes <= 102400000)
    return allowed and paired and ike and bounded


def fields(policy: object) -> dict[str, Any]:
    """Return a policy by the names of the facts."""
    assert isinstance(policy, dict)
    return {field: policy[arm] for field, arm in ARM_NAMES.items()}


@given(POLICIES)
def test_every_policy_becomes_one_that_passes(current: IpsecPolicy) -> None:
    """What comes out has all eight fields and passes; nothing comes out exactly where the current one passes."""
    now = {field: getattr(current, field) for field in ARM_NAMES}
    made = hardened_policy(current, HARDENED_SETTINGS)
    if made is None:
        assert passes(now)
    else:
        assert not passes(now)
        assert passes(fields(made))
        assert None not in fields(made).values()


@given(POLICIES)
def test_no_smaller_change_would_do(current: IpsecPolicy) -> None:
    """No policy that passes differs from the current one in fewer algorithms: all of them are tried."""
    made = hardened_policy(current, HARDENED_SETTINGS)
    if made is None:
        return
    now = {field: getattr(current, field) for field in ALGORITHM_FIELDS}
    changed = sum(fields(made)[field] != now[field] for field in ALGORITHM_FIELDS)
    fewest = 0
    for names in (("ike_encryption", "ike_integrity"), ("ipsec_encryption", "ipsec_integrity"), ("dh_group",), ("pfs_group",)):
        fewest += min(
            sum(value != now[name] for name, value in zip(names, values, strict=True))
            for values in product(*(VALUES[name] for name in names))
            if passes(GOOD | dict(zip(names, values, strict=True)))
        )
    assert changed == fewest


def test_a_number_within_bounds_stays_and_one_outside_does_not() -> None:
    """Lifetime and data size are kept where they pass, and set to Azure's default where they do not."""
    current = IpsecPolicy(**GOOD | {"sa_lifetime_seconds": 3600, "sa_data_size_kilobytes": 0})
    assert fields(hardened_policy(current, HARDENED_SETTINGS)) == GOOD | {"sa_lifetime_seconds": 3600}


def test_bounds_below_the_default_give_the_bound() -> None:
    """Where Azure's default is not allowed, the nearest allowed number is set."""
    settings: Settings = {**HARDENED_SETTINGS, "sa_lifetime_seconds_max": 3600}
    assert fields(hardened_policy(None, settings))["sa_lifetime_seconds"] == 3600


@pytest.mark.parametrize(
    ("group", "wanted"), [("DHGroup14", "PFS2048"), ("ECP256", "ECP256"), ("ECP384", "ECP384"), ("DHGroup2", "ECP384")]
)
def test_the_second_phase_takes_the_group_of_the_first(group: str, wanted: str) -> None:
    """A device that has a good group in one phase gets the same one in the other: one thing less to configure."""
    current = IpsecPolicy(**GOOD | {"dh_group": group, "pfs_group": "None"})
    assert fields(hardened_policy(current, HARDENED_SETTINGS))["pfs_group"] == wanted


def test_settings_decide_what_is_allowed() -> None:
    """A narrower allow-list changes what passed before; a value that only the settings know is taken."""
    settings: Settings = {**HARDENED_SETTINGS, "dh_group": ["DHGroup24"], "pfs_group": ["PFS24"]}
    made = fields(hardened_policy(IpsecPolicy(**GOOD), settings))
    assert made == GOOD | {"dh_group": "DHGroup24", "pfs_group": "PFS24"}


@pytest.mark.parametrize(
    ("change", "phase"),
    [({"ipsec_encryption": ["GCMAES256"], "ipsec_integrity": ["SHA256"]}, "2"), ({"ike_integrity": ["GCMAES128"]}, "1")],
)
def test_settings_that_allow_no_pair_are_no_policy(change: dict[str, list[str]], phase: str) -> None:
    """Where no allowed pair fits Azure's rule for GCM, nothing is invented."""
    made = hardened_policy(None, {**HARDENED_SETTINGS, **change})  # type: ignore[typeddict-item]  # some of its members
    assert isinstance(made, Unknown)
    assert f"phase {phase}" in made.reason


def test_accepted_findings_leave_their_fields_alone() -> None:
    """A waived weak phase 1 stays while phase 2 is mended; a waived mismatch and lifetime stay as well."""
    current = IpsecPolicy(**GOOD | {"dh_group": "DHGroup2", "ike_integrity": "SHA1", "pfs_group": "None"})
    made = fields(hardened_policy(current, HARDENED_SETTINGS, frozenset({"S2S-IKE-004"})))
    assert made == GOOD | {"dh_group": "DHGroup2", "ike_integrity": "SHA1", "pfs_group": "ECP384"}
    odd = IpsecPolicy(**GOOD | {"ipsec_integrity": "SHA256", "sa_lifetime_seconds": 0})
    assert hardened_policy(odd, HARDENED_SETTINGS, frozenset({"S2S-IKE-006", "S2S-IKE-007"})) is None


def test_a_policy_is_written_again_with_all_eight_fields() -> None:
    """A connection that is made anew gets its policy as it was, Azure's defaults for numbers that were left out."""
    current = IpsecPolicy(**GOOD | {"sa_lifetime_seconds": None, "sa_data_size_kilobytes": 1024})
    assert fields(policy_as_it_is(current)) == GOOD | {"sa_data_size_kilobytes": 1024}


def test_the_fields_are_those_of_the_facts() -> None:
    """Every field of the facts has its ARM name."""
    assert set(ARM_NAMES) == set(IpsecPolicy.__dataclass_fields__)
