"""What a probe is compiled and linked from: the libc's own files and the compiler's, never the host's."""

import dataclasses
import re
import subprocess
from pathlib import Path

import pytest
from real_libcs import NAMES, real_libc

from conformance.build import command, compiler, linkage
from conformance.errors import UserError
from conformance.libcs.model import Libc
from conformance.observation import ffi, header
from conformance.paths import C_SOURCES

# a file from every kind of folder: the compiler's, the libc's, the kernel's
SOURCE = """
#include <stddef.h>
#include <stdarg.h>
#include <stdio.h>
#include <math.h>
#include <pthread.h>
#include <sys/stat.h>
#include <linux/futex.h>
#include <asm/unistd.h>
#include "observation.h"
static void *nothing(void *argument) { return argument; }
int main(int argc, char **argv)
{
	pthread_t thread;
	fact_real("sine", sin(argc));
	return pthread_create(&thread, 0, nothing, argv);
}
"""


def used(libc: Libc, folder: Path) -> set[Path]:
    """Every file that the compiler and the linker read."""
    tools = compiler.find()
    source, compiled, dependencies = folder / "probe.c", folder / "probe.o", folder / "probe.d"
    source.write_text(SOURCE)
    subprocess.run(
        [*command.compile_probe(tools, libc, source, [], compiled), "-MD", "-MF", str(dependencies)],
        check=True,
    )
    traced = subprocess.run(
        [*command.link_probe(tools, libc, compiled, [], folder / "probe"), "--trace"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    headers = dependencies.read_text().partition(":")[2].replace("\\\n", " ").split()
    # GNU ld names a member of an archive as (archive)member
    inputs = [re.sub(r"^\((.*)\).*", r"\1", line) for line in traced.splitlines()]
    assert headers
    assert inputs
    return {Path(file).resolve() for file in (*headers, *inputs)}


@pytest.mark.parametrize("name", NAMES)
def test_no_file_of_the_host_is_used(name: str, tmp_path: Path) -> None:
    libc, tools = real_libc(name), compiler.find()
    allowed = [libc.development.root, tools.include, C_SOURCES, tmp_path]
    if tools.runtime and libc.family == "musl":
        allowed.append(tools.runtime)
    files = used(libc, tmp_path)
    foreign = {file for file in files if not any(file.is_relative_to(folder.resolve()) for folder in allowed)}
    assert foreign == set()
    own = {file for file in files if file.is_relative_to(libc.development.root.resolve())}
    assert {"stdio.h", "futex.h", "Scrt1.o"} <= {file.name for file in own}
    assert (libc.development.root / libc.library.lstrip("/")).resolve() in own


def test_the_host_is_noticed(tmp_path: Path) -> None:
    """The check above sees a host's file when there is one."""
    libc, tools = real_libc("glibc-2.31"), compiler.find()
    (tmp_path / "probe.c").write_text('#include <stdio.h>\nint main(void) { return puts("x"); }\n')
    traced = subprocess.run(
        [*tools.compile, f"--sysroot={libc.development.root}", "-Wl,--trace", "probe.c", "-o", "probe"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    if not traced:
        pytest.skip("this compiler has no libc of the host to leak")
    assert any(not Path(line).resolve().is_relative_to(libc.development.root) for line in traced.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_c_and_python_agree_on_the_layout_of_records(name: str, tmp_path: Path) -> None:
    checks = []
    for struct in ("struct observation_record", "struct observation_area"):
        checks.append(f'_Static_assert(sizeof({struct}) == {ffi.sizeof(struct)}, "size");')
        for member, field in ffi.typeof(struct).fields:
            checks.append(f'_Static_assert(offsetof({struct}, {member}) == {field.offset}, "{member}");')
            size = ffi.sizeof(field.type)
            checks.append(f'_Static_assert(sizeof((({struct} *)0)->{member}) == {size}, "{member}");')
    for constant in (constant for constant in dir(header) if constant.startswith("OBSERVATION_")):
        checks.append(f'_Static_assert({constant} == {getattr(header, constant)}, "{constant}");')
    assert len(checks) > 30
    source = tmp_path / "layout.c"
    source.write_text("\n".join(["#include <stddef.h>", '#include "observation.h"', *checks, ""]))
    step = command.compile_probe(compiler.find(), real_libc(name), source, [], tmp_path / "layout.o")
    assert compiler.run(step) is None


def stripped_development(libc: Libc, folder: Path, without: str) -> Libc:
    """The libc with development files that lack one library."""
    root = folder / "root"
    for inner in ("usr/include", "usr/lib/gcc"):
        if (libc.root / inner).exists():
            (root / inner).parent.mkdir(parents=True, exist_ok=True)
            (root / inner).symlink_to(libc.root / inner)
    libraries = Path("usr/lib") / ("x86_64-linux-musl" if libc.family == "musl" else "x86_64-linux-gnu")
    (root / libraries).mkdir(parents=True)
    for file in (libc.root / libraries).iterdir():
        if file.name != without:
            (root / libraries / file.name).symlink_to(file)
    return dataclasses.replace(libc, development=dataclasses.replace(libc.development, root=root))


@pytest.mark.parametrize("name", ["musl-1.2.6", "glibc-2.43"])
@pytest.mark.parametrize("without", ["libc.so", "crti.o"])
def test_incomplete_development_files_are_an_error(name: str, without: str, tmp_path: Path) -> None:
    """Above all, dynamic must not become static where libc.so is missing and libc.a is there."""
    libc = stripped_development(real_libc(name), tmp_path, without)
    with pytest.raises(UserError, match=re.escape(f"{without} is missing under {libc.development.root}")):
        command.link_probe(compiler.find(), libc, tmp_path / "probe.o", [], tmp_path / "probe")


def test_headers_of_glibc_beside_musl_are_not_used(tmp_path: Path) -> None:
    musl = real_libc("musl-1.2.6")
    root = tmp_path / "root"
    (root / "usr/include").mkdir(parents=True)
    (root / "usr/include/x86_64-linux-musl").symlink_to(musl.root / "usr/include/x86_64-linux-musl")
    for glibc_header in ("features.h", "printf.h"):
        (root / "usr/include" / glibc_header).write_text("")
    libc = dataclasses.replace(musl, development=dataclasses.replace(musl.development, root=root))
    source = tmp_path / "probe.c"
    source.write_text("#include <printf.h>\nint main(void) { return 0; }\n")
    said = compiler.run(command.compile_probe(compiler.find(), libc, source, [], tmp_path / "probe.o"))
    assert said is not None
    assert "printf.h" in said


def test_a_program_for_another_libc_is_refused(tmp_path: Path) -> None:
    musl, glibc = real_libc("musl-1.2.6"), real_libc("glibc-2.43")
    used(glibc, tmp_path)
    linkage.check_dynamic(tmp_path / "probe", glibc)
    with pytest.raises(UserError, match="loader"):
        linkage.check_dynamic(tmp_path / "probe", musl)
    with pytest.raises(UserError, match=r"libc\.so\.6"):
        linkage.check_dynamic(tmp_path / "probe", dataclasses.replace(musl, loader=glibc.loader))
    with pytest.raises(UserError, match="static"):
        linkage.check_static(tmp_path / "probe")
