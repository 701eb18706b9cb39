"""Takes what a run observed into the expectations of the cases' topics.

Only catalogued libcs have expectations of their own, so observations of others are left out. A topic is
written only after its new text has been read again and says exactly what was meant.
"""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance.case import Case, Facts, Value
from conformance.errors import UserError
from conformance.judge import observed_facts
from conformance.patterns import matches
from conformance.results import Results
from conformance.topics import load_text
from conformance.topics.facts import Expectation
from conformance.topics.fold import Libc, fold
from conformance.topics.rewrite import rewrite
from conformance.values import same, same_facts, spelling
from conformance.versions import catalogued, expected, split_name

_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Change:
    """An expected fact that becomes another on some libcs; None stands for an absent fact."""

    topic: Path
    case: str
    fact: str
    libcs: tuple[str, ...]
    old: Value | None
    new: Value | None


@dataclass(slots=True)
class Plan:
    """What accepting a run changes: the facts, the topics' new texts, and what the user should know."""

    changes: list[Change] = field(default_factory=list)
    texts: dict[Path, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def write(self) -> None:
        """Writes the topics, each in one step. Raises UserError."""
        for topic, text in self.texts.items():
            _write(topic, text)


def plan(results: Results, root: Path, patterns: Sequence[str], libcs: Sequence[str]) -> Plan:
    """Works out what changes when a run is accepted.

    `root` is the folder that the run's cases come from. `patterns` name cases, topics or folders, `libcs` are
    names of libcs of the run; none is all. Raises UserError.
    """
    made = Plan()
    seen = _seen(results, _chosen_cases(results, patterns), _chosen_libcs(results, libcs), made)
    topics: dict[str, dict[str, dict[Libc, Facts]]] = {}
    for case, by_libc in seen.items():
        topics.setdefault(case.partition("::")[0], {})[case] = by_libc
    for name, cases in topics.items():
        _plan_topic(root / f"{name}.yaml", root, cases, made)
    unseen = {libc for change in made.changes for libc in change.libcs} - {
        line.observation.libc for line in results.lines
    }
    if unseen:
        made.notes.append(
            f"nothing was expected of {', '.join(sorted(unseen))} and the run did not observe them: "
            "what is written for their family or for all covers them too"
        )
    return made


def _chosen_cases(results: Results, patterns: Sequence[str]) -> set[str]:
    cases = {line.observation.case for line in results.lines}
    if not patterns:
        return cases
    chosen: set[str] = set()
    for pattern in patterns:
        matching = {case for case in cases if matches(case, pattern)}
        if not matching:
            raise UserError(
                f"no case of the run in {results.folder} matches {pattern!r}: give a case such as "
                f"{min(cases, default='resolver/truncation::with-records')}, its topic, or a pattern with *"
            )
        chosen |= matching
    return chosen


def _chosen_libcs(results: Results, libcs: Sequence[str]) -> set[str]:
    in_run = {line.observation.libc for line in results.lines}
    if unknown := sorted({*libcs} - in_run):
        raise UserError(
            f"the run in {results.folder} has no {', '.join(unknown)}: it has {', '.join(sorted(in_run))}"
        )
    return {*libcs} or in_run


def _seen(results: Results, cases: set[str], libcs: set[str], made: Plan) -> dict[str, dict[Libc, Facts]]:
    known = {libc for libc in libcs if split_name(libc) in catalogued()}
    made.notes += [
        f"left out: {libc} is not in the catalogue, so no expectation is kept for it"
        for libc in sorted(libcs - known)
    ]
    seen: dict[str, dict[Libc, Facts]] = {}
    for line in results.lines:
        observation = line.observation
        if observation.case not in cases or observation.libc not in known:
            continue
        if observation.outcome.kind == "failed":
            reason = observation.outcome.details.get("reason", "no reason was given")
            made.notes.append(f"left out: {observation.case} could not run on {observation.libc}: {reason}")
            continue
        seen.setdefault(observation.case, {})[split_name(observation.libc)] = observed_facts(observation)
    return seen


def _plan_topic(topic: Path, root: Path, seen: Mapping[str, Mapping[Libc, Facts]], made: Plan) -> None:
    if not topic.is_file():
        made.notes.append(
            f"left out: {topic} does not exist: name the folder of the run's cases with --cases"
        )
        return
    raw = topic.read_bytes().decode("utf-8", "surrogateescape")
    mark = _BYTE_ORDER_MARK if raw.startswith(_BYTE_ORDER_MARK) else ""
    text = raw.removeprefix(mark)
    before = {case.id: case for case in load_text(text, topic, root)}
    made.notes += [f"left out: {case} is no longer in {topic}" for case in seen if case not in before]
    wanted = {case: fold(before[case], by_libc) for case, by_libc in seen.items() if case in before}
    wanted = {case: expect for case, expect in wanted.items() if expect is not before[case].expect}
    if not wanted:
        return
    old = {_short(case): before[case].expect for case in wanted}
    try:
        text = rewrite(text, old, {_short(case): expect for case, expect in wanted.items()})
        after = {case.id: case for case in load_text(text, topic, root)}
    except ValueError as error:
        raise UserError(f"{topic} cannot be changed: {error}. Write it with one key per line") from error
    for case, expect in wanted.items():
        if not _differs_only_in(expect, before[case], after[case]):
            raise UserError(f"{topic} cannot be changed: the layout of {_short(case)} is not understood")
        made.changes += _changes(topic, before[case], after[case])
    made.texts[topic] = mark + text


def _short(case: str) -> str:
    return case.partition("::")[2]


def _differs_only_in(expect: Expectation, before: Case, after: Case) -> bool:
    return (
        replace(after, expect=before.expect, line=before.line) == before
        and list(after.expect) == list(expect)
        and all(same_facts(after.expect[selector], facts) for selector, facts in expect.items())
    )


def _changes(topic: Path, before: Case, after: Case) -> Iterable[Change]:
    groups: dict[tuple[str, str, str], Change] = {}
    for libc in catalogued():
        old = {fact: value for fact, (value, _) in expected(before, *libc).items()}
        new = {fact: value for fact, (value, _) in expected(after, *libc).items()}
        for fact in sorted({*old, *new}):
            if same(old.get(fact), new.get(fact)):
                continue
            key = (fact, spelling(old.get(fact)), spelling(new.get(fact)))
            libcs = (*(groups[key].libcs if key in groups else ()), "-".join(libc))
            groups[key] = Change(topic, before.id, fact, libcs, old.get(fact), new.get(fact))
    return groups.values()


def _write(topic: Path, text: str) -> None:
    topic = topic.resolve()
    new = topic.with_name(f".{topic.name}.{os.getpid()}")
    try:
        new.write_text(text, encoding="utf-8", newline="")
        shutil.copymode(topic, new)
        new.replace(topic)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise UserError(f"cannot write {topic}: {error.strerror}") from error
