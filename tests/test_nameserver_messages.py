"""The messages that a script describes, byte for byte where it matters."""

from dataclasses import replace
from typing import Any

import pytest
from dnslib import QTYPE, RCODE
from nameserver_client import ask, read, script

from conformance.nameserver import query as queries
from conformance.nameserver.compose import CannotCompose
from conformance.nameserver.log import Log
from conformance.nameserver.player import Player
from conformance.nameserver.query import Query


def query(name: str, kind: str = "A", edns: int = 0, transport: str = "udp") -> Query:
    parsed = queries.parse(ask(name, kind, edns))
    assert parsed
    return replace(parsed, transport=transport)


def answers(text: str, asked: Query) -> list[bytes]:
    """What a script's one server sends for a query."""
    server = script(text).servers[0]
    player = Player(Log(servers=1))
    leaf, found = player.choose(server, asked)
    return [ready.data for ready in player.messages(leaf, asked, found)]  # type: ignore[arg-type]


def answer(
    text: str, name: str = "www.test", kind: str = "A", edns: int = 0, transport: str = "udp"
) -> bytes:
    (only,) = answers(text, query(name, kind, edns, transport))
    return only


def records(data: bytes) -> list[str]:
    return [f"{str(rr.rname).rstrip('.')} {QTYPE[rr.rtype]} {rr.rdata}" for rr in read(data).rr]


def rcode(data: bytes) -> str:
    return str(RCODE[read(data).header.rcode])


WWW = "records: {www.test: {A: 192.0.2.1 x3}}"
MANY = "records: {www.test: {A: 10.0.0.1 x60, AAAA: '2001:db8::1 x60'}}"
KNOWN = """
- records:
    www.test: {CNAME: real.test}
    real.test: {A: [192.0.2.1, 192.0.2.2], MX: "10 mail.test"}
    loop.test: {CNAME: pool.test}
    pool.test: {CNAME: loop.test}
    gone.test: {CNAME: nowhere.test}
    bad.test: SERVFAIL
    half.test: {A: 192.0.2.1, AAAA: REFUSED}
    "*.wild.test": {A: 192.0.2.9}
    odd.test: {TYPE999: '\\# 4 06060606', SRV: "0 1 5060 sip.test", CAA: "0 issue ca.test"}
    text.test: {TXT: [short, {strings: [one, two]}]}
    big.test: {TXT: {length: 600}}
    192.0.2.7: {PTR: host.test}
    empty.test: {}
"""


def test_a_sound_answer() -> None:
    data = answer(f"[{{{WWW}}}]")
    parsed = read(data)
    assert parsed.header.id == 0x1234
    assert (parsed.header.qr, parsed.header.aa, parsed.header.tc) == (1, 0, 0)
    assert (parsed.header.rd, parsed.header.ra) == (1, 1)
    assert str(parsed.q.qname) == "www.test."
    assert records(data) == ["www.test A 192.0.2.1", "www.test A 192.0.2.2", "www.test A 192.0.2.3"]
    assert len(data) == 12 + 14 + 3 * 16


@pytest.mark.parametrize(
    ("name", "kind", "code", "expected"),
    [
        ("REAL.test", "A", "NOERROR", ["REAL.test A 192.0.2.1", "REAL.test A 192.0.2.2"]),
        ("real.test", "MX", "NOERROR", ["real.test MX 10 mail.test."]),
        ("real.test", "AAAA", "NOERROR", []),
        ("none.test", "A", "NXDOMAIN", []),
        ("www.test", "CNAME", "NOERROR", ["www.test CNAME real.test."]),
        ("loop.test", "A", "NOERROR", ["loop.test CNAME pool.test.", "pool.test CNAME loop.test."]),
        ("gone.test", "A", "NXDOMAIN", ["gone.test CNAME nowhere.test."]),
        ("bad.test", "A", "SERVFAIL", []),
        ("half.test", "A", "NOERROR", ["half.test A 192.0.2.1"]),
        ("half.test", "AAAA", "REFUSED", []),
        ("a.b.wild.test", "A", "NOERROR", ["a.b.wild.test A 192.0.2.9"]),
        ("wild.test", "A", "NXDOMAIN", []),
        ("odd.test", "SRV", "NOERROR", ["odd.test SRV 0 1 5060 sip.test."]),
        ("odd.test", "CAA", "NOERROR", ['odd.test CAA 0 issue "ca.test"']),
        ("text.test", "TXT", "NOERROR", ['text.test TXT "short"', 'text.test TXT "one","two"']),
        ("7.2.0.192.in-addr.arpa", "PTR", "NOERROR", ["7.2.0.192.in-addr.arpa PTR host.test."]),
        ("empty.test", "ANY", "NOERROR", []),
    ],
)
def test_records(name: str, kind: str, code: str, expected: list[str]) -> None:
    data = answer(KNOWN, name, kind)
    assert (rcode(data), records(data)) == (code, expected)


