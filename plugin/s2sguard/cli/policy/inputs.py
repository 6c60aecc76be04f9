"""Reading what a policy command is given: definitions, resources, parameters, aliases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from s2sguard.errors import InputError, UsageError
from s2sguard.model.members import member
from s2sguard.report.printable import printable

if TYPE_CHECKING:
    from s2sguard.azure_policy.language.aliases import AliasCatalogue
    from s2sguard.azure_policy.language.outcome import Problem
    from s2sguard.azure_policy.shipped.definitions import ControlDefinition
    from s2sguard.config import Config

LONGEST_NAME = 120
"""Characters of a name from the command line that an error repeats."""
EFFECTS = ("Audit", "Deny", "Disabled")
"""What the parameter `effect` of our definitions takes."""
OURS = "see `s2sguard policy list` for ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A definition as it was asked for."""

    document: Mapping[str, Any]
    file: str
    """Where it stands; for one of ours its path in the policy pack."""
    ours: ControlDefinition | None = None

    @property
    def properties(self) -> Mapping[str, Any]:
        """Return its `properties`, or itself where it is written without."""
        return properties_of(self.document)

    @property
    def title(self) -> str:
        """Return its display name, else its name, else its file."""
        found = self.properties.get("displayName") or self.document.get("name")
        return found if isinstance(found, str) and found else self.file

    @property
    def message(self) -> str:
        """Return what a non-compliant resource has to set, where the definition says so."""
        metadata = self.properties.get("metadata")
        found = metadata.get("nonComplianceMessage") if isinstance(metadata, Mapping) else None
        return found if isinstance(found, str) else ""

    def declares(self, parameter: str) -> str | None:
        """Return a declared parameter's name as written, or None."""
        declared = self.properties.get("parameters")
        return next((name for name in declared if name.lower() == parameter.lower()), None) if isinstance(declared, Mapping) else None


