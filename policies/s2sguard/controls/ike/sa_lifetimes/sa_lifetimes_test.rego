package s2sguard.controls.ike.sa_lifetimes_test

import data.s2sguard.controls.ike.sa_lifetimes as control
import data.s2sguard.given_test as given

test_passes_on_azures_defaults if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_passes_on_the_bounds if {
	policy := {"sa_lifetime_seconds": 300, "sa_data_size_kilobytes": 1024}
	facts := given.with_facts("connections", {"ipsec_policy": policy})
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_passes_when_the_policy_leaves_them_to_azure if {
	absent := ["ipsec_policy.sa_lifetime_seconds", "ipsec_policy.sa_data_size_kilobytes"]
	facts := given.lacking_facts("connections", absent)
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_when_too_long if {
	facts := given.with_facts("connections", {"ipsec_policy": {"sa_lifetime_seconds": 86400}})
	given.messages(control.deny) == {"sa_lifetime_seconds is 86400; allowed: 300 to 28800"} with input as facts
}

test_fails_when_too_small if {
	facts := given.with_facts("connections", {"ipsec_policy": {"sa_data_size_kilobytes": 0}})
	given.messages(control.deny) == {"sa_data_size_kilobytes is 0; allowed: 1024 to 102400000"} with input as facts
}

test_does_not_apply_without_a_custom_policy if {
	facts := given.with_facts("connections", {"custom_policy": false})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_unknown_when_a_lifetime_is_not_knowable if {
	facts := given.without_facts("connections", ["ipsec_policy.sa_lifetime_seconds"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["ipsec_policy.sa_lifetime_seconds"]) with input as facts
}

test_unknown_when_it_is_not_known_if_there_is_a_policy if {
	facts := given.without_facts("connections", ["custom_policy"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["custom_policy"]) with input as facts
}
