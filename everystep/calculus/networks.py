"""Contraction networks and polynomials of them: the data that the core works on.

A *network* is a set of factors ``(head, slots)`` whose indices are free or summed over a range.  Its connected
components (two factors are connected when they share a summed index) are put into canonical form one by one: colour
refinement of the summed indices, then branching on ties.  A *monomial* is a multiset of components, a
*polynomial* (:data:`Poly`) maps monomials to rational coefficients.  Two polynomial expressions are equal for all sizes
exactly when their polynomials are the same.

Heads name what stands at a node; what a head with an inside means (a power of a polynomial, a function of one,
an inverse) is recorded in the table of a :class:`everystep.calculus.core.Core`.  May import ``everystep.algebra`` and
``everystep.calculus.indices`` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

from everystep.calculus.indices import Slot, slot_key, substitute, symbols_of
from everystep.records import dataclass

Factor: TypeAlias = tuple[str, tuple[Slot, ...]]
Bound: TypeAlias = tuple[str, Slot, Slot]
Component: TypeAlias = tuple[tuple[Factor, ...], tuple[Bound, ...]]
Exponent: TypeAlias = "int | Fraction"
Key: TypeAlias = tuple[tuple[Component, Exponent], ...]
Poly: TypeAlias = dict[Key, "int | Fraction"]
INTEGER = "int"
DELTA = "I:"
ONE_POLY: Poly = {(): 1}


class Exhausted(Exception):
    """A bound on the work of one step was reached; the step stays undecided."""


class Undecided(Exception):
    """An expression that the core cannot express; the step stays undecided.  The message says what."""


@dataclass(frozen=True)
class Head:
    """What a head with an inside means.

    ``kind``: ``"power"`` (of ``base``, exponent ``exponent``), ``"base"`` (a polynomial that only powers
    of occur), ``"exp"`` (the exponential of one monomial), ``"function"``, ``"inverse"``, ``"call"``, ...
    ``inside`` is the polynomial in the parameters ``#0 ... #(arity-1)``; ``tensor`` counts the slots that range over a
    dimension of the value, the rest are parameters.
    """

    kind: str
    name: str = ""
    base: str = ""
    inside: int = -1
    exponent: Exponent = 1
    order: int = 0
    arity: int = 0


Arguments = tuple[tuple[int, int, int, tuple[tuple[Slot, Slot], ...]], ...]


@dataclass(frozen=True)
class Call:
    """What a call head means: the function, its arguments' polynomials and the entries differentiated by.

    ``arguments``: for each argument (number of its polynomial, how many entry indices it has, how many
    parameters, the ranges of its entry indices).  ``by``: the argument numbers differentiated by, in order.
    The slots of a call head are: the value's entry indices (``outputs`` of them), then the entry indices of
    each argument in ``by``, then all parameters.
    """

    name: str
    outputs: int
    arguments: Arguments
    by: tuple[int, ...] = ()


class Term:
    """A monomial while it is being built: slots may hold summed indices ``~k``, nothing is canonical yet."""

    __slots__ = ("bound", "coefficient", "factors", "scalars")

    def __init__(
        self,
        coefficient: int | Fraction = 1,
        factors: list[Factor] | None = None,
        scalars: dict[Component, Exponent] | None = None,
        bound: dict[str, tuple[Slot, Slot]] | None = None,
    ) -> None:
        self.coefficient = coefficient
        self.factors = factors if factors is not None else []
        self.scalars = scalars if scalars is not None else {}
        self.bound = bound if bound is not None else {}

    def times(self, other: Term) -> Term:
        """The product; the summed indices of the two are distinct by construction."""
        return Term(
            self.coefficient * other.coefficient,
            self.factors + other.factors,
            merged_exponents(self.scalars, other.scalars),
            {**self.bound, **other.bound} if other.bound else self.bound,
        )

    def scaled(self, by: int | Fraction) -> Term:
        return Term(self.coefficient * by, self.factors, self.scalars, self.bound)


def merged_exponents(a: Mapping[Component, Exponent], b: Mapping[Component, Exponent]) -> dict[Component, Exponent]:
    if not b:
        return dict(a)
    result = dict(a)
    for component, exponent in b.items():
        total = result.get(component, 0) + exponent
        if total:
            result[component] = total
        else:
            del result[component]
    return result


def component_key(component: Component) -> tuple[object, ...]:
    factors, bound = component
    return (
        len(factors),
        tuple((h, tuple(map(slot_key, s))) for h, s in factors),
        tuple((i, slot_key(lo), slot_key(hi)) for i, lo, hi in bound),
    )


def monomial_key(key: Key) -> tuple[object, ...]:
    return tuple((component_key(c), e) for c, e in key)


def add_into(target: Poly, source: Poly, factor: int | Fraction = 1) -> None:
    """target += factor * source."""
    for key, coefficient in source.items():
        total = target.get(key, 0) + factor * coefficient
        if total:
            target[key] = total
        else:
            target.pop(key, None)


def subtract(a: Poly, b: Poly) -> Poly:
    result = dict(a)
    add_into(result, b, -1)
    return result


def delta(size: Slot | None) -> str:
    """The head of a delta between two indices of a dimension of that size, or (None) of two indices of a family."""
    return DELTA + ("" if size is None else slot_key(size))


def is_delta(head: str) -> bool:
    return head[:2] == DELTA


def is_open_component(component: Component) -> bool:
    """Whether a free index occurs in a component: it is no number."""
    return any(s[0] == "#" for _, slots in component[0] for slot in slots for s in symbols_of(slot))


def is_open(symbol: str) -> bool:
    """Whether a symbol is a free or a summed index (not an integer symbol of the author)."""
    return symbol[0] in "#~_"


def components_of(term: Term) -> list[Component]:
    """The connected components of a term's network."""
    if not term.bound:
        return [((factor,), ()) for factor in term.factors]
    if len(term.factors) == 1 == len(term.bound):
        ((name, (low, high)),) = term.bound.items()
        if any(name in symbols_of(slot) for slot in term.factors[0][1]):
            return [((term.factors[0],), ((name, low, high),))]
    parent: dict[str, str] = {name: name for name in term.bound}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    meets: list[list[str]] = []
    for _, slots in term.factors:
        met: list[str] = []
        for slot in slots:
            if isinstance(slot, str):
                if slot in parent:
                    met.append(slot)
            else:
                met += [s for s, _ in slot[1] if s in parent]
        meets.append(met)
        for other in met[1:]:
            parent[root(met[0])] = root(other)
    for name, (low, high) in term.bound.items():
        for s in (*symbols_of(low), *symbols_of(high)):
            if s in parent:
                parent[root(name)] = root(s)
    groups: dict[str, tuple[list[Factor], list[Bound]]] = {}
    result: list[Component] = []
    for factor, met in zip(term.factors, meets, strict=True):
        if met:
            groups.setdefault(root(met[0]), ([], []))[0].append(factor)
        else:
            result.append(((factor,), ()))
    for name, (low, high) in term.bound.items():
        groups.setdefault(root(name), ([], []))[1].append((name, low, high))
    result.extend((tuple(fs), tuple(bs)) for fs, bs in groups.values())
    return result


def at_value(term: Term, name: str, slot: Slot) -> Term:
    """The term at one value of a summed index."""
    mapping: dict[str, Slot] = {name: slot}
    return Term(
        term.coefficient,
        [(h, tuple(substitute(s, mapping) for s in ss)) for h, ss in term.factors],
        term.scalars,
        {n: (substitute(a, mapping), substitute(b, mapping)) for n, (a, b) in term.bound.items() if n != name},
    )


def without(term: Term, position: int) -> Term:
    return Term(
        term.coefficient,
        term.factors[:position] + term.factors[position + 1 :],
        term.scalars,
        term.bound,
    )


def renamed(component: Component, mapping: Mapping[str, Slot]) -> Component:
    factors, bound = component
    return (
        tuple((h, tuple(substitute(s, mapping) for s in ss)) for h, ss in factors),
        tuple((n, substitute(lo, mapping), substitute(hi, mapping)) for n, lo, hi in bound),
    )
