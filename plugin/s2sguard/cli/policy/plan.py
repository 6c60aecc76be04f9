"""`s2sguard policy plan`: what `policy apply` would change in Azure. Reads only."""

from __future__ import annotations

import os
import sys
from argparse import Namespace

from s2sguard.cli.output import write
from s2sguard.cli.policy import plan_text
from s2sguard.cli.policy.deployment import families_of, session_of, wish_of
from s2sguard.report.style import style_for

NOTHING, PENDING, REFUSED = 0, 1, 3


def run(arguments: Namespace) -> int:
    """Print the plan and return 0 for nothing to do, 1 for something to write, 3 for a step that would be refused."""
    from s2sguard.azure_policy.deploy.plan import make_plan

    families = families_of(arguments)
    wish = wish_of(arguments, families)
    with session_of(arguments) as session:
        plan = make_plan(session, families, wish)
    if arguments.format == "json":
        write(plan_text.as_json(plan, wish), None)
    else:
        write(plan_text.as_text(plan, wish, style_for(sys.stdout, os.environ)), None)
    if plan.refused:
        return REFUSED
    return PENDING if plan.pending else NOTHING
