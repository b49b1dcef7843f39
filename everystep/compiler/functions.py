"""The derivatives of the known scalar functions, entry by entry, as polynomials in known functions.

May import ``everystep.algebra`` and this package's graph and planner.
"""

from __future__ import annotations

from fractions import Fraction

from everystep.algebra.functions import FUNCTIONS, Polynomial
from everystep.compiler.graph import Node
from everystep.compiler.products import Planner


def derivative_of(name: str, order: int) -> Polynomial:
    """The derivative of a known function as a polynomial in known functions."""
    terms: Polynomial = ((1, ((name, 1),)),)
    if name == "abs":
        # Its row in the table, 2 step - 1, would be -1 at the kink.
        terms, order = ((1, (("sign", 1),)),), order - 1
    for _ in range(order):
        derived: list[tuple[Fraction | int, tuple[tuple[str, int], ...]]] = []
        for coefficient, powers in terms:
            for k, (function, power) in enumerate(powers):
                rest = (*powers[:k], *(((function, power - 1),) if power != 1 else ()), *powers[k + 1 :])
                inner: Polynomial = ((1, ()),) if function == "id" else FUNCTIONS[function].derivative
                derived += [(coefficient * power * c, (*rest, *more)) for c, more in inner]
        terms = tuple(derived)
    return terms


def derivative_values(planner: Planner, terms: Polynomial, argument: Node) -> Node:
    """A polynomial in known functions, entry by entry."""
    graph = planner.graph
    parts: list[tuple[int, Node]] = []
    for coefficient, powers in terms:
        exponents: dict[str, int] = {}
        for function, power in powers:
            exponents[function] = exponents.get(function, 0) + power
        node = graph.number(float(coefficient))
        for function, power in exponents.items():
            if power == 0:
                continue
            value = argument if function == "id" else graph.node(function, (argument,), argument.shape)
            raised = value
            for _ in range(abs(power) - 1):
                raised = graph.multiply(raised, value)
            if power < 0:
                raised = graph.node("reciprocal", (raised,), argument.shape)
            node = graph.multiply(node, raised)
        parts.append((1, planner.spread(node, argument.shape)))
    return graph.combine(parts) if parts else graph.array("zeros", argument.shape)
