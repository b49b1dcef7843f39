"""Is a side defined wherever it has to be?  The hypotheses and the left side discharge what the right side presupposes.

The right side may presuppose only what the hypotheses give or what the left side presupposes already; what is left
over is reported.  May import the normal form and the order; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import islice, product
from typing import TypeAlias

from sympy import Expr, Integer

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import Shape, integer, same_shape
from everystep.algebra.substitution import instance
from everystep.calculus.indices import Integers, NotAffine, Slot, constant, difference, slot_of, symbols_of
from everystep.calculus.networks import ONE_POLY, Bound, Component, Exhausted, Poly, Undecided
from everystep.prove.as_written import Written
from everystep.prove.cases import proportional
from everystep.prove.entries import entry_determinant
from everystep.prove.lemmas import Lemmas
from everystep.prove.normal_form import NormalForm
from everystep.prove.order import Order
from everystep.prove.presuppositions import (
    Presupposition,
    Scope,
    facts_of,
    free_names,
    positions,
    presuppositions,
    span,
    within_product,
)
from everystep.prove.real_variables import bound_variables
from everystep.prove.small_matrices import beside_identity, sum_of_powers
from everystep.prove.triangular import LOWER, UPPER

MOST_INSTANCES = 32
MOST_FACTORS = 6
ZERO = Integer(0)
Atom: TypeAlias = tuple[str, tuple[Slot, ...], tuple[Bound, ...]]
LIMIT = "v:lim "  # heads of the limits of families, as everystep.prove.limits calls them


class Definedness:
    """Discharges presuppositions under one context."""

    def __init__(self, form: NormalForm, order: Order) -> None:
        self.form = form
        self.order = order
        self.atoms: set[Atom] = set()
        self.matrices: list[Poly] = []
        self._hypotheses: list[Slot] | None = None
        self._turned = False  # whether a Schur complement is looked at in the place of the other
        for hypothesis in form.context.hypotheses:
            if isinstance(hypothesis, Predicate) and (
                hypothesis.kind in ("invertible", "positive definite") or self._is_regular_triangle(hypothesis)
            ):
                self.atoms |= self._atoms(hypothesis.subject)
                value = self._value(hypothesis.subject)
                if value is not None:
                    self.matrices.append(value)

    def _is_regular_triangle(self, hypothesis: Predicate) -> bool:
        """Whether a matrix is said to be triangular, or diagonal, that is known to be invertible."""
        subject = hypothesis.subject
        known = isinstance(subject, ex.Var) and f"v:{subject.name}" in self.form.core.invertible
        return known and hypothesis.kind in ("diagonal", LOWER, UPPER)

    def _atoms(self, matrix: Expression) -> set[Atom]:
        """The inverse atoms whose existence is the same as that of the matrix's inverse, each at its parameters."""
        try:
            poly = self.form.poly(matrix if matrix.is_number_shaped else ex.Inverse(matrix))
        except (Undecided, Exhausted):
            return set()
        found = [(h, s[2:], c[1]) for key in poly for c, _ in key for h, s in c[0] if h[:2] == "i:"]
        return {(h, s, tuple(b for b in bound if any(b[0] in symbols_of(x) for x in s))) for h, s, bound in found}

    def left_over(
        self, left: Expression, right: Expression, facts: Sequence[Slot] = (), *, certain: bool = False
    ) -> list[Presupposition]:
        """The right side's presuppositions that neither the hypotheses nor the left side give.

        A bound index has a name of its own (:mod:`everystep.prove.bound`).  ``facts``: what else is known of the
        integers, such as where an induction starts.  ``certain``: the left side
        grants only what surely holds where it has a value, and no kink that it may or may not have.
        """
        mine, theirs = presuppositions(left, self.form), presuppositions(right, self.form)
        # Sign and step of the left side are judged too: the rules that decide them do not hold at 0.
        kinks = [p for p in mine if p.kind == "away from 0"]
        if not kinks and not theirs:
            return []
        granted = _Granted(self, mine, lambda: self._domain(mine, theirs, free_names(left), facts), certain)
        return [p for p in (*kinks, *theirs) if not self._discharged(p, granted)]

    def has_kinks(self, left: Expression, right: Expression) -> bool:
        """Whether a presupposition of the right side is that of a kink: without one, what is left over is certain."""
        mine = (p for p in presuppositions(left, self.form) if p.kind == "away from 0")
        return any(p.kink for p in (*mine, *presuppositions(right, self.form)))

    def _discharged(self, p: Presupposition, granted: _Granted) -> bool:
        """Whether a presupposition of the right side is given: by the left side's own, by a hypothesis, or by a sign.

        ``det(A) != 0`` and ``A invertible`` are one; ``positive`` is ``nonnegative`` and ``nonzero``.
        """
        if p.kind in ("in range", "range"):
            return granted.in_range(p)
        if isinstance(p.subject, ex.Limit) and p.kind == "limit":
            return self._exists(p.subject, [q.subject for q in granted.to(p) if isinstance(q.subject, ex.Limit)])
        if isinstance(p.subject, ex.LimitAt) and p.kind == "limit":
            return self._exists_at(p.subject, [q.subject for q in granted.to(p) if isinstance(q.subject, ex.LimitAt)])
        if self._eventually(p):
            return True
        if p.unless is not None and granted.at_least_0(p.unless, p.scope):
            return True
        signed = isinstance(p.subject, ex.ProdOver) and p.kind in ("positive", "nonnegative")
        if signed and self._discharged(within_product(p), granted):
            return True
        if isinstance(p.subject, ex.Det) and p.kind == "nonzero":
            # The determinant is not 0 exactly when the matrix is invertible.
            inverted = replace(p, kind="invertible", subject=p.subject.operands[0])
            if self._discharged(inverted, granted):
                return True
        transposed = p.kind == "invertible" and isinstance(p.subject, ex.Transpose)
        if transposed and self._discharged(replace(p, subject=p.subject.operands[0]), granted):
            return True
        if p.kind == "invertible":
            det = replace(p, kind="nonzero", subject=ex.Det(p.subject))
            if any(q.kind in ("nonzero", "positive") and q.subject == det.subject for q in granted.to(det)):
                return True
        if p.kind == "away from 0":
            p = replace(p, kind="nonzero" if p.subject.is_number_shaped else "entries nonzero")
        given = granted.to(p)
        square = p.kind == "positive" and p.source is None and self.holds(replace(p, kind="nonnegative"), set())
        if square and self._discharged(replace(p, kind="nonzero"), granted):
            return True
        if any((q.kind, q.subject) == (p.kind, p.subject) for q in given):
            return True
        matrices = [q.subject for q in given if q.kind == "invertible"]
        atoms = set(self.atoms)
        for matrix in matrices:
            atoms |= self._atoms(matrix)
        if self.holds(p, atoms):
            return True
        value = self._value(p.subject)
        if p.kind == "invertible":
            if value is not None and (
                any(value == self._value(m) for m in matrices) or self._is_product(value, p.subject.shape, matrices)
            ):
                return True
            return self._other_complement_exists(p, granted)
        if p.kind != "nonzero" or not value:
            return False
        values = [self._value(q.subject) for q in given if q.kind in ("nonzero", "positive")]
        return self._divides_some(value, values) or self._known_factor(value, self.nonzero_factors(matrices))

    def _other_complement_exists(self, p: Presupposition, granted: _Granted) -> bool:
        """Whether M - U N^-1 V is invertible because N - V M^-1 U is, and M: both are Schur complements of M and N in
        one block matrix, whose determinant is det(M) det(N - V M^-1 U) = det(N) det(M - U N^-1 V).
        """
        if self._turned:
            return False
        self._turned = True
        try:
            for whole, other in _complements(self._expanded(p.subject)):
                exists = isinstance(whole, ex.Eye) or self._discharged(replace(p, subject=whole), granted)
                if exists and self._discharged(replace(p, subject=other), granted):
                    self.form.core.used("the other Schur complement")
                    return True
            return False
        finally:
            self._turned = False

    def _exists(self, limit: ex.Limit, granted: list[ex.Limit]) -> bool:
        """Whether a limit exists: the same stands on the left side or in an equation that is given, or it is made of
        limits that exist and of what is constant or tends to 0.
        """
        given = [
            node
            for h in self.form.context.hypotheses
            if isinstance(h, Relation) and h.op == "="
            for side in (h.left, h.right)
            for node in ex.walk(side)
            if isinstance(node, ex.Limit)
        ]
        known = [*granted, *given]
        if limit in known or sum_of_powers(limit, self.form.context) is not None:
            return True
        sequences = self._sequences(limit)
        if sequences is None:
            return any(self._same_sequence(limit, other) for other in known)
        moving = set().union(*sequences)
        single: set[str] = set()
        for other in known:
            parts = self._sequences(other)
            if parts is not None and len(parts) == 1:
                single |= parts[0]
        return moving <= single or any(self._same_sequence(limit, other) for other in known)

    def _exists_at(self, limit: ex.LimitAt, granted: list[ex.LimitAt]) -> bool:
        """Whether the limit of a real variable exists: it has a value by rule, or the left side has one of an equal
        function at the same point (where the body has a value is asked of the body).
        """
        if limit in granted or self._value(limit) is not None:
            return True
        try:
            equal = self.form.equal
            return any(limit.args[1:] == q.args[1:] and equal(limit.operands[0], q.operands[0]) for q in granted)
        except (Undecided, Exhausted):
            return False

    def _eventually(self, p: Presupposition) -> bool:
        """Whether what is said of the variable of a limit holds near the point that it tends to."""
        names = bound_variables(p.subject) & self.form.limits.keys()
        if len(names) != 1 or p.unless is not None:
            return False
        return self.form.eventually(p.kind, p.subject, self.form.limits[next(iter(names))])

    def _same_sequence(self, a: ex.Limit, b: ex.Limit) -> bool:
        try:
            return a.index == b.index and self.form.equal(a.operands[0], b.operands[0])
        except (Undecided, Exhausted):
            return False

    def _sequences(self, limit: ex.Limit) -> list[set[str]] | None:
        """The sequences whose limits a limit is made of, one set a term; a term that is a multiple of one sequence by
        numbers that are not 0 converges only if the sequence does, any other counts twice.
        """
        poly = self._value(limit)
        if poly is None:
            return None
        result: list[set[str]] = []
        for key in poly:
            heads = {h for component, _ in key for h, _ in self._leaves(component) if h.startswith(LIMIT)}
            plain = all(
                len(c[0]) == 1 and not c[1]
                if any(h in heads for h, _ in c[0])
                else e < 0 or self.form.core.is_nonzero(c)
                for c, e in key
            )
            result += [heads] * (1 if plain else 2) if heads else []
        return result

    def _leaves(self, component: Component) -> set[tuple[str, tuple[Slot, ...]]]:
        return self.form.leaves({((component, 1),): 1})

    def _domain(
        self,
        mine: list[Presupposition],
        theirs: list[Presupposition],
        free: frozenset[str],
        more: Sequence[Slot] = (),
    ) -> Integers:
        """What is known of the integers wherever the left side has a value.

        Its own indices are in range, its own sums make sense, and so do those that a hypothesis writes.  An index that
        stands alone on the right side, and nowhere on the left, is any position: the claim is meant for those that
        there are.
        """
        facts = [*self.form.facts, *self._written(), *more]
        sizes = self.form.core.integers.sizes
        spoken = free | sizes | {symbol for fact in facts for symbol in symbols_of(fact)}
        for p in theirs:
            if p.kind == "in range" and not p.scope:
                for low, at, high in positions(p.subject, self.form):
                    if at.is_Symbol and at.name not in spoken:
                        facts += _gaps(low, at, high) or ()
            elif isinstance(p.subject, ex.SumOver) and p.kind == "range" and not p.scope:
                end = p.subject.range[1]
                if end.is_Symbol and end.name not in spoken:
                    facts += self.gaps(p.subject)
        integers = Integers(facts, sizes)
        for p in mine:
            if p.kind not in ("in range", "range"):
                continue
            if not p.scope:
                integers.add(*self.gaps(p.subject))
            elif surely_not_empty(p.scope, integers):
                for ends in product(*((b.low, b.high) for b in p.scope)):
                    value = p.subject
                    # Inner limits may be written with outer indices: those are put in last.
                    for binder, end in reversed(list(zip(p.scope, ends, strict=True))):
                        value = value.xreplace({binder.index: end})
                    integers.add(*self.gaps(value))
        return integers

    def _written(self) -> list[Slot]:
        """What the entries that hypotheses write say of the sizes.

        A hypothesis about an index says nothing: it is meant for the indices that there are.
        """
        if self._hypotheses is None:
            self._hypotheses = []
            for hypothesis in self.form.own:
                sides = (
                    (hypothesis.left, hypothesis.right) if isinstance(hypothesis, Relation) else (hypothesis.subject,)
                )
                for p in (p for side in sides for p in presuppositions(side, self.form)):
                    if p.kind in ("in range", "range") and not p.scope:
                        sizes = self.form.core.integers.sizes
                        self._hypotheses += [g for g in self.gaps(p.subject) if set(symbols_of(g)) <= sizes]
        return self._hypotheses

    def _is_product(self, value: Poly, shape: Shape, matrices: list[Expression]) -> bool:
        """Whether a matrix is the product of two that are invertible: M = A B with A or A^-1, and B, known to be."""
        known = [
            *matrices,
            *(
                h.subject
                for h in self.form.context.hypotheses
                if isinstance(h, Predicate) and h.kind in ("invertible", "positive definite")
            ),
        ]
        known = [m for m in dict.fromkeys(known) if not m.is_number_shaped and same_shape(m.shape, shape)]
        if len(known) > MOST_FACTORS:
            return False
        sides = [s for m in known if isinstance(m, ex.Var) for s in (m, ex.Inverse(m))]
        products = (p for a in sides for b in known if b != a for p in (ex.Mul(a, b), ex.Mul(b, a)))
        if any(self._value(p) == value for p in products):
            self.form.core.used("product of invertible matrices")
            return True
        return False

    def gaps(self, node: Expression) -> list[Slot]:
        """What is at least 0 exactly when the node's indices are in range, or its range makes sense.

        Leaves out what is not affine.
        """
        if isinstance(node, ex.SumOver):
            return _gaps(ZERO, span(node), None) or []
        return [gap for low, at, high in positions(node, self.form) for gap in _gaps(low, at, high) or ()]

    def nonzero_factors(self, matrices: list[Expression]) -> list[Poly]:
        """Numbers that are not 0 because an inverse exists, or because a hypothesis says so.

        The determinant of an invertible matrix is not 0, nor is what is left of it without its content.
        """
        stated = [
            h.subject if isinstance(h, Predicate) else ex.Add(h.left, ex.Neg(h.right))
            for h in self.form.context.hypotheses
            if (h.kind == "nonzero" if isinstance(h, Predicate) else h.op == "!=")
        ]
        inverted = [
            h.subject
            for h in self.form.context.hypotheses
            if isinstance(h, Predicate) and h.kind in ("invertible", "positive definite")
        ]
        numbers = [n for n in stated if n.is_number_shaped]
        numbers += [ex.Det(m) for m in (*matrices, *inverted) if not m.is_number_shaped]
        values = (self._value(n) for n in numbers)
        parts = (self.form.core.content(v, -1)[1] for v in values if v)
        return [part for part in parts if part != ONE_POLY]

    def _known_factor(self, value: Poly, known: list[Poly]) -> bool:
        """Whether a number is a known one times scalars that are themselves known not to be 0."""
        outside, rest = self.form.core.content(value, -1)
        return rest in known and self.order.nonzero_number(self.form.core.normal([outside]))

    def value(self, e: Expression) -> Poly | None:
        """The normal form of an expression, if it has one."""
        return self._value(e)

    def _value(self, e: Expression) -> Poly | None:
        try:
            return self.form.poly(e)
        except (Undecided, Exhausted):
            return None

    @staticmethod
    def _divides_some(value: Poly, others: list[Poly | None]) -> bool:
        """A factor of a nonzero monomial is nonzero."""
        if len(value) != 1:
            return any(is_multiple(value, other) for other in others)
        ((key, _),) = value.items()
        mine = {c for c, _ in key}
        return any(o is not None and len(o) == 1 and mine <= {c for c, _ in next(iter(o))} for o in others)

    def holds(self, p: Presupposition, granted: set[Atom]) -> bool:
        """Whether a presupposition follows from the hypotheses (and the granted inverses)."""
        try:
            if self._is_constant_in_scope(p):
                if p.kind in ("nonzero", "positive") and self.order.surface_positive(p.subject):
                    return True
                if p.kind == "nonnegative" and self.order.surface_nonnegative(p.subject):
                    return True
            if p.kind == "nonnegative" and isinstance(p.subject, ex.Rank):
                return True
            if p.kind == "invertible":
                return self._invertible(p.subject, granted)
            if p.kind == "positive" and isinstance(p.subject, ex.Det) and self._is_definite(p.subject.operands[0]):
                return True
            if p.kind == "symmetric":
                return self.form.equal(p.subject, ex.Transpose(p.subject))
            poly = self.form.poly(p.subject)
        except (Undecided, Exhausted):
            return False
        if p.kind == "nonnegative":
            return self.order.nonnegative(poly)
        if p.kind in ("nonzero", "entries nonzero"):
            return self.order.nonzero_number(poly)
        return self.order.nonnegative(poly, True)

    @staticmethod
    def _is_constant_in_scope(p: Presupposition) -> bool:
        """Whether what is presupposed within sums speaks of none of their indices."""
        return not any(binder.index in p.subject.free_symbols for binder in p.scope)

    def _is_definite(self, matrix: Expression) -> bool:
        """Whether a matrix is positive definite: its determinant is positive, the product of its eigenvalues."""
        if not self.form.equal(matrix, ex.Transpose(matrix)) or not self.order.definite(self.form.poly(matrix), True):
            return False
        self.form.core.used("determinant of a definite matrix")
        return True

    def _invertible(self, matrix: Expression, granted: set[Atom]) -> bool:
        """Whether a matrix is invertible: by hypothesis, definite, an inverse, a number that is not 0 times one, of a
        determinant that is not 0, a diagonal without zeros, or made of atoms that exist. A sum of invertible
        matrices is not.
        """
        if isinstance(self._expanded(matrix), ex.Inverse):
            return True  # an inverse has one; that it exists is a presupposition of its own
        if beside_identity(self._expanded(matrix), self.form.context):
            self.form.core.used("identity and a small matrix")
            return True
        below = entry_determinant(matrix, self.form.context)
        if below is not None and self.order.nonzero_number(self.form.poly(below)):
            return True
        atoms = self._atoms(matrix)
        poly = self.form.poly(matrix)
        if isinstance(matrix, ex.Var) and f"v:{matrix.name}" in self.form.core.invertible:
            return True
        if isinstance(matrix, ex.Member) and f"m:{matrix.name}" in self.form.core.invertible:
            return True
        if poly in self.matrices or self.order.definite(poly, True):
            return True
        whole = self._expanded(matrix)
        if isinstance(whole, ex.Diag) and self.order.nonzero_number(self.form.poly(whole.operands[0])):
            return True
        outside, _ = self.form.core.content(poly, 1) if poly else (None, None)
        if outside is None or not self.order.nonzero_number(self.form.core.normal([outside])):
            return False
        if self._determinant_is_nonzero(matrix):
            return True
        if isinstance(matrix, ex.Add) and Written(Lemmas(self.form, self.order)).definite(matrix, True):
            return True
        if not atoms:
            # The inverse has no atom: a diagonal matrix, or an inverse of an inverse.
            return isinstance(matrix, ex.Eye) or self._invertible_diagonal(matrix)
        return all(a in granted or self._definite_atom(a) for a in atoms) and self._quotients_exist(matrix)

    def _expanded(self, matrix: Expression) -> Expression:
        """What a name stands for, where it is defined: ``S_c := (A + B)^-1``."""
        lowering = self.form.lowering
        while True:
            if isinstance(matrix, ex.Var) and matrix.name in lowering.constants:
                matrix = lowering.constants[matrix.name].body
            elif isinstance(matrix, ex.Member):
                found = lowering.defined_member(matrix.name, tuple(lowering.slot(i, {}) for i in matrix.at))
                if found is None or any(value != name for name, value in found[1].items()):
                    return matrix  # a member of a general definition: its body speaks of other indices
                matrix = found[0]
            else:
                return matrix

    def _determinant_is_nonzero(self, matrix: Expression) -> bool:
        """Whether a hypothesis says that the determinant of a product or a sum is not 0: det(A) det(B) != 0; of
        I + u v^T, 1 + v^T u != 0.
        """
        if not isinstance(self._expanded(matrix), (ex.Mul, ex.Add)) or not self.order.known_nonzero:
            return False
        value = self._value(ex.Det(matrix))
        return value is not None and any(proportional(value, known) for known in self.order.known_nonzero)

    def _quotients_exist(self, matrix: Expression) -> bool:
        """Whether no number that the inverse is divided by is 0: (A + u v^T)^-1 has 1 + v^T A^-1 u below."""
        value = self._value(ex.Inverse(matrix))
        if value is None:
            return False
        below = {component for key in value for component, power in key if self._exponent(component, power) < 0}
        return all(self.order.nonzero_number({((component, 1),): 1}) for component in below)

    def _exponent(self, component: Component, power: Fraction | int) -> Fraction | int:
        info = self.form.core.heads.get(component[0][0][0])
        return power if info is None or info.kind != "power" else info.exponent * power

    def _definite_atom(self, atom: Atom) -> bool:
        return self.order.definite(self.form.core.inside(atom[0]), True)

    def _invertible_diagonal(self, matrix: Expression) -> bool:
        return any(
            isinstance(h, Predicate) and h.kind == "invertible" and h.subject == matrix
            for h in self.form.context.hypotheses
        )


