"""Atoms with an inside: inverses, logarithms, symbolic powers, known functions; and substitution through them.

Each function builds the canonical atom of one notion out of a polynomial; equal insides give equal heads.
May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from sympy import Symbol

from everystep.calculus.core import Core
from everystep.calculus.diagonalised import diagonal_terms, diagonalised
from everystep.calculus.differentials import call_head, inside_terms
from everystep.calculus.functions import known_or_opaque
from everystep.calculus.indices import (
    Slot,
    constant,
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
    is_open_component,
)
from everystep.calculus.word_letters import conjugate, letters_between, placed, square_pieces, square_word, word

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
        for symbol, coefficient in parts.items():
            count = Fraction(coefficient * power)
            root, whole = base, _of_sign(base, count.numerator)
            if count.denominator != 1:  # (b^(1/2))^k is the k-th power of the root
                root = {((next(iter(base))[0][0], Fraction(1, count.denominator)),): 1}
            number, slots = core.parametrise(root)
            head = f"w:{number}"
            if head not in core.heads:
                core.heads[head] = Head("symbolic power", inside=number, arity=len(slots))
            if whole:
                result = [t.times(Term(1, [(head, (*slots, _scaled(symbol, whole)))])) for t in result]
    return result


def _of_sign(base: Poly, count: int) -> int:
    """How often an integer stands in an exponent; in one of -1 only whether that is odd counts: (-1)^(2 n) = 1."""
    return count % 2 if base == {(): -1} else count


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
            fraction = next((Fraction(e).denominator for key in base for _, e in key), 1) if len(base) == 1 else 1
            if total or len(parts) != 1 or (fraction > 1 and next(iter(parts.values())) % fraction == 0):
                return [rest.times(t) for t in symbolic_power(core, base, slots[-1])]
            (symbol,) = parts
            other = seen.get((head, slots[:-1], symbol))
            if other is None:
                seen[(head, slots[:-1], symbol)] = position
                continue
            sum_ = _of_sign(base, parts[symbol] + unpack(term.factors[other][1][-1])[1][symbol])
            factors = [f for k, f in enumerate(term.factors) if k not in (position, other)]
            if sum_:
                factors.append((head, (*slots[:-1], _scaled(symbol, sum_))))
            return [Term(term.coefficient, factors, term.scalars, term.bound)]
        return None

    return rewrite


# inverses and matrix powers ----------------------------------------------------------------------


def inverse(core: Core, inside: Poly, size: Slot, row: Slot | None, column: Slot | None) -> list[Term]:
    """The entry (row, column) of the inverse of the matrix with entries ``inside`` at ``#r``, ``#c``.

    Scalar factors come out, also those that a part is divided by: (I + W / a)^-1 is a (a I + W)^-1; a diagonal matrix
    is inverted entrywise; the inverse of an inverse is its inside; a product of square letters is inverted letter by
    letter, reversed; so is a product that can be cut into square matrices (they are invertible where the product is).
    Anything else is one atom.
    """
    if row is None or column is None:
        raise Undecided("the inverse of a matrix of size 1")
    if not inside:
        raise Undecided("the inverse of zero")
    divided, whole = core.without_denominators(inside, -1)
    outside, rest = core.content(whole, -1)
    outside = divided.times(outside)
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
    between = _inverse_between_orthogonal(core, rest, identity, size, row, column)
    if between is not None:
        return [outside.times(t) for t in between]
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
    squares = square_pieces(core, rest, size)
    if squares is not None:
        core.used("a product cut into square matrices")
        result, left = [outside], row
        for position, piece in enumerate(reversed(squares)):
            last = position == len(squares) - 1
            right = column if last else core.fresh()
            bound = {} if last else {str(right): (constant(1), size)}
            result = [
                r.times(Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound}))
                for r in result
                for p in inverse(core, piece, size, left, right)
            ]
            left = right
        return result
    return [outside.times(t) for t in inverse_atom(core, rest, size, row, column)]


def _inverse_between_orthogonal(
    core: Core, rest: Poly, identity: Component, size: Slot, row: Slot, column: Slot
) -> list[Term] | None:
    """(V M V^T + a I)^-1 = V (M + a I)^-1 V^T for an orthogonal letter V and a number a, M a sum; None where not every
    other term begins with V and ends with V^T, or where hypotheses are not used.
    """
    found = {_outer_letter(key) for key in rest if not _is_multiple_of_identity(key, identity)}
    if len(found) != 1 or not core.hypotheses:
        return None
    (head,) = found
    if head not in core.orthogonal or core.dimensions.get(head) != (size, size):
        return None
    whole = (constant(1), size)
    p, q, a, b = (core.fresh() for _ in range(4))
    sides = Term(1, [(head, (p, "#r")), (head, (q, "#c"))], {}, {p: whole, q: whole})
    inner = core.normal([t.times(sides) for t in core.terms(rest, {"#r": p, "#c": q})])
    ends = Term(1, [(head, (row, a)), (head, (column, b))], {}, {a: whole, b: whole})
    return [t.times(ends) for t in inverse(core, inner, size, a, b)]


def _is_multiple_of_identity(key: Key, identity: Component) -> bool:
    """Whether a term is I times a number."""
    return any(c == identity for c, _ in key) and not any(_ends(c) for c, _ in key if c != identity)


def _ends(component: Component) -> list[tuple[Factor, str]]:
    """The factors of a component that stand at #r or #c, with which of them."""
    return [(f, s) for f in component[0] for slot in f[1] for s in ("#r", "#c") if s in symbols_of(slot)]


