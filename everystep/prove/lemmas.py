"""Named inequalities, one function a lemma, matched against a claim ``small <= large`` as it is written.

A lemma answers True only when the two sides are, up to equations that the normal form proves, an instance of it
whose conditions hold.  Strict claims are left to :mod:`everystep.prove.order`.  May import the normal form and the
order; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sympy import Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, integer, same_size
from everystep.algebra.substitution import instance
from everystep.calculus.indices import constant, difference, slot_of
from everystep.calculus.networks import Exhausted, Undecided
from everystep.prove.normal_form import NormalForm
from everystep.prove.order import Order
from everystep.prove.semidefinite_lemmas import (
    largest_eigenvalue,
    minkowski_determinant,
    semidefinite_diagonal,
    semidefinite_entry,
    trace_of_product,
    weighted_cauchy_schwarz,
)
from everystep.prove.sides import addends_of, factors_of, inner_products, matrix_factors, squared_norm, without_abs
from everystep.records import dataclass

BEYOND = Symbol("·none", integer=True)  # the index of a power: it does not occur


class Lemmas:
    """The lemmas under one context."""

    def __init__(self, form: NormalForm, order: Order) -> None:
        self.form = form
        self.order = order
        self.inside = 0  # how many sums and products the bodies that are looked at stand in

    def at_most(self, small: Expression, large: Expression) -> str:
        """The name of a lemma of which ``small <= large`` is an instance; empty when there is none."""
        small, large = self.expanded(small), self.expanded(large)
        integers = self.form.core.integers
        outer = list(integers.facts)
        for name, lemma in LEMMAS.items():
            integers.restore(outer)  # what a lemma looked at may have been the body of a sum, and its index bound
            try:
                if lemma(self, small, large):
                    self.form.core.used(name)
                    return name
            except (Undecided, Exhausted):
                continue
        return ""

    def expanded(self, e: Expression) -> Expression:
        """A number that is a defined name, as its definition."""
        constants = self.form.lowering.constants
        while isinstance(e, ex.Var) and e.name in constants:
            e = constants[e.name].body
        return e

    def nonnegative_entries(self, e: Expression) -> bool:
        """Whether every entry of a vector is known to be >= 0."""
        try:
            return self.order.nonnegative(self.form.poly(self.unrolled(e)))
        except (Undecided, Exhausted):
            return False

    def unrolled(self, e: Expression) -> Expression:
        """Members of recurrent families as the right side of the recurrence, where the index is known to be late
        enough; what is known of an index says nothing of one of a sum that has the same name.
        """
        bound = {node.index for node in ex.walk(e) if isinstance(node, (ex.SumOver, ex.Limit))}
        for node in set(ex.walk(e)):
            if not isinstance(node, ex.Member) or any(bound & index.free_symbols for index in node.at):
                continue
            for recurrence in self.form.context.recurrences:
                target = recurrence.target
                if target.name != node.name or len(node.at) != 1:
                    continue
                if self.form.core.integers.at_least(slot_of(node.at[0]), constant(recurrence.first)):
                    e = e.xreplace({node: instance(recurrence.body, {target.at[0]: node.at[0]})})
        return e

    @contextmanager
    def held(self, node: ex.SumOver) -> Iterator[tuple[Symbol, Expression]]:
        """(index, body) of a sum or a product at an index of its own, which is known to lie in the range meanwhile."""
        integers = self.form.core.integers
        at = Symbol(f"·i{self.inside}", integer=True)  # of its own where one stands in another
        low, high = node.range
        body = instance(node.operands[0], {node.index: at})
        self.form.see(body)
        outer = list(integers.facts)
        integers.add(difference(slot_of(at), slot_of(low)), difference(slot_of(high), slot_of(at)))
        self.inside += 1
        try:
            yield at, body
        finally:
            self.inside -= 1
            integers.restore(outer)

    def equal(self, left: Expression, right: Expression) -> bool:
        try:
            return self.form.equal(left, right)
        except (Undecided, Exhausted):
            return False

    def nonnegative(self, e: Expression) -> bool:
        """Whether a number is known to be >= 0, by its looks or by its normal form."""
        try:
            return self.order.surface_nonnegative(e) or self.order.at_least(e, ex.Num(0), False)
        except (Undecided, Exhausted):
            return False

    def below(self, small: Expression, large: Expression) -> bool:
        """Whether small <= large follows, from a hypothesis as it is written or by another lemma."""
        if small == large or any(
            isinstance(h, Relation)
            and (
                (h.op in ("<=", "<") and (h.left, h.right) == (small, large))
                or (h.op in (">=", ">") and (h.right, h.left) == (small, large))
            )
            for h in self.form.context.hypotheses
        ):
            return True
        try:
            return self.order.at_least(large, small, False) or bool(self.at_most(small, large))
        except (Undecided, Exhausted):
            return bool(self.at_most(small, large))

    def semidefinite(self, e: Expression) -> bool:
        return self.has(e, "positive definite", "positive semidefinite") or (
            self.equal(e, ex.Transpose(e)) and self.order.definite(self.form.poly(e), False)
        )

    def definite(self, e: Expression) -> bool:
        """Whether a matrix is symmetric and positive definite; also the inverse of such a matrix, which exists."""
        if self.has(e, "positive definite") or (isinstance(e, ex.Inverse) and self.definite(e.operands[0])):
            return True
        try:
            return self.equal(e, ex.Transpose(e)) and self.order.definite(self.form.poly(e), True)
        except (Undecided, Exhausted):
            return False

    def constant(self, e: Expression, variable: Expression) -> bool:
        """Whether a variable does not occur in the normal form of an expression."""
        head = f"v:{getattr(variable, 'name', '')}"
        return all(h != head for h, _ in self.form.leaves(self.form.poly(e)))

    def positive(self, e: Expression) -> bool:
        """Whether a number is known to be > 0."""
        try:
            return self.order.nonnegative(self.form.poly(e), True)
        except (Undecided, Exhausted):
            return False

    def has(self, e: Expression, *kinds: str) -> bool:
        return any(
            isinstance(h, Predicate) and h.kind in kinds and h.subject == e for h in self.form.context.hypotheses
        )

    def symmetric(self, e: Expression) -> bool:
        return self.equal(e, ex.Transpose(e))


def cauchy_schwarz(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """|u^T v| <= ||u|| ||v||, also without the bars, and squared; -||u|| ||v|| <= u^T v; likewise tr(U^T V)."""
    if isinstance(small, ex.Pow) and small.operands[1] == ex.Num(2):
        bare = without_abs(small.operands[0])
        return any(lemmas.equal(large, ex.Mul(squared_norm(u), squared_norm(v))) for u, v in inner_products(bare))
    opposite = _opposite(small)
    # |a| <= b says that a <= b, that -a <= b and that -b <= a.
    for inner, bound in ((small, large), (opposite, large), (large, opposite)):
        if inner is None or bound is None or not lemmas.order.surface_nonnegative(bound):
            continue
        bare, square = without_abs(_opposite(inner) or inner), ex.Pow(bound, ex.Num(2))
        if any(lemmas.equal(square, ex.Mul(squared_norm(u), squared_norm(v))) for u, v in inner_products(bare)):
            return True
    return False


def _opposite(e: Expression) -> Expression | None:
    """What a number is written as minus of; None where it is not."""
    if isinstance(e, ex.Neg):
        return e.operands[0]
    if isinstance(e, ex.Num) and e.value < 0:
        return ex.Num(-e.value)
    if isinstance(e, ex.Mul) and (first := _opposite(e.operands[0])) is not None:
        return _product([f for f in (first, *e.operands[1:]) if f != ex.Num(1)] or [ex.Num(1)])
    return None


def triangle(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||a + b|| <= ||a|| + ||b|| for any norm, and |a + b| <= |a| + |b|."""
    if isinstance(small, ex.Norm):
        parts: list[Expression] = [ex.Norm(a, small.kind) for a in addends_of(small.operands[0])]
    elif isinstance(small, ex.Apply) and small.function == "abs" and not small.order:
        parts = [ex.Apply("abs", a) for a in addends_of(small.operands[0])]
    else:
        return False
    bare = [_positive(p) for p in parts]
    right = [_positive(p) for p in addends_of(large)]
    return len(parts) > 1 and sorted(bare, key=str) == sorted(right, key=str)


