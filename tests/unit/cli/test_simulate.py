"""`s2sguard simulate` as a person runs it, before a tunnel exists."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli_estate import lab
from tests.unit.conftest import Run

Put = Callable[[str, object], Path]
SAMPLES = Path(__file__).resolve().parents[3] / "samples" / "simulate"
MISTAKE = "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255"


@pytest.fixture
def simulate(run: Run, put: Put) -> Callable[..., object]:
    """Return a function that simulates red and blue in a stage of the lab."""

    def simulated(stage: int, router: str, *more: str) -> object:
        put("estate.json", {"value": lab(stage)})
        ends = [part for owner in ("red", "blue") for part in ("--far-end", f"to-{owner}={SAMPLES / router.format(owner)}.cfg")]
        return run("simulate", "estate.json", *ends, *more)

    return simulated


@pytest.mark.parametrize(("stage", "router", "more", "code"), [(1, "{}", (), 0), (1, "{}", ("--what-if", MISTAKE), 1), (4, "{}", (), 1)])
def test_the_exit_code_tells_what_would_happen(
    simulate: Callable[..., object], stage: int, router: str, more: tuple[str, ...], code: int
) -> None:
    """0 where the tunnels come up closed, 1 where a packet would pass or nothing comes up."""
    assert simulate(stage, router, *more).code == code  # type: ignore[attr-defined]


def test_programs_get_the_same(run: Run, put: Put) -> None:
    """JSON holds each exchange, what comes up, and what one more line would open."""
    put("estate.json", {"value": lab(1)})
    ends = [part for owner in ("red", "blue") for part in ("--far-end", f"to-{owner}={SAMPLES / owner}.cfg")]
    found = run("simulate", "estate.json", *ends, "--what-if", MISTAKE, "--format", "json").json
    (gateway,) = found["gateways"]
    assert [one["installed"] for one in gateway["connections"]] == [["172.16.0.0/16 <-> 10.1.0.0/16"], ["172.16.0.0/16 <-> 10.2.0.0/16"]]
    assert gateway["connections"][0]["far_end"] == {"device": "csr-red", "tunnel": "AZURE 10", "habit": "own-line"}
    assert [one["certain"]["two_way"]["count"] for one in gateway["opened"]] == [0, 0]
    assert [one["certain"]["two_way"]["count"] for one in found["what_if"][0]["opened"]] == [1, 1]


def test_a_habit_can_be_chosen(run: Run, put: Put) -> None:
    """A far end that narrows takes a proposal that is inside its line, where the router of the article refuses."""
    put("estate.json", {"value": lab(4, ("red",))})
    far_end = ("--far-end", str(SAMPLES / "red.cfg"))
    assert run("simulate", "estate.json", *far_end).code == 1
    ran = run("simulate", "estate.json", *far_end, "--habit", "intersect")
    assert (ran.code, "NOTHING COMES UP" in ran.out) == (0, False)


def test_what_others_may_ask_for_is_said(run: Run, put: Put) -> None:
    """Where only red's far end is given, blue counts with the most it can bring about, and nobody knows that it will not."""
    put("estate.json", {"value": lab(1)})
    ran = run("simulate", "estate.json", "--far-end", f"to-red={SAMPLES / 'red.cfg'}")
    assert ran.code == 3
    assert "with 1 more other partner at most, by what their own far ends may ask for" in " ".join(ran.out.split())


