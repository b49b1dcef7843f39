"""Derivatives on the core: the derivative of a term is the sum over its factors of the product rule.

This is the only place where something is differentiated; gradient, Jacobian and Hessian are read off it.  Known
functions take their derivative from ``everystep.algebra.functions``; an opaque function of order k becomes
order k + 1. May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations

from everystep.algebra.functions import FUNCTIONS
from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, difference, shifted, symbols_of
from everystep.calculus.networks import INTEGER, Call, Head, Poly, Term, Undecided, delta
from everystep.records import dataclass, field, replace


@dataclass(frozen=True)
class Target:
    """What is differentiated by: the entry ``slots`` of the leaf ``head``.

    ``chain`` handles leaves that depend on the target without being it (members of a recurrence): it returns the
    derivative of such a factor, or None when the leaf does not depend on the target.  ``means``: whether the mean of a
    function counts as depending on it; what a law's parameters are is not written in the mean.  Where no law depends on
    the target, ``within`` tells that a mean depends on it as its function does.
    """

    head: str
    slots: tuple[Slot, ...]
    chain: Callable[[str, tuple[Slot, ...]], list[Term] | None] | None = None
    moving: Callable[[str], bool] | None = None
    means: bool = True
    within: bool = False
    cache: dict[int, bool] = field(default_factory=dict)


def derivative(core: Core, terms: list[Term], target: Target) -> list[Term]:
    """The derivative of a sum of terms by one entry of the target."""
    result: list[Term] = []
    for term in terms:
        core.spend(len(term.factors) + 1)
        for position, (head, slots) in enumerate(term.factors):
            if head[:2] == "x:" and _is_trace(core, term, position):
                pieces = _trace_of_exponential(core, head, core.heads[head], slots, target)
            else:
                pieces = _factor(core, head, slots, target)
            if pieces:
                rest = Term(
                    term.coefficient,
                    term.factors[:position] + term.factors[position + 1 :],
                    term.scalars,
                    term.bound,
                )
                result.extend(rest.times(piece) for piece in pieces)
        for component, exponent in term.scalars.items():
            if not any(depends(core, head, target) for head, _ in component[0]):
                continue
            scalars = dict(term.scalars)
            if exponent == 1:
                del scalars[component]
            else:
                scalars[component] = exponent - 1
            rest = Term(term.coefficient * exponent, term.factors, scalars, term.bound)
            inner = core.term(((component, 1),))
            result.extend(rest.times(piece) for piece in derivative(core, [inner], target))
    return result


def depends(core: Core, head: str, target: Target) -> bool:
    """Whether a factor's value can change with the target."""
    if head == target.head or (target.moving is not None and target.moving(head)):
        return True
    info = core.heads.get(head)
    if info is None:
        return False
    if info.kind == "mean":
        return target.means or (target.within and _inside_depends(core, info.inside, target))
    insides = [a[0] for a in core.calls[head].arguments] if info.kind == "call" else [info.inside]
    return any(_inside_depends(core, number, target) for number in insides if number >= 0)


def _inside_depends(core: Core, number: int, target: Target) -> bool:
    known = target.cache.get(number)
    if known is None:
        known = target.cache[number] = any(
            depends(core, h, target) for key in core.poly(number) for (factors, _), _ in key for h, _ in factors
        )
    return known


def _factor(core: Core, head: str, slots: tuple[Slot, ...], target: Target) -> list[Term]:
    """The derivative of one factor, dispatched on what its head means."""
    if head == target.head:
        sizes = core.dimensions.get(head, ())
        known = [None] * (len(slots) - len(sizes)) + [delta(size) for size in sizes]
        pairs = zip(known, slots, target.slots, strict=True)
        return [Term(1, [(name or delta(None), (a, b)) for name, a, b in pairs])]
    if target.chain is not None:
        chained = target.chain(head, slots)
        if chained is not None:
            return chained
    if head[:2] == "K:" or head.startswith(("v:lim ", "v:projector ", "rank:")):
        raise Undecided("the derivative of a moment, a limit, a projector or a rank")
    if not depends(core, head, target):
        return []
    info = core.heads[head]
    rule = RULES.get(info.kind)
    if rule is None:
        raise Undecided(f"the derivative of {info.kind} is not known")
    return rule(core, head, info, slots, target)


