"""Real deaths on the real libcs: the kind of fault, and the function that the probe had called."""

import re
import signal
import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from real_libcs import NAMES, command_line, real_libc

from conformance.build import command, compiler, probes
from conformance.crash import CrashDump, decode_registers, site

HERE = Path(__file__).parent
SOURCE = HERE / "crashing.c"
SEGV, ABRT = signal.SIGSEGV, signal.SIGABRT

# way to die: signal, at, in; in this order for musl and for glibc where they differ, None where nobody dies
WAYS = {
    "double_free": [(SEGV, "hlt", "free"), (ABRT, None, "free")],
    "free_of_the_stack": [(SEGV, "null page", "free"), (ABRT, None, "free")],
    "after_a_deep_call": [(SEGV, "hlt", "free"), (ABRT, None, "free")],
    "null_in_the_probe": [(SEGV, "null page", "the probe")],
    "strlen_null": [(SEGV, "null page", "strlen")],
    "printf_null_format": [(SEGV, "null page", "printf"), None],
    "printf_bad_pointer": [(SEGV, "unmapped address", "printf")],
    "fputs_closed": [(SEGV, "null page", "fputs")],
    "stack_overflow": [(SEGV, "stack overflow", "the probe")],
    "large_frame": [(SEGV, "stack overflow", "the probe")],
    "overflow_in_the_libc": [(SEGV, "stack overflow", "snprintf")],
    "comparator": [(SEGV, "null page", "the probe")],
    "no_comparator": [(SEGV, "null page", "qsort")],
    "call_null": [(SEGV, "null page", "the probe")],
    "abort_itself": [(ABRT, None, "abort")],
    "raise_segv": [(SEGV, None, "raise")],
    "wild": [(SEGV, "non-canonical address", "the probe")],
    "memcpy_wild": [(SEGV, "non-canonical address", "memcpy")],
    "unmapped": [(SEGV, "unmapped address", "the probe")],
    "protected": [(SEGV, "protected page", "the probe")],
    "hlt": [(SEGV, "hlt", "the probe")],
    "illegal": [(signal.SIGILL, "illegal instruction", "the probe")],
    "division": [(signal.SIGFPE, "arithmetic", "the probe")],
    "bus": [(signal.SIGBUS, "bus error", "the probe")],
    "misaligned": [(SEGV, "misaligned address", "the probe")],
    "strtok_null": [None, (SEGV, "null page", "strtok")],
    "regexec_null": [None, (SEGV, "null page", "regexec")],
    "scanf_null": [None, (SEGV, "null page", "sscanf")],
    "strftime_null": [(SEGV, "null page", "strftime")],
}


def test_every_way_to_die_is_tested() -> None:
    assert set(re.findall(r"WAY\((\w+)\)[,;]", SOURCE.read_text())) == set(WAYS)


@pytest.fixture(scope="session")
def tracer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """tests/crash_dump.c as a static program."""
    folder = tmp_path_factory.mktemp("tracer")
    tools, musl = compiler.find(), real_libc("musl-1.2.6")
    compiled, program = folder / "crash_dump.o", folder / "crash_dump"
    for step in (
        command.compile_agent(tools, musl, HERE / "crash_dump.c", compiled),
        command.link_agent(tools, musl, [compiled], program),
    ):
        assert compiler.run(step) is None
    return program


def crashing(name: str) -> Path:
    # its misuses are what gcc warns of
    built = probes.build(real_libc(name), SOURCE, ["-w"])
    assert isinstance(built, probes.BuiltProbe)
    return built.path


def died(tracer: Path, name: str, program: Path, *arguments: str) -> CrashDump | None:
    line = command_line(real_libc(name), program, *arguments)
    done = subprocess.run([tracer, *line], capture_output=True, check=False, timeout=60)
    if done.returncode == 3:
        return None
    assert done.returncode == 0, done.stderr
    number, code, address = struct.unpack_from("<iiQ", done.stdout)
    parts, at = [], 32
    for size in struct.unpack_from("<4I", done.stdout, 16):
        parts.append(done.stdout[at : at + size])
        at += size
    instruction, registers, stack, maps = parts
    return CrashDump(number, code, address, decode_registers(registers), instruction, stack, maps.decode())


