"""Topics that the tests of topics start from."""

from pathlib import Path

from conformance.case import Case
from conformance.topics import load

PROBE = "int main(void) { return 0; }\n"

TOPIC = """\
# a comment that stays
topic: Truncated answers
about: >
  What this is about,
  in two lines.
probe: probe
functions: [getaddrinfo]
time: 2.5
cases:
  two-hundred-addresses:
    title: A name with 200 addresses
    run: many.test --flags='a b'
    status: specified
    clause: RFC 1035 4.2.1, RFC 7766 5
    requires: {addresses: 200}
    expect:
      glibc >=2.36:  {result: 0, addresses: 200, tcp_queries: 1}   # one query
      glibc <2.36:   {result: 0, addresses: 200, tcp_queries: 3}
      # before TCP
      musl >=1.2.5:  {result: 0, addresses: 48,  tcp_queries: 1}
      musl <1.2.4:   {result: EAI_NONAME, addresses: 0, tcp_queries: 0}
    grade:  {musl: limit}
    why:    musl keeps at most 48 addresses of one lookup; before 1.2.4 it had no
            TCP.
    advice: Do not rely on seeing every address.
    links:  [https://example.org/page]

  everything:
    title: All keys that there are
    functions: [fopen, fgets]
    run: [one, "2 3", 4]
    stdin: "line\\n"
    env: {LC_ALL: C.UTF-8, COUNT: 5}
    files: {/etc/hosts: "10.0.0.1 a.test\\n", /etc/services: ~}
    resolver: {options: "ndots:2", search: a.test}
    nameservers: [{records: {a.test: {A: 10.0.0.1}}, udp: truncate}]
    flags: [-O2, -DSIZE=8]
    limits: {memory: 64M, processes: 8, open files: 32, file size: 1K}
    time: 0.5
    bands: {elapsed: {at once: 0.5, one timeout: 1.8}}
    needs: [root, ipv6, {locale: C.UTF-8}, {kernel: ">=5.10"}, {cpu: avx2}]
    status: undefined
    expect:
      all: {count: 1, real: 1.5, ok: true, text: "2", list: [1, a, "b, c"], time: 12:30}
      musl: {count: 2, only: ~}

  unknown-yet:
    title: Nothing is expected yet
    status: extension
"""


def write_topic(folder: Path, text: str = TOPIC) -> Path:
    """A topic of the family `resolver` below a folder of cases, with a probe beside it."""
    topic = folder / "resolver" / "truncation.yaml"
    topic.parent.mkdir(parents=True, exist_ok=True)
    topic.write_text(text, encoding="utf-8", newline="")
    (topic.parent / "probe.c").write_text(PROBE)
    return topic


def load_cases(folder: Path, text: str = TOPIC) -> dict[str, Case]:
    """The cases of a topic by the last part of their ids."""
    return {case.id.partition("::")[2]: case for case in load(write_topic(folder, text), folder)}