def test_a_cname_is_followed_to_its_records() -> None:
    assert records(answer(KNOWN)) == [
        "www.test CNAME real.test.",
        "real.test A 192.0.2.1",
        "real.test A 192.0.2.2",
    ]


def test_any_gives_all_records() -> None:
    assert len(records(answer(KNOWN, "real.test", "ANY"))) == 3


@pytest.mark.parametrize(
    ("name", "has_soa"), [("none.test", 1), ("empty.test", 1), ("bad.test", 0), ("www.test", 0)]
)
def test_negative_answers_carry_soa(name: str, has_soa: int) -> None:
    authority = read(answer(KNOWN, name)).auth
    assert [QTYPE[record.rtype] for record in authority] == ["SOA"] * has_soa


def test_otherwise_takes_the_place_of_nxdomain() -> None:
    assert rcode(answer("[{otherwise: REFUSED}]")) == "REFUSED"
    assert rcode(answer("[{otherwise: NODATA}]")) == "NOERROR"
    assert answers("[{otherwise: silent}]", query("www.test")) == []


def test_a_behaviour_in_records_replaces_the_transports() -> None:
    text = "[{records: {a.test: {truncate: 0}, b.test: SERVFAIL}, udp: {flags: +AA}}]"
    assert read(answer(text, "a.test")).header.tc == 1
    assert read(answer(text, "a.test")).header.aa == 0
    assert read(answer(text, "b.test")).header.aa == 1


def test_long_text_is_cut_into_strings() -> None:
    data = answer(KNOWN, "big.test", "TXT", transport="tcp")
    assert len(data) == 12 + 14 + 12 + 603
    assert data[-603] == 255


# What fits


@pytest.mark.parametrize(("edns", "count"), [(0, 30), (512, 29), (1232, 60), (100, 29)])
def test_udp_answers_are_cut_to_what_the_client_takes(edns: int, count: int) -> None:
    data = answer(f"[{{{MANY}}}]", edns=edns)
    parsed = read(data)
    assert len(parsed.rr) == count
    assert parsed.header.tc == (count < 60)
    assert len(data) <= max(512, edns)
    assert len(parsed.ar) == bool(edns)


def test_tcp_has_room() -> None:
    assert len(records(answer(f"[{{{MANY}}}]", transport="tcp"))) == 60


@pytest.mark.parametrize(
    ("behaviour", "truncated", "count", "length"),
    [
        ("whole", 0, 60, 26 + 60 * 16),
        ("truncate", 1, 0, 26),
        ("{truncate: 5}", 1, 5, 26 + 5 * 16),
        ("{truncate: 50}", 1, 50, 26 + 50 * 16),
        ("{truncate: fit}", 1, 30, 26 + 30 * 16),
        ("{truncate: all}", 1, 60, 26 + 60 * 16),
        ("{answers: 2}", 0, 2, 26 + 2 * 16),
        ("{limit: 100}", 1, 4, 26 + 4 * 16),
        ("{limit: none}", 0, 60, 26 + 60 * 16),
        ("{overflow: empty}", 1, 0, 26),
    ],
)
def test_truncation(behaviour: str, truncated: int, count: int, length: int) -> None:
    data = answer(f"[{{{MANY}, udp: {behaviour}}}]")
    parsed = read(data)
    assert (parsed.header.tc, len(parsed.rr), len(data)) == (truncated, count, length)


