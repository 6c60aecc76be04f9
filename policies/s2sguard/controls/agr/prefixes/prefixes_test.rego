package s2sguard.controls.agr.prefixes_test

import data.s2sguard.controls.agr.prefixes as control
import data.s2sguard.given_test as given

test_passes if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_with_a_prefix_that_is_missing if {
	facts := given.with_facts("connections", {"agreement": {"prefixes": {"missing": ["10.1.0.0/16"]}}})
	message := "site prefixes are not as agreed: missing, agreed in red (PAR-1) (red.yaml:2): 10.1.0.0/16"
	given.messages(control.deny) == {message} with input as facts
}

test_fails_with_prefixes_that_are_too_much if {
	facts := given.with_facts("connections", {"agreement": {"prefixes": {"extra": ["10.2.0.0/16", "10.3.0.0/16"]}}})
	message := "site prefixes are not as agreed: too much, nobody agreed to: 10.2.0.0/16 and 10.3.0.0/16"
	given.messages(control.deny) == {message} with input as facts
}

test_unknown_when_a_part_is_not_knowable if {
	facts := given.without_facts("connections", ["agreement.prefixes"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["agreement.prefixes"]) with input as facts
}

test_unknown_when_a_part_is_absent_without_a_reason if {
	facts := given.lacking_facts("connections", ["agreement.prefixes"])
	control.deny == set() with input as facts
	message := "agreement.prefixes is unknown: the facts document does not hold it"
	given.messages(control.warn) == {message} with input as facts
}

test_does_not_apply_without_an_agreement if {
	facts := object.union(given.lacking_facts("connections", ["agreement"]), {"connections": [object.union(
		json.remove(given.document.connections[0], ["agreement"]),
		{"agreement": {"found": false, "label": "red"}},
	)]})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_unknown_when_it_is_not_known_who_the_partner_is if {
	facts := given.without_facts("connections", ["agreement"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) & given.gaps(["agreement"]) == given.gaps(["agreement"]) with input as facts
}

test_does_not_apply_where_no_agreements_were_given if {
	facts := given.lacking_facts("connections", ["agreement"])
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_does_not_apply_to_an_internal_connection if {
	facts := given.with_facts("connections", {"trust": "internal"})
	control.applies == set() with input as facts
}
