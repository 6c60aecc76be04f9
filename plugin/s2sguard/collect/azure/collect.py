"""The whole run: scope, discovery, then group after group until nothing is left to read.

The result comes from the checkpoint in the order of ids, so neither the order of arrival nor an interruption shows in it.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, TypeAlias

from s2sguard import __version__
from s2sguard.collect.azure.checkpoint import Checkpoint
from s2sguard.collect.azure.progress import Steps
from s2sguard.collect.azure.request import LiveRequest
from s2sguard.collect.azure.sdk import need_sdk
from s2sguard.collect.interface import Collected
from s2sguard.collect.merge import merge
from s2sguard.collect.snapshot import snapshot_text
from s2sguard.model.inventory import Inventory

if TYPE_CHECKING:
    from s2sguard.collect.azure.session import Session, Way

Progress: TypeAlias = Callable[[str], None]
"""Takes one short line about what is going on."""
_MODULES: Final = (
    "aiohttp",
    "azure.identity",
    "azure.mgmt.network",
    "azure.mgmt.resource.resources",
    "azure.mgmt.resource.subscriptions",
    "azure.mgmt.resourcegraph",
)
_WORKERS: Final = 8
"""Units of work at a time; each asks for several things at once, up to the request's `concurrency`."""


class LiveRun:
    """One live run with its checkpoint; `inventory` and `batches` may be asked for again after an error, and go on where they were."""

    def __init__(self, request: LiveRequest, *, way: Way | None = None, progress: Progress = lambda _: None) -> None:
        """Open the checkpoint; raises UsageError where it is another run's, or the Azure packages are missing."""
        need_sdk(_MODULES)
        self._request = request
        self._way = way
        self._steps = Steps(progress)
        self._checkpoint = Checkpoint(request.checkpoint, request.fingerprint(__version__), time.time())
        self.requests = 0
        """How many requests this process has sent, retries included."""

    def inventory(self) -> Inventory:
        """Read everything and return it in the order of ids; raises InputError where nothing can be read."""

        async def gathered() -> Collected:
            out = Collected()
            async for batch in self.batches():
                out.extend(batch)
            return out

        with _garbage():
            found = asyncio.run(gathered())
        resources, conflicts = merge(found.resources)
        gaps = [*found.gaps, *conflicts]
        return Inventory(resources, gaps, answered=not gaps)

    def read(self) -> None:
        """Read what is still to be read into the checkpoint; raises InputError where nothing can be read."""
        with _garbage():
            asyncio.run(self._read())

    def counts(self) -> tuple[int, int]:
        """Return how many resources and gaps were read."""
        return self._checkpoint.counts()

    def snapshot(self) -> Iterator[str]:
        """Yield the text of a snapshot of what was read, piece by piece."""
        answered = self.counts() == (0, 0)
        return snapshot_text(self._checkpoint.resource_lines(), self._checkpoint.gap_lines(), answered=answered)

    async def batches(self) -> AsyncIterator[Collected]:
        """Read what is still to be read, then yield all of it: one batch for each resource group, the gaps last."""
        await self._read()
        for batch in self._checkpoint.batches():
            yield batch

    async def _read(self) -> None:
        from s2sguard.collect.azure.session import Session, way_to

        session = Session(self._way or way_to(self._request.cloud), self._request.concurrency)
        try:
            await self._subscriptions(session)
            await self._discover(session)
            await self._groups(session)
        finally:
            self.requests += session.requests
            await session.close()

    def close(self) -> None:
        """Close the checkpoint and keep its file."""
        self._checkpoint.close()

    def discard(self) -> None:
        """Close and remove the checkpoint: what it was for is written."""
        self._checkpoint.close()
        self._request.forget()

    async def _subscriptions(self, session: Session) -> None:
        from s2sguard.collect.azure.scopes import subscriptions_of

        if not self._checkpoint.is_done("scope"):
            found, batch = await subscriptions_of(session, self._request)
            self._checkpoint.finish("scope", batch, found)

    async def _discover(self, session: Session) -> None:
        from s2sguard.collect.azure.graph import BATCH, BULK_QUERY, SOUGHT_QUERY, discover
        from s2sguard.collect.azure.subscriptions import probe, walk

        names = self._checkpoint.subscriptions()

        async def ask(unit: str, query: str, some: list[str]) -> None:
            self._checkpoint.finish(unit, await discover(session, query, some, self._checkpoint.keep))

        async def look(unit: str, name: str) -> None:
            read = probe if self._request.resource_graph else walk
            self._checkpoint.finish(unit, await read(session, name))

        jobs: dict[str, Callable[[str], Awaitable[None]]] = {}
        if self._request.resource_graph:
            for start in range(0, len(names), BATCH):
                some = names[start : start + BATCH]
                for name, query in (("sought", SOUGHT_QUERY), ("bulk", BULK_QUERY)):
                    jobs[f"graph:{name}:{start}"] = lambda unit, query=query, some=some: ask(unit, query, some)  # type: ignore[misc]
        for name in names:
            jobs[f"subscription:{name}"] = lambda unit, name=name: look(unit, name)  # type: ignore[misc]
        todo = [unit for unit in jobs if not self._checkpoint.is_done(unit)]
        await self._work("looking into", "subscriptions", todo, lambda unit: jobs[unit](unit), session)

    async def _groups(self, session: Session) -> None:
        from s2sguard.collect.azure.groups import GroupReader

        scope = set(self._checkpoint.subscriptions())

        async def read(group: str) -> None:
            wants = self._checkpoint.wants(group)
            in_scope = group.split("/")[2] in scope
            wanted = [want for want, _ in wants]
            batch = await GroupReader(session, wanted, in_scope=in_scope, observing=self._request.observe).read()
            self._checkpoint.finish_group(wants, batch)

        while todo := self._checkpoint.open_groups():
            await self._work("reading", "resource groups", todo, read, session)

    async def _work(self, doing: str, what: str, units: Iterable[str], do: Callable[[str], Awaitable[None]], session: Session) -> None:
        """Do all units, some at a time; the first error ends the rest."""
        todo = list(units)
        waiting = iter(todo)
        step = self._steps.step(doing, what, len(todo))

        async def worker() -> None:
            for unit in waiting:
                await do(unit)
                step.done(self._checkpoint.counts, session.requests)

        workers = [asyncio.create_task(worker()) for _ in range(min(_WORKERS, len(todo)))]
        try:
            await asyncio.gather(*workers)
        finally:
            for task in workers:
                task.cancel()
            for task in workers:
                with suppress(BaseException):
                    await task


def read_live(request: LiveRequest, progress: Progress) -> Inventory:
    """Read everything a request is about, from its checkpoint on if it has one, whose file stays: see `LiveRun` for the rest."""
    run = LiveRun(request, progress=progress)
    try:
        return run.inventory()
    finally:
        run.close()


@contextmanager
def _garbage() -> Iterator[None]:
    """Let the cycle collector work: requests and their errors are cycles, and an audit makes it rest."""
    rests = not gc.isenabled()
    gc.enable()
    try:
        yield
    finally:
        if rests:
            gc.disable()
