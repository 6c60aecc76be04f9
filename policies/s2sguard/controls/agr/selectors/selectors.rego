# METADATA
# title: Selectors equal the agreement
# description: |
#   The selectors in effect on the connection are those that were agreed, range by range.
#   What is too much is open to a partner who never asked for it;
#   what is missing or cut differently does not come up.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-AGR-002
#   severity: high
#   fix: set the traffic selector policies to the agreed ranges, or sign an agreement about the ones in effect
#   needs: [agreement]
#   azure_policy: what was signed with a partner is no resource, and Azure Policy sees nothing else
#   mappings:
#     nist_800_53: ["AC-4", "CA-3", "SC-7(11)"]
#     iso_27001: ["A.8.20", "A.8.22"]
#     pci_dss: ["1.3.1", "1.3.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(d)", "21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.agr.selectors

import data.s2sguard.lib

id := "S2S-AGR-002"

applies contains connection.id if some connection in lib.signed_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.signed_connections
	message := concat("", [
		"selectors are not as agreed: ",
		lib.difference(connection.agreement, connection.agreement.selectors),
	])
}

warn contains gap if {
	some connection in lib.signed_connections
	some gap in lib.agreement_unknowns(id, connection, ["selectors"])
}
