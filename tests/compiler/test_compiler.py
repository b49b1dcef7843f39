"""Compiled expressions against direct evaluation, what their plans avoid, instances, and messages."""

from __future__ import annotations

import inspect
import pickle
from typing import Any

import mpmath
import numpy as np
import pytest
from sympy import Matrix, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Recurrence, Relation
from everystep.algebra.expressions import Expression, Eye, matrix, odot, scalar, sq, vector, walk
from everystep.algebra.functions import FUNCTIONS, known
from everystep.algebra.shapes import ShapeError, index, size, sizes
from everystep.compiler.compiled import Compiled
from everystep.compiler.lowering import BUILDERS, NotCompiled
from tests.compiler.direct import SCALAR_FUNCTIONS, Direct
from tests.identities import adjugates, algebra, determinants, functions, inverses, networks, optimisation, order, sums
from tests.identities.notation import Row

TABLES = (adjugates, algebra, inverses, determinants, networks, functions, sums, order, optimisation)


def names_of(expression: Expression, context: Context) -> dict[Any, ex.Expression]:
    bodies = [d.body for d in context.definitions] + [r.body for r in context.recurrences]
    found: dict[Any, ex.Expression] = {}
    for tree in (expression, *bodies):
        for node in walk(tree):
            if isinstance(node, (ex.Var, ex.Member)):
                found[node.name] = node
    return found


def draw(
    expression: Expression, context: Context, numbers: dict[str, int], seed: int
) -> tuple[dict[str, Any], Direct] | None:
    """Arguments for the compiled expression, and the direct evaluator of the same; None if a size cannot be told."""
    generator = np.random.default_rng(seed)
    trees = (expression, *(d.body for d in context.definitions), *(r.body for r in context.recurrences))
    symbols = {s for tree in trees for s in tree.free_symbols}
    values_of = {s: numbers.get(s.name, 1 if numbers["n"] == 1 else 2) for s in symbols}
    arguments: dict[str, Any] = {}
    values: dict[Any, Any] = {}
    compiled = Compiled(expression, context)
    for name, node in names_of(expression, context).items():
        if name not in compiled.arguments:
            continue
        rows, columns = (int(s.subs(values_of)) for s in node.args[1:3])

        def one(rows: int = rows, columns: int = columns) -> Any:
            array = generator.uniform(0.2, 1.2, (rows, columns))
            return array + 2 * np.eye(rows) if rows == columns > 1 else array

        if isinstance(node, ex.Member):
            places = [()]
            for _ in node.at:
                places = [(*p, k) for p in places for k in range(10)]
            members = {place: one() for place in places}
            values |= {(name, *place): array for place, array in members.items()}
            arguments[name] = {
                place if len(place) > 1 else place[0]: squeezed(array, node) for place, array in members.items()
            }
        else:
            values[name] = one()
            arguments[name] = squeezed(values[name], node)
    for name in compiled.integers:
        arguments[name] = next(int(value) for symbol, value in values_of.items() if symbol.name == name)
    return arguments, Direct(values, values_of, context)


def squeezed(array: Any, node: ex.Expression) -> Any:
    if node.shape[1] != 1:
        return array
    return array[0, 0] if node.shape[0] == 1 else array[:, 0]


def spread(result: Any, expression: Expression, direct: Direct) -> Any:
    """The compiled result with two axes again."""
    return np.asarray(result).reshape([direct.integer(s) for s in expression.shape])


LIMITS = {ex.Limit, ex.LimitAt}
"""Compared in test_limits.py."""

DERIVATIVES = {ex.Gradient, ex.Jacobian, ex.Hessian, ex.ScalarDerivative, ex.Differential}
"""Compared in test_derivatives.py: direct evaluation has none."""


def compilable(expression: Expression, context: Context, derivatives: bool = False) -> bool:
    trees = (expression, *(d.body for d in context.definitions), *(r.body for r in context.recurrences))
    nodes = [node for tree in trees for node in walk(tree)]
    opaque = any(
        isinstance(node, ex.Call) or (isinstance(node, ex.Apply) and not known(node.function)) for node in nodes
    )
    kinds = set(BUILDERS) - LIMITS - (set() if derivatives else DERIVATIVES)
    return {type(node) for node in nodes} <= kinds and not opaque


def sides() -> list[Any]:
    found = []
    for table in TABLES:
        for row in table.ROWS:
            for number, claim in enumerate((row.true, *row.false)):
                if isinstance(claim, Relation):
                    for side in ("left", "right"):
                        expression = getattr(claim, side)
                        if compilable(expression, row.context):
                            label = f"{table.__name__.rpartition('.')[2]}:{row.name}.{number}.{side}"
                            found.append(pytest.param(expression, row, id=label))
    return found


