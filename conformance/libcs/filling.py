"""Writing into the cache: whole files only, one process at a time, failures put into words."""

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conformance.errors import UserError
from conformance.paths import cache


@contextmanager
def exclusive(file: Path) -> Iterator[None]:
    """Hold the lock `file`, made where missing. However the process ends, the kernel drops it."""
    with file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another run that is fetching…", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def cache_errors() -> Iterator[None]:
    """Turn the failures of writing to the cache into a UserError that says what helps."""
    try:
        yield
    except OSError as error:
        raise UserError(
            f"the cache {cache()} cannot be filled: {error.strerror} ({error.filename}); "
            "make room there, or name another folder in the environment variable CONFORMANCE_CACHE"
        ) from error


@contextmanager
def incoming() -> Iterator[Path]:
    """Hold the cache's lock; gives an empty folder to write into what will be renamed into its place.

    Raises UserError where the cache cannot be written to.
    """
    with cache_errors():
        for name in ("packages", "roots"):
            (cache() / name).mkdir(parents=True, exist_ok=True)
        with exclusive(cache() / "fetch.lock"):
            folder = cache() / "incoming"
            shutil.rmtree(folder, ignore_errors=True)  # of a process that died: the lock is ours
            folder.mkdir()
            yield folder
            shutil.rmtree(folder)


def write_whole(file: Path, text: str) -> None:
    """Write `file` so that others see all of it or nothing. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)
    Path(temporary).replace(file)