class _Granted:
    """What the left side of a claim presupposes, as far as it serves a presupposition of the right side."""

    def __init__(
        self,
        definedness: Definedness,
        mine: list[Presupposition],
        domain: Callable[[], Integers],
        certain: bool = False,
    ) -> None:
        self.definedness = definedness
        self.certain = certain
        self._domain = domain
        mine = [*mine, *_inverted(mine, definedness.form)]
        self.plain = [p for p in mine if not p.scope]
        self.scoped = [p for p in mine if p.scope]

    @cached_property
    def integers(self) -> Integers:
        return self._domain()

    def within(self, scope: Scope) -> Integers:
        return self.integers.with_facts(facts_of(scope)) if scope else self.integers

    def at_least_0(self, value: Expr, scope: Scope) -> bool:
        """Whether an integer is at least 0 throughout a scope."""
        gaps = _gaps(ZERO, value, None)
        return gaps is not None and all(self.within(scope).at_least(g, constant(0)) for g in gaps)

    def in_range(self, p: Presupposition) -> bool:
        """Whether the indices of a node are in range, or the range of a sum makes sense, throughout its scope."""
        if isinstance(p.subject, ex.SumOver) and p.kind == "range":
            ends = p.subject.range
            return self.at_least_0(span(p.subject), p.scope) or any(
                isinstance(q.subject, ex.SumOver) and q.kind == p.kind and q.subject.range == ends for q in self.to(p)
            )
        integers = self.within(p.scope)
        spans = [_gaps(low, at, high) for low, at, high in positions(p.subject, self.definedness.form)]
        if all(gaps is not None and all(integers.at_least(g, constant(0)) for g in gaps) for gaps in spans):
            return True
        return any(q.kind == p.kind and q.subject == p.subject for q in self.to(p))

    def serves(self, q: Presupposition, p: Presupposition) -> bool:
        """Whether the left side's ``q`` surely holds where ``p`` has to.

        A power whose exponent may be negative has a value where its base is not 0 or its exponent is not negative:
        that serves a power with no lesser exponent.  What is only sufficient serves the same node, and a kink another
        function with that kink, unless ``certain``: where a derivative through |u| is written, u is meant to be away
        from 0 in sign(u) too.  The verdict then says so.
        """
        if q.unless is not None:
            return p.unless is not None and self.at_least_0(p.unless - q.unless, p.scope)
        if q.source is None or q.source == p.source or self._multiple(q, p):
            return True
        return not self.certain and q.kink and p.kink and q.kind == p.kind and self._same_kink(q.subject, p.subject)

    def _same_kink(self, a: Expression, b: Expression) -> bool:
        """Whether two arguments vanish together: one is a multiple of the other by a number."""
        if a == b:
            return True
        mine, theirs = self.definedness.value(a), self.definedness.value(b)
        return bool(mine) and mine is not None and is_multiple(mine, theirs)

    def _multiple(self, q: Presupposition, p: Presupposition) -> bool:
        """Whether ``p`` is said of a real power whose exponent is that of ``q`` or a whole multiple of it."""
        if not isinstance(q.source, ex.Pow) or not isinstance(p.source, ex.Pow) or q.subject != p.subject:
            return False
        mine, theirs = (self.definedness.value(node.operands[1]) for node in (q.source, p.source))
        if not mine or not theirs or mine.keys() != theirs.keys():
            return False
        ratios = {Fraction(theirs[key]) / Fraction(mine[key]) for key in mine}
        return len(ratios) == 1 and min(ratios) > 0 and min(ratios).denominator == 1

    def to(self, p: Presupposition) -> list[Presupposition]:
        """The instances of the left side's presuppositions that hold wherever ``p`` has to.

        One that stands within a sum holds for the indices of the sum, if there are any; under the same binders as
        ``p`` that is just where ``p`` has to hold.
        """
        result = list(self.plain)
        integers = self.within(p.scope)
        for q in self.scoped:
            if q.scope == p.scope:
                result.append(q)
            if q.kind == p.kind or {q.kind, p.kind} <= {"nonzero", "positive"}:
                result += islice(self._instances(q, p, integers), MOST_INSTANCES)
        return [q for q in result if self.serves(q, p)]

    @staticmethod
    def _instances(q: Presupposition, p: Presupposition, integers: Integers) -> Iterator[Presupposition]:
        """``q`` at the indices that ``p`` is written with, and where it does not depend on the index, as it is."""
        inside = {s for node in ex.walk(q.subject) for a in node.args if isinstance(a, Expr) for s in a.free_symbols}
        offered = sorted(
            {
                a
                for node in ex.walk(p.subject)
                for a in node.args
                if isinstance(a, Expr) and not isinstance(a, Expression) and a.is_integer
            },
            key=str,
        )
        # The limit of what does not depend on the index: there is nothing to choose.
        scope = [b for b in q.scope if b.low is not None or b.index in inside]
        written = [a for node in ex.walk(q.subject) for a in node.args if isinstance(a, Expr)]
        choices = [[*_solved(b.index, written, offered), b.low] if b.index in inside else [b.low] for b in scope]
        for choice in islice(product(*choices), 4 * MOST_INSTANCES):
            admitted = True
            values: dict[Expr, Expr] = {}
            for binder, value in zip(scope, choice, strict=True):
                if value is None or binder.low is None or binder.high is None:
                    admitted = False  # in a limit, for large indices only
                    break
                low, high = binder.low.xreplace(values), binder.high.xreplace(values)
                value = value.xreplace(values)
                span = _gaps(low, value, high)
                if span is None or not all(integers.at_least(g, constant(0)) for g in span):
                    admitted = False
                    break
                values[binder.index] = value
            if admitted:
                source = None if q.source is None else instance(q.source, values)
                unless = None if q.unless is None else q.unless.xreplace(values)
                yield replace(q, subject=instance(q.subject, values), scope=(), source=source, unless=unless)


