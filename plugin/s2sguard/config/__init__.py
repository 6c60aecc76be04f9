"""What a run is told: `s2sguard.yaml`, then the environment, then flags; each value remembers where it came from.

Every layer is checked against `config.schema.json` before anything is merged.
A key that is written replaces its default as a whole: lists and tables are not mixed with the hardened ones.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from s2sguard.config.parties import exceptions_of, identity_of
from s2sguard.config.source import Parsed, read_yaml
from s2sguard.errors import ConfigError, UsageError
from s2sguard.facts.given import Assumptions, Settings
from s2sguard.facts.options import (
    DEFAULT_ASSUMPTIONS,
    HARDENED_SETTINGS,
    ExtensionException,
    FactsOptions,
    Identity,
)
from s2sguard.model.pointer import pointer_to
from s2sguard.report.printable import printable
from s2sguard.store.address import SqliteFile, parse_address

if TYPE_CHECKING:
    from s2sguard.evaluate import EngineName
    from s2sguard.model.agreement import Agreement

FILE_NAME = "s2sguard.yaml"
MAX_PROBLEMS = 10
OPA_URL = re.compile(r"https?://[^\s@]+")
PREFIX = "S2SGUARD_"
NOT_SETTINGS = frozenset(f"S2SGUARD_{name}" for name in ("CONFIG", "CONFTEST", "CORPUS", "DEBUG", "OPA", "OPA_TOKEN", "WASM"))
"""Variables with this prefix that are no configuration value: files to use, a token that must not be shown, the tests' corpus."""

FailOn: TypeAlias = Literal["critical", "high", "medium", "low", "never"]
FormatName: TypeAlias = Literal["table", "json", "sarif", "junit", "tap", "github", "azuredevops", "csv", "markdown", "html"]
Node: TypeAlias = dict[str, object]

DEFAULTS: Node = {
    "settings": dict(HARDENED_SETTINGS),
    "assumptions": dict(DEFAULT_ASSUMPTIONS),
    "identity": {"partner_tag": "partner", "trust_tag": "trust", "partners": {}},
    "exceptions": [],
    "engine": "auto",
    "opa_url": None,
    "fail_on": "high",
    "fail_on_unknown": False,
    "fail_on_gap": False,
    "complete": False,
    "format": "table",
    "agreements": [],
    "waivers": [],
    "baseline": None,
    "waiver_warning_days": 30,
    "store": None,
}
SECTIONS = ("settings", "assumptions", "identity")
"""Mappings of values; everything else at the top is a value itself."""

COMPLETE = "/complete"
REMARKABLE = {
    COMPLETE: "called complete: nothing was unknown because a gateway may have connections that are not in the input",
    "/fail_on": "the exit code counts findings as configured here",
    "/opa_url": "judged by the OPA server named here",
    "/identity/partner_tag": "partners are told apart by the tag named here",
    "/identity/trust_tag": "internal connections are told apart by the tag named here",
    "/identity/partners": "partners or trust are given here",
    "/agreements": "connections are held against the agreements named here",
    "/exceptions": "exceptions are given here",
    "/store": "this run, with all findings, is kept in the store named here",
}
"""Values besides settings and assumptions that can make a scan look better, or carry it elsewhere -> what a report says of them."""

