"""Tables over observations, and `conformance diff`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from topic_samples import load_cases, write_topic

from conformance import results
from conformance.case import Facts, Observation, Outcome
from conformance.cli import main
from conformance.compare import ABSENT, by_libc, count, divergences, facts, table
from conformance.results import Line, Results
from conformance.tables import divergence_lines, libcs_label

EXITED = Outcome("exited", {"code": 0})
FAILED = Outcome("failed", {"reason": "no memory"})
CRASHED = Outcome("signalled", {"signal": "SIGSEGV", "site": {"at": "hlt", "in": "free"}})
CASE = "resolver/truncation::two-hundred-addresses"


def line(
    case: str,
    libc: str,
    seen: Facts,
    outcome: Outcome = EXITED,
    expected: object = True,
    conforms: object = None,
) -> Line:
    verdict = None if outcome is FAILED else {"expected": expected, "conforms": conforms}
    return Line(Observation(case, libc, seen, outcome), verdict)


def in_memory(*lines: Line) -> Results:
    return Results(Path("results"), {}, list(lines))


def on_disk(folder: Path, *lines: Line) -> Path:
    fd = results.open_observations(results.create(folder))
    for one in lines:
        results.append(fd, one)
    os.close(fd)
    return folder


SAMPLE = in_memory(
    line(CASE, "glibc-2.41", {"addresses": 200, "result": 0}),
    line(CASE, "glibc-2.36", {"addresses": 200, "result": 0}),
    line(CASE, "musl-1.2.6", {"addresses": 48, "result": 0}),
    line(CASE, "musl-1.2.5", {"addresses": 48, "result": 0}),
    line(CASE, "musl-1.2.3", {"result": 0}),
    line(CASE, "musl-1.2.2", {}, FAILED),
    line("x/y::z", "musl-1.2.6", {"one": 1}, CRASHED),
    line("x/y::z", "glibc-2.41", {"one": 1.0}),
    line("x/y::same", "glibc-2.41", {"list": [1, "a"]}),
    line("x/y::same", "musl-1.2.6", {"list": [1, "a"]}),
)


def test_facts_in_long_form() -> None:
    rows = facts(by_libc(SAMPLE))
    assert list(rows.columns) == ["case", "libc", "fact", "value"]
    assert ["x/y::z", "musl-1.2.6", "outcome", '"SIGSEGV"'] in rows.to_numpy().tolist()
    assert not (rows.libc == "musl-1.2.2").any()


def test_a_table_has_a_column_per_libc_in_order() -> None:
    wide = table(by_libc(SAMPLE))
    assert list(wide.columns) == [
        *("musl-1.2.2", "musl-1.2.3", "musl-1.2.5", "musl-1.2.6"),
        *("glibc-2.36", "glibc-2.41"),
    ]
    row = wide.loc[(CASE, "addresses")]
    assert row[["musl-1.2.3", "musl-1.2.5", "glibc-2.41"]].tolist() == [ABSENT, "48", "200"]
    assert row.isna().tolist() == [True, False, False, False, False, False]


def test_libcs_by_any_name_are_ordered_by_what_they_are() -> None:
    run = {"libcs": [{"name": "host", "family": "glibc", "version": "2.36"}]}
    lines = [
        line(CASE, libc, {}) for libc in ("dir:./root", "glibc-2.41", "host", "musl-1.2.6", "glibc-2.31")
    ]
    assert list(by_libc(Results(Path("results"), run, lines))) == [
        *("musl-1.2.6", "glibc-2.31", "host", "glibc-2.41", "dir:./root")
    ]


def test_only_what_differs_diverges(tmp_path: Path) -> None:
    cases = {case.id: case for case in load_cases(tmp_path).values()}
    rows = divergences(table(by_libc(SAMPLE)), cases)
    assert rows.index.tolist() == [
        (CASE, "addresses"),
        ("x/y::z", "at"),
        ("x/y::z", "in"),
        ("x/y::z", "one"),
        ("x/y::z", "outcome"),
    ]
    assert rows.loc[(CASE, "addresses"), "grade"] == "musl: limit"
    assert str(rows.loc[(CASE, "addresses"), "why"]).startswith("musl keeps at most 48")


def test_nothing_diverges_in_nothing() -> None:
    assert divergences(table({}), {}).empty
    assert divergences(table({"musl-1.2.6": []}), {}).empty


def text(rows: Results, width: int, tmp_path: Path) -> list[str]:
    cases = {case.id: case for case in load_cases(tmp_path).values()}
    return list(divergence_lines(divergences(table(by_libc(rows)), cases), cases, width))


def test_divergences_as_text(tmp_path: Path) -> None:
    assert text(SAMPLE, 100, tmp_path) == [
        f"{CASE}  A name with 200 addresses",
        "  addresses  musl 1.2.3: absent | musl 1.2.5 1.2.6: 48 | glibc 2.36 2.41: 200",
        "  musl: limit; musl keeps at most 48 addresses of one lookup; before 1.2.4 it had no TCP.",
        "x/y::z",
        "  at       musl 1.2.6: hlt | glibc 2.41: absent",
        "  in       musl 1.2.6: free | glibc 2.41: absent",
        "  one      musl 1.2.6: 1 | glibc 2.41: 1.0",
        "  outcome  musl 1.2.6: SIGSEGV | glibc 2.41: absent",
    ]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_text_fits_the_width(tmp_path: Path, width: int) -> None:
    long = in_memory(
        *SAMPLE.lines,
        line("x/y::long", "musl-1.2.6", {"order": [f"10.0.0.{n}" for n in range(90)]}),
        line("x/y::long", "glibc-2.41", {"order": [f"10.0.0.{n}" for n in range(80)] + ["other"]}),
    )
    lines = text(long, width, tmp_path)
    assert max(map(len, lines)) <= width
    assert any("glibc 2.36 2.41: 200" in one for one in lines)
    assert any("musl 1.2.6: …" in one and "79, 10.0" in one for one in lines)
    assert any("glibc 2.41: …" in one and "79, other" in one for one in lines)


def test_versions_are_grouped_by_family() -> None:
    assert (
        libcs_label(["musl-1.2.5", "musl-1.2.6", "glibc-2.36", "host"])
        == "musl 1.2.5 1.2.6, glibc 2.36, host"
    )


def test_cases_are_counted_once() -> None:
    counts = count(
        in_memory(
            *SAMPLE.lines,
            line("x/y::odd", "musl-1.2.6", {}, expected=False, conforms=False),
            line("x/y::odd", "glibc-2.41", {}, expected="new", conforms=True),
            line("x/y::new", "glibc-2.41", {}, expected="new"),
        )
    )
    assert str(counts) == (
        "5 cases: 1 the same on all libcs, 1 known to diverge, 1 unexpected, 1 new, 1 could not run; "
        "1 deviate from a requirement"
    )
    assert str(count(in_memory())) == "0 cases: nothing ran"


@pytest.fixture
def output(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Output":
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    write_topic(tmp_path / "cases")
    on_disk(Path("results/latest"), *SAMPLE.lines)
    return Output(capsys)


class Output:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, code: int, *arguments: str) -> str:
        assert main(["diff", "--cases=cases", *arguments]) == code
        told = self._capsys.readouterr()
        return told.err if code == 2 else told.out


def test_two_libcs_of_the_last_run(output: Output) -> None:
    assert output(1, "musl-1.2.6", "glibc-2.41") == (
        "--- musl-1.2.6\n"
        "+++ glibc-2.41\n"
        f"{CASE}  A name with 200 addresses\n"
        "  addresses: 48 -> 200\n"
        "  musl keeps at most 48 addresses of one lookup; before 1.2.4 it had no TCP.\n"
        "x/y::z\n"
        "  at: hlt -> absent\n"
        "  in: free -> absent\n"
        "  one: 1 -> 1.0\n"
        "  outcome: SIGSEGV -> absent\n"
        "2 of 3 cases differ\n"
    )
    assert output(1, "musl", "glibc").startswith("--- musl-1.2.6\n+++ glibc-2.41\n")


def test_the_same_is_told_with_exit_code_0(output: Output) -> None:
    assert output(0, "glibc-2.36", "glibc-2.36") == "glibc-2.36 and glibc-2.36 are the same in 1 cases\n"
    assert output(0, "results/latest", "results/latest").count(" are the same in ") == 6


def test_what_only_one_has_is_a_difference(output: Output) -> None:
    assert output(1, "glibc-2.36", "glibc-2.41") == (
        "--- glibc-2.36\n"
        "+++ glibc-2.41\n"
        "only on glibc-2.41: x/y::same\n"
        "only on glibc-2.41: x/y::z\n"
        "0 of 1 cases differ\n"
    )


def test_two_runs_are_compared_libc_by_libc(output: Output) -> None:
    other = [
        line(CASE, "musl-1.2.6", {"addresses": 49, "result": 0}),
        line(CASE, "glibc-2.36", {"addresses": 200}),
    ]
    on_disk(Path("other"), *other)
    told = output(1, "results/latest", "other")
    assert "--- results/latest:musl-1.2.6\n+++ other:musl-1.2.6\n" in told
    assert "  addresses: 48 -> 49\n" in told
    assert "  result: 0 -> absent\n" in told
    assert "  addresses: 48 -> 49\n" in output(1, "results/latest:musl-1.2.6", "other")
    assert "  addresses: 200 -> 49\n" in output(1, "results/latest:glibc-2.36", "other:musl")


def described(package: str, image: str) -> dict[str, object]:
    """The run.json of a run on an image's libc."""
    identity = {"package": package, "digest": "ab" * 32, "build_id": None}
    libc = {"name": "image:app:1", "family": "musl", "version": "1.2.6", "identity": identity}
    return {"libcs": [{**libc, "image": {"reference": "app:1", "id": image, "digest": None}}]}


