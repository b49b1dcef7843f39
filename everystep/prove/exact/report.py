"""Findings in the plain form of :mod:`everystep.prove.verdict`: values as tables, functions as formulas.

May import ``everystep.prove.verdict`` and this package only.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate
from everystep.prove.exact.arithmetic import Matrix, show
from everystep.prove.exact.instances import Instance, cell_name
from everystep.prove.exact.laws import ENTRYWISE, Atoms
from everystep.prove.exact.program import NODED
from everystep.prove.exact.quadrature import Lattice
from everystep.prove.exact.sizes import Sizes
from everystep.prove.exact.trials import Case, Result
from everystep.prove.verdict import NEAR, Counterexample, Table

_MOST_ATOMS = 16


def table(m: Matrix) -> Table:
    """A matrix printed exactly."""
    return tuple(tuple(show(m[i, j]) for j in range(m.ncols())) for i in range(m.nrows()))


def sizes_of(sizes: Sizes) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(sizes.items()))


def counterexample(case: Case, instance: Instance, result: Result) -> Counterexample:
    """An instance on which the claim fails, for a person to redo."""
    symbols = []
    for cell, value in instance.cells.items():
        if case.program.bit((cell[0], len(cell[1]))) & case.mask:
            symbols.append((cell_name(cell), table(value.base)))
    left = table(result.values[0])
    right = table(result.values[1]) if len(result.values) > 1 else ()
    notes = [_formula(instance, name) for name in sorted(instance.functions)]
    notes += _laws(instance)
    notes += [NEAR] if case.moves else []
    if isinstance(case.claim, Predicate):
        notes.append(f"the matrix on the left is not {case.claim.kind}")
    return Counterexample(
        sizes_of(instance.sizes),
        tuple(sorted(symbols)),
        left,
        right,
        result.arithmetic == "rationals",
        "; ".join(notes),
    )


def _formula(instance: Instance, name: str) -> str:
    rows, columns = instance.functions[name]
    m = instance.coefficients(instance.ring, name, rows, columns)
    if rows == 1 and columns == 4:
        terms = [(m[0, k], "" if k == 0 else "z" if k == 1 else f"z^{k}") for k in range(columns)]
        return f"{name}(z) = {_sum(terms)}"
    n = next(k for k in range(columns + 1) if (k + 1) ** 2 == columns)
    outputs = []
    for row in range(rows):
        entries = [m[row, k] for k in range(columns)]
        terms = [(entries[0], "")]
        terms += [(entries[1 + i], f"x{i + 1}") for i in range(n)]
        form = _sum([(entries[1 + n + i], f"x{i + 1}") for i in range(n)])
        if form != "0":
            terms.append((1, f"({form})^3"))
        terms += [(entries[1 + 2 * n + i * n + j], f"x{i + 1} x{j + 1}") for i in range(n) for j in range(n)]
        outputs.append(_sum(terms))
    arguments = ", ".join(f"x{i + 1}" for i in range(n))
    body = outputs[0] if rows == 1 else f"({', '.join(outputs)})"
    return f"{name}({arguments}) = {body}"


def _sum(terms: list[tuple[object, str]]) -> str:
    text = ""
    for coefficient, power in terms:
        number = str(coefficient)
        if number == "0":
            continue
        sign = "-" if number.startswith("-") else "+"
        number = number.lstrip("-")
        body = number if not power else power if number == "1" else f"{number} {power}"
        if text:
            text += f" {sign} {body}"
        else:
            text = body if sign == "+" else f"-{body}"
    return text or "0"


def _laws(instance: Instance) -> list[str]:
    """The laws of random quantities: finite ones with their atoms, normal ones by their mean and covariance (nodes
    that have their moments stand for them; these have weights of either sign and mean nothing to a reader).
    """
    found: dict[str, str] = {}
    for ring in ("rationals", "balls"):
        ev = instance.known_evaluator(ring)
        if ev is None:
            continue
        for (cell, nodes), atoms in ev.root.atoms.items():
            name = cell_name(cell)
            meaning = ev.program.meaning(*cell)
            law = "" if meaning is None or meaning.law is None else meaning.law.law
            if meaning is not None and meaning.law is not None and law == "gaussian":
                if name not in found and not isinstance(nodes, Lattice):
                    found[name] = f"{name} is {_normal(*_moments(atoms))}"
                elif name not in found and isinstance(meaning.law.target, ex.Var):
                    mean, covariance = (ev.inside(ev.root, ev.program.compile(p)) for p in meaning.law.parameters)
                    found[name] = f"{name} is {_normal(mean.base, covariance.base)}"
                continue
            if meaning is not None and meaning.law is not None and law in NODED:
                mean, variance = (ev.inside(ev.root, ev.program.compile(p)) for p in meaning.law.parameters)
                drawn = _normal if law == "normal entries" else _uniform
                found.setdefault(name, f"each entry of {name} is {drawn(mean.base, variance.base)}")
                continue
            if name in found or len(atoms) > _MOST_ATOMS:
                continue
            shown = [(_flat(v.base), show(w.base[0, 0])) for v, w in atoms]
            parts = [f"{value} with probability {weight}" for value, weight in shown if weight != "0"]
            found[name] = ("each entry of " if law in ENTRYWISE else "") + f"{name} is " + ", ".join(parts)
    return [found[name] for name in sorted(found)]


def _moments(atoms: Atoms) -> tuple[Matrix, Matrix]:
    """The mean and the covariance of a finite law."""
    mean, square = atoms[0][0].base * 0, atoms[0][0].base * atoms[0][0].base.transpose() * 0
    for value, weight in atoms:
        mean += value.base * weight.base[0, 0]
        square += value.base * value.base.transpose() * weight.base[0, 0]
    return mean, square - mean * mean.transpose()


def _normal(mean: Matrix, covariance: Matrix) -> str:
    spread = "variance" if mean.nrows() == 1 else "covariance"
    return f"normal with mean {_flat(mean)} and {spread} {_flat(covariance)}"


def _uniform(mean: Matrix, variance: Matrix) -> str:
    return f"uniform with mean {_flat(mean)} and variance {_flat(variance)}"


def _flat(m: Matrix) -> str:
    rows = ["(" + ", ".join(row) + ")" for row in table(m)]
    if m.nrows() == m.ncols() == 1:
        return show(m[0, 0])
    if m.ncols() == 1:
        return "(" + ", ".join(row[0] for row in table(m)) + ")"
    return "(" + ", ".join(rows) + ")"
