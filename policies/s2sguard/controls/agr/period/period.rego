# METADATA
# title: The agreement is in force
# description: |
#   An agreement has a first and a last day, and both belong to it.
#   A tunnel outside that period is open without anybody's consent.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-AGR-005
#   severity: medium
#   fix: renew the agreement with the partner, or remove the connection
#   needs: [agreement]
#   azure_policy: what was signed with a partner is no resource, and Azure Policy sees nothing else
#   mappings:
#     nist_800_53: ["CA-3"]
#     iso_27001: ["A.8.21"]
#     pci_dss: ["1.2.5"]
#     cis_v8: ["4.2"]
#     nis2: ["21(2)(d)"]
#     dora: ["9(4)(b)"]
package s2sguard.controls.agr.period

import data.s2sguard.lib

id := "S2S-AGR-005"

applies contains connection.id if some connection in lib.signed_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.signed_connections
	connection.agreement.state == "expired"
	message := concat("", [
		lib.signed(connection.agreement),
		" has expired: its last day was ", connection.agreement.valid_to,
	])
}

deny contains lib.finding(id, connection, message) if {
	some connection in lib.signed_connections
	connection.agreement.state == "not yet"
	message := concat("", [
		lib.signed(connection.agreement),
		" is not in force yet: its first day is ", connection.agreement.valid_from,
	])
}

warn contains gap if {
	some connection in lib.signed_connections
	some gap in lib.agreement_unknowns(id, connection, ["state"])
}
