"""The libc that programs of an image run with, found and identified without running the image's program."""

from typing import TYPE_CHECKING

from conformance.errors import UserError
from conformance.images.engine import failures
from conformance.images.extract import extract
from conformance.images.leftovers import remove_container
from conformance.images.owner import LABEL, token
from conformance.libcs.directory import Found, find_libc
from conformance.libcs.identity import installed_package
from conformance.libcs.model import Image, Libc
from conformance.libcs.select import assemble, borrowed_development
from conformance.libcs.told import remembered_version

if TYPE_CHECKING:
    from docker import DockerClient

_SECONDS = 30


def libc_of(client: "DockerClient", name: str, image: Image) -> Libc:
    """The image's libc, under the name that the user gave it. Raises UserError where none can be told."""
    root = extract(client, image)
    try:
        found = find_libc(root)
    except UserError as error:
        raise UserError(str(error).replace(str(root), f"the image {image.reference}")) from error
    version = remembered_version(found.family, found.library_file, lambda: _ask(client, image, found))
    development = borrowed_development(found.family, version)
    return assemble(name, found, version, development, installed_package(found), image)


def _ask(client: "DockerClient", image: Image, found: Found) -> str:
    """What the libc writes when it is run, in a container: nothing of an image runs outside of one."""
    api = client.api
    question = [found.loader] if found.family == "musl" else [found.loader, found.library]
    with failures(f"asking the libc of {image.reference} for its version"):
        host = api.create_host_config(
            network_mode="none", read_only=True, cap_drop=["ALL"], security_opt=["no-new-privileges"]
        )
        container: str = api.create_container(
            image.id,
            entrypoint=question,
            command=[],
            user="1000:1000",
            labels={LABEL: token()},
            host_config=host,
        )["Id"]
    try:
        with failures(f"asking the libc of {image.reference} for its version"):
            api.start(container)
            api.wait(container, timeout=_SECONDS)
            return api.logs(container, stdout=True, stderr=True).decode(errors="replace")
    finally:
        remove_container(client, container)
