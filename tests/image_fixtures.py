"""Images made for tests, a registry on loopback, and servers that only pretend to be one."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.images import archive
from conformance.libcs.model import Libc

if TYPE_CHECKING:
    from docker import DockerClient


def alpine_root(root: Path, musl: Libc, version: str = "1.2.6-r0") -> Path:
    """A root as Alpine lays it out: musl in /lib, an apk database, no shell."""
    (root / "lib/apk/db").mkdir(parents=True)
    (root / "etc").mkdir()
    shutil.copy(musl.root / musl.library.lstrip("/"), root / "lib/ld-musl-x86_64.so.1")
    (root / "lib/libc.musl-x86_64.so.1").symlink_to("ld-musl-x86_64.so.1")
    (root / "etc/os-release").write_text("ID=alpine\nVERSION_ID=3.99.0\n")
    (root / "lib/apk/db/installed").write_text(
        f"C:Q1aaaa=\nP:musl\nV:{version}\nA:x86_64\nF:lib\nR:ld-musl-x86_64.so.1\n\n"
        "P:busybox\nV:1.37.0-r0\nA:x86_64\nF:bin\nR:busybox\n\n"
    )
    return root


def load_image(client: "DockerClient", root: Path, name: str, architecture: str = "amd64") -> str:
    """Makes an image of a root and gives it to the engine under a name; its id."""
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as whole:
        layer = archive.write_layer(root, file)
        config = archive.configuration(layer.digest, architecture)
        archive.write_archive(layer, config, name, whole)
        whole.seek(0)
        client.images.load(whole)
    return archive.image_id(config)


def forget(client: "DockerClient", *names: str) -> None:
    """Removes images, as far as they are there."""
    from docker.errors import ImageNotFound

    for name in names:
        try:
            client.images.remove(name, force=True)
        except ImageNotFound:
            continue


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


@contextmanager
def registry(folder: Path) -> Iterator[str]:
    """Debian's docker-registry on loopback: its host and port, as they begin an image's name."""
    program = shutil.which("docker-registry")
    if not program:
        pytest.skip("docker-registry is not installed")
    host = f"127.0.0.1:{free_port()}"
    config = folder / "config.json"
    storage = {"filesystem": {"rootdirectory": str(folder / "storage")}, "delete": {"enabled": True}}
    config.write_text(
        json.dumps({"version": 0.1, "storage": storage, "http": {"addr": host}, "log": {"level": "error"}})
    )
    process = subprocess.Popen(
        [program, "serve", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(f"http://{host}/v2/", process)
        yield host
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 20
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def refusing_registry() -> Iterator[str]:
    """A registry that wants a login which nobody has."""

    class Handler(_Quiet):
        def do_GET(self) -> None:
            body = b'{"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]}'
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="for members"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with _serving(Handler) as host:
        yield host


@contextmanager
def breaking_registry() -> Iterator[str]:
    """A registry that knows an image `app:latest`, but closes the connection in the middle of its layer."""
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{0:064x}"]},
        }
    ).encode()
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {
                "mediaType": "application/vnd.docker.container.image.v1+json",
                "size": len(config),
                "digest": f"sha256:{hashlib.sha256(config).hexdigest()}",
            },
            "layers": [
                {
                    "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
                    "size": 1 << 20,
                    "digest": f"sha256:{1:064x}",
                }
            ],
        }
    ).encode()

    class Handler(_Quiet):
        def do_GET(self) -> None:
            if "/manifests/" in self.path:
                self._answer(manifest, "application/vnd.docker.distribution.manifest.v2+json")
            elif hashlib.sha256(config).hexdigest() in self.path:
                self._answer(config, "application/octet-stream")
            elif "/blobs/" in self.path:
                self.send_response(200)
                self.send_header("Content-Length", str(1 << 20))
                self.end_headers()
                self.wfile.write(os.urandom(1 << 16))
                self.close_connection = True
            else:
                self._answer(b"{}", "application/json")

        do_HEAD = do_GET

        def _answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Docker-Content-Digest", f"sha256:{hashlib.sha256(body).hexdigest()}")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

    with _serving(Handler) as host:
        yield host


class _Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
