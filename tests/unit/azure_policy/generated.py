"""Random rules and resources that share a small vocabulary, so that conditions hit about as often as they miss.

Everything comes out of one `random.Random`: a seeded one for thousands of examples in seconds, or Hypothesis's own, which shrinks.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, TypeAlias

from s2sguard.model.value import Unknown

Json: TypeAlias = Any

TYPE = "Contoso.Lab/links"
OTHER = "Contoso.Lab/sites"
ALIAS = TYPE + "/"
WORDS = ("red", "RED", "Blue", "blue", "red-1", "80", "true", "False", "", "10.0.0.0/24")
NUMBERS = (0, 1, 2, 3, 80, 1.5, -1)
DATES = ("2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-06-01T02:00:00+02:00")
PLACES = ("westeurope", "West Europe", "WESTEUROPE", "uksouth", "global")
RANGES = ("10.0.0.0/24", "10.0.0.5", "10.0.0.0/8", "10.0.1.1-10.0.1.9", "fd00::/64", "nonsense", "")
LIKES = ("red*", "*E", "*", "b*e", "r*d", "red", "*.0/24", "*0")
MATCHES = ("##", "r?d", "...", "red-#", "????", "RED", ".e.")
PARAMETERS = {
    "word": "Red",
    "words": ["red", "blue", 80],
    "number": 2,
    "numbers": [1, 2, 80],
    "flag": True,
    "tag": "env",
    "ranges": ["10.0.0.0/16", "10.0.1.0/24"],
    "rules": [{"hop": "red", "weight": 1}, {"hop": "blue", "weight": 80}],
    "effect": "Audit",
}
CONTEXT = {
    "resourceGroup": {"name": "rg-blue", "location": "westeurope", "tags": {"env": "red"}},
    "subscription": {"subscriptionId": "00000000-0000-0000-0000-000000000001", "displayName": "lab"},
    "utcNow": "2026-06-01T00:00:00Z",
}

PATHS = {
    "word": ("mode", "sku.name", "peer.name", "owner.team", "any"),
    "number": ("size", "peer.weight", "any"),
    "flag": ("open", "any"),
    "date": ("since",),
    "words": ("ranges[*]", "routes[*].hop", "routes[*].marks[*]"),
    "numbers": ("ports[*]", "routes[*].weight"),
    "array": ("ranges", "ports", "missing"),
    "object": ("owner",),
}
ARRAYS: dict[str, dict[str, tuple[str, ...]]] = {
    "ranges[*]": {"word": ("ranges[*]",)},
    "ports[*]": {"number": ("ports[*]",)},
    "routes[*]": {"word": ("routes[*].hop", "routes[*].peer.name"), "number": ("routes[*].weight",)},
    "routes[*].marks[*]": {"word": ("routes[*].marks[*]",)},
}
"""What can be counted, and what `where` may then ask of one member."""

CATALOGUE = sorted(
    {ALIAS + path for array in ARRAYS.values() for kind in array.values() for path in kind}
    | {ALIAS + path for kind in PATHS.values() for path in kind}
    | {ALIAS + path for path in ARRAYS}
    | {ALIAS + "routes"}
)
HIDDEN = Unknown("known only after apply")


class Maker:
    """Makes one rule and one resource from the numbers it is given."""

    def __init__(self, random: Random, *, unknowns: bool = False, expressions: bool = True, errors: bool = True) -> None:
        self.random = random
        self.unknowns = unknowns
        self.expressions = expressions
        self.errors = errors
        self.field_counts: dict[str, int] = {}
        self.value_counts = 0
        self.prefix = ALIAS
        """What the aliases of conditions start with: in an existence condition those of the related resource."""
        self.scopes: list[tuple[str, str]] = []
        """Enclosing counts: what `current` calls the member, and the kind of its value."""

    # -- choices --

    def pick(self, options: Any) -> Any:  # noqa: ANN401 - any sequence
        """Return one of several."""
        return options[self.random.randrange(len(options))]

    def chance(self, percent: int) -> bool:
        """Return true so many times of a hundred."""
        return self.random.randrange(100) >= 100 - percent

    # -- resources --

    def resource(self) -> dict[str, Json]:
        """Return a resource in which anything may be missing, null or of another kind."""
        properties: dict[str, Json] = {}
        makers: dict[str, Callable[[], Json]] = {
            "mode": lambda: self.pick(WORDS),
            "size": lambda: self.pick((*NUMBERS, "80", "2")),
            "open": lambda: self.pick((True, False, "true", "False")),
            "since": lambda: self.pick(DATES),
            "any": self.anything,
            "sku": lambda: {"name": self.pick(WORDS)},
            "peer": lambda: self.nested({"name": self.pick(WORDS), "weight": self.pick(NUMBERS)}),
            "owner": lambda: {key: self.pick(WORDS) for key in ("team", "Blue", "cost") if self.chance(60)},
            "ranges": lambda: [self.scalar(WORDS) for _ in range(self.random.randrange(4))],
            "ports": lambda: [self.scalar(NUMBERS) for _ in range(self.random.randrange(4))],
            "routes": lambda: [self.route() for _ in range(self.random.randrange(4))],
        }
        for name, make in makers.items():
            if self.chance(80):
                properties[name] = self.hidden(make)
        resource: dict[str, Json] = {"type": TYPE, "name": self.pick(("red", "blue-1", "hub/red"))}
        envelope: dict[str, Callable[[], Json]] = {
            "location": lambda: self.pick(PLACES),
            "kind": lambda: self.pick(WORDS[:4]),
            "tags": lambda: {key: self.pick(WORDS) for key in ("env", "Cost.Centre", "team") if self.chance(60)},
            "sku": lambda: {"name": self.pick(WORDS)},
            "identity": lambda: {"type": self.pick(("None", "SystemAssigned"))},
        }
        for name, make in envelope.items():
            if self.chance(70):
                resource[name] = make()
        if "sku" in properties:
            resource.pop("sku", None)
        return resource | {"properties": properties}

    def hidden(self, make: Callable[[], Json]) -> Json:
        """Return a value, or one that is not known, or null."""
        if self.unknowns and self.chance(20):
            return HIDDEN
        return None if self.chance(5) else make()

    def scalar(self, pool: Any) -> Json:  # noqa: ANN401 - any sequence
        """Return a member of an array."""
        return HIDDEN if self.unknowns and self.chance(15) else self.pick(pool)

    def nested(self, value: dict[str, Json]) -> dict[str, Json]:
        """Return a nested resource: with `properties` of its own, or flat."""
        return {"id": "/x", "properties": value} if self.chance(50) else value

    def route(self) -> dict[str, Json]:
        """Return one member of an array of objects."""
        route: dict[str, Json] = {"hop": self.scalar(WORDS), "weight": self.scalar(NUMBERS)}
        if self.chance(70):
            route["marks"] = [self.scalar(WORDS[:4]) for _ in range(self.random.randrange(3))]
        if self.chance(50):
            route["peer"] = self.nested({"name": self.pick(WORDS)})
        if self.chance(15):
            route.pop(self.pick(("hop", "weight")))
        return self.nested(route) if self.chance(25) else route

    def anything(self) -> Json:
        """Return a value of any kind."""
        return self.pick((*WORDS, *NUMBERS, True, False, None, [], ["red"], {"red": 1}, DATES[0]))

    # -- rules --

    def rule(self, depth: int = 3) -> dict[str, Json]:
        """Return a rule; the effect is mostly deny, and sometimes a parameter."""
        effect = "[parameters('effect')]" if self.expressions and self.chance(10) else self.pick(("deny", "Deny", "audit", "disabled"))
        return {"if": self.condition(depth), "then": {"effect": effect}}

    def rule_about_related(self) -> dict[str, Json]:
        """Return a rule that asks for a related resource."""
        details: dict[str, Json] = {"type": self.pick((OTHER, OTHER.upper()))}
        condition = self.condition(1)
        if self.chance(90):
            self.prefix = OTHER + "/"
            self.field_counts.clear()
            details["existenceCondition"] = self.condition(3)
        if self.chance(20):
            details["existenceScope"] = self.pick(("Subscription", "resourceGroup"))
        return {"if": condition, "then": {"effect": "auditIfNotExists", "details": details}}

    def estate(self) -> list[dict[str, Json]]:
        """Return a resource and others it may be related to, with ids."""
        found = []
        for number in range(1 + self.random.randrange(4)):
            group = self.pick(("one", "ONE", "two")) if number else "one"
            kind = self.pick((OTHER, OTHER, TYPE)) if number else TYPE
            base = f"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/{group}/providers/{kind}"
            found.append({**self.resource(), "type": kind, "name": f"r{number}", "id": f"{base}/r{number}"})
        return found

    def condition(self, depth: int) -> dict[str, Json]:
        """Return a condition or a logical operator."""
        if depth > 0 and self.chance(45):
            if self.chance(30):
                return {"not": self.condition(depth - 1)}
            return {self.pick(("allOf", "anyOf")): [self.condition(depth - 1) for _ in range(self.random.randrange(4))]}
        kinds: list[Callable[[], dict[str, Json]]] = [self.field_condition, self.field_condition, self.value_condition]
        if depth > 0 and self.value_counts < 4 and len(self.scopes) < 3:
            kinds += [lambda: self.value_count(depth - 1)]
        if depth > 0 and len(self.scopes) < 3:
            kinds += [lambda: self.field_count(depth - 1), lambda: self.field_count(depth - 1)]
        made: dict[str, Json] = self.pick(kinds)()
        return made

    def alias(self, kind: str) -> str:
        """Return an alias of this kind; inside a count mostly one of the counted array."""
        inside = [
            path
            for scope, _ in self.scopes
            if scope.startswith(self.prefix)
            for path in ARRAYS[scope.removeprefix(self.prefix)].get(kind, ())
        ]
        if inside and self.chance(70):
            return self.prefix + str(self.pick(inside))
        wrong = OTHER + "/" if self.prefix == ALIAS else ALIAS
        return (wrong if self.chance(3) else self.prefix) + str(self.pick(PATHS[kind]))

    def field_condition(self) -> dict[str, Json]:
        """Return a condition on a field."""
        kind = self.pick(("word", "word", "number", "flag", "date", "words", "numbers", "array", "object", "fixed", "tag"))
        if kind == "fixed":
            return self.fixed_condition()
        if kind == "tag":
            names = ["tags.env", "tags['env']", "tags[ENV]", "tags['Cost.Centre']", "tags.none"]
            names += ["[concat('tags[', parameters('tag'), ']')]"] if self.expressions else []
            return {"field": self.pick(names), **self.operation("word")}
        scalar = {"words": "word", "numbers": "number"}.get(kind, kind)
        return {"field": self.alias(kind), **self.operation(scalar)}

    def fixed_condition(self) -> dict[str, Json]:
        """Return a condition on a field that every resource has."""
        name = self.pick(("type", "name", "fullName", "location", "location", "kind", "identity.type", "tags"))
        if name == "tags":
            return {"field": name, **self.operation("object")}
        if name == "location":
            operator = self.pick(("equals", "notEquals", "in", "notIn"))
            return {"field": name, operator: [self.pick(PLACES), "eastus"] if operator in {"in", "notIn"} else self.pick(PLACES)}
        if name == "type":
            return {"field": name, self.pick(("equals", "notEquals", "like")): self.pick((TYPE, TYPE.lower(), OTHER, "Contoso.*"))}
        return {"field": name, **self.operation("word")}

    def operation(self, kind: str) -> dict[str, Json]:
        """Return an operator that suits a kind of value, with its operand; now and then one that does not."""
        if self.errors and self.chance(4):
            kind = self.pick(("word", "number", "flag", "date"))
        operators: dict[str, tuple[tuple[str, ...], Callable[[], Json]]] = {
            "equals": (("equals", "notEquals"), lambda: self.scalar_of(kind)),
            "in": (("in", "notIn"), lambda: self.list_of(kind)),
            "exists": (("exists",), lambda: self.pick((True, False, "true", "False"))),
        }
        if kind == "word":
            operators |= {
                "like": (("like", "notLike"), lambda: self.pick(LIKES)),
                "match": (("match", "notMatch", "matchInsensitively", "notMatchInsensitively"), lambda: self.pick(MATCHES)),
                "contains": (("contains", "notContains"), lambda: self.pick(("e", "ED", "80", "red", "-"))),
                "order": (("less", "lessOrEquals", "greater", "greaterOrEquals"), lambda: self.pick(("blue", "RED", "red"))),
            }
        if kind in {"number", "date"}:
            operators["order"] = (("less", "lessOrEquals", "greater", "greaterOrEquals"), lambda: self.scalar_of(kind))
        if kind == "array":
            operators = {
                "contains": (("contains", "notContains"), lambda: self.pick(("red", "RED", 80, "80"))),
                "exists": operators["exists"],
            }
        if kind == "object":
            key = (("containsKey", "notContainsKey"), lambda: self.pick(("team", "BLUE", "env", "nothing")))
            operators = {"key": key, "exists": operators["exists"]}
        names, operand = operators[self.pick(tuple(operators))]
        return {self.pick(names): operand()}

    def scalar_of(self, kind: str) -> Json:
        """Return an operand: a literal or an expression."""
        if self.expressions and self.chance(25) and kind in {"word", "number"}:
            return self.expression(kind)
        pools: dict[str, Any] = {"word": WORDS, "number": (*NUMBERS, "80"), "flag": (True, False, "true"), "date": DATES}
        return self.pick(pools[kind])

    def list_of(self, kind: str) -> Json:
        """Return an operand of `in`: an array, an array with expressions, or an expression that gives one."""
        if self.expressions and self.chance(30):
            return self.pick(("[parameters('words')]", "[parameters('numbers')]", "[split('red,blue', ',')]", "[createArray('RED', 80)]"))
        return [self.scalar_of(kind) for _ in range(self.random.randrange(4))]

    def value_condition(self) -> dict[str, Json]:
        """Return a condition on a computed value, or on a literal of the right kind."""
        kind = self.pick(("word", "number", "flag"))
        if kind == "flag":
            value = self.test() if self.expressions else self.pick((True, False))
            return {"value": value, self.pick(("equals", "notEquals")): self.pick((True, False, "true"))}
        value = self.expression(kind) if self.expressions else self.pick({"word": WORDS, "number": NUMBERS}[kind])
        return {"value": value, self.pick(("equals", "notEquals")): self.scalar_of(kind)}

    # -- expressions --

    def expression(self, kind: str) -> str:
        """Return an expression that gives a word or a number."""
        return f"[{self.inner(kind, 2)}]"

    def inner(self, kind: str, depth: int) -> str:
        """Return the inside of an expression."""
        if depth == 0 or self.chance(40):
            return self.atom(kind)

        def word() -> str:
            return self.inner("word", depth - 1)

        def number() -> str:
            return self.inner("number", depth - 1)

        forms: dict[str, tuple[Callable[[], str], ...]] = {
            "word": (
                lambda: f"concat({word()}, '-', {word()})",
                lambda: f"toLower({word()})",
                lambda: f"toUpper({word()})",
                lambda: f"if({self.boolean(depth - 1)}, {word()}, {word()})",
                lambda: f"replace({word()}, 'r', 'b')",
                lambda: f"take({word()}, {number()})",
                lambda: f"substring({word()}, 0, {self.pick((1, 3, 5))})",
                lambda: f"first(split({word()}, '-'))",
                lambda: f"trim(concat(' ', {word()}))",
                lambda: f"coalesce(null(), {word()})",
                lambda: f"parameters('words')[{number()}]",
            ),
            "number": (
                lambda: f"length({word()})",
                lambda: f"length(field('{ALIAS}{self.pick(('ranges[*]', 'ranges', 'routes[*].marks[*]'))}'))",
                lambda: f"add({number()}, {number()})",
                lambda: f"sub({number()}, {number()})",
                lambda: f"mul({number()}, 2)",
                lambda: f"div({number()}, {number()})",
                lambda: f"int({word()})",
                lambda: f"indexOf({word()}, 'e')",
                lambda: f"if({self.boolean(depth - 1)}, {number()}, {number()})",
            ),
        }
        return str(self.pick(forms[kind])())

    def atom(self, kind: str) -> str:
        """Return a literal, a field, a parameter or the member of an enclosing count."""
        members = [name for name, scope_kind in self.scopes if scope_kind == kind]
        if members and self.chance(60):
            bare = len(self.scopes) == 1 and self.chance(50)
            return "current()" if bare else f"current('{self.pick(members)}')"
        if self.chance(40):
            return f"field('{ALIAS}{self.pick(PATHS[kind])}')"
        if kind == "number":
            return str(self.pick(("0", "1", "2", "80", "parameters('number')")))
        return str(
            self.pick(("'red'", "'Blue'", "''", "'it''s'", "parameters('word')", "resourceGroup().name", "parameters('rules')[0].HOP"))
        )

    def boolean(self, depth: int) -> str:
        """Return the inside of an expression that is true or false."""
        word, number = self.inner("word", depth), self.inner("number", depth)
        return str(
            self.pick(
                (
                    f"equals({word}, 'red')",
                    f"startsWith({word}, 'R')",
                    f"endsWith({word}, 'e')",
                    f"contains({word}, 'e')",
                    f"contains(parameters('words'), {word})",
                    f"empty({word})",
                    f"greater({number}, 1)",
                    f"lessOrEquals({number}, {number})",
                    f"not(empty({word}))",
                    f"and(empty({word}), greater({number}, 0))",
                    f"or(empty({word}), less({number}, 2))",
                    f"ipRangeContains('{self.pick(RANGES)}', '{self.pick(RANGES)}')",
                )
            )
        )

    def test(self) -> str:
        """Return an expression that is true or false."""
        return f"[{self.boolean(2)}]"

    # -- counts --

    def comparison(self) -> dict[str, Json]:
        """Return what a count is compared with."""
        operators = ("equals", "notEquals", "less", "lessOrEquals", "greater", "greaterOrEquals")
        operand: Json = self.pick((0, 1, 2, 3))
        if self.expressions and self.chance(15):
            operand = self.pick(("[parameters('number')]", f"[length(field('{ALIAS}ranges[*]'))]"))
        return {self.pick(operators): operand}

    def field_count(self, depth: int) -> dict[str, Json]:
        """Return a count over an array of the resource; inside one of routes mostly over what a route holds."""
        free = [path for path in ARRAYS if self.field_counts.get(path.split("[")[0], 0) < 4]
        taken = {scope for scope, _ in self.scopes}
        free = [path for path in free if self.prefix + path not in taken]
        if self.prefix + "routes[*].marks[*]" in taken and "routes[*]" in free:
            free.remove("routes[*]")
        if not free:
            return self.field_condition()
        if self.prefix + "routes[*]" in taken and "routes[*].marks[*]" in free and self.chance(60):
            free = ["routes[*].marks[*]"]
        path = self.pick(free)
        base = path.split("[")[0]
        self.field_counts[base] = self.field_counts.get(base, 0) + 1
        count: dict[str, Json] = {"field": self.prefix + path}
        if self.chance(85):
            kind = {"ranges[*]": "word", "ports[*]": "number", "routes[*].marks[*]": "word"}.get(path, "object")
            count["where"] = self.within((self.prefix + path, kind), depth)
        return {"count": count, **self.comparison()}

    def value_count(self, depth: int) -> dict[str, Json]:
        """Return a count over a literal array or a parameter."""
        self.value_counts += 1
        kind = self.pick(("word", "number"))
        literal = [self.pick(WORDS if kind == "word" else NUMBERS[:5]) for _ in range(self.random.randrange(4))]
        given = "[parameters('ranges')]" if kind == "word" else "[parameters('numbers')]"
        name = f"item{len(self.scopes)}"
        named = bool(self.scopes) or self.chance(70)
        count: dict[str, Json] = {"value": given if self.expressions and self.chance(40) else literal}
        if named:
            count["name"] = name
        if self.chance(90):
            # An unnamed count may hold no other one: then both would need names.
            count["where"] = self.within((name if named else "default", kind), depth if named else 0)
        return {"count": count, **self.comparison()}

    def within(self, scope: tuple[str, str], depth: int) -> dict[str, Json]:
        """Return the condition of a count."""
        self.scopes.append(scope)
        try:
            if self.expressions and scope[1] in {"word", "number"} and self.chance(40):
                name = "current()" if len(self.scopes) == 1 else f"current('{scope[0]}')"
                return {"value": f"[{name}]", self.pick(("equals", "notEquals")): self.scalar_of(scope[1])}
            return self.condition(depth)
        finally:
            self.scopes.pop()
