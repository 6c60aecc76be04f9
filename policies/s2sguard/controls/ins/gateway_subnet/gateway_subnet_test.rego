package s2sguard.controls.ins.gateway_subnet_test

import data.s2sguard.controls.ins.gateway_subnet as control
import data.s2sguard.given_test as given

found := ["rt disables propagation of gateway routes"]

test_passes_where_nothing_is_found if {
	control.applies == {"gateway"} with input as given.document
	control.deny == set() with input as given.document
	control.warn == set() with input as given.document
}

test_fails_where_something_is if {
	facts := given.with_facts("gateways", {"gateway_subnet_problems": found})
	given.messages(control.deny) == {"rt disables propagation of gateway routes"} with input as facts
	control.warn == set() with input as facts
}

test_fails_although_more_is_unknown if {
	facts := given.with_facts("gateways", {
		"gateway_subnet_problems": found,
		"unknown": {"gateway_subnet_problems": "known only after apply"},
	})
	count(control.deny) == 1 with input as facts
	given.messages(control.warn) == given.gaps(["gateway_subnet_problems"]) with input as facts
}

test_unknown_when_it_cannot_be_read if {
	facts := given.without_facts("gateways", ["gateway_subnet_problems"])
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["gateway_subnet_problems"]) with input as facts
}

test_does_not_apply_without_route_tables_and_firewalls if {
	facts := given.lacking_facts("gateways", ["gateway_subnet_problems"])
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_does_not_apply_in_a_virtual_wan if {
	facts := given.with_facts("gateways", {"hub": {"id": "hub", "name": "hub"}, "gateway_subnet_problems": found})
	control.applies == set() with input as facts
}
