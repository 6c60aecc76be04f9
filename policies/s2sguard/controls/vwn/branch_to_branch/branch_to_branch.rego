# METADATA
# title: Branch-to-branch traffic on a partner hub is closed or inspected
# description: |
#   A virtual WAN hub routes from branch to branch unless its WAN forbids it, its connections propagate elsewhere,
#   or routing intent sends private traffic to a firewall (Microsoft Learn, virtual-wan/how-to-routing-policies).
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-VWN-001
#   severity: high
#   fix: set allowBranchToBranchTraffic of the virtual WAN to false, or give the hub a routing intent for PrivateTraffic
#   needs: [road]
#   azure_policy: the WAN, its route tables and its routing intent decide together, and Azure Policy sees one resource
#   mappings:
#     nist_800_53: ["AC-4", "SC-7"]
#     iso_27001: ["A.8.22"]
#     pci_dss: ["1.3.1", "1.4.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(d)", "21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.vwn.branch_to_branch

import data.s2sguard.lib

id := "S2S-VWN-001"

applies contains gateway.id if some gateway in hubs

deny contains lib.finding(id, gateway, message) if {
	some gateway in hubs
	gateway.road.state == "open"
	message := concat("", ["branch-to-branch is open: ", gateway.road.by])
}

# The firewall decides, and its rules are not read here.
warn contains lib.advice(id, gateway, message) if {
	some gateway in hubs
	gateway.road.state == "inspected"
	message := concat("", ["isolation depends on the firewall: ", gateway.road.by])
}

warn contains lib.unreadable(id, gateway, "road") if some gateway in hubs

# A gateway in a virtual network has no such road.
hubs := [gateway |
	some gateway in lib.partner_gateways
	known_or_doubtful(gateway)
]

known_or_doubtful(gateway) if gateway.road

known_or_doubtful(gateway) if gateway.unknown.road
