"""References of a first plan, followed through the configuration. The reference lists are those Terraform 1.11 and 0.13 write."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.collect.terraform.address import heads, module_path
from s2sguard.model.value import Unknown
from tests.unit.collect.terraform.plans import CONNECTION, GATEWAY, SITE, Json, blocks, by_id, connection, kinds, plan, planned, read, refs

GW = "azurerm_virtual_network_gateway.gw"
GW_REFS = (f"{GW}.id", GW)
SITES = "azurerm_local_network_gateway.site"
AMBIGUOUS = Unknown("known only after apply: it refers to several instances, and the plan does not say which one")


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (("a.b.id", "a.b"), ("a.b.id",)),
        (('a.b["red"].id', 'a.b["red"]', "a.b"), ('a.b["red"].id',)),
        (
            ("a.b", "count.index", "a.b[0].id", "a.b[0]", "a.b", "a.b", "count.index"),
            ("a.b", "count.index", "a.b[0].id", "a.b", "count.index"),
        ),
        (("module.m.out", "module.m", "each.key"), ("module.m.out", "each.key")),
        (("a.b",), ("a.b",)),
    ],
)
def test_prefixes_are_not_references(listed: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """Terraform lists every prefix of a reference after it, once."""
    assert heads(listed) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ()),
        ("module.a", (("a", None),)),
        ('module.a["x.y"].module.b[2]', (("a", "x.y"), ("b", 2))),
        (r'module.a["q\"uo]te$${x}"]', (("a", 'q"uo]te${x}'),)),
        ("module", None),
        ("module.a.resource", None),
        ("module.a[", None),
        ("module.a[1.5]", None),
    ],
)
def test_module_addresses(address: str, expected: object) -> None:
    """Module addresses are parsed with their instance keys, and nothing is guessed."""
    assert module_path(address) == expected


def _gateway(name: str = "gw", **more: Any) -> Json:
    return planned(GATEWAY, name, {"name": name}, unknown={"id": True}, **more)


def _site(key: str | int | None = None, **more: Any) -> Json:
    return planned(SITE, "site", {"name": f"site-{key}"}, unknown={"id": True}, key=key, **more)


def _to(gateway: Json | None = None, site: Json | None = None, **more: Any) -> Json:
    expressions = {"virtual_network_gateway_id": gateway or refs(*GW_REFS), "local_network_gateway_id": site or refs(f"{SITES}.id", SITES)}
    unknown = {"id": True, "virtual_network_gateway_id": True, "local_network_gateway_id": True}
    return connection("c", unknown=unknown, expressions=expressions, **more)


def _ends(value: Json, address: str = f"{CONNECTION}.c") -> tuple[object, object]:
    properties = by_id(read(value), f"terraform:{address}").properties
    return tuple(  # type: ignore[return-value]
        found["id"] if isinstance(found := properties.get(name), dict) else found
        for name in ("virtualNetworkGateway1", "localNetworkGateway2")
    )


def test_a_plain_reference_is_followed() -> None:
    """`azurerm_x.y.id` means the one instance of that block."""
    value = plan(_gateway(), _site(), _to())
    assert _ends(value) == (f"terraform:{GW}", f"terraform:{SITES}")
    assert read(value).gaps == []


def test_a_reference_without_attribute_is_followed() -> None:
    """Terraform before 1.0 lists references without attributes."""
    assert _ends(plan(_gateway(), _site(), _to(refs(GW), refs(SITES)))) == (f"terraform:{GW}", f"terraform:{SITES}")


def test_a_reference_to_an_existing_resource_gives_its_real_id() -> None:
    """A gateway that is only replaced by name keeps the id everything else has."""
    before = {"id": "/subscriptions/s/gw", "name": "gw"}
    assert _ends(plan(_gateway(change={"actions": ["delete", "create"], "before": before}), _site(), _to()))[0] == "/subscriptions/s/gw"


def test_a_known_id_is_used_as_it_is() -> None:
    """An id from a data source or variable is known when the plan is made."""
    red = connection("red", {"virtual_network_gateway_id": "/subscriptions/s/gw"}, unknown={"id": True})
    assert _ends(plan(red), f"{CONNECTION}.red")[0] == "/subscriptions/s/gw"


def test_a_constant_key_is_followed() -> None:
    """`azurerm_x.y["red"].id` and `[0]` name the instance."""
    red = refs(f'{SITES}["red"].id', f'{SITES}["red"]', SITES)
    assert _ends(plan(_gateway(), _site("red"), _site("blue"), _to(site=red)))[1] == f'terraform:{SITES}["red"]'
    first = refs(f"{SITES}[0].id", f"{SITES}[0]", SITES)
    assert _ends(plan(_gateway(), _site(0), _site(1), _to(site=first)))[1] == f"terraform:{SITES}[0]"


def test_each_key_means_the_same_key() -> None:
    """`azurerm_x.y[each.key].id` keeps neither the key nor the attribute in a plan."""
    each = refs(SITES, "each.key")
    value = plan(_gateway(), _site("red"), _site("blue"), _site("green"), _to(site=each, key="red"), _to(site=each, key="blue"))
    assert _ends(value, f'{CONNECTION}.c["red"]')[1] == f'terraform:{SITES}["red"]'
    assert _ends(value, f'{CONNECTION}.c["blue"]')[1] == f'terraform:{SITES}["blue"]'


def test_count_index_means_the_same_number_where_both_sides_have_the_same() -> None:
    """Both sides indexed alike: the same instance."""
    each = refs(SITES, "count.index")
    value = plan(_gateway(), _site(0), _site(1), _to(site=each, key=0), _to(site=each, key=1))
    assert _ends(value, f"{CONNECTION}.c[1]")[1] == f"terraform:{SITES}[1]"


def test_count_index_with_other_numbers_is_ambiguous() -> None:
    """`[count.index + 1]` looks like `[count.index]` in a plan."""
    each = refs(SITES, "count.index")
    value = plan(_gateway(), _site(0), _site(1), _site(2), _to(site=each, key=0), _to(site=each, key=1))
    assert _ends(value, f"{CONNECTION}.c[1]")[1] == AMBIGUOUS
    assert kinds(read(value)) == ["ambiguous-reference"] * 2


def test_a_computed_key_is_ambiguous() -> None:
    """`azurerm_x.y[var.which[each.key]].id` could mean any instance."""
    each = refs(SITES, "var.which", "each.key")
    value = plan(_gateway(), _site("red"), _site("blue"), _to(site=each, key="red"))
    assert _ends(value, f'{CONNECTION}.c["red"]')[1] == AMBIGUOUS


def test_several_instances_without_a_key_are_ambiguous() -> None:
    """`values(azurerm_x.y)[0].id` leaves only the block's name in a plan."""
    value = plan(_gateway(), _site("red"), _site("blue"), _to(site=refs(SITES)))
    assert _ends(value)[1] == AMBIGUOUS
    assert kinds(read(value)) == ["ambiguous-reference"]


