package s2sguard.document_test

import data.s2sguard.document
import data.s2sguard.given_test as given
import data.s2sguard.main

test_silent_on_a_facts_document if document.deny == set() with input as given.document

test_denies_a_plan if count(document.deny) == 1 with input as {"planned_values": {}}

test_denies_another_version if count(document.deny) == 1 with input as {"schema_version": "2"}

test_denies_what_is_no_object if count(document.deny) == 1 with input as ["schema_version"]

test_main_answers_on_a_plan if {
	results := main.results with input as {"resources": [], "connections": {}}
	count(results) > 0
	every result in results {
		result.applies == set()
	}
}
