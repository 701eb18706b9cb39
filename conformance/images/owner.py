"""Whose a container or an image is: what a killed run left is told from what a living one uses."""

import os
from pathlib import Path

LABEL = "libc-conformance"
"""On containers its value is the run's token, on images that the project made it is `image`."""

REPOSITORY = "localhost/libc-conformance"
"""Images that a run makes are tagged `REPOSITORY/<libc>:<token>`: each run holds names of its own."""


def token() -> str:
    """Names this process among all that ever run on this machine: the process id alone is used again."""
    return f"{os.getpid()}.{_started(os.getpid())}.{_process_namespace()}"


def is_alive(owner: str) -> bool:
    """Whether the process of this token still runs; one of another process namespace is taken to."""
    process, started, namespace = owner.split(".")
    return namespace != _process_namespace() or _started(int(process)) == started


def _started(process: int) -> str | None:
    """When the process started, in clock ticks since the machine did; None where there is no such process."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return None
    # the name before the last parenthesis may hold anything
    return stat.rpartition(")")[2].split()[19]


def _process_namespace() -> str:
    return str(Path("/proc/self/ns/pid").stat().st_ino)
