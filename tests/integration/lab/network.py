r"""Six network namespaces: two partners, two tunnel faces of the gateway, the router behind them, and the network between.

.. code-block:: text

     red 10.1.10.10              blue 10.2.10.10
          | .11                       | .12
    =========== net: bridge 203.0.113.0/24 ===========
          | .1                        | .2
     gwr (tunnel to red)         gwb (tunnel to blue)
            \                      /
             gw: router, hub 172.16.1.10, spoke 172.16.100.10

One daemon cannot tell two tunnels with the same selectors apart, as a route-based gateway can; so each tunnel has a face of its own,
and the route of the router picks the tunnel. Addresses are those of documentation (RFC 5737) and the article's.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "s2slab"
FACES = {"red": "gwr", "blue": "gwb"}
OUTSIDE = {"gwr": "203.0.113.1", "gwb": "203.0.113.2", "red": "203.0.113.11", "blue": "203.0.113.12"}
HOSTS = {"red": "10.1.10.10", "blue": "10.2.10.10"}
HUB, SPOKE = "172.16.1.10", "172.16.100.10"
_INSIDE = {"gwr": ("192.0.2.1", "192.0.2.2", "r0"), "gwb": ("192.0.2.5", "192.0.2.6", "b0")}
_SPARE = ("172.16.1.1", "172.16.100.1", "10.255.255.1")
"""Addresses of a face inside whatever it may negotiate: without one, installing a route for a child SA fails after a good negotiation."""


class Network:
    """The namespaces of one lab."""

    def __init__(self) -> None:
        self._label = f"{PREFIX}{os.getpid()}"

    def name(self, place: str) -> str:
        """Return the name of a namespace."""
        return f"{self._label}-{place}"

    def run(self, place: str, *command: str, check: bool = True, timeout: float = 20) -> subprocess.CompletedProcess[str]:
        """Run a program in a namespace."""
        line = ["ip", "netns", "exec", self.name(place), *command]
        return subprocess.run(line, capture_output=True, text=True, check=check, timeout=timeout)

    def ping(self, place: str, target: str) -> bool:
        """Say whether one of three packets from a partner's host is answered."""
        answer = self.run(place, "ping", "-c", "3", "-i", "0.2", "-W", "1", "-I", HOSTS[place], target, check=False)
        return answer.returncode == 0

    def only_initiate(self, place: str, *, on: bool) -> None:
        """Let a face refuse IKE that others start, as `InitiatorOnly` does: requests of IKE_SA_INIT from outside are dropped."""
        self.run(place, "nft", "flush", "ruleset")
        if not on:
            return
        # The exchange type is 34 and the response flag is clear; on port 4500 it stands behind the marker (RFC 7296 section 3.1, RFC 3948).
        rules = (
            "add table inet lab; add chain inet lab input { type filter hook input priority 0; }; "
            'add rule inet lab input iifname "eth0" udp dport 500 @th,208,8 34 @th,216,8 & 0x20 == 0 drop; '
            'add rule inet lab input iifname "eth0" udp dport 4500 @th,64,32 0 @th,240,8 34 @th,248,8 & 0x20 == 0 drop'
        )
        self.run(place, "nft", rules)

    def up(self) -> None:
        """Make everything."""
        for place in ("net", "gw", *OUTSIDE):
            _ip("netns", "add", self.name(place))
            self.run(place, "ip", "link", "set", "lo", "up")
            for key in ("net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0"):
                self.run(place, "sysctl", "-qw", key)
        self.run("net", "ip", "link", "add", "br0", "type", "bridge")
        self.run("net", "ip", "link", "set", "br0", "up")
        for place, address in OUTSIDE.items():
            self._link("net", f"p-{place}", place, "eth0")
            self.run("net", "ip", "link", "set", f"p-{place}", "master", "br0")
            self.run(place, "ip", "address", "add", f"{address}/24", "dev", "eth0")
        for place, host in HOSTS.items():
            self.run(place, "ip", "address", "add", f"{host}/32", "dev", "lo")
        self._gateway()

    def _gateway(self) -> None:
        for host in (HUB, SPOKE):
            self.run("gw", "ip", "address", "add", f"{host}/32", "dev", "lo")
        for face, (near, far, port) in _INSIDE.items():
            self._link("gw", port, face, "in0")
            self.run(face, "ip", "address", "add", f"{near}/30", "dev", "in0")
            self.run("gw", "ip", "address", "add", f"{far}/30", "dev", port)
            self.run(face, "ip", "route", "add", "default", "via", far)
            for spare in _SPARE:
                self.run(face, "ip", "address", "add", f"{spare}/32", "dev", "lo")
            # Out of the tunnel to the router, from the router into the tunnel; only then its selectors decide.
            self.run(face, "ip", "rule", "add", "pref", "100", "iif", "ipsec0", "lookup", "main")
            self.run(face, "ip", "rule", "add", "pref", "101", "iif", "in0", "lookup", "50")
        self.run("gw", "ip", "route", "add", "10.1.0.0/16", "via", _INSIDE["gwr"][0])
        self.run("gw", "ip", "route", "add", "10.2.0.0/16", "via", _INSIDE["gwb"][0])

    def _link(self, one: str, port: str, other: str, other_port: str) -> None:
        # Named for the namespace while outside of it: two labs may run side by side.
        _ip("link", "add", port, "netns", self.name(one), "type", "veth", "peer", "name", other_port, "netns", self.name(other))
        self.run(one, "ip", "link", "set", port, "up")
        self.run(other, "ip", "link", "set", other_port, "up")

    def down(self) -> None:
        """Remove everything, whatever was made of it."""
        for place in ("net", "gw", *OUTSIDE):
            subprocess.run(["ip", "netns", "del", self.name(place)], capture_output=True, check=False)  # noqa: S607


@contextmanager
def network() -> Iterator[Network]:
    """Yield a network that is up, and take it down; what a lab that was killed left behind goes first."""
    _sweep()
    found = Network()
    try:
        found.up()
        yield found
    finally:
        found.down()


def missing() -> str:
    """Return why there can be no lab here; empty where there can be one."""
    programs = ("ip", "nft", "ping", "setpriv", "sysctl", "swanctl", "charon-systemd")
    absent = [program for program in programs if shutil.which(program) is None]
    if absent:
        return f"missing {', '.join(absent)}: run `make lab`, or `.ci/run`, which installs them on Debian"
    if os.geteuid() != 0:
        return "network namespaces need root here"
    if not Path("/dev/net/tun").exists():
        return "/dev/net/tun is missing"
    made = subprocess.run(["ip", "netns", "add", f"{PREFIX}-probe"], capture_output=True, check=False)  # noqa: S607
    subprocess.run(["ip", "netns", "del", f"{PREFIX}-probe"], capture_output=True, check=False)  # noqa: S607
    return "" if made.returncode == 0 else "network namespaces cannot be made"


def left_behind() -> list[str]:
    """Return the namespaces of labs whose tests are no more."""
    found = []
    for name in _ip("netns", "list").split():
        process, _, _ = name.removeprefix(PREFIX).partition("-")
        if name.startswith(PREFIX) and process.isdecimal() and not Path("/proc", process).exists():
            found.append(name)
    return found


def _sweep() -> None:
    for name in left_behind():
        for process in _ip("netns", "pids", name).split():
            with suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGKILL)
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)  # noqa: S607


def _ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], capture_output=True, text=True, check=True, timeout=20).stdout  # noqa: S607
