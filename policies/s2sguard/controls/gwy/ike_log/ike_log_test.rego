package s2sguard.controls.gwy.ike_log_test

import data.s2sguard.controls.gwy.ike_log as control
import data.s2sguard.given_test as given

test_passes if {
	facts := given.document
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_without_an_export if {
	facts := given.with_facts("gateways", {"ike_log": false})
	given.messages(control.deny) == {"no diagnostic setting exports the IKE log"} with input as facts
}

test_unknown if {
	facts := given.without_facts("gateways", ["ike_log"])
	control.applies == {"gateway"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["ike_log"]) with input as facts
}

test_does_not_apply_where_no_setting_is_in_the_input if {
	facts := given.lacking_facts("gateways", ["ike_log"])
	control.applies == set() with input as facts
	control.warn == set() with input as facts
}
