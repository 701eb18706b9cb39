"""Where the probes of a run are run: set up once for the run, and told to its workers."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from conformance.backends import Backend
from conformance.backends.local import Local
from conformance.errors import UserError
from conformance.libcs.model import Image, Libc
from conformance.libcs.names import ImageName
from conformance.libcs.select import select

if TYPE_CHECKING:
    from conformance.images.builder import Builder
    from conformance.images.pull import Policy


class Setting(Protocol):
    """One run's surroundings."""

    def libcs(self, spec: str) -> list[Libc]:
        """The libcs that `--libc` names, ready to be run on. Raises UserError."""

    def backend(self, agent: Path, workers: int) -> Backend:
        """The backend of this process, one of `workers`; `agent` is the agent's program."""

    def for_workers(self) -> Any:
        """What a worker needs to make the same setting, of plain types."""

    def notes(self) -> list[str]:
        """What the user shall see before the first item."""

    def as_json(self) -> dict[str, Any]:
        """The entry of run.json."""

    def close(self) -> None:
        """Takes away what was set up for this run only."""


class LocalSetting:
    """Sandboxes of this machine: nothing to set up."""

    def libcs(self, spec: str) -> list[Libc]:
        """The libcs that `--libc` names, fetched where needed."""
        return select(spec)

    def backend(self, agent: Path, workers: int) -> Backend:
        """The backend of this process."""
        return Local(agent)

    def for_workers(self) -> Any:
        """Nothing."""
        return None

    def notes(self) -> list[str]:
        """Nothing."""
        return []

    def as_json(self) -> dict[str, Any]:
        """The entry of run.json."""
        return {"name": "local"}

    def close(self) -> None:
        """Nothing is left behind."""


class DockerSetting:
    """Containers of an engine on this machine. Images are pulled or made by the run, not by its workers."""

    def __init__(self, pull: "Policy", build_in: Sequence[str] = (), told: Any = None) -> None:
        """`build_in` names builder images; `told` is what `for_workers` gave, in a worker.

        Raises UserError without an engine.
        """
        from conformance.images.engine import connect
        from conformance.images.leftovers import remove_leftovers
        from conformance.images.owner import token

        self._client = connect()
        self._pull = pull
        self._build_in = build_in
        self._is_worker = told is not None
        self._owner: str = told["owner"] if told else token()
        self._pinned = {image[0]: Image(*image) for image in told["pinned"]} if told else {}
        self._images: dict[str, str] = dict(told["images"]) if told else {}
        self._notes: list[str] = []
        if not self._is_worker:
            remove_leftovers(self._client)

    def libcs(self, spec: str) -> list[Libc]:
        """The libcs that `--libc` names; the engine has an image for each of them. Raises UserError."""
        from conformance.images.load import load

        builders = self._builders()
        libcs = select(spec, lambda name: self._in_image(name, builders))
        for builder in builders:
            if not any(libc.development.builder == builder.image for libc in libcs):
                raise UserError(
                    f"--build-in={builder.image.reference} is for images with {builder.family}, and this run "
                    "has none"
                )
        if not self._is_worker:
            self._images = {
                libc.name: libc.image.id if libc.image else load(self._client, libc, self._owner)
                for libc in libcs
            }
        return libcs

    def _builders(self) -> "list[Builder]":
        """One for each family at most."""
        from conformance.images.builder import builder_of
        from conformance.images.reference import parse_reference

        builders: dict[str, Builder] = {}
        for reference in self._build_in:
            image = self._pin(str(parse_reference(reference)))
            builder = builder_of(self._client, image)
            if other := builders.get(builder.family):
                raise UserError(
                    f"--build-in: {other.image.reference} and {image.reference} both have {builder.family}; "
                    "name one image for each family"
                )
            builders[builder.family] = builder
        return list(builders.values())

    def _in_image(self, name: ImageName, builders: "list[Builder]") -> Libc:
        from conformance.images.libc import libc_of

        return libc_of(self._client, name.name, self._pin(name.reference), builders)

    def _pin(self, reference: str) -> Image:
        """What the name stands for, the same for the whole run."""
        from conformance.images.moved import moved
        from conformance.images.pull import resolve

        if reference not in self._pinned:
            image = resolve(self._client, reference, self._pull)
            self._pinned[reference] = image
            if note := moved(image):
                self._notes.append(note)
        return self._pinned[reference]

    def backend(self, agent: Path, workers: int) -> Backend:
        """The backend of this process."""
        from conformance.backends.docker import Docker

        return Docker(self._client, agent, self._images, self._owner, workers=workers)

    def for_workers(self) -> Any:
        """Whose the containers are, and which images: a tag that moves meanwhile must not split the run."""
        pinned = [(image.reference, image.id, image.digest) for image in self._pinned.values()]
        return {"owner": self._owner, "pinned": pinned, "images": self._images}

    def notes(self) -> list[str]:
        """Images that are not what they were."""
        return self._notes

    def as_json(self) -> dict[str, Any]:
        """The engine, and the images that the libcs are run in."""
        from conformance.images.engine import described

        return {"name": "docker", **described(self._client), "images": self._images}

    def close(self) -> None:
        """Removes containers that are left, and the images that were made for this run."""
        from conformance.images.leftovers import remove_own

        if self._is_worker:
            return
        try:
            remove_own(self._client, self._owner)
        except UserError as error:
            # the run is over, and its results are there: nothing is gained by failing now
            print(f"conformance: {error}\n`conformance clean` removes what is left behind", file=sys.stderr)
