"""Which arguments of the command line are documents, and which files they stand for.

May import the standard library only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

SUFFIXES = (".tex", ".md")


class DocumentError(Exception):
    """One sentence that says which argument cannot be used, and why."""


def is_document(argument: str) -> bool:
    """Whether an argument of ``check`` names a file or a folder, not a derivation of the catalogue."""
    separators = tuple(filter(None, (os.sep, os.altsep)))
    if argument.lower().endswith(SUFFIXES) or any(mark in argument for mark in separators):
        return True
    return os.path.lexists(argument)


def documents(paths: Sequence[Path]) -> list[Path]:
    """The files to check, in the order of the arguments; of a folder all documents below it, sorted."""
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            here = list(below(path))
            if not here:
                raise DocumentError(f"{path} holds no .tex or .md file")
        elif not os.path.lexists(path):
            raise DocumentError(f"no such file: {path}")
        elif path.suffix.lower() not in SUFFIXES:
            raise DocumentError(f"{path} is no document: .tex and .md files are read")
        elif path.exists() and not path.is_file():
            raise DocumentError(f"{path} is no regular file")
        else:
            here = [path]
        for file in here:
            found.setdefault(_resolved(file), file)
    return list(found.values())


def _resolved(path: Path) -> Path:
    """Where a path leads.  Raises DocumentError where its links go round."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise DocumentError(f"{path} is a link that leads nowhere") from error


def below(folder: Path) -> Iterator[Path]:
    """The documents of a folder and of its folders, hidden ones left out, sorted."""
    files = []
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(here, name) for name in names if name.lower().endswith(SUFFIXES) and not name.startswith(".")]
    yield from sorted(file for file in files if file.is_file())


def place_of(argument: str, second: str | None) -> tuple[Path, int] | None:
    """``FILE:LINE`` or ``FILE LINE`` as file and line; None where it is an ID of the catalogue."""
    name, _, number = argument.rpartition(":") if second is None else (argument, "", second)
    if not name or not is_document(name):
        if is_document(argument) and second is None:
            raise DocumentError(f"which line of {argument}? Say {argument}:LINE")
        return None
    if not number.isascii() or not number.isdigit():
        raise DocumentError(f"{number!r} is no line number of {name}")
    return Path(name), int(number[:9])
