"""Plain text (Unicode) of expressions, for the terminal: spells the tree of :mod:`render.notation`
on one line.

Indices stand in brackets (``h[t-1]``, ``X[i,j]``), quotients are written ``a / b``.
May import SymPy, ``everystep.algebra`` and the rest of this printing core.
"""

from __future__ import annotations

from functools import singledispatch

from sympy import Expr

from everystep.algebra.context import Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.functions import FUNCTIONS
from render import boxes as b
from render.names import GREEK, text_name
from render.notation import integer_notation, notation

_SUPERSCRIPTS = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")
_FENCES = {"(": ("(", ")"), "[": ("[", "]"), "norm": ("‖", "‖"), "abs": ("|", "|")}


def text(expression: Expression) -> str:
    """The expression on one line."""
    return _spell(notation(expression, flat=True))


def text_integer(value: Expr) -> str:
    """A size or an index."""
    return _spell(integer_notation(value, flat=True))


def text_claim(claim: Relation | Predicate) -> str:
    """``left op right``, or ``A is symmetric``."""
    if isinstance(claim, Predicate):
        verb = "has" if claim.kind.startswith("full") else "is"
        return f"{text(claim.subject)} {verb} {claim.kind}"
    return f"{text(claim.left)} {b.RELATIONS[claim.op][1]} {text(claim.right)}"


@singledispatch
def _spell(tree: b.Tree) -> str:
    raise TypeError(f"no text for {type(tree).__name__}")


@_spell.register
def _(tree: b.Sym) -> str:
    return text_name(tree.name)


@_spell.register
def _(tree: b.Digits) -> str:
    return tree.digits


@_spell.register
def _(tree: b.Fraction) -> str:
    return f"{tree.numerator}/{tree.denominator}"


@_spell.register
def _(tree: b.Word) -> str:
    if tree.token in b.TOKENS:
        return b.TOKENS[tree.token][1]
    if tree.token in FUNCTIONS:
        greek = FUNCTIONS[tree.token].latex.removeprefix("\\")
        return GREEK[greek][1] if greek in GREEK else tree.token
    return tree.token


@_spell.register
def _(tree: b.Row) -> str:
    line = ""
    for i, item in enumerate(tree.items):
        part = _spell(item)
        call = isinstance(item, b.Fence) and item.glued
        sign = i and tree.items[i - 1] in (b.Word("partial"), b.Word("d"))
        if i in tree.dots:
            line += " · "
        elif i and not call and not sign:
            line += " "
        line += part
    return line


@_spell.register
def _(tree: b.Terms) -> str:
    return b.with_signs(tree, _spell)


@_spell.register
def _(tree: b.Infix) -> str:
    op = b.TOKENS[tree.op][1]
    gap = {"comma": ", ", "=": "=", "times": "×"}.get(tree.op, f" {op} ")
    if tree.op == "slash" and all(not isinstance(i, b.Row) or i.items[0] == b.Word("partial") for i in tree.items):
        gap = "/"
    return gap.join(_spell(item) for item in tree.items)


@_spell.register
def _(tree: b.Fence) -> str:
    left, right = _FENCES[tree.kind]
    return left + _spell(tree.body) + right


@_spell.register
def _(tree: b.Scripts) -> str:
    line = _spell(tree.base)
    if tree.sub is not None:
        line += "_" + _spell(tree.sub)
    if tree.sup is not None:
        sup = _spell(tree.sup)
        if sup in ("ᵀ", "⁻¹", "⁺", "⁻"):
            line += sup
        elif sup.lstrip("-").isdigit():
            line += sup.translate(_SUPERSCRIPTS)
        else:
            line += f"^{sup}" if (sup.isalpha() and len(sup) == 1) or sup == "⊙" else f"^({sup})"
    return line


@_spell.register
def _(tree: b.Indexed) -> str:
    return _spell(tree.base) + "[" + ",".join(_spell(i).replace(" ", "") for i in tree.at) + "]"


@_spell.register
def _(tree: b.Primed) -> str:
    return _spell(tree.base) + ("'" * tree.order if tree.order <= 3 else f"^({tree.order})")


@_spell.register
def _(tree: b.Over) -> str:
    raise TypeError("a built-up fraction in a line of text")


@_spell.register
def _(tree: b.Big) -> str:
    lower = _spell(tree.lower).replace(" ", "")
    if tree.upper is not None:
        lower += f"..{_spell(tree.upper).replace(' ', '')}"
    return f"{b.TOKENS[tree.op][1]}_{{{lower}}} {_spell(tree.body)}"


@_spell.register
def _(tree: b.Root) -> str:
    return f"√({_spell(tree.body)})"


@_spell.register
def _(tree: b.Grid) -> str:
    return "[" + "; ".join(", ".join(_spell(x) for x in row) for row in tree.rows) + "]"
