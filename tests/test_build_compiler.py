"""Which compiler is taken, and what the user is told where there is none."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest
from real_libcs import NEWEST, real_libc, run

from conformance.build import compiler, probes
from conformance.errors import UserError


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(compiler, "find", compiler.find.__wrapped__)


def path_with(folder: Path, monkeypatch: pytest.MonkeyPatch, **commands: str) -> None:
    """Makes the PATH hold nothing but these commands, each a shell script."""
    folder.mkdir()
    for name, script in commands.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


CLANG = """case "$1" in
--version) echo "clang version 99";;
-print-resource-dir) echo /resources;;
-print-prog-name=ld) echo ld;;
esac"""
LINKER = "echo linker 1"


def test_no_compiler_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path_with(tmp_path / "bin", monkeypatch)
    monkeypatch.setattr(compiler, "_zig", lambda: None)
    with pytest.raises(UserError, match=r"apt install gcc.*ziglang"):
        compiler.find()


def test_clang_where_there_is_no_gcc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path_with(tmp_path / "bin", monkeypatch, clang=CLANG, ld=LINKER)
    found = compiler.find()
    assert found.kind == "clang"
    assert found.include == Path("/resources/include")
    assert found.identity == "clang version 99, linker 1"


def test_the_name_of_the_command_is_no_part_of_the_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    if not shutil.which("gcc"):
        pytest.skip("no gcc here")
    plain = compiler.find()
    monkeypatch.setenv("CC", f"{shutil.which('gcc')} -pipe")
    chosen = compiler.find()
    assert chosen.compile[1:] == ("-pipe",)
    assert chosen.identity == plain.identity


@pytest.mark.parametrize("chosen", ["no-such-compiler", " "])
def test_cc_that_is_no_command(chosen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", chosen)
    with pytest.raises(UserError, match=r"\$CC"):
        compiler.find()


def test_cc_that_is_another_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path_with(tmp_path / "bin", monkeypatch, tcc="echo tcc version 0.9")
    monkeypatch.setenv("CC", "tcc")
    with pytest.raises(UserError, match="neither gcc nor clang"):
        compiler.find()


def test_a_compiler_without_a_linker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path_with(tmp_path / "bin", monkeypatch, clang=CLANG)
    with pytest.raises(UserError, match="binutils"):
        compiler.find()


def test_variables_that_add_folders_are_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "planted.h").write_text("")
    source = tmp_path / "source" / "probe.c"
    source.parent.mkdir()
    source.write_text("#include <planted.h>\nint main(void) { return 0; }\n")
    for variable in ("CPATH", "C_INCLUDE_PATH"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setattr(probes, "cache", lambda: tmp_path / "cache")
    assert probes.build(real_libc("musl-1.2.6"), source) == probes.NotBuilt(["planted.h"])


@pytest.mark.parametrize("name", NEWEST)
def test_zig_builds_probes_that_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zig = compiler._zig()
    if not zig:
        pytest.skip("the ziglang wheel is not installed")
    path_with(tmp_path / "bin", monkeypatch)
    monkeypatch.setattr(probes, "cache", lambda: tmp_path / "cache")
    source = tmp_path / "probe.c"
    source.write_text('#include "observation.h"\nint main(int argc, char **argv) { return argc + !argv; }\n')
    built = probes.build(real_libc(name), source)
    assert isinstance(built, probes.BuiltProbe)
    monkeypatch.undo()
    assert run(real_libc(name), built.path, "x").returncode == 2


def test_the_environment_may_change_while_builds_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest sets and deletes a variable for every item, in another thread than the builds."""
    compiler.find()

    class Changing(dict[str, str]):
        def items(self) -> NoReturn:
            raise KeyError("PYTEST_CURRENT_TEST")

    monkeypatch.setattr(os, "environ", Changing(os.environ))
    assert compiler.run(["true"]) is None
