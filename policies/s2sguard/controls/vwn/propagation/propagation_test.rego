package s2sguard.controls.vwn.propagation_test

import data.s2sguard.controls.vwn.propagation as control
import data.s2sguard.given_test as given

test_passes_where_nobody_learns if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_each_partner_that_learns if {
	learned := {"count": 2, "possible": 0, "examples": ["blue on hub", "green on far-hub"]}
	facts := given.with_facts("connections", {"learned": learned})
	expected := {"its routes reach 2 other partners: blue on hub, green on far-hub"}
	given.messages(control.deny) == expected with input as facts
}

test_fails_without_a_name_to_show if {
	facts := given.with_facts("connections", {"learned": {"count": 1, "possible": 0, "examples": []}})
	given.messages(control.deny) == {"its routes reach 1 other partner"} with input as facts
}

test_unknown_when_tables_cannot_be_read if {
	facts := given.without_facts("connections", ["learned"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["learned"]) with input as facts
}

test_does_not_apply_outside_virtual_wan if {
	plain := json.remove(given.document.connections[0], ["learned"])
	facts := object.union(given.document, {"connections": [plain]})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_does_not_apply_to_an_internal_connection if {
	facts := given.with_facts("connections", {"trust": "internal"})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
