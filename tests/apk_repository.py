"""A repository of apk packages in miniature: built, signed, and with every fault that a test wants."""

import base64
import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Member = tuple[tarfile.TarInfo, bytes]

ALGORITHMS: dict[str, type[HashAlgorithm]] = {"RSA": SHA1, "RSA256": SHA256, "RSA512": SHA512}


def member(name: str, content: bytes = b"", *, mode: int = 0o644) -> Member:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    info.mode = mode
    return info, content


def special(name: str, kind: bytes, target: str = "") -> Member:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    info.mode = 0o755
    return info, b""


def segment(*members: Member) -> bytes:
    """A gzip member with a tar that lacks the blocks at its end, as apk's have."""
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))
        end = archive.offset
    return gzip.compress(tar.getvalue()[:end], 1, mtime=0)


@dataclass(frozen=True)
class Signer:
    """A key, and the name under which apk looks for its public part."""

    name: str = "test@example.test-0123abcd.rsa.pub"
    key: RSAPrivateKey = field(default_factory=lambda: generate_private_key(65537, 2048))

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def segment(self, signed: bytes, algorithm: str = "RSA") -> bytes:
        """The member that holds the signature of `signed`."""
        signature = self.key.sign(signed, PKCS1v15(), ALGORITHMS[algorithm]())
        return segment(member(f".SIGN.{algorithm}.{self.name}", signature))


@dataclass
class Package:
    """A package; `info` are further lines of .PKGINFO, as (key, value)."""

    name: str
    version: str = "1-r0"
    files: tuple[Member, ...] = ()
    depends: str = ""
    provides: str = ""
    install_if: str = ""
    priority: int = 0
    origin: str = ""
    arch: str = "x86_64"
    info: tuple[tuple[str, str], ...] = ()

    @property
    def file_name(self) -> str:
        return f"{self.name}-{self.version}.apk"

    def data(self) -> bytes:
        return segment(*_with_folders(self.files))

    def control(self, data: bytes) -> bytes:
        lines = [("pkgname", self.name), ("pkgver", self.version), ("arch", self.arch), ("size", "1")]
        lines += [("pkgdesc", f"the package {self.name}"), ("license", "MIT"), *self.info]
        lines += [("origin", self.origin)] if self.origin else []
        lines += [("depend", each) for each in self.depends.split()]
        lines += [("provides", each) for each in self.provides.split()]
        lines += [("datahash", hashlib.sha256(data).hexdigest())]
        text = "# made by a test\n" + "".join(f"{key} = {value}\n" for key, value in lines)
        return segment(member(".PKGINFO", text.encode()))

    def build(self, signer: Signer, algorithm: str = "RSA") -> bytes:
        data = self.data()
        control = self.control(data)
        return signer.segment(control, algorithm) + control + data

    def record(self, built: bytes | None = None) -> str:
        """The package's part of an index; of `built` only the size is looked at."""
        control = self.control(self.data())
        letters = {
            "C": "Q1" + base64.b64encode(hashlib.sha1(control).digest()).decode(),
            "P": self.name,
            "V": self.version,
            "A": self.arch,
            "S": str(len(built or b"")),
            "I": "1",
            "T": f"the package {self.name}",
            "o": self.origin,
            "k": str(self.priority) if self.priority else "",
            "D": self.depends,
            "p": self.provides,
            "i": self.install_if,
        }
        return "".join(f"{letter}:{value}\n" for letter, value in letters.items() if value)


def _with_folders(files: Iterable[Member]) -> Iterator[Member]:
    """As abuild packs them: behind the folders that they lie in, and with checksums; apk wants both."""
    known = {info.name for info, _ in files if info.isdir()}
    for info, content in files:
        for folder in reversed(PurePosixPath(info.name).parents[:-1]):
            if str(folder) not in known and ".." not in folder.parts:
                known.add(str(folder))
                yield special(str(folder), tarfile.DIRTYPE)
        if not info.isdir():
            checked = content if info.isreg() else info.linkname.encode()
            info.pax_headers = {"APK-TOOLS.checksum.SHA1": hashlib.sha1(checked).hexdigest()}
        yield info, content


def index(records: Iterable[str], signer: Signer, algorithm: str = "RSA") -> bytes:
    """A signed APKINDEX.tar.gz."""
    body = segment(member("DESCRIPTION", b"test"), member("APKINDEX", "\n".join(records).encode()))
    return signer.segment(body, algorithm) + body


def publish(packages: Iterable[Package], signer: Signer, base: str = "/repo/x86_64") -> dict[str, bytes]:
    """The files of a repository by their paths: the packages and the index."""
    files, records = {}, []
    for package in packages:
        built = package.build(signer)
        files[f"{base}/{package.file_name}"] = built
        records.append(package.record(built))
    files[f"{base}/APKINDEX.tar.gz"] = index(records, signer)
    return files


def apko(
    folder: Path,
    repositories: Iterable[str],
    packages: Iterable[str],
    *,
    keys: Iterable[Signer],
    more: str = "",
) -> Path:
    """An apko file and the keys that it names, in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["contents:", "  repositories:", *(f'    - "{each}"' for each in repositories), "  keyring:"]
    for signer in keys:
        (folder / signer.name).write_bytes(signer.public)
        lines.append(f"    - ./{signer.name}")
    lines += ["  packages:", *(f'    - "{each}"' for each in packages), more]
    file = folder / "image.yaml"
    file.write_text("\n".join(lines))
    return file
