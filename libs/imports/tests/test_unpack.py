"""Archives that mean harm, and those that are only broken."""

import gzip
import io
import os
import stat
import struct
import tempfile
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports import Broken
from imports.unpack import Archive, Bomb, Bounds, gunzip

MIB = 1 << 20


def a_zip(
    files: dict[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]], pack: int = zipfile.ZIP_DEFLATED
) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", pack) as archive:
        for name, content in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, content)
    return packed.getvalue()


def drain_all(archive) -> None:
    for member in archive.members:
        drain(archive.open(member))


def drain_nested(archive) -> None:
    for member in archive.members:
        with archive.open_nested(member) as nested:
            drain_all(nested)


def drain(stream) -> int:
    count = 0
    with stream:
        while data := stream.read(1 << 16):
            count += len(data)
    return count


def test_members_are_streams():
    with Archive(io.BytesIO(a_zip({"a/b.csv": b"1,2\n" * 100_000, "c.json": b"[]"}))) as archive:
        assert [member.name for member in archive.members] == ["a/b.csv", "c.json"]
        with archive.open(archive.members[0]) as stream:
            assert stream.readline() == b"1,2\n"
            assert stream.read() == b"1,2\n" * 99_999
            assert stream.tell() == 400_000
        assert archive.open(archive.members[1]).read() == b"[]"


