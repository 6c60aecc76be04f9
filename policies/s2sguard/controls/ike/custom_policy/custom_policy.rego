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