SIDES = sides()
# More rows than columns, fewer, and everything 1 x 1.
SIZES: tuple[dict[str, int], ...] = (
    {"n": 4, "d": 3, "m": 2, "T": 4, "N": 3},
    {"n": 2, "d": 5, "m": 3},
    {"n": 1, "d": 1, "m": 1},
)


def test_most_of_the_tables_are_compiled() -> None:
    assert len(SIDES) > 1000


@pytest.mark.parametrize(("expression", "row"), SIDES)
def test_a_side_of_an_identity_has_the_value_of_its_direct_evaluation(expression: Expression, row: Row) -> None:
    for seed, numbers in enumerate(SIZES):
        try:
            expression.shape  # noqa: B018 - an ill-typed twin
        except ShapeError:
            with pytest.raises(ShapeError):
                Compiled(expression, row.context)
            return
        drawn = draw(expression, row.context, numbers, seed)
        if drawn is None:
            continue
        arguments, direct = drawn
        compiled = Compiled(expression, row.context)
        with np.errstate(all="ignore"):
            try:
                expected = direct.value(expression)
            except np.linalg.LinAlgError:
                continue
            except IndexError:  # a false twin looks beside the matrix
                with pytest.raises(NotCompiled, match="lies outside a matrix"):
                    compiled(**arguments)
                continue
            found = compiled(**arguments)
            again = compiled(**arguments)  # by the code that was made for arguments like these
        np.testing.assert_allclose(spread(found, expression, direct), expected, rtol=1e-7, atol=1e-9)
        np.testing.assert_array_equal(again, found)
        assert (np.shape(again), again.dtype) == (np.shape(found), found.dtype)


# what plans do and avoid ------------------------------------------------------------------------

n, d, k = sizes("n d k")
A, B, C = matrix("A", n, n), matrix("B", n, n), matrix("C", n, n)
X, Y = matrix("X", n, d), matrix("Y", n, d)
u, v, y = vector("u", n), vector("v", n), vector("y", n)
w, z = vector("w", d), vector("z", d)
g, lam = scalar("g"), scalar("lambda")
I = Eye(n)  # noqa: E741 - what the identity matrix is called


def arrays(expression: Expression, seed: int = 0, **numbers: int) -> dict[str, Any]:
    drawn = draw(expression, Context(), {"n": 40, "d": 30, "k": 20, **numbers}, seed)
    assert drawn is not None
    return drawn[0]


def plan(expression: Expression, **numbers: int) -> list[tuple[str, tuple[int, int]]]:
    return list(Compiled(expression).operations(**arrays(expression, **numbers)))


def names(expression: Expression, **numbers: int) -> list[str]:
    return [name for name, _ in plan(expression, **numbers) if name != "transpose"]


def largest(expression: Expression, **numbers: int) -> int:
    """The entries of the largest array that a plan makes, transposed views apart."""
    return max(rows * columns for name, (rows, columns) in plan(expression, **numbers) if name != "transpose")


@pytest.mark.parametrize(
    "expression",
    [
        A * B * C * u,
        (A * B) * (C * u),
        u.T * A * B,
        (I - u * v.T) * y,
        (I - u * u.T / sq(ex.norm(u))) * v,
        g / ex.norm(u) * (I - u * u.T / sq(ex.norm(u))) * v,
        ex.diag(u) * A * ex.diag(v) * y,
        (A + B + lam * I) * v,
        (A + u * v.T) * (B - I) * y,
        ex.Trace(u * v.T * A),
        ex.DiagPart(u * v.T),
        X.T * (y - X * w),
        ex.DiagPart(X * Y.T),
        odot(u, v),
        ex.Row(A, 1) * B * u,
    ],
    ids=str,
)
def test_no_matrix_is_formed_where_vectors_do(expression: Expression) -> None:
    assert largest(expression) <= 40


@pytest.mark.parametrize(
    ("expression", "most"),
    [
        (ex.diag(u) * X * ex.diag(w), 40 * 30),  # scaled rows and columns
        (odot(X, y * w.T), 40 * 30),
        (ex.Trace(X.T * Y), 1),
        (ex.Kron(A, B) * ex.Vec(C), 40 * 40),
        (X * X.T * X, 40 * 30),
        (ex.DiagPart(X * Y.T * A), 40 * 30),
        (ex.DiagPart(A * X * Y.T), 40 * 30),
    ],
    ids=str,
)
def test_no_larger_array_than_needed_is_made(expression: Expression, most: int) -> None:
    assert largest(expression) <= most


