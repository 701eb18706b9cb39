"""A bill of materials as CycloneDX has it, without a time and without a random number."""

import uuid

from cyclonedx import spdx
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

import conformance
from conformance.libcs.installed import Installed
from conformance.libcs.sbom import Contents

_NAMESPACES = {"apk": "alpine", "deb": "debian"}


def bill_of_materials(contents: Contents) -> str:
    """The document for a root directory, in JSON (CycloneDX 1.6)."""
    root = Component(
        name=contents.name,
        version=contents.version,
        type=ComponentType.OPERATING_SYSTEM,
        bom_ref=f"root:{contents.name}",
    )
    components = [_component(package, dict(contents.system)) for package in contents.packages]
    tool = Component(
        name="libc-conformance",
        version=conformance.__version__,
        type=ComponentType.APPLICATION,
        bom_ref="tool",
    )
    metadata = BomMetaData(component=root, tools=ToolRepository(components=[tool]))
    parts = Dependency(root.bom_ref, [Dependency(component.bom_ref) for component in components])
    bom = Bom(components=components, metadata=metadata, dependencies=[parts])
    metadata.timestamp = None  # type: ignore[assignment]
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, repr(contents))
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _component(package: Installed, system: dict[str, str]) -> Component:
    qualifiers = {"arch": package.arch}
    if {"ID", "VERSION_ID"} <= system.keys():
        qualifiers["distro"] = f"{system['ID']}-{system['VERSION_ID']}"
    namespace = system.get("ID", _NAMESPACES[package.kind])
    purl = PackageURL(package.kind, namespace, package.name, package.version, qualifiers)
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        bom_ref=purl.to_string(),
        purl=purl,
        description=package.description,
        licenses=[_licence(package.licence)] if package.licence else (),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=package.sha256)] if package.sha256 else (),
        properties=_properties(package),
    )


def _licence(text: str) -> DisjunctiveLicense | LicenseExpression:
    if spdx.is_supported_id(text):
        return DisjunctiveLicense(id=text)
    return LicenseExpression(text) if spdx.is_expression(text) else DisjunctiveLicense(name=text)


def _properties(package: Installed) -> list[Property]:
    """What CycloneDX has no place for: an apk's checksum is not that of its file."""
    values = {"source": package.source, "apk:control-sha1": package.sha1}
    return [Property(name=f"libc-conformance:{name}", value=value) for name, value in values.items() if value]
