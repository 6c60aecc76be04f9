package s2sguard.controls.ike.initiator_only_test

import data.s2sguard.controls.ike.initiator_only as control
import data.s2sguard.given_test as given

test_passes_when_only_azure_starts if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_in_default_mode if {
	facts := given.with_facts("connections", {"connection_mode": "Default"})
	message := concat("", [
		"connection mode is Default: the partner may start the tunnel and ask ",
		"for any selector",
	])
	given.messages(control.deny) == {message} with input as facts
}

test_fails_when_azure_only_answers if {
	facts := given.with_facts("connections", {"connection_mode": "ResponderOnly"})
	message := concat("", [
		"connection mode is ResponderOnly: the partner may start the tunnel ",
		"and ask for any selector",
	])
	given.messages(control.deny) == {message} with input as facts
}

test_unknown_without_the_mode if {
	facts := given.without_facts("connections", ["connection_mode"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["connection_mode"]) with input as facts
}

test_does_not_apply_to_an_internal_connection if {
	facts := given.with_facts("connections", {"trust": "internal"})
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
