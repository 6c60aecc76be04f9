"""Templates made to exhaust whoever reads them: each ends soon, in little memory, and says that it was not read whole."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

import pytest

from s2sguard.collect.interface import Collected
from s2sguard.model.value import Unknown
from tests.unit.collect.arm_template.templates import a_connection, a_module, a_template, deployed, strings

pytestmark = pytest.mark.no_cover  # random or exhaustive: counting lines would take most of its time

SECONDS, MEGABYTES = 10, 600
"""Processor time and growth of memory for one template; on an idle machine all take less than half of it."""


def doubled(step: str, times: int = 39) -> dict[str, Any]:
    """Return a template whose variables each repeat the one before."""
    variables = {f"v{at}": step.replace("LAST", f"variables('v{at - 1}')") for at in range(1, times)}
    return a_template(a_connection(x=f"[variables('v{times - 1}')]"), variables={"v0": "aaaaaaaaaaaaaaaa", **variables})


def functions(**bodies: str) -> list[dict[str, Any]]:
    """Return user-defined functions of one string `a`."""
    members = {
        name: {"parameters": [{"name": "a", "type": "string"}], "output": {"type": "string", "value": body}}
        for name, body in bodies.items()
    }
    return [{"namespace": "x", "members": members}]


def nested(levels: int) -> dict[str, Any]:
    """Return deployments in each other."""
    template = a_template(a_connection())
    for level in range(levels):
        template = a_template(a_module(f"m{level}", template))
    return template


def wide(levels: int) -> dict[str, Any]:
    """Return deployments in each other, 800 copies of each."""
    template = a_template(a_connection())
    for level in range(levels):
        module = a_module(f"[concat('m{level}-', copyIndex())]", template, copy={"name": "l", "count": 800})
        template = a_template(module)
    return template


def loops(*counts: object) -> dict[str, Any]:
    """Return a property made by loops in each other."""
    made: Any = "x"
    for at, count in enumerate(reversed(counts)):
        made = {"copy": [{"name": f"l{at}", "count": count, "input": made}]}
    return a_template(a_connection(**made))


def copied(count: object) -> dict[str, Any]:
    """Return many connections."""
    return a_template({**a_connection("[concat('c', copyIndex())]"), "copy": {"name": "l", "count": count}})


def discriminated() -> dict[str, Any]:
    """Return a deep value whose type has ten variants at each level."""
    value: dict[str, Any] = {"b": "x"}
    for _ in range(60):
        value = {"a": value, "b": "y"}
    variants = {str(at): {"$ref": "#/definitions/inner"} for at in range(10)}
    definitions = {
        "outer": {"type": "object", "discriminator": {"propertyName": "b", "mapping": variants}},
        "inner": {"type": "object", "properties": {"a": {"$ref": "#/definitions/outer"}}},
    }
    parameters = {"p": {"$ref": "#/definitions/outer", "defaultValue": value}}
    return a_template(a_connection(x="[string(parameters('p'))]"), parameters=parameters, definitions=definitions)


def chain() -> dict[str, Any]:
    """Return parameters that each need the one before."""
    parameters = strings(p0="x") | strings(**{f"p{at}": f"[parameters('p{at - 1}')]" for at in range(1, 5000)})
    return a_template(a_connection(x="[parameters('p4999')]"), parameters=parameters)


def handed_on() -> dict[str, Any]:
    """Return modules that each double what another one gives back."""
    body = {"o": {"type": "string", "value": "[concat(parameters('p'), parameters('p'))]"}}
    inner = a_template(parameters=strings("p"), outputs=body)
    modules = [
        a_module(f"m{at}", inner, parameters={"p": {"value": f"[reference('m{at + 1}').outputs.o.value]" if at < 60 else "x"}})
        for at in range(61)
    ]
    return a_template(*modules, a_connection(x="[reference('m0').outputs.o.value]"))


def expression(text: str, **sections: object) -> dict[str, Any]:
    """Return a template with one expression."""
    return a_template(a_connection(x=text), **sections)


LONG = {"s": "[padLeft('b', 100000, 'a')]", "t": "[padLeft('c', 50000, 'a')]"}
LARGE = "[createObject(" + ", ".join(f"'n{at}', {at}" for at in range(60)) + ")]"
CASES: dict[str, Callable[[], dict[str, Any]]] = {
    "functions that call each other": lambda: expression("[x.f('a')]", functions=functions(f="[x.f(parameters('a'))]")),
    "functions that call the next one twice": lambda: expression(
        "[x.f0('a')]", functions=functions(**{f"f{at}": f"[concat(x.f{at + 1}('a'), x.f{at + 1}('a'))]" for at in range(35)}, f35="a")
    ),
    "variables made of themselves": lambda: expression("[variables('a')]", variables={"a": "[variables('b')]", "b": "[variables('a')]"}),
    "parameters in a long row": chain,
    "deployments 12 deep": lambda: nested(12),
    "800 x 800 deployments": lambda: wide(2),
    "800 ^ 5 deployments": lambda: wide(5),
    "outputs that double": handed_on,
    "a billion copies": lambda: copied(10**9),
    "a billion copies, computed": lambda: copied("[mul(100000, 10000)]"),
    "more copies than an integer has": lambda: copied("[mul(9223372036854775807, 9)]"),
    "copies below nought": lambda: copied(-1),
    "a billion elements": lambda: loops(10**9),
    "800 x 800 elements": lambda: loops(800, 800),
    "800 x 800 x 800 elements": lambda: loops(800, 800, 800),
    "more resources than Azure takes": lambda: a_template(*[a_connection(f"c{at}") for at in range(10_001)]),
    "a padded string": lambda: expression("[padLeft('a', 2000000000, 'b')]"),
    "a padded format": lambda: expression("[format('{0,2000000000}', 'a')]"),
    "digits without end": lambda: expression("[format('{0:N999999999}', 1)]"),
    "strings that are replaced": lambda: expression(
        "[replace(replace(padLeft('a', 100000, 'a'), 'a', padLeft('b', 100000, 'b')), 'b', variables('s'))]", variables=LONG
    ),
    "concatenated strings": lambda: doubled("[concat(LAST, LAST, LAST, LAST)]"),
    "formatted strings": lambda: doubled("[format('{0}{0}{0}{0}{0}{0}{0}{0}', LAST)]"),
    "arrays of arrays": lambda: doubled("[createArray(LAST, LAST, LAST, LAST, LAST, LAST)]"),
    "objects of objects": lambda: doubled("[createObject('a', LAST, 'b', LAST, 'c', LAST)]"),
    "texts of texts": lambda: doubled("[string(createArray(LAST, LAST, LAST, LAST))]"),
    "a long range": lambda: expression("[string(range(0, 2000000000))]"),
    "lambdas in lambdas": lambda: expression(
        "[length(map(range(0, 10000), lambda('a', map(range(0, 10000), lambda('b', map(range(0, 10000), lambda('c', 0)))))))]"
    ),
    "a search through arrays": lambda: expression(
        "[filter(range(0, 10000), lambda('a', contains(variables('r'), createArray(lambdaVariables('a')))))]",
        variables={"r": "[map(range(0, 9000), lambda('a', createArray(0)))]"},
    ),
    "a search through text": lambda: expression("[map(range(0, 10000), lambda('a', indexOf(variables('s'), 'z')))]", variables=LONG),
    "texts in their order": lambda: expression("[map(range(0, 10000), lambda('a', less(variables('s'), variables('t'))))]", variables=LONG),
    "names in no casing": lambda: expression(
        "[map(range(0, 10000), lambda('a', map(range(0, 100), lambda('b', variables('o').N59))))]", variables={"o": LARGE}
    ),
    "a deep expression": lambda: expression("[" + "concat(" * 3000 + "'a'" + ")" * 3000 + "]"),
    "a long expression": lambda: expression("[concat(" + ",".join(["'a'"] * 200_000) + ")]"),
    "types that refer to each other": lambda: expression(
        "[parameters('p')]",
        parameters={"p": {"$ref": "#/definitions/a", "defaultValue": "[parameters('p')]"}},
        definitions={"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}},
    ),
    "types with variants": discriminated,
    "a resource that refers to itself": lambda: a_template(a_connection("a", x="[reference('a').x]")),
    "a deployment that refers to itself": lambda: a_template(
        a_module("m", a_template(a_connection(), outputs={"o": {"type": "string", "value": "x"}}), dependsOn=[]),
        a_module("[reference('n').outputs.o.value]", a_template()),
        a_connection("[reference('a').x]", x="[reference('b').x]"),
        a_connection("b", x="[substring(reference('m').outputs.o.value, 5, 5)]"),
    ),
}


def refused(found: Collected) -> bool:
    """Say whether something is known to be missing: a gap, or a value that is unknown."""
    return bool(found.gaps) or any(isinstance(one, Unknown) for each in found.resources for one in each.properties.values())


@pytest.mark.parametrize("name", CASES)
def test_a_template_made_to_exhaust_ends_in_a_clear_refusal(name: str) -> None:
    """Within seconds and some hundred megabytes, with a gap that says what was not read."""
    template = CASES[name]()
    memory, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    found = deployed(template)
    assert time.process_time() - started < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < MEGABYTES * 1024
    assert refused(found)
    assert all(len(gap.reason) < 300 and "\n" not in gap.reason for gap in found.gaps)
