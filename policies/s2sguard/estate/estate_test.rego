package s2sguard.estate_test

import data.s2sguard.estate

given := {
	"revision": "r1",
	"pack": "p1",
	"status": {
		"/a": "pass",
		"/b": "fail",
		"/c": "unknown",
		"/d": "accepted",
	},
	"findings": [
		{"control": "X", "resource": "/b", "accepted": false},
		{"control": "Y", "resource": "/d", "accepted": true},
	],
	"unknowns": [{"control": "X", "resource": "/c"}],
	"partners": {
		"red": {"open": ["blue"], "sure": true, "listed": true},
		"blue": {"open": ["red"], "sure": true, "listed": false},
		"green": {"open": [], "sure": true, "listed": true},
		"many": {"open": [], "sure": true, "listed": false},
		"vague": {"open": ["red"], "sure": false, "listed": true},
	},
}

# regal ignore:unresolved-reference
test_reads_what_was_fed if estate.fed == given with data.s2sguard_estate as given

test_names_one_revision if {
	estate.revision == "r1" with estate.fed as given
	estate.pack == "p1" with estate.fed as given
}

test_shows_findings_that_count if {
	[finding.resource | some finding in estate.findings] == ["/b"] with estate.fed as given
	[finding.resource | some finding in estate.unknowns] == ["/c"] with estate.fed as given
}

test_a_resource_is_found_in_any_casing if {
	estate.status("/A") == "pass" with estate.fed as given
	estate.status("/B") == "fail" with estate.fed as given
	estate.status("/z") == "absent" with estate.fed as given
}

test_allows_what_passes_or_was_accepted if {
	every resource in ["/a", "/A", "/d"] {
		estate.allowed with estate.fed as given with input as {"resource": resource}
	}
	every resource in ["/b", "/c", "/z", null, 1] {
		not estate.allowed with estate.fed as given with input as {"resource": resource}
	}
}

test_tells_open_from_isolated_and_unknown if {
	cases := {
		["red", "blue"]: "open",
		["BLUE", "Red"]: "open",
		["red", "green"]: "isolated",
		["green", "many"]: "isolated",
		["many", "green"]: "isolated",
		# Either may have the other among the pairs that are not listed.
		["blue", "many"]: "unknown",
		["vague", "green"]: "unknown",
		["vague", "red"]: "open",
		["green", "nobody"]: "unknown",
		["nobody", "green"]: "unknown",
		["green", "green"]: "unknown",
	}
	every pair, answer in cases {
		estate.isolation(pair[0], pair[1]) == answer with estate.fed as given
	}
}

test_only_what_is_isolated_is_isolated if {
	estate.isolated with estate.fed as given with input as {"partners": ["red", "green"]}
	every pair in [["red", "blue"], ["blue", "many"], ["green"], [], null] {
		not estate.isolated with estate.fed as given with input as {"partners": pair}
	}
}

test_nothing_fed_is_nothing_allowed if {
	not estate.revision with estate.fed as {}
	not estate.findings with estate.fed as {}
	not estate.unknowns with estate.fed as {}
	not estate.allowed with estate.fed as {} with input as {"resource": "/a"}
	not estate.isolated with estate.fed as {} with input as {"partners": ["red", "green"]}
	estate.isolation("red", "green") == "unknown" with estate.fed as {}
	estate.status("/a") == "absent" with estate.fed as {}
}
