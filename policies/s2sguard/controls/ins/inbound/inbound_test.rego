package s2sguard.controls.ins.inbound_test

import data.s2sguard.controls.ins.inbound as control
import data.s2sguard.given_test as given

found := [{
	"ranges": ["172.17.1.0/24"],
	"networks": ["spoke"],
	"because": "no route",
	"witness": "10.1.0.4 -> 172.17.1.4",
}]

message := "172.17.1.0/24 in spoke: no route; for example 10.1.0.4 -> 172.17.1.4"

test_passes_where_nothing_is_found if {
	control.applies == {"gateway"} with input as given.document
	control.deny == set() with input as given.document
	control.warn == set() with input as given.document
}

test_fails_where_something_is if {
	facts := given.with_facts("gateways", {"uninspected_inbound": found})
	given.messages(control.deny) == {message} with input as facts
	control.warn == set() with input as facts
}

test_fails_although_more_is_unknown if {
	facts := given.with_facts("gateways", {
		"uninspected_inbound": found,
		"unknown": {"uninspected_inbound": "known only after apply"},
	})
	count(control.deny) == 1 with input as facts
	given.messages(control.warn) == given.gaps(["uninspected_inbound"]) with input as facts
}

test_unknown_when_it_cannot_be_read if {
	facts := given.without_facts("gateways", ["uninspected_inbound"])
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["uninspected_inbound"]) with input as facts
}

test_does_not_apply_without_route_tables_and_firewalls if {
	facts := given.lacking_facts("gateways", ["uninspected_inbound"])
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_does_not_apply_in_a_virtual_wan if {
	facts := given.with_facts("gateways", {"hub": {"id": "hub", "name": "hub"}, "uninspected_inbound": found})
	control.applies == set() with input as facts
}
