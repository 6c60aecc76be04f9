# METADATA
# title: Replay protection is on
# description: |
#   Without it a recorded packet is accepted a second time:
#   whoever sits on the path can repeat a partner's traffic into our network.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-GWY-003
#   severity: medium
#   fix: set disableIPSecReplayProtection to false
#   needs: [replay_protection]
#   mappings:
#     nist_800_53: ["SC-8", "SC-23"]
#     iso_27001: ["A.8.21"]
#     pci_dss: ["4.2.1"]
#     cis_v8: ["3.10", "12.6"]
#     nis2: ["21(2)(h)"]
#     dora: ["9(3)(a)"]
package s2sguard.controls.gwy.replay_protection

import data.s2sguard.lib

id := "S2S-GWY-003"

applies contains gateway.id if some gateway in lib.network_gateways

deny contains lib.finding(id, gateway, message) if {
	some gateway in lib.network_gateways
	gateway.replay_protection == false
	message := "replay protection is switched off on the gateway"
}

warn contains lib.unknown(id, gateway, "replay_protection") if some gateway in lib.network_gateways
