package s2sguard.controls.ike.strong_phase_1_test

import data.s2sguard.controls.ike.strong_phase_1 as control
import data.s2sguard.given_test as given

test_passes_with_allowed_algorithms if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_without_a_policy if {
	facts := given.with_facts("connections", {"custom_policy": false})
	expected := {"no custom policy: Azure's default offers 3DES, SHA1 and DH group 2 in phase 1"}
	given.messages(control.deny) == expected with input as facts
}

test_fails_on_each_weak_field_and_says_why if {
	facts := given.with_facts("connections", {"ipsec_policy": {
		"ike_encryption": "DES3",
		"dh_group": "DHGroup2",
		"weak": {"dh_group": "1024-bit group, RFC 8247"},
	}})
	expected := {
		"ike_encryption is DES3; allowed: AES256, GCMAES256",
		"dh_group is DHGroup2 (1024-bit group, RFC 8247); allowed: DHGroup14, ECP384",
	}
	given.messages(control.deny) == expected with input as facts
}

test_fails_naming_a_field_the_policy_lacks if {
	facts := given.lacking_facts("connections", ["ipsec_policy.ike_integrity"])
	given.messages(control.deny) == {"ike_integrity is missing from the custom policy"} with input as facts
}

test_unknown_when_a_field_is_not_knowable if {
	absent := ["ipsec_policy.ike_encryption", "ipsec_policy.dh_group"]
	facts := given.without_facts("connections", absent)
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(absent) with input as facts
}

test_unknown_when_the_policy_is_not_knowable if {
	facts := given.without_facts("connections", ["ipsec_policy"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["ipsec_policy"]) with input as facts
}

test_unknown_when_a_policy_is_said_to_exist_and_absent if {
	facts := given.lacking_facts("connections", ["ipsec_policy"])
	control.deny == set() with input as facts
	expected := {"ipsec_policy is unknown: the facts document does not hold it"}
	given.messages(control.warn) == expected with input as facts
}

test_ignores_phase_2 if {
	facts := given.with_facts("connections", {"ipsec_policy": {"pfs_group": "None"}})
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
