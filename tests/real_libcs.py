"""The catalogued libcs for tests that need the real thing, and a way to start a program on one of them."""

import functools
import subprocess
from pathlib import Path

from conformance.libcs.catalogue import catalogue
from conformance.libcs.model import Libc
from conformance.libcs.select import catalogued

NAMES = list(catalogue())
NEWEST = ["musl-1.2.6", "glibc-2.43"]


@functools.cache
def real_libc(name: str) -> Libc:
    return catalogued([name])[0]


def command_line(libc: Libc, program: Path, *arguments: str) -> list[str]:
    """Starts the libc's own loader by hand, so that neither a chroot nor privileges are needed."""
    loader = libc.root / libc.loader.lstrip("/")
    libraries = (libc.root / libc.library.lstrip("/")).parent
    options = ["--library-path", str(libraries)] if libc.family == "glibc" else []
    return [str(loader), *options, str(program), *arguments]


def run(
    libc: Libc, program: Path, *arguments: str, fd3: int | None = None
) -> subprocess.CompletedProcess[bytes]:
    """What a program does on a libc, with a descriptor of ours as its third if it wants one."""
    line = command_line(libc, program, *arguments)
    if fd3 is None:
        return subprocess.run(line, capture_output=True, check=False, timeout=60)
    shell = ["sh", "-c", f'exec "$@" 3<>/proc/self/fd/{fd3}', "sh", *line]
    return subprocess.run(shell, capture_output=True, check=False, timeout=60, pass_fds=[fd3])