def test_inverses_become_solves() -> None:
    assert names(A.I * u) == ["solve"]
    assert names(u.T * A.I) == ["solve"]
    assert names(A.I * B * u) == ["matmul", "solve"]
    assert names((X.T * X + lam * Eye(d)).I * X.T * y).count("solve") == 1
    assert "inverse" not in names((A * B).I * u)
    assert names(A.I) == ["inverse"]
    assert names(ex.diag(u).I * v) == ["reciprocal", "multiply"]
    assert names((A.I).I * u) == ["matmul"]


def test_right_sides_of_one_matrix_are_solved_together() -> None:
    both = u.T * A.I * v + ex.Trace(A.I * X * Y.T)
    assert names(both).count("solve") == 1
    assert plan(both)[[name for name, _ in plan(both)].index("solve")] == ("solve", (40, 31))
    # A solution that is a right side again comes after, with what does not rest on it.
    nested = A.I * (A.I * u + v) + A.I * y
    assert names(nested).count("solve") == 2
    # Of two matrices whose solutions rest on each other only one pair can go together.
    crossed = A.I * (B.I * u) + B.I * (A.I * v)
    assert names(crossed).count("solve") == 3
    for expression in (both, nested, crossed):
        given = arrays(expression, n=4, d=3)
        direct = draw(expression, Context(), {"n": 4, "d": 3}, 0)
        assert direct is not None
        found = Compiled(expression)(**given)
        np.testing.assert_allclose(spread(found, expression, direct[1]), direct[1].value(expression), rtol=1e-9)


def test_what_is_written_twice_is_evaluated_once() -> None:
    residual = y - X * w
    twice = residual.T * residual + 2 * (residual.T * u)
    assert names(twice).count("matmul") == 1
    z_ = ex.Apply("exp", X * w)
    assert names(odot(z_, z_) + z_).count("exp") == 1
    assert names((X.T * X) * w + (X.T * X) * z).count("matmul") == 4


def test_a_scaled_identity_is_added_on_the_diagonal() -> None:
    assert names(A + lam * I) == ["add_diagonal"]
    assert names(A + lam * I - 2 * I).count("add_diagonal") == 1
    assert "diagonal_matrix" not in names(A + ex.diag(u) + I)


def test_the_order_follows_the_sizes() -> None:
    P, Q, R = matrix("P", n, d), matrix("Q", d, k), matrix("R", k, n)
    product = P * Q * R
    shapes = [shape for name, shape in plan(product, n=50, d=2, k=60) if name == "matmul"]
    assert shapes == [(2, 50), (50, 50)]
    shapes = [shape for name, shape in plan(product, n=50, d=60, k=2) if name == "matmul"]
    assert shapes == [(50, 2), (50, 50)]


# arguments and results ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    [
        X.T * (y - X * w),
        A.I * u,
        u.T * A.I * v,
        (A + lam * I).I * B,
        sq(ex.norm(y - X * w)) + lam * sq(ex.norm(w)),
        ex.diag(u) * X * ex.diag(w),
        ex.Trace(A * B) * (X.T * X + ex.Eye(d)),
        ex.Kron(A, B) * ex.Vec(C),
        ex.Softmax(X * w),
        ex.LogSumExp(u) + ex.Apply("log", ex.Det(A)),
        ex.DiagPart(X * Y.T) + ex.Unit(n, 1),
        ex.Block(2, A, u, v.T, g),
        ex.Max(u, v) + ex.norm(A, "1") + ex.EigMax(A + A.T),
        ex.Row(X, 1) * w,
        A.I * u + (A.I * y) * (v.T * A.I * v),
        A**2 * u - ex.diag(u) * v,
        odot(X, y * w.T),
    ],
    ids=str,
)
def test_instances_along_a_first_axis_are_evaluated_together(expression: Expression) -> None:
    compiled = Compiled(expression)
    each = [arrays(expression, seed=s, n=4, d=3) for s in range(5)]
    together = {name: np.stack([one[name] for one in each]) for name in compiled.arguments}
    expected = np.stack([compiled(**one) for one in each])
    np.testing.assert_allclose(compiled(**together), expected, rtol=1e-9, atol=1e-11)
    for shared in compiled.arguments:
        some = {**together, shared: each[0][shared]}
        expected = np.stack([compiled(**{**one, shared: each[0][shared]}) for one in each])
        found = compiled(**some)
        if len(compiled.arguments) > 1:
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


