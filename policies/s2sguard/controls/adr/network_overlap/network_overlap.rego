# METADATA
# title: A site does not overlap the hub or its spokes
# description: |
#   Azure prefers its own network where both claim an address, so the partner's half is unreachable,
#   and a source inside the hub's space passes rules written for our own hosts.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-ADR-002
#   severity: high
#   fix: take the overlapping prefix out of the site, or renumber one side
#   needs: [network_overlap]
#   mappings:
#     nist_800_53: ["SC-7", "SC-7(11)"]
#     iso_27001: ["A.8.20", "A.8.22"]
#     pci_dss: ["1.4.3"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
#   azure_policy: the address spaces are on the hub network and the spokes, and Azure Policy sees one resource
package s2sguard.controls.adr.network_overlap

import data.s2sguard.lib

id := "S2S-ADR-002"

applies contains site.id if some site in lib.connected_sites

deny contains lib.finding(id, site, message) if {
	some site in lib.connected_sites
	count(site.network_overlap) > 0
	message := concat("", ["prefixes intersect Azure networks: ", concat(", ", site.network_overlap)])
}

warn contains lib.unknown(id, site, "network_overlap") if some site in lib.connected_sites
