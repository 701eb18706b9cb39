"""How the workers of pytest-xdist share the items.

Each gets its whole share at the start: it then lets many cases wait at the same time, which a worker that is
handed a few items after the other could not. The libcs of a case stay together, to be compared in messages.
"""

from collections.abc import Sequence

from xdist.scheduler import LoadScheduling


def owners(nodeids: Sequence[str], workers: int) -> list[int]:
    """For each item the number of the worker, out of `workers`, that runs it."""
    cases: dict[str, int] = {}
    return [cases.setdefault(nodeid.rpartition("[")[0], len(cases)) % workers for nodeid in nodeids]


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
        owner = owners(self.collection, self.numnodes)
        for node in self.nodes:
            number = int(node.workerinput["workerid"].removeprefix("gw"))
            own = [position for position, worker in enumerate(owner) if worker == number]
            self.node2pending[node].extend(own)
            node.send_runtest_some(own)
        for node in self.nodes:
            node.shutdown()
