"""Atoms with an inside: inverses, logarithms, symbolic powers, known functions; and substitution through them.

Each function builds the canonical atom of one notion out of a polynomial; equal insides give equal heads.
May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from sympy import Symbol

from everystep.calculus.core import MAX_POWER, Core
from everystep.calculus.differentials import call_head, inside_terms
from everystep.calculus.functions import known_or_opaque
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
    ONE_POLY,
    Component,
    Factor,
    Head,
    Key,
    Poly,
    Term,
    Undecided,
    delta,
    is_open,
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
        nested = _power_of_power(core, base, power, parts)
        if nested is not None:
            result = [t.times(Term(1, nested)) for t in result]
            continue
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


def _power_of_power(core: Core, base: Poly, power: int | Fraction, parts: Mapping[str, int]) -> list[Factor] | None:
    """(b^s)^t = b^(s t) for integers s and t; None for anything but a symbolic power of one symbol."""
    key = next(iter(base))
    if len(base) != 1 or len(key) != 1 or key[0][1] != 1 or len(key[0][0][0]) != 1 or key[0][0][1]:
        return None
    head, slots = key[0][0][0][0]
    if head[:2] != "w:":
        return None
    total, inner = unpack(slots[-1])
    if total or len(inner) != 1:
        return None
    ((symbol, count),) = inner.items()
    result: list[Factor] = []
    for other, coefficient in parts.items():
        scale = Fraction(count * coefficient * power)
        if scale.denominator != 1 or is_open(symbol) or is_open(other):
            return None
        result.append((head, (*slots[:-1], _scaled(str(Symbol(symbol) * Symbol(other)), int(scale)))))
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
            if base == {(): -1} and any(core.skew_determinants.get(h) == slots[-1] for h, _ in term.factors):
                core.used("determinant of a skew-symmetric matrix")
                return [rest]  # (-1)^n det(A) = det(-A) = det(A^T) = det(A)
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
    two = _sum_of_inverses(core, rest, size, row, column)
    if two is not None:
        return [outside.times(t) for t in two]
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
                pieces = inverse_atom(core, letter, size, left, right)
            result = [
                r.times(Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound})) for r in result for p in pieces
            ]
            left = right
        return result
    return [outside.times(t) for t in inverse_atom(core, rest, size, row, column)]


def _sum_of_inverses(core: Core, rest: Poly, size: Slot, row: Slot, column: Slot) -> list[Term] | None:
    """(a A^-1 + b B^-1)^-1 = B (a B + b A)^-1 A for numbers a and b: the sum is A^-1 (a B + b A) B^-1.

    One of the two sides exists exactly when the other does.  None for anything but a sum of two inverses.
    """
    if len(rest) != 2:
        return None
    parts: list[tuple[Term, Poly]] = []
    for key, coefficient in rest.items():
        opened = [(c, e) for c, e in key if any(s in ("#r", "#c") for _, ss in c[0] for s in ss)]
        if len(opened) != 1 or opened[0][1] != 1 or len(opened[0][0][0]) != 1:
            return None
        ((head, slots),) = opened[0][0][0]
        info = core.heads.get(head)
        if info is None or info.kind != "inverse" or set(slots[:2]) != {"#r", "#c"}:
            return None
        names: dict[str, Slot] = {f"#{k}": s for k, s in enumerate(slots)}
        parts.append((Term(coefficient, [], {c: e for c, e in key if c != opened[0][0]}), core.poly(info.inside)))
        parts[-1] = (parts[-1][0], core.renamed(parts[-1][1], names))
    (a, first), (b, second) = parts
    middle = core.normal([*(a.times(t) for t in core.terms(second)), *(b.times(t) for t in core.terms(first))])
    left, right = core.fresh(), core.fresh()
    bound = dict.fromkeys((left, right), (constant(1), size))
    return [
        Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound})
        for x in core.terms(second, {"#r": row, "#c": left})
        for y in inverse(core, middle, size, left, right)
        for z in core.terms(first, {"#r": right, "#c": column})
        for p in [x.times(y).times(z)]
    ]


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
            factors = inverse_atom(core, matrix, size, start, stop) if poly is None else None
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


def inverse_atom(core: Core, inside: Poly, size: Slot, row: Slot, column: Slot) -> list[Term]:
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


def rank_head(number: int, shape: tuple[Slot, ...]) -> str:
    """The head of the rank of the matrix with that inside."""
    return f"rank:{number}:{','.join(map(slot_key, shape))}"


def matrix_exponential(core: Core, inside: Poly, size: Slot, row: Slot | None, column: Slot | None) -> list[Term]:
    """The entry (row, column) of exp(M); of a transpose it is the transpose.

    exp(M + a I) = exp(a) exp(M), and exp(P M P^-1) = P exp(M) P^-1.
    """
    if row is None or column is None:
        return core.exponential(inside)
    if not inside:
        return [Term(1, [(delta(size), (row, column))])]
    identity = ((((delta(size), ("#c", "#r")),), ()), 1)
    shift = {tuple(p for p in k if p != identity): c for k, c in inside.items() if identity in k}
    if shift and not any(s in ("#r", "#c") for k in shift for c, _ in k for _, ss in c[0] for s in ss):
        rest = {k: c for k, c in inside.items() if identity not in k}
        return [a.times(b) for a in core.exponential(shift) for b in matrix_exponential(core, rest, size, row, column)]
    outside, single = core.content(inside, 1) if len(inside) == 1 else (Term(1), inside)
    letters = square_word(core, single, size)
    if letters is not None and len(letters) > 2 and conjugate(core, letters[0], letters[-1]):
        core.used("exponential of a similar matrix")
        a, b = core.fresh(), core.fresh()
        whole = (constant(1), size)
        middle = core.normal(outside.times(t) for t in letters_between(core, letters[1:-1], size))
        outer = Term(1, [placed(letters[0], row, a), placed(letters[-1], b, column)], None, {a: whole, b: whole})
        return [outer.times(t) for t in matrix_exponential(core, middle, size, a, b)]
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
_LETTERS = ("inverse", "matrix power", "product of matrices")


def square_word(core: Core, poly: Poly, size: Slot) -> list[Letter] | None:
    """The letters of a product of two or more square matrices, or of one inverse, power or product; else None."""
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
        return letters if info is not None and info.kind in _LETTERS else None
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
    if head[:2] in ("i:", "k:", "t:", "g:", "x:", "P:") and len(slots) >= 2:
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
    """The entry (row, column) of M^exponent for a symbolic exponent.

    (c M)^k = c^k M^k, I^k = I, (P M P^-1)^k = P M^k P^-1, and P^k = P for k >= 1 where P is idempotent by hypothesis.
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
    letter = _single_factor(inside)
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


