"""The dashboard with many cases: how long it takes to make, and how quick it is in a browser.

    python -m conformance.bench.report RUN [--observations N] [--cases N]

RUN is repeated, topics and all, until it is large enough. The browser is Debian's chromium, driven by
Playwright, which `pip install playwright` brings.
"""

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from statistics import median

from conformance.paths import CASES
from conformance.results import OBSERVATIONS, RUN
from conformance.topics import find

CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CHROMIUM += ["--disable-component-update", "--disable-sync"]

_FILTERS = ["show=different", "family=resolver", "q=getaddrinfo", "q=getaddrinfo%2048", "status=undefined"]
_TIMES = 9

_CASE = re.compile('(?<=^{"case": ")([^/"]*)/')

_PAINTED = 'performance.getEntriesByName("first-contentful-paint")[0].startTime'
_FILTER = """(hash) => new Promise((done) => {
	const from = performance.now();
	const drawn = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - from)));
	addEventListener("hashchange", drawn, { once: true });
	location.hash = hash;
})"""


def enlarge(run: Path, folder: Path, observations: int) -> tuple[Path, Path]:
    """A run of at least so many observations and the root of its topics, both made in `folder`."""
    cases, large = folder / "cases", folder / "run"
    large.mkdir(parents=True)
    shutil.copy(run / RUN, large)
    with (large / OBSERVATIONS).open("w") as file:
        file.writelines(islice(_lines(run, cases), observations))
    return large, cases


def _lines(run: Path, cases: Path) -> Iterator[str]:
    by_case: dict[str, list[str]] = {}
    for line in (run / OBSERVATIONS).read_text().splitlines(keepends=True):
        by_case.setdefault(json.loads(line)["case"], []).append(line)
    for copy in count():
        for topic in find(CASES):
            place = topic.relative_to(CASES)
            target = cases / place.parts[0] / f"copy-{copy}" / Path(*place.parts[1:])
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(topic, target)
        for lines in by_case.values():
            yield from (_CASE.sub(rf"\1/copy-{copy}/", line, count=1) for line in lines)


def make(run: Path, cases: Path, out: Path) -> tuple[float, float]:
    """Seconds and MB that `conformance report` takes."""
    command = [sys.executable, "-m", "conformance.bench.report", "--make", str(run), str(cases), str(out)]
    start = time.perf_counter()
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    return time.perf_counter() - start, int(told.split()[-1]) / 1024


def _make(run: str, cases: str, out: str) -> None:
    from conformance.cli import main

    if code := main(["report", run, "--cases", cases, "-o", out]):
        sys.exit(code)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def browse(page: Path) -> tuple[float, dict[str, float]]:
    """Milliseconds until the first paint, and until the matrix shows what each filter leaves."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        tab = browser.new_page(viewport={"width": 1360, "height": 900})
        tab.goto(f"{page.resolve().as_uri()}#matrix")
        tab.wait_for_function("() => document.body.dataset.ready !== undefined")
        painted = tab.evaluate(_PAINTED)
        filters: dict[str, list[float]] = {}
        for name in _FILTERS * _TIMES:
            filters.setdefault(name, []).append(tab.evaluate(_FILTER, f"#matrix?{name}"))
            filters.setdefault("all again", []).append(tab.evaluate(_FILTER, "#matrix"))
        browser.close()
    return painted, {name: median(milliseconds) for name, milliseconds in filters.items()}


def main() -> None:
    """Measures, and prints a line for each number."""
    parser = argparse.ArgumentParser(description="Measure the dashboard with many cases.")
    parser.add_argument("run", type=Path, metavar="RUN", help="a results folder to repeat")
    parser.add_argument("--observations", type=int, default=100_000, metavar="N")
    parser.add_argument(
        "--cases", type=int, default=2000, metavar="N", help="cases of the page in the browser"
    )
    options = parser.parse_args()
    libcs = len(json.loads((options.run / RUN).read_text())["libcs"])
    with tempfile.TemporaryDirectory() as folder:
        large, cases = enlarge(options.run, Path(folder, "large"), options.observations)
        make(large, cases, Path(folder, "warm"))
        seconds, megabytes = make(large, cases, Path(folder, "site"))
        print(f"report on {options.observations} observations: {seconds:.1f} s, {megabytes:.0f} MB")
        run, cases = enlarge(options.run, Path(folder, "browser"), options.cases * libcs)
        make(run, cases, Path(folder, "page"))
        page = Path(folder, "page", "index.html")
        print(f"page of {options.cases} cases on {libcs} libcs: {page.stat().st_size / 1e6:.2f} MB")
        painted, filters = browse(page)
        print(f"first paint: {painted:.0f} ms")
        for name, milliseconds in filters.items():
            print(f"filter, {name}: {milliseconds:.0f} ms")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        _make(*sys.argv[2:])
    else:
        main()