def properties_of(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the `properties` of a definition or an initiative, or itself where it is written without."""
    inner = member(document, "properties")
    return inner if isinstance(inner, Mapping) else document


def read_json(path: str) -> tuple[object, str]:
    """Return one file's JSON and its name; raises InputError.

    A key that is written twice with different values, in whatever casing, is `Unknown`: Azure reads names in any casing.
    """
    from s2sguard.cli.policy.casing import one_casing

    value, file, gaps = _loaded(path)
    if value is None and gaps:
        raise InputError(gaps[0])
    return one_casing(value), file


def read_object(path: str, what: str) -> tuple[Mapping[str, Any], str]:
    """Return one file's JSON object, in which no key is written twice; raises UsageError, as it is part of the question."""
    value, file, gaps = _loaded(path)
    if gaps:
        raise UsageError(f"{what}: {gaps[0]}")
    if not isinstance(value, dict):
        raise UsageError(f"{what}: `{printable(file)}` holds no JSON object")
    return value, file


def _loaded(path: str) -> tuple[object, str, list[str]]:
    from s2sguard.collect.files import load

    if path != "-" and Path(path).is_dir():
        return None, path, [f"`{printable(path)}` is a folder; give one file"]
    loaded = next(iter(load([path])))
    reasons = [f"{gap.source or printable(path)}: {gap.reason}" for gap in loaded.gaps]
    return (loaded.document.value if loaded.document is not None else None), loaded.file, reasons


def find_definition(text: str) -> Definition:
    """Return the definition of a file, or one of ours by control; raises UsageError."""
    if text == "-" or Path(text).is_file():
        document, file = read_object(text, "definition")
        return Definition(document=document, file=file)
    return of_control(text, instead="is neither a file nor one of our controls")


def of_control(text: str, *, instead: str = "is none of our controls") -> Definition:
    """Return one of our definitions by control id or folder, with `/derived` for a derived one; raises UsageError.

    `instead` says what the text is where it is none of them.
    """
    from s2sguard.azure_policy.shipped.definitions import load_definitions

    wanted = text.strip().lower()
    found = {names[0]: each for each in load_definitions() for names in [names_of(each)] if wanted in map(str.lower, names)}
    if found:
        each = next(iter(found.values()))
        return Definition(document=each.document, file=each.path, ours=each)
    known = {name.lower(): name for each in load_definitions() for name in names_of(each)[:2]}
    close = get_close_matches(wanted, known, n=1)
    hint = f"did you mean `{known[close[0]]}`?" if close else OURS
    raise UsageError(f"`{printable(text, limit=LONGEST_NAME)}` {instead}", hint=hint)


def names_of(definition: ControlDefinition) -> tuple[str, str, str]:
    """Return what a definition may be called on the command line: its control's id and folder, and its own name."""
    end = "/derived" if definition.kind == "derived" else ""
    return f"{definition.control.id}{end}", f"{definition.control.name}{end}", definition.name


def title_of(definition: ControlDefinition) -> str:
    """Return what one of our definitions is called: its display name without the control's id, which always stands beside it."""
    name = str(definition.document["properties"].get("displayName") or definition.control.title)
    return name.removeprefix(definition.control.id).removesuffix("(derived)").strip()


def read_parameters(path: str | None, declared: Iterable[str] | None = None) -> dict[str, Any]:
    """Return parameter values by name from a file in any usual shape; nothing without a file. Raises UsageError.

    A document of `policy parameters` holds those of a whole initiative: of it only the `declared` ones are taken.
    """
    from s2sguard.azure_policy.deploy.derived_document import plain_parameters, read_derived

    if path is None:
        return {}
    document, _ = read_object(path, "parameters")
    if not isinstance(document.get("assignments"), list):
        return plain_parameters(document, "the file given with --parameters")
    assignments = read_derived(document).assignments
    if len(assignments) != 1:
        hint = "give the `parameters` of one of them, or use `s2sguard policy check --derived`"
        raise UsageError(f"`{printable(path, limit=LONGEST_NAME)}` holds {len(assignments)} assignments", hint=hint)
    wanted = None if declared is None else {name.lower() for name in declared}
    return {name: value for name, value in assignments[0].parameters.items() if wanted is None or name.lower() in wanted}


def with_effect(parameters: Mapping[str, Any], effect: str | None, allowed: Iterable[object] = EFFECTS) -> dict[str, Any]:
    """Return the parameters with `--effect` as the parameter `effect`; raises UsageError where it is given twice.

    Azure compares `allowed` values with their case; on the command line any casing will do.
    """
    if effect is None:
        return dict(parameters)
    if any(name.lower() == "effect" for name in parameters):
        raise UsageError("the effect is given twice", hint="keep --effect, or `effect` in the parameters")
    return {**parameters, "effect": in_casing(effect, allowed)}


def in_casing(effect: str, allowed: Iterable[object]) -> str:
    """Return an effect as it is written among the allowed values, or as it is where it is none of them."""
    return next((one for one in allowed if isinstance(one, str) and one.lower() == effect.lower()), effect)


def by_place(problems: Iterable[Problem], *, effect: str | None, parameters: str | None) -> list[tuple[str, tuple[Problem, ...]]]:
    """Return problems of parameter values by what the user wrote them in: `--effect`, or the file of `--parameters`."""
    given: list[Problem] = []
    chosen: list[Problem] = []
    for problem in problems:
        is_effect = effect is not None and problem.pointer.lower() == "/parameters/effect"
        (chosen if is_effect else given).append(replace(problem, pointer=""))
    places = ((f"--effect {effect}", chosen), (parameters or "--parameters", given))
    return [(place, tuple(found)) for place, found in places if found]


def read_aliases(path: str | None) -> AliasCatalogue | None:
    """Return the catalogue in a file; None without one. Raises PolicyError for a file that is no catalogue."""
    from s2sguard.azure_policy.language.aliases import AliasCatalogue

    if path is None:
        return None
    if not Path(path).is_file():
        raise UsageError(f"aliases: `{printable(path, limit=LONGEST_NAME)}` is no file")
    return AliasCatalogue.load(path)


def configured_parameters(config: Config) -> dict[str, Any]:
    """Return the settings in force as parameters, so that scans and Azure Policy judge by the same numbers."""
    from s2sguard.azure_policy.shipped.settings import identity_parameters, settings_parameters

    return {**settings_parameters(config.settings), **identity_parameters(config.identity)}


def check_parameters(declared: Mapping[str, Any], given: Mapping[str, Any], place: str) -> None:
    """Raise UsageError where a value does not fit the declarations of an initiative; `place` says where the values stand."""
    from s2sguard.azure_policy.language.outcome import PolicyError, Problem
    from s2sguard.azure_policy.language.parameters import Binder, declare

    problems: list[Problem] = []
    known = declare(
        dict(declared),
        "/parameters",
        lambda pointer, text, hint: problems.append(Problem(pointer=pointer, message=text, hint=hint)),
        limited=False,
    )
    try:
        Binder(known).bind(given)
    except PolicyError as error:
        problems += error.problems
    if problems:
        raise UsageError(f"{printable(place)}: {problems[0].message}", hint=problems[0].hint)
