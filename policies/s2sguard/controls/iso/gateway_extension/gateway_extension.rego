# METADATA
# title: A partner gateway has no other road out without a written exception
# description: |
#   VNet-to-VNet, ExpressRoute, point-to-site clients and Route Server extend the reach of a gateway
#   beyond what the selectors of partner connections close (VPN Gateway FAQ).
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-ISO-005
#   severity: medium
#   fix: move the extension to another gateway, or write down the exception in s2sguard.yaml
#   needs: [extensions]
#   azure_policy: extensions are other resources around the gateway, and Azure Policy sees one resource
#   mappings:
#     nist_800_53: ["CA-3", "SC-7"]
#     iso_27001: ["A.8.22"]
#     pci_dss: ["1.2.5", "1.3.1"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(d)", "21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.iso.gateway_extension

import data.s2sguard.lib

id := "S2S-ISO-005"

applies contains gateway.id if some gateway in lib.partner_gateways

deny contains lib.finding(id, gateway, message) if {
	some gateway in lib.partner_gateways
	some extension in gateway.extensions
	not extension.exception
	message := concat(" ", [extension.kind, extension.name, "extends a partner gateway without a written exception"])
}

warn contains lib.advice(id, gateway, message) if {
	some gateway in lib.partner_gateways
	some extension in gateway.extensions
	message := concat("", [extension.kind, " ", extension.name, " is excepted: ", extension.exception])
}

warn contains lib.unknown(id, gateway, "extensions") if some gateway in lib.partner_gateways
