"""Arguments of `s2sguard policy`."""

from __future__ import annotations

from s2sguard.cli.arguments import Commands, add_command
from s2sguard.cli.policy import parser_deploy, parser_derived, parser_offline


def add_parser(commands: Commands) -> None:
    """Add `policy` and all of its actions."""
    parser = add_command(commands, "policy", "Azure Policy: definitions, what they would deny, and their way to Azure")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    parser_offline.add(actions)
    parser_derived.add(actions)
    parser_deploy.add(actions)
