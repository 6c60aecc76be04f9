"""What tests of devices compare: selector lines as people write them."""

from __future__ import annotations

from s2sguard.model.address import interval_text
from s2sguard.model.selector import TrafficSelector
from s2sguard.model.tunnel import Device, TunnelEnd
from s2sguard.model.value import Unknown


def written(selectors: tuple[TrafficSelector, ...]) -> list[str]:
    """Return selectors as people write them: range, protocol and ports where they say something."""
    found = []
    for one in selectors:
        text = interval_text(one.version, (one.first, one.last))
        text += f" proto {one.protocol}" if one.protocol else ""
        found.append(text + (f" ports {one.ports[0]}-{one.ports[1]}" if one.ports != (0, 65535) else ""))
    return found


def lines_of(end: TunnelEnd) -> list[tuple[list[str], list[str]]]:
    """Return the selector lines of an end, written."""
    assert not isinstance(end.lines, Unknown)
    return [(written(line.own), written(line.far)) for line in end.lines]


def reasons(device: Device) -> list[str]:
    """Return the gaps of a device with their lines."""
    return [f"{gap.source}: {gap.reason}" for gap in device.gaps]
