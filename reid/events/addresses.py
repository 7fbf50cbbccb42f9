"""Folders of files, on this machine or at an address such as ``s3://bucket/folder``.

Addresses are read by fsspec, which is installed with the extra ``remote``; what it needs for a kind of
storage (s3fs, gcsfs, adlfs) is the user's to choose. Nothing else in the package needs either.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, Final, Self, cast

from reid.errors import SourceError
from reid.events.archive import Source, fingerprint, is_junk

_CHUNK_BYTES: Final = 2**20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a folder lies. It holds no connection, so it can be sent to another process."""

    address: str = field(repr=False)
    is_remote: bool

    @classmethod
    def of(cls, address: Path | str) -> Self:
        """Tell a path from an address."""
        text = str(address)
        is_remote = isinstance(address, str) and "://" in text
        return cls(text if is_remote else str(Path(text).absolute()), is_remote)

    @property
    def name(self) -> str:
        """Return the last part of the address, by which messages name the folder."""
        return self.address.rstrip("/").rpartition("/")[2] or "the folder"

    def files(self) -> list[tuple[str, int]]:
        """Return the relative name and the size in bytes of every file, sorted by name.

        Raises
        ------
        SourceError
            There is no such folder, it is empty, or the address cannot be read.
        """
        if not self.is_remote:
            with Source(Path(self.address)) as source:
                self._require_folder(is_folder=source.kind == "folder")
                return [(member.name, member.size) for member in source.members]
        system, root = self._system()
        try:
            found = system.find(root, detail=True)
            is_file = system.isfile(root)
        except Exception as error:  # noqa: BLE001  each kind of storage has errors of its own
            raise self._unreadable(error) from None
        self._require_folder(is_folder=bool(found) and not is_file)
        start = len(root.rstrip("/")) + 1
        names = [(path[start:], int(info["size"])) for path, info in found.items()]
        return sorted((name, size) for name, size in names if not is_junk(name))

    @contextmanager
    def open(self, name: str, told: str) -> Iterator[Path | IO[bytes]]:
        """Give a file of the folder: its path here, else a stream; ``told`` is how messages name it.

        Raises
        ------
        SourceError
            The file is not there or cannot be read.
        """
        if not self.is_remote:
            yield Path(self.address, name)
            return
        system, root = self._system()
        try:
            stream = cast("IO[bytes]", system.open(f"{root.rstrip('/')}/{name}", "rb"))
        except Exception as error:  # noqa: BLE001  as above
            found = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
            raise SourceError.of(told, must="be readable", found=found) from None
        with stream:
            yield stream

    def fingerprint(self) -> str:
        """Return what :func:`reid.events.archive.fingerprint` returns of the same folder on this machine."""
        if not self.is_remote:
            return fingerprint(Path(self.address))
        digest = blake2b(digest_size=32)
        for number, (name, size) in enumerate(self.files()):
            label = name.encode(errors="surrogateescape")
            digest.update(f"{len(label)} {size} ".encode() + label)
            with self.open(name, f"file {number} of {self.name}") as file:
                stream = cast("IO[bytes]", file)
                while chunk := stream.read(_CHUNK_BYTES):
                    digest.update(chunk)
        return f"blake2b:{digest.hexdigest()}"

    def _system(self) -> tuple[Any, str]:
        """Return what reads the address, and the path within it."""
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415  an extra
        except ImportError:
            advice = "Install it with: pip install 'reid-risk[remote]'."
            raise SourceError.of(
                "an address", must="be read by fsspec", found="no fsspec", advice=advice
            ) from None
        try:
            system, root = url_to_fs(self.address)
        except Exception as error:  # noqa: BLE001  an unknown kind of storage, or one without its package
            raise self._unreadable(error) from None
        return system, root

    def _require_folder(self, *, is_folder: bool) -> None:
        if not is_folder:
            raise SourceError.of(self.name, must="be a folder that holds files", found="none")

    def _unreadable(self, error: Exception) -> SourceError:
        found = type(error).__name__
        return SourceError.of(self.name, must="be an address that can be read", found=found)
