"""Names of images: `NAME`, `NAME:TAG`, `NAME@DIGEST`, and the project's aliases for well-known ones."""

import re
from dataclasses import dataclass

from conformance.errors import UserError

ALIASES = {
    "alpine": "docker.io/library/alpine",
    "wolfi": "cgr.dev/chainguard/wolfi-base",
}
"""`alpine:3.20` stands for `docker.io/library/alpine:3.20`."""

_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_HOST = r"(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?/"
_REFERENCE = re.compile(
    rf"(?P<repository>(?:{_HOST})?{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """An image's name. Where both are given the digest counts and the tag is a remark, as for docker."""

    repository: str
    tag: str | None
    digest: str | None

    def __str__(self) -> str:
        return f"{self.repository}@{self.digest}" if self.digest else f"{self.repository}:{self.tag}"

    @property
    def registry(self) -> str:
        """The host that the image is pulled from."""
        host, slash, _ = self.repository.partition("/")
        return host if slash and re.search(r"[.:]|^localhost$", host) else "docker.io"

    @property
    def short_repository(self) -> str:
        """As an engine shows it: without the host that Docker takes for granted."""
        return self.repository.removeprefix("docker.io/").removeprefix("library/")


def parse_reference(text: str) -> Reference:
    """Raises UserError for what is no image's name."""
    match = _REFERENCE.fullmatch(text)
    if not match:
        raise UserError(
            f"{text!r} is no image's name; it is written NAME, NAME:TAG or NAME@sha256:DIGEST, "
            "all but the tag in lower case: registry.example.org/team/app:1.4"
        )
    digest = match["digest"]
    return Reference(match["repository"], match["tag"] or (None if digest else "latest"), digest)
