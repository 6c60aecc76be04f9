"""One strongSwan daemon in a namespace: loaded, told to start child SAs, and asked what is in force, through its own client."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from s2sguard.simulate.ends import Pair, side_text
from tests.integration.lab.network import OUTSIDE, Network

Children = Mapping[str, Pair]
"""Selectors of each child entry by its name, *local* being Azure's side also for a partner's daemon."""
_CONF = """\
charon-systemd {{
  load = random nonce aes sha1 sha2 hmac kdf gmp kernel-libipsec kernel-netlink socket-default vici
  retransmit_tries = 2
  retransmit_timeout = 1.0
  journal {{
    default = -1
  }}
  filelog {{
    main {{
      path = {folder}/{place}.log
      default = 1
      cfg = 2
    }}
  }}
  plugins {{
    vici {{
      socket = unix://{folder}/{place}.vici
    }}
    socket-default {{
      fwmark = 0x42
    }}
    kernel-netlink {{
      fwmark = !0x42
    }}
    kernel-libipsec {{
      allow_peer_ts = yes
    }}
  }}
}}
"""
_CHILD = re.compile(r"local-ts=\[([^\]]*)\] remote-ts=\[([^\]]*)\]")
_KEY = "made-up-for-the-lab"


class Daemon:
    """A daemon that runs until it is stopped."""

    def __init__(self, network: Network, place: str, peer: str, folder: Path) -> None:
        self._network, self._place, self._peer, self._folder = network, place, peer, folder
        self._is_gateway = place.startswith("gw")
        conf = folder / f"{place}.conf"
        conf.write_text(_CONF.format(folder=folder, place=place), encoding="utf-8")
        # A daemon keeps its namespace alive, so it ends with the tests that started it, however those end.
        command = ["setpriv", "--pdeathsig", "KILL", "ip", "netns", "exec", network.name(place)]
        command += ["env", f"STRONGSWAN_CONF={conf}", "charon-systemd"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait()

    def _wait(self) -> None:
        for _ in range(100):
            if self._swanctl("--stats", check=False).returncode == 0:
                return
            time.sleep(0.05)
        raise AssertionError(f"the daemon of {self._place} does not answer: {self.log()[-2000:]}")

    def load(self, children: Children, *, rekey: int = 3600) -> None:
        """Load one connection with these child entries in their order; SAs that are up stay.

        An entry that equals one of which something is up is not started again, as a duplicate; `rekey` (seconds) tells them apart.
        """
        own, far = OUTSIDE[self._place], OUTSIDE[self._peer]
        entries = "\n".join(self._child(name, pair, rekey) for name, pair in children.items())
        text = f"""connections {{ lab {{
  version = 2
  local_addrs = {own}
  remote_addrs = {far}
  proposals = aes256-sha1-modp1024
  local {{ auth = psk
    id = {self._place} }}
  remote {{ auth = psk
    id = {self._peer} }}
  children {{
{entries}
  }} }} }}
secrets {{ ike-lab {{ secret = "{_KEY}" }} }}
"""
        file = self._folder / f"{self._place}.swanctl"
        file.write_text(text, encoding="utf-8")
        self._swanctl("--load-all", "--clear", "--file", str(file))

    def _child(self, name: str, pair: Pair, rekey: int) -> str:
        near, far = (pair.local, pair.remote) if self._is_gateway else (pair.remote, pair.local)
        # `any` is both families in our model; the lab has one.
        sides = [side_text(side).replace("any", "0.0.0.0/0") for side in (near, far)]
        return f"    {name} {{ local_ts = {sides[0]}\n remote_ts = {sides[1]}\n esp_proposals = aes256-sha1\n rekey_time = {rekey} }}"

    def start(self, child: str) -> bool:
        """Start a child SA and say whether it came up."""
        return self._swanctl("--initiate", "--child", child, "--timeout", "8", check=False).returncode == 0

    def stop_all(self) -> None:
        """End every SA."""
        self._swanctl("--terminate", "--ike", "lab", "--force", "--timeout", "2", check=False)

    def in_force(self) -> list[tuple[frozenset[str], frozenset[str]]]:
        """Return the selectors of every child SA, local and remote as Azure sees them, in any order."""
        found = _CHILD.findall(self._swanctl("--list-sas", "--raw").stdout)
        pairs = [(frozenset(local.split()), frozenset(remote.split())) for local, remote in found]
        return pairs if self._is_gateway else [(remote, local) for local, remote in pairs]

    def log(self) -> str:
        """Return what the daemon wrote: a route that cannot be installed looks like a refused selector without it."""
        file = self._folder / f"{self._place}.log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def close(self) -> None:
        """Stop the daemon."""
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._process.kill()
        self._process.wait(5)

    def _swanctl(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self._network.run(self._place, "swanctl", *arguments, "--uri", f"unix://{self._folder}/{self._place}.vici", check=check)


def wanted(pairs: Sequence[Pair]) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Return pairs of the model in the form of `Daemon.in_force`."""
    sides = [tuple(side_text(side).replace("any", "0.0.0.0/0") for side in (pair.local, pair.remote)) for pair in pairs]
    return [(frozenset(local.split(", ")), frozenset(remote.split(", "))) for local, remote in sides]
