"""All C of the project compiles without a warning; what users build does not insist on that."""

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from conformance import topics
from conformance.build import command, compiler, diagnostics
from conformance.libcs.model import Libc
from conformance.paths import C_SOURCES, CASES

# probes use what is deprecated on purpose
STRICT = ("-Wall", "-Wextra", "-Werror", "-Wno-deprecated-declarations", "-fsyntax-only")
PROBES = sorted((C_SOURCES / "probes").rglob("*.c"))


@cache
def flags_of_cases() -> dict[Path, set[tuple[str, ...]]]:
    """How each probe is compiled for the cases that use it."""
    flags = defaultdict(set)
    for topic in topics.find(CASES):
        for case in topics.load(topic):
            source = topics.probe_source(case.scenario.probe, case.source)
            assert source
            flags[source].add(case.scenario.flags)
    return flags


@pytest.mark.skipif(compiler.find().kind != "gcc", reason="the probes are written against gcc's warnings")
@pytest.mark.parametrize("source", PROBES, ids=lambda source: str(source.relative_to(C_SOURCES / "probes")))
def test_probe_has_no_warnings(source: Path, glibc: Libc, tmp_path: Path) -> None:
    for flags in flags_of_cases().get(source, {()}):
        compile_probe = command.compile_probe(compiler.find(), glibc, source, flags, tmp_path / "probe.o")
        said = compiler.run([*compile_probe, *STRICT])
        assert said is None or diagnostics.missing(said), said
