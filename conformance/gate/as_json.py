"""The gate's answer as JSON, for programs that decide for themselves."""

import json
from typing import Any

from conformance.gate.finding import Effect, Finding
from conformance.gate.report import Report
from conformance.gate.sides import Side
from conformance.gate.waivers import Waiver
from conformance.topics.errors import shorter


def document(report: Report) -> str:
    """One object; findings that are the same are counted and not listed."""
    entry = {
        "exit_code": report.exit_code,
        "compared": [{"base": _side(base), "new": _side(new)} for base, new in report.pairs],
        "counts": {
            effect: {str(kind): number for kind, number in report.count(effect).items()} for effect in Effect
        },
        "findings": [_finding(finding) for finding in report.told],
        "waivers": {
            "expired": [_waiver(one) for one in report.waivers.expired],
            "unused": [_waiver(one) for one in report.unused],
        },
        "notes": report.notes,
    }
    return json.dumps(entry, indent=2, ensure_ascii=False) + "\n"


def _side(side: Side) -> dict[str, Any]:
    return {
        "source": side.label,
        "sha256": side.digest,
        "libc": side.libc,
        "family": side.family,
        "version": side.version,
        "identity": side.entry.get("identity"),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    known = finding.known
    return {
        "case": finding.case,
        "libc": finding.libc,
        "class": finding.kind,
        "effect": finding.effect,
        "as_expected": finding.as_expected,
        "facts": {
            one.fact: {"base": one.base, "new": one.new, "expected": one.expected} for one in finding.facts
        },
        "reason": finding.reason,
        "waiver": _waiver(finding.waiver) if finding.effect is Effect.WAIVED and finding.waiver else None,
        "title": known.title if known else None,
        "status": known.status if known else None,
        "clause": known.clause if known else None,
        "source": {"file": shorter(known.source), "line": known.line} if known else None,
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {
        "case": waiver.case,
        "libc": waiver.libc.text,
        "reason": waiver.reason,
        "expires": waiver.expires.isoformat(),
        "source": {"file": shorter(waiver.source), "line": waiver.line},
    }
