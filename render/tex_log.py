"""What TeX said: errors with their source line, overfull boxes, warnings.

May import: the standard library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class LogError:
    """One error of a log: the file and line where TeX was, its message, the text it had read."""

    file: str | None
    line: int | None
    message: str
    context: str = ""

    def __str__(self) -> str:
        place = "" if self.file is None else f"{self.file}:{self.line}: "
        return f"{place}{self.message}" + (f"\n    {self.context}" if self.context else "")


def log_errors(text: str, limit: int = 5) -> list[LogError]:
    """The first errors of a log, with the place and the input that TeX had just read."""
    errors: list[LogError] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        placed = re.match(r"(?:\./)?([^\s:][^:]*):(\d+): (.*)", line)
        bare = re.match(r"! +(.*)", line)
        message = placed[3] if placed else bare[1] if bare else ""
        # The last message only says that there was one before.
        if not message or (errors and "==> Fatal error" in message):
            continue
        near = (re.match(r"l\.(\d+) ?(.*)", follow) for follow in lines[number + 1 : number + 16])
        context = next((match for match in near if match), None)
        line_number = int(placed[2]) if placed else int(context[1]) if context else None
        errors.append(
            LogError(
                placed[1] if placed else None,
                line_number,
                message.strip(),
                context[2].strip() if context else "",
            )
        )
        if len(errors) == limit:
            break
    return errors


def complaints(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(overfull boxes, warnings) of a log, each as TeX words it and without repetition."""
    overfull = re.findall(r"^Overfull \\[hv]box .*$", text, re.MULTILINE)
    warnings = re.findall(
        r"^(?:(?:LaTeX|Package|Class|pdfTeX)\b[^:\n]*\b[Ww]arning\b|Missing character: ).*$",
        text,
        re.MULTILINE,
    )
    # graphics asks for a shell to convert EPS files; that it gets none is on purpose.
    warnings = [w for w in warnings if w != "Package epstopdf Warning: Shell escape feature is not enabled."]
    return tuple(dict.fromkeys(overfull)), tuple(dict.fromkeys(warnings))
