# METADATA
# title: Site prefixes equal the agreement
# description: |
#   What Azure routes to the partner is what was agreed.
#   A prefix too much draws traffic for others into the partner's tunnel;
#   one that is missing leaves replies without a way back.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-AGR-003
#   severity: high
#   fix: set the prefixes of the local network gateway to the agreed ones, or sign an agreement about the ones in effect
#   needs: [agreement]
#   azure_policy: what was signed with a partner is no resource, and Azure Policy sees nothing else
#   mappings:
#     nist_800_53: ["AC-4", "CA-3", "SC-7"]
#     iso_27001: ["A.8.20", "A.8.22"]
#     pci_dss: ["1.3.2", "1.4.3"]
#     cis_v8: ["12.2"]
#     nis2: ["21(2)(d)", "21(2)(i)"]
#     dora: ["9(4)(b)"]
package s2sguard.controls.agr.prefixes

import data.s2sguard.lib

id := "S2S-AGR-003"

applies contains connection.id if some connection in lib.signed_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.signed_connections
	message := concat("", [
		"site prefixes are not as agreed: ",
		lib.difference(connection.agreement, connection.agreement.prefixes),
	])
}

warn contains gap if {
	some connection in lib.signed_connections
	some gap in lib.agreement_unknowns(id, connection, ["prefixes"])
}
