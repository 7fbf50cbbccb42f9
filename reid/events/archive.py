"""Files of a source, wherever they lie: a single file, a folder, a ``.zip`` or a ``.gz``.

Nothing is unpacked to disk. Archives come from strangers: names that lead elsewhere, links, encryption,
overlapping members and bombs are refused before a member is read, and what is really inflated is
counted while it is read, whatever the archive says of itself.
"""

import gzip
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import TracebackType
from typing import IO, Final, Literal, Self, cast

from reid.errors import SourceError

MAX_MEMBERS: Final = 2_000_000
MAX_MEMBER_BYTES: Final = 16 * 2**30  #: of one file, inflated
MAX_TOTAL_BYTES: Final = 128 * 2**30  #: of all files together, inflated
MAX_RATIO: Final = 200  #: inflated over packed size; logs reach 15
_FREE_BYTES: Final = 16 * 2**20  # below this a high ratio does no harm: blank pages do pack well

_CHUNK_BYTES: Final = 2**20
_LOCAL_HEADER_BYTES: Final = 30  # of a zip member, without its name
_BROKEN_READ = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
_ZIP_MAGIC: Final = (b"PK\x03\x04", b"PK\x05\x06")
_GZ_MAGIC: Final = b"\x1f\x8b"
_JUNK_FOLDERS: Final = frozenset({"__MACOSX"})
_JUNK_FILES: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})

Kind = Literal["file", "folder", "zip", "gz"]


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a source. Its name may be a pseudonym: messages and reports give the ordinal."""

    ordinal: int  #: from 0, in the order of the archive, of sorted names in a folder
    name: str  #: relative, with ``/`` between folders
    size: int  #: bytes when inflated, as the archive says; packed bytes for a ``.gz``

    @property
    def basename(self) -> str:
        """Return the last part of the name."""
        return PurePosixPath(self.name).name


class Source:
    """The files of a source, opened for reading. Use as a context manager.

    Raises
    ------
    SourceError
        The path does not exist, is no file or folder, or is an archive that is broken or hostile.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        self._infos: list[zipfile.ZipInfo] = []
        self._inflated = 0
        self.kind: Kind = _kind(path)
        if self.kind == "zip":
            self._zip = _opened_zip(path)
            try:
                self._infos = _checked_infos(path, self._zip)
            except BaseException:
                self._zip.close()
                raise
            names = [(info.filename, info.file_size) for info in self._infos]
        elif self.kind == "folder":
            names = _folder_names(path)
        else:
            name = path.name.removesuffix(".gz") if self.kind == "gz" else path.name
            names = [(name, path.stat().st_size)]
        self.members: tuple[Member, ...] = tuple(
            Member(n, name, size) for n, (name, size) in enumerate(names)
        )
        if not self.members:
            self.close()
            raise SourceError.of(path.name, must="hold at least one file", found="none")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the archive."""
        if self._zip is not None:
            self._zip.close()

    def place(self, member: Member) -> str:
        """Return how messages name a member: the file given by the user, and the ordinal within it."""
        return self.path.name if self.kind in {"file", "gz"} else f"file {member.ordinal} of {self.path.name}"

    @contextmanager
    def open(self, member: Member) -> Iterator[IO[bytes]]:
        """Open a member for reading bytes; a broken or oversized one raises while it is read.

        Raises
        ------
        SourceError
            The member is damaged, or inflates beyond the limits.
        """
        place = self.place(member)
        with _told_in_one_line(place):
            raw: IO[bytes]
            if self._zip is not None:
                info = self._infos[member.ordinal]
                raw, packed = self._zip.open(info), info.compress_size
            elif self.kind == "gz":
                raw, packed = cast("IO[bytes]", gzip.GzipFile(self.path)), member.size
            else:
                file = self.path / member.name if self.kind == "folder" else self.path
                raw, packed = file.open("rb"), -1
        try:
            yield io.BufferedReader(cast("io.RawIOBase", _Counted(self, raw, place, packed)), _CHUNK_BYTES)
        finally:
            raw.close()

    def read(self, member: Member) -> bytes:
        """Return the whole content of a member."""
        with self.open(member) as stream:
            return stream.read()

    def head(self, member: Member, n_bytes: int = 4096) -> bytes:
        """Return the first bytes of a member, fewer if it is shorter."""
        with self.open(member) as stream:
            return stream.read(n_bytes)

    def count(self, n_bytes: int) -> int:
        """Add to the bytes inflated from this source so far and return their sum."""
        self._inflated += n_bytes
        return self._inflated


class _Counted(io.RawIOBase):
    """A stream that counts what it really gives and stops a bomb while it goes off."""

    def __init__(self, source: Source, raw: IO[bytes], place: str, packed: int) -> None:
        self._source = source
        self._raw = raw
        self._place = place
        self._packed = packed  # -1: not packed
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        with _told_in_one_line(self._place):
            chunk = self._raw.read(len(buffer))
        self._given += len(chunk)
        if self._packed >= 0:
            total = self._source.count(len(chunk))
            _require_size(self._place, self._given, self._packed)
            if total > 2 * MAX_TOTAL_BYTES:  # twice: heads are read again to recognise a format
                raise _too_large(self._place, "in all", MAX_TOTAL_BYTES)
        buffer[: len(chunk)] = chunk
        return len(chunk)


def fingerprint(path: Path) -> str:
    """Return ``"blake2b:<hex>"`` of the bytes of a file; of sorted relative names and bytes of a folder.

    Raises
    ------
    SourceError
        The path cannot be read, or a folder holds links.
    """
    digest = blake2b(digest_size=32)
    with _told_in_one_line(path.name):
        if _kind(path) != "folder":
            _feed(digest, path)
            return f"blake2b:{digest.hexdigest()}"
        for name, size in _folder_names(path):
            label = name.encode(errors="surrogateescape")
            digest.update(f"{len(label)} {size} ".encode() + label)
            _feed(digest, path / name)
    return f"blake2b:{digest.hexdigest()}"


def _feed(digest: blake2b, path: Path) -> None:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)


@contextmanager
def _told_in_one_line(place: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN_READ as error:
        found = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        if isinstance(error, (zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile)):
            found = "a damaged or truncated archive"
        elif isinstance(error, (NotImplementedError, RuntimeError)):
            found = "an encrypted member or an unknown way of packing"
        raise SourceError.of(place, must="be readable", found=found) from None


def _kind(path: Path) -> Kind:
    with _told_in_one_line(path.name):
        if not path.exists():
            raise SourceError.of(path.name or "the source", must="exist", found="no such file or folder")
        if path.is_dir():
            return "folder"
        if not path.is_file():
            raise SourceError.of(path.name, must="be a file or a folder", found="a device or a pipe")
        with path.open("rb") as stream:
            start = stream.read(4)
    if not start:
        raise SourceError.of(path.name, must="hold data", found="an empty file")
    if start in _ZIP_MAGIC:
        return "zip"
    if start.startswith(_GZ_MAGIC):
        return "gz"
    if path.suffix.lower() in {".zip", ".gz"}:
        raise SourceError.of(path.name, must=f"be a {path.suffix.lower()} archive", found="other content")
    return "file"


def _opened_zip(path: Path) -> zipfile.ZipFile:
    with _told_in_one_line(path.name):
        return zipfile.ZipFile(path)


def _checked_infos(path: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the members to read, or refuse the archive as a whole."""
    every = archive.infolist()
    if len(every) > MAX_MEMBERS:
        raise SourceError.of(path.name, must=f"hold at most {MAX_MEMBERS} files", found=len(every))
    names: set[str] = set()
    total = 0
    for number, info in enumerate(every):
        place = f"entry {number} of {path.name}"
        _require_name(place, info.orig_filename)
        mode = info.external_attr >> 16
        if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
            raise SourceError.of(place, must="be a file or a folder", found="a link or a device")
        if info.flag_bits & 0x1:
            raise SourceError.of(place, must="be unencrypted", found="an encrypted member")
        if info.filename in names:
            raise SourceError.of(place, must="have a name of its own", found="a name that occurs twice")
        names.add(info.filename)
        _require_size(place, info.file_size, info.compress_size)
        total += info.file_size
    if total > MAX_TOTAL_BYTES:
        raise _too_large(path.name, "in all", MAX_TOTAL_BYTES)
    _require_no_overlap(path, every)
    infos = [info for info in every if not info.is_dir() and not is_junk(info.filename)]
    for number, info in enumerate(infos):
        if info.filename.lower().endswith((".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz")):
            place = f"file {number} of {path.name}"
            raise SourceError.of(place, must="be no archive itself", found="an archive within the archive")
    return infos


