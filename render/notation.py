r"""Expressions to notation: a small tree of symbols, rows, scripts, fences and fractions.

All decisions about order, signs and parentheses are made here, once, for LaTeX and for plain text;
the writers (:mod:`render.latex`, :mod:`render.text`) only spell the tree.  What the author wrote
stays: the order of terms and factors is kept, a product within a product or a sum within a sum
keeps its parentheses, nothing is evaluated.  One thing is not kept: where a minus sign sits
(``Neg(2 x)``, ``(-2) x`` and ``(-x) 2`` begin alike with a minus sign), so that negative terms
print as subtraction.

The order of precedence is in :mod:`render.precedence`, integers are in :mod:`render.integers`.  A node
class without a row here raises :class:`UnprintableError`.  May import SymPy, ``everystep.algebra`` and
the printing core.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import singledispatch
from typing import Any

import sympy
from sympy import Expr, Symbol

from everystep.algebra import expressions as e
from everystep.algebra.functions import FUNCTIONS
from everystep.algebra.shapes import ShapeError
from render.boxes import (
    FRACTION,
    LIMITS,
    Big,
    Digits,
    Fence,
    Grid,
    Indexed,
    Infix,
    Over,
    Primed,
    Root,
    Row,
    Scripts,
    Sym,
    Terms,
    Tree,
    Word,
)
from render.integers import integer, rational
from render.names import Name, parse_name
from render.precedence import (
    Laid,
    Level,
    Style,
    UnprintableError,
    at_least,
    enclosed,
    fence,
    function,
    juxtaposed,
    named,
    negated,
    summed,
)


def notation(expression: e.Expression, *, flat: bool = False, slashes: bool = False) -> Tree:
    """The notation of an expression; ``slashes``: quotients are written ``a / b`` throughout."""
    return _lay(expression, Style(flat, slashes)).tree


def terms_of(expression: e.Expression, *, flat: bool = False) -> tuple[tuple[bool, Tree], ...]:
    """The signed terms of a sum, or the one signed term of anything else: where a long line may
    break."""
    tree = notation(expression, flat=flat)
    return tree.terms if isinstance(tree, Terms) else ((False, tree),)


def integer_notation(value: Expr, *, flat: bool = False) -> Tree:
    """The notation of a size or an index."""
    return integer(value, Style(flat)).tree


def free_indices(node: e.Expression) -> frozenset[Symbol]:
    """The index symbols that occur free."""
    found: set[Symbol] = set()
    for argument in node.args:
        if isinstance(argument, e.Expression):
            found |= free_indices(argument)
        else:
            found |= {s for s in argument.free_symbols if isinstance(s, Symbol)}
    if isinstance(node, e.SumOver | e.Limit):
        found.discard(node.index)
        if isinstance(node, e.SumOver):
            for bound in node.range:
                found |= {s for s in bound.free_symbols if isinstance(s, Symbol)}
    return frozenset(found)


# building blocks -------------------------------------------------------------------------------


def _is_bold(node: e.Expression) -> bool:
    try:
        return not node.is_number_shaped
    except ShapeError:
        return True


# signs, sums, products -------------------------------------------------------------------------


def _signed(node: e.Expression, style: Style) -> tuple[bool, Laid]:
    """A term with its sign taken off."""
    if isinstance(node, e.Neg):
        return True, at_least(_lay(node.operands[0], style), Level.ENTRYWISE)
    if isinstance(node, e.Num) and node.value < 0:
        return True, rational(-node.value, style)
    if isinstance(node, e.Int) and not node.value.is_Add and node.value.could_extract_minus_sign():
        return True, integer(-node.value, style)
    if isinstance(node, e.Mul) and node.operands:
        negative, first = _signed(node.operands[0], style)
        if negative:
            return True, _product(node.operands, style, first)
    return False, _lay(node, style)


def _product(factors: Sequence[e.Expression], style: Style, first: Laid | None = None) -> Laid:
    laid = [first if first and i == 0 else _lay(f, style) for i, f in enumerate(factors)]
    last = len(laid) - 1
    return juxtaposed(
        [
            f if (f.level > Level.PREFIX and not f.negative) or (f.level == Level.PREFIX and i == last) else enclosed(f)
            for i, f in enumerate(laid)
        ]
    )


def _infix(op: str, node: e.Expression, style: Style) -> Laid:
    laid = [at_least(_lay(f, style), Level.POWER) for f in node.operands]
    return Laid(
        Infix(op, tuple(f.tree for f in laid)),
        Level.ENTRYWISE,
        max(f.height for f in laid),
        digit=laid[0].digit,
    )


def _superscript(node: e.Expression, sup: Tree, style: Style) -> Laid:
    base = _lay(node, style)
    if base.level < Level.ATOM or base.negative:
        base = enclosed(base)
    return Laid(Scripts(base.tree, sup=sup), Level.POWER, base.height, digit=base.digit)


def _prefix_body(node: e.Expression, style: Style) -> Laid:
    """What stands after a sum sign: everything but a sum may stand bare."""
    return at_least(_lay(node, style), Level.ENTRYWISE)


def _operand(node: e.Expression, style: Style) -> Laid:
    """What stands after a gradient sign: a symbol, a value, a norm, a sum sign; else
    parentheses."""
    inner = _lay(node, style)
    bare = (
        inner.level == Level.ATOM
        or isinstance(node, e.SumOver | e.Limit | e.LimitAt)
        or (isinstance(node, e.Pow) and isinstance(node.operands[0], e.Norm))
    )
    return inner if bare and not inner.negative and not inner.digit else enclosed(inner)


def _indexed(base: e.Expression, name: Name | None, at: Sequence[Tree], style: Style, **options: Any) -> Laid:
    """``base`` with indices; a bare name is printed light, as the entries of a vector are."""
    if name is not None and name.is_bare:
        return Laid(Indexed(Sym(name, options.pop("bold", False)), tuple(at), **options))
    options.pop("bold", None)
    inner = enclosed(_lay(base, style))
    return Laid(Indexed(inner.tree, tuple(at), **options), height=inner.height)


def _runs_on(at: Sequence[Expr]) -> bool:
    """Whether two indices may be written without a comma: ``X_{ij}``."""
    return all(
        (isinstance(i, Symbol) and len(i.name) == 1) or (isinstance(i, sympy.Integer) and 0 <= i < 10) for i in at
    )


# the table -------------------------------------------------------------------------------------


@singledispatch
def _lay(node: e.Expression, style: Style) -> Laid:
    raise UnprintableError(f"no notation for {type(node).__name__}")


@_lay.register
def _(node: e.Num, style: Style) -> Laid:
    return rational(node.value, style)


@_lay.register
def _(node: e.Int, style: Style) -> Laid:
    return integer(node.value, style)


@_lay.register
def _(node: e.Var, style: Style) -> Laid:
    return Laid(named(node.name, _is_bold(node)))


@_lay.register
def _(node: e.Member, style: Style) -> Laid:
    name = parse_name(node.name)
    at = tuple(integer(i, style.inner).tree for i in node.at)
    symbol: Tree = Sym(name, _is_bold(node))
    return Laid(Indexed(symbol if name.is_bare else Fence("(", symbol, 0), at))


@_lay.register
def _(node: e.Eye, style: Style) -> Laid:
    return Laid(Word("identity"))


@_lay.register
def _(node: e.Ones, style: Style) -> Laid:
    if node.shape[1] == 1:
        return Laid(Word("one"))
    sizes = tuple(integer(s, style.inner).tree for s in node.shape)
    return Laid(Scripts(Word("one"), sub=Infix("times", sizes)))


@_lay.register
def _(node: e.Zeros, style: Style) -> Laid:
    return Laid(Word("zero"))


@_lay.register
def _(node: e.Unit, style: Style) -> Laid:
    return Laid(Indexed(Word("unit"), (integer(node.args[1], style.inner).tree,)))


@_lay.register
def _(node: e.Add, style: Style) -> Laid:
    terms: list[tuple[bool, Laid]] = []
    for i, operand in enumerate(node.operands):
        sign, laid = _signed(operand, style)
        later = node.operands[i + 1 :]
        captures = laid.open and any(laid.open & free_indices(x) for x in later)
        if laid.level == Level.SUM or laid.negative or captures:
            laid = enclosed(laid)
        terms.append((sign, laid))
    return summed(terms)


def _with_sign(node: e.Expression, style: Style) -> Laid:
    _, laid = _signed(node, style)
    return negated(laid)


@_lay.register
def _(node: e.Neg, style: Style) -> Laid:
    return _with_sign(node, style)


@_lay.register
def _(node: e.Mul, style: Style) -> Laid:
    if _signed(node.operands[0], style)[0]:
        return _with_sign(node, style)
    return _product(node.operands, style)


@_lay.register
def _(node: e.Div, style: Style) -> Laid:
    return _quotient(
        _lay(node.operands[0], style if style.slashes else style.inner),
        _lay(node.operands[1], style if style.slashes else style.inner),
        style,
    )


def _quotient(numerator: Laid, denominator: Laid, style: Style) -> Laid:
    if not style.slashes:
        return Laid(
            Over(numerator.tree, denominator.tree),
            Level.POWER,
            FRACTION,
            digit=isinstance(numerator.tree, Digits),
        )
    above = numerator if numerator.level >= Level.PRODUCT and not numerator.open else enclosed(numerator)
    if above.level == Level.PREFIX or (above.level == Level.PRODUCT and _ends_in_prefix(above.tree)):
        above = enclosed(above)
    below = at_least(denominator, Level.POWER)
    return Laid(
        Infix("slash", (above.tree, below.tree)),
        Level.PRODUCT,
        max(above.height, below.height),
        digit=above.digit,
    )


def _ends_in_prefix(tree: Tree) -> bool:
    """Whether a product's last factor reaches to the right, or it is itself a quotient."""
    if isinstance(tree, Infix):
        return tree.op == "slash"
    last = tree.items[-1] if isinstance(tree, Row) else tree
    if isinstance(last, Row) and last is not tree:
        return isinstance(last.items[0], Scripts) and last.items[0].base == Word("nabla")
    return isinstance(last, Big)


