"""The functions that templates have and policies do not: what a deployment, a resource or the template itself says.

Sources: template-functions-deployment, -resource, -scope and user-defined-functions (Microsoft Learn).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from s2sguard.collect.arm_template.identifiers import IDENTIFIERS
from s2sguard.collect.arm_template.place import NOT_NAMED
from s2sguard.collect.arm_template.run import STEPS_OF_A_CALL
from s2sguard.expression import LAMBDA, PARTLY, STANDARD, Budget, Dialect, ExpressionFailure, Function, Json, Open, Partial, UnknownValue
from s2sguard.expression.functions.common import integer, text
from s2sguard.expression.partial import Token, joined
from s2sguard.model.folding import fold
from s2sguard.model.members import find, member
from s2sguard.model.value import Unknown

if TYPE_CHECKING:
    from s2sguard.collect.arm_template.values import Env

FOLDER: Final = Token("{template-folder}")
"""Stands for the address of the folder that the template was deployed from."""
LINK: Final = Partial("the address the template is deployed from is not known", (FOLDER, "/{template}"))
_LISTED: Final = Unknown("only Azure knows it: a list function asks the resource")
_AZURE: Final = Unknown("only known to Azure")
_CLOUD: Final = "the cloud that is deployed to is not known"
_CHANGES: Final = Unknown("it differs from one deployment to the next")


def _parameters(env: Env, name: Json) -> Json:
    if env.arguments is not None:
        folded = fold(text("parameters", name))
        if folded in env.arguments:
            return env.arguments[folded]
        raise ExpressionFailure("the function has no parameter of this name")
    return env.scope.parameter(text("parameters", name))


def _variables(env: Env, name: Json) -> Json:
    return env.scope.variable(text("variables", name))


def _copy_index(env: Env, name: Json = None, offset: Json = None) -> Json:
    if isinstance(name, str):
        if fold(name) not in env.loops:
            raise ExpressionFailure("there is no copy loop of this name around the expression")
        index = env.loops[fold(name)]
    else:
        if name is not None and offset is not None:
            raise ExpressionFailure("`copyIndex` takes the name of a loop first")
        # Outside of resources' loops Azure takes the only loop there is.
        index, offset = env.loop if env.loop is not None or len(env.loops) != 1 else next(iter(env.loops.values())), name
        if index is None:
            raise ExpressionFailure("there is no copy loop around the expression")
    if isinstance(index, Unknown):
        return index
    return index + (0 if offset is None else integer("copyIndex", offset))


def _resource_group(env: Env) -> Json:
    place = env.scope.place
    if place.group is None:
        raise ExpressionFailure("`resourceGroup` has no value where no resource group is deployed to")
    known = {
        "id": place.id,
        "name": place.group,
        "type": "Microsoft.Resources/resourceGroups",
        "location": place.unknown_part("resource-group-location"),
    }
    return Open(NOT_NAMED, known)


def _subscription(env: Env) -> Json:
    place = env.scope.place
    if place.subscription is None:
        raise ExpressionFailure("`subscription` has no value where no subscription is deployed to")
    known = {
        "id": joined(["/subscriptions/", place.subscription], segments=True),
        "subscriptionId": place.subscription,
        "tenantId": place.unknown_part("tenant"),
        "displayName": place.unknown_part("subscription-name"),
    }
    return Open(NOT_NAMED, known)


def _tenant(env: Env) -> Json:
    return Open(NOT_NAMED, {"tenantId": env.scope.place.unknown_part("tenant")})


def _management_group(env: Env) -> Json:
    place = env.scope.place
    if place.level != "management" or place.management is None:
        raise ExpressionFailure("`managementGroup` has no value where no management group is deployed to")
    return Open(NOT_NAMED, {"id": place.id, "name": place.management, "type": "Microsoft.Management/managementGroups"})


def _deployment(env: Env) -> Json:
    properties: dict[str, Json] = {"templateLink": {"uri": LINK}}
    return Open(
        NOT_NAMED, {"name": env.scope.name, "location": env.scope.place.unknown_part("deployment-location"), "properties": properties}
    )


def _environment(_env: Env) -> Json:
    return Open(_CLOUD, {})


def _deployer(_env: Env) -> Json:
    return Open("who deploys the template is not known", {})


def _listed(*_arguments: Json) -> Json:
    raise UnknownValue(_LISTED)


def _azure(*_arguments: Json) -> Json:
    raise UnknownValue(_AZURE)


def _changes(*_arguments: Json) -> Json:
    raise UnknownValue(_CHANGES)


def _uri(base: Json, relative: Json) -> Json:
    """Return an address; one below the folder of the template itself stays readable, as that is where linked templates are."""
    if isinstance(base, Partial) and FOLDER in base.parts[:1] and isinstance(relative, str | Partial):
        return joined([FOLDER, "/", relative])
    return PARTLY["uri"].call(base, relative)


def _reference(env: Env, target: Json, _version: Json = None, full: Json = None) -> Json:
    return env.scope.index.reference(target, full=isinstance(full, str) and fold(full) == "full", scope=env.scope)


def _references(env: Env, symbol: Json, full: Json = None) -> Json:
    return env.scope.index.references(text("references", symbol), full=isinstance(full, str) and fold(full) == "full")


def _resource_info(env: Env, symbol: Json) -> Json:
    return env.scope.index.info(text("resourceInfo", symbol))


def _host(name: str, call: Any, minimum: int, maximum: int | None = -1) -> Function:  # noqa: ANN401  # each its own arguments
    return Function(name=name, call=call, minimum=minimum, maximum=minimum if maximum == -1 else maximum, kind="host", pure=False)


_LIST = Function(name="list*", call=_listed, minimum=0, maximum=None, pure=False, open=True)
_HOSTS: Final[Mapping[str, Function]] = {
    function.name.lower(): function
    for function in (
        _host("parameters", _parameters, 1),
        _host("variables", _variables, 1),
        _host("copyIndex", _copy_index, 0, 2),
        _host("resourceGroup", _resource_group, 0),
        _host("subscription", _subscription, 0),
        _host("tenant", _tenant, 0),
        _host("managementGroup", _management_group, 0),
        _host("deployment", _deployment, 0),
        _host("environment", _environment, 0),
        _host("deployer", _deployer, 0),
        _host("reference", _reference, 1, 3),
        _host("references", _references, 1, 2),
        _host("resourceInfo", _resource_info, 1),
        *IDENTIFIERS,
        Function(name="uri", call=_uri, minimum=2, maximum=2),
        Function(name="utcNow", call=_changes, maximum=1, pure=False, open=True),
        Function(name="newGuid", call=_changes, maximum=0, pure=False),
        *(
            Function(name=name, call=_azure, minimum=1, maximum=None, pure=False, open=True)
            for name in ("pickZones", "providers", "toLogicalZone", "toLogicalZones", "toPhysicalZone", "toPhysicalZones", "getSecret")
        ),
        Function(name="externalInput", call=_azure, minimum=1, maximum=None, pure=False, open=True),
    )
}
_FUNCTIONS: Final[Mapping[str, Function]] = {**STANDARD, **LAMBDA, **PARTLY, **_HOSTS}


class _Functions(dict[str, Function]):
    """Functions by name; every name that starts with `list` is a list function of some resource type."""

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401  # as dict has it
        found = super().get(name)
        return found if found is not None else _LIST if name.startswith("list") else default


def dialect(template: object, budget: Budget) -> Dialect:
    """Return the functions of one template, its own included."""
    return Dialect(functions=_Functions({**_FUNCTIONS, **_own(template)}), budget=budget)


def _own(template: object) -> dict[str, Function]:
    """Return the functions that a template defines, by namespace and name."""
    spaces = member(template, "functions")
    found: dict[str, Function] = {}
    for space in spaces if isinstance(spaces, list) else ():
        namespace, members = member(space, "namespace"), member(space, "members")
        for name, declared in members.items() if isinstance(members, Mapping) else ():
            function = _defined(f"{namespace}.{name}", declared)
            found[function.name.lower()] = function
    return found


def _defined(name: str, declared: object) -> Function:
    """Return one function of a template: an expression in which `parameters` means its arguments."""
    parameters, output = member(declared, "parameters"), member(declared, "output")
    names = [fold(str(member(one, "name"))) for one in parameters] if isinstance(parameters, list) else []
    value = find(output, "value") or ("value", None)

    def call(env: Env, *arguments: Json) -> Json:
        env.scope.run.budget.spend(4 * STEPS_OF_A_CALL)
        with env.scope.run.deeper():
            inner = type(env)(env.scope, arguments=dict(zip(names, arguments, strict=True)))
            return inner.value(value[1], (env.scope.path, "functions"))

    return Function(name=name, call=call, minimum=len(names), maximum=len(names), kind="host", pure=False, open=True)
