# METADATA
# title: NAT rules and policy-based selectors exclude each other
# description: |
#   Azure does not support NAT rules on a connection with policy-based traffic selectors
#   (NAT on VPN Gateway, limitations):
#   what the tunnel then does is not documented, and nothing that rests on its selectors holds.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-ADR-004
#   severity: high
#   fix: take the NAT rules off the connection, and move a partner that needs NAT to another headend
#   needs: [nat_rules, policy_based_selectors]
#   mappings:
#     nist_800_53: ["CM-6"]
#     iso_27001: ["A.8.9", "A.8.20"]
#     pci_dss: ["1.2.1"]
#     cis_v8: ["4.2"]
#     nis2: ["21(2)(e)"]
#     dora: ["9(4)(b)"]
package s2sguard.controls.adr.nat_conflict

import data.s2sguard.lib

id := "S2S-ADR-004"

applies contains connection.id if some connection in lib.partner_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.partner_connections
	connection.policy_based_selectors
	connection.nat_rules > 0
	message := concat("", [
		lib.parties(connection.nat_rules, "NAT rule"),
		" on a connection with policy-based traffic selectors, which Azure does not support",
	])
}

# Either fact decides alone when it is known to be harmless.
warn contains lib.unknown(id, connection, "nat_rules") if {
	some connection in lib.partner_connections
	not connection.policy_based_selectors == false
}

warn contains lib.unknown(id, connection, "policy_based_selectors") if {
	some connection in lib.partner_connections
	not connection.nat_rules == 0
}
