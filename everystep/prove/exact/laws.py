"""Finite laws that stand for the declared ones: what an expectation can see of them is the same.

- ``bernoulli``: its own two atoms an entry.
- ``moments`` and ``iid``: two atoms a component, with the declared mean and covariance and a third moment other
  than 0; the components of ``moments`` are uncorrelated in one basis, and not independent in the given one.
- ``any``: three atoms that are drawn, with weights 1/2, 1/3 and 1/6;
- ``gaussian``, ``normal entries``: nodes with weights of either sign that have the moments of a normal law up to a
  degree; for the mean of an exponential, a lattice of nodes. ``uniform entries``: such nodes with
  the moments of a uniform law.

May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from everystep.algebra import expressions as ex
from everystep.algebra.context import Random
from everystep.prove.exact.errors import TooLarge, Undefined, Unsupported
from everystep.prove.exact.evaluator import Cell, Evaluator, World
from everystep.prove.exact.jets import Jet, add, multiply, scale, subtract, transpose
from everystep.prove.exact.program import NODED, Node, bound_index
from everystep.prove.exact.quadrature import Lattice, Nodes, lattice

Atoms = list[tuple[Jet, Jet]]
"""Values with their weights (1 x 1)."""

ENTRYWISE = ("bernoulli", *Random.ALIKE)
"""Laws whose entries are independent."""

MOST_ATOMS, MOST_ON_LATTICE = 1200, 6000


def most_atoms(nodes: Nodes) -> int:
    """How many atoms are enumerated at most; of a coarse lattice so few that the fine one has not too many either."""
    return MOST_ON_LATTICE // nodes.stride**2 if isinstance(nodes, Lattice) else MOST_ATOMS


def atoms_of(ev: Evaluator, outer: World, law: Random, cell: Cell, nodes: Nodes) -> Atoms:
    """The atoms of a random quantity (of each entry, where they are independent).

    They are kept in the world that the parameters live in.
    """
    parameters = [ev.program.compile(p) for p in law.parameters]
    mask = 0
    for parameter in parameters:
        mask |= parameter.mask
    world = outer
    while world.parent is not None and not mask & world.changed:
        world = world.parent
    name = (cell, nodes if law.law in NODED else 0)
    found: Atoms | None = world.atoms.get(name)
    if found is None:
        found = world.atoms[name] = _build(ev, outer, law, cell, parameters, nodes)
    return found


def atom_of(ev: Evaluator, law: Random, cell: Cell, rows: int, columns: int, pick: Callable[[str, int], int]) -> Jet:
    """A value that a random quantity takes with some probability; ``pick`` chooses among a number of them by a name.

    Fails for a law without atoms of its own.
    """
    if law.law in NODED:
        raise Unsupported("an atom of a law that has none")
    atoms = atoms_of(ev, ev.root, law, cell, 1)
    if law.law not in ENTRYWISE:
        return atoms[pick("atom", len(atoms))][0]
    entries = [atoms[pick(f"atom {k}", len(atoms))][0] for k in range(rows * columns)]
    return gather(ev, entries, rows, columns)


def _build(ev: Evaluator, outer: World, law: Random, cell: Cell, parameters: list[Node], nodes: Nodes) -> Atoms:
    outer_env = ev.env
    ev.env = dict(ev.source.sizes)
    if isinstance(law.target, ex.Member):
        for symbol, value in zip(law.target.at, cell[1], strict=True):
            if symbol.is_Symbol:
                ev.env[bound_index(symbol)] = value
    try:
        values = [ev.inside(outer, p) for p in parameters]
        rows, columns = (ev.size(s) for s in law.target.shape)
    finally:
        ev.env = outer_env
    if law.law == "any":
        name = f"{cell[0]}{list(cell[1]) or ''} atom"
        drawn = [ev.source.numbers(ev.ring, f"{name} {k}", rows, columns) for k in (2, 3, 6)]
        return [(Jet(value), ev.jets.constant(1, k)) for k, value in zip((2, 3, 6), drawn, strict=True)]
    if law.law == "bernoulli":
        return _bernoulli(ev, values[0])
    if law.law == "iid":
        return [(add(v, values[0]), weight) for v, weight in _skewed(ev, values[1], 2)]
    if law.law in NODED and law.law in ENTRYWISE:
        made = _normal if law.law == "normal entries" else _uniform
        return [(add(v, values[0]), weight) for v, weight in made(ev, values[1], nodes)]
    if columns != 1:
        raise Unsupported("a random matrix with a mean and a covariance")
    return _correlated(ev, law.law, values[0], values[1], nodes)


def _bernoulli(ev: Evaluator, p: Jet) -> Atoms:
    one = ev.jets.constant(1)
    return [(ev.jets.constant(0), subtract(one, p)), (one, p)]


def _skewed(ev: Evaluator, variance: Jet, denominator: int) -> Atoms:
    """Two atoms with mean 0, the given variance and a third moment: ``v/b`` and ``-b`` for a small b."""
    if variance.parts is None and ev.ring.is_zero(variance.base[0, 0]):
        return [(ev.jets.constant(0), ev.jets.constant(1))]
    b = ev.jets.constant(1, denominator)
    square = multiply(b, b)
    if ev.ring.exact and variance.base == square.base:
        return _skewed(ev, variance, denominator + 1)
    high = scale(variance, ev.jets.constant(denominator))
    share = multiply(square, ev.jets.inverse(add(variance, square)))
    rest = subtract(ev.jets.constant(1), share)
    return [(high, share), (ev.jets.constant(-1, denominator), rest)]


def _normal(ev: Evaluator, variance: Jet, nodes: Nodes) -> Atoms:
    """Nodes 0, 1, -1, 2, -2, ... with the moments of a normal law up to degree ``nodes - 1``; or those of a lattice."""
    if variance.parts is None and ev.ring.is_zero(variance.base[0, 0]):
        return [(ev.jets.constant(0), ev.jets.constant(1))]
    if isinstance(nodes, Lattice):
        return lattice(ev, variance, nodes)
    moments = [ev.jets.constant(1)]
    for k in range(1, nodes):
        below = multiply(moments[k - 2], variance) if k > 1 else ev.jets.constant(0)
        moments.append(scale(below, ev.jets.constant(k - 1)))
    return _with_moments(ev, moments)


def _uniform(ev: Evaluator, variance: Jet, nodes: Nodes) -> Atoms:
    """Nodes with the moments of a uniform law of mean 0: those of even order k are ``(3 v)^(k/2) / (k + 1)``."""
    if isinstance(nodes, Lattice):
        raise Unsupported("the mean of an exponential of a uniform number")
    if variance.parts is None and ev.ring.is_zero(variance.base[0, 0]):
        return [(ev.jets.constant(0), ev.jets.constant(1))]
    moments, power = [], ev.jets.constant(1)
    for k in range(nodes):
        moments.append(ev.jets.constant(0) if k % 2 else scale(power, ev.jets.constant(1, k + 1)))
        power = scale(multiply(power, variance), ev.jets.constant(3)) if k % 2 else power
    return _with_moments(ev, moments)


def _with_moments(ev: Evaluator, moments: list[Jet]) -> Atoms:
    """Nodes 0, 1, -1, 2, ... with weights of either sign that have the given moments from the zeroth on."""
    nodes = len(moments)
    places = [(k + 1) // 2 * (1 if k % 2 else -1) for k in range(nodes)]
    powers = ev.ring.matrix(nodes, nodes, [x**k for k in range(nodes) for x in places])
    inverse = Jet(ev.ring.inverse(powers))
    column = gather(ev, moments, nodes, 1)
    weights = multiply(inverse, column)
    return [(ev.jets.constant(x), ev.jets.entry(weights, i, 0)) for i, x in enumerate(places)]


def gather(ev: Evaluator, numbers: list[Jet], rows: int, columns: int) -> Jet:
    """A matrix from its entries, row by row."""
    base = ev.ring.matrix(rows, columns, [number.base[0, 0] for number in numbers])
    levels = 0
    for number in numbers:
        levels |= number.levels
    if not levels:
        return Jet(base)
    zero = ev.ring.zeros(1, 1)
    parts = {}
    for k in {k for number in numbers for k in number.parts or ()}:
        coefficients = [(number.parts or {}).get(k) for number in numbers]
        entries = [(zero if m is None else m)[0, 0] for m in coefficients]
        parts[k] = ev.ring.matrix(rows, columns, entries)
    return Jet(base, parts, levels)


def _correlated(ev: Evaluator, law: str, mean: Jet, covariance: Jet, nodes: Nodes) -> Atoms:
    """A vector with that mean and covariance, from uncorrelated components."""
    triangle, diagonal = factorise(ev, covariance)
    if law == "gaussian":
        components = [_normal(ev, d, nodes) for d in diagonal]
    else:
        triangle = multiply(triangle, _mixing(ev, diagonal))
        components = [_skewed(ev, d, 2 + i) for i, d in enumerate(diagonal)]
    total = 1
    for component in components:
        total *= len(component)
    if total > most_atoms(nodes):
        raise TooLarge("a law of many atoms")
    result = []
    for combination in product(*components):
        weight = ev.jets.constant(1)
        for _, w in combination:
            weight = multiply(weight, w)
        vector = gather(ev, [v for v, _ in combination], len(combination), 1)
        result.append((add(mean, multiply(triangle, vector)), weight))
    return result


def factorise(ev: Evaluator, covariance: Jet) -> tuple[Jet, list[Jet]]:
    """``C = L D L^T`` with unit lower triangular L; raises Undefined when C is no covariance matrix."""
    n = covariance.rows
    for part in (covariance.parts or {}).values():
        if part != part.transpose():
            raise Unsupported("a derivative by the entries of a covariance matrix")
    rest = covariance
    diagonal: list[Jet] = []
    lower = ev.jets.identity(n)
    for k in range(n):
        pivot = ev.jets.entry(rest, k, k)
        diagonal.append(pivot)
        zero = pivot.parts is None and ev.ring.is_zero(pivot.base[0, 0])
        if not zero and ev.ring.ordered and ev.ring.sign(pivot.base[0, 0]) < 0:
            raise Undefined("law", "the covariance matrix is not positive semidefinite")
        if zero:
            if ev.ring.exact and any(rest.base[i, k] != 0 for i in range(k + 1, n)):
                raise Undefined("law", "the covariance matrix is not positive semidefinite")
            continue
        source = [i * n + k if i > k else -1 for i in range(n)]
        column = scale(ev.jets.reshape(rest, n, 1, source), ev.jets.inverse(pivot))
        unit = Jet(ev.ring.matrix(1, n, [1 if j == k else 0 for j in range(n)]))
        lower = add(lower, multiply(column, unit))
        full = add(column, transpose(unit))
        rest = subtract(rest, scale(multiply(full, transpose(full)), pivot))
    return lower, diagonal


def _mixing(ev: Evaluator, diagonal: list[Jet]) -> Jet:
    """A matrix M, not diagonal, with ``M D M^T = D``: Cayley's transform of a skew matrix times D^-1."""
    n = len(diagonal)
    if n < 2 or any(ev.ring.exact and ev.ring.is_zero(d.base[0, 0]) for d in diagonal):
        return ev.jets.identity(n)
    half = [1 if i < j else -1 if i > j else 0 for i in range(n) for j in range(n)]
    skew = scale(Jet(ev.ring.matrix(n, n, half)), ev.jets.constant(1, 2))
    inverse = ev.jets.zeros(n, n)
    for i, d in enumerate(diagonal):
        source = [0 if r == c == i else -1 for r in range(n) for c in range(n)]
        inverse = add(inverse, ev.jets.reshape(ev.jets.inverse(d), n, n, source))
    turn = multiply(skew, inverse)
    one = ev.jets.identity(n)
    return multiply(ev.jets.inverse(subtract(one, turn)), add(one, turn))