def test_results_have_the_shape_of_the_mathematics_and_the_dtype_of_the_arguments() -> None:
    for dtype in (np.float32, np.float64):
        given = {name: np.asarray(a, dtype) for name, a in arrays(X * w + y + lam * u, n=4, d=3).items()}
        for expression, shape in (
            (X * w + lam * u / 3, (4,)),
            (lam * (u.T * y), ()),
            (2 * X, (4, 3)),
            (w.T * X.T, (1, 4)),
        ):
            compiled = Compiled(expression)
            found = compiled(**{name: given[name] for name in compiled.arguments})
            assert (np.shape(found), found.dtype) == (shape, dtype)
    assert Compiled(Eye(2) + ex.Ones(2, 2))().tolist() == [[2, 1], [1, 2]]
    assert Compiled(u + v)(u=[1, 2], v=[3, 4]).tolist() == [4.0, 6.0]


def test_results_never_lie_in_the_memory_of_arguments() -> None:
    given = arrays(A * u + g * v, n=4)
    for expression in (
        A,
        A.T,
        ex.Row(A, 1).T,
        ex.Vec(A),
        ex.DiagPart(A),
        u,
        g * Eye(1),
        ex.Ones(n) + 0 * u,
        ex.Ones(2),
    ):
        compiled = Compiled(expression)
        here = {name: np.array(given[name]) for name in compiled.arguments}
        for _ in range(2):
            first = compiled(**here)
            kept = np.copy(first)
            np.asarray(first)[...] += 1.0 if np.ndim(first) else 0.0
            np.testing.assert_array_equal(compiled(**here), kept)
            for name, array in here.items():
                np.testing.assert_array_equal(array, given[name])


def test_a_call_with_shapes_seen_before_is_checked_as_the_first() -> None:
    compiled = Compiled(X * w + lam * y)
    given = arrays(X * w + lam * y, n=4, d=3)
    first = compiled(**given)
    for _ in range(2):
        np.testing.assert_array_equal(compiled(**given), first)
        single = {name: np.asarray(a, np.float32) for name, a in given.items() if name != "lambda"}
        assert compiled(**single, **{"lambda": 0.5}).dtype == np.float32
        whole = {"X": np.ones((4, 3), int), "w": np.ones(3, int), "y": np.ones(4), "lambda": 2.0}
        np.testing.assert_array_equal(compiled(**whole), 5 * np.ones(4))
        with pytest.raises(ValueError, match="w has 4 for d"):
            compiled(**{**given, "w": np.ones(4)})
        with pytest.raises(ValueError, match="q is not an argument"):
            compiled(**{name: a for name, a in given.items() if name != "w"}, q=1.0)


def test_arguments_are_not_modified_and_results_are_not_views_of_temporaries() -> None:
    expression = A + lam * I - B + X * Y.T
    given = arrays(expression, n=4)
    copies = {name: np.copy(a) for name, a in given.items()}
    compiled = Compiled(expression)
    first = compiled(**given)
    kept = first.copy()
    compiled(**{name: 2 * a for name, a in given.items()})
    np.testing.assert_array_equal(first, kept)
    for name, a in given.items():
        np.testing.assert_array_equal(a, copies[name])


def test_definitions_recurrences_and_sums_are_written_out() -> None:
    n_, T = size("n"), size("T")
    t, s = index("t"), index("s")
    h, x = ex.Family("h", n_), ex.Family("x", n_)
    U = matrix("U", n_, n_)
    context = Context(
        definitions=(Definition(ex.Var("M", n_, n_), U.T * U),),
        recurrences=(Recurrence(h[t], ex.Apply("tanh", U * h[t - 1] + x[t])),),
    )
    expression = ex.SumOver(ex.Var("M", n_, n_) * h[s], s, 1, T)
    compiled = Compiled(expression, context)
    assert (compiled.arguments, compiled.integers) == (("U", "h", "x"), ("T",))
    random = np.random.default_rng(0)
    matrix_u, xs = random.standard_normal((3, 3)), random.standard_normal((6, 3))
    state, total = np.zeros(3), np.zeros(3)
    for step in range(1, 6):
        state = np.tanh(matrix_u @ state + xs[step])
        total = total + matrix_u.T @ matrix_u @ state
    found = compiled(U=matrix_u, h={0: np.zeros(3)}, x={step: xs[step] for step in range(1, 6)}, T=5)
    np.testing.assert_allclose(found, total, rtol=1e-12)
    with pytest.raises(ValueError, match=r"x\[6\] is not given"):
        compiled(U=matrix_u, h={0: np.zeros(3)}, x={step: xs[step] for step in range(1, 6)}, T=6)


