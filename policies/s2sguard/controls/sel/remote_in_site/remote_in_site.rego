# METADATA
# title: Remote selector ranges lie inside the site
# description: |
#   The gateway routes the site's prefixes and nothing else to the tunnel:
#   a remote range outside them is a source the partner may use and Azure never answers,
#   or a slip in one of the two lists.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-SEL-004
#   severity: medium
#   fix: make the site's address prefixes and the remote ranges agree with what was signed
#   needs: [fixed_selectors, remote_outside_site]
#   azure_policy: the site's prefixes are on the local network gateway, not on the connection
#   mappings:
#     nist_800_53: ["SC-7"]
#     iso_27001: ["A.8.20"]
#     pci_dss: ["1.4.3"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.sel.remote_in_site

import data.s2sguard.lib

id := "S2S-SEL-004"

applies contains connection.id if some connection in lib.fixed_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.fixed_connections
	count(connection.remote_outside_site) > 0
	message := concat("", ["remote ranges outside the site: ", concat(", ", connection.remote_outside_site)])
}

warn contains lib.unknown(id, connection, fact) if {
	some connection in lib.fixed_connections
	some fact in ["fixed_selectors", "remote_outside_site"]
}
