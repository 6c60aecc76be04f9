# METADATA
# title: Phase 1 uses strong algorithms
# description: |
#   IKE encryption, integrity and Diffie-Hellman group come from the allow-lists.
#   Azure's default list holds 3DES, SHA1 and group 2 (About VPN devices), which RFC 8247 rules out or discourages.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-IKE-004
#   severity: high
#   fix: set ikeEncryption, ikeIntegrity and dhGroup in the custom policy to allowed values
#   needs:
#     - custom_policy
#     - ipsec_policy
#     - ipsec_policy.ike_encryption
#     - ipsec_policy.ike_integrity
#     - ipsec_policy.dh_group
#   mappings:
#     nist_800_53: ["SC-12", "SC-13"]
#     iso_27001: ["A.8.24"]
#     pci_dss: ["4.2.1"]
#     cis_v8: ["3.10", "12.6"]
#     nis2: ["21(2)(h)"]
#     dora: ["9(3)(a)", "9(4)(d)"]
package s2sguard.controls.ike.strong_phase_1

import data.s2sguard.lib

id := "S2S-IKE-004"

fields := ["ike_encryption", "ike_integrity", "dh_group"]

applies contains connection.id if some connection in lib.partner_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.partner_connections
	connection.custom_policy == false
	message := "no custom policy: Azure's default offers 3DES, SHA1 and DH group 2 in phase 1"
}

deny contains lib.finding(id, connection, lib.policy_problem(connection, field)) if {
	some connection in lib.partner_connections
	some field in fields
}

warn contains finding if {
	some connection in lib.partner_connections
	some finding in lib.policy_unknowns(id, connection, fields)
}
