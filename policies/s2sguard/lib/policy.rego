package s2sguard.lib

# METADATA
# description: Why a field of the custom IPsec policy is not acceptable; undefined when it is, or is not known.
# scope: document
policy_problem(connection, field) := message if {
	value := connection.ipsec_policy[field]
	not allowed(field, value)
	message := concat("", [
		field, " is ", value, weakness(connection.ipsec_policy, field),
		"; allowed: ", concat(", ", input.settings[field]),
	])
}

policy_problem(connection, field) := concat("", [field, " is missing from the custom policy"]) if {
	policy_lacks(connection, field)
}

# METADATA
# description: The custom IPsec policy is known and does not have this field.
policy_lacks(connection, field) if {
	object.get(connection.ipsec_policy, field, null) == null
	not connection.unknown[policy_fact(field)]
}

# METADATA
# description: What is not known of a connection's custom IPsec policy, as far as these fields go.
policy_unknowns(control, connection, fields) := union({
	{gap | gap := unknown(control, connection, "custom_policy")},
	{gap | connection.custom_policy == true; gap := unknown(control, connection, "ipsec_policy")},
	{gap | some field in fields; gap := unreadable(control, connection, policy_fact(field))},
})

# METADATA
# description: A number lies between two bounds, both included.
between(value, least, most) if {
	value >= least
	value <= most
}

allowed(field, value) if value in input.settings[field]

weakness(policy, field) := concat("", [" (", policy.weak[field], ")"])

weakness(policy, field) := "" if not policy.weak[field]

policy_fact(field) := concat(".", ["ipsec_policy", field])