def _complements(e: Expression) -> Iterator[tuple[Expression, Expression]]:
    """(M, N -+ V M^-1 U) for every way to read a matrix as M -+ U N^-1 V; N may be an identity."""
    terms = e.operands if isinstance(e, ex.Add) else ()
    for position, term in enumerate(terms):
        product_ = term.operands[0] if isinstance(term, ex.Neg) else term
        if not isinstance(product_, ex.Mul) or len(product_.segments) != 1:
            continue
        rest = [*terms[:position], *terms[position + 1 :]]
        whole = rest[0] if len(rest) == 1 else ex.Add(*rest)
        factors = product_.operands
        between = () if isinstance(whole, ex.Eye) else (whole.I,)
        for k, factor in enumerate(factors[1:], 1):
            if isinstance(factor, ex.Inverse) and k < len(factors) - 1:
                turned, inner = ex.Mul(*factors[k + 1 :], *between, *factors[:k]), factor.operands[0]
            else:
                turned, inner = ex.Mul(*factors[k:], *between, *factors[:k]), ex.Eye(factor.shape[0])
            yield whole, ex.Add(inner, ex.Neg(turned) if isinstance(term, ex.Neg) else turned)


def _solved(index: Expr, written: list[Expr], offered: list[Expr]) -> list[Expr]:
    """The values of an index at which something that is written with it is one of the offered integers."""
    places = [a for a in written if not isinstance(a, Expression) and index in a.free_symbols]
    steps = {place.diff(index): place.subs(index, 0) for place in places}
    values = [(value - rest) / step for step, rest in steps.items() if step in (1, -1) for value in offered]
    return list(dict.fromkeys([*offered, *(integer(value) for value in values)]))


