"""Arguments and help of `s2sguard simulate`, `s2sguard what-if` and `s2sguard advise`."""

from __future__ import annotations

from s2sguard.cli.arguments import Commands, add_agreements, add_command, add_facts_options, add_input, add_output

SIMULATE_HELP = """\
Nothing is contacted. Azure offers and takes what the article and Microsoft describe
(`s2sguard explain` shows it for one connection); a far end offers its lines and answers
by its habit: `intersect` with what both sides allow (RFC 7296), `own-line` with its line
that lies inside the proposal (Cisco crypto maps), `exact-only` with nothing but a line.

exit codes:
  0  every far end brings something up, and no packet passes between partners by it
  1  a packet passes between partners, or nothing comes up
  2  the command line or the configuration is not valid
  3  something that decides it is unknown, such as what a connection without --far-end lets in
"""
WHAT_IF_HELP = """\
examples:
  s2sguard what-if estate/ --add to-partner-green.json
  s2sguard what-if estate/ --change to-partner-red.json --remove to-partner-blue
  s2sguard what-if estate/ --plan tfplan.json
Files are of any kind that `scan` reads, and hold whole resources: a connection with its
site, or a site with other prefixes. What is added must be new, what is changed must be
there, and a plan may do both; what no file mentions stays. Nothing is contacted and
nothing is changed.

exit codes:
  0  no pair of parties opens
  1  a pair opens, or opens wider
  2  the command line or the configuration is not valid
  3  whether one opens is not known, or something could not be read
"""
ADVISE_HELP = """\
examples:
  s2sguard advise estate/ --agreements agreements/
  s2sguard advise --agreements agreements/
Each requirement of the article (selector lock, firewall, crypto, isolation, overlap, BGP,
released) is held against what the partners need: as it was agreed, else as it is
configured today. Headends: a VPN gateway, a virtual WAN with routing intent, an NVA, and
a physical router at the edge. Without an inventory the agreements stand alone.

exit codes:
  0  the headend in use can carry its partners (any of them, where none is in use)
  1  it cannot
  2  the command line or the configuration is not valid
  3  whether it can is not known, or something could not be read
"""


def add_simulate(commands: Commands) -> None:
    """Add `simulate`."""
    parser = add_command(commands, "simulate", "show what our connections and the far ends' configurations would negotiate", SIMULATE_HELP)
    add_input(parser)
    parser.add_argument(
        "--far-end",
        action="append",
        required=True,
        dest="far_ends",
        metavar="[CONNECTION=]FILE[#TUNNEL]",
        help="a device's configuration, or an agreement (YAML, then #PARTNER or #TICKET), and its connection; may be repeated",
    )
    parser.add_argument(
        "--habit", choices=("intersect", "own-line", "exact-only"), help="how the far ends answer (default: as their kind of device does)"
    )
    parser.add_argument("--what-if", metavar="LINE", help="also with one more line in each far end's access list")
    parser.add_argument("--format", choices=("text", "json"), default="text", dest="output_format", help="default: text")
    add_facts_options(parser)
    add_output(parser)


def add_what_if(commands: Commands) -> None:
    """Add `what-if`."""
    parser = add_command(commands, "what-if", "show which pairs of partners a change of connections opens and closes", WHAT_IF_HELP)
    parser.set_defaults(module="what_if")
    add_input(parser)
    parser.add_argument(
        "--add", action="append", default=[], dest="added", metavar="FILE", help="connections and sites that are new; may be repeated"
    )
    parser.add_argument(
        "--change",
        action="append",
        default=[],
        dest="changed",
        metavar="FILE",
        help="resources of the input as they will be; may be repeated",
    )
    parser.add_argument(
        "--plan", action="append", default=[], dest="planned", metavar="FILE", help="a plan or template, which may add, change and delete"
    )
    parser.add_argument(
        "--remove",
        action="append",
        default=[],
        dest="removed",
        metavar="ID",
        help="a connection by name or id, or any resource by id; may be repeated",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", dest="output_format", help="default: text")
    add_facts_options(parser)
    add_output(parser)


def add_advise(commands: Commands) -> None:
    """Add `advise`."""
    parser = add_command(commands, "advise", "say which headend can carry the partners, and which requirement decides", ADVISE_HELP)
    add_input(parser, needed=False)
    add_agreements(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", dest="output_format", help="default: text")
    add_facts_options(parser)
    add_output(parser)
