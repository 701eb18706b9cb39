"""Scripts at work on real sockets."""

import asyncio
import errno
import random
import socket
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from dnslib import QTYPE
from nameserver_client import Bench, ask, bench, everything, message, observed, read, received, script, write

from conformance.nameserver.log import MOST

WWW = "records: {www.test: {A: 192.0.2.1, AAAA: '2001:db8::1'}}"
A, AAAA = ask("www.test", "A", identifier=1), ask("www.test", "AAAA", identifier=2)


def run(test: Coroutine[Any, Any, None]) -> None:
    """Runs a test's coroutine, and finds tasks that outlive the servers."""

    async def checked() -> None:
        await test
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(checked())


def kinds(answers: list[bytes]) -> list[str]:
    return [str(QTYPE[read(answer).q.qtype]) for answer in answers]


def test_both_transports_answer() -> None:
    async def test() -> None:
        async with bench(f"[{{{WWW}}}]") as servers:
            assert kinds(await servers.exchange(A, AAAA)) == ["A", "AAAA"]
            assert kinds(await servers.tcp(A, AAAA)) == ["A", "AAAA"]
            assert observed(servers.log, "udp_queries", "tcp_queries", "tcp_connections") == [2, 2, 1]

    run(test())


def test_servers_over_ipv6_and_ipv4() -> None:
    async def test() -> None:
        async with bench(f"[{{address: '::1', {WWW}}}, {{udp: SERVFAIL}}]") as servers:
            (first,) = await servers.exchange(A)
            (second,) = await servers.exchange(A, server=2)
            assert (read(first).header.rcode, read(second).header.rcode) == (0, 2)
            assert observed(servers.log, "queries") == ["udp A www.test", "udp A www.test @2"]

    run(test())


def test_queries_are_ordered_by_the_kernel_not_by_the_loop() -> None:
    async def test() -> None:
        async with bench("[{udp: silent}, {udp: silent}, {udp: silent}]") as servers:
            client = servers.udp()
            for server in (3, 1, 2, 1, 3):
                client.sendto(A, servers.where("udp", server))
            await servers.until(lambda: observed(servers.log, "udp_queries") == 5)
            assert observed(servers.log, "servers") == [3, 1, 2, 1, 3]

    run(test())


def test_answers_are_held_until_all_can_go_in_order() -> None:
    async def test() -> None:
        async with bench(f"[{{{WWW}, both: {{hold: [AAAA, A]}}}}]") as servers:
            assert kinds(await servers.exchange(A, AAAA)) == ["AAAA", "A"]
            assert kinds(await servers.tcp(A, AAAA)) == ["AAAA", "A"]
            client = servers.udp()
            client.sendto(A, servers.where("udp"))
            client.sendto(A, servers.where("udp"))
            client.sendto(AAAA, servers.where("udp"))
            assert kinds([await received(client) for _ in range(3)]) == ["AAAA", "A", "A"]

    run(test())


def test_held_answers_go_when_their_bound_has_passed() -> None:
    async def test() -> None:
        async with bench(f"[{{{WWW}, both: {{hold: [AAAA, A], bound: 0.01}}}}]") as servers:
            assert kinds(await servers.exchange(A)) == ["A"]
            assert kinds(await servers.tcp(A)) == ["A"]

    run(test())


def test_other_types_are_not_held() -> None:
    async def test() -> None:
        async with bench("[{both: {hold: [AAAA, A]}}]") as servers:
            assert kinds(await servers.exchange(ask("www.test", "MX"))) == ["MX"]

    run(test())


def test_several_messages_for_one_query() -> None:
    async def test() -> None:
        async with bench(
            f"[{{{WWW}, udp: {{send: [empty, {{id: wrong, delay: 0.01}}, answer]}}}}]"
        ) as servers:
            client = servers.udp()
            client.sendto(A, servers.where("udp"))
            assert await received(client) == b""
            assert [read(await received(client)).header.id == 1 for _ in range(2)] == [False, True]

    run(test())


