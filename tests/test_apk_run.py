"""Cases run on roots that are made of apk packages, as they do on the same libc from Debian's packages."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from apk_libcs import glibc_packages, musl_packages
from apk_repository import Package, Signer, apko, publish
from debian_archive import Mirror

from conformance import results
from conformance.judge import observed_facts
from conformance.libcs.apk import config, lockfile
from conformance.libcs.apk.fetch import relock
from conformance.libcs.apk.packagelist import IMAGES
from conformance.libcs.model import Libc
from conformance.libcs.select import select
from conformance.paths import CASES

SIGNER = Signer()

TOPICS = [
    str(CASES / name)
    for name in ("strings/strings.yaml", "resolver/truncation.yaml", "misuse/double-free.yaml")
]


@pytest.fixture(scope="module")
def repository(musl: Libc, glibc: Libc) -> Iterator[str]:
    others = [Package("alpine-baselayout"), Package("tzdata")]
    mirror = Mirror(publish([*musl_packages(musl), *glibc_packages(glibc)[:-1], *others], SIGNER))
    server = mirror.serve()
    yield f"{mirror.url}/repo"
    server.shutdown()
    server.server_close()


def list_of(folder: Path, repository: str, *packages: str) -> str:
    """The name of a package list, locked so that the cache, which is everybody's, need not remember it."""
    file = apko(folder, [repository], packages, keys=[SIGNER], more="archs: [x86_64]")
    lockfile.path_of(file).write_text(relock(config.read(file), ["x86_64"]))
    return f"apk:{file}"


@pytest.mark.parametrize(
    ("shipped", "catalogued", "package"),
    [
        ("alpine-musl", "musl", "musl {}-r7"),
        ("wolfi-glibc", "glibc", "glibc-{0} {0}-r3"),
    ],
)
def test_cases_observe_the_same_as_on_debians_packages(
    tmp_path: Path, repository: str, shipped: str, catalogued: str, package: str
) -> None:
    packages = yaml.safe_load((IMAGES / f"{shipped}.yaml").read_text())["contents"]["packages"]
    name = list_of(tmp_path, repository, *packages)
    command = [sys.executable, "-m", "pytest", f"--libc={catalogued},{name}", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, f"--results={tmp_path / 'out'}", *TOPICS, "-q"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (known,) = select(catalogued)
    read = results.read(tmp_path / "out")
    facts: dict[str, dict[str, object]] = {known.name: {}, name: {}}
    for line in read.lines:
        facts[line.observation.libc][line.observation.case] = observed_facts(line.observation)
    assert len(facts[name]) > 40
    assert facts[name] == facts[known.name]
    told = {libc["name"]: libc for libc in read.run["libcs"]}
    assert told[name]["identity"]["package"] == package.format(known.version)
    assert told[name]["identity"]["digest"] == known.identity.digest
    assert told[name]["development"]["borrowed_from"] is None
    for libc in told.values():
        assert len(libc["identity"]["sbom"]) == 64


def test_root_without_headers_borrows_them(tmp_path: Path, repository: str) -> None:
    (libc,) = select(list_of(tmp_path, repository, "musl"))
    assert libc.development.borrowed_from == "musl-1.2.6"
    assert (libc.family, libc.version) == ("musl", "1.2.6")


def test_bill_of_materials(tmp_path: Path, repository: str) -> None:
    name = list_of(tmp_path, repository, "glibc")
    script = "import sys; from conformance.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", script, "libcs", "sbom", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert {component["purl"] for component in json.loads(done.stdout)["components"]} == {
        "pkg:apk/wolfi/glibc-2.43@2.43-r3?arch=x86_64&distro=wolfi-20230201",
        "pkg:apk/wolfi/glibc-2.43-locale-posix@2.43-r3?arch=x86_64&distro=wolfi-20230201",
        "pkg:apk/wolfi/ld-linux-2.43@2.43-r3?arch=x86_64&distro=wolfi-20230201",
        "pkg:apk/wolfi/libgcc@16.2.0-r0?arch=x86_64&distro=wolfi-20230201",
        "pkg:apk/wolfi/wolfi-baselayout@20230201-r30?arch=x86_64&distro=wolfi-20230201",
    }
