package s2sguard.lib

# METADATA
# description: Partner connections of a run that was given agreements.
agreed_connections := [connection |
	some connection in partner_connections
	held_against_agreements(connection)
]

# METADATA
# description: Those of them that are not known to be without one; S2S-AGR-001 speaks of the others.
signed_connections := [connection |
	some connection in agreed_connections
	not connection.agreement.found == false
]

# METADATA
# description: The agreement of a connection in words, with the place where it is written.
signed(agreement) := concat("", [agreement.label, " (", agreement.place, ")"])

# METADATA
# description: How what is configured differs from what was agreed; undefined where it does not.
difference(agreement, found) := concat("; ", parts) if {
	parts := array.concat(found.notes, array.concat(
		listed("too much, nobody agreed to: ", found.extra),
		listed(concat("", ["missing, agreed in ", signed(agreement), ": "]), found.missing),
	))
	count(parts) > 0
}

# METADATA
# description: What is not known of these parts of a connection's agreement.
agreement_unknowns(control, connection, parts) := union({
	{gap | gap := unreadable(control, connection, "agreement")},
	{gap | some part in parts; gap := unreadable(control, connection, concat(".", ["agreement", part]))},
	{gap | some part in parts; gap := unwritten(control, connection, part)},
})

held_against_agreements(connection) if connection.agreement

held_against_agreements(connection) if connection.unknown.agreement

listed(_, []) := []

listed(title, ranges) := [concat("", [title, concat(" and ", ranges)])] if count(ranges) > 0

# A part that is absent without a reason is no agreement either.
unwritten(control, connection, part) := because(control, connection, fact, "the facts document does not hold it") if {
	fact := concat(".", ["agreement", part])
	not connection.unknown[fact]
	object.get(connection.agreement, part, null) == null
}
