# METADATA
# title: No live selector is wider than configured
# description: |
#   The configuration says what may be negotiated, the live SAs say what was.
#   A selector beyond the fixed ones means that the pattern does not hold on this tunnel, whatever the settings are.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-OBS-001
#   severity: critical
#   certainty: observed
#   fix: reset the connection, and if the wide selector comes back, put the partner behind an inspected headend
#   needs: [observed, fixed_selectors]
#   azure_policy: security associations are no resource, and Azure Policy sees nothing else
#   mappings:
#     nist_800_53: ["AC-4", "SC-7"]
#     iso_27001: ["A.8.20", "A.8.22"]
#     pci_dss: ["1.3.1", "1.3.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.obs.live_selectors

import data.s2sguard.lib

id := "S2S-OBS-001"

applies contains connection.id if some connection in fixed

deny contains lib.finding(id, connection, message) if {
	some connection in fixed
	count(connection.observed.wider) > 0
	message := concat("", ["live selectors beyond the fixed ones: ", concat("; ", connection.observed.wider)])
}

warn contains gap if {
	some connection in fixed
	some gap in lib.unseen(id, connection, ["wider", "selectors"])
}

warn contains lib.unknown(id, connection, "fixed_selectors") if some connection in fixed

# Without fixed selectors there is nothing to be wider than, and S2S-SEL-002 says so.
fixed := [connection |
	some connection in lib.observed_connections
	not connection.fixed_selectors == []
]
