"""Open a package (a folder, or a .zip of it) that a stranger may have made, wholly in memory.

Nothing is unpacked to disk and no header is trusted: sizes are counted while
reading. Whatever is doubtful is refused with one Vietnamese sentence.
"""

from __future__ import annotations

import io
import os
import stat
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

MB = 1024 * 1024
CHUNK = 64 * 1024
# What file managers leave behind: never content, so never an error.
LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
LITTER_FOLDERS = frozenset({"__MACOSX", ".git"})
NESTED = (".zip", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".jar")


class BadArchive(Exception):
    """The package cannot be opened safely; the message says why, in Vietnamese."""


@dataclass(frozen=True)
class Limits:
    """Bounds in bytes, files and characters. `ratio` is unpacked size over packed size."""

    packed: int = 64 * MB
    total: int = 64 * MB
    each: int = 10 * MB
    files: int = 2_000
    ratio: int = 100
    path: int = 240
    depth: int = 6


DEFAULT = Limits()


def open_package(path: str | Path, *, limits: Limits = DEFAULT) -> dict[str, bytes]:
    """Every file of the package by its path inside, `/` between folders, names in NFC.

    A .zip may hold the files themselves or one folder with all of them.
    Raises BadArchive.
    """
    place = Path(path)
    try:
        if place.is_dir():
            files = _from_folder(place, limits)
        elif place.is_file():
            with place.open("rb") as stream:
                files = _from_zip(stream, limits)
        else:
            raise BadArchive(f"Không có tệp hay thư mục “{place}”.")
    except OSError as error:
        raise BadArchive(f"Không đọc được “{place}”: {error.strerror or error}.") from error
    if not files:
        raise BadArchive("Gói không có tệp nào.")
    return _without_top_folder(files)


def open_bytes(content: bytes, *, limits: Limits = DEFAULT) -> dict[str, bytes]:
    """The same for a .zip already in memory (an upload)."""
    files = _from_zip(io.BytesIO(content), limits)
    if not files:
        raise BadArchive("Gói không có tệp nào.")
    return _without_top_folder(files)


