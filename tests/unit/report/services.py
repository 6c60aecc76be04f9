"""What the agents of GitHub and of Azure DevOps make of a log: their own parsing rules, written anew.

GitHub: `ActionCommand.TryParseV2`, `TryParse` and their escapes in actions/runner.
Azure DevOps: `Command.TryParse` and its escapes in microsoft/azure-pipelines-agent.
"""

from __future__ import annotations

from dataclasses import dataclass

GITHUB_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
GITHUB_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
AZURE = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%"))


@dataclass(frozen=True, slots=True)
class Command:
    """One command an agent obeys."""

    name: str
    properties: dict[str, str]
    data: str


def github_commands(log: str) -> list[Command]:
    """Return every command the runner of GitHub finds in a log, old style (`##[name]`) too."""
    return [found for line in log.split("\n") if (found := _github(line.rstrip("\r"))) is not None]


def _github(line: str) -> Command | None:
    text = line.lstrip()
    if text.startswith("::") and (end := text.find("::", 2)) >= 0:
        name, _, properties = text[2:end].partition(" ")
        return Command(name, _properties(properties, ",", GITHUB_PROPERTY), _decoded(text[end + 2 :], GITHUB_DATA))
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    name, _, properties = line[start + 3 : end].partition(" ")
    return Command(name, _properties(properties, ";", AZURE), _decoded(line[end + 1 :], AZURE))


def azure_commands(log: str) -> list[Command]:
    """Return every command the agent of Azure DevOps finds in a log, wherever in a line it starts; and the formatting `##[name]`."""
    return [found for line in log.split("\n") if (found := _azure(line)) is not None]


def _azure(line: str) -> Command | None:
    if "##[" in line:
        return Command("format", {}, line)
    start = line.lower().find("##vso[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    name, _, properties = line[start + len("##vso[") : end].partition(" ")
    return Command(name, _properties(properties, ";", AZURE), _decoded(line[end + 1 :], AZURE))


def _properties(text: str, separator: str, escapes: tuple[tuple[str, str], ...]) -> dict[str, str]:
    pairs = [part.split("=", 1) for part in text.split(separator) if part.strip()]
    return {pair[0].strip(): _decoded(pair[1], escapes) for pair in pairs if len(pair) == 2}


def _decoded(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for written, meant in escapes:
        text = text.replace(written, meant)
    return text
