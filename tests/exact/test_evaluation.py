"""Values of every class of expression, and derivatives against differences of the function itself."""

from __future__ import annotations

import ast
from fractions import Fraction
from pathlib import Path

import pytest
from sympy import Symbol

import everystep.prove.exact
from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Random, Recurrence
from everystep.algebra.expressions import Expression, Family, Num, matrix, scalar, sq, vector
from everystep.algebra.functions import FUNCTIONS
from everystep.algebra.shapes import index, indices, size
from everystep.prove.exact import evaluate
from everystep.prove.exact.errors import Inadmissible, Undefined, Unsupported
from everystep.prove.exact.program import BUILDERS, program_for
from everystep.prove.exact.series import EVALUATIONS
from everystep.prove.verdict import Table

n = size("n")
t, i, k = indices("t i k")
T = index("T")
A, B = matrix("A", n, n), matrix("B", n, n)
x, y = vector("x", n), vector("y", n)
a, b = scalar("a"), scalar("b")

VALUES: dict[str, list[list[int | str | Fraction]]] = {
    "A": [[1, 2], [3, 4]],
    "B": [[2, 1], [1, 2]],
    "x": [[3], [4]],
    "y": [[-1], [2]],
    "a": [[2]],
    "b": [["1/2"]],
}


def value(expression: Expression, context: Context | None = None, **sizes: int) -> Table:
    return evaluate(expression, context or Context(), {"n": 2, **sizes}, VALUES)


def number(table: Table) -> float:
    """A printed number as a float."""
    ((text,),) = table
    return float(Fraction(text)) if text[0] != "[" else float(text[1:].split(" ")[0])


h = Family("h")
u = vector("u", n)
BERNOULLI = Context(random=(Random(a, "bernoulli", (b,)),))
VECTOR = Context(random=(Random(x, "gaussian", (y, B)),))

