"""From an image's name to one fixed image: pulled where that is wanted, and pinned by its digest."""

import re
import sys
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from tqdm import tqdm

from conformance.errors import UserError
from conformance.images.engine import EngineLost, address, failures, lost
from conformance.images.reference import Reference, parse_reference
from conformance.libcs.arch import native
from conformance.libcs.model import Image

if TYPE_CHECKING:
    from docker import DockerClient

Policy = Literal["never", "missing", "always"]

_MOST_RETRIES = 1
"""The engine itself retries a layer that breaks off, with growing pauses that add up to a minute."""

_UNKNOWN = re.compile(r"manifest.*unknown|not found|no such image|name unknown", re.IGNORECASE)
_REFUSED_LOGIN = re.compile(
    r"unauthorized|authentication required|no basic auth|denied|incorrect username", re.IGNORECASE
)
_UNREACHABLE = re.compile(
    r"connection refused|no such host|timeout|timed out|no route to host|network is unreachable|EOF"
    r"|connection reset|lookup .* on|misbehaving|server gave HTTP",
    re.IGNORECASE,
)


def resolve(client: "DockerClient", text: str, policy: Policy) -> Image:
    """The image that the name stands for now. Raises UserError where it cannot be had or run here."""
    reference = parse_reference(text)
    found = None if policy == "always" else _inspect(client, reference)
    if found is None:
        if policy == "never":
            raise UserError(
                f"{text}: the container engine does not have this image, and --pull=never forbids to fetch "
                f"it; fetch it yourself (docker pull {reference}) or say --pull=missing"
            )
        _pull(client, reference)
        found = _inspect(client, reference)
        if found is None:
            raise UserError(f"{text}: was pulled, but the container engine does not have it afterwards")
    _check_architecture(text, found)
    return Image(text, str(found["Id"]), _digest(reference, found))


def _inspect(client: "DockerClient", reference: Reference) -> dict[str, Any] | None:
    from docker.errors import ImageNotFound

    with failures(f"looking for the image {reference}"):
        try:
            return client.images.get(str(reference)).attrs
        except ImageNotFound:
            return None


def _digest(reference: Reference, found: dict[str, Any]) -> str | None:
    """The digest that registries know the image by; None for one that was never in a registry."""
    if reference.digest:
        return reference.digest
    names = (reference.repository, reference.short_repository)
    for known in found.get("RepoDigests") or ():
        repository, _, digest = known.partition("@")
        if repository in names:
            return str(digest)
    return None


def _check_architecture(text: str, found: dict[str, Any]) -> None:
    wanted, kind = native().oci, str(found.get("Architecture", ""))
    system = str(found.get("Os", "linux"))
    if (system, kind) != ("linux", wanted):
        raise UserError(f"{text}: is an image for {system}/{kind}, but this machine runs linux/{wanted} only")


def _pull(client: "DockerClient", reference: Reference) -> None:
    from docker.errors import APIError
    from requests import RequestException

    with _Progress(reference) as progress:
        try:
            events = client.api.pull(
                reference.repository, reference.digest or reference.tag, stream=True, decode=True
            )
            for event in events:
                if said := event.get("error"):
                    raise UserError(_why_not(reference, str(said)))
                progress.take(event)
        except APIError as error:
            raise UserError(_why_not(reference, str(error.explanation or error))) from error
        except RequestException as error:
            raise EngineLost(lost(f"pulling {reference}", error)) from error


class _Progress:
    """How far the layers have come, as a bar on a terminal; ends the pull when the registry is gone."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._layers: dict[str, tuple[int, int]] = {}
        self._pauses: dict[str, int] = {}
        self._retries = 0
        if not sys.stderr.isatty():
            print(f"pulling {reference}", file=sys.stderr, flush=True)
        self._bar: tqdm[NoReturn] = tqdm(unit="B", unit_scale=True, desc=f"pulling {reference}", disable=None)

    def __enter__(self) -> "_Progress":
        return self

    def __exit__(self, *unused: object) -> None:
        self._bar.close()

    def take(self, event: dict[str, Any]) -> None:
        """One event of the engine's stream."""
        layer, status = str(event.get("id", "")), str(event.get("status", ""))
        if pause := re.fullmatch(r"Retrying in (\d+) seconds?", status):
            self._count_retry(layer, int(pause[1]))
        detail = event.get("progressDetail") or {}
        if status == "Downloading" and "total" in detail:
            self._layers[layer] = (int(detail.get("current", 0)), int(detail["total"]))
            current, total = map(sum, zip(*self._layers.values(), strict=True))
            self._bar.total = total
            self._bar.update(current - self._bar.n)

    def _count_retry(self, layer: str, seconds: int) -> None:
        """The engine counts the seconds of a pause down; where they are more than before, a new one began."""
        self._retries += seconds > self._pauses.get(layer, 0)
        self._pauses[layer] = seconds
        if self._retries > _MOST_RETRIES:
            raise UserError(
                f"{self._reference}: the registry broke off while the image was pulled, also when the engine "
                "tried again; the layers that came whole are kept. Try again when it is back"
            )


def _why_not(reference: Reference, said: str) -> str:
    """The engine passes on what the registry said, in as many words as there are registries."""
    if _REFUSED_LOGIN.search(said):
        return (
            f"{reference}: the registry refuses to hand it out ({said}); log in with "
            f"`docker login {reference.registry}`, and check the name: some say this of what they do not have"
        )
    if "no matching manifest" in said or "no match for platform" in said:
        return f"{reference}: is not there for linux/{native().oci}, which this machine runs ({said})"
    if _UNKNOWN.search(said):
        return f"{reference}: the registry {reference.registry} has no such image ({said})"
    if _UNREACHABLE.search(said):
        return (
            f"{reference}: the registry {reference.registry} cannot be reached ({said}); "
            "with --pull=never or --pull=missing an image that the engine has already is used as it is"
        )
    return f"{reference}: cannot be pulled from {address()}: {said}"
