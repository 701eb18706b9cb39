"""The gate's answer for a terminal: what keeps it shut first, with all that is needed to decide."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from conformance.gate.finding import Effect, FactChange, Finding, Kind
from conformance.gate.report import NO_VERDICT, OPEN, Report
from conformance.libcs.catalogue import catalogue
from conformance.paths import CASES
from conformance.results import LATEST
from conformance.topics.errors import shorter
from conformance.values import same, shown

_WIDTH = 100
_VALUE = 60
_CONTEXT = 8
"""Characters that are shown before the first difference of long values."""


def lines(report: Report) -> Iterator[str]:
    """The answer, line by line; what was read from a file cannot begin a line or colour the terminal."""
    yield from map(printable, _lines(report))


def printable(line: str) -> str:
    """A line in which control characters are spelt."""
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in line)


def _lines(report: Report) -> Iterator[str]:
    for base, new in report.pairs:
        yield f"BASE {base}"
        yield f"NEW  {new}"
    for finding in report.told:
        if finding.effect in (Effect.FAILS, Effect.NO_VERDICT):
            yield ""
            yield from _whole(finding, report)
    passing = [one for one in report.told if one.effect in (Effect.WAIVED, Effect.PASSES)]
    if passing:
        yield ""
        yield from map(_short, passing)
    yield ""
    yield from remarks(report)
    yield verdict(report)


def remarks(report: Report) -> Iterator[str]:
    """What is to be known beside the findings: waivers to take out, libcs left over."""
    yield from (f"expired on {one.expires}: {one}" for one in report.waivers.expired)
    yield from (f"unused: {one}" for one in report.unused)
    unexpected = [one for one in report.findings if one.kind is Kind.SAME and one.as_expected is False]
    if unexpected:
        yield f"{len(unexpected)} cases are the same, yet not as expected, such as {unexpected[0].case}"
    yield from report.notes


def verdict(report: Report) -> str:
    """One line: what keeps the gate shut, or that nothing does, and all classes by number."""
    shut = [_number(kind, number) for kind, number in report.count(Effect.FAILS).items()]
    open_questions = [_number(kind, number) for kind, number in report.count(Effect.NO_VERDICT).items()]
    if report.waivers.expired:
        shut.append(_number("expired waiver", len(report.waivers.expired)))
    rest = [_number(kind, number) for kind, number in report.count(Effect.PASSES).items()]
    waived = sum(report.count(Effect.WAIVED).values())
    tail = ", ".join([*rest, *([f"{waived} waived"] if waived else [])])
    head = {OPEN: "the gate is open", NO_VERDICT: "no verdict"}.get(report.exit_code, "the gate is shut")
    return f"{head}: {', '.join([*shut, *open_questions]) or 'nothing to decide'}; {tail or 'nothing else'}"


def _number(kind: str, number: int) -> str:
    plural = "s" if number > 1 and kind.endswith(("case", "waiver")) else ""
    return f"{number} {kind}{plural}"


def _whole(finding: Finding, report: Report) -> Iterator[str]:
    known = finding.known
    yield f"{finding.kind.upper()}  {finding.case} on {finding.libc}"
    if known:
        yield f"  {known.title}  ({shorter(known.source)}:{known.line})"
    if finding.reason:
        yield from textwrap.wrap(finding.reason, _WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield from (f"  {change(fact, finding)}" for fact in finding.facts)
    if finding.as_expected and finding.kind is not Kind.UNSTABLE:
        yield "  This is what its topic expects of this version: to let it pass, waive it"
    if known and finding.kind in (Kind.REGRESSED, Kind.FIXED, Kind.CHANGED):
        changed = {fact.fact for fact in finding.facts}
        demands = [f"{fact} {shown(value)}" for fact, value in known.requires.items() if fact in changed]
        if demands:
            yield f"  {known.clause} demands {', '.join(demands)}"
    yield from (f"  {command}" for command in next_steps(finding, report))


def change(fact: FactChange, finding: Finding) -> str:
    """`addresses: 48 -> 64, expected 48`."""
    before, after = _short_values(fact)
    told = f"{fact.fact}: {before} -> {after}"
    if finding.known is None or same(fact.expected, fact.new):
        return told
    return f"{told}, expected {_elided(shown(fact.expected))}"


def _short_values(fact: FactChange) -> tuple[str, str]:
    """Both values; long ones from where they begin to differ."""
    before, after = shown(fact.base), shown(fact.new)
    if max(len(before), len(after)) <= _VALUE or None in (fact.base, fact.new):
        return _elided(before), _elided(after)
    alike = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    start = max(0, alike - _CONTEXT)
    mark = "…" if start else ""
    return _elided(mark + before[start:]), _elided(mark + after[start:])


def _elided(text: str) -> str:
    return text if len(text) <= _VALUE else text[: _VALUE - 1] + "…"


def next_steps(finding: Finding, report: Report) -> Iterator[str]:
    """The commands that see it again, and that accept it."""
    if not finding.known:
        return
    topic, name = finding.known.source, finding.case.partition("::")[2]
    item = quote(f"{shorter(topic)}::{name}[{finding.libc}]")
    yield f"again:   pytest --libc={quote(finding.libc)} {item}"
    undecided = finding.effect is Effect.FAILS and not finding.as_expected
    if undecided and finding.kind is not Kind.UNSTABLE and finding.libc in catalogue():
        run = next(new.label for _, new in report.pairs if new.libc == finding.libc)
        named = "" if Path(run) == LATEST else f" --run {quote(run)}"
        named += "" if report.root == CASES else f" --cases {quote(shorter(report.root))}"
        yield f"accept:  conformance accept {quote(finding.case)}{named}"


def _short(finding: Finding) -> str:
    why = finding.reason or ""
    if finding.effect is Effect.WAIVED and finding.waiver:
        why = f"waived until {finding.waiver.expires}: {finding.waiver.reason}"
    elif finding.accepted and not why:
        why = "as expected"
    return f"{finding.kind}  {finding.case} on {finding.libc}: {why}"
