"""`s2sguard feed`: the policies, and what is known of an estate, into an OPA server that runs already."""

from __future__ import annotations

from argparse import Namespace

from s2sguard.cli.estate import estate_of
from s2sguard.cli.output import write
from s2sguard.report.style import count


def run(arguments: Namespace) -> int:
    """Feed the server and say what it holds now; nothing is sent before everything is worked out."""
    from s2sguard.evaluate.feed import OpaFeed
    from s2sguard.evaluate.pack import load_pack

    feed = OpaFeed(arguments.server)
    try:
        estate = estate_of(arguments)
        before = feed.revision()
        changed = feed.put_pack(load_pack())
        feed.put_estate(estate)
    finally:
        feed.close()
    found = f"{count(len(estate['findings']), 'finding')}, {len(estate['unknowns'])} unknown"
    lines = [
        f"revision {estate['revision']}{' (as before)' if estate['revision'] == before else ''}: {found}",
        f"policies {estate['pack']}{'' if changed else ' (as before)'}",
    ]
    write("\n".join(lines) + "\n", None)
    return 0
