"""From a file on disk to a device."""

from __future__ import annotations

from typing import Final

from s2sguard.collect.device.read import read_device
from s2sguard.collect.files import file_name, read_bytes
from s2sguard.errors import InputError
from s2sguard.model.inventory import Gap
from s2sguard.model.tunnel import Device

_MARKS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_device_file(path: str) -> Device:
    """Return the device that a configuration file describes; raises `InputError` for a file that cannot be read."""
    data, name = read_bytes(path), file_name(path)
    if isinstance(data, Gap):
        raise InputError(f"{name}: {data.reason}", hint="give the running configuration of a device, as it prints it")
    encoding = next((found for mark, found in _MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        # Devices print Latin-1 in descriptions, if anything; what a tunnel is made of is ASCII.
        text = data.decode("latin-1")
    return read_device(text, name)
