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
#   mappings:
#     nist_800_53: ["AC-4", "SC-7", "CA-3"]
#     iso_27001: ["A.8.22"]
#     pci_dss: ["1.3.1", "1.3.2", "1.4.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(d)", "21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.iso.two_way_transit

import data.s2sguard.lib

id := "S2S-ISO-001"

applies contains connection.id if some connection in lib.isolated_connections

deny contains lib.transit_finding(id, connection, connection.two_way, message) if {
	some connection in lib.isolated_connections
	connection.two_way.count > 0
	message := concat("", ["two-way transit with ", lib.parties(connection.two_way.count, "other partner")])
}

# Live SAs prove it whatever the configuration says.
deny contains finding if some finding in lib.two_way_now(id)

warn contains lib.unknown(id, connection, "two_way") if some connection in lib.isolated_connections
