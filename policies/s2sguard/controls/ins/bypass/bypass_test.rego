package s2sguard.controls.ins.bypass_test

import data.s2sguard.controls.ins.bypass as control
import data.s2sguard.given_test as given

found := [{
	"table": "rt",
	"route": "route a of rt",
	"past": "route b of rt",
	"ranges": ["172.17.1.0/25", "172.17.2.0/25"],
}]

message := "route a of rt leads past route b of rt: 172.17.1.0/25, 172.17.2.0/25"

test_passes_where_nothing_is_found if {
	control.applies == {"gateway"} with input as given.document
	control.deny == set() with input as given.document
	control.warn == set() with input as given.document
}

test_fails_where_something_is if {
	facts := given.with_facts("gateways", {"bypass_routes": found})
	given.messages(control.deny) == {message} with input as facts
	control.warn == set() with input as facts
}

test_fails_although_more_is_unknown if {
	facts := given.with_facts("gateways", {
		"bypass_routes": found,
		"unknown": {"bypass_routes": "known only after apply"},
	})
	count(control.deny) == 1 with input as facts
	given.messages(control.warn) == given.gaps(["bypass_routes"]) with input as facts
}

test_unknown_when_it_cannot_be_read if {
	facts := given.without_facts("gateways", ["bypass_routes"])
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["bypass_routes"]) with input as facts
}

test_does_not_apply_without_route_tables_and_firewalls if {
	facts := given.lacking_facts("gateways", ["bypass_routes"])
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_does_not_apply_in_a_virtual_wan if {
	facts := given.with_facts("gateways", {"hub": {"id": "hub", "name": "hub"}, "bypass_routes": found})
	control.applies == set() with input as facts
}
