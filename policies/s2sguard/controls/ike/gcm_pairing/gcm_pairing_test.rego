package s2sguard.controls.ike.gcm_pairing_test

import data.s2sguard.controls.ike.gcm_pairing as control
import data.s2sguard.given_test as given

test_passes_on_a_pair if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_passes_without_gcm if {
	facts := given.with_facts("connections", {"ipsec_policy": {"ipsec_encryption": "AES256", "ipsec_integrity": "SHA256"}})
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_passes_on_gcm_ike_encryption_with_a_hash if {
	facts := given.with_facts("connections", {"ipsec_policy": {"ike_encryption": "GCMAES256"}})
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_when_only_the_encryption_is_gcm if {
	facts := given.with_facts("connections", {"ipsec_policy": {"ipsec_integrity": "SHA256"}})
	expected := {"ipsec_encryption is GCMAES256, but ipsec_integrity is SHA256"}
	given.messages(control.deny) == expected with input as facts
}

test_fails_when_only_the_integrity_is_gcm if {
	facts := given.with_facts("connections", {"ipsec_policy": {"ipsec_encryption": "AES256"}})
	expected := {"ipsec_integrity is GCMAES256, but ipsec_encryption is AES256"}
	given.messages(control.deny) == expected with input as facts
}

test_fails_when_the_key_lengths_differ if {
	facts := given.with_facts("connections", {"ipsec_policy": {"ipsec_integrity": "GCMAES128"}})
	expected := {
		"ipsec_encryption is GCMAES256, but ipsec_integrity is GCMAES128",
		"ipsec_integrity is GCMAES128, but ipsec_encryption is GCMAES256",
	}
	given.messages(control.deny) == expected with input as facts
}

test_fails_when_the_ike_integrity_is_gcm_alone if {
	facts := given.with_facts("connections", {"ipsec_policy": {"ike_integrity": "GCMAES256"}})
	given.messages(control.deny) == {"ike_integrity is GCMAES256, but ike_encryption is AES256"} with input as facts
}

test_fails_when_the_other_half_is_missing if {
	facts := given.lacking_facts("connections", ["ipsec_policy.ipsec_integrity"])
	expected := {"ipsec_encryption is GCMAES256, but ipsec_integrity is missing"}
	given.messages(control.deny) == expected with input as facts
}

test_unknown_when_the_other_half_is_not_knowable if {
	facts := given.without_facts("connections", ["ipsec_policy.ipsec_integrity"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["ipsec_policy.ipsec_integrity"]) with input as facts
}

test_does_not_apply_without_a_custom_policy if {
	facts := given.with_facts("connections", {"custom_policy": false})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
