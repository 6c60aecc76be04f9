"""The command line: what was asked for is found, done, and its failure said in one line.

Nothing heavy is imported here or in the parser: each command's module is loaded when it is called.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from s2sguard.errors import S2SGuardError
from s2sguard.report.printable import printable

INTERRUPTED = 130
"""128 + SIGINT, what a shell expects of an interrupted command."""
BUG = 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; prints one clear line for whatever goes wrong."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A name this terminal cannot show must not end the report.
            stream.reconfigure(errors="backslashreplace")
    try:
        return _run(sys.argv[1:] if argv is None else argv)
    except S2SGuardError as error:
        _say(error)
        return error.exit_code
    except BrokenPipeError:
        _close_stdout()
        return BUG
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  # the last line of defence: a traceback could show input
        _say_bug(error)
        return BUG


def _run(argv: Sequence[str]) -> int:
    from s2sguard.cli.parser import build_parser

    arguments = build_parser().parse_args(argv)
    code: int = import_module(f"s2sguard.cli.{arguments.module}").run(arguments)
    return code


def _say(error: S2SGuardError) -> None:
    for line in error.message.splitlines() or [""]:
        print(f"error: {printable(line)}", file=sys.stderr)
    if error.hint:
        print(f"  hint: {printable(error.hint)}", file=sys.stderr)


def _say_bug(error: Exception) -> None:
    """Name the kind of error and its place, never its text: that may hold input, and input may hold a key."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""  # noqa: PTH119  # a name, not a path
    print(f"error: this is a bug in s2sguard ({type(error).__name__}{place}); nothing was decided", file=sys.stderr)
    if os.environ.get("S2SGUARD_DEBUG"):
        print("".join(traceback.format_list(frames)), end="", file=sys.stderr)
    else:
        print("  hint: set S2SGUARD_DEBUG=1 to see where, and report it without your input", file=sys.stderr)


def _close_stdout() -> None:
    """Point standard output at nothing, so that the interpreter does not fail again when it flushes."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
