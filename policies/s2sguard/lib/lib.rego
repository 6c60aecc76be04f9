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
# description: Connections that carry IPsec to a site whose owner is not known to be internal.
partner_connections := [connection |
	some connection in input.connections
	not connection.trust == "internal"
	not siteless(connection)
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
	gateway.partner_facing
	not not_vpn(gateway)
]

# METADATA
# description: One finding about a subject.
finding(control, subject, message) := {
	"control": control,
	"resource": subject.id,
	"msg": message,
}

# METADATA
# description: A finding with further keys, such as a witness.
finding_with(control, subject, message, extra) := object.union(finding(control, subject, message), extra)

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

# METADATA
# description: Advice changes no verdict.
advice(control, subject, message) := object.union(finding(control, subject, message), {"kind": "advice"})

# METADATA
# description: The last part of a resource id, for people.
short(id) := parts[count(parts) - 1] if parts := split(id, "/")

siteless(connection) if connection.connection_type in {"Vnet2Vnet", "ExpressRoute", "VPNClient"}

not_vpn(gateway) if gateway.gateway_type in {"ExpressRoute", "LocalGateway"}

because(control, subject, fact, reason) := object.union(
	finding(control, subject, concat("", [fact, " is unknown: ", reason])),
	{"kind": "unknown"},
)
