"""Compiled derivatives against differences of the compiled function, and against the closed forms of the tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Recurrence, Relation
from everystep.algebra.expressions import (
    Apply,
    Expression,
    Eye,
    Ones,
    Trace,
    Vec,
    matrix,
    norm,
    odot,
    scalar,
    sq,
    vector,
)
from everystep.algebra.shapes import index, size, sizes
from everystep.compiler.code import Plan
from everystep.compiler.compiled import Compiled
from everystep.compiler.contraction import Contraction, Piece
from everystep.compiler.graph import Graph
from everystep.compiler.lowering import Lowering, NotCompiled
from everystep.kernels import bptt
from everystep.kernels.gradient_check import central_differences, check_gradient
from tests.compiler.test_compiler import DERIVATIVES, SIZES, arrays, compilable, draw, spread
from tests.compiler.test_random import LEAVES, NUMBER, Grower, values
from tests.identities import derivatives, log_determinants, networks, optimisation, products, vector_calculus
from tests.identities.notation import Row

n, d, m = sizes("n d m")
A, B, C = matrix("A", n, n), matrix("B", n, n), matrix("C", d, d)
X, Y, W, H = matrix("X", n, d), matrix("Y", n, m), matrix("W", d, m), matrix("H", n, n)
u, v, y, w = vector("u", n), vector("v", n), vector("y", n), vector("w", d)
g, lam = scalar("g"), scalar("lam")
s = Apply("logistic", X * w)

CASES: tuple[tuple[Expression, ex.Var], ...] = (
    (sq(norm(y - X * w)) + lam * sq(norm(w)), w),
    (sq(norm(y - X * w)) + lam * sq(norm(w)), X),
    (u.T * A * u, u),
    (u.T * A * v, A),
    (u.T * A.I * v, A),
    (Apply("log", ex.Det(A)), A),
    (Apply("log", ex.Det(A * A.T + lam * Eye(n))), A),
    (ex.Det(A), A),
    (Trace(A * B * A.T), A),
    (Trace(A * A * A), A),
    (Trace((A + u * u.T).I * B), u),
    (Trace(odot(A, B).T * odot(A, A)), A),
    (Trace(ex.diag(u) * A * ex.diag(u) * B), u),
    (sq(norm(Y - H * Apply("tanh", X * W), "F")), W),
    (sq(norm(Y - H * Apply("tanh", X * W), "F")), H),
    (-(y.T * Apply("log", s) + (Ones(n) - y).T * Apply("log", Ones(n) - s)), w),
    (Ones(n).T * Apply("softplus", -(X * w)), w),
    (Ones(n).T * Apply("relu", X * w - y), w),
    (Ones(n).T * Apply("exp", -odot(u, u) / 2), u),
    (ex.LogSumExp(X * w) * (y.T * X * w), w),
    (ex.LogSumExp(X * w + y), w),
    (-(y.T * Apply("log", ex.Softmax(X * w))), w),
    (ex.Softmax(A * u).T * B * ex.Softmax(A * u), u),
    (lam / norm(u) * (u.T * v), u),
    (lam / (1 + sq(norm(u))), u),
    (Apply("sqrt", lam + sq(norm(u))), u),
    (sq(norm(y - X * (X.T * X + lam * Eye(d)).I * X.T * u)), u),
    (sq(norm((X.T * X + lam * Eye(d)).I * X.T * y)), lam),
    (ex.Entry(A * A, 1, n), A),
    (ex.Max(g, ex.Num(0)) * sq(norm(u)), u),
    (ex.norm(A, "1") * sq(norm(u)) + ex.EigMax(A + A.T), u),
    (ex.Row(X, 1) * w + ex.Col(X, d).T * y, X),
    (Trace(A) * Trace(B) * sq(norm(A * u)), A),
)
VECTORS: tuple[tuple[Expression, ex.Var], ...] = (
    (u / norm(u), u),
    (ex.Softmax(X * w), w),
    (A * Apply("tanh", A * u) - u, u),
    ((A + u * v.T).I * y, u),
    (odot(X * w, y - X * w), w),
    (Vec(A * X * C), w),
)


@pytest.mark.parametrize(("function", "variable"), CASES, ids=str)
def test_a_gradient_is_that_of_the_function(function: Expression, variable: ex.Var) -> None:
    compiled, derived = Compiled(function), Compiled(ex.Gradient(function, variable))
    for seed, (rows, columns, outputs) in enumerate(((4, 3, 2), (2, 5, 3), (1, 1, 1), (3, 1, 1), (1, 4, 2))):
        given = arrays(ex.Gradient(function, variable), seed, n=rows, d=columns, m=outputs)
        found = derived(**given)
        rest = {name: given[name] for name in compiled.arguments if name != variable.name}
        check = check_gradient(
            lambda x, rest=rest: compiled(**rest, **{variable.name: x}),
            np.reshape(found, np.shape(given[variable.name])),  # sizes of 1 have no axis in the result
            given[variable.name],
            method="central",
        )
        assert check.error <= 1e-7 * (1.0 + float(np.abs(found).max())), (function, variable)
        together = derived(**{name: np.stack([given[name]] * 3) for name in derived.arguments})
        np.testing.assert_allclose(together, np.stack([found] * 3), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("function", "variable"), VECTORS, ids=str)
def test_a_jacobian_is_that_of_the_function(function: Expression, variable: ex.Var) -> None:
    compiled, derived = Compiled(function), Compiled(ex.Jacobian(function, variable))
    for seed, (rows, columns) in enumerate(((4, 3), (2, 5), (1, 1), (3, 1))):
        given = arrays(ex.Jacobian(function, variable), seed, n=rows, d=columns)
        rest = {name: given[name] for name in compiled.arguments if name != variable.name}
        if variable.name not in compiled.arguments:
            assert not np.any(derived(**given))
            continue
        wanted = central_differences(lambda x, rest=rest: compiled(**rest, **{variable.name: x}), given[variable.name])
        found = np.asarray(derived(**given))
        np.testing.assert_allclose(found.reshape(wanted.shape), wanted, rtol=1e-7, atol=1e-9)


def test_other_forms_of_derivatives() -> None:
    given = arrays(A * X * C + u * w.T, n=4, d=3)
    a, x, c = (given[name] for name in ("A", "X", "C"))
    found = Compiled(ex.Jacobian(Vec(A * X * C), Vec(X)))(A=a, X=x, C=c)
    np.testing.assert_allclose(found, np.kron(c.T, a), rtol=1e-12)
    square = Compiled(Vec(A * A.T))
    wanted = central_differences(lambda z: square(A=z.reshape(4, 4, order="F")), a.reshape(-1, order="F"))
    np.testing.assert_allclose(Compiled(ex.Jacobian(Vec(A * A.T), Vec(A)))(A=a), wanted, rtol=1e-9, atol=1e-9)
    change = matrix("dA", n, n)
    found = Compiled(ex.Differential(A.I, A, change))(A=a, dA=x @ x.T)
    np.testing.assert_allclose(found, -np.linalg.inv(a) @ x @ x.T @ np.linalg.inv(a), rtol=1e-9)
    for function in (ex.LogSumExp(X * w), sq(norm(u)) * (v.T * X * w), Ones(n).T * Apply("softplus", X * w)):
        slope = Compiled(ex.Gradient(function, w))
        rest = arrays(function, n=4, d=3)
        others = {name: array for name, array in rest.items() if name != "w"}
        wanted = central_differences(lambda z, others=others, slope=slope: slope(w=z, **others), rest["w"])
        np.testing.assert_allclose(Compiled(ex.Hessian(function, w))(**rest), wanted, rtol=1e-7, atol=1e-9)
    by_number = Compiled(ex.ScalarDerivative((X.T * X + lam * Eye(d)).I * X.T, lam))
    inverse = np.linalg.inv(x.T @ x + 0.3 * np.eye(3))
    np.testing.assert_allclose(by_number(X=x, lam=0.3), -inverse @ inverse @ x.T, rtol=1e-9)


def test_a_derivative_stands_in_a_formula_and_takes_names_apart() -> None:
    residual, loss = ex.Var("e", n, 1), ex.Var("L", 1, 1)
    context = Context(definitions=(Definition(loss, sq(norm(residual))), Definition(residual, y - X * w)))
    given = arrays(y - X * w, n=4, d=3)
    x, weights, targets = given["X"], given["w"], given["y"]
    step = Compiled(w - lam * ex.Gradient(loss, w), context)
    wanted = weights + 0.2 * x.T @ (targets - x @ weights)
    np.testing.assert_allclose(step(**given, lam=0.1), wanted, rtol=1e-12)
    partial = Compiled(ex.Gradient(loss, residual), context)
    np.testing.assert_allclose(partial(**given), 2 * (targets - x @ weights), rtol=1e-12)


def test_sums_over_a_family_are_written_out() -> None:
    t, T = index("t"), size("T")
    x = ex.Family("x", n)
    loss = ex.SumOver(sq(norm(x[t] - A * u)) * ex.Int(t), t, 1, T)
    given = arrays(A * u, n=4)
    family = {k: np.random.default_rng(k).standard_normal(4) for k in (1, 2, 3)}
    residuals = {k: family[k] - given["A"] @ given["u"] for k in family}
    found = Compiled(ex.Gradient(loss, u))(**given, x=family, T=3)
    np.testing.assert_allclose(found, sum(-2 * k * given["A"].T @ r for k, r in residuals.items()), rtol=1e-12)
    found = Compiled(ex.Gradient(loss, x[2]))(**given, x=family, T=3)
    np.testing.assert_allclose(found, 4 * residuals[2], rtol=1e-12)


def test_a_derivative_through_a_recurrence_is_backpropagation() -> None:
    outputs, t, T = size("k"), index("t"), size("T")
    W, U, V = matrix("W", n, d), matrix("U", n, n), matrix("V", outputs, n)
    h, x, z = ex.Family("h", n), ex.Family("x", d), ex.Family("z", outputs)
    loss = ex.Var("L", 1, 1)
    context = Context(
        recurrences=(Recurrence(h[t], Apply("tanh", W * x[t] + U * h[t - 1])),),
        definitions=(Definition(loss, ex.SumOver(sq(norm(z[t] - V * h[t])), t, 1, T)),),
    )
    generator = np.random.default_rng(0)
    steps = 6
    xs, zs = generator.standard_normal((steps, 1, 3)), generator.standard_normal((steps, 1, 2))
    start = generator.standard_normal((1, 4))
    weights = [generator.standard_normal(shape) for shape in ((4, 3), (4, 4), (2, 4))]
    expected = bptt.bptt(xs, zs, start, *weights, "tanh", keep_h=True)
    assert expected.h is not None
    given = {
        **dict(zip(("W", "U", "V"), weights, strict=True)),
        "h": {0: start[0]},
        "x": {k: xs[k - 1, 0] for k in range(1, steps + 1)},
        "z": {k: zs[k - 1, 0] for k in range(1, steps + 1)},
        "T": steps,
    }
    for variable, wanted in (
        (W, expected.W),
        (U, expected.U),
        (V, expected.V),
        (h[0], expected.h0[0]),
        (h[3], expected.h[2, 0]),
    ):
        gradient = Compiled(ex.Gradient(loss, variable), context)
        arguments = {name: given[name] for name in (*gradient.arguments, *gradient.integers)}
        np.testing.assert_allclose(gradient(**arguments), wanted, rtol=1e-10, atol=1e-12)
    # The adjoint recursion: twice the steps, twice the operations.
    counts = []
    for steps in (4, 8, 16):
        gradient = Compiled(ex.Gradient(loss, U), context)
        few = {**given, "T": steps, "x": dict.fromkeys(range(1, steps + 1), xs[0, 0])}
        few["z"] = dict.fromkeys(range(1, steps + 1), zs[0, 0])
        counts.append(len(gradient.operations(**few)))
    assert counts[2] - counts[1] <= 2 * (counts[1] - counts[0])


def test_a_number_that_recurs_has_derivatives_too() -> None:
    t, T, a = index("t"), size("T"), scalar("a")
    h, x = ex.Family("h"), ex.Family("x")
    context = Context(recurrences=(Recurrence(h[t], Apply("tanh", a * h[t - 1] + x[t])),))
    given = {"h": {0: 0.3}, "x": {1: 0.5, 2: -0.2, 3: 0.7}, "T": 3}
    value, slope = Compiled(h[T], context), Compiled(ex.ScalarDerivative(h[T], a), context)
    wanted = central_differences(lambda z: np.asarray(value(a=float(z), **given)), 0.4)
    np.testing.assert_allclose(slope(a=0.4, **given), wanted, rtol=1e-9)


def test_derivatives_of_softmax_and_log_sum_exp_do_not_overflow() -> None:
    big = np.array([1e4, 0.0, -1e4])
    with np.errstate(over="raise", invalid="raise"):
        assert Compiled(ex.Gradient(ex.LogSumExp(u), u))(u=big).tolist() == [1.0, 0.0, 0.0]
        assert Compiled(ex.Jacobian(ex.Softmax(u), u))(u=big).tolist() == np.zeros((3, 3)).tolist()
        cross_entropy = -(y.T * Apply("log", ex.Softmax(u)))
        found = Compiled(ex.Gradient(cross_entropy, u))(u=big, y=np.array([0.0, 1.0, 0.0]))
        assert found.tolist() == [1.0, -1.0, 0.0]


@pytest.mark.parametrize(
    ("derivative", "source"),
    [
        (ex.Gradient(sq(norm(y - X * w)), w), "return 2.0 * (X.T @ (X @ w - y))"),
        (ex.Gradient(u.T * A * u, u), "return (A + A.T) @ u"),
        (
            ex.Gradient(sq(norm(Y - H * Apply("tanh", X * W), "F")), W),
            "return 2.0 * (X.T @ (t2 - (t1 * t1).T * t2))",
        ),
        (ex.Gradient(ex.LogSumExp(u), u), "return softmax(u[:, None])[:, 0]"),
    ],
    ids=str,
)
def test_a_closed_form_is_what_one_would_write(derivative: Expression, source: str) -> None:
    assert Compiled(derivative).source(**arrays(derivative)).splitlines()[-1] == source


def test_what_has_no_derivative_here_is_refused() -> None:
    curvature = ex.Hessian(v.T * ex.Adjugate(A + ex.diag(u)) * v, u)
    assert Compiled(curvature)(A=np.eye(3), u=np.zeros(3), v=np.ones(3)).tolist() == (1 - np.eye(3)).tolist()
    with pytest.raises(NotCompiled, match="Gradient is not compiled: the calculus has no closed form"):
        Compiled(ex.Gradient(v.T * curvature * v, u))(A=np.eye(3), u=np.zeros(3), v=np.ones(3))
    with pytest.raises(np.linalg.LinAlgError):  # a multiple eigenvalue
        Compiled(ex.Hessian(ex.EigMax(A + ex.diag(u) * ex.diag(u)), u))(A=np.eye(2), u=np.ones(2))
    with pytest.raises(NotCompiled, match="a derivative by Add is not compiled"):
        Compiled(ex.Gradient(sq(norm(u + v)), u + v))(u=np.ones(2), v=np.ones(2))


def test_what_is_no_chain_is_one_einsum() -> None:
    """Six matrices between four indices, each with each: no vector, no chain."""
    names = ("ab", "ac", "ad", "bc", "bd", "cd")
    lengths = {"a": 2, "b": 3, "c": 4, "d": 5}
    graph = Graph(np.dtype(np.float64))
    low = Lowering(graph, Context(), {})
    given = {name: np.random.default_rng(k).random([lengths[i] for i in name]) for k, name in enumerate(names)}
    pieces = [Piece((graph.argument(name, (), given[name].shape),), *name) for name in names]
    for summed in ("abcd", "cd"):
        contraction = Contraction(low, pieces, list(summed), lengths)
        contraction.run()
        row, column = (None, None) if len(summed) == 4 else ("a", "b")
        numbers, chain = contraction.term(row, column, identity=False)
        node = numbers[0] if numbers else low.planner.chain(chain, (2, 3))[0]
        plan = Plan(node, graph.dtype, {(name, False): 2 for name in names})
        found = plan.single()(*(given[n.parameters[0]] for n in plan.inputs))
        wanted = np.einsum(f"{','.join(names)}->{'' if row is None else 'ab'}", *given.values())
        np.testing.assert_allclose(found, wanted, rtol=1e-12)
        many = plan.many()(*(np.stack([given[n.parameters[0]]] * 3) for n in plan.inputs))
        np.testing.assert_allclose(plan.finished(many, 3), np.stack([wanted] * 3), rtol=1e-12)


# random functions --------------------------------------------------------------------------------


def wrong_gradient(seed: int) -> bool:
    """Whether the gradient of the random number of that seed was compared; raises AssertionError where it is wrong."""
    grower = Grower(seed)
    function = grower.grow(NUMBER, 2 + seed % 2)
    leaves = {leaf for row in LEAVES.values() for leaf in row if isinstance(leaf, ex.Var)}
    inside = sorted({node for node in ex.walk(function) if node in leaves}, key=str)
    if not inside:
        return False
    variable = inside[seed % len(inside)]
    compiled, derived = Compiled(function), Compiled(ex.Gradient(function, variable))
    for rows, columns in ((3, 2), (1, 1), (2, 4)):
        told = {name: {"n": rows, "d": columns}[name] for name in compiled.integers}
        given = values(seed, rows, columns)
        try:
            with np.errstate(all="ignore"):
                found = derived(**{name: given[name] for name in derived.arguments}, **told)
        except NotCompiled:
            return False
        if not np.all(np.isfinite(found)):
            return False  # the norm of what relu has made 0 has no derivative
        rest = {name: given[name] for name in compiled.arguments if name != variable.name}
        check = check_gradient(
            lambda x, rest=rest, told=told: compiled(**rest, **told, **{variable.name: x}),
            np.reshape(found, np.shape(given[variable.name])),
            given[variable.name],
            method="central",
        )
        scale = 1.0 + float(np.abs(found).max())
        assert check.error <= 1e-6 * scale + 2 * check.uncertainty, (function, variable, rows, columns)
    return True


def test_gradients_of_random_functions_are_those_of_differences() -> None:
    assert sum(wrong_gradient(seed) for seed in range(120)) > 80


# the tables --------------------------------------------------------------------------------------


def claims() -> list[Any]:
    found = []
    for table in (derivatives, log_determinants, networks, optimisation, products, vector_calculus):
        for row in table.ROWS:
            claim = row.true
            if not isinstance(claim, Relation) or claim.op != "=" or row.context.hypotheses or row.context.random:
                continue
            both = [node for side in (claim.left, claim.right) for node in ex.walk(side)]
            if not any(type(node) in DERIVATIVES for node in both):
                continue
            sides = (claim.left, claim.right)
            if all(compilable(side, row.context, derivatives=True) for side in sides):
                found.append(pytest.param(row, id=f"{table.__name__.rpartition('.')[2]}:{row.name}"))
    return found


CLAIMS = claims()
COMPARED: set[str] = set()


@pytest.mark.parametrize("row", CLAIMS)
def test_both_sides_of_a_rule_for_derivatives_have_one_value(row: Row) -> None:
    both = row.true.left - row.true.right  # one set of arguments for the two
    for seed, numbers in enumerate(SIZES):
        drawn = draw(both, row.context, numbers, seed)
        if drawn is None:
            continue
        arguments, direct = drawn
        with np.errstate(all="ignore"):
            try:
                left, right = (
                    spread(Compiled(side, row.context)(**_needed(side, row.context, arguments, numbers)), side, direct)
                    for side in (row.true.left, row.true.right)
                )
            except NotCompiled as error:
                assert any(word in str(error) for word in ("closed form", "derivative"))  # noqa: PT017
                return
        np.testing.assert_allclose(left, right, rtol=1e-7, atol=1e-8)
        COMPARED.add(row.name)


def _needed(side: Expression, context: Context, arguments: dict[str, Any], numbers: dict[str, int]) -> dict[str, Any]:
    """The arguments of one side; a size that only this side has to be told is drawn as the others were."""
    compiled = Compiled(side, context)
    told = {name: numbers.get(name, 1 if numbers["n"] == 1 else 2) for name in compiled.integers}
    return {**{name: arguments[name] for name in compiled.arguments}, **told}


def test_most_rules_for_derivatives_were_compared() -> None:
    assert len(COMPARED) >= 0.8 * len(CLAIMS) > 50
