# METADATA
# title: Packets of partners pass a firewall on their way in
# description: |
#   A VPN gateway delivers what a partner sends straight to hub and spokes, unless GatewaySubnet has routes to a
#   firewall. The longest prefix decides, so a wide route loses to that of a peering (Microsoft Learn,
#   virtual-networks-udr-overview).
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-INS-001
#   severity: medium
#   fix: give GatewaySubnet a route to the firewall for each prefix of hub workloads and spokes, as long as theirs
#   needs: [uninspected_inbound]
#   azure_policy: route tables, networks, peerings and firewalls decide together, and Azure Policy sees one resource
#   mappings:
#     nist_800_53: ["AC-4", "SC-7"]
#     iso_27001: ["A.8.20", "A.8.22"]
#     pci_dss: ["1.3.1", "1.4.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.ins.inbound

import data.s2sguard.lib

id := "S2S-INS-001"

applies contains gateway.id if some gateway in routed_gateways

deny contains lib.finding(id, gateway, message) if {
	some gateway in routed_gateways
	some path in gateway.uninspected_inbound
	message := lib.past_firewall(path)
}

warn contains lib.unreadable(id, gateway, "uninspected_inbound") if some gateway in routed_gateways

# Without a route table or a firewall for its networks, a gateway has neither the fact nor a reason.
routed_gateways := [gateway |
	some gateway in lib.network_gateways
	known_or_doubtful(gateway)
]

known_or_doubtful(gateway) if gateway.uninspected_inbound

known_or_doubtful(gateway) if gateway.unknown.uninspected_inbound