def test_the_only_instance_needs_no_key() -> None:
    """`one(azurerm_x.y[*].id)` with a count of one."""
    assert _ends(plan(_gateway(), _site(0), _to(site=refs(SITES))))[1] == f"terraform:{SITES}[0]"


def test_a_choice_between_two_resources_is_ambiguous() -> None:
    """Which branch of a condition is taken is not in a plan."""
    choice = refs(*GW_REFS, f"{GATEWAY}.other.id", f"{GATEWAY}.other")
    assert _ends(plan(_gateway(), _gateway("other"), _site(), _to(choice)))[0] == AMBIGUOUS


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        (refs("local.gateway_id"), "it comes through a local value, which a plan does not show"),
        (refs(*GW_REFS, "local.gateway_id"), "it comes through a local value, which a plan does not show"),
        (refs(f"{GATEWAY}.missing.id", f"{GATEWAY}.missing"), "it refers to something the plan does not hold"),
        (refs("module.missing.id", "module.missing"), "it refers to something the plan does not hold"),
        (refs(f"{GW}.name", GW), "it is built from something other than an id"),
        (refs("terraform_data.x.output", "terraform_data.x"), "it is built from something other than an id"),
        (refs("self"), "it is built from something other than an id"),
        (refs("!?"), "it is built from something other than an id"),
        (refs("var.gateway_id"), "it is built from something other than an id"),
        ({"references": "text"}, "its expression is not in the input (dynamic blocks and states have none)"),
    ],
)
def test_what_cannot_be_followed_is_unknown(expression: Json, reason: str) -> None:
    """Anything but a certain answer is unknown, with a gap that says why."""
    value = plan(_gateway(), _site(), planned("terraform_data", "x", {}), _to(expression))
    assert _ends(value)[0] == Unknown(f"known only after apply: {reason}")
    assert kinds(read(value)) == ["unreadable-value"]


