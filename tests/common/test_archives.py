"""A package made by a stranger: taken safely, or refused with one Vietnamese sentence."""

import io
import os
import random
import stat
import time
import unicodedata
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.archives import BadArchive, Limits, open_bytes, open_package, safe_name, write_zip

FILES = {"course.yaml": b"format: 1\n", "lessons/01.md": "Chào bạn".encode(), "media/a.svg": b"<svg/>"}


def zipped(entries, compression=zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def refused(content: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(BadArchive) as error:
        open_bytes(content, limits=limits or Limits())
    return str(error.value)


@pytest.fixture
def folder(tmp_path):
    for name, content in FILES.items():
        (tmp_path / "goi" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "goi" / name).write_bytes(content)
    return tmp_path / "goi"


def test_a_folder_and_its_zip_read_alike(folder, tmp_path):
    write_zip(FILES, tmp_path / "goi.zip")
    assert open_package(folder) == open_package(tmp_path / "goi.zip") == FILES


def test_a_zip_that_holds_one_folder_reads_alike():
    assert open_bytes(zipped([(f"kns04/{n}", c) for n, c in FILES.items()])) == FILES


def test_folder_entries_and_the_litter_of_file_managers_are_passed_over(folder):
    (folder / ".DS_Store").write_bytes(b"x")
    assert open_package(folder) == FILES
    litter = [("lessons/", ""), ("__MACOSX/._a", "x"), ("media/Thumbs.db", "x"), *FILES.items()]
    assert open_bytes(zipped(litter)) == FILES


def test_the_same_files_give_the_same_zip(tmp_path):
    write_zip(FILES, tmp_path / "a.zip")
    write_zip(dict(reversed(FILES.items())), tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_zip_that_fails_half_way_leaves_nothing(tmp_path):
    with pytest.raises(TypeError):
        write_zip({"a": b"x", "b": None}, tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


def test_names_are_normalised_to_nfc():
    name = unicodedata.normalize("NFD", "media/ảnh.svg")
    assert list(open_bytes(zipped([(name, "x")]))) == ["ảnh.svg"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../ngoai.md", "không hợp lệ"),
        ("lessons/../../ngoai.md", "không hợp lệ"),
        ("lessons/./a.md", "không hợp lệ"),
        ("lessons//a.md", "không hợp lệ"),
        ("/etc/passwd", "tuyệt đối"),
        ("C:/a.md", "tuyệt đối"),
        ("lessons\\a.md", "gạch ngược"),
        ("a\u202egpj.exe", "không nhìn thấy"),
        ("a\x07.md", "không nhìn thấy"),
        ("a" * 300, "dài quá"),
        ("/".join("abcdefgh"), "cấp thư mục"),
        (" a.md", "không hợp lệ"),
        ("", "không có tên"),
    ],
)
def test_a_path_that_could_lead_out_is_refused(name, why):
    with pytest.raises(BadArchive, match=why):
        safe_name(name)


@pytest.mark.parametrize("name", ["../x", "/x", "a\\b"])
def test_the_zip_door_checks_paths(name):
    assert "ường dẫn" in refused(zipped([("course.yaml", "x"), (name, "x")]))


def test_a_nul_in_a_name_is_refused():
    content = zipped([("aXb.md", "x")]).replace(b"aXb.md", b"a\0b.md")
    assert "không nhìn thấy" in refused(content)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_used_twice_are_refused():
    assert "trùng tên" in refused(zipped([("a.md", "1"), ("a.md", "2")]))
    assert "trùng tên" in refused(zipped([("a.md", "1"), ("A.MD", "2")]))
    nfd = unicodedata.normalize("NFD", "ảnh.svg")
    assert "trùng tên" in refused(zipped([("ảnh.svg", "1"), (nfd, "2")]))
    assert "hai thư mục" in refused(zipped([("Media/a", "1"), ("media/b", "2")]))
    assert "vừa là tệp" in refused(zipped([("a", "1"), ("a/b", "2")]))
    assert "vừa là tệp" in refused(zipped([("a/b", "1"), ("a", "2")]))


def test_a_name_that_is_not_utf8_is_refused():
    content = zipped([("ảnh.svg", "x")])
    plain = content.replace("ảnh.svg".encode(), b"\xe1\xba\xa3nh.sv\xff")
    assert "UTF-8" in refused(plain) or "hỏng" in refused(plain)
    unflagged = zipped([("abcd.md", "x")]).replace(b"abcd.md", b"ab\x82d.md")
    assert "UTF-8" in refused(unflagged)


def test_a_link_or_a_device_in_a_zip_is_refused():
    for kind, why in ((stat.S_IFLNK, "symlink"), (stat.S_IFCHR, "tệp thường")):
        entry = zipfile.ZipInfo("lien-ket")
        entry.external_attr = (kind | 0o777) << 16
        assert why in refused(zipped([(entry, "/etc/passwd")]))


def test_a_link_or_a_pipe_in_a_folder_is_refused(folder):
    (folder / "lien-ket").symlink_to("/etc/passwd")
    with pytest.raises(BadArchive, match="symlink"):
        open_package(folder)
    (folder / "lien-ket").unlink()
    (folder / "ra-ngoai").symlink_to("/etc", target_is_directory=True)
    with pytest.raises(BadArchive, match="symlink"):
        open_package(folder)
    (folder / "ra-ngoai").unlink()
    os.mkfifo(folder / "ong")
    with pytest.raises(BadArchive, match="tệp thường"):
        open_package(folder)


def test_a_name_on_disk_that_is_not_utf8_is_refused(folder):
    (folder / os.fsdecode(b"a\xff.md")).write_bytes(b"x")
    with pytest.raises(BadArchive, match="UTF-8"):
        open_package(folder)


def test_an_encrypted_entry_is_refused():
    content = bytearray(zipped([("a.md", "x")]))
    content[content.find(b"PK\3\4") + 6] |= 1
    content[content.find(b"PK\1\2") + 8] |= 1
    assert "mật khẩu" in refused(bytes(content))


def test_only_plain_compression_is_taken():
    assert "nén bằng cách lạ" in refused(zipped([("a.md", "x")], zipfile.ZIP_LZMA))


def test_a_packed_file_inside_is_refused():
    assert "tệp nén" in refused(zipped([("a.zip", "x")]))
    assert "tệp nén" in refused(zipped([("a.svg", zipped([("b", "x")]))]))


def test_every_limit_refuses():
    assert "quá 2 tệp" in refused(zipped([(f"{n}.md", "x") for n in range(3)]), Limits(files=2))
    assert "lớn quá" in refused(zipped([("a.md", os.urandom(2_000_000))]), Limits(each=1_000_000))
    two = zipped([("a.md", os.urandom(700_000)), ("b.md", os.urandom(700_000))])
    assert "mở ra lớn quá" in refused(two, Limits(total=1_000_000))
    assert "lớn quá" in refused(zipped([("a.md", "x")]), Limits(packed=10))
    assert "đáng ngờ" in refused(zipped([("a.md", b"0" * 9_000_000)]))


def test_a_folder_with_too_many_files_is_refused(folder):
    with pytest.raises(BadArchive, match="quá 2 tệp"):
        open_package(folder, limits=Limits(files=2))


def test_a_header_that_lies_about_the_size_is_not_believed():
    content = bytearray(zipped([("a.md", b"0" * 9_000_000)]))
    at = content.find(b"PK\1\2") + 24
    content[at : at + 4] = (10).to_bytes(4, "little")
    assert refused(bytes(content))


def test_a_directory_of_a_million_names_is_refused_before_it_is_loaded():
    content = zipped([(f"{n:05}.md", "") for n in range(20_000)])
    started = time.perf_counter()
    assert "quá 5 tệp" in refused(content, Limits(files=5))
    assert time.perf_counter() - started < 0.5


def test_zip64_is_refused():
    content = zipped([("a.md", "x")])
    at = content.rfind(b"PK\5\6")
    assert "ZIP64" in refused(content[:at] + b"PK\6\7" + b"\0" * 16 + content[at:])


@pytest.mark.parametrize("content", [b"", b"junk", b"PK\5\6", b"PK\3\4" + b"\0" * 40, b"%PDF-1.4" * 50])
def test_what_is_not_a_zip_is_refused(content):
    assert "zip" in refused(content)


@pytest.mark.parametrize("name", ["", "/"])
def test_a_file_without_a_name_is_refused(name):
    nameless = zipfile.ZipInfo("x")
    nameless.filename = name
    assert "không có tên" in refused(zipped([(nameless, "x")]))


def test_nothing_there_is_refused(tmp_path):
    with pytest.raises(BadArchive, match="Không có tệp"):
        open_package(tmp_path / "khong-co")
    (tmp_path / "rong").mkdir()
    with pytest.raises(BadArchive, match="không có tệp nào"):
        open_package(tmp_path / "rong")
    assert "không có tệp nào" in refused(zipped([]))


def test_a_damaged_zip_opens_or_is_refused_but_never_breaks():
    """Three seconds of bytes flipped, cut and doubled, always the same ones."""
    dice = random.Random(20251010)
    whole = zipped([(f"kns04/{n}", c * 50) for n, c in FILES.items()])
    until = time.perf_counter() + 3
    for _ in range(3_000):
        content = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        if dice.random() < 0.2:
            content = content[: dice.randrange(len(content))]
        if time.perf_counter() > until:
            break
        try:
            files = open_bytes(bytes(content))
        except BadArchive:
            continue
        assert all(safe_name(name) == name for name in files)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.text(max_size=40))
def test_a_safe_name_stays_inside(name):
    try:
        safe = safe_name(name)
    except BadArchive:
        return
    assert os.path.normpath(safe) == safe
    assert not safe.startswith("/")
    assert safe_name(safe) == safe
