# METADATA
# title: Replies to partners pass the firewall that packets came through
# description: |
#   A stateful firewall that sees one direction only drops the connection, or lets pass what it never judged.
#   Subnets get the gateway's routes unless their route table disables propagation (Microsoft Learn,
#   virtual-networks-udr-overview).
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-INS-002
#   severity: medium
#   fix: give workload subnets a route to the firewall, and set disableBgpRoutePropagation of their route table
#   needs: [uninspected_return]
#   azure_policy: route tables, networks, peerings and firewalls decide together, and Azure Policy sees one resource
#   mappings:
#     nist_800_53: ["AC-4", "SC-7"]
#     iso_27001: ["A.8.20", "A.8.22"]
#     pci_dss: ["1.3.1", "1.4.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.ins.replies

import data.s2sguard.lib

id := "S2S-INS-002"

applies contains gateway.id if some gateway in routed_gateways

deny contains lib.finding(id, gateway, message) if {
	some gateway in routed_gateways
	some path in gateway.uninspected_return
	message := lib.past_firewall(path)
}

warn contains lib.unreadable(id, gateway, "uninspected_return") if some gateway in routed_gateways

# Without a route table or a firewall for its networks, a gateway has neither the fact nor a reason.
routed_gateways := [gateway |
	some gateway in lib.network_gateways
	known_or_doubtful(gateway)
]

known_or_doubtful(gateway) if gateway.uninspected_return

known_or_doubtful(gateway) if gateway.unknown.uninspected_return
