"""The report without a browser: what is computed, and what is written."""

import base64
import csv
import json
import re
import zlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from report_samples import ADDRESSES, ALL, make_run, project_cases
from topic_samples import load_cases

from conformance.case import Observation, Outcome
from conformance.cli import main
from conformance.errors import UserError
from conformance.report import charts
from conformance.report.changes import changes
from conformance.report.figures import Figures
from conformance.report.lead import lead, shortened, texts
from conformance.report.links import case_link, matrix_link
from conformance.report.page import write_site
from conformance.report.pictures import misuses
from conformance.report.probes import opening_comment, passage
from conformance.report.reading import Run, described, read, read_all
from conformance.report.rows import FAILED, NOT_RUN, Row, rows

CASES = project_cases("resolver/truncation.yaml", "misuse/double-free.yaml", "allocator/memory-returned.yaml")
FAILED_OUTCOME = Outcome("failed", {"reason": "no <sandbox>"})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All catalogued libcs on three topics."""
    return make_run(tmp_path_factory.mktemp("runs") / "newer", CASES)


@pytest.fixture(scope="module")
def site(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the run's report."""
    out = tmp_path_factory.mktemp("site")
    write_site([run], out, Path("cases"))
    return out


def table(read_run: Run) -> list[Row]:
    return rows(read_run, read_run.libcs, CASES)


def row(found: list[Row], case: str) -> Row:
    return next(one for one in found if one.id == case)


def packed(page: str) -> Any:
    found = re.search(r'id="data">([^<]*)</script>', page)
    assert found
    return json.loads(zlib.decompress(base64.b64decode(found[1])))


def test_the_libcs_of_a_case_are_grouped_by_what_they_recorded(run: Path) -> None:
    found = table(read(run, records=True))
    one = row(found, ADDRESSES)
    assert (one.of, one.lead, one.shown) == ((0, 0, 1, 1, 2, 2, 2, 2), "addresses", ("0", "48", "200"))
    assert [one.id for one in found if one.id.startswith("resolver/truncation")] == [
        case for case in CASES if case.startswith("resolver/truncation")
    ]


def test_what_did_not_run_is_no_group(tmp_path: Path) -> None:
    def edit(seen: Observation) -> Observation | None:
        if seen.libc == "musl-1.2.2":
            return None if seen.case == ADDRESSES else seen
        return replace(seen, facts={}, outcome=FAILED_OUTCOME) if seen.libc == "musl-1.2.6" else seen

    found = table(read(make_run(tmp_path, CASES, edit=edit), records=True))
    assert row(found, ADDRESSES).of == (NOT_RUN, 0, 1, FAILED, 2, 2, 2, 2)


def test_the_lead_tells_apart_the_most_libcs() -> None:
    groups = [{"a": 1, "b": 1, "result": 0}, {"a": 1, "b": 2, "result": 0}, {"a": 2, "b": 3, "result": 0}]
    assert lead(groups, {}) == "b"
    assert lead([{"a": 1, "b": 1}, {"a": 2, "b": 2}], {"b": 1}) == "b"
    assert lead([{}], {}) is None


def test_how_a_probe_ended_is_shown_in_place_of_facts() -> None:
    crashed = {"outcome": "SIGSEGV", "at": "hlt"}
    assert texts([{"result": "two words"}, crashed, {"outcome": "timed-out"}], "result") == [
        "two words",
        "SIGSEGV",
        "hangs",
    ]
    assert texts([crashed, {"outcome": "SIGSEGV", "at": "null page"}], None) == [
        "SIGSEGV hlt",
        "SIGSEGV null page",
    ]


def test_long_texts_are_cut_where_they_differ() -> None:
    cut = shortened(["munmap_chunk(): invalid pointer", "munmap_chunk(): invalid size", "short"])
    assert cut == ["…pointer", "…size", "short"]
    assert shortened(["x" * 40]) == ["x" * 23 + "…"]


