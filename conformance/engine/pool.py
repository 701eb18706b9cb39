"""Agents that wait for work: one per libc and case in flight, started when one is needed."""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field

from conformance.agent.client import Agent
from conformance.backends import Backend
from conformance.engine.proof import prove
from conformance.libcs.model import Libc


class Pool:
    """Agents by libc. Only the loop that uses the pool may call it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._shelves: defaultdict[str, _Shelf] = defaultdict(_Shelf)
        self._all: list[Agent] = []
        self._starting: set[asyncio.Task[None]] = set()
        self._proved: set[str] = set()

    async def take(self, libc: Libc) -> Agent:
        """An agent that is, or becomes, idle; or a new one, as far as the backend has room for more.

        Raises UserError where there can be none, or it is on another libc.
        """
        shelf = self._shelves[libc.name]
        if shelf.idle:
            return shelf.idle.pop()
        self._start_another(libc, shelf)
        turn: asyncio.Future[Agent] = asyncio.get_running_loop().create_future()
        shelf.waiting.append(turn)
        return await turn

    def _start_another(self, libc: Libc, shelf: "_Shelf") -> None:
        if self._backend.most is None or shelf.count < self._backend.most:
            shelf.count += 1
            task = asyncio.get_running_loop().create_task(self._start(libc, shelf))
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    async def _start(self, libc: Libc, shelf: "_Shelf") -> None:
        try:
            agent = await self._backend.start(libc)
            self._all.append(agent)
            if libc.name not in self._proved:
                await prove(agent, libc, shares_files=self._backend.shares_files)
                self._proved.add(libc.name)
        except Exception as error:
            shelf.count -= 1
            if waiting := shelf.next_waiting():
                waiting.set_exception(error)
            self._serve_waiting(libc, shelf)
        else:
            self.give_back(agent, libc)

    def _serve_waiting(self, libc: Libc, shelf: "_Shelf") -> None:
        """Whoever waits must not wait for an agent that will never come."""
        if shelf.waiting and not shelf.count:
            self._start_another(libc, shelf)

    def give_back(self, agent: Agent, libc: Libc) -> None:
        """The agent is idle again."""
        shelf = self._shelves[libc.name]
        if waiting := shelf.next_waiting():
            waiting.set_result(agent)
        else:
            shelf.idle.append(agent)

    def drop(self, agent: Agent, libc: Libc) -> None:
        """The agent is not fit for another case: it is ended."""
        shelf = self._shelves[libc.name]
        shelf.count -= 1
        self._all.remove(agent)
        agent.close()
        agent.wait()
        self._serve_waiting(libc, shelf)

    async def close(self) -> None:
        """Ends all agents, busy or not, and all that runs under them."""
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        for agent in self._all:
            agent.close()
        for agent in self._all:
            agent.wait()
        self._all.clear()
        self._shelves.clear()


@dataclass(slots=True)
class _Shelf:
    """The agents of one libc. `count` are all that were started and not dropped."""

    count: int = 0
    idle: list[Agent] = field(default_factory=list)
    waiting: deque["asyncio.Future[Agent]"] = field(default_factory=deque)

    def next_waiting(self) -> "asyncio.Future[Agent] | None":
        """Who waits longest; those that were cancelled meanwhile wait no more."""
        while self.waiting:
            waiting = self.waiting.popleft()
            if not waiting.done():
                return waiting
        return None
