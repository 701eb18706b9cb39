"""What a case may write under `nameservers:`, and what it is told about mistakes."""

from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nameserver_client import ask, script

from conformance.errors import UserError
from conformance.nameserver import delivery_keys, message_keys
from conformance.nameserver import query as queries
from conformance.nameserver.behaviour import Send
from conformance.nameserver.compose import CannotCompose
from conformance.nameserver.log import Log
from conformance.nameserver.player import Player
from conformance.nameserver.script import Endpoint, Script, ScriptError, parse


def mistake(text: str) -> ScriptError:
    with pytest.raises(ScriptError) as caught:
        script(text)
    return caught.value


def outcome(value: object) -> Script | ScriptError:
    """No other exception gets out."""
    try:
        return parse(value, Path())
    except ScriptError as e:
        return e


def play(served: Script) -> None:
    """Asks every server: there is a message, or the script is told to be impossible."""
    player = Player(Log(servers=len(served.servers)))
    for transport, kind, server in product(("udp", "tcp"), ("A", "TXT"), served.servers):
        query = queries.parse(ask("a.test", kind, edns=1232))
        assert query
        leaf, found = player.choose(server, replace(query, transport=transport))
        if isinstance(leaf, Send):
            with suppress(CannotCompose):
                player.messages(leaf, replace(query, transport=transport), found)


def test_addresses_follow_the_position() -> None:
    assert script("[{}, {address: '::1'}, {}]").addresses == ["127.0.0.1", "::1", "127.0.0.3"]


def test_each_server_needs_a_socket_per_transport() -> None:
    assert script("[{address: 127.0.0.5}]").sockets() == [
        Endpoint("127.0.0.5", 53, "udp"),
        Endpoint("127.0.0.5", 53, "tcp"),
    ]


def test_a_refusing_transport_is_not_bound() -> None:
    assert script("[{tcp: refused}]").sockets() == [Endpoint("127.0.0.1", 53, "udp")]
    assert script("[{both: refused}]").sockets() == []


def test_another_source_needs_another_socket_once() -> None:
    wanted = script(
        """
        - udp: {A: {from: {port: 5353}}, AAAA: [silent, {send: [answer, {from: {address: 127.0.0.2}}]}]}
        - udp: refused
          tcp: refused
        """
    ).sockets()
    assert Endpoint("127.0.0.1", 5353, "udp") in wanted
    assert wanted.count(Endpoint("127.0.0.2", 53, "udp")) == 1
    assert len(wanted) == 4


