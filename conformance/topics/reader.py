"""Reads one topic: the keys that there are, the defaults of the topic, and what a case must have."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, get_args

from conformance.case import Case, Scenario, Status
from conformance.topics.errors import Problems, allowed
from conformance.topics.facts import read_expect, read_grade, read_requires
from conformance.topics.nodes import Item, document
from conformance.topics.scenario import (
    read_bands,
    read_environment,
    read_files,
    read_flags,
    read_functions,
    read_limits,
    read_links,
    read_nameservers,
    read_needs,
    read_observed,
    read_probe,
    read_resolver,
    read_run,
    read_seconds,
    read_stdin,
)

STATUSES: tuple[str, ...] = get_args(Status)
TITLE_LENGTH = 80

_CASE_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SCENARIO_FIELDS = {
    "probe": "probe",
    "run": "argv",
    "stdin": "stdin",
    "env": "environment",
    "files": "files",
    "resolver": "resolver",
    "nameservers": "nameservers",
    "observe": "observe",
    "flags": "flags",
    "limits": "limits",
    "time": "time",
    "bands": "bands",
}
_OBSERVED_BY_DEFAULT = ("udp_queries", "tcp_queries")


def _read_status(item: Item) -> str | None:
    status = item.text()
    if status is not None and status not in STATUSES:
        item.wrong(f"unknown status {status!r}: {allowed(status, STATUSES)}")
        return None
    return status


def _read_title(item: Item) -> str | None:
    title = item.text()
    if title is not None and len(title) >= TITLE_LENGTH:
        item.wrong(f"has {len(title)} characters: a title has fewer than {TITLE_LENGTH}")
    return title


_READERS: dict[str, Callable[[Item], Any]] = {
    "title": _read_title,
    "functions": read_functions,
    "run": read_run,
    "stdin": read_stdin,
    "env": read_environment,
    "files": read_files,
    "resolver": read_resolver,
    "observe": read_observed,
    "flags": read_flags,
    "limits": read_limits,
    "time": read_seconds,
    "bands": read_bands,
    "needs": read_needs,
    "status": _read_status,
    "clause": Item.text,
    "requires": read_requires,
    "expect": read_expect,
    "grade": read_grade,
    "why": Item.text,
    "advice": Item.text,
    "links": read_links,
}
_CASE_KEYS = (*_READERS, "probe", "nameservers")
_CASE_FIELDS = tuple(key for key in _CASE_KEYS if key not in _SCENARIO_FIELDS)
_REQUIRED = ("title", "probe", "functions", "status")
_TOPIC_KEYS = ("topic", "about", "cases")
_DEFAULT_KEYS = tuple(key for key in _CASE_KEYS if key not in ("title", "expect"))
"""A case key on the level of the topic is the default of all its cases."""


def read_topic(text: str, source: Path, name: str, family: str) -> list[Case]:
    """The cases of a topic's text.

    `name` is the part of the case ids before `::`. Raises TopicError with all mistakes.
    """
    problems = Problems(source)
    root = document(text, problems)
    cases = [] if root is None else _TopicReader(root, source, name, family).read()
    problems.raise_any()
    return cases


class _TopicReader:
    def __init__(self, root: Item, source: Path, name: str, family: str) -> None:
        self.root = root
        self.mistakes = root.problems.found
        self.source = source
        self.name = name
        self.family = family
        self.readers: dict[str, Callable[[Item], Any]] = {
            **_READERS,
            "probe": partial(read_probe, topic=source),
            "nameservers": partial(read_nameservers, topic=source),
        }
        self.topic = ""
        self.about = ""

    def read(self) -> list[Case]:
        entries = self.root.entries("a mapping with `topic`, `about` and `cases`")
        if entries is None:
            return []
        _refuse_unknown(entries, (*_TOPIC_KEYS, *_DEFAULT_KEYS), {"title", "expect"}, "each case")
        _require(self.root, entries, _TOPIC_KEYS)
        self.topic = (_read_title(entries["topic"]) if "topic" in entries else None) or ""
        self.about = (entries["about"].text() if "about" in entries else None) or ""
        defaults = {key: entries[key] for key in _DEFAULT_KEYS if key in entries}
        default_values = self._values(defaults)
        cases = entries["cases"].entries("a mapping from names to cases") if "cases" in entries else None
        if cases == {}:
            entries["cases"].wrong("there is no case")
        read = [self._case(name, item, defaults, default_values) for name, item in (cases or {}).items()]
        return [case for case in read if case is not None]

    def _case(
        self, name: str, item: Item, defaults: dict[str, Item], default_values: dict[str, Any]
    ) -> Case | None:
        before = len(self.mistakes)
        if not _CASE_NAME.fullmatch(name):
            item.wrong(f"{name!r} is not a case's name: use lower-case words joined by dashes")
        own = item.entries("a case, which is a mapping")
        if own is None:
            return None
        _refuse_unknown(own, _CASE_KEYS, {*_TOPIC_KEYS}, "the topic")
        entries = {**defaults, **own}
        values = {**default_values, **self._values(own)}
        _require(item, entries, _REQUIRED)
        if "requires" in entries:
            _check_requirement(entries, values)
        return self._complete(name, item.line, values) if len(self.mistakes) == before else None

    def _values(self, entries: dict[str, Item]) -> dict[str, Any]:
        return {key: self.readers[key](item) for key, item in entries.items() if key in self.readers}

    def _complete(self, name: str, line: int, values: dict[str, Any]) -> Case:
        scenario = {name: values[key] for key, name in _SCENARIO_FIELDS.items() if key in values}
        if scenario.get("nameservers"):
            scenario.setdefault("observe", _OBSERVED_BY_DEFAULT)
        return Case(
            id=f"{self.name}::{name}",
            family=self.family,
            about=self.about,
            topic=self.topic,
            scenario=Scenario(**scenario),
            source=self.source,
            line=line,
            **{key: values[key] for key in _CASE_FIELDS if key in values},
        )


def _check_requirement(entries: dict[str, Item], values: dict[str, Any]) -> None:
    if values.get("status") not in (None, "specified"):
        entries["requires"].wrong(f"needs `status: specified`, not {values['status']}")
    if "clause" not in entries:
        entries["requires"].wrong("needs a `clause` that demands it")


def _require(item: Item, entries: dict[str, Item], keys: Iterable[str]) -> None:
    for key in keys:
        if key not in entries:
            item.wrong(f"`{key}` is missing")


def _refuse_unknown(entries: dict[str, Item], known: Iterable[str], misplaced: set[str], place: str) -> None:
    for key, item in entries.items():
        if key in misplaced:
            item.wrong(f"belongs to {place}")
        elif key not in known:
            item.wrong(f"unknown key: {allowed(key, known)}")
