"""Words of square matrices: inverses, matrix powers and products over an index as letters between two indices.

A letter is a head, whether it is transposed, and its slots.  May import ``everystep.algebra`` and the core.
"""

from __future__ import annotations

from everystep.calculus.core import Core
from everystep.calculus.indices import (
    Slot,
    as_constant,
    constant,
    substitute,
    symbols_of,
)
from everystep.calculus.networks import (
    Component,
    Factor,
    Poly,
    Term,
)

Letter = tuple[str, bool, tuple[Slot, ...]]
ONES: Letter = ("1", False, ())
"""The last letter of a word whose last index is summed: that of the row sums A 1."""
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


def square_pieces(core: Core, poly: Poly, size: Slot) -> list[Poly] | None:
    """A product as square matrices at #r, #c, cut wherever an index of it runs over that size: K^T X^T X K is K^T times
    X^T X times K; None where it is not cut, or no product with coefficient 1.
    """
    if len(poly) != 1:
        return None
    ((key, coefficient),) = poly.items()
    if coefficient != 1 or len(key) != 1 or key[0][1] != 1 or not key[0][0][1]:
        return None
    factors, bound = key[0][0]
    letters = word(core, key[0][0], "#r", "#c")
    if letters is None or all(high != size for _, _, high in bound):
        return None
    ranges: dict[Slot, tuple[Slot, Slot]] = {name: (low, high) for name, low, high in bound}
    left = list(factors)
    here: Slot = "#r"
    pieces: list[Poly] = []
    term = Term(1)
    start: Slot = here
    for head, _, _ in letters:
        position = next(k for k, (h, ss) in enumerate(left) if h == head and here in _both_ends(core, h, ss))
        factor = left.pop(position)
        one, other = _both_ends(core, *factor)
        here = other if one == here else one
        term.factors.append(factor)
        if here == "#c" or ranges[here] == (constant(1), size):
            names: dict[str, Slot] = {str(start): "#r", str(here): "#c"}
            placed_factors = [(h, tuple(substitute(s, names) for s in ss)) for h, ss in term.factors]
            pieces.append(core.normal([Term(1, placed_factors, None, term.bound)]))
            term, start = Term(1), here
        else:
            term.bound[str(here)] = ranges[here]
    return pieces if len(pieces) > 1 else None


def _both_ends(core: Core, head: str, slots: tuple[Slot, ...]) -> tuple[Slot, Slot]:
    ends = matrix_ends(core, head, slots)
    return ends[0] if ends is not None else ("", "")


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


def word_of_sums(core: Core, component: Component, start: Slot) -> list[Letter] | None:
    """The component read as a product of matrices from ``start`` and a column of ones; None if it is not one."""
    factors, bound = component
    written = [s for _, slots in factors for slot in slots for s in symbols_of(slot)]
    last = [entry for entry in bound if written.count(entry[0]) == 1]
    if len(last) != 1:
        return None
    ((end, low, high),) = last
    letters = word(core, (factors, tuple(entry for entry in bound if entry != last[0])), start, end)
    if not letters or (low, high) != (constant(1), end_dimension(core, letters[-1])):
        return None
    return [*letters, ONES]


def end_dimension(core: Core, letter: Letter) -> Slot | None:
    """The size of a matrix letter's columns; None where it is not known."""
    head, flipped, _ = letter
    return dimension(core, head, -2 if flipped else -1)


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
    if head[:2] == "c:" and head in core.symmetric and len(slots) == 2 and len(core.dimensions.get(head, ())) == 2:
        return (slots[0], slots[1]), ()  # the Hessian of an arbitrary function at one point
    return None


def vector_end(core: Core, head: str, slots: tuple[Slot, ...]) -> tuple[Slot, tuple[Slot, ...]] | None:
    """(entry, parameters) of a factor that is a vector; None for anything else."""
    if head[:2] == "m:":
        count = core.indexed.get(head, 1)
        return (slots[-1], slots[:count]) if len(slots) == count + 1 else None
    return (slots[0], ()) if head[:2] == "v:" and len(slots) == 1 else None


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
        letter = single_factor(core.poly(info.inside))
        names = tuple(f"#{k}" for k in range(2 + len(other[2])))
        if letter == placed((other[0], False, names[2:]), "#0", "#1"):
            return True
    return False


def single_factor(poly: Poly) -> Factor | None:
    """The one factor that a polynomial consists of."""
    if len(poly) != 1:
        return None
    ((key, coefficient),) = poly.items()
    if coefficient != 1 or len(key) != 1 or key[0][1] != 1 or len(key[0][0][0]) != 1 or key[0][0][1]:
        return None
    return key[0][0][0][0]