@_lay.register
def _(node: e.Pow, style: Style) -> Laid:
    base, exponent = node.operands
    power = _lay(exponent, style.inner)
    return _superscript(base, power.tree, style)


@_lay.register
def _(node: e.Transpose, style: Style) -> Laid:
    return _superscript(node.operands[0], Word("top"), style)


@_lay.register
def _(node: e.Inverse, style: Style) -> Laid:
    return _superscript(node.operands[0], Word("inverse"), style)


@_lay.register
def _(node: e.PseudoInverse, style: Style) -> Laid:
    return _superscript(node.operands[0], Word("pseudo"), style)


def _operator(token: str) -> Callable[[e.Expression, Style], Laid]:
    def lay(node: e.Expression, style: Style) -> Laid:
        return function(Word(token), *(_lay(x, style) for x in node.operands))

    return lay


for _node, _token in (
    (e.Trace, "tr"),
    (e.Det, "det"),
    (e.Adjugate, "adj"),
    (e.Rank, "rank"),
    (e.Diag, "diag"),
    (e.DiagPart, "diag"),
    (e.Vec, "vec"),
    (e.Softmax, "softmax"),
    (e.LogSumExp, "logsumexp"),
    (e.Max, "max"),
    (e.Min, "min"),
    (e.Variance, "Var"),
    (e.Covariance, "Cov"),
):
    _lay.register(_node, _operator(_token))