def inside_terms(core: Core, info: Head, slots: tuple[Slot, ...]) -> list[Term]:
    """The inside of a head at given parameters."""
    return core.terms(core.poly(info.inside), {f"#{k}": s for k, s in enumerate(slots)})


def _inner(core: Core, info: Head, slots: tuple[Slot, ...], target: Target) -> list[Term]:
    return derivative(core, inside_terms(core, info, slots), target)


def _base(core: Core, head: str, info: Head, slots: tuple[Slot, ...], target: Target) -> list[Term]:
    """The base of a scalar power stands for its inside."""
    return _inner(core, info, slots, target)


def _power(core: Core, head: str, info: Head, slots: tuple[Slot, ...], target: Target) -> list[Term]:
    """d b^e = e b^(e-1) db, and d exp(m)^e = e exp(m)^e dm."""
    exponential = core.heads[info.base].kind == "exp"
    if exponential:
        outer = Term(info.exponent, [(head, slots)])
    elif info.exponent == 1:
        outer = Term(1)
    else:
        outer = core.power_factor(info.base, slots, info.exponent - 1).scaled(info.exponent)
    return [outer.times(t) for t in _inner(core, info, slots, target)]


def _exp(core: Core, head: str, info: Head, slots: tuple[Slot, ...], target: Target) -> list[Term]:
    outer = core.power_factor(head, slots, 1)
    return [outer.times(t) for t in _inner(core, info, slots, target)]


def _function(core: Core, head: str, info: Head, slots: tuple[Slot, ...], target: Target) -> list[Term]:
    outer = function_derivative(core, info, slots)
    return [o.times(t) for o in outer for t in _inner(core, info, slots, target)]


def function_derivative(core: Core, info: Head, slots: tuple[Slot, ...]) -> list[Term]:
    """f'(inside) for a function head."""
    inside: Poly = core.poly(info.inside)
    if info.name not in FUNCTIONS:
        head = f"f:{info.name}:{info.order + 1}:{info.inside}"
        if head not in core.heads:
            core.heads[head] = Head("function", info.name, inside=info.inside, order=info.order + 1, arity=info.arity)
        return [Term(1, [(head, slots)])]
    mapping = {f"#{k}": s for k, s in enumerate(slots)}
    result = []
    for coefficient, factors in FUNCTIONS[info.name].derivative:
        term = Term(coefficient)
        for name, power in factors:
            if name == "id":
                (piece,) = core.power(inside, power)
                placed = core.terms(core.normal([piece]), mapping)
                if len(placed) != 1:
                    raise Undecided("a power that does not stay one term")
                term = term.times(placed[0])
                continue
            head = f"f:{name}:0:{info.inside}"
            if head not in core.heads:
                core.heads[head] = Head("function", name, inside=info.inside, arity=info.arity)
            for _ in range(power):
                term = term.times(Term(1, [(head, slots)]))
        result.append(term)
    return result


def _inverse(core: Core, head: str, info: Head, slots: tuple[Slot, ...], target: Target) -> list[Term]:
    """dN = -N dM N."""
    row, column, *parameters = slots
    a, b = core.fresh(), core.fresh()
    low, high = core.ranges[head]
    outer = Term(
        Fraction(-1),
        [(head, (row, a, *parameters)), (head, (b, column, *parameters))],
        None,
        {a: (low, high), b: (low, high)},
    )
    return [outer.times(t) for t in _inner(core, info, (a, b, *parameters), target)]


