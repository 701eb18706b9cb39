"""The words of the design as types: case, scenario, outcome, observation."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Value = int | float | bool | str | list[int | float | bool | str]
"""What a fact can be. Lists come from `item_*` records and from the name servers' logs."""

Facts = dict[str, Value]

Status = Literal["specified", "unspecified", "implementation-defined", "undefined", "extension"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a probe may use up. Sizes in bytes, the rest are counts."""

    memory: int = 2 << 30
    processes: int = 256
    open_files: int = 256
    file_size: int = 64 << 20


USUAL_TIME = 10.0
"""Seconds that a probe may take where the case does not say."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What the probe meets.

    `probe` is a path without suffix: under `c_src/probes`, or beside the topic for topics outside the
    project; `flags` are added to its compilation. `files` maps absolute paths inside the root (under `/etc`
    and `/tmp`) to contents, None for a file that must be absent. `resolver` adds lines such as `options` or
    `search` to the generated `/etc/resolv.conf`. `nameservers` is the topic's own list, as YAML gave it and
    `conformance.nameserver` validated it; `observe` names the facts that they record, None for the usual.
    `time` is how long, in seconds, the probe may take before it is looked at for evidence of a hang. `bands`
    maps a measured time to its named bands: `{"elapsed": {"at once": 0.5, "one timeout": 1.8}}` gives the
    first name whose bound in seconds is not passed.
    """

    probe: str
    argv: tuple[str, ...] = ()
    stdin: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    files: dict[str, str | None] = field(default_factory=dict)
    resolver: dict[str, str] = field(default_factory=dict)
    nameservers: tuple[dict[str, Any], ...] = ()
    observe: tuple[str, ...] | None = None
    flags: tuple[str, ...] = ()
    limits: Limits = Limits()
    time: float = USUAL_TIME
    bands: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One behaviour, and where it stands. `id` is `resolver/truncation::two-hundred-addresses`.

    `topic` is the title of its topic. `requires` maps facts to values that the clause demands. `expect` maps
    a selector (`all`, `musl`, `glibc >=2.36`) to the facts seen there, None for a fact that a wider selector
    expects and that is absent there; `grade` maps a family to the weight of its divergence.
    """

    id: str
    title: str
    family: str
    about: str
    functions: tuple[str, ...]
    status: Status
    scenario: Scenario
    source: Path
    line: int
    clause: str | None = None
    requires: Facts = field(default_factory=dict)
    expect: dict[str, dict[str, Value | None]] = field(default_factory=dict)
    grade: dict[str, str] = field(default_factory=dict)
    why: str | None = None
    advice: str | None = None
    links: tuple[str, ...] = ()
    needs: tuple[str | dict[str, str], ...] = ()
    topic: str = ""


OutcomeKind = Literal["exited", "signalled", "timed-out", "not-built", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the probe ended. `details` depends on `kind`:

    exited      {"code": 0}
    signalled   {"signal": "SIGSEGV", "site": {"at": "hlt", "in": "free", ...}, "message": "..."}
    timed-out   {"waiting": ["futex"]}: the system call each thread waits in, or "running" for one that spins
    not-built   {"missing": ["printf.h"]}
    failed      {"reason": "..."}: the surroundings failed, not the libc; never a verdict
    """

    kind: OutcomeKind
    details: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The `outcome` of a line of observations.jsonl."""
        return {"kind": self.kind, **self.details}


@dataclass(frozen=True, slots=True)
class Observation:
    """All that was seen of one case on one libc: facts are compared, info never is."""

    case: str
    libc: str
    facts: Facts
    outcome: Outcome
    info: dict[str, Any] = field(default_factory=dict)
