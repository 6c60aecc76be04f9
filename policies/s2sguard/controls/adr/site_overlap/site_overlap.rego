# METADATA
# title: Sites of different partners do not overlap
# description: |
#   One gateway has one route for an address:
#   where two partners' sites intersect, packets meant for one can reach the other.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-ADR-001
#   severity: high
#   fix: shorten one site to addresses no other site of the gateway has, or give the partner its own headend with NAT
#   needs: [overlap]
#   mappings:
#     nist_800_53: ["SC-7", "AC-4"]
#     iso_27001: ["A.8.22"]
#     pci_dss: ["1.4.3"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
#   azure_policy: overlap is decided over all sites of a gateway, and Azure Policy sees one resource
package s2sguard.controls.adr.site_overlap

import data.s2sguard.lib

id := "S2S-ADR-001"

applies contains site.id if some site in lib.connected_sites

deny contains lib.finding(id, site, message) if {
	some site in lib.connected_sites
	site.overlap.count > 0
	message := concat("", [
		"prefixes intersect those of ", lib.parties(site.overlap.count, "other site owner"),
		": ", lib.overlaps(site.overlap),
	])
}

warn contains lib.unknown(id, site, "overlap") if some site in lib.connected_sites