LARGEST_EIGENVALUE = "largest eigenvalue"
"""The name of the call that stands for it; no author's function has a space in its name."""


def _call(core: Core, head: str, info: Head, slots: tuple[Slot, ...], target: Target) -> list[Term]:
    """The chain rule through an arbitrary differentiable function: one new slot per entry of an argument."""
    call = core.calls[head]
    entries = sum(call.arguments[k][1] for k in call.by)
    fixed, parameters = slots[: call.outputs + entries], slots[call.outputs + entries :]
    result: list[Term] = []
    start = 0
    for number, (inside, arity, count, ranges) in enumerate(call.arguments):
        own = parameters[start : start + count]
        start += count
        names = [core.fresh() for _ in range(arity)]
        mapping: dict[str, Slot] = {f"#{k}": s for k, s in enumerate((*names, *own))}
        inner = derivative(core, core.terms(core.poly(inside), mapping), target)
        if not inner:
            continue
        if call.name == LARGEST_EIGENVALUE:
            raise Undecided("the derivative of a largest eigenvalue")
        head_of_derivative = call_head(core, replace(call, by=(*call.by, number)))
        outer = Term(
            1,
            [(head_of_derivative, (*fixed, *names, *parameters))],
            None,
            dict(zip(names, ranges, strict=True)),
        )
        result.extend(outer.times(t) for t in inner)
    return result


def call_head(core: Core, call: Call) -> str:
    """The head of a call or of one of its partial derivatives."""
    head = f"c:{call.name}:{call.outputs}:{call.by}:{call.arguments}"
    if head not in core.heads:
        core.heads[head] = Head("call", call.name, inside=-1, order=len(call.by))
        core.calls[head] = call
        twice = len(call.by) == 2 and call.by[0] == call.by[1]
        _, arity, count, ranges = call.arguments[call.by[0]] if twice else (0, 0, 1, ())
        if twice and call.outputs == 0 and arity == 1 and count == 0 and len(call.arguments) == 1:
            core.symmetric.add(head)  # second derivatives commute
            core.dimensions[head] = (ranges[0][1], ranges[0][1])
        if call.outputs == 2 and (call.name, call.arguments) in core.symmetric_calls:
            core.symmetric.add(head)
    return head


def _symbolic_power(core: Core, head: str, info: Head, slots: tuple[Slot, ...], target: Target) -> list[Term]:
    """d b^k = k b^k db / b."""
    parameters = slots[:-1]
    base = core.normal(inside_terms(core, info, parameters))
    outer = [Term(1, [(INTEGER, (slots[-1],)), (head, slots)]).times(t) for t in core.power(base, -1)]
    return [o.times(t) for o in outer for t in _inner(core, info, parameters, target)]


MOST_COMMUTING = 3


def _commute(core: Core, size: Slot, matrices: list[list[Term]]) -> bool:
    """Whether constant matrices (entries at #0, #1) commute with each other, also by hypothesis."""
    hypotheses, core.hypotheses = core.hypotheses, True
    try:
        for one, other in combinations([core.normal(m) for m in matrices], 2):
            products: list[Poly] = []
            for a, b in ((one, other), (other, one)):
                joint = core.fresh()
                whole = Term(1, [], None, {joint: ((1, ()), size)})
                left, right = core.terms(a, {"#1": joint}), core.terms(b, {"#0": joint})
                products.append(core.normal(whole.times(x).times(y) for x in left for y in right))
            if products[0] != products[1]:
                return False
        return True
    finally:
        core.hypotheses = hypotheses


