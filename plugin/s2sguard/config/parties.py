"""The parts of a configuration that name parties and gateways: who owns what, and which road out of a gateway is excepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

from s2sguard.errors import ConfigError
from s2sguard.facts.options import ExtensionException, Identity, Party
from s2sguard.model.folding import fold
from s2sguard.model.inventory import fold_id
from s2sguard.model.pointer import pointer_to
from s2sguard.report.printable import printable


def identity_of(node: Mapping[str, object], origins: Mapping[str, str]) -> Identity:
    """Return who is told apart by what; raises ConfigError where a name or id is written twice."""
    parties: dict[str, Party] = {}
    for name, entry in cast("dict[str, dict[str, str]]", node["partners"]).items():
        key = fold_id(name)
        if key in parties:
            pointer = pointer_to("/identity/partners", name)
            raise ConfigError(
                f"{origins['/identity/partners']}: {printable(pointer)}: written twice, as names and ids ignore case",
                hint="keep one of them",
            )
        partner = entry.get("partner")
        trust = cast("Literal['partner', 'internal'] | None", entry.get("trust"))
        parties[key] = Party(partner=fold(partner.strip()) if partner else None, trust=trust)
    tags = {name: str(node[name]).strip().lower() for name in ("partner_tag", "trust_tag")}
    return Identity(partner_tag=tags["partner_tag"], trust_tag=tags["trust_tag"], parties=parties)


def exceptions_of(entries: list[dict[str, str]], origins: Mapping[str, str]) -> tuple[ExtensionException, ...]:
    """Return the written exceptions; raises ConfigError where a gateway and kind have two."""
    found: dict[tuple[str, str], ExtensionException] = {}
    for index, entry in enumerate(entries):
        key = (fold_id(entry["gateway"]), entry["kind"])
        if key in found:
            raise ConfigError(
                f"{origins['/exceptions']}: /exceptions/{index}: this gateway and kind have an exception already",
                hint="keep one reason for each gateway and kind",
            )
        found[key] = ExtensionException(gateway=entry["gateway"].strip(), kind=entry["kind"], reason=entry["reason"].strip())
    return tuple(found.values())
