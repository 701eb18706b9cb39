"""Runs one program of an image and reads what it writes: nothing of an image runs outside of a container."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conformance.images.engine import failures
from conformance.images.leftovers import remove_container
from conformance.images.owner import LABEL, token
from conformance.libcs.model import Image

if TYPE_CHECKING:
    from docker import DockerClient

_SECONDS = 30
NOT_THERE = 127
"""The exit code by which shells tell that there is no such program."""


def ask(client: "DockerClient", image: Image, command: Sequence[str], what: str) -> tuple[int, str]:
    """The program's exit code, and all that it wrote; NOT_THERE and nothing where the image does not have it.

    `what` says what is tried, for the message where the engine fails. Raises UserError.
    """
    from docker.errors import APIError

    api = client.api
    with failures(what):
        host = api.create_host_config(
            network_mode="none",
            read_only=True,
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            tmpfs={"/tmp": "mode=1777"},
        )
        container: str = api.create_container(
            image.id,
            entrypoint=list(command),
            command=[],
            user="1000:1000",
            environment={"LC_ALL": "C"},
            labels={LABEL: token()},
            host_config=host,
        )["Id"]
    try:
        with failures(what):
            try:
                api.start(container)
            except APIError as error:
                if "executable file not found" in str(error.explanation):
                    return NOT_THERE, ""
                raise
            code = int(api.wait(container, timeout=_SECONDS)["StatusCode"])
            return code, api.logs(container, stdout=True, stderr=True).decode(errors="replace")
    finally:
        remove_container(client, container)
