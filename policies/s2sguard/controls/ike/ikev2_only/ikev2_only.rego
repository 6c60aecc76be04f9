# METADATA
# title: The tunnel uses IKEv2
# description: |
#   Connection mode and policy-based selectors mean nothing under IKEv1, which is historic (RFC 9395):
#   the initiator-only pattern holds on IKEv2 alone (VPN Gateway connection mode page).
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-IKE-002
#   severity: high
#   fix: recreate the connection with connectionProtocol IKEv2
#   needs: [connection_protocol]
#   mappings:
#     nist_800_53: ["SC-8", "SC-13"]
#     iso_27001: ["A.8.21", "A.8.24"]
#     pci_dss: ["4.2.1"]
#     cis_v8: ["3.10", "12.6"]
#     nis2: ["21(2)(h)"]
#     dora: ["9(3)(a)", "9(4)(d)"]
package s2sguard.controls.ike.ikev2_only

import data.s2sguard.lib

id := "S2S-IKE-002"

applies contains connection.id if some connection in lib.partner_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.partner_connections
	connection.connection_protocol != "IKEv2"
	message := concat("", [
		"the tunnel uses ", connection.connection_protocol,
		", where the connection mode has no effect",
	])
}

warn contains lib.unknown(id, connection, "connection_protocol") if some connection in lib.partner_connections
