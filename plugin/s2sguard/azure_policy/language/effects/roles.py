"""`roleDefinitionIds`: the roles that an effect needs to carry out its changes (how-to/remediate-resources)."""

from __future__ import annotations

import re

from s2sguard.azure_policy.language.effects.part import Part
from s2sguard.expression.interface import Compiled

_ROLE_ID = re.compile(r"(?:/subscriptions/[^/]+)?/providers/microsoft\.authorization/roledefinitions/[^/]+", re.IGNORECASE)
_HINT = "`/providers/Microsoft.Authorization/roleDefinitions/<id of the role>`"


def role_definition_ids(details: Part, page: str) -> Compiled | None:
    """Compile `roleDefinitionIds`, which modify and deployIfNotExists require: an array of full role ids, not of role names."""
    if not details.expect("roleDefinitionIds", why=f"{page}: an array of {_HINT}"):
        return None
    roles = details.compiled("roleDefinitionIds")
    if roles is None or not roles.constant:
        return roles
    if not isinstance(roles.value, list) or not roles.value or not all(isinstance(role, str) for role in roles.value):
        details.scope.problem(details.at("roleDefinitionIds"), "`roleDefinitionIds` is an array of role ids", _HINT)
    elif not all(_ROLE_ID.fullmatch(role.strip()) for role in roles.value):
        details.scope.warn(details.at("roleDefinitionIds"), "a role is given by its full id", _HINT)
    return roles
