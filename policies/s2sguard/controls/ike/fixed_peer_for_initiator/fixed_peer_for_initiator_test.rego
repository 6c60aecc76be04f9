package s2sguard.controls.ike.fixed_peer_for_initiator_test

import data.s2sguard.controls.ike.fixed_peer_for_initiator as control
import data.s2sguard.given_test as given

test_passes_on_a_public_address if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_a_private_address if {
	facts := given.with_facts("connections", {"peer": {"kind": "private", "value": "10.1.0.1"}})
	expected := {"10.1.0.1 is a private address, reachable only when the tunnel itself is private"}
	given.messages(control.deny) == expected with input as facts
}

test_fails_on_a_name if {
	facts := given.with_facts("connections", {"peer": {"kind": "fqdn", "value": "vpn.red.example"}})
	expected := {"vpn.red.example is a name that can move to another address"}
	given.messages(control.deny) == expected with input as facts
}

test_fails_without_an_address if {
	facts := given.with_facts("connections", {"peer": {"kind": "none", "value": ""}})
	given.messages(control.deny) == {"the site has no address to dial"} with input as facts
}

test_unknown_without_the_peer if {
	facts := given.without_facts("connections", ["peer"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["peer"]) with input as facts
}

test_does_not_apply_to_an_internal_connection if {
	facts := given.with_facts("connections", {"trust": "internal"})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
