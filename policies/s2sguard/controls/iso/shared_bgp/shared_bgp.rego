# METADATA
# title: No BGP on a gateway shared with partners
# description: |
#   A gateway advertises to every BGP peer the prefixes of all its sites and what other peers announce
#   (VPN Gateway FAQ):
#   one connection with BGP, whoever owns it, discloses all partners and invites transit.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-ISO-004
#   severity: high
#   fix: set enableBgp to false, or move the connection to a gateway without partners
#   needs: [bgp, shared_gateway]
#   azure_policy: who shares the gateway is decided over all its connections, and Azure Policy sees one resource
#   mappings:
#     nist_800_53: ["AC-4", "SC-7"]
#     iso_27001: ["A.8.20", "A.8.22"]
#     pci_dss: ["1.4.5"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.iso.shared_bgp

import data.s2sguard.lib

id := "S2S-ISO-004"

applies contains connection.id if some connection in sharing

deny contains lib.finding(id, connection, message) if {
	some connection in sharing
	connection.shared_gateway
	connection.bgp
	message := "BGP on a gateway shared with partners: the prefixes of all its sites are advertised to this peer"
}

warn contains lib.unknown(id, connection, "bgp") if some connection in sharing

warn contains lib.unknown(id, connection, "shared_gateway") if {
	some connection in sharing
	not connection.bgp == false
}

# Any trust and VNet-to-VNet too: the leak is about who listens, not about who is a partner.
sharing contains connection if {
	some connection in input.connections
	not connection.device
	not without_ipsec(connection)
	not connection.shared_gateway == false
}

without_ipsec(connection) if connection.connection_type in {"ExpressRoute", "VPNClient"}
