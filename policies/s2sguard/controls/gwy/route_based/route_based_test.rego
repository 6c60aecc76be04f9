package s2sguard.controls.gwy.route_based_test

import data.s2sguard.controls.gwy.route_based as control
import data.s2sguard.given_test as given

test_passes_on_route_based if {
	facts := given.document
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_policy_based if {
	facts := given.with_facts("gateways", {"vpn_type": "PolicyBased"})
	expected := {"the gateway is PolicyBased: it speaks IKEv1 alone and has no connection mode"}
	given.messages(control.deny) == expected with input as facts
}

test_unknown_without_the_type if {
	facts := given.without_facts("gateways", ["vpn_type"])
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["vpn_type"]) with input as facts
}

test_does_not_apply_to_a_gateway_without_partners if {
	facts := given.with_facts("gateways", {"partner_facing": false})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_does_not_apply_to_a_gateway_only_referred_to if {
	facts := given.with_facts("gateways", {"present": false})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_does_not_apply_to_an_expressroute_gateway if {
	facts := given.with_facts("gateways", {"gateway_type": "ExpressRoute"})
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