def test_name_of_an_image_that_stands_for_another(output: Output) -> None:
    for name, package in (("before", "musl 1.2.6-r0"), ("after", "musl 1.2.6-r1")):
        on_disk(Path(name), line(CASE, "image:app:1", {"addresses": 48}))
        results.write_run(Path(name), described(package, f"sha256:{name}"))
    changes = (
        "image:app:1 is another build: "
        "package musl 1.2.6-r0 -> musl 1.2.6-r1, image sha256:before -> sha256:after\n"
    )
    same = "before:image:app:1 and after:image:app:1 are the same in 1 cases\n"
    assert output(0, "before", "after") == changes + same
    assert (
        output(0, "before", "before") == "before:image:app:1 and before:image:app:1 are the same in 1 cases\n"
    )
    on_disk(Path("after"), line(CASE, "image:app:1", {"addresses": 49}))
    results.write_run(Path("after"), described("musl 1.2.6-r1", "sha256:after"))
    assert output(1, "before", "after").startswith(
        f"{changes}"
        "--- before:image:app:1 (musl 1.2.6-r0, sha256 abababababab, image sha256:before)\n"
        "+++ after:image:app:1 (musl 1.2.6-r1, sha256 abababababab, image sha256:after)\n"
    )
    (entry,) = json.loads(output(1, "before", "after", "--format=json"))
    assert entry["changed"]["image"] == {"a": "sha256:before", "b": "sha256:after"}


