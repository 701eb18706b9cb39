"""Downloading over HTTP, with every failure put into words."""

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from conformance.errors import UserError

_SECONDS_WITHOUT_DATA = 60
_CHUNK = 1 << 16


class NotOnMirror(UserError):
    """The server has no such file."""


def download(url: str, most: int | None = None, progress: Callable[[int], object] = lambda _: None) -> bytes:
    """The content at `url`, of which there may be `most` bytes. Raises NotOnMirror or UserError.

    `progress` is called with the number of bytes that have come since the last call.
    """
    content = bytearray()
    for chunk in _chunks(url):
        content += chunk
        progress(len(chunk))
        if most is not None and len(content) > most:
            raise UserError(f"{url}: sends more than the {most} bytes that it may have")
    return bytes(content)


def exists(url: str) -> bool:
    """Whether the server has a file at `url`. Raises UserError where that cannot be told."""
    request = urllib.request.Request(url, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS_WITHOUT_DATA):
            return True
    except urllib.error.HTTPError as error:
        if error.code in (403, 404, 410):  # some servers hide what there is not
            return False
        raise UserError(f"{url}: the server answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        raise UserError(f"{url}: the server does not answer ({error})") from error


def download_verified(
    url: str, size: int, sha256: str, file: Path, progress: Callable[[int], object]
) -> None:
    """Write the content at `url` to `file`, unless it has another size or SHA-256 than it must have.

    `progress` is called with the number of bytes that have come since the last call.
    Raises NotOnMirror or UserError; `file` may then hold a part and must not be used.
    """
    digest = hashlib.sha256()
    received = 0
    with file.open("wb") as out:
        for chunk in _chunks(url):
            out.write(chunk)
            digest.update(chunk)
            received += len(chunk)
            progress(len(chunk))
            if received > size:
                raise UserError(f"{url}: sends more than the {size} bytes that it must have")
    if received != size:
        raise UserError(f"{url}: ended after {received} of {size} bytes; try again")
    if digest.hexdigest() != sha256:
        raise UserError(
            f"{url}: has SHA-256 {digest.hexdigest()} but must have {sha256}; "
            "the mirror or something on the way to it is faulty: try another with --mirror URL"
        )


def _chunks(url: str) -> Iterator[bytes]:
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS_WITHOUT_DATA) as answer:
            while chunk := answer.read(_CHUNK):
                yield chunk
    except urllib.error.HTTPError as error:
        if error.code in (404, 410):
            raise NotOnMirror(f"{url}: the mirror has no such file") from error
        raise UserError(f"{url}: the server answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise UserError(
            f"{url}: download failed ({reason}); check the network, or name another mirror"
        ) from error