def _inverted(mine: list[Presupposition], form: NormalForm) -> list[Presupposition]:
    """What is invertible because its determinant is not 0, of a product each factor; and the factors of a product of
    numbers that is not 0 are none of them 0.
    """
    found: list[Presupposition] = []
    for q in mine:
        if q.kind not in ("nonzero", "positive") or q.source is not None or q.unless is not None:
            continue
        if isinstance(q.subject, ex.ProdOver):
            found.append(replace(within_product(q), kind="nonzero"))
        elif isinstance(q.subject, ex.Det):
            inner = presuppositions(ex.Inverse(q.subject.operands[0]), form, frozenset(str(b.index) for b in q.scope))
            found += [replace(p, scope=(*q.scope, *p.scope)) for p in inner if p.kind == "invertible"][:1]
    return found


def surely_not_empty(scope: Scope, integers: Integers) -> bool:
    """Whether there are indices within all of the binders."""
    known = integers
    for binder in scope:
        try:
            if binder.low is None or not known.at_least(slot_of(binder.high), slot_of(binder.low)):
                return False
        except NotAffine:
            return False
        known = known.with_facts(binder.facts())
    return True


def is_multiple(poly: Poly, known: Poly | None) -> bool:
    """Whether one of two values is the other times a number that is not 0."""
    if not known or poly.keys() != known.keys():
        return False
    return len({Fraction(poly[key]) / Fraction(known[key]) for key in known}) == 1


def _gaps(low: Expr | None, at: Expr, high: Expr | None) -> list[Slot] | None:
    """``at - low`` and ``high - at``, as far as there are limits; None where one is not affine."""
    try:
        here = slot_of(at)
        gaps = [] if low is None else [difference(here, slot_of(low))]
        return gaps if high is None else [*gaps, difference(slot_of(high), here)]
    except NotAffine:
        return None
