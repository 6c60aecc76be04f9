package s2sguard.controls.iso.one_way_transit_test

import data.s2sguard.controls.iso.one_way_transit as control
import data.s2sguard.given_test as given

test_passes_without_a_flow if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_with_the_packet_that_proves_it if {
	facts := given.with_facts("connections", {"one_way": {"count": 3, "witnesses": [given.witness]}})
	message := concat("", [
		"one-way transit with 3 other partners: a packet from 10.1.0.4 to ",
		"10.2.0.4 arrives by to-red and leaves by to-blue",
	])
	given.messages(control.deny) == {message} with input as facts
	some finding in control.deny with input as facts
	finding.witness == given.witness
	finding.pairs == 3
}

test_fails_even_without_a_packet_to_show if {
	facts := given.with_facts("connections", {"one_way": {"count": 1}})
	given.messages(control.deny) == {"one-way transit with 1 other partner"} with input as facts
}

test_unknown_while_other_connections_may_exist if {
	facts := given.without_facts("connections", ["one_way"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["one_way"]) with input as facts
}

test_fails_on_what_is_certain_although_more_is_possible if {
	exposure := {"count": 1, "possible": 2, "witnesses": [given.witness]}
	unknown := {"one_way": "known only after apply"}
	facts := given.with_facts("connections", {"one_way": exposure, "unknown": unknown})
	message := concat("", [
		"one-way transit with 1 other partner: a packet from 10.1.0.4 to ",
		"10.2.0.4 arrives by to-red and leaves by to-blue",
	])
	given.messages(control.deny) == {message} with input as facts
	given.messages(control.warn) == given.gaps(["one_way"]) with input as facts
}

test_does_not_apply_to_an_internal_connection if {
	facts := given.with_facts("connections", {"trust": "internal"})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_what_is_in_force_whatever_is_configured if {
	facts := given.with_facts("connections", {"observed": {"one_way": {"count": 2}}})
	given.messages(control.deny) == {"in force now: one-way transit with 2 other partners"} with input as facts
	some finding in control.deny with input as facts
	finding.certainty == "observed"
}
