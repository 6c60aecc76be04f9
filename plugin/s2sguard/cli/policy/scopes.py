"""`--scope`, and what is said about it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from s2sguard.report.printable import printable

if TYPE_CHECKING:
    from s2sguard.azure_policy.deploy.scope import Scope


def read_scope(text: str) -> Scope:
    """Return the scope that the command line names; a bare name is said to be taken as a management group. Raises UsageError."""
    from s2sguard.azure_policy.deploy.scope import is_bare_name, parse_scope

    scope = parse_scope(text)
    if is_bare_name(text):
        print(f"note: `{printable(scope.name)}` is taken as a management group ({printable(scope.id)})", file=sys.stderr)
    return scope