EXAMPLES: dict[type[Expression], tuple[Expression, Table]] = {
    ex.Num: (Num(3), (("3",),)),
    ex.Int: (ex.Int(n + 1), (("3",),)),
    ex.Var: (x, (("3",), ("4",))),
    ex.Member: (h[1], (("7",),)),
    ex.Eye: (ex.Eye(n), (("1", "0"), ("0", "1"))),
    ex.Ones: (ex.Ones(n), (("1",), ("1",))),
    ex.Zeros: (ex.Zeros(1, n), (("0", "0"),)),
    ex.Unit: (ex.Unit(n, 2), (("0",), ("1",))),
    ex.Add: (x + y, (("2",), ("6",))),
    ex.Neg: (-x, (("-3",), ("-4",))),
    ex.Mul: (a * A * x, (("22",), ("50",))),
    ex.Div: (x / a, (("3/2",), ("2",))),
    ex.Pow: (A**2, (("7", "10"), ("15", "22"))),
    ex.Transpose: (A.T, (("1", "3"), ("2", "4"))),
    ex.Inverse: (A.I, (("-2", "1"), ("3/2", "-1/2"))),
    ex.PseudoInverse: (ex.PseudoInverse(x), (("3/25", "4/25"),)),
    ex.Adjugate: (ex.Adjugate(A), (("4", "-2"), ("-3", "1"))),
    ex.Trace: (ex.Trace(A), (("5",),)),
    ex.Det: (ex.Det(A), (("-2",),)),
    ex.Rank: (ex.Rank(x * x.T), (("1",),)),
    ex.Diag: (ex.diag(x), (("3", "0"), ("0", "4"))),
    ex.DiagPart: (ex.DiagPart(A), (("1",), ("4",))),
    ex.Hadamard: (ex.odot(x, y), (("-3",), ("8",))),
    ex.Kron: (ex.Kron(x, y.T), (("-3", "6"), ("-4", "8"))),
    ex.Vec: (ex.Vec(A), (("1",), ("3",), ("2",), ("4",))),
    ex.Block: (ex.Block(2, a, y.T, x, A), (("2", "-1", "2"), ("3", "1", "2"), ("4", "3", "4"))),
    ex.Entry: (ex.Entry(A, 2, 1), (("3",),)),
    ex.Row: (ex.Row(A, 2), (("3", "4"),)),
    ex.Col: (ex.Col(A, 2), (("2",), ("4",))),
    ex.Apply: (ex.Apply("relu", y), (("0",), ("2",))),
    ex.Call: (ex.Call("g", 1, 1, a), (("15",),)),
    ex.MatrixFunction: (ex.MatrixFunction("exp", A - A), (("1", "0"), ("0", "1"))),
    ex.Softmax: (ex.Softmax(x - x), (("1/2",), ("1/2",))),
    ex.LogSumExp: (ex.LogSumExp(ex.Block(1, b - b)), (("0",),)),
    ex.Norm: (ex.norm(x), (("5",),)),
    ex.Max: (ex.Max(x), (("4",),)),
    ex.Min: (ex.Min(a, b), (("1/2",),)),
    ex.EigMax: (ex.EigMax(ex.diag(x)), (("4",),)),
    ex.EigMin: (ex.EigMin(ex.diag(y)), (("-1",),)),
    ex.SumOver: (ex.SumOver(ex.Int(i), i, 1, n), (("3",),)),
    ex.ProdOver: (ex.ProdOver(ex.Int(i) * A, i, 1, n), (("14", "20"), ("30", "44"))),
    ex.Gradient: (ex.Gradient(sq(x), x), (("6",), ("8",))),
    ex.Jacobian: (ex.Jacobian(A * x, x), (("1", "2"), ("3", "4"))),
    ex.Hessian: (ex.Hessian(sq(x), x), (("2", "0"), ("0", "2"))),
    ex.ScalarDerivative: (ex.ScalarDerivative(a**2 * x, a), (("12",), ("16",))),
    ex.Differential: (ex.Differential(A * x, x, y), (("3",), ("5",))),
    ex.Expectation: (ex.Expectation(x * x.T), (("3", "-1"), ("-1", "6"))),
    ex.Variance: (ex.Variance(x), (("2", "1"), ("1", "2"))),
    ex.Covariance: (ex.Covariance(x, A * x), (("4", "10"), ("5", "11"))),
    ex.Given: (ex.Given(ex.Expectation(x + y), x), (("2",), ("6",))),
    ex.Limit: (ex.Limit(b ** ex.Int(k), k), (("0",),)),
    ex.LimitAt: (ex.LimitAt(b * ex.Apply("log", b), b, 0, "above"), (("0",),)),
}


def concrete_classes() -> set[type[Expression]]:
    """All classes of expressions that the algebra offers."""
    return {
        kind
        for kind in vars(ex).values()
        if isinstance(kind, type) and issubclass(kind, Expression) and kind is not Expression
    }


def test_every_class_has_a_builder_and_an_example() -> None:
    assert set(BUILDERS) == concrete_classes() == set(EXAMPLES)


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
def test_the_value_of_every_class(kind: type[Expression]) -> None:
    expression, wanted = EXAMPLES[kind]
    random = kind in (ex.Expectation, ex.Variance, ex.Covariance, ex.Given)
    values = VALUES | {
        "h_1": [[7]],
    }
    context = VECTOR if random else Context()
    found = evaluate(expression, context, {"n": 2}, values, {"g": [[1, 2, 1, "1/2"]]})
    if kind in (ex.Limit, ex.LimitAt):
        assert found[0][0].startswith("[+/- "), "a ball around 0"
    else:
        assert found == wanted


def test_an_unknown_class_is_refused() -> None:
    class Strange(Expression):
        pass

    with pytest.raises(Unsupported, match="no evaluation for Strange"):
        program_for(Context()).compile(Strange(Symbol("s")))


def test_every_known_function_is_evaluated() -> None:
    assert set(EVALUATIONS) == set(FUNCTIONS)


# derivatives -----------------------------------------------------------------------------------

STEP = Fraction(1, 10**4)


