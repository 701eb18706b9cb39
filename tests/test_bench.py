"""`conformance bench` measures what it says; how fast is no matter of a test."""

import re

import pytest

from conformance.cli import main


def test_bench(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--libc", "musl", "--count", "20", "cases/getopt"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"musl-1\.2\.6 +\d+ +\d+ +\d+%", said)
    assert "20 items that do nothing" in said
    assert re.search(r"\d+ items of the cases", said)