def _positive(e: Expression) -> Expression:
    """A norm of -a as the norm of a."""
    if isinstance(e, (ex.Norm, ex.Apply)) and isinstance(e.operands[0], ex.Neg):
        return e.func(*[a.operands[0] if a is e.operands[0] else a for a in e.args])  # type: ignore[no-any-return]
    return e


def reverse_triangle(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||a|| - ||b|| <= ||a - b||, also with bars around the left side."""
    terms = addends_of(without_abs(small))
    if len(terms) != 2 or not isinstance(large, ex.Norm) or not isinstance(terms[1], ex.Neg):
        return False
    first, second = terms[0], terms[1].operands[0]
    if not isinstance(first, ex.Norm) or not isinstance(second, ex.Norm):
        return False
    if len({first.kind, second.kind, large.kind}) != 1:
        return False
    a, b, c = first.operands[0], second.operands[0], large.operands[0]
    return lemmas.equal(c, ex.Add(a, ex.Neg(b))) or lemmas.equal(c, ex.Add(a, b))


def submultiplicative(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||A B|| <= ||A|| ||B|| for one of the norms F, 2, 1, inf; the operator norm may stand for F in all factors but
    one, which is not a number.  A row's norms 1 and inf are not those of the matrix that it is.
    """
    if not isinstance(small, ex.Norm) or not isinstance(large, ex.Mul) or not isinstance(small.operands[0], ex.Mul):
        return False
    inner, norms = small.operands[0].operands, large.operands
    if len(inner) != len(norms) or not all(isinstance(n, ex.Norm | ex.Pow) for n in norms):
        return False
    powers = [isinstance(n, ex.Pow) and products(lemmas, ex.Norm(f, "2"), n) for f, n in zip(inner, norms, strict=True)]
    if not all(power or _same_norm(f, n) for f, n, power in zip(inner, norms, powers, strict=True)):
        return False
    kinds = [_kind(n) for n in norms if isinstance(n, ex.Norm)]
    whole = _kind(small)
    if whole in ("1", "inf"):
        return (
            not any(powers)
            and all(k == whole for k in kinds)
            and all(f.shape[0] != 1 or f.is_number_shaped for f in inner)
        )
    if whole == "operator":
        return all(k in ("operator", "frobenius", "vector") for k in kinds)
    # Frobenius (and Euclidean): one factor carries the entries, the others may be measured by the operator norm.
    multiplied = matrix_factors(small.operands[0])
    carrying = [n for f, n in zip(inner, norms, strict=True) if f in multiplied]
    return (not carrying or any(_kind(n) in ("frobenius", "vector") for n in carrying)) and all(
        k in ("operator", "frobenius", "vector") for k in kinds
    )


def _same_norm(factor: Expression, norm: Expression) -> bool:
    """Whether a norm is that of a factor: of a transpose it is the same, but for the norms 1 and inf."""
    if not isinstance(norm, ex.Norm):
        return False
    (inside,) = norm.operands
    flipped = ex.Transpose(inside) == factor or ex.Transpose(factor) == inside
    return factor == inside or (flipped and _kind(norm) in ("operator", "frobenius", "vector"))


def _kind(norm: Expression) -> str:
    """Which norm a node is, by name; empty for anything else."""
    if not isinstance(norm, ex.Norm):
        return ""
    if norm.kind in ("1", "inf"):
        return norm.kind
    if 1 in norm.operands[0].shape:
        return "vector"
    return "frobenius" if norm.kind == "F" else "operator"


@dataclass(frozen=True)
class _Product:
    """The product of ``body`` for ``index`` from ``low`` to ``high``; a power is one whose body lacks the index."""

    body: Expression
    index: Expr
    low: Expr
    high: Expr


def _as_product(e: Expression, like: _Product | None = None) -> _Product | None:
    """A product over an index or a symbolic power of a number as a product, several of one length as one; the number 1
    as one of the range of another.
    """
    if isinstance(e, ex.ProdOver) and e.is_number_shaped:
        return _Product(e.operands[0], e.index, *e.range)
    inside = e.operands[0] if isinstance(e, ex.Norm) else None
    if isinstance(e, ex.Norm) and isinstance(inside, ex.ProdOver):
        return _Product(ex.Norm(inside.operands[0], e.kind), inside.index, *inside.range)
    if isinstance(e, ex.Norm) and isinstance(inside, ex.Pow) and isinstance(inside.operands[1], ex.Int):
        return _Product(ex.Norm(inside.operands[0], e.kind), BEYOND, ONE, inside.operands[1].value)
    if isinstance(e, ex.Pow) and e.is_number_shaped and isinstance(e.operands[1], ex.Int):
        return _Product(e.operands[0], BEYOND, ONE, e.operands[1].value)
    if isinstance(e, ex.Mul) and all(f.is_number_shaped for f in e.operands):
        parts = [_as_product(f) for f in e.operands]
        found = [p for p in parts if p is not None]
        first = next((p for p in found if p.index != BEYOND), None)
        if first is None or len(found) < len(parts):
            return None
        if not all(same_size(p.high - p.low, first.high - first.low) for p in found):
            return None
        bodies = [instance(p.body, {p.index: integer(first.index + p.low - first.low)}) for p in found]
        return _Product(ex.Mul(*bodies), first.index, first.low, first.high)
    return _Product(e, like.index, like.low, like.high) if like is not None and e == ex.Num(1) else None


def products(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """prod f_i <= prod g_i from 0 <= f_i <= g_i for each i in the range, for powers as well; and for a norm with
    ||A B|| <= ||A|| ||B||, ||prod A_i|| <= prod g_i from ||A_i|| <= g_i.

    The identity, which is the empty product, has the Frobenius norm sqrt(n): there has to be a factor.
    """
    first = _as_product(small, _as_product(large))
    second = _as_product(large, first)
    if first is None or second is None or any(map(_is_norm_of_product, factors_of(large))):
        return False  # the norm of a product is no more than the product of the norms, and may be less
    count = first.high - first.low + 1
    if not same_size(count, second.high - second.low + 1):
        return False
    integers = lemmas.form.core.integers
    least = 1 if any(_is_norm_of_product(f) and _kind(f) == "frobenius" for f in factors_of(small)) else 0
    if not integers.at_least(slot_of(integer(count)), constant(least)):
        return False
    at = Symbol(f"·i{lemmas.inside}", integer=True)  # of its own where one product stands in another
    f = instance(first.body, {first.index: at})
    g = instance(second.body, {second.index: integer(at + second.low - first.low)})
    lemmas.form.see(f, g)
    outer = list(integers.facts)
    integers.add(difference(slot_of(at), slot_of(first.low)), difference(slot_of(first.high), slot_of(at)))
    lemmas.inside += 1
    try:
        return lemmas.nonnegative(f) and lemmas.below(f, g)
    finally:
        lemmas.inside -= 1
        integers.restore(outer)


def _is_norm_of_product(e: Expression) -> bool:
    """Whether a number is the norm of a product of matrices over an index, or of a power."""
    return isinstance(e, ex.Norm) and isinstance(e.operands[0], (ex.ProdOver, ex.Pow))


def common_factor(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """c a <= c b for a number c >= 0, from a <= b by another lemma or by the signs that are known."""
    mine, theirs = list(factors_of(small)), list(factors_of(large))
    shared: list[Expression] = []
    for factor in list(mine):
        if factor in theirs and factor.is_number_shaped and lemmas.order.surface_nonnegative(factor):
            mine.remove(factor)
            theirs.remove(factor)
            shared.append(factor)
    if not shared or not all(f.is_number_shaped for f in (*mine, *theirs)):
        return False
    if mine == theirs:
        return True
    small, large = _product(mine), _product(theirs)
    return bool(lemmas.at_most(small, large)) or lemmas.order.at_least(large, small, False)


def _product(factors: list[Expression]) -> Expression:
    if not factors:
        return ex.Num(1)
    return factors[0] if len(factors) == 1 else ex.Mul(*factors)


def quotient(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """a / b <= c from a <= b c, and c <= a / b from b c <= a, for b >= 0 as written: it divides, so it is not 0."""
    bare = small.operands[0] if isinstance(small, ex.Apply) and small.function == "abs" and not small.order else None
    if isinstance(bare, ex.Div) and lemmas.order.surface_nonnegative(bare.operands[1]):
        small = ex.Div(ex.Apply("abs", bare.operands[0]), bare.operands[1])
    for side, other in ((small, large), (large, small)):
        if isinstance(side, ex.Div) and lemmas.nonnegative(side.operands[1]):
            top, below = side.operands
            moved = ex.Mul(other, below)
            if lemmas.at_most(*((top, moved) if side is small else (moved, top))):
                return True
    return False


def log_determinant(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """log det A <= tr(A) - n for a positive definite n x n matrix A: log x <= x - 1 for each eigenvalue."""
    if not isinstance(small, ex.Apply) or small.function != "log" or small.order:
        return False
    (inside,) = small.operands
    if not isinstance(inside, ex.Det):
        return False
    (matrix,) = inside.operands
    definite = lemmas.has(matrix, "positive definite") or (
        lemmas.symmetric(matrix) and lemmas.order.definite(lemmas.form.poly(matrix), True)
    )
    return definite and lemmas.equal(large, ex.Add(ex.Trace(matrix), ex.Neg(ex.Int(matrix.shape[0]))))


def covariance_form(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """0 <= v^T (diag(s) - s s^T) v for entries s_i >= 0 with a sum of at most 1: it is sum s_i (v_i - s^T v)^2 and a
    nonnegative multiple of (s^T v)^2.
    """
    weights = [n.operands[0] for n in ex.walk(large) if isinstance(n, ex.Diag)]
    vectors = [f for n in ex.walk(large) if isinstance(n, ex.Mul) for f in n.operands[-1:] if f.shape[1] == 1]
    entries = [n.operands[0] for e in (small, large) for n in ex.walk(e) if isinstance(n, ex.Entry)]
    if len(bases := [e for e in dict.fromkeys(entries) if e.shape[1] == 1]) == 2:
        weights, vectors = [*weights, *bases], [*vectors, *bases]
    for s in dict.fromkeys(weights):
        ones = ex.Ones(s.shape[0], 1)
        rest = ex.Add(ex.Num(1), ex.Neg(ex.Mul(ex.Transpose(ones), s)))
        if not lemmas.nonnegative_entries(s):
            continue
        if not lemmas.equal(rest, ex.Num(0)) and not lemmas.order.nonnegative(lemmas.form.poly(rest)):
            continue
        for v in dict.fromkeys(vectors):
            if not v.is_number_shaped and v.shape == s.shape:
                square = ex.Pow(ex.Mul(ex.Transpose(s), v), ex.Num(2))
                form = ex.Add(ex.Mul(ex.Transpose(v), ex.Diag(s), v), ex.Neg(square))
                if lemmas.equal(ex.Add(large, ex.Neg(small)), form):
                    return True
    return False


def shrinking_diagonal(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||diag(d) g|| <= ||g|| for entries 0 <= d_i <= 1, in the norms 1, 2 and inf; also written d o g."""
    if not isinstance(small, ex.Norm) or not isinstance(large, ex.Norm) or small.kind != large.kind:
        return False
    (inside,), (g,) = small.operands, large.operands
    if g.shape[1] != 1 or not isinstance(inside, (ex.Mul, ex.Hadamard)) or len(inside.operands) != 2:
        return False
    pairs = [inside.operands] if isinstance(inside, ex.Mul) else [inside.operands, inside.operands[::-1]]
    for d, other in pairs:
        if other != g:
            continue
        if isinstance(inside, ex.Mul):
            if not isinstance(d, ex.Diag):
                return False
            d = d.operands[0]
        above = ex.Add(ex.Ones(d.shape[0], 1), ex.Neg(d))
        if lemmas.nonnegative_entries(d) and lemmas.nonnegative_entries(above):
            return True
    return False


def diagonal_norm(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||diag(d)||_2 <= ||d||_inf: the largest absolute value of an entry."""
    return (
        isinstance(small, ex.Norm)
        and isinstance(large, ex.Norm)
        and (small.kind, large.kind) == ("2", "inf")
        and isinstance(small.operands[0], ex.Diag)
        and small.operands[0].operands == large.operands
        and large.operands[0].shape[1] == 1
    )


def rayleigh(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """lambda_min(A) ||x||^2 <= x^T A x <= lambda_max(A) ||x||^2 for a symmetric A."""
    for form, bound, eigenvalue in ((small, large, ex.EigMax), (large, small, ex.EigMin)):
        factors = factors_of(bound)
        found = [f for f in factors if isinstance(f, eigenvalue)]
        if len(found) != 1:
            continue
        rest = [f for f in factors if f is not found[0]]
        (matrix,) = found[0].operands
        scale: Expression = ex.Mul(*rest) if len(rest) > 1 else (rest[0] if rest else ex.Num(1))
        for u, v in inner_products(form):
            inner = factors_of(v)
            if len(inner) < 2 or inner[0] != matrix:
                continue
            x = inner[1] if len(inner) == 2 else ex.Mul(*inner[1:])
            if lemmas.equal(u, x) and lemmas.equal(scale, squared_norm(x)) and lemmas.symmetric(matrix):
                return True
    return False


def log_sum_exp(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """max(a_1, ..., a_k) <= log(e^a_1 + ... + e^a_k) <= max(a_1, ..., a_k) + log k."""

    def exponents(e: Expression) -> list[Expression] | None:
        if not isinstance(e, ex.Apply) or e.function != "log" or e.order or not isinstance(e.operands[0], ex.Add):
            return None
        terms = e.operands[0].operands
        if not all(isinstance(t, ex.Apply) and t.function == "exp" and not t.order for t in terms):
            return None
        return [t.operands[0] for t in terms]

    below = exponents(large)
    if below is not None and isinstance(small, ex.Max):
        return set(small.operands) <= set(below)
    above = exponents(small)
    if above is None:
        return False
    for term in addends_of(large):
        if isinstance(term, ex.Max) and set(above) <= set(term.operands):
            return lemmas.equal(large, ex.Add(term, ex.log(ex.Num(len(above)))))
    return False


def tangent(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """1 + x <= e^x, and log x <= x - 1."""
    if isinstance(large, ex.Apply) and large.function == "exp" and not large.order:
        return lemmas.equal(small, ex.Add(ex.Num(1), large.operands[0]))
    if isinstance(small, ex.Apply) and small.function == "log" and not small.order:
        return lemmas.equal(large, ex.Add(small.operands[0], ex.Num(-1)))
    return False


def rank(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """rank(A B) <= rank(A), rank(B), their minimum, sizes; Sylvester's bound; rank(A + B) <= rank(A) + rank(B)."""
    if isinstance(small, ex.Rank):
        inside = small.operands[0]
        factors = matrix_factors(inside)
        bounds: list[Expression] = [ex.Rank(f) for f in factors if not f.is_number_shaped]
        bounds += [ex.Int(s) for f in factors if not f.is_number_shaped for s in f.shape]
        wanted = large.operands if isinstance(large, ex.Min) else (large,)
        wanted = tuple(ex.Int(w.value) if isinstance(w, ex.Num) and w.value.is_Integer else w for w in wanted)
        if all(w in bounds for w in wanted):
            return True
        parts = addends_of(inside)
        return len(parts) > 1 and sorted(addends_of(large), key=str) == sorted((ex.Rank(p) for p in parts), key=str)
    if isinstance(large, ex.Rank):
        factors = factors_of(large.operands[0])
        if len(factors) == 2 and not any(f.is_number_shaped for f in factors):
            a, b = factors
            bound = ex.Add(ex.Rank(a), ex.Rank(b), ex.Neg(ex.Int(a.shape[1])))
            return lemmas.equal(small, bound)
    return False


LEMMAS: dict[str, Callable[[Lemmas, Expression, Expression], bool]] = {
    "Cauchy-Schwarz": cauchy_schwarz,
    "triangle inequality": triangle,
    "reverse triangle inequality": reverse_triangle,
    "submultiplicativity": submultiplicative,
    "products factor by factor": products,
    "norm of a diagonal": diagonal_norm,
    "log-determinant below the trace": log_determinant,
    "covariance form": covariance_form,
    "diagonal between 0 and 1": shrinking_diagonal,
    "Rayleigh quotient": rayleigh,
    "log-sum-exp and maximum": log_sum_exp,
    "tangent line": tangent,
    "rank inequalities": rank,
    "diagonal of a semidefinite matrix": semidefinite_diagonal,
    "entries of a semidefinite matrix": semidefinite_entry,
    "weighted Cauchy-Schwarz": weighted_cauchy_schwarz,
    "extreme eigenvalues": largest_eigenvalue,
    "Minkowski's determinant inequality": minkowski_determinant,
    "trace of a product": trace_of_product,
    "common factor": common_factor,
    "quotient": quotient,
}
