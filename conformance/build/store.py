"""The cache of builds: made aside and renamed into place, so any number of processes may build at once."""

import errno
import tempfile
from collections.abc import Callable
from pathlib import Path


def put(entry: Path, make: Callable[[Path, Path], None]) -> None:
    """Makes the folder `entry` unless another process has made it meanwhile.

    `make(product, scratch)` fills the folder `product`, which becomes the entry; what it leaves in `scratch`
    is removed. Everybody may read the entry, whatever the umask: probes run as another user.
    """
    entry.parent.mkdir(parents=True, exist_ok=True)
    entry.parent.chmod(0o755)
    with tempfile.TemporaryDirectory(prefix=".build-", dir=entry.parent.parent) as aside:
        product, scratch = Path(aside, "product"), Path(aside, "scratch")
        product.mkdir()
        scratch.mkdir()
        make(product, scratch)
        for file in product.iterdir():
            file.chmod(0o755)
        product.chmod(0o755)
        try:
            product.rename(entry)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
