"""Builds the agent: one static program for every sandbox, whatever libc the sandbox holds."""

from collections.abc import Sequence
from pathlib import Path

from conformance.build import command, compiler, key, linkage, store
from conformance.errors import UserError
from conformance.libcs.model import Libc
from conformance.paths import C_SOURCES, cache

SOURCES = C_SOURCES / "agent"


def agent_binary(musl: Libc) -> Path:
    """The agent, linked statically with `musl`, from the cache if it is there.

    Raises UserError with the compiler's message where it cannot be built.
    """
    return static_program("agent", musl, sorted(SOURCES.glob("*.c")))


def static_program(name: str, musl: Libc, sources: Sequence[Path]) -> Path:
    """A program of the harness, which may use the agent's headers; otherwise like `agent_binary`."""
    if not sources:
        raise UserError(f"{SOURCES} holds no C file: the installation is incomplete")
    entry = cache() / name / key.of(compiler.find().identity, musl, sources, ())
    if not (entry / name).exists():
        store.put(entry, lambda product, scratch: _make(musl, sources, product / name, scratch))
    return entry / name


def _make(musl: Libc, sources: Sequence[Path], program: Path, scratch: Path) -> None:
    tools = compiler.find()
    objects = [scratch / f"{source.stem}.o" for source in sources]
    steps = [
        *(command.compile_agent(tools, musl, *pair) for pair in zip(sources, objects, strict=True)),
        command.link_agent(tools, musl, objects, program),
    ]
    for step in steps:
        if (said := compiler.run(step)) is not None:
            raise UserError(f"{program.name} cannot be built with {musl.name}:\n{said.strip()}")
    linkage.check_static(program)