@pytest.mark.parametrize(
    ("text", "path", "told"),
    [
        ("[{record: {}}]", (0, "record"), "allowed: address, records, otherwise, udp, tcp, both"),
        ("[{udp: trunkate}]", (0, "udp"), "truncate"),
        ("[{udp: close}]", (0, "udp"), "not known here"),
        ("[{udp: {A: refused}}]", (0, "udp", "A"), "not known here"),
        ("[{both: close-after-query}]", (0, "both"), "not known here"),
        ("[{both: silent, udp: silent}]", (0, "both"), "either"),
        ("[{udp: {truncate: 3, answers: 2}}]", (0, "udp", "truncate"), "either"),
        ("[{udp: {raw: 00, rcode: 2}}]", (0, "udp", "rcode"), "raw"),
        ("[{udp: {raw: 0}}]", (0, "udp", "raw"), "quotes"),
        ("[{udp: {raw: 'x5'}}]", (0, "udp", "raw"), "nothing before it"),
        ("[{udp: {raw: 'ff x65535 ff x65535'}}]", (0, "udp", "raw"), "65535"),
        ("[{udp: {raw: 'f'}}]", (0, "udp", "raw"), "whole bytes"),
        ("[{udp: []}]", (0, "udp"), "empty list"),
        ("[{udp: {each: port}}]", (0, "udp"), "go together"),
        ("[{udp: {each: moon, do: [silent]}}]", (0, "udp", "each"), "port, connection, question, name"),
        ("[{udp: {A: silent, aaaa: silent}}]", (0, "udp", "aaaa"), "no query type"),
        ("[{udp: {delay: .nan}}]", (0, "udp", "delay"), "number of seconds"),
        ("[{udp: {delay: true}}]", (0, "udp", "delay"), "number of seconds"),
        ("[{udp: {length: 3}}]", (0, "udp", "length"), "not known here"),
        ("[{tcp: {from: {port: 1}}}]", (0, "tcp", "from"), "not known here"),
        ("[{tcp: {drip: {every: 1}}}]", (0, "tcp", "drip"), "either"),
        ("[{tcp: {drip: {at: [3, 3], every: 1}}}]", (0, "tcp", "drip", "at"), "rise"),
        ("[{tcp: {then: explode}}]", (0, "tcp", "then"), "close, reset"),
        ("[{tcp: [answer, [close]]}]", (0, "tcp", 1, 0), "not known here"),
        ("[{tcp: {stream: '00', length: 1}}]", (0, "tcp", "length"), "no length prefix"),
        ("[{udp: {hold: []}}]", (0, "udp", "hold"), "at least one"),
        ("[{udp: {hold: [A, A]}}]", (0, "udp", "hold", 1), "not listed before"),
        ("[{udp: {bound: 1}}]", (0, "udp", "bound"), "hold"),
        ("[{udp: {flags: '+XX'}}]", (0, "udp", "flags"), "QR AA TC"),
        ("[{udp: {question: {colour: red}}}]", (0, "udp", "question", "colour"), "name, type, class"),
        ("[{udp: {edns: maybe}}]", (0, "udp", "edns"), "never"),
        ("[{udp: {size: 70000}}]", (0, "udp", "size"), "65535"),
        ("[{udp: {answers: ['@ A']}}]", (0, "udp", "answers", 0), "IPv4"),
        ("[{udp: {answers: ['@']}}]", (0, "udp", "answers", 0), "owner"),
        ("[{udp: {answers: ['@ FOO 1']}}]", (0, "udp", "answers", 0), "no record type"),
        ("[{udp: {answers: ['^x A 192.0.2.1']}}]", (0, "udp", "answers", 0), "pointer"),
        ("[{udp: {handler: 'nowhere.py:f'}}]", (0, "udp", "handler"), "cannot be read"),
        ("[{udp: {handler: '../up.py:f'}}]", (0, "udp", "handler"), "file.py:function"),
        ("[{records: {a.test: {A: 300.1.1.1}}}]", (0, "records", "a.test", "A"), "IPv4"),
        ("[{records: {a.test: {A: 255.255.255.255 x2}}}]", (0, "records", "a.test", "A"), "IPv4"),
        ("[{records: {a.test: {a: 192.0.2.1}}}]", (0, "records", "a.test", "a"), "capitals"),
        ("[{records: {a.test: {LOC: here}}}]", (0, "records", "a.test", "LOC"), "length hex"),
        ("[{records: {a.test: {MX: mail.test}}}]", (0, "records", "a.test", "MX"), "preference name"),
        ("[{records: {a.test: {MX: 70000 mail.test}}}]", (0, "records", "a.test", "MX"), "preference name"),
        ("[{records: {a.test: {TYPE9: '\\# 2 00'}}}]", (0, "records", "a.test", "TYPE9"), "4 hexadecimal"),
        (
            "[{records: {a.test: {CNAME: b.test, A: 192.0.2.1}}}]",
            (0, "records", "a.test"),
            "only record",
        ),
        ("[{records: {a..test: {}}}]", (0, "records", "a..test"), "label"),
        ("[{records: {a.test: {}, A.test.: {}}}]", (0, "records", "A.test."), "twice"),
        ("[{records: {1.5: {}}}]", (0, "records"), "quotes"),
        ("[{records: {a.test: nothing}}]", (0, "records", "a.test"), "NXDOMAIN"),
        ("[{otherwise: close}]", (0, "otherwise"), "not known here"),
        ("[{address: 192.0.2.1}]", (0, "address"), "127.0.0.1"),
        ("[{address: 127.0.0.2}, {}]", (1, "address"), "another server"),
        ("{}", (), "list"),
        ("[silent]", (0,), "mapping"),
    ],
)
def test_a_mistake_is_shown_where_it_stands(text: str, path: tuple[str | int, ...], told: str) -> None:
    error = mistake(text)
    assert error.path == path
    assert told in error.message


def test_a_mistake_is_a_users() -> None:
    error = mistake("[{}, {udp: nonsense}]")
    assert isinstance(error, UserError)
    assert str(error).startswith("nameservers[1].udp: `nonsense` is not known here")


