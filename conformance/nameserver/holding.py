"""Answers that wait for each other, so that their order does not depend on how busy the machine is."""

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from conformance.nameserver.behaviour import Delivery

T = TypeVar("T")


@dataclass(slots=True)
class _Group(Generic[T]):
    order: tuple[int, ...]
    timer: asyncio.TimerHandle
    held: list[tuple[int, T]] = field(default_factory=list)

    def complete(self) -> bool:
        return set(self.order) <= {kind for kind, _ in self.held}

    def in_order(self) -> list[T]:
        """By the place of their types; answers of one type as they came."""
        return [answer for _, answer in sorted(self.held, key=lambda entry: self.order.index(entry[0]))]


class Holding(Generic[T]):
    """Groups of held answers. Each is released as a whole, in the order of its types."""

    def __init__(self, release: Callable[[list[T]], None]) -> None:
        self._release_group = release
        self._groups: dict[Hashable, _Group[T]] = {}

    def add(self, key: Hashable, delivery: Delivery, kind: int, answer: T) -> None:
        """Holds an answer to a query of a type until its key's group is complete, or its bound has passed."""
        group = self._groups.get(key)
        if group is None:
            timer = asyncio.get_running_loop().call_later(delivery.bound, self._release, key)
            group = self._groups[key] = _Group(delivery.hold, timer)
        group.held.append((kind, answer))
        if group.complete():
            self._release(key)

    def _release(self, key: Hashable) -> None:
        group = self._groups.pop(key)
        group.timer.cancel()
        self._release_group(group.in_order())

    def close(self) -> None:
        """Forgets what is held."""
        for group in self._groups.values():
            group.timer.cancel()
        self._groups.clear()
