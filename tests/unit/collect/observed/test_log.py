"""Lines of the IKE diagnostic log: who asked, and what was negotiated."""

from __future__ import annotations

import json

import pytest

from s2sguard.collect.observed.log import Negotiated, negotiations

TEN = "StartAddress 10.0.0.0 EndAddress 10.255.255.255 PortStart 0 PortEnd 65535 Protocol 0"
AZURE = "StartAddress 172.16.1.0 EndAddress 172.16.1.255 PortStart 0 PortEnd 65535 Protocol 0"


def line(way: str, tsi: str, tsr: str, what: str = "(Final Negotiated)", remote: str = "198.51.100.7") -> str:
    """Return one message of the log."""
    head = f"SESSION_ID :{{8cb5875d-4c80-434b-8702-d78ac5b3d154}} Remote {remote}:500: Local 203.0.113.1:500: [{way}] "
    return f"{head}Proposed Traffic Selector payload will be {what} - [Tsid 0xe  ]Number of TSIs 1: {tsi} Number of TSRs 1:{tsr}"


def test_what_the_gateway_sends_is_an_answer_to_the_peer() -> None:
    """TSi is the side of whoever asked (RFC 7296 section 2.9): here the partner's."""
    (found,) = negotiations(line("SEND", TEN, AZURE))
    assert found == Negotiated(
        remote_endpoint="198.51.100.7", local=("172.16.1.0-172.16.1.255",), remote=("10.0.0.0-10.255.255.255",), by_peer=True
    )


def test_what_the_gateway_receives_answers_its_own_question() -> None:
    """TSi is Azure's side then."""
    (found,) = negotiations(line("RECEIVED", AZURE, TEN))
    assert (found.local, found.remote, found.by_peer) == (("172.16.1.0-172.16.1.255",), ("10.0.0.0-10.255.255.255",), False)


def test_a_proposal_is_not_in_force() -> None:
    """Only what both ends agreed on counts."""
    assert list(negotiations(line("SEND", TEN, AZURE, what="(if needed)"))) == []


def test_several_ranges_on_a_side_each_count_once() -> None:
    """The gateway repeats ranges; the selector has each once."""
    (found,) = negotiations(line("SEND", f"{TEN}, {TEN}, {AZURE}", AZURE))
    assert found.remote == ("10.0.0.0-10.255.255.255", "172.16.1.0-172.16.1.255")


@pytest.mark.parametrize(
    "export",
    [
        line("SEND", TEN, AZURE) + "\r\n" + line("RECEIVED", AZURE, TEN),
        "TimeGenerated,Message\n"
        + "\n".join(f'2026-11-28T10:00:00Z,"{one}"' for one in (line("SEND", TEN, AZURE), line("RECEIVED", AZURE, TEN))),
        json.dumps([{"Message": line("SEND", TEN, AZURE)}, {"Message": line("RECEIVED", AZURE, TEN)}]),
        json.dumps([{"Message": line("SEND", TEN, AZURE)}, {"Message": line("RECEIVED", AZURE, TEN)}], indent=2),
        json.dumps({"tables": [{"columns": [{"name": "Message"}], "rows": [[line("SEND", TEN, AZURE)], [line("RECEIVED", AZURE, TEN)]]}]}),
    ],
    ids=["text", "csv", "json", "json-indented", "query"],
)
def test_every_form_of_an_export_gives_the_same(export: str) -> None:
    """Log Analytics exports JSON and CSV, people paste text."""
    assert [(one.by_peer, one.local) for one in negotiations(export)] == [
        (True, ("172.16.1.0-172.16.1.255",)),
        (False, ("172.16.1.0-172.16.1.255",)),
    ]


def test_an_ipv6_peer() -> None:
    """An address with colons is read whole."""
    (found,) = negotiations(line("SEND", TEN, AZURE, remote="2001:db8::7"))
    assert found.remote_endpoint == "2001:db8::7"


def test_a_hostile_line_ends_soon() -> None:
    """A megabyte without an end is no finding and takes no time."""
    assert list(negotiations(line("SEND", "StartAddress 10.0.0.0 " * 50_000, "StartAddress ")[:1_000_000])) == []
