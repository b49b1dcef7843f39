r"""A document as a list of events in reading order: declarations, orders, displays, and what could not be read.

``read_document`` reads a file with its includes, ``read_text`` a text.  Prose is passed over quickly; only mathematics
and macros are cut into tokens.  Files are read from the document's folder only.  No input raises anything but
``ReadError``, and nothing here calls itself on what the input nests.  May import the modules of the reader that know
nothing of mathematics.
"""

from __future__ import annotations

from math import inf
from pathlib import Path

from everystep.reader.events import OUT_OF_TIME
from everystep.reader.files import MAX_BYTES, Folder, ReadError, bytes_of, decoded, unix_lines
from everystep.reader.formulas import MAX_FORMULA
from everystep.reader.latex_document import TexReader
from everystep.reader.markdown import without_quotes
from everystep.reader.markdown_document import MarkdownReader
from everystep.reader.source import Document, Place, Trouble
from everystep.reader.tokens import Source

__all__ = ["MAX_BYTES", "MAX_FORMULA", "OUT_OF_TIME", "ReadError", "read_document", "read_text"]


def read_text(
    text: str, file: str = "<text>", markdown: bool = False, folder: Path | None = None, until: float = inf
) -> Document:
    """The events of a text; ``folder`` is where its includes are looked for (nowhere without it).

    ``until``: when to stop reading, by ``perf_counter``; the rest is then one event that says so.
    Raises ReadError for a text with NUL characters, or longer than MAX_BYTES.
    """
    return _read(text, file, markdown, Folder(folder, None), None, until)


def read_document(path: Path, until: float = inf) -> Document:
    """The events of a file; one that ends in ``.md`` or ``.markdown`` is Markdown, any other LaTeX.

    ``until``: as of :func:`read_text`.
    Raises ReadError for what cannot be read at all: no file, a folder, a binary or an empty file, one
    larger than MAX_BYTES.
    """
    name = str(path)
    text, remark, place = decoded(bytes_of(path, name), name)
    if not text.removeprefix("\ufeff").strip():
        raise ReadError(f"{name}:1:1: the file is empty")
    markdown = path.suffix.lower() in (".md", ".markdown")
    return _read(text, name, markdown, Folder(path.parent, path), Trouble(remark, place) if remark else None, until)


def _read(text: str, file: str, markdown: bool, folder: Folder, trouble: Trouble | None, until: float) -> Document:
    zero = text.find("\0")
    if zero >= 0:
        raise ReadError(f"{Source(text, file).place(zero)}: this is no text (it has a NUL character)")
    if len(text) > MAX_BYTES:
        raise ReadError(f"{file}: the text is larger than {MAX_BYTES // 2**20} MB")
    if not text.strip():
        return Document(file, (Trouble("the text is empty", Place(file, 1, 1)),))
    text = unix_lines(text.removeprefix("\ufeff"))
    source = Source(without_quotes(text) if markdown else text, file)
    reader = (MarkdownReader if markdown else TexReader)(source, folder, until)
    if trouble is not None:
        reader.events.append(trouble)
    return reader.read()
