"""Which build of a libc was tested, as run.json tells it: two with the same name need not be the same."""

from collections.abc import Mapping
from typing import Any

_DIGITS = 12
"""Of a SHA-256: enough to tell two builds of a libc apart."""


def by_name(run: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The libcs of a run.json by their names; none where a killed run left no run.json."""
    return {entry["name"]: entry for entry in run.get("libcs", [])}


def build(entry: Mapping[str, Any]) -> dict[str, str]:
    """What tells one build from another, for people; `entry` is a libc in run.json, as far as it is there."""
    identity, image = entry.get("identity") or {}, entry.get("image") or {}
    headers = entry.get("development") or {}
    known = {
        "package": identity.get("package"),
        "sha256": (identity.get("digest") or "")[:_DIGITS],
        "image": image.get("digest") or image.get("id"),
        "headers of": headers.get("borrowed_from"),
        "compiled in": (headers.get("builder") or {}).get("id"),
    }
    return {word: str(value) for word, value in known.items() if value}


def labelled(label: str, entry: Mapping[str, Any]) -> str:
    """A label with what is known of the build: `new: musl-1.2.6 (musl 1.2.6-r0, sha256 0af3ecc5f456)`."""
    known = build(entry)
    told = ", ".join(value if word == "package" else f"{word} {value}" for word, value in known.items())
    return f"{label} ({told})" if told else label


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """What is not as it was; empty where one of the two is not known."""
    before, after = build(old), build(new)
    if not before or not after:
        return {}
    words = dict.fromkeys([*before, *after])
    pairs = {word: (before.get(word, "none"), after.get(word, "none")) for word in words}
    return {word: pair for word, pair in pairs.items() if pair[0] != pair[1]}


def changes_told(changes: Mapping[str, tuple[str, str]]) -> str:
    """In one line: `package musl 1.2.6-r0 -> musl 1.2.6-r1, sha256 0af3ecc5f456 -> 6b4a45352fd0`."""
    return ", ".join(f"{word} {old} -> {new}" for word, (old, new) in changes.items())