def at(expression: Expression, point: Fraction) -> float:
    return number(evaluate(expression, Context(), {}, {"a": [[point]]}))


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("point", [Fraction(7, 10), Fraction(-13, 10)])
@pytest.mark.parametrize("order", [0, 1, 2])
def test_a_derivative_is_the_limit_of_differences(name: str, point: Fraction, order: int) -> None:
    if point < 0 and FUNCTIONS[name].domain in ("positive", "nonnegative"):
        point = -point
    below = ex.Apply(name, a, order)
    difference = (at(below, point + STEP) - at(below, point - STEP)) / float(2 * STEP)
    assert at(ex.Apply(name, a, order + 1), point) == pytest.approx(difference, abs=1e-5, rel=1e-5)
    assert at(ex.ScalarDerivative(below, a), point) == pytest.approx(difference, abs=1e-5, rel=1e-5)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_table_of_derivatives_agrees(name: str) -> None:
    point = Fraction(9, 10)
    table = 0.0
    for coefficient, factors in FUNCTIONS[name].derivative:
        term = float(coefficient)
        for factor, power in factors:
            term *= float(point) ** power if factor == "id" else at(ex.Apply(factor, a), point) ** power
        table += term
    assert at(ex.Apply(name, a, 1), point) == pytest.approx(table, abs=1e-9)


SCALARS: dict[str, Expression] = {
    "inverse": x.T * A.I * y,
    "determinant": ex.Det(A + x * y.T),
    "norm": ex.norm(A * x) ** 3,
    "pseudo-inverse": x.T * ex.PseudoInverse(A) * y,
    "largest eigenvalue": ex.EigMax(A * A.T),
    "operator norm": ex.norm(A),
    "matrix exponential": ex.Trace(ex.MatrixFunction("exp", A)),
    "softmax": y.T * ex.Softmax(A * x),
    "log-sum-exp": ex.LogSumExp(A * x),
    "power": ex.Trace(A**3),
    "real power": (x.T * A * x) ** Num("1/3"),
    "maximum": ex.Max(A * x),
    "nested": sq(ex.Gradient(ex.LogSumExp(A * x), x)),
    "1-norm": ex.norm(A, "1"),
    "Kronecker": ex.Trace(ex.Kron(A, A * A)),
    "expectation": ex.Expectation(y.T * A * x + a * (x.T * A * x)),
}


@pytest.mark.parametrize("name", SCALARS)
def test_a_gradient_is_the_limit_of_differences(name: str) -> None:
    expression = SCALARS[name]
    context = BERNOULLI
    gradient = evaluate(ex.Gradient(expression, A), context, {"n": 2}, VALUES)
    for r in range(2):
        for c in range(2):
            sides = []
            for sign in (1, -1):
                moved = [[Fraction(e) for e in row] for row in VALUES["A"]]
                moved[r][c] += sign * STEP
                sides.append(number(evaluate(expression, context, {"n": 2}, VALUES | {"A": moved})))
            difference = (sides[0] - sides[1]) / float(2 * STEP)
            assert number(((gradient[r][c],),)) == pytest.approx(difference, rel=1e-5, abs=1e-5)


def test_derivatives_by_parts_of_a_matrix() -> None:
    f = ex.Trace(A * A)
    assert value(ex.Gradient(f, ex.Entry(A, 1, 2))) == (("6",),)
    assert value(ex.Gradient(f, ex.Row(A, 1))) == (("2", "6"),)
    assert value(ex.Gradient(f, ex.Col(A, 1))) == (("2",), ("4",))
    assert value(ex.Gradient(f, A.T)) == (("2", "4"), ("6", "8"))


def test_a_differential_moves_several_variables_at_once() -> None:
    assert value(ex.Differential(a * x, a, b, x, y)) == (("-1/2",), ("6",))


# recurrences -----------------------------------------------------------------------------------

w = scalar("w")
s = Family("s")
loss = scalar("L")
CHAIN = Context(
    definitions=(Definition(loss, ex.SumOver(s[t] ** 2, t, 1, T)),),
    recurrences=(Recurrence(s[t], w * s[t - 1] + Num(1)),),
)


def chain(expression: Expression, steps: int, weight: int = 2, **sizes: int) -> Table:
    return evaluate(expression, CHAIN, {"T": steps, **sizes}, {"w": [[weight]], "s_0": [[1]]})


def test_a_recurrence_is_unrolled() -> None:
    assert [chain(s[T], steps) for steps in (0, 1, 2, 3)] == [(("1",),), (("3",),), (("7",),), (("15",),)]


