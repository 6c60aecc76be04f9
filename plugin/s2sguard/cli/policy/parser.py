"""Arguments of `s2sguard policy`."""

from __future__ import annotations

import argparse

from s2sguard.cli.arguments import Commands
from s2sguard.cli.policy import parser_deploy, parser_derived, parser_offline


def add_parser(commands: Commands) -> None:
    """Add `policy` and all of its actions."""
    text = "Azure Policy: definitions, what they would deny, and their way to Azure"
    parser = commands.add_parser(
        "policy", help=text, description=text + ".", formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.set_defaults(module="policy")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    parser_offline.add(actions)
    parser_derived.add(actions)
    parser_deploy.add(actions)
