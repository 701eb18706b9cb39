"""From the value of `--libc` to libcs that are there to be tested."""

from collections.abc import Callable, Sequence

from packaging.version import Version

from conformance.errors import UserError
from conformance.libcs.apk.packagelist import PackageList
from conformance.libcs.catalogue import Entry
from conformance.libcs.development import lender, own_development
from conformance.libcs.directory import Found, find_libc
from conformance.libcs.fetch import fetch, root_of
from conformance.libcs.identity import identity, installed_package
from conformance.libcs.lock import locked_packages
from conformance.libcs.model import Development, Family, Image, Libc
from conformance.libcs.names import Directory, ImageName, Selection, catalogued_entries, parse
from conformance.libcs.told import told_version


def select(spec: str, in_image: Callable[[ImageName], Libc] | None = None) -> list[Libc]:
    """The libcs that `spec` names, each once, in the order of first mention; missing ones are fetched.

    `in_image` finds the libc of an image, where there is an engine to ask. Raises UserError for a name that
    stands for nothing, and where a libc cannot be had or is not what it must be.
    """
    selections = parse(spec)
    fetch([selection for selection in selections if isinstance(selection, Entry)])
    return [_libc_of(selection, in_image) for selection in selections]


def _libc_of(selection: Selection, in_image: Callable[[ImageName], Libc] | None) -> Libc:
    match selection:
        case Entry():
            return fetched_libc(selection)
        case PackageList():
            return _of_packages(selection)
        case Directory():
            return _in_directory(selection)
        case ImageName() if in_image:
            return in_image(selection)
    raise UserError(f"{selection.name}: images are run in containers; say --backend=docker")


def catalogued(names: Sequence[str]) -> list[Libc]:
    """Catalogued libcs by their names, `musl-1.2.3`; missing ones are fetched. Raises UserError."""
    entries = catalogued_entries(",".join(names))
    fetch(entries)
    return [fetched_libc(entry) for entry in entries]


def fetched_libc(entry: Entry) -> Libc:
    """A catalogued libc whose root is in the cache. Raises UserError where it is not the one it must be."""
    root = root_of(entry)
    found = find_libc(root)
    version = told_version(found.family, found.loader_file, found.library_file)
    if (found.family, version) != (entry.family, entry.version):
        raise UserError(f"{entry.name}: the libc in {root} says that it is {found.family} {version}")
    package = locked_packages(entry)[0]
    development = Development(root, None, root.name)
    return assemble(entry.name, found, version, development, f"{package.name} {package.version}")


def _in_directory(directory: Directory) -> Libc:
    try:
        found = find_libc(directory.root)
    except PermissionError as error:
        raise UserError(f"{directory.name}: {error.filename} cannot be read ({error.strerror})") from error
    version = told_version(found.family, found.loader_file, found.library_file)
    development = own_development(found) or borrowed_development(found.family, version)
    package = installed_package(found)
    return assemble(directory.name, found, version, development, package)


def _of_packages(packages: PackageList) -> Libc:
    # what verifies packages takes long to import
    from conformance.libcs.apk import provider

    root = provider.root(packages)
    found = find_libc(root)
    version = told_version(found.family, found.loader_file, found.library_file)
    development = provider.own_development(root) or borrowed_development(found.family, version)
    return assemble(packages.name, found, version, development, installed_package(found))


def borrowed_development(family: Family, version: str) -> Development:
    """The headers of the nearest catalogued version that is not newer. Raises UserError."""
    entry = lender(family, Version(version))
    fetch([entry])
    root = root_of(entry)
    return Development(root, entry.name, root.name)


def assemble(
    name: str,
    found: Found,
    version: str,
    development: Development,
    package: str | None,
    image: Image | None = None,
) -> Libc:
    """A libc out of what was found of it."""
    return Libc(
        name=name,
        family=found.family,
        version=version,
        arch=found.arch.name,
        root=found.root,
        loader=found.loader,
        library=found.library,
        development=development,
        identity=identity(found, package),
        image=image,
    )