@pytest.mark.parametrize(("how", "bit"), [("cut", 0x02), ("cut without TC", 0)])
def test_an_answer_cut_anywhere_still_counts_all_records(how: str, bit: int) -> None:
    data = answer(f"[{{{MANY}, udp: {{overflow: {how}}}}}]")
    assert len(data) == 512
    assert data[2] & 0x02 == bit
    assert data[6:8] == (60).to_bytes(2, "big")


def test_a_tcp_answer_cannot_be_longer_than_its_prefix_counts() -> None:
    data = answer("[{records: {www.test: {A: 10.0.0.1 x5000}}}]", transport="tcp")
    assert len(data) <= 65535
    assert read(data).header.tc == 1


@pytest.mark.parametrize("where", ["first", "last", "additional"])
@pytest.mark.parametrize("size", [511, 512, 513, 768, 4096, 4800, 65507, 65535])
def test_exact_sizes(size: int, where: str) -> None:
    transport = "tcp" if size > 65507 else "udp"
    data = answer(f"[{{{WWW}, {transport}: {{size: {size}, padding: {where}}}}}]", transport=transport)
    assert len(data) == size
    parsed = read(data)
    assert parsed.header.tc == 0
    kinds = [QTYPE[rr.rtype] for rr in parsed.rr]
    assert kinds == {"first": ["TXT", *"AAA"], "last": [*"AAA", "TXT"], "additional": [*"AAA"]}[where]


def test_an_exact_size_with_names_that_compress_differently_behind_padding() -> None:
    text = "[{records: {www.test: {MX: ['1 a.mail.org', '2 b.mail.org']}}, tcp: {size: 30000}}]"
    assert len(answer(text, kind="MX", transport="tcp")) == 30000


@pytest.mark.parametrize("size", [20, 75])
def test_a_size_that_cannot_be(size: int) -> None:
    with pytest.raises(CannotCompose, match=f"size: {size} cannot be reached"):
        answer(f"[{{{WWW}, udp: {{size: {size}}}}}]")


# Departures


def header(behaviour: str) -> Any:
    return read(answer(f"[{{{WWW}, udp: {behaviour}}}]")).header


