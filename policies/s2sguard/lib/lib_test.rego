package s2sguard.lib_test

import data.s2sguard.given_test as given
import data.s2sguard.lib

test_a_connection_of_unknown_type_and_owner_is_a_subject if {
	facts := given.without_facts("connections", ["connection_type", "trust"])
	count(lib.partner_connections) == 1 with input as facts
}

test_a_gateway_of_unknown_type_is_a_subject if {
	count(lib.partner_gateways) == 1 with input as given.without_facts("gateways", ["gateway_type"])
}

test_a_site_of_unknown_owner_is_a_subject if {
	count(lib.partner_sites) == 1 with input as given.without_facts("sites", ["trust"])
}

test_a_fact_that_is_false_is_known if {
	not lib.unknown("X", {"id": "a", "fact": false, "unknown": {}}, "fact")
}

test_a_fact_known_in_part_is_unknown if {
	gap := lib.unknown("X", {"id": "a", "fact": 1, "unknown": {"fact": "redacted"}}, "fact")
	gap == {"control": "X", "resource": "a", "kind": "unknown", "msg": "fact is unknown: redacted"}
}

test_a_fact_that_is_absent_without_a_reason_is_unknown if {
	gap := lib.unknown("X", {"id": "a", "unknown": {}}, "fact")
	gap.msg == "fact is unknown: the facts document does not hold it"
}

test_a_value_without_an_allow_list_is_not_allowed if {
	subject := {"id": "a", "ipsec_policy": {"dh_group": "ECP384", "weak": {}}, "unknown": {}}
	lib.policy_problem(subject, "dh_group") with input as {"settings": {"dh_group": []}}
}

test_a_plural_is_written_out if {
	lib.parties(1, "partner") == "1 partner"
	lib.parties(12, "partner") == "12 partners"
}

test_the_short_name_of_an_id if lib.short("/a/b/to-red") == "to-red"

test_a_message_begins_with_a_name_where_that_is_asked_for if {
	subject := {"id": "a", "name": "to-red", "unknown": {"fact": "redacted"}}
	lib.finding("X", subject, "is wide").msg == "is wide"
	lib.finding("X", subject, "is wide").msg == "to-red: is wide" with input as {"named": true}
	lib.advice("X", subject, "is wide").msg == "to-red: is wide" with input as {"named": true}
	lib.unknown("X", subject, "fact").msg == "to-red: fact is unknown: redacted" with input as {"named": true}
	lib.finding("X", subject, "is wide").msg == "is wide" with input as {"named": false}
}

test_a_tunnel_of_a_device_is_judged_for_isolation_and_has_no_settings_of_azure if {
	connection := {"id": "a", "device": true, "trust": "partner", "connection_type": "IPsec", "unknown": {}}
	gateway := {"id": "g", "device": true, "present": true, "partner_facing": true}
	facts := {"connections": [connection], "gateways": [gateway]}
	{found.id | some found in lib.isolated_connections} == {"a"} with input as facts
	{found.id | some found in lib.claiming_connections} == {"a"} with input as facts
	lib.partner_connections == [] with input as facts
	lib.partner_gateways == [] with input as facts
}
