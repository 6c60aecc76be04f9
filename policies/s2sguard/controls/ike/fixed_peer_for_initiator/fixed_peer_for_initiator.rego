# METADATA
# title: The partner can be dialled at a fixed public address
# description: |
#   In initiator-only mode Azure must dial, so the site needs a public address that does not move.
#   A partner behind a dynamic address or a name has to dial itself (VPN Gateway FAQ), which the pattern forbids.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-IKE-008
#   severity: medium
#   fix: set gatewayIpAddress of the local network gateway to the partner's fixed public address
#   needs: [peer]
#   mappings:
#     nist_800_53: ["CM-6"]
#     iso_27001: ["A.8.21"]
#     pci_dss: ["1.2.1"]
#     cis_v8: ["4.2"]
#     nis2: ["21(2)(e)"]
#     dora: ["9(4)(b)"]
#   azure_policy: the address is on the local network gateway, not on the connection
package s2sguard.controls.ike.fixed_peer_for_initiator

import data.s2sguard.lib

id := "S2S-IKE-008"

problems := {
	"private": "is a private address, reachable only when the tunnel itself is private",
	"fqdn": "is a name that can move to another address",
}

applies contains connection.id if some connection in lib.partner_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.partner_connections
	connection.peer.kind != "public"
	connection.peer.kind != "none"
	problem := object.get(problems, connection.peer.kind, "is not a public address")
	message := concat(" ", [connection.peer.value, problem])
}

deny contains lib.finding(id, connection, message) if {
	some connection in lib.partner_connections
	connection.peer.kind == "none"
	message := "the site has no address to dial"
}

warn contains lib.unknown(id, connection, "peer") if some connection in lib.partner_connections
