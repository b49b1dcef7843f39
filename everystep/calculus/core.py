"""The core: arithmetic of polynomials whose monomials are contraction networks, and their normal form.

May import ``everystep.algebra`` and the core's own modules only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import permutations
from typing import TypeAlias

from everystep.calculus.canonical import Labelling
from everystep.calculus.deltas import Deltas
from everystep.calculus.division import Lead, leading_monomial
from everystep.calculus.indices import (
    Integers,
    Slot,
    as_constant,
    shifted,
    substitute,
    symbols_of,
    unpack,
)
from everystep.calculus.networks import (
    INTEGER,
    ONE_POLY,
    Arguments,
    Call,
    Component,
    Exhausted,
    Exponent,
    Factor,
    Head,
    Key,
    Poly,
    Term,
    Undecided,
    component_key,
    components_of,
    is_delta,
    is_open,
    merged_exponents,
    monomial_key,
    renamed,
    without,
)
from everystep.calculus.signs import Signs

Rewriter: TypeAlias = Callable[[Term], list[Term] | None]
"""One rewriting of a term that keeps its value; None where nothing applies."""
MAX_POWER = 24


class Core(Labelling, Deltas, Signs):
    """Canonicalisation and arithmetic of polynomials, under the symmetries and integer facts of one context."""

    MAX_TERMS = 20_000

    def __init__(self, integers: Integers) -> None:
        self.integers = integers
        self.heads: dict[str, Head] = {}
        self.symmetric: set[str] = set()
        self.dimensions: dict[str, tuple[Slot, ...]] = {}  # of the tensor slots of a head
        self.positive: set[str] = set()  # heads of scalars that are > 0
        self.nonnegative: set[str] = set()  # heads of scalars that are >= 0
        self.nonzero: set[str] = set()  # heads of scalars that are not 0
        # Heads of square matrices whose entries on the diagonal are all > 0, >= 0, or not 0.
        self.positive_diagonals: set[str] = set()
        self.nonnegative_diagonals: set[str] = set()
        self.nonzero_diagonals: set[str] = set()
        self.infinitesimals: set[str] = set()  # heads of numbers that tend to 0: nothing is divided by them in a base
        self.constrained: set[str] = set()  # heads of variables that a hypothesis ties down
        self.orthogonal: set[str] = set()  # heads of orthogonal matrices
        self.idempotent: set[str] = set()  # heads of idempotent matrices, and of their determinants
        self.nilpotent: dict[str, int | None] = {}  # heads of matrices with N^k = 0, and k where it is a number
        self.unit_squares: set[str] = set()  # heads of numbers whose square is 1
        # Vectors and matrices, members of families at their index, whose entries are all 0 or 1, or all 1 or -1.
        self.binary: set[Factor] = set()
        self.signs: set[Factor] = set()
        self.skew_determinants: dict[str, Slot] = {}  # heads of determinants of matrices with A^T = -A: the size
        self.invertible: set[str] = set()  # heads of square matrices that are invertible
        self.full_columns: set[str] = set()  # heads of matrices X of full column rank: X^T X is invertible
        self.full_rows: set[str] = set()  # heads of matrices X of full row rank: X X^T is invertible
        self.definite: set[str] = set()  # heads of matrices that are positive definite
        self.positive_products: frozenset[Factor] = frozenset()  # products over an index of numbers that are > 0
        self.rewriters: list[tuple[frozenset[str], Rewriter]] = []
        self.ranges: dict[str, tuple[Slot, Slot]] = {}  # of the row index of an inverse
        self.calls: dict[str, Call] = {}
        # Functions at names of which the value is symmetric, and then at all that these may stand for.
        self.symmetric_calls: set[tuple[str, Arguments]] = set()
        self.indexed: dict[str, int] = {}  # how many leading slots of a family's head are its indices
        self.rules_used: set[str] = set()
        self.whole_determinants = False  # whether det(A + W) stays as it is although A has an inverse
        self.hypotheses = True  # whether equations given as hypotheses may be used right now
        self.start_counting()
        self.limit = 2_000_000
        self.divides = False  # whether sums divide what stands beside their reciprocals, with a remainder
        self._leads: dict[str, Lead | None] = {}  # of the bases of powers
        self._fresh = 0
        self._polys: list[Poly] = []
        self._ids: dict[frozenset[tuple[Key, int | Fraction]], int] = {}

    def add_rewriter(self, rewriter: Rewriter, *kinds: str) -> None:
        """Have the rules of a context rewrite terms; ``kinds``: the first two letters of the heads that it asks for."""
        self.rewriters.append((frozenset(kinds), rewriter))

    def fresh(self) -> str:
        self._fresh += 1
        return f"~{self._fresh}"

    def intern(self, poly: Poly) -> int:
        frozen = frozenset(poly.items())
        number = self._ids.get(frozen)
        if number is None:
            number = self._ids[frozen] = len(self._polys)
            self._polys.append(dict(poly))
        return number

    def inside(self, head: str) -> Poly:
        return self._polys[self.heads[head].inside]

    def poly(self, number: int) -> Poly:
        return self._polys[number]

    def has_determinant(self, terms: list[Term]) -> bool:
        """Whether a factor of the terms is a determinant, or contains one."""
        todo = {head for term in terms for head, _ in term.factors}
        todo |= {head for term in terms for component in term.scalars for head, _ in component[0]}
        seen: set[str] = set()
        while todo:
            head = todo.pop()
            seen.add(head)
            info = self.heads.get(head)
            if info is None:
                continue
            if info.kind == "determinant":
                return True
            inside = self._polys[info.inside] if info.inside >= 0 else {}
            todo |= {h for key in inside for component, _ in key for h, _ in component[0]} - seen
        return False

    def used(self, rule: str) -> None:
        self.rules_used.add(rule)

    def terms(self, poly: Poly, mapping: Mapping[str, Slot] | None = None) -> list[Term]:
        """The polynomial as terms with fresh summed indices; ``mapping`` replaces free symbols."""
        return [self.term(key, coefficient, mapping) for key, coefficient in poly.items()]

    def term(self, key: Key, coefficient: int | Fraction = 1, mapping: Mapping[str, Slot] | None = None) -> Term:
        """A monomial with fresh summed indices, and its open indices replaced."""
        result = Term(coefficient)
        for component, exponent in key:
            if isinstance(exponent, int) and exponent > 0:
                for _ in range(exponent):
                    self._place(result, component, mapping)
                continue
            moved = renamed(component, mapping) if mapping else component
            if mapping and moved[0][0][0] == INTEGER and len(moved[0]) == 1 and not isinstance(moved[0][0][1][0], str):
                for power in self.power(self.normal([Term(1, list(moved[0]))]), exponent):  # of k + 1, of 2
                    result = result.times(power)
                continue
            if any(is_open(s) for _, slots in moved[0] for slot in slots for s in symbols_of(slot) if s[0] != "_"):
                atom: Poly = {((moved, 1),): 1}
                for power in self.power(atom, exponent):
                    result = result.times(power)
            else:
                result.scalars = merged_exponents(result.scalars, {moved: exponent})
        return result

    def _place(self, result: Term, component: Component, mapping: Mapping[str, Slot] | None) -> None:
        factors, bound = component
        if bound:
            names: dict[str, Slot] = dict(mapping) if mapping else {}
            for name, _, _ in bound:
                names[name] = self.fresh()
            for name, low, high in bound:
                result.bound[str(names[name])] = (substitute(low, names), substitute(high, names))
        elif mapping:
            names = dict(mapping)
        else:
            result.factors.extend(factors)
            return
        result.factors.extend((h, tuple(substitute(s, names) for s in slots)) for h, slots in factors)

    def renamed(self, poly: Poly, mapping: Mapping[str, Slot]) -> Poly:
        """The polynomial with free symbols replaced, in canonical form again."""
        return self.normal(self.terms(poly, mapping))

    def product(self, a: Poly, b: Poly) -> Poly:
        return self.normal(s.times(t) for s in self.terms(a) for t in self.terms(b))

    def parametrise(self, poly: Poly, leading: tuple[tuple[Slot, ...], ...] = ((),)) -> tuple[int, tuple[Slot, ...]]:
        """(number, slots): the polynomial with its open and integer symbols abstracted to ``#0, #1, ...``.

        An integer symbol t that occurs as ``t + c`` is anchored so that its least offset is 0; of the orders of the
        parameters (up to three) the one with the least polynomial is taken, so that equal functions get equal heads.
        ``leading`` lists the admissible choices of the first parameters (a matrix's row and column, in both orders).
        """
        offsets: dict[str, int] = {}
        seen: list[str] = []
        for key in poly:
            for (factors, bound), _ in key:
                local = {name for name, _, _ in bound}
                for _, slots in factors:
                    for slot in slots:
                        self._note(slot, local, seen, offsets)
                for _, low, high in bound:
                    for slot in (low, high):
                        for s in symbols_of(slot):
                            if s not in local and s not in self.integers.sizes and s not in seen:
                                seen.append(s)
        if leading == ((),):
            if not seen:
                return self.intern(poly), ()
            if len(seen) == 1 and seen[0] == "#0":
                return self.intern(poly), ("#0",)
        rest = sorted(s for s in seen if s not in leading[0])
        tails = list(permutations(rest)) if len(rest) <= 3 else [tuple(rest)]
        orders = [(*first, *tail) for first in leading for tail in tails]
        best: tuple[tuple[object, ...], Poly, tuple[Slot, ...]] | None = None
        for order in orders:
            mapping: dict[str, Slot] = {
                s: shifted(f"#{k}", -offsets.get(s, 0)) for k, s in enumerate(order) if isinstance(s, str)
            }
            candidate = self.renamed(poly, mapping)
            rank = tuple(sorted((monomial_key(k), c) for k, c in candidate.items())) if len(orders) > 1 else ()
            if best is None or rank < best[0]:
                best = (rank, candidate, order)
        if best is None:
            raise Undecided("no order of parameters")
        _, chosen, order = best
        return self.intern(chosen), tuple(shifted(s, offsets.get(s, 0)) if isinstance(s, str) else s for s in order)

    def _note(self, slot: Slot, local: set[str], seen: list[str], offsets: dict[str, int]) -> None:
        if isinstance(slot, str):
            if slot not in local and slot not in self.integers.sizes:
                if slot not in seen:
                    seen.append(slot)
                if slot[0] != "#":
                    offsets[slot] = min(offsets.get(slot, 0), 0)
            return
        total, parts = unpack(slot)
        free = [s for s in parts if s not in local and s not in self.integers.sizes]
        for position, s in enumerate(free):
            if s not in seen:
                seen.append(s)
            if position == 0 and parts[s] == 1:
                offsets[s] = min(offsets.get(s, total), total)
            else:
                offsets[s] = min(offsets.get(s, 0), 0)

    def power(self, poly: Poly, exponent: Exponent) -> list[Term]:
        """poly ** exponent for a number-valued polynomial (entrywise, where it has free indices).

        Positive integers expand.  Of a single monomial the power is distributed; of a sum the numeric content and the
        common scalar factor are taken out and the rest becomes one opaque base.  Fractional powers take out
        only what is known to be positive.
        """
        if exponent == 0:
            return [Term(1)]
        if isinstance(exponent, Fraction) and exponent.denominator == 1:
            exponent = int(exponent)
        if isinstance(exponent, int) and exponent > 0:
            if exponent > (MAX_POWER if len(poly) > 1 else 20 * MAX_POWER):
                raise Undecided(f"a power with exponent {exponent}")
            result = self.terms(poly)
            for _ in range(exponent - 1):
                result = [a.times(b) for a in result for b in self.terms(poly)]
                if len(result) > 64:
                    result = self.terms(self.normal(result))
            return result
        if not poly:
            if exponent > 0:
                return []
            raise Undecided("a negative power of zero")
        shifted_out, poly = self.without_exponentials(poly, exponent)
        cleared, poly = self.without_denominators(poly, exponent)
        outside, rest = self.content(poly, exponent)
        outside = outside.times(shifted_out).times(cleared)
        if rest == ONE_POLY:
            return [outside]
        outer = [outside]
        if isinstance(exponent, int) and len(rest) == 1 and next(iter(rest.values())) == 1:
            (key,) = rest
            if len(key) > 1 or key[0][1] != 1:  # 1 / (x_i y_i^2) entry by entry, as of numbers
                for component, own in key:
                    entry = self.power({((component, 1),): 1}, _simple(Fraction(own) * exponent))
                    outer = [t.times(e) for t in outer for e in entry]
                return outer
            ((factors, bound), _) = key[0]
            inner = self.heads.get(factors[0][0]) if len(factors) == 1 and not bound else None
            if inner is not None and inner.kind == "power":  # 1 / (1 / (1 + x_i))
                whole = self.power_factor(inner.base, factors[0][1], _simple(Fraction(inner.exponent) * exponent))
                return [t.times(whole) for t in outer]
        if not isinstance(exponent, int):
            outer, rest = self._absolute_values(outside, rest, exponent)
            if rest == ONE_POLY:
                return outer
        number, slots = self.parametrise(rest)
        base = f"p:{number}"
        if base not in self.heads:
            self.heads[base] = Head("base", inside=number, arity=len(slots))
        factor = self.power_factor(base, slots, exponent)
        return [t.times(factor) for t in outer]

    def _absolute_values(self, outside: Term, rest: Poly, exponent: Exponent) -> tuple[list[Term], Poly]:
        """Take even powers of common scalars out of a root: (c^2 r)^(1/2) = |c| r^(1/2), |c| = c (2 step(c) - 1)."""
        result = [outside]
        keys = [dict(key) for key in rest]
        for component, power in list(keys[0].items()):
            raised = Fraction(power) * Fraction(exponent)
            whole = isinstance(power, int) and power % 2 == 0 and raised.denominator == 1
            if not whole or self.has_open(component) or any(k.get(component) != power for k in keys):
                continue
            rest = {self.divided(k, {component: power}): c for k, c in rest.items()}
            scaled = [t.times(Term(1, [], {component: int(raised)})) for t in result]
            if raised % 2:
                signs = self.function("step", 0, {((component, 1),): 1})
                scaled = [*(t.times(s).scaled(2) for t in scaled for s in signs), *(t.scaled(-1) for t in scaled)]
            result = scaled
        return result, rest

    def power_factor(self, base: str, slots: tuple[Slot, ...], exponent: Exponent) -> Term:
        """``base ** exponent`` as a term: a scalar where no slot is open, else a factor."""
        if any(is_open(s) for slot in slots for s in symbols_of(slot)):
            head = f"{base}^{exponent}"
            if head not in self.heads:
                inner = self.heads[base]
                self.heads[head] = Head("power", base=base, inside=inner.inside, exponent=exponent, arity=inner.arity)
            return Term(1, [(head, slots)])
        return Term(1, [], {(((base, slots),), ()): exponent})

    def without_exponentials(self, poly: Poly, exponent: Exponent) -> tuple[Term, Poly]:
        """Take the lowest power of each exponential out of a sum: 1 + e^-z = e^-z (e^z + 1)."""
        all_powers = [self._exponentials(key) for key in poly]
        atoms = {atom: None for powers in all_powers for atom in powers}
        lowest = {atom: min(powers.get(atom, 0) for powers in all_powers) for atom in atoms}
        lowest = {atom: e for atom, e in lowest.items() if e}
        outside = Term(1)
        if not lowest:
            return outside, poly
        inverse = Term(1)
        for (base, slots), e in lowest.items():
            outside = outside.times(self.power_factor(base, slots, _simple(Fraction(e) * Fraction(exponent))))
            inverse = inverse.times(self.power_factor(base, slots, -e))
        return outside, self.normal(inverse.times(t) for t in self.terms(poly))

    def _exponentials(self, key: Key) -> dict[tuple[str, tuple[Slot, ...]], Exponent]:
        """The powers of exponentials in a monomial, by head and slots."""
        result: dict[tuple[str, tuple[Slot, ...]], Exponent] = {}
        for (factors, bound), power in key:
            if len(factors) != 1 or bound:
                continue
            head, slots = factors[0]
            info = self.heads.get(head)
            if info is None:
                continue
            if info.kind == "exp":
                result[(head, slots)] = power
            elif info.kind == "power" and self.heads[info.base].kind == "exp":
                result[(info.base, slots)] = _simple(Fraction(info.exponent) * Fraction(power))
        return result

    def content(self, poly: Poly, exponent: Exponent) -> tuple[Term, Poly]:
        """Split off what may be taken out of ``poly ** exponent``: (term already raised, what is left)."""
        integral = isinstance(exponent, int)
        small, poly = self._without_small(poly, exponent) if self.infinitesimals else (None, poly)
        first = min(poly, key=monomial_key)
        lead = Fraction(poly[first])
        if not integral:
            lead = abs(lead)
        outside = self._rational_power(lead, exponent)
        common: dict[Component, Exponent] = dict(first)
        for key in poly:
            have = dict(key)
            for component in list(common):
                if component in have:
                    common[component] = min(common[component], have[component])
                else:
                    del common[component]
        rest = {k: Fraction(c) / lead for k, c in poly.items()}
        taken: dict[Component, Exponent] = {}
        for component, power in common.items():
            if any(is_open(s) for _, ss in component[0] for slot in ss for s in symbols_of(slot) if s[0] != "_"):
                continue
            if integral or self._even(power) or self.is_nonnegative(component):
                if not integral and self._even(power) and not self.is_nonnegative(component):
                    continue  # sqrt(x^2) is |x|, not x
                taken[component] = power
        if not taken and not integral and len(poly) == 1 and len(common) == 1:
            # A root of one scalar is presupposed to exist, so the scalar is not negative.
            component, power = next(iter(common.items()))
            if isinstance(power, int) and power % 2 and not self.has_open(component) and poly[first] > 0:
                taken[component] = power
        if taken:
            rest = {self.divided(k, taken): c for k, c in rest.items()}
            outside = outside.times(
                Term(1, [], {c: _simple(Fraction(e) * Fraction(exponent)) for c, e in taken.items()})
            )
        return (outside if small is None else outside.times(small)), {k: _simple(c) for k, c in rest.items()}

    def without_denominators(self, poly: Poly, exponent: Exponent) -> tuple[Term, Poly]:
        """The lowest negative power of each number, taken out of a sum: 1 + r^2 / c^2 = (c^2 + r^2) / c^2.

        The number is not 0 where the sum has a value; out of a root it is taken where it is known to be positive.
        """
        if len(poly) == 1:
            return Term(1), poly
        powers = [dict(key) for key in poly]
        least: dict[Component, Exponent] = {}
        for component in dict.fromkeys(c for have in powers for c, e in have.items() if e < 0):
            lowest = min(have.get(component, 0) for have in powers)
            if not self.has_open(component) and (isinstance(exponent, int) or self.is_positive(component)):
                least[component] = lowest
        if not least:
            return Term(1), poly
        outside = Term(1, [], {c: _simple(Fraction(e) * Fraction(exponent)) for c, e in least.items()})
        inverse = Term(1, [], {c: -e for c, e in least.items()})
        return outside, self.normal(inverse.times(t) for t in self.terms(poly))

    def _without_small(self, poly: Poly, exponent: Exponent) -> tuple[Term | None, Poly]:
        """The lowest negative power of each number that tends to 0, taken out of a sum: 1 + 1/u = (u + 1)/u."""
        outside, inverse = Term(1), Term(1)
        for head in self.infinitesimals:
            component: Component = (((head, ()),), ())
            least = min(dict(key).get(component, 0) for key in poly)
            if least < 0 and (isinstance(exponent, int) or head in self.positive):
                outside = outside.times(Term(1, [], {component: _simple(Fraction(least) * Fraction(exponent))}))
                inverse = inverse.times(Term(1, [], {component: -least}))
        if not inverse.scalars:
            return None, poly
        return outside, self.normal(inverse.times(t) for t in self.terms(poly))

    @staticmethod
    def divided(key: Key, taken: Mapping[Component, Exponent]) -> Key:
        left = [(c, e - taken.get(c, 0)) for c, e in key]
        return tuple((c, e) for c, e in left if e)

    def _rational_power(self, value: Fraction, exponent: Exponent) -> Term:
        """(p/q)^r for p/q > 0: the whole part of each prime's exponent as a number, the rest as its root."""
        if isinstance(exponent, int):
            return Term(_simple(value**exponent))
        result = Term(1)
        for part, sign in ((value.numerator, 1), (value.denominator, -1)):
            for prime, count in factorised(part):
                power = Fraction(exponent) * count * sign
                whole = power.numerator // power.denominator
                result.coefficient = result.coefficient * Fraction(prime) ** whole
                rest = power - whole
                if rest:
                    head = f"q:{prime}"
                    self.positive.add(head)
                    component: Component = (((head, ()),), ())
                    result = result.times(Term(1, [], {component: rest}))
        result.coefficient = _simple(result.coefficient)
        return result

    def exponential(self, poly: Poly) -> list[Term]:
        """exp(poly) entrywise: the product over its monomials of exp(monomial) ** coefficient."""
        result = [Term(1)]
        for key, coefficient in poly.items():
            logarithm = self._logarithm(key)
            if logarithm is not None:
                powers = self.power(logarithm, _simple(coefficient))
                self.spend(len(result) * len(powers))
                result = [r.times(p) for r in result for p in powers]
                continue
            number, slots = self.parametrise({key: 1})
            base = f"e:{number}"
            if base not in self.heads:
                self.heads[base] = Head("exp", inside=number, arity=len(slots))
            factor = self.power_factor(base, slots, _simple(coefficient))
            result = [r.times(factor) for r in result]
        return result

    def _logarithm(self, key: Key) -> Poly | None:
        """What a monomial is the logarithm of; None when it is not one."""
        if len(key) != 1 or key[0][1] != 1 or len(key[0][0][0]) != 1:
            return None
        head, slots = key[0][0][0][0]
        info = self.heads.get(head)
        if info is None or info.kind != "function" or info.name not in ("log", "softplus") or info.order:
            return None
        inside = self._polys[info.inside]
        if info.name == "softplus":
            at = self.renamed(inside, {f"#{k}": s for k, s in enumerate(slots)})
            return self.normal([Term(1), *self.exponential(at)])
        return self.renamed(inside, {f"#{k}": s for k, s in enumerate(slots)})

    def function(self, name: str, order: int, poly: Poly) -> list[Term]:
        """An opaque or known entrywise function of a polynomial, as an atom."""
        number, slots = self.parametrise(poly)
        head = f"f:{name}:{order}:{number}"
        if head not in self.heads:
            self.heads[head] = Head("function", name, inside=number, order=order, arity=len(slots))
        return [Term(1, [(head, slots)])]

    def normal(self, terms: Iterable[Term]) -> Poly:
        """The canonical polynomial of a sum of terms."""
        result: Poly = {}
        stack = list(terms)
        while stack:
            term = stack.pop()
            self.spend(1 + len(term.factors))
            if not term.coefficient:
                continue
            more = self._simplified(term)
            if more is not None:
                stack.extend(more)
                continue
            key = self.monomial(term)
            total = result.get(key, 0) + term.coefficient
            if total:
                result[key] = total if isinstance(total, int) else _simple(total)
            else:
                del result[key]
            if len(result) > self.MAX_TERMS:
                raise Exhausted("too many terms")
        return result

    def _simplified(self, term: Term) -> list[Term] | None:
        """One rewriting of a term, or None when nothing applies (then only indices are left to be named)."""
        for position, (head, slots) in enumerate(term.factors):
            if is_delta(head):
                done = self._eliminate(term, position, head, slots)
                if done is not None:
                    return done
            elif head == INTEGER:
                value = as_constant(slots[0])
                if value is not None:
                    return [without(term, position).scaled(value)]
                if isinstance(slots[0], str):
                    if "*" in slots[0]:
                        factors = _product_symbols(slots[0])
                        return [without(term, position).times(Term(1, [(INTEGER, (s,)) for s in factors]))]
                else:
                    rest = without(term, position)
                    total, parts = unpack(slots[0])
                    spread = [rest.times(Term(c, [(INTEGER, (s,))])) for s, c in parts.items()]
                    return [*spread, rest.scaled(total)] if total else spread
        done = self._merge_powers(term)
        if done is not None:
            return done
        done = self._without_sums(term) if term.bound else None
        if done is not None:
            return done
        met = {head[:2] for head, _ in term.factors}
        met.update(head[:2] for component in term.scalars for head, _ in component[0])
        for kinds, rewriter in self.rewriters:
            done = None if kinds and kinds.isdisjoint(met) else rewriter(term)
            if done is not None:
                return done
        return None

    def _merge_powers(self, term: Term) -> list[Term] | None:
        """Collect powers of one base at the same slots, and expand where the exponent has reached 1."""
        groups: dict[tuple[str, tuple[Slot, ...]], list[int]] = {}
        for position, (head, slots) in enumerate(term.factors):
            info = self.heads.get(head)
            if info is not None and info.kind == "power":
                groups.setdefault((info.base, slots), []).append(position)
        for (base, slots), positions in groups.items():
            exponent: Exponent = sum(self.heads[term.factors[p][0]].exponent for p in positions)
            closed = not any(is_open(s) for slot in slots for s in symbols_of(slot))
            own = self._own_factor(term, base, slots) if exponent < 0 else None
            if own is not None:
                positions, exponent = [*positions, own], exponent + 1
            expandable = base[0] == "p" and exponent >= 1
            if len(positions) == 1 and not closed and not expandable:
                divided = self._divided(term, base, slots, positions[0]) if self.divides and exponent <= -1 else None
                if divided is not None:
                    return divided
                continue
            rest = Term(
                term.coefficient,
                [f for p, f in enumerate(term.factors) if p not in positions],
                term.scalars,
                term.bound,
            )
            return self._raised(rest, base, slots, exponent)
        for component, exponent in term.scalars.items():
            factors = component[0]
            unit = self.hypotheses and factors[0][0] in self.unit_squares
            if unit and exponent not in (0, 1) and isinstance(exponent, int):
                scalars = {c: e for c, e in term.scalars.items() if c != component}
                if exponent % 2:
                    scalars[component] = 1
                return [Term(term.coefficient, term.factors, scalars, term.bound)]
            if len(factors) == 1 and factors[0][0][0] == "p" and exponent >= 1 and factors[0][0] in self.heads:
                scalars = {c: e for c, e in term.scalars.items() if c != component}
                rest = Term(term.coefficient, term.factors, scalars, term.bound)
                return self._raised(rest, factors[0][0], factors[0][1], exponent)
            if len(factors) == 1 and factors[0][0][0] == "q" and not 0 <= exponent < 1:
                whole = Fraction(exponent).numerator // Fraction(exponent).denominator
                scalars = {c: e for c, e in term.scalars.items() if c != component}
                if exponent - whole:
                    scalars[component] = exponent - whole
                prime = Fraction(int(factors[0][0][2:]))
                return [Term(term.coefficient * prime**whole, term.factors, scalars, term.bound)]
        return None

    def _own_factor(self, term: Term, base: str, slots: tuple[Slot, ...]) -> int | None:
        """Where the entry that a base is stands as a factor of its own: x_i / x_i = 1, as x / x = 1 for a number."""
        inside = self.inside(base) if base[0] == "p" else {}
        if len(inside) != 1:
            return None
        ((key, coefficient),) = inside.items()
        if coefficient != 1 or len(key) != 1 or key[0][1] != 1 or key[0][0][1] or len(key[0][0][0]) != 1:
            return None
        head, places = key[0][0][0][0]
        mapping = {f"#{k}": s for k, s in enumerate(slots)}
        own = (head, tuple(substitute(s, mapping) for s in places))
        return term.factors.index(own) if own in term.factors else None

    def _divided(self, term: Term, base: str, slots: tuple[Slot, ...], position: int) -> list[Term] | None:
        """The greatest monomial of a sum beside a power of its reciprocal, by the others: x_i / (1 - x_i) is
        1 / (1 - x_i) - 1.  None where it is not there, or there is no greatest one that is a product of entries.
        """
        lead = self._lead(base)
        if lead is None:
            return None
        coefficient, wanted, others = lead
        mapping = {f"#{k}": s for k, s in enumerate(slots)}
        left = [factor for k, factor in enumerate(term.factors) if k != position]
        for head, places in wanted:
            own = (head, tuple(substitute(s, mapping) for s in places))
            if own not in left:
                return None
            left.remove(own)
        rest = Term(term.coefficient / Fraction(coefficient), left, term.scalars, term.bound)
        exponent = self.heads[term.factors[position][0]].exponent
        power = self.power_factor(base, slots, exponent)
        self.used("division with remainder")
        first = rest.times(self.power_factor(base, slots, _simple(exponent + 1))) if exponent != -1 else rest
        return [first, *(rest.times(power).times(t).scaled(-1) for t in self.terms(others, mapping))]

    def _lead(self, base: str) -> Lead | None:
        if base[0] != "p":
            return None
        if base not in self._leads:
            self._leads[base] = leading_monomial(self.inside(base))
        return self._leads[base]

    def _raised(self, rest: Term, base: str, slots: tuple[Slot, ...], exponent: Exponent) -> list[Term]:
        """A term times a power of a base; the whole part of the exponent of a sum is multiplied out."""
        whole = 0
        if base[0] == "p" and exponent >= 1:
            whole = Fraction(exponent).numerator // Fraction(exponent).denominator
        left = _simple(exponent - whole)
        result = rest.times(self.power_factor(base, slots, left)) if left else rest
        if not whole:
            return [result]
        mapping = {f"#{k}": s for k, s in enumerate(slots)}
        pieces = [result]
        for _ in range(whole):
            pieces = [p.times(t) for p in pieces for t in self.terms(self.inside(base), mapping)]
        return pieces

    def monomial(self, term: Term) -> Key:
        """The key of a term: its components, each canonical, with their exponents."""
        counts: dict[Component, Exponent] = dict(term.scalars)
        for raw in components_of(term):
            component = self.canonical(raw)
            total = counts.get(component, 0) + 1
            if total:
                counts[component] = total
            else:
                del counts[component]
        if len(counts) == 1:
            return tuple(counts.items())
        return tuple(sorted(counts.items(), key=lambda item: component_key(item[0])))


def _product_symbols(symbol: str) -> list[str]:
    """The symbols of a product of sizes, ``"d*n**2"``, each as often as it occurs."""
    result: list[str] = []
    for part in symbol.replace("**", "^").split("*"):
        name, _, power = part.partition("^")
        if power and not power.isdigit():
            raise Undecided(f"the size {symbol}")
        result += [name] * int(power or 1)
    return result


def _simple(value: Exponent) -> Exponent:
    return int(value) if isinstance(value, Fraction) and value.denominator == 1 else value


def factorised(value: int) -> list[tuple[int, int]]:
    """The prime factors of a positive whole number with their multiplicities; Undecided beyond 10^10."""
    result = []
    prime = 2
    if value > 10**10:
        raise Undecided("the root of a large number")
    while prime * prime <= value:
        count = 0
        while value % prime == 0:
            value //= prime
            count += 1
        if count:
            result.append((prime, count))
        prime += 1
    if value > 1:
        result.append((value, 1))
    return result