def test_a_long_recurrence_is_written_out_without_deep_recursion() -> None:
    t, T = index("t"), size("T")
    h = ex.Family("h")
    context = Context(recurrences=(Recurrence(h[t], h[t - 1] / 2 + 1),))
    compiled = Compiled(h[T], context)
    assert compiled(h={0: 0.0}, T=2000) == pytest.approx(2.0)
    assert compiled(h={0: 0.0}, T=3) == 1.75
    with pytest.raises(NotCompiled, match="more than 20000 expressions"):
        compiled(h={0: 0.0}, T=30_000)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_derivatives_of_known_functions_are_those_of_the_formulas(name: str) -> None:
    x = np.array([0.3, 1.7, 2.5])
    for times in (0, 1, 2):
        found = Compiled(ex.Apply(name, u, times))(u=x)
        np.testing.assert_allclose(found, SCALAR_FUNCTIONS[name][times](x), rtol=1e-10, atol=1e-14)
    if FUNCTIONS[name].kinks:
        assert Compiled(ex.Apply(name, u, 1))(u=np.zeros(2)).tolist() == [0.0, 0.0]


def test_logistic_and_softmax_overflow_nowhere() -> None:
    big = np.array([-1e4, 0.0, 1e4])
    with np.errstate(over="raise", invalid="raise"):
        assert Compiled(ex.Apply("logistic", u))(u=big).tolist() == [0.0, 0.5, 1.0]
        assert Compiled(ex.Softmax(u))(u=big).tolist() == [0.0, 0.0, 1.0]
        assert Compiled(ex.LogSumExp(u))(u=big) == 1e4
        assert Compiled(ex.Apply("softplus", u))(u=big).tolist() == [0.0, np.log(2), 1e4]
        assert Compiled(ex.Apply("log", ex.Det(A)))(A=1e3 * np.eye(300)) == pytest.approx(300 * np.log(1e3))


def test_the_printed_source_computes_the_same() -> None:
    for expression in (
        (X.T * X + lam * Eye(d)).I * X.T * y,
        g / ex.norm(u) * (I - u * u.T / sq(ex.norm(u))) * v,
        ex.Trace(A * B) * ex.diag(u) * X - y * w.T,
        ex.Kron(A, B) * ex.Vec(C) + ex.Vec(A),
        ex.Block(2, A, u, v.T, g) * ex.Ones(n + 1),
        ex.Max(u, v) * ex.Unit(n, 2) + ex.DiagPart(X * Y.T),
        -A + ex.Apply("logistic", B) / 2 + ex.Entry(A, 1, 2) * B.I,
    ):
        given = arrays(expression, n=4, d=3)
        compiled = Compiled(expression)
        inside = "\n".join(f"    {line}" for line in compiled.source(**given).splitlines())
        scope: dict[str, Any] = {"np": np}
        given_names = [name.replace("lambda", "lambda_") for name in given]
        exec(f"def f({', '.join(given_names)}):\n{inside}", scope)  # noqa: S102 - our own text, which this test is about
        np.testing.assert_array_equal(scope["f"](*given.values()), compiled(**given))


def test_code_for_shapes_seen_before_takes_no_others() -> None:
    compiled = Compiled(X * w + lam * y)
    given = arrays(X * w + lam * y, n=4, d=3)
    first = compiled(**given)
    other = arrays(X * w + lam * y, n=3, d=4)
    many = {**given, "w": np.stack([given["w"]] * 5)}
    single = {name: np.asarray(a, np.float32) for name, a in given.items()}
    weak = {**given, "lambda": float(given["lambda"])}
    weak_many = {**many, "lambda": float(given["lambda"])}
    numpy = {**given, "lambda": np.float64(given["lambda"])}
    numpy_many = {**many, "lambda": np.float64(given["lambda"])}
    turned = {**given, "X": np.asfortranarray(given["X"])}
    for _ in range(2):
        for arguments, shape, dtype in (
            (given, (4,), np.float64),
            (other, (3,), np.float64),
            (many, (5, 4), np.float64),
            (single, (4,), np.float32),
            (weak, (4,), np.float64),
            (weak_many, (5, 4), np.float64),
            (numpy, (4,), np.float64),
            (numpy_many, (5, 4), np.float64),
            (turned, (4,), np.float64),
        ):
            found = compiled(**arguments)
            assert (found.shape, found.dtype) == (shape, dtype)
            if arguments is not other:
                np.testing.assert_allclose(np.atleast_2d(found)[0], first, rtol=1e-5 if dtype == np.float32 else 1e-12)
    for _ in range(2):
        with pytest.raises(ValueError, match="expected one dtype"):
            compiled(**{**given, "lambda": np.float32(0.5)})
    whole = Compiled(ex.Unit(n, index("k")) + 0 * ex.Ones(n))
    for place in (1, 2, 1):
        assert whole(n=2, k=place).tolist() == [float(place == 1), float(place == 2)]


def test_names_are_never_part_of_the_code() -> None:
    name = 'a"]; raise SystemExit  # \\'
    expression = X * ex.Var(name, d, 1)
    for instances in ((), (4,)):
        given = {"X": np.ones((3, 2)), name: np.ones((*instances, 2))}
        compiled = Compiled(expression)
        for _ in range(2):
            np.testing.assert_array_equal(compiled(**given), 2 * np.ones((*instances, 3)))
        assert compiled.source(**given) == "return X @ a____raise_SystemExit_____"


