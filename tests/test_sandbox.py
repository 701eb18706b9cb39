"""Hostile probes are contained and reported, and never meet the case that follows."""

import os
import resource
import signal
from collections.abc import Callable
from typing import Any

import pytest

from conformance.case import Limits, Observation
from tests.conftest import Sandbox

Run = Callable[..., Any]
SMALL = Limits(memory=256 << 20, processes=20)


def one(in_sandbox: Run, *argv: str, **scenario: Any) -> Observation:
    """One hostile run, after which the same agent must still run an innocent probe."""

    async def body(sandbox: Sandbox) -> Observation:
        seen = await sandbox.run("hostile", *argv, limits=SMALL, **scenario)
        after = await sandbox.run("hostile", "look", limits=SMALL)
        assert after.outcome.as_json() == {"kind": "exited", "code": 0}
        assert after.facts == {"ipc": False, "shm": False, "tmp": False}
        return seen

    seen: Observation = in_sandbox(body)
    return seen


def test_fork_bomb(in_sandbox: Run) -> None:
    seen = one(in_sandbox, "fork-bomb")
    assert seen.facts == {"some forked": True, "all forked": False}
    assert seen.info["left_behind"] > 0


def test_memory_hog(in_sandbox: Run) -> None:
    assert one(in_sandbox, "memory-hog").facts == {"limited": True}


def test_flood_of_output_is_cut(in_sandbox: Run) -> None:
    seen = one(in_sandbox, "flood")
    assert seen.outcome.kind == "exited"
    assert seen.info["stdout_bytes"] == 1 << 30
    assert len(seen.info["stdout"]) < 1 << 16


def test_filled_tmp(in_sandbox: Run) -> None:
    assert one(in_sandbox, "fill").facts == {"full": True}


def test_daemon_is_killed(in_sandbox: Run) -> None:
    seen = one(in_sandbox, "daemon")
    assert seen.outcome.kind == "exited"
    assert seen.info["left_behind"] >= 1


def test_ignored_sigterm(in_sandbox: Run) -> None:
    seen = one(in_sandbox, "ignore-term", time=0.2)
    assert seen.outcome.as_json() == {"kind": "timed-out", "waiting": ["pause"]}
    assert seen.facts["reached"] == "still here"


def test_stopped_process(in_sandbox: Run) -> None:
    seen = one(in_sandbox, "stop", time=0.2)
    assert seen.outcome.as_json() == {"kind": "timed-out", "waiting": ["stopped"]}
    assert seen.facts["reached"] == "stopping"


def test_job_control_works_under_the_agent(in_sandbox: Run) -> None:
    assert one(in_sandbox, "stop-and-continue").facts == {"stopped": True, "exit": 7}


@pytest.mark.parametrize("how", ["kill-group", "kill-all"])
def test_probe_kills_what_it_can(in_sandbox: Run, how: str) -> None:
    seen = one(in_sandbox, how)
    # kill(-1) spares the caller
    expected = (
        {"kind": "signalled", "signal": "SIGKILL"} if how == "kill-group" else {"kind": "exited", "code": 0}
    )
    assert seen.outcome.as_json() == expected


def test_closed_descriptor_three(in_sandbox: Run) -> None:
    assert one(in_sandbox, "close-3").facts == {"closed": True}


def test_sealed_descriptor_three(in_sandbox: Run) -> None:
    assert one(in_sandbox, "shrink-3").facts == {"shrunk": False}


def test_scribbled_records(in_sandbox: Run) -> None:
    seen = one(in_sandbox, "scribble")
    assert seen.outcome.kind == "failed"
    assert "damaged" in seen.outcome.details["reason"]


def test_more_records_than_fit(in_sandbox: Run) -> None:
    seen = one(in_sandbox, "many-records")
    assert "977 of the probe's records did not fit" in seen.outcome.details["reason"]


def test_leavings_are_removed(in_sandbox: Run) -> None:
    assert one(in_sandbox, "leave").facts == {"created": True, "shm": True, "tmp": True}


def test_no_privileges(in_sandbox: Run) -> None:
    facts = dict(one(in_sandbox, "privileges").facts)
    assert facts.pop("uid") == 1000
    assert not any(facts.values()), facts


def test_spinning_thread_beside_a_waiting_one(in_sandbox: Run) -> None:
    seen = one(in_sandbox, "spin", time=0.2)
    assert seen.outcome.as_json() == {"kind": "timed-out", "waiting": ["futex", "running"]}


def test_deadlock(in_sandbox: Run) -> None:
    seen = one(in_sandbox, "deadlock", time=0.2)
    assert seen.outcome.as_json() == {"kind": "timed-out", "waiting": ["futex"]}


def test_sleeping_past_its_time_is_no_hang(in_sandbox: Run) -> None:
    assert one(in_sandbox, "sleep", time=0.2).outcome.as_json() == {"kind": "exited", "code": 0}


def test_environment_is_the_scenario_s_own(in_sandbox: Run) -> None:
    os.environ["LEAK"] = "1"
    seen = one(in_sandbox, "environment", environment={"TZ": "UTC"})
    assert seen.facts == {"environment": ["PATH=/usr/bin:/bin", "HOME=/tmp", "TZ=UTC"]}


def test_nothing_is_inherited_from_the_shell(in_sandbox: Run, request: pytest.FixtureRequest) -> None:
    """A run under nohup or with another ulimit gives the same facts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    resource.setrlimit(resource.RLIMIT_STACK, (4 << 20, hard))
    request.addfinalizer(lambda: resource.setrlimit(resource.RLIMIT_STACK, (soft, hard)))
    hangup = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    request.addfinalizer(lambda: signal.signal(signal.SIGHUP, hangup))
    umask = os.umask(0o077)
    request.addfinalizer(lambda: os.umask(umask))
    assert one(in_sandbox, "inherited").facts == {"stack": 8 << 20, "hangup ignored": False, "umask": 0o022}
