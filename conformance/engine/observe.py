"""One case on one libc: prepares the surroundings, runs the probe and puts together what was seen."""

from dataclasses import dataclass
from typing import Any

from conformance import observation
from conformance.agent.client import Agent
from conformance.agent.protocol import Result, run_request
from conformance.build.probes import BuiltProbe, NotBuilt
from conformance.case import Case, Facts, Observation, Outcome, Scenario
from conformance.engine import outcome, surroundings
from conformance.engine.servers import Servers
from conformance.libcs.model import Libc
from conformance.observation import Recorded

_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/tmp"}
_KEPT_OUTPUT = 4000
"""Bytes of stdout and stderr that go into the info of an observation."""

_EXACT = ("rip", "symbol")
"""What of a crash site goes there: with an address space laid out at random it is nothing to compare."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run gave, before it is put into an observation's words."""

    result: Result
    recorded: Recorded
    server_facts: Facts
    server_problems: list[str]
    timeline: list[dict[str, Any]]


def not_built(case: Case, libc: Libc, built: NotBuilt) -> Observation:
    """A probe that the libc cannot compile is an observation, not an error."""
    return Observation(case.id, libc.name, {}, Outcome("not-built", {"missing": built.missing}))


def failed(case: Case, libc: Libc, reason: str) -> Observation:
    """The surroundings failed: no verdict on the libc can follow."""
    return Observation(case.id, libc.name, {}, Outcome("failed", {"reason": reason}))


async def observe(agent: Agent, case: Case, libc: Libc, built: BuiltProbe) -> Observation:
    """Runs the case's scenario in the agent's sandbox. Raises AgentDied when the sandbox is lost."""
    run = await _run(agent, case, built)
    return _observation(case, libc, built, run)


async def _run(agent: Agent, case: Case, built: BuiltProbe) -> Run:
    scenario = case.scenario
    servers = Servers(scenario, case.source, agent)
    async with servers:
        for path, content in surroundings.files(scenario, servers.addresses).items():
            agent.prepare(path, content)
        result = await agent.run(_request(scenario, built), scenario.stdin)
    recorded = observation.decode(result.observations)
    return Run(result, recorded, servers.facts(), servers.problems(), servers.timeline())


def _request(scenario: Scenario, built: BuiltProbe) -> bytes:
    limits = scenario.limits
    return run_request(
        built.inside,
        (scenario.probe.rpartition("/")[2], *scenario.argv),
        {**_ENVIRONMENT, **scenario.environment},
        time_ms=round(scenario.time * 1000),
        memory=limits.memory,
        processes=limits.processes,
        open_files=limits.open_files,
        file_size=limits.file_size,
    )


def _observation(case: Case, libc: Libc, built: BuiltProbe, run: Run) -> Observation:
    recorded = run.recorded
    ended = outcome.outcome(run.result, libc.root, built.path)
    facts = {**recorded.facts, **run.server_facts}
    if recorded.reached is not None:
        facts["reached"] = recorded.reached
    info = _info(run)
    if "site" in ended.details:
        site = ended.details["site"]
        info["crash"] = {word: site.pop(word) for word in _EXACT if word in site}
    for measured, bounds in case.scenario.bands.items():
        seconds = info.pop(measured, facts.get(measured))
        if isinstance(seconds, int | float):
            facts[measured] = _band(seconds, bounds)
            info[f"{measured}_seconds"] = seconds
    problems = [f"the probe's records are damaged: {problem}" for problem in recorded.problems]
    if recorded.lost:
        problems.append(f"{recorded.lost} of the probe's records did not fit")
    problems += [f"a name server failed: {problem}" for problem in run.server_problems]
    if problems and ended.kind != "failed":
        ended = Outcome("failed", {"reason": "; ".join(problems)})
    return Observation(case.id, libc.name, facts, ended, info)


def _band(seconds: float, bounds: dict[str, float]) -> str:
    return next((name for name, bound in bounds.items() if seconds <= bound), "longer")


def _info(run: Run) -> dict[str, Any]:
    result = run.result
    info: dict[str, Any] = dict(run.recorded.info)
    info["wall_seconds"] = round(result.wall_ns / 1e9, 4)
    info["user_seconds"] = result.user_us / 1e6
    info["system_seconds"] = result.system_us / 1e6
    info["max_rss_kib"] = result.max_rss_kib
    if result.left_behind:
        info["left_behind"] = result.left_behind
    for name, kept, total in (
        ("stdout", result.stdout, result.stdout_total),
        ("stderr", result.stderr, result.stderr_total),
    ):
        if total:
            info[name] = kept[:_KEPT_OUTPUT].decode("utf-8", "backslashreplace")
            info[f"{name}_bytes"] = total
    if run.timeline:
        info["nameservers"] = run.timeline
    return info
