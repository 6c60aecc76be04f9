"""A local OPA server: started by the engine on loopback, private to it, gone when the engine or this process is.

* It listens on a random loopback port and answers only requests with a random token.
* It proves who it is before the token or any fact matters: it alone knows a nonce from a folder only this user can read.
  So another program that took the port first gets a token for a server that does not run, and no facts.
* Its environment is next to empty, because `opa.runtime()` shows it to every policy.
* It ends at `close`, at interpreter exit and, through a guard on a pipe, even when this process is killed.
"""

from __future__ import annotations

import atexit
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from s2sguard.errors import EngineError
from s2sguard.evaluate.opa_binary import opa_environment
from s2sguard.evaluate.pack import Pack, write_modules

HOST: Final = "127.0.0.1"
NONCE_PATH: Final = ("system.s2sguard", "nonce")
"""Package and rule of the nonce, as the client's `query_rule` wants them."""

_STOP_SECONDS: Final = 3.0
_ATTEMPTS: Final = 3
# The shell ends with OPA's exit code; the reader in the background gets end-of-file when this process is gone. `$0` is the folder.
_GUARD: Final = """
exec 3<&0
"$@" </dev/null &
opa=$!
(read -r _ <&3; command -p rm -rf -- "$0"; kill "$opa") &
guard=$!
wait "$opa"
code=$?
kill "$guard"
exit "$code"
"""
_AUTHORIZATION: Final = """package system.authz

default allow := false

allow if input.identity == {token}
"""
_NONCE: Final = """package system.s2sguard

nonce := {nonce}
"""

Ready = Callable[["OpaServer"], bool]
"""Asks a starting server whether it is there and is ours; False means *not yet*."""


class OpaServer:
    """One running OPA process. `start` makes it; `close` ends it, any number of times."""

    def __init__(self, pack: Pack, binary: Path) -> None:
        """Prepare the folder the process loads; nothing runs yet."""
        self.token = secrets.token_urlsafe(32)
        self.nonce = secrets.token_urlsafe(32)
        self.port = 0
        self._binary = binary
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="s2sguard-opa-"))  # mode 0700
        atexit.register(self.close)
        bundle = self._folder / "bundle"
        write_modules(pack, bundle)
        (bundle / "authz.rego").write_text(_AUTHORIZATION.format(token=json.dumps(self.token)), encoding="utf-8")
        (bundle / "nonce.rego").write_text(_NONCE.format(nonce=json.dumps(self.nonce)), encoding="utf-8")

    def start(self, ready: Ready, deadline: float) -> None:
        """Start the process and wait until `ready` says yes, at most `deadline` seconds.

        Raise `EngineError` with OPA's own first error when it does not come up; the server is closed then.
        """
        end = time.monotonic() + deadline
        try:
            self._start(ready, end)
        except BaseException:
            self.close()
            raise

    def running(self) -> bool:
        """Say whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def stderr(self) -> str:
        """Return what the process has written to standard error."""
        with suppress(OSError):
            return (self._folder / "stderr").read_text(encoding="utf-8", errors="replace")
        return ""

    def reason(self) -> str:
        """Return the last line OPA wrote about its own trouble, shortened; it logs no requests, so no input."""
        lines = [line for line in self.stderr().splitlines() if line.strip() and not line.startswith("Flag ")]
        return lines[-1][:300] if lines else "it was too slow" if self.running() else "it ended without a word"

    def close(self) -> None:
        """Stop the process and remove its folder."""
        atexit.unregister(self.close)
        process, self._process = self._process, None
        if process is not None:
            _stop(process)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, ready: Ready, end: float) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            self._launch()
            if self._wait(ready, end):
                return
            # Another program may have taken the port between choosing it and listening on it.
            if attempt == _ATTEMPTS or "address already in use" not in self.stderr():
                break
        raise EngineError(f"the local opa server did not start: {self.reason()}", hint="check the opa command with `opa version`")

    def _launch(self) -> None:
        if self._process is not None:
            _stop(self._process)
        self.port = _free_port()
        with (self._folder / "stderr").open("wb") as stderr:
            self._process = _spawn(self._command(), self._folder, stderr)

    def _command(self) -> list[str]:
        options = ["--authentication=token", "--authorization=basic", "--log-level=error", "--shutdown-grace-period=1"]
        # This flag and `--disable-telemetry` are each other's alias; which of the two is deprecated depends on the version.
        options += ["--skip-version-check", f"--addr={HOST}:{self.port}"]
        return [str(self._binary), "run", "--server", *options, "-b", "bundle"]

    def _wait(self, ready: Ready, end: float) -> bool:
        pause = 0.01
        while self.running() and time.monotonic() < end:
            if ready(self):
                return self.running()
            time.sleep(pause)
            pause = min(pause * 1.5, 0.2)
        return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def _spawn(command: list[str], folder: Path, stderr: IO[bytes]) -> subprocess.Popen[bytes]:
    shell = shutil.which("sh") if os.name == "posix" else None
    if shell:
        command = [shell, "-c", _GUARD, str(folder), *command]
    try:
        return subprocess.Popen(  # noqa: S603 - the arguments are ours
            command,
            cwd=folder,
            env=opa_environment(),
            stdin=subprocess.PIPE,
            stdout=stderr,
            stderr=stderr,
            start_new_session=True,  # Ctrl-C is for us; we stop the server
        )
    except OSError as error:
        raise EngineError("the opa command cannot be run", hint="check it with `opa version`") from error


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the process and everything it started, gently first."""
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()  # the guard's signal
    if os.name != "posix":
        process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        if os.name == "posix":
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