@_lay.register
def _(node: e.EigMax, style: Style) -> Laid:
    return function(Scripts(Word("lambda"), sub=Word("max")), _lay(node.operands[0], style))


@_lay.register
def _(node: e.EigMin, style: Style) -> Laid:
    return function(Scripts(Word("lambda"), sub=Word("min")), _lay(node.operands[0], style))


@_lay.register
def _(node: e.Expectation, style: Style) -> Laid:
    return function(Word("E"), _lay(node.operands[0], style), kind="[")


@_lay.register
def _(node: e.Given, style: Style) -> Laid:
    mean = isinstance(node.mean, e.Expectation)
    word = "E" if mean else "Var" if isinstance(node.mean, e.Variance) else "Cov"
    of, held = ([_lay(x, style) for x in part] for part in (node.mean.operands, node.held))
    listed = tuple(Infix("comma", tuple(x.tree for x in part)) for part in (of, held))
    inner = Laid(Infix("given", listed), height=max(x.height for x in (*of, *held)))
    return function(Word(word), inner, kind="[" if mean else "(")


@_lay.register
def _(node: e.Hadamard, style: Style) -> Laid:
    return _infix("odot", node, style)


@_lay.register
def _(node: e.Kron, style: Style) -> Laid:
    return _infix("otimes", node, style)