def test_a_handler_must_be_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "some.py").write_text("def one(query):\n    return None\n")
    parse([{"udp": {"handler": "some.py:one"}}], tmp_path)
    with pytest.raises(ScriptError, match="has no function two; it has: one"):
        parse([{"udp": {"handler": "some.py:two"}}], tmp_path)


def test_a_value_that_contains_itself_is_refused() -> None:
    around: list[Any] = []
    around.append(around)
    with pytest.raises(ScriptError, match="nested too deeply"):
        parse([{"udp": around}], Path())


_WORDS = st.sampled_from(
    [
        "answer",
        "silent",
        "truncate",
        "NXDOMAIN",
        "refused",
        "close",
        "drop",
        "A",
        "AAAA",
        "TXT",
        "other",
        "each",
        "do",
        "port",
        "send",
        "hold",
        "delay",
        "answers",
        "raw",
        "rcode",
        "flags",
        "question",
        "with",
        "edns",
        "@",
        "x200",
        "ID",
        "8180",
        "ff",
    ]
)
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), _WORDS, st.binary(max_size=3)
)
_KEYS = st.one_of(
    st.sampled_from(
        [
            "address",
            "records",
            "otherwise",
            "udp",
            "tcp",
            "both",
            "A",
            "AAAA",
            "CNAME",
            "TXT",
            "MX",
            "SOA",
            "other",
            "each",
            "do",
            "send",
            "hold",
            "bound",
            "delay",
            "times",
            "from",
            "answers",
            "rcode",
            "truncate",
            "limit",
            "overflow",
            "flags",
            "opcode",
            "id",
            "question",
            "counts",
            "order",
            "section",
            "size",
            "padding",
            "edns",
            "cut",
            "trailing",
            "raw",
            "stream",
            "length",
            "drip",
            "then",
            "handler",
            "name",
            "type",
            "class",
            "port",
            "bytes",
            "at",
            "every",
            "strings",
            "a.test",
        ]
    ),
    st.sampled_from(["with edns", "without edns"]),
    _SCALARS,
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=4)),
    max_leaves=12,
)
_TYPES = st.sampled_from(
    ["A", "AAAA", "CNAME", "TXT", "MX", "SRV", "SOA", "CAA", "NS", "TYPE5", "TYPE1", "TYPE999", "ANY", "LOC"]
)
_DATA = st.sampled_from(
    [
        "10.0.0.1 x2",
        "::1",
        "a.test",
        "1 a.test",
        "0 1 2 a.test",
        "a b 1 2 3 4 5",
        "0 issue c",
        r"\# 1 ff",
        "^self",
        ".",
    ]
)
_RECORDS = st.dictionaries(
    st.sampled_from(["a.test", "*.test", "192.0.2.1", "."]),
    st.one_of(
        _VALUES, st.dictionaries(_TYPES, st.one_of(_DATA, st.lists(_DATA, max_size=2), _VALUES), max_size=3)
    ),
    max_size=2,
)
_CHOICES = st.recursive(
    st.one_of(_WORDS, _VALUES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(_TYPES, st.just("other")), inner, max_size=3),
        st.fixed_dictionaries({"each": st.sampled_from(["port", "name"]), "do": inner}),
        st.fixed_dictionaries({"send": inner}),
        st.dictionaries(
            st.sampled_from([*message_keys.KEYS, *delivery_keys.TCP, "hold", "from", "raw"]),
            inner,
            max_size=2,
        ),
    ),
    max_leaves=6,
)
_SERVERS = st.lists(
    st.fixed_dictionaries(
        {}, optional={"records": _RECORDS, "otherwise": _CHOICES, "udp": _CHOICES, "tcp": _CHOICES}
    ),
    max_size=2,
)


@given(st.one_of(_VALUES, _SERVERS))
@settings(max_examples=150, deadline=None)
def test_any_value_is_a_script_or_a_mistake(value: Any) -> None:
    result = outcome(value)
    if isinstance(result, ScriptError):
        assert result.message
        assert all(isinstance(step, str | int) for step in result.path)
    else:
        play(result)


_LINES = st.text(alphabet='@ A0123456789.:x^self#\\"=-TXTCNAMEINCHrdlength', max_size=40)


@given(_LINES)
@settings(max_examples=150, deadline=None)
def test_any_record_line_is_records_or_a_mistake(line: str) -> None:
    result = outcome([{"udp": {"answers": [line]}}])
    assert isinstance(result, Script) or result.path == (0, "udp", "answers", 0)
