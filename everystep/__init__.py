r"""Everystep: checks every step of a matrix-calculus derivation.

The engine knows nothing of courses, templates or PDF.  Imports run one way:
``documents`` -> ``reader``, ``prove`` -> ``calculus`` -> ``algebra``.

The Python interface is :func:`check` (a derivation in LaTeX), :func:`parse` (a formula), :func:`compile` (a formula as
a function of NumPy arrays) and :func:`context` (the declarations that all need); a string that cannot be read raises
:class:`ReadingError`.  They are loaded when they are first used: ``import everystep`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # A004: the name is read as everystep.compile.
    from everystep.documents.interface import Declared, ReadingError, check, compile, context, parse  # noqa: A004

__version__ = "0.1.0"
__all__ = ["Declared", "ReadingError", "check", "compile", "context", "parse"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import everystep.documents.interface as interface

    return getattr(interface, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
