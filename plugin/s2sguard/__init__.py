"""Policy as code for Azure site-to-site VPN: can one partner reach another through your gateway?

Nothing is imported here: `s2sguard --version` must not pay for what it does not use.
"""

__version__ = "0.1.0"
