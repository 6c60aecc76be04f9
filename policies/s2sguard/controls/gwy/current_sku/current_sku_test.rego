package s2sguard.controls.gwy.current_sku_test

import data.s2sguard.controls.gwy.current_sku as control
import data.s2sguard.given_test as given

test_passes_on_a_current_sku if {
	facts := given.document
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_basic if {
	facts := given.with_facts("gateways", {"sku": "Basic"})
	given.messages(control.deny) == {"the SKU is Basic: it has no custom IPsec policy"} with input as facts
}

test_fails_as_medium_once_retired if {
	some finding in control.deny with input as given.with_facts("gateways", {"sku": "standard"})
	finding.severity == "medium"
	finding.msg == "the SKU standard was retired on 2026-03-31"
}

test_advises_until_the_day if {
	facts := given.with_facts("gateways", {"sku": "VpnGw1"})
	control.deny == set() with input as facts
	some advice in control.warn with input as facts
	advice.kind == "advice"
	advice.msg == "the SKU VpnGw1 retires on 2026-09-30"
}

test_fails_on_the_day_itself if {
	facts := object.union(given.with_facts("gateways", {"sku": "VpnGw1"}), {"today": "2026-09-30"})
	count(control.deny) == 1 with input as facts
	control.warn == set() with input as facts
}

test_unknown_without_the_sku if {
	facts := given.without_facts("gateways", ["sku"])
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["sku"]) with input as facts
}

test_does_not_apply_to_a_gateway_without_partners if {
	facts := given.with_facts("gateways", {"partner_facing": false})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_does_not_apply_to_a_gateway_of_a_virtual_wan if {
	facts := given.with_facts("gateways", {"hub": {"id": "hub", "name": "hub"}})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
