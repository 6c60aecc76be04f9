"""Reading the files that accept findings: waivers and the baseline, as the configuration names them.

A file that cannot be read, or is not what it should be, ends the run: with half of the waivers a finding would come back unexplained,
and without the baseline every finding would be new.
"""

from __future__ import annotations

from pathlib import Path

from s2sguard.config import Config
from s2sguard.config.source import read_yaml
from s2sguard.errors import ConfigError
from s2sguard.evaluate.acceptance import Baseline, Given, Waiver, read_baseline, read_waivers
from s2sguard.report.printable import printable

MAX_BASELINE_BYTES = 200_000_000


def given_by(config: Config) -> Given:
    """Return the waivers and the baseline in force; raises ConfigError naming file, line and pointer."""
    found = [(file, read_waivers_file(file)) for file in dict.fromkeys(config.waivers)]
    return Given(
        waivers=tuple(waiver for _, waivers in found for waiver in waivers),
        baseline=None if config.baseline is None else read_baseline_file(config.baseline),
        files=tuple((file, len(waivers)) for file, waivers in found),
        warning_days=config.waiver_warning_days,
    )


def read_waivers_file(file: str) -> tuple[Waiver, ...]:
    """Return the waivers of a file, YAML or JSON; raises ConfigError."""
    parsed = read_yaml(Path(file), what="waivers file", flag="--waivers")
    return read_waivers(parsed.value, parsed.place)


def read_baseline_file(file: str) -> Baseline:
    """Return a baseline; raises ConfigError."""
    name, path = printable(file), Path(file)
    try:
        if not path.is_file():
            raise ConfigError(f"baseline `{name}` does not exist or is not a file", hint="`s2sguard baseline create` writes one")
        if path.stat().st_size > MAX_BASELINE_BYTES:
            raise ConfigError(f"baseline `{name}` is larger than {MAX_BASELINE_BYTES} bytes", hint="is this the right file?")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"baseline `{name}` cannot be read: {(error.strerror or 'error').lower()}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"baseline `{name}` is not UTF-8 text: it is damaged") from None
    return read_baseline(text, name)
