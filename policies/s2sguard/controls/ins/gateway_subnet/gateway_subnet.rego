# METADATA
# title: GatewaySubnet has routes that Azure supports
# description: |
#   A default route on GatewaySubnet and disabled propagation of gateway routes are not supported, and stop the
#   gateway. A route back to the gateway is nothing that Azure documents (Microsoft Learn,
#   vpn-gateway-about-vpn-gateway-settings).
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-INS-004
#   severity: medium
#   fix: keep propagation on, and route the prefixes of hub and spokes to the firewall, never 0.0.0.0/0
#   needs: [gateway_subnet_problems]
#   azure_policy: route tables, networks, peerings and firewalls decide together, and Azure Policy sees one resource
#   mappings:
#     nist_800_53: ["AC-4", "CM-6"]
#     iso_27001: ["A.8.20", "A.8.22"]
#     pci_dss: ["1.3.1", "1.4.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.ins.gateway_subnet

import data.s2sguard.lib

id := "S2S-INS-004"

applies contains gateway.id if some gateway in routed_gateways

deny contains lib.finding(id, gateway, message) if {
	some gateway in routed_gateways
	some message in gateway.gateway_subnet_problems
}

warn contains lib.unreadable(id, gateway, "gateway_subnet_problems") if some gateway in routed_gateways

# Without a route table or a firewall for its networks, a gateway has neither the fact nor a reason.
routed_gateways := [gateway |
	some gateway in lib.network_gateways
	known_or_doubtful(gateway)
]

known_or_doubtful(gateway) if gateway.gateway_subnet_problems

known_or_doubtful(gateway) if gateway.unknown.gateway_subnet_problems
