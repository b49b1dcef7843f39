"""The factors of a closed form as arrays: names, functions, inverses, determinants, transition Jacobians, softmax.

A factor of a monomial of the core is a head with slots; here every head becomes an array, or a chain of arrays, at the
indices in its slots.  Heads that have no NumPy function (moments that no law tells) raise
:class:`~everystep.compiler.lowering.NotCompiled`.  May import ``everystep.algebra``, ``everystep.calculus`` and this
package.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sympy import Integer

from everystep.algebra import expressions as ex
from everystep.algebra.functions import FUNCTIONS
from everystep.calculus.core import Core
from everystep.calculus.indices import Slot, as_constant, constant, substitute, unpack
from everystep.calculus.lowering import Lowering as Calculus
from everystep.calculus.networks import Component, Exponent, Head, Poly
from everystep.calculus.word_letters import single_factor
from everystep.compiler.calls import entrywise, whole
from everystep.compiler.contraction import Piece, factored
from everystep.compiler.functions import derivative_of, derivative_values
from everystep.compiler.graph import Node
from everystep.compiler.lowering import Lowering, NotCompiled
from everystep.compiler.matrices import inverse_of
from everystep.compiler.products import Factor, Term, Terms

Range = tuple[int, int]
_SUMMED = "#s"
_REFUSED = {
    "K": "rests on moments that no law tells",
    "E": "rests on the mean of a function",
    "c": "rests on a function that is not known",
    "largest": "rests on the largest entry of a vector",
}


class Heads(ABC):
    """What the heads of one core stand for, for the sizes at hand; ``kind`` is what is being compiled, for messages."""

    def __init__(self, low: Lowering, kind: str, core: Core, calculus: Calculus) -> None:
        self.low = low
        self.kind = kind
        self.core = core
        self.calculus = calculus
        self.letters: dict[str, ex.Expression] = {}  # what does not depend on the variable
        self._values: dict[str, Slot] = {symbol.name: constant(int(n)) for symbol, n in low.sizes.items()}
        self._shapes: dict[str, Any] = {}
        self._calls: dict[str, set[ex.Call]] = {}
        self._arrays: dict[Any, tuple[Node, tuple[str, ...]]] = {}
        self._steps: dict[tuple[str, int], tuple[Factor, ...]] = {}  # the Jacobians of the steps of recurrences

    @abstractmethod
    def polynomial(self, poly: Poly, row: str | None, column: str | None, ranges: Mapping[str, Range]) -> Terms:
        """The entries of a polynomial at (row, column)."""

    def number(self, poly: Poly) -> Node:
        """The value of a polynomial without open indices."""
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
