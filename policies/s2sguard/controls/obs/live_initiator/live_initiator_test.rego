package s2sguard.controls.obs.live_initiator_test

import data.s2sguard.controls.obs.live_initiator as control
import data.s2sguard.given_test as given

test_passes if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_with_their_number if {
	facts := given.with_facts("connections", {"observed": {"peer_initiated": 2}})
	given.messages(control.deny) == {"the peer started 2 live SAs"} with input as facts
}

test_unknown_when_the_answer_does_not_say if {
	facts := given.with_facts("connections", {"unknown": {"observed.peer_initiated": "known only after apply"}})
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["observed.peer_initiated"]) with input as facts
}

test_unknown_while_the_mode_is if {
	facts := given.without_facts("connections", ["connection_mode"])
	control.applies == {"connection"} with input as facts
	given.messages(control.warn) == given.gaps(["connection_mode"]) with input as facts
}

test_does_not_apply_to_another_mode if {
	facts := given.with_facts("connections", {"connection_mode": "Default", "observed": {"peer_initiated": 1}})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_does_not_apply_where_nobody_looked if {
	facts := given.lacking_facts("connections", ["observed"])
	control.applies == set() with input as facts
	control.warn == set() with input as facts
}
