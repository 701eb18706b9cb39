"""waivers.yaml: what it may say, how mistakes are told, what is expired or unused."""

from datetime import date
from pathlib import Path

import pytest

from conformance.errors import UserError
from conformance.gate.waivers import Waiver, Waivers, read

TODAY = date(2026, 3, 31)

GOOD = """\
# a comment
waivers:
  - case: resolver/truncation
    libc: musl >=1.2.5
    reason: A patch of ours; see the ticket.
    expires: 2026-03-31
  - {case: "stdio/*", libc: all, reason: "Old", expires: 2026-03-30}
"""


def waivers(folder: Path, text: str, today: date = TODAY) -> Waivers:
    file = folder / "waivers.yaml"
    file.write_text(text)
    return read(file, today)


def test_a_waiver_counts_on_its_last_day_and_not_after(tmp_path: Path) -> None:
    found = waivers(tmp_path, GOOD)
    assert [(one.case, one.libc.text, one.line) for one in found.in_force] == [
        ("resolver/truncation", "musl >=1.2.5", 3)
    ]
    assert [(one.case, one.expires) for one in found.expired] == [("stdio/*", date(2026, 3, 30))]
    assert found.in_force[0].reason == "A patch of ours; see the ticket."


@pytest.mark.parametrize(
    ("case", "family", "version", "covered"),
    [
        ("resolver/truncation::with-records", "musl", "1.2.6", True),
        ("resolver/truncation::with-records", "musl", "1.2.3", False),
        ("resolver/truncation::with-records", "glibc", "2.43", False),
        ("resolver/truncation-2::with-records", "musl", "1.2.6", False),
        ("resolver/truncation::with-records", "musl", "", False),
    ],
)
def test_what_a_waiver_covers(tmp_path: Path, case: str, family: str, version: str, covered: bool) -> None:
    found = waivers(tmp_path, GOOD)
    assert (found.find(case, family, version) is not None) == covered


@pytest.mark.parametrize(
    "pattern", ["a", "a/b", "a/b::c", "a/*", "a/b.yaml", "cases/a/b.yaml::c[musl-1.2.6]"]
)
def test_cases_are_named_as_elsewhere(tmp_path: Path, pattern: str) -> None:
    text = f'waivers: [{{case: "{pattern}", libc: all, reason: r, expires: 2027-01-01}}]'
    found = waivers(tmp_path, text)
    assert found.find("a/b::c", "musl", "1.2.6")
    assert not found.find("ab/b::c", "musl", "1.2.6")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "waivers:\n  - case: a\n    libc: all\n    reason: r\n",
            ":2: waivers[0]: the key `expires` is missing",
        ),
        (
            GOOD.replace("reason: A", "reasons: A"),
            ":5: waivers[0].reasons: unknown key: did you mean `reason`?",
        ),
        (GOOD.replace("musl >=1.2.5", "uclibc"), ":4: waivers[0].libc: 'uclibc' selects nothing"),
        (GOOD.replace("musl >=1.2.5", "musl 1.2.5"), ":4: waivers[0].libc: '1.2.5' is not a range"),
        (GOOD.replace("2026-03-31", "soon"), ":6: waivers[0].expires: 'soon' is not a day"),
        (GOOD.replace("2026-03-31", "2026-02-30"), ":6: waivers[0].expires: '2026-02-30' is not a day"),
        (GOOD.replace("2026-03-31", "20260331"), ":6: waivers[0].expires: must be text, not the number"),
        (
            GOOD.replace("reason: A patch of ours; see the ticket.", "reason: "),
            ":5: waivers[0].reason: must be",
        ),
        (GOOD.replace("waivers:", "waiver:"), ":2: waiver: unknown key: did you mean `waivers`?"),
        ("- case: a\n", ":1: must be a mapping with the key `waivers`"),
        ("waivers: {}\n", ":1: waivers: must be a list of waivers"),
        ("waivers: [a]\n", ":1: waivers[0]: must be a mapping with case, libc, reason, expires"),
        ("# nothing\n", "is empty: write `waivers: []`"),
        ("waivers: [\n", "not YAML"),
        ("waivers: &a [*a]\n", "YAML anchors are not supported"),
    ],
)
def test_mistakes_name_file_line_and_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UserError) as raised:
        waivers(tmp_path, text)
    assert "the waiver file " in str(raised.value)
    assert f"waivers.yaml{told}" in str(raised.value) or told in str(raised.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has 2 mistakes"):
        waivers(tmp_path, GOOD.replace("libc: all", "libc: none").replace("2026-03-31", "never"))


def test_bytes_that_are_not_text(tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_bytes(b"waivers:\n  - case: \xff\n")
    with pytest.raises(UserError, match=r"waivers\.yaml:2: byte 0xff is not UTF-8"):
        read(file, TODAY)


def test_nothing_is_waived_where_no_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read(None) == Waivers()
    with pytest.raises(UserError, match=r"the waivers in none\.yaml cannot be read: No such file"):
        read(Path("none.yaml"))


def test_the_file_of_the_folder_is_read_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    waivers(tmp_path, GOOD)
    assert len(read(None, TODAY).in_force) == 1


def of(tmp_path: Path, *pairs: tuple[str, str]) -> Waivers:
    entries = "".join(
        f"  - {{case: '{case}', libc: '{libc}', reason: r, expires: 2027-01-01}}\n" for case, libc in pairs
    )
    return waivers(tmp_path, f"waivers:\n{entries}")


def cases(unused: list[Waiver]) -> list[str]:
    return [one.case for one in unused]


def test_a_waiver_that_nothing_needed_is_unused(tmp_path: Path) -> None:
    found = of(tmp_path, ("a/b::c", "musl"), ("a/b::d", "musl"), ("a/b::c", "glibc"), ("mistyped", "musl"))
    used = [waiver for waiver in found.in_force if waiver.case == "a/b::d"]
    ran = [("a/b::c", "musl", "1.2.6"), ("a/b::d", "musl", "1.2.6")]
    assert cases(found.unused(used, ran, complete=True)) == ["a/b::c", "mistyped"]


def test_a_run_of_some_cases_says_nothing_of_other_waivers(tmp_path: Path) -> None:
    found = of(tmp_path, ("a/b::c", "musl"), ("x", "musl"))
    ran = [("a/b::c", "musl", "1.2.6")]
    assert cases(found.unused([], ran, complete=False)) == ["a/b::c"]