def test_an_id_of_another_type_is_not_taken() -> None:
    """`"${azurerm_virtual_network.hub.id}/subnets/GatewaySubnet"` is not the network's id."""
    gateway = planned(
        GATEWAY,
        "gw",
        {"name": "gw", "ip_configuration": [{"name": "a"}]},
        unknown={"id": True, "ip_configuration": [{"subnet_id": True}]},
        expressions={"ip_configuration": [{"subnet_id": refs("azurerm_virtual_network.hub.id", "azurerm_virtual_network.hub")}]},
    )
    found = read(plan(gateway, planned("azurerm_virtual_network", "hub", {"name": "hub"}, unknown={"id": True})))
    configuration = by_id(found, f"terraform:{GW}").properties["ipConfigurations"]
    assert configuration == [
        {"name": "a", "properties": {"subnet": Unknown("known only after apply: it is built from something other than an id")}}
    ]


def test_chained_for_each_is_followed() -> None:
    """`for_each = azurerm_x.y` and `each.value.id`."""
    each = refs("each.value.id", "each.value")
    red = _to(site=each, key="red", for_each_expression=refs(SITES))
    assert _ends(plan(_gateway(), _site("red"), _site("blue"), red), f'{CONNECTION}.c["red"]')[1] == f'terraform:{SITES}["red"]'


def _module(inner: list[Json], expressions: Json, outputs: Json | None = None, **call: Any) -> Json:
    return {"expressions": expressions, "module": {"resources": blocks(*inner), "outputs": outputs or {}, "variables": {}}, **call}


def test_module_inputs_and_outputs_are_followed() -> None:
    """A gateway made in one module, connections in another that is called for each partner, sites in the root."""
    gateway = _gateway(module="module.hub")
    inner = [_to(refs("var.gateway_id"), refs("var.site_id"), module=f'module.partner["{key}"]') for key in ("red", "blue")]
    calls = {
        "hub": _module([gateway], {}, {"gateway_id": {"expression": refs(*GW_REFS)}}),
        "partner": _module(
            inner,
            {"gateway_id": refs("module.hub.gateway_id", "module.hub"), "site_id": refs(SITES, "each.key")},
            for_each_expression=refs("var.partners"),
        ),
    }
    value = plan(gateway, _site("red"), _site("blue"), *inner, calls=calls)
    for key in ("red", "blue"):
        ends = _ends(value, f'module.partner["{key}"].{CONNECTION}.c')
        assert ends == (f"terraform:module.hub.{GW}", f'terraform:{SITES}["{key}"]')


def test_whole_objects_through_modules_are_followed() -> None:
    """`var.hub.gateway.id`, where the caller passes `module.hub` or an object of several things."""
    gateway = _gateway(module="module.hub")
    outputs = {"gateway": {"expression": refs(GW)}, "location": {"expression": {"constant_value": "uksouth"}}}
    for passed in (refs("module.hub"), refs("module.hub.gateway.id", "module.hub.gateway", "module.hub", f"{SITES}.id", SITES)):
        inner = _to(refs("var.hub.gateway.id", "var.hub.gateway", "var.hub"), module="module.partner")
        calls = {"hub": _module([gateway], {}, outputs), "partner": _module([inner], {"hub": passed})}
        found = _ends(plan(gateway, _site(), inner, calls=calls), f"module.partner.{CONNECTION}.c")[0]
        assert found == f"terraform:module.hub.{GW}"


