# METADATA
# title: Negotiated algorithms are within the allow-list
# description: |
#   What is configured is an offer; what is in force is what two devices agreed on.
#   SAs that were made before a policy changed, or with another peer, can still run on what the policy no longer allows.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-OBS-004
#   severity: high
#   certainty: observed
#   fix: reset the connection after the policy was changed, and give the partner's device the same proposal
#   needs: [observed]
#   azure_policy: security associations are no resource, and Azure Policy sees nothing else
#   mappings:
#     nist_800_53: ["SC-8", "SC-13"]
#     iso_27001: ["A.8.24"]
#     pci_dss: ["4.2.1"]
#     cis_v8: ["3.10", "12.6"]
#     nis2: ["21(2)(h)"]
#     dora: ["9(3)(a)"]
package s2sguard.controls.obs.live_algorithms

import data.s2sguard.lib

id := "S2S-OBS-004"

applies contains connection.id if some connection in lib.observed_algorithms

deny contains lib.finding(id, connection, message) if {
	some connection in lib.observed_algorithms
	some message in lib.algorithm_problems(connection)
}

warn contains gap if {
	some connection in lib.observed_algorithms
	some gap in lib.unseen(id, connection, lib.algorithm_fields)
}
