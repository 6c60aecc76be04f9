"""The live SAs of one connection, as its gateway answers when it is asked (`--observe`; azure.md 4.9).

The question is a POST with nothing in it, which changes nothing; the answer comes some seconds later, by a link that is polled.
"""

from __future__ import annotations

from typing import Any, Final

from s2sguard.collect.azure.batch import Batch, Rank, Ranked
from s2sguard.collect.azure.failures import FAILURES, OddAnswer, unreadable
from s2sguard.collect.azure.gaps import Unreadable, source_of
from s2sguard.collect.azure.references import Place
from s2sguard.collect.azure.session import Session
from s2sguard.collect.observed.answers import Sa, answer_of
from s2sguard.model.arm_types import IKE_SAS
from s2sguard.model.inventory import Resource
from s2sguard.model.members import member
from s2sguard.model.value import Unknown

NAME: Final = "live"


def is_tunnel(connection: Resource) -> bool:
    """Say whether a connection is one that has SAs."""
    kind = member(connection.properties, "connectionType")
    return isinstance(kind, str) and kind.lower() == "ipsec"


async def observe(session: Session, connection: Resource, place: Place, batch: Batch) -> None:
    """Add what a gateway answers about one connection to the batch; where it does not, that it was asked, and a gap."""
    where = f"{connection.id}/ikeSas/{NAME}"
    try:
        seen: object = await _asked(session, place)
    except Unreadable as failure:
        batch.gaps.append(failure.gap(where, f"the live SAs of `{connection.name}`"))
        seen = Unknown(f"not read: {failure.reason}")
    resource = Resource(
        id=where,
        type=IKE_SAS,
        name=NAME,
        properties={"ikeSas": seen},
        tags={},
        source=source_of(connection.id),
        parent=connection.id,
    )
    batch.resources.append(Ranked(resource, Rank.OWN))


async def _asked(session: Session, place: Place) -> list[Sa]:
    operations = session.network(place.subscription).virtual_network_gateway_connections
    try:
        poller: Any = await operations.begin_get_ike_sas(place.group, place.name, polling_interval=session.poll_seconds, cls=_body)
        answer = answer_of(await poller.result())
        if answer is None:
            raise OddAnswer("live SAs of an unknown form")  # a failure like any other
    except FAILURES as error:
        raise unreadable(error) from None
    return answer


def _body(response: Any, _: object, __: object) -> object:  # noqa: ANN401  # azure-core's PipelineResponse
    found: object = response.http_response.json()
    return found
