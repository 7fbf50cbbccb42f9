"""Files that are either whole or absent, and private where they hold raw events."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from reid.errors import OutputError

LOCK: Final = ".lock"  #: file in a folder by which one run keeps others out


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


@contextmanager
def whole_folder(path: Path, *, replaces: Callable[[Path], bool]) -> Iterator[Path]:
    """Give a temporary folder beside ``path``; rename it to ``path`` when the block succeeds.

    The folder and all in it can be read by the owner only. When the block fails or is interrupted, the
    temporary folder is removed and ``path`` is untouched.

    Parameters
    ----------
    path : Path
        Where the folder shall stand.
    replaces : callable
        Says whether a folder that stands there and is not empty may be replaced.

    Raises
    ------
    OutputError
        The folder cannot be written, or something stands there that may not be replaced.
    """
    require_free(path, replaces=replaces)
    token = secrets.token_hex(4)
    partial = path.with_name(f".{path.name[:100]}.{token}.partial")
    former = path.with_name(f".{path.name[:100]}.{token}.former")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.mkdir(mode=0o700)  # nobody else gets in while the files have no mode of their own
        yield partial
        for each in partial.rglob("*"):
            each.chmod(0o700 if each.is_dir() else 0o600)
        require_free(path, replaces=replaces)
        try:
            if path.exists():
                path.rename(former)
            partial.rename(path)
        except BaseException:  # asked to end in between, too
            if former.exists() and not path.exists():
                former.rename(path)
            raise
        shutil.rmtree(former, ignore_errors=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"{path.name} must be writable; found: {reason}. Choose another place with -o."
        raise OutputError(message) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def locked_folder(path: Path) -> Iterator[None]:
    """Make a folder where there is none, and keep every other run out of it until the block ends.

    The lock falls with the process, however that ends: nothing is left to be cleared away.

    Raises
    ------
    OutputError
        The folder cannot be written, or another run is at work in it.
    """
    import fcntl  # noqa: PLC0415  not everywhere: only who needs a lock needs it

    name = path.name or "the folder"
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = (path / LOCK).open("a")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = (
            f"{name} must be a folder that can be written; found: {reason}. Choose another place with -o."
        )
        raise OutputError(message) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = (
                f"{name} must be in the hands of one run; found another at work in it. Wait for its end."
            )
            raise OutputError(message) from error
        yield


def require_free(path: Path, *, replaces: Callable[[Path], bool]) -> None:
    """Refuse a place for a folder where a file stands, or a folder that may not be replaced.

    Raises
    ------
    OutputError
        A file, a link or a device stands there, or a folder that is not empty and that ``replaces`` denies.
    """
    name = path.name
    if name in {"", ".."}:
        raise OutputError("The result must be a folder with a name of its own; found none. Name one with -o.")
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        message = f"{name} must be a folder; found a file, a link or a device. Choose another place with -o."
        raise OutputError(message)
    if path.is_dir() and any(path.iterdir()) and not replaces(path):
        found = "a folder that holds other files"
        raise OutputError(
            f"{name} must be new, empty or written by reid; found {found}. Choose another place with -o."
        )
