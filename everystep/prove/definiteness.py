"""Definiteness: matrices that are positive (semi)definite, as sums, Gram matrices, congruences and projections.

``definite`` answers True only on a proof; False means "not known".  May import the normal form; never the exact judge.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, as_constant, constant, difference, slot_of, substitute, symbols_of
from everystep.calculus.networks import (
    Component,
    Factor,
    Key,
    Poly,
    Term,
    Undecided,
    delta,
    is_delta,
    is_open_component,
    monomial_key,
)
from everystep.calculus.word_letters import Letter, word
from everystep.prove.cases import proportional
from everystep.prove.commuting import commuting_products
from everystep.prove.eigenvalue_signs import eigenpairs
from everystep.prove.forms import (
    covariance_of_rows,
    covariance_of_weights,
    identity_and_covariance,
    matrix_and_inverse,
    scaled_projection,
    spread,
    weighted_gram,
    weights_of_definite,
)
from everystep.prove.normal_form import NormalForm

FULL_ROW = ("full row rank", "invertible", "positive definite", "orthogonal")
FULL_COLUMN = ("full column rank", "invertible", "positive definite", "orthogonal")
MAX_PROJECTION = 4
MAX_KNOWN = 6
WHOLE = {
    "identity and a dyad": spread,
    "covariance of rows": covariance_of_rows,
    "identity and a covariance of weights": identity_and_covariance,
    "a definite matrix and its inverse": matrix_and_inverse,
    "weights of definite matrices": weights_of_definite,
}


class Definiteness(ABC):
    """The part of :class:`everystep.prove.order.Order` that knows of matrices."""

    form: NormalForm
    core: Core
    kinds: dict[str, set[str]]
    known_matrices: list[tuple[Poly, bool]]
    known_scalars: list[tuple[Poly, bool]]
    seen_matrices: list[tuple[Poly, bool]]
    multiplying: bool
    no_products: set[tuple[frozenset[tuple[Key, int | Fraction]], bool]]

    @abstractmethod
    def nonnegative(self, poly: Poly, strict: bool = False) -> bool: ...

    @abstractmethod
    def component_positive(self, component: Component, exponent: object = 1) -> bool: ...

    @abstractmethod
    def _positive_factor(self, head: str, slots: tuple[Slot, ...]) -> bool: ...

    def read_eigenpairs(self) -> None:
        """Eigenvalues of matrices that are (semi)definite are > 0 (>= 0): l v^T v = v^T A v, and v is not 0."""
        for number, matrix in eigenpairs(self.form.context.hypotheses):
            try:
                poly, value = self.form.poly(matrix), self.form.poly(number)
            except Undecided:
                continue
            for strict in (True, False):
                if self.definite(poly, strict):
                    self.known_scalars.append((value, strict))
                    break

    def definite(self, poly: Poly, strict: bool) -> bool:
        """Whether a symmetric matrix (entries at #0, #1) is positive semidefinite, or definite."""
        if not poly:
            return not strict
        verdicts = self._all_definite(poly)
        if verdicts is not None and (not strict or verdicts):
            self.core.used("a sum of semidefinite matrices")
            return True
        if not strict and len(poly) <= MAX_PROJECTION and (self._projection(poly) or scaled_projection(self, poly)):
            self.core.used("orthogonal projection")
            return True
        if not strict and covariance_of_weights(self, poly):
            self.core.used("covariance of weights")
            return True
        if not strict and weighted_gram(self, poly):
            self.core.used("weighted Gram matrix")
            return True
        for name, rule in WHOLE.items():
            if rule(self, poly, strict):
                self.core.used(name)
                return True
        if self._above_known(poly, strict, [*self.seen_matrices, *self.known_matrices]):
            self.core.used("eigenvalue bound")
            return True
        if commuting_products(self, poly, strict):
            self.core.used("products of commuting semidefinite matrices")
            return True
        outside, rest = self.core.content(poly, 1)
        numbers = {((c, e),): 1 for c, e in outside.scalars.items()}
        scaled = outside.coefficient > 0 and numbers and all(self.nonnegative({k: 1}, True) for k in numbers)
        return bool(scaled) and self.definite(rest, strict)

    def sum_of_known(self, poly: Poly, strict: bool) -> bool:
        """Whether a matrix is a sum of positive multiples of those that hypotheses call (semi)definite, and of what is
        symmetric and semidefinite besides.
        """
        return self._above_known(poly, strict, self.known_matrices)

    def _above_known(self, poly: Poly, strict: bool, known_matrices: list[tuple[Poly, bool]]) -> bool:
        """A sum of positive multiples of matrices that hypotheses call (semi)definite, each used once, and of what is
        semidefinite besides.
        """
        for position, (known, firm) in enumerate(known_matrices[:MAX_KNOWN]):
            for key in sorted(set(poly) & set(known), key=monomial_key):
                ratio = Fraction(poly[key]) / Fraction(known[key])
                if ratio <= 0:
                    continue
                rest = dict(poly)
                for k, c in known.items():
                    left = Fraction(rest.get(k, 0)) - ratio * Fraction(c)
                    if left:
                        rest[k] = left
                    else:
                        rest.pop(k, None)
                if not rest:
                    if firm or not strict:
                        return True
                    continue
                if self.symmetric_sum(rest, strict and not firm):
                    return True
                if self._above_known(rest, strict and not firm, known_matrices[position + 1 :]):
                    return True
        return False

    def symmetric_sum(self, poly: Poly, strict: bool) -> bool:
        """Whether a matrix is symmetric and every group of its monomials semidefinite; strictly, one definite."""
        if self.core.renamed(poly, {"#0": "#1", "#1": "#0"}) != poly:
            return False
        definite = self._all_definite(poly)
        return definite is not None and (not strict or definite)

    def _projection(self, poly: Poly) -> bool:
        """c M with c > 0 and M = M^T = M M: x^T M x = ||M x||^2."""
        if self.core.renamed(poly, {"#0": "#1", "#1": "#0"}) != poly:
            return False
        size = self.size_of(poly)
        if size is None:
            return False
        joint = self.core.fresh()
        left = self.core.terms(poly, {"#1": joint})
        right = self.core.terms(poly, {"#0": joint})
        square = self.core.normal(
            Term(t.coefficient, t.factors, t.scalars, {**t.bound, joint: ((1, ()), size)})
            for a in left
            for b in right
            for t in [a.times(b)]
        )
        return proportional(square, poly)

    def size_of(self, poly: Poly) -> Slot | None:
        """The number of rows of a matrix at #0, #1, read off a delta or a leaf that carries the index."""
        for key in poly:
            for component, _ in key:
                for head, slots in component[0]:
                    sizes = self.core.dimensions.get(head, ())
                    if is_delta(head) and "#0" in slots and head != delta(None):
                        ranges = [n for n in self.core.integers.sizes if delta(n) == head]
                        if ranges:
                            return ranges[0]
                    if "#0" in slots and len(sizes) == len(slots):
                        return sizes[slots.index("#0")]
        return None

    def _all_definite(self, poly: Poly) -> bool | None:
        """None unless every group of monomials is semidefinite; else whether one of them is definite."""
        groups: dict[Key, Poly] = {}
        for key, coefficient in poly.items():
            opened = tuple((c, e) for c, e in key if is_open_component(c))
            groups.setdefault(opened, {})[tuple((c, e) for c, e in key if not is_open_component(c))] = coefficient
        definite: list[Key] = []
        others: list[Key] = []
        for opened, scalars in groups.items():
            kind = self.network_definite(opened)
            if kind is None or not self.nonnegative(scalars):
                others.append(opened)
            elif kind and self.nonnegative(scalars, True):
                definite.append(opened)
        spent = self._weighted_gram(poly, others) if others else set()
        if spent is None:
            return None
        return any(opened not in spent for opened in definite)

    def _weighted_gram(self, poly: Poly, others: list[Key]) -> set[Key] | None:
        """A sum over i of w_i a_i a_i^T, its weights w_i sums of several monomials that are known to be nonnegative.

        ``others``: the networks that are not semidefinite one by one; those that are may complete a weight.  The answer
        is all the networks with such weights: no one of them is definite any more where its weight may be 0.  None when
        a network is left over.
        """
        groups: dict[object, list[tuple[Key, Term]]] = {}
        for key, coefficient in poly.items():
            opened = tuple((c, e) for c, e in key if is_open_component(c))
            weighted = self._weighted(key, coefficient)
            if weighted is not None:
                groups.setdefault(weighted[0], []).append((opened, weighted[1]))
            elif opened in others:
                return None
        needed = [group for group in groups.values() if any(opened in others for opened, _ in group)]
        if all(self.nonnegative(self.core.normal(weight for _, weight in group)) for group in needed):
            self.core.used("weights of a Gram matrix")
            return {opened for group in needed for opened, _ in group}
        return None

    def _weighted(self, key: Key, coefficient: int | Fraction) -> tuple[object, Term] | None:
        """The vectors a_i of a monomial sum_i w_i a_i(#0) a_i(#1) with the ranges of i, and the weight w_i."""
        opened = [(c, e) for c, e in key if is_open_component(c)]
        if len(opened) != 1 or opened[0][1] != 1:
            return None
        factors, bound = opened[0][0]
        pool, ends, rest = list(factors), [], []
        while pool:
            head, slots = pool.pop(0)
            mentions = {s for slot in slots for s in symbols_of(slot)}
            twin = (head, tuple(substitute(s, {"#0": "#1"}) for s in slots))
            if "#0" in mentions and "#1" not in mentions and twin in pool:
                pool.remove(twin)
                ends.append((head, slots))
            elif mentions & {"#0", "#1"}:
                return None
            else:
                rest.append((head, slots))
        ranges = {name: (low, high) for name, low, high in bound}
        if any(s in ranges for low, high in ranges.values() for end in (low, high) for s in symbols_of(end)):
            return None
        shared: dict[str, Slot] = {}
        for _, slots in ends:
            for name in (s for slot in slots for s in symbols_of(slot) if s in ranges):
                shared.setdefault(name, f"at{len(shared)}")
        vectors = tuple((head, tuple(substitute(s, shared) for s in slots)) for head, slots in ends)
        where = tuple((shared[name], *ranges[name]) for name in shared)
        weight = Term(
            coefficient,
            [(head, tuple(substitute(s, shared) for s in slots)) for head, slots in rest],
            {c: e for c, e in key if (c, e) != opened[0]},
            {name: ends_ for name, ends_ in ranges.items() if name not in shared},
        )
        return (vectors, where), weight

    def network_definite(self, opened: Key) -> bool | None:
        """None, or whether the network of a monomial is definite (True) or semidefinite (False)."""
        if any(e != 1 for _, e in opened):
            return None
        components = [c for c, _ in opened]
        deltas = [c for c in components if len(c[0]) == 1 and is_delta(c[0][0][0]) and c[0][0][1] == ("#0", "#1")]
        if deltas:
            rest = [c for c in components if c not in deltas]
            if all(self.core.is_nonnegative(c) or self._positive_entry(c) for c in rest):
                return all(self._positive_entry(c) for c in rest)
            return None
        if len(components) == 2:
            a, b = components
            return False if _mirrored(self.form, a, b) else None
        if len(components) != 1:
            return None
        component = components[0]
        letters = word(self.core, component, "#0", "#1")
        if letters is not None:
            return self._word_definite(letters)
        return False if self._gram(component) else None

    def _positive_entry(self, component: Component) -> bool:
        """Whether an entry on the diagonal is > 0 at every index."""
        factors, bound = component
        return not bound and all(self._positive_factor(head, slots) for head, slots in factors)

    def _word_definite(self, letters: list[Letter]) -> bool | None:
        """A palindrome W M W^T: semidefinite when M is (or is missing), definite when M is and W has full row rank."""
        count = len(letters)
        for k in range(count // 2):
            (a, f, p), (b, g, q) = letters[k], letters[count - 1 - k]
            symmetric = a in self.core.symmetric
            if a != b or p != q or (f == g and not symmetric):
                return None
        half = letters[: count // 2]
        if count % 2 == 0:
            *outer, inner = half
            return all(self._square_full(x) for x in outer) and self._full_row(inner)
        middle = self._letter_definite(letters[count // 2])
        if middle is None:
            return None
        if not half:
            return middle
        *outer, inner = half
        return middle and all(self._square_full(x) for x in outer) and self._full_row(inner)

    def _letter_definite(self, letter: Letter) -> bool | None:
        """Whether a letter is definite (True), semidefinite (False) or neither is known (None); the inverse of a
        semidefinite matrix is definite, since it exists.
        """
        head = letter[0]
        kinds = self.kinds.get(head, set())
        if "positive definite" in kinds:
            return True
        if "positive semidefinite" in kinds:
            return False
        info = self.core.heads.get(head)
        if info is not None and info.kind == "inverse" and info.arity == 2:
            inside = self.core.poly(info.inside)
            # The inverse exists, so a semidefinite inside is definite.
            return True if self.definite(inside, False) else None
        return None

    def _full_row(self, letter: Letter) -> bool:
        head, flipped, _ = letter
        kinds = self.kinds.get(head, set())
        wanted = FULL_COLUMN if flipped else FULL_ROW
        return any(k in wanted for k in kinds) or head[:2] == "i:"

    def _square_full(self, letter: Letter) -> bool:
        kinds = self.kinds.get(letter[0], set())
        return bool(kinds & {"invertible", "positive definite", "orthogonal"}) or letter[0][:2] == "i:"

    def _gram(self, component: Component) -> bool:
        """sum over shared indices of weight * a(#0) a(#1), the weights known to be nonnegative."""
        factors = list(component[0])
        left: list[Factor] = []
        while factors:
            head, slots = factors.pop(0)
            mentions = {s for slot in slots for s in symbols_of(slot)}
            if "#0" in mentions and "#1" not in mentions:
                twin = (head, tuple(substitute(s, {"#0": "#1"}) for s in slots))
                if twin not in factors:
                    return False
                factors.remove(twin)
            elif "#1" in mentions:
                return False
            else:
                left.append((head, slots))
        counts: dict[Factor, int] = {}
        for factor in left:
            counts[factor] = counts.get(factor, 0) + 1
        return all(n % 2 == 0 or self.core.is_nonnegative(((f,), ())) for f, n in counts.items())

    def singular(self, e: Expression) -> str | None:
        """Why a square matrix is singular for every value: its rank is at most an inner dimension smaller than
        its size.
        """
        size = slot_of(e.shape[0])
        bound = self._rank_bound(e)
        for candidate in bound:
            if self.core.integers.at_least(size, difference(candidate, (-1, ()))):
                return f"its rank is at most {_show(candidate)} < {_show(size)}"
        return None

    def singular_but_at_one(self, e: Expression) -> str | None:
        """Why a square matrix whose size is left open, such as x x^T, is singular at every size but 1; None where that
        is not so, where the size may be known to be 1, or a hypothesis speaks of the matrix.
        """
        size, one = slot_of(e.shape[0]), constant(1)
        spoken = (n for h in self.form.context.hypotheses for side in h.sides for n in ex.walk(side))
        if e in spoken or not isinstance(size, str) or self.core.integers.at_least(one, size):
            return None
        if not any(candidate == one for candidate in self._rank_bound(e)):
            return None
        return f"its rank is at most 1, so that it has none unless {size} = 1"

    def _rank_bound(self, e: Expression) -> list[Slot]:
        """Dimensions that the rank of a matrix does not exceed: its own, and those its product passes through."""
        if isinstance(e, ex.Mul):
            wide = [[e.operands[k] for k in s] for s in e.segments]
            wide = [fs for fs in wide if fs[0].shape[0] != 1 or fs[-1].shape[1] != 1]  # the others are numbers
            return [b for fs in wide for f in fs for b in self._rank_bound(f)]
        if isinstance(e, (ex.Transpose, ex.Neg, ex.Inverse)):
            return self._rank_bound(e.operands[0])
        return [slot_of(s) for s in e.shape]


def _mirrored(form: NormalForm, a: Component, b: Component) -> bool:
    mapping: dict[str, Slot] = {"#0": "#1", "#1": "#0"}
    return form.core.renamed({((a, 1),): 1}, mapping) == {((b, 1),): 1}


def _show(slot: Slot) -> str:
    value = as_constant(slot)
    return str(value) if value is not None else (slot if isinstance(slot, str) else repr(slot))
