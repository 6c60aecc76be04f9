package s2sguard.controls.ike.strong_phase_2_test

import data.s2sguard.controls.ike.strong_phase_2 as control
import data.s2sguard.given_test as given

test_passes_with_allowed_algorithms if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_without_a_policy if {
	facts := given.with_facts("connections", {"custom_policy": false})
	message := concat("", [
		"no custom policy: Azure's default accepts DES, 3DES and SHA1 in phase ",
		"2, and no perfect forward secrecy",
	])
	given.messages(control.deny) == {message} with input as facts
}

test_fails_without_forward_secrecy if {
	policy := {"pfs_group": "None", "weak": {"pfs_group": "no forward secrecy"}}
	facts := given.with_facts("connections", {"ipsec_policy": policy})
	expected := {"pfs_group is None (no forward secrecy); allowed: ECP384, PFS2048"}
	given.messages(control.deny) == expected with input as facts
}

test_fails_naming_a_field_the_policy_lacks if {
	facts := given.lacking_facts("connections", ["ipsec_policy.ipsec_integrity"])
	given.messages(control.deny) == {"ipsec_integrity is missing from the custom policy"} with input as facts
}

test_unknown_when_a_field_is_not_knowable if {
	facts := given.without_facts("connections", ["ipsec_policy.pfs_group"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["ipsec_policy.pfs_group"]) with input as facts
}

test_unknown_when_it_is_not_known_if_there_is_a_policy if {
	facts := given.without_facts("connections", ["custom_policy"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["custom_policy"]) with input as facts
}

test_ignores_phase_1 if {
	facts := given.with_facts("connections", {"ipsec_policy": {"dh_group": "DHGroup2"}})
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_does_not_apply_to_an_internal_connection if {
	facts := given.with_facts("connections", {"trust": "internal"})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
