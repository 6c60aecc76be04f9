# METADATA
# title: A site has a fixed peer address
# description: |
#   Whoever controls the name of a site decides where the tunnel ends.
#   An address in the local network gateway moves only when somebody with rights in Azure moves it.
# schemas:
#   - input: schema.facts
# custom:
#   id: S2S-ADR-005
#   severity: low
#   fix: replace fqdn by gatewayIpAddress in the local network gateway
#   needs: [peer]
#   mappings:
#     nist_800_53: ["CM-6", "IA-3"]
#     iso_27001: ["A.8.21"]
#     pci_dss: ["1.2.1"]
#     cis_v8: ["4.2"]
#     nis2: ["21(2)(e)"]
#     dora: ["9(4)(b)"]
package s2sguard.controls.adr.fixed_peer

import data.s2sguard.lib

id := "S2S-ADR-005"

applies contains site.id if some site in lib.partner_sites

deny contains lib.finding(id, site, message) if {
	some site in lib.partner_sites
	site.peer.kind == "fqdn"
	message := concat("", ["the peer is the name ", site.peer.value, ", which can move to another address"])
}

deny contains lib.finding(id, site, message) if {
	some site in lib.partner_sites
	site.peer.kind == "none"
	message := "the site has neither a peer address nor a name"
}

warn contains lib.unknown(id, site, "peer") if some site in lib.partner_sites
