package s2sguard.controls.sel.remote_in_site_test

import data.s2sguard.controls.sel.remote_in_site as control
import data.s2sguard.given_test as given

test_passes_inside_the_site if {
	facts := given.document
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_outside_the_site if {
	facts := given.with_facts("connections", {"remote_outside_site": ["10.9.0.0/16", "10.11.0.0/16"]})
	expected := {"remote ranges outside the site: 10.9.0.0/16, 10.11.0.0/16"}
	given.messages(control.deny) == expected with input as facts
}

test_does_not_apply_without_fixed_selectors if {
	facts := given.with_facts("connections", {"fixed_selectors": []})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_unknown_when_the_site_cannot_be_read if {
	facts := given.without_facts("connections", ["remote_outside_site"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["remote_outside_site"]) with input as facts
}
