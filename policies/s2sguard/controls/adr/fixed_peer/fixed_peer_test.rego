package s2sguard.controls.adr.fixed_peer_test

import data.s2sguard.controls.adr.fixed_peer as control
import data.s2sguard.given_test as given

test_passes_on_an_address if {
	facts := given.document
	control.applies == {"site"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_passes_on_a_private_address if {
	facts := given.with_facts("sites", {"peer": {"kind": "private", "value": "10.1.0.1"}})
	control.applies == {"site"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_a_name if {
	facts := given.with_facts("sites", {"peer": {"kind": "fqdn", "value": "vpn.red.example"}})
	expected := {"the peer is the name vpn.red.example, which can move to another address"}
	given.messages(control.deny) == expected with input as facts
}

test_fails_without_a_peer if {
	facts := given.with_facts("sites", {"peer": {"kind": "none", "value": ""}})
	given.messages(control.deny) == {"the site has neither a peer address nor a name"} with input as facts
}

test_unknown_without_the_peer if {
	facts := given.without_facts("sites", ["peer"])
	control.applies == {"site"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["peer"]) with input as facts
}
