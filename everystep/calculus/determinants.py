"""Determinants as atoms: multiplicative over square letters, and Sylvester's rotation det(I + AB) = det(I + BA).

May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from fractions import Fraction

from sympy import Poly as Polynomial
from sympy import Rational, Symbol, factor_list

from everystep.calculus.atoms import (
    REBUILT,
    Leaf,
    diagonal_inverse,
    inverse,
    summed_inverses,
    symbolic_power,
    trace_of_update,
    transform,
)
from everystep.calculus.core import Core
from everystep.calculus.diagonalised import diagonalised
from everystep.calculus.differentials import RULES, Target, derivative
from everystep.calculus.indices import Slot, as_constant, constant, slot_key, symbols_of
from everystep.calculus.networks import (
    Component,
    Factor,
    Head,
    Key,
    Poly,
    Term,
    Undecided,
    delta,
    is_open_component,
    monomial_key,
)
from everystep.calculus.nilpotent import determinant_beside_identity
from everystep.calculus.products import determinant_of_product, new_index, number_product
from everystep.calculus.word_letters import Letter, square_pieces, square_word, word

MOST_FACTORED = 12
"""The degree of a polynomial of a matrix that is factored."""


def _identity(size: Slot) -> Component:
    return (((delta(size), ("#c", "#r")),), ())


def determinant(core: Core, inside: Poly, size: Slot) -> list[Term]:
    """det of the matrix with entries ``inside`` at ``#r``, ``#c``, of that size.

    A scalar factor c comes out as c^size, square letters one by one, det(M^-1) is 1/det(M); of a diagonal matrix it is
    the product of the entries on the diagonal;
    det(A + W) with A invertible is det(A) det(I + A^-1 W), and of det(I + l1 ... lk) the least rotation is taken.
    A product of other matrices is cut where it can be into square ones, det(A^-1 + B^-1) is det(A + B) / det(A) det(B),
    and beside a nilpotent matrix only the multiple of I counts.
    """
    if not inside:
        return []
    outside, rest = core.content(inside, 1)
    scale = symbolic_power(core, core.normal([outside]), size)
    return [s.times(t) for s in scale for t in _of_primitive(core, rest, size)]


def _of_primitive(core: Core, rest: Poly, size: Slot) -> list[Term]:
    """The determinant of a matrix without a common number: det I = 1, of a diagonal matrix the product of its entries,
    of a word of square letters the product of theirs, det(A^-1 + B^-1) = det(A + B) / (det A det B), det(L M) = det
    L det M for a common letter, det(A + R) = det A det(I + A^-1 R) for an invertible A.

    Fails for letters that are not square, which is why each is looked at by its own size; what is left is one atom.
    """
    unit = _identity(size)
    if rest == {((unit, 1),): 1}:
        return [Term(1)]
    nilpotent = determinant_beside_identity(core, rest, size)
    if nilpotent is not None:
        return nilpotent
    found = diagonalised(core, rest, size)
    if found is not None:
        index = new_index(core)
        return number_product(core, core.renamed(found.entries, {"#a": index}), index, constant(1), size)
    letters = square_word(core, rest, size)
    if letters is not None:
        result = [Term(1)]
        for letter in letters:
            result = [r.times(t) for r in result for t in _of_letter(core, letter, size)]
        return result
    pieces = square_pieces(core, rest, size)
    if pieces is not None:
        core.used("a product cut into square matrices")
        result = [Term(1)]
        for piece in pieces:
            result = [r.times(t) for r in result for t in determinant(core, piece, size)]
        return result
    two = summed_inverses(core, rest)
    if two is not None:
        (_, first), (_, second), middle = two
        core.used("sum of two inverses")
        below = [core.power(core.normal(determinant(core, m, size)), -1) for m in (first, second)]
        return [a.times(b).times(c) for a in below[0] for b in below[1] for c in determinant(core, middle, size)]
    factored = _polynomial_factors(core, rest, size)
    if factored is not None:
        core.used("determinant of a polynomial of a matrix")
        content, matrices = factored
        result = symbolic_power(core, {(): content}, size)
        for matrix in matrices:
            result = [r.times(t) for r in result for t in determinant(core, matrix, size)]
        return result
    common = _common_letter(core, rest, size)
    if common is not None:
        letter, quotient = common
        return [a.times(b) for a in _of_letter(core, letter, size) for b in determinant(core, quotient, size)]
    split = _invertible_letter(core, rest, size)
    if split is not None:
        letter, key = split
        others = {k: c for k, c in rest.items() if k != key}
        factor = core.power(core.normal(_of_letter(core, letter, size)), 1)
        moved = core.normal(_left_multiplied(core, letter, rest[key], others, size))
        whole = dict(moved)
        identity: Key = ((_identity(size), 1),)
        whole[identity] = whole.get(identity, 0) + 1
        coefficient = symbolic_power(core, {(): rest[key]}, size)
        inner = _rotated(core, {k: c for k, c in whole.items() if c}, size)
        return [a.times(b).times(c) for a in factor for b in inner for c in coefficient]
    return _rotated(core, rest, size)


def _square_letters(core: Core, key: Key, size: Slot) -> list[Letter] | None:
    """The letters of a monomial that is a product of square matrices of that size, or one; None for any other."""
    if len(key) != 1 or key[0][1] != 1 or not is_open_component(key[0][0]):
        return None
    if any(high != size or as_constant(low) != 1 for _, low, high in key[0][0][1]):
        return None
    return word(core, key[0][0], "#r", "#c")


def _polynomial_factors(core: Core, rest: Poly, size: Slot) -> tuple[Fraction, list[Poly]] | None:
    """The factors over the rationals of a polynomial of one square matrix, I - A^2 = (I - A)(I + A), and the number
    before them; None for a matrix that is no such polynomial or does not factor.
    """
    found: Letter | None = None
    coefficients: dict[int, Fraction] = {}
    for key, coefficient in rest.items():
        letters = [] if key == ((_identity(size), 1),) else _square_letters(core, key, size)
        if letters is None or not isinstance(coefficient, int | Fraction):
            return None
        found = letters[0] if letters and found is None else found
        if any(letter != found for letter in letters):
            return None
        coefficients[len(letters)] = Fraction(coefficient)
    if found is None or 0 not in coefficients or max(coefficients) < 2 or max(coefficients) > MOST_FACTORED:
        return None
    x = Symbol("x")
    whole = sum(Rational(c.numerator, c.denominator) * x**k for k, c in coefficients.items())
    factors = factor_list(whole, x)[1]
    pieces = [factor for factor, power in factors for _ in range(power)]
    if len(pieces) < 2:
        return None
    one = delta(size)
    matrices = []
    for piece in pieces:  # I has the coefficient 1 in each
        terms = []
        for (k,), c in Polynomial(piece / piece.subs(x, 0), x).terms():
            value = Fraction(int(c.p), int(c.q))
            terms += _word_terms([found] * k, [size] * k, value, {}) if k else [Term(value, [(one, ("#r", "#c"))])]
        matrices.append(core.normal(terms))
    return coefficients[0], matrices


def _common_letter(core: Core, rest: Poly, size: Slot) -> tuple[Letter, Poly] | None:
    """A square letter with which all monomials begin, or all end, and what is left: det(L M) = det(L) det(M)."""
    if len(rest) < 2:
        return None
    words: list[tuple[list[Letter], list[Slot], Key]] = []
    for key in rest:
        opened = [(c, e) for c, e in key if is_open_component(c)]
        if len(opened) != 1 or opened[0][1] != 1:
            return None
        letters = word(core, opened[0][0], "#r", "#c")
        sizes = _letter_rows(core, opened[0][0], letters, size) if letters else None
        if not letters or sizes is None:
            return None
        words.append((letters, sizes, key))
    for end in (0, -1):
        letter = words[0][0][end]
        if any(w[0][end] != letter for w in words) or core.dimensions.get(letter[0], ()) != (size, size):
            continue
        terms = []
        for letters, sizes, key in words:
            left = letters[1:] if end == 0 else letters[:-1]
            rows = sizes[1:] if end == 0 else sizes[:-1]
            scalars = {c: e for c, e in key if not is_open_component(c)}
            if left:
                terms += _word_terms(left, rows, rest[key], dict(scalars))
            else:
                terms.append(Term(rest[key], [(delta(size), ("#r", "#c"))], scalars))
        return letter, core.normal(terms)
    return None


def _of_letter(core: Core, letter: Letter, size: Slot) -> list[Term]:
    """det(M^k) = det(M)^k, det(M^-1) = 1 / det M, and of a product over an index the product of the determinants."""
    head, _, parameters = letter
    info = core.heads.get(head)
    if info is not None and info.kind == "matrix power":
        names: dict[str, Slot] = {f"#{k}": s for k, s in enumerate(("#r", "#c", *parameters[:-1]))}
        base = core.renamed(core.poly(info.inside), names)
        return symbolic_power(core, core.normal(determinant(core, base, size)), parameters[-1])
    if info is not None and info.kind == "inverse":
        mapping: dict[str, Slot] = {f"#{k}": s for k, s in enumerate(("#r", "#c", *parameters))}
        inner = core.renamed(core.poly(info.inside), mapping)
        return core.power(core.normal(determinant(core, inner, size)), -1)
    slots = (*parameters, "#r", "#c") if head[:2] == "m:" else ("#r", "#c", *parameters)
    if info is not None and info.kind == "product of matrices":
        return determinant_of_product(core, head, slots, determinant)
    return _atom(core, core.normal([Term(1, [(head, slots)])]), size)


def _atom(core: Core, inside: Poly, size: Slot) -> list[Term]:
    """The determinant as a function of the canonical matrix; what is known of its sign comes from the letter."""
    number, slots = core.parametrise(inside, (("#r", "#c"), ("#c", "#r")))
    head = f"d:{number}:{slot_key(size)}"
    if head not in core.heads:
        core.heads[head] = Head("determinant", inside=number, arity=len(slots))
        core.ranges[head] = (constant(1), size)
        if is_skew(core, inside):
            core.skew_determinants[head] = size
        if core.hypotheses and is_involution(core, inside, size):
            core.unit_squares.add(head)
        if len(inside) == 1:
            ((key, _),) = inside.items()
            if len(key) == 1 and len(key[0][0][0]) == 1 and key[0][0][0][0][0] in core.definite:
                core.positive.add(head)
            if len(key) == 1 and len(key[0][0][0]) == 1 and key[0][0][0][0][0] in core.orthogonal:
                core.unit_squares.add(head)
            if len(key) == 1 and len(key[0][0][0]) == 1 and key[0][0][0][0][0] in core.idempotent:
                core.idempotent.add(head)
    return [Term(1, [(head, slots[2:])])]


def is_skew(core: Core, inside: Poly) -> bool:
    """Whether A^T = -A."""
    return core.renamed(inside, {"#r": "#c", "#c": "#r"}) == {k: -c for k, c in inside.items()}


def is_involution(core: Core, inside: Poly, size: Slot) -> bool:
    """Whether M M = I, by hypotheses as well: det(M)^2 = 1."""
    if len(inside) > 3:
        return False
    joint = core.fresh()
    bound: dict[str, tuple[Slot, Slot]] = {joint: (constant(1), size)}
    pairs = [a.times(b) for a in core.terms(inside, {"#c": joint}) for b in core.terms(inside, {"#r": joint})]
    square = core.normal(Term(t.coefficient, t.factors, t.scalars, {**t.bound, **bound}) for t in pairs)
    return square == {((_identity(size), 1),): 1}


def _invertible_letter(core: Core, rest: Poly, size: Slot) -> tuple[Letter, Key] | None:
    """A monomial that is one invertible letter, when the other monomials are no single letters.

    Not while a derivative is taken: det(A + t B) has the derivative det(A + t B) tr((A + t B)^-1 B) as it stands.
    """
    found: list[tuple[Letter, Key]] = []
    beside = sum(_dyad(key) is None for key in rest) if len(rest) == 3 else 1
    if (
        core.whole_determinants
        or len(rest) not in (2, 3)
        or beside != 1
        or any(c == _identity(size) for key in rest for c, _ in key)
    ):
        return None
    for key in rest:
        if len(key) != 1 or key[0][1] != 1:
            continue
        letters = word(core, key[0][0], "#r", "#c")
        if letters is not None and len(letters) == 1:
            found.append((letters[0], key))
    if len(found) != 1:
        return None
    head = found[0][0][0]
    return found[0] if head[:2] == "i:" or head in core.invertible else None


def _left_multiplied(core: Core, letter: Letter, coefficient: object, others: Poly, size: Slot) -> list[Term]:
    """A^-1 W / coefficient."""
    head, flipped, parameters = letter
    ends = ("#c", "#r") if flipped else ("#r", "#c")
    slots = (*parameters, *ends) if head[:2] == "m:" else (*ends, *parameters)
    matrix = core.normal([Term(1, [(head, slots)])])
    joint = core.fresh()
    left = inverse(core, matrix, size, "#r", joint)
    right = core.terms(others, {"#r": joint})
    scale = core.power({(): coefficient}, -1)  # type: ignore[dict-item]
    bound = {joint: (constant(1), size)}
    return [
        Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound})
        for a in left
        for b in right
        for s in scale
        for p in [a.times(b).times(s)]
    ]


def _rotated(core: Core, rest: Poly, size: Slot) -> list[Term]:
    """det(I + c l1 ... lk): the least of the rotations of the word; a rotation that is 1 x 1 is a number.

    det(a I + W) = a^n det(I + W / a) for a number a that is known not to be 0; for any number a, where all letters are
    square, a I + W is as similar to its rotations as W is.
    """
    identity: Key = ((_identity(size), 1),)
    scaled = [k for k in rest if any(c == _identity(size) for c, _ in k)]
    others = [k for k in rest if k not in scaled]
    number: Poly = {tuple(p for p in k if p[0] != _identity(size)): rest[k] for k in scaled}
    rational = len(scaled) == 1 and scaled[0] == identity and len(others) > 1
    generic = len(scaled) > 1 and others and all(core.is_generic(c) for key in number for c, _ in key)
    if (rational or generic) and not any(is_open_component(c) for key in number for c, _ in key):
        dyad = _scaled_dyad(core, rest, size, others, number)
        if dyad is not None:
            return dyad
    if len(scaled) == 1 and scaled[0] == identity and len(others) == 2:
        update = _two_dyads(core, rest, size, others)
        if update is not None:
            return update
    if len(scaled) != 1 or len(others) != 1:
        return _atom(core, rest, size)
    key = others[0]
    opened = [c for c, e in key if is_open_component(c) and e == 1]
    scalars = tuple((c, e) for c, e in key if not is_open_component(c))
    outer = len(opened) == len([c for c, _ in key if is_open_component(c)]) <= 2 and all(
        len(_ends(c)) == 1 for c in opened
    )
    outer = outer and (len(opened) != 2 or _ends(opened[0]) != _ends(opened[1]))
    if any(is_open_component(c) and c != _identity(size) for c, _ in scaled[0]):
        return _beside_diagonal(core, rest, size, scaled[0], outer)
    if scaled[0] != identity:
        rows = _rows_of(core, opened, size)
        rectangular = outer or any(r != size for r in rows)
        return _shifted(core, rest, size, scaled[0], outer or len(rows) > 1, rectangular)
    moved = _out_of_inverse(core, rest, size, opened, scalars)
    if moved is not None:
        return moved
    if outer:
        # An outer product u v^T: det(a I + u v^T) = a^n (1 + v^T u / a).
        joint = core.fresh()
        mapping: dict[str, Slot] = {"#r": joint, "#c": joint}
        # One vector, or both, may be the vector of ones.
        term = core.term(tuple((c, 1) for c in opened), rest[key], mapping)
        for component, exponent in scalars:
            term.scalars[component] = exponent
        term.bound[joint] = (constant(1), size)
        inner = core.normal([term.scaled(1), Term(rest[identity])])
        ratio = core.power({(): rest[identity]}, -1)
        return [
            a.times(b).times(c)
            for a in symbolic_power(core, {(): rest[identity]}, size)
            for b in ratio
            for c in core.terms(inner)
        ]
    turned = rotations(core, rest, size) if len(opened) == 1 and rest[identity] == 1 else None
    if turned is None:
        return _atom(core, rest, size)
    chosen_size, chosen = turned[0]
    return _atom(core, chosen, chosen_size)


def rotations(core: Core, matrix: Poly, size: Slot) -> list[tuple[Slot, Poly]] | None:
    """The matrices a I + c li ... lk l1 ... of a matrix a I + c l1 ... lk, with their sizes, the least one first.

    None for a matrix that is not the sum of numbers times I and of one product of letters.
    """
    unit = _identity(size)
    scaled = {k: c for k, c in matrix.items() if (unit, 1) in k}
    others = [k for k in matrix if k not in scaled]
    if len(others) != 1 or not scaled:
        return None
    opened = [c for c, e in others[0] if is_open_component(c) and e == 1]
    scalars: dict[Component, object] = {c: e for c, e in others[0] if not is_open_component(c)}
    numbers = [(core.term(tuple(p for p in k if p[0] != unit)), c) for k, c in scaled.items()]
    if len(opened) != 1 or len(opened) + len(scalars) != len(others[0]):
        return None
    if any(is_open_component(c) for k in scaled for c, _ in k if c != unit):
        return None
    letters = word(core, opened[0], "#r", "#c")
    sizes = _letter_rows(core, opened[0], letters, size) if letters is not None else None
    if letters is None or sizes is None:
        return None
    candidates = []
    for start in range(len(letters)):
        turned, rows = letters[start:] + letters[:start], sizes[start:] + sizes[:start]
        units = [n.scaled(c).times(Term(1, [(delta(rows[0]), ("#r", "#c"))])) for n, c in numbers]
        poly = core.normal([*_word_terms(turned, rows, matrix[others[0]], dict(scalars)), *units])
        candidates.append((sorted((monomial_key(k), str(c)) for k, c in poly.items()), rows[0], poly))
    return [(rows, poly) for _, rows, poly in sorted(candidates, key=lambda item: str(item[0]))]


def _beside_diagonal(core: Core, rest: Poly, size: Slot, scaled: Key, outer: bool) -> list[Term]:
    """det(D + u v^T) = det(D) (1 + v^T D^-1 u) for a diagonal D with entries that may be divided by; beside another
    matrix than a dyad (``outer``), the determinant stays.
    """
    diagonal: Poly = {tuple(p for p in scaled if p[0] != _identity(size)): rest[scaled]}
    inverted = diagonal_inverse(core, diagonal) if outer else None
    if inverted is None:
        return _atom(core, rest, size)
    index = new_index(core)
    whole = number_product(core, core.renamed(diagonal, {"#r": index, "#c": index}), index, constant(1), size)
    update: Poly = {k: c for k, c in rest.items() if k != scaled}
    core.used("diagonal matrix and a dyad")
    return [w.times(t) for w in whole for t in (Term(1), *trace_of_update(core, inverted, update, size))]


def _scaled_dyad(core: Core, rest: Poly, size: Slot, others: list[Key], number: Poly) -> list[Term] | None:
    """det(a I + s u v^T) = a^n (1 + s v^T u / a) for numbers a and s that are sums: all monomials but those of a I have
    the same two vectors.

    Where a may be 0 it is divided by all the same: it is not 0 throughout, and determinants are continuous.
    """
    parts = [tuple((c, e) for c, e in key if is_open_component(c)) for key in others]
    if any(part != parts[0] for part in parts) or len(parts[0]) > 2:  # without one of the vectors it is that of ones
        return None
    if any(e != 1 or len(_ends(c)) != 1 for c, e in parts[0]):
        return None
    if len(parts[0]) == 2 and _ends(parts[0][0][0]) == _ends(parts[0][1][0]):
        return None
    joint = core.fresh()
    inner = core.term(parts[0], 1, {"#r": joint, "#c": joint})
    inner.bound[joint] = (constant(1), size)
    scale = core.terms({tuple(p for p in k if not is_open_component(p[0])): rest[k] for k in others})
    core.used("determinant of a scaled dyad")
    ratios = [inner.times(s).times(r) for s in scale for r in core.power(number, -1)]
    return [p.times(t) for p in symbolic_power(core, number, size) for t in (Term(1), *ratios)]


def _dyad(key: Key) -> tuple[Component, Component, Key] | None:
    """u at #r, v at #c and the scalars of a monomial that is an outer product u v^T; None for any other."""
    opened = [c for c, e in key if is_open_component(c) and e == 1]
    scalars = tuple((c, e) for c, e in key if not is_open_component(c))
    ends = {frozenset(_ends(c)): c for c in opened}
    u, v = ends.get(frozenset(("#r",))), ends.get(frozenset(("#c",)))
    if u is None or v is None or len(opened) + len(scalars) != len(key) or len(opened) != 2:
        return None
    return u, v, scalars


