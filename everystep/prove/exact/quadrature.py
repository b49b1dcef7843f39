"""Means of exponentials: a normal law is replaced by equidistant nodes, and two such laws have to agree.

For an integrand F that is the normal density times polynomials and exponentials of linear functions, the sum over a
lattice of step h is the integral with an error that Poisson's formula gives: ``2 Re F^(2 pi k / h)`` for k = 1, 2, ...,
which falls like exp(-2 pi^2 k^2 / h^2).  Shifting the lattice by half a step turns the sign of the first term: the two
sums differ by twice the error of each, and their mean has next to none.  What lies beyond the last node is less than
what lies between the last nodes of the two, because the shifted lattice reaches farther.  The two errors may cancel in
the difference of the sums; the step is so small that the first is less than 2^-62 of the mean, so that this is added.

May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flint import arb, fmpq

from everystep.algebra import expressions as ex
from everystep.prove.exact.arithmetic import Matrix
from everystep.prove.exact.errors import Inadmissible, NeedsReals
from everystep.prove.exact.evaluator import Evaluator
from everystep.prove.exact.jets import Jet, scale
from everystep.prove.exact.program import Name, Program, name_of, under_even_power
from everystep.prove.exact.series import EVALUATIONS
from everystep.records import dataclass

STEP = fmpq(3, 5)
"""In units of the standard deviation: exp(-2 pi^2 / h^2) is 2e-24, and a fourth moment makes it 1e4 times as large."""

REACHES = (9, 13, 19)
"""How far the nodes go, in standard deviations; tried in turn."""

_CLOSE = 2.0**-62
_APART, _STRIDE = 2.0**-59, 3
_EXPONENTIAL = 1e6
_UNKNOWN = float("inf")


@dataclass(frozen=True)
class Lattice:
    """Nodes at ``(k + 1/2) h`` (``shifted``) or ``k h``, up to ``reach`` standard deviations; h is ``stride`` STEP."""

    shifted: bool
    reach: int
    stride: int = 1


Nodes = int | Lattice
"""How many nodes stand for a normal variable, or which."""


def lattice(ev: Evaluator, variance: Jet, nodes: Lattice) -> list[tuple[Jet, Jet]]:
    """The nodes of a normal variable of mean 0 with their weights, in real balls."""
    deviation = ev.jets.apply(variance, lambda x, n: EVALUATIONS["sqrt"](ev.ring, x, n))
    offset = fmpq(1, 2) if nodes.shifted else fmpq(0)
    step = STEP * nodes.stride
    last = int(nodes.reach / step)
    result = []
    for k in range(-last, last + 1):
        z = arb((k + offset) * step)
        weight = step * (-z * z / 2).exp() / (2 * arb.pi()).sqrt()
        result.append((scale(deviation, ev.jets.scalar(z)), ev.jets.scalar(weight)))
    return result


def is_exponential(program: Program, bodies: Iterable[ex.Expression]) -> bool:
    """Whether all of these are polynomials in normal variables and exponentials of linear functions of them.

    One exponential at least has to be there.
    """
    growths = [_growth(program, body, frozenset()) for body in bodies]
    return _EXPONENTIAL <= max(growths) < _UNKNOWN


def _growth(program: Program, e: ex.Expression, seen: frozenset[Name]) -> float:
    """The degree in the normal variables; at least ``_EXPONENTIAL`` where exponentials take part, infinite where it is
    not known.
    """
    if not program.mask_of(e) & program.normal_mask:
        return 0
    if isinstance(e, ex.Var | ex.Member):
        name = name_of(e)
        meaning = program.meanings.get(name)
        if meaning is not None and meaning.law is not None:
            return 1
        if name in seen:
            return _UNKNOWN
        return max((_growth(program, body, seen | {name}) for body in program.bodies(name)), default=_UNKNOWN)
    if isinstance(e, ex.Pow):
        exponent = e.operands[1]
        if not isinstance(exponent, ex.Num) or not exponent.value.is_integer or exponent.value < 0:
            return _UNKNOWN
        (base,) = under_even_power(e) or e.operands[:1]
        return _growth(program, base, seen) * int(exponent.value)
    if isinstance(e, ex.Apply):
        linear = e.function == "exp" and _growth(program, e.operands[0], seen) <= 1
        return _EXPONENTIAL if linear else _UNKNOWN
    parts = [_growth(program, operand, seen) for operand in e.operands]
    if isinstance(e, ex.Div):
        # One over an exponential is an exponential.
        inverted = isinstance(e.operands[1], ex.Apply)
        return parts[0] + parts[1] if inverted or not parts[1] else _UNKNOWN
    if isinstance(e, _PRODUCTS):
        return sum(parts)
    return max(parts) if isinstance(e, _LINEAR) and not isinstance(e, ex.ProdOver) else _UNKNOWN


_PRODUCTS = (ex.Mul, ex.Hadamard, ex.Kron)
_LINEAR = (
    ex.Add,
    ex.Neg,
    ex.Transpose,
    ex.Trace,
    ex.Diag,
    ex.DiagPart,
    ex.Entry,
    ex.Row,
    ex.Col,
    ex.Vec,
    ex.SumOver,
)


def integrated(ev: Evaluator, compute: Callable[[Nodes], Jet]) -> Jet:
    """What ``compute`` makes of a law of nodes, as balls that hold both sums of two shifted lattices."""
    if ev.ring.exact:
        raise NeedsReals("the expectation of an exponential")
    for reach in REACHES:
        if _too_short(compute, reach):
            continue
        one, other = compute(Lattice(False, reach)), compute(Lattice(True, reach + 2))
        keys = {*(one.parts or ()), *(other.parts or ())}
        base = _hull(ev, one.base, other.base)
        zero = ev.ring.zeros(one.rows, one.columns)
        parts = {k: _hull(ev, (one.parts or {}).get(k, zero), (other.parts or {}).get(k, zero)) for k in keys}
        if base is not None and all(part is not None for part in parts.values()):
            return Jet(base, parts or None, one.levels | other.levels)
    raise Inadmissible("the mean of an exponential that grows fast")


def _too_short(compute: Callable[[Nodes], Jet], reach: int) -> bool:
    """Whether a few nodes beyond the reach weigh so much already that the sums of the two lattices cannot be close.

    A lattice of every third node shows that at a ninth of the price in two dimensions.  It decides only how far the
    nodes go.
    """
    one, other = (compute(Lattice(False, r, _STRIDE)).base.entries() for r in (reach, reach + 2))
    return any(abs(x - y).lower() > _APART * (1 + abs(float(y.mid()))) for x, y in zip(one, other, strict=True))


def _hull(ev: Evaluator, a: Matrix, b: Matrix) -> Matrix | None:
    """Balls that hold the entries of both matrices; None where two are not close."""
    entries = []
    for x, y in zip(a.entries(), b.entries(), strict=True):
        gap = abs(x - y).upper()
        if not gap < _CLOSE * (1 + abs(float(y.mid()))):
            return None
        entries.append((x + y) / 2 + arb(0, 4 * gap + _CLOSE * abs(y).upper()))
    return ev.ring.matrix(a.nrows(), a.ncols(), entries)
