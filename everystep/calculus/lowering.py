"""From the surface to the core: one function a node.

``Lowering.terms(expression, row, column)`` gives the entry of an expression at a row and a column index as a
sum of terms; an index is None where the dimension is 1.  Definitions are expanded here, except those of
*frozen* names. May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeAlias

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Predicate
from everystep.algebra.expressions import Expression, Member, Var
from everystep.algebra.shapes import Shape
from everystep.calculus import atoms, nilpotent, products
from everystep.calculus.core import Core
from everystep.calculus.differentials import LARGEST_EIGENVALUE, Target, call_head, derivative
from everystep.calculus.expectation import expectation
from everystep.calculus.extrema import largest_entry
from everystep.calculus.functions import known_or_opaque, logarithm, maximum
from everystep.calculus.indices import (
    Slot,
    constant,
    difference,
    shifted,
    slot_of,
)
from everystep.calculus.leaves import Composite, Environment, Index
from everystep.calculus.matrices import Matrices
from everystep.calculus.networks import Call, Poly, Term, Undecided, delta
from everystep.calculus.recurrences import Recurrences


class Lowering(Matrices):
    """Turns expressions into terms, in one context."""

    def __init__(self, core: Core, context: Context) -> None:
        super().__init__(core, context)
        self.recurrences = Recurrences(core, context, self)

    def terms(self, e: Expression, row: Index, column: Index, env: Environment) -> list[Term]:
        """The rule of the node; raises Undecided where there is none."""
        rule = RULES.get(type(e))
        if rule is None:
            raise Undecided(f"{type(e).__name__} is not expressed in the core")
        return rule(self, e, row, column, env)

    # functions ---------------------------------------------------------------------------------

    def apply(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """f entry by entry: what is known of f, or an opaque function of the canonical inside."""
        inside = self.core.normal(self.terms(e.operands[0], row, column, env))
        return known_or_opaque(self.core, e.function, e.order, inside)

    def matrix_function(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """exp(A): the finite series of a nilpotent matrix, otherwise an atom; no other function has a rule."""
        (operand,) = e.operands
        if e.function != "exp":
            raise Undecided(f"the matrix function {e.function}")
        if isinstance(row, Composite) or isinstance(column, Composite):
            raise Undecided("the exponential of a matrix with a composite dimension")
        inside = self.core.normal(self.terms(operand, "#r", "#c", env))
        size = slot_of(operand.shape[0])
        series = nilpotent.exponential(self.core, inside, size, row, column)
        return atoms.matrix_exponential(self.core, inside, size, row, column) if series is None else series

    def softmax(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """exp(x_r) over the sum of exp(x_k); of a column only."""
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
        """The largest entry of a vector: a function of its entries in their order, of which nothing else is assumed."""
        rows, columns = operand.shape
        if operand.is_number_shaped:
            return self.terms(operand, None, None, env)
        if 1 not in (rows, columns) or max(len(self.factors(operand, axis)) for axis in (0, 1)) > 1:
            raise Undecided("the largest entry of a matrix")
        row, column = ("#r", None) if columns == 1 else (None, "#r")
        inside = self.core.normal(self.terms(operand, row, column, env))
        return largest_entry(self.core, inside, slot_of(rows if columns == 1 else columns))

    def min(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """min(a, b) = -max(-a, -b), and the same of the entries of a vector."""
        if len(e.operands) == 1:
            return [t.scaled(-1) for t in self.largest(ex.Neg(e.operands[0]), env)]
        values = [{k: -c for k, c in self.scalar(o, env).items()} for o in e.operands]
        return [t.scaled(-1) for t in maximum(self.core, values)]

    def sum_of_exponentials(self, operand: Expression, env: Environment) -> Poly:
        """The sum of exp(x_k) over the entries of a column."""
        index, bound = self.summed(operand.shape[0])
        pieces = self.core.exponential(self.core.normal(self.terms(operand, index, None, env)))
        return self.core.normal(Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound}) for p in pieces)

    def log_sum_exp(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """log of the sum of exp(x_k), of a column only."""
        if e.operands[0].shape[1] != 1:
            raise Undecided("log-sum-exp of something that is not a column vector")
        return logarithm(self.core, self.sum_of_exponentials(e.operands[0], env))

    def norm(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """The root of the sum of the squared entries; of a matrix in the operator norm the root of lambda_max(A^T A).

        The operator norm of u v^T is ||u|| ||v||; orthogonal factors at the ends change nothing.  The norm 1 of a
        column is the sum of the absolute values of its entries; no other norm has a polynomial form.
        """
        if e.kind == "1" and e.operands[0].shape[1] == 1:
            (operand,) = e.operands
            index, bound = self.summed(*self.factors(operand, 0))
            entry = self.core.normal(self.terms(operand, index, None, env))
            absolute = known_or_opaque(self.core, "abs", 0, entry)
            return [Term(t.coefficient, t.factors, t.scalars, {**t.bound, **bound}) for t in absolute]
        if e.kind == "2" and not e.is_euclidean:
            inside = self.between_orthogonal(e.operands[0])
            if isinstance(inside, ex.Mul) and len(inside.operands) == 2 and inside.operands[0].shape[1] == 1:
                self.core.used("norm of an outer product")
                u, v = inside.operands
                return self.product(self.norm(ex.Norm(u), None, None, env), self.norm(ex.Norm(v), None, None, env))
            gram = ex.Mul(ex.Transpose(inside), inside)
            return self.core.power(
                self.core.normal(self.largest_eigenvalue(ex.EigMax(gram), None, None, env)), Fraction(1, 2)
            )
        if not e.is_euclidean:
            raise Undecided(f"the norm {e.kind} has no polynomial form")
        return self.core.power(self.square(e.operands[0], env), Fraction(1, 2))

    def between_orthogonal(self, e: Expression) -> Expression:
        """A matrix without the square orthogonal factors at its ends: it has the same operator norm."""
        while self.core.hypotheses and isinstance(e, ex.Mul) and len(e.segments) == 1 and len(e.operands) > 1:
            factors = e.operands
            plain = [f.operands[0] if isinstance(f, ex.Transpose) else f for f in factors]
            if self.has(plain[0], "orthogonal"):
                factors = factors[1:]
            elif self.has(plain[-1], "orthogonal"):
                factors = factors[:-1]
            else:
                break
            self.core.used("norm beside an orthogonal matrix")
            e = factors[0] if len(factors) == 1 else ex.Mul(*factors)
        return e

    def largest_eigenvalue(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """An opaque function of the matrix; that of the identity is 1, that of a number the number."""
        (operand,) = e.operands
        if operand.is_number_shaped:
            return self.terms(operand, None, None, env)
        inside = self.core.normal(self.terms(operand, "#r", "#c", env))
        size = slot_of(operand.shape[0])
        unit = self.core.normal([Term(1, [(delta(size), ("#r", "#c"))])])
        if inside in (unit, dict.fromkeys(unit, -1)):
            return [Term(1 if inside == unit else -1)]
        return self.call(ex.Call(LARGEST_EIGENVALUE, 1, 1, operand), None, None, env)

    def least_eigenvalue(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """lambda_min(S) = -lambda_max(-S)."""
        opposite = ex.EigMax(ex.Neg(e.operands[0]))
        return [t.scaled(-1) for t in self.largest_eigenvalue(opposite, row, column, env)]

    def call(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """An opaque function of whole arguments: equal canonical arguments give equal values, and nothing else does."""
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
        """A sum over an index; of no terms it is 0.

        Fails where the upper limit lies below the lower one less 1: the range is then noted, and asked of the
        hypotheses.
        """
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
            if not outside_means or not isinstance(node, ex.MEANS):
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
        if not any(self.mentions(p, target.head) for law in self.context.random for p in law.parameters):
            target = replace(target, means=False, within=True)
        added = {name} - self.frozen if self.is_defined(variable) else set()
        stand_in = f"{target.head}°" if target.head in self.core.symmetric else ""
        self.frozen |= added
        hypotheses, self.core.hypotheses = self.core.hypotheses, False
        whole, self.core.whole_determinants = self.core.whole_determinants, True
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
            self.core.whole_determinants = whole
            if stand_in:
                del self.renamed[target.head[:-1]]
        if stand_in or added or (not whole and self.core.has_determinant(result)):

            def restored(head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
                if head == stand_in:
                    return [Term(1, [(stand_in[:-1], slots)])]
                return self.expanded(head, slots, added)

            result = atoms.transform(self.core, result, restored)
        return result

    @staticmethod
    def leaf_shape(variable: Expression) -> Shape:
        """The shape of the matrix that a variable, an entry of it or its vec belongs to."""
        return (variable.operands[0] if isinstance(variable, (ex.Entry, ex.Vec)) else variable).shape

    @staticmethod
    def flat(at: tuple[Index, Index]) -> tuple[Slot, ...]:
        """The indices of a position as slots; a composite one has no slot."""
        if any(isinstance(i, Composite) for i in at):
            raise Undecided("a composite dimension here")
        return tuple(i for i in at if i is not None and not isinstance(i, Composite))

    def is_defined(self, variable: Expression) -> bool:
        """Whether a variable that is differentiated by has a definition of its own."""
        if isinstance(variable, (ex.Entry, ex.Vec)):
            return self.is_defined(variable.operands[0])
        if isinstance(variable, Var):
            return variable.name in self.constants
        return isinstance(variable, Member) and variable.name in self.families

    def target(self, variable: Expression, at: tuple[Index, Index], env: Environment) -> tuple[Target, str]:
        """The leaf that a derivative is taken by, at an entry, and the name that stays free for it."""
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
        """The row and column index among the slots of an entry."""
        rest = list(slots)
        row = rest.pop(0) if shape[0] != 1 else None
        column = rest.pop(0) if shape[1] != 1 else None
        return row, column

    def gradient(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """The gradient of a number has the shape of its variable: [r, c] is the derivative by the variable's entry [r,
        c].
        """
        value, variable = e.operands
        return self.differentiated(value, variable, (row, column), None, None, env)

    def jacobian(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """[r, c] is the derivative of entry r of a column by entry c of the variable."""
        value, variable = e.operands
        return self.differentiated(value, variable, (column, None), row, None, env)

    def hessian(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """The Jacobian of the gradient."""
        value, variable = e.operands
        return self.jacobian(ex.Jacobian(ex.Gradient(value, variable), variable), row, column, env)

    def scalar_derivative(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """Every entry differentiated by a number."""
        value, variable = e.operands
        return self.differentiated(value, variable, (None, None), row, column, env)

    def differential(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """The sum over all changed variables of the derivative by an entry times the change of that entry."""
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
        """A limit, by the rule that ``prove/limits.py`` gives; Undecided without one."""
        if self.limit_rule is None:
            raise Undecided("a limit")
        return self.limit_rule(e, row, column, env)

    def limit_at(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """The limit of a real variable, by the rule that ``prove/real_limits.py`` gives; Undecided without one."""
        if self.real_limit_rule is None:
            raise Undecided("a limit")
        return self.real_limit_rule(e, row, column, env)

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
            if u.shape[1] == 1 and v.shape[0] == 1 and all(self.is_nonzero(x) for x in (u, bare)):
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
        """A simpler matrix of the same rank: without transposes, pseudo-inverses, signs, divisions, Gram products and
        definitions.
        """
        while True:
            if isinstance(operand, (ex.Transpose, ex.PseudoInverse, ex.Neg, ex.Div)):
                operand = operand.operands[0]
            elif isinstance(operand, Var) and operand.name in self.constants and operand.name not in self.frozen:
                operand = self.constants[operand.name].body
            elif isinstance(operand, ex.Mul) and len(operand.operands) == 2:
                a, b = operand.operands
                if b in (ex.Transpose(a), a.T) or a == ex.Transpose(b):
                    if a.shape[1] == 1 and self.is_nonzero(a):
                        return operand
                    operand = a
                else:
                    return operand
            else:
                return operand

    # probability -------------------------------------------------------------------------------

    def expect(
        self, e: Any, row: Index, column: Index, env: Environment, held: frozenset[str] = frozenset()
    ) -> list[Term]:
        """E[X], by the cumulant expansion of ``calculus/expectation.py``; Undecided where a law is not declared.

        ``held``: the random leaves whose values are given.
        """
        (value,) = e.operands
        self.require_known_laws(value)
        while isinstance(value, ex.Given) and isinstance(value.mean, ex.Expectation) and self.is_given(held, value):
            self.core.used("tower rule")
            (value,) = value.mean.operands
        return self.mean(self.terms(value, row, column, env), held)

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
            if self.mentions(e, head) and any(self.mentions(recurrence.body, r, outside_means=True) for r in random):
                raise Undecided("the mean of a recurrence that is random")
        for hypothesis in self.context.hypotheses:
            if not isinstance(hypothesis, Predicate) and any(
                self.mentions(side, r, outside_means=True)
                for side in (hypothesis.left, hypothesis.right)
                for r in random
            ):
                raise Undecided("a hypothesis about something random")

    def mean(self, terms: list[Term], held: frozenset[str] = frozenset()) -> list[Term]:
        """The cumulant expansion of a product of terms; no hypothesis is used while it is taken."""
        hypotheses, self.core.hypotheses = self.core.hypotheses, False
        try:
            return expectation(self.core, self.core.terms(self.core.normal(terms)), self.context, self, held)
        finally:
            self.core.hypotheses = hypotheses

    def variance(
        self, e: Any, row: Index, column: Index, env: Environment, held: frozenset[str] = frozenset()
    ) -> list[Term]:
        """Var(x) = Cov(x, x)."""
        return self.covariance(ex.Covariance(e.operands[0], e.operands[0]), row, column, env, held)

    def covariance(
        self, e: Any, row: Index, column: Index, env: Environment, held: frozenset[str] = frozenset()
    ) -> list[Term]:
        """Cov(x, y)[r, c] = E[x_r y_c] - E[x_r] E[y_c], of columns."""
        left, right = e.operands
        self.require_known_laws(left)
        self.require_known_laws(right)
        a = self.terms(left, row, None, env)
        b = self.terms(right, column, None, env)
        joint = self.mean(self.product(a, b), held)
        apart = self.product(
            self.mean(self.terms(left, row, None, env), held),
            self.mean(self.terms(right, column, None, env), held),
        )
        return joint + [t.scaled(-1) for t in apart]

    def given(self, e: Any, row: Index, column: Index, env: Environment) -> list[Term]:
        """E[. | x]: what is random and not given is averaged, and its law is the same whatever x is, as different
        random quantities are independent.  Fails where x is defined, or a member of a random family: what the others
        say of it is not known.
        """
        held = self.held(e)
        self.core.used("conditional mean")
        match e.mean:
            case ex.Expectation():
                return self.expect(e.mean, row, column, env, held)
            case ex.Variance():
                return self.variance(e.mean, row, column, env, held)
            case ex.Covariance():
                return self.covariance(e.mean, row, column, env, held)
        raise Undecided(f"{type(e.mean).__name__} with a condition")

    def is_given(self, held: frozenset[str], e: ex.Given) -> bool:
        """Whether a mean is given all of these: its mean given them is then that of what it is of."""
        return held <= self.held(e)

    def held(self, e: ex.Given) -> frozenset[str]:
        """The random leaves among what is given."""
        random = {f"{'v' if isinstance(r.target, Var) else 'm'}:{r.target.name}" for r in self.context.random}
        found = set()
        for name in e.held:
            if not any(self.mentions(name, head) for head in random):
                continue  # a constant
            if not isinstance(name, Var) or name.name in self.constants:
                raise Undecided("a mean given something that is defined or a member of a random family")
            found.add(f"v:{name.name}")
        return frozenset(found)


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
    ex.EigMin: Lowering.least_eigenvalue,
    ex.Call: Lowering.call,
    ex.SumOver: Lowering.sum_over,
    ex.ProdOver: Lowering.prod_over,
    ex.Gradient: Lowering.gradient,
    ex.Jacobian: Lowering.jacobian,
    ex.Hessian: Lowering.hessian,
    ex.ScalarDerivative: Lowering.scalar_derivative,
    ex.Differential: Lowering.differential,
    ex.Limit: Lowering.limit,
    ex.LimitAt: Lowering.limit_at,
    ex.Rank: Lowering.rank,
    ex.Expectation: Lowering.expect,
    ex.Variance: Lowering.variance,
    ex.Covariance: Lowering.covariance,
    ex.Given: Lowering.given,
}
