# METADATA
# title: The gateway's SKU is neither Basic nor retired
# description: |
#   Basic has no custom IPsec policy, so no partner connection on it can be hardened (VPN Gateway FAQ).
#   A retired SKU is migrated at Microsoft's time, and the tunnels drop then; before the date it is advice.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-GWY-002
#   severity: high
#   fix: move the gateway to a VpnGwAZ SKU
#   needs: [sku]
package s2sguard.controls.gwy.current_sku

import data.s2sguard.lib

id := "S2S-GWY-002"

applies contains gateway.id if some gateway in lib.partner_gateways

deny contains lib.finding(id, gateway, message) if {
	some gateway in lib.partner_gateways
	lower(gateway.sku) == "basic"
	message := "the SKU is Basic: it has no custom IPsec policy"
}

deny contains lib.finding_with(id, gateway, message, {"severity": "medium"}) if {
	some gateway in lib.partner_gateways
	some sku, retired in input.settings.retired_skus
	lower(sku) == lower(gateway.sku)
	retired <= input.today
	message := concat("", ["the SKU ", gateway.sku, " was retired on ", retired])
}

warn contains lib.advice(id, gateway, message) if {
	some gateway in lib.partner_gateways
	some sku, retires in input.settings.retired_skus
	lower(sku) == lower(gateway.sku)
	retires > input.today
	message := concat("", ["the SKU ", gateway.sku, " retires on ", retires])
}

warn contains lib.unknown(id, gateway, "sku") if some gateway in lib.partner_gateways
