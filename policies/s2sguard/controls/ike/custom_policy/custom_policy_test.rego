package s2sguard.controls.ike.custom_policy_test

import data.s2sguard.controls.ike.custom_policy as control
import data.s2sguard.given_test as given

test_passes_with_a_policy if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_without_a_policy if {
	facts := given.with_facts("connections", {"custom_policy": false})
	message := concat("", [
		"no custom IPsec policy: Azure's default list applies, and ",
		"policy-based selectors may not take effect",
	])
	given.messages(control.deny) == {message} with input as facts
}

test_unknown_when_the_policy_is_not_knowable if {
	facts := given.without_facts("connections", ["custom_policy"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["custom_policy"]) with input as facts
}

test_does_not_apply_to_an_internal_connection if {
	facts := given.with_facts("connections", {"trust": "internal"})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
