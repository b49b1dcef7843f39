"""From the surface to the core: one function a node.

``Lowering.terms(expression, row, column)`` gives the entry of an expression at a row and a column index as a
sum of terms; an index is None where the dimension is 1.  Definitions are expanded here, except those of
*frozen* names. May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Predicate
from everystep.algebra.expressions import Expression, Member, Var
from everystep.algebra.shapes import Shape, same_size
from everystep.calculus import atoms, products
from everystep.calculus.core import Core
from everystep.calculus.determinants import determinant
from everystep.calculus.differentials import LARGEST_EIGENVALUE, Target, call_head, derivative
from everystep.calculus.expectation import expectation
from everystep.calculus.extrema import largest_entry
from everystep.calculus.functions import known_or_opaque, logarithm, maximum
from everystep.calculus.indices import (
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
)
from everystep.calculus.networks import INTEGER, Call, Factor, Poly, Term, Undecided, delta
from everystep.calculus.recurrences import Recurrences


@dataclass(frozen=True)
class Composite:
    """The index of a dimension that is a product of sizes: of a Kronecker product, of vec(X); slowest part first."""

    parts: tuple[Slot, ...]
    sizes: tuple[Slot, ...]


Index: TypeAlias = "Slot | Composite | None"
Sizes: TypeAlias = tuple[Expr, ...]
Environment: TypeAlias = dict[str, Slot]
MEANS = (ex.Expectation, ex.Variance, ex.Covariance)
BIG = 64


class Lowering:
    """Turns expressions into terms, in one context."""

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
        self.recurrences = Recurrences(core, context, self)

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
        if e.shape[axis] == 1:
            return ()
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
        if isinstance(e, ex.Variance):
            return self.factors(e.operands[0], 0)
        if isinstance(e, Var) and e.name in self.constants and e.name not in self.frozen:
            return self.factors(self.constants[e.name].body, axis)
        return (e.shape[axis],)

    def terms(self, e: Expression, row: Index, column: Index, env: Environment) -> list[Term]:
        rule = RULES.get(type(e))
        if rule is None:
            raise Undecided(f"{type(e).__name__} is not expressed in the core")
        return rule(self, e, row, column, env)

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
        sizes = [slot_of(size) for size in factors if size != 1]
        bound: dict[str, tuple[Slot, Slot]] = {self.core.fresh(): (constant(1), size) for size in sizes}
        names: tuple[Slot, ...] = tuple(bound)
        if len(names) > 1:
            return Composite(names, tuple(sizes)), bound
        return (names[0] if names else None), bound

    def between(self, left: Expression, right: Expression) -> Sizes:
        """The factors of the dimension over which two neighbours of a product are summed."""
        return max(self.factors(left, 1), self.factors(right, 0), key=len)

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
        slots = list(at)
        sizes: list[Slot] = []
        for index, size in ((row, shape[0]), (column, shape[1])):
            if size == 1 or index is None:
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
        if e.name not in self.frozen and e.name in self.constants:
            return self.terms(self.constants[e.name].body, row, column, {})
        head = f"v:{e.name}"
        return self.leaf(self.renamed.get(head, head), e.shape, (), row, column)

    def member(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        at = tuple(self.slot(i, env) for i in e.at)
        self.core.indexed[f"m:{e.name}"] = len(at)
        if f"m:{e.name}" not in self.frozen:
            body = self.defined_member(e.name, at)
            if body is not None:
                return self.terms(body[0], row, column, body[1])
        return self.leaf(f"m:{e.name}", e.shape, at, row, column)

    def number(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        value = e.value
        return [Term(Fraction(int(value.p), int(value.q)) if value.q != 1 else int(value.p))]

    def integer(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        result = []
        for monomial in e.value.expand().as_ordered_terms():
            coefficient, rest = monomial.as_coeff_Mul()
            if not coefficient.is_Rational:
                raise Undecided(f"the number {e.value}")
            term = Term(Fraction(int(coefficient.p), int(coefficient.q)))
            for base, power in rest.as_powers_dict().items():
                if base == 1:
                    continue
                if not base.is_Symbol or not power.is_Integer or power < 0:
                    raise Undecided(f"the number {e.value}")
                term = term.times(Term(1, [(INTEGER, (self.slot(base, env),))] * int(power)))
            result.append(term)
        return result

    def identity(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
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
        return [Term(1)]

    def zeros(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        return []

    def unit(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        if row is None:
            return [Term(1)]
        size = slot_of(e.args[0])
        at = self.slot(e.args[1], env)
        if isinstance(row, Composite):
            raise Undecided("a unit vector in a Kronecker product")
        self.presuppose_range(at, size)
        return [Term(1, [(delta(size), (row, at))])]

    # arithmetic --------------------------------------------------------------------------------

    def add(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        return [t for operand in e.operands for t in self.terms(operand, row, column, env)]

    def neg(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        return [t.scaled(-1) for t in self.terms(e.operands[0], row, column, env)]

    def mul(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        result = [Term(1)]
        for segment in e.segments:
            factors = [e.operands[k] for k in segment]
            number = factors[0].shape[0] == 1 and factors[-1].shape[1] == 1
            left: Index = None if number else row
            bound: dict[str, tuple[Slot, Slot]]
            for position, factor in enumerate(factors):
                if position == len(factors) - 1:
                    right, bound = (None if number else column), {}
                else:
                    right, bound = self.summed(*self.between(factor, factors[position + 1]))
                pieces = self.terms(factor, left, right, env)
                if bound:
                    pieces = [Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound}) for p in pieces]
                result = self.product(result, pieces)
                left = right
        return result

    def div(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        numerator, denominator = e.operands
        return self.product(
            self.terms(numerator, row, column, env),
            self.core.power(self.scalar(denominator, env), -1),
        )

    def pow(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        base, exponent = e.operands
        if base.shape[0] != 1:
            return self.matrix_power(base, exponent, row, column, env)
        if isinstance(exponent, ex.Neg) and isinstance(exponent.operands[0], ex.Num):
            exponent = ex.Num(-exponent.operands[0].value)
        if isinstance(exponent, ex.Num):
            value = Fraction(int(exponent.value.p), int(exponent.value.q))
            if isinstance(base, ex.Norm) and base.is_euclidean:
                return self.core.power(self.square(base.operands[0], env), value / 2)
            return self.core.power(self.scalar(base, env), value)
        if isinstance(exponent, ex.Int):
            return atoms.symbolic_power(self.core, self.scalar(base, env), self.slot(exponent.value, env))
        log = logarithm(self.core, self.scalar(base, env))
        return self.core.exponential(self.core.normal(self.product(self.terms(exponent, None, None, env), log)))

    def matrix_power(
        self, base: Expression, exponent: Expression, row: Index, column: Index, env: Environment
    ) -> list[Term]:
        if isinstance(exponent, ex.Num) and exponent.value.is_Integer:
            count = int(exponent.value)
            if count == 0:
                return self.identity(ex.Eye(base.shape[0]), row, column, env)
            factor = base if count > 0 else ex.Inverse(base)
            return self.mul(ex.Mul(*[factor] * abs(count)), row, column, env)
        if not isinstance(exponent, ex.Int):
            raise Undecided("a matrix power whose exponent is not an integer")
        return self.matrix_power_at(base, self.slot(exponent.value, env), row, column, env)

    def matrix_power_at(
        self, base: Expression, exponent: Slot, row: Index, column: Index, env: Environment
    ) -> list[Term]:
        """M^(k + c) is c copies of M times the atom M^k."""
        extra = exponent[0] if not isinstance(exponent, str) else 0
        if as_constant(exponent) is not None:
            return self.matrix_power(base, ex.Num(extra), row, column, env)
        extra = max(extra, 0)
        if isinstance(row, Composite) or isinstance(column, Composite):
            raise Undecided("a symbolic power of a matrix with a composite dimension")
        core = shifted(exponent, -extra)
        result = [Term(1)]
        left: Slot | None = row
        for _ in range(extra):
            right = self.core.fresh()
            bound: dict[str, tuple[Slot, Slot]] = {right: (constant(1), slot_of(base.shape[0]))}
            pieces = self.terms(base, left, right, env)
            result = self.product(
                result,
                [Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound}) for p in pieces],
            )
            left = right
        inside = self.core.normal(self.terms(base, "#r", "#c", env))
        power = atoms.matrix_power(self.core, inside, slot_of(base.shape[0]), left, column, core)
        return self.product(result, power)

    # matrices ----------------------------------------------------------------------------------

    def transpose(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        return self.terms(e.operands[0], column, row, env)

    def inverse(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        (operand,) = e.operands
        size = operand.shape[0]
        if size == 1:
            return self.core.power(self.scalar(operand, env), -1)
        if isinstance(operand, ex.Kron):
            if not all(same_size(*factor.shape) for factor in operand.operands):
                raise Undecided("the inverse of a Kronecker product of matrices that are not square")
            return self.kron(ex.Kron(*map(ex.Inverse, operand.operands)), row, column, env)
        if isinstance(operand, ex.MatrixFunction) and operand.function == "exp":
            return self.matrix_function(ex.MatrixFunction("exp", ex.Neg(operand.operands[0])), row, column, env)
        meant = self.meaning(operand)
        if isinstance(meant, ex.Inverse):
            return self.terms(meant.operands[0], row, column, {} if meant is not operand else env)
        if isinstance(row, Composite) or isinstance(column, Composite):
            raise Undecided("the inverse of a sum of Kronecker products")
        inside = self.core.normal(self.terms(operand, "#r", "#c", env))
        return atoms.inverse(self.core, inside, slot_of(size), row, column)

    def meaning(self, e: Expression) -> Expression:
        """What a defined matrix stands for, as written; anything else as it is."""
        while isinstance(e, Var) and e.name in self.constants and e.name not in self.frozen:
            e = self.constants[e.name].body
        return e

    def pseudo_inverse(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """A^+, with (A^T)^+ = (A^+)^T, (c A)^+ = A^+ / c, (A^T A)^+ = A^+ (A^+)^T, (A B)^+ = B^+ A^+ where
        ``reversed_by_pseudo_inverse`` allows it, and its forms at full rank.
        """
        (operand,) = e.operands
        if isinstance(operand, ex.Kron):
            return self.kron(ex.Kron(*map(ex.PseudoInverse, operand.operands)), row, column, env)
        if isinstance(operand, ex.PseudoInverse):
            return self.terms(operand.operands[0], row, column, env)
        if isinstance(row, Composite) or isinstance(column, Composite):
            raise Undecided("the pseudo-inverse of a matrix with a composite dimension")
        if self.has(operand, "invertible", "positive definite", "orthogonal"):
            return self.inverse(ex.Inverse(operand), row, column, env)
        if isinstance(operand, ex.Transpose):
            return self.terms(ex.PseudoInverse(operand.operands[0]), column, row, env)
        if isinstance(operand, ex.Mul) and len(operand.operands) == 2:
            a, b = operand.operands
            if a == ex.Transpose(b) or b == ex.Transpose(a) or self.reversed_by_pseudo_inverse(a, b):
                product = ex.Mul(ex.PseudoInverse(b), ex.PseudoInverse(a))
                return self.mul(product, row, column, env)
        rows, columns = operand.shape
        if 1 in (rows, columns):
            if not self.has(operand, "nonzero"):
                raise Undecided("the pseudo-inverse of a vector, which may be zero")
            self.core.used("pseudo-inverse of a vector")
            below = self.core.power(self.square(operand, env), -1)
            return self.product(self.terms(operand, column, row, env), below)
        inside = self.core.normal(self.terms(operand, "#r", "#c", env))
        turned = self.core.renamed(inside, {"#r": "#c", "#c": "#r"})
        if turned == inside and self.is_idempotent(inside, rows, columns):
            self.core.used("pseudo-inverse of a projection")
            return self.terms(operand, row, column, env)
        return atoms.pseudo_inverse(self.core, inside, (slot_of(rows), slot_of(columns)), row, column)

    def reversed_by_pseudo_inverse(self, a: Expression, b: Expression) -> bool:
        """Whether (A B)^+ = B^+ A^+: A of full column rank and B of full row rank, or one of them orthogonal.

        In general the order may not be reversed: A = (1, 0) and B = (1, 1)^T.
        """
        if a.is_number_shaped or b.is_number_shaped:
            return False
        orthogonal = self.has(a, "orthogonal") or self.has(b, "orthogonal")
        reverses = orthogonal or (self.full_column_rank(a) and self.full_column_rank(ex.Transpose(b)))
        if reverses:
            self.core.used("pseudo-inverse of a product")
        return reverses

    def full_column_rank(self, e: Expression) -> bool:
        """Whether hypotheses give full column rank: of A^T where A has full row rank, of a vector that is not 0."""
        inner = e.operands[0] if isinstance(e, ex.Transpose) else e
        kind = "full row rank" if isinstance(e, ex.Transpose) else "full column rank"
        if isinstance(inner, ex.Transpose):
            return self.full_column_rank(inner.operands[0])
        if e.shape[1] == 1 and self.has(inner, "nonzero"):
            return True
        return self.has(inner, kind, "invertible", "positive definite", "orthogonal")

    def is_idempotent(self, inside: Poly, rows: Expr, columns: Expr) -> bool:
        """Whether M M = M, for the matrix with entries ``inside`` at #r, #c; by hypotheses as well."""
        if rows != columns or not self.core.hypotheses or len(inside) > 4:
            return False
        joint = self.core.fresh()
        bound: dict[str, tuple[Slot, Slot]] = {joint: (constant(1), slot_of(rows))}
        pairs = self.product(self.core.terms(inside, {"#c": joint}), self.core.terms(inside, {"#r": joint}))
        square = self.core.normal(Term(t.coefficient, t.factors, t.scalars, {**t.bound, **bound}) for t in pairs)
        return square == inside

    def has(self, e: Expression, *kinds: str) -> bool:
        """Whether a hypothesis says a property of an expression, as written."""
        return any(isinstance(h, Predicate) and h.kind in kinds and h.subject == e for h in self.context.hypotheses)

    def matrix_function(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        (operand,) = e.operands
        if e.function != "exp":
            raise Undecided(f"the matrix function {e.function}")
        if isinstance(row, Composite) or isinstance(column, Composite):
            raise Undecided("the exponential of a matrix with a composite dimension")
        inside = self.core.normal(self.terms(operand, "#r", "#c", env))
        return atoms.matrix_exponential(self.core, inside, slot_of(operand.shape[0]), row, column)

    def det(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        operand = self.meaning(e.operands[0])
        size = operand.shape[0]
        if size == 1:
            return self.terms(operand, None, None, env)
        if isinstance(operand, ex.MatrixFunction) and operand.function == "exp":
            return self.apply(ex.Apply("exp", ex.Trace(operand.operands[0])), None, None, env)
        if isinstance(operand, ex.Kron):
            a, b = operand.operands
            if not same_size(*a.shape) or not same_size(*b.shape):
                raise Undecided("the determinant of a Kronecker product of matrices that are not square")
            power = ex.Mul(ex.Pow(ex.Det(a), ex.Int(b.shape[0])), ex.Pow(ex.Det(b), ex.Int(a.shape[0])))
            return self.mul(power, None, None, env)
        if isinstance(operand, ex.Mul) and any(isinstance(o, ex.Diag) for o in operand.operands):
            factors = [operand.operands[k] for segment in operand.segments for k in segment]
            if all(same_size(*f.shape) and (same_size(f.shape[0], size) or f.is_number_shaped) for f in factors):
                # Networks with a weight between two matrices are no words; taken apart here, each is one.
                parts = [ex.Pow(f, ex.Int(size)) if f.is_number_shaped else ex.Det(f) for f in factors]
                return self.mul(ex.Mul(*parts), None, None, env)
        if isinstance(operand, ex.Mul) and self.is_narrow(operand, size):
            self.core.used("determinant of a product through a smaller dimension")
            return []
        if len(self.factors(operand, 0)) > 1:
            raise Undecided("the determinant of a sum of Kronecker products")
        inside = self.core.normal(self.terms(operand, "#r", "#c", env))
        return determinant(self.core, inside, slot_of(size))

    def is_narrow(self, product: ex.Mul, size: Expr) -> bool:
        """Whether a product passes through a dimension that is known to be smaller than its own size."""
        between: set[Expr] = set()
        for segment in product.segments:
            factors = [product.operands[k] for k in segment]
            if factors[0].shape[0] == size and factors[-1].shape[1] == size:
                between |= {s for f in factors for s in f.shape} - {size}
        try:
            return any(self.core.integers.at_least(slot_of(size), shifted(slot_of(s), 1)) for s in between)
        except NotAffine:
            return False

    def trace(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        (operand,) = e.operands
        index, bound = self.summed(*max(self.factors(operand, 0), self.factors(operand, 1), key=len))
        return [
            Term(t.coefficient, t.factors, t.scalars, {**t.bound, **bound})
            for t in self.terms(operand, index, index, env)
        ]

    def kron(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        left, right = e.operands
        rows = self.parted(row, left, right, 0)
        columns = self.parted(column, left, right, 1)
        return self.product(self.terms(left, rows[0], columns[0], env), self.terms(right, rows[1], columns[1], env))

    def parted(self, index: Index, left: Expression, right: Expression, axis: int) -> tuple[Index, Index]:
        """The two parts of an index of a Kronecker product."""
        counts = len(self.factors(left, axis)), len(self.factors(right, axis))
        if index is None or 0 in counts:
            return (index, None) if counts[1] == 0 else (None, index)
        wanted = tuple(map(slot_of, (*self.factors(left, axis), *self.factors(right, axis))))
        if not isinstance(index, Composite) or index.sizes != wanted:
            raise Undecided("a Kronecker product whose rows or columns are not split as it needs")
        return self.piece(index, 0, counts[0]), self.piece(index, counts[0], sum(counts))

    @staticmethod
    def piece(index: Composite, start: int, stop: int) -> Index:
        if stop - start == 1:
            return index.parts[start]
        return Composite(index.parts[start:stop], index.sizes[start:stop])

    def vec(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """vec(X) at (j, i) is X at (i, j): the columns are stacked."""
        (operand,) = e.operands
        counts = len(self.factors(operand, 1)), len(self.factors(operand, 0))
        if row is None or 0 in counts:
            i, j = (row, None) if counts[0] == 0 else (None, row)
            return self.terms(operand, i, j, env)
        wanted = tuple(map(slot_of, (*self.factors(operand, 1), *self.factors(operand, 0))))
        if not isinstance(row, Composite) or row.sizes != wanted:
            raise Undecided("a vec whose index is not split as it needs")
        j, i = self.piece(row, 0, counts[0]), self.piece(row, counts[0], sum(counts))
        return self.terms(operand, i, j, env)

    def diag(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        pieces = self.terms(e.operands[0], row, None, env)
        if row is None or column is None:
            return pieces
        return [t.times(Term(1, self.deltas(row, column, e.operands[0].shape[0]))) for t in pieces]

    def diag_part(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        return self.terms(e.operands[0], row, row, env)

    def hadamard(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        result = [Term(1)]
        for operand in e.operands:
            result = self.product(result, self.terms(operand, row, column, env))
        return result

    def entry(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        (operand,) = e.operands
        at = [self.slot(i, env) for i in e.at]
        rows, columns = operand.shape
        for place, size in zip(at, (rows, columns), strict=False):
            self.presuppose_range(place, slot_of(size))
        if len(at) == 1:
            return self.terms(operand, at[0] if rows != 1 else None, None, env)
        return self.terms(operand, at[0] if rows != 1 else None, at[1] if columns != 1 else None, env)

    def matrix_row(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        (operand,) = e.operands
        at = self.slot(e.args[1], env)
        return self.terms(operand, at if operand.shape[0] != 1 else None, column, env)

    def matrix_column(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        (operand,) = e.operands
        at = self.slot(e.args[1], env)
        return self.terms(operand, row, at if operand.shape[1] != 1 else None, env)

    # functions ---------------------------------------------------------------------------------

    def apply(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        inside = self.core.normal(self.terms(e.operands[0], row, column, env))
        return known_or_opaque(self.core, e.function, e.order, inside)

    def softmax(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        (operand,) = e.operands
        if operand.shape[1] != 1:
            raise Undecided("the softmax of something that is not a column vector")
        top = self.core.exponential(self.core.normal(self.terms(operand, row, column, env)))
        return self.product(top, self.core.power(self.sum_of_exponentials(operand, env), -1))

    def max(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """Of several numbers; the largest entry of a vector is an atom of its own."""
        if len(e.operands) == 1:
            return self.largest(e.operands[0], env)
        return maximum(self.core, [self.scalar(o, env) for o in e.operands])

    def largest(self, operand: Expression, env: Environment) -> list[Term]:
        rows, columns = operand.shape
        if operand.is_number_shaped:
            return self.terms(operand, None, None, env)
        if 1 not in (rows, columns) or max(len(self.factors(operand, axis)) for axis in (0, 1)) > 1:
            raise Undecided("the largest entry of a matrix")
        row, column = ("#r", None) if columns == 1 else (None, "#r")
        inside = self.core.normal(self.terms(operand, row, column, env))
        return largest_entry(self.core, inside, slot_of(rows if columns == 1 else columns))

    def min(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        if len(e.operands) == 1:
            return [t.scaled(-1) for t in self.largest(ex.Neg(e.operands[0]), env)]
        values = [{k: -c for k, c in self.scalar(o, env).items()} for o in e.operands]
        return [t.scaled(-1) for t in maximum(self.core, values)]

    def sum_of_exponentials(self, operand: Expression, env: Environment) -> Poly:
        index, bound = self.summed(operand.shape[0])
        pieces = self.core.exponential(self.core.normal(self.terms(operand, index, None, env)))
        return self.core.normal(Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound}) for p in pieces)

    def log_sum_exp(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        if e.operands[0].shape[1] != 1:
            raise Undecided("log-sum-exp of something that is not a column vector")
        return logarithm(self.core, self.sum_of_exponentials(e.operands[0], env))

    def square(self, operand: Expression, env: Environment) -> Poly:
        """The sum of the squared entries."""
        row, bound = self.summed(*self.factors(operand, 0))
        column, more = self.summed(*self.factors(operand, 1))
        bound = {**bound, **more}
        first = self.terms(operand, row, column, env)
        second = self.terms(operand, row, column, env)
        return self.core.normal(
            Term(t.coefficient, t.factors, t.scalars, {**t.bound, **bound}) for t in self.product(first, second)
        )

    def norm(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        if e.kind == "2" and not e.is_euclidean:
            (inside,) = e.operands
            gram = ex.Mul(ex.Transpose(inside), inside)
            return self.core.power(
                self.core.normal(self.largest_eigenvalue(ex.EigMax(gram), None, None, env)), Fraction(1, 2)
            )
        if not e.is_euclidean:
            raise Undecided(f"the norm {e.kind} has no polynomial form")
        return self.core.power(self.square(e.operands[0], env), Fraction(1, 2))

    def largest_eigenvalue(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """An opaque function of the matrix; that of the identity is 1, that of a number the number."""
        (operand,) = e.operands
        if operand.is_number_shaped:
            return self.terms(operand, None, None, env)
        inside = self.core.normal(self.terms(operand, "#r", "#c", env))
        size = slot_of(operand.shape[0])
        if inside == self.core.normal([Term(1, [(delta(size), ("#r", "#c"))])]):
            return [Term(1)]
        return self.call(ex.Call(LARGEST_EIGENVALUE, 1, 1, operand), None, None, env)

    def call(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        arguments = []
        parameters: list[Slot] = []
        for operand in e.operands:
            rows, columns = operand.shape
            entries = tuple(n for n, s in (("#r", rows), ("#c", columns)) if s != 1)
            inside = self.core.normal(
                self.terms(operand, "#r" if rows != 1 else None, "#c" if columns != 1 else None, env)
            )
            number, slots = self.core.parametrise(inside, (entries,))
            own = slots[len(entries) :]
            ranges = tuple((constant(1), slot_of(s)) for s in (rows, columns) if s != 1)
            arguments.append((number, len(entries), len(own), ranges))
            parameters.extend(own)
        outputs = self.flat((row, column))
        head = call_head(self.core, Call(e.function, len(outputs), tuple(arguments)))
        return [Term(1, [(head, (*outputs, *parameters))])]

    # sums --------------------------------------------------------------------------------------

    def sum_over(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        low, high = (self.slot(s, env) for s in e.range)
        if not self.core.integers.with_facts(self.facts).at_least(high, shifted(low, -1)):
            self.conditions.append((low, high))
        name = self.core.fresh()
        outer = self.facts
        self.facts = [*outer, difference(name, low), difference(high, name)]
        try:
            body = self.terms(e.operands[0], row, column, {**env, str(e.index): name})
        finally:
            self.facts = outer
        return [Term(t.coefficient, t.factors, t.scalars, {**t.bound, name: (low, high)}) for t in body]

    def prod_over(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """A product over an index, factors of increasing index from left to right; of no factors 1, or I."""
        (operand,) = e.operands
        low, high = (self.slot(s, env) for s in e.range)
        if not self.core.integers.with_facts(self.facts).at_least(high, shifted(low, -1)):
            self.conditions.append((low, high))
        index = products.new_index(self.core)
        outer = self.facts
        self.facts = [*outer, difference(index, low), difference(high, index)]
        number = operand.is_number_shaped
        ends: tuple[Index, Index] = (None, None) if number else ("#r", "#c")
        try:
            inside = self.core.normal(self.terms(operand, ends[0], ends[1], {**env, str(e.index): index}))
        finally:
            self.facts = outer
        if number:
            return products.number_product(self.core, inside, index, low, high)
        if row is None or column is None or isinstance(row, Composite) or isinstance(column, Composite):
            raise Undecided("a product over an index of matrices with a composite dimension")
        size = slot_of(operand.shape[0])
        return products.matrix_product(self.core, inside, index, size, (low, high), (row, column))

    # calculus ----------------------------------------------------------------------------------

    def mentions(self, expression: Expression, head: str, *, direct: bool = False, outside_means: bool = False) -> bool:
        """Whether a leaf's name occurs in an expression with its definitions expanded."""
        seen: set[Expression] = set()
        todo = [expression]
        while todo:
            node = todo.pop()
            if node in seen:
                continue
            seen.add(node)
            if isinstance(node, Var):
                if head == f"v:{node.name}":
                    return True
                if node.name in self.constants:
                    todo.append(self.constants[node.name].body)
            elif isinstance(node, Member):
                if head == f"m:{node.name}":
                    return True
                todo += [d.body for d in self.families.get(node.name, ())]
                recurrence = self.recurrences.by_head.get(f"m:{node.name}")
                if recurrence is not None and not direct:
                    todo.append(recurrence.body)
            if not outside_means or not isinstance(node, MEANS):
                todo += node.operands
        return False

    def mentions_directly(self, expression: Expression, head: str) -> bool:
        """The same, without looking into the recurrences of the families that occur."""
        return self.mentions(expression, head, direct=True)

    def differentiated(
        self,
        value: Expression,
        variable: Expression,
        at: tuple[Index, Index],
        row: Index,
        column: Index,
        env: Environment,
    ) -> list[Term]:
        """The derivative of ``value`` (entry row, column) by the entry ``at`` of the variable.

        A defined name counts as free here and is expanded afterwards.  Equations given as hypotheses are kept out until
        the derivative is taken: they hold at a point, not around it.  A symmetric matrix is replaced by one without
        symmetry first, so that the derivative is the unstructured one of what is written.
        """
        target, name = self.target(variable, at, env)
        added = {name} - self.frozen if self.is_defined(variable) else set()
        stand_in = f"{target.head}°" if target.head in self.core.symmetric else ""
        self.frozen |= added
        hypotheses, self.core.hypotheses = self.core.hypotheses, False
        watched, self.watched = self.watched, {*self.watched, target.head, name, f"v:{name}"}
        if stand_in:
            self.renamed[target.head] = stand_in
            self.core.dimensions[stand_in] = tuple(slot_of(s) for s in self.leaf_shape(variable) if s != 1)
            target = replace(target, head=stand_in)
        try:
            terms = self.core.terms(self.core.normal(self.terms(value, row, column, env)))
            result = derivative(self.core, terms, target)
        finally:
            self.frozen -= added
            self.watched = watched
            self.core.hypotheses = hypotheses
            if stand_in:
                del self.renamed[target.head[:-1]]
        if stand_in or added:

            def restored(head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
                if head == stand_in:
                    return [Term(1, [(stand_in[:-1], slots)])]
                return self.expanded(head, slots, added)

            result = atoms.transform(self.core, result, restored)
        return result

    @staticmethod
    def leaf_shape(variable: Expression) -> Shape:
        return (variable.operands[0] if isinstance(variable, (ex.Entry, ex.Vec)) else variable).shape

    @staticmethod
    def flat(at: tuple[Index, Index]) -> tuple[Slot, ...]:
        if any(isinstance(i, Composite) for i in at):
            raise Undecided("a composite dimension here")
        return tuple(i for i in at if i is not None and not isinstance(i, Composite))

    def is_defined(self, variable: Expression) -> bool:
        if isinstance(variable, (ex.Entry, ex.Vec)):
            return self.is_defined(variable.operands[0])
        if isinstance(variable, Var):
            return variable.name in self.constants
        return isinstance(variable, Member) and variable.name in self.families

    def target(self, variable: Expression, at: tuple[Index, Index], env: Environment) -> tuple[Target, str]:
        if isinstance(variable, ex.Vec) and isinstance(variable.operands[0], (Var, Member)):
            (base,) = variable.operands
            if not isinstance(at[0], Composite):
                return self.target(base, (None, at[0]) if base.shape[0] == 1 else (at[0], None), env)
            return self.target(base, (at[0].parts[1], at[0].parts[0]), env)
        entries = self.flat(at)
        if isinstance(variable, Var):
            head = f"v:{variable.name}"
            return self.recurrences.target(head, entries), variable.name
        if isinstance(variable, Member):
            index = tuple(self.slot(i, env) for i in variable.at)
            return self.recurrences.target(f"m:{variable.name}", (*index, *entries)), f"m:{variable.name}"
        if isinstance(variable, ex.Entry) and isinstance(variable.operands[0], (Var, Member)):
            base = variable.operands[0]
            where = [self.slot(i, env) for i in variable.at]
            rows, columns = base.shape
            if len(where) == 1:
                where.append(constant(1))
            pair = (where[0] if rows != 1 else None, where[1] if columns != 1 else None)
            return self.target(base, pair, env)
        raise Undecided(f"a derivative by {type(variable).__name__}")

    def expanded(self, head: str, slots: tuple[Slot, ...], names: Iterable[str]) -> list[Term] | None:
        """The definition of a name that was kept free, at the slots of its leaf; None for any other leaf."""
        if head[:2] == "v:" and head[2:] in names:
            body, env, entries = self.constants[head[2:]].body, {}, slots
        elif head[:2] == "m:" and head in names:
            count = self.core.indexed[head]
            found = self.defined_member(head[2:], slots[:count])
            if found is None:
                return None
            body, env, entries = found[0], found[1], slots[count:]
        else:
            return None
        row, column = self.split(body.shape, entries)
        return self.terms(body, row, column, env)

    @staticmethod
    def split(shape: Shape, slots: tuple[Slot, ...]) -> tuple[Index, Index]:
        rest = list(slots)
        row = rest.pop(0) if shape[0] != 1 else None
        column = rest.pop(0) if shape[1] != 1 else None
        return row, column

    def gradient(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        value, variable = e.operands
        return self.differentiated(value, variable, (row, column), None, None, env)

    def jacobian(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        value, variable = e.operands
        return self.differentiated(value, variable, (column, None), row, None, env)

    def hessian(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        value, variable = e.operands
        return self.jacobian(ex.Jacobian(ex.Gradient(value, variable), variable), row, column, env)

    def scalar_derivative(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        value, variable = e.operands
        return self.differentiated(value, variable, (None, None), row, column, env)

    def differential(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        result: list[Term] = []
        for variable, change in e.perturbations:
            rows, columns = variable.shape
            i, bound = self.summed(rows)
            j, more = self.summed(columns)
            pieces = self.product(
                self.differentiated(e.operands[0], variable, (i, j), row, column, env),
                self.terms(change, i, j, env),
            )
            result += [Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound, **more}) for p in pieces]
        return result

    def limit(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        if self.limit_rule is None:
            raise Undecided("a limit")
        return self.limit_rule(e, row, column, env)

    def rank(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """rank(A^T) = rank(A^T A) = rank(A A^T) = rank(A); the number of rows or columns where full rank is given.

        rank(A (x) B) = rank(A) rank(B); of u v^T with u and v nonzero it is 1; of an idempotent matrix its trace.
        """
        operand = self.core_of_rank(e.operands[0])
        if isinstance(operand, ex.Kron):
            self.core.used("rank of a Kronecker product")
            return self.product(*(self.rank(ex.Rank(o), row, column, env) for o in operand.operands))
        for hypothesis in self.context.hypotheses:
            if isinstance(hypothesis, Predicate) and hypothesis.subject == operand:
                if hypothesis.kind in (
                    "full row rank",
                    "invertible",
                    "positive definite",
                    "orthogonal",
                ):
                    return self.integer(ex.Int(operand.shape[0]), row, column, env)
                if hypothesis.kind == "full column rank":
                    return self.integer(ex.Int(operand.shape[1]), row, column, env)
                if hypothesis.kind == "idempotent" and self.core.hypotheses:
                    self.core.used("rank of an idempotent matrix")
                    return self.trace(ex.Trace(operand), row, column, env)
        if isinstance(operand, ex.Mul) and len(operand.operands) == 2:
            u, v = operand.operands
            bare = v.operands[0] if isinstance(v, ex.Transpose) else v
            if u.shape[1] == 1 and v.shape[0] == 1 and all(self.has(x, "nonzero") for x in (u, bare)):
                self.core.used("rank of an outer product")
                return [Term(1)]
        inside = self.core.normal(self.terms(operand, "#r", "#c", env))
        if self.is_idempotent(inside, *operand.shape):
            self.core.used("rank of an idempotent matrix")
            return self.trace(ex.Trace(operand), row, column, env)
        number, slots = self.core.parametrise(inside, (("#r", "#c"), ("#c", "#r")))
        if len(slots) > 2:
            raise Undecided("the rank of a family's member")
        shape = tuple(slot_of(s) for s in operand.shape)
        return [Term(1, [(atoms.rank_head(number, shape if slots[0] == "#r" else shape[::-1]), ())])]

    def core_of_rank(self, operand: Expression) -> Expression:
        """A simpler matrix of the same rank: without transposes, signs, divisions, Gram products and definitions."""
        while True:
            if isinstance(operand, (ex.Transpose, ex.Neg, ex.Div)):
                operand = operand.operands[0]
            elif isinstance(operand, Var) and operand.name in self.constants and operand.name not in self.frozen:
                operand = self.constants[operand.name].body
            elif isinstance(operand, ex.Mul) and len(operand.operands) == 2:
                a, b = operand.operands
                if b in (ex.Transpose(a), a.T) or a == ex.Transpose(b):
                    if a.shape[1] == 1 and self.has(a, "nonzero"):
                        return operand
                    operand = a
                else:
                    return operand
            else:
                return operand

    # probability -------------------------------------------------------------------------------

    def expect(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        self.require_known_laws(e.operands[0])
        return self.mean(self.terms(e.operands[0], row, column, env))

    def require_known_laws(self, e: Expression) -> None:
        """Raises Undecided where something random hides in a recurrence, in a hypothesis or in another law's
        parameters.  A hypothesis about means alone, such as Var(x) > 0, is one about numbers.
        """
        if not self.context.random:
            return
        random = {f"{'v' if isinstance(r.target, Var) else 'm'}:{r.target.name}" for r in self.context.random}
        for r in self.context.random:
            if any(self.mentions(p, head) for p in r.parameters for head in random):
                raise Undecided("a law whose parameters are random")
        for head, recurrence in self.recurrences.by_head.items():
            if self.mentions(e, head) and any(self.mentions(recurrence.body, r) for r in random):
                raise Undecided("the mean of a recurrence that is random")
        for hypothesis in self.context.hypotheses:
            if not isinstance(hypothesis, Predicate) and any(
                self.mentions(side, r, outside_means=True)
                for side in (hypothesis.left, hypothesis.right)
                for r in random
            ):
                raise Undecided("a hypothesis about something random")

    def mean(self, terms: list[Term]) -> list[Term]:
        hypotheses, self.core.hypotheses = self.core.hypotheses, False
        try:
            return expectation(self.core, self.core.terms(self.core.normal(terms)), self.context, self)
        finally:
            self.core.hypotheses = hypotheses

    def variance(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        return self.covariance(ex.Covariance(e.operands[0], e.operands[0]), row, column, env)

    def covariance(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        left, right = e.operands
        self.require_known_laws(left)
        self.require_known_laws(right)
        a = self.terms(left, row, None, env)
        b = self.terms(right, column, None, env)
        joint = self.mean(self.product(a, b))
        apart = self.product(
            self.mean(self.terms(left, row, None, env)),
            self.mean(self.terms(right, column, None, env)),
        )
        return joint + [t.scaled(-1) for t in apart]


Rule: TypeAlias = Callable[[Lowering, Any, Index, Index, Environment], list[Term]]

RULES: dict[type[Expression], Rule] = {
    ex.Var: Lowering.variable,
    ex.Member: Lowering.member,
    ex.Num: Lowering.number,
    ex.Int: Lowering.integer,
    ex.Eye: Lowering.identity,
    ex.Ones: Lowering.ones,
    ex.Zeros: Lowering.zeros,
    ex.Unit: Lowering.unit,
    ex.Add: Lowering.add,
    ex.Neg: Lowering.neg,
    ex.Mul: Lowering.mul,
    ex.Div: Lowering.div,
    ex.Pow: Lowering.pow,
    ex.Transpose: Lowering.transpose,
    ex.Inverse: Lowering.inverse,
    ex.Trace: Lowering.trace,
    ex.PseudoInverse: Lowering.pseudo_inverse,
    ex.MatrixFunction: Lowering.matrix_function,
    ex.Kron: Lowering.kron,
    ex.Vec: Lowering.vec,
    ex.Det: Lowering.det,
    ex.Diag: Lowering.diag,
    ex.DiagPart: Lowering.diag_part,
    ex.Hadamard: Lowering.hadamard,
    ex.Entry: Lowering.entry,
    ex.Row: Lowering.matrix_row,
    ex.Col: Lowering.matrix_column,
    ex.Apply: Lowering.apply,
    ex.Max: Lowering.max,
    ex.Min: Lowering.min,
    ex.Softmax: Lowering.softmax,
    ex.LogSumExp: Lowering.log_sum_exp,
    ex.Norm: Lowering.norm,
    ex.EigMax: Lowering.largest_eigenvalue,
    ex.Call: Lowering.call,
    ex.SumOver: Lowering.sum_over,
    ex.ProdOver: Lowering.prod_over,
    ex.Gradient: Lowering.gradient,
    ex.Jacobian: Lowering.jacobian,
    ex.Hessian: Lowering.hessian,
    ex.ScalarDerivative: Lowering.scalar_derivative,
    ex.Differential: Lowering.differential,
    ex.Limit: Lowering.limit,
    ex.Rank: Lowering.rank,
    ex.Expectation: Lowering.expect,
    ex.Variance: Lowering.variance,
    ex.Covariance: Lowering.covariance,
}
