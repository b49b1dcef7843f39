"""The judge that finds proofs: two values are equal for all sizes when their difference has the normal form 0.

The difference of the two sides is lowered to a polynomial of contraction networks and reduced to 0 by, in this order:
canonical renaming of summed indices; the hypotheses as rewriting rules; the rules of inverses; joining sums over
neighbouring ranges; clearing scalar denominators; one step of a recurrence; exponentials for logistic functions;
multiplying by the matrix that an inverse inverts.  Each stage keeps the value, so a 0 is a proof; anything else
is undecided. May import ``everystep.algebra``, ``everystep.calculus`` and ``everystep.prove.words``; never the
exact judge.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import Shape
from everystep.calculus import atoms, matrix_powers
from everystep.calculus.core import Core
from everystep.calculus.functions import idempotents, logarithm
from everystep.calculus.given_sums import GivenSums
from everystep.calculus.indices import (
    Slot,
    as_constant,
    constant,
    shifted,
    slot_of,
    symbols_of,
    unpack,
)
from everystep.calculus.inverted_sums import InvertedSums
from everystep.calculus.leaves import Sizes
from everystep.calculus.lowering import Lowering
from everystep.calculus.networks import (
    Component,
    Factor,
    Key,
    Poly,
    Term,
    Undecided,
    add_into,
    at_value,
    delta,
    subtract,
)
from everystep.calculus.nilpotent import traces
from everystep.calculus.orthonormal import OrthonormalFamilies
from everystep.calculus.products import PRODUCTS, fixed_products
from everystep.calculus.turned_traces import turned_traces
from everystep.calculus.whole_steps import steps_of_integers
from everystep.prove.bilinear import matrices_between
from everystep.prove.closed_sums import by_geometric_relations, in_closed_form
from everystep.prove.determined import by_determinants, by_nonzero_factor, said_nonzero
from everystep.prove.equations import Equations, Lowered, divides, free_symbols, key_quotient
from everystep.prove.joined_sums import JoinedSums
from everystep.prove.matrix_exponentials import by_equations
from everystep.prove.multiples import angles, merged_exponentials
from everystep.prove.said import integer_facts, integer_slot, named_properties
from everystep.prove.spans import cut, jacobians
from everystep.prove.triangle_sums import ordered_triangles
from everystep.prove.words import Words, leading_word

MOST_UNFOLDED, FARTHEST_UNFOLDED = 12, 128
"""How many steps of a recurrence are unfolded: by itself, and from a member at a number, which may be as large."""


class OtherShape(Undecided):
    """A name comes with another shape than before: it is another symbol, and needs another normal form."""


class NormalForm(Equations, JoinedSums):
    """The normal form under one context.  Build one per step: hypotheses and work bounds belong to it."""

    def __init__(
        self,
        context: Context,
        *,
        lemmas: tuple[Hypothesis, ...] = (),
        limit: int = 400_000,
        attach: Callable[[NormalForm], object] | None = None,
    ) -> None:
        """``lemmas`` are equations that hold for every value of their free indices.

        A hypothesis of the context is known for the values at hand only.  ``attach`` may add rules (for limits)
        before the hypotheses are read.
        """
        self.lemmas = lemmas
        self.own = context.hypotheses
        context = context.given(*lemmas)
        named = named_properties(context.hypotheses)
        self.named = tuple(named)
        context = context.given(*(p for p in named.values() if p not in context.hypotheses))
        self.context = context
        integers = integer_facts(context)
        parts: list[Expression] = []
        for definition in context.definitions:
            parts += [definition.target, definition.body]
        for recurrence in context.recurrences:
            parts += [recurrence.target, recurrence.body]
        for hypothesis in context.hypotheses:
            parts += [hypothesis.left, hypothesis.right] if isinstance(hypothesis, Relation) else [hypothesis.subject]
        self.shapes: dict[str, Shape] = {}
        self.presuppositions: dict[Any, list[Any]] = {}  # filled by everystep.prove.definedness
        self.limits: dict[str, ex.LimitAt] = {}  # of real variables, by the name of what moves; filled likewise
        self.eventually: Callable[[str, Expression, ex.LimitAt], bool] = lambda kind, subject, limit: False
        self._seen: set[Expression] = set()
        self._sizes: dict[str, bool] = {}  # integer symbols: whether they are sizes
        self._lowered = {}
        self.facts: tuple[Slot, ...] = tuple(integers.facts)
        self.core = Core(integers)
        self.see(*parts)
        self.core.limit = limit
        self.words = Words(self.core)
        self.core.add_rewriter(atoms.merge_symbolic_powers(self.core), "w:")
        self.core.add_rewriter(matrix_powers.matrix_powers(self.core), "k:")
        self.core.add_rewriter(lambda term: idempotents(self.core, term))
        self.core.add_rewriter(lambda term: traces(self.core, term))
        self.core.add_rewriter(lambda term: turned_traces(self.core, term), "i:")
        self.core.add_rewriter(InvertedSums(self.core, lambda poly: leading_word(self.core, poly) is not None), "i:")
        self.core.add_rewriter(lambda term: steps_of_integers(self.core, term), "f:")
        self.core.add_rewriter(fixed_products(self.core), *PRODUCTS)
        self.families = OrthonormalFamilies(self.core)
        self.core.add_rewriter(self.families)
        self.given_sums = GivenSums(self.core)
        self.core.add_rewriter(self.given_sums)
        self.lowering = Lowering(self.core, context)
        self.substitutions = {}
        self.scalar_rules = []
        self.cuts = {}
        self.consequences = lambda poly: []
        if attach is not None:
            attach(self)
        self._read_hypotheses()
        equations = [h for h in context.hypotheses if isinstance(h, Relation) and h.op == "="]
        self.matrix_equations = [h for h in equations if h.left.shape[0] == h.left.shape[1] != 1]
        self.nonzero_numbers = said_nonzero(self)

    def see(self, *expressions: Expression) -> None:
        """Note the sizes and the shapes of the leaves of expressions that are about to be lowered."""
        for expression in expressions:
            if expression in self._seen:
                continue
            for symbol in expression.free_symbols:
                size = bool(symbol.is_positive)
                if self._sizes.setdefault(symbol.name, size) != size:
                    raise OtherShape(f"{symbol.name} is both a size and an index")
                if size:
                    self.core.integers.sizes.add(symbol.name)
            for node in expression.leaves:
                head = f"{'v' if isinstance(node, Var) else 'm'}:{node.name}"
                if self.shapes.setdefault(head, node.shape) != node.shape:
                    raise OtherShape(f"{node.name} has had another shape")
            self._seen.add(expression)

    def start(self, *expressions: Expression) -> None:
        """Begin a new statement: what it may cost, and what is recorded of it, starts from nothing."""
        self.see(*expressions)
        self.core.start_counting()
        self.core.integers.restore(self.facts)
        self.core.rules_used.clear()
        self.lowering.conditions.clear()
        self.lowering.facts = []

    def grant(self, products: frozenset[Factor]) -> None:
        """From now on the factors of these products are positive; what has been lowered without that is forgotten."""
        if products != self.core.positive_products:
            self.core.positive_products = products
            self._lowered.clear()

    def speaks_of(self, index: str) -> bool:
        """Whether a hypothesis, other than one about integers alone, is said of an index."""
        return any(
            index in {symbol.name for part in h.sides for symbol in part.free_symbols}
            for h in self.own
            if isinstance(h, Predicate) or integer_slot(h.left) is None or integer_slot(h.right) is None
        )

    def holds_for_all(self, index: Expr) -> bool:
        """Whether no hypothesis speaks of one value of the index (lower bounds aside)."""
        for hypothesis in self.own:
            if isinstance(hypothesis, Predicate):
                if index in hypothesis.subject.free_symbols:
                    return False
            elif index in hypothesis.left.free_symbols | hypothesis.right.free_symbols:
                a, b = integer_slot(hypothesis.left), integer_slot(hypothesis.right)
                below = a is not None and b is not None and hypothesis.op in ("<", "<=", ">", ">=")
                if not below:
                    return False
        facts = (unpack(fact)[1] for fact in self.core.integers.facts)
        return all(parts.get(str(index), 0) >= 0 for parts in facts)

    def poly(self, expression: Expression, factors: tuple[Sizes, Sizes] | None = None) -> Poly:
        """The normal form of an expression under the hypotheses; each is lowered once."""
        known = self._lowered.get((expression, factors))
        if known is None:
            integers = self.core.integers
            outer = (self.core.rules_used, self.lowering.conditions, tuple(integers.facts), self.lowering.facts)
            self.core.rules_used, self.lowering.conditions, self.lowering.facts = set(), [], []
            integers.restore(self.facts)
            try:
                poly = self._substituted(self.lowering.poly(expression, factors))
                presupposed = tuple(f for f in integers.facts if f not in self.facts)
                known = Lowered(poly, tuple(self.lowering.conditions), frozenset(self.core.rules_used), presupposed)
            finally:
                self.core.rules_used, self.lowering.conditions, self.lowering.facts = outer[0], outer[1], outer[3]
                integers.restore(outer[2])
            self._lowered[(expression, factors)] = known
        self.lowering.conditions += known.open_sums
        self.core.rules_used |= known.rules
        self.core.integers.add(*known.presupposed)
        return known.poly

    def under_hypotheses(self, poly: Poly) -> Poly:
        """A polynomial with what the equations among the hypotheses say of its letters."""
        return self._substituted(poly)

    def reduced(self, poly: Poly) -> Poly:
        """The same, with the scalar equations as well."""
        return self.by_scalar_rules(self._substituted(poly))

    def difference(self, left: Expression, right: Expression) -> Poly:
        factors = [
            max(self.lowering.factors(left, axis), self.lowering.factors(right, axis), key=len) for axis in (0, 1)
        ]
        composite = any(len(f) > 1 for f in factors)
        both = (factors[0], factors[1]) if composite else None
        return self._with_one_identity(subtract(self.poly(left, both), self.poly(right, both)), left)

    def _with_one_identity(self, poly: Poly, side: Expression) -> Poly:
        """A delta of two numbers between the row and the column of a square matrix is its identity: both run over
        one dimension. Such a delta is left where members of a family stood in the rows.
        """
        if side.shape[0] != side.shape[1] or side.is_number_shaped:
            return poly
        free = delta(None)
        if not any(head == free for key in poly for c, _ in key for head, _ in c[0]):
            return poly
        square, ends = delta(slot_of(side.shape[0])), {"#0", "#1"}
        return self.core.normal(
            Term(
                t.coefficient,
                [(square if (h, {*s}) == (free, ends) else h, s) for h, s in t.factors],
                t.scalars,
                t.bound,
            )
            for t in self.core.terms(poly)
        )

    def equal(self, left: Expression, right: Expression) -> bool:
        """Whether the difference is proved to be 0.  Raises Undecided or Exhausted when it cannot be expressed."""
        return self.is_zero(self.difference(left, right))

    def is_zero(self, poly: Poly) -> bool:
        """Whether a polynomial is 0: after each rewriting that keeps its value, and by the rules that multiply it by
        what is known not to be 0. False means undecided, never that it is not 0.
        """
        if not poly:
            self.core.used("normal form")
            return True
        stages: tuple[tuple[str, Callable[[Poly], Poly]], ...] = (
            ("last terms taken out", self.peeled),
            ("scalar equations", self.by_scalar_rules),
            ("joined sums", self.joined),
            ("sums over triangles", lambda p: ordered_triangles(self.core, p)),
            ("cleared denominators", self.cleared),
            ("recurrence unfolded", self.unfolded),
            ("one step of the recurrence", self.stepped),
            ("exponentials", self.exponentials),
            ("exponentials of matrices", lambda p: by_equations(self.core, p, self.reduced)),
            ("sums of angles", lambda p: angles(self.core, p)),
            ("products of exponentials", lambda p: merged_exponentials(self.core, p)),
            ("products cut", lambda p: cut(self.core, p, self.cuts)),
            ("Jacobians as products", lambda p: jacobians(self.core, self.lowering.recurrences, p)),
            ("multiplied by numbers below", self.multiplied_out),
            ("geometric sums", lambda p: by_geometric_relations(self.core, p)),
            ("sums in closed form", lambda p: in_closed_form(self.core, p, self.is_rarely_zero)),
        )
        for _ in range(3):
            before = poly
            for name, stage in stages:
                changed = stage(poly)
                if changed != poly:
                    self.core.used(name)
                    poly = changed
                    if poly:
                        poly = self.cleared(self.joined(self._substituted(poly)))
                if not poly:
                    return True
            if poly == before:
                break
        determined = by_determinants(self, poly)
        if determined != poly:
            return self.is_zero(determined)
        return (
            self._by_multiplication(poly, 3)
            or self._by_square(poly)
            or self._by_vectors(poly)
            or by_nonzero_factor(self, poly)
        )

    def is_rarely_zero(self, poly: Poly) -> bool:
        """Whether a number that is not 0 identically is 0 on no open set of instances: of symbols that no hypothesis
        ties down, by sums, products, whole powers and exponentials; |a| - a is 0 for all a > 0.
        """
        for key in poly:
            for component, exponent in key:
                if not isinstance(exponent, int):
                    return False
                for head, _ in component[0]:
                    info = self.core.heads.get(head)
                    if info is None:
                        if head[:2] != "v:" or head in self.core.constrained:
                            return False
                    elif (
                        info.kind not in ("base", "power", "exp")
                        or not isinstance(info.exponent, int)
                        or not self.is_rarely_zero(self.core.poly(info.inside))
                    ):
                        return False
        return True

    def peeled(self, poly: Poly) -> Poly:
        """With a scalar equation to meet, a sum up to n + c as one up to n + b and its last terms, where sums of the
        equation end at n + b, or else b = 0; likewise the first terms of a sum from c - n.
        """
        if not self.scalar_rules:
            return poly
        last: dict[str, int] = {}
        first: dict[str, int] = {}
        for lead, _, rest in self.scalar_rules:
            for _, low, high in (b for key in (lead, *rest) for c, _ in key for b in c[1]):
                total, parts = unpack(high)
                last[str(parts)] = min(last.get(str(parts), total), total)
                total, parts = unpack(low)
                first[str(parts)] = max(first.get(str(parts), total), total)
        result: list[Term] = []
        for term in self.core.terms(poly):
            todo = [term]
            while todo:
                piece = todo.pop()
                for name, (low, high) in piece.bound.items():
                    total, parts = unpack(high)
                    if 0 < total - last.get(str(parts), 0) <= 4 and parts and self.core.integers.at_least(high, low):
                        shorter = {**piece.bound, name: (low, shifted(high, -1))}
                        todo.append(Term(piece.coefficient, piece.factors, piece.scalars, shorter))
                        todo.append(at_value(piece, name, high))
                        break
                    total, parts = unpack(low)
                    if -4 <= total - first.get(str(parts), 0) < 0 and parts and self.core.integers.at_least(high, low):
                        shorter = {**piece.bound, name: (shifted(low, 1), high)}
                        todo.append(Term(piece.coefficient, piece.factors, piece.scalars, shorter))
                        todo.append(at_value(piece, name, low))
                        break
                else:
                    result.append(piece)
        return self.core.normal(result)

    def by_scalar_rules(self, poly: Poly) -> Poly:
        """Replace the leading monomial of each scalar equation, and any power of a number that is to be a constant."""
        for lead, _, rest in self.scalar_rules:
            poly = self._with_constant(poly, lead, rest)
            for _ in range(4):
                hit = [k for k in poly if divides(lead, k)]
                if not hit:
                    break
                result = {k: c for k, c in poly.items() if k not in hit}
                terms = self.core.terms(result)
                for key in hit:
                    quotient = self.core.term(key_quotient(key, lead), poly[key])
                    terms += [quotient.times(t) for t in self.core.terms(rest)]
                poly = self.core.normal(terms)
        return poly

    def _with_constant(self, poly: Poly, lead: Key, rest: Poly) -> Poly:
        """With c = r for a number r > 0, the roots and the negative powers of c as those of r."""
        if len(lead) != 1 or lead[0][1] != 1 or set(rest) != {()} or not rest[()] > 0:
            return poly
        number = lead[0][0]
        powers = {k: e for k in poly if (e := dict(k).get(number, 1)) < 0 or Fraction(e).denominator != 1}
        if not powers:
            return poly
        terms = self.core.terms({k: c for k, c in poly.items() if k not in powers})
        for key, exponent in powers.items():
            others = self.core.term(tuple(p for p in key if p[0] != number), poly[key])
            terms += [others.times(t) for t in self.core.power({(): rest[()]}, exponent)]
        return self.core.normal(terms)

    def multiplied_out(self, poly: Poly) -> Poly:
        """With a scalar equation to meet, the difference times the numbers that it is divided by: 0 where it is 0."""
        if not self.scalar_rules:
            return poly
        lowest: dict[Component, int] = {}
        for key in poly:
            for component, exponent in key:
                closed = not any(s[0] == "#" for _, ss in component[0] for slot in ss for s in symbols_of(slot))
                if closed and isinstance(exponent, int) and exponent < 0 and component[1]:
                    lowest[component] = min(lowest.get(component, 0), exponent)
        if not lowest:
            return poly
        factor = Term(1, [], {c: -e for c, e in lowest.items()})
        return self.by_scalar_rules(self.core.normal(factor.times(t) for t in self.core.terms(poly)))

    def cleared(self, poly: Poly) -> Poly:
        """Multiply by the scalar denominators that are sums, until none is left."""
        for _ in range(6):
            lowest: dict[tuple[str, tuple[Slot, ...]], int | Fraction] = {}
            for key in poly:
                for component, power in key:
                    (head, slots), *others = component[0]
                    info = self.core.heads.get(head)
                    if others or component[1] or info is None:
                        continue
                    atom = (head, slots) if info.kind == "base" else (info.base, slots)
                    exponent = power if info.kind == "base" else info.exponent * power
                    if atom[0][:2] == "p:" and exponent < 0:
                        lowest[atom] = min(lowest.get(atom, 0), exponent)
            if not lowest:
                return poly
            factor = Term(1)
            for (base, slots), exponent in lowest.items():
                factor = factor.times(self.core.power_factor(base, slots, -exponent))
            poly = self.core.normal(factor.times(t) for t in self.core.terms(poly))
        return poly

    def unfolded(self, poly: Poly) -> Poly:
        """Replace members of recurrent families by the right side: those at a number, at k + c, and the later
        of two.
        """
        recurrences = self.lowering.recurrences
        if not recurrences.by_head:
            return poly
        leaves: dict[Key, set[tuple[str, tuple[Slot, ...]]]] = {}  # of each monomial: most stay from step to step
        done, last = 0, MOST_UNFOLDED
        while done < last:
            groups: dict[tuple[str, str], set[Slot]] = {}
            for key in poly:
                if key not in leaves:
                    leaves[key] = self._leaves_of(key)
            for head, slots in set().union(*(leaves[key] for key in poly)):
                if head in recurrences.by_head or (head[:2] == "m:" and head[2:] in self.lowering.families):
                    groups.setdefault((head, str(unpack(slots[0])[1])), set()).add(slots[0])
            for head, fixed in self.substitutions:  # members that a hypothesis has replaced
                if fixed and (head, str(unpack(fixed[0])[1])) in groups:
                    groups[(head, str(unpack(fixed[0])[1]))].add(fixed[0])
            chosen: set[tuple[str, Slot]] = set()
            for (head, _), places in groups.items():
                for at in places:
                    if as_constant(at) is not None and self.lowering.defined_member(head[2:], (at,)) is not None:
                        chosen.add((head, at))
                recurrence = recurrences.by_head.get(head)
                if recurrence is None:
                    continue
                first = constant(recurrence.first)
                chosen |= {(head, at) for at in places if (v := as_constant(at)) is not None and v >= recurrence.first}
                latest = max(places, key=lambda s: unpack(s)[0])
                ahead = len(places) > 1 or (unpack(latest)[0] > 0 and as_constant(latest) is None)
                if ahead and self.core.integers.at_least(latest, first):
                    chosen.add((head, latest))
            if not chosen:
                return poly
            # From a member at a number the steps go down and come to an end: h[64] may take 64 of them.
            numbers = [v for _, at in chosen if (v := as_constant(at)) is not None]
            last = max(last, min(max(numbers, default=0), FARTHEST_UNFOLDED))
            done += 1
            if self.substitutions:
                # A hypothesis about h[t] has to meet the right side of h[t+1] before that is h[t+1] again.
                with recurrences.without_folding():
                    opened = self._substituted(self._unfolded_at(poly, chosen))
                changed = self.core.normal(self.core.terms(opened))
            else:
                changed = self._unfolded_at(poly, chosen)
            if changed == poly:
                return poly
            poly = changed
        return poly

    def _leaves_of(self, key: Key) -> set[tuple[str, tuple[Slot, ...]]]:
        """The leaves of a monomial; those of atoms are looked for inside."""
        factors = {factor for component, _ in key for factor in component[0]}
        return self.leaves({key: 1}) if any(head in self.core.heads for head, _ in factors) else factors

    def _unfolded_at(self, poly: Poly, chosen: set[tuple[str, Slot]]) -> Poly:
        """The members at the chosen indices replaced by what their definition or recurrence says of them."""
        lowering = self.lowering

        def leaf(head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
            if not slots or (head, slots[0]) not in chosen:
                return None
            defined = lowering.defined_member(head[2:], (slots[0],))
            if defined is not None:
                row, column = lowering.split(defined[0].shape, slots[1:])
                return lowering.terms(defined[0], row, column, defined[1])
            return lowering.recurrences.body(lowering.recurrences.by_head[head], slots[0], slots[1:])

        heads = {head for head, _ in chosen}
        touched = {
            key: coefficient
            for key, coefficient in poly.items()
            if any(h in heads or h in self.core.heads for c, _ in key for h, _ in c[0])
        }
        result = {key: coefficient for key, coefficient in poly.items() if key not in touched}
        add_into(result, self.core.normal(atoms.transform(self.core, self.core.terms(touched), leaf)))
        return result

    def stepped(self, poly: Poly) -> Poly:
        """Expand the transition Jacobians of recurrences by one step where that is known to be possible."""
        if not self.lowering.recurrences.by_head:
            return poly
        self.lowering.recurrences.expand = True
        try:
            # Through the insides of atoms as well.
            return self.core.normal(atoms.transform(self.core, self.core.terms(poly), lambda head, slots: None))
        finally:
            self.lowering.recurrences.expand = False

    def exponentials(self, poly: Poly) -> Poly:
        """logistic(z) = 1/(1 + exp(-z)), tanh(z) = 1 - 2/(1 + exp(2z)), softplus(z) = log(1 + exp(z)) everywhere."""

        def leaf(head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
            info = self.core.heads.get(head)
            names = ("logistic", "tanh", "softplus")
            if info is None or info.kind != "function" or info.name not in names or info.order:
                return None
            inside = self.core.normal(
                atoms.transform(
                    self.core,
                    self.core.terms(self.core.poly(info.inside), {f"#{k}": s for k, s in enumerate(slots)}),
                    leaf,
                )
            )
            if info.name == "softplus":
                return logarithm(self.core, self.core.normal([Term(1), *self.core.exponential(inside)]))
            scale = -1 if info.name == "logistic" else 2
            bottom = self.core.normal([Term(1), *self.core.exponential({k: c * scale for k, c in inside.items()})])
            inverse = self.core.power(bottom, -1)
            return inverse if info.name == "logistic" else [Term(1), *(t.scaled(-2) for t in inverse)]

        if not any(h[:2] == "f:" for key in poly for c, _ in key for h, _ in c[0]):
            return poly
        return self.core.normal(atoms.transform(self.core, self.core.terms(poly), leaf))

    def _by_square(self, poly: Poly) -> bool:
        """A real vector or matrix is 0 when the sum of its squared entries is: tried where scalar equations
        are given.
        """
        free = sorted(free_symbols(poly))
        ranges = self._ranges(poly, free) if self.scalar_rules and free else None
        if ranges is None:
            return False
        names: dict[str, Slot] = {s: self.core.fresh() for s in free}
        bound = {str(names[s]): ranges[s] for s in free}
        square = self.core.normal(
            Term(t.coefficient, t.factors, t.scalars, {**t.bound, **bound})
            for a in self.core.terms(poly, names)
            for b in self.core.terms(poly, names)
            for t in [a.times(b)]
        )
        self.core.used("sum of squares is zero")
        return not self.by_scalar_rules(self._substituted(square))

    def _ranges(self, poly: Poly, free: list[str]) -> dict[str, tuple[Slot, Slot]] | None:
        """The range of each free index, read off a variable that carries it."""
        found: dict[str, tuple[Slot, Slot]] = {}
        for head, slots in sorted(self.leaves(poly), key=str):
            shape = self.shapes.get(head)
            count = self.core.indexed.get(head, 0)
            if shape is None:
                continue
            sizes = [s for s in shape if s != 1]
            for slot, size in zip(slots[count:], sizes, strict=True):
                if isinstance(slot, str) and slot in free:
                    found[slot] = (constant(1), slot_of(size))
        return found if all(s in found for s in free) else None

    def _by_vectors(self, poly: Poly) -> bool:
        """A number that is a sum of forms a^T M b is 0 when every M is; M may then be multiplied by what M inverts."""
        if not any(h[:2] == "i:" for key in poly for c, _ in key for h, _ in c[0]):
            return False
        matrices = matrices_between(self.core, poly)
        if matrices is None or not all(self.is_zero(matrix) for matrix in matrices):
            return False
        self.core.used("the matrices between two vectors")
        return True

    def _by_multiplication(self, poly: Poly, depth: int, tried: dict[frozenset[object], int] | None = None) -> bool:
        """D = 0 when M D = 0 (or D M = 0) for an invertible M: tried with the insides of the inverses in D.

        ``tried``: the products so far, each with the number of further multiplications that were tried on it; in
        another order the same factors lead to the same product.
        """
        tried = {} if tried is None else tried
        known = frozenset(poly.items())
        if depth <= tried.get(known, 0):
            return False
        tried[known] = depth
        free = free_symbols(poly)
        heads = sorted({h for key in poly for c, _ in key for h, _ in c[0] if h[:2] == "i:"})
        for head in heads:
            info = self.core.heads[head]
            if info.arity != 2:
                continue
            for side in sorted(free):
                touching = any(h == head and side in ss[:2] for key in poly for c, _ in key for h, ss in c[0])
                if not touching:
                    continue
                for transposed in (False, True):
                    joint = self.core.fresh()
                    ends: dict[str, Slot] = {"#0": "#x", "#1": joint} if not transposed else {"#0": joint, "#1": "#x"}
                    low, high = self.core.ranges[head]
                    matrix = [
                        Term(t.coefficient, t.factors, t.scalars, {**t.bound, joint: (low, high)})
                        for t in self.core.terms(self.core.poly(info.inside), ends)
                    ]
                    moved = self.core.terms(poly, {side: joint})
                    product = self.core.normal(m.times(t) for m in matrix for t in moved)
                    product = self.cleared(self.joined(self.core.renamed(product, {"#x": side})))
                    self.core.used("multiplied by the inverted matrix")
                    if not product:
                        return True
                    if len(product) <= 3 * len(poly) and self._by_multiplication(product, depth - 1, tried):
                        return True
        return False
