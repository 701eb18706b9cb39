"""`conformance report --serve`: what the server answers, and that it follows a run."""

import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from report_samples import make_run, project_cases

from conformance.errors import UserError
from conformance.report.page import Site
from conformance.report.serve import Page, make_server

CASES = project_cases("resolver/truncation.yaml")


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def get(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return str(answer.read().decode())


def test_the_page_and_its_version(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", CASES)
    with serving(make_server([run], Path("cases"), 0, tmp_path / "site")) as url:
        page, version = get(f"{url}/"), get(f"{url}/version")
        assert f'data-live="{version}"' in page
        assert "connect-src 'self'" in page
        assert '"format":1' in get(f"{url}/data.json")


@pytest.mark.parametrize("path", ["/other", "/../run/run.json", "/%2e%2e/run/run.json", "//etc/passwd"])
def test_nothing_else_is_served(tmp_path: Path, path: str) -> None:
    run = make_run(tmp_path / "run", CASES, ["musl-1.2.6"])
    with (
        serving(make_server([run], Path("cases"), 0, tmp_path / "site")) as url,
        pytest.raises(urllib.error.HTTPError, match="404"),
    ):
        get(url + path)


def test_it_listens_on_loopback_only(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", CASES, ["musl-1.2.6"])
    with make_server([run], Path("cases"), 0, tmp_path / "site") as server:
        assert server.server_address[0] == "127.0.0.1"
        with pytest.raises(UserError, match="Name another with --port"):
            make_server([run], Path("cases"), server.server_port, tmp_path / "other")


def site(generated: str) -> Site:
    return Site(Path("page"), generated, 0, 0, 0, [])


def test_the_page_is_made_anew_only_where_a_run_moved() -> None:
    states, made = ["a"], list[str]()

    def make() -> Site:
        made.append(states[-1])
        return site(states[-1])

    page = Page(make, lambda: states[-1], 0)
    assert [page.refresh(), page.refresh()] == ["a", "a"]
    assert made == ["a"]
    states.append("b")
    while page.refresh() == "a":
        pass
    assert made == ["a", "b"]


def test_a_fast_run_does_not_keep_the_server_busy() -> None:
    states = iter(range(1000))
    made = []

    def make() -> Site:
        made.append(1)
        return site("x")

    page = Page(make, lambda: next(states), 3600)
    for _ in range(50):
        page.refresh()
    assert len(made) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    run = make_run(tmp_path / "run", CASES, ["musl-1.2.6"])
    code = "import sys; from conformance.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "report", str(run), "--serve"]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        found = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        assert found
        assert f"{len(CASES)} cases" in get(found[0])
        assert [*temporary.iterdir()]
        process.send_signal(number)
        assert process.wait() == 0
    assert not [*temporary.iterdir()]
