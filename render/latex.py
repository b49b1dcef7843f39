r"""LaTeX of expressions, claims and predicates: spells the tree of :mod:`render.notation`.

The output needs amsmath and bm, and the macro ``\E`` of the layout (``\mathbb{E}`` where amssymb
is there, else a bold E). Two styles: *display*, for equations, and *text*, for mathematics within
a line (signs with limits get smaller parentheses). May import SymPy, ``everystep.algebra`` and the
rest of this printing core.
"""

from __future__ import annotations

from functools import singledispatch

from sympy import Expr

from everystep.algebra.context import Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.functions import FUNCTIONS
from render import boxes as b
from render.names import Name, latex_label, latex_name
from render.notation import integer_notation, notation


def latex(expression: Expression, *, display: bool = False) -> str:
    """The LaTeX of an expression, without dollar signs."""
    return spell(notation(expression, slashes=not display), display)


def latex_integer(value: Expr) -> str:
    """The LaTeX of a size or an index."""
    return spell(integer_notation(value), False)


def latex_relation(relation: Relation, *, display: bool = False) -> str:
    """``left op right``."""
    left, right = latex(relation.left, display=display), latex(relation.right, display=display)
    return f"{left} {b.RELATIONS[relation.op][0]} {right}"


def latex_op(op: str) -> str:
    """The LaTeX of a relation sign."""
    return b.RELATIONS[op][0]


def spell(tree: b.Tree, display: bool) -> str:
    """The LaTeX of a notation tree."""
    return _spell(tree, display)


_SIZES = {
    0: ("{}", "{}"),
    1: (r"\bigl{}", r"\bigr{}"),
    2: (r"\Bigl{}", r"\Bigr{}"),
    3: (r"\left{}", r"\right{}"),
}
_FENCES = {
    "(": ("(", ")"),
    "[": ("[", "]"),
    "norm": (r"\lVert", r"\rVert"),
    "abs": (r"\lvert", r"\rvert"),
}


@singledispatch
def _spell(tree: b.Tree, display: bool) -> str:
    raise TypeError(f"no LaTeX for {type(tree).__name__}")


@_spell.register
def _(tree: b.Sym, display: bool) -> str:
    return _symbol(tree, None)


def _symbol(tree: b.Sym, at: str | None) -> str:
    name: Name = tree.name
    sub = at if at is not None else latex_label(name.sub)
    return (
        latex_name(name, tree.bold)
        + "'" * name.primes
        + (f"_{{{sub}}}" if sub else "")
        + (f"^{{{latex_label(name.sup)}}}" if name.sup else "")
    )


@_spell.register
def _(tree: b.Digits, display: bool) -> str:
    return tree.digits


@_spell.register
def _(tree: b.Fraction, display: bool) -> str:
    if tree.small:
        return f"{tree.numerator}/{tree.denominator}"
    return rf"\tfrac{{{tree.numerator}}}{{{tree.denominator}}}"


@_spell.register
def _(tree: b.Word, display: bool) -> str:
    if tree.token == "E":
        return r"\E"
    if tree.token in b.TOKENS:
        return b.TOKENS[tree.token][0]
    if tree.token in FUNCTIONS and FUNCTIONS[tree.token].latex not in (r"\sqrt", "1/"):
        return FUNCTIONS[tree.token].latex
    return rf"\operatorname{{{tree.token}}}"


@_spell.register
def _(tree: b.Row, display: bool) -> str:
    return _join([(r"\cdot " if i in tree.dots else "") + _spell(item, display) for i, item in enumerate(tree.items)])


def _join(parts: list[str]) -> str:
    """Concatenation, with a space where a command would swallow the next letter."""
    line = ""
    for part in parts:
        swallowed = part[:1].isalpha() and _ends_in_command(line)
        if line and (swallowed or part.startswith((r"\cdot ", r"\nabla"))):
            line += r"\," if part.startswith(r"\nabla") else " "
        line += part
    return line


def _ends_in_command(line: str) -> bool:
    word = line.rpartition("\\")
    return bool(word[1]) and word[2].isalpha()


@_spell.register
def _(tree: b.Terms, display: bool) -> str:
    return b.with_signs(tree, lambda term: _spell(term, display))


@_spell.register
def _(tree: b.Infix, display: bool) -> str:
    op = b.TOKENS[tree.op][0]
    gap = {"comma": ", ", "slash": "/", "=": "="}.get(tree.op, f" {op} ")
    return gap.join(_spell(item, display) for item in tree.items)


@_spell.register
def _(tree: b.Fence, display: bool) -> str:
    body = _spell(tree.body, display)
    left, right = _FENCES[tree.kind]
    if tree.size == b.LIMITS and display:
        before, after = r"\biggl{}", r"\biggr{}"
    else:
        before, after = _SIZES[min(tree.size, b.FRACTION)]
    glue = r"\mathopen{}" if tree.glued and before.startswith(r"\left") else ""
    opening = glue + before.format(left)
    if opening[-1].isalpha() and body[0].isalpha():
        opening += " "
    return opening + body + after.format(right)


@_spell.register
def _(tree: b.Scripts, display: bool) -> str:
    base = _spell(tree.base, display)
    if (isinstance(tree.base, b.Sym) and tree.sup is not None and tree.base.name.sup) or (
        isinstance(tree.base, b.Indexed) and isinstance(tree.base.base, b.Sym) and tree.base.base.name.sup
    ):
        base = f"{{{base}}}"
    sub = f"_{{{_spell(tree.sub, False)}}}" if tree.sub is not None else ""
    sup = _spell(tree.sup, False) if tree.sup is not None else ""
    if sup == r"\top" and base.endswith(r"\right)"):
        sup = r"\!\top"
    return base + sub + (f"^{{{sup}}}" if sup else "")


@_spell.register
def _(tree: b.Indexed, display: bool) -> str:
    at = ("" if tree.run_on else ",").join(_spell(i, False) for i in tree.at)
    if isinstance(tree.base, b.Sym):
        return _symbol(tree.base, at)
    return f"{_spell(tree.base, display)}_{{{at}}}"


@_spell.register
def _(tree: b.Primed, display: bool) -> str:
    base = _spell(tree.base, display)
    return base + ("'" * tree.order if tree.order <= 3 else f"^{{({tree.order})}}")


@_spell.register
def _(tree: b.Over, display: bool) -> str:
    return rf"\frac{{{_spell(tree.numerator, False)}}}{{{_spell(tree.denominator, False)}}}"


@_spell.register
def _(tree: b.Big, display: bool) -> str:
    head = b.TOKENS[tree.op][0] + f"_{{{_spell(tree.lower, False)}}}"
    if tree.upper is not None:
        head += f"^{{{_spell(tree.upper, False)}}}"
    return f"{head} {_spell(tree.body, display)}"


@_spell.register
def _(tree: b.Root, display: bool) -> str:
    return rf"\sqrt{{{_spell(tree.body, display)}}}"


@_spell.register
def _(tree: b.Grid, display: bool) -> str:
    rows = r" \\ ".join(" & ".join(_spell(x, False) for x in row) for row in tree.rows)
    return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"
