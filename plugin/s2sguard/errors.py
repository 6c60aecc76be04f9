"""Every error this package raises on purpose, and the exit code each one ends with.

.. code-block:: text

    S2SGuardError
    ├── UsageError          2  the command line cannot be carried out
    │   └── ConfigError     2  `s2sguard.yaml`, an environment variable or a flag is not valid
    ├── PolicyError         2  an Azure Policy definition does not compile, or is called with wrong parameters (azure_policy)
    ├── DeployError         3  Azure refused or could not be reached (azure_policy.deploy)
    ├── StoreError          3  the store of runs cannot be reached, read or written
    ├── InputError          3  an inventory, or all of it, cannot be read
    └── EvaluationError     3  no verdicts could be reached
        ├── PackError       3  the policy pack is missing, broken or not for this engine
        └── EngineError     3  the Rego engine failed, timed out or is not installed

Messages are lowercase, end without a full stop and put user values in backticks; the hint says what to do.
No message ever quotes input text: a parse error near a shared key must not print the key.
"""

from __future__ import annotations

from typing import ClassVar


class S2SGuardError(Exception):
    """An expected failure: `message` says what happened and where, `hint` what to do about it."""

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def diagnostics(self) -> str:
        """Return the one or two lines the command line prints."""
        return f"{self.message}\n  hint: {self.hint}" if self.hint else self.message


class UsageError(S2SGuardError):
    """The command line asks for something that cannot be done."""

    exit_code: ClassVar[int] = 2


class ConfigError(UsageError):
    """A configuration value is not valid; the message names its source."""


class InputError(S2SGuardError):
    """No inventory can be read at all (single unreadable files are gaps, not errors)."""


class StoreError(S2SGuardError):
    """The store of runs cannot be reached, read or written; what was judged is not lost by it."""


class EvaluationError(S2SGuardError):
    """The facts could not be judged; there are no verdicts, which is not the same as no findings."""


class PackError(EvaluationError):
    """The policy pack is missing, broken, or uses what the engine does not have."""


class EngineError(EvaluationError):
    """The Rego engine failed, ran out of time, or is not installed."""
