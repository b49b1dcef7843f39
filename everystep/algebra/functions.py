"""The table of known scalar functions: one row a function, its derivative beside it.

A derivative is a polynomial in known functions of the same argument: a tuple of terms
``(coefficient, ((name, power), ...))``; the name ``"id"`` stands for the argument itself, so that
``1/z`` is ``((1, (("id", -1),)),)``.  Adding a function is adding one row here and one row in the
exact judge's table of evaluations; the tests compare the two without knowing the formula.
May import nothing of the engine.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from everystep.records import dataclass

Polynomial: TypeAlias = tuple[tuple[Fraction | int, tuple[tuple[str, int], ...]], ...]


@dataclass(frozen=True)
class ScalarFunction:
    """A known function of one real variable, applied entry by entry.

    ``derivative`` holds where the function is differentiable; ``kinks`` says where it is not.
    ``domain``: ``"real"``, ``"positive"``, ``"nonnegative"`` or ``"nonzero"``.
    """

    name: str
    latex: str
    derivative: Polynomial
    domain: str = "real"
    positive: bool = False
    kinks: str = ""


def _rows(*rows: ScalarFunction) -> dict[str, ScalarFunction]:
    return {row.name: row for row in rows}


FUNCTIONS: dict[str, ScalarFunction] = _rows(
    ScalarFunction("exp", r"\exp", ((1, (("exp", 1),)),), positive=True),
    ScalarFunction("log", r"\log", ((1, (("id", -1),)),), domain="positive"),
    ScalarFunction(
        "logistic",
        r"\sigma",
        ((1, (("logistic", 1),)), (-1, (("logistic", 2),))),
        positive=True,
    ),
    ScalarFunction("tanh", r"\tanh", ((1, ()), (-1, (("tanh", 2),)))),
    ScalarFunction("softplus", r"\operatorname{softplus}", ((1, (("logistic", 1),)),), positive=True),
    ScalarFunction("sin", r"\sin", ((1, (("cos", 1),)),)),
    ScalarFunction("cos", r"\cos", ((-1, (("sin", 1),)),)),
    ScalarFunction("relu", r"\operatorname{relu}", ((1, (("step", 1),)),), kinks="0"),
    ScalarFunction("step", r"\operatorname{step}", (), kinks="0"),
    ScalarFunction("abs", r"\operatorname{abs}", ((2, (("step", 1),)), (-1, ())), kinks="0"),
    ScalarFunction("sign", r"\operatorname{sign}", (), kinks="0"),
    ScalarFunction("sqrt", r"\sqrt", ((Fraction(1, 2), (("sqrt", -1),)),), domain="nonnegative"),
    ScalarFunction("reciprocal", r"1/", ((-1, (("reciprocal", 2),)),), domain="nonzero"),
)


def known(name: str) -> bool:
    """Whether ``name`` is a known function; any other name is an opaque differentiable function."""
    return name in FUNCTIONS
