"""One deployment -> the resources it would bring about."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Final

from s2sguard.collect.arm_template.finish import put
from s2sguard.collect.arm_template.interface import Deployment
from s2sguard.collect.arm_template.place import NOT_NAMED, place_of
from s2sguard.collect.arm_template.resources import Instance, declare
from s2sguard.collect.arm_template.run import Run, Stopped
from s2sguard.collect.arm_template.scope import Scope
from s2sguard.collect.interface import Collected
from s2sguard.expression import BudgetSpent, Json, UnknownValue
from s2sguard.expression.partial import token
from s2sguard.model.inventory import Source
from s2sguard.model.members import member

_TOO_MUCH: Final = "the template takes more work than is reasonable; what is left of it was not read"
_TOO_DEEP: Final = "the template is nested too deep; what is left of it was not read"


def evaluate(deployment: Deployment) -> Collected:
    """Return the resources of a deployment, in the order written, and gaps for what could not be worked out.

    Never raises on bad content: that is a gap.
    """
    run, out = Run(), Collected()
    source = Source(file=deployment.file, pointer=deployment.pointer)
    try:
        scope = _root(deployment, run)
        _put_all(declare(scope, scope.env), out, run)
    except Stopped:
        pass
    except BudgetSpent:
        run.gap("too-large", _TOO_MUCH, source)
    except RecursionError:
        run.gap("too-deep", _TOO_DEEP, source)
    out.gaps.extend(run.gaps)
    return out


def _root(deployment: Deployment, run: Run) -> Scope:
    return Scope(
        run,
        deployment.template,
        file=deployment.file,
        path=deployment.pointer,
        place=place_of(deployment.scope, member(deployment.template, "$schema")),
        name=token("deployment", NOT_NAMED),
        link=deployment.linked,
        given={name: partial(_same, value) for name, value in deployment.parameters.items()},
    )


def _same(value: Json) -> Json:
    return value


def _put_all(instances: Iterable[Instance], out: Collected, run: Run) -> None:
    """Append resources, those of nested deployments in the place of the deployment."""
    for instance in instances:
        if instance.nested is None:
            put(instance, out, run)
            continue
        try:
            instance.nested.prepare()
        except UnknownValue:
            continue
        _put_all(instance.nested.instances, out, run)
