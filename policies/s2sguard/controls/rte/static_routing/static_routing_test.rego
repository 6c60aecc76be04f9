package s2sguard.controls.rte.static_routing_test

import data.s2sguard.controls.rte.static_routing as control
import data.s2sguard.given_test as given

test_passes_without_bgp if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_bgp if {
	facts := given.with_facts("connections", {"bgp": true})
	expected := {"BGP is on: the partner decides which prefixes are routed to it"}
	given.messages(control.deny) == expected with input as facts
}

test_unknown_when_it_is_not_known_if_bgp_is_on if {
	facts := given.without_facts("connections", ["bgp"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["bgp"]) with input as facts
}

test_does_not_apply_to_an_internal_connection if {
	facts := given.with_facts("connections", {"trust": "internal"})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
