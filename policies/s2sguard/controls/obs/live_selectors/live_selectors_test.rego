package s2sguard.controls.obs.live_selectors_test

import data.s2sguard.controls.obs.live_selectors as control
import data.s2sguard.given_test as given

test_passes if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_with_the_parts_that_are_too_wide if {
	facts := given.with_facts("connections", {"observed": {"wider": ["10.0.0.0/8 <-> 10.0.0.0/8", "any <-> any"]}})
	message := "live selectors beyond the fixed ones: 10.0.0.0/8 <-> 10.0.0.0/8; any <-> any"
	given.messages(control.deny) == {message} with input as facts
}

test_unknown_when_the_answer_cannot_be_read if {
	facts := given.without_facts("connections", ["observed"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["observed"]) with input as facts
}

test_unknown_when_a_selector_cannot_be_read if {
	facts := given.with_facts("connections", {"unknown": {"observed.selectors": "known only after apply"}})
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["observed.selectors"]) with input as facts
}

test_unknown_while_the_fixed_selectors_are if {
	facts := given.without_facts("connections", ["fixed_selectors"])
	control.applies == {"connection"} with input as facts
	given.messages(control.warn) == given.gaps(["fixed_selectors"]) with input as facts
}

test_does_not_apply_where_nobody_looked if {
	facts := given.lacking_facts("connections", ["observed"])
	control.applies == set() with input as facts
	control.warn == set() with input as facts
}

test_does_not_apply_without_fixed_selectors if {
	facts := given.with_facts("connections", {"fixed_selectors": []})
	control.applies == set() with input as facts
}

test_does_not_apply_to_an_internal_connection if {
	facts := given.with_facts("connections", {"trust": "internal"})
	control.applies == set() with input as facts
}
