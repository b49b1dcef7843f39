"""Where the template files are: the data of the installed package ``templates``.

May import the standard library and the package ``templates``.
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

import templates


class MissingTemplateError(LookupError):
    """A template file that is not there."""


def template_root() -> Traversable:
    """The folder of the templates, in a checkout or in an installed wheel."""
    return files(templates)


def read_template(name: str) -> str:
    """The text of a template file; raises MissingTemplateError that lists its neighbours."""
    path = template_root().joinpath(name)
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        folder, _, _ = name.rpartition("/")
        here = template_root().joinpath(folder) if folder else template_root()
        found = sorted(p.name for p in here.iterdir()) if here.is_dir() else []
        listed = ", ".join(f for f in found if not f.startswith("__")) or "none"
        raise MissingTemplateError(f"no template templates/{name}; templates/{folder} has: {listed}") from None
