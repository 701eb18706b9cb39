"""The gate's answer in GitHub's Markdown: the summary of a job, or a comment on a merge request."""

import re
from collections.abc import Iterator

from conformance.gate.finding import Effect, Finding
from conformance.gate.report import Report
from conformance.gate.text import change, next_steps, printable, remarks, verdict

_ROWS = 40
"""Findings in the table; a job's summary may have 1 MiB, and nobody reads more in a table."""

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&#])")


def document(report: Report) -> str:
    """A heading with the verdict, a table of findings, how to see and accept each, and remarks."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    head, _, tail = verdict(report).partition(": ")
    yield f"## libc conformance: {head}"
    yield ""
    yield _plain(tail)
    yield ""
    for base, new in report.pairs:
        yield f"- {_plain(str(new))}, compared with {_plain(str(base))}"
    if report.told:
        yield ""
        yield "| | class | case | on | facts |"
        yield "| --- | --- | --- | --- | --- |"
        yield from map(_row, report.told[:_ROWS])
        if left := len(report.told) - _ROWS:
            yield from [f"\nand {left} more"] if left > 0 else []
    shut = [one for one in report.told[:_ROWS] if one.effect is Effect.FAILS]
    if shut:
        yield "\n<details><summary>See it again, accept it</summary>\n\n```sh"
        steps = (step for one in shut for step in next_steps(one, report))
        yield from (printable(step.partition(":")[2].strip()) for step in steps)
        yield "```\n\n</details>"
    yield from (f"\n{_plain(remark)}" for remark in remarks(report))


_MARKS = {Effect.FAILS: "❌", Effect.NO_VERDICT: "⚠️", Effect.WAIVED: "⏳", Effect.PASSES: "✅"}


def _row(finding: Finding) -> str:
    facts = "<br>".join(_plain(change(fact, finding)) for fact in finding.facts) or _plain(
        finding.reason or ""
    )
    if finding.effect is Effect.WAIVED and finding.waiver:
        facts += _plain(f" (waived until {finding.waiver.expires}: {finding.waiver.reason})")
    title = f"<br>{_plain(finding.known.title)}" if finding.known else ""
    case = f"<code>{_plain(finding.case)}</code>{title}"
    mark = f"{_MARKS[finding.effect]} {finding.effect}"
    return f"| {mark} | {finding.kind} | {case} | {_plain(finding.libc)} | {facts} |"


def _plain(text: str) -> str:
    """Text in which nothing is markup, on one line."""
    return _SPECIAL.sub(r"\\\1", printable(text))
