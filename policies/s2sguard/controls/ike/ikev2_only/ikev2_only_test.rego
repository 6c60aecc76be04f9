package s2sguard.controls.ike.ikev2_only_test

import data.s2sguard.controls.ike.ikev2_only as control
import data.s2sguard.given_test as given

test_passes_on_ikev2 if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_ikev1 if {
	facts := given.with_facts("connections", {"connection_protocol": "IKEv1"})
	expected := {"the tunnel uses IKEv1, where the connection mode has no effect"}
	given.messages(control.deny) == expected with input as facts
}

test_unknown_without_the_protocol if {
	facts := given.without_facts("connections", ["connection_protocol"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["connection_protocol"]) with input as facts
}

test_does_not_apply_to_an_internal_connection if {
	facts := given.with_facts("connections", {"trust": "internal"})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
