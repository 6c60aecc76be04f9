"""Where pre-shared keys are given: templates, parameter files, plans and scripts -> places, each with how it handles the key.

Documents are walked as they are written, before anything secret is dropped; what comes out names places and never holds a key.
Listings and snapshots of what is deployed are not sources: what Azure returns says nothing about where a key comes from.
"""
