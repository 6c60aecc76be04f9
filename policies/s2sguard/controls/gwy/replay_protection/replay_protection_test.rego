package s2sguard.controls.gwy.replay_protection_test

import data.s2sguard.controls.gwy.replay_protection as control
import data.s2sguard.given_test as given

test_passes_when_on if {
	facts := given.document
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_when_off if {
	facts := given.with_facts("gateways", {"replay_protection": false})
	given.messages(control.deny) == {"replay protection is switched off on the gateway"} with input as facts
}

test_unknown_without_the_setting if {
	facts := given.without_facts("gateways", ["replay_protection"])
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["replay_protection"]) with input as facts
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