@pytest.mark.parametrize("code", ["FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "NOTAUTH"])
def test_return_codes_have_no_records(code: str) -> None:
    data = answer(f"[{{{WWW}, udp: {code}}}]")
    assert (rcode(data), records(data)) == (code, [])
    assert rcode(answer(f"[{{{WWW}, udp: {{rcode: {code}}}}}]")) == code


def test_a_return_code_with_records() -> None:
    data = answer(f"[{{{WWW}, udp: {{answers: all, rcode: REFUSED}}}}]")
    assert (rcode(data), len(records(data))) == ("REFUSED", 3)


def test_header_fields() -> None:
    assert header("{flags: '-QR +AA -RA +AD'}").bitmap == 0x0520
    assert header("{opcode: NOTIFY}").opcode == 4
    assert header("{id: wrong}").id not in (0x1234, 0)
    assert header("{id: zero}").id == 0
    assert answer(f"[{{{WWW}, udp: {{counts: {{answers: 200, questions: 0}}}}}}]")[4:8] == bytes.fromhex(
        "0000 00c8"
    )


def test_the_query_asks_for_its_flags_back() -> None:
    raw = bytearray(ask("www.test"))
    raw[2:4] = bytes.fromhex("0010")  # CD, no RD
    parsed = queries.parse(bytes(raw))
    assert parsed
    assert answers(f"[{{{WWW}}}]", parsed)[0][2:4] == bytes.fromhex("8090")


def test_questions() -> None:
    def questions(behaviour: str) -> list[str]:
        parsed = read(answer(f"[{{{WWW}, udp: {{question: {behaviour}}}}}]"))
        assert len(parsed.rr) == 3
        assert str(parsed.rr[0].rname) == "www.test."
        return [f"{question.qname} {question.qtype} {question.qclass}" for question in parsed.questions]

    assert questions("none") == []
    assert questions("twice") == ["www.test. 1 1"] * 2
    assert questions("upper") == ["WWW.TEST. 1 1"]
    assert questions("{name: evil.test}") == ["evil.test. 1 1"]
    assert questions("{type: AAAA, class: CH}") == ["www.test. 28 3"]


def test_sections() -> None:
    parsed = read(answer(f"[{{{WWW}, udp: {{section: authority}}}}]"))
    assert (len(parsed.rr), len(parsed.auth)) == (0, 3)
    parsed = read(answer(f"[{{{WWW}, udp: {{section: additional}}}}]"))
    assert (len(parsed.rr), len(parsed.ar)) == (0, 3)
    referral = (
        "{answers: [], authority: ['test NS ns.test'], additional: ['ns.test A 192.0.2.53'], flags: -RA}"
    )
    parsed = read(answer(f"[{{udp: {referral}, otherwise: NODATA}}]"))
    assert (len(parsed.rr), len(parsed.auth), len(parsed.ar)) == (0, 1, 1)


def test_names_can_be_written_in_full() -> None:
    data = answer(KNOWN + "  udp: {compression: none}\n")
    assert b"\xc0" not in data[:60]
    assert records(data)[1] == "real.test A 192.0.2.1"


def test_the_answer_backwards() -> None:
    text = KNOWN + "  udp: {order: reversed}\n"
    assert records(answer(text))[-1] == "www.test CNAME real.test."


def test_a_lame_answer_has_no_soa() -> None:
    parsed = read(answer("[{udp: {rcode: NODATA, flags: -RA, authority: []}}]"))
    assert (parsed.header.ra, parsed.auth) == (0, [])


def test_edns_in_answers() -> None:
    def opt(behaviour: str, edns: int) -> list[int]:
        return [record.rclass for record in read(answer(f"[{{{WWW}, udp: {behaviour}}}]", edns=edns)).ar]

    assert opt("answer", 0) == []
    assert opt("answer", 1200) == [1232]
    assert opt("{edns: never}", 1200) == []
    assert opt("{edns: always}", 0) == [1232]
    assert opt("{edns: 4096}", 0) == [4096]


def test_a_choice_by_edns() -> None:
    text = f"[{{{WWW}, udp: {{with edns: FORMERR}}}}]"
    assert rcode(answer(text, edns=1200)) == "FORMERR"
    assert rcode(answer(text)) == "NOERROR"


def lines(*written: str) -> bytes:
    listed = ", ".join(f"'{line}'" for line in written)
    return answer(f"[{{udp: {{answers: [{listed}], rcode: NOERROR}}, otherwise: NODATA}}]")


def test_record_lines() -> None:
    data = lines(
        "@ CNAME real.test", "real.test 0 CH A 192.0.2.1 x2", '@ TXT "a b" "c"', "@ -5 TYPE999 \\# 1 ff x2"
    )
    parsed = read(data)
    assert records(data)[:4] == [
        "www.test CNAME real.test.",
        "real.test A 192.0.2.1",
        "real.test A 192.0.2.2",
        'www.test TXT "a b","c"',
    ]
    assert [(rr.ttl, rr.rclass) for rr in parsed.rr[1:3]] == [(0, 3)] * 2
    assert [(rr.ttl, rr.rdata.data) for rr in parsed.rr[4:]] == [(0xFFFFFFFB, b"\xff")] * 2


@pytest.mark.parametrize(
    ("line", "tail"),
    [
        ("@ A \\# 3 c00002", "c00c 0001 0001 0000003c 0003 c00002"),
        ("@ A \\# 0", "c00c 0001 0001 0000003c 0000"),
        ("@ A 192.0.2.1 rdlength=400", "c00c 0001 0001 0000003c 0190 c0000201"),
        ("^self A 192.0.2.1", "c01a 0001 0001 0000003c 0004 c0000201"),
        ("^end A 192.0.2.1", "ffff 0001 0001 0000003c 0004 c0000201"),
        ("@ CNAME ^self", "c00c 0005 0001 0000003c 0002 c026"),
        ("@ CNAME ^300", "c00c 0005 0001 0000003c 0002 c12c"),
        ("a\\.b A 192.0.2.1", "03612e6200 0001 0001 0000003c 0004 c0000201"),
        ("a\\000\\255\\032 A 192.0.2.1", "046100ff2000 0001 0001 0000003c 0004 c0000201"),
        (
            "b\N{LATIN SMALL LETTER U WITH DIAERESIS} A 192.0.2.1",
            "0362c3bc00 0001 0001 0000003c 0004 c0000201",
        ),
        (". A 192.0.2.1", "00 0001 0001 0000003c 0004 c0000201"),
    ],
)
def test_bytes_of_record_lines(line: str, tail: str) -> None:
    assert lines(line)[26:] == bytes.fromhex(tail)


def test_a_name_longer_than_names_can_be() -> None:
    long = ".".join(["z" * 63] * 5)
    assert lines(f"@ CNAME {long}")[38:] == b"".join(b"\x3f" + b"z" * 63 for _ in range(5)) + b"\0"


def test_raw_bytes() -> None:
    def raw(behaviour: str) -> bytes:
        return answer(f"[{{{WWW}, udp: {behaviour}}}]")

    question = bytes.fromhex("03777777047465737400 0001 0001")
    assert raw("{raw: 'ID 8180 ff x3'}") == bytes.fromhex("1234 8180 ffffff")
    assert raw("{raw: 'beef x2 QUESTION'}") == bytes.fromhex("beefbeef") + question
    assert raw("echo") == ask("www.test")
    assert raw("empty") == raw("{raw: ''}") == b""
    assert raw("{raw: QUERY, cut: 6}") == ask("www.test")[:6]
    assert raw("{cut: -5, trailing: 'aa x2'}") == raw("answer")[:-5] + b"\xaa\xaa"


# Choices


def test_choices_by_type_and_number() -> None:
    server = script(f"[{{{MANY}, udp: {{AAAA: [silent, SERVFAIL, answer]}}}}]").servers[0]
    player = Player(Log(servers=1))

    def count(kind: str) -> int:
        leaf, found = player.choose(server, query("www.test", kind))
        sent = player.messages(leaf, query("www.test", kind), found)  # type: ignore[arg-type]
        return len(read(sent[0].data).rr) if sent else -1

    assert [count(kind) for kind in ("A", "AAAA", "A", "AAAA", "AAAA", "AAAA")] == [30, -1, 30, 0, 17, 17]


@pytest.mark.parametrize(
    ("each", "asked", "heard"),
    [
        ("port", [("A", 1), ("AAAA", 1), ("A", 2)], [True, False, True]),
        ("question", [("A", 1), ("AAAA", 1), ("A", 2)], [True, True, False]),
        ("name", [("A", 1), ("AAAA", 2), ("A", 3)], [True, False, False]),
    ],
)
def test_counting_separately(each: str, asked: list[tuple[str, int]], heard: list[bool]) -> None:
    server = script(f"[{{{WWW}, udp: {{each: {each}, do: [answer, silent]}}}}]").servers[0]
    player = Player(Log(servers=1))
    sent = []
    for kind, port in asked:
        one = replace(query("www.test", kind), port=port)
        leaf, found = player.choose(server, one)
        sent.append(bool(player.messages(leaf, one, found)))  # type: ignore[arg-type]
    assert sent == heard


# Queries


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 11,
        ask("www.test")[:20],
        ask("www.test")[:4] + bytes.fromhex("0002 0000 0000 0000") + ask("www.test")[12:],
        bytes.fromhex("1234 8180 0001 0000 0000 0000 00 0001 0001"),
        bytes.fromhex("1234 0100 0001 0000 0000 0000 c00c 0001 0001"),
        bytes.fromhex("1234 0100 0001 0000 0000 0000") + b"\x01a" * 200 + bytes.fromhex("00 0001 0001"),
    ],
)
def test_what_is_no_query(raw: bytes) -> None:
    assert queries.parse(raw) is None


def test_a_query_is_read_as_it_came() -> None:
    parsed = query("WwW.TeSt.", "TYPE999", edns=1400)
    assert (parsed.name, parsed.type, parsed.qclass, parsed.edns) == ("WwW.TeSt", "TYPE999", "IN", 1400)
    assert parsed.question == parsed.raw[12 : 12 + len(parsed.question)]
