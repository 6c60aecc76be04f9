package s2sguard.controls.iso.gateway_extension_test

import data.s2sguard.controls.iso.gateway_extension as control
import data.s2sguard.given_test as given

test_passes_without_extensions if {
	facts := given.document
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_each_extension if {
	facts := given.with_facts("gateways", {"extensions": [
		{"kind": "P2S", "name": "clients"},
		{"kind": "Vnet2Vnet", "name": "to-dr"},
	]})
	expected := {
		"P2S clients extends a partner gateway without a written exception",
		"Vnet2Vnet to-dr extends a partner gateway without a written exception",
	}
	given.messages(control.deny) == expected with input as facts
}

test_passes_with_advice_on_an_exception if {
	extension := {"kind": "ExpressRoute", "name": "to-dc", "exception": "approved until 2027"}
	facts := given.with_facts("gateways", {"extensions": [extension]})
	control.deny == set() with input as facts
	some advice in control.warn with input as facts
	advice.kind == "advice"
	advice.msg == "ExpressRoute to-dc is excepted: approved until 2027"
}

test_unknown_when_they_cannot_be_read if {
	facts := given.without_facts("gateways", ["extensions"])
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["extensions"]) with input as facts
}

test_does_not_apply_to_a_gateway_without_partners if {
	facts := given.with_facts("gateways", {"partner_facing": false})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
