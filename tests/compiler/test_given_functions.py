"""Functions that are only declared: given as Python functions, with their derivatives by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Apply, Call, Expression, matrix, norm, scalar, sq, vector
from everystep.algebra.shapes import sizes
from everystep.compiler.calls import is_derivative, name_of
from everystep.compiler.compiled import Compiled
from everystep.kernels.gradient_check import central_differences
from tests.compiler.test_compiler import arrays

n, d, m = sizes("n d m")
A, Z = matrix("A", d, n), matrix("Z", n, m)
x, z, y, a = vector("x", n), vector("z", d), vector("y", m), scalar("a")


def f(*arguments: Expression) -> Expression:
    return Call("f", 1, 1, *arguments)


def F(argument: Expression) -> Expression:
    return Call("F", m, 1, argument)


def q(argument: Expression) -> Expression:
    return Call("q", d, n, argument)


def g(argument: Expression) -> Expression:
    return Apply("g", argument)


GIVEN: dict[str, Callable[..., Any]] = {
    # f(v) = sum of sin(v) times the first entry, and of two arguments the product of such sums
    "f": lambda v, w=None: np.sin(v).sum() * v[0] if w is None else np.sin(v).sum() * np.cos(w).sum(),
    "D1f": lambda v, w=None: (
        np.cos(v) * v[0] + np.sin(v).sum() * np.eye(len(v))[0] if w is None else np.cos(v) * np.cos(w).sum()
    ),
    "D2f": lambda v, w: -np.sin(v).sum() * np.sin(w),
    "D11f": lambda v, w=None: (
        -np.diag(np.sin(v)) * v[0] + np.outer(np.cos(v), np.eye(len(v))[0]) + np.outer(np.eye(len(v))[0], np.cos(v))
        if w is None
        else -np.diag(np.sin(v)) * np.cos(w).sum()
    ),
    "D12f": lambda v, w: -np.outer(np.cos(v), np.sin(w)),
    "D21f": lambda v, w: -np.outer(np.sin(w), np.cos(v)),
    "D22f": lambda v, w: -np.diag(np.cos(w)) * np.sin(v).sum(),
    "g": np.exp,
    "g'": np.exp,
    "g''": np.exp,
    "F": lambda v: np.array([np.tanh(v).sum(), np.sin(v).sum()]),
    "D1F": lambda v: np.array([1 - np.tanh(v) ** 2, np.cos(v)]),
    "D11F": lambda v: np.array([np.diag(-2 * np.tanh(v) * (1 - np.tanh(v) ** 2)), np.diag(-np.sin(v))]),
    "q": lambda M: np.sin(M) * M[0, 0],
    "D1q": lambda M: (
        np.einsum("ij,ik,jl->ijkl", np.cos(M) * M[0, 0], np.eye(len(M)), np.eye(len(M.T)))
        + np.einsum("ij,k,l->ijkl", np.sin(M), np.eye(len(M))[0], np.eye(len(M.T))[0])
    ),
}


def given(compiled: Compiled) -> dict[str, Any]:
    return {name: value for name, value in GIVEN.items() if any(is_derivative(name, of) for of in compiled.functions)}


CASES: tuple[tuple[type[ex.Expression], Expression, Expression], ...] = (
    (ex.Gradient, f(A * x), x),
    (ex.Gradient, f(A * x), A),
    (ex.Hessian, f(A * x), x),
    (ex.Gradient, f(A * x, z), x),
    (ex.Hessian, f(x, x), x),
    (ex.Gradient, f(z, A * x) * f(z), z),
    (ex.Gradient, y.T * F(A * x), x),
    (ex.Gradient, sq(norm(F(A * x))), A),
    (ex.Hessian, y.T * F(A * x), x),
    (ex.Jacobian, F(A * x), x),
    (ex.Gradient, ex.Trace(q(A) * A.T), A),
    (ex.Gradient, sq(norm(q(z * x.T), "F")), x),
    (ex.Jacobian, ex.Vec(q(A)), ex.Vec(A)),
    (ex.Jacobian, q(A) * x, x),
    (ex.ScalarDerivative, q(a * A), a),
    (ex.Gradient, g(sq(norm(x))), x),
    (ex.Hessian, g(sq(norm(x))), x),
    (ex.Jacobian, g(A * x), x),
    (ex.Gradient, ex.Trace(g(A) * A.T), A),
    (ex.Hessian, f(z) * g(f(z)), z),
    (ex.Gradient, ex.EigMax(q(A) * A.T + A * q(A).T), A),
)


@pytest.mark.parametrize(("kind", "function", "variable"), CASES, ids=str)
def test_derivatives_are_those_of_the_given_function(
    kind: type[ex.Expression], function: Expression, variable: Expression
) -> None:
    node = variable if isinstance(variable, ex.Var) else variable.operands[0]
    value = Compiled(ex.Gradient(function, variable) if kind is ex.Hessian else function)
    derived = Compiled(kind(function, variable))
    for seed, (rows, columns) in enumerate(((4, 3), (1, 3), (3, 1), (1, 1))):
        numbers = {"n": rows, "d": columns, "m": 2}
        drawn = arrays(kind(function, variable), seed, **numbers)
        told = {name: numbers[name] for name in derived.integers}
        found = derived(**{k: drawn[k] for k in derived.arguments}, **told, **given(derived))
        rest = {k: drawn[k] for k in value.arguments if k != node.name}
        rest |= {name: numbers[name] for name in value.integers} | given(value)
        wanted = central_differences(lambda at, rest=rest: value(**rest, **{node.name: at}), drawn[node.name])
        if isinstance(variable, ex.Vec):  # the function's own vec is one already
            wanted = np.swapaxes(wanted, -1, -2).reshape(np.shape(found))
        np.testing.assert_allclose(np.reshape(found, wanted.shape), wanted, rtol=1e-6, atol=1e-7)
        many = {name: np.stack([drawn[name]] * 3) for name in derived.arguments}
        np.testing.assert_allclose(
            derived(**many, **told, **given(derived)), np.stack([found] * 3), rtol=1e-9, atol=1e-9
        )


def test_a_derivative_reads_as_one_would_write_it() -> None:
    drawn = {"A": np.ones((2, 3)), "x": np.ones(3)}
    assert Compiled(ex.Gradient(f(A * x), x)).source(**drawn) == "return A.T @ D1f(A @ x)"
    assert Compiled(ex.Hessian(f(A * x), x)).source(**drawn) == "return A.T @ (D11f(A @ x) @ A)"
    assert Compiled(ex.Gradient(g(sq(norm(x))), x)).source(x=np.ones(3)) == "return 2.0 * g_prime(x @ x) * x"


def test_names_of_derivatives() -> None:
    assert [name_of("f", 2), name_of("f", ()), name_of("f", (1, 2))] == ["f''", "f", "D12f"]
    assert all(is_derivative(name, "f") for name in ("f", "f'", "f'''", "D1f", "D21f"))
    assert not any(is_derivative(name, "f") for name in ("x", "ff", "Df", "D1g", "f1", "D1f'"))


def test_what_is_missing_is_named() -> None:
    slope = Compiled(ex.Gradient(g(sq(norm(x))) + f(x, x), x))
    assert slope.functions == ("f", "g")
    for names, message in (
        (
            ("g'", "D1f"),
            r"^D2f is not given; expected a function of arrays of shape \(2,\) and \(2,\) with values of shape",
        ),
        (
            ("D1f", "D2f"),
            "^g' is not given; expected a function of an array, entry by entry, the derivative of order 1",
        ),
        (("D1f", "D2f", "g'", "h"), "^h is not an argument; expected x, f, g"),
    ):
        with pytest.raises(ValueError, match=message):
            slope(x=np.ones(2), **{name: GIVEN.get(name, np.sin) for name in names})
    assert slope(x=np.ones(2), **given(slope)).shape == (2,)  # more derivatives than are needed


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (3, r"^D1f is 3; expected a function of an array of shape \(2,\) with values of shape \(2,\)"),
        (lambda v: 1.0, r"^D1f returned shape \(\) and dtype float64; expected real numbers of shape \(2,\)"),
        (lambda v: v[None], r"^D1f returned shape \(1, 2\)"),
        (lambda v: v * 1j, "dtype complex128; expected real numbers"),
        (lambda v: None, "dtype object; expected real numbers"),
        (lambda v: [[1.0], [1.0, 2.0]], "^D1f returned what is ragged"),
    ],
)
def test_what_a_given_function_returns_is_checked(value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Compiled(ex.Gradient(f(x), x))(x=np.ones(2), D1f=value)


def test_a_name_of_a_function_is_no_other_name() -> None:
    with pytest.raises(ValueError, match="f is both an array and a function"):
        Compiled(f(vector("f", n)))


def test_the_result_is_no_argument_and_has_the_dtype_of_the_arguments() -> None:
    same = Compiled(g(x))
    given_array = np.ones(3, np.float32)
    result = same(x=given_array, g=lambda v: v)
    assert result.dtype == np.float32
    assert not np.shares_memory(result, given_array)
    assert type(Compiled(g(a))(a=1.0, g=lambda v: v)) is np.float64
