"""The configuration's JSON Schema: checking a file with it, and reading environment variables by it.

Messages name the place and what is allowed, and never repeat a value: somebody may have pasted a key there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from s2sguard.errors import ConfigError
from s2sguard.model.pointer import pointer_to
from s2sguard.report.printable import printable

if TYPE_CHECKING:
    from jsonschema import ValidationError

SCHEMA_FILE = Path(__file__).with_name("config.schema.json")
TYPE_WORDS = {
    "object": "a mapping (`key: value` lines)",
    "array": "a list",
    "string": "text (put it in quotes)",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
PLAIN_TEXTS = {
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "maxItems": "must not have more than {} entries",
    "maxLength": "must not be longer than {} characters",
    "minItems": "must not be empty",
    "minProperties": "must not be empty",
    "uniqueItems": "holds a value twice",
}
MAX_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a configuration: where (JSON pointer), what is allowed, what to do."""

    pointer: str
    text: str
    hint: str = ""


@cache
def schema() -> dict[str, Any]:
    """Return the packaged schema."""
    loaded: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return loaded


def problems(value: object, against: dict[str, Any] | None = None) -> tuple[Problem, ...]:
    """Return what is wrong with a configuration value, or one of the schema `against`, at most one thing for each place."""
    from jsonschema import Draft202012Validator, FormatChecker  # 80 ms, and only a run with configuration needs it

    checker = FormatChecker(formats=())
    checker.checks("date", raises=ValueError)(_is_date)
    errors = Draft202012Validator(against or schema(), format_checker=checker).iter_errors(value)
    found: dict[str, Problem] = {}
    for error in errors:
        for problem in _explained(error):
            found.setdefault(problem.pointer, problem)
    return tuple(found.values())


def from_environment(name: str, text: str) -> tuple[str, object]:
    """Return (JSON pointer, value) of one `S2SGUARD_*` variable; raises ConfigError naming it."""
    known = environment_names()
    if name not in known:
        raise ConfigError(f"environment {printable(name)}: not a setting", hint=_nearest(name, known) or "see `s2sguard config show`")
    pointer, node = known[name]
    value = _typed(node, text.strip())
    wrapped = value
    for token in reversed(pointer[1:].split("/")):
        wrapped = {token: wrapped}
    found = problems(wrapped)
    if found:
        raise ConfigError(f"environment {name}: {found[0].text}", hint=found[0].hint)
    return pointer, value


@cache
def environment_names() -> dict[str, tuple[str, dict[str, Any]]]:
    """Return every variable that sets a value: name -> (JSON pointer, schema). Tables can only be set in the file."""
    return {
        f"S2SGUARD_{pointer[1:].replace('/', '_').upper()}": (pointer, node)
        for pointer, node in _leaves("", schema())
        if node.get("type") != "object" and node.get("items", {}).get("type") != "object"
    }


def _leaves(base: str, node: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, inner in node["properties"].items():
        pointer = pointer_to(base, key)
        if "properties" in inner:
            yield from _leaves(pointer, inner)
        else:
            yield pointer, inner


def _typed(node: dict[str, Any], text: str) -> object:
    match node.get("type"):
        case "boolean":
            return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(text.lower(), text)
        case "integer":
            return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else text
        case "array":
            return [part.strip() for part in text.split(",")]
        case _:
            return text


def _explained(error: ValidationError) -> Iterator[Problem]:
    pointer = pointer_to("", *error.absolute_path)
    node: dict[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        for key in error.instance:
            if key not in node.get("properties", {}):
                yield _unknown_key(pointer, str(key), list(node.get("properties", {})))
        return
    yield Problem(pointer=pointer, text=_text(error, node), hint=str(node.get("description", "")))


def _unknown_key(pointer: str, key: str, allowed: list[str]) -> Problem:
    home = next((found for found, _ in _leaves("", schema()) if found.endswith(f"/{key}")), None)
    advice = _nearest(key, allowed)
    if home and not advice:
        section = home.rpartition("/")[0].strip("/")
        advice = f"it belongs under `{section}`" if section else "it belongs at the top, not under another key"
    return Problem(pointer=pointer_to(pointer, key), text=f"unknown key; {advice or 'allowed here: ' + ', '.join(allowed)}")


def _nearest(word: str, allowed: Iterable[str]) -> str:
    by_lower = {name.lower(): name for name in allowed}
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return f"did you mean `{by_lower[close[0]]}`?" if close else ""


def _text(error: ValidationError, node: dict[str, Any]) -> str:
    limit: Any = error.validator_value
    match error.validator:
        case "type":
            kinds = [limit] if isinstance(limit, str) else list(limit)
            text = "must be " + " or ".join(TYPE_WORDS[kind] for kind in kinds)
        case "enum":
            near = _nearest(str(error.instance), map(str, limit))
            text = "must be one of " + ", ".join(map(str, limit)) + (f"; {near}" if near else "")
        case "required":
            missing = [name for name in limit if name not in _keys(error.instance)]
            text = "needs " + " and ".join(f"`{name}`" for name in missing)
        case "pattern" | "format":
            text = _form(node)
        case plain:
            text = PLAIN_TEXTS.get(str(plain), "is not allowed here").format(limit)
    return text


def _keys(value: object) -> frozenset[str]:
    return frozenset(value) if isinstance(value, dict) else frozenset()


def _form(node: dict[str, Any]) -> str:
    if node.get("format") == "date":
        return "must be a date, as YYYY-MM-DD"
    if node.get("pattern") == r"\S":
        return "must not be empty"
    return "must be an address such as http://127.0.0.1:8181, without user name or password"


def _is_date(value: object) -> bool:
    if isinstance(value, str):
        date.fromisoformat(value)
    return True