def test_copies() -> None:
    async def test() -> None:
        async with bench(f"[{{{WWW}, both: {{times: 3}}}}]") as servers:
            client = servers.udp()
            client.sendto(A, servers.where("udp"))
            assert len({await received(client) for _ in range(3)}) == 1
            stream = await servers.connect()
            await write(stream, A)
            assert len({await message(stream) for _ in range(3)}) == 1

    run(test())


def test_a_delayed_answer_lets_others_pass() -> None:
    async def test() -> None:
        async with bench(f"[{{{WWW}, both: {{A: {{delay: 0.03}}, AAAA: answer}}}}]") as servers:
            assert kinds(await servers.exchange(A, AAAA)) == ["AAAA", "A"]
            assert kinds(await servers.tcp(A, AAAA)) == ["AAAA", "A"]

    run(test())


def test_an_answer_from_another_port_or_address() -> None:
    async def test() -> None:
        text = f"[{{{WWW}, udp: {{A: {{from: {{port: 5353}}}}, AAAA: {{from: {{address: 127.0.0.9}}}}}}}}]"
        async with bench(text) as servers:
            client = servers.udp()
            sources = []
            for query in (A, AAAA):
                client.sendto(query, servers.where("udp"))
                await servers.until(lambda: bool(_readable(client)))
                sources.append(client.recvfrom(512)[1])
            assert sources[0][0] == "127.0.0.1"
            assert sources[0][1] != servers.where("udp")[1]
            assert sources[1][0] == "127.0.0.9"

    run(test())


def _readable(client: socket.socket) -> bool:
    try:
        client.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    return True


def test_silence_is_logged() -> None:
    async def test() -> None:
        async with bench("[{udp: silent}]") as servers:
            await servers.silent(A)
            assert [entry.event for entry in servers.log.entries] == ["query", "silence"]

    run(test())


# TCP


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ("close", ""),
        ("close-after-query", ""),
        ("{stream: '00', then: close}", "00"),
        ("{length: 0, cut: 0, then: close}", "0000"),
        ("{length: 500, raw: 'ID 8180', then: close}", "01f4 0001 8180"),
        ("{raw: 'ID 8180', then: close}", "0004 0001 8180"),
        ("{send: [{raw: ID}, {raw: 'ID ff', then: close}]}", "0002 0001 0003 0001ff"),
        ("{raw: ID, drip: {bytes: 1, every: 0.001}, then: close}", "0002 0001"),
        ("{raw: ID, drip: {at: [1, 3, 90], every: 0.001}, then: close}", "0002 0001"),
        ("{raw: ID, then: close, delay: 0.001}", "0002 0001"),
    ],
)
def test_streams_that_end(behaviour: str, expected: str) -> None:
    async def test() -> None:
        async with bench(f"[{{tcp: {behaviour}}}]") as servers:
            assert await servers.stream(A) == bytes.fromhex(expected)

    run(test())


def test_pieces_arrive_apart() -> None:
    async def test() -> None:
        async with bench("[{tcp: {raw: 'ID 8180', drip: {at: [1], every: 0.02}, then: close}}]") as servers:
            client = await servers.connect()
            await write(client, A)
            assert await received(client) == b"\0"
            assert await everything(client) == bytes.fromhex("04 0001 8180")

    run(test())


@pytest.mark.parametrize("behaviour", ["reset", "reset-after-query", "{raw: ID, delay: 0.001, then: reset}"])
def test_resets(behaviour: str) -> None:
    async def test() -> None:
        async with bench(f"[{{tcp: {behaviour}}}]") as servers:
            with pytest.raises(ConnectionError):
                await servers.stream(A)

    run(test())


def test_an_answer_can_be_read_before_the_reset_after_it() -> None:
    async def test() -> None:
        async with bench("[{tcp: {raw: ID, then: reset}}]") as servers:
            client = await servers.connect()
            await write(client, A)
            assert await message(client) == A[:2]
            with pytest.raises(ConnectionResetError):
                await received(client)

    run(test())


