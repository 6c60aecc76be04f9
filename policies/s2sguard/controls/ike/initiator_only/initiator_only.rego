# METADATA
# title: Only Azure may start the tunnel
# description: |
#   In any other connection mode the partner's device can start IKE and propose selectors of its own choice,
#   and the gateway accepts them (VPN Gateway FAQ; article, stages 1 to 3).
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-IKE-001
#   severity: high
#   fix: set connectionMode to InitiatorOnly
#   needs: [connection_mode]
#   mappings:
#     nist_800_53: ["AC-4", "SC-7"]
#     iso_27001: ["A.8.20", "A.8.22"]
#     pci_dss: ["1.4.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.ike.initiator_only

import data.s2sguard.lib

id := "S2S-IKE-001"

applies contains connection.id if some connection in lib.partner_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.partner_connections
	connection.connection_mode != "InitiatorOnly"
	message := concat("", [
		"connection mode is ", connection.connection_mode,
		": the partner may start the tunnel and ask for any selector",
	])
}

warn contains lib.unknown(id, connection, "connection_mode") if some connection in lib.partner_connections
