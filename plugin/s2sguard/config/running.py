"""How the verdicts of a run came to be, as a report tells it."""

from __future__ import annotations

from collections.abc import Iterable

from s2sguard import __version__
from s2sguard.collect.files import digests
from s2sguard.config.request import Request
from s2sguard.evaluate.interface import EngineInfo
from s2sguard.model.inventory import InputFile
from s2sguard.report.interface import Run


def run_of(request: Request, engine: EngineInfo, digest: str, files: Iterable[InputFile], times: tuple[str, str]) -> Run:
    """Return the head of a report; `digest` is that of the policy pack, `files` were read, `times` are start and end as ISO 8601."""
    config = request.config
    return Run(
        tool_version=__version__,
        engine=engine,
        bundle_digest=digest,
        assumptions=config.assumptions,
        inputs=request.inputs,
        again=request.again,
        started=times[0],
        ended=times[1],
        config=config.file,
        settings_changed=config.changed_settings(),
        files=(*files, *digests(config.rule_files())),
    )
