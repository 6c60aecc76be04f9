# METADATA
# description: |
#   What s2sguard found in the estate, for decision points of others:
#   may a resource be used as it is, and are two partners kept apart?
#   The answers are computed before they come here, by `s2sguard feed` or `s2sguard bundle --with-facts`,
#   and lie in `data.s2sguard_estate`, always of one run and one version of the policies.
#   This is the one package that reads data, and no engine of s2sguard evaluates it.
#   Nothing fed, and nothing known, is never allowed and never isolated.
package s2sguard.estate

# All that was fed, as it came; undefined while nothing was.
# regal ignore:unresolved-reference
fed := data.s2sguard_estate

# METADATA
# description: Names the inventory, the settings and the policies the answers rest on.
revision := fed.revision

# METADATA
# description: Digest of the policies the answers were found with; that of `s2sguard scan --format json`.
pack := fed.pack

# METADATA
# description: Findings that nobody accepted, of every severity; undefined, and not empty, while nothing is fed.
findings := [finding | some finding in fed.findings; not finding.accepted] if fed.findings

# METADATA
# description: What could not be decided.
unknowns := fed.unknowns

# METADATA
# description: Verdict on one resource, by its id in any casing.
# scope: document
status(id) := fed.status[lower(id)]

status(id) := "absent" if {
	key := lower(id)
	not fed.status[key]
}

# METADATA
# description: |
#   `open` where packets pass between two partners, one way or both;
#   `isolated` where none do on the gateways they share; else `unknown`.
#   Roads between gateways are not looked at: S2S-ISO-005 names them.
isolation(one, other) := "open" if {
	lower(other) in partner(one).open
} else := "isolated" if {
	lower(one) != lower(other)
	kept_apart(partner(one), partner(other))
} else := "unknown"

# METADATA
# description: The resource `input.resource` has no finding that counts, and nothing about it is unknown.
# scope: document
default allowed := false

allowed if status(input.resource) in {"pass", "accepted"}

# METADATA
# description: No packet passes between the two partners `input.partners`.
# scope: document
default isolated := false

isolated if isolation(input.partners[0], input.partners[1]) == "isolated"

partner(name) := fed.partners[lower(name)]

# A flow stands with both partners, so it is enough that the pairs of one are all listed.
kept_apart(first, second) if {
	first.sure
	second.sure
	first.listed
}

kept_apart(first, second) if {
	first.sure
	second.sure
	second.listed
}
