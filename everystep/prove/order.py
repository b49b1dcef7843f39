"""Signs and definiteness: named lemmas, each one function, matched against the normal form.

``nonnegative`` and ``definite`` answer True only on a proof; False means "not known".  May import the normal
form; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations_with_replacement

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate, Relation, is_of_every
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.functions import FUNCTIONS
from everystep.calculus.differentials import LARGEST_EIGENVALUE, inside_terms
from everystep.calculus.expectation import exponent_of
from everystep.calculus.indices import Slot, pack, substitute, symbols_of
from everystep.calculus.networks import (
    INTEGER,
    ONE_POLY,
    Bound,
    Component,
    Exhausted,
    Factor,
    Head,
    Key,
    Poly,
    Term,
    Undecided,
    delta,
    is_open_component,
    subtract,
)
from everystep.calculus.products import inside_of, new_index, opened
from everystep.calculus.signs import on_diagonal
from everystep.prove.bounded_matrices import matrices_of_bound, matrices_of_claim
from everystep.prove.cases import Cases, proportional
from everystep.prove.definiteness import Definiteness
from everystep.prove.equations import head_of_every, head_of_every_diagonal
from everystep.prove.forms import forms_in_vectors, trace_of_product
from everystep.prove.normal_form import NormalForm
from everystep.prove.scalars import BOUNDS, MAX_KNOWN, Interval, interval_power, interval_times, is_simple
from everystep.prove.scalars import semidefinite as _semidefinite
from everystep.prove.sides import addends_of, signed_terms
from everystep.prove.signs_as_written import SignsAsWritten

MAX_FACTORS = 3


class Order(Definiteness, Cases, SignsAsWritten):
    """What is known of signs under one context."""

    def __init__(self, form: NormalForm) -> None:
        self.form = form
        self.core = form.core
        self.kinds: dict[str, set[str]] = {}
        self.nonzero: set[str] = set()
        self.known_scalars: list[tuple[Poly, bool]] = []
        self.known_nonzero: list[Poly] = []
        self.entry_bounds: dict[str, Interval] = {}  # of names every entry, or member, of which is between two numbers
        self.diagonal_bounds: dict[str, Interval] = {}  # of those every entry on the diagonal of which is
        self.nowhere_zero: set[str] = set()  # names of which no entry, and no member, is 0
        self.known_matrices: list[tuple[Poly, bool]] = []
        self.seen_matrices: list[tuple[Poly, bool]] = []  # those that are semidefinite by what a claim speaks of
        self.eigenvalues: set[str] = set()  # those whose signs are being looked for
        self.no_signs: set[tuple[str, int, bool, int]] = set()  # of eigenvalues, looked for in vain
        self.no_products: set[tuple[frozenset[tuple[Key, int | Fraction]], bool]] = set()  # looked for in vain
        self.multiplying = False  # whether products of matrices are being looked for: once is enough
        self._within = False  # whether denominators are being cleared: once is enough
        for hypothesis in form.context.hypotheses:
            if isinstance(hypothesis, Predicate):
                self._read_predicate(hypothesis)
            else:
                self._read_relation(hypothesis)
        self._read_entry_bounds()
        self.read_eigenpairs()

    def _read_entry_bounds(self) -> None:
        """``a <= x_i <= b`` of every entry or member, or of every entry on a diagonal, for rational a and b."""
        ends: dict[tuple[str, bool], list[list[tuple[Fraction, bool]]]] = {}
        for h in self.form.context.hypotheses:
            if not isinstance(h, Relation) or h.op not in ("<", "<=", ">", ">="):
                continue
            for value, number, below in (
                (h.left, h.right, h.op in ("<", "<=")),
                (h.right, h.left, h.op in (">", ">=")),
            ):
                if isinstance(number, (ex.Num, ex.Int)) and number.value.is_Rational:
                    head, diagonal = head_of_every(value), head_of_every_diagonal(value)
                    end = Fraction(int(number.value.p), int(number.value.q)), h.op in ("<", ">")
                    if head or diagonal:
                        ends.setdefault((head or diagonal, not head), [[], []])[below].append(end)
        for (name, diagonal_only), (lows, highs) in ends.items():
            if lows and highs:
                low, high = max(lows), min(highs, key=lambda e: (e[0], not e[1]))
                (self.diagonal_bounds if diagonal_only else self.entry_bounds)[name] = (*low, *high)
                if diagonal_only:  # of a diagonal matrix the diagonal has a head of its own
                    self.entry_bounds[f"{name}.diagonal"] = (*low, *high)

    def _interval(self, factor: Factor) -> Interval | None:
        """Between which numbers a factor is: a function with known bounds, an entry that hypotheses bound, 0 or 1."""
        head, slots = factor
        info = self.core.heads.get(head)
        if info is not None:
            return BOUNDS.get(info.name) if info.kind == "function" and not info.order else None
        if head in self.entry_bounds:
            return self.entry_bounds[head]
        if head in self.diagonal_bounds and on_diagonal(slots):
            return self.diagonal_bounds[head]
        if any((head, slots[:k]) in self.core.binary for k in range(len(slots) + 1)):
            return Fraction(0), False, Fraction(1), False
        return None

    def _read_predicate(self, hypothesis: Predicate) -> None:
        """What a predicate says of signs: letters that are not 0, numbers that are not 0, definite matrices."""
        subject = hypothesis.subject
        if isinstance(subject, Var):
            self.kinds.setdefault(f"v:{subject.name}", set()).add(hypothesis.kind)
            if hypothesis.kind == "nonzero":
                self.nonzero.add(f"v:{subject.name}")
        elif isinstance(subject, ex.Member) and not subject.is_number_shaped and is_of_every(subject):
            self.kinds.setdefault(f"m:{subject.name}", set()).add(hypothesis.kind)
        elif hypothesis.kind == "nonzero" and subject.is_number_shaped:
            self._read_nonzero(subject)
            if head := head_of_every(subject):
                self.nowhere_zero.add(head)
                self.nonzero |= {head} if head.startswith("v:") else set()
        elif hypothesis.kind == "nonzero":
            self._read_nonzero_matrix(subject)
        elif hypothesis.kind in ("positive definite", "positive semidefinite") and not isinstance(subject, ex.Block):
            self.known_matrices.append((self.form.poly(subject), hypothesis.kind == "positive definite"))

    def _read_relation(self, hypothesis: Relation) -> None:
        """``l >= r`` as a number known to be nonnegative, strictly for >; ``l != r`` as one that is not 0."""
        left, op, right = hypothesis.left, hypothesis.op, hypothesis.right
        if op in ("<", "<="):
            left, right = right, left
        elif op not in (">", ">="):
            if op == "!=" and right in (ex.Num(0), ex.Zeros(*left.shape)) and isinstance(left, Var):
                self.nonzero.add(f"v:{left.name}")
            elif op == "!=" and left.is_number_shaped:
                self._read_nonzero(ex.Add(left, ex.Neg(right)))
            elif op == "!=":
                self._read_nonzero_matrix(ex.Add(left, ex.Neg(right)))
            return
        strict = op in ("<", ">")
        # left >(=) right
        if any(side.has_kind(ex.EigMax) for side in (left, right)):
            self._read_eigenvalue_bound(left, right, strict)
        if any(side.has_kind(kind) for side in (left, right) for kind in (ex.Norm, ex.EigMin)):
            found = matrices_of_bound(left, right, self._is_symmetric, self._is_nonnegative)
            self.known_matrices += self._matrices(found, strict)
        try:
            poly = subtract(self.form.poly(left), self.form.poly(right))
        except Undecided:
            return
        if not any(self.form.lowering.conditions):
            self.known_scalars.append((poly, strict))

    def _read_nonzero(self, number: Expression) -> None:
        try:
            self.known_nonzero.append(self.form.poly(number))
        except Undecided:
            return

    def _read_nonzero_matrix(self, matrix: Expression) -> None:
        """A vector or matrix is not 0: the sum of its squared entries is > 0."""
        try:
            self.known_scalars.append((self.form.poly(ex.Pow(ex.Norm(matrix, "F"), ex.Num(2))), True))
        except Undecided:
            return

    def _read_eigenvalue_bound(self, larger: Expression, smaller: Expression, strict: bool) -> None:
        """c / lambda_max(S) > x >= 0, or c > x lambda_max(S), or c > lambda_max(S): then c I - x S is positive
        (semi)definite.
        """
        factor: Expression = ex.Num(1)
        matrix: Expression | None = None
        bound = larger
        if isinstance(larger, ex.Div) and isinstance(larger.operands[1], ex.EigMax):
            bound, factor, matrix = larger.operands[0], smaller, larger.operands[1].operands[0]
            if not self.definite(self.form.poly(matrix), False):
                return  # dividing by a largest eigenvalue that may be negative turns the relation around
        elif isinstance(smaller, ex.EigMax):
            matrix = smaller.operands[0]
        elif isinstance(smaller, ex.Mul) and isinstance(smaller.operands[-1], ex.EigMax):
            factor, matrix = ex.Mul(*smaller.operands[:-1]), smaller.operands[-1].operands[0]
        if matrix is None or not self._sign(factor, False):
            return
        if not self._is_symmetric(matrix):
            return  # the largest eigenvalue of what is not symmetric bounds no quadratic form
        value = ex.Add(ex.Mul(bound, ex.Eye(matrix.shape[0])), ex.Neg(ex.Mul(factor, matrix)))
        self.known_matrices.append((self.form.poly(value), strict))

    def look_at(self, *sides: Expression) -> None:
        """Note the semidefinite matrices that the norms, eigenvalues and traces of a claim give."""
        found = matrices_of_claim(sides, self._is_symmetric, self._is_semidefinite)
        self.seen_matrices = []
        self.no_products.clear()
        self.seen_matrices = self._matrices(found, False)
        self.no_signs.clear()  # without these matrices

    def _matrices(self, found: Iterator[Expression], strict: bool) -> list[tuple[Poly, bool]]:
        """The normal forms of matrices, as far as they have one."""
        polys: list[tuple[Poly, bool]] = []
        try:
            for matrix in found:
                self.form.see(matrix)
                polys.append((self.form.poly(matrix), strict))
        except (Undecided, Exhausted):
            pass
        return polys

    def _is_semidefinite(self, matrix: Expression) -> bool:
        return self._is_symmetric(matrix) and self.definite(self.form.poly(matrix), False)

    def _is_nonnegative(self, number: Expression) -> bool:
        return self.surface_nonnegative(number) or self._sign(number, False)

    def _is_symmetric(self, matrix: Expression) -> bool:
        return not subtract(self.form.poly(matrix), self.form.poly(ex.Transpose(matrix)))

    def _sign(self, e: Expression, strict: bool) -> bool:
        try:
            return self.nonnegative(self.form.poly(e), strict)
        except Undecided:
            return False

    def at_least(self, left: Expression, right: Expression, strict: bool) -> bool:
        """left >= right (or >): a hypothesis, or common terms are cancelled as written; the rest must be a sign."""
        if self.as_a_hypothesis_says(left, right, strict):
            self.core.used("hypothesis")
            return True
        terms = [*signed_terms(left), *signed_terms(right, -1)]
        mine, theirs = ([t for s, t in terms if s == sign and t != ex.Num(0)] for sign in (1, -1))
        for term in list(mine):
            if term in theirs:
                mine.remove(term)
                theirs.remove(term)
        as_written = not theirs and mine and all(self.surface_nonnegative(t) for t in mine)
        if as_written and (not strict or any(self._sign(t, True) or self._named_positive(t) for t in mine)):
            self.core.used("a sum of nonnegative terms")
            return True
        poly = subtract(self.form.poly(left), self.form.poly(right))
        if self.nonnegative(poly, strict):
            return True
        opened = self.form.unfolded(poly)
        if opened == poly or not self.nonnegative(opened, strict):
            return False
        self.core.used("recurrence unfolded")
        return True

    def as_a_hypothesis_says(self, left: Expression, right: Expression, strict: bool) -> bool:
        """Whether left >= right (or >) is written among the hypotheses, in either direction; a - b >= 0 as a >= b."""
        parts = addends_of(left) if right == ex.Num(0) else ()
        less = [part.operands[0] for part in parts if isinstance(part, ex.Neg)]
        if len(parts) == 2 and len(less) == 1:
            left, right = parts[1] if isinstance(parts[0], ex.Neg) else parts[0], less[0]
        ways = {(left, ">", right), (right, "<", left)}
        if not strict:
            ways |= {(left, ">=", right), (right, "<=", left)}
        return any(isinstance(h, Relation) and (h.left, h.op, h.right) in ways for h in self.form.context.hypotheses)

    def nonnegative(self, poly: Poly, strict: bool = False) -> bool:
        """Whether a number is >= 0 (or > 0)."""
        return self._by_groups(poly, strict) or self._by_numbers(poly, strict)

    def _by_groups(self, poly: Poly, strict: bool = False) -> bool:
        """Whether every group of monomials with one network is a sign."""
        if not poly:
            return not strict
        if self._integer_sign(poly, strict):
            return True
        if not strict and self.sum_of_squares(poly):
            return True
        if self._bounded(poly, strict):
            self.core.used("bounded functions")
            return True
        cases = self._by_cases(poly, strict)
        if cases is not None:
            return cases
        if not strict and forms_in_vectors(self, poly):
            self.core.used("forms in several vectors")
            return True
        if len(poly) > 1 and self._one_quadratic_form(poly, strict):
            self.core.used("one quadratic form")
            return True
        groups: dict[Key, Poly] = {}
        for key, coefficient in poly.items():
            simple = tuple((c, e) for c, e in key if _is_letter(c))
            rest = tuple((c, e) for c, e in key if not _is_letter(c))
            groups.setdefault(rest, {})[simple] = coefficient
        positive = False
        for rest, scalars in groups.items():
            negative = [c for c, e in rest if not self._component_nonnegative(c, e)]
            if not all(self._odd_and_negative(c, e) for c, e in rest if c in negative):
                return self._is_known(poly, strict)
            if len(negative) % 2:
                scalars = {k: -c for k, c in scalars.items()}
            if not self._scalar_nonnegative(scalars, False):
                return self._is_known(poly, strict)
            firm = strict and all(c in negative or self.component_positive(c, e) for c, e in rest)
            if firm and self._scalar_nonnegative(scalars, True):
                positive = True
        if strict and not positive:
            return self._is_known(poly, strict)
        self.core.used("a sum of nonnegative terms")
        return True

    def _bounded(self, poly: Poly, strict: bool) -> bool:
        """Whether a polynomial in what has known bounds, such as 1 - tanh(z)^2 or 1 - x_i, is >= 0 (or > 0) term by
        term.
        """
        least, open_ = Fraction(0), False
        for key, coefficient in poly.items():
            bounds: Interval = (Fraction(1), False, Fraction(1), False)
            for component, exponent in key:
                factor, *others = component[0]
                known = self._interval(factor) if not others and not component[1] else None
                if known is None or not isinstance(exponent, int) or exponent < 0:
                    return False
                bounds = interval_times(bounds, interval_power(known, exponent))
            low, low_open, high, high_open = bounds
            least += coefficient * (low if coefficient > 0 else high)
            open_ = open_ or (low_open if coefficient > 0 else high_open)
        return least > 0 or (least == 0 and (open_ or not strict))

    def sum_of_squares(self, poly: Poly) -> bool:
        """A quadratic form with rational coefficients in scalars and vectors is a sum of squares when its Gram matrix
        is positive semidefinite.
        """
        entries: dict[tuple[str, str], Fraction] = {}
        for key, coefficient in poly.items():
            pair = self._pair(key)
            if pair is None:
                return False
            entries[pair] = entries.get(pair, Fraction(0)) + Fraction(coefficient)
        names = sorted({name for pair in entries for name in pair})
        gram = [[Fraction(0)] * len(names) for _ in names]
        for (a, b), value in entries.items():
            i, j = names.index(a), names.index(b)
            gram[i][j] += value / 2
            gram[j][i] += value / 2
        if not _semidefinite(gram):
            return False
        self.core.used("sum of squares")
        return True

    def _pair(self, key: Key) -> tuple[str, str] | None:
        """The two scalars, or the two vectors or matrices, whose product a monomial is; a missing scalar is 1."""
        names: list[str] = []
        for component, exponent in key:
            if _is_letter(component) and exponent in (1, 2):
                names += [f"{component[0][0]}"] * int(exponent)
            elif len(key) == 1 and exponent == 1 and len(component[0]) == 2 and component[1]:
                (a, s), (b, t) = component[0]
                if s != t or not self._whole(a, s, component[1]) or not self._whole(b, t, component[1]):
                    return None
                return (f"{a} ", f"{b} ")
            else:
                return None
        if len(names) > 2:
            return None
        first, second = (*names, "1", "1")[:2]
        return first, second

    def _integer_sign(self, poly: Poly, strict: bool) -> bool:
        """Whether an integer combination of sizes and indices is >= 0 (or > 0), by what is declared of them."""
        parts: dict[str, int] = {}
        total = 0
        for key, coefficient in poly.items():
            if Fraction(coefficient).denominator != 1:
                return False
            if not key:
                total = int(coefficient)
                continue
            if len(key) != 1 or key[0][1] != 1 or len(key[0][0][0]) != 1 or key[0][0][1]:
                return False
            head, slots = key[0][0][0][0]
            if head != INTEGER or not isinstance(slots[0], str):
                return False
            parts[slots[0]] = parts.get(slots[0], 0) + int(coefficient)
        slot = pack(total - (1 if strict else 0), parts)
        if self.core.integers.at_least(slot, (0, ())):
            self.core.used("integer hypotheses")
            return True
        return False

    def _component_nonnegative(self, component: Component, exponent: object) -> bool:
        """Whether c^e >= 0: an even power, a root that exists, a network times itself, of a definite matrix the
        determinant and the diagonal, a function or a product of factors with that sign.
        """
        if isinstance(exponent, int) and exponent % 2 == 0:
            return True
        if isinstance(exponent, Fraction):
            return True  # a root that exists is not negative
        if self.core.is_nonnegative(component) or self.component_positive(component, exponent):
            return True
        if self._definite_diagonal(component, strict=False):
            return True
        info = self.core.heads.get(component[0][0][0])
        if info is not None and info.kind == "base" and not component[1]:
            return not info.arity and self.nonnegative(self.core.poly(info.inside))
        if info is not None and info.kind == "determinant" and len(component[0]) == 1 and info.arity == 2:
            return self.definite(self.core.poly(info.inside), False)
        if info is not None and info.kind == "call" and len(component[0]) == 1:
            return self._eigenvalue_has_sign(component[0][0][0], 1, False)
        if info is not None and info.kind == "function" and len(component[0]) == 1:
            return self._function_sign(component, info, False)
        if info is not None and info.kind == "symbolic power" and len(component[0]) == 1 and not component[1]:
            return self.nonnegative(self.core.normal(inside_terms(self.core, info, component[0][0][1][:-1])))
        if info is not None and info.kind == "product of numbers" and not component[1] and len(component[0]) == 1:
            return self._signed_factors(component[0][0], False)
        return self._quadratic_form(component) or trace_of_product(self, component)

    def _eigenvalue_has_sign(self, head: str, sign: int, strict: bool) -> bool:
        """Whether a largest eigenvalue is >= 0, as of a semidefinite matrix, or (``sign``: -1) <= 0, as of one whose
        opposite is; > 0 and < 0 where that is definite.

        Within the question whether that matrix is semidefinite it is not asked again.
        """
        call = self.core.calls[head]
        if call.name != LARGEST_EIGENVALUE or head in self.eigenvalues:
            return False
        asked = (head, sign, strict, len(self.known_scalars))
        if asked in self.no_signs and not self.eigenvalues:
            return False
        self.eigenvalues.add(head)
        try:
            inside = self.core.poly(call.arguments[0][0])
            found = self.definite({k: sign * c for k, c in inside.items()}, strict)
        finally:
            self.eigenvalues.discard(head)
        # Only what was looked for in vain is remembered: what is found in one case need not hold in another.
        if not found and not self.eigenvalues:  # else other eigenvalues were left out of the question
            self.no_signs.add(asked)
        return found

    def _signed_factors(self, factor: Factor, strict: bool) -> bool:
        """Whether every factor of a product over an index is >= 0 (or > 0) within its range."""
        head, slots = factor
        index = new_index(self.core)
        with inside_of(self.core, index, *slots[-2:]):
            return self.nonnegative(opened(self.core, head, slots, index), strict)

    def _function_sign(self, component: Component, info: Head, strict: bool) -> bool:
        """Whether a function is >= 0 or > 0: a positive one; log z for z >= 1 or z > 1."""
        if info.order or info.name not in FUNCTIONS:
            return False
        if info.name == "log" and not component[0][0][1] and not component[1]:
            return self.nonnegative(subtract(self.core.poly(info.inside), ONE_POLY), strict)
        return FUNCTIONS[info.name].positive

    def _odd_and_negative(self, component: Component, exponent: object) -> bool:
        """An odd power of a number that is known to be < 0."""
        info = self.core.heads.get(component[0][0][0])
        if info is None or component[1] or not isinstance(exponent, int) or exponent % 2 == 0:
            return False
        if info.kind == "call" and len(component[0]) == 1:
            return self._eigenvalue_has_sign(component[0][0][0], -1, True)
        if info.kind != "base":
            return False
        return self.nonnegative({k: -c for k, c in self.core.poly(info.inside).items()}, True)

    def _positive_factor(self, head: str, slots: tuple[Slot, ...]) -> bool:
        """Whether a factor is > 0 at every index: an exponential, a positive function, a power of a positive base."""
        info = self.core.heads.get(head)
        if info is None:
            return self.core.factor_is_positive(head, slots)
        if info.kind == "exp":
            return True
        if info.kind == "function":
            return not info.order and info.name in FUNCTIONS and FUNCTIONS[info.name].positive
        if info.kind == "power":
            base = self.core.heads[info.base]
            if base.kind != "base":
                return base.kind == "exp"
            inside = self.core.poly(base.inside)
            even = isinstance(info.exponent, int) and info.exponent % 2 == 0
            return self.nonnegative(inside, True) or (even and self.nonzero_number(inside))
        return info.kind == "base" and self.nonnegative(self.core.poly(info.inside), True)

    def _sum_of_positive(self, component: Component) -> bool:
        """A sum of products of positive factors over ranges that are surely not empty."""
        factors, bound = component
        if not all(self._positive_factor(head, slots) for head, slots in factors):
            return False
        names = {name for name, _, _ in bound}
        for _, low, high in bound:
            if names & {*symbols_of(low), *symbols_of(high)} or not self.core.integers.at_least(high, low):
                return False
        self.core.used("a sum of positive terms")
        return True

    def component_positive(self, component: Component, exponent: object = 1) -> bool:
        """Whether a power of a scalar component is known to be > 0."""
        if self._sum_of_positive(component):
            return True
        if self.core.is_positive(component) or self._full_square(component) or self._definite_diagonal(component):
            return True
        if self._quadratic_form(component, strict=True):
            return True
        factors, bound = component
        if len(factors) != 1 or bound:
            return False
        head, slots = factors[0]
        even = isinstance(exponent, int) and exponent % 2 == 0
        if even and ((head in self.nonzero and not slots) or {((component, 1),): 1} in self.known_nonzero):
            return True
        if even and self._is_nowhere_zero(head, slots):
            return True
        info = self.core.heads.get(head)
        if info is not None and info.kind == "determinant" and info.arity == 2:
            return self.definite(self.core.poly(info.inside), True)
        if info is not None and info.kind == "product of numbers":
            return self._signed_factors(factors[0], True)
        if info is not None and info.kind == "symbolic power":
            return self.nonnegative(self.core.normal(inside_terms(self.core, info, slots[:-1])), True)
        if info is not None and info.kind == "call":
            return self._eigenvalue_has_sign(head, 1, True)
        if info is None or info.arity:
            return False
        if info.kind == "base":
            inside = self.core.poly(info.inside)
            return self.nonnegative(inside, True) or (even and self.nonzero_number(inside))
        return info.kind == "function" and self._function_sign(component, info, True)

    def _definite_diagonal(self, component: Component, strict: bool = True) -> bool:
        """An entry on the diagonal of a positive (semi)definite matrix, or its trace."""
        if len(component[0]) != 1:
            return False
        head, slots = component[0][0]
        sizes = self.core.dimensions.get(head, ())
        if len(slots) != 2 or slots[0] != slots[1]:
            return False
        definite = self._letter_definite((head, False, ()))
        if definite is None or (strict and not definite):
            return False
        return not component[1] or component[1] == ((str(slots[0]), (1, ()), sizes[0]),)

    def _full_square(self, component: Component) -> bool:
        """The sum of all squared entries of a nonzero vector or matrix."""
        factors, bound = component
        if len(factors) != 2 or factors[0] != factors[1]:
            return False
        head, slots = factors[0]
        return head in self.nonzero and self._whole(head, slots, bound)

    def _whole(self, head: str, slots: tuple[Slot, ...], bound: tuple[Bound, ...]) -> bool:
        """Whether the slots are distinct summed indices, each over its whole dimension, and nothing else is summed."""
        ranges = {name: (low, high) for name, low, high in bound}
        sizes = self.core.dimensions.get(head, ())
        return len(slots) == len(sizes) == len(set(slots)) == len(bound) and all(
            isinstance(s, str) and ranges.get(s) == ((1, ()), n) for s, n in zip(slots, sizes, strict=True)
        )

    def nonzero_number(self, poly: Poly) -> bool:
        """Whether a number is known not to be 0: of one sign, or a product of numbers that are not 0."""
        if self.nonnegative(poly, True) or self.nonnegative({k: -c for k, c in poly.items()}, True):
            return True
        if any(proportional(poly, k) or proportional({m: -c for m, c in poly.items()}, k) for k in self.known_nonzero):
            return True
        if len(poly) != 1:
            return False
        ((key, _),) = poly.items()
        return all(self._component_nonzero(c) for c, _ in key)

    def _is_nowhere_zero(self, head: str, slots: tuple[Slot, ...]) -> bool:
        """Whether no entry of a name is 0, or none on its diagonal and this is one of those."""
        return head in self.nowhere_zero or (head in self.core.nonzero_diagonals and on_diagonal(slots))

    def _component_nonzero(self, component: Component) -> bool:
        """Whether a scalar is not 0: by hypothesis, det of one invertible letter, or positive."""
        ((head, slots), *others), bound = component
        if head in self.nonzero and not others and not slots:
            return True
        single = not others and not bound
        if {((component, 1),): 1} in self.known_nonzero or (single and self._is_nowhere_zero(head, slots)):
            return True
        info = self.core.heads.get(head)
        if info is not None and info.kind == "determinant" and not others and not slots:
            # det(A) of one invertible letter A; products have been taken apart.
            keys = list(self.core.poly(info.inside))
            alone = len(keys) == 1 and len(keys[0]) == 1 and keys[0][0][1] == 1
            letters = keys[0][0][0][0] if alone else ()
            return len(letters) == 1 and letters[0][0] in self.core.invertible
        return self.component_positive(component)

    def _quadratic_form(self, component: Component, *, strict: bool = False) -> bool:
        """x^T M x with M positive semidefinite, x a leaf; strictly, with M definite and x not 0."""
        if is_open_component(component):
            return False  # a number at an entry: #0 and #1 are taken
        factors = list(component[0])
        for position, (head, slots) in enumerate(factors):
            for other in range(position + 1, len(factors)):
                h, s = factors[other]
                if h != head or not slots or len(s) != len(slots) or (strict and head not in self.nonzero):
                    continue
                a, b = slots[-1], s[-1]
                if slots[:-1] != s[:-1] or a == b or not isinstance(a, str) or not isinstance(b, str):
                    continue
                # A vector (its other slots name a member), both entries summed over the whole dimension.
                sizes = self.core.dimensions.get(head, ())
                ranges = {name: (low, high) for name, low, high in component[1]}
                if len(sizes) != 1 or any(ranges.get(x) != ((1, ()), sizes[0]) for x in (a, b)):
                    continue
                if any(x in ranges for slot in slots[:-1] for x in symbols_of(slot)):
                    continue
                rest = [f for k, f in enumerate(factors) if k not in (position, other)]
                bound = [x for x in component[1] if x[0] not in (a, b)]
                mapping: dict[str, Slot] = {a: "#0", b: "#1"}
                inner = Term(
                    1,
                    [(hh, tuple(substitute(x, mapping) for x in ss)) for hh, ss in rest],
                    None,
                    {n: (lo, hi) for n, lo, hi in bound},
                )
                if rest and self.definite(self.core.normal([inner]), strict):
                    return True
        return False

    def _one_quadratic_form(self, poly: Poly, strict: bool) -> bool:
        """x^T M x with a sum M of matrices: semidefinite when (M + M^T)/2 is; strictly, definite and x is not 0."""
        if any(is_open_component(c) for key in poly for c, _ in key):
            return False  # a number at an entry: #0 and #1 are taken
        heads = sorted({h for key in poly for c, _ in key for h, s in c[0] if len(s) == 1 and h[:2] == "v:"})
        for head in heads:
            if strict and head not in self.nonzero:
                continue
            size = self.core.dimensions.get(head, ())
            matrix = [self._without_ends(key, coefficient, head, size[0]) for key, coefficient in poly.items() if size]
            if not matrix or any(term is None for term in matrix):
                continue
            inner = self.core.normal(t for t in matrix if t is not None)
            turned = self.core.renamed(inner, {"#0": "#1", "#1": "#0"})
            if self.definite(inner, strict):
                return True
            both: Poly = dict(inner)
            for key, coefficient in turned.items():
                both[key] = both.get(key, 0) + coefficient
            if self.definite({k: c for k, c in both.items() if c}, strict):
                return True
        return False

    def _without_ends(self, key: Key, coefficient: int | Fraction, head: str, size: Slot) -> Term | None:
        """The matrix M at #0, #1 of a monomial x^T M x; None when the monomial is not one in the vector."""
        holding = [(c, e) for c, e in key if any(h == head for h, _ in c[0])]
        if len(holding) != 1 or holding[0][1] != 1:
            return None
        factors, bound = holding[0][0]
        ends = [slots[0] for h, slots in factors if h == head]
        ranges = {name: (low, high) for name, low, high in bound}
        if len(ends) != 2 or any(ranges.get(str(e)) != ((1, ()), size) for e in ends):
            return None
        if any(e in symbols_of(s) for e in map(str, ends) for low, high in ranges.values() for s in (low, high)):
            return None
        rest = [(h, s) for h, s in factors if h != head]
        result = Term(coefficient, [], {c: e for c, e in key if c != holding[0][0]})
        if ends[0] == ends[1]:
            result.factors.append((delta(size), ("#0", "#1")))
        mapping: dict[str, Slot] = {str(ends[0]): "#0", **({str(ends[1]): "#1"} if ends[0] != ends[1] else {})}
        names: dict[str, Slot] = {n: self.core.fresh() for n, _, _ in bound if n not in mapping}
        mapping = {**mapping, **names}
        result.factors += [(h, tuple(substitute(x, mapping) for x in ss)) for h, ss in rest]
        for name, low, high in bound:
            if name in names:
                result.bound[str(names[name])] = (substitute(low, mapping), substitute(high, mapping))
        return result

    def _scalar_nonnegative(self, poly: Poly, strict: bool) -> bool:
        """A polynomial in simple scalars: signs of its monomials, or a product of known signs."""
        if all(c > 0 and all(self._simple_sign(s, e, strict) for s, e in key) for key, c in poly.items()):
            return True
        known = [*self.known_scalars, *self._function_bounds(poly)]
        forms = [(p, firm) for p, firm in known if all(_is_letter(c) for k in p for c, _ in k)]
        for count in range(1, MAX_FACTORS + 1):
            for chosen in combinations_with_replacement(forms, count):
                if strict and not all(firm for _, firm in chosen):
                    continue
                product: Poly = {(): 1}
                for form, _ in chosen:
                    product = self.core.product(product, form)
                if product and proportional(poly, product):
                    return True
        return False

    def _function_bounds(self, poly: Poly) -> list[tuple[Poly, bool]]:
        """Of those that occur: 0 < logistic < 1, -1 < tanh < 1, |sin| <= 1, |cos| <= 1, softplus(z) > 0 and > z."""
        bounds: list[tuple[Poly, bool]] = []
        for component in {c for key in poly for c, _ in key}:
            head = component[0][0][0]
            atom: Key = ((component, 1),)
            if head[:13] == "f:logistic:0:":
                bounds += [({atom: 1}, True), ({(): 1, atom: -1}, True)]
            elif head[:9] == "f:tanh:0:":
                bounds += [({(): 1, atom: -1}, True), ({(): 1, atom: 1}, True)]
            elif head[:8] in ("f:sin:0:", "f:cos:0:"):
                bounds += [({(): 1, atom: -1}, False), ({(): 1, atom: 1}, False)]
            elif head[:13] == "f:softplus:0:" and not component[0][0][1]:
                bounds += [({atom: 1}, True), (subtract({atom: 1}, self.core.inside(head)), True)]
            elif head[:8] == "f:log:0:" and not component[0][0][1]:
                exponent = self._softplus_of(self.core.inside(head))
                bounds += [] if exponent is None else [({atom: 1}, True), (subtract({atom: 1}, exponent), True)]
        tangents = self._tangents(poly)
        return [*bounds, *tangents] if len(self.known_scalars) + len(bounds) + len(tangents) <= MAX_KNOWN else bounds

    def _tangents(self, poly: Poly) -> list[tuple[Poly, bool]]:
        """Of the exponentials and logarithms of numbers that occur, also at an entry: e^u >= 1 + u, and
        1 - 1/p <= log p <= p - 1.
        """
        bounds: list[tuple[Poly, bool]] = []
        for component, power in dict.fromkeys((c, e) for key in poly for c, e in key):
            (head, slots), *others = component[0]
            if others or component[1]:
                continue
            exponent = exponent_of(self.core, component, power)
            if exponent is not None:
                bounds.append(
                    (subtract(subtract({((component, power),): 1}, ONE_POLY), self.core.normal(exponent)), False)
                )
            elif head[:8] == "f:log:0:" and power == 1:
                inside = self.core.normal(inside_terms(self.core, self.core.heads[head], slots))
                log: Poly = {((component, 1),): 1}
                bounds.append((subtract(subtract(inside, ONE_POLY), log), False))
                reciprocal = self.core.normal(self.core.power(inside, -1))
                bounds.append((subtract(log, subtract(ONE_POLY, reciprocal)), False))
        return bounds

    def _softplus_of(self, inside: Poly) -> Poly | None:
        """z of 1 + e^z; None for anything else."""
        grown = [key for key in inside if key]
        if len(grown) != 1 or inside != {(): 1, grown[0]: 1}:
            return None
        terms: list[Term] = []
        for component, power in grown[0]:
            exponent = exponent_of(self.core, component, power)
            if exponent is None:
                return None
            terms += exponent
        return self.core.normal(terms)

    def _simple_sign(self, component: Component, exponent: object, strict: bool) -> bool:
        """The sign of one component by itself, without looking into sums."""
        if self.component_positive(component, exponent):
            return True
        if (
            component[0][0][0] == INTEGER
            and len(component[0]) == 1
            and self._integer_sign({((component, 1),): 1}, strict)
        ):
            return True
        even = isinstance(exponent, int) and exponent % 2 == 0
        known = self.core.is_nonnegative(component) or self._is_known({((component, 1),): 1}, False)
        return not strict and (even or known)


def _is_letter(component: Component) -> bool:
    """A single number that is no exponential and no power of a sum."""
    return is_simple(component) and component[0][0][0][:2] not in ("e:", "p:")
