"""Configurations of VPN devices: text -> tunnel ends and gaps, one file per vendor behind one interface.

No library is used for these languages. `ciscoconfparse` is GPL; `hier_config` (MIT) keeps no line numbers and loads pydantic;
TextFSM and TTP read tables that `show` commands print; Batfish (Apache) is a Java service.
What is needed here is small: sections, words, and the line each one stands on.
"""

from s2sguard.collect.device.read import read_device

__all__ = ["read_device"]
