"""Reverse accumulation against differences, against the closed forms of the calculus, and what it costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Recurrence
from everystep.algebra.expressions import Apply, Expression, Eye, Trace, matrix, norm, odot, scalar, sq, vector
from everystep.algebra.shapes import index, size, sizes
from everystep.compiler import derivatives, reverse
from everystep.compiler.adjoints import ADJOINTS
from everystep.compiler.compiled import Compiled
from everystep.compiler.lowering import Lowering, NotCompiled
from everystep.compiler.operations import OPERATIONS
from everystep.kernels.gradient_check import central_differences
from tests.compiler.test_compiler import SIZES, arrays, draw, spread
from tests.compiler.test_derivatives import CASES, CLAIMS, VECTORS, _needed, wrong_gradient
from tests.identities.notation import Row

n, d, m = sizes("n d m")
A, B, X = matrix("A", n, n), matrix("B", n, n), matrix("X", n, d)
u, v, y, w = vector("u", n), vector("v", n), vector("y", n), vector("w", d)
g = scalar("g")
exponential = ex.MatrixFunction("exp", A)
w0 = vector("w0", n)


@pytest.fixture
def backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """No closed forms of derivatives."""
    closed = derivatives._closed_form

    def refused(low: Lowering, expression: Any) -> Any:
        if isinstance(expression, derivatives.MEANS):
            return closed(low, expression)
        raise NotCompiled("no closed form")

    monkeypatch.setattr(derivatives, "is_deep", lambda low, expression: True)
    monkeypatch.setattr(derivatives, "_closed_form", refused)


NONE = {
    "spread": "made by no builder",
}


def test_every_operation_has_an_adjoint_or_a_reason_to_have_none() -> None:
    assert set(ADJOINTS) | set(NONE) == set(OPERATIONS)
    assert not set(ADJOINTS) & set(NONE)


# what the calculus has no closed form of ---------------------------------------------------------

FURTHER: tuple[tuple[Expression, ex.Var], ...] = (
    (ex.EigMax(A + A.T), A),
    (ex.EigMin(A * A.T + ex.diag(u)), u),
    (norm(A), A),
    (norm(A, "1"), A),
    (norm(X, "inf"), X),
    (norm(u, "1") * norm(u, "inf"), u),
    (ex.Max(g, u.T * v) * ex.Min(g, sq(norm(u))), u),
    (sq(norm(ex.PseudoInverse(X) * u)), X),
    (u.T * ex.PseudoInverse(X * X.T + u * u.T) * v, u),
    (u.T * exponential * v, A),
    (Trace(ex.MatrixFunction("exp", A * B) * A), A),
    (Trace(ex.MatrixFunction("exp", u * v.T)) * (u.T * v), u),
    (sq(norm(ex.Kron(A, B) * ex.Kron(u, v))), u),
    (sq(norm(ex.Kron(A, X), "F")), X),
    (Trace(ex.Block(2, A, B, A.T, A * B)) * g, A),
    (sq(norm(ex.Block(2, A, X, X.T, Eye(d)) * ex.Block(1, u, w))), X),
    (ex.Entry(ex.Softmax(A * u), 1) / ex.Entry(Apply("exp", u), n), u),
    (g ** ex.Num(3) * (sq(norm(u)) + 1) ** g, g),
    ((sq(norm(u)) + 1) ** (u.T * v), u),
    (ex.Det(A) * Apply("log", ex.Det(A * A.T)), A),
    (ex.Rank(A) * sq(norm(A, "F")), A),
    (u.T * ex.MatrixFunction("log", A * A.T + Eye(n)) * v, A),
    (Trace((A * A.T + Eye(n)) ** ex.Num("1/2")), A),
    (u.T * (u * u.T + Eye(n)) ** ex.Num("-1/2") * v, u),
    (Trace((A * A.T + Eye(n)) ** g * B), A),
    (Trace((A / 4) ** ex.Num(19)), A),
    (u.T * ex.Adjugate(A * B) * v, A),
    (u.T * ex.Adjugate(A + u * v.T) * ex.Adjugate(B) * v, u),
    (Trace(ex.Adjugate(u * v.T) * ex.Adjugate(A)) + Trace(ex.Adjugate(Eye(n) + u * u.T)), u),
    (norm(ex.diag(u) * A + u * v.T), u),
    (ex.EigMax(u * u.T + ex.diag(v)) * ex.EigMin(A * A.T + ex.diag(odot(u, u))), u),
    *((u.T * ex.MatrixFunction(name, A + u * u.T) * v, u) for name in ("sin", "cos", "tanh", "logistic", "softplus")),
    (u.T * ex.MatrixFunction("reciprocal", A * A.T + Eye(n)) * v, A),
)


@pytest.mark.parametrize(("function", "variable"), FURTHER, ids=str)
def test_a_gradient_without_a_closed_form_is_that_of_the_function(function: Expression, variable: ex.Var) -> None:
    compiled, derived = Compiled(function), Compiled(ex.Gradient(function, variable))
    for seed, (rows, columns) in enumerate(((3, 2), (2, 4), (1, 3), (3, 1), (1, 1))):
        given = arrays(ex.Gradient(function, variable), seed, n=rows, d=columns)
        rest = {name: given[name] for name in compiled.arguments if name != variable.name}
        wanted = central_differences(lambda x, rest=rest: compiled(**rest, **{variable.name: x}), given[variable.name])
        found = derived(**given)
        np.testing.assert_allclose(np.reshape(found, wanted.shape), wanted, rtol=1e-6, atol=1e-6)
        together = derived(**{name: np.stack([given[name]] * 3) for name in derived.arguments})
        np.testing.assert_allclose(together, np.stack([found] * 3), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize(
    ("function", "variable"),
    [(f, x) for f, x in FURTHER if x in (u, g)],
    ids=str,
)
def test_second_derivatives_are_those_of_the_gradient(function: Expression, variable: ex.Var) -> None:
    derived, twice = Compiled(ex.Gradient(function, variable)), Compiled(ex.Hessian(function, variable))
    for seed, (rows, columns) in enumerate(((3, 2), (1, 3))):
        given = arrays(ex.Hessian(function, variable), seed, n=rows, d=columns)
        rest = {name: given[name] for name in derived.arguments if name != variable.name}
        wanted = central_differences(lambda x, rest=rest: derived(**rest, **{variable.name: x}), given[variable.name])
        found = twice(**{name: given[name] for name in twice.arguments})
        np.testing.assert_allclose(np.reshape(found, wanted.shape), wanted, rtol=1e-5, atol=1e-5)


def test_at_a_tie_the_derivative_of_a_largest_value_is_zero() -> None:
    assert Compiled(ex.Gradient(norm(u, "inf"), u))(u=[1.0, -1.0, 0.5]).tolist() == [0.0, 0.0, 0.0]
    assert Compiled(ex.Gradient(norm(u, "inf"), u))(u=[1.0, -2.0, 0.5]).tolist() == [0.0, -1.0, 0.0]
    assert Compiled(ex.Gradient(ex.Max(g, ex.Num(0)), g))(g=0.0) == 0.0


# the same as closed forms -------------------------------------------------------------------------


@pytest.mark.parametrize(("function", "variable"), CASES + VECTORS, ids=str)
def test_backwards_is_the_closed_form(function: Expression, variable: ex.Var, request: pytest.FixtureRequest) -> None:
    kind = ex.Jacobian if (function, variable) in VECTORS else ex.Gradient
    instances = [
        arrays(kind(function, variable), k, n=r, d=c, m=2) for k, (r, c) in enumerate(((4, 3), (1, 1), (2, 5)))
    ]
    wanted = [Compiled(kind(function, variable))(**given) for given in instances]
    request.getfixturevalue("backwards")
    for given, value in zip(instances, wanted, strict=True):
        np.testing.assert_allclose(Compiled(kind(function, variable))(**given), value, rtol=1e-9, atol=1e-10)


@pytest.mark.usefixtures("backwards")
@pytest.mark.parametrize("row", CLAIMS)
def test_both_sides_of_a_rule_have_one_value_backwards(row: Row) -> None:
    both = row.true.left - row.true.right
    for seed, numbers in enumerate(SIZES):
        drawn = draw(both, row.context, numbers, seed)
        if drawn is None:
            continue
        arguments, direct = drawn
        with np.errstate(all="ignore"):
            left, right = (
                spread(Compiled(side, row.context)(**_needed(side, row.context, arguments, numbers)), side, direct)
                for side in (row.true.left, row.true.right)
            )
        np.testing.assert_allclose(left, right, rtol=1e-7, atol=1e-8)


@pytest.mark.usefixtures("backwards")
def test_gradients_of_random_functions_are_those_of_differences_backwards() -> None:
    assert sum(wrong_gradient(seed) for seed in range(120, 240)) > 80


# recurrences --------------------------------------------------------------------------------------

t, T = index("t"), size("T")
h, x = ex.Family("h", n), ex.Family("x", n)
CONTEXT = Context(recurrences=(Recurrence(h[t], Apply("tanh", A * h[t - 1] + x[t])),))
LOSS = ex.SumOver(sq(norm(h[t])), t, 1, T)


def sequence(steps: int, width: int = 3) -> dict[str, Any]:
    random = np.random.default_rng(0)
    return {
        "A": random.standard_normal((width, width)) / width,
        "h": {0: random.standard_normal(width)},
        "x": {k: random.standard_normal(width) for k in range(1, steps + 1)},
        "T": steps,
    }


def test_the_work_of_a_derivative_through_a_recurrence_is_linear_in_its_steps() -> None:
    value, slope = Compiled(LOSS, CONTEXT), Compiled(ex.Gradient(LOSS, A), CONTEXT)
    counts = {}
    for steps in (50, 100, 200):
        given = sequence(steps)
        counts[steps] = len(slope.operations(**given))
        assert counts[steps] < 4 * len(value.operations(**given))
    assert counts[200] - counts[100] == 2 * (counts[100] - counts[50])
    given = sequence(200)
    change = np.random.default_rng(1).standard_normal((3, 3))
    ahead, behind = (value(**{**given, "A": given["A"] + r * change}) for r in (1e-6, -1e-6))
    assert np.sum(slope(**given) * change) == pytest.approx((ahead - behind) / 2e-6, rel=1e-6)


def test_what_many_steps_add_to_a_weight_is_one_product() -> None:
    names = [name for name, shape in Compiled(ex.Gradient(LOSS, A), CONTEXT).operations(**sequence(30))]
    assert names.count("columns") == 2


def test_second_derivatives_go_through_a_recurrence() -> None:
    first, second = (Compiled(kind(LOSS, h[0]), CONTEXT) for kind in (ex.Gradient, ex.Hessian))
    given = sequence(6)
    wanted = central_differences(lambda z: first(**{**given, "h": {0: z}}), given["h"][0])
    np.testing.assert_allclose(second(**given), wanted, rtol=1e-7, atol=1e-8)


def test_a_member_in_the_middle_is_what_later_ones_depend_on() -> None:
    total = Compiled(ex.Gradient(LOSS, h[3]), CONTEXT)
    given = sequence(6)
    states = {0: given["h"][0]}
    for k in range(1, 7):
        states[k] = np.tanh(given["A"] @ states[k - 1] + given["x"][k])

    def later(state: Any) -> Any:
        loss = state @ state
        for k in range(4, 7):
            state = np.tanh(given["A"] @ state + given["x"][k])
            loss += state @ state
        return loss

    np.testing.assert_allclose(total(**given), central_differences(later, states[3]), rtol=1e-8, atol=1e-9)


def test_a_deep_composition_takes_a_small_multiple_of_its_value() -> None:
    layer: Expression = w
    for _ in range(12):
        layer = Apply("tanh", X.T * Apply("tanh", X * layer))
    value, slope = Compiled(sq(norm(layer))), Compiled(ex.Gradient(sq(norm(layer)), X))
    given = {"X": np.random.default_rng(0).standard_normal((4, 3)) / 3, "w": np.ones(3)}
    assert len(slope.operations(**given)) < 6 * len(value.operations(**given))
    wanted = central_differences(lambda z: value(X=z, w=given["w"]), given["X"])
    np.testing.assert_allclose(slope(**given), wanted, rtol=1e-7, atol=1e-9)


# loops --------------------------------------------------------------------------------------------


@pytest.fixture
def in_loops(monkeypatch: pytest.MonkeyPatch, backwards: None) -> None:
    """No closed forms, and no Jacobian of more than one row is written out."""
    monkeypatch.setattr(reverse, "MOST_PASSES", 1)


@pytest.mark.usefixtures("in_loops")
@pytest.mark.parametrize(("function", "variable"), VECTORS, ids=str)
def test_a_jacobian_in_a_loop_is_that_of_the_function(function: Expression, variable: ex.Var) -> None:
    compiled, derived = Compiled(function), Compiled(ex.Jacobian(function, variable))
    for seed, (rows, columns) in enumerate(((4, 3), (2, 5))):
        given = arrays(ex.Jacobian(function, variable), seed, n=rows, d=columns, m=2)
        rest = {name: given[name] for name in compiled.arguments if name != variable.name}
        found = derived(**given)
        if variable.name not in compiled.arguments:
            assert not found.any()
            continue
        wanted = central_differences(lambda x, rest=rest: compiled(**rest, **{variable.name: x}), given[variable.name])
        np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-7)
        together = derived(**{name: np.stack([given[name]] * 2) for name in derived.arguments})
        np.testing.assert_allclose(together[1], found, rtol=1e-12, atol=1e-14)
        single = derived(**{name: np.asarray(given[name], np.float32) for name in derived.arguments})
        assert single.dtype == np.float32
        scope: dict[str, Any] = {"np": np}
        exec("def f():\n    " + derived.source(**given).replace("\n", "\n    "), {**scope, **given}, scope)  # noqa: S102
        np.testing.assert_allclose(scope["f"](), found, rtol=1e-12, atol=1e-14)


DEEP = Apply("tanh", A * Apply("tanh", A * odot(u, Apply("tanh", A * Apply("tanh", A * odot(u, u))))))


@pytest.mark.usefixtures("in_loops")
@pytest.mark.parametrize(
    ("function", "variable"),
    [
        (sq(norm(ex.Jacobian(DEEP, u), "F")), u),
        (v.T * ex.Jacobian(DEEP, u) * B * u, u),
        (v.T * ex.Jacobian(A * Apply("exp", odot(u, w0)), w0) * v, u),
        (Trace(ex.Hessian(Apply("log", 1 + sq(norm(A * u))) * (u.T * v), u) * B), u),
        (v.T * ex.Jacobian(Apply("f", u) * (u.T * v), u) * v, u),
    ],
    ids=str,
)
def test_what_is_differentiated_twice_in_loops(function: Expression, variable: ex.Var) -> None:
    given_functions = {name: np.cos if len(name) % 2 else lambda x: -np.sin(x) for name in ("f", "f'")}
    given_functions |= {"f''": lambda x: -np.cos(x), "f'''": np.sin}
    for kind in (lambda e: e, lambda e: ex.Gradient(e, variable)):
        value, derived = Compiled(kind(function)), Compiled(ex.Gradient(function, variable))
        if kind(function) is not function:
            derived = Compiled(ex.Hessian(function, variable))
        given = arrays(derived.expression, 3, n=3, d=2)
        more = given_functions if derived.functions else {}
        rest = {name: given[name] for name in value.arguments if name != variable.name}
        wanted = central_differences(
            lambda x, rest=rest, value=value, more=more: value(**rest, **{variable.name: x}, **more),
            given[variable.name],
        )
        found = derived(**{name: given[name] for name in derived.arguments}, **more)
        np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-7 * np.abs(wanted).max())


def test_a_jacobian_of_any_size_is_planned_once() -> None:
    given = {"A": np.random.default_rng(0).standard_normal((150, 150)) / 12, "u": np.linspace(-1, 1, 150)}
    derived = Compiled(ex.Jacobian(DEEP, u))
    assert len(derived.operations(**given)) < 60
    found = derived(**given)
    wanted = np.eye(150)
    x = given["u"]
    for last in (1, 0):  # by hand, forwards
        wanted = 2 * x[:, None] * wanted if last else given["u"][:, None] * wanted + np.diag(x)
        x = x * given["u"]
        for _ in range(2):
            x = np.tanh(given["A"] @ x)
            wanted = (1 - x**2)[:, None] * (given["A"] @ wanted)
    np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-13)
    large = Compiled(ex.Jacobian(ex.Vec(exponential), ex.Vec(A)))
    at = np.random.default_rng(1).standard_normal((9, 9)) / 3
    along = np.random.default_rng(2).standard_normal((9, 9))
    both = np.block([[at, along], [np.zeros((9, 9)), at]])
    wanted = Compiled(exponential)(A=both)[:9, 9:].reshape(-1, order="F")
    np.testing.assert_allclose(large(A=at) @ along.reshape(-1, order="F"), wanted, rtol=1e-9, atol=1e-10)


def test_derivatives_along_directions_of_values_of_several_shapes() -> None:
    change = matrix("dX", n, d)
    both = ex.Differential(norm(X, "1") * (X * w), X, change).T * u * ex.Differential(norm(X, "1") * w, X, change)
    given = {**arrays(both, 1, n=4, d=3)}
    place = np.abs(given["X"]).sum(axis=0).argmax()
    slope = np.sum(np.sign(given["X"][:, place]) * given["dX"][:, place])
    size_ = np.abs(given["X"][:, place]).sum()
    first = slope * given["X"] @ given["w"] + size_ * given["dX"] @ given["w"]
    np.testing.assert_allclose(Compiled(both)(**given), (first @ given["u"]) * slope * given["w"], rtol=1e-12)
