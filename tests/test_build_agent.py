"""The agent is one static program that any sandbox can start."""

from pathlib import Path

import pytest
from real_libcs import real_libc

from conformance.build import agent, compiler, linkage
from conformance.errors import UserError


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent, "cache", lambda: tmp_path / "cache")


def test_the_agent_is_static_and_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    musl = real_libc("musl-1.2.6")
    program = agent.agent_binary(musl)
    linkage.check_static(program)
    monkeypatch.setattr(compiler, "run", lambda _: pytest.fail("compiled again"))
    assert agent.agent_binary(musl) == program


def test_a_faulty_agent_is_an_error_with_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.c").write_text("int main(void)\n{\n\tint unused;\n\treturn 0;\n}\n")
    monkeypatch.setattr(agent, "SOURCES", tmp_path)
    with pytest.raises(UserError, match=r"main\.c:3:"):
        agent.agent_binary(real_libc("musl-1.2.6"))


def test_an_agent_without_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent, "SOURCES", tmp_path)
    with pytest.raises(UserError, match="no C file"):
        agent.agent_binary(real_libc("musl-1.2.6"))