def test_the_code_is_what_one_would_write() -> None:
    source = Compiled(X.T * (y - X * w)).source(**arrays(X.T * (y - X * w)))
    assert source == "return X.T @ (y - X @ w)"
    source = Compiled((X.T * X + lam * Eye(d)).I * X.T * y).source(**arrays(lam * X.T * y))
    assert source.splitlines()[1:] == [
        "return np.linalg.solve(add_diagonal(X.T @ X, lambda_), X.T @ y)",
    ]


ARRAYS = {"X": np.ones((3, 2)), "w": np.ones(2), "y": np.ones(3)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": None}, "X is not given; expected X, w, y"),
        ({"q": 1.0}, "q is not an argument; expected X, w, y"),
        ({"w": np.ones(3)}, r"w has 3 for d; expected \(d,\) with d = 2 as in X$"),
        ({"X": np.ones((3, 4)), "y": np.ones((3, 1))}, r"X has 3 for n; .* n = 1 as in y of shape \(3, 1\), instances"),
        (
            {"w": np.ma.array([1.0, 2.0], mask=[True, False])},
            r"w of shape \(2,\) has masked entries; expected an array",
        ),
        ({"w": np.ones((2, 1))}, "w has 1 for d"),
        ({"w": np.ones((1, 2, 1))}, r"w has shape \(1, 2, 1\); expected \(d,\), or one axis of instances"),
        ({"y": np.ones((4, 3)), "w": np.ones((5, 2))}, "has shape .* instances, as the others have"),
        ({"w": np.ones(2, np.float32)}, "expected one dtype"),
        ({"w": np.ones(2, complex)}, r"w has shape \(2,\) and dtype complex128; expected float32 or float64"),
        ({"X": np.ones((0, 2))}, r"X has shape \(0, 2\) and is empty"),
        ({"w": [[1.0], [1.0, 2.0]]}, "w is ragged"),
    ],
)
def test_bad_arguments_are_named(change: dict[str, Any], message: str) -> None:
    given = {name: value for name, value in {**ARRAYS, **change}.items() if value is not None}
    with pytest.raises(ValueError, match=message):
        Compiled(y - X * w)(**given)


@pytest.mark.parametrize("scale", [0.0, 1e-8, 0.3, 1.0, 5.0, 20.0])
def test_the_matrix_exponential_agrees_with_many_digits(scale: float) -> None:
    exponential = Compiled(ex.MatrixFunction("exp", A))
    for rows in (1, 2, 5):
        matrix_ = scale * np.random.default_rng(rows).standard_normal((rows, rows))
        with mpmath.workdps(60):
            wanted = np.array(mpmath.expm(mpmath.matrix(matrix_.tolist()), method="taylor").tolist(), float)
        found = exponential(A=matrix_)
        assert np.abs(found - wanted).max() <= 2e-15 * max(1.0, np.abs(matrix_).sum()) * np.abs(wanted).max()
        single = exponential(A=matrix_.astype(np.float32))
        assert single.dtype == np.float32
        assert np.abs(single - wanted).max() <= 2e-6 * max(1.0, np.abs(matrix_).sum()) * np.abs(wanted).max()
    several = np.random.default_rng(0).standard_normal((3, 4, 4)) * np.array([0.1, 1.0, 4.0])[:, None, None]
    batched = exponential(A=several)
    for one, of_it in zip(several, batched, strict=True):
        np.testing.assert_allclose(of_it, exponential(A=one), rtol=1e-12, atol=1e-13 * np.abs(of_it).max())


def test_derivatives_of_the_matrix_exponential_are_those_of_the_calculus() -> None:
    given = {"A": np.random.default_rng(1).standard_normal((3, 3)), "u": np.array([1.0, -2.0, 0.5]), "g": 0.3}
    exponential = ex.MatrixFunction("exp", g * A)
    speed = Compiled(ex.ScalarDerivative(exponential * u, g))
    assert speed.source(**given).splitlines()[-1] == "return A @ (matrix_exponential(g * A) @ u)"
    moved = Compiled(exponential * u)
    ahead, behind = (moved(**{**given, "g": 0.3 + r}) for r in (1e-5, -1e-5))
    np.testing.assert_allclose(speed(**given), (ahead - behind) / 2e-5, rtol=1e-8)


