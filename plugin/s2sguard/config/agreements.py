"""Reading agreement files: the shape by `agreements.schema.json`, then what a schema cannot say. Half of them is never taken."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from s2sguard.config.schema import SCHEMA_FILE, problems
from s2sguard.config.source import Parsed, read_yaml
from s2sguard.errors import ConfigError
from s2sguard.model.address import AddressSet, parse_range, union
from s2sguard.model.agreement import AgreedAlgorithms, AgreedNat, AgreedRanges, AgreedSelector, Agreement, gcm_fits, is_place
from s2sguard.model.value import Unknown
from s2sguard.report.printable import printable

AGREEMENTS_SCHEMA = SCHEMA_FILE.with_name("agreements.schema.json")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ENDINGS = (".yaml", ".yml", ".json")
_MOST_FILES = 1000


def read_agreements(names: tuple[str, ...]) -> tuple[Agreement, ...]:
    """Return the agreements of files and folders, in order; raises ConfigError naming file, line and pointer, quoting nothing."""
    return tuple(one for path in agreement_files(names) for one in read_agreements_file(path))


def agreement_files(names: tuple[str, ...]) -> tuple[Path, ...]:
    """Return the files that paths name, folders by their files, each once; raises ConfigError."""
    return tuple(dict.fromkeys(path for name in names for path in _files(name)))


def read_agreements_file(path: Path) -> tuple[Agreement, ...]:
    """Return the agreements of one file, YAML or JSON; raises ConfigError."""
    parsed = read_yaml(path, what="agreements file", flag="a path")
    found = problems(parsed.value, json.loads(AGREEMENTS_SCHEMA.read_text(encoding="utf-8")))
    if found:
        first = min(found, key=lambda one: (parsed.line(one.pointer), one.pointer))
        raise ConfigError(f"{parsed.place(first.pointer)}: {printable(first.pointer or '/', limit=200)}: {first.text}", hint=first.hint)
    value: Any = parsed.value
    return tuple(_agreement(parsed, entry, f"/agreements/{index}") for index, entry in enumerate(value["agreements"]))


def _files(name: str) -> list[Path]:
    path = Path(name)
    if not path.is_dir():
        return [path]
    try:
        found = sorted(one for one in path.iterdir() if one.suffix in _ENDINGS)
    except OSError as error:
        reason = (error.strerror or "error").lower()
        raise ConfigError(f"folder `{printable(name)}` cannot be read: {reason}") from None
    if not 0 < len(found) <= _MOST_FILES:
        raise ConfigError(f"folder `{printable(name)}` holds {len(found)} agreement files", hint=f"1 to {_MOST_FILES} are read")
    return found


def _agreement(parsed: Parsed, entry: dict[str, Any], pointer: str) -> Agreement:
    if ("local" in entry) == ("selectors" in entry):
        _fail(parsed, pointer, "needs either `local` or `selectors`")
    prefixes = _ranges(parsed, entry["prefixes"], f"{pointer}/prefixes")
    first, last = _day(parsed, entry, "valid_from", pointer), _day(parsed, entry, "valid_to", pointer)
    if last < first:
        _fail(parsed, f"{pointer}/valid_to", "is before `valid_from`: it would never hold")
    for index, peer in enumerate(entry["peers"]):
        if not is_place(peer.strip()):
            _fail(parsed, f"{pointer}/peers/{index}", "is neither an address nor a DNS name")
    one, two = entry["phase_1"], entry["phase_2"]
    if not gcm_fits(two["encryption"], two["integrity"]):
        _fail(
            parsed, f"{pointer}/phase_2", "`encryption` and `integrity` must be the same where one of them is GCM: Azure takes nothing else"
        )
    return Agreement(
        partner=entry["partner"].strip(),
        connections=tuple(name.strip() for name in entry.get("connections", [])),
        peers=tuple(name.strip() for name in entry["peers"]),
        prefixes=prefixes,
        selectors=_selectors(parsed, entry, prefixes, pointer),
        algorithms=AgreedAlgorithms(
            ike_encryption=one["encryption"],
            ike_integrity=one["integrity"],
            dh_group=one["group"],
            ipsec_encryption=two["encryption"],
            ipsec_integrity=two["integrity"],
            pfs_group=two["pfs"],
            sa_lifetime_seconds=two.get("lifetime_seconds"),
            sa_data_size_kilobytes=two.get("lifetime_kilobytes"),
        ),
        nat=tuple(_nat(parsed, rule, f"{pointer}/nat/{index}") for index, rule in enumerate(entry.get("nat", []))),
        owner=entry["owner"].strip(),
        ticket=entry["ticket"].strip(),
        valid_from=first,
        valid_to=last,
        place=parsed.place(pointer),
    )


def _selectors(parsed: Parsed, entry: dict[str, Any], prefixes: AgreedRanges, pointer: str) -> tuple[AgreedSelector, ...]:
    if "local" in entry:
        return (AgreedSelector(local=_ranges(parsed, entry["local"], f"{pointer}/local"), remote=prefixes),)
    found = []
    for index, one in enumerate(entry["selectors"]):
        place = f"{pointer}/selectors/{index}"
        remote = _ranges(parsed, one["remote"], f"{place}/remote") if "remote" in one else prefixes
        if remote.addresses - prefixes.addresses:
            _fail(parsed, f"{place}/remote", "lies in part outside `prefixes`: Azure would not route to it")
        found.append(AgreedSelector(local=_ranges(parsed, one["local"], f"{place}/local"), remote=remote))
    return tuple(found)


def _nat(parsed: Parsed, rule: dict[str, str], pointer: str) -> AgreedNat:
    sides = [_range(parsed, rule[name], f"{pointer}/{name}") for name in ("internal", "external")]
    if len({(bool(side.v4), *(last - first for first, last in side.v4 + side.v6)) for side in sides}) > 1:
        _fail(parsed, pointer, "`internal` and `external` must be of one size and one IP version")
    return AgreedNat(side="ours" if rule["side"] == "ours" else "theirs", internal=rule["internal"], external=rule["external"])


def _ranges(parsed: Parsed, texts: list[str], pointer: str) -> AgreedRanges:
    sets = [_range(parsed, text, f"{pointer}/{index}") for index, text in enumerate(texts)]
    return AgreedRanges(texts=tuple(text.strip() for text in texts), addresses=union(sets))


def _range(parsed: Parsed, text: str, pointer: str) -> AddressSet:
    found = parse_range(text)
    if isinstance(found, Unknown):
        _fail(parsed, pointer, found.reason)
    return found


def _day(parsed: Parsed, entry: dict[str, str], name: str, pointer: str) -> date:
    if not _DAY.fullmatch(entry[name]):
        _fail(parsed, f"{pointer}/{name}", "must be a date, as YYYY-MM-DD")
    return date.fromisoformat(entry[name])


def _fail(parsed: Parsed, pointer: str, text: str) -> NoReturn:
    hint = "`s2sguard config schema agreements` prints the shape"
    raise ConfigError(f"{parsed.place(pointer)}: {pointer}: {text}", hint=hint)
