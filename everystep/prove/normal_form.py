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
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Int, Var
from everystep.algebra.shapes import Shape
from everystep.calculus import atoms
from everystep.calculus.functions import idempotents, logarithm
from everystep.calculus.indices import (
    Integers,
    NotAffine,
    Slot,
    as_constant,
    constant,
    difference,
    shifted,
    slot_key,
    slot_of,
    substitute,
    symbols_of,
    unpack,
)
from everystep.calculus.lowering import Lowering, Sizes
from everystep.calculus.networks import (
    Component,
    Core,
    Factor,
    Key,
    Poly,
    Term,
    Undecided,
    at_value,
    monomial_key,
    subtract,
)
from everystep.calculus.products import fixed_products, is_product
from everystep.prove.multiples import angles, merged_exponentials
from everystep.prove.spans import Cuts, cut, cuts_of, jacobians
from everystep.prove.words import Words


def integer_facts(context: Context) -> Integers:
    """The integer hypotheses (``t < T``, ``n <= d``) and the sizes that occur, which are at least 1."""
    facts: list[Slot] = []
    sizes: set[str] = set()
    for hypothesis in context.hypotheses:
        if not isinstance(hypothesis, Relation):
            continue
        left, op, right = hypothesis.left, hypothesis.op, hypothesis.right
        pair = [_integer(left), _integer(right)]
        if pair[0] is None or pair[1] is None:
            continue
        a, b = pair[0], pair[1]
        if op in ("<=", "="):
            facts.append(difference(b, a))
        if op in (">=", "="):
            facts.append(difference(a, b))
        if op == "<":
            facts.append(shifted(difference(b, a), -1))
        if op == ">":
            facts.append(shifted(difference(a, b), -1))
    return Integers(facts, sizes)


def _integer(e: Expression) -> Slot | None:
    try:
        if isinstance(e, Int):
            return slot_of(e.value)
        if isinstance(e, ex.Num) and e.value.is_Integer:
            return constant(int(e.value))
    except NotAffine:
        return None
    return None


class OtherShape(Undecided):
    """A name comes with another shape than before: it is another symbol, and needs another normal form."""


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


