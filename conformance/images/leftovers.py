"""What runs that were killed left in the engine and in the folder for temporary files."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.images.engine import failures
from conformance.images.owner import LABEL, REPOSITORY, is_alive

if TYPE_CHECKING:
    from docker import DockerClient

_GOING = (404, 409)
"""The engine has no such thing any more, is removing it at this moment, or something else still uses it."""

_NAMELESS = "<none>:<none>"
_REMOVAL_SECONDS = 10

FOLDER = "libc-conformance-"
"""Folders for temporary files are called so, then comes the owner's token."""


def is_dead(owner: str) -> bool:
    """Whether the process of this token has ended."""
    return not is_alive(owner)


def remove_leftovers(client: "DockerClient", is_left: Callable[[str], bool] = is_dead) -> list[str]:
    """Removes containers, images and folders whose owner's token `is_left`, and says which these were.

    Raises UserError.
    """
    return [*_gone_containers(client, is_left), *_images(client, is_left), *_folders(is_left)]


def remove_own(client: "DockerClient", owner: str) -> None:
    """Removes all that an owner has, at its end. Raises UserError."""
    _gone_containers(client, owner.__eq__)
    list(_images(client, owner.__eq__))


def remove_container(client: "DockerClient", container: str) -> None:
    """Ends and removes a container; one that is already going, or gone, is fine."""
    from docker.errors import APIError

    with failures(f"removing the container {container[:12]}"):
        try:
            client.api.remove_container(container, force=True, v=True)
        except APIError as error:
            if error.status_code not in _GOING:
                raise


def _gone_containers(client: "DockerClient", is_left: Callable[[str], bool]) -> list[str]:
    """Removes containers, and waits for those that the engine is removing itself: they hold their images."""
    end = time.monotonic() + _REMOVAL_SECONDS
    gone: dict[str, None] = {}
    while found := list(_containers(client, is_left)):
        gone |= dict.fromkeys(found)
        if time.monotonic() > end:
            break
        time.sleep(0.02)
    return list(gone)


def _containers(client: "DockerClient", is_left: Callable[[str], bool]) -> Iterator[str]:
    with failures("listing containers"):
        found: list[dict[str, Any]] = client.api.containers(all=True, filters={"label": LABEL})
    for container in found:
        if is_left(container["Labels"][LABEL]):
            remove_container(client, container["Id"])
            yield f"container {container['Id'][:12]}"


def _images(client: "DockerClient", is_left: Callable[[str], bool]) -> Iterator[str]:
    from docker.errors import APIError

    with failures("listing images"):
        found: list[dict[str, Any]] = client.api.images(filters={"label": f"{LABEL}=image"})
    for image in found:
        names = [name for name in image["RepoTags"] or () if name != _NAMELESS]
        ours = (name for name in names if name.startswith(f"{REPOSITORY}/"))
        left = [name for name in ours if is_left(name.rpartition(":")[2])] if names else [image["Id"]]
        for name in left:
            with failures(f"removing the image {name}"):
                try:
                    client.images.remove(name)
                except APIError as error:
                    if error.status_code not in _GOING:
                        raise
                    continue
            yield f"image {name}"


def _folders(is_left: Callable[[str], bool]) -> Iterator[str]:
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        owner = folder.name.removeprefix(FOLDER).partition("-")[0]
        if owner.count(".") == 2 and is_left(owner):
            shutil.rmtree(folder, ignore_errors=True)
            yield f"folder {folder}"
