"""Builds probes, each once per libc, and remembers those that cannot be built there."""

import json
import os
import shlex
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from conformance.build import command, compiler, diagnostics, key, linkage, store
from conformance.errors import UserError
from conformance.libcs.model import Libc
from conformance.paths import cache

_NOT_BUILT = "not-built.json"


@dataclass(frozen=True, slots=True)
class BuiltProbe:
    """A program: `path` on this machine, `inside` where the sandbox shows `folder(libc)` as /probe.

    Its file has the probe's own name, which a program can see (`comm`, `AT_EXECFN`).
    """

    path: Path
    inside: str


@dataclass(frozen=True, slots=True)
class NotBuilt:
    """The libc lacks something that the probe uses: sorted headers, functions, constants or types."""

    missing: list[str]


Request = tuple[Libc, Path, Sequence[str]]
"""A libc, the probe's source, and extra flags; of these, what starts with `-Wl,` goes to the linker."""


def folder(libc: Libc) -> Path:
    """Where all probes of one libc are, for its sandbox to show as /probe."""
    return cache() / "probes" / f"{libc.family}-{libc.version}-{libc.identity.digest[:16]}"


def build(libc: Libc, source: Path, flags: Sequence[str] = ()) -> BuiltProbe | NotBuilt:
    """The probe compiled for the libc, from the cache if it is there.

    Raises UserError with the compiler's message where the probe itself is wrong.
    """
    entry = _entry(libc, source, flags)
    if (known := _known(entry, source)) is None:
        store.put(entry, lambda product, scratch: _make(libc, source, flags, product, scratch))
        known = _known(entry, source)
        assert known is not None, entry
    return known


def known(libc: Libc, source: Path, flags: Sequence[str] = ()) -> BuiltProbe | NotBuilt | None:
    """What the cache holds, or None: then `build` will have to call the compiler."""
    return _known(_entry(libc, source, flags), source)


def prepare(
    requests: Sequence[Request], progress: Callable[[], object] = lambda: None
) -> list[BuiltProbe | NotBuilt | UserError]:
    """Builds what is not in the cache yet, on all processors; results are in the order of the requests.

    A faulty probe does not stop the others: its error is its result. `progress` is called after each request,
    from several threads.
    """

    def one(request: Request) -> BuiltProbe | NotBuilt | UserError:
        try:
            return build(*request)
        except UserError as error:
            return error
        finally:
            progress()

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(one, requests))


def _entry(libc: Libc, source: Path, flags: Sequence[str]) -> Path:
    return folder(libc) / key.of(compiler.find(), libc, [source], flags)


def _known(entry: Path, source: Path) -> BuiltProbe | NotBuilt | None:
    program = entry / source.stem
    if program.exists():
        return BuiltProbe(program, f"/probe/{entry.name}/{source.stem}")
    try:
        return NotBuilt(json.loads((entry / _NOT_BUILT).read_bytes()))
    except FileNotFoundError:
        return None


def _make(libc: Libc, source: Path, flags: Sequence[str], product: Path, scratch: Path) -> None:
    tools = compiler.find()
    compiled, program = scratch / "probe.o", product / source.stem
    steps = (
        command.compile_probe(tools, libc, source, flags, compiled),
        command.link_probe(tools, libc, compiled, flags, program),
    )
    for step in steps:
        if (said := compiler.run(step)) is not None:
            lacking = diagnostics.missing(said)
            if not lacking:
                with_flags = f" with {shlex.join(flags)}" if flags else ""
                raise UserError(f"{source} cannot be built for {libc.name}{with_flags}:\n{said.strip()}")
            (product / _NOT_BUILT).write_text(json.dumps(lacking))
            return
    linkage.check_dynamic(program, libc)