def _outer_letter(key: Key) -> str:
    """The letter V of a term V M V^T from #r to #c; empty for another term."""
    ends = [(factor, s, exponent) for component, exponent in key for factor, s in _ends(component)]
    if sorted(s for _, s, _ in ends) != ["#c", "#r"] or any(exponent != 1 for *_, exponent in ends):
        return ""
    heads = {factor[0] for factor, _, _ in ends}
    begins = all(len(factor[1]) == 2 and factor[1][0] == s for factor, s, _ in ends)
    return heads.pop() if len(heads) == 1 and begins else ""


def _sum_of_inverses(core: Core, rest: Poly, size: Slot, row: Slot, column: Slot) -> list[Term] | None:
    """(a A^-1 + b B^-1)^-1 = B (a B + b A)^-1 A for numbers a and b: the sum is A^-1 (a B + b A) B^-1.

    One of the two sides exists exactly when the other does.  None for anything but a sum of two inverses.
    """
    two = summed_inverses(core, rest)
    if two is None:
        return None
    (_, first), (_, second), middle = two
    left, right = core.fresh(), core.fresh()
    bound = dict.fromkeys((left, right), (constant(1), size))
    return [
        Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound})
        for x in core.terms(second, {"#r": row, "#c": left})
        for y in inverse(core, middle, size, left, right)
        for z in core.terms(first, {"#r": right, "#c": column})
        for p in [x.times(y).times(z)]
    ]


def summed_inverses(core: Core, rest: Poly) -> tuple[tuple[Term, Poly], tuple[Term, Poly], Poly] | None:
    """(a, A), (b, B) and a B + b A of a sum a A^-1 + b B^-1, which is A^-1 (a B + b A) B^-1, with numbers a and b; None
    for anything else.
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
    return (a, first), (b, second), middle


def _sherman_morrison(
    core: Core, rest: Poly, identity: Component, size: Slot, row: Slot, column: Slot
) -> list[Term] | None:
    """(a I + u v^T)^-1 = (I - u v^T / (a + v^T u)) / a, for one rank-one term u v^T and a number a; likewise with an
    invertible letter, or a diagonal matrix with entries that may be divided by, in the place of a I; None for anything
    else.
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
    if any(map(is_open_component, (c for c, _ in next(iter(a))))):
        return _diagonal_update(core, a, outer, size, row, column)
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


def _diagonal_update(core: Core, diagonal: Poly, outer: Poly, size: Slot, row: Slot, column: Slot) -> list[Term] | None:
    """(D + u v^T)^-1 = D^-1 - D^-1 u v^T D^-1 / (1 + v^T D^-1 u) for a diagonal D; None where an entry of it may be 0
    throughout.
    """
    inverted = diagonal_inverse(core, diagonal)
    if inverted is None:
        return None
    below = core.normal([Term(1), *trace_of_update(core, inverted, outer, size)])
    top = core.terms(outer, {"#r": row, "#c": column})
    sides = [core.terms(inverted, {"#r": slot}) for slot in (row, column)]
    unit = Term(1, [(delta(size), (row, column))])
    correction = [
        x.times(y).times(t).times(d).scaled(-1)
        for x in sides[0]
        for y in sides[1]
        for t in top
        for d in core.power(below, -1)
    ]
    return [*(unit.times(x) for x in sides[0]), *correction]


def diagonal_inverse(core: Core, diagonal: Poly) -> Poly | None:
    """The entries 1/d at #r of a diagonal matrix with entries d (at #r or #c); None where one may be 0 throughout."""
    if not all(core.is_generic(c) for key in diagonal for c, _ in key):
        return None
    return core.normal(core.power(core.renamed(diagonal, {"#c": "#r"}), -1))


