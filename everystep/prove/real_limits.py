"""Limits of a real variable in the normal form.

The body of ``lim f(h)`` is lowered with h as a letter, and h is replaced by ``p + u``, ``p - u``, ``1/u`` or
``-1/u``: what is left is a polynomial in u > 0 and atoms (powers, exponentials, functions, inverses), of which
:mod:`everystep.prove.growth` finds the limit as u tends to 0.  Each monomial is ``u^a log(u)^b exp(E) r``:

- with E below a negative multiple of a negative power of u, and r bounded, it tends to 0; so it does for a > 0;
- where all r are smooth at u = 0, the monomials without E and b together are ``g(u) u^-m``: where the Taylor
  coefficients of g below m are proved to be 0, the limit is the one at m, ``g^(m)(0) / m!``;
- otherwise, for a = b = 0, r tends to what its atoms tend to, where these are continuous there.

A limit from both sides is one with u of either sign, or two that are proved to be equal.  Everything that a rule asks
(that a number is not 0, or positive, or a matrix invertible, at the point) has to follow from the hypotheses: a limit
whose existence is not proved is Undecided.  May import the normal form and the order; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from sympy import Expr
from sympy import Poly as IntegerPolynomial

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Int, Limit, LimitAt, Num, Pow, Var
from everystep.calculus.atoms import transform
from everystep.calculus.core import Core
from everystep.calculus.indices import NotAffine, slot_of
from everystep.calculus.leaves import Environment, Index
from everystep.calculus.networks import Component, Poly, Term, Undecided, delta, subtract
from everystep.prove.growth import Way
from everystep.prove.normal_form import NormalForm
from everystep.prove.order import Order
from everystep.prove.presuppositions import presuppositions
from everystep.prove.real_points import AtPoint
from everystep.prove.real_variables import MARK, is_apart, without_meaning

_CONTINUOUS = (ex.Norm, ex.Max, ex.Min, ex.EigMax, ex.EigMin)

_JUMPING = (ex.Rank, ex.PseudoInverse)
"""Nodes that are not continuous, or that the core keeps as one letter whatever is inside."""


class RealLimits:
    """Gives a normal form its rule for limits of a real variable."""

    def __init__(self, form: NormalForm, order: Callable[[], Order]) -> None:
        self.form = form
        self.core: Core = form.core
        self.at_point = AtPoint(form, order)
        self.held: dict[str, Expression] = {}  # calls of the variable alone, and what they tend to
        form.lowering.real_limit_rule = self.lower
        form.eventually = self.eventually

    def lower(self, e: LimitAt, row: Index, column: Index, env: Environment) -> list[Term]:
        """The limit as terms without the variable; raises Undecided where it is not proved to exist."""
        if not is_apart(e):
            raise Undecided("a limit over what definitions, recurrences or laws depend on")
        if without_meaning(e.operands[0], self.form.lowering.constants):
            raise Undecided("a limit in which a name has lost its definition")
        if any(isinstance(n, _JUMPING) and e.variable in set(ex.walk(n)) for n in ex.walk(e.operands[0])):
            raise Undecided("the limit of a rank or a Moore-Penrose inverse")
        try:
            return self.core.terms(self._from_sides(e, row, column, env))
        except Undecided as error:
            held = self._with_held(e)
            if held is None:
                raise error
            return self.core.terms(self._from_sides(held, row, column, env))

    def _from_sides(self, e: LimitAt, row: Index, column: Index, env: Environment) -> Poly:
        """The limit from one side; or with u of either sign; or from two sides whose limits are proved to be equal."""
        if e.approach != "both sides":
            return self._along(e, row, column, env, 1)
        try:
            return self._along(e, row, column, env, 0)
        except Undecided:
            found = [self._along(e, row, column, env, side) for side in (1, -1) if not self._has_no_value(e, side)]
            if not found or (len(found) == 2 and not self.at_point.is_zero(subtract(*found))):
                raise Undecided("a limit whose two sides are not known to be equal") from None
            if len(found) == 2:
                self.core.used("limits from both sides")
            else:
                self.core.used("limit from the only side with values")
            return found[0]

    def _has_no_value(self, e: LimitAt, side: int) -> bool:
        """Whether the body has surely no values on one side: what stands in a logarithm or under a root is negative."""
        body = e.operands[0]
        needed = [p for p in presuppositions(body, self.form) if p.kind in ("positive", "nonnegative") and not p.scope]
        with self.near(e, {}, side) as way:
            for p in needed:
                if p.unless is None and p.subject.is_number_shaped and e.variable in set(ex.walk(p.subject)):
                    poly = self.core.normal(self.form.lowering.terms(p.subject, None, None, {}))
                    if way.sign(way.placed(poly)) == -1:
                        return True
        return False

    # what is continuous as it is written -----------------------------------------------------------

    def _with_held(self, e: LimitAt) -> LimitAt | None:
        """The limit with continuous functions that are not smooth (``|z|``, relu, norms, the largest of several) as
        functions of the variable of which their limit alone is known; None where there are none.
        """
        body = e.operands[0]
        mapping: dict[Expression, Expression] = {}
        todo = [body]
        while todo:
            node = todo.pop()
            value = self._value_at_limit(node, e)
            if value is None:
                todo += node.operands
            elif node not in mapping:
                name = f"limit held {len(self.held)}"
                self.held[name] = value
                mapping[node] = ex.Call(name, *node.shape, e.variable)
        return LimitAt(body.xreplace(mapping), *e.args[1:]) if mapping else None

    def _value_at_limit(self, node: Expression, e: LimitAt) -> Expression | None:
        """What a node tends to, with limits of its operands; None where it is not held."""
        within = any(not s.is_positive for s in node.free_symbols)
        if within or e.variable not in set(ex.walk(node)):
            return None
        if isinstance(node, (ex.Mul, ex.Div)) and node.is_number_shaped:
            return self._maximum(node, e)
        if isinstance(node, ex.Mul):
            return self._regularised(node, e)
        kinked = isinstance(node, ex.Apply) and node.function in ("relu", "abs") and not node.order
        if not kinked and not isinstance(node, _CONTINUOUS):
            return None
        self.core.used("limit of a continuous function")
        return cast(
            "Expression", node.func(*(LimitAt(a, *e.args[1:]) if isinstance(a, Expression) else a for a in node.args))
        )

    def _regularised(self, node: ex.Mul, e: LimitAt) -> Expression | None:
        """(N N^T + s I)^-1 N and N (N^T N + s I)^-1 tend to the Moore-Penrose inverse of N^T where s tends to 0.

        By the singular values of N: each is taken to itself over its square plus s, with 0 to 0.  Fails where s may be
        0 near the point, where nothing ensures that what is inverted is invertible.
        """
        parts = _flattened(node)
        for position in range(len(parts) - 1):
            for inverted, other, last in ((0, 1, False), (1, 0, True)):
                outer, n = parts[position + inverted], parts[position + other]
                if not isinstance(outer, ex.Inverse) or e.variable in set(ex.walk(n)) or n.is_number_shaped:
                    continue
                turned = n.operands[0] if isinstance(n, ex.Transpose) else ex.Transpose(n)
                gram = ex.Mul(turned, n) if last else ex.Mul(n, turned)
                if gram.shape == outer.shape and self._is_shift(ex.Add(outer.operands[0], ex.Neg(gram)), e):
                    self.core.used("limit of a regularised inverse")
                    whole = [*parts[:position], ex.PseudoInverse(turned), *parts[position + 2 :]]
                    rest = [LimitAt(p, *e.args[1:]) if e.variable in set(ex.walk(p)) else p for p in whole]
                    return ex.Mul(*rest) if len(rest) > 1 else rest[0]
        return None

    def _maximum(self, node: Expression, e: LimitAt) -> Expression | None:
        """t log(exp(a) + exp(b) + ...), and t lse(x), tend to the largest of the limits of t a, t b, ... (t x), where
        t tends to 0 and is positive: they lie between t max and t max + t log n.
        """
        above, below = node.operands if isinstance(node, ex.Div) else (node, Num(1))
        factors = list(above.operands) if isinstance(above, ex.Mul) else [above]
        logs = [f for f in factors if _exponents(f) is not None]
        exponents = _exponents(logs[0]) if len(logs) == 1 else None
        if exponents is None:
            return None
        factors.remove(logs[0])
        scale = ex.Mul(*factors, ex.Div(Num(1), below))
        if not self._vanishes_from_above(scale, e):
            return None
        self.core.used("limit of a scaled log-sum-exp")
        return ex.Max(*(LimitAt(ex.Mul(scale, a), *e.args[1:]) for a in exponents))

    def _vanishes_from_above(self, scale: Expression, e: LimitAt) -> bool:
        """Whether a number tends to 0 and is positive near the point."""
        if not scale.is_number_shaped:
            return False
        poly = self.core.normal(self.form.lowering.terms(scale, None, None, {}))
        for side in (1, -1) if e.approach == "both sides" else (1,):
            with self.near(e, {}, side) as way:
                moved = way.placed(poly)
                if not self.at_point.is_zero(way.limit(moved)) or way.sign(moved) != 1:
                    return False
        return True

    def _is_shift(self, difference: Expression, e: LimitAt) -> bool:
        """Whether a matrix is s I with a number s that tends to 0 and is not 0 near the point."""
        size = slot_of(difference.shape[0])
        identity: Component = (((delta(size), ("#0", "#1")),), ())
        poly = self.core.normal(self.form.lowering.terms(difference, "#0", "#1", {}))
        scale = {tuple(p for p in key if p != (identity, 1)): c for key, c in poly.items() if (identity, 1) in key}
        if len(scale) != len(poly):
            return False
        for side in (1, -1) if e.approach == "both sides" else (1,):
            with self.near(e, {}, side) as way:
                moved = way.placed(scale)
                if not self.at_point.is_zero(way.limit(moved)) or way.sign(moved) is None:
                    return False
        return True

    def _along(self, e: LimitAt, row: Index, column: Index, env: Environment, side: int) -> Poly:
        """The limit with u > 0 (``side`` 1), from the other side (-1), or with u of either sign (0)."""
        with self.near(e, env, side) as way:
            body = self.core.normal(self.form.lowering.terms(e.operands[0], row, column, env))
            result = way.limit(way.placed(body))
        if self.core.has_determinant(self.core.terms(result)):
            result = self.core.normal(transform(self.core, self.core.terms(result), lambda head, slots: None))
        return result

    @contextmanager
    def near(self, e: LimitAt, env: Environment, side: int) -> Iterator[Way]:
        """What moves as the variable tends to its point."""
        core = self.core
        name = f"v:{e.variable.args[0]}"
        small = f"{name}{'+-'[side < 0] if side else ''}"
        core.dimensions[name] = core.dimensions[small] = ()
        core.nonzero.add(small)
        if side:
            core.positive.add(small)
        # The point itself is not taken: what tends to 0 is not 0 on the way, what tends to infinity positive at last.
        at_zero = not e.is_infinite and e.point == Num(0)
        core.nonzero |= {name} if at_zero or e.is_infinite else set()
        core.positive |= {name} if e.approach == "infinity" or (at_zero and e.approach == "above") else set()
        u: Component = (((small, ()),), ())
        if e.is_infinite:
            moved = [Term(1 if e.approach == "infinity" else -1, [], {u: -1})]
        else:
            sign = -1 if e.approach == "below" or side < 0 else 1
            moved = [*self.form.lowering.terms(e.point, None, None, env), Term(sign, [(small, ())])]
        new = small not in core.infinitesimals
        core.infinitesimals.add(small)
        whole, core.whole_determinants = core.whole_determinants, True
        try:
            yield Way(self.at_point, self.held, name, small, moved, bool(side))
        finally:
            core.whole_determinants = whole
            if new:
                core.infinitesimals.discard(small)

    def eventually(self, kind: str, subject: Expression, limit: LimitAt) -> bool:
        """Whether what is presupposed of an expression holds whenever the variable is near enough to its point."""
        try:
            sides = (1, -1) if limit.approach == "both sides" else (1,)
            return all(self._holds_near(kind, subject, limit, side) for side in sides)
        except (Undecided, NotAffine):
            return False

    def has_positive_bases(self, e: LimitAt) -> bool:
        """Whether whatever is raised to a power that is no number is positive near the point."""
        bases = [p for p in presuppositions(e.operands[0], self.form) if isinstance(p.source, Pow)]
        return all(not p.scope and self.eventually("positive", p.subject, e) for p in bases)

    def _holds_near(self, kind: str, subject: Expression, limit: LimitAt, side: int) -> bool:
        """Of a number by its leading term, of a matrix by what it tends to, up to a power of u."""
        with self.near(limit, {}, side) as way:
            if kind == "invertible" and not subject.is_number_shaped:
                rows, columns = (self.form.lowering.factors(subject, axis) for axis in (0, 1))
                if len(rows) != 1 or len(columns) != 1:
                    return False
                matrix = way.placed(self.core.normal(self.form.lowering.terms(subject, "#r", "#c", {})))
                return self.at_point.is_invertible(way.limit(way.scaled(matrix)), slot_of(rows[0]))
            if not subject.is_number_shaped or kind not in ("nonzero", "positive", "nonnegative", "away from 0"):
                return False
            sign = way.sign(way.placed(self.core.normal(self.form.lowering.terms(subject, None, None, {}))))
            return sign == 1 if kind in ("positive", "nonnegative") else sign is not None


def of_real_variable(e: Limit) -> LimitAt | None:
    """The limit of a sequence as one of a real variable that tends to infinity: where that exists, it is the same.

    None where the index stands anywhere but in numbers and exponents: of a member, an entry, a sum.
    """
    body = e.operands[0]
    if body.has_kind(LimitAt, Limit):
        return None
    variable = Var(f"{MARK} infinity of {e.index}")
    mapping: dict[Expression, Expression] = {}
    for node in ex.walk(body):
        if isinstance(node, Int) and e.index in node.free_symbols:
            value = _number(node.value, e.index, variable)
            if value is None:
                return None
            mapping[node] = value
    whole = cast("Expression", body.xreplace(mapping))
    return None if e.index in whole.free_symbols else LimitAt(whole, variable, 0, "infinity")


def _number(value: Expr, index: Expr, variable: Var) -> Expression | None:
    """A polynomial in an index with whole coefficients, with a real variable in its place."""
    coefficients = IntegerPolynomial(value, index).all_coeffs() if value.is_polynomial(index) else []
    if not coefficients or not all(c.is_Integer for c in coefficients):
        return None
    degree = len(coefficients) - 1
    terms = [ex.Mul(Num(c), Pow(variable, Num(degree - k))) for k, c in enumerate(coefficients) if c != 0]
    return terms[0] if len(terms) == 1 else ex.Add(*terms)


def _exponents(e: Expression) -> tuple[Expression, ...] | None:
    """The numbers, or the one vector, of which an expression is the log-sum-exp; None for anything else."""
    if isinstance(e, ex.LogSumExp):
        return e.operands
    if not isinstance(e, ex.Apply) or e.function != "log" or e.order or not e.is_number_shaped:
        return None
    (inside,) = e.operands
    terms = inside.operands if isinstance(inside, ex.Add) else ()
    exponents = [_exponent(t) for t in terms]
    found = tuple(e for e in exponents if e is not None)
    return found if found and len(found) == len(terms) else None


def _exponent(term: Expression) -> Expression | None:
    """a of exp(a), and 0 of 1."""
    if term == Num(1):
        return Num(0)
    known = isinstance(term, ex.Apply) and term.function == "exp" and not term.order
    return term.operands[0] if known else None


def _flattened(product: ex.Mul) -> list[Expression]:
    """The factors of a product and of those of its factors that are products of matrices themselves."""
    result: list[Expression] = []
    for factor in product.operands:
        inner = isinstance(factor, ex.Mul) and len(factor.segments) == 1
        result += _flattened(factor) if isinstance(factor, ex.Mul) and inner else [factor]
    return result
