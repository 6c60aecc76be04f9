# METADATA
# title: Local selector ranges lie inside the hub or its spokes
# description: |
#   A local range outside the hub network and the spokes that use this gateway belongs to somebody else,
#   often another partner: it is the destination half of a road between partners.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-SEL-005
#   severity: medium
#   fix: keep only local ranges of the hub network and of spokes that use this gateway
#   needs: [fixed_selectors, local_outside_networks]
#   azure_policy: the address spaces are on the hub network, its peerings and the spokes, not on the connection
#   mappings:
#     nist_800_53: ["AC-4", "SC-7"]
#     iso_27001: ["A.8.22"]
#     pci_dss: ["1.3.1"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.sel.local_in_networks

import data.s2sguard.lib

id := "S2S-SEL-005"

applies contains connection.id if some connection in lib.fixed_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.fixed_connections
	count(connection.local_outside_networks) > 0
	message := concat("", [
		"local ranges outside the hub and its spokes: ",
		concat(", ", connection.local_outside_networks),
	])
}

warn contains lib.unknown(id, connection, fact) if {
	some connection in lib.fixed_connections
	some fact in ["fixed_selectors", "local_outside_networks"]
}
