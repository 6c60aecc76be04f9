package s2sguard.controls.sel.selector_width_test

import data.s2sguard.controls.sel.selector_width as control
import data.s2sguard.given_test as given

test_passes_on_the_bounds if {
	widths := {"local_v4": 16, "remote_v4": 8, "local_v6": 48, "remote_v6": 48}
	facts := given.with_facts("connections", {"selector_widths": widths})
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_a_wide_local_range if {
	facts := given.with_facts("connections", {"selector_widths": {"local_v4": 15}})
	given.messages(control.deny) == {"a local IPv4 range is /15; the shortest allowed is /16"} with input as facts
}

test_fails_on_a_wide_remote_range if {
	facts := given.with_facts("connections", {"selector_widths": {"remote_v6": 32}})
	given.messages(control.deny) == {"a remote IPv6 range is /32; the shortest allowed is /48"} with input as facts
}

test_fails_on_any_whatever_the_settings_say if {
	facts := object.union(
		given.with_facts("connections", {"selector_widths": {"remote_v4": 0}}),
		{"settings": {"selector_shortest_remote_v4": 0}},
	)
	given.messages(control.deny) == {"a remote IPv4 range is /0; the shortest allowed is /1"} with input as facts
}

test_does_not_apply_without_fixed_selectors if {
	facts := given.with_facts("connections", {"fixed_selectors": []})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_unknown_when_the_selectors_are_not_knowable if {
	facts := given.without_facts("connections", ["fixed_selectors"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["fixed_selectors"]) with input as facts
}

test_unknown_when_a_width_is_not_knowable if {
	facts := given.without_facts("connections", ["selector_widths"])
	control.applies == {"connection"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["selector_widths"]) with input as facts
}
