# METADATA
# title: No two-way transit between partners
# description: |
#   Two partners can hold a conversation through the gateway when each one's connection carries a packet of the other,
#   there and back: what the article shows for its stages 1 to 3.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-ISO-001
#   severity: critical
#   fix: harden both connections of the pair, or move one partner to its own headend
#   needs: [two_way]
#   azure_policy: isolation is decided over all connections of a gateway, and Azure Policy sees one resource
package s2sguard.controls.iso.two_way_transit

import data.s2sguard.lib

id := "S2S-ISO-001"

applies contains connection.id if some connection in lib.partner_connections

deny contains lib.transit_finding(id, connection, connection.two_way, message) if {
	some connection in lib.partner_connections
	connection.two_way.count > 0
	message := concat("", ["two-way transit with ", lib.parties(connection.two_way.count, "other partner")])
}

warn contains lib.unknown(id, connection, "two_way") if some connection in lib.partner_connections
