import gzip
import os
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reid.errors import SourceError
from reid.events import archive
from reid.events.archive import Source, fingerprint


def zipped(path: Path, *entries: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            file.writestr(name, content)
    return path


def everything(path: Path) -> dict[str, bytes]:
    with Source(path) as source:
        return {member.name: source.read(member) for member in source.members}


def refused(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        everything(path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path.parent) not in message
    return message


def test_file_gz_zip_and_folder_give_the_same_bytes(tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "folder" / "deep" / "log.csv").write_bytes(content)
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(content))
    assert everything(tmp_path / "folder") == {"deep/log.csv": content}
    assert everything(tmp_path / "folder" / "deep" / "log.csv") == {"log.csv": content}
    assert everything(tmp_path / "log.csv.gz") == {"log.csv": content}
    assert everything(zipped(tmp_path / "a.zip", ("log.csv", content))) == {"log.csv": content}


def test_what_macs_and_windows_leave_behind_is_no_member(tmp_path: Path) -> None:
    junk = ("__MACOSX/._a.csv", ".DS_Store", "deep/._a.csv", "Thumbs.db")
    path = zipped(tmp_path / "a.zip", *((name, b"junk") for name in junk), ("deep/a.csv", b"1"))
    with Source(path) as source:
        assert [(member.ordinal, member.name) for member in source.members] == [(0, "deep/a.csv")]
        assert source.place(source.members[0]) == "file 0 of a.zip"


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/a", "..\\a", "C:\\a", "\\\\host\\a", "C:a"])
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    assert "leads out" in refused(zipped(tmp_path / "a.zip", (name, b"1")))


def test_links_in_an_archive_are_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr(info, "/etc/passwd")
    assert "a link" in refused(tmp_path / "a.zip")


@pytest.mark.parametrize("target", ["outside", "folder/inside.csv"])
def test_links_in_a_folder_are_refused(tmp_path: Path, target: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "inside.csv").write_text("1")
    (tmp_path / "outside").mkdir()
    (folder / "link").symlink_to(tmp_path / target)
    assert "found a link" in refused(folder)
    with pytest.raises(SourceError, match="found a link"):
        fingerprint(folder)


def test_pipes_are_refused_rather_than_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    os.mkfifo(folder / "pipe")
    assert "a pipe" in refused(folder)
    assert "a pipe" in refused(folder / "pipe")


def test_encrypted_members_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("a.csv", b"1" * 100))
    content = bytearray(path.read_bytes())
    content[6] |= 1  # flag in the member's own header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    path.write_bytes(content)
    assert "encrypted" in refused(path)


def test_an_archive_within_an_archive_is_refused(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", ("a.csv", b"1")).read_bytes()
    assert "archive within" in refused(zipped(tmp_path / "a.zip", ("inner.zip", inner)))


def test_a_bomb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    assert "200 times" in refused(zipped(tmp_path / "a.zip", ("a.csv", bytes(40_000_000))))


def test_a_gz_bomb_is_stopped_while_it_goes_off(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(bytes(40_000_000)))
    assert "200 times" in refused(tmp_path / "a.gz")


def test_blank_pages_that_pack_well_are_no_bomb(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(bytes(1_000_000)))
    assert len(everything(tmp_path / "a.gz")["a"]) == 1_000_000


@pytest.mark.parametrize(
    ("limit", "value"), [("MAX_TOTAL_BYTES", 150), ("MAX_MEMBER_BYTES", 50), ("MAX_MEMBERS", 1)]
)
def test_limits_on_size_and_number_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    path = zipped(tmp_path / "a.zip", ("a.csv", os.urandom(100)), ("b.csv", os.urandom(100)))
    assert len(everything(path)) == 2
    monkeypatch.setattr(archive, limit, value)
    assert "at most" in refused(path)


def test_a_header_that_lies_about_the_size_is_found_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("a.csv", b"0123456789" * 100))
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    for place in (22, directory + 24):  # inflated size, in the member's own header and in the directory
        content[place : place + 4] = struct.pack("<I", 500)
    path.write_bytes(content)
    assert "damaged" in refused(path)


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("a.csv", b"1" * 50), ("b.csv", b"1" * 50))
    content = bytearray(path.read_bytes())
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    content[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(content)
    assert "overlap" in refused(path)


def test_one_name_for_two_members_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = zipped(tmp_path / "a.zip", ("a.csv", b"1"), ("a.csv", b"2"))
    assert "occurs twice" in refused(path)


def test_a_flipped_byte_fails_its_checksum(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_STORED) as file:
        file.writestr("a.csv", b"0123456789")
    content = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(content.replace(b"0123456789", b"0123456780"))
    assert "damaged" in refused(tmp_path / "a.zip")


@pytest.mark.parametrize("name", ["a.zip", "a.gz"])
def test_truncated_archives_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "a.zip":
        zipped(path, ("a.csv", os.urandom(1000)))
    else:
        path.write_bytes(gzip.compress(os.urandom(1000)))
    path.write_bytes(path.read_bytes()[:-30])
    assert "damaged or truncated" in refused(path)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.zip").write_text("no archive")
    assert refused(tmp_path / "absent") == "absent must exist; found no such file or folder."
    assert "an empty file" in refused(tmp_path / "empty.csv")
    assert "at least one file" in refused(tmp_path / "folder")
    assert "at least one file" in refused(zipped(tmp_path / "a.zip"))
    assert "other content" in refused(tmp_path / "text.zip")


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_anywhere_gives_the_same_bytes_or_one_clear_line(tmp_path: Path, data: st.DataObject) -> None:
    members = (("a.csv", b"0123456789" * 20), ("b/c.csv", bytes(range(200))))
    content = bytearray(zipped(tmp_path / "a.zip", *members).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "a.zip").write_bytes(content)
    try:
        found = everything(tmp_path / "a.zip")
    except SourceError as error:
        assert "\n" not in str(error)  # noqa: PT017  either outcome is right
    else:
        # A damaged name is still a name, and a damaged directory may have lost an entry.
        assert set(found.values()) <= {inner for _, inner in members}


def test_a_fingerprint_follows_every_byte_and_name(tmp_path: Path) -> None:
    def folder(name: str, **files: str) -> Path:
        (tmp_path / name).mkdir()
        for file, text in files.items():
            (tmp_path / name / file).write_text(text)
        return tmp_path / name

    prints = [
        fingerprint(path)
        for path in (
            folder("one", a="12", b="3"),
            folder("two", a="1", b="23"),
            folder("three", a="12", c="3"),
        )
    ]
    assert len(set(prints)) == 3
    assert prints[0] == fingerprint(folder("four", b="3", a="12"))
    assert prints[0].startswith("blake2b:")
    assert fingerprint(tmp_path / "one" / "a") == fingerprint(tmp_path / "four" / "a")


@pytest.mark.parametrize(
    ("name", "n_members"),
    [
        ("aalto/Keystrokes.zip", 1500),
        ("cmu/DSL-StrongPasswordData.csv.zip", 1),
        ("balabit/Mouse-Dynamics-Challenge-master.zip", 1677),
        ("sapimouse/sapimouse.zip", 148),
        ("kmt/raw_kmt_dataset.zip", 44),
        ("klicke/klicke.zip", 150),
        ("kh2017/raw_data.csv.gz", 1),
    ],
)
def test_archives_of_publishers_pass(real_data: Path, name: str, n_members: int) -> None:
    with Source(real_data / name) as source:
        assert len(source.members) == n_members
        for member in source.members[:50]:
            size = len(source.read(member))
            assert size == member.size or source.kind == "gz"
