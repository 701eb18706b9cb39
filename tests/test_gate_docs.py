"""docs/gate.md says what is true: classes, options, exit codes, the example of waivers."""

import re
from datetime import date
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.gate.finding import Kind
from conformance.gate.waivers import read
from conformance.plugin.tally import EXIT_COULD_NOT_RUN

ROOT = Path(__file__).parent.parent
GATE = (ROOT / "docs/gate.md").read_text(encoding="utf-8")


def test_classes_are_in_order() -> None:
    named = re.findall(r"^\| ([a-z ]+) \| .* \| .* \|$", GATE.partition("## Classes")[2], re.MULTILINE)
    assert [name for name in named if name in list(Kind)] == list(Kind)


def test_the_waivers_can_be_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", GATE, re.DOTALL)
    file = tmp_path / "waivers.yaml"
    file.write_text(example)
    assert len(read(file, date(2027, 3, 31)).in_force) == 1


def test_options_exist(pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]) -> None:
    offered = pytester.runpytest_subprocess("--help").stdout.str()
    with pytest.raises(SystemExit):
        main(["gate", "--help"])
    offered += capsys.readouterr().out
    mentioned = set(re.findall(r"`(?:pytest )?(--[a-z-]+)", GATE))
    assert len(mentioned) > 6
    assert mentioned <= set(re.findall(r"--[a-z-]+", offered))


def test_exit_code() -> None:
    assert f"**{EXIT_COULD_NOT_RUN}**" in GATE
    assert f"| {EXIT_COULD_NOT_RUN} |" in (ROOT / "README.md").read_text(encoding="utf-8")
