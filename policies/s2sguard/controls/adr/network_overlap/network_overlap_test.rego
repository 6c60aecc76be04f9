package s2sguard.controls.adr.network_overlap_test

import data.s2sguard.controls.adr.network_overlap as control
import data.s2sguard.given_test as given

test_passes_beside_the_hub if {
	facts := given.document
	control.applies == {"site"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_inside_the_hub if {
	facts := given.with_facts("sites", {"network_overlap": ["10.1.0.0/16 (hub)"]})
	given.messages(control.deny) == {"prefixes intersect Azure networks: 10.1.0.0/16 (hub)"} with input as facts
}

test_unknown_when_the_hub_cannot_be_read if {
	facts := given.without_facts("sites", ["network_overlap"])
	control.applies == {"site"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["network_overlap"]) with input as facts
}

test_does_not_apply_to_a_site_nobody_uses if {
	facts := given.with_facts("sites", {"gateways": []})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
