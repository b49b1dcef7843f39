r"""Random formulas in random spelling, beside their values: what the reader takes a formula for must be what it says.

A formula is a tree of NumPy operations; it is spelt with as few brackets as the notation's precedence allows, or with
more, in the many ways in which people write: ``(1/2)(x^\top y)``, ``\tfrac{1}{2}\,\langle x, y \rangle``.  What the
reader understood is compiled and computed; its value must be that of the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random as Dice
from typing import Any, TypeAlias

import numpy as np

import everystep

Array: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
Values: TypeAlias = "dict[str, Array]"

DECLARED = (
    r"A, B \in \mathbb{R}^{n \times n}; X \in \mathbb{R}^{n \times m}; x, y \in \mathbb{R}^n; u \in \mathbb{R}^m; "
    r"a, b, c \in \mathbb{R}"
)
SIZES = {"n": 3, "m": 2, "1": 1}
NAMES = (("AB", "n", "n"), ("X", "n", "m"), ("xy", "n", "1"), ("u", "m", "1"), ("abc", "1", "1"))
SUM, ENTRYWISE, NEGATIVE, PRODUCT, POSTFIX, ATOM = range(6)
"""How tightly the outermost operation of a formula binds."""

CLOSE = 1e-9


@dataclass(frozen=True)
class Spelt:
    """A formula as it is spelt, what its outermost operation is, its shape, and its value."""

    latex: str
    level: int
    rows: str
    columns: str
    value: Callable[[Values], Array]

    @property
    def is_number(self) -> bool:
        return (self.rows, self.columns) == ("1", "1")


def drawn(seed: int) -> Values:
    """An array for each name; numbers are 1 x 1."""
    dice = np.random.default_rng(seed)
    return {n: dice.normal(size=(SIZES[r], SIZES[c])) for names, r, c in NAMES for n in names}


class Writer:
    """Makes formulas of given shapes and depth."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice

    def bracketed(self, inner: str) -> str:
        left, right = self.dice.choice(
            [
                ("(", ")"),
                ("(", ")"),
                (r"\left(", r"\right)"),
                (r"\bigl(", r"\bigr)"),
                ("[", "]"),
                (r"\left[", r"\right]"),
            ]
        )
        return f"{left} {inner} {right}" if left != "(" else f"({inner})"

    def within(self, term: Spelt, least: int) -> str:
        """The formula as an operand of something that binds as tightly as ``least``; sometimes in needless brackets."""
        if term.level < least or (term.level < POSTFIX and self.dice.random() < 0.15):
            return self.bracketed(term.latex)
        return term.latex

    # leaves ----------------------------------------------------------------------------------------

    def leaf(self, rows: str, columns: str) -> Spelt:
        fitting = [n for names, r, c in NAMES for n in names if (r, c) == (rows, columns)]
        if (rows, columns) == ("1", "1") and self.dice.random() < 0.3:
            return self.numeral()
        if not fitting or self.dice.random() < 0.1:
            if rows == columns != "1":
                return Spelt("I", ATOM, rows, columns, lambda _: np.eye(SIZES[rows]))
            if not fitting:
                return self.turned(self.leaf(columns, rows))
        name = self.dice.choice(fitting)
        return Spelt(name, ATOM, rows, columns, lambda v: v[name])

    def numeral(self) -> Spelt:
        latex, level, value = self.dice.choice(
            [
                ("2", ATOM, 2.0),
                ("3", ATOM, 3.0),
                (r"\frac{1}{2}", ATOM, 0.5),
                (r"\tfrac12", ATOM, 0.5),
                ("(1/2)", ATOM, 0.5),
                ("(3 - 1)", ATOM, 2.0),
                ("0.5", ATOM, 0.5),
                ("(-1)", ATOM, -1.0),
                (r"\sqrt{4}", ATOM, 2.0),
            ]
        )
        return Spelt(latex, level, "1", "1", lambda _: np.array([[value]]))

    # operations --------------------------------------------------------------------------------------

    def turned(self, a: Spelt) -> Spelt:
        mark = self.dice.choice([r"^\top", r"^T", r"^{\top}", r"^\intercal", r"^{T}"])
        inner = a.latex if a.level == ATOM and len(a.latex) == 1 else self.bracketed(a.latex)
        return Spelt(f"{inner}{mark}", POSTFIX, a.columns, a.rows, lambda v: a.value(v).T)

    def added(self, rows: str, columns: str, depth: int) -> Spelt:
        a, b = self.term(rows, columns, depth - 1), self.term(rows, columns, depth - 1)
        if self.dice.random() < 0.5:
            right = self.within(b, ENTRYWISE)
            right = self.bracketed(b.latex) if right.startswith("-") else right
            return Spelt(f"{a.latex} + {right}", SUM, rows, columns, lambda v: a.value(v) + b.value(v))
        right = self.within(b, ENTRYWISE)
        right = self.bracketed(b.latex) if right.startswith("-") else right
        return Spelt(f"{a.latex} - {right}", SUM, rows, columns, lambda v: a.value(v) - b.value(v))

    def negated(self, rows: str, columns: str, depth: int) -> Spelt:
        a = self.term(rows, columns, depth - 1)
        return Spelt(f"-{self.within(a, PRODUCT)}", NEGATIVE, rows, columns, lambda v: -a.value(v))

    def entrywise(self, rows: str, columns: str, depth: int) -> Spelt:
        a, b = self.term(rows, columns, depth - 1), self.term(rows, columns, depth - 1)
        mark = self.dice.choice([r"\odot", r"\circ"])
        latex = f"{self.within(a, PRODUCT)} {mark} {self.within(b, PRODUCT)}"
        return Spelt(latex, ENTRYWISE, rows, columns, lambda v: a.value(v) * b.value(v))

    def multiplied(self, rows: str, columns: str, depth: int) -> Spelt:
        middle = self.dice.choice(["n", "m", "1"]) if "1" in (rows, columns) else self.dice.choice(["n", "m"])
        a, b = self.term(rows, middle, depth - 1), self.term(middle, columns, depth - 1)
        return self.joined(a, b, rows, columns, lambda v: a.value(v) @ b.value(v))

    def scaled(self, rows: str, columns: str, depth: int) -> Spelt:
        a, b = self.term("1", "1", depth - 1), self.term(rows, columns, depth - 1)
        return self.joined(a, b, rows, columns, lambda v: a.value(v)[0, 0] * b.value(v))

    def joined(self, a: Spelt, b: Spelt, rows: str, columns: str, value: Callable[[Values], Array]) -> Spelt:
        left, right = self.within(a, PRODUCT), self.within(b, PRODUCT)
        space = self.dice.choice([" ", " ", r"\,", " "])
        if a.is_number and self.dice.random() < 0.2:
            space = r" \cdot "
        if (
            right[0].isdigit()
            or right.startswith((r"\frac{1}", r"\tfrac"))
            or (left[-1].isalpha() and "\\" in left[-8:])
        ):
            right = self.bracketed(right)
        return Spelt(f"{left}{space}{right}", PRODUCT, rows, columns, value)

    # numbers -------------------------------------------------------------------------------------------

    def number(self, depth: int) -> Spelt:
        make = self.dice.choice(
            [
                self.inner,
                self.norm,
                self.trace,
                self.fraction,
                self.power,
                self.function,
                self.sum_of_entries,
                self.entry,
            ]
        )
        return make(depth)

    def inner(self, depth: int) -> Spelt:
        size = self.dice.choice(["n", "m"])
        a, b = self.term(size, "1", depth - 1), self.term(size, "1", depth - 1)
        opening, closing = self.dice.choice([(r"\langle", r"\rangle"), (r"\left\langle", r"\right\rangle")])
        return Spelt(f"{opening} {a.latex}, {b.latex} {closing}", ATOM, "1", "1", lambda v: a.value(v).T @ b.value(v))

    def norm(self, depth: int) -> Spelt:
        a = self.term(self.dice.choice(["n", "m"]), "1", depth - 1)
        left, right = self.dice.choice(
            [(r"\|", r"\|"), (r"\lVert", r"\rVert"), (r"\left\|", r"\right\|"), ("||", "||")]
        )
        below = self.dice.choice(["", "_2"])
        squared = self.dice.random() < 0.6
        latex = f"{left} {a.latex} {right}{below}{'^2' if squared else ''}"
        return Spelt(
            latex, POSTFIX, "1", "1", lambda v: np.array([[np.linalg.norm(a.value(v)) ** (2 if squared else 1)]])
        )

    def trace(self, depth: int) -> Spelt:
        a = self.term("n", "n", depth - 1)
        word = self.dice.choice([r"\operatorname{tr}", r"\mathrm{tr}", r"\mathrm{Tr}", r"\operatorname{Tr}"])
        return Spelt(f"{word}({a.latex})", ATOM, "1", "1", lambda v: np.array([[np.trace(a.value(v))]]))

    def fraction(self, depth: int) -> Spelt:
        a, b = self.term("1", "1", depth - 1), self.term("1", "1", depth - 1)
        bottom = f"1 + {self.within(self.squared(b), ENTRYWISE)}"
        value: Callable[[Values], Array] = lambda v: a.value(v) / (1 + b.value(v) ** 2)  # noqa: E731
        if self.dice.random() < 0.7:
            return Spelt(rf"\frac{{{a.latex}}}{{{bottom}}}", ATOM, "1", "1", value)
        return Spelt(f"({self.within(a, PRODUCT)} / ({bottom}))", ATOM, "1", "1", value)

    def squared(self, a: Spelt) -> Spelt:
        simple = a.level == ATOM and len(a.latex) == 1
        inner = a.latex if simple else self.bracketed(a.latex)
        return Spelt(f"{inner}^2", POSTFIX, "1", "1", lambda v: a.value(v) ** 2)

    def power(self, depth: int) -> Spelt:
        return self.squared(self.term("1", "1", depth - 1))

    def function(self, depth: int) -> Spelt:
        a = self.term("1", "1", depth - 1)
        word, call = self.dice.choice([(r"\sin", np.sin), (r"\cos", np.cos), (r"\tanh", np.tanh)])
        if self.dice.random() < 0.3 and len(a.latex) == 1:
            return Spelt(f"{word} {a.latex}", PRODUCT, "1", "1", lambda v: call(a.value(v)))
        mark = "^2" if self.dice.random() < 0.3 else ""
        return Spelt(f"{word}{mark}({a.latex})", ATOM, "1", "1", lambda v: call(a.value(v)) ** (2 if mark else 1))

    def entry(self, _depth: int) -> Spelt:
        name, latex, at = self.dice.choice(
            [
                ("x", "x_1", (0, 0)),
                ("y", "y_2", (1, 0)),
                ("A", "A_{12}", (0, 1)),
                ("B", "B_{2,1}", (1, 0)),
                ("u", "u_{1}", (0, 0)),
            ]
        )
        return Spelt(latex, ATOM, "1", "1", lambda v: np.array([[v[name][at]]]))

    def sum_of_entries(self, _depth: int) -> Spelt:
        below = self.dice.choice([(r"_{i=1}^n", r"_{j=1}^n"), ("_i", "_j")])
        latex, value = self.dice.choice(
            [
                (rf"\sum{below[0]} x_i y_i", lambda v: v["x"].T @ v["y"]),
                (rf"\sum{below[0]} \sum{below[1]} A_{{ij}} x_i y_j", lambda v: v["x"].T @ v["A"] @ v["y"]),
                (rf"\sum{below[0]} (A x)_i y_i", lambda v: (v["A"] @ v["x"]).T @ v["y"]),
                (rf"\sum{below[0]} x_i^2", lambda v: v["x"].T @ v["x"]),
                (rf"\sum{below[0]} A_{{ii}}", lambda v: np.array([[np.trace(v["A"])]])),
                (r"\sum_{i,j} A_{ij} B_{ji}", lambda v: np.array([[np.trace(v["A"] @ v["B"])]])),
                (rf"\sum{below[0]} a\, x_i", lambda v: v["a"] * v["x"].sum(keepdims=True)),
            ]
        )
        return Spelt(self.bracketed(latex), ATOM, "1", "1", value)

    # any shape -----------------------------------------------------------------------------------------

    def term(self, rows: str, columns: str, depth: int) -> Spelt:
        """A formula of a shape."""
        if depth <= 0 or self.dice.random() < 0.15:
            return self.leaf(rows, columns)
        makers: list[Callable[[str, str, int], Spelt]] = [self.added, self.negated, self.multiplied, self.scaled]
        if (rows, columns) == ("1", "1"):
            if self.dice.random() < 0.5:
                return self.number(depth)
        else:
            makers += [self.entrywise, lambda r, c, d: self.turned(self.term(c, r, d - 1))]
        return self.dice.choice(makers)(rows, columns, depth)