def _require_name(place: str, name: str) -> None:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    windows = PureWindowsPath(name)
    if ".." in parts or name.startswith(("/", "\\")) or windows.drive or "\0" in name or not name:
        found = "a name that leads out of the archive"
        raise SourceError.of(place, must="have a relative name", found=found)


def _require_no_overlap(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    """Refuse members that share packed bytes: a bomb needs no nesting if each member reads the same block."""
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset < end:
            raise SourceError.of(path.name, must="hold each byte once", found="members that overlap")
        end = info.header_offset + _LOCAL_HEADER_BYTES + len(info.orig_filename) + info.compress_size


def _require_size(place: str, inflated: int, packed: int) -> None:
    if inflated > MAX_MEMBER_BYTES:
        raise _too_large(place, "inflated", MAX_MEMBER_BYTES)
    if inflated > _FREE_BYTES and inflated > MAX_RATIO * packed:
        found = "an archive bomb, or an archive that should be unpacked first"
        raise SourceError.of(place, must=f"inflate to at most {MAX_RATIO} times its size", found=found)


def _too_large(place: str, what: str, limit: int) -> SourceError:
    return SourceError.of(place, must=f"be at most {limit // 2**30} GiB {what}", found="more")


def is_junk(name: str) -> bool:
    """Say whether a file is one that systems leave beside others and no source means."""
    parts = PurePosixPath(name).parts
    return not _JUNK_FOLDERS.isdisjoint(parts) or parts[-1] in _JUNK_FILES or parts[-1].startswith("._")


def _folder_names(root: Path) -> list[tuple[str, int]]:
    """Return the relative name and size of every file beneath a folder, sorted; refuse links and devices."""
    found: list[tuple[str, int]] = []
    with _told_in_one_line(root.name):
        for folder, subfolders, files in os.walk(root, onerror=_raise):
            for name in (*subfolders, *files):
                path = Path(folder, name)
                relative = path.relative_to(root).as_posix()
                if is_junk(relative):
                    continue
                mode = path.lstat().st_mode
                if stat.S_ISLNK(mode):
                    must = "hold files and folders only"
                    raise SourceError.of(root.name or "the folder", must=must, found="a link")
                if stat.S_ISREG(mode):
                    found.append((relative, path.lstat().st_size))
                elif not stat.S_ISDIR(mode):
                    must = "hold files and folders only"
                    raise SourceError.of(root.name or "the folder", must=must, found="a device or a pipe")
    return sorted(found)


def _raise(error: OSError) -> None:
    raise error