@pytest.mark.parametrize("thread", [[], ["second thread"]], ids=["main", "second"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", WAYS)
def test_site(way: str, name: str, thread: list[str], tracer: Path) -> None:
    expected = WAYS[way][0 if name.startswith("musl") else -1]
    program = crashing(name)
    dump = died(tracer, name, program, way, *thread)
    if expected is None:
        assert dump is None
        return
    assert dump is not None
    # started by hand, outside of any chroot: the process's root is the machine's own
    found = site(dump, Path("/"), program)
    assert (dump.signal, found.get("at"), found.get("in")) == expected


def test_files_are_looked_up_in_the_root_of_the_process(tracer: Path) -> None:
    """As in a sandbox, where the maps hold paths of the libc's root and of /probe."""
    libc, program = real_libc("musl-1.2.6"), crashing("musl-1.2.6")
    dump = died(tracer, libc.name, program, "double_free")
    assert dump is not None
    maps = dump.maps.replace(str(libc.root), "").replace(str(program), "/probe/key/crashing")
    assert str(libc.root) not in maps
    found = site(replace(dump, maps=maps), libc.root, program)
    assert found["in"] == "free"
    assert re.fullmatch(r"[\w.-]+\+0x[0-9a-f]+", found["rip"])
    assert re.fullmatch(r"\w+\+0x[0-9a-f]+", found["symbol"])


@pytest.mark.parametrize("name", ["musl-1.2.6", "glibc-2.43"])
def test_what_is_not_known_is_left_out(name: str, tracer: Path) -> None:
    program = crashing(name)
    dump = died(tracer, name, program, "memcpy_wild")
    assert dump is not None
    assert site(replace(dump, maps=""), Path("/"), program) == {"at": "non-canonical address"}
    blind = site(replace(dump, stack=b"", instruction=b""), Path("/"), program)
    assert "in" not in blind
    scribbled = replace(dump, stack=bytes(range(256)) * 128)
    assert "in" not in site(scribbled, Path("/"), program)
    nowhere = replace(dump, registers=dict.fromkeys(dump.registers, 2**64 - 1), stack=b"")
    assert "in" not in site(nowhere, Path("/"), program)


@pytest.mark.parametrize(
    ("declared", "called"), [("__isoc23_strtol", "strtol"), ("__isoc99_sscanf", "sscanf")]
)
def test_the_name_is_the_one_that_the_source_has(
    declared: str, called: str, tracer: Path, tmp_path: Path
) -> None:
    text = f"""
        #include <stddef.h>
        long {declared}(const char *, ...);
        int main(void) {{ const char *volatile nowhere = NULL; return {declared}(nowhere, NULL, 10); }}
    """
    source = tmp_path / "renamed.c"
    source.write_text(text)
    built = probes.build(real_libc("glibc-2.43"), source, ["-w"])
    assert isinstance(built, probes.BuiltProbe)
    dump = died(tracer, "glibc-2.43", built.path)
    assert dump is not None
    assert site(dump, Path("/"), built.path)["in"] == called


def test_a_call_by_way_of_a_register(tracer: Path, tmp_path: Path) -> None:
    source = tmp_path / "pointer.c"
    source.write_text(
        "#include <stdlib.h>\n"
        "static void (*volatile release)(void *) = free;\n"
        "int main(void) { release((void *)4096); return 0; }\n"
    )
    built = probes.build(real_libc("glibc-2.43"), source)
    assert isinstance(built, probes.BuiltProbe)
    dump = died(tracer, "glibc-2.43", built.path)
    assert dump is not None
    assert site(dump, Path("/"), built.path)["in"] == "free"


def test_a_crash_before_main(tracer: Path, tmp_path: Path) -> None:
    source = tmp_path / "early.c"
    source.write_text(
        "static char *volatile nowhere;\n"
        "__attribute__((constructor)) static void early(void) { *nowhere = 1; }\n"
        "int main(void) { return 0; }\n"
    )
    built = probes.build(real_libc("musl-1.2.6"), source, ["-w"])
    assert isinstance(built, probes.BuiltProbe)
    dump = died(tracer, "musl-1.2.6", built.path)
    assert dump is not None
    assert site(dump, Path("/"), built.path)["in"] == "the probe"
