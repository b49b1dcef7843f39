"""Products over an index as atoms: of numbers, and of square matrices in the order of the index.

``prod_{i=a}^{b} f(i)`` is 1 (or I) for b = a - 1.  Where it is written, b >= a - 1 is presupposed; then, by induction
on the number of factors:

- a number c and a matrix A without the index give c^(b-a+1) and A^(b-a+1);
- scalar factors come out, ``prod c_i A_i = prod c_i prod A_i``, and numbers are taken apart factor by factor, powers by
  powers; ``prod exp(f_i) = exp(sum f_i)``; diagonal matrices multiply entry by entry; Q and Q^-1 around each factor
  cancel but for the ends;
- the transpose, and the inverse, is the product of transposes, or inverses, in the opposite order; the determinant is
  the product of the determinants;
- ``prod_a^c = prod_a^b prod_{b+1}^c`` for a - 1 <= b <= c, in this order where i grows from left to right.

Heads: ``N:`` (numbers) with slots (parameters, a, b) and ``P:`` (matrices) with slots (row, column, parameters, a, b);
the inside has the row and the column at ``#0``, ``#1`` (matrices only), then the index, then the parameters.  The index
is shifted, and turned around, so that equal products have equal heads; the name of a matrix product's head says whether
the index grows (``<``) or falls (``>``) from left to right.  May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction

from everystep.algebra.functions import FUNCTIONS
from everystep.calculus.atoms import REBUILT, Leaf, inverse, symbolic_power, transform
from everystep.calculus.core import MAX_POWER, Core
from everystep.calculus.differentials import RULES, Target, derivative
from everystep.calculus.functions import LOGARITHMS, logarithm
from everystep.calculus.indices import (
    Slot,
    as_constant,
    combine,
    constant,
    difference,
    shifted,
    substitute,
    symbols_of,
    unpack,
)
from everystep.calculus.indices import slot_key as text_of
from everystep.calculus.matrix_powers import matrix_power
from everystep.calculus.networks import (
    ONE_POLY,
    Component,
    Exponent,
    Factor,
    Head,
    Poly,
    Term,
    Undecided,
    delta,
    is_open,
)
from everystep.calculus.word_letters import Letter, conjugate, letters_between, placed, square_word

PRODUCTS = NUMBERS, MATRICES = "N:", "P:"
MOST_TERMS = 256
"""A product of a fixed number of factors is written out when it has no more terms than this."""


def new_index(core: Core) -> str:
    """A name for the index of a product: no other index or integer has it."""
    return f"@{core.fresh()[1:]}"


def count_of(low: Slot, high: Slot) -> Slot:
    """The number of factors."""
    return shifted(difference(high, low), 1)


def is_product(head: str) -> bool:
    return head[:2] in PRODUCTS


# numbers ------------------------------------------------------------------------------------------


def number_product(core: Core, inside: Poly, index: str, low: Slot, high: Slot) -> list[Term]:
    """The product of the numbers ``inside`` for ``index`` from ``low`` to ``high``."""
    count = count_of(low, high)
    if as_constant(count) == 0 or inside == ONE_POLY:
        return [Term(1)]
    if not inside:
        return _zero(core, count)
    if _short(inside, count):
        result = [Term(1)]
        for k in range(as_constant(count) or 0):
            result = core.terms(core.normal(_times(core, result, core.terms(inside, {index: shifted(low, k)}))))
        return result
    shift, rest = core.without_exponentials(inside, 1)
    taken, rest = core.content(rest, 1)
    outside = shift.times(taken)
    if len(rest) == 1:
        ((key, coefficient),) = rest.items()
        outside = outside.times(Term(coefficient, [], dict(key)))
        rest = ONE_POLY
    result = symbolic_power(core, {(): outside.coefficient}, count)
    parts: list[tuple[Component, Exponent]] = [*outside.scalars.items(), *((((f,), ()), 1) for f in outside.factors)]
    for component, exponent in parts:
        result = _times(core, result, _component_product(core, component, exponent, index, low, high))
    if rest != ONE_POLY:
        result = _times(core, result, [Term(1, [_number_atom(core, rest, index, low, high)])])
    return result


def _zero(core: Core, count: Slot) -> list[Term]:
    """A product of zeros is 0 unless it may be empty."""
    if core.integers.at_least(count, constant(1)):
        return []
    raise Undecided("a product of zeros that may be empty")


def _short(inside: Poly, count: Slot) -> bool:
    """Whether a product has a fixed number of factors and is to be written out."""
    fixed = as_constant(count)
    return fixed is not None and 0 <= fixed <= MAX_POWER and len(inside) ** fixed <= MOST_TERMS


def _component_product(
    core: Core, component: Component, exponent: Exponent, index: str, low: Slot, high: Slot
) -> list[Term]:
    """The product of powers of one scalar: (prod x_i)^e; c^(e (b - a + 1)) without the index; exp of a sum."""
    (head, slots), *others = component[0]
    info = core.heads.get(head) if not others and not component[1] else None
    if not _mentions({((component, 1),): 1}, index) and not _is_exponential(core, info):
        constant_power = core.normal(symbolic_power(core, {((component, 1),): 1}, count_of(low, high)))
        return core.power(constant_power, exponent)
    if info is not None and info.kind in ("power", "base", "exp", "symbolic power"):
        if info.kind == "power":
            info, exponent = core.heads[info.base], exponent * info.exponent
        power = slots[-1] if info.kind == "symbolic power" else None
        names: dict[str, Slot] = {f"#{k}": s for k, s in enumerate(slots if power is None else slots[:-1])}
        base = core.renamed(core.poly(info.inside), names)
        if info.kind == "exp":
            at = core.fresh()
            summed = [
                Term(t.coefficient, t.factors, t.scalars, {**t.bound, at: (low, high)}).scaled(exponent)
                for t in core.terms(base, {index: at})
            ]
            return core.exponential(core.normal(summed))
        if power is not None and not isinstance(exponent, Fraction) and index not in symbols_of(power):
            within = core.normal(number_product(core, base, index, low, high))
            return symbolic_power(core, within, combine(constant(0), power, exponent))
        if info.kind == "base":
            return core.power(core.normal(number_product(core, base, index, low, high)), exponent)
    atom = _number_atom(core, {((component, 1),): 1}, index, low, high)
    if any(is_open(s) for slot in atom[1] for s in symbols_of(slot)):
        return core.power(core.normal([Term(1, [atom])]), exponent)
    return [Term(1, [], {((atom,), ()): exponent})]


def _is_exponential(core: Core, info: Head | None) -> bool:
    return info is not None and (core.heads[info.base] if info.kind == "power" else info).kind == "exp"


def _number_atom(core: Core, inside: Poly, index: str, low: Slot, high: Slot) -> Factor:
    """A product of numbers as a function of its canonical factor and range."""
    inside, low, high, _ = _anchored(core, inside, index, low, high)
    number, slots = core.parametrise(inside, ((index,),))
    shift = difference(slots[0], index)
    head = f"{NUMBERS}{number}"
    if head not in core.heads:
        core.heads[head] = Head("product of numbers", inside=number, arity=len(slots) + 1)
    return head, (*slots[1:], combine(low, shift), combine(high, shift))


def _anchored(core: Core, inside: Poly, index: str, low: Slot, high: Slot) -> tuple[Poly, Slot, Slot, bool]:
    """(inside, low, high, turned): the index counted upwards, from its least place on: f(T + 1 - i) becomes f(i)."""
    places = _places(core, inside, index)
    turned = bool(places) and all(unpack(slot)[1][index] < 0 for slot in places)
    new: Slot = _negative(index) if turned else index
    if turned:
        low, high = _negative(high), _negative(low)
        places = [substitute(slot, {index: new}) for slot in places]
    rests = [difference(slot, index) for slot in places if unpack(slot)[1][index] == 1]
    outside = {s for slot in _slots(inside) for s in symbols_of(slot)}
    rests = [r for r in rests if all(s[0] not in "#_" and (s[0] != "~" or s in outside) for s in symbols_of(r))]
    if rests:
        rest = min(rests, key=lambda r: (str(unpack(r)[1]), unpack(r)[0]))
        new = substitute(new, {index: difference(index, rest)})
        low, high = combine(low, rest), combine(high, rest)
    if new != index:
        # Atoms of the inside are made anew: what they depend on is counted from elsewhere now.
        inside = core.normal(transform(core, core.terms(inside, {index: new}), lambda head, slots: None))
    return inside, low, high, turned


def _places(core: Core, inside: Poly, index: str) -> list[Slot]:
    """The slots of leaves, also inside of atoms, and the ends of products and sums, where the index stands."""
    found: list[Slot] = []

    def note(head: str, slots: tuple[Slot, ...]) -> None:
        if head not in core.heads or is_product(head):
            found.extend(slots)

    transform(core, core.terms(inside), note)
    found += [end for key in inside for component, _ in key for _, *ends in component[1] for end in ends]
    return [slot for slot in found if index in symbols_of(slot)]


def _negative(slot: Slot) -> Slot:
    return combine(constant(0), slot, -1)


def _slots(poly: Poly) -> Iterator[Slot]:
    for key in poly:
        for (factors, bound), _ in key:
            for _, slots in factors:
                yield from slots
            for _, start, stop in bound:
                yield from (start, stop)


def _mentions(poly: Poly, index: str) -> bool:
    return any(index in symbols_of(slot) for slot in _slots(poly))


# matrices -----------------------------------------------------------------------------------------


def matrix_product(
    core: Core,
    inside: Poly,
    index: str,
    size: Slot,
    span: tuple[Slot, Slot],
    ends: tuple[Slot, Slot],
    rising: bool = True,
) -> list[Term]:
    """The entry at ``ends`` of the product of the matrices ``inside`` (at ``#r``, ``#c``) for ``index`` over ``span``.

    ``rising``: the index grows from left to right; else it falls.
    """
    (low, high), (row, column) = span, ends
    count = count_of(low, high)
    identity: Component = (((delta(size), ("#c", "#r")),), ())
    if as_constant(count) == 0 or inside == {((identity, 1),): 1}:
        return [Term(1, [(delta(size), (row, column))])]
    if not inside:
        return _zero(core, count)
    if _short(inside, count):
        moments: list[Slot] = [shifted(low, k) for k in range(as_constant(count) or 0)]
        return _written_out(core, inside, index, size, moments if rising else moments[::-1], ends)
    outside, rest = core.content(inside, 1)
    scale = number_product(core, core.normal([outside]), index, low, high)
    names = {"#r": row, "#c": column}
    if all(any(c == identity for c, _ in key) for key in rest):
        entries = core.normal(
            core.terms({tuple((c, e) for c, e in key if c != identity): v for key, v in rest.items()}, {"#c": "#r"})
        )
        diagonal = core.normal(number_product(core, entries, index, low, high))
        unit = Term(1, [(delta(size), (row, column))])
        return _times(core, scale, [unit.times(t) for t in core.terms(diagonal, {"#r": row})])
    if not _mentions(rest, index):
        return _times(core, scale, matrix_power(core, rest, size, row, column, count))
    letters = square_word(core, rest, size)
    if letters is not None and len(letters) > 2 and _around(core, letters, index):
        core.used("product of similar matrices")
        a, b = core.fresh(), core.fresh()
        whole = (constant(1), size)
        middle = core.normal(letters_between(core, letters[1:-1], size))
        outer = Term(1, [placed(letters[0], row, a), placed(letters[-1], b, column)], None, {a: whole, b: whole})
        inner = matrix_product(core, middle, index, size, span, (a, b), rising)
        return _times(core, scale, [outer.times(t) for t in inner])
    if letters is not None and all(_kind(core, letter) == "inverse" for letter in letters):
        inverted = core.normal(inverse(core, rest, size, "#r", "#c"))
        turned = core.normal(matrix_product(core, inverted, index, size, span, ("#r", "#c"), not rising))
        return _times(core, scale, inverse(core, turned, size, row, column))
    atom = _matrix_atom(core, rest, index, size, span, rising)
    named = tuple(names.get(str(s), s) for s in atom[1][:2])
    return _times(core, scale, [Term(1, [(atom[0], (*named, *atom[1][2:]))])])


def _kind(core: Core, letter: Letter) -> str:
    info = core.heads.get(letter[0])
    return "" if info is None else info.kind


def _around(core: Core, letters: list[Letter], index: str) -> bool:
    """Whether the first and the last letter are inverse to each other and the same for every index."""
    first, last = letters[0], letters[-1]
    moving = any(index in symbols_of(slot) for letter in (first, last) for slot in letter[2])
    return not moving and conjugate(core, first, last)


def _written_out(
    core: Core, inside: Poly, index: str, size: Slot, moments: list[Slot], ends: tuple[Slot, Slot]
) -> list[Term]:
    """The matrices at the given values of the index, multiplied."""
    result = [Term(1)]
    here, column = ends
    for position, moment in enumerate(moments):
        last = position == len(moments) - 1
        there: Slot = column if last else core.fresh()
        bound = {} if last else {str(there): (constant(1), size)}
        pieces = core.terms(inside, {"#r": here, "#c": there, index: moment})
        result = _times(core, result, [Term(p.coefficient, p.factors, p.scalars, {**p.bound, **bound}) for p in pieces])
        here = there
    return result


def _matrix_atom(core: Core, inside: Poly, index: str, size: Slot, span: tuple[Slot, Slot], rising: bool) -> Factor:
    """The atom at ``#r``, ``#c``: of the product and of that of the transposes in the opposite order the lesser."""
    inside, low, high, turned = _anchored(core, inside, index, *span)
    rising = rising != turned
    number, slots = core.parametrise(inside, (("#r", "#c", index), ("#c", "#r", index)))
    first, second = slots[:2]
    rising = rising == (first == "#r")
    if not rising and core.renamed(core.poly(number), {"#0": "#1", "#1": "#0"}) == core.poly(number):
        first, second, rising = second, first, True
    shift = difference(slots[2], index)
    head = f"{MATRICES}{number}:{text_of(size)}:{'<' if rising else '>'}"
    if head not in core.heads:
        core.heads[head] = Head("product of matrices", inside=number, arity=len(slots) + 1)
        core.dimensions[head] = (size, size)
    return head, (first, second, *slots[3:], combine(low, shift), combine(high, shift))


# what follows from the atoms -------------------------------------------------------------------------


def opened(core: Core, head: str, slots: tuple[Slot, ...], index: str) -> Poly:
    """The inside of a product's atom at an index: a number, or a matrix at ``#r``, ``#c``."""
    if head[:2] == NUMBERS:
        names: tuple[Slot, ...] = (index, *slots[:-2])
    else:
        names = ("#r", "#c", index, *slots[2:-2])
    return core.renamed(core.inside(head), {f"#{k}": s for k, s in enumerate(names)})


def _rises(head: str) -> bool:
    return head[-1] == "<"


def again(core: Core, head: str, slots: tuple[Slot, ...], inside: Poly, index: str) -> list[Term]:
    """The product of another inside over the range of an atom."""
    low, high = slots[-2:]
    if head[:2] == NUMBERS:
        return number_product(core, inside, index, low, high)
    size = core.dimensions[head][0]
    return matrix_product(core, inside, index, size, (low, high), (slots[0], slots[1]), _rises(head))


def parts(core: Core, head: str, slots: tuple[Slot, ...], at: Slot) -> Term:
    """A product over a .. b as those over a .. at and at + 1 .. b, for a - 1 <= at <= b."""
    low, high = slots[-2:]
    front, back = (low, at), (shifted(at, 1), high)
    if head[:2] == NUMBERS:
        return Term(1, [(head, (*slots[:-2], *front)), (head, (*slots[:-2], *back))])
    row, column, *parameters = slots[:-2]
    joint = core.fresh()
    if not _rises(head):
        front, back = back, front
    bound: dict[str, tuple[Slot, Slot]] = {joint: (constant(1), core.dimensions[head][0])}
    return Term(
        1, [(head, (row, joint, *parameters, *front)), (head, (joint, column, *parameters, *back))], None, bound
    )


def fixed_products(core: Core) -> Callable[[Term], list[Term] | None]:
    """Rewriter: a product of a fixed number of factors is written out, one of none is 1 or I."""

    def written(head: str, slots: tuple[Slot, ...]) -> list[Term] | None:
        if not _short(core.inside(head), count_of(*slots[-2:])):
            return None
        index = new_index(core)
        return again(core, head, slots, opened(core, head, slots, index), index)

    def rewrite(term: Term) -> list[Term] | None:
        for position, (head, slots) in enumerate(term.factors):
            done = written(head, slots) if is_product(head) else None
            if done is not None:
                factors = term.factors[:position] + term.factors[position + 1 :]
                rest = Term(term.coefficient, factors, term.scalars, term.bound)
                return [rest.times(t) for t in done]
        for component, exponent in term.scalars.items():
            alone = len(component[0]) == 1 and not component[1] and is_product(component[0][0][0])
            done = written(*component[0][0]) if alone else None
            if done is not None:
                scalars = {c: e for c, e in term.scalars.items() if c != component}
                rest = Term(term.coefficient, term.factors, scalars, term.bound)
                return [rest.times(t) for t in core.power(core.normal(done), exponent)]
        return None

    return rewrite


def determinant_of_product(
    core: Core, head: str, slots: tuple[Slot, ...], determinant: Callable[[Core, Poly, Slot], list[Term]]
) -> list[Term]:
    """The determinant of a product of square matrices is the product of their determinants."""
    index = new_index(core)
    factor = core.normal(determinant(core, opened(core, head, slots, index), core.dimensions[head][0]))
    return number_product(core, factor, index, *slots[-2:])


@contextmanager
def inside_of(core: Core, index: str, low: Slot, high: Slot) -> Iterator[None]:
    """While one factor of a product is looked at, its index is within the range."""
    outer = list(core.integers.facts)
    core.integers.add(difference(index, low), difference(high, index))
    try:
        yield
    finally:
        core.integers.restore(outer)


def _rebuilt(core: Core, head: str, info: Head, slots: tuple[Slot, ...], leaf: Leaf) -> list[Term]:
    index = new_index(core)
    terms = core.terms(opened(core, head, slots, index))
    with inside_of(core, index, *slots[-2:]):
        inside = core.normal(transform(core, terms, leaf))
    return again(core, head, slots, inside, index)


def _derivative(core: Core, head: str, info: Head, slots: tuple[Slot, ...], target: Target) -> list[Term]:
    """d prod_{i=a}^{b} F_i = sum over j from a to b of (prod before j) dF_j (prod after j)."""
    low, high = slots[-2:]
    index, j = new_index(core), core.fresh()
    moved: dict[str, Slot] = {index: j}
    terms = opened(core, head, slots, index)
    before, after = (low, shifted(j, -1)), (shifted(j, 1), high)
    bound: dict[str, tuple[Slot, Slot]] = {j: (low, high)}
    if head[:2] == NUMBERS:
        factors = [(head, (*slots[:-2], *before)), (head, (*slots[:-2], *after))]
    else:
        row, column, *parameters = slots[:-2]
        a, b = core.fresh(), core.fresh()
        whole = (constant(1), core.dimensions[head][0])
        bound |= {a: whole, b: whole}
        moved |= {"#r": a, "#c": b}
        if not _rises(head):
            before, after = after, before
        factors = [(head, (row, a, *parameters, *before)), (head, (b, column, *parameters, *after))]
    outer = Term(1, factors, None, bound)
    return [outer.times(t) for t in derivative(core, core.terms(terms, moved), target)]


def _logarithm(core: Core, head: str, slots: tuple[Slot, ...], exponent: Exponent) -> list[Term] | None:
    """log (prod f_i)^e = sum e log f_i for factors that are all positive: by their looks, or as the claim presupposes.

    For an even e it is sum log f_i^e: the product is not 0, so that each f_i^e is positive.
    """
    low, high = slots[-2:]
    index, j = new_index(core), core.fresh()
    inside = opened(core, head, slots, index)
    if (head, slots) in core.positive_products or _plainly_positive(core, inside):
        value = core.normal(t.scaled(exponent) for t in logarithm(core, inside))
    elif isinstance(exponent, int) and exponent % 2 == 0:
        value = core.normal(logarithm(core, core.normal(core.power(inside, exponent))))
    else:
        return None
    core.used("logarithm of a product")
    return [
        Term(t.coefficient, t.factors, t.scalars, {**t.bound, j: (low, high)}) for t in core.terms(value, {index: j})
    ]


def _plainly_positive(core: Core, poly: Poly) -> bool:
    """Whether a number is a sum of positive multiples of products of positive scalars and positive functions."""

    def positive(component: Component) -> bool:
        (head, _), *others = component[0]
        info = core.heads.get(head) if not others and not component[1] else None
        if info is not None and info.kind == "function":
            return not info.order and info.name in FUNCTIONS and FUNCTIONS[info.name].positive
        return core.is_positive(component)

    return all(c > 0 and all(positive(component) for component, _ in key) for key, c in poly.items())


def _times(core: Core, left: list[Term], right: list[Term]) -> list[Term]:
    core.spend(len(left) * len(right))
    return [a.times(b) for a in left for b in right]


LOGARITHMS["product of numbers"] = _logarithm
for _name in ("product of numbers", "product of matrices"):
    RULES[_name] = _derivative
    REBUILT[_name] = _rebuilt
