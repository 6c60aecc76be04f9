# METADATA
# title: Policy-based traffic selectors are on
# description: |
#   Without them Azure proposes any to any, and fixed selectors have no effect (VPN Gateway FAQ).
#   They are necessary and not enough: the article's stage 2 has them and still leaks.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-SEL-001
#   severity: high
#   fix: set usePolicyBasedTrafficSelectors to true, together with a custom IPsec policy
#   needs: [policy_based_selectors]
#   mappings:
#     nist_800_53: ["AC-4", "SC-7"]
#     iso_27001: ["A.8.20", "A.8.22"]
#     pci_dss: ["1.3.1", "1.3.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.sel.policy_based

import data.s2sguard.lib

id := "S2S-SEL-001"

applies contains connection.id if some connection in lib.partner_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.partner_connections
	connection.policy_based_selectors == false
	message := "policy-based traffic selectors are off: Azure proposes any to any"
}

warn contains lib.unknown(id, connection, "policy_based_selectors") if some connection in lib.partner_connections
