package s2sguard.controls.agr.signed_test

import data.s2sguard.controls.agr.signed as control
import data.s2sguard.given_test as given

test_passes if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_without_an_agreement if {
	facts := unsigned({"found": false, "label": "red"})
	control.applies == {"connection"} with input as facts
	given.messages(control.deny) == {"no agreement about it was signed with red"} with input as facts
	control.warn == set() with input as facts
}

test_says_that_agreements_with_others_name_it if {
	facts := unsigned({"found": false, "label": "red", "others": ["blue (T-2)", "green (T-3)"]})
	message := concat("", [
		"no agreement about it was signed with red; ",
		"agreements with other partners name this connection or its peer: blue (T-2), green (T-3)",
	])
	given.messages(control.deny) == {message} with input as facts
}

test_says_that_the_partners_own_name_other_connections if {
	facts := unsigned({"found": false, "label": "red", "own": ["red (T-1)"]})
	message := "no agreement about it was signed with red; its agreements name other connections: red (T-1)"
	given.messages(control.deny) == {message} with input as facts
}

test_fails_with_a_draft if {
	facts := given.with_facts("connections", {"agreement": {"state": "draft"}})
	message := "red (PAR-1) (red.yaml:2) is a draft: nobody signed it until it names an owner and a ticket"
	given.messages(control.deny) == {message} with input as facts
}

test_unknown_when_the_state_is_absent_without_a_reason if {
	facts := given.lacking_facts("connections", ["agreement.state"])
	control.deny == set() with input as facts
	given.messages(control.warn) == {"agreement.state is unknown: the facts document does not hold it"} with input as facts
}

test_fails_at_another_peer if {
	places := {"ends_at": ["198.51.100.7"], "peers": ["203.0.113.9", "vpn.example"]}
	facts := given.with_facts("connections", {"agreement": places})
	message := concat("", [
		"the tunnel ends at 198.51.100.7, which is not an agreed peer; ",
		"red (PAR-1) (red.yaml:2) names 203.0.113.9, vpn.example",
	])
	given.messages(control.deny) == {message} with input as facts
}

unsigned(agreement) := object.union(given.document, {"connections": [object.union(
	json.remove(given.document.connections[0], ["agreement"]),
	{"agreement": agreement},
)]})

test_unknown_when_a_part_is_not_knowable if {
	facts := given.without_facts("connections", ["agreement.ends_at"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["agreement.ends_at"]) with input as facts
}

test_unknown_when_a_part_is_absent_without_a_reason if {
	facts := given.lacking_facts("connections", ["agreement.ends_at"])
	control.deny == set() with input as facts
	message := "agreement.ends_at is unknown: the facts document does not hold it"
	given.messages(control.warn) == {message} with input as facts
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
