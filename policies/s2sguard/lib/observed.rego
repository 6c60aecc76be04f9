package s2sguard.lib

# METADATA
# description: Partner connections whose live SAs somebody looked at.
observed_connections := [connection |
	some connection in partner_connections
	looked_at(connection)
]

# METADATA
# description: Those of them whose source shows algorithms; log lines about selectors do not.
observed_algorithms := [connection |
	some connection in observed_connections
	shows_algorithms(connection)
]

# METADATA
# description: Every fact about live SAs that is not known, of those named.
unseen(control, connection, facts) := {gap |
	some fact in array.concat(["observed"], [concat(".", ["observed", fact]) | some fact in facts])
	gap := unreadable(control, connection, fact)
}

# METADATA
# description: Findings about pairs that live SAs hold open both ways now, with their proof.
two_way_now(control) := {finding |
	some connection in partner_connections
	finding := seen_transit(control, connection, connection.observed.two_way, "two-way transit")
}

# METADATA
# description: |
#   The same for pairs that are open one way.
#   Not one function with the key as an argument: in a comprehension regopy takes every key for it.
one_way_now(control) := {finding |
	some connection in partner_connections
	finding := seen_transit(control, connection, connection.observed.one_way, "one-way transit")
}

# METADATA
# description: Algorithms in force that the allow-list does not hold, as messages.
algorithm_problems(connection) := {message |
	some field in algorithm_fields
	some value in connection.observed.algorithms[field]
	not allowed(field, value)
	message := concat("", ["in force: ", field, " ", value, "; allowed: ", concat(", ", input.settings[field])])
}

algorithm_fields := ["ike_encryption", "ike_integrity", "dh_group", "ipsec_encryption", "ipsec_integrity", "pfs_group"]

seen_transit(control, connection, seen, kind) := object.union(found, {"certainty": "observed"}) if {
	seen.count > 0
	message := concat("", ["in force now: ", kind, " with ", parties(seen.count, "other partner")])
	found := transit_finding(control, connection, seen, message)
}

looked_at(connection) if connection.observed

looked_at(connection) if connection.unknown.observed

shows_algorithms(connection) if connection.observed.algorithms

shows_algorithms(connection) if connection.unknown.observed