@_lay.register
def _(node: e.Block, style: Style) -> Laid:
    rows = tuple(tuple(_lay(x, style.inner).tree for x in row) for row in node.rows)
    return Laid(Grid(rows), height=FRACTION)


@_lay.register
def _(node: e.Entry, style: Style) -> Laid:
    base = node.operands[0]
    name = parse_name(base.name) if isinstance(base, e.Var) else None
    at = tuple(integer(i, style.inner).tree for i in node.at)
    return _indexed(base, name, at, style, run_on=_runs_on(node.at))


@_lay.register
def _(node: e.Row, style: Style) -> Laid:
    base = node.operands[0]
    name = parse_name(base.name) if isinstance(base, e.Var) else None
    at = (integer(node.args[1], style.inner).tree, Word("colon"))
    return _indexed(base, name, at, style, bold=True)


@_lay.register
def _(node: e.Col, style: Style) -> Laid:
    base = node.operands[0]
    name = parse_name(base.name) if isinstance(base, e.Var) else None
    at = (Word("colon"), integer(node.args[1], style.inner).tree)
    return _indexed(base, name, at, style, bold=True)


ENTRYWISE_MARK = ("exp", "log", "sqrt", "sin", "cos")
"""Functions that also mean a function of a square matrix: their entrywise form carries a mark
there."""


@_lay.register
def _(node: e.Apply, style: Style) -> Laid:
    inner = _lay(node.operands[0], style)
    head: Tree
    if node.function in FUNCTIONS:
        ambiguous = node.function in ENTRYWISE_MARK and _is_square_matrix(node.operands[0])
        if node.order == 0 and not ambiguous:
            if node.function == "sqrt":
                return Laid(Root(inner.tree), height=max(inner.height, 1))
            if node.function == "abs":
                return fence("abs", inner)
        head = Word(node.function)
        if ambiguous:
            head = Scripts(head, sup=Word("odot"))
    else:
        head = named(node.function)
    return function(Primed(head, node.order) if node.order else head, inner)


def _is_square_matrix(node: e.Expression) -> bool:
    try:
        rows, columns = node.shape
    except ShapeError:
        return True
    return bool(rows == columns and rows != 1)


@_lay.register
def _(node: e.Call, style: Style) -> Laid:
    try:
        bold = not node.is_number_shaped
    except ShapeError:
        bold = False
    return function(named(node.function, bold), *(_lay(x, style) for x in node.operands))


@_lay.register
def _(node: e.MatrixFunction, style: Style) -> Laid:
    return function(Word(node.function), _lay(node.operands[0], style))


NORMS: dict[str, Tree] = {
    "2": Digits("2"),
    "F": Word("F"),
    "1": Digits("1"),
    "inf": Word("infinity"),
}


@_lay.register
def _(node: e.Norm, style: Style) -> Laid:
    laid = fence("norm", _lay(node.operands[0], style))
    try:
        matrix = 1 not in node.operands[0].shape
    except ShapeError:
        matrix = False
    if node.kind == "2" and not matrix:
        return laid
    return replace(laid, tree=Scripts(laid.tree, sub=NORMS[node.kind]))


def _big(op: str, lower: Tree, upper: Tree | None, body: Laid, index: Expr) -> Laid:
    bound = {index} if isinstance(index, Symbol) else set()
    return Laid(
        Big(op, lower, upper, body.tree),
        Level.PREFIX,
        LIMITS,
        open=frozenset(bound | body.open),
    )


def _lower(index: Expr, low: Expr, style: Style) -> Tree:
    return Infix("=", (integer(index, style.inner).tree, integer(low, style.inner).tree))


@_lay.register
def _(node: e.SumOver, style: Style) -> Laid:
    low, high = node.range
    body = _prefix_body(node.operands[0], style)
    upper = integer(high, style.inner).tree
    return _big("sum", _lower(node.index, low, style), upper, body, node.index)