BOUNDS = (("sa_lifetime_seconds_min", "sa_lifetime_seconds_max"), ("sa_data_size_kilobytes_min", "sa_data_size_kilobytes_max"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The values in force, and for each of them (by JSON pointer) where it came from."""

    settings: Settings
    assumptions: Assumptions
    identity: Identity
    exceptions: tuple[ExtensionException, ...]
    engine: EngineName
    opa_url: str | None
    fail_on: FailOn
    fail_on_unknown: bool
    fail_on_gap: bool
    complete: bool
    format: FormatName
    agreements: tuple[str, ...]
    """Files and folders; those that `s2sguard.yaml` names lie beside it."""
    waivers: tuple[str, ...]
    """Files; those that `s2sguard.yaml` names lie beside it."""
    baseline: str | None
    waiver_warning_days: int
    store: str | None = field(repr=False)
    """The URL of a store, with its password; `values` has the form that may be shown."""
    file: str | None
    """The configuration file that was read, if any."""
    values: Mapping[str, object]
    origins: Mapping[str, str]

    def facts_options(self, today: date) -> FactsOptions:
        """Return what the facts depend on besides the inventory; raises ConfigError where an agreement cannot be read."""
        return FactsOptions(
            today=today,
            settings=self.settings,
            assumptions=self.assumptions,
            identity=self.identity,
            exceptions=self.exceptions,
            complete=self.complete,
            agreements=_agreed(self.agreements),
        )

    def remarks(self) -> tuple[str, ...]:
        """Return what else decides how much is judged, each with where it was written: a scanned repository may bring this file along."""
        usual = flatten(DEFAULTS)
        found = [name for name in REMARKABLE if self.values[name] != usual[name]]
        told = [name for name in found if name == COMPLETE or not self.origins[name].startswith("flag ")]
        return tuple(f"{REMARKABLE[name]} ({self.origins[name]})" for name in told)

    def rule_files(self) -> tuple[str, ...]:
        """Return the files that decide verdicts besides the inventory and the policies: configuration, agreements, waivers, baseline."""
        agreements = _agreement_files(self.agreements)
        return tuple(dict.fromkeys(file for file in (self.file, *agreements, *self.waivers, self.baseline) if file is not None))

    def changed_settings(self) -> tuple[str, ...]:
        """Return the names of settings that differ from the hardened defaults, sorted."""
        return tuple(sorted(name for name, value in self.settings.items() if value != HARDENED_SETTINGS.get(name)))


def load_config(
    *,
    flags: Mapping[str, tuple[object, str]] | None = None,
    file: str | None = None,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Config:
    """Return the configuration in force; raises ConfigError naming the source of what is wrong.

    `flags` maps JSON pointers to (value, flag name) and has been checked by the command line parser.
    `file` is `--config`; without it, `S2SGUARD_CONFIG`, then `s2sguard.yaml` in `folder` (the current one).
    """
    environ = os.environ if environ is None else environ
    values = deepcopy(DEFAULTS)
    origins = dict.fromkeys(flatten(values), "default")
    parsed = _read_file(file or environ.get("S2SGUARD_CONFIG"), folder or Path())
    if parsed is not None:
        _check_file(parsed)
        for pointer, value in flatten(cast("Node", parsed.value)).items():
            _put(values, origins, pointer, value, parsed.place(pointer))
    for pointer, (value, name) in _environment(environ).items():
        _put(values, origins, pointer, value, f"environment {name}")
    for pointer, (value, name) in (flags or {}).items():
        _put(values, origins, pointer, value, f"flag {name}")
    return _build(values, origins, parsed.file if parsed else None)


def flatten(values: Node) -> dict[str, object]:
    """Return every value by JSON pointer: the members of the sections, and the rest as it is."""
    flat: dict[str, object] = {}
    for key, value in values.items():
        if key in SECTIONS and isinstance(value, dict):
            flat |= {pointer_to(f"/{key}", name): inner for name, inner in value.items()}
        else:
            flat[f"/{key}"] = value
    return flat


def _put(values: Node, origins: dict[str, str], pointer: str, value: object, origin: str) -> None:
    section, _, name = pointer[1:].rpartition("/")
    target = cast("Node", values[section]) if section else values
    target[name] = value
    origins[pointer] = origin


def _read_file(name: str | None, folder: Path) -> Parsed | None:
    if name:
        return read_yaml(Path(name))
    found = folder / FILE_NAME
    if found.exists():
        return read_yaml(found)
    if (folder / "s2sguard.yml").exists():
        raise ConfigError("`s2sguard.yml` would not be read", hint=f"rename it to `{FILE_NAME}`, or name it with --config")
    return None


def _check_file(parsed: Parsed) -> None:
    from s2sguard.config.schema import problems  # jsonschema costs 80 ms: only where there is a file

    found = sorted(problems(parsed.value), key=lambda problem: (parsed.line(problem.pointer), problem.pointer))
    if not found:
        return
    lines = [f"{parsed.place(problem.pointer)}: {printable(problem.pointer or '/', limit=200)}: {problem.text}" for problem in found]
    more = [f"and {len(lines) - MAX_PROBLEMS} more problems"] if len(lines) > MAX_PROBLEMS else []
    raise ConfigError("\n".join(lines[:MAX_PROBLEMS] + more), hint=found[0].hint if len(found) == 1 else "")


def _environment(environ: Mapping[str, str]) -> dict[str, tuple[object, str]]:
    names = sorted(name for name, text in environ.items() if name.startswith(PREFIX) and name not in NOT_SETTINGS and text)
    if not names:
        return {}
    from s2sguard.config.schema import from_environment

    return {pointer: (value, name) for name in names for pointer, value in [from_environment(name, environ[name])]}


def _build(values: Node, origins: dict[str, str], file: str | None) -> Config:
    store = _store(cast("str | None", values["store"]), origins["/store"], file)
    values["store"] = None if store is None else parse_address(store).shown
    flat = flatten(values)
    settings = cast("Settings", values["settings"])
    opa_url = cast("str | None", values["opa_url"])
    if opa_url is not None and not OPA_URL.fullmatch(opa_url):
        raise ConfigError(f"{origins['/opa_url']}: not an address such as http://127.0.0.1:8181", hint="leave out user name and password")
    _check_bounds(cast("Mapping[str, int]", settings), origins)
    return Config(
        settings=settings,
        assumptions=cast("Assumptions", values["assumptions"]),
        identity=identity_of(cast("Node", values["identity"]), origins),
        exceptions=exceptions_of(cast("list[dict[str, str]]", values["exceptions"]), origins),
        engine=cast("EngineName", values["engine"]),
        opa_url=opa_url,
        fail_on=cast("FailOn", values["fail_on"]),
        fail_on_unknown=bool(values["fail_on_unknown"]),
        fail_on_gap=bool(values["fail_on_gap"]),
        complete=bool(values["complete"]),
        format=cast("FormatName", values["format"]),
        agreements=tuple(_beside(name, origins["/agreements"], file) for name in cast("list[str]", values["agreements"])),
        waivers=tuple(_beside(name, origins["/waivers"], file) for name in cast("list[str]", values["waivers"])),
        baseline=None if values["baseline"] is None else _beside(str(values["baseline"]), origins["/baseline"], file),
        waiver_warning_days=cast("int", values["waiver_warning_days"]),
        store=store,
        file=file,
        values=flat,
        origins=origins,
    )


def _store(url: str | None, origin: str, file: str | None) -> str | None:
    """Return the URL of a store; a file that the configuration file names lies beside it."""
    if url is None:
        return None
    try:
        found = parse_address(url)
    except UsageError as error:
        raise ConfigError(f"{origin}: {error.message}", hint=error.hint) from None
    return _beside(found.path, origin, file) if isinstance(found, SqliteFile) else url


def _beside(name: str, origin: str, file: str | None) -> str:
    """Return a path that the configuration file names, from where that file lies; every other one as it is."""
    return name if file is None or origin.startswith(("flag ", "environment ")) else str(Path(file).parent / name)


def _check_bounds(settings: Mapping[str, int], origins: Mapping[str, str]) -> None:
    for low, high in BOUNDS:
        if settings[low] > settings[high]:
            where = " and ".join(f"/settings/{name} ({origins[f'/settings/{name}']})" for name in (low, high))
            raise ConfigError(f"{where}: nothing could pass, the least is above the most", hint=f"lower `{low}` or raise `{high}`")


def _agreed(names: tuple[str, ...]) -> tuple[Agreement, ...] | None:
    """Return the agreements that were given, none of them being something else than none given."""
    if not names:
        return None
    from s2sguard.config.agreements import read_agreements  # jsonschema costs 80 ms: only where there are agreements

    return read_agreements(names)


def _agreement_files(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        return ()
    from s2sguard.config.agreements import agreement_files

    return tuple(map(str, agreement_files(names)))
