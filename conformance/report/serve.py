"""Shows the page on this machine, and makes it anew as a run goes on.

The page is made when it is asked for and the run has moved, at most every few seconds, so neither a fast run
nor many browsers make more work than one page at a time.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from conformance.errors import UserError
from conformance.report.page import DOCUMENT, PAGE, TABLE, Site, write_site
from conformance.results import LATEST, OBSERVATIONS

_LEAST_SECONDS = 2.0
_ANSWERS = {"/": PAGE, f"/{PAGE}": PAGE, f"/{DOCUMENT}": DOCUMENT, f"/{TABLE}": TABLE}


class Page:
    """The site in a folder of its own, made anew where the runs moved since. Many threads may ask.

    `make` writes the site, `state` changes with the runs, `least` is the seconds between two makings.
    """

    def __init__(self, make: Callable[[], Site], state: Callable[[], object], least: float) -> None:
        self._make, self._state, self._least = make, state, least
        self._lock = threading.Lock()
        self._made: object = None
        self._next = 0.0
        self.version = ""

    def refresh(self) -> str:
        """The page's version, after it was made anew if it had to be. Raises UserError."""
        with self._lock:
            now = time.monotonic()
            if now >= self._next and (state := self._state()) != self._made:
                self.version = self._make().generated
                self._made = state
                # what takes long is made less often
                self._next = time.monotonic() + max(self._least, 2 * (time.monotonic() - now))
            return self.version


class Handler(SimpleHTTPRequestHandler):
    """Answers for the three files of the site and its version, and for nothing else."""

    def __init__(self, *arguments: object, page: Page, **options: object) -> None:
        self.page = page
        super().__init__(*arguments, **options)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """The page, the data, or the version that the page compares with its own."""
        try:
            version = self.page.refresh()
        except UserError as error:
            self.send_error(503, explain=str(error))
            return
        if self.path == "/version":
            self._answer(version.encode())
        elif self.path.partition("?")[0] in _ANSWERS:
            self.path = "/" + _ANSWERS[self.path.partition("?")[0]]
            super().do_GET()
        else:
            self.send_error(404)

    def _answer(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def end_headers(self) -> None:
        """Nothing is kept: the next answer may be another."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """A page that asks every two seconds would only fill the terminal."""


def make_server(runs: Sequence[Path], root: Path, port: int, folder: Path) -> ThreadingHTTPServer:
    """A server on loopback, which keeps the site in `folder`. Raises UserError."""
    page = Page(lambda: write_site(runs, folder, root, live=True), partial(_state, runs), _LEAST_SECONDS)
    page.refresh()
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, page=page, directory=str(folder)))
    except OSError as error:
        raise UserError(
            f"cannot listen on 127.0.0.1:{port}: {error.strerror}. Name another with --port"
        ) from error
    server.daemon_threads = True
    return server


def _state(runs: Sequence[Path]) -> tuple[tuple[str, int, int], ...]:
    """What changes whenever the page has to be made anew: which files, of which size and age."""
    return tuple(_file_state(run / OBSERVATIONS) for run in runs or [LATEST])


def _file_state(path: Path) -> tuple[str, int, int]:
    try:
        told = path.stat()
    except OSError:
        return str(path), 0, 0
    return os.path.realpath(path), told.st_size, told.st_mtime_ns


def serve(runs: Sequence[Path], root: Path, port: int) -> int:
    """Serves until Ctrl-C, or a signal to end. Raises UserError."""
    # a shell starts what it puts into the background with Ctrl-C ignored
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with (
        TemporaryDirectory(prefix="conformance-report.") as folder,
        make_server(runs, root, port, Path(folder)) as server,
    ):
        print(f"http://127.0.0.1:{server.server_port}/  (stop with Ctrl-C)", flush=True)
        try:
            server.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            print()
    return 0
