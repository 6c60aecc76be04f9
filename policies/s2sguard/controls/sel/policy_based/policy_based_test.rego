package s2sguard.controls.sel.policy_based_test

import data.s2sguard.controls.sel.policy_based as control
import data.s2sguard.given_test as given

test_passes_when_on if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_when_off if {
	facts := given.with_facts("connections", {"policy_based_selectors": false})
	expected := {"policy-based traffic selectors are off: Azure proposes any to any"}
	given.messages(control.deny) == expected with input as facts
}

test_unknown_without_the_setting if {
	facts := given.without_facts("connections", ["policy_based_selectors"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["policy_based_selectors"]) with input as facts
}

test_does_not_apply_to_an_internal_connection if {
	facts := given.with_facts("connections", {"trust": "internal"})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
