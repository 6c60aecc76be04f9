package s2sguard.controls.obs.live_algorithms_test

import data.s2sguard.controls.obs.live_algorithms as control
import data.s2sguard.given_test as given

test_passes if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_for_each_value_that_is_not_allowed if {
	facts := given.with_facts("connections", {"observed": {"algorithms": {"dh_group": ["DHGroup2", "ECP384"]}}})
	given.messages(control.deny) == {"in force: dh_group DHGroup2; allowed: DHGroup14, ECP384"} with input as facts
}

test_unknown_when_a_value_is_not_shown if {
	facts := given.with_facts("connections", {"unknown": {"observed.dh_group": "known only after apply"}})
	given.messages(control.warn) == given.gaps(["observed.dh_group"]) with input as facts
}

test_unknown_when_the_answer_cannot_be_read if {
	facts := given.without_facts("connections", ["observed"])
	control.applies == {"connection"} with input as facts
	given.messages(control.warn) == given.gaps(["observed"]) with input as facts
}

test_does_not_apply_to_a_source_without_algorithms if {
	facts := given.lacking_facts("connections", ["observed.algorithms"])
	control.applies == set() with input as facts
}

test_does_not_apply_where_nobody_looked if {
	facts := given.lacking_facts("connections", ["observed"])
	control.applies == set() with input as facts
}
