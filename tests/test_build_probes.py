"""Probes are built once, remembered exactly, and what a libc lacks is told from what a probe has wrong."""

import dataclasses
import mmap
import multiprocessing
import os
import stat
from pathlib import Path

import pytest
from real_libcs import NAMES, NEWEST, real_libc, run

from conformance.build import compiler, probes
from conformance.build.probes import BuiltProbe, NotBuilt, build, folder
from conformance.errors import UserError
from conformance.libcs.model import Libc
from conformance.observation import AREA_SIZE, decode, ffi, header

RECORDING = """
#include <math.h>
#include "observation.h"
int main(int argc, char **argv)
{
	char bytes[] = "a\\0b", name[500];
	for (unsigned i = 0; i < sizeof name; i++) name[i] = 'x';
	name[sizeof name - 1] = 0;
	fact_int("least", INT64_MIN);
	fact_bool("many", argc > 1);
	fact_real("root", sqrt(0.25));
	fact_real("none", NAN);
	fact_text("argument", argv[1]);
	fact_text("nothing", argv[argc]);
	fact_bytes("bytes", bytes, sizeof bytes);
	fact_text("long", name);
	item_int("list", 1);
	item_text("list", "two");
	info_int("time", 3);
	step("here");
	return 0;
}
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "cache", lambda: tmp_path / "cache")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "recording.c"
    file.write_text(RECORDING)
    return file


def written(folder: Path, text: str, name: str = "probe.c") -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(text)
    return file


def built(name: str, source: Path, *flags: str) -> BuiltProbe:
    probe = build(real_libc(name), source, flags)
    assert isinstance(probe, BuiltProbe)
    return probe


def missing(name: str, source: Path, *flags: str) -> list[str]:
    probe = build(real_libc(name), source, flags)
    assert isinstance(probe, NotBuilt)
    return probe.missing


@pytest.mark.parametrize("name", NAMES)
def test_a_probe_records_what_python_reads(name: str, source: Path) -> None:
    probe = built(name, source)
    area = os.memfd_create("area")
    os.ftruncate(area, AREA_SIZE)
    with mmap.mmap(area, AREA_SIZE) as memory:
        head = ffi.from_buffer("struct observation_head *", memory)
        head.magic, head.capacity, head.run = header.OBSERVATION_MAGIC, header.OBSERVATION_CAPACITY, 1
        ffi.release(head)
        done = run(real_libc(name), probe.path, "Ω\n", fd3=area)
        recorded = decode(memory)
    os.close(area)
    assert done.returncode == 0, done.stderr
    assert recorded.problems == []
    assert recorded.facts == {
        "least": -(2**63),
        "many": True,
        "root": 0.5,
        "none": "nan",
        "argument": "Ω\\n",
        "nothing": "NULL",
        "bytes": "a\\x00b\\x00",
        "long": "x" * 499,
        "list": [1, "two"],
    }
    assert recorded.info == {"time": 3}
    assert recorded.reached == "here"


def test_a_second_build_only_reads(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = built("musl-1.2.6", source)
    lacking = written(source.parent, "#include <nosuch.h>\n")
    assert missing("musl-1.2.6", lacking) == ["nosuch.h"]
    monkeypatch.setattr(compiler, "run", lambda _: pytest.fail("compiled again"))
    assert built("musl-1.2.6", source) == first
    assert missing("musl-1.2.6", lacking) == ["nosuch.h"]


def test_everything_that_goes_in_changes_the_build(tmp_path: Path) -> None:
    musl = real_libc("musl-1.2.6")
    main = '#include "beside.h"\nint main(void) { return VALUE; }\n'
    one = written(tmp_path / "one", main)
    written(tmp_path / "one", "#define VALUE 1\n", "beside.h")
    other = written(tmp_path / "other", main)
    written(tmp_path / "other", "#define VALUE 2\n", "beside.h")
    same = written(tmp_path / "same", main)
    written(tmp_path / "same", "#define VALUE 1\n", "beside.h")
    renewed = dataclasses.replace(
        musl, development=dataclasses.replace(musl.development, digest="another digest of the headers")
    )
    programs = [
        build(libc, source, flags)
        for libc, source, flags in [
            (musl, one, []),
            (musl, other, []),
            (musl, one, ["-DX"]),
            (real_libc("musl-1.2.5"), one, []),
            (renewed, one, []),
        ]
    ]
    assert len({program.path for program in programs if isinstance(program, BuiltProbe)}) == len(programs)
    assert build(musl, same) == programs[0]


def test_where_the_source_lies_changes_nothing(tmp_path: Path) -> None:
    """An assertion's message is a fact: it must not hold this machine's paths."""
    text = "#include <assert.h>\nint main(int argc, char **argv) { assert(argc == 1 && argv); return 0; }\n"
    probe = built("musl-1.2.6", written(tmp_path / "some where", text))
    assert str(tmp_path).encode() not in probe.path.read_bytes()
    assert b"probe.c" in run(real_libc("musl-1.2.6"), probe.path, "x").stderr


def test_the_sandbox_sees_the_probe_under_its_own_name(source: Path) -> None:
    probe = built("musl-1.2.6", source)
    inside = Path(probe.inside)
    assert inside.name == "recording"
    assert folder(real_libc("musl-1.2.6")) / inside.relative_to("/probe") == probe.path


def test_any_user_may_run_a_probe_built_under_a_strict_umask(source: Path) -> None:
    before = os.umask(0o077)
    try:
        probe = built("musl-1.2.6", source)
    finally:
        os.umask(before)
    for path in (probe.path, probe.path.parent, folder(real_libc("musl-1.2.6"))):
        assert stat.S_IMODE(path.stat().st_mode) == 0o755


@pytest.mark.parametrize("name", NEWEST)
@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("#include <no/such.h>\nint main(void) { return 0; }", ["no/such.h"]),
        ("int main(void) { return nosuch(1) + another(2); }", ["another", "nosuch"]),
        ("int nosuch(int);\nint main(void) { return nosuch(1); }", ["nosuch"]),
        ("int main(void) { return NOSUCH | OTHER; }", ["NOSUCH", "OTHER"]),
        ("int main(void) { nosuch_t x = 0; return 0; }", ["nosuch_t"]),
        ("int main(void) { return sizeof(struct nosuch); }", ["struct nosuch"]),
        ("int main(void) { struct nosuch x; return sizeof x; }", ["struct nosuch"]),
        ("int main(void) { struct nosuch x[2]; return sizeof x; }", ["struct nosuch"]),
        ("int f(struct nosuch *p) { return p->x; }\nint main(void) { return 0; }", ["struct nosuch"]),
        ("struct s { int a; };\nint main(void) { struct s x = {0}; return x.b; }", ["struct s.b"]),
    ],
)
def test_what_a_libc_lacks(name: str, body: str, names: list[str], tmp_path: Path) -> None:
    assert missing(name, written(tmp_path, body + "\n")) == names


def test_a_header_that_only_glibc_has(tmp_path: Path) -> None:
    source = written(tmp_path, "#include <printf.h>\nint main(void) { return 0; }\n")
    assert missing("musl-1.2.6", source) == ["printf.h"]
    built("glibc-2.43", source)


def test_a_faulty_probe_is_an_error_with_the_place(tmp_path: Path) -> None:
    source = written(tmp_path, "int main(void)\n{\n\treturn 0\n}\n")
    with pytest.raises(UserError) as raised:
        build(real_libc("musl-1.2.6"), source, ["-DWITH"])
    assert f"{source}:3:" in str(raised.value)
    assert "musl-1.2.6" in str(raised.value)
    assert "-DWITH" in str(raised.value)


def test_a_probe_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere\.c"):
        build(real_libc("musl-1.2.6"), tmp_path / "nowhere.c")


def test_flags_for_the_linker(tmp_path: Path) -> None:
    source = written(tmp_path, "int main(void) { return VALUE; }\n")
    probe = built("musl-1.2.6", source, "-DVALUE=3", "-Wl,-soname,marked")
    assert run(real_libc("musl-1.2.6"), probe.path).returncode == 3
    assert b"marked" in probe.path.read_bytes()


def _build_apart(libc: Libc, source: Path, cache: Path, start: "multiprocessing.synchronize.Barrier") -> None:
    probes.cache = lambda: cache
    start.wait()
    built = build(libc, source)
    assert isinstance(built, BuiltProbe)
    assert built.path.read_bytes()[:4] == b"\x7fELF"


def test_processes_that_build_the_same_probe(source: Path, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(3)
    libc, cache = real_libc("musl-1.2.6"), tmp_path / "cache"
    workers = [context.Process(target=_build_apart, args=(libc, source, cache, start)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert [entry.name for entry in (cache / "probes").iterdir()] == [folder(libc).name]
