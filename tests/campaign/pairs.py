r"""Pairs of random formulas, written as LaTeX beside a function of NumPy arrays that shares nothing with Everystep.

Two formulas whose values agree at every size and on every kind of values that is tried are a statement that must not
be refuted; two that agree at some sizes only (1 x 1, ones, zeros, low rank) are a mistake that must not be proved.
Unlike the statements of :mod:`tests.campaign.templates`, these go through the reader, and they have Moore-Penrose
inverses, Kronecker products and vec, block matrices, recurrences, products over an index, and inequalities.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random as Dice
from typing import Any, TypeAlias

import numpy as np

import everystep
from everystep.prove.verdict import Counterexample

Array: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
LONGEST = 160
LARGEST = 1e8
POOL = 60


class NoValue(Exception):
    """The formula has no value here."""


@dataclass(frozen=True)
class Values:
    """Numbers for the sizes, and an array for each name: ``kind`` is real, int, zero, low (rank) or ones."""

    sizes: dict[str, int]
    seed: int
    kind: str
    bound: tuple[tuple[str, int], ...] = ()
    fixed: tuple[tuple[str, Array], ...] = ()

    def dim(self, size: str) -> int:
        """The number that a size stands for: 1, n, n*m, n+m."""
        if "+" in size:
            return sum(self.dim(part) for part in size.split("+"))
        if "*" in size:
            first, second = size.split("*")
            return self.dim(first) * self.dim(second)
        return 1 if size == "1" else self.sizes[size]

    def index(self, name: str) -> int:
        return dict(self.bound)[name]

    def at(self, name: str, value: int) -> Values:
        return replace(self, bound=(*self.bound, (name, value)))

    def draw(self, name: str, rows: int, columns: int, *indices: int) -> Array:
        for known, value in self.fixed:
            if known == name:
                return value
        dice = np.random.default_rng(zlib.crc32(f"{name}/{indices}/{self.seed}".encode()))
        if self.kind == "ones":
            return np.ones((rows, columns))
        whole = dice.integers(-3, 4, size=(rows, columns)).astype(float)
        drawn = whole if self.kind == "int" else dice.normal(size=(rows, columns))
        if self.kind == "zero" and dice.random() < 0.5:
            return np.zeros((rows, columns))
        return np.outer(drawn[:, 0], drawn[0]) if self.kind == "low" else drawn


@dataclass(frozen=True)
class Term:
    """A formula, its shape, and its value."""

    latex: str
    rows: str
    columns: str
    value: Callable[[Values], Array]


Maker: TypeAlias = Callable[[Dice, str, str, int], Term]


def named(name: str, rows: str, columns: str, change: Callable[[Array], Array] | None = None) -> Term:
    def value(v: Values) -> Array:
        drawn = v.draw(name, v.dim(rows), v.dim(columns))
        return drawn if change is None or any(known == name for known, _ in v.fixed) else change(drawn)

    return Term(name, rows, columns, value)


def times(a: Term, b: Term) -> Term:
    return Term(f"({a.latex}) ({b.latex})", a.rows, b.columns, lambda v: a.value(v) @ b.value(v))


def scaled(a: Term, b: Term) -> Term:
    return Term(f"({a.latex}) ({b.latex})", b.rows, b.columns, lambda v: a.value(v)[0, 0] * b.value(v))


def plus(a: Term, b: Term, sign: int) -> Term:
    mark = "+" if sign > 0 else "-"
    return Term(f"({a.latex}) {mark} ({b.latex})", a.rows, a.columns, lambda v: a.value(v) + sign * b.value(v))


def turned(a: Term) -> Term:
    return Term(rf"({a.latex})^\top", a.columns, a.rows, lambda v: a.value(v).T)


def entrywise(a: Term, b: Term) -> Term:
    return Term(rf"({a.latex}) \odot ({b.latex})", a.rows, a.columns, lambda v: a.value(v) * b.value(v))


def number(latex: str, value: Callable[[Values], Any]) -> Term:
    return Term(latex, "1", "1", lambda v: np.array([[float(value(v))]]))


def trace(a: Term) -> Term:
    return number(rf"\operatorname{{tr}}({a.latex})", lambda v: np.trace(a.value(v)))


def determinant(a: Term) -> Term:
    return number(rf"\det({a.latex})", lambda v: np.linalg.det(a.value(v)))


def norm(a: Term, kind: str) -> Term:
    order = {"F": None, "2": 2, "1": 1}[kind]
    return number(rf"\|{a.latex}\|_{kind}", lambda v: np.linalg.norm(a.value(v), order))


def pseudo(a: Term) -> Term:
    return Term(f"({a.latex})^{{+}}", a.columns, a.rows, lambda v: np.linalg.pinv(a.value(v), rcond=1e-9))


def inverse(a: Term) -> Term:
    def value(v: Values) -> Array:
        matrix = a.value(v)
        if np.linalg.cond(matrix) > 1e6:
            raise NoValue
        return np.linalg.inv(matrix)

    return Term(f"({a.latex})^{{-1}}", a.rows, a.columns, value)


def diagonal(a: Term) -> Term:
    if a.columns == "1":
        return Term(rf"\operatorname{{diag}}({a.latex})", a.rows, a.rows, lambda v: np.diag(a.value(v)[:, 0]))
    return Term(rf"\operatorname{{diag}}({a.latex})", a.rows, "1", lambda v: np.diag(a.value(v))[:, None])


def kronecker(a: Term, b: Term) -> Term:
    shape = f"{a.rows}*{b.rows}", f"{a.columns}*{b.columns}" if (a.columns, b.columns) != ("1", "1") else "1"
    return Term(rf"({a.latex}) \otimes ({b.latex})", *shape, lambda v: np.kron(a.value(v), b.value(v)))


def stacked(a: Term) -> Term:
    shape = f"{a.columns}*{a.rows}"
    return Term(rf"\operatorname{{vec}}({a.latex})", shape, "1", lambda v: a.value(v).reshape(-1, 1, order="F"))


def block(*rows: tuple[Term, ...]) -> Term:
    inside = r" \\ ".join(" & ".join(cell.latex for cell in row) for row in rows)
    shape = "+".join(row[0].rows for row in rows), "+".join(cell.columns for cell in rows[0])
    matrix = rf"\begin{{pmatrix}} {inside} \end{{pmatrix}}"
    return Term(matrix, *shape, lambda v: np.block([[cell.value(v) for cell in row] for row in rows]))


def constant(latex: str, rows: str, columns: str, value: float) -> Term:
    return Term(latex, rows, columns, lambda v: np.full((v.dim(rows), v.dim(columns)), value))


# what formulas are made of -------------------------------------------------------------------------------

PLAIN = (
    r"A, B \in \mathbb{R}^{n \times n}; X \in \mathbb{R}^{n \times m}; Y \in \mathbb{R}^{m \times n}; "
    r"x, y \in \mathbb{R}^n; u \in \mathbb{R}^m; "
    r"a, c \in \mathbb{R}; S = S^\top; S \in \mathbb{R}^{n \times n}; P \in \mathbb{R}^{m \times m}"
)
SIGNED = PLAIN + r"; H, M \in \mathbb{R}^{n \times n}; H \succ 0; M \succeq 0; p > 0; q \ge 0"
SHAPES = (
    ("AB", "n", "n"),
    ("X", "n", "m"),
    ("Y", "m", "n"),
    ("xy", "n", "1"),
    ("u", "m", "1"),
    ("ac", "1", "1"),
    ("P", "m", "m"),
)
LEAVES = [named(name, rows, columns) for names, rows, columns in SHAPES for name in names]
LEAVES.append(named("S", "n", "n", lambda drawn: drawn + drawn.T))
H, M = (
    named("H", "n", "n", lambda drawn: drawn @ drawn.T + 0.1 * np.eye(len(drawn))),
    named("M", "n", "n", lambda drawn: drawn[:, :1] @ drawn[:, :1].T),
)
POSITIVE = [
    named("p", "1", "1", lambda drawn: abs(drawn) + 0.01),
    named("q", "1", "1", lambda drawn: np.maximum(drawn, 0)),
]


def leaf(dice: Dice, rows: str, columns: str, more: tuple[Term, ...] = ()) -> Term:
    found = [t for t in (*LEAVES, *more) if (t.rows, t.columns) == (rows, columns)]
    found += [turned(t) for t in LEAVES if (t.columns, t.rows) == (rows, columns) and rows != columns]
    if rows == columns != "1":
        found.append(Term(f"I_{rows}", rows, rows, lambda v: np.eye(v.dim(rows))))
    elif columns == "1" != rows:
        found.append(constant(rf"\mathbf{{1}}_{rows}", rows, "1", 1))
    elif rows == columns:
        found.append(constant("2", "1", "1", 2))
    return dice.choice(found)


def matrices(dice: Dice, rows: str, columns: str, depth: int, more: tuple[Term, ...] = ()) -> Term:
    """A formula in matrices, vectors and numbers."""
    if depth <= 0 or dice.random() < 0.12:
        return leaf(dice, rows, columns, more)

    def make(p: str, q: str) -> Term:
        return matrices(dice, p, q, depth - 1, more)

    middle = dice.choice("nnm")
    choices: list[Callable[[], Term]] = [
        lambda: plus(make(rows, columns), make(rows, columns), dice.choice((1, -1))),
        lambda: turned(make(columns, rows)),
        lambda: times(make(rows, middle), make(middle, columns)),
        lambda: times(make(rows, middle), make(middle, columns)),
        lambda: scaled(make("1", "1"), make(rows, columns)),
    ]
    if (rows, columns) == ("1", "1"):
        shape = dice.choice(("n", "m", "1"))
        choices += [lambda: trace(make(middle, middle)), lambda: determinant(make("n", "n"))]
        choices += [lambda: number(rf"\|{(t := make('n', shape)).latex}\|_F^2", lambda v: (t.value(v) ** 2).sum())]
    else:
        choices += [lambda: entrywise(make(rows, columns), make(rows, columns)), lambda: pseudo(make(columns, rows))]
    if rows == columns != "1":
        choices += [lambda: inverse(make(rows, columns)), lambda: diagonal(make(rows, "1"))]
    if columns == "1" != rows:
        choices.append(lambda: diagonal(make(rows, rows)))
    return dice.choice(choices)()


def kroneckers(dice: Dice, rows: str, columns: str, depth: int) -> Term:
    """Kronecker products of matrices, and vec."""
    small = min(depth - 1, 1)

    def two(p: str, q: str) -> Term:
        return kronecker(matrices(dice, p, q, small), matrices(dice, p, q, small))

    if rows == columns == "n*n":
        choices: list[Callable[[], Term]] = [
            lambda: two("n", "n"),
            lambda: inverse(two("n", "n")),
            lambda: turned(two("n", "n")),
        ]
        if depth > 0:
            choices.append(
                lambda: times(kroneckers(dice, rows, rows, depth - 1), kroneckers(dice, rows, rows, depth - 1))
            )
    elif rows == "n*n":
        choices = [lambda: stacked(matrices(dice, "n", "n", depth)), lambda: two("n", "1")]
        if depth > 0:
            choices.append(
                lambda: times(kroneckers(dice, rows, rows, depth - 1), kroneckers(dice, rows, "1", depth - 1))
            )
    else:
        vector = kroneckers(dice, "n*n", "1", max(depth - 1, 0)), kroneckers(dice, "n*n", "1", max(depth - 1, 0))
        choices = [
            lambda: trace(kroneckers(dice, "n*n", "n*n", max(depth - 1, 0))),
            lambda: determinant(two("n", "n")),
            lambda: times(turned(vector[0]), vector[1]),
            lambda: matrices(dice, "1", "1", depth),
        ]
    return dice.choice(choices)()


def blocks(dice: Dice, rows: str, columns: str, depth: int) -> Term:
    """Two by two blocks, their products, determinants and inverses."""
    small = min(depth - 1, 1)

    def part(p: str, q: str) -> Term:
        return constant("0", p, q, 0) if p != q and dice.random() < 0.3 else matrices(dice, p, q, small)

    def square() -> Term:
        return block((part("n", "n"), part("n", "m")), (part("m", "n"), part("m", "m")))

    if rows == columns == "n+m":
        choices: list[Callable[[], Term]] = [square, lambda: inverse(square()), lambda: turned(square())]
        if depth > 0:
            choices.append(lambda: times(blocks(dice, rows, rows, depth - 1), blocks(dice, rows, rows, depth - 1)))
    elif rows == "n+m":
        choices = [lambda: block((matrices(dice, "n", "1", small),), (matrices(dice, "m", "1", small),))]
        if depth > 0:
            choices.append(lambda: times(blocks(dice, rows, rows, depth - 1), blocks(dice, rows, "1", depth - 1)))
    else:
        choices = [
            lambda: determinant(square()),
            lambda: trace(blocks(dice, "n+m", "n+m", max(depth - 1, 0))),
            lambda: times(determinant(matrices(dice, "n", "n", small)), determinant(matrices(dice, "m", "m", small))),
        ]
    return dice.choice(choices)()


def inequalities(dice: Dice, rows: str, columns: str, depth: int) -> Term:
    """Numbers to be compared: norms, forms, traces."""
    more = (H, M, *POSITIVE, H, M, *POSITIVE)
    if depth <= 0 or dice.random() < 0.3:
        return matrices(dice, rows, columns, depth, more)
    shape = dice.choice(("n", "m", "1"))
    vector, inner = matrices(dice, "n", "1", depth - 1, more), inequalities(dice, "1", "1", depth - 1)
    return dice.choice(
        (
            norm(matrices(dice, "n", shape, depth - 1, more), "F"),
            norm(matrices(dice, "n", shape, depth - 1, more), "2"),
            norm(vector, "1"),
            times(turned(vector), times(matrices(dice, "n", "n", depth - 1, more), vector)),
            number(f"|{inner.latex}|", lambda v: abs(inner.value(v)[0, 0])),
            number(f"({inner.latex})^2", lambda v: inner.value(v)[0, 0] ** 2),
            trace(times(H, M)),
            determinant(H),
        )
    )


# sequences -----------------------------------------------------------------------------------------------

SEQUENCES = (
    r"a_t, b_t \in \mathbb{R}; A_t \in \mathbb{R}^{n \times n}; x_t, h_t \in \mathbb{R}^n; h_t := A_t h_{t-1} + x_t; "
    r"s_t \in \mathbb{R}; s_t := r s_{t-1} + a_t; r, c \in \mathbb{R}; B \in \mathbb{R}^{n \times n}; T \in \mathbb{N}"
)


def member(name: str, rows: str, columns: str, place: str, at: Callable[[Values], int]) -> Term:
    """An entry of a family, or of one of the recurrences h and s."""

    def value(v: Values) -> Array:
        t = at(v)
        if name not in "hs":
            return v.draw(name, v.dim(rows), v.dim(columns), t)
        if t < 0:
            raise NoValue
        step, added = ("A", "x") if name == "h" else ("r", "a")
        state = v.draw(name, v.dim(rows), 1, 0)
        for k in range(1, t + 1):
            factor = v.draw(step, v.dim(rows), v.dim(rows), *((k,) if name == "h" else ()))
            state = factor @ state + v.draw(added, v.dim(rows), 1, k)
        return state

    return Term(f"{name}_{{{place}}}", rows, columns, value)


def sequences(dice: Dice, rows: str, columns: str, depth: int, bound: tuple[str, ...] = ()) -> Term:
    """Sums and products over an index, of families and recurrences."""
    shift = dice.choice((0, 0, 0, -1, 1))
    letter = dice.choice(bound) if bound and dice.random() < 0.85 else "T"
    place = f"{letter}{shift:+d}" if shift else letter

    def at(v: Values) -> int:
        return (v.sizes["T"] if letter == "T" else v.index(letter)) + shift

    if depth <= 0 or dice.random() < 0.12:
        if columns == "n" and rows == "1":
            return turned(sequences(dice, "n", "1", 0, bound))
        names = {("1", "1"): "aabbs", ("n", "n"): "AA", ("n", "1"): "xh"}[rows, columns]
        return member(dice.choice(names), rows, columns, place, at)

    def make(p: str, q: str) -> Term:
        return sequences(dice, p, q, depth - 1, bound)

    choices: list[Callable[[], Term]] = [
        lambda: plus(make(rows, columns), make(rows, columns), dice.choice((1, -1))),
        lambda: scaled(make("1", "1"), make(rows, columns)),
    ]
    if len(bound) < 2:
        choices += [lambda: over(dice, rows, columns, depth, bound, "sum")] * 3
        choices += [lambda: over(dice, rows, columns, depth, bound, "prod")] * (2 * (rows == columns))
    if rows == columns == "n":
        choices += [lambda: times(make("n", "n"), make("n", "n")), lambda: turned(make("n", "n"))]
    elif rows == "n":
        choices += [lambda: times(make("n", "n"), make("n", "1"))] * 2
    elif rows == columns:
        choices += [lambda: times(turned(make("n", "1")), make("n", "1")), lambda: trace(make("n", "n"))]
    return dice.choice(choices)()


def over(dice: Dice, rows: str, columns: str, depth: int, bound: tuple[str, ...], sign: str) -> Term:
    """A sum or a product over an index; now and then its index is bound already."""
    free = next(letter for letter in "tijk" if letter not in bound)
    letter = bound[0] if bound and dice.random() < 0.1 else free
    low, high = dice.choice((1, 1, 0, 2)), dice.choice(("T", "T", "T-1", "T+1", *(b for b in bound if b != letter)))
    body = sequences(dice, rows, columns, depth - 1, tuple({*bound, letter}) if letter in bound else (*bound, letter))

    def value(v: Values) -> Array:
        end = v.sizes["T"] + int(high[1:] or 0) if high[0] == "T" else v.index(high)
        if end < low - 1:
            raise NoValue
        total = np.eye(v.dim(rows)) if sign == "prod" else np.zeros((v.dim(rows), v.dim(columns)))
        for k in range(low, end + 1):
            term = body.value(v.at(letter, k))
            total = total @ term if sign == "prod" else total + term
        return total

    return Term(rf"\left(\{sign}_{{{letter}={low}}}^{{{high}}} ({body.latex})\right)", rows, columns, value)


# pairs ---------------------------------------------------------------------------------------------------

KINDS = ("real", "real", "int", "real", "int", "real", "zero", "low", "ones", "int", "low", "zero")
SIZES = ((1, 1), (2, 3), (3, 2), (2, 2), (1, 2), (2, 1), (3, 4), (4, 3), (2, 2), (3, 3), (2, 3), (3, 2))
LENGTHS = ((1, 1), (2, 3), (2, 1), (1, 3), (2, 4), (3, 2), (2, 2), (3, 3), (2, 5))


@dataclass(frozen=True)
class World:
    """Declarations, what makes formulas over them, and the shapes that are compared."""

    declarations: str
    make: Maker
    shapes: tuple[tuple[str, str], ...]
    second: str = "m"
    op: str = "="

    def values(self) -> list[Values]:
        sizes = SIZES if self.second == "m" else LENGTHS
        return [Values({"n": n, self.second: s}, k, KINDS[k]) for k, (n, s) in enumerate(sizes)]


WORLDS = {
    "matrices": World(PLAIN, matrices, (("1", "1"), ("n", "n"), ("n", "1"), ("n", "m"))),
    "Kronecker products": World(PLAIN, kroneckers, (("n*n", "1"), ("n*n", "n*n"), ("1", "1"))),
    "blocks": World(PLAIN, blocks, (("1", "1"), ("n+m", "1"), ("n+m", "n+m"))),
    "sequences": World(SEQUENCES, sequences, (("1", "1"), ("n", "1"), ("n", "n")), "T"),
    "inequalities": World(SIGNED, inequalities, (("1", "1"),), op=r"\le"),
}


@dataclass(frozen=True)
class Pair:
    """A claim, and whether it held wherever it was tried."""

    left: Term
    op: str
    right: Term
    holds: bool

    @property
    def latex(self) -> str:
        return f"{self.left.latex} {self.op} {self.right.latex}"


def evaluated(term: Term, values: Values) -> Array | None:
    try:
        with np.errstate(all="ignore"):
            found = term.value(values)
    except (NoValue, np.linalg.LinAlgError, OverflowError):
        return None
    return found if np.isfinite(found).all() and abs(found).max(initial=0) < LARGEST else None


def holds(op: str, a: Array, b: Array) -> bool:
    margin = 1e-7 * (1 + abs(a).max(initial=0))
    return bool(np.allclose(a, b, rtol=1e-7, atol=margin) if op == "=" else a[0, 0] <= b[0, 0] + margin)


def pairs(world: World, seed: int) -> Iterator[Pair]:
    """Claims without end, the same ones on every machine."""
    dice, values = Dice(seed), world.values()
    while True:
        rows, columns = dice.choice(world.shapes)
        made = [world.make(dice, rows, columns, dice.randint(1, 3)) for _ in range(POOL)]
        terms = list({t.latex: t for t in made if len(t.latex) < LONGEST}.values())
        found = [[evaluated(t, v) for v in values] for t in terms]
        for i in range(len(terms)):
            for j in range(len(terms)):
                if i == j or (world.op == "=" and j < i) or (world.op != "=" and dice.random() > 0.03):
                    continue
                known = [
                    holds(world.op, a, b)
                    for a, b in zip(found[i], found[j], strict=True)
                    if a is not None and b is not None
                ]
                rare = world.op == "=" and dice.random() > 0.25
                if (
                    len(known) < 3
                    or not any(known)
                    or (rare and not all(known))
                    or known.count(False) > 0.7 * len(known)
                ):
                    continue
                yield Pair(terms[i], world.op, terms[j], all(known))


def is_right(pair: Pair, example: Counterexample, world: World) -> bool:
    """Whether a counterexample refutes the claim in NumPy, too."""
    sizes = {"n": 1, world.second: 1} | {k: v for k, v in example.sizes if k in ("n", world.second)}
    fixed = [(name, np.array([[float(Fraction(x)) for x in row] for row in rows])) for name, rows in example.symbols]
    fixed += [(name, np.array([[float(v)]])) for name, v in example.sizes if name not in sizes]
    values = Values(sizes, 0, "real", (), tuple(fixed))
    left, right = evaluated(pair.left, values), evaluated(pair.right, values)
    return left is None or right is None or not holds(pair.op, left, right)


def complaint(pair: Pair, name: str) -> str:
    """What is wrong with the verdict of a pair of the world of that name; empty where nothing is."""
    world = WORLDS[name]
    (step,) = everystep.check(pair.latex, world.declarations, budget=1.0).steps
    status, example = str(step.status), step.verdict.counterexample
    if status == "proved" and not pair.holds:
        return "proved, but not true at all sizes and values"
    if status == "ill-typed":
        return "ill-typed"
    if status == "refuted" and name != "sequences" and example is not None and example.exact:
        return "" if is_right(pair, example, world) else f"refuted by {example}"
    return ""
