package s2sguard.lib

# METADATA
# description: |
#   A shortest prefix length is below its bound.
#   Any (0) is too wide whatever the settings say.
# scope: document
too_wide(width, bound) if width < bound

too_wide(0, _)

# METADATA
# description: The bound in words; a bound of 0 still excludes any.
allowed_width(bound) := concat("", ["; the shortest allowed is /", format_int(max({bound, 1}), 10)])
