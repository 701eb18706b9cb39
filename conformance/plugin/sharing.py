"""How the workers of pytest-xdist share the items.

Each gets its whole share at the start: it then lets many cases wait at the same time, which a worker that is
handed a few items after the other could not. The libcs of a case stay together, to be compared in messages.
"""

from collections.abc import Sequence
from typing import Any

from xdist.scheduler import LoadScheduling


def share(nodeids: Sequence[str], worker: str, workers: int) -> list[int]:
    """Positions of the items of a worker (`gw0`, `gw1`, ...) out of `workers`."""
    own = int(worker.removeprefix("gw"))
    cases: dict[str, int] = {}
    return [
        position
        for position, nodeid in enumerate(nodeids)
        if cases.setdefault(nodeid.rpartition("[")[0], len(cases)) % workers == own
    ]


class Sharing(LoadScheduling):
    """Sends every worker its share; items of a worker that died go to the others as pytest-xdist does it."""

    collection: list[str] | None

    def schedule(self) -> None:
        """Distributes the collection, once."""
        if self.collection is not None:
            super().schedule()
            return
        if not self._check_nodes_have_same_collection():
            return
        self.collection = next(iter(self.node2collection.values()))
        self.maxschedchunk = len(self.collection)
        for node in self.nodes:
            self._send_share(node)
        for node in self.nodes:
            node.shutdown()

    def _send_share(self, node: Any) -> None:
        assert self.collection is not None
        positions = share(self.collection, node.workerinput["workerid"], self.numnodes)
        self.node2pending[node].extend(positions)
        node.send_runtest_some(positions)
