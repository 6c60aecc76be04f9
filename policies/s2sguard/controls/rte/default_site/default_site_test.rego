package s2sguard.controls.rte.default_site_test

import data.s2sguard.controls.rte.default_site as control
import data.s2sguard.given_test as given

test_passes_without_a_default_site if {
	facts := given.document
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_passes_on_an_internal_default_site if {
	facts := given.with_facts("gateways", {"default_site": {"id": "site", "name": "dc", "trust": "internal"}})
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_a_partner if {
	facts := given.with_facts("gateways", {"default_site": {"id": "site", "name": "to-red", "trust": "partner"}})
	expected := {"the default site is to-red, a partner's: it receives all internet traffic"}
	given.messages(control.deny) == expected with input as facts
}

test_unknown_when_it_cannot_be_read if {
	facts := given.without_facts("gateways", ["default_site"])
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["default_site"]) with input as facts
}

test_does_not_apply_to_a_gateway_without_partners if {
	facts := given.with_facts("gateways", {"partner_facing": false})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
