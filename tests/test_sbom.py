"""Bills of materials: complete, the same every time, and valid CycloneDX."""

import hashlib
import json
from pathlib import Path

import pytest
from libcs_fixtures import put

from conformance.cli import main
from conformance.errors import UserError
from conformance.libcs import sbom
from conformance.libcs.catalogue import catalogue
from conformance.libcs.lock import locked_packages
from conformance.libcs.model import Development, Identity, Libc

DPKG = """\
Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc (2.36-9)
Version: 2.36-9+deb12u4
Description: GNU C Library
 of several lines

Package: gone
Status: deinstall ok not-installed
Version: 1

Package: tzdata
Status: install ok installed
Architecture: all
Version: 2024a-0
"""

APK = """\
C:Q1lkfWj8VtquF7WXs8VN1WsMMOwfA=
P:musl
V:1.2.5-r9
A:x86_64
T:the musl c library (libc) implementation
L:MIT
o:musl
F:lib
R:ld-musl-x86_64.so.1
Z:Q1EfatjsUqKYSrqv18O1FlA3hcIHI=

C:Q19SaUocOEQsaxrmAe/jCCCjOrLTg=
P:busybox
V:1.37.0-r12
A:x86_64
L:GPL-2.0-only AND something odd
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def libc(root: Path, name: str = "dir:/somewhere") -> Libc:
    return Libc(
        name=name,
        family="musl",
        version="1.2.5",
        arch="x86_64",
        root=root,
        loader="/lib/ld",
        library="/lib/ld",
        development=Development(root, None, ""),
        identity=Identity("", None, None),
    )


def components(root: Path) -> dict[str, dict[str, object]]:
    return {each["name"]: each for each in json.loads(sbom.document(libc(root)))["components"]}


def test_database_of_dpkg(tmp_path: Path) -> None:
    put(tmp_path, "var/lib/dpkg/status", DPKG)
    put(tmp_path, "etc/os-release", 'ID=debian\nVERSION_ID="12"\n')
    found = components(tmp_path)
    assert set(found) == {"libc6", "tzdata"}
    assert found["libc6"]["purl"] == "pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12"
    assert found["libc6"]["properties"] == [{"name": "libc-conformance:source", "value": "glibc"}]


def test_database_of_an_image_without_dpkg(tmp_path: Path) -> None:
    put(tmp_path, "var/lib/dpkg/status.d/libc6", DPKG.split("\n\n")[0])
    put(tmp_path, "var/lib/dpkg/status.d/libc6.md5sums", "0  usr/lib/libc.so.6")
    assert set(components(tmp_path)) == {"libc6"}


@pytest.mark.parametrize("place", ["lib/apk/db/installed", "usr/lib/apk/db/installed"])
def test_database_of_apk(tmp_path: Path, place: str) -> None:
    put(tmp_path, place, APK)
    found = components(tmp_path)
    assert found["musl"]["purl"] == "pkg:apk/alpine/musl@1.2.5-r9?arch=x86_64"
    assert found["musl"]["licenses"] == [{"license": {"id": "MIT"}}]
    assert found["musl"]["properties"] == [
        {"name": "libc-conformance:apk:control-sha1", "value": "9647d68fc56daae17b597b3c54dd56b0c30ec1f0"},
        {"name": "libc-conformance:source", "value": "musl"},
    ]
    assert found["busybox"]["licenses"] == [{"license": {"name": "GPL-2.0-only AND something odd"}}]


def test_catalogued_libc_is_described_by_the_lock(tmp_path: Path) -> None:
    entry = catalogue()["glibc-2.36"]
    document = json.loads(sbom.document(libc(tmp_path, entry.name)))
    hashes = {each["name"]: each["hashes"][0]["content"] for each in document["components"]}
    assert hashes == {package.name: package.sha256 for package in locked_packages(entry)}
    assert document["metadata"]["component"]["name"] == "glibc-2.36"


def test_document_is_the_same_every_time_and_another_one_for_other_packages(tmp_path: Path) -> None:
    file = put(tmp_path, "lib/apk/db/installed", APK)
    first, digest = sbom.document(libc(tmp_path)), sbom.digest(libc(tmp_path))
    assert sbom.document(libc(tmp_path)) == first
    assert "timestamp" not in first
    file.write_text("\n\n".join(reversed(APK.split("\n\n"))))
    assert sbom.document(libc(tmp_path)) == first
    assert sbom.digest(libc(tmp_path)) == digest
    file.write_text(APK.replace("1.2.5-r9", "1.2.5-r10"))
    assert sbom.document(libc(tmp_path)) != first
    assert sbom.digest(libc(tmp_path)) not in (None, digest)


def test_digest_is_that_of_the_file(tmp_path: Path) -> None:
    put(tmp_path, "lib/apk/db/installed", APK)
    known = libc(tmp_path)
    assert sbom.digest(known) == hashlib.sha256(sbom.document(known).encode()).hexdigest()


def test_root_without_a_database(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no database of packages"):
        sbom.document(libc(tmp_path))
    assert sbom.digest(libc(tmp_path)) is None


def test_database_with_odd_entries(tmp_path: Path) -> None:
    put(tmp_path, "lib/apk/db/installed", "P:a\nV:1\nC:Q1!\n\nP:no version\n\nnonsense\n")
    assert set(components(tmp_path)) == {"a"}


def test_database_that_cannot_be_read(tmp_path: Path) -> None:
    file = put(tmp_path, "lib/apk/db/installed", APK)

    def denied(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied", str(file))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_text", denied)
        with pytest.raises(UserError, match="installed cannot be read: Permission denied"):
            sbom.packages(libc(tmp_path))


def test_document_is_valid(tmp_path: Path) -> None:
    validation = pytest.importorskip("cyclonedx.validation.json")
    schema = pytest.importorskip("cyclonedx.schema")
    put(tmp_path, "lib/apk/db/installed", APK)
    put(tmp_path, "var/lib/dpkg/status", DPKG)
    validator = validation.JsonStrictValidator(schema.SchemaVersion.V1_6)
    assert validator.validate_str(sbom.document(libc(tmp_path))) is None


def test_command_names_one_libc(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["libcs", "sbom", f"dir:{tmp_path / 'gone'}"]) == 2
    assert "is not a directory" in capsys.readouterr().err
