# METADATA
# title: Algorithms equal the agreement
# description: |
#   The custom policy of the connection has the agreed algorithms of both phases.
#   Two sides with different ones do not come up, or come up with something that nobody chose.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-AGR-004
#   severity: medium
#   fix: set the custom IPsec policy to the agreed algorithms, or agree on the ones in effect
#   needs: [agreement]
#   azure_policy: what was signed with a partner is no resource, and Azure Policy sees nothing else
#   mappings:
#     nist_800_53: ["CA-3", "SC-8", "SC-13"]
#     iso_27001: ["A.8.24"]
#     pci_dss: ["4.2.1"]
#     cis_v8: ["3.10", "12.6"]
#     nis2: ["21(2)(d)", "21(2)(h)"]
#     dora: ["9(3)(a)", "9(4)(d)"]
package s2sguard.controls.agr.algorithms

import data.s2sguard.lib

id := "S2S-AGR-004"

applies contains connection.id if some connection in lib.signed_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.signed_connections
	count(connection.agreement.algorithms) > 0
	message := concat("", [
		"algorithms are not those of ", lib.signed(connection.agreement),
		": ", concat("; ", connection.agreement.algorithms),
	])
}

warn contains gap if {
	some connection in lib.signed_connections
	some gap in lib.agreement_unknowns(id, connection, ["algorithms"])
}
