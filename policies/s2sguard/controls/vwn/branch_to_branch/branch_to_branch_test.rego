package s2sguard.controls.vwn.branch_to_branch_test

import data.s2sguard.controls.vwn.branch_to_branch as control
import data.s2sguard.given_test as given

test_passes_where_the_road_is_closed if {
	facts := given.document
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_where_it_is_open if {
	facts := given.with_facts("gateways", {"road": {"state": "open", "by": "they propagate to defaultRouteTable"}})
	expected := {"branch-to-branch is open: they propagate to defaultRouteTable"}
	given.messages(control.deny) == expected with input as facts
	control.warn == set() with input as facts
}

test_passes_with_advice_where_a_firewall_decides if {
	facts := given.with_facts("gateways", {"road": {"state": "inspected", "by": "by fw"}})
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	some advice in control.warn with input as facts
	advice.kind == "advice"
	advice.msg == "isolation depends on the firewall: by fw"
}

test_unknown_when_it_cannot_be_read if {
	facts := given.without_facts("gateways", ["road"])
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["road"]) with input as facts
}

test_does_not_apply_outside_virtual_wan if {
	facts := object.union(given.document, {"gateways": [json.remove(given.document.gateways[0], ["road"])]})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
