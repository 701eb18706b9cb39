"""Names a build by everything that goes into it, so that an entry of the cache is never out of date."""

import functools
import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

from conformance.build import command
from conformance.errors import UserError
from conformance.libcs.model import Libc

_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*["<]([^">\n]+)[">]', re.MULTILINE)


def of(tools: str, libc: Libc, sources: Sequence[Path], flags: Sequence[str]) -> str:
    """32 hex digits that change with the sources, what they include, the flags, the tools and the libc.

    `tools` is the identity of what compiles and links. Files are read once per process. Raises UserError
    where a source cannot be read.
    """
    parts = (
        *(_digest(source) for source in sources),
        *flags,
        tools,
        libc.family,
        libc.loader,
        libc.identity.digest,
        libc.development.digest,
        _file(Path(command.__file__))[0],
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


@functools.cache
def _digest(source: Path) -> str:
    """Digest of a source's name, and of it and the files of ours that it includes."""
    return " ".join([source.name, *(_file(file)[0] for file in closure(source))])


def closure(source: Path) -> list[Path]:
    """A source and the files of ours that it includes, directly or not. Raises UserError."""
    files: dict[Path, None] = {}
    waiting = [source]
    while waiting:
        file = waiting.pop()
        if file not in files:
            files[file] = None
            waiting += _file(file)[1]
    return list(files)


@functools.cache
def _file(file: Path) -> tuple[str, list[Path]]:
    """A file's digest, and the files of ours that it includes: beside it, or in the folder for all probes."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}") from error
    included = []
    for name in _INCLUDE.findall(content):
        candidates = [folder / os.fsdecode(name) for folder in (file.parent, command.INCLUDE)]
        included += [found for found in candidates if found.is_file()][:1]
    return hashlib.sha256(content).hexdigest(), included
