# METADATA
# title: The gateway's default site is not a partner
# description: |
#   The default site receives every packet of hub and spokes that no other route takes (forced tunnelling):
#   a partner there sees our internet traffic.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-RTE-002
#   severity: high
#   fix: clear gatewayDefaultSite, or point it at a site of our own
#   needs: [default_site]
#   azure_policy: whether the site belongs to a partner is on the local network gateway, not on the gateway
#   mappings:
#     nist_800_53: ["SC-7", "AC-4"]
#     iso_27001: ["A.8.20"]
#     pci_dss: ["1.3.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.rte.default_site

import data.s2sguard.lib

id := "S2S-RTE-002"

applies contains gateway.id if some gateway in lib.partner_gateways

deny contains lib.finding(id, gateway, message) if {
	some gateway in lib.partner_gateways
	gateway.default_site.trust != "internal"
	message := concat("", [
		"the default site is ", gateway.default_site.name,
		", a partner's: it receives all internet traffic",
	])
}

# A gateway may have no default site: absence without a reason is not a gap.
warn contains lib.unreadable(id, gateway, "default_site") if some gateway in lib.partner_gateways
