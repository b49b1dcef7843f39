"""The files that a document consists of: read from its folder only, decoded, and bounded in size.

May import ``everystep.reader.source`` only.
"""

from __future__ import annotations

from pathlib import Path

from everystep.reader.source import Place

# Bytes in a file with all its includes; files.
MAX_BYTES = 32 * 1024 * 1024
MAX_INCLUDES = 300


class ReadError(ValueError):
    """A file that cannot be read at all; the message names it."""


def decoded(data: bytes, name: str) -> tuple[str, str, Place]:
    """The text, a remark about it (or nothing) and the place of the remark.  Raises ReadError for what is no text."""
    if data.startswith((b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\x1f\x8b", b"\x7fELF")):
        raise ReadError(f"{name}:1:1: this is a binary file, not a text")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReadError(f"{name}:1:1: this text is in UTF-16 (or UTF-32); save it as UTF-8")
    zero = data.find(b"\0")
    if zero >= 0:
        line = data.count(b"\n", 0, zero) + 1
        column = zero - data.rfind(b"\n", 0, zero)
        raise ReadError(f"{name}:{line}:{column}: this is a binary file (it has a NUL byte), not a text")
    remark, place = "", Place(name, 1, 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        place = Place(name, line, error.start - data.rfind(b"\n", 0, error.start))
        remark = "the file is not UTF-8; it is read as Latin-1"
        text = data.decode("latin-1")
    return unix_lines(text), remark, place


def unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def bytes_of(path: Path, name: str) -> bytes:
    """What is in a file.  Raises ReadError."""
    if "\0" in name:
        raise ReadError(f"{name!r}: this is no name of a file")
    try:
        if path.is_dir():
            raise ReadError(f"{name}: this is a folder, not a file")
        if not path.exists():
            raise ReadError(f"{name}: there is no such file")
        if not path.is_file():
            raise ReadError(f"{name}: this is not a regular file")
        if path.stat().st_size > MAX_BYTES:
            raise ReadError(f"{name}: the file is larger than {MAX_BYTES // 2**20} MB")
        return path.read_bytes()
    except OSError as error:
        raise ReadError(f"{name}: the file cannot be read ({error.strerror or error})") from error


def _resolved(path: Path) -> Path:
    """Where a path leads; itself where its links go round."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


class Folder:
    """The files that a document may read: those in its folder."""

    def __init__(self, folder: Path | None, path: Path | None) -> None:
        self.folder = folder
        self.root = None if folder is None else _resolved(folder)
        self.main = None if path is None else _resolved(path)
        # Where the files lie that are named so in places.
        self.paths: dict[str, Path] = {}
        self.packages: list[Path] = []
        self.count = 0
        self.size = 0

    def find(self, name: str, suffix: str) -> tuple[Path, str]:
        """The file of that name, and the name to show.  Raises ReadError."""
        if self.folder is None or self.root is None:
            raise ReadError(f"{name} is not read: this text stands in no folder")
        if not name or not name.isprintable() or "\\" in name or len(name) > 400:
            raise ReadError(f"{name[:60]!r} is no name of a file")
        for candidate in (name if name.endswith(suffix) else name + suffix, name):
            shown = self.folder / candidate
            try:
                path = shown.resolve()
                if not path.is_relative_to(self.root):
                    raise ReadError(f"{name} is not read: it lies outside of the document's folder")
                if path.is_file():
                    self.paths[str(shown)] = path
                    return path, str(shown)
            except (OSError, RuntimeError) as error:
                raise ReadError(f"{name} cannot be read") from error
        raise ReadError(f"the file {name} does not exist in the document's folder")

    def read(self, path: Path, shown: str) -> tuple[str, str, Place]:
        """The file's text as of ``decoded``.  Raises ReadError."""
        self.count += 1
        if self.count > MAX_INCLUDES:
            raise ReadError(f"{shown} is not read: the document includes more than {MAX_INCLUDES} files")
        data = bytes_of(path, shown)
        self.size += len(data)
        if self.size > MAX_BYTES:
            raise ReadError(f"{shown} is not read: the document and its files are larger than {MAX_BYTES // 2**20} MB")
        return decoded(data, shown)
