"""Names a build by everything that goes into it, so that an entry of the cache is never out of date."""

import functools
import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

from conformance.build import command
from conformance.build.compiler import Compiler
from conformance.errors import UserError
from conformance.libcs.model import Libc

_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*["<]([^">\n]+)[">]', re.MULTILINE)


def of(compiler: Compiler, libc: Libc, sources: Sequence[Path], flags: Sequence[str]) -> str:
    """32 hex digits that change with the sources, what they include, the flags, the compiler and the libc.

    Raises UserError where a source cannot be read. Files are read once per process.
    """
    parts = (
        *(_closure(source) for source in sources),
        *flags,
        compiler.identity,
        libc.family,
        libc.loader,
        libc.identity.digest,
        libc.development.digest,
        _file(Path(command.__file__))[0],
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


@functools.cache
def _closure(source: Path) -> str:
    """Digest of a source's name, and of it and the files of ours that it includes, directly or not."""
    digests = {}
    waiting = [source]
    while waiting:
        file = waiting.pop()
        if file not in digests:
            digests[file], included = _file(file)
            waiting += included
    return " ".join([source.name, *digests.values()])


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
