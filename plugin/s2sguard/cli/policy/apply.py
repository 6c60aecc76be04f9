"""`s2sguard policy apply`: show the plan, ask, carry it out."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from s2sguard.cli.output import write
from s2sguard.cli.policy import plan_text
from s2sguard.cli.policy.deployment import confirmed, families_of, need_answer, session_of, wish_of
from s2sguard.report.style import count, style_for

if TYPE_CHECKING:
    from s2sguard.azure_policy.deploy.plan import Step

DONE, NOT_CONFIRMED = 0, 1


def run(arguments: Namespace) -> int:
    """Return 0 when Azure holds what was asked for and 1 when it was not confirmed; raises DeployError for the rest."""
    from s2sguard.azure_policy.deploy.apply import carry_out
    from s2sguard.azure_policy.deploy.plan import make_plan

    need_answer(arguments)
    families = families_of(arguments)
    wish = wish_of(arguments, families)
    with session_of(arguments) as session:
        plan = make_plan(session, families, wish)
        write(plan_text.as_text(plan, wish, style_for(sys.stdout, os.environ)), None)
        if plan.pending and not plan.refused and not arguments.yes and not confirmed("Carry this out?"):
            write("nothing was written\n", None)
            return NOT_CONFIRMED
        done = carry_out(session, plan, _report)
    if done:
        write(f"done: {count(done, 'object')} written\n", None)
    return DONE


def _report(step: Step) -> None:
    past = {"create": "created", "update": "updated"}[step.action]
    write(f"  {past} {plan_text.line_of(step).removeprefix(step.action.ljust(8)).strip()}\n", None)
