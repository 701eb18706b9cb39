"""Tasks that must not outlive what started them."""

import asyncio
from collections.abc import Coroutine
from typing import Any

_MOST = 1000


class Tasks:
    """A set of running tasks; whoever owns it closes it."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> bool:
        """Runs the work; False, and it is not run, where too much is running already."""
        if len(self._running) >= _MOST:
            work.close()
            return False
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return True

    async def close(self) -> None:
        """Cancels all tasks and waits for them; raises nothing of theirs."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