def test_as_json(output: Output) -> None:
    (entry,) = json.loads(output(1, "musl-1.2.6", "glibc-2.41", "--format=json"))
    assert (entry["a"], entry["b"], entry["compared"]) == ("musl-1.2.6", "glibc-2.41", 3)
    assert entry["differences"][0] == {"case": CASE, "fact": "addresses", "a": 48, "b": 200}
    assert entry["differences"][1] == {"case": "x/y::z", "fact": "at", "a": "hlt", "b": None}
    assert entry["only"] == {"a": [], "b": []}


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ("musl-9", "musl", "musl-9 is neither a results folder nor a libc of the run in results/latest"),
        ("absent/run:musl", "musl", "absent/run:musl is neither a results folder nor a libc"),
        ("results/latest:musl-9", "musl", "musl-9 is neither a results folder nor a libc"),
        ("musl-1.2.2", "musl", "musl-1.2.2 and musl have no case in common that could run"),
        ("results/latest", "other", "have no libc in common"),
        ("empty", "musl", "the run in empty has no observations"),
    ],
)
def test_trouble_is_told_with_exit_code_2(output: Output, a: str, b: str, message: str) -> None:
    on_disk(Path("other"), *(line(CASE, libc, {}) for libc in ("musl-8", "glibc-8")))
    on_disk(Path("empty"))
    assert message in output(2, a, b)


def test_without_a_last_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["diff", "musl", "glibc"]) == 2
    assert (
        "musl is no folder with results, and there is no last run in results/latest"
        in capsys.readouterr().err
    )


def test_pandas_is_not_imported_before_it_is_needed() -> None:
    script = "import sys, conformance.cli as c; c._parser(); import conformance.results, conformance.judge; "
    subprocess.run([sys.executable, "-c", script + "sys.exit('pandas' in sys.modules)"], check=True)