def formulas(seed: int) -> Iterator[Spelt]:
    """Random formulas without end."""
    for number in range(10**9):
        dice = Dice(f"{seed}/{number}")
        rows, columns = dice.choice([("1", "1"), ("1", "1"), ("n", "1"), ("n", "n"), ("n", "m"), ("m", "1")])
        yield Writer(dice).term(rows, columns, dice.choice([1, 2, 2, 3]))


def complaint(formula: Spelt) -> str | None:
    """What is wrong with what the reader takes a formula for; empty where nothing is, None where it is not read."""
    try:
        compiled = everystep.compile(formula.latex, everystep.context(DECLARED))
    except everystep.ReadingError:
        return None
    values = drawn(7)
    given: dict[str, Any] = {}
    for name in compiled.expression.names:
        value = values[name]
        given[name] = value.item() if value.size == 1 else value.squeeze()
    found = np.asarray(compiled(**given))
    expected = formula.value(values)
    if found.size != expected.size:
        return f"read with the shape {found.shape} in place of {expected.shape}: {compiled.expression}"
    off = float(np.max(np.abs(found.reshape(-1) - expected.reshape(-1)), initial=0.0))
    scale = 1 + float(np.max(np.abs(expected), initial=0.0))
    return f"read as something else: {compiled.expression}" if off > CLOSE * scale else ""
