package s2sguard.controls.iso.shared_bgp_test

import data.s2sguard.controls.iso.shared_bgp as control
import data.s2sguard.given_test as given

test_passes_without_bgp if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_bgp if {
	facts := given.with_facts("connections", {"bgp": true})
	message := concat("", [
		"BGP on a gateway shared with partners: the prefixes of all its sites ",
		"are advertised to this peer",
	])
	given.messages(control.deny) == {message} with input as facts
}

test_fails_on_bgp_of_an_internal_connection if {
	facts := given.with_facts("connections", {"bgp": true, "trust": "internal"})
	message := concat("", [
		"BGP on a gateway shared with partners: the prefixes of all its sites ",
		"are advertised to this peer",
	])
	given.messages(control.deny) == {message} with input as facts
}

test_fails_on_bgp_of_a_vnet_to_vnet_connection if {
	facts := given.with_facts("connections", {"bgp": true, "connection_type": "Vnet2Vnet"})
	message := concat("", [
		"BGP on a gateway shared with partners: the prefixes of all its sites ",
		"are advertised to this peer",
	])
	given.messages(control.deny) == {message} with input as facts
}

test_does_not_apply_when_the_gateway_is_not_shared if {
	facts := given.with_facts("connections", {"shared_gateway": false})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_does_not_apply_to_expressroute if {
	facts := given.with_facts("connections", {"connection_type": "ExpressRoute"})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_unknown_when_it_is_not_known_if_bgp_is_on if {
	facts := given.without_facts("connections", ["bgp"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["bgp"]) with input as facts
}

test_unknown_when_bgp_is_on_and_the_neighbours_are_not_known if {
	facts := given.without_facts("connections", ["bgp", "shared_gateway"])
	given.messages(control.warn) == given.gaps(["bgp", "shared_gateway"]) with input as facts
	control.deny == set() with input as facts
}

test_passes_when_bgp_is_off_whoever_the_neighbours_are if {
	facts := given.without_facts("connections", ["shared_gateway"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
