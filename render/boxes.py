"""The tree of printed mathematics: symbols, rows, scripts, fences, fractions, tokens.

Plain data between :mod:`render.notation`, which builds it, and its writers :mod:`render.latex`,
:mod:`render.text` and :mod:`render.measure`.  May import ``render.names``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from render.names import Name

FRACTION, LIMITS = 3, 4
"""Heights of what contains fractions, and of what contains signs with limits above and below."""


@dataclass(frozen=True)
class Sym:
    """A named symbol with all marks of its name."""

    name: Name
    bold: bool = False


@dataclass(frozen=True)
class Digits:
    """A non-negative integer."""

    digits: str


@dataclass(frozen=True)
class Fraction:
    """A rational number that is a literal, not a quotient."""

    numerator: str
    denominator: str
    small: bool = False


@dataclass(frozen=True)
class Word:
    """A fixed token of ``TOKENS``, or an operator's name."""

    token: str


@dataclass(frozen=True)
class Row:
    """Things side by side; ``dot`` positions are preceded by a multiplication dot."""

    items: tuple[Tree, ...]
    dots: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Terms:
    """A sum: signs and terms."""

    terms: tuple[tuple[bool, Tree], ...]


@dataclass(frozen=True)
class Infix:
    """``a op b op c``; ``op`` is a token."""

    op: str
    items: tuple[Tree, ...]


@dataclass(frozen=True)
class Fence:
    """Delimiters ``( [ norm abs`` around ``body``; ``size``: see ``Laid.height``; ``glued`` after
    a function's name."""

    kind: str
    body: Tree
    size: int
    glued: bool = False


@dataclass(frozen=True)
class Scripts:
    """A base with subscript and superscript."""

    base: Tree
    sub: Tree | None = None
    sup: Tree | None = None


@dataclass(frozen=True)
class Indexed:
    """A symbol with integer indices: a family's member, an entry, a row or a column."""

    base: Tree
    at: tuple[Tree, ...]
    run_on: bool = False


@dataclass(frozen=True)
class Primed:
    """A function's symbol with the order of its derivative."""

    base: Tree
    order: int


@dataclass(frozen=True)
class Over:
    """A built-up fraction."""

    numerator: Tree
    denominator: Tree


@dataclass(frozen=True)
class Big:
    """A sum or product sign or a limit, before its body."""

    op: str
    lower: Tree
    upper: Tree | None
    body: Tree


@dataclass(frozen=True)
class Root:
    """A square root."""

    body: Tree


@dataclass(frozen=True)
class Grid:
    """A matrix of cells in brackets."""

    rows: tuple[tuple[Tree, ...], ...]


Tree: TypeAlias = (
    Sym | Digits | Fraction | Word | Row | Terms | Infix | Fence | Scripts | Indexed | Primed | Over | Big | Root | Grid
)


def with_signs(tree: Terms, spell: Callable[[Tree], str]) -> str:
    """A sum spelled: the sign of the first term stands close, the others between spaces."""
    line = ""
    for i, (negative, term) in enumerate(tree.terms):
        if i:
            line += " - " if negative else " + "
        elif negative:
            line += "-"
        line += spell(term)
    return line


TOKENS: dict[str, tuple[str, str]] = {
    "odot": (r"\odot", "⊙"),
    "otimes": (r"\otimes", "⊗"),
    "comma": (",", ","),
    "given": (r"\mid", "|"),
    "slash": ("/", "/"),
    "top": (r"\top", "ᵀ"),
    "inverse": ("-1", "⁻¹"),
    "pseudo": ("+", "⁺"),
    "one": (r"\bm{1}", "1"),
    "zero": (r"\bm{0}", "0"),
    "identity": (r"\bm{I}", "I"),
    "unit": (r"\bm{e}", "e"),
    "colon": (":", ":"),
    "times": (r"\times", "×"),
    "to": (r"\to", "→"),
    "infinity": (r"\infty", "∞"),
    "minus infinity": (r"-\infty", "-∞"),
    "above": ("+", "⁺"),
    "below": ("-", "⁻"),
    "=": ("=", "="),
    "sum": (r"\sum", "Σ"),
    "prod": (r"\prod", "Π"),
    "lim": (r"\lim", "lim"),
    "nabla": (r"\nabla", "∇"),
    "partial": (r"\partial", "∂"),
    "d": (r"\mathrm{d}", "d"),
    "D": (r"\mathrm{D}", "D"),
    "E": (r"\mathbb{E}", "E"),
    "max": (r"\max", "max"),
    "min": (r"\min", "min"),
    "det": (r"\det", "det"),
    "F": ("F", "F"),
    "lambda": (r"\lambda", "λ"),
}
"""Fixed tokens: LaTeX and plain text.  Any other word is an operator's name, printed upright."""

RELATIONS: dict[str, tuple[str, str]] = {
    "=": ("=", "="),
    "<=": (r"\le", "≤"),
    ">=": (r"\ge", "≥"),
    "<": ("<", "<"),
    ">": (">", ">"),
    "!=": (r"\ne", "≠"),
}
