"""Indexes and packages are believed only as far as they are signed, and every fault has its message."""

import base64
import gzip
import hashlib
import tarfile
from pathlib import Path

import pytest
from apk_repository import ALGORITHMS, Package, Signer, index, member, segment, special

from conformance.errors import UserError
from conformance.libcs.apk import checksum, keys
from conformance.libcs.apk import index as apk_index
from conformance.libcs.apk.keys import Keyring
from conformance.libcs.apk.members import split_first
from conformance.libcs.apk.package import Members, data_archive, verified

SIGNER = Signer()
STRANGER = Signer("stranger.rsa.pub")
SAME_NAME = Signer(SIGNER.name)
KEYRING: Keyring = {SIGNER.name: SIGNER.key.public_key()}
MUSL = Package("musl", "1.2.5-r0", (member("lib/libc.so", b"code"),), provides="so:libc.so=1")


def members(package: Package = MUSL) -> tuple[bytes, bytes, bytes]:
    """Signature, control data, data."""
    data = package.data()
    control = package.control(data)
    return SIGNER.segment(control), control, data


def verify(content: bytes, wanted: str | None = None) -> Members:
    return verified(content, wanted, KEYRING, "musl.apk")


def refused(content: bytes, wanted: str | None = None) -> str:
    with pytest.raises(UserError) as caught:
        verify(content, wanted)
    assert str(caught.value).startswith("musl.apk: ")
    return str(caught.value)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_good_package(algorithm: str) -> None:
    _, control, data = members()
    found = verify(MUSL.build(SIGNER, algorithm), checksum.of(control))
    assert (found.control, found.data) == (control, data)
    assert found.info["pkgver"] == ["1.2.5-r0"]
    assert found.info["provides"] == ["so:libc.so=1"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_good_index(algorithm: str) -> None:
    content = index([MUSL.record(b"12345"), Package("other").record(b"1")], SIGNER, algorithm)
    fields, other = apk_index.read(content, KEYRING, "APKINDEX.tar.gz")
    assert (fields["P"], fields["V"], fields["S"], other["P"]) == ("musl", "1.2.5-r0", "5", "other")


def test_one_good_signature_among_several_is_enough() -> None:
    _, control, data = members()
    signatures = segment(
        member(f".SIGN.RSA.{STRANGER.name}", b"anything"),
        member(f".SIGN.DSA.{SIGNER.name}", b"anything"),
        member(f".SIGN.RSA256.{SIGNER.name}", _signature(control)),
    )
    assert verify(signatures + control + data)


def _signature(signed: bytes) -> bytes:
    plain, _ = split_first(SIGNER.segment(signed, "RSA256"), "")
    return plain[512:768]


def test_altered_data() -> None:
    signature, control, data = members()
    other = segment(member("lib/libc.so", b"evil"))
    assert "were altered or cut off" in refused(signature + control + other)
    assert "were altered or cut off" in refused(signature + control + data[:-1])
    assert "were altered or cut off" in refused(signature + control + data + b"more")


def test_altered_control_data() -> None:
    signature, _, data = members()
    evil = Package("musl", "1.2.5-r0", depends="evil")
    said = refused(signature + evil.control(data) + data)
    assert "has no good signature" in said
    assert "does not fit what it is to sign" in said


@pytest.mark.parametrize(
    ("signer", "words"), [(STRANGER, "not in the keyring"), (SAME_NAME, "does not fit what it is to sign")]
)
def test_wrong_key(signer: Signer, words: str) -> None:
    assert words in refused(MUSL.build(signer))
    with pytest.raises(UserError, match=words):
        apk_index.read(index([MUSL.record()], signer), KEYRING, "index")


def test_stripped_signature() -> None:
    _, control, data = members()
    assert refused(control + data) == "musl.apk: is not signed"
    assert refused(segment() + control + data) == "musl.apk: is not signed"
    body = segment(member("DESCRIPTION", b""), member("APKINDEX", MUSL.record().encode()))
    with pytest.raises(UserError, match="not signed: it begins with DESCRIPTION"):
        apk_index.read(body, KEYRING, "index")


def test_oversized_signature() -> None:
    _, control, data = members()
    large = segment(member(f".SIGN.RSA.{SIGNER.name}", bytes((64 << 10) + 1)))
    assert "larger than 64 KiB" in refused(large + control + data)
    bomb = gzip.compress(bytes(64 << 20))
    assert "more than 16 MiB" in refused(bomb + control + data)


@pytest.mark.parametrize("part", [0, 1], ids=["signature", "control"])
@pytest.mark.parametrize("kept", [1, -1], ids=["almost nothing", "almost all"])
def test_truncated_file(part: int, kept: int) -> None:
    parts = members()
    content = b"".join(parts[:part]) + parts[part][:kept]
    assert any(words in refused(content) for words in ("is cut off", "does not start as a gzip file"))


def test_damaged_file() -> None:
    content = bytearray(MUSL.build(SIGNER))
    content[20] ^= 255
    assert "is damaged" in refused(bytes(content)) or "has no good signature" in refused(bytes(content))


def test_other_package_than_the_index_promises() -> None:
    said = refused(MUSL.build(SIGNER), checksum.of(b"another"))
    assert "is not the package that the index promises" in said


@pytest.mark.parametrize("content", [b"ADB.\0\0", b"ADBd\1\2"])
def test_packages_of_version_3_are_told_apart(content: bytes) -> None:
    assert "apk version 3 (ADB)" in refused(content)


def test_what_is_no_package() -> None:
    assert "does not start as a gzip file does" in refused(b"<html>")
    assert "does not start as a gzip file does" in refused(b"")


def test_control_data_that_do_not_vouch_for_the_data() -> None:
    data = MUSL.data()
    for text, words in ((b"pkgname = musl\n", "name no datahash"), (None, "hold no .PKGINFO")):
        control = segment(member(".PKGINFO", text)) if text else segment(member("other"))
        assert words in refused(SIGNER.segment(control) + control + data)


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ("P:../../x\nV:1\nC:Q1\nS:1\n", "name '../../x'"),
        ("P:a\nV:1/../2\nC:Q1\nS:1\n", "version '1/../2'"),
        ("P:a\nV:1\nS:1\n", "without a checksum"),
        ("P:a\nV:1\nC:Q1\nS:many\n", "without a checksum"),
    ],
)
def test_index_with_odd_entries(record: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        apk_index.read(index([record], SIGNER), KEYRING, "index")


def test_index_that_holds_none() -> None:
    body = segment(member("DESCRIPTION", b""))
    with pytest.raises(UserError, match="holds no APKINDEX"):
        apk_index.read(SIGNER.segment(body) + body, KEYRING, "index")


def test_every_kind_of_checksum() -> None:
    sha1, sha256 = hashlib.sha1(b"x").digest(), hashlib.sha256(b"x").digest()
    good = [
        "Q1" + base64.b64encode(sha1).decode(),
        "X1" + sha1.hex(),
        "Q2" + base64.b64encode(sha256).decode(),
        "Q2" + base64.b64encode(sha256[:20]).decode(),
        "X2" + sha256.hex(),
    ]
    for text in good:
        assert checksum.fits(b"x", text, "x")
        assert not checksum.fits(b"y", text, "y")
    for text in ("", "Q1", "Q1!!", "Q3" + good[0][2:], "X1zz", "Q1" + good[2][2:], "Q2" + good[0][2:10]):
        with pytest.raises(UserError, match="of a kind that is not known"):
            checksum.fits(b"x", text, "x")


def test_package_without_files(tmp_path: Path) -> None:
    file = tmp_path / "empty.apk"
    file.write_bytes(Package("empty").build(SIGNER))
    with data_archive(file) as archive:
        assert archive.getnames() == []


def test_links_and_folders_come_out_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "links.apk"
    file.write_bytes(
        Package(
            "links", files=(special("lib", tarfile.DIRTYPE), special("lib/a", tarfile.SYMTYPE, "b"))
        ).build(SIGNER)
    )
    with data_archive(file) as archive:
        assert [(each.name, each.linkname) for each in archive] == [("lib", ""), ("lib/a", "b")]


class TestKeys:
    @pytest.fixture(autouse=True)
    def no_other_keys(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keys, "MACHINE", tmp_path / "machine")
        monkeypatch.setattr(keys, "download", self.download)
        monkeypatch.delenv(keys.VARIABLE, raising=False)
        self.served: dict[str, bytes] = {}

    def download(self, url: str, most: int) -> bytes:
        return self.served[url]

    def load(self, written: str) -> tuple[str, keys.RSAPublicKey]:
        return keys.load(written, lambda text: text if "://" in text else Path(text))

    def test_shipped_keys_are_keys_and_found_by_name_wherever_they_are_said_to_be(self) -> None:
        names = sorted(file.name for file in keys.SHIPPED.iterdir())
        assert len(names) == 6
        for name in names:
            found, key = self.load(f"https://evil.test/keys/{name}")
            assert found == name
            assert key.key_size in (2048, 4096)
            assert self.load(name)[1] == key

    def test_unknown_key_is_not_believed_for_its_url(self) -> None:
        with pytest.raises(UserError, match=r"x\.rsa\.pub is not known here.*CONFORMANCE_APK_KEYS"):
            self.load("https://evil.test/x.rsa.pub")

    def test_key_in_a_folder_that_the_user_names(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "x.rsa.pub").write_bytes(SIGNER.public)
        monkeypatch.setenv(keys.VARIABLE, str(tmp_path))
        assert self.load("https://server.test/x.rsa.pub")[1] == SIGNER.key.public_key()

    def test_known_key_is_downloaded_and_held_against_its_digest(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = "https://server.test/known.rsa.pub"
        self.served[url] = SIGNER.public
        monkeypatch.setattr(keys, "KNOWN", {"known.rsa.pub": hashlib.sha256(SIGNER.public).hexdigest()})
        assert self.load(url)[1] == SIGNER.key.public_key()
        self.served[url] = STRANGER.public
        with pytest.raises(UserError, match=r"is not the key that known\.rsa\.pub is known to be"):
            self.load(url)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"text", "no public key in PEM form"),
            (
                b"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                b"-----END PUBLIC KEY-----\n",
                "no RSA key",
            ),
        ],
    )
    def test_file_that_is_no_key(self, tmp_path: Path, content: bytes, words: str) -> None:
        (tmp_path / "x").write_bytes(content)
        with pytest.raises(UserError, match=words):
            self.load(str(tmp_path / "x"))

    def test_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="but there is no such file"):
            self.load(str(tmp_path / "gone"))