def _two_dyads(core: Core, rest: Poly, size: Slot, others: list[Key]) -> list[Term] | None:
    """det(a I + u v^T + w z^T) = a^(n-2) ((a + v^T u)(a + z^T w) - (v^T w)(z^T u)), for a number a other than 0.

    By Sylvester: the determinant of the 2 x 2 matrix a I + [v z]^T [u w].
    """
    dyads = [_dyad(key) for key in others]
    unit: Key = ((_identity(size), 1),)
    first, second = dyads
    if first is None or second is None or first[:2] == second[:2]:
        return None

    def inner(left: Component, right: Component) -> Poly:
        joint = core.fresh()
        term = core.term(((left, 1), (right, 1)), 1, {"#r": joint, "#c": joint})
        term.bound[joint] = (constant(1), size)
        return core.normal([term])

    def scaled(poly: Poly, scalars: Key, coefficient: object) -> Poly:
        factor = Term(coefficient, [], dict(scalars))  # type: ignore[arg-type]
        return core.normal(factor.times(t) for t in core.terms(poly))

    (u, v, s), (w, z, t) = first, second
    number, c, d = rest[unit], rest[others[0]], rest[others[1]]
    on_diagonal = [scaled(inner(v, u), s, c), scaled(inner(z, w), t, d)]
    across = [scaled(inner(v, w), t, d), scaled(inner(z, u), s, c)]
    for poly in on_diagonal:
        poly[()] = poly.get((), 0) + number
    parts = [a.times(b) for a in core.terms(on_diagonal[0]) for b in core.terms(on_diagonal[1])]
    parts += [a.times(b).scaled(-1) for a in core.terms(across[0]) for b in core.terms(across[1])]
    scale = [a.times(b) for a in symbolic_power(core, {(): number}, size) for b in core.power({(): number}, -2)]
    return [a.times(b) for a in scale for b in core.terms(core.normal(parts))]


