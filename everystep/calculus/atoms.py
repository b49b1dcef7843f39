"""Atoms with an inside: inverses, logarithms, symbolic powers, known functions; and substitution through them.

Each function builds the canonical atom of one notion out of a polynomial; equal insides give equal heads.
May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from everystep.calculus.differentials import call_head, inside_terms
from everystep.calculus.functions import known_or_opaque
from everystep.calculus.indices import Slot, as_constant, constant, slot_key, substitute, symbols_of, unpack
from everystep.calculus.networks import (
    ONE_POLY,
    Component,
    Core,
    Head,
    Key,
    Poly,
    Term,
    Undecided,
    delta,
)

Leaf = Callable[[str, tuple[Slot, ...]], "list[Term] | None"]


def symbolic_power(core: Core, poly: Poly, exponent: Slot) -> list[Term]:
    """poly ** exponent for an integer exponent with symbols: one factor a symbol, the constant part expanded."""
    total, parts = unpack(exponent)
    result = core.power(poly, total) if total else [Term(1)]
    if not parts or poly == ONE_POLY:
        return result
    if not poly:
        raise Undecided("a symbolic power of zero")
    atoms: list[tuple[Poly, int | Fraction]] = [(poly, 1)]
    if len(poly) == 1:
        ((key, coefficient),) = poly.items()
        atoms = [({((c, 1),): 1}, e) for c, e in key]
        if coefficient != 1:
            atoms.append(({(): coefficient}, 1))
    for base, power in atoms:
        number, slots = core.parametrise(base)
        head = f"w:{number}"
        if head not in core.heads:
            core.heads[head] = Head("symbolic power", inside=number, arity=len(slots))
        for symbol, coefficient in parts.items():
            if Fraction(coefficient * power).denominator != 1:
                raise Undecided("a fractional symbolic power")
            slot = _scaled(symbol, int(coefficient * power))
            result = [t.times(Term(1, [(head, (*slots, slot))])) for t in result]
    return result


def _scaled(symbol: str, coefficient: int) -> Slot:
    return symbol if coefficient == 1 else (0, ((symbol, coefficient),))


def merge_symbolic_powers(core: Core) -> Callable[[Term], list[Term] | None]:
    """Rewriter: b^(s) b^(t) = b^(s + t) symbol by symbol, and integer exponents expand."""

    def rewrite(term: Term) -> list[Term] | None:
        seen: dict[tuple[str, tuple[Slot, ...], str], int] = {}
        for position, (head, slots) in enumerate(term.factors):
            if head[:2] != "w:":
                continue
            info = core.heads[head]
            total, parts = unpack(slots[-1])
            rest = Term(
                term.coefficient,
                term.factors[:position] + term.factors[position + 1 :],
                term.scalars,
                term.bound,
            )
            base = core.normal(inside_terms(core, info, slots[:-1]))
            if total or len(parts) != 1:
                return [rest.times(t) for t in symbolic_power(core, base, slots[-1])]
            (symbol,) = parts
            other = seen.get((head, slots[:-1], symbol))
            if other is None:
                seen[(head, slots[:-1], symbol)] = position
                continue
            sum_ = parts[symbol] + unpack(term.factors[other][1][-1])[1][symbol]
            factors = [f for k, f in enumerate(term.factors) if k not in (position, other)]
            if sum_:
                factors.append((head, (*slots[:-1], _scaled(symbol, sum_))))
            return [Term(term.coefficient, factors, term.scalars, term.bound)]
        return None

    return rewrite


# inverses and matrix powers ----------------------------------------------------------------------


def inverse(core: Core, inside: Poly, size: Slot, row: Slot | None, column: Slot | None) -> list[Term]:
    """The entry (row, column) of the inverse of the matrix with entries ``inside`` at ``#r``, ``#c``.

    Scalar factors come out; a diagonal matrix is inverted entrywise; the inverse of an inverse is its inside; a product
    of square letters is inverted letter by letter, reversed.  Anything else is one atom.
    """
    if row is None or column is None:
        raise Undecided("the inverse of a matrix of size 1")
    if not inside:
        raise Undecided("the inverse of zero")
    outside, rest = core.content(inside, -1)
    identity: Component = (((delta(size), ("#c", "#r")),), ())
    if all(any(c == identity for c, _ in key) for key in rest):
        diagonal = core.normal(
            core.terms(
                {tuple((c, e) for c, e in key if c != identity): v for key, v in rest.items()},
                {"#c": "#r"},
            )
        )
        entries = core.normal(core.power(diagonal, -1))
        return [
            outside.times(Term(1, [(delta(size), (row, column))])).times(t) for t in core.terms(entries, {"#r": row})
        ]
    rank_one = _sherman_morrison(core, rest, identity, size, row, column)
    if rank_one is not None:
        return [outside.times(t) for t in rank_one]
    letters = square_word(core, rest, size)
    if letters is not None:
        result = [outside]
        left = row
        for position, (head, flipped, parameters) in enumerate(reversed(letters)):
            last = position == len(letters) - 1
            right: Slot = column if last else core.fresh()
            bound = {} if last else {str(right): (constant(1), size)}
            info = core.heads.get(head)
            if info is not None and info.kind == "inverse":
                a, b = (right, left) if flipped else (left, right)
                pieces = core.terms(
                    core.poly(info.inside),
                    {f"#{k}": s for k, s in enumerate((a, b, *parameters))},
                )
            else:
                ends = ("#c", "#r") if flipped else ("#r", "#c")
                slots = (*parameters, *ends) if head[0] == "m" else (*ends, *parameters)
                letter = core.normal([Term(1, [(head, slots)])])
                pieces = _inverse_atom(core, letter, size, left, right)
            result = [
                r.times(Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound})) for r in result for p in pieces
            ]
            left = right
        return result
    return [outside.times(t) for t in _inverse_atom(core, rest, size, row, column)]


def _sherman_morrison(
    core: Core, rest: Poly, identity: Component, size: Slot, row: Slot, column: Slot
) -> list[Term] | None:
    """(a I + u v^T)^-1 = (I - u v^T / (a + v^T u)) / a, for one rank-one term u v^T; likewise with an invertible letter
    in the place of I; None for anything else.
    """
    scaled = [k for k in rest if any(c == identity for c, _ in k)]
    others = [k for k in rest if k not in scaled]
    if not scaled and len(others) == 2:
        return _rank_one_update(core, rest, size, row, column)
    if len(scaled) != 1 or len(others) != 1:
        return None
    for component, _ in others[0]:
        ends = {s for _, ss in component[0] for slot in ss for s in symbols_of(slot)} & {"#r", "#c"}
        if len(ends) == 2:
            return None
    a: Poly = {tuple((c, e) for c, e in scaled[0] if c != identity): rest[scaled[0]]}
    outer: Poly = {others[0]: rest[others[0]]}
    joint = core.fresh()
    inner = [
        Term(t.coefficient, t.factors, t.scalars, {**t.bound, joint: (constant(1), size)})
        for t in core.terms(outer, {"#r": joint, "#c": joint})
    ]
    below = core.normal([*core.terms(a), *inner])
    if not below:
        raise Undecided("the inverse of a singular matrix")
    ratio = core.power(a, -1)
    top = core.terms(outer, {"#r": row, "#c": column})
    correction = [r.times(d).times(t).scaled(-1) for r in ratio for d in core.power(below, -1) for t in top]
    unit = Term(1, [(delta(size), (row, column))])
    return [*(r.times(unit) for r in ratio), *correction]


def _rank_one_update(core: Core, rest: Poly, size: Slot, row: Slot, column: Slot) -> list[Term] | None:
    """(A + u v^T)^-1 = N - N u v^T N / (1 + v^T N u) with N = A^-1, A a letter that a hypothesis makes invertible."""

    def is_letter(key: Key) -> bool:
        if len(key) != 1 or key[0][1] != 1 or rest[key] != 1:
            return False
        letters = word(core, key[0][0], "#r", "#c")
        return letters is not None and len(letters) == 1 and letters[0][0] in core.invertible

    def is_outer(key: Key) -> bool:
        ends = [{s for _, ss in c[0] for slot in ss for s in symbols_of(slot)} & {"#r", "#c"} for c, _ in key]
        return all(len(e) < 2 for e in ends)

    letters = [k for k in rest if is_letter(k)]
    outers = [k for k in rest if is_outer(k)]
    if len(letters) != 1 or len(outers) != 1 or len(rest) != 2:
        return None
    matrix: Poly = {letters[0]: 1}
    update: Poly = {outers[0]: rest[outers[0]]}
    whole = (constant(1), size)

    def chained(*pieces: tuple[Poly | None, Slot, Slot]) -> list[Term]:
        """The product of N (None) and polynomials, each between two indices."""
        result = [Term(1)]
        for poly, start, stop in pieces:
            factors = _inverse_atom(core, matrix, size, start, stop) if poly is None else None
            if factors is None:
                factors = core.terms(poly or {}, {"#r": start, "#c": stop})
            result = [r.times(f) for r in result for f in factors]
        return result

    def closed(terms: list[Term], *names: str) -> list[Term]:
        bound = dict.fromkeys(names, whole)
        return [Term(t.coefficient, t.factors, t.scalars, {**t.bound, **bound}) for t in terms]

    a, b, c, d = (core.fresh() for _ in range(4))
    below = core.normal([Term(1), *closed(chained((None, a, b), (update, b, a)), a, b)])
    top = closed(chained((None, row, c), (update, c, d), (None, d, column)), c, d)
    plain = chained((None, row, column))
    return [*plain, *(t.times(p).scaled(-1) for p in core.power(below, -1) for t in top)]


def _inverse_atom(core: Core, inside: Poly, size: Slot, row: Slot, column: Slot) -> list[Term]:
    number, slots = core.parametrise(inside, (("#r", "#c"), ("#c", "#r")))
    head = f"i:{number}:{slot_key(size)}"
    if head not in core.heads:
        core.heads[head] = Head("inverse", inside=number, arity=len(slots))
        core.ranges[head] = (constant(1), size)
        core.dimensions[head] = (size, size)
        mirrored = core.renamed(core.poly(number), {"#0": "#1", "#1": "#0"})
        if mirrored == core.poly(number):
            core.symmetric.add(head)
    names = {"#r": row, "#c": column}
    return [Term(1, [(head, tuple(substitute(s, names) for s in slots))])]


def pseudo_inverse(
    core: Core, inside: Poly, shape: tuple[Slot, Slot], row: Slot | None, column: Slot | None
) -> list[Term]:
    """The entry (row, column) of the Moore-Penrose inverse of the matrix ``inside`` (at ``#r``, ``#c``)."""
    if not inside:
        return []
    outside, rest = core.content(inside, -1)
    if not all(core.is_nonzero(c) for c in outside.scalars):
        outside, rest = Term(1), inside
    number, slots = core.parametrise(rest, (("#r", "#c"), ("#c", "#r")))
    # The pseudo-inverse of a transpose is the transpose: the head's slots follow those of the inside.
    sizes = shape if slots[0] == "#r" else shape[::-1]
    head = f"g:{number}:{','.join(map(slot_key, sizes))}"
    if head not in core.heads:
        core.heads[head] = Head("pseudo-inverse", inside=number, arity=len(slots))
        core.dimensions[head] = (sizes[1], sizes[0])
        if core.renamed(core.poly(number), {"#0": "#1", "#1": "#0"}) == core.poly(number):
            core.symmetric.add(head)
    ends = {"#r": column, "#c": row}
    first, second = (substitute(s, {k: v for k, v in ends.items() if v is not None}) for s in slots[:2])
    return [outside.times(Term(1, [(head, (second, first, *slots[2:]))]))]


def matrix_exponential(core: Core, inside: Poly, size: Slot, row: Slot | None, column: Slot | None) -> list[Term]:
    """The entry (row, column) of exp(M); of a transpose it is the transpose."""
    if row is None or column is None:
        return core.exponential(inside)
    if not inside:
        return [Term(1, [(delta(size), (row, column))])]
    number, slots = core.parametrise(inside, (("#r", "#c"), ("#c", "#r")))
    head = f"x:{number}:{slot_key(size)}"
    if head not in core.heads:
        core.heads[head] = Head("matrix exponential", inside=number, arity=len(slots))
        core.dimensions[head] = (size, size)
        if core.renamed(core.poly(number), {"#0": "#1", "#1": "#0"}) == core.poly(number):
            core.symmetric.add(head)
    names = {"#r": row, "#c": column}
    return [Term(1, [(head, tuple(substitute(s, names) for s in slots))])]


Letter = tuple[str, bool, tuple[Slot, ...]]


def square_word(core: Core, poly: Poly, size: Slot) -> list[Letter] | None:
    """The letters of a product of two or more square matrices, or of one inverse; else None."""
    if len(poly) != 1:
        return None
    ((key, coefficient),) = poly.items()
    if coefficient != 1 or len(key) != 1 or key[0][1] != 1:
        return None
    component = key[0][0]
    if any(high != size or as_constant(low) != 1 for _, low, high in component[1]):
        return None
    letters = word(core, component, "#r", "#c")
    if letters is None:
        return None
    if len(letters) == 1:
        info = core.heads.get(letters[0][0])
        return letters if info is not None and info.kind in ("inverse", "matrix power") else None
    return letters


def word(core: Core, component: Component, start: Slot, end: Slot | None) -> list[Letter] | None:
    """The component read as a product of letters from ``start`` to ``end``; None if it is not one.

    With ``end`` None the last letter is a vector.
    """
    factors, bound = component
    counts: dict[str, int] = {name: 0 for name, _, _ in bound}
    ranges = {name: (low, high) for name, low, high in bound}
    for _, slots in factors:
        for slot in slots:
            for s in symbols_of(slot):
                if s in counts:
                    counts[s] += 1
    if any(c != 2 for c in counts.values()):
        return None

    def whole(slot: Slot, size: Slot | None) -> bool:
        """A summed index of a product runs over the whole dimension."""
        return slot not in ranges or (size is not None and ranges[str(slot)] == (constant(1), size))

    left = list(factors)
    letters: list[Letter] = []
    here: Slot | None = start
    while left and here is not None:
        for position, (head, slots) in enumerate(left):
            ends = matrix_ends(core, head, slots)
            if ends is None:
                entry = vector_end(core, head, slots)
                if entry is None or entry[0] != here or not whole(here, dimension(core, head, -1)):
                    continue
                letters.append((head, False, entry[1]))
                here = None
            elif here in ends[0]:
                (a, b), parameters = ends
                flipped = a != here
                if not whole(here, dimension(core, head, -1 if flipped else -2)):
                    return None
                letters.append((head, flipped and head not in core.symmetric, parameters))
                here = a if flipped else b
            else:
                continue
            del left[position]
            break
        else:
            return None
        if here == end:
            break
    return letters if not left and here == end else None


def dimension(core: Core, head: str, place: int) -> Slot | None:
    """The size of a head's last (-1) or last but one (-2) dimension; None where it is not known."""
    sizes = core.dimensions.get(head, ())
    return sizes[place] if len(sizes) >= -place else None


def matrix_ends(core: Core, head: str, slots: tuple[Slot, ...]) -> tuple[tuple[Slot, Slot], tuple[Slot, ...]] | None:
    """((row, column), parameters) of a factor that is a matrix; None for anything else."""
    if head[:2] == "m:":
        count = core.indexed.get(head, 1)
        if len(slots) == count + 2:
            return (slots[-2], slots[-1]), slots[:count]
        return None
    if head[:2] == "v:" and len(slots) == 2:
        return (slots[0], slots[1]), ()
    if head[:2] in ("i:", "k:", "t:", "g:", "x:") and len(slots) >= 2:
        return (slots[0], slots[1]), slots[2:]
    return None


def vector_end(core: Core, head: str, slots: tuple[Slot, ...]) -> tuple[Slot, tuple[Slot, ...]] | None:
    """(entry, parameters) of a factor that is a vector; None for anything else."""
    if head[:2] == "m:":
        count = core.indexed.get(head, 1)
        return (slots[-1], slots[:count]) if len(slots) == count + 1 else None
    return (slots[0], ()) if head[:2] == "v:" and len(slots) == 1 else None


def matrix_power(
    core: Core, inside: Poly, size: Slot, row: Slot | None, column: Slot | None, exponent: Slot
) -> list[Term]:
    """The atom M^exponent for a symbolic exponent without a constant part."""
    if row is None or column is None:
        raise Undecided("a power of a matrix of size 1")
    number, slots = core.parametrise(inside, (("#r", "#c"), ("#c", "#r")))
    head = f"k:{number}:{slot_key(size)}"
    if head not in core.heads:
        core.dimensions[head] = (size, size)
        core.heads[head] = Head("matrix power", inside=number, arity=len(slots))
        if core.renamed(core.poly(number), {"#0": "#1", "#1": "#0"}) == core.poly(number):
            core.symmetric.add(head)
    names = {"#r": row, "#c": column}
    return [Term(1, [(head, (*(substitute(s, names) for s in slots), exponent))])]


REBUILT: dict[str, Callable[[Core, str, Head, tuple[Slot, ...], Leaf], list[Term]]] = {}
"""How atoms that other modules define are rebuilt from a changed inside."""


# substitution -------------------------------------------------------------------------------------


def transform(core: Core, terms: list[Term], leaf: Leaf) -> list[Term]:
    """Replace leaves by terms everywhere, also inside atoms, and rebuild the atoms."""
    result: list[Term] = []
    for term in terms:
        pieces = [Term(term.coefficient, [], {}, term.bound)]
        for head, slots in term.factors:
            pieces = _times(core, pieces, _transformed(core, head, slots, leaf))
        for component, exponent in term.scalars.items():
            inner = transform(core, [core.term(((component, 1),))], leaf)
            pieces = _times(core, pieces, core.power(core.normal(inner), exponent))
        result += pieces
    return result


def _times(core: Core, left: list[Term], right: list[Term]) -> list[Term]:
    core.spend(len(left) * len(right))
    return [a.times(b) for a in left for b in right]


def _transformed(core: Core, head: str, slots: tuple[Slot, ...], leaf: Leaf) -> list[Term]:
    replaced = leaf(head, slots)
    if replaced is not None:
        return replaced
    info = core.heads.get(head)
    if info is None:
        return [Term(1, [(head, slots)])]
    if info.kind == "call":
        return _transformed_call(core, head, slots, leaf)
    if info.kind in ("inverse", "matrix power", "pseudo-inverse", "matrix exponential"):
        row, column, *parameters = slots
        mapping: dict[str, Slot] = {f"#{k}": s for k, s in enumerate(("#r", "#c", *parameters))}
        inside = core.normal(transform(core, core.terms(core.poly(info.inside), mapping), leaf))
        if info.kind == "inverse":
            return inverse(core, inside, core.ranges[head][1], row, column)
        if info.kind == "matrix exponential":
            return matrix_exponential(core, inside, core.dimensions[head][0], row, column)
        if info.kind == "pseudo-inverse":
            rows, columns = core.dimensions[head]
            return pseudo_inverse(core, inside, (columns, rows), row, column)
        return matrix_power(core, inside, core.dimensions[head][0], row, column, parameters[-1])
    if info.kind == "symbolic power":
        inside = core.normal(transform(core, inside_terms(core, info, slots[:-1]), leaf))
        return symbolic_power(core, inside, slots[-1])
    inside = core.normal(transform(core, inside_terms(core, info, slots), leaf))
    if info.kind == "function":
        return known_or_opaque(core, info.name, info.order, inside)
    if info.kind == "base":
        return core.terms(inside)
    if info.kind == "exp":
        return core.exponential(inside)
    if info.kind == "power":
        if core.heads[info.base].kind == "exp":
            return core.exponential({k: c * info.exponent for k, c in inside.items()})
        return core.power(inside, info.exponent)
    rebuilt = REBUILT.get(info.kind)
    if rebuilt is None:
        raise Undecided(f"substitution through {info.kind}")
    return rebuilt(core, head, info, slots, leaf)


def _transformed_call(core: Core, head: str, slots: tuple[Slot, ...], leaf: Leaf) -> list[Term]:
    call = core.calls[head]
    entries = sum(call.arguments[k][1] for k in call.by)
    fixed, parameters = slots[: call.outputs + entries], slots[call.outputs + entries :]
    arguments = []
    everything: list[Slot] = []
    start = 0
    for inside, arity, count, ranges in call.arguments:
        own = parameters[start : start + count]
        start += count
        names = ("#r", "#c")[:arity]
        mapping: dict[str, Slot] = {f"#{k}": s for k, s in enumerate((*names, *own))}
        poly = core.normal(transform(core, core.terms(core.poly(inside), mapping), leaf))
        number, found = core.parametrise(poly, (names,))
        arguments.append((number, arity, len(found) - arity, ranges))
        everything += found[arity:]
    new = call_head(core, replace(call, arguments=tuple(arguments)))
    return [Term(1, [(new, (*fixed, *everything))])]
