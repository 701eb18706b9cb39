"""The gate's answer as a whole: all findings, what the waivers did, and the exit code."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from conformance.errors import UserError
from conformance.gate.classify import findings
from conformance.gate.finding import Effect, Finding, Kind
from conformance.gate.pairing import Pair, pairs
from conformance.gate.sides import open_source
from conformance.gate.waivers import Waiver, Waivers
from conformance.topics import known_cases

OPEN, SHUT, NO_VERDICT = 0, 1, 2
"""Exit codes. `NO_VERDICT` is also that of trouble: either way nothing can be said."""

_KINDS = {kind: at for at, kind in enumerate(Kind)}
_EFFECTS = {effect: at for at, effect in enumerate(Effect)}


@dataclass(slots=True)
class Report:
    """What the gate found. `findings` are worst first and hold those that are the same too.

    `root` is the folder of the topics.
    """

    pairs: list[Pair]
    root: Path
    findings: list[Finding]
    waivers: Waivers
    unused: list[Waiver]
    notes: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """SHUT where something must be decided, else NO_VERDICT where something could not be compared."""
        effects = {finding.effect for finding in self.findings}
        if Effect.FAILS in effects or self.waivers.expired:
            return SHUT
        return NO_VERDICT if Effect.NO_VERDICT in effects else OPEN

    @property
    def told(self) -> list[Finding]:
        """The findings that are not simply the same."""
        return [finding for finding in self.findings if finding.kind is not Kind.SAME]

    def count(self, *effects: Effect) -> dict[Kind, int]:
        """How many findings of each class have one of these effects, worst first."""
        numbers = Counter(finding.kind for finding in self.findings if finding.effect in effects)
        return {kind: numbers[kind] for kind in Kind if numbers[kind]}


def gate(base: str, new: str, patterns: Sequence[str], root: Path, waivers: Waivers) -> Report:
    """Compares NEW with BASE, in the cases that match a pattern or in all.

    `root` is the folder of the cases' topics. Raises UserError where there is nothing to compare.
    """
    sources = open_source(base), open_source(new)
    compared, notes = pairs(*sources)
    ids = {case for pair in compared for side in pair for case in side.lines}
    cases = known_cases(ids, root)
    found = [finding for pair in compared for finding in findings(pair, cases, patterns, waivers)]
    if not found:
        raise UserError(f"no case of {base} or {new} matches {' '.join(patterns)}")
    if not cases:
        notes.append(
            f"no topic of these cases is below {root}, so requirements and expectations are not known: "
            "name the topics' folder with --cases"
        )
    used = {finding.waiver for finding in found if finding.waiver and finding.effect is Effect.WAIVED}
    sides = {new.libc: new for _, new in compared}
    ran = [(one.case, sides[one.libc].family, sides[one.libc].version) for one in found]
    return Report(
        pairs=compared,
        root=root,
        findings=sorted(found, key=_worst_first),
        waivers=waivers,
        unused=waivers.unused(used, ran, complete=not patterns),
        notes=[note for source in sources for note in source.notes] + notes,
    )


def _worst_first(finding: Finding) -> tuple[int, int, str, str]:
    return _EFFECTS[finding.effect], _KINDS[finding.kind], finding.case, finding.libc
