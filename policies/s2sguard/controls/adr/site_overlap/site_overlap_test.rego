package s2sguard.controls.adr.site_overlap_test

import data.s2sguard.controls.adr.site_overlap as control
import data.s2sguard.given_test as given

test_passes_on_disjoint_sites if {
	facts := given.document
	control.applies == {"site"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_a_shared_prefix if {
	facts := given.with_facts("sites", {"overlap": {
		"count": 2,
		"examples": [
			{
				"with_id": "/sites/blue",
				"with_party": "blue",
				"ranges": ["10.1.4.0/24", "10.1.8.0/24"],
			},
			{
				"with_id": "/sites/green",
				"with_party": "green",
				"ranges": ["10.1.9.0/24"],
			},
		],
	}})
	message := concat("", [
		"prefixes intersect those of 2 other site owners: 10.1.4.0/24, ",
		"10.1.8.0/24 with blue; 10.1.9.0/24 with green",
	])
	given.messages(control.deny) == {message} with input as facts
}

test_unknown_when_a_neighbour_cannot_be_read if {
	facts := given.without_facts("sites", ["overlap"])
	control.applies == {"site"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["overlap"]) with input as facts
}

test_does_not_apply_to_a_site_nobody_uses if {
	facts := given.with_facts("sites", {"gateways": []})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_does_not_apply_to_an_internal_site if {
	facts := given.with_facts("sites", {"trust": "internal"})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