def test_unknown_settings_end_with_3(run: Run, put: Put) -> None:
    """What decides and cannot be read is no answer."""
    (red,) = [one for one in lab(5, ("red",)) if one["type"].endswith("/connections")]
    resources = [one for one in lab(5, ("red",)) if one["id"] != red["id"]]
    red["properties"]["connectionMode"] = "[parameters('mode')]"
    put("estate.json", {"value": [*resources, red]})
    ran = run("simulate", "estate.json", "--far-end", str(SAMPLES / "red-exact.cfg"))
    assert ran.code == 3
    assert "to-red: cannot be simulated: template expression without a value" in ran.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--far-end", "{red}"), "does not say which connection"),
        (("--far-end", "nobody={red}"), "no connection `nobody`"),
        (("--far-end", "to-red=none.cfg"), "no such file"),
        (("--far-end", "to-red={red}#OTHER 1"), "has no tunnel of this name"),
        (("--far-end", "to-red=two.cfg"), "has 2 tunnels"),
        (("--far-end", "to-red={red}", "--what-if", "deny ip any any"), "a deny line is never proposed"),
        (("--far-end", "to-red={red}", "--what-if", "permit"), "takes one line of a Cisco access list"),
        (("--far-end", "to-red=estate.json"), "no device configuration that is read"),
    ],
)
def test_mistakes_are_one_clear_line(run: Run, put: Put, arguments: tuple[str, ...], said: str) -> None:
    """A connection, a file, a tunnel or a line that is none is said, with what to do."""
    put("estate.json", {"value": lab(1)})
    put("two.cfg", "crypto map M 1 ipsec-isakmp\ncrypto map M 2 ipsec-isakmp\n")
    ran = run("simulate", "estate.json", *(argument.format(red=SAMPLES / "red.cfg") for argument in arguments))
    assert (ran.code in {2, 3}, ran.out) == (True, "")
    assert said in " ".join(ran.err.split())
    assert "hint:" in ran.err


def test_one_of_several_tunnels_can_be_named(run: Run, put: Put) -> None:
    """`FILE#TUNNEL` says which."""
    put("estate.json", {"value": lab(1, ("red",))})
    put("two.cfg", "crypto map M 1 ipsec-isakmp\ncrypto map M 2 ipsec-isakmp\n match address 101\naccess-list 101 permit ip any any\n")
    ran = run("simulate", "estate.json", "--far-end", "two.cfg#M 2")
    assert "M 2 of two.cfg" in ran.out


def test_names_from_a_configuration_cannot_act_on_a_terminal(run: Run, put: Put) -> None:
    """Control characters of a hostname or a map are shown, not sent."""
    put("estate.json", {"value": lab(1, ("red",))})
    put("evil.cfg", "hostname \x1b[2Jevil\ncrypto map \x1b]0;x\x07 1 ipsec-isakmp\n match address 101\naccess-list 101 permit ip any any\n")
    ran = run("simulate", "estate.json", "--far-end", "evil.cfg")
    assert "\x1b" not in ran.out + ran.err
    assert "evil" in ran.out


def test_a_line_that_cannot_be_read_is_unknown_and_named(run: Run, put: Put) -> None:
    """Nobody is said to be closed off by a list of which a line is not understood; its place is told, and the run ends with 3."""
    put("estate.json", {"value": lab(1, ("red",))})
    text = (SAMPLES / "red.cfg").read_text(encoding="utf-8") + " permit ip object-group ABSENT any\n"
    put("bad.cfg", text)
    ran = run("simulate", "estate.json", "--far-end", "bad.cfg")
    assert (ran.code, "nobody" in ran.out, "  unknown: " in ran.out) == (3, False, True)
    assert f"note: bad.cfg:{len(text.splitlines())}: " in ran.err


def test_a_strongswan_end_narrows(run: Run, put: Put) -> None:
    """The far end of another kind of device answers as that kind does: the wide partner comes up inside the fixed selector."""
    put("estate.json", {"value": lab(4, ("red",))})
    child = "one { local_ts = 10.1.0.0/16\n remote_ts = 172.16.0.0/16\n esp_proposals = aes256-sha1 }"
    put("red.conf", f"connections {{ azure {{ version = 2\n proposals = aes256-sha1-modp1024\n children {{ {child} }} }} }}\n")
    (gateway,) = run("simulate", "estate.json", "--far-end", "red.conf", "--format", "json").json["gateways"]
    (found,) = gateway["connections"]
    assert (found["far_end"]["habit"], found["installed"]) == ("intersect", ["172.16.1.0/24 <-> 10.1.0.0/16"])
