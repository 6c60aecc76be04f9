package s2sguard.controls.sel.fixed_selectors_test

import data.s2sguard.controls.sel.fixed_selectors as control
import data.s2sguard.given_test as given

test_passes_with_one if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_without_any if {
	facts := given.with_facts("connections", {"fixed_selectors": []})
	expected := {"no fixed selectors: Azure proposes every network prefix to every site prefix"}
	given.messages(control.deny) == expected with input as facts
}

test_unknown_when_they_are_not_knowable if {
	facts := given.without_facts("connections", ["fixed_selectors"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["fixed_selectors"]) with input as facts
}

test_does_not_apply_to_an_internal_connection if {
	facts := given.with_facts("connections", {"trust": "internal"})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
