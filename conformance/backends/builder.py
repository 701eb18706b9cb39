"""A container of a builder image, in which probes are compiled one after the other or at once."""

import itertools
import os
import shutil
import stat
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.backends.container import Container, Kind, Plan
from conformance.build import command, key
from conformance.errors import UserError
from conformance.images.builder import compiler_in
from conformance.images.engine import failures
from conformance.libcs.model import Image, Libc

if TYPE_CHECKING:
    from docker import DockerClient

_SHARED = Path("/build")
"""Where the container shows the folder that sources and programs pass through."""

_END_SECONDS = 10

_KIND = Kind(files=frozenset(), processes=64)


class BuilderContainer:
    """Compiles in an image, with its own compiler, headers and libraries; usable from several threads.

    The agent keeps the container alive, and lets it end with us; the compiler is started beside it.
    """

    def __init__(self, client: "DockerClient", image: Image, agent: Path, owner: str, folder: Path) -> None:
        """Nothing is started yet; `folder` will be made. `agent` is the agent's program."""
        self._client = client
        self._image = image
        self._agent = agent
        self._owner = owner
        self._folder = folder
        self._lock = threading.Lock()
        self._container: Container | None = None
        self._numbers = itertools.count()

    def __call__(self, libc: Libc, source: Path, flags: Sequence[str], program: Path) -> str | None:
        """Compiles and links as `probes.Tools` says. Raises UserError where the engine fails."""
        container = self._started()
        compiler = compiler_in(self._client, self._image)
        aside = self._shared / str(next(self._numbers))
        _give(key.closure(source), aside)
        inside = _SHARED / aside.name
        build = command.build_in_image(
            compiler, _below(inside, source), flags, _below(inside, command.INCLUDE), inside / "program"
        )
        code, said = self._execute(container.id, build)
        if code == 0:
            program.write_bytes(product(aside / "program"))
        shutil.rmtree(aside)
        # the user knows the sources by their own paths
        return None if code == 0 else said.replace(f"{inside}/", "/")

    @property
    def _shared(self) -> Path:
        return self._folder.with_name(f"{self._folder.name}-shared")

    def _started(self) -> Container:
        with self._lock:
            if not self._container:
                self._shared.mkdir(exist_ok=True)
                plan = Plan(
                    f"the builder {self._image.reference}",
                    _KIND,
                    self._image.id,
                    self._agent,
                    self._owner,
                    writable={str(_SHARED): self._shared},
                )
                self._container = Container(self._client, plan, self._folder)
            return self._container

    def _execute(self, container: str, build: Sequence[str]) -> tuple[int, str]:
        api = self._client.api
        with failures(f"compiling in {self._image.reference}"):
            execution = api.exec_create(container, build, environment={"LC_ALL": "C"}, workdir="/tmp")["Id"]
            said = api.exec_start(execution)
            end = time.monotonic() + _END_SECONDS
            # the output may end a moment before the engine has noted the exit code
            while (code := api.exec_inspect(execution)["ExitCode"]) is None and time.monotonic() < end:
                time.sleep(0.02)
        if code is None:
            raise UserError(f"compiling in {self._image.reference}: the compiler did not end: {said!r}")
        return int(code), said.decode(errors="replace")

    def close(self) -> None:
        """Ends the container, if there is one."""
        if self._container:
            self._container.control.close()
            self._container.remove()


def _give(files: Sequence[Path], folder: Path) -> None:
    """Copies files below a new folder to their own absolute paths, so that they find each other as here.

    The container's user may read them, and write into the folder itself.
    """
    for file in files:
        place = _below(folder, file)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
    for path in folder.rglob("*"):
        path.chmod(0o755)
    folder.chmod(0o777)


def product(made: Path) -> bytes:
    """The content of a file that a container made.

    Raises UserError for anything else: a link would lead us to files of this machine, a pipe would keep us.
    """
    try:
        descriptor = os.open(made, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return file.read()
    except OSError as error:
        raise UserError(f"the builder's compiler made no program: {error}") from error
    raise UserError("the builder's compiler made something that is no file")


def _below(folder: Path, file: Path) -> Path:
    return Path(f"{folder}{os.path.normpath(file.absolute())}")