def test_a_connection_closed_with_fin_is_not_reset_by_what_still_comes() -> None:
    async def test() -> None:
        async with bench("[{tcp: {raw: ID, then: close}}]") as servers:
            client = await servers.connect()
            await write(client, A, AAAA)
            assert await everything(client) == bytes.fromhex("0002 0001")
            await write(client, A)
            assert await everything(client) == b""
            assert observed(servers.log, "tcp_queries") == 1

    run(test())


def test_a_list_uses_up_an_entry_per_closed_connection() -> None:
    async def test() -> None:
        async with bench(f"[{{{WWW}, tcp: [close, reset, answer]}}]") as servers:
            assert await servers.stream() == b""
            with pytest.raises(ConnectionError):
                await servers.stream(A)
            assert len(await servers.tcp(A, AAAA)) == 2
            assert observed(servers.log, "tcp_connections") == 3

    run(test())


def test_counting_by_connection() -> None:
    async def test() -> None:
        text = f"[{{{WWW}, tcp: {{each: connection, do: [answer, close-after-query]}}}}]"
        async with bench(text) as servers:
            for _ in range(2):
                client = await servers.connect()
                await write(client, A, AAAA)
                assert kinds([await message(client)]) == ["A"]
                assert await everything(client) == b""

    run(test())


def test_dropped_segments() -> None:
    async def test() -> None:
        async with bench("[{tcp: drop}, {}]") as servers:
            client = socket.socket()
            servers.clients.append(client)
            client.setblocking(False)
            assert client.connect_ex(servers.where("tcp")) == errno.EINPROGRESS
            await servers.tcp(A, server=2)
            assert client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
            with pytest.raises(OSError, match="not connected"):
                client.getpeername()

    try:
        run(test())
    except PermissionError:
        # in a sandbox's network the harness may always do it: it owns the user namespace
        pytest.skip("this kernel lets only root filter sockets of the machine's own network")


def test_a_large_answer_over_tcp() -> None:
    async def test() -> None:
        async with bench(
            "[{records: {a.test: {A: 10.0.0.1 x4000}, t.test: {TXT: {length: 60000}}}}]"
        ) as servers:
            addresses, text = await servers.tcp(ask("a.test"), ask("t.test", "TXT"))
            assert int.from_bytes(addresses[6:8], "big") == 4000
            assert len(text) > 60000

    run(test())


# Handlers


HANDLER = """
seen = []

def second(query):
    seen.append(query.name)
    if len(seen) < 2:
        return None
    return [(0.0, query.answer[:12]), (0.001, f"{query.number} {query.type} {query.transport}".encode())]

def fails(query):
    return query.nothing

def wrong(query):
    return "text"
"""


def handled(tmp_path: Path, function: str) -> Any:
    (tmp_path / "odd.py").write_text(HANDLER)
    return script(f"[{{{WWW}, both: {{handler: 'odd.py:{function}'}}}}]", tmp_path)


def test_a_handler_has_its_own_state_in_each_run(tmp_path: Path) -> None:
    async def test() -> None:
        for _ in range(2):
            async with bench(handled(tmp_path, "second")) as servers:
                client = servers.udp()
                client.sendto(A, servers.where("udp"))
                client.sendto(AAAA, servers.where("udp"))
                assert (await received(client))[:2] == AAAA[:2]
                assert await received(client) == b"2 AAAA udp"
                assert [entry.event for entry in servers.log.entries][:2] == ["query", "silence"]

    run(test())


@pytest.mark.parametrize(
    ("function", "told"), [("fails", "AttributeError"), ("wrong", "a handler returns bytes")]
)
def test_a_failing_handler_is_an_error_of_the_script(tmp_path: Path, function: str, told: str) -> None:
    async def test() -> None:
        async with bench(handled(tmp_path, function)) as servers:
            await servers.silent(A)
            await servers.until(lambda: bool(servers.log.errors))
            assert f"odd.py:{function}" in servers.log.errors[0]
            assert told in servers.log.errors[0]

    run(test())


