"""`s2sguard policy ACTION`: Azure Policy definitions, evaluated offline, and their way to Azure.

Each action is a module of this package with `run(arguments) -> int`, loaded when it is called.
"""

from __future__ import annotations

from argparse import Namespace
from importlib import import_module


def run(arguments: Namespace) -> int:
    """Run one action and return its exit code."""
    code: int = import_module(f"s2sguard.cli.policy.{arguments.action}").run(arguments)
    return code
