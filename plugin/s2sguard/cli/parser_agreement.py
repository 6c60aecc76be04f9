"""The arguments of `s2sguard agreement`."""

from __future__ import annotations

from s2sguard.cli.arguments import Commands, add_action, add_command, add_facts_options, add_input, add_output, date_argument

FOR_PARTNER = ("form", "cisco", "strongswan")
FOR_AZURE = ("bicep", "terraform", "az", "powershell")
"""What an agreement can be rendered as, by reader."""
RENDER_HELP = """\
examples:
  s2sguard agreement render agreements/red.yaml --for partner              the form, with both devices
  s2sguard agreement render agreements/red.yaml --for partner --as cisco   commands alone
  s2sguard agreement render agreements/red.yaml --for azure --as terraform

No key is in an agreement and none is written: a comment or a parameter says where it goes.
"""
DRAFT_HELP = """\
A draft repeats what is configured, so a scan with it finds no difference, except where nothing is fixed: a remark says so.
Until it names an owner and a ticket nobody has signed it: `s2sguard agreement check` and S2S-AGR-001 say so.

exit codes:
  0  every connection of a partner has a draft
  2  the command line or the configuration is not valid
  3  one has none, and a comment says why, or something could not be read
"""


def add_agreement(commands: Commands) -> None:
    """Add `agreement`."""
    parser = add_command(commands, "agreement", "what was signed with partners: check it, render it, draft it")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    check = add_action(actions, "check", "say what is wrong in agreement files, which have expired, and which conflict")
    check.add_argument("paths", nargs="+", metavar="PATH", help="files, or folders of them, YAML or JSON")
    check.add_argument("--today", type=date_argument, metavar="YYYY-MM-DD", help="the date that periods are judged by (default: today)")
    _render(actions)
    new = add_action(actions, "new", "write a file to start from, every key with what it means")
    new.add_argument("--partner", metavar="NAME", default="partner", help="default: partner")
    new.add_argument("--today", type=date_argument, metavar="YYYY-MM-DD", help="its first day (default: today)")
    add_output(new)
    draft = add_action(
        actions, "from-inventory", "draft an agreement for each connection of a partner, from what is configured", DRAFT_HELP
    )
    add_input(draft)
    add_facts_options(draft)
    add_output(draft)


def _render(actions: Commands) -> None:
    parser = add_action(actions, "render", "write the form for the partner with their device's configuration, or ours", RENDER_HELP)
    parser.add_argument("file", metavar="AGREEMENT", help="a file with agreements, YAML or JSON")
    parser.add_argument("--partner", metavar="NAME", help="which one, where the file holds several")
    parser.add_argument("--ticket", metavar="ID", help="which one, where the partner has several")
    parser.add_argument("--for", dest="audience", choices=("partner", "azure"), required=True, help="who needs it")
    parser.add_argument(
        "--as",
        dest="language",
        choices=(*FOR_PARTNER, *FOR_AZURE),
        help=f"for partner: {', '.join(FOR_PARTNER)} (default: form); for azure: {', '.join(FOR_AZURE)} (default: bicep)",
    )
    parser.add_argument("--gateway-address", metavar="IP", help="the public address of our gateway, for the partner's device")
    add_output(parser)
