"""`s2sguard agreement check`: the agreements by themselves, without an inventory."""

from __future__ import annotations

from argparse import Namespace
from itertools import combinations

from s2sguard.cli.options import today
from s2sguard.cli.output import write
from s2sguard.config.agreements import read_agreements
from s2sguard.model.agreement import conflicts
from s2sguard.report.printable import printable


def run(arguments: Namespace) -> int:
    """Print one line for each agreement and conflict; 1 where one is not in force or two conflict. Raises ConfigError."""
    day = today(arguments)
    found = read_agreements(tuple(arguments.paths))
    lines = [f"{one.place}: {one.label}: {one.state(day)}, {one.valid_from} to {one.valid_to}" for one in found]
    clashes = [
        f"{one.place}: {one.label} conflicts with {other.label}: {reason}"
        for one, other in combinations(found, 2)
        for reason in conflicts(one, other)
    ]
    write("".join(f"{printable(line)}\n" for line in lines + clashes), None)
    return 1 if clashes or any(one.state(day) != "in force" for one in found) else 0
