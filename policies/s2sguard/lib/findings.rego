package s2sguard.lib

# METADATA
# description: A finding with further keys, such as a witness.
finding_with(control, subject, message, extra) := object.union(finding(control, subject, message), extra)

# METADATA
# description: Advice changes no verdict.
advice(control, subject, message) := object.union(finding(control, subject, message), {"kind": "advice"})

# METADATA
# description: The last part of a resource id, for people.
short(id) := parts[count(parts) - 1] if parts := split(id, "/")