def trace_of_update(core: Core, inverted: Poly, outer: Poly, size: Slot) -> list[Term]:
    """tr(D^-1 u v^T) = v^T D^-1 u, from the entries of D^-1 at #r and those of u v^T at #r and #c."""
    joint = core.fresh()
    bound = {joint: (constant(1), size)}
    return [
        Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound})
        for x in core.terms(inverted, {"#r": joint})
        for t in core.terms(outer, {"#r": joint, "#c": joint})
        for p in [x.times(t)]
    ]


def _rank_one_update(core: Core, rest: Poly, size: Slot, row: Slot, column: Slot) -> list[Term] | None:
    """(A + u v^T)^-1 = N - N u v^T N / (1 + v^T N u) with N = A^-1, where A is a letter that a hypothesis makes
    invertible, or X^T X with X of full column rank, or X X^T with X of full row rank.
    """

    def is_invertible(key: Key) -> bool:
        if len(key) != 1 or key[0][1] != 1 or rest[key] not in (1, -1):
            return False
        letters = word(core, key[0][0], "#r", "#c") or []
        if len(letters) == 2:
            (head, turned, at), (other, again, there) = letters
            twins = head == other and at == there and turned != again
            return twins and head in (core.full_columns if turned else core.full_rows)
        return len(letters) == 1 and letters[0][0] in core.invertible

    def is_outer(key: Key) -> bool:
        ends = [{s for _, ss in c[0] for slot in ss for s in symbols_of(slot)} & {"#r", "#c"} for c, _ in key]
        return all(len(e) < 2 for e in ends)

    letters = [k for k in rest if is_invertible(k)]
    outers = [k for k in rest if is_outer(k)]
    if len(letters) != 1 or len(outers) != 1 or len(rest) != 2:
        return None
    sign = rest[letters[0]]  # -A + u v^T is -(A - u v^T)
    matrix: Poly = {letters[0]: 1}
    update: Poly = {outers[0]: rest[outers[0]] * sign}
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
    plain = [t.scaled(sign) for t in chained((None, row, column))]
    return [*plain, *(t.times(p).scaled(-sign) for p in core.power(below, -1) for t in top)]


def inverse_atom(core: Core, inside: Poly, size: Slot, row: Slot, column: Slot) -> list[Term]:
    """The inverse as a function of the canonical matrix; symmetric where the matrix is."""
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

    exp(M + a I) = exp(a) exp(M), exp(P M P^-1) = P exp(M) P^-1, and of diag(v) it is diag(exp(v)).
    """
    if row is None or column is None:
        return core.exponential(inside)
    if not inside:
        return [Term(1, [(delta(size), (row, column))])]
    identity = ((((delta(size), ("#c", "#r")),), ()), 1)
    found = diagonalised(core, inside, size)
    if found is not None:
        core.used("function of a diagonalised matrix")
        return diagonal_terms(found, size, (row, column), core, core.exponential)
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
    """One factor with its leaves replaced: an atom is rebuilt from its changed inside by the rules that made it."""
    replaced = leaf(head, slots)
    if replaced is not None:
        return replaced
    info = core.heads.get(head)
    if info is None:
        return [Term(1, [(head, slots)])]
    if info.kind == "call":
        return _transformed_call(core, head, slots, leaf)
    if info.kind in ("inverse", "pseudo-inverse", "matrix exponential"):
        row, column, *_ = slots
        inside = changed_inside(core, info, slots, leaf)
        if info.kind == "inverse":
            return inverse(core, inside, core.ranges[head][1], row, column)
        if info.kind == "matrix exponential":
            return matrix_exponential(core, inside, core.dimensions[head][0], row, column)
        rows, columns = core.dimensions[head]
        return pseudo_inverse(core, inside, (columns, rows), row, column)
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


def changed_inside(core: Core, info: Head, slots: tuple[Slot, ...], leaf: Leaf) -> Poly:
    """The inside of an atom of a matrix with its leaves replaced, between ``#r`` and ``#c``."""
    _, _, *parameters = slots
    mapping: dict[str, Slot] = {f"#{k}": s for k, s in enumerate(("#r", "#c", *parameters))}
    return core.normal(transform(core, core.terms(core.poly(info.inside), mapping), leaf))


def _transformed_call(core: Core, head: str, slots: tuple[Slot, ...], leaf: Leaf) -> list[Term]:
    """The same for an opaque function: a call at the changed arguments."""
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
