"""Writing files.  May import the standard library only; starts fast."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_text(target: Path, text: str, newline: str | None = None) -> None:
    """Write a file so that it is at no moment half written; ``newline`` as of ``open``: ``""`` keeps line ends."""
    replace_bytes(target, (text if newline is not None else text.replace("\n", os.linesep)).encode())


def replace_bytes(target: Path, content: bytes) -> None:
    """As ``replace_text``, for any content."""
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.absolute().parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        # Made by mkstemp for the owner only; a document is an ordinary file.
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        os.replace(temporary, target)
    finally:
        Path(temporary).unlink(missing_ok=True)
