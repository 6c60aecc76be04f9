"""Configurations nobody here wrote: every file gives selectors or named gaps, as many as a plain count of its lines says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from s2sguard.collect.device import read_device
from s2sguard.model.value import Unknown

PINNED = {
    # file, by the end of its name: (tunnel ends, selector lines that are known)
    "fgt-a.conf": (16, 16),
    "fgt-b.conf": (16, 16),
    "lhr-border-02.cfg": (2, 2),
    "cisco_host": (2, 2),
    "ios-crypto-ipsec-profile": (0, 0),
    "ios-crypto-map": (10, 10),
    "ios-crypto-map-pfs-dh-group": (1, 0),
    "ios-crypto-transform-set": (0, 0),
    "configs_r1": (3, 3),
    "configs_r2": (4, 4),
    "configs_r3": (2, 2),
    "ipsec-bugs": (4, 0),
    "ipsec-policy": (0, 0),
    "ipsec-proposal": (0, 0),
    "ipsec-proposal-set": (0, 0),
    "juniper_testconfigs_ipsec-vpn": (1, 1),
    "ike-crypto-profiles": (0, 0),
    "vpn-03701a53bba3c48b7.txt": (2, 2),
    "junos-srx-2.cfg": (2, 2),
    "junos-srx-3.cfg": (1, 1),
    "isr_crypto": (0, 0),
    "hub-spoke_script_ipsec.conf": (2, 2),
    "fs1-ipsec.conf": (2, 2),
    "nva1-ipsec.conf": (1, 1),
}


def folder(corpus: Path) -> list[Path]:
    """Return the device configurations of the corpus."""
    return sorted(path for path in (corpus / "device").iterdir() if path.is_file())


def plain_count(text: str) -> int:
    """Count selector lines with regular expressions alone: what each way of writing a tunnel comes to."""

    def count(pattern: str) -> int:
        return len(re.findall(pattern, text, re.MULTILINE))

    tunnels = count(r"^ *tunnel protection ipsec profile")
    lists = {
        name: len(re.findall(r"^ permit ip ", body, re.MULTILINE))
        for name, body in re.findall(r"^ip access-list extended (\S+)\n((?: .*\n?)*)", text, re.MULTILINE)
    }
    for name, body in re.findall(r"^crypto (?:dynamic-)?map (\S+) \d+[^\n]*\n((?: .*\n)*)", text, re.MULTILINE):
        carriers = len(re.findall(rf"^ crypto map {name}$", text, re.MULTILINE))
        if re.search(rf"ipsec-isakmp dynamic {name}$", text, re.MULTILINE):
            (outer,) = re.findall(rf"^crypto map (\S+) \d+ ipsec-isakmp dynamic {name}$", text, re.MULTILINE)
            carriers = len(re.findall(rf"^ crypto map {outer}$", text, re.MULTILINE))
        tunnels += sum(lists[wanted] for wanted in re.findall(r"match address (\S+)", body)) * carriers
    off = set(re.findall(r"^deactivate security ipsec vpn (\S+)$", text, re.MULTILINE))
    junos = len(set(re.findall(r"^set security ipsec vpn (\S+) bind-interface", text, re.MULTILINE)) - off)
    pan = count(r"^set network tunnel ipsec \S+ auto-key proxy-id \S+ local")
    forti = count(r"^ +set phase1name ")
    strongswan = len(re.findall(r"^conn (?!%default)", text, re.MULTILINE)) + count(r"^\s*local_ts")
    return tunnels + junos + pan + forti + strongswan


def test_every_file_is_pinned(corpus: Path) -> None:
    """Each file has one pin, so that none is passed over."""
    for path in folder(corpus):
        assert len([end for end in PINNED if path.name.endswith(f"_{end}") or path.name.endswith(end)]) >= 1, path.name
    assert len(folder(corpus)) == len(PINNED)


def test_every_file_gives_selectors_or_named_gaps(corpus: Path) -> None:
    """The tunnels and selector lines of a file are those pinned, and where there are none a gap says why."""
    for path in folder(corpus):
        device = read_device(path.read_text(encoding="utf-8"), path.name)
        pin = PINNED[max((end for end in PINNED if path.name.endswith(end)), key=len)]
        known = [line for end in device.ends if not isinstance(end.lines, Unknown) for line in end.lines]
        assert (len(device.ends), len(known)) == pin, path.name
        assert device.vendor
        assert known or device.gaps, path.name
        assert all(gap.source is not None and gap.source.file == path.name for gap in device.gaps)


def test_selector_lines_are_as_many_as_a_plain_count_finds(corpus: Path) -> None:
    """The parser finds as many selector lines as regular expressions over the same text."""
    for path in folder(corpus):
        text = path.read_text(encoding="utf-8")
        device = read_device(text, path.name)
        known = sum(len(end.lines) for end in device.ends if not isinstance(end.lines, Unknown))
        assert known == plain_count(text), path.name


def test_no_key_of_the_corpus_enters_the_model(corpus: Path) -> None:
    """No pre-shared key of a file is in what was read of it."""
    keys = re.compile(r"(?: key |ascii-text |psksecret |hexadecimal )\"?([^\s\"]{4,})")
    for path in folder(corpus):
        text = path.read_text(encoding="utf-8")
        shown = repr(read_device(text, path.name))
        assert [key for key in keys.findall(text) if f"'{key}'" in shown and key != "psk1"] == [], path.name


@pytest.mark.parametrize("part", [0.25, 0.5, 0.9])
def test_truncated_files_end_in_a_device(corpus: Path, part: float) -> None:
    """A file cut off anywhere still gives a device: no exception, and tunnels or a gap."""
    for path in folder(corpus):
        text = path.read_text(encoding="utf-8")
        cut = read_device(text[: int(len(text) * part)], path.name)
        assert cut.ends or cut.gaps, path.name
