"""True statements agree, false ones are refuted, at the sizes where they first fail."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from sympy import Rational

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Predicate, Random, Relation
from everystep.algebra.expressions import Expression, Num, matrix, norm, odot, scalar, sq, sqrt, vector
from everystep.algebra.shapes import index, indices, sizes
from everystep.prove.exact import judge, plausible

n, d, m = sizes("n d m")
i, j = indices("i j")
T = index("T")
A, B, C, Q = (matrix(name, n, n) for name in "ABCQ")
X, Y = matrix("X", n, d), matrix("Y", d, n)
x, y, z = vector("x", n), vector("y", n), vector("z", n)
w, v = vector("w", d), vector("v", d)
a, b, p = scalar("a"), scalar("b"), scalar("p")
one, zero = Num(1), Num(0)


def equation(left: object, right: object, op: str = "=") -> Relation:
    return Relation(ex.as_expression(left), op, ex.as_expression(right))


def given(*hypotheses: Relation | Predicate) -> Context:
    return Context(hypotheses=hypotheses)


def cayley_hamilton(size: int) -> Expression:
    """The characteristic polynomial of 2 x 2 matrices, applied to A."""
    return A * A - ex.Trace(A) * A + ex.Div(ex.Trace(A) ** 2 - ex.Trace(A * A), Num(size)) * ex.Eye(n)


@dataclass(frozen=True)
class Case:
    """``smallest``: None for a true statement, else the sizes of the smallest counterexample."""

    claim: Relation | Predicate
    context: Context = field(default_factory=Context)
    smallest: dict[str, int] | None = None


def true(claim: Relation | Predicate, *hypotheses: Relation | Predicate) -> Case:
    return Case(claim, given(*hypotheses))


def false(claim: Relation | Predicate, *hypotheses: Relation | Predicate, **smallest: int) -> Case:
    return Case(claim, given(*hypotheses), smallest)


symmetric, definite = Predicate("symmetric", A), Predicate("positive definite", A)
commuting = equation(A * B, B * A)
orthogonal = equation(Q.T * Q, ex.Eye(n))
wide = equation(ex.Int(n), ex.Int(d), "<")
full = Predicate("full row rank", X)
logistic_a = ex.logistic(a)
softmax = ex.Softmax(x)

CASES: dict[str, Case] = {
    # products and traces
    "a product is transposed in reverse": true(equation((A * B).T, B.T * A.T)),
    "a product is not transposed in order": false(equation((A * B).T, A.T * B.T), n=2),
    "products do not commute": false(equation(A * B, B * A), n=2),
    "an inner product is not zero": false(equation(x.T * y, 0), n=1),
    "a matrix is not its transpose": false(equation(A.T, A), n=2),
    "a product of symmetric matrices is not symmetric": false(
        equation(A * B, B * A), symmetric, Predicate("symmetric", B), n=2
    ),
    "the binomial formula needs commuting matrices": false(equation((A + B) ** 2, A**2 + 2 * A * B + B**2), n=2),
    "the binomial formula holds for commuting matrices": true(
        equation((A + B) ** 2, A**2 + 2 * A * B + B**2), commuting
    ),
    "the trace is cyclic": true(equation(ex.Trace(A * B * C), ex.Trace(B * C * A))),
    "the trace is not symmetric": false(equation(ex.Trace(A * B * C), ex.Trace(A * C * B)), n=2),
    "Cayley and Hamilton for two": false(equation(cayley_hamilton(2), ex.Zeros(n, n)), n=3),
    "a scaled matrix": true(equation(ex.diag(x) * A * ex.diag(y), odot(x * y.T, A))),
    "the vec of a product": true(equation(ex.Vec(A * X), ex.Kron(ex.Eye(d), A) * ex.Vec(X))),
    "the vec of a product the wrong way": false(equation(ex.Vec(A * X), ex.Kron(A, ex.Eye(d)) * ex.Vec(X)), d=2, n=2),
    "an entry of a product": true(equation(ex.Entry(X * w, i), ex.total(ex.Entry(X, i, j) * ex.Entry(w, j), j, 1, d))),
    "a sum of integers": true(equation(ex.SumOver(ex.Int(i), i, 1, T), ex.Div(ex.Int(T * (T + 1)), Num(2)))),
    "a sum of squares": false(equation(ex.SumOver(ex.Int(i * i), i, 1, T), ex.Int(4 * T - 3)), T=3),
    "blocks multiply": true(
        equation(
            ex.Block(2, A, x, y.T, one) * ex.Block(1, x, a),
            ex.Block(1, A * x + a * x, y.T * x + a),
        )
    ),
    # inverses and determinants
    "Woodbury": true(
        equation(
            (A + X * X.T).I,
            A.I - A.I * X * (ex.Eye(d) + X.T * A.I * X).I * X.T * A.I,
        )
    ),
    "Woodbury without an inverse": false(
        equation((A + X * X.T).I, A.I - A.I * X * (ex.Eye(d) + X.T * X).I * X.T * A.I), d=1, n=1
    ),
    "the inverse of a sum": false(equation((A + B).I, A.I + B.I), n=1),
    "push through": true(equation((ex.Eye(n) + X * Y).I * X, X * (ex.Eye(d) + Y * X).I)),
    "the determinant of a product": true(equation(ex.Det(A * B), ex.Det(A) * ex.Det(B))),
    "the determinant of a multiple": true(equation(ex.Det(a * A), a ** ex.Int(n) * ex.Det(A))),
    "the determinant is not linear": false(equation(ex.Det(a * A), a * ex.Det(A)), n=2),
    "the determinant lemma": true(equation(ex.Det(A + x * y.T), ex.Det(A) * (1 + y.T * A.I * x))),
    "orthogonal matrices have determinant 1": false(equation(ex.Det(Q), 1), orthogonal, n=1),
    "a solution": true(equation(x, A.I * y), Predicate("invertible", A), equation(A * x, y)),
    "the four equations": true(equation(X * ex.PseudoInverse(X) * X, X)),
    "the pseudo-inverse of a product": false(
        equation(ex.PseudoInverse(A * B), ex.PseudoInverse(B) * ex.PseudoInverse(A)), n=2
    ),
    "the rank of a Gram matrix": true(equation(ex.Rank(X.T * X), ex.Rank(X))),
    "square matrices have full rank": false(equation(ex.Rank(A), ex.Int(n)), n=1),
    # derivatives
    "a quadratic form": true(equation(ex.Gradient(x.T * A * x, x), (A + A.T) * x)),
    "a quadratic form without symmetry": false(equation(ex.Gradient(x.T * A * x, x), 2 * A * x), n=2),
    "least squares": true(equation(ex.Gradient(sq(y - X * w), w), -2 * X.T * (y - X * w))),
    "least squares with a wrong sign": false(equation(ex.Gradient(sq(y - X * w), w), 2 * X.T * (y - X * w)), d=1, n=1),
    "the gradient of a determinant": true(equation(ex.Gradient(ex.Det(A), A), ex.Det(A) * A.I.T)),
    "the gradient of log det": true(equation(ex.Gradient(ex.Apply("log", ex.Det(A)), A), A.I.T), definite),
    "the gradient of log det without transpose": false(equation(ex.Gradient(ex.Apply("log", ex.Det(A)), A), A.I), n=2),
    "the gradient by an inverse": true(
        equation(ex.Gradient(x.T * A.I * y, A), -A.I.T * x * y.T * A.I.T), Predicate("invertible", A)
    ),
    "a Hessian": true(equation(ex.Hessian(x.T * A * x, x), A + A.T)),
    "a Hessian of a quartic": true(equation(ex.Hessian((x.T * x) ** 2, x), 8 * x * x.T + 4 * (x.T * x) * ex.Eye(n))),
    "a Hessian is the Jacobian of the gradient": true(
        equation(ex.Hessian(ex.LogSumExp(x), x), ex.Jacobian(ex.Gradient(ex.LogSumExp(x), x), x))
    ),
    "a differential": true(equation(ex.Differential(A * B, A, C, B, Q), C * B + A * Q)),
    "the differential of an inverse": true(equation(ex.Differential(A.I, A, C), -A.I * C * A.I)),
    "the derivative by a scalar": true(equation(ex.ScalarDerivative(a**3 * A, a), 3 * a**2 * A)),
    "the gradient by an entry": true(
        equation(ex.Gradient(ex.Trace(A * B), ex.Entry(A, i, j)), ex.Entry(B, j, i)),
    ),
    "the gradient of a norm": true(equation(ex.Gradient(norm(x), x), x / norm(x))),
    "softmax is a gradient": true(equation(ex.Gradient(ex.LogSumExp(x), x), softmax)),
    "the Jacobian of softmax": true(equation(ex.Jacobian(softmax, x), ex.diag(softmax) - softmax * softmax.T)),
    "the Jacobian of softmax with an inner product": false(
        equation(ex.Jacobian(softmax, x), ex.diag(softmax) - (softmax.T * softmax) * ex.Eye(n)), n=2
    ),
    "the largest eigenvalue moves": true(
        equation(ex.ScalarDerivative(ex.EigMax(a * A), a), ex.EigMax(A)), symmetric, equation(zero, a, "<")
    ),
    # functions
    "logistic": true(equation(ex.Apply("logistic", a, 1), logistic_a * (1 - logistic_a))),
    "logistic is not tanh": false(equation(ex.Apply("logistic", a, 1), 1 - logistic_a**2)),
    "tanh from logistic": true(equation(ex.Apply("tanh", a), 2 * ex.logistic(2 * a) - 1)),
    "a root of a square": false(equation(sqrt(a**2), a)),
    "a root of a square of a positive number": true(equation(sqrt(a**2), a), equation(zero, a, "<")),
    "a norm is homogeneous": false(equation(norm(a * x), a * norm(x)), n=1),
    "a norm is homogeneous with abs": true(equation(norm(a * x), ex.Apply("abs", a) * norm(x))),
    "relu and abs": true(equation(2 * ex.Apply("relu", a), a + ex.Apply("abs", a))),
    "relu and step": true(equation(ex.Apply("relu", a, 1), ex.Apply("step", a))),
    "relu is not linear": false(equation(ex.Apply("relu", a + b), ex.Apply("relu", a) + ex.Apply("relu", b))),
    "the exponential of commuting matrices": true(
        equation(ex.MatrixFunction("exp", A + B), ex.MatrixFunction("exp", A) * ex.MatrixFunction("exp", B)),
        commuting,
    ),
    "the exponential of matrices": false(
        equation(ex.MatrixFunction("exp", A + B), ex.MatrixFunction("exp", A) * ex.MatrixFunction("exp", B)), n=2
    ),
    "an opaque function by the chain rule": true(
        equation(ex.ScalarDerivative(ex.Apply("f", a**2), a), 2 * a * ex.Apply("f", a**2, 1))
    ),
    "an opaque function without the inner derivative": false(
        equation(ex.ScalarDerivative(ex.Apply("f", a**2), a), ex.Apply("f", a**2, 1))
    ),
    "an orthogonal matrix keeps norms": true(equation(norm(Q * x), norm(x)), orthogonal),
    "unit vectors": true(equation(sq(x - y), 2 - 2 * x.T * y), equation(norm(x), 1), equation(norm(y), 1)),
    "an eigenvector": true(equation(x.T * A * x, a * (x.T * x)), equation(A * x, a * x)),
    # inequalities and properties
    "Cauchy and Schwarz": true(equation((x.T * y) ** 2, (x.T * x) * (y.T * y), "<=")),
    "Cauchy and Schwarz reversed": false(equation((x.T * y) ** 2, (x.T * x) * (y.T * y), ">="), n=2),
    "the operator norm": true(equation(norm(X * w), norm(X) * norm(w), "<=")),
    "the norm of a product": false(equation(norm(X * w), norm(X) * norm(w)), d=2, n=1),
    "the triangle inequality": true(equation(norm(x + y), norm(x) + norm(y), "<=")),
    "the triangle inequality is not strict": false(equation(norm(x + y), norm(x) + norm(y), "<"), n=1),
    "norms of a vector": true(equation(norm(x, "inf"), norm(x, "1"), "<=")),
    "a largest eigenvalue": true(equation(x.T * A * x, ex.EigMax(A) * (x.T * x), "<="), symmetric),
    "a smallest eigenvalue": true(equation(ex.EigMin(A), ex.EigMax(A), "<="), symmetric),
    "max and min": true(equation(ex.Max(a, b) + ex.Min(a, b), a + b)),
    "a Gram matrix": true(Predicate("positive semidefinite", X * X.T)),
    "a Gram matrix is not definite": false(Predicate("positive definite", X * X.T), d=1, n=1),
    "a Gram matrix of full rank": true(Predicate("positive definite", X * X.T), wide, full),
    "an outer product is not invertible": false(Predicate("invertible", x * x.T), n=1),
    "a projection": true(Predicate("idempotent", X * (X.T * X).I * X.T)),
    "numbers differ": false(equation(a, b, "!=")),
    # hypotheses that are solved
    "a feasible point": true(
        equation(sq(v), sq(X.T * (X * X.T).I * y) + sq(v - X.T * (X * X.T).I * y)),
        wide,
        full,
        equation(X * v, y),
    ),
    "two conditions": true(
        equation(w, X.T * (X * X.T).I * y),
        wide,
        full,
        equation(2 * w + X.T * z, ex.Zeros(d)),
        equation(X * w, y),
    ),
    "two conditions with a wrong factor": false(
        equation(z, -(X * X.T).I * y),
        wide,
        full,
        equation(2 * w + X.T * z, ex.Zeros(d)),
        equation(X * w, y),
        d=2,
        n=1,
    ),
    "of equal norm": true(
        equation(v, X.T * (X * X.T).I * y),
        wide,
        full,
        equation(X * v, y),
        equation(sq(v), sq(X.T * (X * X.T).I * y)),
    ),
}

WHITE = (Random(x, "moments", (ex.Zeros(n), ex.Eye(n))),)
NORMAL = (Random(x, "gaussian", (ex.Zeros(n), ex.Eye(n))),)
mu, Sigma = vector("mu", n), matrix("Sigma", n, n)
GENERAL = (Random(x, "gaussian", (mu, Sigma)),)
R = matrix("R", n, d)
MASK = (Random(R, "bernoulli", (p,)),)
IID = (Random(x, "iid", (a, b)),)
between = (equation(zero, p, "<="), equation(p, one, "<="))
covariance = Predicate("positive semidefinite", Sigma)
gamma = ex.diag(sqrt(ex.DiagPart(X.T * X)))
dropout = ex.Expectation(sq(y - odot(X, R) * w))
e = ex.Family("e")
NOISE = (Random(e[i], "iid", (zero, b)),)

CASES.update(
    {
        "the mean of a quadratic form": Case(equation(ex.Expectation(x.T * A * x), ex.Trace(A)), Context(random=WHITE)),
        "the mean of a general quadratic form": Case(
            equation(ex.Expectation(x.T * A * x), ex.Trace(A * Sigma) + mu.T * A * mu),
            Context(random=(Random(x, "moments", (mu, Sigma)),), hypotheses=(covariance,)),
        ),
        "the variance of a normal quadratic form": Case(
            equation(ex.Variance(x.T * A * x), 2 * ex.Trace(A * A)), Context(random=NORMAL, hypotheses=(symmetric,))
        ),
        "the variance of a quadratic form": Case(
            equation(ex.Variance(x.T * A * x), 2 * ex.Trace(A * A)),
            Context(random=WHITE, hypotheses=(symmetric,)),
            {"n": 1},
        ),
        "uncorrelated is not independent": Case(
            equation(ex.Expectation(ex.Entry(x, 1) ** 2 * ex.Entry(x, 2) ** 2), 1),
            Context(random=WHITE, hypotheses=(equation(ex.Int(2), ex.Int(n), "<="),)),
            {"n": 2},
        ),
        "a cubic of a centred normal": Case(equation(ex.Expectation((x.T * y) ** 3), 0), Context(random=NORMAL)),
        "a cubic of a centred vector": Case(
            equation(ex.Expectation((x.T * y) ** 3), 0), Context(random=WHITE), {"n": 1}
        ),
        "two quadratic forms": Case(
            equation(
                ex.Expectation((x.T * A * x) * (x.T * B * x)),
                ex.Trace(A * Sigma * (B + B.T) * Sigma) + ex.Trace(A * Sigma) * ex.Trace(B * Sigma),
            ),
            Context(random=(Random(x, "gaussian", (ex.Zeros(n), Sigma)),), hypotheses=(covariance,)),
        ),
        "the variance of a linear map": Case(
            equation(ex.Variance(A * x), A * Sigma * A.T), Context(random=GENERAL, hypotheses=(covariance,))
        ),
        "a covariance": Case(
            equation(ex.Covariance(A * x, B * x), A * Sigma * B.T), Context(random=GENERAL, hypotheses=(covariance,))
        ),
        "independent entries": Case(
            equation(ex.Expectation(sq(x)), ex.Int(n) * (b + a**2)),
            Context(random=IID, hypotheses=(equation(zero, b, "<"),)),
        ),
        "dropout": Case(
            equation(dropout, sq(y - p * X * w) + p * (1 - p) * sq(gamma * w)), Context(random=MASK, hypotheses=between)
        ),
        "dropout with the wrong variance": Case(
            equation(dropout, sq(y - p * X * w) + p * sq(gamma * w)),
            Context(random=MASK, hypotheses=between),
            {"d": 1, "n": 1},
        ),
        "the mean of independent members": Case(
            equation(ex.Variance(ex.SumOver(e[i], i, 1, T)), ex.Int(T) * b),
            Context(random=NOISE, hypotheses=(equation(zero, b, "<"),)),
        ),
        "a defined name is held free": Case(
            equation(ex.Gradient(ex.Call("f", 1, 1, z), w), X.T * ex.Gradient(ex.Call("f", 1, 1, z), z)),
            Context(definitions=(Definition(z, X * w),)),
        ),
    }
)


@pytest.mark.parametrize("name", CASES)
def test_a_statement_is_judged_rightly(name: str) -> None:
    case = CASES[name]
    report = judge(case.claim, case.context)
    if case.smallest is None:
        assert report.outcome == "agree", report
        assert report.trials
    else:
        assert report.outcome == "counterexample", report
        assert report.counterexample is not None
        assert dict(report.counterexample.sizes) == case.smallest


@pytest.mark.parametrize("name", CASES)
def test_what_no_instance_is_against_is_plausible(name: str) -> None:
    case = CASES[name]
    assert plausible(case.claim, case.context) is (case.smallest is None)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.smallest is not None])
def test_rational_counterexamples_are_exact(name: str) -> None:
    found = judge(CASES[name].claim, CASES[name].context).counterexample
    assert found is not None
    if name != "the exponential of matrices":
        assert found.exact, found


@pytest.mark.parametrize("name", CASES)
def test_another_seed_gives_the_same_answer(name: str, seed: int) -> None:
    case = CASES[name]
    assert judge(case.claim, case.context, seed=seed).outcome == judge(case.claim, case.context).outcome


def test_a_half_is_not_a_third() -> None:
    found = judge(equation(Num(Rational(1, 2)), Num(Rational(1, 3))), Context()).counterexample
    assert found is not None
    assert (found.left, found.right, found.sizes) == ((("1/2",),), (("1/3",),), ())


def test_zeros_meet_equations_that_chance_does_not() -> None:
    U, D, C = matrix("U", d, m), matrix("D", m, m), matrix("C", d, d)
    eigenvectors = given(equation(U.T * U, ex.Eye(m)), equation(C * U, U * D), Predicate("diagonal", D))
    context = Context(definitions=(Definition(C, X.T * X),), hypotheses=eigenvectors.hypotheses)
    report = judge(equation(U * U.T, ex.Eye(d)), context)
    assert report.counterexample is not None
    assert dict(report.counterexample.sizes) == {"d": 2, "m": 1, "n": 2}
    symbols = dict(report.counterexample.symbols)
    assert symbols["X"] == (("0", "0"), ("0", "0"))
    assert symbols["U"] == (("1",), ("0",))
