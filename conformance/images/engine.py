"""The container engine: reached through its socket on this machine, its failures put into words.

Docker and Podman speak the same protocol there; `DOCKER_HOST` names the socket, as for their own tools.
"""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from conformance.errors import UserError

if TYPE_CHECKING:
    from docker import DockerClient

OF_THE_ENGINE = ("/etc/hosts", "/etc/resolv.conf")
"""Files that an engine puts into every container, whether or not the image has them."""

_DEFAULT = "unix:///var/run/docker.sock"
_SECONDS = 60
"""For one request. An engine that died is noticed at once; this is for one that is busy."""

_CONNECTIONS = 32


class EngineLost(UserError):
    """The engine is gone or can do nothing any more: no case that needs it can run."""


def address() -> str:
    """The URL of the engine's socket."""
    return os.environ.get("DOCKER_HOST") or _DEFAULT


def connect() -> "DockerClient":
    """A client of the engine on this machine, usable from several threads. Raises UserError without one."""
    import docker
    from docker.errors import DockerException

    url = address()
    if not url.startswith("unix://"):
        raise UserError(
            f"DOCKER_HOST={url}: the agents are spoken to through folders that the engine mounts into its "
            "containers, so it has to run on this machine and listen on a unix socket: unix:///PATH"
        )
    _knock(url)
    try:
        return docker.DockerClient(base_url=url, version="auto", timeout=_SECONDS, max_pool_size=_CONNECTIONS)
    except DockerException as error:
        raise UserError(f"no container engine answers at {url}: {error}") from error


def _knock(url: str) -> None:
    """The client's own words for a socket that cannot be reached name neither the cause nor a remedy."""
    path = url.removeprefix("unix://")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knocking:
        knocking.settimeout(_SECONDS)
        try:
            knocking.connect(path)
        except OSError as error:
            raise UserError(_unreachable(path, error)) from error


def _unreachable(path: str, error: OSError) -> str:
    if error.errno in (errno.EACCES, errno.EPERM):
        return (
            f"{path}: permission denied: the engine's socket is not for this user. Ask to be taken into the "
            "group that owns it (usually docker; it gives root's powers), or use an engine of your own: "
            "rootless Docker or Podman, named in DOCKER_HOST"
        )
    if error.errno == errno.ENOENT:
        return (
            f"{path} is not there: no container engine runs on this machine, or it listens elsewhere. "
            "Install and start one (Debian: apt install docker.io), or name its socket in DOCKER_HOST"
        )
    if error.errno == errno.ECONNREFUSED:
        return f"{path}: nobody listens: the container engine has stopped; start it (systemctl start docker)"
    return f"{path}: the container engine cannot be reached ({error.strerror or error})"


def described(client: "DockerClient") -> dict[str, Any]:
    """What the engine says of itself, as far as a case may depend on it. Raises UserError."""
    with failures("asking the engine what it is"):
        info, version = client.info(), client.version()
    return {
        "engine": [f"{part['Name']} {part['Version']}" for part in version.get("Components", ())],
        "api": version.get("ApiVersion"),
        "storage": info.get("Driver"),
        "control_groups": info.get("CgroupVersion"),
        "security": info.get("SecurityOptions"),
        # Podman has a word for it, Docker lists it among its security options
        "rootless": info.get("Rootless") or "name=rootless" in (info.get("SecurityOptions") or ()),
    }


@contextmanager
def failures(what: str) -> Iterator[None]:
    """Turns what the client raises while `what` is tried into a UserError.

    Raises EngineLost where nothing else can succeed either: the engine is gone, or its disk is full.
    """
    from docker.errors import APIError, DockerException
    from requests import RequestException

    try:
        yield
    except (RequestException, OSError) as error:
        if not isinstance(error, APIError):
            raise EngineLost(lost(what, error)) from error
        raise _refused(what, str(error.explanation or error)) from error
    except DockerException as error:
        raise _refused(what, str(error)) from error


def _refused(what: str, said: str) -> UserError:
    if "no space left on device" in said:
        return EngineLost(
            f"the container engine's disk is full: {what}: {said}. Make room there: `docker system df` shows "
            "what takes it, `docker system prune` removes what nothing uses"
        )
    return UserError(f"{what}: the container engine refused: {said}")


def lost(what: str, error: BaseException) -> str:
    """The message for an engine that does not answer any more."""
    return (
        f"the container engine at {address()} is gone: {what}: {error}. What was observed so far is kept; "
        "start the engine again, then the run"
    )
