# METADATA
# title: Routes of a partner connection do not reach other partners
# description: |
#   In a virtual WAN a connection propagates its routes to tables, by id or by label, on every hub of the WAN.
#   Whoever is associated with such a table can send to the partner
#   (Microsoft Learn, virtual-wan/about-virtual-hub-routing).
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-VWN-002
#   severity: high
#   fix: propagate partner connections to tables that no branch is associated with
#   needs: [learned]
#   azure_policy: who is associated with a table is another resource, and the routing of a VPN connection has no alias
#   mappings:
#     nist_800_53: ["AC-4", "SC-7"]
#     iso_27001: ["A.8.22"]
#     pci_dss: ["1.3.1", "1.4.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(d)", "21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.vwn.propagation

import data.s2sguard.lib

id := "S2S-VWN-002"

applies contains connection.id if some connection in routed

deny contains lib.finding(id, connection, message) if {
	some connection in routed
	connection.learned.count > 0
	message := concat("", [
		"its routes reach ", lib.parties(connection.learned.count, "other partner"),
		named(connection.learned.examples),
	])
}

warn contains lib.unreadable(id, connection, "learned") if some connection in routed

# A connection of a gateway in a virtual network propagates nothing.
routed := [connection |
	some connection in lib.partner_connections
	known_or_doubtful(connection)
]

known_or_doubtful(connection) if connection.learned

known_or_doubtful(connection) if connection.unknown.learned

named(examples) := concat("", [": ", concat(", ", examples)]) if count(examples) > 0

named(examples) := "" if count(examples) == 0
