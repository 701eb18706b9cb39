"""The files under /etc that a case finds: the same for every case, but for what its scenario changes."""

from conformance.case import Scenario

_DEFAULT_OPTIONS = "timeout:1 attempts:2"

DEFAULTS: dict[str, str | None] = {
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/resolv.conf": f"nameserver 127.0.0.1\noptions {_DEFAULT_OPTIONS}\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\nservices: files\n",
    "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\nprobe:x:1000:1000:probe:/tmp:/bin/sh\n",
    "/etc/group": "root:x:0:\nprobe:x:1000:\n",
    "/etc/services": "domain 53/tcp\ndomain 53/udp\nhttp 80/tcp www\nhttps 443/tcp\nhttps 443/udp\n",
    "/etc/host.conf": None,
    "/etc/gai.conf": None,
}
"""These replace what the root has: a finding must not depend on a package's example file."""


def resolv_conf(addresses: list[str], scenario: Scenario) -> str:
    """/etc/resolv.conf for the scenario's name servers, with what its `resolver` adds or replaces."""
    settings = {"options": _DEFAULT_OPTIONS, **scenario.resolver}
    lines = [f"nameserver {address}" for address in addresses or ["127.0.0.1"]]
    lines += [f"{keyword} {value}" for keyword, value in settings.items() if value]
    return "\n".join(lines) + "\n"


def files(scenario: Scenario, addresses: list[str]) -> dict[str, str | None]:
    """What differs from DEFAULTS: paths to contents, None for a file that must be absent."""
    changed: dict[str, str | None] = {}
    if addresses or scenario.resolver:
        changed["/etc/resolv.conf"] = resolv_conf(addresses, scenario)
    return {**changed, **scenario.files}
