"""The gate's answer as in-toto test results, for policy engines that admit images; they are not signed here.

Statement v1 (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) with the predicate
https://in-toto.io/attestation/test-result/v0.1. A test is a case, by its id.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import conformance
from conformance.errors import UserError
from conformance.gate.finding import Effect, Finding, Kind
from conformance.gate.pairing import Pair
from conformance.gate.report import Report

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"

_IMAGE = re.compile(r"(?P<name>[^@\s]+)@sha256:(?P<digest>[0-9a-f]{64})")


def image_subject(argument: str) -> dict[str, Any]:
    """The subject that `NAME@sha256:DIGEST` names. Raises UserError."""
    found = _IMAGE.fullmatch(argument)
    if not found:
        raise UserError(f"{argument!r} is no image with its digest: write NAME@sha256: and 64 hex digits")
    return {"name": found["name"], "digest": {"sha256": found["digest"]}}


def statements(report: Report, images: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line with a statement for each libc of NEW, whose subjects are the libc and the images that hold it.

    Raises UserError where the libc's digest is not known.
    """
    for pair in report.pairs:
        found = [finding for finding in report.findings if finding.libc == pair[1].libc]
        statement = {
            "_type": STATEMENT,
            "subject": _subjects(pair, images),
            "predicateType": PREDICATE,
            "predicate": _predicate(found, report, pair),
        }
        yield json.dumps(statement) + "\n"


def _subjects(pair: Pair, images: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    _, new = pair
    identity = new.entry.get("identity")
    if not identity:
        raise UserError(
            f"{new.label} does not tell the digest of {new.libc}: name a results folder with run.json"
        )
    told = {
        "package": identity.get("package"),
        "buildId": identity.get("build_id"),
        "file": new.entry.get("library"),
    }
    libc = {
        "name": f"{new.family}-{new.version}",
        "digest": {"sha256": identity["digest"]},
        "annotations": {name: value for name, value in told.items() if value},
    }
    image = new.entry.get("image")
    return [libc, *([_own_image(image)] if image else []), *images]


def _own_image(image: Mapping[str, Any]) -> dict[str, Any]:
    """The image of run.json: by what a registry knows it, or else by what an engine does."""
    name = image["reference"].partition("@")[0]
    return image_subject(f"{name}@{image['digest'] or image['id']}")


def _predicate(found: Sequence[Finding], report: Report, pair: Pair) -> dict[str, Any]:
    tests: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    for finding in found:
        if list_name := _list_of(finding):
            tests[list_name].append(finding.case)
    result = "FAILED" if tests["failedTests"] else "WARNED" if _has_warnings(tests, report) else "PASSED"
    url = _job_url()
    return {
        "result": result,
        "configuration": _configuration(found, report, pair),
        **({"url": url} if url else {}),
        **{name: sorted(cases) for name, cases in tests.items()},
    }


def _list_of(finding: Finding) -> str | None:
    """A case that could not be compared has failed here: a policy must not admit what was never seen."""
    if finding.effect in (Effect.FAILS, Effect.NO_VERDICT):
        return "failedTests"
    if finding.kind is Kind.VANISHED:
        return None
    return "warnedTests" if finding.effect is Effect.WAIVED or finding.as_expected is False else "passedTests"


def _has_warnings(tests: Mapping[str, list[str]], report: Report) -> bool:
    return bool(tests["warnedTests"] or report.waivers.expired)


def _configuration(found: Sequence[Finding], report: Report, pair: Pair) -> list[dict[str, Any]]:
    """What decided: the harness, the topics, what was compared, and the waivers."""
    base, new = pair
    topics = sorted({finding.known.source for finding in found if finding.known})
    described: list[dict[str, Any]] = [
        {"name": "libc-conformance", "uri": f"pkg:pypi/libc-conformance@{conformance.__version__}"},
        {"name": "topics", "digest": {"sha256": _digest(*topics)}},
        {"name": "base", "digest": {"sha256": base.digest}},
        {"name": "observations", "digest": {"sha256": new.digest}},
    ]
    if report.waivers.source:
        described.append({"name": "waivers", "digest": {"sha256": _digest(report.waivers.source)}})
    return described


def _digest(*files: Path) -> str:
    """Of one file its own SHA-256; of several that of their SHA-256s, one after the other."""
    digests = [sha256(file.read_bytes()) for file in files]
    if len(digests) == 1:
        return digests[0].hexdigest()
    return sha256(b"".join(each.digest() for each in digests)).hexdigest()


def _job_url() -> str | None:
    """The job of GitHub Actions or GitLab that this is."""
    environment = os.environ
    if "GITHUB_RUN_ID" in environment:
        parts = (environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY"))
        return f"{'/'.join(parts)}/actions/runs/{environment['GITHUB_RUN_ID']}"
    return environment.get("CI_JOB_URL")
