# METADATA
# description: |
#   What the controls share: their subjects, and the shape of a result.
#   A fact that cannot be known is absent, and the subject's `unknown` object says why;
#   so subjects are chosen by what they are known *not* to be.
#
#   Below `not` stands a plain reference, a comparison with a constant, or a rule of ours given a whole subject.
#   OPA evaluates the arguments of a built-in call first: `not lower(x.absent) == "a"` is undefined there,
#   true in regopy, and would drop a subject in silence.
#
#   Subjects are lists: a set hashes each of them whole, witnesses and all,
#   which was three quarters of the time of the compiled pack.
# schemas:
#   - input: schema.facts
package s2sguard.lib

# METADATA
# description: Connections and tunnels of devices that carry IPsec to somebody who is not known to be internal.
isolated_connections := [connection |
	some connection in input.connections
	not connection.trust == "internal"
	not siteless(connection)
]

# METADATA
# description: Those of them that end on a virtual network gateway, with the settings Azure has for them.
partner_connections := [connection |
	some connection in isolated_connections
	not connection.device
]

# METADATA
# description: Connections and tunnels of devices that are not known to claim no ranges.
claiming_connections := [connection |
	some connection in isolated_connections
	not connection.fixed_selectors == []
]

# METADATA
# description: Partner connections that are not known to be without fixed selectors.
fixed_connections := [connection |
	some connection in partner_connections
	not connection.fixed_selectors == []
]

# METADATA
# description: Partner connections that are not known to be without a custom IPsec policy.
custom_connections := [connection |
	some connection in partner_connections
	not connection.custom_policy == false
]

# METADATA
# description: Sites whose owner is not known to be internal.
partner_sites := [site |
	some site in input.sites
	not site.trust == "internal"
]

# METADATA
# description: Partner sites that a gateway has a connection to.
connected_sites := [site |
	some site in partner_sites
	count(site.gateways) > 0
]

# METADATA
# description: VPN gateways in the input that carry a partner, or nothing yet.
partner_gateways := [gateway |
	some gateway in input.gateways
	gateway.present
	not gateway.device
	gateway.partner_facing
	not not_vpn(gateway)
]

# METADATA
# description: Those in a virtual network; a gateway of a virtual WAN has no SKU, kind or replay setting to choose.
network_gateways := [gateway |
	some gateway in partner_gateways
	not gateway.hub
]

# METADATA
# description: One finding about a subject.
finding(control, subject, message) := {
	"control": control,
	"resource": subject.id,
	"msg": said(subject, message),
}

# METADATA
# description: A needed fact that is absent, or known in part; undefined when it is known in full.
# scope: document
unknown(control, subject, fact) := unreadable(control, subject, fact)

unknown(control, subject, fact) := because(control, subject, fact, "the facts document does not hold it") if {
	not subject.unknown[fact]
	object.get(subject, fact, null) == null
}

# METADATA
# description: A fact with a reason for not being known; undefined when there is none, as for a fact that may be absent.
unreadable(control, subject, fact) := because(control, subject, fact, subject.unknown[fact])

# A program that shows nothing but messages asks for names in them.
said(subject, message) := concat(": ", [subject.name, message]) if input.named

said(_, message) := message if not input.named

siteless(connection) if connection.connection_type in {"Vnet2Vnet", "ExpressRoute", "VPNClient"}

not_vpn(gateway) if gateway.gateway_type in {"ExpressRoute", "LocalGateway"}

because(control, subject, fact, reason) := object.union(
	finding(control, subject, concat("", [fact, " is unknown: ", reason])),
	{"kind": "unknown"},
)
