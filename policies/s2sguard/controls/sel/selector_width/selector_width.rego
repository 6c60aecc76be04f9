# METADATA
# title: No selector is wider than allowed
# description: |
#   A fixed selector wider than the agreement lets the partner borrow addresses of others.
#   The shortest prefixes are settings; any is never allowed, whatever the settings say.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-SEL-003
#   severity: high
#   fix: replace the wide range in trafficSelectorPolicies by the agreed ones
#   needs: [fixed_selectors, selector_widths]
#   mappings:
#     nist_800_53: ["AC-4", "AC-6"]
#     iso_27001: ["A.8.22"]
#     pci_dss: ["1.3.1", "1.3.2"]
#     cis_v8: ["12.2", "13.4"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(b)", "9(4)(c)"]
package s2sguard.controls.sel.selector_width

import data.s2sguard.lib

id := "S2S-SEL-003"

shortest := {
	"local_v4": input.settings.selector_shortest_local_v4,
	"local_v6": input.settings.selector_shortest_v6,
	"remote_v4": input.settings.selector_shortest_remote_v4,
	"remote_v6": input.settings.selector_shortest_v6,
}

applies contains connection.id if some connection in lib.fixed_connections

deny contains lib.finding(id, connection, message) if {
	some connection in lib.fixed_connections
	some side, width in connection.selector_widths
	lib.too_wide(width, shortest[side])
	message := concat("", [
		"a ", replace(side, "_v", " IPv"), " range is /",
		format_int(width, 10), lib.allowed_width(shortest[side]),
	])
}

warn contains lib.unknown(id, connection, fact) if {
	some connection in lib.fixed_connections
	some fact in ["fixed_selectors", "selector_widths"]
}
