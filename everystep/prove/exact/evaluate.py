"""An expression on values that a person gives.  May import this package and ``everystep.algebra`` only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from flint import ctx, fmpq, fmpq_mat

from everystep.algebra.context import Context
from everystep.algebra.expressions import Expression
from everystep.prove.exact.arithmetic import BALLS, RATIONALS
from everystep.prove.exact.errors import NeedsReals
from everystep.prove.exact.instances import Instance
from everystep.prove.exact.program import program_for
from everystep.prove.exact.report import table
from everystep.prove.exact.trials import PRECISIONS
from everystep.prove.verdict import Table

Number = int | str | Fraction


def evaluate(
    expression: Expression,
    context: Context,
    sizes: Mapping[str, int],
    values: Mapping[str, Sequence[Sequence[Number]]],
    functions: Mapping[str, Sequence[Sequence[Number]]] | None = None,
) -> Table:
    """The value of an expression at given sizes, indices and values, printed exactly.

    ``values`` are keyed as counterexamples print them (``X``, ``h_0``, ``z_1,3``); what is not given is drawn from
    a fixed seed.  ``functions`` gives the coefficients of opaque functions: one row for an entrywise function, from the
    constant to the cube; for any other one row an output: the constant, a linear form, the form that is cubed, and
    the matrix of a quadratic form, row by row.
    Raises :class:`~everystep.prove.exact.errors.Undefined` where there is no value.
    """
    instance = Instance(program_for(context, (expression,)), dict(sizes), 0, RATIONALS)
    for name, rows in values.items():
        instance.given[name] = _matrix(rows)
    for name, coefficients in (functions or {}).items():
        instance.given[f"function {name}"] = _matrix(coefficients)
    node = instance.program.compile(expression)
    try:
        return table(instance.evaluator(RATIONALS).value(node).base)
    except NeedsReals:
        with ctx.workprec(PRECISIONS[0]):
            return table(instance.evaluator(BALLS).value(node).base)


def _matrix(rows: Sequence[Sequence[Number]]) -> fmpq_mat:
    numbers = [_number(x) for row in rows for x in row]
    return fmpq_mat(len(rows), len(rows[0]), numbers)


def _number(x: Number) -> fmpq:
    fraction = Fraction(x)
    return fmpq(fraction.numerator, fraction.denominator)