def _rows_of(core: Core, opened: list[Component], size: Slot) -> list[Slot]:
    """The numbers of rows of the letters of a word; nothing where it is none."""
    letters = word(core, opened[0], "#r", "#c") if len(opened) == 1 else None
    return (_letter_rows(core, opened[0], letters, size) or []) if letters is not None else []


def _shifted(core: Core, rest: Poly, size: Slot, key: Key, divides: bool, rectangular: bool) -> list[Term]:
    """det(a I + W) for a number a other than 1; ``divides``: whether dividing by a serves a rotation.

    Where W is a dyad, or ``rectangular``, a product of letters that are not square, there is no other way, and a number
    that may be 0 is divided by: determinants are continuous.
    """
    number = tuple(p for p in key if p[0] != _identity(size))
    if divides and all(core.is_nonzero(c) or (rectangular and core.is_generic(c)) for c, _ in number):
        scale: Poly = {number: rest[key]}
        inverse_scale = core.power(scale, -1)
        inner = core.normal(s.times(t) for s in inverse_scale for t in core.terms(rest))
        return [a.times(b) for a in symbolic_power(core, scale, size) for b in determinant(core, inner, size)]
    others = {k: c for k, c in rest.items() if k != key}
    letters = square_word(core, dict.fromkeys(others, 1) if len(others) == 1 else {}, size)
    if letters is None or len(letters) < 2 or any(core.dimensions.get(x[0]) != (size, size) for x in letters):
        return _atom(core, rest, size)
    ((_, coefficient),) = others.items()
    candidates = []
    for start in range(len(letters)):
        turned = letters[start:] + letters[:start]
        poly = core.normal([*_word_terms(turned, [size] * len(letters), coefficient, {}), core.term(key, rest[key])])
        candidates.append((len(str(poly)), str(sorted((monomial_key(k), str(c)) for k, c in poly.items())), poly))
    _, _, chosen = min(candidates, key=lambda item: item[:2])
    return _atom(core, chosen, size)


