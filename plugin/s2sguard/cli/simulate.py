"""`s2sguard simulate`: our connections with the far ends' configurations, before the tunnels exist."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from s2sguard.audit import gather
from s2sguard.cli.options import configuration, request_of
from s2sguard.cli.output import check_output, write
from s2sguard.collect.device.files import read_device_file
from s2sguard.errors import InputError, UsageError
from s2sguard.explain import Explainer
from s2sguard.model.folding import fold
from s2sguard.model.inventory import fold_id
from s2sguard.model.tunnel import Device, TunnelEnd
from s2sguard.report.printable import printable
from s2sguard.report.style import Style, some, style_for
from s2sguard.simulate.erring import erring_line, with_line
from s2sguard.simulate.plan import GatewayOutcome, simulated

CLOSED, OPEN, INCOMPLETE = 0, 1, 3
_AGREEMENT = (".yaml", ".yml")
MOST_GAPS = 5
"""Places of one device that are named."""


def run(arguments: Namespace) -> int:
    """Print what would be negotiated. Return 1 when that opens a way between partners or brings nothing up, 3 for what is unknown."""
    config = configuration(arguments)
    check_output(arguments.output)
    line = None if arguments.what_if is None else erring_line(arguments.what_if)
    request = request_of(arguments, config)
    inventory, facts = gather(request)
    explainer, ends = Explainer(facts, Style()), dict[str, TunnelEnd]()
    for text in arguments.far_ends:
        name, end = far_end(text)
        if name is None and len(facts["connections"]) != 1:
            raise UsageError("--far-end does not say which connection it is the far end of", hint="--far-end CONNECTION=FILE")
        connection = explainer.find(name) if name is not None else facts["connections"][0]
        ends[fold_id(connection["id"])] = end if arguments.habit is None else replace(end, habit=arguments.habit)
    options = request.options
    outcomes = simulated(inventory, options, ends)
    erring = () if line is None else simulated(inventory, options, {key: with_line(end, line) for key, end in ends.items()})
    if arguments.output_format == "json":
        from s2sguard.simulate.simulate_json import render

        text = render(outcomes, erring)
    else:
        from s2sguard.simulate.simulate_text import SimulationText

        text = SimulationText(facts, style_for(sys.stdout, os.environ, to_file=arguments.output is not None)).render(outcomes, erring)
    write(text, arguments.output)
    return exit_code((*outcomes, *erring), ends)


def exit_code(outcomes: tuple[GatewayOutcome, ...], ends: Mapping[str, TunnelEnd]) -> int:
    """Return how a run ends: what is open is certain, so it wins over what is unknown."""
    if any(outcome.opens or (not outcome.unknown and not outcome.works) for outcome in outcomes):
        return OPEN
    told = sum(len(outcome.simulations) for outcome in outcomes)
    return INCOMPLETE if told < len(ends) or any(outcome.unknown or outcome.may_open for outcome in outcomes) else CLOSED


def far_end(text: str) -> tuple[str | None, TunnelEnd]:
    """Return the connection's name and the far end that `[CONNECTION=]FILE[#TUNNEL]` means; raises InputError and UsageError.

    The file is a device's configuration or, in YAML, agreements.
    """
    name, equals, file = text.partition("=")
    if not equals or Path(text).exists():
        name, file = "", text
    tunnel = ""
    if not Path(file).exists() and "#" in file:
        file, _, tunnel = file.rpartition("#")
    if file.endswith(_AGREEMENT):
        return name or None, _agreed_end(file, tunnel)
    device = read_device_file(file)
    found = [end for end in device.ends if not tunnel or end.name == tunnel]
    if not device.ends:
        why = device.gaps[0].reason if device.gaps else "it names no tunnel"
        raise InputError(f"{printable(file)}: {why}", hint="is this the right file?")
    if len(found) != 1:
        known = some([printable(end.name, limit=60) for end in device.ends], 8)
        reason = f"has {len(device.ends)} tunnels" if not tunnel else "has no tunnel of this name, or several"
        raise UsageError(f"{printable(file)}: {printable(device.name)} {reason}", hint=f"say which as FILE#TUNNEL; it has: {known}")
    _say_gaps(device)
    return name or None, found[0]


def _agreed_end(file: str, wanted: str) -> TunnelEnd:
    """Return the far end that is configured as an agreement says; `wanted` is its partner or its ticket."""
    from s2sguard.agreement.far_end import tunnel_end
    from s2sguard.config.agreements import read_agreements

    known = read_agreements((file,))
    found = [one for one in known if not wanted or fold(wanted) in {fold(one.partner), fold(one.ticket)}]
    if len(found) != 1:
        reason = f"has {len(known)} agreements" if not wanted else "has no agreement with this partner or ticket, or several"
        labels = some([printable(one.label, limit=60) for one in known], 8)
        raise UsageError(f"{printable(file)} {reason}", hint=f"say which as FILE#PARTNER or FILE#TICKET; it has: {labels}")
    return tunnel_end(found[0])


def _say_gaps(device: Device) -> None:
    """Print to standard error what was not understood of a device, and where; what it decides is unknown in the answer."""
    for gap in device.gaps[:MOST_GAPS]:
        print(f"note: {printable(str(gap.source))}: {printable(gap.reason)}", file=sys.stderr)
    if len(device.gaps) > MOST_GAPS:
        print(f"note: and {len(device.gaps) - MOST_GAPS} more places of {printable(device.file)}", file=sys.stderr)