@pytest.mark.parametrize("size_", [1, 2, 5])
def test_logarithms_and_roots_of_matrices_are_those_of_many_digits(size_: int) -> None:
    root = np.random.default_rng(size_).standard_normal((size_, size_))
    for scale in (1e-3, 1.0, 1e3):
        for matrix_ in (scale * (root @ root.T + np.eye(size_) / 10), scale * (root + 2 * size_ * np.eye(size_))):
            exact = mpmath.matrix(matrix_.tolist())
            for of, function in (
                (ex.MatrixFunction("log", A), mpmath.logm),
                (A ** ex.Num("1/2"), mpmath.sqrtm),
                (A ** ex.Num("-3/2"), lambda a: mpmath.sqrtm(a) ** -3),
                (A ** ex.Num("1/3"), lambda a: mpmath.powm(a, mpmath.mpf(1) / 3)),
            ):
                wanted = np.array(function(exact).tolist(), dtype=complex).real
                found = Compiled(of)(A=matrix_)
                np.testing.assert_allclose(
                    found, wanted.reshape(np.shape(found)), rtol=0, atol=1e-12 * np.abs(wanted).max()
                )
                both = Compiled(of)(A=np.stack([matrix_, np.eye(size_)]))
                np.testing.assert_allclose(both[0], found, rtol=0, atol=1e-12 * np.abs(wanted).max())


def test_a_root_of_a_singular_matrix_and_of_none() -> None:
    root = Compiled(A ** ex.Num("1/2"))
    flat = np.array([[1.0, 2.0], [2.0, 4.0]])
    np.testing.assert_allclose(root(A=flat), flat / np.sqrt(5), rtol=1e-12)
    assert np.isnan(root(A=-np.eye(2))).all()
    assert root(A=flat.astype(np.float32)).dtype == np.float32
    assert np.isnan(Compiled(ex.MatrixFunction("log", A))(A=-np.eye(2))).all()


@pytest.mark.parametrize("name", ["sin", "cos", "tanh", "logistic", "softplus", "reciprocal"])
def test_functions_of_matrices_are_those_of_their_eigenvalues(name: str) -> None:
    function = {
        "sin": mpmath.sin,
        "cos": mpmath.cos,
        "tanh": mpmath.tanh,
        "logistic": lambda z: 1 / (1 + mpmath.exp(-z)),
        "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)),
        "reciprocal": lambda z: 1 / z,
    }[name]
    compiled = Compiled(ex.MatrixFunction(name, A))
    generator = np.random.default_rng(1)
    with mpmath.workdps(40):
        for size_, scale in ((1, 1.0), (2, 0.01), (4, 1.0), (5, 3.0)):
            given = scale * generator.standard_normal((size_, size_))
            values, vectors = mpmath.eig(mpmath.matrix(given.tolist()))
            wanted = vectors * mpmath.diag([function(z) for z in values]) * vectors**-1
            exact = np.array([[float(mpmath.re(wanted[i, j])) for j in range(size_)] for i in range(size_)])
            np.testing.assert_allclose(compiled(A=given), exact, rtol=0, atol=1e-11 * np.abs(exact).max())
            together = compiled(A=np.stack([given, 2 * given]))
            np.testing.assert_allclose(together[0], exact, rtol=0, atol=1e-11 * np.abs(exact).max())
    assert compiled(A=np.eye(2, dtype=np.float32)).dtype == np.float32


@pytest.mark.parametrize("size_", [1, 2, 3, 6])
def test_an_adjugate_is_its_cofactors_whatever_the_rank(size_: int) -> None:
    compiled, generator = Compiled(ex.Adjugate(A)), np.random.default_rng(2)
    for rank in range(size_ + 1):
        whole = generator.integers(-3, 4, (size_, rank)) @ generator.integers(-3, 4, (rank, size_))
        exact = np.array(Matrix(whole.tolist()).adjugate().tolist(), float)
        given = whole.astype(float)
        # What a relative change of the matrix by rounding may make: derivatives are made of n - 2 of its entries.
        reach = max(1.0, np.linalg.norm(given, 2)) ** (size_ - 1)
        np.testing.assert_allclose(compiled(A=given), exact, rtol=0, atol=1e-15 * size_**2 * reach)
        np.testing.assert_allclose(compiled(A=np.stack([given] * 2))[1], compiled(A=given), rtol=1e-12, atol=1e-12)
        small = compiled(A=given.astype(np.float32))
        assert small.dtype == np.float32
        np.testing.assert_allclose(small, exact, rtol=0, atol=1e-6 * size_**2 * reach)


