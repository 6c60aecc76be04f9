"""`s2sguard snapshot`: what was read, without secrets, in one file that `--with` and `scan` take."""

from __future__ import annotations

from argparse import Namespace

from s2sguard.cli.options import deployment_of
from s2sguard.cli.output import check_output, write


def run(arguments: Namespace) -> int:
    """Write a snapshot of the input."""
    from s2sguard.collect import read_inventory, write_snapshot

    check_output(arguments.output)
    overlay = () if arguments.overlay is None else (arguments.overlay,)
    inventory = read_inventory(
        arguments.paths,
        input_format=arguments.input_format,
        overlay=overlay,
        deployment=deployment_of(arguments),
        observed=arguments.observed,
    )
    write(write_snapshot(inventory), arguments.output)
    return 0
