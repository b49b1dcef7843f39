"""Derivatives, means and limits as the calculus finds them, read back as sums of products.

The derivative itself is taken on the core, where everything is (``everystep.calculus.differentials``).  Before that,
what does not depend on the variable becomes one letter, so that the core has nothing to multiply out there; afterwards
every monomial is a contraction of arrays (:mod:`everystep.compiler.contraction`), its factors are those of
:mod:`everystep.compiler.heads`.  An index of a family, or one that is shifted, is written out.  Transition Jacobians of
recurrences are chains of those of the steps, whose common factors make the adjoint recursion.  May import
``everystep.algebra``, ``everystep.calculus`` and this package.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from sympy import Symbol

from everystep.algebra import expressions as ex
from everystep.calculus import atoms, matrix_powers
from everystep.calculus.core import Core
from everystep.calculus.functions import idempotents
from everystep.calculus.indices import Integers, Slot, as_constant, constant, substitute, symbols_of
from everystep.calculus.leaves import Composite
from everystep.calculus.lowering import Lowering as Calculus
from everystep.calculus.networks import INTEGER, Poly, delta, is_delta
from everystep.calculus.networks import Term as CoreTerm
from everystep.calculus.products import PRODUCTS, fixed_products
from everystep.compiler.contraction import Contraction, Piece, factored
from everystep.compiler.graph import Node
from everystep.compiler.heads import Heads, Range
from everystep.compiler.lowering import MOST_NODES, Lowering, NotCompiled
from everystep.compiler.products import Term, Terms

LIMITS = (ex.Limit, ex.LimitAt)


class Reader(Heads):
    """One derivative, or mean: its polynomial of networks, and the arrays that those stand for."""

    def __init__(self, low: Lowering, expression: ex.Expression) -> None:
        core = Core(Integers([], {symbol.name for symbol in low.sizes if symbol.is_positive}))
        core.add_rewriter(atoms.merge_symbolic_powers(core), "w:")
        core.add_rewriter(matrix_powers.matrix_powers(core), "k:")
        core.add_rewriter(lambda term: idempotents(core, term))
        core.add_rewriter(fixed_products(core), *PRODUCTS)
        context = replace(low.context, hypotheses=())
        calculus = Calculus(core, context)
        if isinstance(expression, LIMITS) and low.limits is not None:
            core, calculus = low.limits
        super().__init__(low, type(expression).__name__, core, calculus)
        self._fixed: dict[int, frozenset[int]] = {}
        self._written = 0
        trees = [expression, *(d.body for d in context.definitions), *(r.body for r in context.recurrences)]
        trees += [parameter for r in context.random for parameter in r.parameters]
        for node in (node for tree in trees for node in ex.walk(tree)):
            if isinstance(node, ex.Call):
                self._calls.setdefault(node.function, set()).add(node)
            if isinstance(node, (ex.Var, ex.Member)):
                self._shapes[f"{'v' if isinstance(node, ex.Var) else 'm'}:{node.name}"] = node.args[1:3]
            self.core.integers.sizes.update(str(s.name) for s in node.free_symbols if s.is_positive)
        if isinstance(expression, LIMITS):
            self.expression: ex.Expression = expression
            return
        value, *rest = expression.operands
        variables = rest[::2] if isinstance(expression, ex.Differential) else rest
        heads: list[str] = []
        if any(tree.has_kind(*ex.MEANS) for tree in trees):
            for r in context.random:
                if r.law in ("moments", "gaussian") and isinstance(r.parameters[1], ex.Var):
                    self.core.symmetric.add(_head_of(r.parameters[1]))
            # What is random is no constant, either.
            heads += [_head_of(r.target) for r in context.random]
            Calculus(self.core, low.context).require_known_laws(value)
        if isinstance(expression, ex.MEANS):
            self.expression = type(expression)(*(self._lettered(o, heads) for o in expression.operands))
        else:
            heads += [_head_of(variable) for variable in variables]
            self.expression = type(expression)(self._lettered(value, heads), *rest)

    # what does not depend on the variable -----------------------------------------------------------

    def _lettered(self, e: ex.Expression, heads: list[str], bound: frozenset[Symbol] = frozenset()) -> ex.Expression:
        """The expression with a letter for each largest part that no variable moves."""
        if not e.operands or isinstance(e, ex.DERIVATIVES):
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


def _head_of(variable: ex.Expression) -> str:
    while isinstance(variable, (ex.Entry, ex.Vec)):
        variable = variable.operands[0]
    if not isinstance(variable, (ex.Var, ex.Member)):
        raise NotCompiled(f"a derivative by {type(variable).__name__} is not compiled")
    return f"{'v' if isinstance(variable, ex.Var) else 'm'}:{variable.name}"
