"""docs/reference: Markdown that means what the topics say, and is up to date."""

import html
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from topic_samples import load_cases

from conformance.cli import main
from conformance.reference import pages
from conformance.reference.entry import entry
from conformance.reference.markdown import code, prose, table
from conformance.reference.page import counted, page
from conformance.reference.ranges import groups, words

ROOT = Path(__file__).parent.parent
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])

_PRINTABLE = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1)


def rendered_cells(text: str) -> list[str]:
    cells = re.findall(r"<t[hd]\b(?: [^>]*)?>(.*?)</t[hd]>", MARKDOWN.render(text), re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in cells]


@given(_PRINTABLE)
def test_code_comes_out_of_a_table_as_it_went_in(text: str) -> None:
    assert rendered_cells(table(["a", "b"], [[code(text), "next"]])) == ["a", "b", text, "next"]


@given(_PRINTABLE.filter(lambda text: "`" not in text).map(str.strip).filter(bool))
def test_prose_means_only_itself(text: str) -> None:
    assert html.unescape(MARKDOWN.render(prose(text))) == f"<p>{text}</p>\n"
    assert rendered_cells(table(["a", "b"], [[prose(text), "next"]])) == ["a", "b", text, "next"]


def test_backticks_of_a_topic_are_code() -> None:
    told = MARKDOWN.render(prose("The idiom `a & (a - 1)` is *not* `strong`"))
    assert told == "<p>The idiom <code>a &amp; (a - 1)</code> is *not* <code>strong</code></p>\n"


@pytest.mark.parametrize(
    ("selector", "told"),
    [
        ("musl", "musl"),
        ("musl >=1.2.4", "musl from 1.2.4"),
        ("glibc <2.41,>=2.36", "glibc from 2.36 before 2.41"),
        ("glibc ==2.36", "glibc 2.36"),
    ],
)
def test_ranges_in_words(selector: str, told: str) -> None:
    assert words(selector) == told


SAMPLE = """
topic: Things | bars
about: Some *things*.
probe: harness/nothing
functions: [main]
cases:
  agrees:
    title: All alike
    status: unspecified
    expect: {all: {a: 1}}
  parts:
    title: A_b and _c_
    run: "'x|y' z"
    status: specified
    clause: C17 7.1
    requires: {a: 2}
    expect:
      all: {a: 2, b: [x, "1"]}
      musl <1.2.4: {a: 1, b: ~}
      glibc <2.36: {outcome: SIGABRT}
    grade: {musl: bug}
    why: Because.
    advice: Do not.
    links: [https://example.org/a_b]
"""


def test_libcs_that_do_the_same_share_a_column(tmp_path: Path) -> None:
    agrees, parts = load_cases(tmp_path, SAMPLE).values()
    assert [group.labels for group in groups(agrees)] == [["musl", "glibc"]]
    assert [group.labels for group in groups(parts)] == [
        ["musl from 1.2.4", "glibc from 2.36"],
        ["musl before 1.2.4"],
        ["glibc before 2.36"],
    ]


def test_an_entry_has_all_there_is_to_know(tmp_path: Path) -> None:
    parts = "\n\n".join(entry(load_cases(tmp_path, SAMPLE)["parts"]))
    assert rendered_cells(parts) == [
        *("", "musl from 1.2.4, glibc from 2.36", "musl before 1.2.4", "glibc before 2.36"),
        *("a", "2", "1 ✗", "2"),
        *("b", '[x, "1"]', "-", '[x, "1"]'),
        *("outcome", "exit 0", "exit 0", "SIGABRT"),
    ]
    text = re.sub(r"<[^>]+>", "", MARKDOWN.render(parts))
    for part in (
        "A_b and _c_",
        "specified · musl: bug",
        "Required by C17 7.1: a 2.",
        "Why: Because.",
        "Do not.",
    ):
        assert part in text
    assert 'href="https://example.org/a_b"' in MARKDOWN.render(parts)


def test_a_page_counts_and_leads_to_its_topics(tmp_path: Path) -> None:
    cases = list(load_cases(tmp_path, SAMPLE).values())
    assert counted(cases) == ["2", "0", "1", "1"]
    text = page(cases[0].family, cases)
    [target] = re.findall(r"\[Things \\\| bars\]\([^)#]+#([^)]+)\)", text)
    assert f'<a id="{target}"></a>' in text


def test_check_names_pages_that_are_not_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pages, "made", lambda: {"README.md": "index", "time.md": "times", "stdio.md": "é"})
    assert main(["reference", "docs"]) == 0
    assert main(["reference", "docs", "--check"]) == 0
    assert capsys.readouterr().out == ""
    folder = tmp_path / pages.FOLDER
    (folder / "README.md").write_text("old index")
    (folder / "gone.md").write_text("no such family")
    (folder / "time.md").unlink()
    assert main(["reference", "docs", "--check"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert [Path(line.split()[0]).name for line in told] == ["README.md", "gone.md", "time.md"]
    assert main(["reference", "docs"]) == 0
    assert not (folder / "gone.md").exists()
    assert main(["reference", "docs", "--check"]) == 0


def test_links_between_pages_lead_somewhere() -> None:
    made = pages.made()
    anchors = {name: set(re.findall(r'<a id="([^"]+)">', text)) for name, text in made.items()}
    anchors["README.md"] = {"how-to-read-it"}
    for name, text in made.items():
        places = re.findall(r'<a id="([^"]+)">', text)
        assert len(places) == len(set(places)), name
        for target in re.findall(r"\]\(([^)]+)\)", text):
            path, _, place = target.partition("#")
            if path in made:
                assert not place or place in anchors[path], target
            else:
                assert (ROOT / pages.FOLDER / path).resolve().exists(), target
