"""Makes an engine have the image of a libc's root directory, for as long as one run needs it."""

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.images import archive
from conformance.images.engine import failures
from conformance.images.owner import REPOSITORY
from conformance.libcs.arch import ARCHITECTURES
from conformance.libcs.filling import cache_errors, write_whole
from conformance.libcs.model import Libc
from conformance.paths import cache

if TYPE_CHECKING:
    from docker import DockerClient


def load(client: "DockerClient", libc: Libc, owner: str) -> str:
    """The id of the image with the libc's root, which the engine now has under a name of this owner.

    Runs share an image, each by a name of its own: the last one that lets go of its name removes the image.
    Raises UserError.
    """
    name = f"{REPOSITORY}/{_component(libc.name)}"
    known = _remembered(libc.root)
    if known and _tag(client, known, name, owner):
        return known
    with failures(f"loading the image of {libc.name}"), tempfile.TemporaryFile() as file:
        layer = archive.write_layer(libc.root, file)
        config = archive.configuration(layer.digest, ARCHITECTURES[libc.arch].oci)
        made = archive.image_id(config)
        _remember(libc.root, made)
        if not _tag(client, made, name, owner):
            with tempfile.TemporaryFile() as whole:
                archive.write_archive(layer, config, f"{name}:{owner}", whole)
                whole.seek(0)
                client.images.load(whole)
    return made


def _component(name: str) -> str:
    """The name of a libc as a part of an image's name: `dir:./rootfs` cannot be one."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "root"


def _tag(client: "DockerClient", image: str, name: str, owner: str) -> bool:
    """Whether the engine has the image and this run now has a name for it."""
    from docker.errors import ImageNotFound, NotFound

    with failures(f"naming the image {image}"):
        try:
            return client.api.tag(image, name, owner)
        except (ImageNotFound, NotFound):
            return False


def _memory(root: Path) -> Path | None:
    """Where the id of a root's image is remembered: only of roots in the cache, which never change."""
    if root.parent != cache() / "roots":
        return None
    return cache() / "images" / f"{root.name}-{archive.VERSION}.id"


def _remembered(root: Path) -> str | None:
    file = _memory(root)
    return file.read_text() if file and file.is_file() else None


def _remember(root: Path, made: str) -> None:
    if file := _memory(root):
        with cache_errors():
            write_whole(file, made)
