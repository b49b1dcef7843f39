"""Derivatives and means in closed form: taken by the calculus, and read back as sums of products.

The derivative itself is taken on the core, where everything is (``everystep.calculus.differentials``).  Before that,
what does not depend on the variable becomes one letter, so that the core has nothing to multiply out there; afterwards
every monomial is a contraction of arrays (:mod:`everystep.compiler.contraction`).  An index of a family, or one that is
shifted, is written out.  Transition Jacobians of recurrences are chains of those of the steps, whose common factors
make the adjoint recursion.  What the calculus does not differentiate, and heads that have no NumPy function here
(moments, opaque functions), raise
:class:`~everystep.compiler.lowering.NotCompiled`.  May import ``everystep.algebra``, ``everystep.calculus`` and this
package.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from sympy import Integer, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.functions import FUNCTIONS
from everystep.calculus import atoms, matrix_powers
from everystep.calculus.core import Core
from everystep.calculus.functions import idempotents
from everystep.calculus.indices import Integers, NotAffine, Slot, as_constant, constant, substitute, symbols_of, unpack
from everystep.calculus.leaves import Composite
from everystep.calculus.lowering import Lowering as Calculus
from everystep.calculus.networks import (
    INTEGER,
    Component,
    Exhausted,
    Exponent,
    Head,
    Poly,
    Undecided,
    delta,
    is_delta,
)
from everystep.calculus.networks import (
    Term as CoreTerm,
)
from everystep.calculus.products import fixed_products
from everystep.calculus.word_letters import single_factor
from everystep.compiler.calls import entrywise, whole
from everystep.compiler.contraction import Contraction, Piece, factored
from everystep.compiler.functions import derivative_of, derivative_values
from everystep.compiler.graph import Node
from everystep.compiler.lowering import (
    MOST_NODES,
    Lowering,
    NotCompiled,
    builds,
    inverse_of,
)
from everystep.compiler.products import Factor, Term, Terms
from everystep.compiler.reverse import Derivative, cost, is_deep

Range = tuple[int, int]
_SUMMED = "#s"
_DERIVATIVES = (ex.Gradient, ex.Jacobian, ex.Hessian, ex.ScalarDerivative, ex.Differential)
_LIMITS = (ex.Limit, ex.LimitAt)
_MEANS = (ex.Expectation, ex.Variance, ex.Covariance)
_SMALL_MULTIPLE, _FAR_MORE = 6.0, 2.0
"""How much more than the value a closed form may cost before it is compared, and more than reverse accumulation."""
_REFUSED = {
    "K": "rests on moments that no law tells",
    "E": "rests on the mean of a function",
    "c": "rests on a function that is not known",
    "largest": "rests on the largest entry of a vector",
}


@builds(*_MEANS)
def _closed_form(low: Lowering, expression: Any) -> Terms:
    kind = type(expression).__name__
    if isinstance(expression, _MEANS) and not low.context.random:
        raise NotCompiled(f"{kind} is not compiled: no law is declared")
    defined = {d.target.name for d in low.context.definitions} | {r.target.name for r in low.context.recurrences}
    if any(name in defined for name, _ in low.free):
        raise NotCompiled(f"{kind} is not compiled: it stands in the derivative by a defined name")
    try:
        return Reader(low, expression).terms()
    except (Undecided, NotAffine) as error:
        raise NotCompiled(f"{kind} is not compiled: the calculus has no closed form of it ({error})") from error
    except Exhausted as error:
        raise NotCompiled(f"{kind} is not compiled: its closed form is too long ({error})") from error


@builds(*_LIMITS)
def _limit(low: Lowering, expression: Any) -> Terms:
    """The value that the prover finds."""
    if low.limits is None:
        raise NotCompiled(f"{type(expression).__name__} is not compiled: nothing says what limits are")
    return _closed_form(low, expression)


@builds(*_DERIVATIVES)
def _derivative(low: Lowering, expression: Any) -> Terms:
    """The closed form where there is one, unless the value is deep or the closed form takes far more work."""
    if is_deep(low, expression.operands[0]):
        try:
            return low.value(Derivative(low, expression).node())
        except NotCompiled:
            return _closed_form(low, expression)
    try:
        found = _closed_form(low, expression)
    except NotCompiled as why:
        try:
            return low.value(Derivative(low, expression).node())
        except NotCompiled:
            raise why from None
    if isinstance(expression, (ex.Jacobian, ex.Hessian)):
        return found  # backwards it would be row by row
    work = cost(low.planner.form(found)[0])
    try:
        back = Derivative(low, expression)
        if work > _SMALL_MULTIPLE * cost(back.value) and work > _FAR_MORE * cost(node := back.node()):
            return low.value(node)
    except NotCompiled:
        pass
    return found


class Reader:
    """One derivative, or mean: its polynomial of networks, and the arrays that those stand for."""

    def __init__(self, low: Lowering, expression: ex.Expression) -> None:
        self.low = low
        self.kind = type(expression).__name__
        self.letters: dict[str, ex.Expression] = {}  # what does not depend on the variable
        self._values: dict[str, Slot] = {symbol.name: constant(int(n)) for symbol, n in low.sizes.items()}
        self._shapes: dict[str, Any] = {}
        self._calls: dict[str, set[ex.Call]] = {}
        self._arrays: dict[Any, tuple[Node, tuple[str, ...]]] = {}
        self._fixed: dict[int, frozenset[int]] = {}
        self._steps: dict[tuple[str, int], tuple[Factor, ...]] = {}  # the Jacobians of the steps of recurrences
        self._written = 0
        context = replace(low.context, hypotheses=())
        self.core = Core(Integers([], {symbol.name for symbol in low.sizes if symbol.is_positive}))
        self.core.rewriters += [atoms.merge_symbolic_powers(self.core), matrix_powers.matrix_powers(self.core)]
        self.core.rewriters += [lambda term: idempotents(self.core, term), fixed_products(self.core)]
        self.calculus = Calculus(self.core, context)
        if isinstance(expression, _LIMITS) and low.limits is not None:
            self.core, self.calculus = low.limits
        trees = [expression, *(d.body for d in context.definitions), *(r.body for r in context.recurrences)]
        trees += [parameter for r in context.random for parameter in r.parameters]
        for node in (node for tree in trees for node in ex.walk(tree)):
            if isinstance(node, ex.Call):
                self._calls.setdefault(node.function, set()).add(node)
            if isinstance(node, (ex.Var, ex.Member)):
                self._shapes[f"{'v' if isinstance(node, ex.Var) else 'm'}:{node.name}"] = node.args[1:3]
            self.core.integers.sizes.update(str(s.name) for s in node.free_symbols if s.is_positive)
        if isinstance(expression, _LIMITS):
            self.expression: ex.Expression = expression
            return
        value, *rest = expression.operands
        variables = rest[::2] if isinstance(expression, ex.Differential) else rest
        heads: list[str] = []
        if any(isinstance(node, _MEANS) for tree in trees for node in ex.walk(tree)):
            for r in context.random:
                if r.law in ("moments", "gaussian") and isinstance(r.parameters[1], ex.Var):
                    self.core.symmetric.add(_head_of(r.parameters[1]))
            # What is random is no constant, either.
            heads += [_head_of(r.target) for r in context.random]
            Calculus(self.core, low.context).require_known_laws(value)
        if isinstance(expression, _MEANS):
            self.expression = type(expression)(*(self._lettered(o, heads) for o in expression.operands))
        else:
            heads += [_head_of(variable) for variable in variables]
            self.expression = type(expression)(self._lettered(value, heads), *rest)

    # what does not depend on the variable -----------------------------------------------------------

    def _lettered(self, e: ex.Expression, heads: list[str], bound: frozenset[Symbol] = frozenset()) -> ex.Expression:
        """The expression with a letter for each largest part that no variable moves."""
        if not e.operands or isinstance(e, _DERIVATIVES):
            return e
        inside = bound | {e.index} if isinstance(e, (ex.SumOver, ex.ProdOver)) else bound
        closed = not e.free_symbols & bound
        if closed and e.shape and not any(self.calculus.mentions(e, head) for head in heads):
            if all(isinstance(o, (ex.Num, ex.Int, ex.Neg)) for o in ex.walk(e) if o is not e):
                return e  # a number such as -1/2
            if isinstance(e, ex.Mul) and any(isinstance(o, ex.Eye) for o in e.operands):
                # A multiple of the identity goes on the diagonal.
                return ex.Mul(*(self._lettered(o, heads, bound) for o in e.operands))
            name = f"constant {len(self.letters)}"
            self.letters[name] = e
            return ex.Var(name, *e.shape)
        arguments = [
            self._lettered(a, heads, inside) if isinstance(a, ex.Expression) and a in e.operands else a for a in e.args
        ]
        made: ex.Expression = e.func(*arguments)
        return made

    # polynomials ------------------------------------------------------------------------------------

    def terms(self) -> Terms:
        """The derivative as a sum of products."""
        e = self.expression
        rows, columns = (Calculus.free(f"#{k}", self.calculus.factors(e, k)) for k in (0, 1))
        poly = self.core.normal(self.calculus.terms(e, rows, columns, {}))
        shape = self.low.shape(e)
        ranges: dict[str, Range] = {}
        for index, size in ((rows, shape[0]), (columns, shape[1])):
            if isinstance(index, Composite):
                for part, length in zip(index.parts, index.sizes, strict=True):
                    ranges[str(part)] = (1, self._integer(length))
            elif index is not None:
                ranges[str(index)] = (1, size)
        if isinstance(rows, Composite) or isinstance(columns, Composite):
            return self._parted(poly, rows, columns, ranges, shape)
        row, column = (None if index is None else str(index) for index in (rows, columns))
        return factored(self.polynomial(poly, row, column, ranges))

    def polynomial(self, poly: Poly, row: str | None, column: str | None, ranges: Mapping[str, Range]) -> Terms:
        """The entries of a polynomial at (row, column)."""
        lengths = {name: high - low + 1 for name, (low, high) in ranges.items()}
        shape = (1 if row is None else lengths[row], 1 if column is None else lengths[column])
        found: list[Term] = []
        for key, coefficient in poly.items():
            for term in self._instances(self.core.term(key, coefficient, self._values)):
                found += self._term(term, row, column, ranges)
        if not found:
            return self.low.value(self.low.graph.array("zeros", shape))
        return Terms(shape, tuple(found))

    def number(self, poly: Poly) -> Node:
        return self.low.planner.form(factored(self.polynomial(poly, None, None, {})))[0]

    def _integer(self, slot: Slot) -> int:
        total, parts = unpack(slot)
        for symbol, coefficient in parts.items():
            value = coefficient
            for factor in symbol.replace("**", "^").split("*"):
                name, _, power = factor.partition("^")
                known = as_constant(self._values.get(name, name))
                if known is None:
                    raise NotCompiled(f"the size or index {name} has no value here")
                value *= known ** int(power or 1)
            total += value
        return total

    def _instances(self, term: CoreTerm) -> Iterator[CoreTerm]:
        """The term with values for its symbols, and for those summed indices that are no index of an array."""
        factors = [(head, tuple(substitute(s, self._values) for s in slots)) for head, slots in term.factors]
        bound = {n: (substitute(a, self._values), substitute(b, self._values)) for n, (a, b) in term.bound.items()}
        fixed = {s for low, high in bound.values() for slot in (low, high) for s in symbols_of(slot) if s in bound}
        for head, slots in factors:
            places = self._discrete(head)
            for k, slot in enumerate(slots):
                if k in places or not isinstance(slot, str):
                    fixed |= {s for s in symbols_of(slot) if s in bound}
        todo = [CoreTerm(term.coefficient, factors, term.scalars, bound)]
        while todo:
            one = todo.pop()
            self._written += 1
            if self._written > MOST_NODES:
                raise NotCompiled(f"more than {MOST_NODES} terms when sums over an index are written out")
            ready = [n for n in one.bound if n in fixed and not any(symbols_of(s) for s in one.bound[n])]
            if not ready:
                if any(name in fixed for name in one.bound):
                    raise NotCompiled("a sum whose range depends on another index is not compiled here")
                yield one
                continue
            low, high = (self._integer(s) for s in one.bound[ready[0]])
            for value in range(low, high + 1):
                mapping: dict[str, Slot] = {ready[0]: constant(value)}
                todo.append(
                    CoreTerm(
                        one.coefficient,
                        [(h, tuple(substitute(s, mapping) for s in ss)) for h, ss in one.factors],
                        one.scalars,
                        {
                            n: (substitute(a, mapping), substitute(b, mapping))
                            for n, (a, b) in one.bound.items()
                            if n != ready[0]
                        },
                    )
                )

    def _discrete(self, head: str) -> frozenset[int]:
        """The slots of a head that are whole numbers, not indices of an array: a family's, those of its insides."""
        if head == INTEGER or head[:2] == "w:":
            return frozenset(range(1) if head == INTEGER else range(self.core.heads[head].arity, 99))
        if head[:2] == "m:":
            return frozenset(range(self.core.indexed[head]))
        if head[:2] == "t:":
            entries = len(self.core.dimensions[head])
            return frozenset((entries, entries + 1))
        info = self.core.heads.get(head)
        if info is None or info.inside < 0:
            return frozenset()
        known = self._fixed.get(info.inside)
        if known is None:
            found: set[str] = set()
            for key in self.core.poly(info.inside):
                for (factors, bound), _ in key:
                    for inner, slots in factors:
                        places = self._discrete(inner)
                        for k, slot in enumerate(slots):
                            if k in places or not isinstance(slot, str):
                                found.update(symbols_of(slot))
                    found.update(s for _, low, high in bound for slot in (low, high) for s in symbols_of(slot))
            known = self._fixed[info.inside] = frozenset(int(s[1:]) for s in found if s[0] == "#" and s[1:].isdigit())
        return known

    # one term ---------------------------------------------------------------------------------------

    def _term(self, term: CoreTerm, row: str | None, column: str | None, outer: Mapping[str, Range]) -> list[Term]:
        """The products that a monomial is; none where it is 0."""
        ranges = {**outer, **{n: (self._integer(a), self._integer(b)) for n, (a, b) in term.bound.items()}}
        if any(high < low for low, high in ranges.values()):
            return []
        found = self._contracted(term, ranges, (row, column))
        if found is None:
            return []
        contraction, coefficient, identity = found
        contraction.run()
        numbers, chain = contraction.term(row, column, identity)
        graph = self.low.graph
        scale = graph.number(float(abs(coefficient)))
        for number in numbers:
            scale = graph.multiply(scale, number)
        return [Term(1 if coefficient > 0 else -1, None if scale.constant == 1.0 else scale, chain)]

    def _contracted(
        self, term: CoreTerm, ranges: dict[str, Range], free: tuple[str | None, ...]
    ) -> tuple[Contraction, Fraction, bool] | None:
        coefficient = Fraction(term.coefficient)
        scalars = dict(term.scalars)
        factors, softmaxes = self._softmaxes(term.factors, scalars)
        transitions = [(f, [self._integer(s) for s in f[1][-2:]]) for f in factors if f[0][:2] == "t:"]
        if any(late < early for _, (late, early) in transitions):
            return None
        for factor, (late, early) in transitions:
            if late == early:  # the identity
                at = factors.index(factor)
                sizes = self.core.dimensions[factor[0]]
                factors[at : at + 1] = [(delta(sizes[0]), factor[1][:2])] if sizes else []
        summed = list(term.bound)
        pieces: list[Piece] = []
        numbers: list[Node] = []
        identity = False
        for head, slots in self._without_deltas(factors, summed, ranges):
            if head == INTEGER:
                coefficient *= self._integer(slots[0])
            elif is_delta(head):
                values = [as_constant(slot) for slot in slots]
                if None not in values:
                    coefficient *= values[0] == values[1]
                elif values == [None, None]:
                    identity = True
                else:
                    (index,) = (s for s in slots if isinstance(s, str))
                    low, high = ranges[index]
                    (value,) = (v for v in values if v is not None)
                    if not low <= value <= high:
                        return None
                    unit = self.low.graph.array("unit", (high - low + 1, 1), value - low)
                    pieces.append(Piece((unit,), index))
            else:
                pieces.append(self.piece(head, slots, ranges))
        if not coefficient:
            return None
        for node, slot in softmaxes:
            if isinstance(slot, str):
                pieces.append(Piece((node,), slot))
            else:
                at = self._integer(slot) - 1
                part = self.low.graph.node("part", (node,), (1, 1), at, at + 1, 0, 1) if not node.is_number else node
                pieces.append(Piece((part,)))
        for component, exponent in scalars.items():
            numbers.append(self._power(component, exponent))
        lengths = {name: high - low + 1 for name, (low, high) in ranges.items()}
        contraction = Contraction(self.low, pieces, summed, lengths)
        contraction.numbers += numbers
        return contraction, coefficient, identity

    @staticmethod
    def _without_deltas(
        factors: list[tuple[str, tuple[Slot, ...]]], summed: list[str], ranges: Mapping[str, Range]
    ) -> list[tuple[str, tuple[Slot, ...]]]:
        """A delta between a summed index and a number or another index of the same range is replaced by a renaming."""
        factors = list(factors)
        for factor in [f for f in factors if is_delta(f[0])]:
            for a, b in (factor[1], factor[1][::-1]):
                if not isinstance(a, str) or a not in summed or a == b:
                    continue
                value = as_constant(b)
                if ranges[b] == ranges[a] if isinstance(b, str) else value in range(ranges[a][0], ranges[a][1] + 1):
                    factors.remove(factor)
                    summed.remove(a)
                    mapping: dict[str, Slot] = {a: b}
                    factors = [(h, tuple(substitute(s, mapping) for s in ss)) for h, ss in factors]
                    return Reader._without_deltas(factors, summed, ranges)
        return factors

    def _parted(self, poly: Poly, rows: Any, columns: Any, ranges: dict[str, Range], shape: Any) -> Terms:
        """A result whose rows or columns are those of a vec or a Kronecker product: one einsum a term."""
        output = tuple(
            str(part)
            for index in (rows, columns)
            for part in (index.parts if isinstance(index, Composite) else () if index is None else (index,))
        )
        found: list[Term] = []
        graph = self.low.graph
        for key, coefficient in poly.items():
            for term in self._instances(self.core.term(key, coefficient, self._values)):
                inner = {**ranges, **{n: (self._integer(a), self._integer(b)) for n, (a, b) in term.bound.items()}}
                if any(high < low for low, high in inner.values()):
                    continue
                deltas = [f for f in term.factors if is_delta(f[0]) and all(isinstance(s, str) for s in f[1])]
                rest = CoreTerm(
                    term.coefficient, [f for f in term.factors if f not in deltas], term.scalars, term.bound
                )
                contracted = self._contracted(rest, inner, output)
                if contracted is None:
                    continue
                contraction, number, _ = contracted
                for _, (a, b) in deltas:
                    eye = self.low.planner.chain((), (contraction.lengths[str(a)],) * 2)[0]
                    contraction.pieces.append(Piece((eye,), str(a), str(b)))
                for name in set(output) - {i for p in contraction.pieces for i in p.indices}:
                    contraction.add(Piece((graph.array("ones", (contraction.lengths[name], 1)),), name))
                node = contraction.einsum(contraction.pieces, output, shape)
                scale = graph.number(float(abs(number)))
                for one in contraction.numbers:
                    scale = graph.multiply(scale, one)
                found.append(Term(1 if number > 0 else -1, None if scale.constant == 1.0 else scale, (node,)))
        return Terms(shape, tuple(found)) if found else self.low.value(graph.array("zeros", shape))

    # numbers ----------------------------------------------------------------------------------------

    def _power(self, component: Component, exponent: Exponent) -> Node:
        """A scalar component to a power."""
        graph = self.low.graph
        factors, bound = component
        head, slots = factors[0]
        if head[:2] == "q:":
            return graph.number(float(int(head[2:]) ** float(exponent)))
        info = self.core.heads.get(head)
        if not bound and len(factors) == 1 and info is not None and info.kind in ("base", "exp"):
            inside = self.number(self._inside(info, slots))
            if info.kind == "exp":
                return graph.node("exp", (graph.multiply(graph.number(float(exponent)), inside),), (1, 1))
            return self._raised(inside, exponent)
        return self._raised(self.number({((component, 1),): 1}), exponent)

    def _raised(self, node: Node, exponent: Exponent) -> Node:
        """Entry by entry."""
        graph = self.low.graph
        exponent = Fraction(exponent)
        size = abs(exponent)
        if size.denominator == 2:
            node, size = graph.node("sqrt", (node,), node.shape), 2 * size
        if size.denominator == 1 and size <= 8:
            raised = node
            for _ in range(int(size) - 1):
                raised = graph.multiply(raised, node)
        else:
            raised = graph.node("power", (node, graph.number(float(size))), node.shape)
        if exponent > 0:
            return raised
        if node.is_number:
            return graph.divide(graph.number(1.0), raised)
        return graph.node("reciprocal", (raised,), node.shape)

    def _inside(self, info: Head, slots: tuple[Slot, ...]) -> Poly:
        """The inside of a head at its slots, symbols with their values."""
        mapping: dict[str, Slot] = {f"#{k}": s for k, s in enumerate(slots)}
        return self.core.renamed(self.core.poly(info.inside), {**mapping, **self._values})

    # arrays -----------------------------------------------------------------------------------------

    def piece(self, head: str, slots: tuple[Slot, ...], ranges: Mapping[str, Range]) -> Piece:
        """A factor as an array, or a chain, at its indices."""
        if head[:2] in ("v:", "m:"):
            return self._leaf(head, slots, ranges)
        if head[:2] == "t:":
            return self._transition(head, slots, ranges)
        info = self.core.heads.get(head)
        if head[:2] == "q:":
            return Piece((self.low.graph.number(float(head[2:])),))
        if head[:2] == "c:":
            return self._call(head, slots, ranges)
        if info is None:
            raise self._refused(head)
        if info.kind in ("inverse", "matrix exponential"):
            return self._of_matrix(info, slots, ranges)
        if info.kind == "pseudo-inverse":
            return self._pseudo_inverse(head, info, slots)
        if info.kind == "determinant":
            return Piece((self._determinant(head, slots),))
        inner = slots[: info.arity] if info.kind == "symbolic power" else slots
        if info.kind not in ("function", "power", "base", "exp", "symbolic power"):
            raise self._refused(head)
        node, names = self._array(info, inner, ranges)
        if info.kind == "function":
            node = self._function(info, inner, node, names)
        elif info.kind == "symbolic power":
            node = self._raised(node, self._integer(slots[-1]))
        elif info.kind == "exp" or (info.kind == "power" and self.core.heads[info.base].kind == "exp"):
            exponent = float(info.exponent) if info.kind == "power" else 1.0
            node = self.low.graph.multiply(self.low.graph.number(exponent), node)
            node = self.low.graph.node("exp", (node,), node.shape)
        elif info.kind == "power":
            node = self._raised(node, info.exponent)
        return Piece((node,), *names)

    def _refused(self, head: str) -> NotCompiled:
        kind = self.core.heads[head].kind if head in self.core.heads else ""
        why = _REFUSED.get(head.partition(":")[0]) or f"has a {kind or 'dimension that is a product of others'}"
        return NotCompiled(f"{self.kind} is not compiled: its closed form {why}")

    def _array(self, info: Head, slots: tuple[Slot, ...], ranges: Mapping[str, Range]) -> tuple[Node, tuple[str, ...]]:
        """The inside of a head, entry by entry at its open slots."""
        names = tuple(dict.fromkeys(s for s in slots if isinstance(s, str)))
        if len(names) > 2:
            raise NotCompiled("a function of three indices is not compiled")
        key = info.inside, slots, tuple(ranges[n] for n in names)
        found = self._arrays.get(key)
        if found is None:
            row, column = (*names, None, None)[:2]
            terms = self.polynomial(self._inside(info, slots), row, column, {n: ranges[n] for n in names})
            node = self.low.planner.form(factored(terms))[0]
            found = self._arrays[key] = self.low.planner.spread(node, terms.shape), names
        return found

    def _function(self, info: Head, slots: tuple[Slot, ...], node: Node, names: tuple[str, ...]) -> Node:
        if info.name not in FUNCTIONS:
            return entrywise(self.low.graph, info.name, info.order, node)
        if info.name == "log" and not names and not info.order:
            inside = self._inside(info, slots)
            found = self._log_sum_exp(inside) or self._log_det(inside)
            if found is not None:
                return found
        if info.order == 0:
            return self.low.graph.node(info.name, (node,), node.shape)
        return derivative_values(self.low.planner, derivative_of(info.name, info.order), node)

    def _leaf(self, head: str, slots: tuple[Slot, ...], ranges: Mapping[str, Range]) -> Piece:
        """A variable or a member of a family at its indices; an index that is a number takes a row or a column."""
        name = head[2:]
        count = self.core.indexed[head] if head[:2] == "m:" else 0
        at = [self._integer(s) for s in slots[:count]]
        if name in self.letters:
            expression = self.letters[name]
        else:
            if head not in self._shapes:
                raise self._refused(head)
            shape = self._shapes[head]
            expression = ex.Member(name, *shape, *map(Integer, at)) if count else ex.Var(name, *shape)
        symbolic = expression.shape
        value = self.low.terms(expression)
        places = dict(zip((k for k in (0, 1) if symbolic[k] != 1), slots[count:], strict=True))
        whole = [not isinstance(slot, str) or ranges[slot] != (1, value.shape[k]) for k, slot in places.items()]
        names = tuple(slot if isinstance(slot, str) else None for slot in (places.get(0), places.get(1)))
        if not any(whole):
            if len(value.terms) == 1 and value.terms[0].scale is None and value.terms[0].sign == 1:
                chain = value.terms[0].chain
                if chain:
                    return Piece(chain, *names)
            factor: Factor = value if len(value.terms) > 1 and 1 not in value.shape else self.low.node(expression)
            return Piece((factor,), *names)
        return self._part(self.low.node(expression), name, places, ranges)

    def _part(self, node: Node, name: str, places: Mapping[int, Slot], ranges: Mapping[str, Range]) -> Piece:
        """An array at the slots of its axes; an index that is a number takes a row or a column."""
        names = tuple(slot if isinstance(slot, str) else None for slot in (places.get(0), places.get(1)))
        bounds = [(0, node.shape[0]), (0, node.shape[1])]
        for k, slot in places.items():
            low, high = ranges[slot] if isinstance(slot, str) else (self._integer(slot),) * 2
            if low < 1 or high > node.shape[k]:
                raise NotCompiled(f"the index {high} of {name} lies outside its {node.shape[k]} entries")
            bounds[k] = (low - 1, high)
        (r0, r1), (c0, c1) = bounds
        if node.is_number or (r1 - r0, c1 - c0) == node.shape:
            return Piece((node,), *names)
        part = self.low.graph.node("part", (node,), (r1 - r0, c1 - c0), r0, r1, c0, c1)
        return Piece((part,), *names)

    def _call(self, head: str, slots: tuple[Slot, ...], ranges: Mapping[str, Range]) -> Piece:
        """A function of whole arrays that is only declared, or its derivative, of two axes at most."""
        call = self.core.calls[head]
        low, graph = self.low, self.low.graph
        samples = {(e.shape, tuple(o.shape for o in e.operands)): e for e in self._calls.get(call.name, ())}
        if len(samples) != 1:
            raise self._refused(head)
        (sample,) = samples.values()
        free = call.outputs + sum(call.arguments[k][1] for k in call.by)
        fixed, parameters = slots[:free], slots[free:]
        if len(fixed) > 2 or any(isinstance(s, str) for s in parameters):
            raise self._refused(head)
        arguments = []
        for (inside, arity, count, _), operand in zip(call.arguments, sample.operands, strict=True):
            own, parameters = parameters[:count], parameters[count:]
            axes = tuple(name for name, n in zip(("#r", "#c"), operand.shape, strict=True) if n != 1)
            if len(axes) != arity:
                raise self._refused(head)
            mapping: dict[str, Slot] = {f"#{k}": s for k, s in enumerate((*axes, *own))}
            poly = self.core.renamed(self.core.poly(inside), {**mapping, **self._values})
            shape = low.shape(operand)
            reach = {name: (1, n) for name, n in zip(("#r", "#c"), shape, strict=True) if name in axes}
            row, column = (name if name in axes else None for name in ("#r", "#c"))
            terms = factored(self.polynomial(poly, row, column, reach))
            arguments.append(low.planner.spread(low.planner.form(terms)[0], shape))
        by = tuple(k + 1 for k in call.by)
        given = [low.natural(operand) for operand in sample.operands]
        node = whole(graph, call.name, by, arguments, low.natural(sample), given)
        # The axes that have an index, in order.
        sizes = [low.shape(e) for e in (sample, *(sample.operands[k] for k in call.by))]
        symbolic = [e.shape for e in (sample, *(sample.operands[k] for k in call.by))]
        lengths = [
            n for size, s in zip(sizes, symbolic, strict=True) for n, one in zip(size, s, strict=True) if one != 1
        ]
        rows, columns = (*lengths, 1, 1)[:2]
        if node.shape != (rows, columns):
            node = graph.transpose(node) if node.shape[1] != 1 else node
            node = node if columns == 1 else graph.node("unvec", (node,), (rows, columns), rows, columns)
        return self._part(node, call.name, dict(enumerate(fixed)), ranges)

    def _transition(self, head: str, slots: tuple[Slot, ...], ranges: Mapping[str, Range]) -> Piece:
        """J(s, t) = (dF_s/dh[s-1]) ... (dF_{t+1}/dh[t]) as a chain, the latest step first."""
        *entries, late, early = slots
        if not all(isinstance(s, str) for s in entries):
            raise NotCompiled("one entry of a transition Jacobian is not compiled")
        chain: list[Factor] = []
        for step in range(self._integer(late), self._integer(early), -1):
            chain += self._step(head, step, tuple(ranges[str(s)] for s in entries))
        return Piece(tuple(chain), *map(str, entries))

    def _step(self, head: str, at: int, reach: tuple[Range, ...]) -> tuple[Factor, ...]:
        """The factors of dF_at/dh[at-1]."""
        found = self._steps.get((head, at))
        if found is None:
            recurrence = self.calculus.recurrences.by_head[f"m:{head[2:]}"]
            if at < recurrence.first:
                raise NotCompiled(f"{head[2:]}[{at}] comes before its recurrence begins")
            ends: tuple[tuple[Slot, ...], ...] = (("#r",), ("#c",)) if reach else ((), ())
            poly = self.core.normal(self.calculus.recurrences.step_jacobian(recurrence, constant(at), *ends))
            row, column = ("#r", "#c") if reach else (None, None)
            terms = factored(self.polynomial(poly, row, column, dict(zip(("#r", "#c"), reach, strict=False))))
            (first, *others) = terms.terms
            found = (terms,)
            if not others and first.scale is None and first.sign == 1 and first.chain:
                found = first.chain
            self._steps[head, at] = found
        return found

    def _square(self, info: Head, parameters: tuple[Slot, ...], size: int) -> Terms:
        """The matrix inside of an inverse or a determinant."""
        inside = self._inside(info, ("#r", "#c", *parameters))
        return factored(self.polynomial(inside, "#r", "#c", {"#r": (1, size), "#c": (1, size)}))

    def _of_matrix(self, info: Head, slots: tuple[Slot, ...], ranges: Mapping[str, Range]) -> Piece:
        """An inverse or an exponential of a matrix."""
        row, column, *parameters = slots
        ends = [s for s in (row, column) if isinstance(s, str)]
        if any(isinstance(s, str) for s in parameters) or not ends:
            raise NotCompiled(f"the {info.kind} of a matrix that depends on an index is not compiled")
        size = ranges[ends[0]][1]
        inside = self._square(info, tuple(parameters), size)
        if info.kind == "inverse":
            (term,) = inverse_of(self.low, inside).terms
        else:
            node = self.low.planner.form(inside)[0]
            term = Term(1, None, (self.low.graph.node("matrix_exponential", (node,), (size, size)),))
        chain = term.chain
        if term.scale is not None or term.sign == -1 or not chain:
            node = self.low.planner.form(Terms((size, size), (term,)))[0]
            chain = (node,)
        for k, slot in enumerate((row, column)):
            if not isinstance(slot, str):
                unit = self.low.graph.array("unit", (size, 1), self._integer(slot) - 1)
                chain = (*chain, unit) if k == 1 else (self.low.graph.transpose(unit), *chain)
        return Piece(chain, row if isinstance(row, str) else None, column if isinstance(column, str) else None)

    def _pseudo_inverse(self, head: str, info: Head, slots: tuple[Slot, ...]) -> Piece:
        """The Moore-Penrose inverse of a matrix, at two open indices."""
        row, column, *parameters = slots
        if parameters or not isinstance(row, str) or not isinstance(column, str):
            raise self._refused(head)
        rows, columns = (self._integer(size) for size in self.core.dimensions[head])
        inside = self._inside(info, ("#r", "#c"))
        terms = factored(self.polynomial(inside, "#r", "#c", {"#r": (1, columns), "#c": (1, rows)}))
        node = self.low.graph.node("pseudo_inverse", (self.low.planner.form(terms)[0],), (rows, columns))
        return Piece((node,), row, column)

    def _determinant(self, head: str, slots: tuple[Slot, ...], name: str = "determinant") -> Node:
        size = self._integer(self.core.ranges[head][1])
        node = self.low.planner.form(self._square(self.core.heads[head], slots, size))[0]
        return node if node.is_number else self.low.graph.node(name, (node,), (1, 1))

    def _log_det(self, inside: Poly) -> Node | None:
        """log of a determinant, without the determinant."""
        head = single_factor(inside)
        info = self.core.heads.get(head[0]) if head else None
        if head is None or info is None or info.kind != "determinant":
            return None
        return self._determinant(*head, "log_det")

    # exponentials -----------------------------------------------------------------------------------

    def _exponentials(self, poly: Poly) -> tuple[dict[tuple[str, tuple[Slot, ...]], int], str, Range] | None:
        """What is added up in a sum over one index of products of exponentials, the index and its range."""
        if len(poly) != 1:
            return None
        ((key, coefficient),) = poly.items()
        if coefficient != 1 or len(key) != 1 or key[0][1] != 1 or len(key[0][0][1]) != 1:
            return None
        (factors, ((name, low, high),)) = key[0][0]
        found: dict[tuple[str, tuple[Slot, ...]], int] = {}
        for head, slots in factors:
            info = self.core.heads.get(head)
            if info is None or info.kind != "power" or self.core.heads[info.base].kind != "exp" or name not in slots:
                return None
            # The summed index becomes a free one, whose name no sum inside of the exponents has.
            places = tuple(substitute(s, {name: _SUMMED}) for s in slots)
            found[head, places] = found.get((head, places), 0) + 1
        return found, _SUMMED, (self._integer(low), self._integer(high))

    def _logits(self, parts: Mapping[tuple[str, tuple[Slot, ...]], int], name: str, reach: Range) -> Node | None:
        """The sum of what stands in the exponents, as a column."""
        terms: list[Term] = []
        for (head, slots), count in parts.items():
            info = self.core.heads[head]
            inside = self._inside(info, slots)
            exponent = Fraction(info.exponent) * count
            scaled: Poly = {key: c * exponent for key, c in inside.items()}
            terms += self.polynomial(scaled, name, None, {name: reach}).terms
        shape = (reach[1] - reach[0] + 1, 1)
        return self.low.planner.spread(self.low.planner.form(factored(Terms(shape, tuple(terms))))[0], shape)

    def _log_sum_exp(self, inside: Poly) -> Node | None:
        found = self._exponentials(inside)
        logits = None if found is None else self._logits(*found)
        return None if logits is None else self.low.graph.node("log_sum_exp", (logits,), (1, 1))

    def _softmaxes(
        self, factors: list[tuple[str, tuple[Slot, ...]]], scalars: dict[Component, Exponent]
    ) -> tuple[list[tuple[str, tuple[Slot, ...]]], list[tuple[Node, Slot]]]:
        """exp(z_i) / sum of exp(z_j) as entry i of softmax(z), which does not overflow; the factors that are left."""
        factors = list(factors)
        result: list[tuple[Node, Slot]] = []
        for component, exponent in list(scalars.items()):
            if exponent >= 0 or Fraction(exponent).denominator != 1:
                continue
            (head, slots), *others = component[0]
            info = self.core.heads.get(head)
            opaque = info is not None and info.kind == "base" and not others
            found = self._exponentials(self._inside(info, slots) if info and opaque else {((component, 1),): 1})
            if found is None:
                continue
            parts, name, reach = found
            left = int(exponent)
            for at in dict.fromkeys(s for _, ss in factors for s in ss if isinstance(s, str)):
                mapping: dict[str, Slot] = {name: at}
                wanted = {(h, tuple(substitute(s, mapping) for s in ss)): n for (h, ss), n in parts.items()}
                while left and all(factors.count(factor) >= n for factor, n in wanted.items()):
                    node = self._logits(parts, name, reach)
                    if node is None:
                        break
                    softmax = node if node.is_number else self.low.graph.node("softmax", (node,), node.shape)
                    result.append((self.low.graph.number(1.0) if node.is_number else softmax, at))
                    for factor, n in wanted.items():
                        for _ in range(n):
                            factors.remove(factor)
                    left += 1
            if left:
                scalars[component] = left
            else:
                del scalars[component]
        return factors, result


def _head_of(variable: ex.Expression) -> str:
    while isinstance(variable, (ex.Entry, ex.Vec)):
        variable = variable.operands[0]
    if not isinstance(variable, (ex.Var, ex.Member)):
        raise NotCompiled(f"a derivative by {type(variable).__name__} is not compiled")
    return f"{'v' if isinstance(variable, ex.Var) else 'm'}:{variable.name}"