def _out_of_inverse(core: Core, rest: Poly, size: Slot, opened: list[Component], scalars: Key) -> list[Term] | None:
    """det(I + c A^-1) = det(A^-1) det(A + c I), and det(I + c A^-1 B) = det(A^-1) det(A + c B), for square letters."""
    letters = word(core, opened[0], "#r", "#c") if len(opened) == 1 else None
    if letters is None or not 1 <= len(letters) <= 2:
        return None
    if any(core.dimensions.get(x[0]) != (size, size) for x in letters):
        return None
    found = [k for k, x in enumerate(letters) if (info := core.heads.get(x[0])) is not None and info.kind == "inverse"]
    if len(found) != 1:
        return None
    head, flipped, parameters = letters[found[0]]
    inside = core.poly(core.heads[head].inside)
    if len(inside) != 1 or parameters:
        return None
    names: dict[str, Slot] = {"#0": "#c", "#1": "#r"} if flipped else {"#0": "#r", "#1": "#c"}
    matrix = core.terms(inside, names)
    (coefficient,) = (c for k, c in rest.items() if k != ((_identity(size), 1),))
    left = [x for k, x in enumerate(letters) if k != found[0]]
    if left:
        others = _word_terms(left, [size], coefficient, dict(scalars))
    else:
        others = [Term(coefficient, [(delta(size), ("#r", "#c"))], dict(scalars))]
    whole = core.normal([*matrix, *others])
    if _invertible_letter(core, whole, size) is not None:
        return None  # it would be taken out again
    first = _of_letter(core, letters[found[0]], size)
    return [a.times(b) for a in first for b in determinant(core, whole, size)]


