"""Random templates as objects, their JSON, and what the second evaluator says that they deploy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.unit.collect.arm_template.naive import Env, FailsError, SilentError, Tree, run
from tests.unit.collect.arm_template.random_trees import expression
from tests.unit.collect.arm_template.templates import SCHEMA

FAILS, SILENT = object(), object()
"""Values of properties: Azure refuses them, and the documentation does not say what they are."""


@dataclass(kw_only=True)
class Loop:
    """A copy loop, of a resource (without a body), a property or a variable."""

    name: str
    count: Tree
    body: Tree = ("lit", None)


@dataclass(kw_only=True)
class Module:
    """What a nested deployment deploys."""

    template: Template
    inner: bool
    given: dict[str, Tree]


@dataclass(kw_only=True)
class Declared:
    """One resource of a template."""

    name: Tree
    symbol: str
    condition: Tree | None = None
    loop: Loop | None = None
    properties: dict[str, Tree | Loop] = field(default_factory=dict)
    module: Module | None = None
    existing: bool = False


@dataclass(kw_only=True)
class Template:
    """A template."""

    parameters: dict[str, tuple[str, Tree | None]] = field(default_factory=dict)
    """Name -> type, default."""
    variables: dict[str, Tree | Loop] = field(default_factory=dict)
    functions: dict[str, tuple[tuple[str, ...], Tree]] = field(default_factory=dict)
    resources: list[Declared] = field(default_factory=list)
    outputs: dict[str, Tree] = field(default_factory=dict)
    symbolic: bool = False


def written(template: Template) -> dict[str, Any]:
    """Return the JSON of a template; types of parameters are definitions that are referred to."""
    loops = [_loop(one) for one in template.variables.values() if isinstance(one, Loop)]
    resources: Any = [_resource(one) for one in template.resources]
    if template.symbolic:
        resources = {one.symbol: resource for one, resource in zip(template.resources, resources, strict=True)}
    functions = {
        name: {"parameters": [{"name": one, "type": "string"} for one in names], "output": {"type": "string", "value": expression(body)}}
        for name, (names, body) in template.functions.items()
    }
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        **({"languageVersion": "2.0"} if template.symbolic else {}),
        "definitions": {kind: {"type": kind} for kind, _ in template.parameters.values()},
        "functions": [{"namespace": "own", "members": functions}],
        "parameters": {
            name: {"$ref": f"#/definitions/{kind}", **({} if default is None else {"defaultValue": expression(default)})}
            for name, (kind, default) in template.parameters.items()
        },
        "variables": {
            **{name: expression(one) for name, one in template.variables.items() if not isinstance(one, Loop)},
            **({"copy": loops} if loops else {}),
        },
        "resources": resources,
        "outputs": {name: {"type": "string", "value": expression(one)} for name, one in template.outputs.items()},
    }


def _loop(loop: Loop, **more: object) -> dict[str, Any]:
    return {"name": loop.name, "count": expression(loop.count), **(more or {"input": expression(loop.body)})}


def _resource(one: Declared) -> dict[str, Any]:
    kind = "Microsoft.Network/connections" if one.module is None else "Microsoft.Resources/deployments"
    found: dict[str, Any] = {"type": kind, "apiVersion": "2024-05-01", "name": expression(one.name)}
    if one.condition is not None:
        found["condition"] = expression(one.condition)
    if one.loop is not None:
        found["copy"] = _loop(one.loop, mode="Parallel")
    if one.existing:
        return {**found, "existing": True}
    if one.module is not None:
        scope = "inner" if one.module.inner else "outer"
        given = {name: {"value": expression(value)} for name, value in one.module.given.items()}
        body = {"mode": "Incremental", "expressionEvaluationOptions": {"scope": scope}, "template": written(one.module.template)}
        return {**found, "properties": {**body, **({"parameters": given} if one.module.inner else {})}}
    loops = [_loop(value) for value in one.properties.values() if isinstance(value, Loop)]
    plain = {name: expression(value) for name, value in one.properties.items() if not isinstance(value, Loop)}
    return {**found, "properties": {**plain, **({"copy": loops} if loops else {})}}


def deployed_by(template: Template, given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return name -> properties of all connections that a template deploys.

    Raises `FailsError` and `SilentError` where conditions, counts or names have no value; such a property is `FAILS` or `SILENT`.
    """
    found: dict[str, dict[str, Any]] = {}
    _put(template, _env(template, given), found)
    return found


def _env(template: Template, given: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
    """Return what names stand for in a template; values handed down are functions, as they are worked out when used."""
    env: dict[str, Callable[..., Any]] = {}

    def parameter(name: str) -> Any:  # noqa: ANN401
        _, default = template.parameters[name]
        value = given[name]() if callable(given.get(name)) else given.get(name)
        return run(default, env) if value is None and default is not None else value

    def variable(name: str) -> Any:  # noqa: ANN401
        one = template.variables[name]
        return _looped(one, env) if isinstance(one, Loop) else run(one, env)

    def function(name: str, *arguments: Tree) -> Any:  # noqa: ANN401
        names, body = template.functions[name]
        # Only what the body asks for can make it fail; what else is wrong with the template is a gap of its own.
        given_here = dict(zip(names, arguments, strict=True))
        return run(body, {"param": lambda asked: run(given_here[asked], env)})

    env |= {"param": parameter, "var": variable, "function": function, "output": lambda module, name: env[f"of {module}"](name)}
    return env


def _looped(loop: Loop, env: Env) -> list[Any]:
    return [run(loop.body, _inside(env, loop.name, index)) for index in range(_count(loop, env))]


def _count(loop: Loop, env: Env) -> int:
    count = run(loop.count, env)
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise FailsError
    return count


def _inside(env: Env, loop: str, index: int) -> dict[str, Callable[..., Any]]:
    outer = env.get("index")
    return {**env, "index": lambda name: index if name == loop or outer is None else outer(name)}


def _put(template: Template, env: dict[str, Callable[..., Any]], found: dict[str, dict[str, Any]]) -> None:
    for one in template.resources:
        if one.module is not None:
            _open(one, one.module, env)
    for one in template.resources:
        turns = [env] if one.loop is None else [_inside(env, one.loop.name, index) for index in range(_count(one.loop, env))]
        for turn in turns:
            condition = True if one.condition is None else run(one.condition, turn)
            if not isinstance(condition, bool):
                raise SilentError
            if condition:
                _put_one(one, turn, found)


def _put_one(one: Declared, env: dict[str, Callable[..., Any]], found: dict[str, dict[str, Any]]) -> None:
    if one.module is not None:
        inner = one.module.inner
        _put(one.module.template, _handed(one.module, env) if inner else dict(env), found)
        return
    properties = {} if one.existing else {name: _tried(value, env) for name, value in one.properties.items()}
    found[run(one.name, env)] = properties


def _handed(module: Module, env: Env) -> dict[str, Callable[..., Any]]:
    return _env(module.template, {name: (lambda tree=tree: run(tree, env)) for name, tree in module.given.items()})


def _open(one: Declared, module: Module, env: dict[str, Callable[..., Any]]) -> None:
    """Make the outputs of a module known by its symbol; those of loops are not asked for."""
    if one.loop is None:
        inner = _handed(module, env) if module.inner else env
        env[f"of {one.symbol}"] = lambda name: run(module.template.outputs[name], inner)


def _tried(value: Tree | Loop, env: Env) -> Any:  # noqa: ANN401
    try:
        return _looped(value, env) if isinstance(value, Loop) else run(value, env)
    except FailsError:
        return FAILS
    except SilentError:
        return SILENT
