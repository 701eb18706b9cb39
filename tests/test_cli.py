"""The command's frame: exit codes, and mistakes of the user in one line."""

import json
from pathlib import Path

import pytest

from conformance import cli
from conformance.cli import main
from conformance.libcs.apk.packagelist import shipped
from conformance.libcs.catalogue import catalogue

LISTS = [f"apk:{name}" for name in shipped()]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path))


def test_mistake_of_the_user_is_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["libcs", "fetch", "mulsl"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("conformance: there is no libc 'mulsl'")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["libcs", "fetch"]])
def test_usage_error_is_exit_code_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_interrupt_is_exit_code_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("conformance.commands.libcs._list", interrupted)
    assert main(["libcs"]) == cli.INTERRUPTED == 130


def test_libcs_lists_what_is_not_fetched(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["libcs"]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split()[:3] == ["NAME", "STATE", "SIZE"]
    assert [line.split()[0] for line in lines] == [*catalogue(), *LISTS, "host"]
    assert all("not fetched" in line for line in lines[:-1])


def test_libcs_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["libcs", "--format", "json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(rows) == [*catalogue(), *LISTS, "host"]
    musl = rows["musl-1.2.3"]
    assert (musl["state"], musl["family"], musl["identity"]) == ("not fetched", "musl", None)
    assert musl["size"] > 1_000_000
