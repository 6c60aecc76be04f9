# METADATA
# title: Phase 2 uses strong algorithms and perfect forward secrecy
# description: |
#   IPsec encryption, integrity and PFS group come from the allow-lists.
#   As responder Azure's default list takes DES, 3DES, SHA1 and no PFS (About VPN devices),
#   which RFC 8221 rules out or discourages.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-IKE-005
#   severity: high
#   fix: set ipsecEncryption, ipsecIntegrity and pfsGroup in the custom policy to allowed values
#   needs:
#     - custom_policy
#     - ipsec_policy
#     - ipsec_policy.ipsec_encryption
#     - ipsec_policy.ipsec_integrity
#     - ipsec_policy.pfs_group
#   mappings:
#     nist_800_53: ["SC-8", "SC-13"]
#     iso_27001: ["A.8.24"]
#     pci_dss: ["4.2.1"]
#     cis_v8: ["3.10", "12.6"]
#     nis2: ["21(2)(h)"]
#     dora: ["9(3)(a)", "9(4)(d)"]
package s2sguard.controls.ike.strong_phase_2

import data.s2sguard.lib

id := "S2S-IKE-005"

fields := ["ipsec_encryption", "ipsec_integrity", "pfs_group"]

applies contains connection.id if some connection in lib.partner_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.partner_connections
	connection.custom_policy == false
	message := "no custom policy: Azure's default accepts DES, 3DES and SHA1 in phase 2, and no perfect forward secrecy"
}

deny contains lib.finding(id, connection, lib.policy_problem(connection, field)) if {
	some connection in lib.partner_connections
	some field in fields
}

warn contains finding if {
	some connection in lib.partner_connections
	some finding in lib.policy_unknowns(id, connection, fields)
}
