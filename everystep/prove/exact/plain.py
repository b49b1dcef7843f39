"""Expressions as one line of plain text, for messages: ``(X^T X)^-1``.  May import ``everystep.algebra`` only."""

from __future__ import annotations

from collections.abc import Callable

from everystep.algebra import expressions as ex

_SUM, _PRODUCT, _POWER, _ATOM = range(4)


def plain(expression: ex.Expression) -> str:
    """The expression as a person types it."""
    return _render(expression)[0]


def _wrap(expression: ex.Expression, level: int) -> str:
    text, own = _render(expression)
    return text if own >= level else f"({text})"


def _render(node: ex.Expression) -> tuple[str, int]:
    writer = _WRITERS.get(type(node))
    if writer is not None:
        return writer(node)
    inside = ", ".join(plain(a) if isinstance(a, ex.Expression) else str(a) for a in node.args)
    return f"{_NAMES.get(type(node), type(node).__name__)}({inside})", _ATOM


def _add(node: ex.Expression) -> tuple[str, int]:
    text = ""
    for term in node.operands:
        if isinstance(term, ex.Neg):
            text += (" - " if text else "-") + _wrap(term.operands[0], _PRODUCT)
        else:
            text += (" + " if text else "") + _wrap(term, _SUM)
    return text, _SUM


def _neg(node: ex.Expression) -> tuple[str, int]:
    return "-" + _wrap(node.operands[0], _PRODUCT), _SUM


def _mul(node: ex.Expression) -> tuple[str, int]:
    return " ".join(_wrap(f, _POWER) for f in node.operands), _PRODUCT


def _div(node: ex.Expression) -> tuple[str, int]:
    top, bottom = node.operands
    return f"{_wrap(top, _PRODUCT)}/{_wrap(bottom, _POWER)}", _PRODUCT


def _pow(node: ex.Expression) -> tuple[str, int]:
    base, exponent = node.operands
    return f"{_wrap(base, _ATOM)}^{_wrap(exponent, _ATOM)}", _POWER


def _indexed(name: str, at: tuple[object, ...]) -> str:
    inside = ",".join(str(i) for i in at)
    return f"{name}_{inside}" if inside.isalnum() else f"{name}_({inside})"


def _member(node: ex.Expression) -> tuple[str, int]:
    if not isinstance(node, ex.Member):
        raise TypeError(type(node).__name__)
    return _indexed(node.name, node.at), _ATOM


def _entry(node: ex.Expression) -> tuple[str, int]:
    if not isinstance(node, ex.Entry):
        raise TypeError(type(node).__name__)
    return _indexed(_wrap(node.operands[0], _ATOM), node.at), _ATOM


def _apply(node: ex.Expression) -> tuple[str, int]:
    if not isinstance(node, ex.Apply):
        raise TypeError(type(node).__name__)
    return f"{node.function}{chr(39) * node.order}({plain(node.operands[0])})", _ATOM


def _call(node: ex.Expression) -> tuple[str, int]:
    if not isinstance(node, ex.Call):
        raise TypeError(type(node).__name__)
    return f"{node.function}({', '.join(map(plain, node.operands))})", _ATOM


def _norm(node: ex.Expression) -> tuple[str, int]:
    if not isinstance(node, ex.Norm):
        raise TypeError(type(node).__name__)
    mark = "" if node.kind == "2" else f"_{node.kind}"
    return f"||{plain(node.operands[0])}||{mark}", _ATOM


def _over(word: str) -> Callable[[ex.Expression], tuple[str, int]]:
    def write(node: ex.Expression) -> tuple[str, int]:
        body, index, low, high = node.args
        return f"{word}_({index}={low}..{high}) {_wrap(body, _PRODUCT)}", _PRODUCT

    return write


def _given(node: ex.Expression) -> tuple[str, int]:
    if not isinstance(node, ex.Given):
        raise TypeError(type(node).__name__)
    body, held = (", ".join(map(plain, e)) for e in (node.mean.operands, node.held))
    return f"{_NAMES[type(node.mean)]}({body} | {held})", _ATOM


def _limit(node: ex.Expression) -> tuple[str, int]:
    body, variable, point = node.operands
    marks = {"above": "+", "below": "-", "both sides": ""}
    approach = str(node.args[3])
    place = _wrap(point, _ATOM) + marks[approach] if approach in marks else approach
    return f"lim({plain(body)}, {plain(variable)} -> {place})", _ATOM


def _value(node: ex.Expression) -> tuple[str, int]:
    text = str(node.args[0])
    return text, _ATOM if text.isalnum() else _SUM


_WRITERS: dict[type[ex.Expression], Callable[[ex.Expression], tuple[str, int]]] = {
    ex.Num: _value,
    ex.Int: _value,
    ex.Var: lambda node: (node.args[0].name, _ATOM),
    ex.Member: _member,
    ex.Eye: lambda node: ("I", _ATOM),
    ex.Ones: lambda node: ("1", _ATOM),
    ex.Zeros: lambda node: ("0", _ATOM),
    ex.Unit: lambda node: (_indexed("e", node.args[1:]), _ATOM),
    ex.Add: _add,
    ex.Neg: _neg,
    ex.Mul: _mul,
    ex.Div: _div,
    ex.Pow: _pow,
    ex.Transpose: lambda node: (f"{_wrap(node.operands[0], _ATOM)}^T", _POWER),
    ex.Inverse: lambda node: (f"{_wrap(node.operands[0], _ATOM)}^-1", _POWER),
    ex.PseudoInverse: lambda node: (f"{_wrap(node.operands[0], _ATOM)}^+", _POWER),
    ex.Hadamard: lambda node: (" . ".join(_wrap(f, _POWER) for f in node.operands), _PRODUCT),
    ex.Kron: lambda node: (" (x) ".join(_wrap(f, _POWER) for f in node.operands), _PRODUCT),
    ex.Entry: _entry,
    ex.Apply: _apply,
    ex.Call: _call,
    ex.Norm: _norm,
    ex.SumOver: _over("sum"),
    ex.ProdOver: _over("product"),
    ex.LimitAt: _limit,
    ex.Given: _given,
}

_NAMES: dict[type[ex.Expression], str] = {
    ex.Trace: "tr",
    ex.Det: "det",
    ex.Adjugate: "adj",
    ex.Rank: "rank",
    ex.Diag: "diag",
    ex.DiagPart: "diag",
    ex.Vec: "vec",
    ex.Expectation: "E",
    ex.Variance: "Var",
    ex.Covariance: "Cov",
    ex.Softmax: "softmax",
    ex.LogSumExp: "logsumexp",
    ex.Max: "max",
    ex.Min: "min",
    ex.EigMax: "lambda_max",
    ex.EigMin: "lambda_min",
    ex.Gradient: "grad",
}
