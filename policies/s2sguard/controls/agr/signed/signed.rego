# METADATA
# title: Every partner connection has an agreement
# description: |
#   A tunnel to a partner that nobody signed for is a way in that nobody answers for.
#   The agreement has to name the partner, and the device at the other end.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-AGR-001
#   severity: high
#   fix: sign an agreement with the partner that names this peer, or remove the connection
#   needs: [agreement]
#   azure_policy: what was signed with a partner is no resource, and Azure Policy sees nothing else
#   mappings:
#     nist_800_53: ["CA-3", "SC-7(11)"]
#     iso_27001: ["A.8.21"]
#     pci_dss: ["1.2.5"]
#     cis_v8: ["4.2"]
#     nis2: ["21(2)(d)"]
#     dora: ["9(4)(b)"]
package s2sguard.controls.agr.signed

import data.s2sguard.lib

id := "S2S-AGR-001"

applies contains connection.id if some connection in lib.agreed_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.agreed_connections
	connection.agreement.found == false
	message := concat("", [
		"no agreement about it was signed with ", connection.agreement.label,
		listed("its agreements name other connections: ", object.get(connection.agreement, "own", [])),
		listed(
			"agreements with other partners name this connection or its peer: ",
			object.get(connection.agreement, "others", []),
		),
	])
}

deny contains lib.finding(id, connection, message) if {
	some connection in lib.agreed_connections
	some place in connection.agreement.ends_at
	message := concat("", [
		"the tunnel ends at ", place,
		", which is not an agreed peer; ", lib.signed(connection.agreement),
		" names ", concat(", ", connection.agreement.peers),
	])
}

deny contains lib.finding(id, connection, message) if {
	some connection in lib.agreed_connections
	connection.agreement.state == "draft"
	message := concat("", [
		lib.signed(connection.agreement),
		" is a draft: nobody signed it until it names an owner and a ticket",
	])
}

warn contains gap if {
	some connection in lib.agreed_connections
	not connection.agreement.found == false
	some gap in lib.agreement_unknowns(id, connection, ["ends_at", "state"])
}

listed(_, []) := ""

listed(what, labels) := concat("", ["; ", what, concat(", ", labels)]) if count(labels) > 0
