"""The one way into this folder: a text and its name -> a device."""

from __future__ import annotations

import re

from s2sguard.collect.device.cisco import Cisco
from s2sguard.collect.device.fortigate import FortiGate
from s2sguard.collect.device.interface import Gaps, Text, Vendor
from s2sguard.collect.device.ipsec_conf import IpsecConf
from s2sguard.collect.device.junos import Junos
from s2sguard.collect.device.panos import PanOs
from s2sguard.collect.device.swanctl import Swanctl
from s2sguard.model.tunnel import Device

MAX_CHARACTERS = 20_000_000
"""The largest running configurations are a few megabytes."""

MAX_LINE = 100_000
"""No device writes longer lines, save XML, which may all be on one."""

VENDORS: tuple[Vendor, ...] = (PanOs(), FortiGate(), Junos(), Cisco(), Swanctl(), IpsecConf())
"""Asked in this order."""

_UNKNOWN = (
    "no device configuration that is read: Cisco IOS, strongSwan (swanctl.conf, ipsec.conf), Junos, PAN-OS and FortiOS are; "
    "give the running configuration as text"
)
_LINE = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")


def read_device(text: str, name: str) -> Device:
    """Read a device's configuration; `name` is that of its file.

    Never raises on bad content: a text that is too large, binary or of no known kind is a device without tunnel ends and with the gap
    that says why.
    """
    gaps = Gaps(name)
    source = _usable(text, name, gaps)
    vendor = next((vendor for vendor in VENDORS if vendor.recognises(source)), None) if source is not None else None
    if source is None or vendor is None:
        if source is not None:
            gaps.add(0, _UNKNOWN, "unknown-shape")
        return Device(name=name, file=name, vendor="", ends=(), gaps=gaps.all())
    found = vendor.read(source, gaps)
    if not found.ends:
        gaps.add(0, "the text names no IPsec tunnel that is read")
    return Device(name=found.host or name, file=name, vendor=vendor.name, ends=found.ends, leaks=found.leaks, gaps=gaps.all())


def _usable(text: str, name: str, gaps: Gaps) -> Text | None:
    if len(text) > MAX_CHARACTERS:
        gaps.add(0, f"larger than {MAX_CHARACTERS // 1_000_000} MB, so it was not read; give the running configuration only", "too-large")
        return None
    if "\0" in text or "\ufffd" in text:
        gaps.add(0, "no text: it holds NUL or characters of another encoding; give it as UTF-8", "unreadable-file")
        return None
    source = Text(_LINE.sub("\n", text.removeprefix("\ufeff")), name)
    if source.text.lstrip().startswith("<"):
        return source
    for number, line in enumerate(source.lines, 1):
        if len(line) > MAX_LINE:
            gaps.add(number, f"a line of more than {MAX_LINE} characters, so the file was not read", "too-large")
            return None
    return source