def test_a_long_recurrence_does_not_exhaust_the_stack() -> None:
    assert chain(s[T], 2000, weight=1) == (("2001",),)


def test_a_gradient_by_a_member_is_total() -> None:
    # s_1 = 3, s_2 = 7, s_3 = 15: by s_2 this is 2 * 7 + 2 * 15 * 2.
    assert chain(ex.Gradient(loss, s[2]), 3) == (("74",),)
    assert chain(ex.Gradient(loss, s[3]), 3) == (("30",),)
    assert chain(ex.Gradient(s[1], s[2]), 3) == (("0",),)


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_a_gradient_by_a_parameter_is_total(steps: int) -> None:
    def losses(weight: Fraction) -> Fraction:
        state, total = Fraction(1), Fraction(0)
        for _ in range(steps):
            state = weight * state + 1
            total += state**2
        return total

    difference = (losses(2 + STEP) - losses(2 - STEP)) / (2 * STEP)
    assert number(chain(ex.Gradient(loss, w), steps)) == pytest.approx(float(difference), rel=1e-5)


def test_what_lies_before_the_start_is_inadmissible() -> None:
    with pytest.raises(Inadmissible):
        chain(s[T - 5], 2)


def test_a_definition_does_not_capture_the_indices_around_it() -> None:
    f = Family("f")
    context = Context(definitions=(Definition(f[t], ex.Int(t + i)),))
    summed = ex.SumOver(f[i], i, 1, 2)
    assert evaluate(summed, context, {"i": 10}, {}) == (("23",),)


def test_a_name_and_a_family_may_share_their_letters() -> None:
    f = Family("L")
    context = Context(definitions=(Definition(scalar("L"), ex.SumOver(f[t], t, 1, 2)),))
    assert evaluate(scalar("L"), context, {}, {"L_1": [[1]], "L_2": [[5]]}) == (("6",),)


# undefined operations --------------------------------------------------------------------------

UNDEFINED: dict[str, tuple[Expression, str]] = {
    "inverse": ((x * x.T).I, r"\(x x\^T\)\^-1: x x\^T is 2 x 2 and has rank 1"),
    "division": (x / (a - 4 * b), r"x/\(a - 4 b\): the denominator a - 4 b is 0"),
    "log": (ex.Apply("log", -a), r"log\(-a\): -a is -2"),
    "root": (ex.sqrt(-a), r"sqrt\(-a\): -a is -2"),
    "norm at 0": (ex.Gradient(ex.norm(x - x), x), "a norm has none at 0"),
    "kink": (ex.Apply("relu", a - a, 1), "derivative|kink|0"),
    "eigenvalue": (ex.EigMax(A), r"lambda_max\(A\): the matrix is not symmetric"),
    "tie": (ex.Gradient(ex.Max(x, x), x), "the maximum is reached twice"),
}


@pytest.mark.parametrize("name", UNDEFINED)
def test_an_undefined_operation_is_named(name: str) -> None:
    expression, message = UNDEFINED[name]
    with pytest.raises(Undefined, match=message):
        value(expression)


def test_a_derivative_by_one_defined_member_leaves_another_free() -> None:
    """Of ``f = o_1^2 o_2`` with ``o_i = x_i``, by o_1 and then by o_2, in either order: 2 o_1."""
    o = Family("o", 1, 1)
    context = Context(definitions=(Definition(o[i], ex.Entry(x, i)),))
    for first, second in ((1, 2), (2, 1)):
        inner = ex.ScalarDerivative(sq(o[1]) * o[2], o[first])
        found = evaluate(ex.ScalarDerivative(inner, o[second]), context, {"n": 2}, VALUES)
        assert found == evaluate(2 * o[1], context, {"n": 2}, VALUES)


def test_the_judge_shares_no_code_with_the_normal_form() -> None:
    plain = ("everystep.derivation", "everystep.records")
    allowed = ("everystep.algebra", "everystep.prove.exact", "everystep.prove.verdict", *plain)
    folder = Path(everystep.prove.exact.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert not name.startswith("everystep") or name.startswith(allowed), (path.name, name)
                assert name.split(".")[0] not in ("numpy", "scipy"), path.name
