# METADATA
# title: Partner connections use static routing
# description: |
#   With BGP the partner decides which prefixes point at its tunnel, and learns the prefixes of all the other sites
#   (VPN Gateway FAQ). The site's prefixes then no longer say what the partner can claim.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-RTE-001
#   severity: high
#   fix: list the partner's prefixes in the local network gateway and set enableBgp to false
#   needs: [bgp]
#   mappings:
#     nist_800_53: ["AC-4", "SC-7"]
#     iso_27001: ["A.8.20"]
#     pci_dss: ["1.3.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.rte.static_routing

import data.s2sguard.lib

id := "S2S-RTE-001"

applies contains connection.id if some connection in lib.partner_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.partner_connections
	connection.bgp
	message := "BGP is on: the partner decides which prefixes are routed to it"
}

warn contains lib.unknown(id, connection, "bgp") if some connection in lib.partner_connections