def _single_factor(poly: Poly) -> Factor | None:
    """The one factor that a polynomial consists of."""
    if len(poly) != 1:
        return None
    ((key, coefficient),) = poly.items()
    if coefficient != 1 or len(key) != 1 or key[0][1] != 1 or len(key[0][0][0]) != 1 or key[0][0][1]:
        return None
    return key[0][0][0][0]


def placed(letter: Letter, start: Slot, end: Slot) -> Factor:
    head, flipped, parameters = letter
    ends = (end, start) if flipped else (start, end)
    return head, (*parameters, *ends) if head[:2] == "m:" else (*ends, *parameters)


def letters_between(core: Core, letters: list[Letter], size: Slot) -> list[Term]:
    """The product of square letters at #r, #c."""
    term = Term(1)
    here: Slot = "#r"
    for position, letter in enumerate(letters):
        there: Slot = "#c" if position == len(letters) - 1 else core.fresh()
        if there != "#c":
            term.bound[str(there)] = (constant(1), size)
        term.factors.append(placed(letter, here, there))
        here = there
    return [term]


def conjugate(core: Core, first: Letter, last: Letter) -> bool:
    """Whether one of two letters is the inverse of the other; an orthogonal matrix's is its transpose."""
    if core.hypotheses and first[0] == last[0] and first[0] in core.orthogonal:
        return first[1] != last[1] and first[2] == last[2]
    for one, other in ((first, last), (last, first)):
        info = core.heads.get(one[0])
        if info is None or info.kind != "inverse" or one[1] != other[1] or one[2] != other[2]:
            continue
        letter = _single_factor(core.poly(info.inside))
        names = tuple(f"#{k}" for k in range(2 + len(other[2])))
        if letter == placed((other[0], False, names[2:]), "#0", "#1"):
            return True
    return False


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
    base = _single_factor(core.poly(core.heads[head].inside))
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
    rebuilt = REBUILT.get(info.kind)
    if rebuilt is not None:
        return rebuilt(core, head, info, slots, leaf)
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
    raise Undecided(f"substitution through {info.kind}")


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
