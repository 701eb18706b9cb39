"""What pytest adds: items per second, and how well the waiting of real cases overlaps."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance import results
from conformance.errors import UserError

_TOPIC = """\
topic: Items that cost nothing
about: Made by `conformance bench`.
probe: harness/nothing
functions: [main]
status: unspecified
cases:
"""
_CASE = """\
  case-{}:
    title: Number {}
    expect: {{all: {{answer: 42}}}}
"""


@dataclass(frozen=True, slots=True)
class Session:
    """One run of pytest. Seconds; `cpu` is that of all processes together, `longest` that of one case."""

    items: int
    wall: float
    cpu: float
    longest: float

    def rate(self, start_up: float) -> float:
        """Items per second and processor, not counting `start_up` seconds."""
        return self.items / max(self.wall - start_up, 1e-9) / (os.cpu_count() or 1)

    @property
    def bound(self) -> float:
        """The wall time that no scheduling can beat."""
        return max(self.longest, self.cpu / (os.cpu_count() or 1))


def plain_items(libcs: str, items: int) -> Session:
    """A generated topic of cases that do nothing, on all processors."""
    with tempfile.TemporaryDirectory() as folder:
        topic = Path(folder, "items.yaml")
        topic.write_text(_TOPIC + "".join(_CASE.format(i, i) for i in range(items)))
        return session(["--libc", libcs, str(topic)])


def session(arguments: Sequence[str]) -> Session:
    """Runs pytest on all processors with these arguments. Raises UserError when it finds nothing to run."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", "-n", "auto", "-q", "-p", "no:cacheprovider"]
        # comes with our development environment only, and would take most of the start-up
        command += ["-p", "no:hypothesispytest"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        run = subprocess.run(
            [*command, "--results", folder, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        wall = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if run.returncode not in (0, 1):
            raise UserError(
                f"pytest {' '.join(arguments)} ended with {run.returncode}:\n{run.stdout[-2000:]}"
            )
        lines = results.read(Path(folder)).lines
    seconds = [line.observation.info.get("wall_seconds", 0.0) for line in lines]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Session(len(lines), wall, cpu, max(seconds, default=0.0))
