"""The files under /etc of a container: each mounted singly, so a case changes them in place, from outside.

The engine mounts files of its own over /etc/hosts and /etc/resolv.conf, unless these very paths are mounted.
What is renamed over a mounted file would not be seen in the container.
"""

from pathlib import Path

from conformance.case import Scenario
from conformance.engine.surroundings import DEFAULTS

_SCRATCH = ("/tmp/", "/dev/shm/")


class EtcFiles:
    """The mounted files of one container."""

    def __init__(self, folder: Path) -> None:
        """Makes the files in the new folder `folder`."""
        self.paths = {path: folder / path.rpartition("/")[2] for path in DEFAULTS}
        """Paths in the container to files of this machine."""
        self._changed: set[str] = set()
        folder.mkdir()
        for path, content in DEFAULTS.items():
            self._write(path, content)
            # whatever the umask is
            self.paths[path].chmod(0o644)

    def change(self, path: str, content: str | bytes | None) -> None:
        """Gives a file this content until `restore`."""
        self._changed.add(path)
        self._write(path, content)

    def restore(self) -> None:
        """Gives all changed files their usual content again."""
        for path in self._changed:
            self._write(path, DEFAULTS[path])
        self._changed.clear()

    def _write(self, path: str, content: str | bytes | None) -> None:
        """A mounted file cannot be absent; those that usually are do the same when they are empty."""
        raw = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
        self.paths[path].write_bytes(raw or b"")


def is_scratch(path: str) -> bool:
    """Whether the agent can write the file itself."""
    return path.startswith(_SCRATCH)


def lacking(scenario: Scenario) -> str | None:
    """Why a container cannot have the scenario's files, or None if it can."""
    for path, content in scenario.files.items():
        if is_scratch(path):
            continue
        if path not in DEFAULTS:
            return f"changes {path}; in a container these can be changed: {', '.join(DEFAULTS)}"
        if content is None and DEFAULTS[path] is not None:
            return f"needs {path} to be absent; a container has it mounted, and a mount cannot be taken away"
    return None