def test_figures(run: Path) -> None:
    newest = read(run, records=True)
    found = table(newest)
    figures = Figures(found, described(newest))
    assert figures.newest() == ["musl-1.2.6", "glibc-2.43"]
    groups = [one.of for one in found]
    both = figures.agreement()["musl-1.2.6", "glibc-2.43"]
    assert (both.same, both.both) == (sum(of[3] == of[7] for of in groups), len(found))
    assert figures.agreement()["musl-1.2.6", "musl-1.2.6"].percent == 100
    assert figures.kinds().to_numpy().sum() == len(found)
    assert figures.totals()["different"] == sum(len(one.groups) > 1 for one in found)
    steps = {(step.before, step.after): step.changed for step in figures.steps()}
    assert list(steps) == [
        *pairwise(ALL[:4]),
        *pairwise(ALL[4:]),
    ]
    place = found.index(row(found, ADDRESSES))
    assert place in steps["musl-1.2.3", "musl-1.2.5"]
    assert place not in steps["musl-1.2.5", "musl-1.2.6"]
    deviating, required = figures.conformance()["resolver", "musl-1.2.3"]
    assert 0 < deviating <= required
    assert figures.conformance()["resolver", "glibc-2.43"] == (0, required)
    assert figures.by_libc().loc["musl-1.2.3", "deviates"] >= deviating


def test_full_agreement_is_not_rounded_to() -> None:
    from conformance.report.figures import Agreement

    assert Agreement(9999, 10000).percent == 99.9


def test_changes_since_an_older_run(run: Path, tmp_path: Path) -> None:
    def edit(seen: Observation) -> Observation | None:
        if seen.libc != "glibc-2.43":
            return seen
        name = seen.case.rpartition("::")[2]
        if name == "two-hundred-addresses":
            return replace(seen, facts={**seen.facts, "addresses": 48})
        if name == "with-records":
            return replace(seen, facts={**seen.facts, "udp_queries": 9})
        if name == "without-records":
            return replace(seen, facts={}, outcome=FAILED_OUTCOME)
        return seen

    other = make_run(tmp_path / "other", CASES, edit=edit)
    newer, older = read(run, records=True), read(other, records=False)
    found = {
        change.row.id.rpartition("::")[2]: change for change in changes(table(newer), newer.libcs, older)
    }
    assert {name: change.kind for name, change in found.items()} == {
        "two-hundred-addresses": "fixed",
        "with-records": "changed",
        "without-records": "new case",
    }
    assert found["two-hundred-addresses"].facts == (("addresses", 48, 200),)
    back = changes(table(older), older.libcs, newer)
    assert [change.kind for change in back] == ["regressed", "changed", "could not run"]


def test_the_page_carries_the_document_and_nothing_from_elsewhere(site: Path) -> None:
    page = (site / "index.html").read_text()
    assert packed(page) == json.loads((site / "data.json").read_text())
    assert "default-src 'none'" in page
    assert not re.search(r"<(?:link|script|img|iframe)[^>]*(?:src|href)=[\"'](?!data:)", page)


def test_the_document(site: Path) -> None:
    document = json.loads((site / "data.json").read_text())
    assert [libc["name"] for libc in document["libcs"]] == list(ALL)
    one = next(one for one in document["cases"] if one["id"] == ADDRESSES)
    assert one["requires"] == {"addresses": 200, "result": 0}
    assert one["source"] == "cases/resolver/truncation.yaml"
    assert one["written"].startswith("two-hundred-addresses:\n  title: ")
    assert "getaddrinfo" in document["probes"][one["probe"]]["about"]
    cell = one["cells"][3]
    assert (cell["group"], cell["verdict"]) == (1, {"expected": True, "conforms": False})
    assert cell["info"]["nameservers"][0]["name"] == "many.test"
    assert document["selectors"]["musl <1.2.4"] == [0, 1]


def test_the_table(site: Path) -> None:
    with (site / "data.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    found = {
        line["fact"]: line for line in lines if line["case"] == ADDRESSES and line["libc"] == "musl-1.2.6"
    }
    assert found["addresses"]["value"] == "48"
    assert found["first"]["value"] == '"10.0.0.1"'
    assert (found["first"]["expected"], found["first"]["conforms"]) == ("true", "false")


