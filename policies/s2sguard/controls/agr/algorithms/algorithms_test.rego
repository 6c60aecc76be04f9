package s2sguard.controls.agr.algorithms_test

import data.s2sguard.controls.agr.algorithms as control
import data.s2sguard.given_test as given

test_passes if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_with_both_values if {
	facts := given.with_facts("connections", {"agreement": {"algorithms": ["pfs_group is None, agreed ECP384", "b"]}})
	message := "algorithms are not those of red (PAR-1) (red.yaml:2): pfs_group is None, agreed ECP384; b"
	given.messages(control.deny) == {message} with input as facts
}

test_unknown_when_a_part_is_not_knowable if {
	facts := given.without_facts("connections", ["agreement.algorithms"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["agreement.algorithms"]) with input as facts
}

test_unknown_when_a_part_is_absent_without_a_reason if {
	facts := given.lacking_facts("connections", ["agreement.algorithms"])
	control.deny == set() with input as facts
	message := "agreement.algorithms is unknown: the facts document does not hold it"
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
