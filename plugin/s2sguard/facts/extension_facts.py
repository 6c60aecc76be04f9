"""Facts about the roads out of a gateway that no selector closes, as they stand in the facts document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from s2sguard.model.estate import Trust


class ExtensionFacts(TypedDict):
    """A road out of a partner gateway that selectors do not close."""

    kind: Literal["Vnet2Vnet", "ExpressRoute", "P2S", "RouteServer"]
    name: str
    exception: NotRequired[str]
    """The written exception from the configuration; absent means there is none."""


class DefaultSiteFacts(TypedDict):
    """The site the gateway sends 0/0 to (forced tunnelling)."""

    id: str
    name: str
    trust: Trust
