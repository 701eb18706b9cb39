"""The parts of a case that make its scenario: what the probe is given and what surrounds it."""

import math
import re
import shlex
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from conformance.case import Limits
from conformance.needs import NEEDS, NEEDS_WITH_VALUE
from conformance.topics.errors import allowed
from conformance.topics.facts import is_fact_name
from conformance.topics.nodes import Item
from conformance.topics.probes import PROBES, probe_source

_PROBE_NAME = re.compile(r"(\.\./)*(\w[\w.-]{0,63}/){0,8}\w[\w.-]{0,63}", re.ASCII)
_LIMITS = {"memory": "memory", "processes": "processes", "open files": "open_files", "file size": "file_size"}
_SIZE = re.compile(r"(?P<number>[1-9][0-9]{0,15})(?P<unit>[KMG]?)")
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_RESOLVER = ("options", "search")
_FLAG = re.compile(r"-[A-Za-z]\S*")
_ENVIRONMENT_NAME = re.compile(r"[^=\0]+")


def read_probe(item: Item, topic: Path) -> str | None:
    """The name of a probe that exists."""
    probe = item.text()
    if probe is None:
        return None
    if not _PROBE_NAME.fullmatch(probe):
        item.wrong(f"{probe[:80]!r} is not a probe's name: write a path without suffix such as stdio/fgets")
        return None
    if probe_source(probe, topic):
        return probe
    if probe.endswith(".c"):
        item.wrong(f"give the probe without its suffix: {probe.removesuffix('.c')}")
        return None
    known = [str(source.relative_to(PROBES).with_suffix("")) for source in PROBES.rglob("*.c")]
    known += [source.stem for source in topic.parent.glob("*.c")]
    close = get_close_matches(probe, known, n=1)
    hint = f": did you mean `{close[0]}`?" if close else ""
    item.wrong(f"there is no {probe}.c under c_src/probes nor beside the topic{hint}")
    return None


def read_run(item: Item) -> tuple[str, ...]:
    """The probe's arguments: a text split as a shell does, or a list taken as it is."""
    if not item.is_scalar:
        return read_literals(item)
    text = item.literal()
    if text is None:
        return ()
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        item.wrong(f"cannot be split into words: {str(error).lower()}")
        return ()


def read_literals(item: Item) -> tuple[str, ...]:
    """A list of texts, taken as they are written."""
    members = item.items("a list of texts") or []
    return tuple(text for text in (member.literal() for member in members) if text is not None)


def read_functions(item: Item) -> tuple[str, ...]:
    """The functions that a case is about."""
    members = item.items("a list of functions") or []
    return tuple(name for name in (member.text() for member in members) if name is not None)


def read_stdin(item: Item) -> str:
    """Text for the standard input, which may hold NULs."""
    if item.is_scalar and not item.is_null:
        return str(item.node.value)
    item.wrong(f"must be text, not {item.described}")
    return ""


def read_environment(item: Item) -> dict[str, str]:
    """Environment variables in addition to the sandbox's own."""
    entries = item.entries("a mapping from names to values") or {}
    for name, place in entries.items():
        if not _ENVIRONMENT_NAME.fullmatch(name):
            place.wrong(f"{name!r} is not the name of an environment variable")
    return _literals(entries)


def read_resolver(item: Item) -> dict[str, str]:
    """Lines of the generated /etc/resolv.conf."""
    entries = item.entries("a mapping such as `{options: ndots:2}`") or {}
    for name, place in entries.items():
        if name not in _RESOLVER:
            place.wrong(f"unknown key: {allowed(name, _RESOLVER)}")
        elif place.is_scalar and "\n" in place.node.value:
            place.wrong("must be one line")
    return _literals(entries)


def _literals(entries: dict[str, Item]) -> dict[str, str]:
    texts = {name: place.literal() for name, place in entries.items()}
    return {name: text for name, text in texts.items() if text is not None}


def read_files(item: Item) -> dict[str, str | None]:
    """Files of the probe's root, with null for one that must be absent."""
    files: dict[str, str | None] = {}
    for path, place in (item.entries("a mapping from paths to contents") or {}).items():
        plain = str(PurePosixPath(path)) == path and ".." not in path.split("/")
        if not plain or not path.startswith(("/etc/", "/tmp/")):
            place.wrong(f"{path!r} must be a plain path under /etc or /tmp")
        elif "\0" in path:
            place.wrong("must not contain a NUL character")
        elif place.is_null:
            files[path] = None
        elif place.is_scalar:
            files[path] = str(place.node.value)
        else:
            place.wrong(f"must be the file's text, or null for an absent file, not {place.described}")
    return files


