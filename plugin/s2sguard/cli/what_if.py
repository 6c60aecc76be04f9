"""`s2sguard what-if`: the pairs of parties that adding, changing or removing connections opens and closes."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from dataclasses import replace

from s2sguard.audit import gather
from s2sguard.cli.options import configuration, request_of
from s2sguard.cli.output import check_output, write
from s2sguard.cli.unread import check_anything_read, say_unread
from s2sguard.collect.read import read_plan
from s2sguard.config.request import Request
from s2sguard.errors import UsageError
from s2sguard.explain import Explainer
from s2sguard.facts.document import FactsDocument
from s2sguard.model.inventory import Inventory
from s2sguard.report.style import Style, style_for
from s2sguard.simulate.altered import Altered, Change, altered
from s2sguard.simulate.altered_text import altered_json, altered_text

SAFE, OPENED, INCOMPLETE = 0, 1, 3


def run(arguments: Namespace) -> int:
    """Print what the change opens and closes. Return 1 when it opens a pair, else 3 when that is not known for all of them."""
    config = configuration(arguments)
    check_output(arguments.output)
    if not (arguments.added or arguments.changed or arguments.planned or arguments.removed):
        raise UsageError("nothing changes", hint="give --add FILE, --change FILE, --plan FILE or --remove ID")
    request = request_of(arguments, config)
    base, facts = gather(request)
    check_anything_read(base)
    options = request.options
    found = altered(base, _change(arguments, request, base, facts), options)
    if arguments.output_format == "json":
        text = altered_json(found, options)
    else:
        text = altered_text(found, options, style_for(sys.stdout, os.environ, to_file=arguments.output is not None))
    write(text, arguments.output)
    return exit_code(found, unread=say_unread(found.inventory))


def exit_code(found: Altered, *, unread: bool) -> int:
    """Return how a run ends: what opens is certain, so it wins over what is unknown."""
    if found.opens:
        return OPENED
    return INCOMPLETE if unread or found.unsure else SAFE


def _change(arguments: Namespace, request: Request, base: Inventory, facts: FactsDocument) -> Change:
    # `--parameters` are those of the templates in the input; one that changes it brings its parameter file along.
    deployment = None if request.deployment is None else replace(request.deployment, parameters=())
    named = (arguments.added, arguments.changed, arguments.planned)
    plans = [read_plan(paths, deployment) if paths else (Inventory(()), []) for paths in named]
    added, changed, planned = (plan for plan, _ in plans)
    explainer = Explainer(facts, Style())
    removed = [resource.id if (resource := base.get(text)) is not None else explainer.find(text)["id"] for text in arguments.removed]
    # What a plan deletes and the input does not hold is gone already.
    removed += [resource_id for _, deleted in plans for resource_id in deleted if base.get(resource_id) is not None]
    return Change(added=added, changed=changed, planned=planned, removed=tuple(dict.fromkeys(removed)))