def _letter_rows(core: Core, component: Component, letters: list[Letter], size: Slot) -> list[Slot] | None:
    """The number of rows of each letter: the ranges of the summed indices along the path."""
    ranges = {name: high for name, low, high in component[1] if as_constant(low) == 1}
    left = list(component[0])
    here: Slot = "#r"
    sizes: list[Slot] = []
    for head, _, _ in letters:
        sizes.append(size if here == "#r" else ranges.get(str(here), ""))
        for position, (h, slots) in enumerate(left):
            pair = slots[-2:] if h[:2] == "m:" else slots[:2]
            if h == head and here in pair:
                here = pair[1] if pair[0] == here else pair[0]
                del left[position]
                break
        else:
            return None
    return sizes if "" not in sizes else None


def _word_terms(
    letters: list[Letter], sizes: list[Slot], coefficient: object, scalars: dict[Component, object]
) -> list[Term]:
    """The terms of a word of letters between the row and the column index."""
    factors: list[Factor] = []
    bound: dict[str, tuple[Slot, Slot]] = {}
    here: Slot = "#r"
    for position, (head, flipped, parameters) in enumerate(letters):
        last = position == len(letters) - 1
        there: Slot = "#c" if last else f"~w{position}"
        if not last:
            bound[str(there)] = (constant(1), sizes[position + 1])
        ends = (there, here) if flipped else (here, there)
        factors.append((head, (*parameters, *ends) if head[:2] == "m:" else (*ends, *parameters)))
        here = there
    return [Term(coefficient, factors, dict(scalars), bound)]  # type: ignore[arg-type]


