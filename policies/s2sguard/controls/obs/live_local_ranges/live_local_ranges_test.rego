package s2sguard.controls.obs.live_local_ranges_test

import data.s2sguard.controls.obs.live_local_ranges as control
import data.s2sguard.given_test as given

test_passes if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_with_the_ranges_of_others if {
	facts := given.with_facts("connections", {"observed": {"of_others": ["10.2.0.0/16 of blue"]}})
	message := "the local side of a live selector takes in 10.2.0.0/16 of blue"
	given.messages(control.deny) == {message} with input as facts
}

test_unknown_when_the_answer_cannot_be_read if {
	facts := given.without_facts("connections", ["observed"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["observed"]) with input as facts
}

test_unknown_when_another_site_cannot_be_read if {
	facts := given.with_facts("connections", {"unknown": {"observed.of_others": "known only after apply"}})
	given.messages(control.warn) == given.gaps(["observed.of_others"]) with input as facts
}

test_does_not_apply_where_nobody_looked if {
	facts := given.lacking_facts("connections", ["observed"])
	control.applies == set() with input as facts
	control.warn == set() with input as facts
}

test_does_not_apply_to_an_internal_connection if {
	facts := given.with_facts("connections", {"trust": "internal"})
	control.applies == set() with input as facts
}
