# METADATA
# title: No pre-shared key in clear text
# description: |
#   A pre-shared key that is written into a template, a parameter file, a plan's configuration or a script
#   is known to everybody who can read the repository, its history or the deployment's history.
#   The finding names the place, never the key.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-SEC-001
#   severity: high
#   fix: take the key from a key vault or a secure parameter, then replace it at both ends
#   needs: [handling]
#   azure_policy: Azure keeps the value of a key and not where it came from
#   mappings:
#     nist_800_53: ["SC-12", "IA-5"]
#     iso_27001: ["A.8.24"]
#     pci_dss: ["4.2.1"]
#     cis_v8: ["3.11"]
#     nis2: ["21(2)(h)"]
#     dora: ["9(4)(d)"]
package s2sguard.controls.sec.clear_text_key

import data.s2sguard.lib

id := "S2S-SEC-001"

applies contains shared_key.id if some shared_key in input.shared_keys

deny contains lib.finding(id, shared_key, message) if {
	some shared_key in input.shared_keys
	shared_key.handling == "clear-text"
	message := lib.clear_text(shared_key)
}

warn contains lib.unknown(id, shared_key, "handling") if some shared_key in input.shared_keys
