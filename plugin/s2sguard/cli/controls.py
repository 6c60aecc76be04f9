"""`s2sguard controls list|show`: what is asked for, how bad it is, what is set, how to fix it."""

from __future__ import annotations

import json
import re
from argparse import Namespace
from difflib import get_close_matches

from s2sguard.cli.config import value_text
from s2sguard.cli.options import configuration
from s2sguard.cli.output import write
from s2sguard.config import Config
from s2sguard.errors import UsageError
from s2sguard.evaluate.pack import Pack, load_pack
from s2sguard.evaluate.verdict import Control
from s2sguard.report.printable import printable

FIELDS_CALL = "lib.policy_problem("
"""The helper of the pack that reads `input.settings[field]` for fields named in quotes."""


def run(arguments: Namespace) -> int:
    """List the controls, or show one."""
    pack = load_pack()
    if arguments.action == "list":
        write(_list_json(pack) if arguments.format == "json" else _list(pack), None)
    else:
        write(show(pack, _find(pack, arguments.control), configuration(arguments)), None)
    return 0


def _list(pack: Pack) -> str:
    return "".join(f"{control.id}  {control.severity.ljust(8)}  {control.title}\n" for control in pack.controls)


def _list_json(pack: Pack) -> str:
    keys = ("id", "name", "family", "severity", "title")
    entries = [{key: getattr(control, key) for key in keys} for control in pack.controls]
    return "[\n" + ",\n".join(map(json.dumps, entries)) + "\n]\n"


def _find(pack: Pack, text: str) -> Control:
    wanted = text.strip().lower()
    for control in pack.controls:
        if wanted in {control.id.lower(), control.name.lower()}:
            return control
    close = get_close_matches(wanted.upper(), [control.id for control in pack.controls], n=1)
    hint = f"did you mean `{close[0]}`?" if close else "see `s2sguard controls list`"
    raise UsageError(f"no control `{printable(text, limit=60)}`", hint=hint)


def show(pack: Pack, control: Control, config: Config) -> str:
    """Return a control's metadata, the settings in force that it uses, and its page."""
    lines = [
        f"{control.id}  {control.title}",
        f"  severity  {control.severity}",
        f"  family    {control.family}/{control.name}",
        f"  fix       {control.fix}",
        f"  needs     {', '.join(control.needs) or 'nothing'}",
        "",
        control.description.strip(),
    ]
    names = [(name, f"/settings/{name}") for name in settings_of(pack, control, config)]
    if names:
        lines += ["", "Settings in force:"]
        lines += [f"  {name} = {value_text(config.values[pointer])}  ({printable(config.origins[pointer])})" for name, pointer in names]
    page = pack.root / control.page
    if page.is_file():
        text = page.read_text(encoding="utf-8").strip()
        # Its first line is the title, which is printed already.
        lines += ["", text.partition("\n")[2].strip() if text.startswith("# ") else text]
    return "\n".join(lines) + "\n"


def settings_of(pack: Pack, control: Control, config: Config) -> tuple[str, ...]:
    """Return the settings a control reads, in the order of the configuration, from its Rego text."""
    folder = control.page.rpartition("/")[0]
    text = "".join(module.text for module in pack.modules if module.name.startswith(f"{folder}/"))
    read = set(re.findall(r"input\.settings\.(\w+)", text))
    if FIELDS_CALL in text:
        read |= set(re.findall(r'"(\w+)"', text))
    return tuple(name for name in config.settings if name in read)
