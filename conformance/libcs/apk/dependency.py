"""What a package needs and provides, in apk's words: `musl>=1.2.3`, `!uclibc`, `so:libc.so.6`, `gcc@edge`."""

import re
from dataclasses import dataclass

from conformance.libcs.apk.version import OPERATORS, matches

_FORM = re.compile(
    r"(?P<name>[^<>=~@!\s]+)((?P<operator>[<>=~]+)(?P<version>[^<>=~@\s][^@\s]*))?(@(?P<tag>[\w.-]+))?"
)
_SPELLINGS = {"=<": "<=", "=>": ">=", "~=": "~", "=~": "~", "==": "=", "<=~": "<~", ">=~": ">~"}


@dataclass(frozen=True, slots=True)
class Dependency:
    """One entry of a list of dependencies.

    `operator` is one of `version.OPERATORS`, empty where any version will do; `conflict` turns the meaning
    round; `tag` names the repositories that the package has to come from, None for those without a tag.
    """

    name: str
    operator: str = ""
    version: str = ""
    conflict: bool = False
    tag: str | None = None

    def accepts(self, version: str | None) -> bool:
        """Whether a provider of the name will do; its version is None where it provides the name without."""
        return not self.operator or (version is not None and matches(version, self.operator, self.version))

    def __str__(self) -> str:
        tag = f"@{self.tag}" if self.tag else ""
        return f"{'!' if self.conflict else ''}{self.name}{self.operator}{self.version}{tag}"


def parse(text: str) -> Dependency:
    """Raises ValueError for what is no dependency, or is one of a kind that is not understood here."""
    conflict = text.startswith("!")
    match = _FORM.fullmatch(text.removeprefix("!"))
    if match is None:
        raise ValueError(f"{text!r} is not a dependency such as musl, musl>=1.2.3, !musl or musl@edge")
    operator = match["operator"] or ""
    operator = _SPELLINGS.get(operator, operator)
    if operator not in OPERATORS:
        raise ValueError(f"{text!r}: the operator {operator} is not supported; known: {' '.join(OPERATORS)}")
    return Dependency(match["name"], operator, match["version"] or "", conflict, match["tag"])


def parse_provide(text: str) -> tuple[str, str | None]:
    """Name and version of an entry of `provides`; the version is None where there is none."""
    name, equals, version = text.partition("=")
    return name, version if equals else None
