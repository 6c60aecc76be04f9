"""Inventory sources: from files, folders and standard input to one `Inventory` in ARM's shape.

One reader for each kind of input, all behind `interface.Reader`; `read_inventory` finds the right one, merges what several files
say, and keeps secrets out.
"""

from s2sguard.collect.arm_json import ArmReader
from s2sguard.collect.interface import Collected, Document, InputFormat, Reader
from s2sguard.collect.merge import merge
from s2sguard.collect.overlay import overlay
from s2sguard.collect.read import read_inventory
from s2sguard.collect.secrets import is_secret_key, without_secrets
from s2sguard.collect.snapshot import SnapshotReader, write_snapshot

__all__ = [
    "ArmReader",
    "Collected",
    "Document",
    "InputFormat",
    "Reader",
    "SnapshotReader",
    "is_secret_key",
    "merge",
    "overlay",
    "read_inventory",
    "without_secrets",
    "write_snapshot",
]
