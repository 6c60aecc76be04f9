"""Inventory sources: from files, folders and standard input to one `Inventory` in ARM's shape.

One reader for each kind of input, all behind `interface.Reader`; `read_inventory` finds the right one, merges what several files
say, and keeps secrets out.
"""

from s2sguard.collect.read import read_inventory
from s2sguard.collect.snapshot import SnapshotReader, write_snapshot

__all__ = ["SnapshotReader", "read_inventory", "write_snapshot"]
