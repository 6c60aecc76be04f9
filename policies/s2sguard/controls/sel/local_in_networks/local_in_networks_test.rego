package s2sguard.controls.sel.local_in_networks_test

import data.s2sguard.controls.sel.local_in_networks as control
import data.s2sguard.given_test as given

test_passes_inside_the_hub if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_outside_hub_and_spokes if {
	facts := given.with_facts("connections", {"local_outside_networks": ["10.2.0.0/16"]})
	given.messages(control.deny) == {"local ranges outside the hub and its spokes: 10.2.0.0/16"} with input as facts
}

test_does_not_apply_without_fixed_selectors if {
	facts := given.with_facts("connections", {"fixed_selectors": []})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_unknown_when_a_spoke_cannot_be_read if {
	facts := given.without_facts("connections", ["local_outside_networks"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["local_outside_networks"]) with input as facts
}
