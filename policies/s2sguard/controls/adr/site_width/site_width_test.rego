package s2sguard.controls.adr.site_width_test

import data.s2sguard.controls.adr.site_width as control
import data.s2sguard.given_test as given

test_passes_on_the_bounds if {
	facts := given.with_facts("sites", {"widths": {"v4": 8, "v6": 48}})
	control.applies == {"site"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_an_oversized_prefix if {
	facts := given.with_facts("sites", {"widths": {"v6": 32}})
	given.messages(control.deny) == {"an IPv6 prefix is /32; the shortest allowed is /48"} with input as facts
}

test_fails_on_a_default_route_whatever_the_settings_say if {
	facts := object.union(
		given.with_facts("sites", {"widths": {"v4": 0}}),
		{"settings": {"site_shortest_v4": 0}},
	)
	given.messages(control.deny) == {"an IPv4 prefix is /0; the shortest allowed is /1"} with input as facts
}

test_unknown_when_the_prefixes_are_not_knowable if {
	facts := given.without_facts("sites", ["widths"])
	control.applies == {"site"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["widths"]) with input as facts
}

test_does_not_apply_to_an_internal_site if {
	facts := given.with_facts("sites", {"trust": "internal"})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
