# METADATA
# title: No route leads past a firewall
# description: |
#   A route to a firewall is worth as much as the longest route beside it: one more specific prefix takes its part
#   away. That may be a route somebody added, the peering's own, or the gateway's (Microsoft Learn,
#   virtual-networks-udr-overview).
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-INS-003
#   severity: medium
#   fix: remove the more specific route, or give the route to the firewall the same prefix
#   needs: [bypass_routes]
#   azure_policy: route tables, networks, peerings and firewalls decide together, and Azure Policy sees one resource
#   mappings:
#     nist_800_53: ["AC-4", "SC-7"]
#     iso_27001: ["A.8.20", "A.8.22"]
#     pci_dss: ["1.3.1", "1.4.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.ins.bypass

import data.s2sguard.lib

id := "S2S-INS-003"

applies contains gateway.id if some gateway in routed_gateways

deny contains lib.finding(id, gateway, message) if {
	some gateway in routed_gateways
	some bypass in gateway.bypass_routes
	message := concat("", [
		bypass.route, " leads past ", bypass.past,
		": ", concat(", ", bypass.ranges),
	])
}

warn contains lib.unreadable(id, gateway, "bypass_routes") if some gateway in routed_gateways

# Without a route table or a firewall for its networks, a gateway has neither the fact nor a reason.
routed_gateways := [gateway |
	some gateway in lib.network_gateways
	known_or_doubtful(gateway)
]

known_or_doubtful(gateway) if gateway.bypass_routes

known_or_doubtful(gateway) if gateway.unknown.bypass_routes
