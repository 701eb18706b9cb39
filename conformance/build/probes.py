"""Builds probes, each once per libc, and remembers those that cannot be built there."""

import json
import shlex
from collections.abc import Callable, Sequence
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


Tools = Callable[[Libc, Path, Sequence[str], Path], str | None]
"""Compiles and links the source with the flags into a program: None on success, else what the tools said.

Only the folder of the program may be written to.
"""


def folder(libc: Libc) -> Path:
    """Where all probes of one libc are, for its sandbox to show as /probe."""
    return cache() / "probes" / f"{libc.family}-{libc.version}-{libc.identity.digest[:16]}"


def tools_here(libc: Libc, source: Path, flags: Sequence[str], program: Path) -> str | None:
    """This machine's compiler and linker, with the libc's headers and start files. Raises UserError."""
    tools = compiler.find()
    compiled = program.with_name("probe.o")
    steps = (
        command.compile_probe(tools, libc, source, flags, compiled),
        command.link_probe(tools, libc, compiled, flags, program),
    )
    return next((said for step in steps if (said := compiler.run(step)) is not None), None)


def build(
    libc: Libc, source: Path, flags: Sequence[str] = (), tools: Tools = tools_here
) -> BuiltProbe | NotBuilt:
    """The probe compiled for the libc, from the cache if it is there.

    `tools` are the builder's for a libc that has one. Raises UserError with the compiler's message where the
    probe itself is wrong.
    """
    entry = _entry(libc, source, flags)
    if (known := _known(entry, source)) is None:
        store.put(entry, lambda product, scratch: _make(libc, source, flags, product, scratch, tools))
        known = _known(entry, source)
        assert known is not None, entry
    return known


def known(libc: Libc, source: Path, flags: Sequence[str] = ()) -> BuiltProbe | NotBuilt | None:
    """What the cache holds, or None: then `build` will have to call the compiler."""
    return _known(_entry(libc, source, flags), source)


def _entry(libc: Libc, source: Path, flags: Sequence[str]) -> Path:
    builder = libc.development.builder
    tools = builder.id if builder else compiler.find().identity
    return folder(libc) / key.of(tools, libc, [source], flags)


def _known(entry: Path, source: Path) -> BuiltProbe | NotBuilt | None:
    program = entry / source.stem
    if program.exists():
        return BuiltProbe(program, f"/probe/{entry.name}/{source.stem}")
    try:
        return NotBuilt(json.loads((entry / _NOT_BUILT).read_bytes()))
    except FileNotFoundError:
        return None


def _make(libc: Libc, source: Path, flags: Sequence[str], product: Path, scratch: Path, tools: Tools) -> None:
    made = scratch / source.stem
    said = tools(libc, source, flags, made)
    if said is None:
        linkage.check_dynamic(made, libc)
        made.rename(product / source.stem)
        return
    lacking = diagnostics.missing(said)
    if not lacking:
        with_flags = f" with {shlex.join(flags)}" if flags else ""
        raise UserError(f"{source} cannot be built for {libc.name}{with_flags}:\n{said.strip()}")
    (product / _NOT_BUILT).write_text(json.dumps(lacking))
