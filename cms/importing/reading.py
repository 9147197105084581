"""Files of a package → a Package, or PackageRefused with every fault found. Touches no database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from common.archives import BadArchive, open_package

from . import course_package
from .package import Package
from .problems import PackageRefused, Problem

Files = Mapping[str, bytes]


def read_path(path: str | Path) -> Package:
    """The package at the path, a folder or a .zip. Raises PackageRefused."""
    try:
        files = open_package(path)
    except BadArchive as error:
        raise PackageRefused([Problem("", 0, str(error))]) from error
    return read_files(files)


def read_files(files: Files) -> Package:
    """The first format that recognises the files reads them. Raises PackageRefused."""
    for recognises, read in FORMATS:
        if recognises(files):
            return read(files, digest_of_files(files))
    raise PackageRefused([Problem("", 0, "không có tệp course.yaml: đây không phải gói khóa học.")])


def digest_of_files(files: Files) -> str:
    """SHA-256 over names and contents: equal packages have equal digests."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{len(files[name])}\0".encode())
        whole.update(files[name])
    return whole.hexdigest()


# Another format (Open edX's OLX export) is another line here.
FORMATS: list[tuple[Callable[[Files], bool], Callable[[Files, str], Package]]] = [
    (course_package.recognises, course_package.read),
]
