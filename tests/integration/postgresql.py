"""A PostgreSQL server of our own, from Debian's package `postgresql`: in a temporary folder, on a loopback port, with a password."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

USER = "s2s"
PASSWORD = "planted-" + "secret"
ACCOUNT = "postgres"
"""Who runs the server: `initdb` refuses root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgresql:
    """A server that runs."""

    port: int
    folder: Path
    """Its unix socket lies here."""
    programs: Path

    def url(self, database: str = "postgres", *, password: str = PASSWORD) -> str:
        """Return the URL of a database on it."""
        return f"postgresql://{USER}:{password}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """Create a database and return its URL."""
        self.run("createdb", "-h", str(self.folder), "-p", str(self.port), "-U", USER, database)
        return self.url(database)

    def sql(self, database: str, statement: str) -> str:
        """Run a statement with the server's own client and return what it prints."""
        return self.run("psql", "-h", str(self.folder), "-p", str(self.port), "-U", USER, "-At", "-c", statement, database)

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs as the server's account and return what it prints."""
        environ = {"PATH": os.environ.get("PATH", ""), "PGPASSWORD": PASSWORD, "LC_ALL": "C.UTF-8"}
        command = [str(self.programs / program), *arguments]
        return run_as(command, environ, self.folder)


def run_as(command: list[str], environ: dict[str, str], folder: Path) -> str:
    """Run a command as `postgres` where we are root, else as we are; return what it prints, or fail with it."""
    who = {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(command, cwd=folder, env=environ, check=False, capture_output=True, text=True, timeout=120, **who)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


def programs() -> Path:
    """Return the folder of the newest PostgreSQL on this machine; skip where there is none."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = str(places[-1]) if places else shutil.which("initdb")
    if found is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    return Path(found).parent


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(folder: Path) -> Postgresql:
    """Make and start a server in an empty folder."""
    server = Postgresql(port=free_port(), folder=folder, programs=programs())
    if os.geteuid() == 0:
        shutil.chown(folder, ACCOUNT, ACCOUNT)
    secret = folder / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    if os.geteuid() == 0:
        shutil.chown(secret, ACCOUNT, ACCOUNT)
    data = folder / "data"
    server.run("initdb", "-D", str(data), "-U", USER, "-A", "scram-sha-256", "--pwfile", str(secret), "-E", "UTF8", "--no-sync")
    options = f"-p {server.port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    server.run("pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    return server


def stop(server: Postgresql) -> None:
    """Stop a server that `start` started."""
    server.run("pg_ctl", "-D", str(server.folder / "data"), "-m", "immediate", "-w", "stop")
