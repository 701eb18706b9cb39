"""Runs many cases at once, so that waiting overlaps: a loop of its own in a thread of its own."""

import asyncio
import os
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from conformance.agent.client import AgentDied
from conformance.backends import Backend
from conformance.build import probes
from conformance.case import USUAL_TIME, Case, Observation
from conformance.engine.observe import failed, not_built, observe
from conformance.engine.pool import Pool
from conformance.libcs.model import Libc
from conformance.topics import probe_source

_IN_FLIGHT = 48
"""Cases that may wait at the same time; each has a sandbox of its own."""

_BUSY_SECONDS = 0.02
"""After this time a case is taken to be waiting, and another may use the processor."""


class Engine:
    """Takes pairs of case and libc and gives a future observation for each, in no particular order.

    `workers` is the number of processes that share this machine's processors. The observation's future raises
    UserError where a probe does not compile or no sandbox can be made.
    """

    def __init__(self, backend: Backend, workers: int = 1) -> None:
        self._backend = backend
        # one more than processors: while a probe ends, another can start
        self._slots = 1 + (os.cpu_count() or 1) // workers
        self._loop = asyncio.new_event_loop()
        self._compilers = ThreadPoolExecutor(self._slots, thread_name_prefix="build")
        self._pool: Pool | None = None
        self._thread = threading.Thread(target=self._serve, name="conformance engine", daemon=True)

    def __enter__(self) -> "Engine":
        self._pool = Pool(self._backend)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._compilers.shutdown(cancel_futures=True)
        self._backend.close()

    def submit(self, pairs: Iterable[tuple[Case, Libc]]) -> list[Future[Observation]]:
        """Starts the pairs as soon as there is room, and returns at once.

        Those that are known to wait come first, then the others in this order: no long wait is the last.
        """
        work = [(case, libc, Future[Observation]()) for case, libc in pairs]
        self._loop.call_soon_threadsafe(self._start, sorted(work, key=lambda each: not _waits(each[0])))
        return [future for _, _, future in work]

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._in_flight = asyncio.Semaphore(_IN_FLIGHT)
        self._busy = asyncio.Semaphore(self._slots)
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop.run_forever()
        for task in self._tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
        assert self._pool
        self._loop.run_until_complete(self._pool.close())
        self._loop.close()

    def _start(self, work: list[tuple[Case, Libc, Future[Observation]]]) -> None:
        for case, libc, future in work:
            task = self._loop.create_task(self._finish(case, libc, future))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _finish(self, case: Case, libc: Libc, future: Future[Observation]) -> None:
        try:
            async with self._in_flight:
                future.set_result(await self._one(case, libc))
        except asyncio.CancelledError:
            future.cancel()
            raise
        except BaseException as error:
            future.set_exception(error)

    async def _one(self, case: Case, libc: Libc) -> Observation:
        busy = _Turn(self._busy)
        await busy.begin()
        try:
            source = probe_source(case.scenario.probe, case.source)
            assert source, case.id
            flags = case.scenario.flags
            built = probes.known(libc, source, flags)
            if built is None:
                tools = self._backend.tools(libc)
                built = await self._loop.run_in_executor(
                    self._compilers, probes.build, libc, source, flags, tools
                )
            if isinstance(built, probes.NotBuilt):
                return not_built(case, libc, built)
            return await self._in_sandbox(case, libc, built)
        finally:
            busy.end()

    async def _in_sandbox(self, case: Case, libc: Libc, built: probes.BuiltProbe) -> Observation:
        assert self._pool
        agent = await self._pool.take(libc, case.scenario)
        try:
            seen = await observe(agent, case, libc, built)
        except AgentDied:
            self._pool.drop(agent, libc, case.scenario)
            return failed(case, libc, f"the sandbox was lost: {await self._backend.why_lost(agent)}")
        except OSError as error:
            # a socket could not be bound or served: this machine lacks something, the libc had no part in it
            self._pool.drop(agent, libc, case.scenario)
            return failed(case, libc, f"the name servers could not be set up: {error}")
        except BaseException:
            self._pool.drop(agent, libc, case.scenario)
            raise
        self._pool.give_back(agent)
        return seen


def _waits(case: Case) -> bool:
    """Whether the case measures a wait, ends in one, or shortens one as it will have to wait."""
    scenario = case.scenario
    shortened = "timeout:" in scenario.resolver.get("options", "")
    return shortened or bool(scenario.bands) or scenario.time != USUAL_TIME


class _Turn:
    """A turn on the processor. It ends by itself after a while: who takes longer is most likely waiting."""

    def __init__(self, turns: asyncio.Semaphore) -> None:
        self._turns = turns
        self._timer: asyncio.TimerHandle | None = None

    async def begin(self) -> None:
        await self._turns.acquire()
        self._timer = asyncio.get_running_loop().call_later(_BUSY_SECONDS, self._expire)

    def end(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._expire()

    def _expire(self) -> None:
        if self._timer:
            self._timer = None
            self._turns.release()
