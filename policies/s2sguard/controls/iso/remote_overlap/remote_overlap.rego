# METADATA
# title: Fixed remote ranges of partners do not intersect
# description: |
#   Two partners whose fixed selectors claim the same remote addresses can answer for each other,
#   and the gateway can route to one of them only. Shared local ranges are normal.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-ISO-003
#   severity: high
#   fix: agree on remote ranges that no other partner of this gateway uses
#   needs: [fixed_selectors, remote_overlap]
#   azure_policy: isolation is decided over all connections of a gateway, and Azure Policy sees one resource
#   mappings:
#     nist_800_53: ["SC-7", "AC-4"]
#     iso_27001: ["A.8.22"]
#     pci_dss: ["1.4.3"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.iso.remote_overlap

import data.s2sguard.lib

id := "S2S-ISO-003"

applies contains connection.id if some connection in lib.claiming_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.claiming_connections
	connection.remote_overlap.count > 0
	message := concat("", [
		"fixed remote ranges intersect those of ", lib.parties(connection.remote_overlap.count, "other partner"),
		": ", lib.overlaps(connection.remote_overlap),
	])
}

warn contains lib.unknown(id, connection, fact) if {
	some connection in lib.claiming_connections
	some fact in ["fixed_selectors", "remote_overlap"]
}