class NormalForm:
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
        self._seen: set[Expression] = set()
        self._sizes: dict[str, bool] = {}  # integer symbols: whether they are sizes
        self._lowered: dict[tuple[Expression, tuple[Sizes, Sizes] | None], Lowered] = {}
        self.facts: tuple[Slot, ...] = tuple(integers.facts)
        self.core = Core(integers)
        self.see(*parts)
        self.core.limit = limit
        self.words = Words(self.core)
        self.core.rewriters.append(atoms.merge_symbolic_powers(self.core))
        self.core.rewriters.append(atoms.matrix_powers(self.core))
        self.core.rewriters.append(lambda term: idempotents(self.core, term))
        self.core.rewriters.append(fixed_products(self.core))
        self.lowering = Lowering(self.core, context)
        # (head, index slots that must match) -> the value at the remaining slots #0, #1
        self.substitutions: dict[tuple[str, tuple[Slot, ...]], Poly] = {}
        self.scalar_rules: list[tuple[Key, int | Fraction, Poly]] = []
        self.cuts: Cuts = {}  # where products over an index begin and end in the equations that are given
        self.consequences: Callable[[Poly], list[Poly]] = lambda poly: []
        if attach is not None:
            attach(self)
        self._read_hypotheses()

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
            for node in ex.walk(expression):
                if isinstance(node, (Var, ex.Member)):
                    head = f"{'v' if isinstance(node, Var) else 'm'}:{node.name}"
                    if self.shapes.setdefault(head, node.shape) != node.shape:
                        raise OtherShape(f"{node.name} has had another shape")
            self._seen.add(expression)

    def start(self, *expressions: Expression) -> None:
        """Begin a new statement: what it may cost, and what is recorded of it, starts from nothing."""
        self.see(*expressions)
        self.core.work = 0
        self.core.integers.restore(self.facts)
        self.core.rules_used.clear()
        self.lowering.conditions.clear()
        self.lowering.facts = []

    def grant(self, products: frozenset[Factor]) -> None:
        """From now on the factors of these products are positive; what has been lowered without that is forgotten."""
        if products != self.core.positive_products:
            self.core.positive_products = products
            self._lowered.clear()

    # hypotheses --------------------------------------------------------------------------------

    def _read_hypotheses(self) -> None:
        core = self.core
        for hypothesis in self.context.hypotheses:
            if isinstance(hypothesis, Predicate):
                subject = hypothesis.subject
                if isinstance(subject, Var):
                    self.words.kinds.setdefault(f"v:{subject.name}", set()).add(hypothesis.kind)
                if isinstance(subject, ex.Mul) and hypothesis.kind in ("invertible", "positive definite"):
                    self._read_gram(subject)
                if isinstance(subject, Var) and hypothesis.kind in (
                    "symmetric",
                    "positive definite",
                    "positive semidefinite",
                    "diagonal",
                ):
                    core.symmetric.add(f"v:{subject.name}")
                if isinstance(subject, Var) and hypothesis.kind in ("invertible", "positive definite", "orthogonal"):
                    core.invertible.add(f"v:{subject.name}")
                if isinstance(subject, Var) and hypothesis.kind == "idempotent":
                    core.idempotent.add(f"v:{subject.name}")
                if isinstance(subject, Var) and hypothesis.kind == "orthogonal":
                    core.orthogonal.add(f"v:{subject.name}")
                if isinstance(subject, Var) and hypothesis.kind == "nonzero" and subject.is_number_shaped:
                    core.nonzero.add(f"v:{subject.name}")
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
        for random in self.context.random:
            if random.law in ("moments", "gaussian") and isinstance(random.parameters[1], Var):
                core.symmetric.add(f"v:{random.parameters[1].name}")
                self.words.kinds.setdefault(f"v:{random.parameters[1].name}", set()).add("positive semidefinite")
        for hypothesis in self.context.hypotheses:
            if self._ties(hypothesis):
                for side in _parts(hypothesis):
                    core.constrained |= self.variables(side)
        for hypothesis in self.context.hypotheses:
            if isinstance(hypothesis, Predicate):
                self._read_predicate(hypothesis)
            elif hypothesis.op == "=" and _integer(hypothesis.left) is None:
                self._read_equation(hypothesis)

    def _ties(self, hypothesis: Hypothesis) -> bool:
        """Whether a hypothesis may leave single values to a number: an equation, a bound that may be attained, or a
        property that is none of nearly all matrices.

        An equation that says what a name is, of which nothing else is said, ties nothing.
        """
        if isinstance(hypothesis, Predicate):
            plain = isinstance(hypothesis.subject, Var) and hypothesis.subject.name not in self.lowering.constants
            return hypothesis.kind in (("orthogonal", "idempotent") if plain else _CLOSED)
        if hypothesis.op not in ("=", "<=", ">=") or _integer(hypothesis.left) is not None:
            return False
        if hypothesis.op != "=" and _bound(hypothesis) is not None:
            # An end of an interval, unless the other end is the same number.
            return any(
                isinstance(h, Relation) and h.op in ("<=", ">=") and _opposite(_bound(h), _bound(hypothesis))
                for h in self.context.hypotheses
            )
        written = self._solved_as_written(hypothesis) if hypothesis.op == "=" else None
        if written is None or f"v:{getattr(written.left, 'name', '')}" in self._defined:
            return True
        if not any(isinstance(node, (Var, ex.Member)) for node in ex.walk(written.right)):
            return True  # one value: a derivative is taken there, and nothing may be divided by what is 0 there
        others = (part for h in self.context.hypotheses if h != hypothesis for part in _parts(h))
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

    def _read_gram(self, product: ex.Mul) -> None:
        """A^T A is invertible exactly when A has full column rank, A A^T when A has full row rank."""
        if len(product.operands) != 2:
            return
        a, b = product.operands
        for matrix, twin, kind in ((b, a, "full column rank"), (a, b, "full row rank")):
            if isinstance(matrix, Var) and twin == ex.Transpose(matrix):
                self.words.kinds.setdefault(f"v:{matrix.name}", set()).add(kind)

    def _read_sign(self, larger: Expression, smaller: Expression, strict: bool) -> None:
        """A scalar variable above a number that is not negative."""
        if not isinstance(larger, Var) or not isinstance(smaller, (ex.Num, Int)):
            return
        if smaller.value.is_positive or (strict and smaller.value.is_nonnegative):
            self.core.positive.add(f"v:{larger.name}")
        elif smaller.value.is_nonnegative:
            self.core.nonnegative.add(f"v:{larger.name}")

    def _read_predicate(self, hypothesis: Predicate) -> None:
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

    @staticmethod
    def _diagonal_leaf(head: str) -> Callable[[str, tuple[Slot, ...]], list[Term] | None]:
        return lambda h, slots: [Term(1, [(f"{head}.diagonal", (slots[0],))])] if h == head else None

    def _solved_as_written(self, hypothesis: Relation) -> Relation | None:
        """``x = b``, or ``A x = b`` with A invertible by hypothesis as ``x = A^-1 b``; x a variable that b lacks."""
        for left, right in ((hypothesis.left, hypothesis.right), (hypothesis.right, hypothesis.left)):
            if isinstance(left, ex.Mul) and len(left.operands) == 2 and self._invertible_as_written(left.operands[0]):
                left, right = left.operands[1], ex.Mul(ex.Inverse(left.operands[0]), right)
            elif isinstance(left, ex.Mul) and len(left.operands) == 2 and self._full_column_rank(left.operands[0]):
                matrix, solved = left.operands
                inverse = ex.Mul(ex.Inverse(ex.Mul(ex.Transpose(matrix), matrix)), ex.Transpose(matrix))
                left, right = solved, ex.Mul(inverse, right)
            if isinstance(left, (Var, ex.Member)) and left not in set(ex.walk(right)):
                return Relation(left, "=", right)
        return None

    def _full_column_rank(self, matrix: Expression) -> bool:
        return any(
            isinstance(h, Predicate) and h.kind == "full column rank" and h.subject == matrix
            for h in self.context.hypotheses
        )

    def _invertible_as_written(self, matrix: Expression) -> bool:
        return any(
            isinstance(h, Predicate) and h.kind in ("invertible", "positive definite") and h.subject == matrix
            for h in self.context.hypotheses
        )

    def _read_equation(self, hypothesis: Relation) -> None:
        try:
            written = self._solved_as_written(hypothesis) or hypothesis
            poly = self._substituted(subtract(self.lowering.poly(written.left), self.lowering.poly(written.right)))
        except Undecided:
            return
        self._equation(poly, "hypothesis")
        if hypothesis not in self.lemmas:
            return
        for further in self.consequences(poly):
            self._equation(self._substituted(further), "hypothesis")

    def _equation(self, poly: Poly, name: str) -> None:
        """Use ``poly = 0``: symmetry, a symbol solved for, a word rule, or a scalar rule."""
        if any(map(is_product, self.core.heads)):
            self.cuts = cuts_of(self.core, self.core.terms(poly), self.cuts)
        if (
            not poly
            or self._symmetry(poly)
            or self._skew(poly)
            or self._solved(poly)
            or self.words.equation(poly, name, self._nonzero)
        ):
            return
        if all(not _has_free(k) for k in poly):
            leads = sorted(poly, key=lambda k: (_of_product(k), sum(e for _, e in k), monomial_key(k)), reverse=True)
            lead = next((k for k in leads if not any(_divides(k, o) for o in poly if o != k)), None)
            if lead is None:
                return  # it would replace a monomial by a multiple of itself
            rest: Poly = {k: Fraction(-c) / Fraction(poly[lead]) for k, c in poly.items() if k != lead}
            self.scalar_rules.append((lead, poly[lead], rest))

    def _symmetry(self, poly: Poly) -> bool:
        """A = A^T."""
        if len(poly) != 2 or sum(poly.values()) != 0:
            return False
        factors = []
        for key in poly:
            if len(key) != 1 or key[0][1] != 1 or len(key[0][0][0]) != 1:
                return False
            factors.append(key[0][0][0][0])
        (a, s), (b, t) = factors
        if a == b and s == t[::-1] and set(s) == {"#0", "#1"}:
            self.core.symmetric.add(a)
            return True
        return False

    def _skew(self, poly: Poly) -> bool:
        """A^T = -A: A = K - K^T for a matrix K of which nothing is known (K = A / 2 is one)."""
        if len(poly) != 2 or len(set(poly.values())) != 1:
            return False
        factors = []
        for key in poly:
            if len(key) != 1 or key[0][1] != 1 or len(key[0][0][0]) != 1:
                return False
            factors.append(key[0][0][0][0])
        (head, s), (other, t) = factors
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
        free = _free_symbols(poly)
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

    def speaks_of(self, index: str) -> bool:
        """Whether a hypothesis, other than one about integers alone, is said of an index."""
        return any(
            index in {symbol.name for part in _parts(h) for symbol in part.free_symbols}
            for h in self.own
            if isinstance(h, Predicate) or _integer(h.left) is None or _integer(h.right) is None
        )

    def holds_for_all(self, index: Expr) -> bool:
        """Whether no hypothesis speaks of one value of the index (lower bounds aside)."""
        for hypothesis in self.own:
            if isinstance(hypothesis, Predicate):
                if index in hypothesis.subject.free_symbols:
                    return False
            elif index in hypothesis.left.free_symbols | hypothesis.right.free_symbols:
                a, b = _integer(hypothesis.left), _integer(hypothesis.right)
                below = a is not None and b is not None and hypothesis.op in ("<", "<=", ">", ">=")
                if not below:
                    return False
        facts = (unpack(fact)[1] for fact in self.core.integers.facts)
        return all(parts.get(str(index), 0) >= 0 for parts in facts)

    # decision ----------------------------------------------------------------------------------

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

    def difference(self, left: Expression, right: Expression) -> Poly:
        factors = [
            max(self.lowering.factors(left, axis), self.lowering.factors(right, axis), key=len) for axis in (0, 1)
        ]
        composite = any(len(f) > 1 for f in factors)
        both = (factors[0], factors[1]) if composite else None
        return subtract(self.poly(left, both), self.poly(right, both))

    def equal(self, left: Expression, right: Expression) -> bool:
        """Whether the difference is proved to be 0.  Raises Undecided or Exhausted when it cannot be expressed."""
        return self.is_zero(self.difference(left, right))

    def is_zero(self, poly: Poly) -> bool:
        if not poly:
            self.core.used("normal form")
            return True
        stages: tuple[tuple[str, Callable[[Poly], Poly]], ...] = (
            ("last terms taken out", self.peeled),
            ("scalar equations", self.by_scalar_rules),
            ("joined sums", self.joined),
            ("cleared denominators", self.cleared),
            ("recurrence unfolded", self.unfolded),
            ("one step of the recurrence", self.stepped),
            ("exponentials", self.exponentials),
            ("sums of angles", lambda p: angles(self.core, p)),
            ("products of exponentials", lambda p: merged_exponentials(self.core, p)),
            ("products cut", lambda p: cut(self.core, p, self.cuts)),
            ("Jacobians as products", lambda p: jacobians(self.core, self.lowering.recurrences, p)),
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
        return self._by_multiplication(poly, 3) or self._by_square(poly)

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
        """Replace the leading monomial of each scalar equation."""
        for lead, _, rest in self.scalar_rules:
            for _ in range(4):
                hit = [k for k in poly if _divides(lead, k)]
                if not hit:
                    break
                result = {k: c for k, c in poly.items() if k not in hit}
                terms = self.core.terms(result)
                for key in hit:
                    quotient = self.core.term(_quotient(key, lead), poly[key])
                    terms += [quotient.times(t) for t in self.core.terms(rest)]
                poly = self.core.normal(terms)
        return poly

    def joined(self, poly: Poly) -> Poly:
        """Sums of one body over different ranges: sum_a^b f = F(b) - F(a-1), and F(e + c) - F(e) is c terms of f.

        Ends that are left over in a pair become one sum again.  A range may depend on one outer summed index,
        which then has to run over the same range in every member of the group.
        """
        # A sum over a whole dimension has a partner only where there is a sum over a part of one.
        every = any(not _whole(self.core, low, high) for key in poly for c, _ in key for _, low, high in c[1])
        groups: dict[tuple[Key, str], list[tuple[Key, Slot, Slot]]] = {}
        outer: dict[tuple[Key, str], tuple[Slot, Slot] | None] = {}
        for key in poly:
            for term, name in _ranged(self.core, key, every):
                low, high = term.bound.pop(name)
                around = {s for s in (*symbols_of(low), *symbols_of(high)) if s in term.bound}
                if len(around) > 1:
                    continue
                mapping: dict[str, Slot] = {name: "#s"}
                range_ = None
                for other in around:
                    mapping[other] = "#u"
                    range_ = term.bound.pop(other)
                body = self.core.normal([_renamed_term(term, mapping)])
                if len(body) == 1 and next(iter(body.values())) == 1:
                    ((body_key, _),) = body.items()
                    group = (body_key, repr(range_))
                    outer[group] = range_
                    ends = (substitute(low, mapping), substitute(high, mapping))
                    groups.setdefault(group, []).append((key, *ends))
        for group, members in groups.items():
            keys = {key for key, _, _ in members}
            if len({(slot_key(a), slot_key(b)) for _, a, b in members}) < 2 or len(keys) != len(members):
                continue
            terms = self._joined_group(poly, group[0], outer[group], members)
            if terms is not None:
                rest = {k: c for k, c in poly.items() if k not in keys}
                return self.joined(self.core.normal([*self.core.terms(rest), *terms]))
        return poly

    def _joined_group(
        self,
        poly: Poly,
        body: Key,
        outer: tuple[Slot, Slot] | None,
        members: list[tuple[Key, Slot, Slot]],
    ) -> list[Term] | None:
        ends: dict[str, list[tuple[Slot, int | Fraction]]] = {}
        for key, low, high in members:
            for slot, sign in ((high, 1), (shifted(low, -1), -1)):
                ends.setdefault(str(unpack(slot)[1]), []).append((slot, sign * poly[key]))
        name = self.core.fresh()
        bound = {name: outer} if outer is not None else {}
        facts = [difference("#u", outer[0]), difference(outer[1], "#u")] if outer is not None else []
        integers = self.core.integers.with_facts(facts)
        terms: list[Term] = []
        left: list[tuple[Slot, int | Fraction]] = []

        def placed(at: Slot, coefficient: int | Fraction, extra: dict[str, tuple[Slot, Slot]]) -> Term:
            term = self.core.term(body, coefficient, {"#s": substitute(at, {"#u": name}), "#u": name})
            return Term(term.coefficient, term.factors, term.scalars, {**term.bound, **bound, **extra})

        for group in ends.values():
            base = min(unpack(slot)[0] for slot, _ in group)
            for slot, coefficient in group:
                terms.extend(placed(shifted(slot, -back), coefficient, {}) for back in range(unpack(slot)[0] - base))
            total = sum(c for _, c in group)
            if total:
                left.append((shifted(group[0][0], base - unpack(group[0][0])[0]), total))
        if len(left) == 2 and len(members) > 1 and left[0][1] == -left[1][1]:
            (a, ca), (b, cb) = left
            if not integers.at_least(a, b):
                (a, ca), (b, cb) = (b, cb), (a, ca)
            if not integers.at_least(a, b):
                return None
            index = self.core.fresh()
            names: dict[str, Slot] = {"#u": name}
            range_ = (substitute(shifted(b, 1), names), substitute(a, names))
            terms.append(placed(index, ca, {index: range_}))
        elif left:
            return None
        return terms

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
        for _ in range(12):
            groups: dict[tuple[str, str], set[Slot]] = {}
            for head, slots in self.leaves(poly):
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

    def _unfolded_at(self, poly: Poly, chosen: set[tuple[str, Slot]]) -> Poly:
        lowering = self.lowering

        def leaf(head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
            if not slots or (head, slots[0]) not in chosen:
                return None
            defined = lowering.defined_member(head[2:], (slots[0],))
            if defined is not None:
                row, column = lowering.split(defined[0].shape, slots[1:])
                return lowering.terms(defined[0], row, column, defined[1])
            return lowering.recurrences.body(lowering.recurrences.by_head[head], slots[0], slots[1:])

        return self.core.normal(atoms.transform(self.core, self.core.terms(poly), leaf))

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
        free = sorted(_free_symbols(poly))
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
        for head, slots in self.leaves(poly):
            shape = self.shapes.get(head)
            count = self.core.indexed.get(head, 0)
            if shape is None:
                continue
            sizes = [s for s in shape if s != 1]
            for slot, size in zip(slots[count:], sizes, strict=True):
                if isinstance(slot, str) and slot in free:
                    found[slot] = (constant(1), slot_of(size))
        return found if all(s in found for s in free) else None

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
        free = _free_symbols(poly)
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
                    product = self.cleared(self.core.renamed(product, {"#x": side}))
                    self.core.used("multiplied by the inverted matrix")
                    if not product:
                        return True
                    if len(product) <= 3 * len(poly) and self._by_multiplication(product, depth - 1, tried):
                        return True
        return False


_CLOSED = ("symmetric", "positive definite", "positive semidefinite", "orthogonal", "diagonal", "idempotent")


def _bound(relation: Relation) -> tuple[Var, bool, Expr] | None:
    """(variable, whether it is a lower bound, number) of a bound of one variable by a number."""
    for variable, number, lower in (
        (relation.left, relation.right, relation.op == ">="),
        (relation.right, relation.left, relation.op == "<="),
    ):
        if isinstance(variable, Var) and isinstance(number, (ex.Num, Int)) and number.value.is_number:
            return variable, lower, number.value
    return None


def _opposite(a: tuple[Var, bool, Expr] | None, b: tuple[Var, bool, Expr] | None) -> bool:
    return a is not None and b is not None and a[0] == b[0] and a[1] != b[1] and a[2] == b[2]


def _parts(hypothesis: Hypothesis) -> tuple[Expression, ...]:
    return (hypothesis.left, hypothesis.right) if isinstance(hypothesis, Relation) else (hypothesis.subject,)


def _has_free(key: Key) -> bool:
    return any(s[0] == "#" for c, _ in key for _, ss in c[0] for slot in ss for s in symbols_of(slot))


def _free_symbols(poly: Poly) -> set[str]:
    return {s for key in poly for c, _ in key for _, ss in c[0] for slot in ss for s in symbols_of(slot) if s[0] == "#"}


def _of_product(key: Key) -> bool:
    """Whether a monomial is a product over an index."""
    return len(key) == 1 and key[0][1] == 1 and len(key[0][0][0]) == 1 and is_product(key[0][0][0][0][0])


def _divides(lead: Key, key: Key) -> bool:
    have = dict(key)
    return all(have.get(c, 0) >= e for c, e in lead)


def _quotient(key: Key, lead: Key) -> Key:
    less = dict(lead)
    left = [(c, e - less.get(c, 0)) for c, e in key]
    return tuple((c, e) for c, e in left if e)


def _renamed_term(term: Term, mapping: dict[str, Slot]) -> Term:
    return Term(
        1,
        [(h, tuple(substitute(s, mapping) for s in ss)) for h, ss in term.factors],
        term.scalars,
        {n: (substitute(a, mapping), substitute(b, mapping)) for n, (a, b) in term.bound.items()},
    )


def _whole(core: Core, low: Slot, high: Slot) -> bool:
    """Whether a range is that of a dimension: from 1 to a size."""
    return as_constant(low) == 1 and isinstance(high, str) and high in core.integers.sizes


def _ranged(core: Core, key: Key, every: bool) -> list[tuple[Term, str]]:
    """The monomial opened at each summed index, or only at those that run over an index of a family."""
    probe = core.term(key)
    names = [
        name
        for name, (low, high) in probe.bound.items()
        if every
        or not _whole(core, low, high)
        or any(not isinstance(s, str) and name in symbols_of(s) for _, ss in probe.factors for s in ss)
        or any(h[:2] in ("m:", "w:") and name in symbols_of(ss[0]) for h, ss in probe.factors if ss)
    ]
    return [(Term(1, probe.factors, probe.scalars, dict(probe.bound)), name) for name in names]
