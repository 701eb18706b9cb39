"""A Debian archive in miniature for tests: packages, a signed suite, and a server on loopback that counts."""

import contextlib
import hashlib
import io
import lzma
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def member(name: str, content: bytes = b"", *, mode: int = 0o644) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    info.mode = mode
    return info, content


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    info.mode = 0o755
    return info, b""


def deb(*members: tuple[tarfile.TarInfo, bytes], compress: Callable[[bytes], bytes] = lzma.compress) -> bytes:
    """A package whose files are `members`; its data member is called .xz, whatever `compress` does."""
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))
    return ar(
        ("debian-binary", b"2.0\n"), ("control.tar.xz", b"odd"), ("data.tar.xz", compress(tar.getvalue()))
    )


def ar(*members: tuple[str, bytes]) -> bytes:
    content = b"!<arch>\n"
    for name, body in members:
        content += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(body):<10}`\n".encode() + body
        content += b"\n" * (len(body) % 2)
    return content


def stanza(name: str, version: str, content: bytes, *, arch: str = "amd64") -> str:
    return (
        f"Package: {name}\nVersion: {version}\nArchitecture: {arch}\nFilename: pool/{name}_{version}.deb\n"
        f"Size: {len(content)}\nDescription: a package\n of two lines\nSHA256: {sha256(content)}\n"
    )


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def release(packages_xz: bytes, *, codename: str = "bookworm", more: Iterable[str] = ()) -> str:
    fields = ["Origin: Debian", f"Codename: {codename}", *more, "SHA256:"]
    index = f" {sha256(packages_xz)} {len(packages_xz)} main/binary-amd64/Packages.xz"
    return "\n".join([*fields, index, ""])


@dataclass
class Signer:
    """A key of its own; its private part stays in `home`."""

    home: Path
    keyring: Path = field(init=False)

    def __post_init__(self) -> None:
        self.home.mkdir(mode=0o700)
        self.keyring = self.home / "exported.gpg"
        self._gpg("--quick-generate-key", "Test <test@example.test>", "ed25519", "sign", "never")
        self._gpg("--output", str(self.keyring), "--export")

    def sign(self, text: str) -> bytes:
        return self._gpg("--clearsign", stdin=text.encode())

    def close(self) -> None:
        """End the agent that gpg left running."""
        subprocess.run(["gpgconf", "--homedir", str(self.home), "--kill", "all"], check=True)

    def _gpg(self, *arguments: str, stdin: bytes = b"") -> bytes:
        command = ["gpg", "--homedir", str(self.home), "--batch", "--quiet", "--passphrase", ""]
        command += ["--pinentry-mode", "loopback", *arguments]
        return subprocess.run(command, input=stdin, capture_output=True, check=True).stdout


@dataclass
class Mirror:
    """What a mirror serves: `files` by path. `requests` are the paths asked for, in order.

    A path in `stalled` is answered only when `go_on` is set; `stalling` is set once such a request is there.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    stalled: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)
    stalling: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def serve(self) -> ThreadingHTTPServer:
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.requests.append(self.path)
                if self.path in mirror.stalled:
                    mirror.stalling.set()
                    mirror.go_on.wait()
                content = mirror.files.get(self.path)
                self.send_response(404 if content is None else 200)
                self.end_headers()
                with contextlib.suppress(OSError):  # the client was killed, as some tests have it
                    self.wfile.write(content or b"")

            def do_HEAD(self) -> None:
                self.send_response(200 if self.path in mirror.files else 404)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}"
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        return server
