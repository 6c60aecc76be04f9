"""What starting the command costs: only what every run needs is imported."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "aiohttp",
    "asyncio",
    "azure",
    "hypothesis",
    "jinja2",
    "jsonschema",
    "opa_client",
    "pg8000",
    "regopy",
    "requests",
    "rich",
    "sqlalchemy",
    "sqlite3",
    "wasmtime",
    "yaml",
)


def test_importing_the_command_imports_nothing_heavy() -> None:
    """`import s2sguard.cli` loads no library that only some runs need."""
    code = f"import sys, s2sguard.cli; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
