# METADATA
# title: The IKE diagnostic log is exported
# description: |
#   The selectors a partner asked for stand in this log and nowhere else, and Azure keeps none of it by itself:
#   without an export nobody can prove afterwards what was negotiated.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-GWY-004
#   severity: medium
#   fix: add a diagnostic setting that sends IKEDiagnosticLog to a workspace, storage account or event hub
#   needs: [ike_log]
#   azure_policy: a diagnostic setting is a resource of its own, and Azure has built-in definitions that deploy it
#   mappings:
#     nist_800_53: ["AU-12"]
#     iso_27001: ["A.8.15"]
#     pci_dss: ["10.2.1"]
#     cis_v8: ["8.2"]
#     nis2: ["21(2)(b)"]
#     dora: ["9(4)(b)"]
package s2sguard.controls.gwy.ike_log

import data.s2sguard.lib

id := "S2S-GWY-004"

applies contains gateway.id if some gateway in asked

deny contains lib.finding(id, gateway, message) if {
	some gateway in asked
	gateway.ike_log == false
	message := "no diagnostic setting exports the IKE log"
}

warn contains lib.unreadable(id, gateway, "ike_log") if some gateway in asked

# Where the input holds no diagnostic setting at all, nobody asked.
asked := [gateway |
	some gateway in lib.partner_gateways
	known_or_doubtful(gateway)
]

known_or_doubtful(gateway) if gateway.ike_log in {true, false}

known_or_doubtful(gateway) if gateway.unknown.ike_log