def read_flags(item: Item) -> tuple[str, ...]:
    """Options for the compiler."""
    flags = []
    for member in item.items("a list of compiler options such as [-O2, -DSIZE=8]") or []:
        flag = member.literal()
        if flag is not None and not _FLAG.fullmatch(flag):
            member.wrong(f"{flag!r} is not a compiler option")
        elif flag is not None:
            flags.append(flag)
    return tuple(flags)


def read_limits(item: Item) -> Limits:
    """What the probe may use up."""
    limits: dict[str, int] = {}
    for name, place in (item.entries("a mapping such as `{memory: 64M}`") or {}).items():
        found = _SIZE.fullmatch(place.node.value) if place.is_scalar else None
        if name not in _LIMITS:
            place.wrong(f"unknown key: {allowed(name, _LIMITS)}")
        elif not found or (found["unit"] and name in ("processes", "open files")):
            example = "a number such as 32" if name in ("processes", "open files") else "a size such as 64M"
            place.wrong(f"must be {example}, not {place.described}")
        elif (size := int(found["number"]) * _UNITS[found["unit"]]) >= 1 << 63:
            place.wrong(f"{place.node.value} is more than there can be")
        else:
            limits[_LIMITS[name]] = size
    return Limits(**limits)


def read_seconds(item: Item) -> float | None:
    """A time of more than nothing."""
    number = item.number()
    if number is not None and not 0 < number <= 86400:
        item.wrong(f"must be a time in seconds above 0, not {number}")
        return None
    return None if number is None else float(number)


def read_bands(item: Item) -> dict[str, dict[str, float]]:
    """The named bands of measured times, each with its upper bound in seconds, in rising order."""
    bands: dict[str, dict[str, float]] = {}
    for time, place in (item.entries("a mapping from measured times to bands") or {}).items():
        if not is_fact_name(time):
            place.wrong(f"{time!r} is not the name of a measured time")
        bounds: dict[str, float] = {}
        for name, bound in (place.entries("a mapping from the names of bands to seconds") or {}).items():
            seconds = read_seconds(bound)
            if name == "longer":
                bound.wrong("`longer` is the name of what is above all bands")
            elif seconds is not None and seconds <= max(bounds.values(), default=-math.inf):
                bound.wrong("the bounds must rise from band to band")
            elif seconds is not None:
                bounds[name] = seconds
        bands[time] = bounds
    return bands


def read_nameservers(item: Item, topic: Path) -> tuple[dict[str, Any], ...]:
    """The scripts of the name servers, which `conformance.nameserver` understands."""
    # most topics have none, and their reading should not wait for the import
    from conformance.nameserver.script import ScriptError, parse

    mistakes = len(item.problems.found)
    servers = [member.plain() for member in item.items("a list of name servers") or []]
    if len(item.problems.found) > mistakes:
        return ()
    try:
        parse(servers, topic.parent)
    except ScriptError as error:
        item.below(error.path).wrong(error.message)
    return tuple(servers)


def read_observed(item: Item) -> tuple[str, ...]:
    """The facts that the name servers record."""
    members = item.items("a list of facts") or []
    for member in members:
        if member.is_scalar and not is_fact_name(member.node.value):
            member.wrong(f"{member.node.value!r} is not the name of a fact")
    return tuple(name for name in (member.text() for member in members) if name is not None)


def read_links(item: Item) -> tuple[str, ...]:
    """Addresses of pages on the web."""
    links = []
    for member in item.items("a list of links") or []:
        link = member.text()
        if link is not None and not _is_url(link):
            member.wrong(f"{link!r} is not a link: write it with https://")
        elif link is not None:
            links.append(link)
    return tuple(links)


def _is_url(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and link.split() == [link]


def read_needs(item: Item) -> tuple[str | dict[str, str], ...]:
    """What a case needs of its surroundings: a word, or a mapping with one key."""
    needs: list[str | dict[str, str]] = []
    for member in item.items("a list of needs such as [root, {locale: C.UTF-8}]") or []:
        if member.is_scalar:
            word = member.text()
            if word is not None and word not in NEEDS:
                hint = f"write {{{word}: ...}}" if word in NEEDS_WITH_VALUE else allowed(word, NEEDS)
                member.wrong(f"unknown need {word!r}: {hint}")
            elif word is not None:
                needs.append(word)
            continue
        for name, place in (member.entries("a need such as `{locale: C.UTF-8}`") or {}).items():
            value = place.literal()
            if name not in NEEDS_WITH_VALUE:
                place.wrong(f"unknown need {name!r}: {allowed(name, NEEDS_WITH_VALUE)}")
            elif value is not None and name == "kernel" and not _is_range(value):
                place.wrong(f"{value!r} is not a range of versions such as '>=5.10'")
            elif value is not None:
                needs.append({name: value})
    return tuple(needs)


def _is_range(text: str) -> bool:
    try:
        return len(SpecifierSet(text)) > 0
    except InvalidSpecifier:
        return False