def _ends(component: Component) -> set[str]:
    return {s for _, slots in component[0] for slot in slots for s in symbols_of(slot)} & {"#r", "#c"}


def _derivative(core: Core, head: str, info: Head, slots: tuple[Slot, ...], target: Target) -> list[Term]:
    """Jacobi's formula: d det(M) = det(M) tr(M^-1 dM)."""
    low, high = core.ranges[head]
    a, b = core.fresh(), core.fresh()
    names: dict[str, Slot] = {f"#{k + 2}": s for k, s in enumerate(slots)}
    matrix = core.renamed(core.poly(info.inside), {"#0": "#r", "#1": "#c", **names})
    inner = derivative(core, core.terms(core.poly(info.inside), {"#0": a, "#1": b, **names}), target)
    if not inner:
        return []
    size_one = as_constant(high) == 1
    if size_one:
        raise Undecided("the determinant of a number")
    result = []
    for n in inverse(core, matrix, high, b, a):
        outer = Term(1, [(head, slots)], None, {a: (low, high), b: (low, high)}).times(n)
        result += [outer.times(t) for t in inner]
    return result


def _rebuilt(core: Core, head: str, info: Head, slots: tuple[Slot, ...], leaf: Leaf) -> list[Term]:
    names: dict[str, Slot] = {"#0": "#r", "#1": "#c"}
    names.update((f"#{k + 2}", s) for k, s in enumerate(slots))
    inside = core.normal(transform(core, core.terms(core.poly(info.inside), names), leaf))
    return determinant(core, inside, core.ranges[head][1])


RULES["determinant"] = _derivative
REBUILT["determinant"] = _rebuilt
