"""Hypotheses as the normal form uses them: rewriting rules, symmetries, solved equations, signs of letters.

May import ``everystep.algebra``, ``everystep.calculus`` and ``everystep.prove.words``; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations

from everystep.algebra import expressions as ex
from everystep.algebra.context import EVERY, Context, Hypothesis, Predicate, Relation, is_of_every, orthonormal_family
from everystep.algebra.expressions import Expression, Int, Var
from everystep.algebra.shapes import same_size
from everystep.calculus import atoms
from everystep.calculus.core import Core
from everystep.calculus.given_sums import WILDCARDS, GivenSums
from everystep.calculus.indices import (
    Slot,
    slot_of,
    symbols_of,
)
from everystep.calculus.leaves import Sizes
from everystep.calculus.lowering import Lowering
from everystep.calculus.networks import Component, Key, Poly, Term, Undecided, monomial_key, subtract
from everystep.calculus.orthonormal import OrthonormalFamilies
from everystep.calculus.products import is_product
from everystep.calculus.word_letters import single_factor
from everystep.prove.families import families_of, read_images
from everystep.prove.overlaps import of_kernels, overlapping
from everystep.prove.said import (
    Implied,
    are_opposite,
    bound_of,
    integer_slot,
    matrix_before,
    nilpotency,
    times_transpose,
)
from everystep.prove.spans import Cuts, cuts_of
from everystep.prove.triangular import LOWER, UPPER
from everystep.prove.words import Words
from everystep.records import dataclass

MOST_IMAGES = 4
_CLOSED = ("symmetric", "positive definite", "positive semidefinite", "orthogonal", "diagonal", "idempotent")


@dataclass(frozen=True)
class Lowered:
    """The normal form of an expression, with what lowering it has used and presupposed.

    ``open_sums``: sums (low, high) whose range may not make sense; ``presupposed``: integer facts, such as that an
    entry's index is within its dimension.
    """

    poly: Poly
    open_sums: tuple[tuple[Slot, Slot], ...]
    rules: frozenset[str]
    presupposed: tuple[Slot, ...]


class Equations:
    """What a context gives, put into the core as rules: the part of the normal form that reads hypotheses."""

    context: Context
    lemmas: tuple[Hypothesis, ...]
    named: tuple[Hypothesis, ...]  # equations that say a property: it is read in their place
    core: Core
    facts: tuple[Slot, ...]
    words: Words
    lowering: Lowering
    # (head, index slots that must match) -> the value at the remaining slots #0, #1
    substitutions: dict[tuple[str, tuple[Slot, ...]], Poly]
    scalar_rules: list[tuple[Key, int | Fraction, Poly]]
    cuts: Cuts  # where products over an index begin and end in the equations that are given
    consequences: Callable[[Poly], list[Poly]]
    families: OrthonormalFamilies
    given_sums: GivenSums
    _lowered: dict[tuple[Expression, tuple[Sizes, Sizes] | None], Lowered]

    def _read_hypotheses(self) -> None:
        """What every hypothesis gives the normal form: kinds of letters first, since equations are read with them."""
        core = self.core
        for hypothesis in self.context.hypotheses:
            if isinstance(hypothesis, Predicate):
                subject = hypothesis.subject
                if isinstance(subject, Var):
                    self.words.kinds.setdefault(f"v:{subject.name}", set()).add(hypothesis.kind)
                if isinstance(subject, Var) and hypothesis.kind in (
                    "symmetric",
                    "positive definite",
                    "positive semidefinite",
                    "diagonal",
                ):
                    core.symmetric.add(f"v:{subject.name}")
                if isinstance(subject, Var) and hypothesis.kind in ("invertible", "positive definite", "orthogonal"):
                    core.invertible.add(f"v:{subject.name}")
                if isinstance(subject, ex.Member) and not subject.is_number_shaped and is_of_every(subject):
                    self._every_member(f"m:{subject.name}", hypothesis.kind)
                if isinstance(subject, Var) and hypothesis.kind in ("full column rank", "full row rank"):
                    self._full_rank(subject, hypothesis.kind)
                if isinstance(subject, Var) and hypothesis.kind == "idempotent":
                    core.idempotent.add(f"v:{subject.name}")
                    if subject.is_number_shaped:
                        core.binary.add((f"v:{subject.name}", ()))
                if isinstance(subject, Var) and hypothesis.kind == "orthogonal":
                    core.orthogonal.add(f"v:{subject.name}")
                if isinstance(subject, Var) and hypothesis.kind == "nonzero" and subject.is_number_shaped:
                    core.nonzero.add(f"v:{subject.name}")
                if hypothesis.kind == "nonzero" and (head := head_of_every_diagonal(subject)):
                    core.nonzero_diagonals.add(head)
                if isinstance(subject, Var) and hypothesis.kind == "positive definite":
                    core.definite.add(f"v:{subject.name}")
                if isinstance(subject, Var) and hypothesis.kind == "positive definite" and subject.is_number_shaped:
                    core.positive.add(f"v:{subject.name}")
            elif hypothesis.op == "!=":
                left, right = hypothesis.left, hypothesis.right
                if isinstance(left, Var) and left.is_number_shaped and right == ex.Num(0):
                    core.nonzero.add(f"v:{left.name}")
                if isinstance(left, ex.Det) and isinstance(left.operands[0], Var) and right == ex.Num(0):
                    core.invertible.add(f"v:{left.operands[0].name}")
            elif hypothesis.op in (">", ">="):
                self._read_sign(hypothesis.left, hypothesis.right, hypothesis.op == ">")
            elif hypothesis.op in ("<", "<="):
                self._read_sign(hypothesis.right, hypothesis.left, hypothesis.op == "<")
            elif hypothesis.op == "=":
                core.nilpotent.update(nilpotency(hypothesis))
        self._read_triangles()
        for random in self.context.random:
            if random.law in ("moments", "two moments", "gaussian") and isinstance(random.parameters[1], Var):
                core.symmetric.add(f"v:{random.parameters[1].name}")
                self.words.kinds.setdefault(f"v:{random.parameters[1].name}", set()).add("positive semidefinite")
        for hypothesis in self.context.hypotheses:
            if self._ties(hypothesis):
                for side in hypothesis.sides:
                    core.constrained |= self.variables(side)
        self.families.families = families_of(self.context)
        for hypothesis in self.context.hypotheses:
            if isinstance(hypothesis, Predicate):
                self._read_predicate(hypothesis)
            elif hypothesis.op == "=" and integer_slot(hypothesis.left) is None and hypothesis not in self.named:
                self._read_equation(hypothesis)
        read_images(self, self.families)
        self._read_images()
        self._read_overlaps()

    def _every_member(self, head: str, kind: str) -> None:
        """What a property of every matrix of a family says of its head."""
        self.words.kinds.setdefault(head, set()).add(kind)
        if kind in _CLOSED[:3]:
            self.core.symmetric.add(head)
        if kind in ("invertible", "positive definite", "orthogonal"):
            self.core.invertible.add(head)
        if kind == "positive definite":
            self.core.definite.add(head)

    def _read_images(self) -> None:
        """From M x = p and M y = q with one symmetric M: y^T p = x^T q, both are y^T M x."""
        images: list[tuple[Expression, Expression, Expression]] = []
        for hypothesis in self.context.hypotheses:
            if isinstance(hypothesis, Relation) and hypothesis.op == "=" and hypothesis.left.shape[1] == 1:
                left, right = hypothesis.left, hypothesis.right
                if isinstance(left, ex.Mul) and len(left.operands) == 2 and self._said_symmetric(left.operands[0]):
                    images.append((*left.operands, right))
        for (matrix, x, p), (other, y, q) in combinations(images[:MOST_IMAGES], 2):
            if matrix != other:
                continue
            try:
                pair = (ex.Mul(ex.Transpose(y), p), ex.Mul(ex.Transpose(x), q))
                self.scalar_equation(self._substituted(subtract(*map(self.lowering.poly, pair))))
            except Undecided:
                continue

    def _said_symmetric(self, matrix: Expression) -> bool:
        return any(
            (isinstance(h, Predicate) and h.subject == matrix and h.kind in _CLOSED[:3])
            or (isinstance(h, Relation) and h.op == "=" and {h.left, h.right} == {matrix, ex.Transpose(matrix)})
            for h in self.context.hypotheses
        )

    def _ties(self, hypothesis: Hypothesis) -> bool:
        """Whether a hypothesis may leave single values to a number: an equation, a bound that may be attained, or a
        property that is none of nearly all matrices.

        An equation that says what a name is, of which nothing else is said, ties nothing.
        """
        if isinstance(hypothesis, Predicate):
            plain = isinstance(hypothesis.subject, Var) and hypothesis.subject.name not in self.lowering.constants
            return hypothesis.kind in (("orthogonal", "idempotent") if plain else _CLOSED)
        if hypothesis.op not in ("=", "<=", ">=") or integer_slot(hypothesis.left) is not None:
            return False
        if hypothesis.op != "=" and bound_of(hypothesis) is not None:
            # An end of an interval, unless the other end is the same number.
            return any(
                isinstance(h, Relation) and h.op in ("<=", ">=") and are_opposite(bound_of(h), bound_of(hypothesis))
                for h in self.context.hypotheses
            )
        written = self._solved_as_written(hypothesis) if hypothesis.op == "=" else None
        if written is None or f"v:{getattr(written.left, 'name', '')}" in self._defined:
            return True
        if not written.right.has_kind(Var, ex.Member):
            return True  # one value: a derivative is taken there, and nothing may be divided by what is 0 there
        others = (part for h in self.context.hypotheses if h != hypothesis for part in h.sides)
        return any(n == written.left for part in others for n in ex.walk(part))

    @property
    def _defined(self) -> set[str]:
        return {f"v:{name}" for name in (*self.lowering.constants, *self.lowering.families)}

    def variables(self, expression: Expression) -> set[str]:
        """The heads of the variables that occur in an expression with its definitions and recurrences expanded."""
        lowering = self.lowering
        seen: set[Expression] = set()
        todo = [expression]
        while todo:
            node = todo.pop()
            if node in seen:
                continue
            seen.add(node)
            todo += node.operands
            if isinstance(node, Var) and node.name in lowering.constants:
                todo.append(lowering.constants[node.name].body)
            elif isinstance(node, ex.Member):
                todo += [d.body for d in lowering.families.get(node.name, ())]
                recurrence = lowering.recurrences.by_head.get(f"m:{node.name}")
                todo += [] if recurrence is None else [recurrence.body]
        return {f"v:{node.name}" for node in seen if isinstance(node, Var)}

    def _full_rank(self, matrix: Var, kind: str) -> None:
        known = self.core.full_columns if kind == "full column rank" else self.core.full_rows
        known.add(f"v:{matrix.name}")

    def _read_sign(self, larger: Expression, smaller: Expression, strict: bool) -> None:
        """A scalar variable above a number that is not negative, or every entry of one, or every member of a family.

        A matrix whose determinant is above 0, or below, is invertible.
        """
        self._read_determinant(larger, smaller, 1, strict)
        self._read_determinant(smaller, larger, -1, strict)
        if not isinstance(smaller, (ex.Num, Int)):
            return
        head = f"v:{larger.name}" if isinstance(larger, Var) else head_of_every(larger)
        if head and (smaller.value.is_positive or (strict and smaller.value.is_nonnegative)):
            self.core.positive.add(head)
        elif head and smaller.value.is_nonnegative:
            self.core.nonnegative.add(head)
        self._read_diagonal(larger, smaller, strict)

    def _read_diagonal(self, larger: Expression, smaller: ex.Num | Int, strict: bool) -> None:
        """Every entry on the diagonal of a matrix above a number that is not negative."""
        head = head_of_every_diagonal(larger)
        if head and (smaller.value.is_positive or (strict and smaller.value.is_nonnegative)):
            self.core.positive_diagonals.add(head)
            self.core.nonzero_diagonals.add(head)
            self.core.positive.add(f"{head}.diagonal")
        elif head and smaller.value.is_nonnegative:
            self.core.nonnegative_diagonals.add(head)
            self.core.nonnegative.add(f"{head}.diagonal")

    def _read_triangles(self) -> None:
        """A triangular matrix without zeros on the diagonal is invertible: its determinant is their product."""
        for h in self.context.hypotheses:
            if isinstance(h, Predicate) and h.kind in ("diagonal", LOWER, UPPER) and isinstance(h.subject, Var):
                head = f"v:{h.subject.name}"
                self.core.invertible |= {head} & self.core.nonzero_diagonals

    def _read_determinant(self, side: Expression, bound: Expression, sign: int, strict: bool) -> None:
        """det(A), or |det(A)|, of a name beyond a number on one side of 0 (``sign``): A is invertible."""
        inner = side.operands[0] if isinstance(side, ex.Apply) and side.function == "abs" and not side.order else side
        if not isinstance(inner, ex.Det) or not isinstance(inner.operands[0], Var):
            return
        if not isinstance(bound, (ex.Num, Int)):
            return
        distance = bound.value * sign
        if distance.is_positive or (strict and distance.is_nonnegative):
            self.core.invertible.add(f"v:{inner.operands[0].name}")

    def _read_predicate(self, hypothesis: Predicate) -> None:
        """Q^T Q = Q Q^T = I, P P = P, of a diagonal matrix its entries off the diagonal as 0, of a value of a function
        that is symmetric or definite its symmetry; of other kinds nothing here.
        """
        subject = hypothesis.subject
        if hypothesis.kind == "orthogonal":
            eye = ex.Eye(subject.shape[0])
            for product in (ex.Mul(subject.T, subject), ex.Mul(subject, subject.T)):
                self._equation(subtract(self.lowering.poly(product), self.lowering.poly(eye)), "orthogonal")
        elif hypothesis.kind == "idempotent":
            square = self.lowering.poly(ex.Mul(subject, subject))
            self._equation(subtract(square, self.lowering.poly(subject)), "idempotent")
        elif hypothesis.kind == "diagonal" and isinstance(subject, Var):
            diagonal = self.lowering.poly(ex.Diag(ex.DiagPart(subject)))
            renamed = atoms.transform(self.core, self.core.terms(diagonal), self._diagonal_leaf(f"v:{subject.name}"))
            self.substitutions[(f"v:{subject.name}", ())] = self.core.normal(renamed)
        elif hypothesis.kind in _CLOSED[:3] and isinstance(subject, ex.Call):
            factor = single_factor(self.lowering.poly(subject))
            if factor is not None and factor[0] in self.core.calls:
                call = self.core.calls[factor[0]]
                if all(isinstance(argument, Var) for argument in subject.operands):
                    self.core.symmetric_calls.add((call.name, call.arguments))
                self.core.symmetric.add(factor[0])

    @staticmethod
    def _diagonal_leaf(head: str) -> Callable[[str, tuple[Slot, ...]], list[Term] | None]:
        return lambda h, slots: [Term(1, [(f"{head}.diagonal", (slots[0],))])] if h == head else None

    def _solved_as_written(self, hypothesis: Relation) -> Relation | None:
        """``x = b``, or ``A X B = C`` with A and B invertible by hypothesis as ``X = A^-1 C B^-1``; X a variable that C
        lacks.
        """
        for left, right in ((hypothesis.left, hypothesis.right), (hypothesis.right, hypothesis.left)):
            if isinstance(left, ex.Mul) and len(left.operands) == 2 and self._full_column_rank(left.operands[0]):
                matrix, left = left.operands
                inverse = ex.Mul(ex.Inverse(ex.Mul(ex.Transpose(matrix), matrix)), ex.Transpose(matrix))
                right = ex.Mul(inverse, right)
            elif isinstance(left, ex.Mul):
                factors = list(left.operands)
                while len(factors) > 1 and self._invertible_as_written(factors[0]):
                    right = ex.Mul(ex.Inverse(factors.pop(0)), right)
                while len(factors) > 1 and self._invertible_as_written(factors[-1]):
                    right = ex.Mul(right, ex.Inverse(factors.pop()))
                left = factors[0] if len(factors) == 1 else left
            if isinstance(left, (Var, ex.Member)) and left not in set(ex.walk(right)):
                return Relation(left, "=", right)
        return None

    def _full_column_rank(self, matrix: Expression) -> bool:
        """Whether the author says so; where U^T U = I gives it, U D = C U is more than what it says of D."""
        return any(
            isinstance(h, Predicate) and h.kind == "full column rank" and h.subject == matrix
            for h in self.context.hypotheses
            if not isinstance(h, Implied)
        )

    def _invertible_as_written(self, matrix: Expression) -> bool:
        if isinstance(matrix, Var) and f"v:{matrix.name}" in self.core.invertible:
            return True
        return any(
            isinstance(h, Predicate) and h.kind in ("invertible", "positive definite") and h.subject == matrix
            for h in self.context.hypotheses
        )

    def _read_equation(self, hypothesis: Relation) -> None:
        """An equation as rewriting rules: solved for a name as written, turned (A B = I gives B A = I), without
        inverses.
        """
        try:
            written = self._solved_as_written(hypothesis) or hypothesis
            poly = self._substituted(subtract(self.lowering.poly(written.left), self.lowering.poly(written.right)))
        except Undecided:
            return
        if self._given_at_every_index(hypothesis, poly) or self._cumulant_of_every(poly):
            return
        commuted = list(self._commuting(hypothesis))  # before the equation itself is a rule
        self._equation(poly, "hypothesis")
        for turned in (*self._turned(hypothesis), *commuted, *self._kernels(hypothesis), *self._singular(hypothesis)):
            self._equation(self._substituted(turned), "hypothesis")
        for whole, inner in times_transpose(hypothesis, self.context.hypotheses):
            compressed = self._substituted(subtract(self.lowering.poly(whole), self.lowering.poly(inner)))
            self.words.equation(compressed, "hypothesis", self._nonzero)
        cleared = self._without_inverses(poly)
        if cleared != poly:
            self._equation(cleared, "hypothesis")
        if hypothesis not in self.lemmas:
            return
        for further in self.consequences(poly):
            self._equation(self._substituted(further), "hypothesis")

    def _given_at_every_index(self, hypothesis: Relation, poly: Poly) -> bool:
        """Whether an equation of numbers gives a sum at every index; of members with a range, within this range."""
        every = {str(symbol) for side in hypothesis.sides for symbol in side.free_symbols} & set(EVERY)
        if not every or not hypothesis.left.is_number_shaped or orthonormal_family(hypothesis) is not None:
            return False
        mapping: dict[str, Slot] = dict(zip(EVERY, WILDCARDS, strict=True))
        ranges = {name: (slot_of(low), slot_of(high)) for name, low, high in self.context.ranges}
        members = [n for side in hypothesis.sides for n in ex.walk(side) if isinstance(n, ex.Member)]
        limits = tuple(
            (str(mapping[str(at)]), *ranges[member.name])
            for member in members
            for at in member.at
            if str(at) in EVERY and member.name in ranges
        )
        return self.given_sums.add(self.core.renamed(poly, mapping), limits)

    def _turned(self, hypothesis: Relation) -> Iterator[Poly]:
        """A B = I of square matrices gives B A = I: a left inverse is a right one.  Likewise for more factors."""
        for product, unit in ((hypothesis.left, hypothesis.right), (hypothesis.right, hypothesis.left)):
            if not isinstance(unit, ex.Eye) or not isinstance(product, ex.Mul):
                continue
            factors = product.operands
            if all(f.shape == unit.shape for f in factors) and not unit.is_number_shaped:
                for k in range(1, len(factors)):
                    turned = ex.Mul(*factors[k:], *factors[:k])
                    yield subtract(self.lowering.poly(turned), self.lowering.poly(unit))

    def _commuting(self, hypothesis: Relation) -> Iterator[Poly]:
        """a X Y + b X + c Y + d I = 0 gives a Y X + b X + c Y + d I = 0 where b c is not a d, all four rational.

        For a^2 (X + (c/a) I)(Y + (b/a) I) = (b c - a d) I, and a left inverse of a square matrix is a right one.
        """
        left, right = hypothesis.left, hypothesis.right
        names = sorted({e for side in (left, right) for e in ex.walk(side) if isinstance(e, Var)}, key=str)
        square = len(names) == 2 and all(v.shape == left.shape and v.shape[0] == v.shape[1] for v in names)
        if not square or left.is_number_shaped:
            return
        whole = subtract(self.lowering.poly(left), self.lowering.poly(right))
        for x, y in (names, names[::-1]):
            parts = [self.lowering.poly(e) for e in (ex.Mul(x, y), x, y, ex.Eye(x.shape[0]))]
            if any(list(part.values()) != [1] for part in parts):
                return
            keys = [next(iter(part)) for part in parts]
            a, b, c, d = (whole.get(key, 0) for key in keys)
            if a and (b or c) and set(whole) <= set(keys) and b * c != a * d:
                turned = {k: a * c for k, c in self.lowering.poly(ex.Mul(y, x)).items()}
                yield subtract(whole, subtract({keys[0]: a}, turned))

    def _singular(self, hypothesis: Relation) -> Iterator[Poly]:
        """M x = 0 gives det M = 0 for a square M and a column x that is said not to be 0; also ``A x = a x``.

        For another M it gives det(M^T M) = 0.
        """
        for h in self.context.hypotheses:
            if isinstance(h, Predicate):
                column = h.subject if h.kind == "nonzero" else None
            else:
                column = h.left if h.op == "!=" and isinstance(h.right, ex.Zeros) else None
            if not isinstance(column, Var) or column.is_number_shaped or column.shape[1] != 1:
                continue
            sides = [matrix_before(side, column) for side in (hypothesis.left, hypothesis.right)]
            matrices = [m for m in sides if m is not None and not isinstance(m, ex.Zeros)]
            if None in sides or not matrices:
                continue
            whole = ex.Add(matrices[0], ex.Neg(matrices[1])) if len(matrices) == 2 else matrices[0]
            if whole.shape == (column.shape[0], column.shape[0]):
                yield self.lowering.poly(ex.Det(whole))
                yield self.lowering.poly(ex.Det(ex.Neg(whole)))
            else:
                yield self.lowering.poly(ex.Det(ex.Mul(ex.Transpose(whole), whole)))

    def _kernels(self, hypothesis: Relation) -> Iterator[Poly]:
        """What kernels of Gram matrices say."""
        yield from (subtract(*map(self.lowering.poly, further.sides)) for further in of_kernels(hypothesis))

    def _read_overlaps(self) -> None:
        """What the equations between products say of the words in which two of them overlap."""
        given = [h for h in self.context.hypotheses if isinstance(h, Relation) and h not in self.named]
        reduced = [further for h in given for further in of_kernels(h)]
        for both in overlapping((*given, *reduced)):
            try:
                poly = self._substituted(subtract(*map(self.lowering.poly, both.sides)))
            except Undecided:
                continue
            self._equation(poly, "overlapping hypotheses")

    def _without_inverses(self, poly: Poly) -> Poly:
        """An equation times M from the left, and from the right, where terms of it begin, and end, with M^-1."""
        for side in ("#0", "#1"):
            heads = {h for key in poly for c, _ in key for h, s in c[0] if h[:2] == "i:" and side in s[:2]}
            if len(poly) < 2 or len(heads) != 1:
                continue
            (head,) = heads
            if self.core.heads[head].arity != 2:
                continue
            joint = self.core.fresh()
            low, high = self.core.ranges[head]
            ends: dict[str, Slot] = {"#0": side, "#1": joint} if side == "#0" else {"#0": joint, "#1": side}
            matrix = [
                Term(t.coefficient, t.factors, t.scalars, {**t.bound, joint: (low, high)})
                for t in self.core.terms(self.core.poly(self.core.heads[head].inside), ends)
            ]
            poly = self.core.normal(m.times(t) for m in matrix for t in self.core.terms(poly, {side: joint}))
        return poly

    def _equation(self, poly: Poly, name: str) -> None:
        """Use ``poly = 0``: symmetry, a symbol solved for, a word rule, or a scalar rule."""
        if any(map(is_product, self.core.heads)):
            self.cuts = cuts_of(self.core, self.core.terms(poly), self.cuts)
        if (
            not poly
            or self._symmetry(poly)
            or self._skew(poly)
            or self._binary(poly)
            or self._solved(poly)
            or self.words.equation(poly, name, self._nonzero)
        ):
            return
        self.scalar_equation(poly)

    def scalar_equation(self, poly: Poly) -> None:
        """Use ``poly = 0`` of numbers, or of entries at #0 and #1: its leading monomial is replaced from now on.

        The leading monomial mentions every free index: where it is found, these are within their ranges.
        """
        free = free_symbols(poly)
        leads = [k for k in poly if free_symbols({k: 1}) == free]
        if not leads:
            return
        lead = max(leads, key=lambda k: (_of_product(k), self._moves(k), sum(e for _, e in k), monomial_key(k)))
        rest: Poly = {k: Fraction(-c) / Fraction(poly[lead]) for k, c in poly.items() if k != lead}
        self.scalar_rules.append((lead, poly[lead], rest))

    def _moves(self, key: Key) -> bool:
        """Whether a monomial has a member of a recurrent family at an index that is no number: an equation for that one
        says of the next what the recurrence makes of it.
        """
        recurrent = self.lowering.recurrences.by_head
        return any(h in recurrent and symbols_of(ss[0]) for c, _ in key for h, ss in c[0] if ss)

    def _symmetry(self, poly: Poly) -> bool:
        """A = A^T."""
        if len(poly) != 2 or sum(poly.values()) != 0:
            return False
        factors = [single_factor({key: 1}) for key in poly]
        if factors[0] is None or factors[1] is None:
            return False
        (a, s), (b, t) = factors[0], factors[1]
        if a == b and s == t[::-1] and set(s) == {"#0", "#1"}:
            self.core.symmetric.add(a)
            return True
        return False

    def _cumulant_of_every(self, poly: Poly) -> bool:
        """An equation at ``EVERY`` index with one cumulant of a random family times a rational: it is the rest,
        at each index.
        """
        for key, coefficient in poly.items():
            factor = single_factor({key: 1})
            if factor is None or factor[0][:2] != "K:" or factor[1] != (EVERY[0],):
                continue
            head = factor[0]
            rest: Poly = {k: Fraction(-c) / Fraction(coefficient) for k, c in poly.items() if k != key}
            if any(h == head for h, _ in self.leaves(rest)):
                return False
            value = self.core.renamed(rest, {EVERY[0]: "#0"})
            self.substitutions = {h: self._with(p, {(head, ()): value}) for h, p in self.substitutions.items()}
            self.substitutions[(head, ())] = value
            self.core.used("moment of every member")
            return True
        return False

    def _binary(self, poly: Poly) -> bool:
        """y . y = y: every entry is 0 or 1; y . y = 1: every entry is 1 or -1.

        Of a whole variable, or of a family's member at the index that the equation is about: an equation at an index of
        the author's own is one about that entry, and about that member.  At ``EVERY`` index it is about all members.
        """
        if len(poly) != 2 or sum(poly.values()) != 0:
            return False
        squares = [key for key in poly if len(key) == 1 and key[0][1] == 2 and len(key[0][0][0]) == 1]
        if len(squares) != 1 or squares[0][0][0][1]:
            return False
        ((factors, _), _) = squares[0][0]
        ((head, slots),) = factors
        (other,) = (key for key in poly if key != squares[0])
        count = self.core.indexed.get(head, 0)
        at = () if set(slots[:count]) <= set(EVERY) else slots[:count]
        if head[:2] not in ("v:", "m:") or slots[count:] not in ((), ("#0",), ("#0", "#1")):
            return False
        if other == ():
            self.core.signs.add((head, at))
        elif single_factor({other: 1}) == (head, slots) or other == ((squares[0][0][0], 1),):
            self.core.binary.add((head, at))
        else:
            return False
        return bool(slots[count:])  # of numbers the equation is a rule as well

    def _skew(self, poly: Poly) -> bool:
        """A^T = -A: A = K - K^T for a matrix K of which nothing is known (K = A / 2 is one)."""
        if len(poly) != 2 or len(set(poly.values())) != 1:
            return False
        factors = [single_factor({key: 1}) for key in poly]
        if factors[0] is None or factors[1] is None:
            return False
        (head, s), (other, t) = factors[0], factors[1]
        if head != other or head[:2] != "v:" or s != t[::-1] or set(s) != {"#0", "#1"}:
            return False
        half = f"{head}.half"
        self.core.dimensions[half] = self.core.dimensions[head]
        self.core.constrained.add(half)
        value = self.core.normal([Term(1, [(half, ("#0", "#1"))]), Term(-1, [(half, ("#1", "#0"))])])
        self.substitutions = {h: self._with(p, {(head, ()): value}) for h, p in self.substitutions.items()}
        self.substitutions[(head, ())] = value
        self.core.used("skew-symmetric as a difference")
        return True

    def _solved(self, poly: Poly) -> bool:
        """Solve for a leaf that stands alone in one monomial, times scalars that are not 0, and occurs nowhere else."""
        free = free_symbols(poly)
        for key in sorted(poly, key=lambda k: (len(k), monomial_key(k))):
            for component, exponent in key:
                if len(component[0]) != 1 or component[1] or exponent != 1:
                    continue
                head, slots = component[0][0]
                count = self.core.indexed.get(head, 0)
                fixed, entries = slots[:count], slots[count:]
                if head[:2] not in ("v:", "m:") or head in self.core.symmetric:
                    continue
                if set(entries) != free or len(set(entries)) != len(entries):
                    continue
                others = tuple((c, e) for c, e in key if c != component)
                if not all(self._nonzero(c) for c, _ in others):
                    continue
                rest = {k: c for k, c in poly.items() if k != key}
                if self._occurs({**rest, others: 1}, head, fixed):
                    continue
                scale = Term(Fraction(-1) / Fraction(poly[key]), [], {c: -e for c, e in others})
                mapping: dict[str, Slot] = {str(s): f"#{k}" for k, s in enumerate(entries)}
                value = self.core.normal(scale.times(t) for t in self.core.terms(rest, mapping))
                added = {(head, fixed): value}
                self.substitutions = {h: self._with(p, added) for h, p in self.substitutions.items()}
                self.substitutions.update(added)
                return True
        return False

    def substitute(self, head: str, value: Poly) -> None:
        """Use ``name = value`` of a variable of which this is all that is to be used of an equation."""
        added: dict[tuple[str, tuple[Slot, ...]], Poly] = {(head, ()): value}
        self.substitutions = {h: self._with(p, added) for h, p in self.substitutions.items()}
        self.substitutions.update(added)
        self._lowered.clear()

    def _nonzero(self, component: Component) -> bool:
        return self.core.is_nonzero(component)

    def _occurs(self, poly: Poly, head: str, fixed: tuple[Slot, ...]) -> bool:
        """Whether a leaf with these index slots occurs anywhere in the polynomial, also inside atoms."""
        return any(h == head and s[: len(fixed)] == fixed for h, s in self.leaves(poly))

    def leaves(self, poly: Poly) -> set[tuple[str, tuple[Slot, ...]]]:
        """All leaves (head, slots) of a polynomial, also inside atoms, at their actual slots."""
        seen: set[tuple[str, tuple[Slot, ...]]] = set()

        def note(head: str, slots: tuple[Slot, ...]) -> None:
            seen.add((head, slots))

        atoms.transform(self.core, self.core.terms(poly), note)
        return seen

    def leaves_and_atoms(self, poly: Poly) -> set[tuple[str, tuple[Slot, ...]]]:
        """The factors of a polynomial, and the leaves inside of them."""
        return {factor for key in poly for c, _ in key for factor in c[0]} | self.leaves(poly)

    def _with(self, poly: Poly, substitutions: dict[tuple[str, tuple[Slot, ...]], Poly]) -> Poly:
        """Leaves replaced by what hypotheses solved for them say, at the very index that the hypothesis is about."""
        heads = {head for head, _ in substitutions}

        def leaf(head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
            if head not in heads:
                return None
            count = self.core.indexed.get(head, 0)
            found = substitutions.get((head, slots[:count]))
            if found is None:
                return None
            self.core.used("hypothesis solved for a symbol")
            return self.core.terms(found, {f"#{k}": s for k, s in enumerate(slots[count:])})

        return self.core.normal(atoms.transform(self.core, self.core.terms(poly), leaf))

    def _substituted(self, poly: Poly) -> Poly:
        return self._with(poly, self.substitutions) if self.substitutions else poly


def head_of_every(e: Expression) -> str:
    """The head of a vector, matrix or family of which an entry or a member stands for all, by the indices
    :data:`EVERY`.

    An index of the author's may be one that is fixed, or of a range that the hypothesis does not show.
    """
    if isinstance(e, ex.Entry) and isinstance(e.operands[0], Var):
        at, head = e.at, f"v:{e.operands[0].name}"
    elif isinstance(e, ex.Member):
        at, head = e.at, f"m:{e.name}"
    else:
        return ""
    # At twice the same index only the diagonal is meant.
    return head if {str(i) for i in at} <= set(EVERY) and len(set(at)) == len(at) else ""


def head_of_every_diagonal(e: Expression) -> str:
    """The head of a square matrix of which an entry stands for all on its diagonal, at twice the same index of
    :data:`EVERY`.
    """
    if not isinstance(e, ex.Entry) or not isinstance(e.operands[0], Var) or len(e.at) != 2 or e.at[0] != e.at[1]:
        return ""
    rows, columns = e.operands[0].shape
    return f"v:{e.operands[0].name}" if str(e.at[0]) in EVERY and same_size(rows, columns) else ""


def free_symbols(poly: Poly) -> set[str]:
    return {s for key in poly for c, _ in key for _, ss in c[0] for slot in ss for s in symbols_of(slot) if s[0] == "#"}


def _of_product(key: Key) -> bool:
    """Whether a monomial is a product over an index."""
    return len(key) == 1 and key[0][1] == 1 and len(key[0][0][0]) == 1 and is_product(key[0][0][0][0][0])


def divides(lead: Key, key: Key) -> bool:
    """Whether a monomial holds the factors of another; a negative power of what it lacks counts as held."""
    have = dict(key)
    return all(have.get(c, 0) >= e for c, e in lead)


def key_quotient(key: Key, lead: Key) -> Key:
    """key / lead, which has the reciprocal of each negative power of the lead that the key lacks."""
    left = dict(key)
    for component, exponent in lead:
        left[component] = left.get(component, 0) - exponent
    return tuple((c, e) for c, e in left.items() if e)