def test_the_derivative_of_a_determinant_along_any_direction_is_by_the_adjugate() -> None:
    singular = np.outer([1.0, 2.0, -1.0], [3.0, 0.5, 1.0]) + np.outer([0.0, 1.0, 1.0], [1.0, -1.0, 2.0])
    change = np.random.default_rng(3).standard_normal((3, 3))
    found = Compiled(ex.Trace(ex.Adjugate(A) * B))(A=singular, B=change)
    t = Symbol("t")
    along = Matrix(singular.tolist()) + t * Matrix(change.tolist())
    assert found == pytest.approx(float(along.det().expand().coeff(t, 1)), rel=1e-12)


def test_large_powers_are_squares() -> None:
    given = np.array([[1.0, 0.1], [0.0, 0.9]])
    for k in (17, 40, 100, -25):
        power = Compiled(A ** ex.Num(k))
        np.testing.assert_allclose(power(A=given), np.linalg.matrix_power(given, k), rtol=1e-10)
        assert len(power.operations(A=given)) < 16
    by_number = Compiled(A**g)
    np.testing.assert_allclose(by_number(A=given @ given, g=0.5), given, rtol=1e-12)
    with np.errstate(all="ignore"):
        slope = Compiled(ex.ScalarDerivative(A**g, g))(A=given, g=3.0)
    np.testing.assert_allclose(
        slope, (by_number(A=given, g=3 + 1e-5) - by_number(A=given, g=3 - 1e-5)) / 2e-5, rtol=1e-7
    )


def test_what_cannot_be_compiled_says_why() -> None:
    with pytest.raises(NotCompiled, match="the matrix function relu is not compiled: it has no power series"):
        Compiled(ex.MatrixFunction("relu", A))(A=np.eye(2))
    with pytest.raises(NotCompiled, match="Expectation is not compiled"):
        Compiled(ex.Expectation(u))(u=[1.0])
    with pytest.raises(ShapeError):
        Compiled(X * y)
    with pytest.raises(ValueError, match="n is not given; expected n"):
        Compiled(Eye(n))()
    with pytest.raises(ValueError, match=r"n is 2\.5; expected a whole number"):
        Compiled(Eye(n))(n=2.5)
    assert Compiled(Eye(n))(n=2).tolist() == [[1, 0], [0, 1]]
    with pytest.raises(ValueError, match=r"X has 3 rows; expected n \+ 1 = 5"):
        Compiled(matrix("X", n + 1, n) * u)(X=np.ones((3, 4)), u=np.ones(4))


def test_arrays_whose_dtype_is_another_object_are_the_same() -> None:
    twice = Compiled(u + u)
    plain = np.array([1.0, 2.0])
    unpickled = pickle.loads(pickle.dumps(plain))
    noted = np.array([1.0, 2.0], np.dtype("f8", metadata={"unit": "m"}))
    for sequence in ((plain, unpickled, noted, plain), (noted, unpickled, plain, unpickled)):
        again = Compiled(u + u)
        for given in sequence:
            assert again(u=given).tolist() == twice(u=[1.0, 2.0]).tolist() == [2.0, 4.0]


@pytest.mark.parametrize(
    "names", [("np", "float"), ("t1", "c2"), ("lambda", "λ"), ("logistic", "dict"), ("_a0", "more"), ("x y", "a'b")]
)
def test_any_name_is_an_argument(names: tuple[str, str]) -> None:
    first, second = (vector(name, n) for name in names)
    value = Compiled(ex.Apply("logistic", first) + 2 * second + ex.odot(first, second))
    for _ in range(3):
        for length in (3, 2):
            found = value(**{names[0]: np.zeros(length), names[1]: np.ones(length)})
            assert found.tolist() == [2.5] * length


def test_what_does_not_fit_is_said_after_calls_that_fit() -> None:
    product = Compiled(A * u)
    assert str(inspect.signature(product)) == "(**arrays)"
    for _ in range(2):
        assert product(A=np.eye(2), u=np.ones(2)).tolist() == [1.0, 1.0]
        for wrong, message in (
            ({"A": np.eye(2)}, "u is not given"),
            ({"A": np.eye(2), "u": np.ones(2), "w": 1}, "w is not an argument"),
            ({"A": np.eye(2), "u": np.ones(3)}, "u has 3 for n"),
            ({"A": np.eye(2), "u": np.ones(2, np.float32)}, "expected one dtype"),
            ({"A": np.eye(2), "u": "ab"}, "u has shape"),
            ({}, "A is not given; u is not given"),
        ):
            with pytest.raises(ValueError, match=message):
                product(**wrong)
        with pytest.raises(TypeError, match="given by name, not by place; expected A, u"):
            product(np.eye(2), np.ones(2))  # type: ignore[call-arg]
        assert product(A=[[1, 0], [0, 1]], u=[2, 3]).tolist() == [2.0, 3.0]
        assert product(A=np.stack([np.eye(2)] * 2), u=np.ones(2)).tolist() == [[1.0, 1.0]] * 2
