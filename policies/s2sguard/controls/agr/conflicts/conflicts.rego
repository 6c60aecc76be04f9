# METADATA
# title: Agreements do not conflict
# description: |
#   Two partners were not promised the same addresses or the same device for a common day,
#   and no connection has two agreements in force that say different things.
#   One gateway cannot tell two partners with the same addresses apart.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-AGR-006
#   severity: high
#   fix: agree on other ranges or on NAT with one of the partners, and end the agreement that no longer holds
#   needs: [agreement]
#   azure_policy: what was signed with a partner is no resource, and Azure Policy sees nothing else
#   mappings:
#     nist_800_53: ["AC-4", "CA-3"]
#     iso_27001: ["A.8.21", "A.8.22"]
#     pci_dss: ["1.2.5"]
#     cis_v8: ["4.2"]
#     nis2: ["21(2)(d)"]
#     dora: ["9(4)(b)"]
package s2sguard.controls.agr.conflicts

import data.s2sguard.lib

id := "S2S-AGR-006"

applies contains connection.id if some connection in lib.signed_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.signed_connections
	count(connection.agreement.conflicts) > 0
	message := concat("", [
		lib.signed(connection.agreement),
		" conflicts ", concat("; ", connection.agreement.conflicts),
	])
}

warn contains gap if {
	some connection in lib.signed_connections
	some gap in lib.agreement_unknowns(id, connection, ["conflicts"])
}
