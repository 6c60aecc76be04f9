package s2sguard.document_test

import data.s2sguard.document
import data.s2sguard.given_test as given
import data.s2sguard.main

only(denied) := finding.msg if {
	count(denied) == 1
	some finding in denied
	finding.resource == ""
}

test_silent_on_a_facts_document if document.deny == set() with input as given.document

test_names_what_it_was_given if {
	cases := [
		["a Terraform plan,", {"planned_values": {}}],
		["an ARM template,", {"$schema": "https://x/2019-04-01/deploymentTemplate.json#"}],
		["an ARM template,", {"$schema": "https://x/subscriptionDeploymentTemplate.json#"}],
		["an inventory of", {"kind": "s2sguard-inventory", "schema_version": "1", "resources": []}],
		["a report of", {"schema_version": "1", "verdicts": [], "gateways": []}],
		["a list (conftest --combine", [{"path": "a", "contents": given.document}]],
		["another version", object.union(given.document, {"schema_version": "2"})],
		["no facts document", {"schema_version": "1"}],
	]
	every case in cases {
		contains(only(document.deny), case[0]) with input as case[1]
	}
}

test_denies_a_document_without_one_of_its_parts if {
	every part in ["gateways", "connections", "sites", "shared_keys", "settings", "assumptions"] {
		only(document.deny) with input as object.remove(given.document, {part})
	}
}

test_denies_anything_else if {
	every anything in [{}, [], null, "", "1", 1, true, {"a": 1}, ["schema_version"]] {
		contains(only(document.deny), "nothing was judged") with input as anything
	}
}

test_denies_no_input_at_all if only(document.deny)

test_main_says_so_too if {
	results := main.results with input as {"resources": [], "connections": {}}
	[result | some result in results; result.deny != set()] == [{
		"control": "S2S-DOC-001",
		"applies": {""},
		"deny": document.deny,
		"warn": set(),
	}] with input as {"resources": [], "connections": {}}
}

test_main_is_silent_about_a_facts_document if {
	results := main.results with input as given.document
	every result in results {
		result.control != "S2S-DOC-001"
	}
}
