"""Results: lines that several processes append, and reading what a killed run left."""

import json
import multiprocessing
import os
import resource
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance import results
from conformance.case import Observation, Outcome
from conformance.errors import UserError
from conformance.results import Line


def line(case: str = "resolver/truncation::one", libc: str = "musl-1.2.6", **info: object) -> Line:
    seen = Observation(case, libc, {"b": "é", "a": 1.0}, Outcome("exited", {"code": 0}), dict(info))
    return Line(seen, {"expected": True, "conforms": None})


def append(folder: Path, *lines: Line) -> None:
    fd = results.open_observations(folder)
    for one in lines:
        results.append(fd, one)
    os.close(fd)


def test_a_line_has_a_fixed_form() -> None:
    assert line(wall_seconds=0.5).as_bytes() == (
        b'{"case": "resolver/truncation::one", "libc": "musl-1.2.6", "facts": {"a": 1.0, "b": "\\u00e9"}, '
        b'"outcome": {"kind": "exited", "code": 0}, "verdict": {"expected": true, "conforms": null}, '
        b'"info": {"wall_seconds": 0.5}}\n'
    )


def test_lines_are_read_as_they_were_written(tmp_path: Path) -> None:
    failed = Line(Observation("x::y", "host", {}, Outcome("failed", {"reason": "no memory"})), None)
    append(results.create(tmp_path), line(), failed)
    results.write_run(tmp_path, {"libcs": [{"name": "host"}]})
    read = results.read(tmp_path)
    assert read.lines == [line(), failed]
    assert read.run == {"libcs": [{"name": "host"}]}
    assert read.torn == []


def test_the_last_line_of_a_case_counts(tmp_path: Path) -> None:
    append(results.create(tmp_path), line(try_=1), line(libc="musl-1.2.5"), line(try_=2))
    assert [one.observation.info for one in results.read(tmp_path).lines] == [{"try_": 2}, {}]


@pytest.mark.parametrize("cut", [1, 30, 150])
def test_a_torn_last_line_is_passed_over(tmp_path: Path, cut: int) -> None:
    append(results.create(tmp_path), line(), line(libc="musl-1.2.5"))
    path = tmp_path / "observations.jsonl"
    content = path.read_bytes()
    path.write_bytes(content[:-cut])
    read = results.read(tmp_path)
    whole = 2 if cut == 1 else 1
    assert len(read.lines) == whole
    assert read.torn == ([] if whole == 2 else [f"{path}:2 is not a whole line: passed over"])


def test_a_line_after_a_torn_one_is_kept(tmp_path: Path) -> None:
    path = results.create(tmp_path) / "observations.jsonl"
    path.write_bytes(line().as_bytes()[:50] + line(libc="glibc-2.41").as_bytes() + line().as_bytes())
    read = results.read(tmp_path)
    assert [one.observation.libc for one in read.lines] == ["glibc-2.41", "musl-1.2.6"]
    assert read.torn == [f"{path}:1 is not a whole line: passed over"]


@pytest.mark.parametrize(
    "other", ["{}", "[]", "1", "x", '{"case": 1}', "[" * 100_000, '{"case": "a", "outcome": {}}', "\ufffd"]
)
def test_any_other_line_is_passed_over(tmp_path: Path, other: str) -> None:
    (results.create(tmp_path) / "observations.jsonl").write_text(f"{other}\n" + line().as_bytes().decode())
    read = results.read(tmp_path)
    assert read.lines == [line()]
    assert len(read.torn) == 1


def _append_many(folder: Path, libc: str) -> None:
    append(folder, *(line(f"x::{n}", libc, padding="p" * n * 20) for n in range(200)))


def test_lines_of_several_processes_do_not_mix(tmp_path: Path) -> None:
    results.create(tmp_path)
    workers = [
        multiprocessing.Process(target=_append_many, args=(tmp_path, f"musl-1.2.{n}")) for n in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    read = results.read(tmp_path)
    assert len(read.lines) == 800
    assert read.torn == []


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    fd = os.open("/dev/full", os.O_WRONLY | os.O_APPEND)
    with pytest.raises(UserError, match="cannot write results: No space left on device"):
        results.append(fd, line())
    os.close(fd)


def test_a_line_that_does_not_fit_leaves_the_others_readable(tmp_path: Path) -> None:
    append(results.create(tmp_path), line())
    size = len(line().as_bytes())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, before[1]))
    try:
        with pytest.raises(UserError, match="cannot write results: the disk is full"):
            append(tmp_path, line(libc="musl-1.2.5"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    append(tmp_path, line(libc="glibc-2.41"))
    read = results.read(tmp_path)
    assert [one.observation.libc for one in read.lines] == ["musl-1.2.6", "glibc-2.41"]
    assert len(read.torn) == 1


def test_a_run_has_a_folder_of_its_own_and_is_the_latest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(results, "datetime", _OneSecond)
    folders = [results.create(None) for _ in range(3)]
    assert folders == [Path(f"results/runs/2026-01-02T03-04-05Z{end}") for end in ("", ".2", ".3")]
    assert not Path("results/latest").exists()
    for folder in folders:
        results.publish(folder)
    assert Path("results/latest").resolve() == folders[-1].resolve()
    assert Path("results/latest").readlink() == Path("runs/2026-01-02T03-04-05Z.3")
    assert results.read(results.LATEST).lines == []
    assert sorted(path.name for path in Path("results").iterdir()) == ["latest", "runs"]


class _OneSecond:
    @staticmethod
    def now(zone: object) -> datetime:
        assert zone is UTC
        return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_chosen_folder_holds_the_last_run(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    append(results.create(folder), line())
    results.write_run(folder, {"old": True})
    results.create(folder)
    read = results.read(folder)
    assert (read.lines, read.run) == ([], {})


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="Name another folder with --results"):
        results.create(tmp_path / "file" / "run")


def test_a_latest_that_is_no_link_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("results/latest").mkdir(parents=True)
    with pytest.raises(UserError, match="results/latest is not a symbolic link"):
        results.create(None)


def test_a_folder_without_results_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no results in .*: observations\.jsonl cannot be read"):
        results.read(tmp_path)


def test_run_json_is_stable_and_checked(tmp_path: Path) -> None:
    results.write_run(tmp_path, {"b": "é", "a": 1})
    assert (tmp_path / "run.json").read_bytes() == b'{\n  "a": 1,\n  "b": "\\u00e9"\n}\n'
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]
    assert results.read_run(tmp_path) == json.loads('{"a": 1, "b": "\\u00e9"}')
    (tmp_path / "run.json").write_text("[")
    with pytest.raises(UserError, match=r"run.json cannot be read"):
        results.read_run(tmp_path)
