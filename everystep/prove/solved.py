"""Equations among the hypotheses, solved for a number or a vector whose coefficient is known not to vanish.

The normal form solves an equation for a name where the coefficient is a product of numbers that are declared not to be
0. Here the order says that it is not: ``a u^T S u = u^T u`` gives a for definite S and nonzero u, and
``(X^T X + lam I) b = X^T y`` gives b for lam > 0.  May import the normal form and the order; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Relation
from everystep.calculus.atoms import inverse
from everystep.calculus.indices import Slot, constant, symbols_of
from everystep.calculus.networks import Component, Poly, Term, Undecided, delta
from everystep.prove.normal_form import NormalForm
from everystep.prove.order import Order

MOST_NAMES = 4


def solutions(
    context: Context, lemmas: tuple[Hypothesis, ...], attach: Callable[[NormalForm], object]
) -> Iterator[NormalForm]:
    """Normal forms of the context in which one equation is used as what it says of one of its names.

    Each name that the equation determines gives one.  ``attach`` adds the rules for limits.  There are none beside
    random quantities: an equation may make a name random, and would no longer be seen where a mean is taken.
    """
    if context.random:
        return
    for hypothesis in context.hypotheses:
        if not isinstance(hypothesis, Relation) or hypothesis.op != "=" or _of_integers(hypothesis):
            continue
        equation: Relation = hypothesis
        for position in range(MOST_NAMES):
            # The equation itself is left out, so that no other rule made of it stands in the way.
            others = replace(context, hypotheses=tuple(h for h in context.hypotheses if h != equation))

            def tied(form: NormalForm, equation: Relation = equation) -> None:
                form.own = context.hypotheses  # what is said of an index is still said of it
                attach(form)
                for side in (equation.left, equation.right):
                    form.core.constrained |= form.variables(side)

            try:
                form = NormalForm(others, lemmas=lemmas, attach=tied)
                form.see(equation.left, equation.right)
                poly = form.difference(equation.left, equation.right)
                found = next(islice(_solved(form, Order(form), poly), position, None), None)
            except Undecided:
                break
            if found is None or any(form.lowering.conditions):
                break
            head, value = found
            form.substitute(head, value)
            yield form


def _of_integers(hypothesis: Relation) -> bool:
    return all(isinstance(side, (ex.Int, ex.Num)) for side in (hypothesis.left, hypothesis.right))


def _solved(form: NormalForm, order: Order, poly: Poly) -> Iterator[tuple[str, Poly]]:
    """(head, value) of the names that ``poly = 0`` determines."""
    leaves = sorted({head for head, slots in form.leaves(poly) if head[:2] == "v:" and head not in form.core.symmetric})
    open_ = {
        s for key in poly for c, _ in key for _, ss in c[0] for slot in ss for s in symbols_of(slot) if s[0] == "#"
    }
    for head in leaves:
        dimensions = form.core.dimensions.get(head, ())
        value = None
        if not dimensions and not open_:
            value = _number(form, order, poly, head)
        elif len(dimensions) == 1 and open_ == {"#0"}:
            value = _vector(form, order, poly, head, dimensions[0])
        if value is not None:
            yield head, value


def _number(form: NormalForm, order: Order, poly: Poly, head: str) -> Poly | None:
    """The number a of ``A a^(k+1) + B a^k = 0`` where A is not 0: -B / A.

    Where k is not 0, a must not be: it stands in a denominator, or is known not to vanish.
    """
    core = form.core
    atom: Component = (((head, ()),), ())
    parts: dict[int, Poly] = {}
    for key, coefficient in poly.items():
        power = dict(key).get(atom, 0)
        if not isinstance(power, int):
            return None
        parts.setdefault(power, {})[tuple(p for p in key if p[0] != atom)] = coefficient
    high = max(parts, default=0)
    low = high - 1
    if (
        high not in parts
        or not set(parts) <= {low, high}
        or any(h == head for part in parts.values() for h, _ in form.leaves(part))
    ):
        return None
    if low > 0 and not order.nonzero_number({((atom, 1),): 1}):
        return None
    top, rest = parts[high], parts.get(low, {})
    if not order.nonzero_number(top):
        return None
    quotient = core.power(top, -1)
    return core.normal(t.scaled(-1).times(q) for t in core.terms(rest) for q in quotient)


def _vector(form: NormalForm, order: Order, poly: Poly, head: str, size: Slot) -> Poly | None:
    """The vector x of ``M x + b = 0`` where M or -M is positive definite: -M^-1 b."""
    core = form.core
    matrix: list[Term] = []
    rest: list[Term] = []
    for term in core.terms(poly):
        own = [k for k, (h, _) in enumerate(term.factors) if h == head]
        if not own:
            rest.append(term)
            continue
        slot = term.factors[own[0]][1][0]
        factors = [f for k, f in enumerate(term.factors) if k != own[0]]
        if len(own) > 1:
            return None
        if slot == "#0":
            matrix.append(Term(term.coefficient, [*factors, (delta(size), ("#0", "#1"))], term.scalars, term.bound))
            continue
        if not isinstance(slot, str) or term.bound.get(slot) != (constant(1), size):
            return None
        joint = Term(1, [(delta(size), (slot, "#1"))])
        matrix.append(Term(term.coefficient, factors, term.scalars, term.bound).times(joint))
    coefficient = core.normal(matrix)
    if not coefficient or any(h == head for part in (coefficient, core.normal(rest)) for h, _ in form.leaves(part)):
        return None
    sign = next((s for s in (1, -1) if order.definite({k: s * c for k, c in coefficient.items()}, True)), None)
    if sign is None:
        return None
    inside = core.renamed(coefficient, {"#0": "#r", "#1": "#c"})
    index = core.fresh()
    inverted = [
        Term(t.coefficient, t.factors, t.scalars, {**t.bound, index: (constant(1), size)})
        for t in inverse(core, inside, size, "#0", index)
    ]
    moved = core.terms(core.normal(rest), {"#0": index})
    return core.normal(t.scaled(Fraction(-1)).times(m) for t in inverted for m in moved)
