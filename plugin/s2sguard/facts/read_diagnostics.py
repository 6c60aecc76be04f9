"""Is the IKE diagnostic log of a gateway exported? From diagnostic settings, as resources or as a member of the gateway.

Shape: `properties.logs[]` with `category` or `categoryGroup`, and `enabled`; a destination is a workspace, a storage account,
an event hub or a partner solution (Microsoft: Diagnostic Settings REST API). Categories: azure.md 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from s2sguard.facts.reading import Properties, body, of_resource
from s2sguard.model.arm_types import DIAGNOSTIC_SETTING
from s2sguard.model.inventory import Inventory, Resource
from s2sguard.model.value import Maybe, Unknown

_CATEGORY: Final = "ikediagnosticlog"
_GROUP: Final = "alllogs"
_DESTINATIONS: Final = ("workspaceid", "storageaccountid", "eventhubauthorizationruleid", "marketplacepartnerid")
_BELOW: Final = f"/providers/{DIAGNOSTIC_SETTING}/".lower()
_NOT_GIVEN: Final = Unknown("the diagnostic settings of this gateway are not in the input, those of another resource are")


def described_by(setting: Resource) -> str:
    """Return the folded id of what a diagnostic setting is about; its own where that says nothing."""
    return setting.key.partition(_BELOW)[0]


def ike_log_of(inventory: Inventory, gateway: Resource, *, elsewhere: bool) -> Maybe[bool | None]:
    """Say whether some diagnostic setting of a gateway exports its IKE log; None where the input holds no setting of anything.

    `elsewhere` says that it holds one, in case the inventory is a shard without any.
    """
    listed = of_resource(gateway).items("diagnosticsettings") if gateway.properties else ()
    if isinstance(listed, Unknown):
        return listed
    given = [body(one) for one in listed]
    settings = inventory.of_type(DIAGNOSTIC_SETTING)
    given += [of_resource(one) for one in settings if described_by(one) == gateway.key]
    if given or Properties(gateway.properties).has("diagnosticsettings"):
        return _any(_exports(one) for one in given)
    return _NOT_GIVEN if settings or elsewhere else None


def _any(answers: Iterable[Maybe[bool]]) -> Maybe[bool]:
    """Return true where one is, else the first doubt."""
    found = list(answers)
    if True in found:
        return True
    return next((one for one in found if isinstance(one, Unknown)), False)


def _exports(setting: Maybe[Properties]) -> Maybe[bool]:
    if isinstance(setting, Unknown):
        return setting
    logs = setting.items("logs")
    if isinstance(logs, Unknown):
        return logs
    destinations = [setting.reference(name) for name in _DESTINATIONS]
    to = _any(one if isinstance(one, Unknown) else bool(one) for one in destinations)
    on = _any(_covers(one) for one in logs)
    return False if on is False or to is False else to if isinstance(to, Unknown) else on


def _covers(log: object) -> Maybe[bool]:
    category = body(log)
    if isinstance(category, Unknown):
        return category
    names = (category.text("category"), category.text("categorygroup"))
    unknown = next((name for name in names if isinstance(name, Unknown)), None)
    if unknown is not None:
        return unknown
    mine = [str(name).lower() for name in names]
    return category.flag("enabled") if mine[0] == _CATEGORY or mine[1] == _GROUP else False
