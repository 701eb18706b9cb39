"""The gate's answer as SARIF 2.1.0, for code scanning: a result stands at its case's line in the topic.

Each case is a rule, so that its text explains the result.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import conformance
from conformance.case import Case
from conformance.gate.finding import Effect, Finding
from conformance.gate.report import Report
from conformance.gate.text import change
from conformance.paths import CASES

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {
    Effect.FAILS: "error",
    Effect.NO_VERDICT: "warning",
    Effect.WAIVED: "note",
    Effect.PASSES: "note",
}


def document(report: Report) -> str:
    """A log with one run. Cases that are the same have no result."""
    told = report.told
    rules = {finding.case: finding.known for finding in told}
    run = {
        "tool": {
            "driver": {
                "name": "libc-conformance",
                "semanticVersion": conformance.__version__,
                "rules": [_rule(case, known) for case, known in rules.items()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, list(rules).index(finding.case)) for finding in told],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(case: str, known: Case | None) -> dict[str, Any]:
    if known is None:
        return {"id": case}
    rule: dict[str, Any] = {
        "id": case,
        "shortDescription": {"text": known.title},
        "fullDescription": {"text": known.about or known.title},
        "properties": {"tags": [known.family, known.status]},
    }
    if help_text := " ".join(filter(None, (known.why, known.advice))):
        rule["help"] = {"text": help_text}
    if known.links:
        rule["helpUri"] = known.links[0]
    return rule


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.case,
        "ruleIndex": rule,
        "level": _LEVELS[finding.effect],
        "message": {"text": _message(finding)},
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(finding)},
        "properties": {"libc": finding.libc, "class": finding.kind, "effect": finding.effect},
    }
    if finding.known:
        result["locations"] = [_location(finding.known)]
    if finding.effect is Effect.WAIVED and finding.waiver:
        result["suppressions"] = [{"kind": "external", "justification": finding.waiver.reason}]
    return result


def _message(finding: Finding) -> str:
    told = [change(fact, finding) for fact in finding.facts] or [finding.reason or "no facts"]
    return f"{finding.kind} on {finding.libc}: {'; '.join(told)}"


def _fingerprint(finding: Finding) -> str:
    """The same from run to run, however lines move, and another one for each libc."""
    return f"{sha256(f'{finding.case} {finding.libc}'.encode()).hexdigest()[:16]}:1"


def _location(known: Case) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": _artifact(known.source.resolve()),
            "region": {"startLine": known.line},
        },
        "logicalLocations": [{"fullyQualifiedName": known.id}],
    }


def _artifact(source: Path) -> dict[str, str]:
    """Relative to the checkout, which is where the gate is called or where the project's cases are."""
    for root in (Path.cwd(), CASES.parent):
        if source.is_relative_to(root):
            return {"uri": quote(source.relative_to(root).as_posix()), "uriBaseId": "%SRCROOT%"}
    return {"uri": source.as_uri()}