def test_a_map_of_ids_out_of_a_module_is_followed_by_key() -> None:
    """`module.sites.ids["red"]` and `module.sites.ids[each.key]`, where `ids` is a for expression over the sites."""
    sites = [_site(key, module="module.sites") for key in ("red", "blue")]
    calls = {"sites": _module(sites, {}, {"ids": {"expression": refs(SITES)}})}
    constant = _to(site=refs('module.sites.ids["red"]', "module.sites.ids", "module.sites"))
    assert _ends(plan(_gateway(), *sites, constant, calls=calls))[1] == f'terraform:module.sites.{SITES}["red"]'
    each = _to(site=refs("module.sites.ids", "module.sites", "each.key"), key="blue")
    assert _ends(plan(_gateway(), *sites, each, calls=calls), f'{CONNECTION}.c["blue"]')[1] == f'terraform:module.sites.{SITES}["blue"]'


def test_an_instance_of_a_module_is_chosen_by_key() -> None:
    """`module.site["red"].id` and `module.site[each.key].id`; a call with several instances and no key is ambiguous."""
    sites = [_site(module=f'module.site["{key}"]') for key in ("red", "blue")]
    calls = {"site": _module(sites[:1], {}, {"id": {"expression": refs(f"{SITES}.id", SITES)}}, for_each_expression=refs("var.partners"))}
    constant = _to(site=refs('module.site["red"].id', 'module.site["red"]'))
    assert _ends(plan(_gateway(), *sites, constant, calls=calls))[1] == f'terraform:module.site["red"].{SITES}'
    each = _to(site=refs("module.site", "each.key"), key="blue")
    assert _ends(plan(_gateway(), *sites, each, calls=calls), f'{CONNECTION}.c["blue"]')[1] == f'terraform:module.site["blue"].{SITES}'
    assert _ends(plan(_gateway(), *sites, _to(site=refs("module.site")), calls=calls))[1] == AMBIGUOUS


def test_a_variable_that_calls_itself_ends() -> None:
    """A configuration Terraform would refuse does not hang the reader."""
    inner = _to(refs("var.a"), module="module.m")
    loop = {
        "m": {
            "expressions": {"a": refs("module.m.o")},
            "module": {"resources": blocks(inner), "outputs": {"o": {"expression": refs("var.a")}}},
        }
    }
    assert isinstance(_ends(plan(inner, calls=loop), f"module.m.{CONNECTION}.c")[0], Unknown)


def _ruled(expression: Json, values: list[object] | None, unknown: object) -> object:
    rules = [
        planned("azurerm_virtual_network_gateway_nat_rule", "nat", {"name": f"n{key}"}, unknown={"id": True}, key=key) for key in (0, 1)
    ]
    after = {} if values is None else {"ingress_nat_rule_ids": values}
    red = connection("red", after, unknown={"id": True, "ingress_nat_rule_ids": unknown}, expressions={"ingress_nat_rule_ids": expression})
    return by_id(read(plan(*rules, red)), f"terraform:{CONNECTION}.red").properties.get("ingressNatRules")


def test_lists_of_references() -> None:
    """A splat means all instances, written-out ids mean those; a number that does not fit means nothing is certain."""
    nat = "azurerm_virtual_network_gateway_nat_rule.nat"
    both = [{"id": f"terraform:{nat}[0]"}, {"id": f"terraform:{nat}[1]"}]
    first = refs(f"{nat}[0].id", f"{nat}[0]", nat)
    assert _ruled(refs(nat), [None, None], [True, True]) == both
    assert _ruled(refs(nat), None, unknown=True) == both
    assert _ruled(first, [None], [True]) == both[:1]
    assert _ruled(first, ["/known", None], [False, True]) == [{"id": "/known"}, both[0]]
    assert _ruled(refs(nat, "var.which"), [None], [True]) == [AMBIGUOUS]
    assert isinstance(_ruled(refs("local.rules"), None, unknown=True), Unknown)
    assert _ruled(refs("var.rules"), [], []) is None
