"""Index positions of the core: affine integer forms, and what follows about them from the hypotheses.

A *slot* says where an index of a tensor points: a plain symbol (``"k"``) or an affine form
``(constant, ((symbol, coefficient), ...))``, the symbols sorted.  Symbols are strings; a summed index is called
``"~7"`` while terms are being built and ``"_0"``, ``"_1"``, ... in a normal form, a free index ``"#0"``,
``"#1"``, ...; sizes and time steps keep their names.  May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from sympy import Expr, Poly

Affine: TypeAlias = tuple[int, tuple[tuple[str, int], ...]]
Slot: TypeAlias = "str | Affine"

_FROM_SYMPY: dict[Expr, Slot] = {}


class NotAffine(Exception):
    """An integer expression that is not affine in its symbols."""


def constant(value: int) -> Affine:
    return (value, ())


def slot_of(expression: Expr) -> Slot:
    """The slot of a SymPy integer expression; products of symbols count as one symbol.  Raises NotAffine."""
    slot = _FROM_SYMPY.get(expression)
    if slot is None:
        slot = _FROM_SYMPY[expression] = _convert(expression)
    return slot


def _convert(expression: Expr) -> Slot:
    if expression.is_Symbol:
        return str(expression.name)
    if expression.is_Integer:
        return constant(int(expression))
    total = 0
    parts: dict[str, int] = {}
    for term in expression.as_ordered_terms():
        coefficient, rest = term.as_coeff_Mul()
        if not coefficient.is_Integer:
            raise NotAffine(str(expression))
        if rest == 1:
            total += int(coefficient)
            continue
        if not rest.is_Symbol and not Poly(rest).is_monomial:
            raise NotAffine(str(expression))
        parts[str(rest)] = parts.get(str(rest), 0) + int(coefficient)
    return pack(total, parts)


def pack(total: int, parts: Mapping[str, int]) -> Slot:
    """The slot with that constant and those coefficients; a plain symbol where it is one."""
    items = tuple(sorted((s, c) for s, c in parts.items() if c))
    if total == 0 and len(items) == 1 and items[0][1] == 1:
        return items[0][0]
    return (total, items)


def unpack(slot: Slot) -> tuple[int, dict[str, int]]:
    if isinstance(slot, str):
        return 0, {slot: 1}
    return slot[0], dict(slot[1])


@lru_cache(maxsize=1 << 14)
def combine(a: Slot, b: Slot, factor: int = 1) -> Slot:
    """a + factor * b."""
    total, parts = unpack(a)
    more, others = unpack(b)
    for symbol, coefficient in others.items():
        parts[symbol] = parts.get(symbol, 0) + factor * coefficient
    return pack(total + factor * more, parts)


def shifted(slot: Slot, by: int) -> Slot:
    return combine(slot, constant(by)) if by else slot


def difference(a: Slot, b: Slot) -> Slot:
    return combine(a, b, -1)


def as_constant(slot: Slot) -> int | None:
    """The value of a slot that has no symbols, else None."""
    return slot[0] if not isinstance(slot, str) and not slot[1] else None


def symbols_of(slot: Slot) -> tuple[str, ...]:
    return (slot,) if isinstance(slot, str) else tuple(s for s, _ in slot[1])


def substitute(slot: Slot, mapping: Mapping[str, Slot]) -> Slot:
    """Replace symbols by slots."""
    if isinstance(slot, str):
        return mapping.get(slot, slot)
    if not any(s in mapping for s, _ in slot[1]):
        return slot
    result: Slot = constant(slot[0])
    for symbol, coefficient in slot[1]:
        result = combine(result, mapping.get(symbol, symbol), coefficient)
    return result


def slot_key(slot: Slot) -> str:
    """A total order on slots."""
    return slot if isinstance(slot, str) else repr(slot)


class Integers:
    """What is known of the integer symbols: affine forms that are at least 0.

    ``at_least(a, b)`` answers True only when ``a >= b`` follows as a non-negative integer combination of few
    facts; False means "not known".
    """

    DEPTH = 4

    def __init__(self, facts: Iterable[Slot] = (), sizes: Iterable[str] = (), nonzero: Iterable[Slot] = ()) -> None:
        self.facts: list[Slot] = list(facts)
        self.sizes = set(sizes)
        self.nonzero = frozenset(nonzero)  # affine forms that are not 0
        self._cache: dict[Any, bool] = {}

    def with_facts(self, facts: Iterable[Slot]) -> Integers:
        return Integers([*self.facts, *facts], self.sizes, self.nonzero)

    def add(self, *facts: Slot) -> None:
        """Further facts; what was not known before may be known now."""
        fresh = [f for f in facts if f not in self.facts]
        if fresh:
            self.facts += fresh
            self._cache.clear()

    def restore(self, facts: Iterable[Slot]) -> None:
        """Know just these facts."""
        kept = list(facts)
        if kept != self.facts:
            self.facts = kept
            self._cache.clear()

    def at_least(self, a: Slot, b: Slot) -> bool:
        gap = difference(a, b)
        known = self._cache.get(gap)
        if known is None:
            known = self._cache[gap] = self._nonnegative(gap, self.DEPTH)
        return known

    def differ(self, a: Slot, b: Slot) -> bool:
        """Whether a != b is known: one is above the other, or a hypothesis says just that."""
        if difference(a, b) in self.nonzero or difference(b, a) in self.nonzero:
            return True
        return self.at_least(a, shifted(b, 1)) or self.at_least(b, shifted(a, 1))

    def _is_size(self, symbol: str) -> bool:
        """Whether a symbol is a size, or a product of sizes: at least 1."""
        if symbol in self.sizes:
            return True
        return "*" in symbol and all(part in self.sizes or part.isdigit() for part in symbol.split("*") if part)

    def _nonnegative(self, slot: Slot, depth: int) -> bool:
        total, parts = unpack(slot)
        if all(c >= 0 and self._is_size(s) for s, c in parts.items()) and total + sum(parts.values()) >= 0:
            return True
        if depth == 0:
            return False
        # Only facts that cancel a symbol help: one with the same sign of some coefficient.
        for fact in self.facts:
            _, known = unpack(fact)
            if any(parts.get(s, 0) * c > 0 for s, c in known.items()) and self._nonnegative(
                difference(slot, fact), depth - 1
            ):
                return True
        return False
