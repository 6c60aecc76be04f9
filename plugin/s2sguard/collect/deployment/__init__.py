"""Templates with what stands around them: parameter files, links to other files, the scope they are deployed to.

What a template means is worked out in `arm_template`; here it is decided which values it gets, and from which files.
"""
