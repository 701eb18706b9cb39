"""Agents that wait for work, by libc and kind, started when one is needed."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field

from conformance.agent.client import Agent
from conformance.backends import Backend
from conformance.case import Scenario
from conformance.engine.proof import prove
from conformance.libcs.model import Libc


class Pool:
    """Agents by libc. Only the loop that uses the pool may call it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._shelves: defaultdict[tuple[str, Hashable], _Shelf] = defaultdict(_Shelf)
        self._all: dict[Agent, _Shelf] = {}
        self._starting: set[asyncio.Task[None]] = set()
        self._proved: set[str] = set()

    async def take(self, libc: Libc, scenario: Scenario) -> Agent:
        """An agent for the scenario that is, or becomes, idle; or a new one, if the backend has room for it.

        Raises UserError where there can be none, or it is on another libc.
        """
        kind = self._backend.kind(libc, scenario)
        shelf = self._shelves[libc.name, kind]
        if shelf.idle:
            return shelf.idle.pop()
        self._start_another(libc, kind, shelf)
        turn: asyncio.Future[Agent] = asyncio.get_running_loop().create_future()
        shelf.waiting.append(turn)
        return await turn

    def _start_another(self, libc: Libc, kind: Hashable, shelf: "_Shelf") -> None:
        if self._backend.most is None or shelf.count < self._backend.most:
            shelf.count += 1
            task = asyncio.get_running_loop().create_task(self._start(libc, kind, shelf))
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    async def _start(self, libc: Libc, kind: Hashable, shelf: "_Shelf") -> None:
        try:
            agent = await self._backend.start(libc, kind)
            self._all[agent] = shelf
            if libc.name not in self._proved:
                await prove(agent, libc, self._backend)
                self._proved.add(libc.name)
        except Exception as error:
            shelf.count -= 1
            if waiting := shelf.next_waiting():
                waiting.set_exception(error)
            # whoever waits must not wait for an agent that will never come
            if shelf.waiting and not shelf.count:
                self._start_another(libc, kind, shelf)
        else:
            self.give_back(agent)

    def give_back(self, agent: Agent) -> None:
        """The agent is idle again."""
        shelf = self._all[agent]
        if waiting := shelf.next_waiting():
            waiting.set_result(agent)
        else:
            shelf.idle.append(agent)

    def drop(self, agent: Agent, libc: Libc, scenario: Scenario) -> None:
        """The agent is not fit for another case: it is ended, and replaced if one is waited for."""
        shelf = self._all.pop(agent)
        shelf.count -= 1
        agent.close()
        agent.wait()
        if shelf.waiting:
            self._start_another(libc, self._backend.kind(libc, scenario), shelf)

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
    """The agents of one libc and kind. `count` are all that were started and not dropped."""

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
