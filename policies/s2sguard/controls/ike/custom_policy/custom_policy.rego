# METADATA
# title: A custom IPsec policy is set
# description: |
#   Without one the gateway offers and accepts Azure's default list, and policy-based selectors may not take effect
#   (VPN Gateway FAQ; article, the warning in its second stage).
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-IKE-003
#   severity: high
#   fix: give the connection one complete ipsecPolicies element
#   needs: [custom_policy]
#   mappings:
#     nist_800_53: ["SC-13", "CM-6"]
#     iso_27001: ["A.8.24"]
#     pci_dss: ["4.2.1"]
#     cis_v8: ["3.10", "12.6"]
#     nis2: ["21(2)(h)"]
#     dora: ["9(3)(a)", "9(4)(d)"]
package s2sguard.controls.ike.custom_policy

import data.s2sguard.lib

id := "S2S-IKE-003"

applies contains connection.id if some connection in lib.partner_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.partner_connections
	connection.custom_policy == false
	message := "no custom IPsec policy: Azure's default list applies, and policy-based selectors may not take effect"
}

warn contains lib.unknown(id, connection, "custom_policy") if some connection in lib.partner_connections