# Whatever comes, and the end


def test_a_query_that_was_sent_just_before_the_end_is_seen() -> None:
    async def test() -> None:
        async with bench(f"[{{{WWW}}}]") as servers:
            client = servers.udp()
            stream = socket.create_connection(servers.where("tcp"))
            stream.sendall(len(A).to_bytes(2, "big") + A)
            client.sendto(A, servers.where("udp"))
            await servers.serving.close()
            stream.close()
            assert observed(servers.log, "udp_queries", "tcp_queries", "tcp_connections") == [1, 1, 1]

    run(test())


def test_the_end_closes_all_sockets_and_waits_for_nothing() -> None:
    async def test() -> None:
        async with bench(f"[{{{WWW}, both: {{A: {{delay: 3000}}, AAAA: {{hold: [AAAA, A]}}}}}}]") as servers:
            await servers.silent(A, AAAA)
            await write(await servers.connect(), A, AAAA)
            await servers.until(lambda: observed(servers.log, "tcp_queries") == 2)
        assert [bound.fileno() for bound in servers.sockets.values()] == [-1, -1]

    run(test())


def test_many_scripts_at_once() -> None:
    async def one(number: int) -> None:
        async with bench(f"[{{records: {{www.test: {{A: 10.0.0.1 x{number}}}}}}}]") as servers:
            (answer,) = await servers.exchange(A)
            assert len(read(answer).rr) == number

    async def test() -> None:
        await asyncio.gather(*(one(number) for number in range(1, 29)))

    run(test())


def test_random_datagrams_do_no_harm() -> None:
    async def test() -> None:
        dice = random.Random(1)
        async with bench(f"[{{{WWW}}}]") as servers:
            client = servers.udp()
            junk = [dice.randbytes(dice.choice([0, 1, 11, 12, 13, 30, 512, 65507])) for _ in range(100)]
            junk += [A[:i] + dice.randbytes(dice.randrange(20)) for i in range(len(A))]
            for data in junk:
                client.sendto(data, servers.where("udp"))
                await asyncio.sleep(0)
            assert len(await servers.exchange(A)) == 1
            assert servers.log.malformed > 100
            assert not servers.log.errors

    run(test())


def test_random_streams_do_no_harm() -> None:
    async def test() -> None:
        dice = random.Random(2)
        async with bench(f"[{{{WWW}}}]") as servers:
            for _ in range(20):
                client = await servers.connect()
                await write(client, dice.randbytes(dice.choice([0, 1, 30, 65535])), A[:20])
                client.close()
            assert len(await servers.tcp(A)) == 1

    run(test())


def test_a_flood_is_counted_but_not_kept() -> None:
    async def test() -> None:
        async with bench("[{udp: silent}]") as servers:
            client = servers.udp()
            queries = MOST // 2 + 100
            for i in range(queries):
                client.sendto(A, servers.where("udp"))
                if i % 50 == 49:
                    await servers.until(lambda sent=i + 1: observed_quickly(servers) >= sent)  # type: ignore[misc]
            await servers.until(lambda: observed_quickly(servers) == queries)
            assert len(servers.log.entries) == MOST
            assert servers.log.omitted == 200
            assert observed(servers.log, "queries")[-1] == "…"

    run(test())


def observed_quickly(servers: Bench) -> int:
    return servers.log.queries[1, "udp"]


def test_too_many_waiting_answers_are_left_out() -> None:
    async def test() -> None:
        async with bench("[{udp: {delay: 3000}}]") as servers:
            client = servers.udp()
            for i in range(1100):
                client.sendto(A, servers.where("udp"))
                if i % 50 == 49:
                    await servers.until(lambda sent=i + 1: observed_quickly(servers) >= sent)  # type: ignore[misc]
            left_out = [entry for entry in servers.log.entries if entry.event == "silence"]
            assert len(left_out) == 100

    run(test())
