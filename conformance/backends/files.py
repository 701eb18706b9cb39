"""The files of a container that cases change: each is mounted singly, so that it is changed from outside.

The engine mounts files of its own over /etc/hosts and /etc/resolv.conf, unless these very paths are mounted.
Files are changed in place: what is renamed over a mounted one would not be seen in the container. And a
mounted file cannot be taken away, so a case that needs another set of files gets a container with that set.
"""

from pathlib import Path

from conformance.case import Scenario
from conformance.engine.surroundings import DEFAULTS
from conformance.images.engine import OF_THE_ENGINE
from conformance.libcs.model import Libc
from conformance.libcs.rootpath import inside

Paths = frozenset[str]
"""What is mounted into a container, as its programs see it."""

_SCRATCH = ("/tmp/", "/dev/shm/")


def is_scratch(path: str) -> bool:
    """Whether the agent can write the file itself."""
    return path.startswith(_SCRATCH)


def mounted(scenario: Scenario, libc: Libc) -> Paths:
    """What has to be mounted for the scenario."""
    usual = {path for path, content in DEFAULTS.items() if content is not None or _has(libc, path)}
    changed = {path: content for path, content in scenario.files.items() if not is_scratch(path)}
    absent = {path for path, content in changed.items() if content is None}
    return frozenset((usual | changed.keys()) - absent)


def lacking(scenario: Scenario, libc: Libc) -> str | None:
    """Why a container cannot have the scenario's files, or None if it can."""
    for path, content in scenario.files.items():
        if content is None and path in OF_THE_ENGINE:
            return f"needs {path} to be absent; the engine mounts it into every container"
        if content is None and _has(libc, path):
            return f"needs {path} to be absent; the image has it, and a container's root is read-only"
    return None


def _has(libc: Libc, path: str) -> bool:
    """Whether an image that others made has the file; those that we make have none of them."""
    return libc.image is not None and inside(libc.root, path).exists()


class Files:
    """The mounted files of one container."""

    def __init__(self, folder: Path, paths: Paths) -> None:
        """Makes the files in the new folder `folder`."""
        self.sources = {path: folder / path.strip("/").replace("/", "_") for path in paths}
        """Paths in the container to files of this machine."""
        self._changed: set[str] = set()
        folder.mkdir()
        for path, source in self.sources.items():
            self._write(path, DEFAULTS.get(path))
            # whatever the umask is
            source.chmod(0o644)

    def change(self, path: str, content: str | bytes | None) -> None:
        """Gives a file this content until `restore`; what is to be absent is not mounted anyway."""
        if path in self.sources:
            self._changed.add(path)
            self._write(path, content)

    def restore(self) -> None:
        """Gives all changed files their usual content again."""
        for path in self._changed:
            self._write(path, DEFAULTS.get(path))
        self._changed.clear()

    def _write(self, path: str, content: str | bytes | None) -> None:
        """A file that an image has, and that usually is to be absent, is empty instead."""
        raw = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
        self.sources[path].write_bytes(raw or b"")
