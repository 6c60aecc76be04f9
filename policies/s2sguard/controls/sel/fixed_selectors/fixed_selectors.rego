# METADATA
# title: Fixed traffic selectors are set
# description: |
#   Without trafficSelectorPolicies Azure proposes every network prefix to every site prefix,
#   so a new spoke is opened to the partner by itself (VPN Gateway FAQ; article, third stage).
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-SEL-002
#   severity: high
#   fix: list the agreed local and remote ranges in trafficSelectorPolicies
#   needs: [fixed_selectors]
#   mappings:
#     nist_800_53: ["AC-4", "SC-7(5)"]
#     iso_27001: ["A.8.20", "A.8.22"]
#     pci_dss: ["1.3.1", "1.3.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.sel.fixed_selectors

import data.s2sguard.lib

id := "S2S-SEL-002"

applies contains connection.id if some connection in lib.partner_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.partner_connections
	connection.fixed_selectors == []
	message := "no fixed selectors: Azure proposes every network prefix to every site prefix"
}

warn contains lib.unknown(id, connection, "fixed_selectors") if some connection in lib.partner_connections
