"""New problems and assignments from the skeletons in ``templates/new``, ready to check and to build.

May import the standard library and ``render.assets``.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from pathlib import Path

from render.assets import read_template, template_root

PROBLEM = {
    "derivations/{id}.py": "problem.py.txt",
    "derivations/wrong/{id}.py": "wrong.py.txt",
    "templates/problems/{id}.en.tex.j2": "problem.en.tex.txt",
    "templates/problems/{id}.fr.tex.j2": "problem.fr.tex.txt",
}
ASSIGNMENT = {"derivations/assignments/{id}.py": "assignment.py.txt"}

NEXT = {
    "problem": "Fill them in; everystep check {id} and everystep check --wrong {id} say what is missing.  An assignment"
    " that names {id} shows it in print (everystep new assignment makes one, everystep build typesets it).",
    "assignment": "Name its problems in it; everystep build {id} typesets it.",
}
"""What to do with the files."""


class NewError(ValueError):
    """One sentence that says why nothing was made."""


def make(kind: str, name: str, home: Path) -> tuple[Path, ...]:
    """Write the files of a new ``problem`` or ``assignment`` under ``home``; none is written when one is there."""
    files: Mapping[str, str] = {"problem": PROBLEM, "assignment": ASSIGNMENT}[kind]
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise NewError(f"{name!r} is no id: lower-case letters, digits and _, a letter first")
    targets = {home / place.format(id=name): source for place, source in files.items()}
    for target in targets:
        if target.exists():
            raise NewError(f"{target} is there already")
        if not target.parent.is_dir():
            raise NewError(f"there is no folder {target.parent}")
    for target, source in targets.items():
        text = read_template(f"new/{source}")
        target.write_text(text.replace(f"{kind.upper()}_ID", name), encoding="utf-8")
    return tuple(targets)


def home() -> Path:
    """The folder that holds ``derivations`` and ``templates``."""
    return Path(str(template_root())).parent
