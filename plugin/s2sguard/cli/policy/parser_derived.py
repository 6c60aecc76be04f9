"""Arguments of `policy parameters` and `policy drift`."""

from __future__ import annotations

import argparse

from s2sguard.cli.arguments import Commands, add_action, add_facts_options, add_input

PARAMETERS_HELP = """\
scopes:
  subscription    everything in one place; a new site or connection is judged
                  wherever in the subscription it is made
  resource-group  only what concerns a group: its gateways, and those its
                  connections and sites belong to
  gateway         as resource-group, one roll-out at a time
Azure Policy compares 100 ranges per assignment. More are spread over several
assignments at the same scope; what cannot be spread is listed in
`not_expressed`, never left out in silence.

conflicts:
Addresses that two partners claim on one gateway are in nobody's
`allowedRanges`: the facts do not say whose they are, so changes of either
partner are refused until one side is reverted.
With --assigned FILE nobody is allowed more than FILE allows. Who alone had
contested addresses there keeps them; what anybody claims beyond FILE is
listed in `new_claims`. Run without it to accept new claims.

exit codes:
  0  the document says everything
  1  somebody has to look: `conflicts`, `new_claims`, or `not_expressed` (what
     does not fit into Azure Policy's limits); do not assign it before
  2  the command line or the configuration is not valid
  3  something could not be read: see `gaps`
Where 1 and 3 both hold, 1 wins. The document is written in any case.
"""
DRIFT_HELP = """\
ASSIGNED is the document of `policy parameters`, or what Azure returns:
  az policy assignment list --disable-scope-strict-match > assigned.json
  s2sguard policy drift assigned.json estate/
Covered addresses are compared, not spellings. A difference in addresses that
another partner claims, or claimed when this was assigned, is marked: do not
assign it before `s2sguard scan` has been looked at.

exit codes:
  0  the assignments say what fresh facts say
  1  drift: a range, a partner or a gateway is missing or no longer there;
     or partners claim the same addresses on one gateway (`conflicts`)
  2  the command line or the configuration is not valid
  3  something could not be read; where 1 and 3 both hold, 1 wins
"""


def add(actions: Commands) -> None:
    """Add the actions."""
    _parameters(actions)
    _drift(actions)


def _parameters(actions: Commands) -> None:
    parser = add_action(
        actions, "parameters", "compile facts into the parameters of deny rules that know the other partners", PARAMETERS_HELP
    )
    add_input(parser, parameters="--template-parameters")
    parser.add_argument(
        "--scope",
        choices=("subscription", "resource-group", "gateway"),
        default="subscription",
        help="what gets assignments of its own (default: subscription)",
    )
    parser.add_argument(
        "--assigned",
        metavar="FILE",
        help="what is assigned now, as `policy drift` takes it: nobody is allowed more than that",
    )
    add_facts_options(parser)
    _output(parser)


def _drift(actions: Commands) -> None:
    parser = add_action(actions, "drift", "compare assigned parameters with fresh facts", DRIFT_HELP)
    parser.add_argument("assigned", metavar="ASSIGNED", help="JSON file with what is assigned, or - for standard input")
    add_input(parser, parameters="--template-parameters")
    add_facts_options(parser)
    parser.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    _output(parser)


def _output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help="write to a file, whole or not at all, instead of standard output")
