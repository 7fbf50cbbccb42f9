"""Files that are either whole or absent, and private where they hold raw events."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reid.errors import OutputError


@contextmanager
def whole_file(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Give a temporary path in the folder of ``path``; rename it to ``path`` when the block succeeds.

    When the block fails or is interrupted, the temporary file is removed and ``path`` is untouched.

    Parameters
    ----------
    path : Path
        Where the file shall stand.
    private : bool
        Let only the owner read it (raw events, keys of a release). The mode is set before a
        byte is written.

    Raises
    ------
    OutputError
        The folder or the file cannot be written, or ``path`` is a folder or a device.
    """
    if path.exists() and not path.is_file():  # renaming over a device would remove it
        name = path.name or "the result"
        message = f"{name} must be a file; found a folder or a device. Choose another place with -o."
        raise OutputError(message)
    partial = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = 0o600 if private else 0o666
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
        yield partial
        partial.replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"{path.name} must be writable; found: {reason}. Choose another place with -o."
        raise OutputError(message) from error
    finally:
        with suppress(OSError):  # where the folder is none, there is nothing to remove
            partial.unlink(missing_ok=True)
