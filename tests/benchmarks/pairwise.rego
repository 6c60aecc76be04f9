# METADATA
# description: |
#   Partner isolation in Rego alone: every pair of connections is compared, as a rule without facts from outside has to do.
#   Each connection has one selector, so a packet goes there and back where the two selectors and both sites have
#   a source and a destination in common; prefixes that meet pairwise all meet, because one always holds the other.
package benchmarks.pairwise

flow contains [a.id, b.id] if {
	some a in input.connections
	some b in input.connections
	a.party != b.party
	net.cidr_intersects(a.remote, b.local)
	net.cidr_intersects(a.local, b.remote)
	net.cidr_intersects(a.local, b.site)
	net.cidr_intersects(b.remote, b.site)
}

# What is missing for an answer: the source of the packet is routed to where it came from.
two_way contains [a.id, b.id] if {
	some i, a in input.connections
	some j, b in input.connections
	i < j
	[a.id, b.id] in flow
	net.cidr_intersects(a.remote, a.site)
	net.cidr_intersects(b.local, a.site)
}

overlap contains [a.id, b.id] if {
	some i, a in input.connections
	some j, b in input.connections
	i < j
	a.party != b.party
	net.cidr_intersects(a.claim, b.claim)
}

result := {"flow": count(flow), "two_way": count(two_way), "overlap": count(overlap)}