def test_a_page_of_all_cases_is_small(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", project_cases())
    site = write_site([run], tmp_path / "site", Path("cases"))
    assert site.cases > 900
    assert site.page.stat().st_size < 2_000_000


def test_what_a_probe_said_cannot_become_markup(tmp_path: Path) -> None:
    def edit(seen: Observation) -> Observation:
        return replace(seen, facts={**seen.facts, "first": "</script><b>"})

    make_run(tmp_path / "run", CASES, ["musl-1.2.6", "glibc-2.43"], edit=edit)
    page = write_site([tmp_path / "run"], tmp_path / "site", Path("cases")).page.read_text()
    assert "<b>&" not in page
    assert "</script><b>" not in page


def test_cases_without_a_topic_are_shown_by_their_names(tmp_path: Path) -> None:
    make_run(tmp_path / "run", CASES)
    write_site([tmp_path / "run"], tmp_path / "site", tmp_path / "nowhere")
    document = json.loads((tmp_path / "site" / "data.json").read_text())
    assert {one["title"] for one in document["cases"]} >= {"two-hundred-addresses", "at-once"}


def test_topics_of_ones_own(tmp_path: Path) -> None:
    case = load_cases(tmp_path / "mine")["two-hundred-addresses"]
    make_run(tmp_path / "run", {case.id: case})
    write_site([tmp_path / "run"], tmp_path / "site", tmp_path / "mine")
    document = json.loads((tmp_path / "site" / "data.json").read_text())
    assert document["cases"][0]["title"] == case.title


def test_a_run_on_one_libc_has_a_report(tmp_path: Path) -> None:
    make_run(tmp_path / "run", CASES, ["musl-1.2.6"])
    site = write_site([tmp_path / "run"], tmp_path / "site", Path("cases"))
    assert (site.libcs, site.observations) == (1, len(CASES))


def test_lines_of_another_order_mean_the_same(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", CASES, ["musl-1.2.6", "glibc-2.43"])
    before = read(folder, records=True).seen
    lines = [json.loads(line) for line in (folder / "observations.jsonl").read_text().splitlines()]
    swapped = [
        {key: line[key] for key in ("info", "verdict", "outcome", "libc", "facts", "case")} for line in lines
    ]
    (folder / "observations.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in swapped))
    assert read(folder, records=True).seen == before


def test_a_killed_run_without_its_description_has_a_report(tmp_path: Path) -> None:
    (make_run(tmp_path / "run", CASES) / "run.json").unlink()
    site = write_site([tmp_path / "run"], tmp_path / "site", Path("cases"))
    assert (site.libcs, site.cases) == (len(ALL), len(CASES))


def test_libcs_of_no_known_family_stand_for_themselves(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", CASES, ["musl-1.2.6", "glibc-2.43"])
    for file in (folder / "observations.jsonl", folder / "run.json"):
        file.write_text(file.read_text().replace("glibc-2.43", "host").replace('"glibc"', '"other"'))
    write_site([folder], tmp_path / "site", Path("cases"))
    document = json.loads((tmp_path / "site" / "data.json").read_text())
    assert [libc["name"] for libc in document["libcs"]] == ["musl-1.2.6", "host"]


def test_what_differs_between_repeats_is_counted(tmp_path: Path) -> None:
    def edit(seen: Observation) -> Observation:
        unstable = {"unstable": [{"times": 2, "facts": {}}, {"times": 1, "facts": {"addresses": 1}}]}
        return replace(seen, info=unstable) if seen.case == ADDRESSES else seen

    run = read(make_run(tmp_path / "run", CASES, ["musl-1.2.6"], edit=edit), records=True)
    assert Figures(table(run), described(run)).totals()["unexpected"] == 1


def test_several_runs_are_ordered_by_time(tmp_path: Path) -> None:
    old = make_run(tmp_path / "a", CASES, started="2026-01-01T00:00:00+00:00")
    new = make_run(tmp_path / "b", CASES, started="2026-01-02T00:00:00+00:00")
    assert (
        [run.name for run in read_all([new, old])] == [run.name for run in read_all([old, new])] == ["b", "a"]
    )


def test_build_that_is_not_the_one_of_the_run_before(tmp_path: Path) -> None:
    old = make_run(tmp_path / "a", CASES, ["musl-1.2.6"], started="2026-01-01T00:00:00+00:00")
    new = make_run(tmp_path / "b", CASES, ["musl-1.2.6"], started="2026-01-02T00:00:00+00:00")
    told = "musl-1.2.6 is another build: package musl 1.2.6-1 -&gt; musl 1.2.6-2<"
    for expected in (False, True):
        write_site([new, old], tmp_path / "site", Path("cases"))
        assert (told in (tmp_path / "site/index.html").read_text()) == expected
        file = new / "run.json"
        file.write_text(file.read_text().replace("musl 1.2.6-1", "musl 1.2.6-2"))


def test_without_arguments_the_last_run_and_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["report"]) == 2
    assert "run the cases first" in capsys.readouterr().err
    runs = Path("results/runs")
    resolver = {name: case for name, case in CASES.items() if case.family == "resolver"}
    make_run(runs / "2026-01-01", resolver)
    make_run(runs / "2026-01-02", {name: case for name, case in CASES.items() if name not in resolver})
    Path("results/latest").symlink_to("runs/2026-01-03")
    make_run(runs / "2026-01-03", resolver)
    assert main(["report"]) == 0
    assert "results/report/index.html" in capsys.readouterr().out
    document = json.loads(Path("results/report/data.json").read_text())
    assert [run["name"] for run in document["runs"]] == ["2026-01-03", "2026-01-01"]


def test_mistakes_are_told(tmp_path: Path, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path / "nowhere")]) == 2
    assert "no results in" in capsys.readouterr().err
    empty = make_run(tmp_path / "empty", {})
    with pytest.raises(UserError, match="no observations yet"):
        read_all([empty])
    (tmp_path / "file").write_text("")
    assert main(["report", str(run), "-o", str(tmp_path / "file")]) == 2
    assert "Name another folder with -o" in capsys.readouterr().err


def test_torn_lines_are_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_run(tmp_path / "run", CASES)
    with (folder / "observations.jsonl").open("a") as file:
        file.write('{"case": "half')
    assert main(["report", str(folder), "-o", str(tmp_path / "site")]) == 0
    assert "not a whole line" in capsys.readouterr().err


def test_misuse_of_the_heap_is_sorted_by_its_end(run: Path) -> None:
    ends = {one.row.id.rpartition("::")[2]: one.ends for one in misuses(table(read(run, records=True)))}
    assert ends["at-once"] == ("stop",) * 4 + ("message",) * 4
    assert ends["large-block"] == ("crash",) * 8


def test_charts_bring_no_script_and_name_every_mark() -> None:
    bars = charts.stacked_bars(["a"], {"x": [charts.Mark(3, "3", "a has 3 of x", "#there")]}, "what")
    dots = charts.punch_card(["one"], {"x": [charts.Mark(3, "3", "x has 3 in one"), None]}, "what", 300)
    assert "<title>a has 3 of x</title>" in bars
    assert 'href="#there"' in bars
    assert "<title>x has 3 in one</title>" in dots
    for svg in (bars, dots):
        assert not re.search(r"<(?:script|style|desc|defs)|pygal\.org", svg)


def test_links_say_only_what_is_set() -> None:
    assert matrix_link(show="", q="a b&c", family="") == "#matrix?q=a%20b%26c"
    assert case_link("a/b::c", "musl-1.2.6") == "#matrix?case=a/b::c@musl-1.2.6"


def test_sources() -> None:
    assert opening_comment("/* One.\n *\n *\tusage\n * two */\nint x;") == "One.\n\n\tusage\ntwo"
    assert opening_comment("int x; /* no */") == ""
    lines = ["cases:", "  a:", "    title: A", "", "    run: x", "  b:", "    title: B"]
    assert passage(lines, 1) == "a:\n  title: A\n\n  run: x"
    assert passage(lines, 9) == ""