@_lay.register
def _(node: e.ProdOver, style: Style) -> Laid:
    low, high = node.range
    body = at_least(_lay(node.operands[0], style), Level.POWER)
    upper = integer(high, style.inner).tree
    return _big("prod", _lower(node.index, low, style), upper, body, node.index)


@_lay.register
def _(node: e.Limit, style: Style) -> Laid:
    lower = Infix("to", (integer(node.index, style.inner).tree, Word("infinity")))
    return _big("lim", lower, None, _prefix_body(node.operands[0], style), node.index)


@_lay.register
def _(node: e.LimitAt, style: Style) -> Laid:
    if node.is_infinite:
        place: Tree = Word(node.approach)
    else:
        point = _lay(node.point, style.inner)
        one_sided = node.approach in ("above", "below")
        simple = point.level == Level.ATOM and not point.negative
        place = (
            Scripts((point if simple else enclosed(point)).tree, sup=Word(node.approach)) if one_sided else point.tree
        )
    lower = Infix("to", (_lay(node.variable, style.inner).tree, place))
    body = _prefix_body(node.operands[0], style)
    return Laid(Big("lim", lower, None, body.tree), Level.PREFIX, LIMITS, open=body.open)


@_lay.register
def _(node: e.Gradient, style: Style) -> Laid:
    return _nabla(node, None, style)


@_lay.register
def _(node: e.Hessian, style: Style) -> Laid:
    return _nabla(node, Digits("2"), style)


def _nabla(node: e.Expression, order: Tree | None, style: Style) -> Laid:
    value, variable = node.operands
    body = _operand(value, style)
    below = _lay(variable, style.inner)
    if isinstance(variable, e.Add | e.Mul):  # a point that is no name
        below = at_least(below, Level.ATOM)
    head = Scripts(Word("nabla"), sub=below.tree, sup=order)
    return Laid(Row((head, body.tree)), Level.PREFIX, body.height, open=body.open)


@_lay.register
def _(node: e.Jacobian, style: Style) -> Laid:
    return _partial(node, style)


@_lay.register
def _(node: e.ScalarDerivative, style: Style) -> Laid:
    return _partial(node, style)


def _partial(node: e.Expression, style: Style) -> Laid:
    """``d y / d x``; what is more than a name stands in parentheses, after the quotient when it is
    large."""
    value, variable = node.operands
    sign = Word("partial")
    below = Laid(Row((sign, at_least(_lay(variable, style.inner), Level.ATOM).tree)), Level.ATOM)
    above = _lay(value, style.inner)
    if isinstance(value, e.Var | e.Member | e.Entry | e.Call):
        return _quotient(replace(above, tree=Row((sign, above.tree)), level=Level.ATOM), below, style)
    if not style.slashes and above.height < 2:
        above = enclosed(above)
        return _quotient(Laid(Row((sign, above.tree))), below, style)
    body = enclosed(_lay(value, style))
    quotient = _quotient(Laid(sign), below, style)
    if style.slashes:
        quotient = enclosed(quotient)
    return Laid(Row((quotient.tree, body.tree)), Level.PREFIX, max(quotient.height, body.height))


@_lay.register
def _(node: e.Differential, style: Style) -> Laid:
    """``d(f)`` when every change is named after its variable (``X``, ``dX``), else ``D_X f
    [H]``."""
    value = _lay(node.operands[0], style)
    pairs = node.perturbations
    if all(_is_change_of(change, variable) for variable, change in pairs):
        return function(Word("d"), value)
    variables = tuple(_lay(v, style.inner).tree for v, _ in pairs)
    head = Scripts(Word("D"), sub=variables[0] if len(pairs) == 1 else Infix("comma", variables))
    body = function(head, value)
    changes = tuple(_lay(c, style) for _, c in pairs)
    along = fence(
        "[",
        Laid(changes[0].tree if len(pairs) == 1 else Infix("comma", tuple(c.tree for c in changes))),
    )
    return Laid(Row((body.tree, along.tree)), height=body.height)


def _is_change_of(change: e.Expression, variable: e.Expression) -> bool:
    if not (isinstance(change, e.Var | e.Member) and isinstance(variable, e.Var | e.Member)):
        return False
    name = parse_name(change.name)
    return name.change and replace(name, change=False) == parse_name(variable.name)
