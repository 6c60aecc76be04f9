package s2sguard.lib

# METADATA
# description: A finding about packets shared with other parties, with the packets that prove it.
transit_finding(control, connection, exposure, message) := object.union(
	finding(control, connection, concat("", [message, proof(exposure)])),
	object.union(
		{"pairs": exposure.count, "witnesses": exposure.witnesses},
		{"witness": first | first := exposure.witnesses[0]},
	),
)

# METADATA
# description: How many other parties of one kind, in words.
# scope: document
parties(1, kind) := concat(" ", ["1", kind])

parties(number, kind) := concat("", [format_int(number, 10), " ", kind, "s"]) if number != 1

# METADATA
# description: Up to ten intersections, as `ranges with party`.
overlaps(overlap) := concat("; ", [text |
	some example in overlap.examples
	text := concat(" with ", [concat(", ", example.ranges), example.with_party])
])

proof(exposure) := concat("", [
	": a packet from ", witness.src, " to ", witness.dst,
	" arrives by ", short(witness.from), " and leaves by ", short(witness.to),
]) if {
	witness := exposure.witnesses[0]
}

proof(exposure) := "" if count(exposure.witnesses) == 0
