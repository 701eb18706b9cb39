"""What lies where in a process: the text of /proc/PID/maps."""

import bisect
import re
from dataclasses import dataclass

_LINE = re.compile(
    r"^(?P<start>[0-9a-f]+)-(?P<end>[0-9a-f]+) (?P<modes>\S{4}) (?P<offset>[0-9a-f]+) \S+ \d+ *(?P<path>.*)$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Mapping:
    """`path` is a path inside the process's root, a name such as `[stack]`, or empty."""

    start: int
    end: int
    modes: str
    offset: int
    path: str

    @property
    def executable(self) -> bool:
        return "x" in self.modes

    @property
    def writable(self) -> bool:
        return "w" in self.modes


class Maps:
    """The mappings by address. A last line that was cut off is ignored."""

    def __init__(self, text: str) -> None:
        self._mappings = [
            Mapping(
                int(match["start"], 16),
                int(match["end"], 16),
                match["modes"],
                int(match["offset"], 16),
                match["path"],
            )
            for match in _LINE.finditer(text)
        ]
        self._starts = [mapping.start for mapping in self._mappings]

    def at(self, address: int) -> Mapping | None:
        """The mapping that `address` lies in."""
        below = bisect.bisect_right(self._starts, address) - 1
        if below >= 0 and address < self._mappings[below].end:
            return self._mappings[below]
        return None

    def writable_above(self, address: int) -> Mapping | None:
        """The first writable mapping that starts above `address`."""
        above = self._mappings[bisect.bisect_right(self._starts, address) :]
        return next((mapping for mapping in above if mapping.writable), None)
