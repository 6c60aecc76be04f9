package s2sguard.controls.adr.nat_conflict_test

import data.s2sguard.controls.adr.nat_conflict as control
import data.s2sguard.given_test as given

test_passes_without_nat_rules if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_passes_with_nat_rules_and_no_policy_based_selectors if {
	facts := given.with_facts("connections", {"policy_based_selectors": false, "nat_rules": 2})
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_both if {
	facts := given.with_facts("connections", {"nat_rules": 1})
	message := concat("", [
		"1 NAT rule on a connection with policy-based traffic selectors, which ",
		"Azure does not support",
	])
	given.messages(control.deny) == {message} with input as facts
}

test_unknown_without_the_nat_rules if {
	facts := given.without_facts("connections", ["nat_rules"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["nat_rules"]) with input as facts
}

test_unknown_without_both if {
	absent := ["nat_rules", "policy_based_selectors"]
	facts := given.without_facts("connections", absent)
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(absent) with input as facts
}

test_passes_without_nat_rules_whatever_the_selectors if {
	facts := given.without_facts("connections", ["policy_based_selectors"])
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
