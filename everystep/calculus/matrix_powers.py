"""Powers of a matrix with a symbolic exponent, and how powers of one matrix meet in a product.

May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from everystep.calculus.atoms import REBUILT, Leaf, changed_inside, symbolic_power
from everystep.calculus.core import MAX_POWER, Core
from everystep.calculus.diagonalised import diagonal_terms, diagonalised
from everystep.calculus.indices import (
    Slot,
    as_constant,
    combine,
    constant,
    shifted,
    slot_key,
    substitute,
    symbols_of,
    unpack,
)
from everystep.calculus.networks import (
    Factor,
    Head,
    Poly,
    Term,
    Undecided,
    delta,
)
from everystep.calculus.word_letters import (
    conjugate,
    letters_between,
    placed,
    single_factor,
    square_word,
)


def matrix_power(
    core: Core, inside: Poly, size: Slot, row: Slot | None, column: Slot | None, exponent: Slot
) -> list[Term]:
    """The entry (row, column) of M^exponent for a symbolic exponent.

    (c M)^k = c^k M^k, I^k = I, (P M P^-1)^k = P M^k P^-1, diag(v)^k = diag(v^k), and P^k = P for k >= 1 where P is
    idempotent by hypothesis.
    """
    if row is None or column is None:
        raise Undecided("a power of a matrix of size 1")
    if len(inside) == 1:
        outside, rest = core.content(inside, 1)
        if rest != inside:
            scale = symbolic_power(core, core.normal([outside]), exponent)
            power = matrix_power(core, rest, size, row, column, exponent)
            return [s.times(p) for s in scale for p in power]
    if inside == {(((((delta(size), ("#c", "#r")),), ()), 1),): 1}:
        return [Term(1, [(delta(size), (row, column))])]
    found = diagonalised(core, inside, size)
    if found is not None:
        core.used("function of a diagonalised matrix")
        return diagonal_terms(found, size, (row, column), core, lambda v: symbolic_power(core, v, exponent))
    letter = single_factor(inside)
    idempotent = letter is not None and core.hypotheses and letter[0] in core.idempotent
    if idempotent and core.integers.at_least(exponent, constant(1)):
        core.used("power of an idempotent matrix")
        return core.terms(inside, {"#r": row, "#c": column})
    letters = square_word(core, inside, size)
    if letters is not None and len(letters) > 2 and conjugate(core, letters[0], letters[-1]):
        core.used("power of a similar matrix")
        a, b = core.fresh(), core.fresh()
        whole = (constant(1), size)
        middle = core.normal(letters_between(core, letters[1:-1], size))
        outer = Term(1, [placed(letters[0], row, a), placed(letters[-1], b, column)], None, {a: whole, b: whole})
        return [outer.times(t) for t in matrix_power(core, middle, size, a, b, exponent)]
    number, slots = core.parametrise(inside, (("#r", "#c"), ("#c", "#r")))
    head = f"k:{number}:{slot_key(size)}"
    if head not in core.heads:
        core.dimensions[head] = (size, size)
        core.heads[head] = Head("matrix power", inside=number, arity=len(slots))
        if core.renamed(core.poly(number), {"#0": "#1", "#1": "#0"}) == core.poly(number):
            core.symmetric.add(head)
    names = {"#r": row, "#c": column}
    return [Term(1, [(head, (*(substitute(s, names) for s in slots), exponent))])]


def matrix_powers(core: Core) -> Callable[[Term], list[Term] | None]:
    """Rewriter: M^0 = I, M^1 = M, and neighbouring powers of one matrix become one power.

    M^(k + c) is c copies of M times M^k, with the copies in front, unless k is a summed index: then they are
    gathered, so that sums of powers can be shifted.  M^-1 counts as a power.  An offset below 0 is kept: the power
    exists, so that M M^(k - 1) = M^k.
    """

    def rewrite(term: Term) -> list[Term] | None:
        for position, (head, slots) in enumerate(term.factors):
            if head[:2] != "k:":
                continue
            row, column, *parameters, exponent = slots
            total, parts = unpack(exponent)
            summed = any(s in term.bound for s in parts)
            rest = Term(
                term.coefficient,
                term.factors[:position] + term.factors[position + 1 :],
                term.scalars,
                term.bound,
            )
            size = core.dimensions[head][0]
            if not parts and total == 0:
                return [rest.times(Term(1, [(delta(size), (row, column))]))]
            if total > 0 and not summed:
                return _copies(core, rest, (head, slots), size, total)
            for other, start, end, joint, more, in_front in _near(core, term, position, size):
                proper = in_front or head in core.symmetric  # of a symmetric matrix neither end is the front
                if more == constant(1) and proper and not summed and total == 0:
                    continue  # M M^k is as it should be
                factors = [f for k, f in enumerate(term.factors) if k not in (position, other)]
                factors.append((head, (start, end, *parameters, combine(exponent, more))))
                bound = {n: r for n, r in term.bound.items() if n != joint}
                core.used("powers of one matrix")
                return [Term(term.coefficient, factors, term.scalars, bound)]
        return None

    return rewrite


def _copies(core: Core, rest: Term, power: Factor, size: Slot, count: int) -> list[Term]:
    """M^(k + count) as M ... M M^k."""
    head, slots = power
    row, column, *parameters, exponent = slots
    if count > MAX_POWER:
        raise Undecided(f"a power with exponent {count}")
    inside = core.poly(core.heads[head].inside)
    left = shifted(exponent, -count)
    result = [rest]
    here = row
    last = as_constant(left) == 0
    for number in range(count):
        there: Slot = column if last and number == count - 1 else core.fresh()
        bound = {} if there == column else {str(there): (constant(1), size)}
        names: dict[str, Slot] = {f"#{k}": s for k, s in enumerate((here, there, *parameters))}
        pieces = [Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound}) for p in core.terms(inside, names)]
        result = [r.times(p) for r in result for p in pieces]
        here = there
    if not last:
        result = [r.times(Term(1, [(head, (here, column, *parameters, left))])) for r in result]
    return result


def _near(core: Core, term: Term, position: int, size: Slot) -> Iterator[tuple[int, Slot, Slot, Slot, Slot, bool]]:
    """The factors next to a power of M that are powers of M as well.

    Of each: where it stands, the ends of the two, the index they share, its exponent, and whether it is in front.
    """
    head, slots = term.factors[position]
    row, column, *parameters, _ = slots
    base = single_factor(core.poly(core.heads[head].inside))
    counts: dict[str, int] = {}
    for _, ss in term.factors:
        for slot in ss:
            for s in symbols_of(slot):
                counts[s] = counts.get(s, 0) + 1
    for low, high in term.bound.values():
        for s in (*symbols_of(low), *symbols_of(high)):
            counts[s] = counts.get(s, 0) + 2

    def private(slot: Slot) -> bool:
        return isinstance(slot, str) and term.bound.get(slot) == (constant(1), size) and counts[slot] == 2

    for other, (name, ss) in enumerate(term.factors):
        if other == position:
            continue
        info = core.heads.get(name)
        if name == head and ss[2:-1] == tuple(parameters):
            pairs, more = [(ss[0], ss[1])], ss[-1]
        elif base is not None and name == base[0]:
            mapping: dict[str, Slot] = {f"#{k + 2}": s for k, s in enumerate(parameters)}
            where = [base[1].index("#0"), base[1].index("#1")]
            names = {**mapping, "#0": ss[where[0]], "#1": ss[where[1]]}
            if tuple(substitute(s, names) for s in base[1]) != ss:
                continue
            pairs, more = [(ss[where[0]], ss[where[1]])], constant(1)
        elif info is not None and info.kind == "inverse" and info.inside == core.heads[head].inside:
            if ss[2:] != tuple(parameters):
                continue
            pairs, more = [(ss[0], ss[1])], constant(-1)
        else:
            continue
        if name in core.symmetric:
            pairs.append(pairs[0][::-1])
        ends = [(row, column)] + ([(column, row)] if head in core.symmetric else [])
        for a, b in pairs:
            for first, last in ends:
                if b == first and private(b):
                    yield other, a, last, b, more, True
                elif a == last and private(a):
                    yield other, first, b, a, more, False


def _rebuilt(core: Core, head: str, info: Head, slots: tuple[Slot, ...], leaf: Leaf) -> list[Term]:
    row, column, *parameters = slots
    inside = changed_inside(core, info, slots, leaf)
    return matrix_power(core, inside, core.dimensions[head][0], row, column, parameters[-1])


REBUILT["matrix power"] = _rebuilt
