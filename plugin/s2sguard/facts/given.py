"""The part of the facts document that a run is given: allow-lists and bounds, and the assumptions verdicts rest on."""

from __future__ import annotations

from typing import Literal, TypedDict


class Settings(TypedDict):
    """Allow-lists and bounds; defaults are hardened and every one can be set in `s2sguard.yaml`."""

    ike_encryption: list[str]
    ike_integrity: list[str]
    dh_group: list[str]
    ipsec_encryption: list[str]
    ipsec_integrity: list[str]
    pfs_group: list[str]
    sa_lifetime_seconds_min: int
    sa_lifetime_seconds_max: int
    sa_data_size_kilobytes_min: int
    sa_data_size_kilobytes_max: int
    selector_shortest_local_v4: int
    selector_shortest_remote_v4: int
    selector_shortest_v6: int
    site_shortest_v4: int
    site_shortest_v6: int
    retired_skus: dict[str, str]
    """SKU name -> retirement date (ISO 8601)."""


class Assumptions(TypedDict):
    """What the verdicts rest on (design section 4); each can be turned off, which opens every ceiling."""

    peer_child_sa: Literal["refused", "accepted"]
    answer_clipped: bool
    no_fallback_with_fixed: bool
