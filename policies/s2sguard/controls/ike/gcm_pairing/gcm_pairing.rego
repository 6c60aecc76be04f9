# METADATA
# title: GCM algorithms are paired
# description: |
#   AES-GCM encrypts and authenticates at once, so Azure wants the same GCM value in both fields of phase 2
#   (VPN Gateway FAQ); a GCM value as IKE integrity makes sense only with the same IKE encryption.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-IKE-007
#   severity: medium
#   fix: give both fields of the pair the same GCMAES value
#   needs:
#     - custom_policy
#     - ipsec_policy
#     - ipsec_policy.ipsec_encryption
#     - ipsec_policy.ipsec_integrity
#     - ipsec_policy.ike_encryption
#     - ipsec_policy.ike_integrity
#   mappings:
#     nist_800_53: ["SC-13", "CM-6"]
#     iso_27001: ["A.8.24"]
#     pci_dss: ["4.2.1"]
#     cis_v8: ["3.10", "12.6"]
#     nis2: ["21(2)(h)"]
#     dora: ["9(3)(a)", "9(4)(d)"]
package s2sguard.controls.ike.gcm_pairing

import data.s2sguard.lib

id := "S2S-IKE-007"

fields := ["ipsec_encryption", "ipsec_integrity", "ike_encryption", "ike_integrity"]

# The first field, when GCM, wants the same value in the second.
pairs := [
	["ipsec_encryption", "ipsec_integrity"],
	["ipsec_integrity", "ipsec_encryption"],
	["ike_integrity", "ike_encryption"],
]

applies contains connection.id if some connection in lib.custom_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.custom_connections
	some [gcm, other] in pairs
	value := connection.ipsec_policy[gcm]
	value in {"GCMAES128", "GCMAES192", "GCMAES256"}
	found := beside(connection, other)
	found != value
	message := concat("", [gcm, " is ", value, ", but ", other, " is ", found])
}

warn contains finding if {
	some connection in lib.custom_connections
	some finding in lib.policy_unknowns(id, connection, fields)
}

beside(connection, field) := connection.ipsec_policy[field]

beside(connection, field) := "missing" if lib.policy_lacks(connection, field)
