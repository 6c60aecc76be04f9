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
#   mappings:
#     nist_800_53: ["SA-22"]
#     iso_27001: ["A.8.20", "A.8.21"]
#     pci_dss: ["1.2.1"]
#     cis_v8: ["12.1"]
#     nis2: ["21(2)(e)"]
#     dora: ["9(4)(b)"]
package s2sguard.controls.gwy.current_sku

import data.s2sguard.lib

id := "S2S-GWY-002"

applies contains gateway.id if some gateway in lib.network_gateways

deny contains lib.finding(id, gateway, message) if {
	some gateway in lib.network_gateways
	lower(gateway.sku) == "basic"
	message := "the SKU is Basic: it has no custom IPsec policy"
}

deny contains lib.finding_with(id, gateway, message, {"severity": "medium"}) if {
	some gateway in lib.network_gateways
	some sku, retired in input.settings.retired_skus
	lower(sku) == lower(gateway.sku)
	retired <= input.today
	message := concat("", ["the SKU ", gateway.sku, " was retired on ", retired])
}

warn contains lib.advice(id, gateway, message) if {
	some gateway in lib.network_gateways
	some sku, retires in input.settings.retired_skus
	lower(sku) == lower(gateway.sku)
	retires > input.today
	message := concat("", ["the SKU ", gateway.sku, " retires on ", retires])
}

warn contains lib.unknown(id, gateway, "sku") if some gateway in lib.network_gateways