def _exponential_of_matrix(core: Core, head: str, info: Head, slots: tuple[Slot, ...], target: Target) -> list[Term]:
    """d exp(M) = dM exp(M) where M = a A + b B + ... with constant matrices that commute, so that dM commutes with M.

    That constants commute may be a hypothesis: it then holds around the point as well.
    """
    matrices: dict[tuple[object, ...], list[Term]] = {}
    for key, coefficient in core.poly(info.inside).items():
        opened = [(c, e) for c, e in key if any(s in ("#0", "#1") for _, ss in c[0] for s in ss)]
        if any(depends(core, h, target) for c, _ in opened for h, _ in c[0]):
            raise Undecided("the derivative of the exponential of a matrix that does not stay on a line")
        scalars = tuple((c, e) for c, e in key if (c, e) not in opened)
        matrices.setdefault(scalars, []).extend(core.terms({tuple(opened): coefficient}))
    if len(matrices) > MOST_COMMUTING or not _commute(core, core.dimensions[head][0], list(matrices.values())):
        raise Undecided("the derivative of the exponential of a matrix that does not stay on a line")
    row, column, *parameters = slots
    joint = core.fresh()
    size = core.dimensions[head][0]
    outer = Term(1, [(head, (joint, column, *parameters))], None, {joint: ((1, ()), size)})
    return [outer.times(t) for t in _inner(core, info, (row, joint, *parameters), target)]


def _is_trace(core: Core, term: Term, position: int) -> bool:
    """Whether a factor is a trace: a diagonal entry, summed over the whole dimension, linked to nothing else."""
    head, slots = term.factors[position]
    index = slots[0]
    if slots[1] != index or not isinstance(index, str) or term.bound.get(index) != ((1, ()), core.dimensions[head][0]):
        return False
    others = [slot for k, (_, ss) in enumerate(term.factors) if k != position for slot in ss]
    others += [*slots[2:], *(slot for pair in term.bound.values() for slot in pair)]
    return all(index not in symbols_of(slot) for slot in others)


def _trace_of_exponential(core: Core, head: str, info: Head, slots: tuple[Slot, ...], target: Target) -> list[Term]:
    """d tr(exp(M)) = tr(exp(M) dM); the sum of the trace is replaced by one over both indices."""
    index, _, *parameters = slots
    if not depends(core, head, target):
        return []
    core.used("derivative of the trace of an exponential")
    joint = core.fresh()
    outer = Term(1, [(head, (index, joint, *parameters))], None, {joint: ((1, ()), core.dimensions[head][0])})
    return [outer.times(t) for t in _inner(core, info, (joint, index, *parameters), target)]


def _matrix_power(core: Core, head: str, info: Head, slots: tuple[Slot, ...], target: Target) -> list[Term]:
    """d M^k = sum of M^j dM M^(k - 1 - j) for j from 0 to k - 1, where k is known to be at least 0; for k <= 0 it is
    minus the sum for j from k to -1, since d M^-1 = -M^-1 dM M^-1.
    """
    row, column, *parameters, exponent = slots
    positive = core.integers.at_least(exponent, (0, ()))
    if not positive and not core.integers.at_least((0, ()), exponent):
        raise Undecided("the derivative of a matrix power whose exponent may be positive or negative")
    j, a, b = core.fresh(), core.fresh(), core.fresh()
    ends: tuple[Slot, Slot] = ((0, ()), shifted(exponent, -1)) if positive else (exponent, (-1, ()))
    whole: tuple[Slot, Slot] = ((1, ()), core.dimensions[head][0])
    after = difference(shifted(exponent, -1), j)
    outer = Term(
        1 if positive else -1,
        [(head, (row, a, *parameters, j)), (head, (b, column, *parameters, after))],
        None,
        {j: ends, a: whole, b: whole},
    )
    return [outer.times(t) for t in _inner(core, info, (a, b, *parameters), target)]


RULES: dict[str, Callable[[Core, str, Head, tuple[Slot, ...], Target], list[Term]]] = {
    "base": _base,
    "power": _power,
    "exp": _exp,
    "function": _function,
    "inverse": _inverse,
    "call": _call,
    "symbolic power": _symbolic_power,
    "matrix exponential": _exponential_of_matrix,
    "matrix power": _matrix_power,
}
