"""Definitions in use: gathered in initiatives, assigned to scopes, with selectors, overrides and exemptions."""
