package s2sguard.controls.sec.clear_text_key_test

import data.s2sguard.controls.sec.clear_text_key as control
import data.s2sguard.given_test as given

test_passes_on_a_protected_key if {
	facts := given.document
	control.applies == {"shared_key"} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}

test_fails_on_a_key_in_clear_text if {
	facts := given.with_facts("shared_keys", {"handling": "clear-text", "how": "it is written here"})
	given.messages(control.deny) == {"the key is in clear text: it is written here"} with input as facts
	control.warn == set() with input as facts
}

test_unknown_without_its_handling if {
	facts := given.without_facts("shared_keys", ["handling"])
	control.applies == {"shared_key"} with input as facts
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["handling"]) with input as facts
}

test_does_not_apply_without_a_place if {
	facts := object.union(given.document, {"shared_keys": []})
	control.applies == set() with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}
