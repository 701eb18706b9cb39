"""Topics: YAML files of cases, read, checked and kept in a cache.

The format is described in docs/writing-a-case.md.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from conformance.case import Case
from conformance.paths import CASES
from conformance.topics.cache import Entry
from conformance.topics.errors import Problem, Problems, TopicError
from conformance.topics.nodes import decoded
from conformance.topics.probes import probe_source
from conformance.topics.reader import read_topic

__all__ = ["Problem", "TopicError", "find", "known_cases", "load", "load_text", "probe_source", "topic_name"]


def find(path: Path) -> Iterator[Path]:
    """The topics in a folder and all below it, in a stable order; a file is itself a topic."""
    yield from sorted(path.rglob("*.yaml")) if path.is_dir() else [path]


def topic_name(path: Path, root: Path | None = None) -> str:
    """The part of the ids of a topic's cases before `::`: `resolver/truncation`.

    It is the path from `root`, which is by default the project's cases, or the topic's folder outside these.
    """
    return path.resolve().relative_to(_root(path, root)).with_suffix("").as_posix()


def _root(path: Path, root: Path | None) -> Path:
    if root is not None:
        return root.resolve()
    cases = CASES.resolve()
    return cases if path.resolve().is_relative_to(cases) else path.resolve().parent


def load(path: Path, root: Path | None = None) -> list[Case]:
    """The cases of one topic.

    `root` is the folder that the user named, which the ids start from. Raises TopicError with all mistakes.
    """
    problems = Problems(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        problems.add(1, "", f"cannot be read: {error.strerror}")
        content = b""
    text = decoded(content, problems)
    problems.raise_any()
    entry = Entry(content, [str(path), *_names(path, root)])
    cases = entry.read()
    if cases is None or not _probes_exist(cases):
        cases = load_text(text or "", path, root)
        entry.write(cases)
    return cases


def load_text(text: str, path: Path, root: Path | None = None) -> list[Case]:
    """The cases of a text that is, or will be, the topic at `path`. Raises TopicError with all mistakes."""
    return read_topic(text, path, *_names(path, root))


def known_cases(ids: Iterable[str], root: Path) -> dict[str, Case]:
    """The cases with these ids, as far as there are topics below `root` that can be read."""
    wanted = {*ids}
    found: dict[str, Case] = {}
    for name in sorted({case.partition("::")[0] for case in wanted}):
        with suppress(TopicError):
            found |= {case.id: case for case in load(root / f"{name}.yaml", root) if case.id in wanted}
    return found


def _names(path: Path, root: Path | None) -> tuple[str, str]:
    """The topic's name and its family, the first folder below the root."""
    name = topic_name(path, root)
    return name, name.partition("/")[0] if "/" in name else _root(path, root).name


def _probes_exist(cases: list[Case]) -> bool:
    probes = {(case.scenario.probe, case.source) for case in cases}
    return all(probe_source(probe, source) for probe, source in probes)
