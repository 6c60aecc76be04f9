# METADATA
# title: No live selector takes in another partner's site
# description: |
#   A live selector whose local side holds addresses of another partner's site carries packets between the two
#   as soon as the other tunnel has a selector that fits: the article's leak, seen while it is open.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-OBS-002
#   severity: critical
#   certainty: observed
#   fix: reset the connection, harden it, and have the partner take the wide line out of its access list
#   needs: [observed]
#   azure_policy: security associations are no resource, and Azure Policy sees nothing else
#   mappings:
#     nist_800_53: ["AC-4", "SC-7", "CA-3"]
#     iso_27001: ["A.8.22"]
#     pci_dss: ["1.3.1", "1.3.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(d)", "21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.obs.live_local_ranges

import data.s2sguard.lib

id := "S2S-OBS-002"

applies contains connection.id if some connection in lib.observed_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.observed_connections
	count(connection.observed.of_others) > 0
	message := concat("", ["the local side of a live selector takes in ", concat("; ", connection.observed.of_others)])
}

warn contains gap if {
	some connection in lib.observed_connections
	some gap in lib.unseen(id, connection, ["of_others", "selectors"])
}
