# METADATA
# title: The gateway is route-based
# description: |
#   Connection mode works on route-based gateways with IKEv2 alone, and a policy-based gateway speaks IKEv1 alone
#   (VPN Gateway FAQ; connection mode page).
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-GWY-001
#   severity: high
#   fix: replace the gateway by a route-based one
#   needs: [vpn_type]
#   mappings:
#     nist_800_53: ["SC-7", "CM-6"]
#     iso_27001: ["A.8.20"]
#     pci_dss: ["1.2.1"]
#     cis_v8: ["4.2"]
#     nis2: ["21(2)(e)"]
#     dora: ["9(4)(b)"]
package s2sguard.controls.gwy.route_based

import data.s2sguard.lib

id := "S2S-GWY-001"

applies contains gateway.id if some gateway in lib.network_gateways

deny contains lib.finding(id, gateway, message) if {
	some gateway in lib.network_gateways
	gateway.vpn_type != "RouteBased"
	message := concat("", ["the gateway is ", gateway.vpn_type, ": it speaks IKEv1 alone and has no connection mode"])
}

warn contains lib.unknown(id, gateway, "vpn_type") if some gateway in lib.network_gateways
