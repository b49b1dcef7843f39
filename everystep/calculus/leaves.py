"""What every rule of lowering stands on: indices of dimensions, definitions that are expanded, and the leaves.

May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition
from everystep.algebra.expressions import Expression, Member, Var
from everystep.algebra.shapes import ONE, Shape
from everystep.calculus.core import Core
from everystep.calculus.indices import (
    NotAffine,
    Slot,
    constant,
    difference,
    shifted,
    slot_key,
    slot_of,
    substitute,
    symbols_of,
)
from everystep.calculus.networks import INTEGER, Factor, Poly, Term, Undecided, delta
from everystep.records import dataclass


@dataclass(frozen=True)
class Composite:
    """The index of a dimension that is a product of sizes: of a Kronecker product, of vec(X); slowest part first."""

    parts: tuple[Slot, ...]
    sizes: tuple[Slot, ...]


Index: TypeAlias = "Slot | Composite | None"
Sizes: TypeAlias = tuple[Expr, ...]
Environment: TypeAlias = dict[str, Slot]
BIG = 64


@lru_cache(maxsize=1 << 12)
def _monomials(value: Expr) -> tuple[tuple[int | Fraction, tuple[Expr, ...]], ...]:
    """A polynomial in integer symbols: each coefficient with the symbols of its monomial, as often as they occur."""
    result = []
    for monomial in value.expand().as_ordered_terms():
        coefficient, rest = monomial.as_coeff_Mul()
        if not coefficient.is_Rational:
            raise Undecided(f"the number {value}")
        symbols: list[Expr] = []
        for base, power in rest.as_powers_dict().items():
            if base == 1:
                continue
            if not base.is_Symbol or not power.is_Integer or power < 0:
                raise Undecided(f"the number {value}")
            symbols += [base] * int(power)
        number = Fraction(int(coefficient.p), int(coefficient.q)) if coefficient.q != 1 else int(coefficient.p)
        result.append((number, tuple(symbols)))
    return tuple(result)


class Leaves(ABC):
    """What the rules of all nodes share, in one context."""

    def __init__(self, core: Core, context: Context) -> None:
        self.core = core
        self.context = context
        self.frozen: set[str] = set()
        # Leaves that a derivative is taken by, or that are random: they must keep their own heads.
        self.watched: set[str] = {
            f"{'v' if isinstance(r.target, Var) else 'm'}:{r.target.name}" for r in context.random
        }
        self.renamed: dict[str, str] = {}  # leaves that stand under another head while a derivative is taken
        self.constants: dict[str, Definition] = {}
        self.families: dict[str, list[Definition]] = {}
        for definition in context.definitions:
            target = definition.target
            if isinstance(target, Var):
                self.constants[target.name] = definition
            else:
                self.families.setdefault(target.name, []).append(definition)
        self.conditions: list[tuple[Slot, Slot]] = []  # sums (low, high) not known to have high >= low - 1
        self.facts: list[Slot] = []  # what is known of the indices of the sums around the current node
        self.limit_rule: Callable[[ex.Limit, Index, Index, Environment], list[Term]] | None = None
        self.real_limit_rule: Callable[[ex.LimitAt, Index, Index, Environment], list[Term]] | None = None

    # entry points ------------------------------------------------------------------------------

    def poly(self, expression: Expression, factors: tuple[Sizes, Sizes] | None = None) -> Poly:
        """The canonical polynomial of an expression, rows at ``#0`` and columns at ``#1``.

        ``factors`` are the sizes that the two dimensions are products of, where they are composite.
        """
        rows, columns = factors or (self.factors(expression, 0), self.factors(expression, 1))
        row = self.free("#0", rows)
        return self.core.normal(self.terms(expression, row, self.free("#1" if rows else "#0", columns), {}))

    @staticmethod
    def free(name: str, sizes: Sizes) -> Index:
        if len(sizes) <= 1:
            return name if sizes else None
        return Composite(tuple(f"{name}{'abcdefgh'[k]}" for k in range(len(sizes))), tuple(map(slot_of, sizes)))

    def factors(self, e: Expression, axis: int) -> Sizes:
        """The sizes that a dimension is a product of, as the expression shows them; none where it is 1."""
        if e.shape[axis] is ONE:
            return ()
        if not e.has_kind(ex.Kron, ex.Vec) and self.constants.keys().isdisjoint(e.names):
            return (e.shape[axis],)
        if isinstance(e, Var):
            body = self.constants[e.name].body if e.name in self.constants and e.name not in self.frozen else None
            return (e.shape[axis],) if body is None else self.factors(body, axis)
        if isinstance(e, ex.Transpose):
            return self.factors(e.operands[0], 1 - axis)
        if isinstance(e, ex.Kron):
            return self.factors(e.operands[0], axis) + self.factors(e.operands[1], axis)
        if isinstance(e, ex.Vec):
            return self.factors(e.operands[0], 1) + self.factors(e.operands[0], 0)
        if isinstance(e, (ex.Add, ex.Hadamard, ex.Neg, ex.SumOver, ex.Expectation, ex.Apply, ex.Inverse)):
            return max((self.factors(o, axis) for o in e.operands), key=len)
        if isinstance(e, (ex.Div, ex.Pow)):
            return self.factors(e.operands[0], axis)
        if isinstance(e, ex.Mul):
            for segment in e.segments:
                ends = [e.operands[segment[0]], e.operands[segment[-1]]]
                if ends[0].shape[0] != 1 or ends[1].shape[1] != 1:
                    return self.factors(ends[axis], axis)
        if isinstance(e, ex.Jacobian):
            return self.factors(e.operands[axis], 0)
        if isinstance(e, ex.Given):
            return self.factors(e.mean, axis)
        if isinstance(e, ex.Variance):
            return self.factors(e.operands[0], 0)
        return (e.shape[axis],)

    @abstractmethod
    def terms(self, e: Expression, row: Index, column: Index, env: Environment) -> list[Term]:
        """The entry of an expression at a row and a column index.

        Raises:
            Undecided: no rule is known for the node.
        """

    def scalar(self, e: Expression, env: Environment) -> Poly:
        return self.core.normal(self.terms(e, None, None, env))

    # helpers -----------------------------------------------------------------------------------

    def slot(self, expression: Expr, env: Environment) -> Slot:
        try:
            return substitute(slot_of(expression), env) if env else slot_of(expression)
        except NotAffine as error:
            raise Undecided(f"the index {error} is not affine") from error

    def summed(self, *factors: Expr) -> tuple[Index, dict[str, tuple[Slot, Slot]]]:
        """A fresh summed index over a dimension (None when the dimension is 1), given by its factors."""
        sizes = [slot_of(size) for size in factors if size is not ONE]
        bound: dict[str, tuple[Slot, Slot]] = {self.core.fresh(): (constant(1), size) for size in sizes}
        names: tuple[Slot, ...] = tuple(bound)
        if len(names) > 1:
            return Composite(names, tuple(sizes)), bound
        return (names[0] if names else None), bound

    def between(self, left: Expression, right: Expression) -> Sizes:
        """The factors of the dimension over which two neighbours of a product are summed."""
        ends = self.factors(left, 1), self.factors(right, 0)
        return ends[0] if len(ends[0]) >= len(ends[1]) else ends[1]

    def presuppose_range(self, at: Slot, size: Slot) -> None:
        """An entry exists only where its index is within the dimension, and the author's own index is, therefore.

        In a sum, which may be empty, that is said of an index that stands for any position, not of a fixed one.
        """
        if all(symbol[0] not in "#~_@" for symbol in symbols_of(at)) and (isinstance(at, str) or not self.facts):
            self.core.integers.add(shifted(at, -1), difference(size, at))

    def product(self, left: list[Term], right: list[Term]) -> list[Term]:
        if len(left) * len(right) > BIG and len(left) > 1 and len(right) > 1:
            left = self.core.terms(self.core.normal(left))
            right = self.core.terms(self.core.normal(right))
        return [a.times(b) for a in left for b in right]

    def defined_member(self, name: str, at: tuple[Slot, ...]) -> tuple[Expression, Environment] | None:
        """The body that a defined member stands for, and the values of its index symbols; numbers go before symbols."""
        candidates = self.families.get(name, ())
        for candidate in candidates:
            target = candidate.target
            if isinstance(target, Member) and tuple(map(slot_of, target.at)) == at:
                return candidate.body, {str(s): slot_of(s) for s in target.at if s.is_Symbol}
        for candidate in candidates:
            target = candidate.target
            if isinstance(target, Member) and all(s.is_Symbol for s in target.at):
                if not self.is_general(name, at):
                    return None
                return candidate.body, {str(s): v for s, v in zip(target.at, at, strict=True)}
        return None

    def is_general(self, name: str, at: tuple[Slot, ...]) -> bool:
        """Whether the indices are surely none of those that a definition of single members is about."""
        known = self.core.integers.with_facts(self.facts) if self.facts else self.core.integers
        for definition in self.families.get(name, ()):
            numbers = [
                (slot_of(wanted), here)
                for wanted, here in zip(getattr(definition.target, "at", ()), at, strict=True)
                if not wanted.is_Symbol
            ]
            apart = (known.at_least(a, shifted(b, 1)) or known.at_least(b, shifted(a, 1)) for a, b in numbers)
            if numbers and not any(apart):
                return False
        return True

    # leaves ------------------------------------------------------------------------------------

    def leaf(self, head: str, shape: Shape, at: tuple[Slot, ...], row: Index, column: Index) -> list[Term]:
        """A letter at its indices; those of a composite dimension make another tensor of it, as its head says."""
        slots = list(at)
        sizes: list[Slot] = []
        for index, size in ((row, shape[0]), (column, shape[1])):
            if size is ONE or index is None:
                continue
            if isinstance(index, Composite):
                if head in self.watched:
                    raise Undecided("a variable with a composite dimension under a derivative or a mean")
                # The same variable read with a plain index is another tensor to the core.
                head = f"{head}|{','.join(map(slot_key, index.sizes))}"
                slots.extend(index.parts)
                sizes.extend(index.sizes)
            else:
                slots.append(index)
                sizes.append(slot_of(size))
        if head not in self.core.dimensions:
            self.core.dimensions[head] = tuple(sizes)
        return [Term(1, [(head, tuple(slots))])]

    def variable(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """A letter, or what it is defined as."""
        if e.name not in self.frozen and e.name in self.constants:
            return self.terms(self.constants[e.name].body, row, column, {})
        head = f"v:{e.name}"
        return self.leaf(self.renamed.get(head, head), e.shape, (), row, column)

    def member(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """A member of a family at its index, or what the family's definition says of it there."""
        at = tuple(self.slot(i, env) for i in e.at)
        head = f"m:{e.name}"
        if head not in self.frozen:
            body = self.defined_member(e.name, at)
            if body is not None:
                self.core.indexed[head] = len(at)
                return self.terms(body[0], row, column, body[1])
        written = self.renamed.get(head, head)
        self.core.indexed[head] = self.core.indexed[written] = len(at)
        return self.leaf(written, e.shape, at, row, column)

    def number(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """A rational number."""
        value = e.value
        return [Term(Fraction(int(value.p), int(value.q)) if value.q != 1 else int(value.p))]

    def integer(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """A polynomial in sizes and indices with rational coefficients, as a number; no other expression of them."""
        return [
            Term(coefficient, [(INTEGER, (self.slot(symbol, env),)) for symbol in symbols])
            for coefficient, symbols in _monomials(e.value)
        ]

    def identity(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """I[r, c] = 1 if r = c, else 0."""
        if row is None or column is None:
            return [Term(1)]
        return [Term(1, self.deltas(row, column, e.args[0]))]

    @staticmethod
    def deltas(row: Index, column: Index, size: Expr) -> list[Factor]:
        """The factors that say that two indices of a dimension are equal."""
        if isinstance(row, Composite) and isinstance(column, Composite) and row.sizes == column.sizes:
            return [(delta(n), (i, j)) for n, i, j in zip(row.sizes, row.parts, column.parts, strict=True)]
        if isinstance(row, Composite) or isinstance(column, Composite):
            raise Undecided("an identity whose rows and columns are split differently")
        return [(delta(slot_of(size)), (row, column))] if row is not None and column is not None else []

    def ones(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """1 at every place."""
        return [Term(1)]

    def zeros(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """0 at every place: no terms."""
        return []

    def unit(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """e_i[r] = 1 if r = i, else 0; i is taken to be within the dimension."""
        if row is None:
            return [Term(1)]
        size = slot_of(e.args[0])
        at = self.slot(e.args[1], env)
        if isinstance(row, Composite):
            raise Undecided("a unit vector in a Kronecker product")
        self.presuppose_range(at, size)
        return [Term(1, [(delta(size), (row, at))])]
