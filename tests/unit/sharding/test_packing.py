"""Verdicts survive being packed."""

from __future__ import annotations

from dataclasses import fields, replace

from s2sguard.evaluate.join import fingerprint
from s2sguard.evaluate.pack import load_pack
from s2sguard.evaluate.verdict import Verdict
from s2sguard.model.inventory import Source
from s2sguard.sharding.packing import OWN, Unpacker, pack, text_of, value_of

CONTROLS = load_pack().controls
WITNESS = {
    "src": "10.1.0.10",
    "dst": "10.2.0.10",
    "from": "/a",
    "to": "/b",
    "from_selector": "any <-> any",
    "to_selector": "any <-> any",
    "because": ["x" * 200, "ä"],
}
OTHER = WITNESS | {"src": "10.1.0.11"}


def verdict(number: int, **changes: object) -> Verdict:
    """A plain pass of one control on one resource."""
    control = CONTROLS[number]
    resource = f"/subscriptions/S/x{number}"
    plain = Verdict(
        control_id=control.id,
        control=control.name,
        title=control.title,
        resource=resource,
        resource_name="x",
        status="pass",
        severity=control.severity,
        certainty="configured",
        message=control.title,
        fix=control.fix,
        gateway="/g",
        source=Source(file="f.json", pointer="/0"),
        fingerprint=fingerprint(control.id, resource),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def unpacked(verdicts: list[Verdict]) -> list[Verdict]:
    """The verdicts after packing and unpacking."""
    packed, unpack = pack(verdicts, CONTROLS), Unpacker(CONTROLS).verdict
    return [unpack(control, packed.subjects[place], special, witnesses) for control, place, special, witnesses in packed.verdicts]


def test_every_verdict_comes_back() -> None:
    """Passes, failures with one or many witnesses, unknown ones and advice are the same objects again."""
    many = tuple(OTHER | {"dst": f"10.2.0.{n}"} for n in range(10))
    verdicts = [
        verdict(0),
        verdict(1, source=None, gateway=None, partner="red"),
        verdict(2, advice=("look",), source=Source(file="s.sh", line=4)),
        verdict(3, status="fail", severity="low", message="a; b", details=("a", "b"), witness=WITNESS, witnesses=(WITNESS,), pairs=3),
        verdict(4, status="fail", message="m", details=("m",), witness=many[0], witnesses=many, pairs=10),
        verdict(5, status="fail", message="m", details=("m",), witness=OTHER, witnesses=(WITNESS,)),
        verdict(6, status="unknown", certainty="unknown", message="why", details=("why",)),
    ]
    assert verdicts == unpacked(verdicts)


def test_a_plain_pass_is_two_numbers() -> None:
    """What is most of a run takes next to nothing; a pass with advice, or another severity, is not plain."""
    other = verdict(1, severity="low" if CONTROLS[1].severity != "low" else "high")
    assert [row[2] is None for row in pack([verdict(0), verdict(0, advice=("look",)), other], CONTROLS).verdicts] == [True, False, False]


def test_every_field_is_kept_somewhere() -> None:
    """A field that somebody adds to `Verdict` must be packed too, or it would be lost in large runs only."""
    of_control = {"control_id", "control", "title"}
    of_resource = {"resource", "resource_name", "gateway", "partner", "source", "fingerprint"}
    assert {field.name for field in fields(Verdict)} == of_control | of_resource | set(OWN)


def test_large_texts_are_compressed_and_come_back() -> None:
    """Text is text on both sides of the size from which it is compressed."""
    for value in ([], {"a": "x" * 10}, ["y" * 5000, {"ü": None}]):
        assert value == value_of(text_of(value))
    assert len(text_of(["y" * 5000])) < 200
