package s2sguard.controls.iso.remote_overlap_test

import data.s2sguard.controls.iso.remote_overlap as control
import data.s2sguard.given_test as given

test_passes_on_disjoint_ranges if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_a_shared_remote_range if {
	facts := given.with_facts("connections", {"remote_overlap": {
		"count": 1,
		"examples": [{
			"with_id": "/connections/to-blue",
			"with_party": "blue",
			"ranges": ["10.1.4.0/24"],
		}],
	}})
	expected := {"fixed remote ranges intersect those of 1 other partner: 10.1.4.0/24 with blue"}
	given.messages(control.deny) == expected with input as facts
}

test_does_not_apply_without_fixed_selectors if {
	facts := given.with_facts("connections", {"fixed_selectors": []})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_unknown_when_a_neighbour_cannot_be_read if {
	facts := given.without_facts("connections", ["remote_overlap"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["remote_overlap"]) with input as facts
}
