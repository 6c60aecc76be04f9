"""From what was signed to what both sides configure: the form, the partner's device, and ours; and drafts of agreements.

No key is in an agreement, so none can be rendered: a comment says where it goes.
"""
