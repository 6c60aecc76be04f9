"""Keys in scripts and source files: command lines, Terraform, Bicep and YAML, searched for keys and nothing else.

`az ... --shared-key VALUE`, `-SharedKey VALUE`, `shared_key = "VALUE"`, `sharedKey: 'VALUE'`, `psk=VALUE`, and the variables behind them.
A reference to something that is not written in the same file counts as protected, which means: not written here.
A key in a comment is in the repository like any other; there, only what is quoted or has a digit is taken for one, as prose is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from s2sguard.collect.shared_keys.handling import holds_no_key
from s2sguard.collect.shared_keys.interface import place_name
from s2sguard.collect.shared_keys.script_places import Place, places
from s2sguard.collect.shared_keys.script_values import Resolver
from s2sguard.collect.shared_keys.source_text import SourceText, Written
from s2sguard.model.inventory import SharedKey, Source

_SHORTEST_IN_PROSE: Final = 6


def keys_of_script(text: str, file: str) -> list[SharedKey]:
    """Return the places of a script or source file that give a key, in the order of its lines."""
    source = SourceText(text, file)
    resolver = Resolver(source)
    seen: Counter[str] = Counter()
    told: set[int] = set()
    found: list[SharedKey] = []
    for place in places(source):
        for value in _values(source, place):
            at, judged = resolver.judge(value)
            if judged is None or at in told or (judged.handling == "clear-text" and _is_prose(source, value)):
                continue
            told.add(at)
            label = place_name(place.option, place.owner)
            seen[label] += 1
            # The number tells two places of one name apart; a line number would change with every edit above.
            ordinal = f" ({seen[label]})" if seen[label] > 1 else ""
            line, column = source.position(at)
            where = Source(file=file, line=line, column=column)
            found.append(SharedKey(id=f"{file}#{label}{ordinal}", source=where, name=label, handling=judged.handling, how=judged.how))
    return found


def _values(source: SourceText, place: Place) -> Iterator[Written]:
    """Yield what a place gives: one value, or each text of a table of keys."""
    if place.value.form != "map":
        yield place.value
        return
    yield from (value for value in source.quoted_in(place.value) if not holds_no_key(value.text))


def _is_prose(source: SourceText, value: Written) -> bool:
    """Say whether a word is part of a sentence about keys: in a comment, or in a file of no known language."""
    if value.form != "bare" or (source.suffix and not source.commented(value.at)):
        return False
    return len(value.text) < _SHORTEST_IN_PROSE or not any(sign.isdigit() for sign in value.text)