def write_zip(files: Mapping[str, bytes], path: str | Path) -> None:
    """A .zip of the files: the same content gives the same bytes. Appears whole or not at all."""
    target = Path(path)
    handle, name = tempfile.mkstemp(dir=target.parent or Path(), prefix=".goi-", suffix=".zip")
    try:
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for inside in sorted(files):
                entry = zipfile.ZipInfo(inside, date_time=(1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = (stat.S_IFREG | 0o644) << 16
                archive.writestr(entry, files[inside])
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def safe_name(raw: str, *, limits: Limits = DEFAULT) -> str:
    """The path in NFC, or BadArchive when it could lead out of the package or hide something."""
    name = unicodedata.normalize("NFC", raw)
    shown = name.encode("unicode_escape").decode()[:80]
    if not name:
        raise BadArchive("Gói có một tệp không có tên; hãy nén lại.")
    if name.startswith("/") or name[1:2] == ":":
        raise BadArchive(
            f"Đường dẫn “{shown}” là đường dẫn tuyệt đối; gói chỉ được dùng đường dẫn bên trong."
        )
    if "\\" in name:
        raise BadArchive(f"Đường dẫn “{shown}” có dấu gạch ngược; hãy dùng dấu “/”.")
    if any(unicodedata.category(letter)[0] == "C" for letter in name):
        raise BadArchive(f"Đường dẫn “{shown}” có ký tự không nhìn thấy.")
    if len(name) > limits.path:
        raise BadArchive(f"Đường dẫn “{shown}…” dài quá {limits.path} ký tự.")
    parts = name.split("/")
    if any(part in {"", ".", ".."} or part != part.strip() for part in parts):
        raise BadArchive(f"Đường dẫn “{shown}” không hợp lệ (có “..”, “.” hoặc phần để trống).")
    if len(parts) > limits.depth:
        raise BadArchive(f"Đường dẫn “{shown}” có quá {limits.depth} cấp thư mục.")
    return name


class _Shelf:
    """What has been taken so far, with every bound checked on the way in."""

    def __init__(self, limits: Limits, packed: int | None = None) -> None:
        self.limits = limits
        self.files: dict[str, bytes] = {}
        self._seen: dict[str, str] = {}
        self._folders: dict[str, str] = {}
        self._total = 0
        self._packed = packed

    def take(self, name: str, stream: IO[bytes]) -> None:
        if len(self.files) >= self.limits.files:
            raise BadArchive(f"Gói có quá {self.limits.files} tệp.")
        self._refuse_clash(name)
        self.files[name] = self._read(name, stream)
        if name.lower().endswith(NESTED) or self.files[name][:4] == b"PK\x03\x04":
            raise BadArchive(f"Tệp “{name}” là tệp nén nằm trong gói; hãy bỏ nó ra.")

    def _refuse_clash(self, name: str) -> None:
        key = name.casefold()
        if key in self._seen:
            raise BadArchive(f"Gói có hai tệp trùng tên: “{self._seen[key]}” và “{name}”.")
        if key in self._folders:
            raise BadArchive(f"“{name}” vừa là tệp vừa là thư mục.")
        self._seen[key] = name
        for folder in (str(p) for p in PurePosixPath(name).parents if str(p) != "."):
            folded = folder.casefold()
            if folded in self._seen:
                raise BadArchive(f"“{folder}” vừa là tệp vừa là thư mục.")
            if self._folders.setdefault(folded, folder) != folder:
                raise BadArchive(f"Gói có hai thư mục trùng tên: “{self._folders[folded]}” và “{folder}”.")

    def _read(self, name: str, stream: IO[bytes]) -> bytes:
        parts, size = [], 0
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            self._total += len(chunk)
            if size > self.limits.each:
                raise BadArchive(f"Tệp “{name}” lớn quá {self.limits.each // MB} MB.")
            if self._total > self.limits.total:
                raise BadArchive(f"Gói mở ra lớn quá {self.limits.total // MB} MB.")
            if self._packed is not None and self._total > MB + self._packed * self.limits.ratio:
                raise BadArchive("Gói nén đáng ngờ: mở ra lớn gấp quá nhiều lần.")
            parts.append(chunk)
        return b"".join(parts)


def _is_litter(name: str) -> bool:
    parts = name.split("/")
    return parts[-1] in LITTER or parts[-1].startswith("._") or any(p in LITTER_FOLDERS for p in parts)


def _from_folder(root: Path, limits: Limits) -> dict[str, bytes]:
    shelf = _Shelf(limits)
    for name, place in _walk(root, limits):
        info = place.lstat()
        if stat.S_ISLNK(info.st_mode):
            raise BadArchive(f"“{name}” là liên kết tượng trưng (symlink); hãy thay bằng tệp thật.")
        if not stat.S_ISREG(info.st_mode):
            raise BadArchive(f"“{name}” không phải tệp thường.")
        with place.open("rb") as stream:
            shelf.take(safe_name(name, limits=limits), stream)
    return shelf.files


def _walk(root: Path, limits: Limits) -> Iterable[tuple[str, Path]]:
    """Paths in a fixed order; links to folders come out as themselves, not followed."""
    count = 0
    for folder, folders, names in os.walk(root, followlinks=False):
        folders.sort()
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in sorted([*names, *links]):
            place = Path(folder) / name
            inside = place.relative_to(root).as_posix()
            if _is_litter(inside):
                continue
            try:
                inside.encode()
            except UnicodeEncodeError:
                raise BadArchive("Gói có tên tệp không phải UTF-8.") from None
            count += 1
            if count > limits.files:
                raise BadArchive(f"Gói có quá {limits.files} tệp.")
            yield inside, place


def _from_zip(stream: IO[bytes], limits: Limits) -> dict[str, bytes]:
    packed = stream.seek(0, os.SEEK_END)
    if packed > limits.packed:
        raise BadArchive(f"Tệp lớn quá {limits.packed // MB} MB.")
    _refuse_huge_directory(stream, packed, limits)
    shelf = _Shelf(limits, packed)
    try:
        with zipfile.ZipFile(stream) as archive:
            for entry in archive.infolist():
                name = _entry_name(entry, limits)
                if name and not _is_litter(name):
                    with archive.open(entry) as content:
                        shelf.take(name, content)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise BadArchive("Tệp .zip bị hỏng hoặc không phải tệp .zip.") from error
    return shelf.files


def _refuse_huge_directory(stream: IO[bytes], packed: int, limits: Limits) -> None:
    """Look at the end record before `zipfile` loads a directory of a million names into memory."""
    tail_size = min(packed, 65_535 + 22 + 20)
    stream.seek(packed - tail_size)
    tail = stream.read(tail_size)
    stream.seek(0)
    plain = tail[-22:]
    at = len(tail) - 22 if plain[:4] == b"PK\5\6" and plain[-2:] == b"\0\0" else tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < 22:
        raise BadArchive("Tệp .zip bị hỏng hoặc không phải tệp .zip.")
    if tail[max(0, at - 20) : at].startswith(b"PK\6\7"):
        raise BadArchive("Tệp .zip thuộc loại rất lớn (ZIP64), không nhận.")
    directory = int.from_bytes(tail[at + 12 : at + 16], "little")
    if directory > limits.files * (limits.path * 4 + 256):
        raise BadArchive(f"Gói có quá {limits.files} tệp.")


def _entry_name(entry: zipfile.ZipInfo, limits: Limits) -> str:
    """The checked name of the entry; empty for a folder."""
    raw = entry.orig_filename
    folder = raw.endswith("/")  # entry.is_dir() breaks on an empty name
    if not raw.isascii() and not entry.flag_bits & 0x800:
        raise BadArchive("Gói có tên tệp không phải UTF-8; hãy đặt tên tệp không dấu hoặc nén lại.")
    name = safe_name(raw.removesuffix("/"), limits=limits)
    mode = entry.external_attr >> 16
    if stat.S_ISLNK(mode):
        raise BadArchive(f"“{name}” là liên kết tượng trưng (symlink); hãy thay bằng tệp thật.")
    if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise BadArchive(f"“{name}” không phải tệp thường.")
    if entry.flag_bits & 0x1:
        raise BadArchive(f"Tệp “{name}” có mật khẩu; hãy nén lại không đặt mật khẩu.")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise BadArchive(f"Tệp “{name}” nén bằng cách lạ; hãy nén lại theo kiểu thường (deflate).")
    return "" if folder else name


def _without_top_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    """A zipped folder: `kns04/course.yaml` and all the rest below `kns04/`."""
    tops = {name.split("/", 1)[0] for name in files}
    if len(tops) == 1 and all("/" in name for name in files):
        return {name.split("/", 1)[1]: content for name, content in files.items()}
    return files