def test_a_bomb_of_200_kb_is_stopped_before_200_mb(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    bomb = a_zip({"export.xml": bytes(200 * MIB)})
    assert len(bomb) < 250_000
    began = time.monotonic()
    with Archive(io.BytesIO(bomb)) as archive, pytest.raises(Bomb, match="far more than its size allows"):
        drain(archive.open(archive.members[0]))
    assert time.monotonic() - began < 2
    assert not list(tmp_path.iterdir())


def test_a_bomb_may_not_be_spread_over_many_files():
    bomb = a_zip({f"{number}.csv": bytes(MIB) for number in range(20)})
    with Archive(io.BytesIO(bomb), Bounds(free_bytes=MIB)) as archive, pytest.raises(Bomb):
        drain_all(archive)


def test_a_lie_about_the_size_does_not_help():
    packed = bytearray(a_zip({"a": bytes(20 * MIB)}))
    at = packed.rindex(b"PK\x01\x02")
    packed[at + 24 : at + 28] = struct.pack("<I", 10)
    with Archive(io.BytesIO(bytes(packed))) as archive:
        assert archive.members[0].size == 10
        with pytest.raises(Broken):
            drain(archive.open(archive.members[0]))


def test_gzip_bombs_and_damage():
    bomb = gzip.compress(bytes(20 * MIB))
    with pytest.raises(Bomb):
        drain(gunzip(io.BytesIO(bomb)))
    good = gzip.compress(os.urandom(200_000))
    assert drain(gunzip(io.BytesIO(good))) == 200_000
    with pytest.raises(Broken, match="cut off"):
        drain(gunzip(io.BytesIO(good[:-1_000])))
    with pytest.raises(Broken, match="damaged"):
        drain(gunzip(io.BytesIO(good[:50_000] + bytes(100) + good[50_100:])))


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "C:/windows/x", "a/../../b", "\\\\host\\x", "..\\x"]
)
def test_slip(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Archive(io.BytesIO(a_zip({name: b"x", "good.csv": b"y"}))) as archive:
        assert [member.name for member in archive.members] == ["good.csv"]
        assert [refused.reason for refused in archive.refused] == ["its name points outside the archive"]
    assert not list(tmp_path.iterdir())


def test_links_and_doubles_and_secrets():
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    secret = bytearray(a_zip([(link, b"/etc/passwd"), ("once", b"1"), ("secret", b"2")], zipfile.ZIP_STORED))
    at = secret.rindex(b"PK\x01\x02")
    secret[at + 8] |= 1
    with Archive(io.BytesIO(bytes(secret))) as archive:
        assert [member.name for member in archive.members] == ["once"]
        assert {refused.name: refused.reason for refused in archive.refused} == {
            "link": "it is a link",
            "secret": "it is encrypted",
        }
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = a_zip([("a", b"1"), ("a", b"2")])
    with Archive(io.BytesIO(twice)) as archive:
        assert archive.open(archive.members[0]).read() == b"1"
        assert archive.refused[0].reason == "its name occurs twice"


def test_names_are_only_texts():
    with Archive(io.BytesIO(a_zip({"a\x1b[31m\u202egpj.csv": b"x"}))) as archive:
        assert archive.members[0].name == "a�[31m�gpj.csv"


def test_10_001_files():
    with pytest.raises(Broken, match="10,001 files"):
        Archive(io.BytesIO(a_zip({f"{number}": b"" for number in range(10_001)}, zipfile.ZIP_STORED)))


def test_a_list_of_files_that_is_too_long():
    many = a_zip({"x" * 60_000 + f"{number}": b"" for number in range(80)}, zipfile.ZIP_STORED)
    with pytest.raises(Broken, match="list of files"):
        Archive(io.BytesIO(many))


@pytest.mark.parametrize("keep", [4, 100, -1, -22, -60])
def test_cut_off(keep):
    with pytest.raises(Broken, match="cut off or damaged"):
        Archive(io.BytesIO(a_zip({"a": os.urandom(1_000), "b": b"2"})[:keep]))


def test_damage_inside():
    packed = bytearray(a_zip({"a": os.urandom(100_000)}, zipfile.ZIP_STORED))
    packed[50_000] ^= 0xFF
    with Archive(io.BytesIO(bytes(packed))) as archive, pytest.raises(Broken, match="“a” in the archive is damaged"):
        drain(archive.open(archive.members[0]))


def test_an_archive_in_an_archive_and_no_further(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    inner = a_zip({"deepest.zip": a_zip({"x": b"1"}), "day.csv": b"a,b\n"})
    large = a_zip({"inner.zip": inner, "large.zip": a_zip({"noise": os.urandom(9 * MIB)})})
    with Archive(io.BytesIO(large)) as archive:
        with archive.open_nested(archive.members[0]) as nested:
            assert [member.name for member in nested.members] == ["deepest.zip", "day.csv"]
            assert nested.open(nested.members[1]).read() == b"a,b\n"
            with pytest.raises(Broken, match="in an archive in an archive"):
                nested.open_nested(nested.members[0])
        with archive.open_nested(archive.members[1]) as nested:
            assert drain(nested.open(nested.members[0])) == 9 * MIB
            assert not list(Path(tmp_path).iterdir()), "unpacked without a name"


def test_a_nested_bomb_spends_what_the_whole_may():
    bomb = a_zip({f"{number}.zip": a_zip({"x": bytes(2 * MIB)}) for number in range(4)})
    with Archive(io.BytesIO(bomb), Bounds(free_bytes=5 * MIB)) as archive, pytest.raises(Bomb):
        drain_nested(archive)


def test_a_nested_archive_has_a_size():
    packed = a_zip({"inner.zip": b"PK\x03\x04" + os.urandom(3 * MIB)})
    with Archive(io.BytesIO(packed), Bounds(nested_bytes=MIB)) as archive, pytest.raises(Broken, match="too large"):
        archive.open_nested(archive.members[0])


@given(st.binary(max_size=400), st.integers(0, 500), st.binary(max_size=20))
def test_anything(content, place, change):
    packed = bytearray(a_zip({"a.csv": content, "b/c.json": content[::-1]}))
    packed[place : place + len(change)] = change
    with suppress(Broken), Archive(io.BytesIO(bytes(packed))) as archive:
        drain_all(archive)


@given(st.binary(max_size=400))
def test_any_gzip(content):
    with suppress(Broken):
        drain(gunzip(io.BytesIO(b"\x1f\x8b\x08" + content)))
