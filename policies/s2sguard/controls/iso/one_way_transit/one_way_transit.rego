# METADATA
# title: No one-way transit between partners
# description: |
#   A neighbour with an open connection can send packets with a borrowed source address even into a hardened tunnel.
#   No answer comes back, and one datagram can be enough to do harm.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-ISO-002
#   severity: high
#   fix: harden the connection the packet arrives by
#   needs: [one_way]
#   azure_policy: isolation is decided over all connections of a gateway, and Azure Policy sees one resource
#   mappings:
#     nist_800_53: ["AC-4", "SC-7(11)"]
#     iso_27001: ["A.8.22"]
#     pci_dss: ["1.3.1", "1.3.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(d)", "21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.iso.one_way_transit

import data.s2sguard.lib

id := "S2S-ISO-002"

applies contains connection.id if some connection in lib.isolated_connections

deny contains lib.transit_finding(id, connection, connection.one_way, message) if {
	some connection in lib.isolated_connections
	connection.one_way.count > 0
	message := concat("", ["one-way transit with ", lib.parties(connection.one_way.count, "other partner")])
}

# Live SAs prove it whatever the configuration says.
deny contains finding if some finding in lib.one_way_now(id)

warn contains lib.unknown(id, connection, "one_way") if some connection in lib.isolated_connections
