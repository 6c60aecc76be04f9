# METADATA
# title: A site is not a default route or an oversized prefix
# description: |
#   Every prefix of a site becomes a route to the partner in the hub and its spokes.
#   The shortest prefixes are settings; a default route is never allowed, whatever the settings say.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-ADR-003
#   severity: high
#   fix: list only the prefixes the partner signed for in the local network gateway
#   needs: [widths]
#   mappings:
#     nist_800_53: ["AC-4", "SC-7"]
#     iso_27001: ["A.8.20"]
#     pci_dss: ["1.3.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.adr.site_width

import data.s2sguard.lib

id := "S2S-ADR-003"

shortest := {"v4": input.settings.site_shortest_v4, "v6": input.settings.site_shortest_v6}

applies contains site.id if some site in lib.partner_sites

deny contains lib.finding(id, site, message) if {
	some site in lib.partner_sites
	some family, width in site.widths
	lib.too_wide(width, shortest[family])
	message := concat("", ["an IP", family, " prefix is /", format_int(width, 10), lib.allowed_width(shortest[family])])
}

warn contains lib.unknown(id, site, "widths") if some site in lib.partner_sites
