"""`s2sguard facts`: the facts document, for conftest, for custom rules and for looking."""

from __future__ import annotations

from argparse import Namespace

from s2sguard.cli.options import configuration, request_of
from s2sguard.cli.output import check_output, write
from s2sguard.report.json_report import lines_of_json


def run(arguments: Namespace) -> int:
    """Print the facts document of an inventory; gaps do not change the exit code, `scan` reports them."""
    from s2sguard.audit import gather

    check_output(arguments.output)
    request = request_of(arguments, configuration(arguments))
    _, document = gather(request)
    write(lines_of_json(document.items()), arguments.output)
    return 0
