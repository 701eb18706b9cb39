"""README.md and docs/writing-a-case.md say what is true: commands, options, cases, keys, the first case."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import topics
from conformance.cli import main
from conformance.paths import C_SOURCES, CASES, cache
from conformance.topics import facts, reader, scenario

CACHE = cache()
"""Asked for before pytester moves the home directory."""

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
WRITING = (ROOT / "docs/writing-a-case.md").read_text(encoding="utf-8")
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

TUTORIAL, _, REFERENCE = WRITING.partition("\n### Where cases live")

SUB_COMMANDS = {"libcs", "diff", "gate", "report", "accept", "doctor", "bench", "clean"}

_BLOCK = re.compile(r"(?:Save this as `(?P<file>[^`]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)
_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def test_first_case_as_the_document_tells(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Follows the tutorial to the letter: saves its files, runs its commands, looks for its outputs."""
    monkeypatch.setenv("CONFORMANCE_CACHE", str(CACHE))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    codes, output = [], ""
    for file, kind, text in _BLOCK.findall(TUTORIAL):
        if file:
            (pytester.path / file).write_text(text)
        elif kind == "sh":
            done = pytester.run("sh", "-c", text)
            codes.append(done.ret)
            output = done.stdout.str()
        elif kind == "text":
            for part in re.split(r"\[\.\.\.\]|\n", text):
                assert part.strip() in output
        else:
            assert text in (pytester.path / "mine/sorting.yaml").read_text()
    assert codes == [0, 1, 0, 0]


@pytest.mark.parametrize("example", [text for _, kind, text in _BLOCK.findall(REFERENCE) if kind == "yaml"])
def test_examples_of_the_reference_can_be_read(example: str) -> None:
    topic = "topic: t\nabout: a\nprobe: harness/nothing\nfunctions: [main]\nstatus: extension\ncases:\n"
    assert topics.load_text(f"{topic}  one:\n    title: One\n{example}", CASES / "example.yaml")


def test_reference_is_complete() -> None:
    keys = {*reader._TOPIC_KEYS, *reader._CASE_KEYS, *scenario._LIMITS, *scenario._RESOLVER}
    words = {*scenario.NEEDS, *scenario.NEEDS_WITH_VALUE, *facts.GRADES, *reader.STATUSES}
    header = (C_SOURCES / "include/observation.h").read_text()
    calls = set(re.findall(r"^static inline void (\w+)\(", header, re.MULTILINE))
    calls -= {name for name in calls if name.startswith("observation_")}
    told = set(re.findall(r"`(\w+)\(", REFERENCE)) | _quoted(REFERENCE)
    assert calls <= told
    assert {word for word in keys | words if not re.search(rf"[`{{ ]{word}[`:]", REFERENCE)} == set()


def test_output_in_readme(tmp_path: Path) -> None:
    """Runs the command that README shows and looks for what it shows, but for times and packages."""
    shown = re.search(r"^    \$ pytest (.*)\n((?:    .*\n)+)", README, re.MULTILINE)
    assert shown
    command = [sys.executable, "-m", "pytest", *shlex.split(shown[1])]
    options = ["-p", "no:cacheprovider", f"--results={tmp_path}"]
    done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, check=False)
    lines = {line.rstrip() for line in done.stdout.splitlines()}
    wanted = [line.removeprefix("    ") for line in shown[2].splitlines()]
    assert len(wanted) > 15
    for line in wanted:
        assert "[...]" in line or line.startswith("libc:") or " passed, " in line or line in lines


def _quoted(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


def commands(name: str) -> Iterator[str]:
    """The command lines of README's indented blocks that start with this word, without their comments."""
    for line in re.findall(rf"^    (?:\$ )?({name} .*)$", README, re.MULTILINE):
        yield re.sub(r" {2,}#.*", "", line)


def test_options_of_pytest_exist(pytester: pytest.Pytester) -> None:
    offered = set(_OPTION.findall(pytester.runpytest_subprocess("--help").stdout.str()))
    used = {option for line in commands("pytest") for option in _OPTION.findall(line)}
    assert {"--libc", "--results", "-n", "-k", "-m"} <= used <= offered


def test_sub_commands_and_their_options_exist(capsys: pytest.CaptureFixture[str]) -> None:
    lines = list(commands("conformance"))
    assert {line.split()[1] for line in lines} == SUB_COMMANDS
    for line in lines:
        words = re.match(r"conformance (\w+(?: fetch| lock)?)", line)
        assert words
        with pytest.raises(SystemExit) as ended:
            main([*words[1].split(), "--help"])
        assert ended.value.code == 0
        assert set(_OPTION.findall(line)) <= set(_OPTION.findall(capsys.readouterr().out))


def test_make_targets_exist() -> None:
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {line.split()[1] for line in commands("make")} == {"run", "test"} <= set(targets)


def test_every_option_that_is_mentioned_exists(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also those in running text."""
    offered = pytester.runpytest_subprocess("--help").stdout.str()
    for command in SUB_COMMANDS:
        with pytest.raises(SystemExit):
            main([command, "--help"])
        offered += capsys.readouterr().out
    for text in (README, WRITING):
        mentioned = {option for quoted in _quoted(text) for option in re.findall(r"^--[a-z-]+", quoted)}
        assert mentioned <= set(_OPTION.findall(offered))


def test_divergences_name_real_cases_and_their_topics() -> None:
    rows = re.findall(r"^\| \[`([^`]+)`\]\(([^)]+)\)", README, re.MULTILINE)
    assert len(rows) >= 10
    for case, link in rows:
        known = {case.id: case for case in topics.load(ROOT / link)}
        assert known[case].advice, case


@pytest.mark.parametrize("document", DOCS, ids=lambda document: document.name)
def test_links_lead_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
        assert link.startswith("https://") or (document.parent / link).exists(), link
