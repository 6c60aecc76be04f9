"""Frozen nouns: gateway, connection, site, selector, address set, known and unknown; no input or output."""
