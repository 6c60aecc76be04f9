"""The command line against a fake tenant: `python -m tests.integration.fake_tenant.run URL ARGUMENTS...`.

With `PEAK_FILE` in the environment the peak of this process's memory goes there, as Linux words it: what `wait4` says of a child
is at least what its parent held when it started it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from s2sguard.cli import main
from s2sguard.collect.azure import session
from tests.integration.fake_tenant.client import way_to_fake


def run(url: str, arguments: list[str]) -> int:
    """Run one command whose requests go to the fake tenant, whatever cloud it names."""
    way = way_to_fake(url)
    real = session.way_to
    session.way_to = lambda cloud: way  # noqa: ARG005
    try:
        return main(arguments)
    finally:
        session.way_to = real


if __name__ == "__main__":
    code = run(sys.argv[1], sys.argv[2:])
    if "PEAK_FILE" in os.environ:
        Path(os.environ["PEAK_FILE"]).write_bytes(Path("/proc/self/status").read_bytes())
    sys.exit(code)
