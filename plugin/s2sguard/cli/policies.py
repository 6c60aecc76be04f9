"""`s2sguard policies path`: where the policy pack lies."""

from __future__ import annotations

from argparse import Namespace

from s2sguard.cli.output import write


def run(_: Namespace) -> int:
    """Print the pack's folder; raises PackError when there is none."""
    from s2sguard.evaluate.pack import pack_path

    write(f"{pack_path()}\n", None)
    return 0
