"""`conformance bench`: how fast this machine runs probes, beside what it could do at best."""

import argparse

from conformance.commands import Subparsers


def register(subparsers: Subparsers) -> None:
    """Adds the sub-command."""
    parser = subparsers.add_parser("bench", help="measure the harness beside a raw loop, in one run")
    parser.add_argument(
        "cases", nargs="*", help="cases for the last measurement, as for pytest (default: all)"
    )
    parser.add_argument("--libc", default="musl,glibc", metavar="NAMES", help="as for pytest")
    parser.add_argument(
        "--count", type=int, default=2000, metavar="N", help="probes per processor (%(default)s)"
    )
    parser.add_argument(
        "--backend",
        choices=("local", "docker"),
        default="local",
        help="docker: measure containers beside sandboxes of this machine",
    )
    parser.set_defaults(run=_bench)


def _bench(options: argparse.Namespace) -> int:
    return _containers(options) if options.backend == "docker" else _sandboxes(options)


def _sandboxes(options: argparse.Namespace) -> int:
    from conformance.bench import sessions, starting
    from conformance.libcs.select import select

    agent_libc = select("musl")[0]
    print("Probes per second, all processors together")
    print(f"  {'libc':16}{'raw loop':>10}{'agent':>10}{'share':>8}")
    for libc in select(options.libc):
        rates = starting.measure(libc, agent_libc, options.count)
        print(f"  {rates.libc:16}{rates.raw:10.0f}{rates.agent:10.0f}{rates.ratio:8.0%}", flush=True)
    items = sessions.plain_items(options.libc, options.count)
    print(f"\npytest: {items.items} items that do nothing in {items.wall:.1f} s:")
    print(f"  {items.rate(2.0):.0f} items per second and processor beyond 2 s of start-up", flush=True)
    whole = sessions.session(["--libc", options.libc, *options.cases])
    print(f"\npytest: {whole.items} items of the cases in {whole.wall:.1f} s:")
    print(f"  longest case {whole.longest:.1f} s, processor time {whole.cpu:.1f} s;")
    print(f"  {whole.wall / whole.bound:.2f} times the least that either allows")
    return 0


def _containers(options: argparse.Namespace) -> int:
    from conformance.bench import containers, sessions
    from conformance.build.agent import agent_binary
    from conformance.images.engine import connect
    from conformance.libcs.select import select

    client = connect()
    agent = agent_binary(select("musl")[0])
    print("Milliseconds for one probe, one after the other (medians)")
    print(
        f"  {'libc':16}{'local':>8}{'container':>11}{'ratio':>7}{'exec each':>11}"
        f"{'container each':>16}{'start':>7}"
    )
    for libc in select(options.libc):
        costs = containers.measure(client, libc, agent, options.count)
        print(
            f"  {costs.libc:16}{costs.local:8.2f}{costs.container:11.2f}{costs.ratio:7.2f}{costs.exec:11.0f}"
            f"{costs.container_each:16.0f}{costs.start:7.0f}",
            flush=True,
        )
    print("\npytest: all cases")
    for backend in ("local", "docker"):
        whole = sessions.session(["--libc", options.libc, "--backend", backend, *options.cases])
        print(f"  {backend:8}{whole.wall:7.1f} s for {whole.items} items", flush=True)
    return 0
