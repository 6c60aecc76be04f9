# METADATA
# title: An initiator-only connection has no SA that the peer started
# description: |
#   InitiatorOnly governs who starts IKE.
#   Microsoft documents that rekeys and later exchanges may be started by either side.
#   An SA that the peer started on such a connection is the way in that the pattern assumes to be closed.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-OBS-003
#   severity: high
#   certainty: observed
#   fix: reset the connection and look again; if the peer keeps starting SAs, scan with --assume peer_child_sa=accepted
#   needs: [observed, connection_mode]
#   azure_policy: security associations are no resource, and Azure Policy sees nothing else
#   mappings:
#     nist_800_53: ["AC-4", "SC-7"]
#     iso_27001: ["A.8.20", "A.8.22"]
#     pci_dss: ["1.4.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.obs.live_initiator

import data.s2sguard.lib

id := "S2S-OBS-003"

applies contains connection.id if some connection in dialling

deny contains lib.finding(id, connection, message) if {
	some connection in dialling
	connection.connection_mode == "InitiatorOnly"
	connection.observed.peer_initiated > 0
	message := concat("", ["the peer started ", lib.parties(connection.observed.peer_initiated, "live SA")])
}

warn contains gap if {
	some connection in dialling
	some gap in lib.unseen(id, connection, ["peer_initiated"])
}

warn contains lib.unknown(id, connection, "connection_mode") if some connection in dialling

dialling := [connection |
	some connection in lib.observed_connections
	not other_mode(connection)
]

other_mode(connection) if connection.connection_mode in {"Default", "ResponderOnly"}
