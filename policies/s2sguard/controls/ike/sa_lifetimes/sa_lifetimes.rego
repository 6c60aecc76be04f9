# METADATA
# title: SA lifetimes are in bounds
# description: |
#   Lifetimes of the custom policy lie between Azure's minimum and what the settings allow.
#   A lifetime left out has Azure's default, and so has a connection without a custom policy:
#   both are in bounds (VPN Gateway FAQ).
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-IKE-006
#   severity: low
#   fix: set saLifeTimeSeconds and saDataSizeKilobytes in the custom policy within the bounds
#   needs:
#     - custom_policy
#     - ipsec_policy
#     - ipsec_policy.sa_lifetime_seconds
#     - ipsec_policy.sa_data_size_kilobytes
#   mappings:
#     nist_800_53: ["SC-12"]
#     iso_27001: ["A.8.24"]
#     pci_dss: ["4.2.1"]
#     cis_v8: ["3.10", "12.6"]
#     nis2: ["21(2)(h)"]
#     dora: ["9(3)(a)", "9(4)(d)"]
package s2sguard.controls.ike.sa_lifetimes

import data.s2sguard.lib

id := "S2S-IKE-006"

bounds := {
	"sa_lifetime_seconds": [input.settings.sa_lifetime_seconds_min, input.settings.sa_lifetime_seconds_max],
	"sa_data_size_kilobytes": [input.settings.sa_data_size_kilobytes_min, input.settings.sa_data_size_kilobytes_max],
}

applies contains connection.id if some connection in lib.custom_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.custom_connections
	some field, [least, most] in bounds
	value := connection.ipsec_policy[field]
	not lib.between(value, least, most)
	message := concat("", [
		field, " is ", format_int(value, 10),
		"; allowed: ", format_int(least, 10), " to ", format_int(most, 10),
	])
}

warn contains finding if {
	some connection in lib.custom_connections
	some finding in lib.policy_unknowns(id, connection, object.keys(bounds))
}
