package s2sguard.controls.agr.period_test

import data.s2sguard.controls.agr.period as control
import data.s2sguard.given_test as given

test_passes if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_when_it_has_expired if {
	facts := given.with_facts("connections", {"agreement": {"state": "expired", "valid_to": "2026-05-31"}})
	message := "red (PAR-1) (red.yaml:2) has expired: its last day was 2026-05-31"
	given.messages(control.deny) == {message} with input as facts
}

test_fails_before_it_begins if {
	facts := given.with_facts("connections", {"agreement": {"state": "not yet", "valid_from": "2026-07-01"}})
	message := "red (PAR-1) (red.yaml:2) is not in force yet: its first day is 2026-07-01"
	given.messages(control.deny) == {message} with input as facts
}

test_unknown_when_a_part_is_not_knowable if {
	facts := given.without_facts("connections", ["agreement.state"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["agreement.state"]) with input as facts
}

test_unknown_when_a_part_is_absent_without_a_reason if {
	facts := given.lacking_facts("connections", ["agreement.state"])
	control.deny == set() with input as facts
	message := "agreement.state is unknown: the facts document does not hold it"
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
