# METADATA
# title: No transit between a partner and an internal site
# description: |
#   A branch or data centre of our own on the same gateway is reachable for a partner
#   under the same conditions as another partner.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-ISO-006
#   severity: high
#   fix: harden the connection, or move the internal site to a gateway without partners
#   needs: [to_internal]
#   azure_policy: isolation is decided over all connections of a gateway, and Azure Policy sees one resource
#   mappings:
#     nist_800_53: ["AC-4", "SC-7"]
#     iso_27001: ["A.8.22"]
#     pci_dss: ["1.4.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(d)", "21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.iso.internal_transit

import data.s2sguard.lib

id := "S2S-ISO-006"

applies contains connection.id if some connection in lib.isolated_connections

deny contains lib.transit_finding(id, connection, connection.to_internal, message) if {
	some connection in lib.isolated_connections
	connection.to_internal.count > 0
	message := concat("", ["transit with ", lib.parties(connection.to_internal.count, "internal site")])
}

warn contains lib.unknown(id, connection, "to_internal") if some connection in lib.isolated_connections
