"""The normal form proves identities by class; beside each stands a false twin, which it must not prove.

To add an identity: one row in the table of its class, the true statement first, then a mistake of the same shape.
"""

from __future__ import annotations

import pytest

from everystep.algebra.context import Context, Definition, Predicate, Random, Recurrence, Relation
from everystep.algebra.expressions import (
    Add,
    Apply,
    Block,
    Call,
    Col,
    Covariance,
    Det,
    Diag,
    DiagPart,
    Differential,
    EigMax,
    Entry,
    Expectation,
    Eye,
    Gradient,
    Hessian,
    Int,
    Jacobian,
    Kron,
    Limit,
    LogSumExp,
    MatrixFunction,
    Max,
    Member,
    Min,
    Mul,
    Num,
    Ones,
    PseudoInverse,
    Rank,
    ScalarDerivative,
    Softmax,
    SumOver,
    Trace,
    Unit,
    Variance,
    Vec,
    Zeros,
    matrix,
    norm,
    odot,
    sq,
    sqrt,
    vector,
)
from everystep.algebra.expressions import (
    Row as MatrixRow,
)
from everystep.algebra.shapes import sizes
from everystep.derivation import Induction
from everystep.prove.verdict import Status
from tests.identities.notation import exp, log, logistic, tanh
from tests.prove import (
    adjugate_rows,
    binary_rows,
    block_rows,
    bound_rows,
    closed_rows,
    conditional_rows,
    convex_step_rows,
    convexity_rows,
    corner_rows,
    course_rows,
    determinant_rows,
    eigenvalue_product_rows,
    eigenvalue_rows,
    entry_rows,
    equation_rows,
    family_rows,
    index_rows,
    inverse_rows,
    known_bound_rows,
    layer_rows,
    limit_rows,
    mean_recurrence_rows,
    mean_rows,
    multiples_rows,
    nilpotent_rows,
    number_rows,
    order_rows,
    ordered_rows,
    power_rows,
    product_rows,
    range_rows,
    real_limit_rows,
    rewriting_rows,
    rule_rows,
    slope_rows,
    solved_rows,
    trace_rows,
    triangular_rows,
)
from tests.prove.statements import (
    A,
    B,
    C,
    D,
    H,
    P,
    Q,
    Row,
    S,
    T,
    V,
    X,
    Y,
    a,
    alpha,
    at_most,
    b,
    beta,
    c,
    d,
    equal,
    f,
    g,
    h,
    i,
    invertible,
    j,
    judged,
    k,
    less,
    m,
    n,
    proved_alone,
    r,
    s,
    t,
    u,
    v,
    w,
    x,
    y,
    z,
)

given = Context().given
I = Eye(n)  # noqa: E741 - the identity
ones = Ones(n)
core, dA, dx = matrix("K", d, d), matrix("dA", n, n), vector("dx", n)


ALGEBRA = (
    Row("transpose-product", equal((A * B * C).T, C.T * B.T * A.T), equal((A * B * C).T, A.T * B.T * C.T)),
    Row(
        "square-of-sum",
        equal((A + B) * (A + B), A * A + A * B + B * A + B * B),
        equal((A + B) * (A + B), A * A + 2 * A * B + B * B),
    ),
    Row(
        "difference-of-squares",
        equal((A + B) * (A - B), A * A - A * B + B * A - B * B),
        equal((A + B) * (A - B), A * A - B * B),
    ),
    Row("matrix-square", equal(A**2 * A, A * A**2), equal(A**2 * B, B * A**2)),
    Row(
        "symbolic-power",
        equal(A ** Int(k + 1), A * A ** Int(k)),
        equal(A ** Int(k + 1), A ** Int(k) + A),
        given(at_most(Int(0), Int(k))),
    ),
    Row("scalar-product-moves", equal(x * (y.T * z), (z.T * y) * x), equal(x * (y.T * z), y * (x.T * z))),
    Row(
        "outer-products",
        equal((x * y.T) * (z * w.T), (y.T * z) * x * w.T),
        equal((x * y.T) * (z * w.T), (x.T * z) * y * w.T),
    ),
    Row("norm-of-sum", equal(sq(x + y), sq(x) + 2 * x.T * y + sq(y)), equal(sq(x + y), sq(x) + x.T * y + sq(y))),
    Row(
        "parallelogram",
        equal(sq(x + y) + sq(x - y), 2 * sq(x) + 2 * sq(y)),
        equal(sq(x + y) + sq(x - y), sq(x) + sq(y)),
    ),
    Row("frobenius", equal(sq(X), Trace(X * X.T)), equal(sq(A), Trace(A * A))),
    Row("zeros", equal(A * Zeros(n, d) + X, X), equal(A * Zeros(n, d), X)),
    Row("rank", equal(Rank(X.T * X), Rank(X)), equal(Rank(X.T * X), Int(n))),
    Row("identity", equal(I * A * I, A), equal(I * A * ones, A.T * ones)),
    Row("ones-count", equal(ones.T * ones, Int(n)), equal(Ones(d, n) * ones, Int(d) * Ones(d))),
    Row(
        "centring",
        equal((I - ones * ones.T / Int(n)) * (I - ones * ones.T / Int(n)), I - ones * ones.T / Int(n)),
        equal((I - ones * ones.T) * (I - ones * ones.T), I - ones * ones.T),
    ),
    Row(
        "unit-vectors",
        equal(Unit(n, i).T * A * Unit(n, j), Entry(A, i, j)),
        equal(Unit(n, i).T * A * Unit(n, j), Entry(A, j, i)),
        given(at_most(Int(1), Int(i)), at_most(Int(i), Int(n)), at_most(Int(1), Int(j)), at_most(Int(j), Int(n))),
    ),
    Row(
        "entry-of-product",
        equal(Entry(A * X, i, j), MatrixRow(A, i) * Col(X, j)),
        equal(Entry(A * X, i, j), MatrixRow(A.T, i) * Col(X, j)),
    ),
)

TRACES = (
    Row("trace-cyclic", equal(Trace(A * B * C), Trace(C * A * B)), equal(Trace(A * B * C), Trace(A * C * B))),
    Row("trace-rectangular", equal(Trace(X * Y.T), Trace(Y.T * X)), equal(Trace(X * Y.T), Trace(X * Ones(d, n)))),
    Row("trace-transpose", equal(Trace(A * B.T), Trace(B * A.T)), equal(Trace(A * B.T), Trace(A * B))),
    Row("trace-quadratic", equal(x.T * A * x, Trace(A * x * x.T)), equal(x.T * A * x, Trace(A) * x.T * x)),
    Row(
        "trace-square",
        equal(Trace((A + B) ** 2), Trace(A * A) + 2 * Trace(A * B) + Trace(B * B)),
        equal(Trace(A * B), Trace(A) * Trace(B)),
    ),
    Row("trace-identity", equal(Trace(I), Int(n)), equal(Trace(ones * ones.T * ones * ones.T), Int(n))),
    Row(
        "trace-hadamard",
        equal(Trace(A.T * odot(B, C)), Trace(odot(A.T, B.T) * C)),
        equal(Trace(A.T * odot(B, C)), Trace(odot(A, B) * C)),
    ),
)

HADAMARD = (
    Row(
        "diag-sandwich", equal(Diag(u) * A * Diag(v), odot(u * v.T, A)), equal(Diag(u) * A * Diag(v), odot(v * u.T, A))
    ),
    Row("diag-hadamard", equal(Diag(x) * y, odot(x, y)), equal(Diag(x) * y, (x.T * y) * ones)),
    Row("diag-product", equal(Diag(x) * Diag(y), Diag(odot(x, y))), equal(Diag(x) * Diag(y), Diag(x + y))),
    Row(
        "diagonal-of-product",
        equal(DiagPart(A * Diag(x) * B.T), odot(A, B) * x),
        equal(DiagPart(A * Diag(x) * B), odot(A, B) * x),
    ),
    Row(
        "hadamard-quadratic",
        equal(x.T * odot(A, B) * y, Trace(Diag(x) * A * Diag(y) * B.T)),
        equal(x.T * odot(A, B) * y, Trace(Diag(x) * A * Diag(y) * B)),
    ),
    Row(
        "hadamard-rank-one",
        equal(odot(x * y.T, u * v.T), odot(x, u) * odot(y, v).T),
        equal(odot(x * y.T, u * v.T), odot(x, v) * odot(y, u).T),
    ),
    Row("hadamard-not-product", equal(odot(A, B), odot(B, A)), equal(odot(A, B), A * B)),
    Row("diag-of-diag", equal(Diag(DiagPart(Diag(x))), Diag(x)), equal(Diag(DiagPart(A)), A)),
)

INVERSES = (
    Row("inverse-product", equal((A * B).I, B.I * A.I), equal((A * B).I, A.I * B.I), given(*invertible(A, B, A * B))),
    Row("inverse-transpose", equal(A.T.I, A.I.T), equal(A.T.I, A.I), given(*invertible(A))),
    Row("inverse-twice", equal(A.I.I, A), equal(A.I.I, A.T), given(*invertible(A))),
    Row(
        "inverse-scaled",
        equal((a * A).I, A.I / a),
        equal((a * A).I, a * A.I),
        given(*invertible(A), Predicate("nonzero", a)),
    ),
    Row("left-and-right", equal(A.I * A, A * A.I), equal(A.I * B, B * A.I), given(*invertible(A))),
    Row(
        "resolvent",
        equal(A.I - B.I, A.I * (B - A) * B.I),
        equal(A.I - B.I, A.I * (A - B) * B.I),
        given(*invertible(A, B)),
    ),
    Row(
        "woodbury",
        equal((A + X * core.I * X.T).I, A.I - A.I * X * (core + X.T * A.I * X).I * X.T * A.I),
        equal((A + X * core.I * X.T).I, A.I - A.I * X * (core - X.T * A.I * X).I * X.T * A.I),
        given(*invertible(A, core, A + X * core.I * X.T, core + X.T * A.I * X, core - X.T * A.I * X)),
    ),
    Row(
        "push-through",
        equal(X.T * (I + X * X.T).I, (Eye(d) + X.T * X).I * X.T),
        equal(X.T * (I + X * X.T).I, (Eye(d) - X.T * X).I * X.T),
        given(*invertible(Eye(d) - X.T * X)),
    ),
    Row(
        "symmetric-by-push-through",
        Predicate("symmetric", (I + S * P).I * S),
        Predicate("symmetric", (I + S * P).I * P),
        given(Predicate("symmetric", S), Predicate("symmetric", P)),
    ),
    Row(
        "gram-trace",
        equal(Trace((X * X.T).I * X * X.T), Int(n)),
        equal(Trace((X * X.T).I * X * X.T), Int(d)),
        given(Predicate("full row rank", X), less(Int(n), Int(d))),
    ),
    Row(
        "sherman-morrison",
        equal((A + u * v.T).I, A.I - A.I * u * v.T * A.I / (1 + v.T * A.I * u)),
        equal((A + u * v.T).I, A.I - A.I * u * v.T * A.I / (1 - v.T * A.I * u)),
        given(*invertible(A, A + u * v.T), Predicate("nonzero", 1 + v.T * A.I * u)),
    ),
    Row("searle", equal((I + A).I * A, I - (I + A).I), equal((I + A).I * A, (I + A).I - I), given(*invertible(I + A))),
    Row(
        "sum-of-inverses",
        equal(A.I + B.I, A.I * (A + B) * B.I),
        equal(A.I + B.I, (A + B).I),
        given(*invertible(A, B, A + B)),
    ),
    Row(
        "gram",
        equal((X * X.T).I * X * X.T, I),
        equal(X.T * (X * X.T).I * X, Eye(d)),
        given(Predicate("full row rank", X), less(Int(n), Int(d))),
    ),
    Row(
        "projection",
        equal((X * (X.T * X).I * X.T) * (X * (X.T * X).I * X.T), X * (X.T * X).I * X.T),
        equal(X * (X.T * X).I * X.T, I),
        given(Predicate("full column rank", X), less(Int(d), Int(n))),
    ),
    Row("diagonal-inverse", equal(Diag(exp(x)).I, Diag(exp(-x))), equal(Diag(exp(x)).I, Diag(-exp(x)))),
)

DETERMINANTS = (
    Row("product", equal(Det(A * B), Det(B) * Det(A)), equal(Det(A + B), Det(A) + Det(B))),
    Row("transpose", equal(Det(A.T), Det(A)), equal(Det(A.T), -Det(A))),
    Row("multiple", equal(Det(c * A), c ** Int(n) * Det(A)), equal(Det(c * A), c * Det(A))),
    Row("inverse", equal(Det(A) * Det(A.I), 1), equal(Det(A.I), Det(A)), given(*invertible(A))),
    Row(
        "sylvester",
        equal(Det(I + X * X.T), Det(Eye(d) + X.T * X)),
        equal(Det(2 * I + X * X.T), Det(2 * Eye(d) + X.T * X)),
    ),
    Row(
        "lemma",
        equal(Det(A + u * v.T), (1 + v.T * A.I * u) * Det(A)),
        equal(Det(A + u * v.T), (1 + u.T * A.I * v) * Det(A)),
        given(*invertible(A)),
    ),
    Row(
        "gradient",
        equal(Gradient(Det(A), A), Det(A) * A.I.T),
        equal(Gradient(Det(A), A), Det(A) * A.I),
        given(*invertible(A)),
    ),
)

DERIVATIVES = (
    Row(
        "symbolic-power",
        equal(ScalarDerivative(a ** Int(k), a), k * a ** Int(k - 1)),
        equal(ScalarDerivative(a ** Int(k), a), k * a ** Int(k)),
        given(at_most(Int(1), Int(k))),
    ),
    Row(
        "exponential",
        equal(Gradient(exp(b.T * x), x), exp(b.T * x) * b),
        equal(Gradient(exp(b.T * x), x), exp(b.T * x) * x),
    ),
    Row(
        "open-power",
        equal(Jacobian(Apply("reciprocal", x), x), -Diag(Apply("reciprocal", odot(x, x)))),
        equal(Jacobian(Apply("reciprocal", x), x), Diag(Apply("reciprocal", odot(x, x)))),
    ),
    Row(
        "chain-of-call",
        equal(Gradient(Call("L", 1, 1, a * x), a), x.T * Gradient(Call("L", 1, 1, a * x), x) / a),
        equal(Gradient(Call("L", 1, 1, a * x), a), x.T * Gradient(Call("L", 1, 1, a * x), x)),
        given(less(0, a)),
    ),
    Row("linear", equal(Gradient(b.T * x, x), b), equal(Gradient(b.T * A * x, x), A * b)),
    Row("quadratic", equal(Gradient(x.T * A * x, x), (A + A.T) * x), equal(Gradient(x.T * A * x, x), 2 * A * x)),
    Row(
        "least-squares",
        equal(Gradient(sq(y - X * beta), beta), -2 * X.T * (y - X * beta)),
        equal(Gradient(sq(y - X * beta), beta), 2 * X.T * (y - X * beta)),
    ),
    Row("by-matrix", equal(Gradient(x.T * A * y, A), x * y.T), equal(Gradient(x.T * A * y, A), y * x.T)),
    Row(
        "trace-by-matrix",
        equal(Gradient(Trace(B * A * C * A), A), B.T * A.T * C.T + C.T * A.T * B.T),
        equal(Gradient(Trace(B * A * C * A), A), 2 * B.T * A.T * C.T),
    ),
    Row(
        "frobenius-by-matrix",
        equal(Gradient(sq(A * X), X), 2 * A.T * A * X),
        equal(Gradient(sq(A * X), X), 2 * A * A.T * X),
    ),
    Row(
        "inverse-by-matrix",
        equal(Gradient(u.T * A.I * v, A), -(A.I.T * u * v.T * A.I.T)),
        equal(Gradient(u.T * A.I * v, A), -(A.I * u * v.T * A.I)),
        given(*invertible(A)),
    ),
    Row(
        "inverse-by-symmetric",
        equal(Gradient(Trace(S.I * A), S), -(S.I * A.T * S.I)),
        equal(Gradient(Trace(S.I * A), S), -(S.I * A * S.I)),
        given(Predicate("symmetric", S), *invertible(S)),
    ),
    Row(
        "norm",
        equal(Gradient(norm(x), x), x / norm(x)),
        equal(Gradient(norm(x), x), x / sq(x)),
        given(Predicate("nonzero", x)),
    ),
    Row(
        "norm-power",
        equal(Gradient(norm(x) ** 3, x), 3 * norm(x) * x),
        equal(Gradient(norm(x) ** 3, x), 3 * sq(x) * x),
        given(Predicate("nonzero", x)),
    ),
    Row(
        "quotient",
        equal(Gradient(a / (1 + sq(x)), x), -2 * a * x / (1 + sq(x)) ** 2),
        equal(Gradient(a / (1 + sq(x)), x), -2 * a * x / (1 + sq(x))),
    ),
    Row("jacobian-linear", equal(Jacobian(A * x, x), A), equal(Jacobian(A * x, x), A.T)),
    Row(
        "jacobian-entrywise",
        equal(Jacobian(Apply("phi", A * x), x), Diag(Apply("phi", A * x, 1)) * A),
        equal(Jacobian(Apply("phi", A * x), x), A * Diag(Apply("phi", A * x, 1))),
    ),
    Row(
        "jacobian-logistic",
        equal(Jacobian(logistic(x), x), Diag(odot(logistic(x), 1 * ones - logistic(x)))),
        equal(Jacobian(logistic(x), x), Diag(ones - odot(logistic(x), logistic(x)))),
    ),
    Row(
        "jacobian-tanh",
        equal(Jacobian(tanh(x), x), Diag(ones - odot(tanh(x), tanh(x)))),
        equal(Jacobian(tanh(x), x), Diag(odot(tanh(x), ones - tanh(x)))),
    ),
    Row("hessian", equal(Hessian(x.T * A * x, x), A + A.T), equal(Hessian(x.T * A * x, x), 2 * A)),
    Row(
        "hessian-of-call",
        equal(Hessian(Call("L", 1, 1, A * x), x), Hessian(Call("L", 1, 1, A * x), x).T),
        equal(Hessian(Call("L", 1, 1, A * x), x), A.T * Hessian(Call("L", 1, 1, x), x) * A),
    ),
    Row(
        "chain-rule",
        equal(Gradient(Call("L", 1, 1, A * x) + b.T * x, x) - b, Gradient(Call("L", 1, 1, A * x), x)),
        equal(Gradient(Call("L", 1, 1, A * x) + b.T * x, x), Gradient(Call("L", 1, 1, A * x), x)),
    ),
    Row(
        "product-of-numbers",
        equal(Gradient((x.T * y) * (x.T * z), x), (x.T * z) * y + (x.T * y) * z),
        equal(Gradient((x.T * y) * (x.T * z), x), (x.T * z) * (x.T * y) * y),
    ),
    Row(
        "by-number",
        equal(ScalarDerivative((A + a * B) * (A + a * B), a), B * (A + a * B) + (A + a * B) * B),
        equal(ScalarDerivative((A + a * B) * (A + a * B), a), 2 * B * (A + a * B)),
    ),
    Row(
        "differential",
        equal(Differential(A.I, A, dA), -(A.I * dA * A.I)),
        equal(Differential(A.I, A, dA), -(A.I * A.I * dA)),
        given(*invertible(A)),
    ),
    Row(
        "differential-of-two",
        equal(Differential(A * x, A, dA, x, dx), dA * x + A * dx),
        equal(Differential(A * x, A, dA, x, dx), dA * dx),
    ),
    Row(
        "by-entry",
        equal(Gradient(x.T * A * y, Entry(A, 1, 2)), Entry(x, 1) * Entry(y, 2)),
        equal(Gradient(x.T * A * y, Entry(A, 1, 2)), Entry(x, 2) * Entry(y, 1)),
        given(at_most(Int(2), Int(n))),
    ),
    Row(
        "weight-normalisation",
        equal(Jacobian(g * u / norm(u), u), g / norm(u) * (I - u * u.T / sq(u))),
        equal(Jacobian(g * u / norm(u), u), g / norm(u) * (I - u * u.T / norm(u))),
        given(Predicate("nonzero", u)),
    ),
    Row(
        "by-defined-name",
        equal(Gradient(sq(w), w), 2 * g * u),
        equal(Gradient(sq(w), w), 2 * u),
        Context(definitions=(Definition(w, g * u),)),
    ),
)

SOFTMAX = (
    Row("softmax-shift", equal(Softmax(x + a * ones), Softmax(x)), equal(Softmax(a * x), Softmax(x))),
    Row("softmax-sums-to-one", equal(ones.T * Softmax(x), 1), equal(sq(Softmax(x)), 1)),
    Row(
        "softmax-jacobian",
        equal(Jacobian(Softmax(x), x), Diag(Softmax(x)) - Softmax(x) * Softmax(x).T),
        equal(Jacobian(Softmax(x), x), Diag(Softmax(x)) - Diag(odot(Softmax(x), Softmax(x)))),
    ),
    Row("log-sum-exp-gradient", equal(Gradient(LogSumExp(x), x), Softmax(x)), equal(Gradient(LogSumExp(x), x), exp(x))),
    Row(
        "log-sum-exp-shift", equal(LogSumExp(x + a * ones), LogSumExp(x) + a), equal(LogSumExp(a * x), a * LogSumExp(x))
    ),
    Row(
        "log-sum-exp-hessian",
        equal(Hessian(LogSumExp(x), x), Diag(Softmax(x)) - Softmax(x) * Softmax(x).T),
        equal(Hessian(LogSumExp(x), x), Diag(Softmax(x))),
    ),
)

FUNCTIONS = (
    Row(
        "log-of-logistic",
        equal(Apply("log", 1 - logistic(a)), -Apply("softplus", a)),
        equal(Apply("log", 1 - logistic(a)), -a - Apply("softplus", a)),
    ),
    Row(
        "gradient-of-a-likelihood",
        equal(
            Gradient(
                y.T * Apply("log", logistic(A * x)) + (Ones(n) - y).T * Apply("log", Ones(n) - logistic(A * x)), x
            ),
            A.T * (y - logistic(A * x)),
        ),
        equal(
            Gradient(
                y.T * Apply("log", logistic(A * x)) + (Ones(n) - y).T * Apply("log", Ones(n) - logistic(A * x)), x
            ),
            A.T * (logistic(A * x) - y),
        ),
    ),
    Row(
        "log-of-a-single-fraction",
        equal(Apply("log", 1 - 1 / (1 + Apply("exp", a))), a - Apply("log", 1 + Apply("exp", a))),
        equal(Apply("log", 1 - 1 / (1 + Apply("exp", a))), -Apply("log", 1 + Apply("exp", a))),
    ),
    Row(
        "powers-multiply",
        equal(a ** Int(k) * a ** Int(k), a ** Int(2 * k)),
        equal(a ** Int(k) * a ** Int(k), 2 * a ** Int(k)),
        given(at_most(Int(0), Int(k))),
    ),
    Row(
        "sine-and-cosine",
        equal(Apply("sin", a) ** 2 + Apply("cos", a) ** 2, 1),
        equal(Apply("sin", a) ** 2 - Apply("cos", a) ** 2, 1),
    ),
    Row("absolute-square", equal(Apply("abs", a) ** 2, a**2), equal(Apply("abs", a) ** 2, a)),
    Row(
        "maximum", equal(2 * Max(a, c), a + c + Apply("abs", a - c)), equal(2 * Max(a, c), a + c + Apply("abs", a + c))
    ),
    Row("minimum", equal(Min(a, c) + Max(a, c), a + c), equal(Min(a, c), Max(a, c))),
    Row("logistic-symmetry", equal(logistic(-a), 1 - logistic(a)), equal(logistic(-a), -logistic(a))),
    Row("logistic-by-exp", equal(logistic(a), 1 / (1 + exp(-a))), equal(logistic(a), 1 / (1 + exp(a)))),
    Row("tanh-by-logistic", equal(tanh(a), 2 * logistic(2 * a) - 1), equal(tanh(a), 2 * logistic(a) - 1)),
    Row("tanh-odd", equal(tanh(-x), -tanh(x)), equal(tanh(-x), tanh(x))),
    Row("exp-sum", equal(exp(a + c), exp(a) * exp(c)), equal(exp(a * c), exp(a) * exp(c))),
    Row("exp-negative", equal(exp(-a), 1 / exp(a)), equal(exp(-a), -exp(a))),
    Row(
        "log-product",
        equal(log(a * c), log(a) + log(c)),
        equal(log(a + c), log(a) + log(c)),
        given(less(0, a), less(0, c)),
    ),
    Row("log-exp", equal(log(exp(a)), a), equal(log(exp(a) + 1), a)),
    Row("log-power", equal(log(a**3), 3 * log(a)), equal(log(a**3), log(a) ** 3), given(less(0, a))),
    Row(
        "root-product",
        equal(sqrt(a * c), sqrt(a) * sqrt(c)),
        equal(sqrt(a + c), sqrt(a) + sqrt(c)),
        given(less(0, a), less(0, c)),
    ),
    Row("root-square", equal(sqrt(a**2), a), equal(sqrt(a**2), -a), given(less(0, a))),
    Row(
        "softplus",
        equal(Apply("softplus", a) - Apply("softplus", -a), a),
        equal(Apply("softplus", a) + Apply("softplus", -a), a),
    ),
    Row("relu", equal(Apply("relu", a) - Apply("relu", -a), a), equal(Apply("relu", a) + Apply("relu", -a), a)),
    Row(
        "power-sum",
        equal(a ** Int(k + 2), a * a * a ** Int(k)),
        equal(a ** Int(2 * k), 2 * a ** Int(k)),
        given(at_most(Int(0), Int(k))),
    ),
    Row("cross-fraction", equal(1 / (1 + a**2) + a**2 / (1 + a**2), 1), equal(1 / (1 + a**2) + a / (1 + a**2), 1)),
)

moments = Context(hypotheses=(Predicate("positive semidefinite", S),), random=(Random(x, "moments", (z, S)),))
gaussian = Context(hypotheses=(Predicate("positive semidefinite", S),), random=(Random(x, "gaussian", (Zeros(n), S)),))
bernoulli = Context(hypotheses=(less(0, r), less(r, 1)), random=(Random(X, "bernoulli", (r,)),))
samples = Context(hypotheses=(less(0, c),), random=(Random(h[t], "iid", (a, c)),))
pair = Context(
    hypotheses=(less(0, c), less(0, g)), random=(Random(a, "iid", (r, c)), Random(alpha, "iid", (Num(0), g)))
)

EXPECTATION = (
    Row("linear-map", equal(Expectation(A * x + b), A * z + b), equal(Expectation(A * x + b), A * z), moments),
    Row("variance-of-map", equal(Variance(A * x + b), A * S * A.T), equal(Variance(A * x + b), A.T * S * A), moments),
    Row(
        "covariance-of-maps",
        equal(Covariance(A * x, B * x), A * S * B.T),
        equal(Covariance(A * x, B * x), A * S * B),
        moments,
    ),
    Row(
        "quadratic-form",
        equal(Expectation(x.T * A * x), Trace(A * S) + z.T * A * z),
        equal(Expectation(x.T * A * x), Trace(A * S)),
        moments,
    ),
    Row("second-moment", equal(Expectation(x * x.T), S + z * z.T), equal(Expectation(x * x.T), S - z * z.T), moments),
    Row(
        "quartic-gaussian",
        equal(Expectation((x.T * A * x) * (x.T * B * x)), Trace(A * S) * Trace(B * S) + Trace(A * S * (B + B.T) * S)),
        equal(Expectation((x.T * A * x) * (x.T * B * x)), Trace(A * S) * Trace(B * S)),
        gaussian,
    ),
    Row(
        "bernoulli-gram",
        equal(Expectation(X.T * X), Int(n) * (r * r * Ones(d, d) + r * (1 - r) * Eye(d))),
        equal(Expectation(X.T * X), Int(n) * r * r * Ones(d, d)),
        bernoulli,
    ),
    Row(
        "bernoulli-mask",
        equal(Expectation(odot(X, Y) * beta), r * Y * beta),
        equal(Expectation(odot(X, Y) * beta), r * r * Y * beta),
        bernoulli,
    ),
    Row(
        "independent-product",
        equal(Expectation(a**2 * alpha**2), (c + r**2) * g),
        equal(Expectation(a**2 * alpha**2), r**2 * g),
        pair,
    ),
    Row("independent-variance", equal(Variance(a + alpha), c + g), equal(Variance(a - alpha), c - g), pair),
    Row(
        "mean-of-samples",
        equal(Expectation(SumOver(h[t], t, 1, T) / Int(T)), a),
        equal(Expectation(SumOver(h[t], t, 1, T)), a),
        samples,
    ),
    Row(
        "variance-of-mean",
        equal(Variance(SumOver(h[t], t, 1, T) / Int(T)), c / Int(T)),
        equal(Variance(SumOver(h[t], t, 1, T) / Int(T)), c),
        samples,
    ),
    Row(
        "gradient-of-mean",
        equal(Gradient(Expectation(sq(b - A * x)), b), 2 * (b - A * z)),
        equal(Gradient(Expectation(sq(b - A * x)), b), 2 * (b - z)),
        moments,
    ),
)

linear = Context(recurrences=(Recurrence(h[t], a * h[t - 1] + f[t]),))
network = Context(recurrences=(Recurrence(H[t], logistic(A * H[t - 1] + B * V[t])),))
loss = SumOver(sq(V[t] - C * H[t]), t, 1, T)
from_one = (at_most(Int(1), Int(t)), less(Int(t), Int(T)))

RECURRENCES = (
    Row(
        "transitions-compose",
        equal(Jacobian(H[T], H[t]), Jacobian(H[T], H[s]) * Jacobian(H[s], H[t])),
        equal(Jacobian(H[T], H[t]), Jacobian(H[s], H[t]) * Jacobian(H[T], H[s])),
        network.given(at_most(Int(0), Int(t)), less(Int(t), Int(s)), less(Int(s), Int(T))),
    ),
    Row(
        "one-step",
        equal(Gradient(h[t + 1], h[t]), a),
        equal(Gradient(h[t + 1], h[t]), a * h[t]),
        linear.given(at_most(Int(0), Int(t))),
    ),
    Row(
        "two-steps",
        equal(Gradient(h[t + 2], h[t]), a**2),
        equal(Gradient(h[t + 2], h[t]), 2 * a),
        linear.given(at_most(Int(0), Int(t))),
    ),
    Row(
        "later-does-not-matter",
        equal(Gradient(h[t], h[t + 1]), 0),
        equal(Gradient(h[t + 1], h[t]), 0),
        linear.given(at_most(Int(0), Int(t))),
    ),
    Row(
        "jacobian-of-step",
        equal(Jacobian(H[t + 1], H[t]), Diag(odot(H[t + 1], ones - H[t + 1])) * A),
        equal(Jacobian(H[t + 1], H[t]), A * Diag(odot(H[t + 1], ones - H[t + 1]))),
        network.given(at_most(Int(0), Int(t))),
    ),
    Row(
        "adjoint-recursion",
        equal(
            Gradient(loss, H[t]),
            Gradient(sq(V[t] - C * H[t]), H[t]) + Jacobian(H[t + 1], H[t]).T * Gradient(loss, H[t + 1]),
        ),
        equal(
            Gradient(loss, H[t]),
            Gradient(sq(V[t] - C * H[t]), H[t]) + Jacobian(H[t + 1], H[t]) * Gradient(loss, H[t + 1]),
        ),
        network.given(*from_one),
    ),
    Row(
        "parameter-gradient",
        equal(Gradient(loss, A), SumOver(Diag(odot(H[t], ones - H[t])) * Gradient(loss, H[t]) * H[t - 1].T, t, 1, T)),
        equal(Gradient(loss, A), SumOver(Diag(odot(H[t], ones - H[t])) * Gradient(loss, H[t]) * H[t].T, t, 1, T)),
        network,
    ),
    Row(
        "hypothesis-before-a-step",
        equal(H[t + 1], logistic(A * x + B * V[t + 1])),
        equal(H[t + 1], logistic(A * x + B * V[t])),
        network.given(at_most(Int(0), Int(t)), equal(H[t], x)),
        refuted=False,
    ),
    Row(
        "step-inside-a-norm",
        equal(norm(Jacobian(H[t + 1], H[t])), norm(Diag(odot(H[t + 1], ones - H[t + 1])) * A)),
        equal(norm(Jacobian(H[t + 1], H[t])), norm(A)),
        network.given(at_most(Int(0), Int(t))),
    ),
    Row("unfolded", equal(h[2], a * (a * h[0] + f[1]) + f[2]), equal(h[2], a * (a * h[0] + f[2]) + f[1]), linear),
)

SUMS = (
    Row(
        "gram-as-sum",
        equal(SumOver(MatrixRow(X, i).T * MatrixRow(X, i), i, 1, n), X.T * X),
        equal(SumOver(MatrixRow(X, i).T * MatrixRow(X, i), i, 2, n), X.T * X),
    ),
    Row(
        "shifted-index",
        equal(SumOver(h[t + 1], t, 0, T - 1), SumOver(h[t], t, 1, T)),
        equal(SumOver(h[t + 1], t, 1, T), SumOver(h[t], t, 1, T)),
    ),
    Row(
        "split-first",
        equal(SumOver(h[t], t, 1, T), h[1] + SumOver(h[t], t, 2, T)),
        equal(SumOver(h[t], t, 1, T), h[1] + SumOver(h[t], t, 1, T - 1)),
    ),
    Row(
        "split-last",
        equal(SumOver(h[t], t, 1, T), SumOver(h[t], t, 1, T - 1) + h[T]),
        equal(SumOver(h[t], t, 1, T), SumOver(h[t], t, 1, T) + h[T]),
    ),
    Row(
        "telescoping",
        equal(SumOver(h[t] - h[t - 1], t, 1, T), h[T] - h[0]),
        equal(SumOver(h[t] - h[t - 1], t, 1, T), h[T] - h[1]),
    ),
    Row(
        "exchange",
        equal(
            SumOver(SumOver(Member("a", 1, 1, i, j), j, 1, m), i, 1, n),
            SumOver(SumOver(Member("a", 1, 1, i, j), i, 1, n), j, 1, m),
        ),
        equal(
            SumOver(SumOver(Member("a", 1, 1, i, j), j, 1, m), i, 1, n),
            SumOver(SumOver(Member("a", 1, 1, j, i), j, 1, m), i, 1, n),
        ),
    ),
    Row("constant", equal(SumOver(a, t, 1, T), Int(T) * a), equal(SumOver(a, t, 0, T), Int(T) * a)),
    Row(
        "same-name-twice",
        equal(SumOver(SumOver(h[i], i, 1, n), i, 1, m), Int(m) * SumOver(h[i], i, 1, n)),
        equal(SumOver(SumOver(h[i], i, 1, n), i, 1, m), Int(n) * SumOver(h[i], i, 1, m)),
    ),
    Row(
        "nested-shift",
        equal(
            SumOver(SumOver(h[i + 1] * f[j], j, 1, i), i, 1, T), SumOver(SumOver(h[i] * f[j], j, 1, i - 1), i, 2, T + 1)
        ),
        equal(SumOver(SumOver(h[i + 1] * f[j], j, 1, i), i, 1, T), SumOver(SumOver(h[i] * f[j], j, 1, i), i, 2, T + 1)),
    ),
    Row(
        "reflected",
        equal(SumOver(h[T - t], t, 0, T), SumOver(h[t], t, 0, T)),
        equal(SumOver(h[T - t], t, 0, T), SumOver(h[t], t, 1, T)),
    ),
    Row(
        "gradient-of-sum",
        equal(Gradient(SumOver(sq(H[t]), t, 1, T), H[s]), 2 * H[s]),
        equal(Gradient(SumOver(sq(H[t]), t, 1, T), H[s]), H[s]),
        given(at_most(Int(1), Int(s)), at_most(Int(s), Int(T))),
    ),
)

HYPOTHESES = (
    Row(
        "inside-a-call",
        equal(Call("L", 1, 1, A * x), Call("L", 1, 1, B * y)),
        equal(Call("L", 1, 1, A * x), Call("L", 1, 1, y)),
        given(equal(A * x, B * y)),
    ),
    Row(
        "full-rank",
        equal(Rank(X.T), Int(n)),
        equal(Rank(X), Int(d)),
        given(Predicate("full row rank", X), less(Int(n), Int(d))),
    ),
    Row("no-distance", equal(x, y), equal(x, -y), given(equal(sq(x - y), 0))),
    Row("solved", equal(x.T * x, y.T * A.T * A * y), equal(x.T * x, y.T * A * A.T * y), given(equal(x, A * y))),
    Row(
        "member-solved",
        equal(H[k].T * H[k], y.T * A.T * A * y),
        equal(H[k].T * H[k], y.T * A * A.T * y),
        given(equal(H[k], A * y)),
    ),
    Row("inverse-solved", equal(x, A.I * b), equal(x, b), given(*invertible(A), equal(A * x, b))),
    Row("word", equal(A * B * A * B, C * C), equal(B * A * B * A, C * C), given(equal(A * B, C))),
    Row("commuting", equal(A * B * B, B * B * A), equal(A * B * C, C * B * A), given(equal(A * B, B * A))),
    Row("symmetric", equal((S * A).T, A.T * S), equal((S * A).T, A * S), given(Predicate("symmetric", S))),
    Row("orthogonal", equal(sq(Q * x), sq(x)), equal(Q * x, x), given(Predicate("orthogonal", Q))),
    Row("orthogonal-inverse", equal(Q.I, Q.T), equal(Q.I, Q), given(Predicate("orthogonal", Q), *invertible(Q))),
    Row("idempotent", equal((I - P) * P, Zeros(n, n)), equal(P, I), given(Predicate("idempotent", P))),
    Row("diagonal", equal(D * Diag(x), Diag(x) * D), equal(D * A, A * D), given(Predicate("diagonal", D))),
    Row("cancelled-factor", equal(A, B), equal(A, -B), given(equal(c * A, c * B), Predicate("nonzero", c))),
    Row(
        "unit-norm",
        equal((I - u * u.T) * (I - u * u.T), I - u * u.T),
        equal((I - u * u.T) * u, u),
        given(equal(u.T * u, 1)),
    ),
)

by_k = Induction(k, 0)
from_zero = given(at_most(Int(0), Int(k)))
powers = Context(
    definitions=(Definition(h[0], Num(1)),),
    recurrences=(Recurrence(h[t], a * h[t - 1]),),
    hypotheses=(at_most(Int(0), Int(k)),),
)

INDUCTION = (
    Row("closed-form", equal(h[k], a ** Int(k)), equal(h[k], a ** Int(k + 1)), powers, by_k),
    Row(
        "arithmetic-sum",
        equal(SumOver(Int(t), t, 1, k), Int(k) * Int(k + 1) / 2),
        equal(SumOver(Int(t), t, 1, k), Int(k) * Int(k) / 2),
        from_zero,
        by_k,
    ),
    Row(
        "geometric-sum",
        equal((1 - a) * SumOver(a ** Int(t), t, 0, k), 1 - a ** Int(k + 1)),
        equal((1 - a) * SumOver(a ** Int(t), t, 0, k), 1 - a ** Int(k)),
        from_zero,
        by_k,
    ),
    Row(
        "bounded-from-above",
        equal(h[k], a ** Int(k)),
        equal(h[k], a ** Int(k + 1)),
        powers.given(at_most(Int(k), Int(n))),
        by_k,
    ),
    Row(
        "counted-from-the-end",
        equal((1 - a) * SumOver(a ** Int(k - t), t, 1, k), 1 - a ** Int(k)),
        equal((1 - a) * SumOver(a ** Int(k - t), t, 1, k), 1 - a ** Int(k + 1)),
        from_zero,
        by_k,
    ),
)

POWERS = (
    Row(
        "geometric-matrices",
        equal((Eye(n) - A) * SumOver(A ** Int(k), k, 0, m - 1), Eye(n) - A ** Int(m)),
        equal((Eye(n) - A) * SumOver(A ** Int(k), k, 0, m - 1), Eye(n) - A ** Int(m + 1)),
    ),
    Row(
        "power-times-base",
        equal(A ** Int(k) * A * B, A * A ** Int(k) * B),
        equal(A ** Int(k) * A * B, A ** Int(k) * B * A),
        from_zero,
    ),
    Row(
        "powers-add",
        equal(A ** Int(k) * A ** Int(m), A ** Int(k + m)),
        equal(A ** Int(k) * B ** Int(m), B ** Int(m) * A ** Int(k)),
        from_zero,
    ),
    Row(
        "power-of-idempotent",
        equal(P ** Int(k), P),
        equal(P ** Int(k - 1), P),
        given(Predicate("idempotent", P), at_most(Int(1), Int(k))),
    ),
    Row(
        "power-of-similar",
        equal((B * A * B.I) ** Int(k), B * A ** Int(k) * B.I),
        equal((B * A * C.I) ** Int(k), B * A ** Int(k) * C.I),
        given(*invertible(B, C), at_most(Int(0), Int(k))),
    ),
    Row(
        "power-of-orthogonal-similar",
        equal((Q * A * Q.T) ** Int(k), Q * A ** Int(k) * Q.T),
        equal((Q * A * Q) ** Int(k), Q * A ** Int(k) * Q),
        given(Predicate("orthogonal", Q), at_most(Int(0), Int(k))),
    ),
    Row(
        "power-of-scaled",
        equal((a * A) ** Int(k), a ** Int(k) * A ** Int(k)),
        equal((a * A) ** Int(k), a * A ** Int(k)),
        from_zero,
    ),
)

spectral = (Predicate("positive semidefinite", P), less(0, alpha), less(alpha, 1 / EigMax(P)))

LIMITS = (
    Row(
        "equal-sequences",
        equal(Limit(Apply("phi", h[k] + h[k]), k), Limit(Apply("phi", 2 * h[k]), k)),
        equal(Limit(Apply("phi", h[k] + h[k]), k), Limit(Apply("phi", h[k]), k)),
        refuted=False,
    ),
    Row(
        "small-number",
        equal(Limit(a ** Int(k), k), 0),
        equal(Limit(1 + a ** Int(k), k), 0),
        given(less(0, a), less(a, 1)),
    ),
    Row(
        "small-number-or-zero",
        equal(Limit(a ** Int(k), k), 0),
        equal(Limit(a ** Int(k), k), 1),
        given(at_most(0, a), less(a, 1)),
    ),
    Row(
        "linear-in-sequence",
        equal(Limit(A * H[k], k), A * Limit(H[k], k)),
        equal(Limit(A * H[k], k), Limit(H[k], k)),
        refuted=False,
    ),
)

ORDER = (
    Row(
        "sum-of-exponentials",
        less(0, SumOver(exp(Entry(x, i)), i, 1, n)),
        less(1, SumOver(exp(Entry(x, i)), i, 1, n)),
    ),
    Row(
        "below-a-projection",
        at_most(x.T * P * x, sq(x)),
        at_most(sq(x), x.T * P * x),
        given(Predicate("symmetric", P), Predicate("idempotent", P)),
    ),
    Row(
        "product-of-entries",
        Predicate("positive definite", odot(A, B)),
        Predicate("positive definite", odot(A, C)),
        given(Predicate("positive definite", A), Predicate("positive definite", B), Predicate("symmetric", C)),
    ),
    Row(
        "weights-of-a-gram-matrix",
        Predicate("positive semidefinite", X.T * Diag(odot(logistic(x), Ones(n, 1) - logistic(x))) * X),
        Predicate("positive semidefinite", X.T * Diag(odot(logistic(x), logistic(y) - logistic(x))) * X),
    ),
    Row(
        "semidefinite-diagonal",
        at_most(0, Entry(P, i, i)),
        at_most(0, Entry(A, i, i)),
        given(Predicate("positive semidefinite", P)),
    ),
    Row(
        "minor-of-semidefinite",
        at_most(Entry(P, i, j) ** 2, Entry(P, i, i) * Entry(P, j, j)),
        at_most(Entry(A, i, j) ** 2, Entry(A, i, i) * Entry(A, j, j)),
        given(Predicate("positive semidefinite", P)),
    ),
    Row(
        "cauchy-schwarz-semidefinite",
        at_most((x.T * P * y) ** 2, (x.T * P * x) * (y.T * P * y)),
        at_most((x.T * B * y) ** 2, (x.T * B * x) * (y.T * B * y)),
        given(Predicate("positive semidefinite", P), Predicate("symmetric", B)),
    ),
    Row(
        "eigenvalue-below-trace",
        at_most(EigMax(P), Trace(P)),
        at_most(EigMax(B), Trace(B)),
        given(Predicate("positive semidefinite", P), Predicate("symmetric", B)),
    ),
    Row(
        "outer-below-square",
        Predicate("positive semidefinite", Diag(Softmax(z)) - Softmax(z) * Softmax(z).T),
        Predicate("positive semidefinite", Diag(y) - y * y.T),
        given(equal(Ones(n, 1).T * y, 1)),
    ),
    Row(
        "size-of-a-unit",
        equal(Apply("abs", Det(Q)), 1),
        equal(Apply("abs", Det(A)), 1),
        given(Predicate("orthogonal", Q)),
    ),
    Row(
        "entry-that-is-not-zero",
        less(0, Entry(x, 1) ** 2),
        less(0, Entry(y, 1) ** 2),
        given(Predicate("nonzero", Entry(x, 1))),
    ),
    Row(
        "negative-denominator",
        less(0, 1 / (a - 1)),
        less(0, 1 / (1 - a)),
        given(less(1, a)),
    ),
    Row(
        "covariance-of-weights",
        at_most(0, x.T * (Diag(Softmax(z)) - Softmax(z) * Softmax(z).T) * x),
        at_most(0, x.T * (Diag(y) - y * y.T) * x),
    ),
    Row(
        "shrinking-diagonal",
        at_most(norm(Diag(logistic(x)) * y), norm(y)),
        at_most(norm(Diag(x) * y), norm(y)),
    ),
    Row(
        "one-norm-by-dimension",
        at_most(norm(x, "1"), sqrt(Int(n)) * norm(x)),
        at_most(norm(x, "1"), norm(x)),
    ),
    Row("operator-norm", equal(norm(A), sqrt(EigMax(A.T * A))), equal(norm(A), EigMax(A.T * A))),
    Row("norm-of-the-identity", equal(norm(I), 1), equal(norm(I), sqrt(Int(n)))),
    Row("norms-of-equal-matrices", equal(norm(A * (B + C)), norm(A * B + A * C)), equal(norm(A * B), norm(B * A))),
    Row(
        "bound-times-a-norm",
        at_most(norm(A) * norm(B), alpha * norm(B)),
        at_most(norm(A) * norm(B), alpha),
        given(at_most(norm(A), alpha)),
    ),
    Row(
        "roots-keep-the-order",
        at_most(sqrt(a), sqrt(c)),
        at_most(sqrt(c), sqrt(a)),
        given(at_most(0, a), at_most(a, c)),
    ),
    Row(
        "norm-of-a-diagonal",
        at_most(norm(Diag(x)), norm(x, "inf")),
        at_most(norm(x), norm(x, "inf")),
    ),
    Row(
        "as-the-hypothesis-says",
        at_most(norm(x, "inf") * norm(A), alpha * norm(A)),
        at_most(norm(x, "1") * norm(A), alpha * norm(A)),
        given(at_most(norm(x, "inf"), alpha)),
    ),
    Row(
        "norm-of-an-inverse-as-the-hypothesis-says",
        at_most(norm((A + B).I), norm(x, "inf") * norm(A)),
        at_most(norm(x, "inf") * norm(A), norm((A + B).I)),
        given(at_most(norm((A + B).I), norm(x, "inf") * norm(A))),
    ),
    Row("max-is-above", at_most(a, Max(a, c)), at_most(Max(a, c), a)),
    Row("trace-of-definite", less(0, Trace(P)), less(1, Trace(P)), given(Predicate("positive definite", P))),
    Row("sum-of-squares", at_most(2 * a * c, a**2 + c**2), at_most(3 * a * c, a**2 + c**2)),
    Row("cauchy-schwarz", at_most((x.T * y) ** 2, sq(x) * sq(y)), at_most((x.T * y) ** 2, sq(x) * (x.T * y))),
    Row("triangle", at_most(norm(x + y), norm(x) + norm(y)), at_most(norm(x) + norm(y), norm(x + y))),
    Row(
        "submultiplicative",
        at_most(norm(A * B, "F"), norm(A, "F") * norm(B, "F")),
        at_most(norm(A, "F") * norm(B, "F"), norm(A * B, "F")),
    ),
    Row("tangent", at_most(1 + a, exp(a)), at_most(1 + 2 * a, exp(a))),
    Row("difference", less(0, 2 * a - 2 * c), less(0, c - a), given(less(c, a))),
    Row("square", at_most(0, sq(x)), less(0, sq(x))),
    Row("gram-form", at_most(0, x.T * A.T * A * x), at_most(0, x.T * A * A * x)),
    Row("definite-form", at_most(0, x.T * P * x), less(0, x.T * P * x), given(Predicate("positive semidefinite", P))),
    Row("product-of-positive", less(0, a * c), less(0, a - c), given(less(0, a), less(0, c))),
    Row("nonnegative", at_most(0, a * c), less(0, a * c), given(at_most(0, a), at_most(0, c))),
    Row("nonzero-square", less(0, a**2), less(0, a), given(Predicate("nonzero", a))),
    Row("nonzero-norm", less(0, sq(x)), less(0, Entry(x, 1) * Entry(x, 1)), given(Predicate("nonzero", x))),
    Row("integers", less(Int(n), Int(d + 1)), less(Int(n), Int(d)), given(at_most(Int(n), Int(d)))),
    Row("exp-positive", less(0, exp(a)), less(1, exp(a))),
    Row("gram-semidefinite", Predicate("positive semidefinite", X * X.T), Predicate("positive definite", X * X.T)),
    Row(
        "gram-definite",
        Predicate("positive definite", X * X.T),
        Predicate("positive definite", X.T * X),
        given(Predicate("full row rank", X), less(Int(n), Int(d))),
    ),
    Row(
        "ridge-definite",
        Predicate("positive definite", X * X.T + c * I),
        Predicate("positive definite", X * X.T - c * I),
        given(less(0, c)),
    ),
    Row(
        "congruence",
        Predicate("positive semidefinite", A * P * A.T),
        Predicate("positive semidefinite", A * P * A),
        given(Predicate("positive semidefinite", P)),
    ),
    Row(
        "eigenvalue-bound",
        Predicate("positive definite", I - alpha * P),
        Predicate("positive definite", I - 2 * alpha * P),
        given(*spectral),
    ),
    Row(
        "symmetric-product",
        Predicate("symmetric", A.T * S * A),
        Predicate("symmetric", A * S),
        given(Predicate("symmetric", S)),
    ),
    Row("invertible-product", Predicate("invertible", A * B), Predicate("invertible", A + B), given(*invertible(A, B))),
)

_m, _n, _p, _q = sizes("m n p q")
KA, KX, KB = matrix("A", _m, _n), matrix("X", _n, _p), matrix("B", _p, _q)
KS, KR, KY = matrix("S", _m, _m), matrix("R", _n, _n), matrix("Y", _m, _n)
SPECIAL = (
    Row(
        "skew-trace",
        equal(Trace(S * B), 0),
        equal(Trace(A * B), 0),
        given(Predicate("symmetric", S), equal(B.T, -B)),
    ),
    Row(
        "skew-determinant",
        equal(Det(B - B.T), Det(B.T - B)),
        equal(Det(A - B.T), Det(B.T - A)),
    ),
    Row(
        "form-with-two-inverses",
        equal(x.T * (Eye(n) - A * (Eye(n) + B * A).I * B) * x, x.T * (Eye(n) + A * B).I * x),
        equal(x.T * (Eye(n) - A * (Eye(n) + B * A).I * B) * x, x.T * (Eye(n) - A * B).I * x),
        given(*invertible(Eye(n) + A * B, Eye(n) + B * A, Eye(n) - A * B)),
    ),
    Row(
        "orthonormal-columns",
        equal(X.T * X * X.T, X.T),
        equal(X * X.T, Eye(n)),
        given(equal(X.T * X, Eye(d))),
    ),
    Row("rank-by-trace", equal(Rank(X), Trace(PseudoInverse(X) * X)), equal(Rank(X), Trace(PseudoInverse(Y) * Y))),
    Row(
        "pseudo-inverse-of-vector",
        equal(PseudoInverse(x), x.T / (x.T * x)),
        equal(PseudoInverse(x), x.T / norm(x)),
        given(Predicate("nonzero", x)),
    ),
    Row(
        "pseudo-inverse-of-projection",
        equal(PseudoInverse(P), P),
        equal(PseudoInverse(S), S),
        given(Predicate("symmetric", P), Predicate("idempotent", P), Predicate("symmetric", S)),
    ),
    Row(
        "narrow-determinant",
        equal(Det(X.T * X), 0),
        equal(Det(X * X.T), 0),
        given(less(Int(n), Int(d))),
    ),
    Row("rank-of-kron", equal(Rank(Kron(X, A)), Rank(X) * Rank(A)), equal(Rank(Kron(X, A)), Rank(X) + Rank(A))),
    Row(
        "rank-of-idempotent",
        equal(Rank(P), Trace(P)),
        equal(Rank(A), Trace(A)),
        given(Predicate("idempotent", P)),
    ),
    Row(
        "rank-of-outer-product",
        equal(Rank(x * y.T), 1),
        equal(Rank(x * z.T), 1),
        given(Predicate("nonzero", x), Predicate("nonzero", y)),
    ),
    Row(
        "trace-of-exponential",
        equal(Gradient(Trace(MatrixFunction("exp", A)), A), MatrixFunction("exp", A).T),
        equal(Gradient(Trace(MatrixFunction("exp", A)), A), MatrixFunction("exp", A)),
    ),
    Row(
        "trace-of-power",
        equal(Gradient(Trace(A ** Int(m)), A), Int(m) * (A ** Int(m - 1)).T),
        equal(Gradient(Trace(A ** Int(m)), A), Int(m) * A ** Int(m - 1)),
    ),
    Row(
        "kronecker-product",
        equal(Kron(KA, KB) * Kron(KA.T, KB.T), Kron(KA * KA.T, KB * KB.T)),
        equal(Kron(KA, KB) * Kron(KA.T, KB.T), Kron(KA * KA.T, KB * KB.T) * 2),
    ),
    Row("kronecker-transpose", equal(Kron(KS, KR).T, Kron(KS.T, KR.T)), equal(Kron(KS, KR).T, Kron(KS.T, KR))),
    Row(
        "kronecker-determinant",
        equal(Det(Kron(KS, KR)), Det(KS) ** Int(_n) * Det(KR) ** Int(_m)),
        equal(Det(Kron(KS, KR)), Det(KS) ** Int(_m) * Det(KR) ** Int(_n)),
    ),
    Row(
        "vec-of-product",
        equal(Vec(KA * KX * KB), Kron(KB.T, KA) * Vec(KX)),
        equal(Vec(KA * KX * KB), Kron(KB.T, KA) * Vec(2 * KX)),
    ),
    Row("vec-and-trace", equal(Vec(KY).T * Vec(KA), Trace(KY.T * KA)), equal(Vec(KY).T * Vec(KY), Trace(KY.T * KA))),
    Row("penrose", equal(KA * PseudoInverse(KA) * KA, KA), equal(KA * PseudoInverse(KA) * KA, 2 * KA)),
    Row(
        "pseudo-inverse-symmetry",
        equal((KA * PseudoInverse(KA)).T, KA * PseudoInverse(KA)),
        equal(PseudoInverse(KA) * KA, Eye(_n)),
    ),
    Row(
        "pseudo-inverse-by-gram",
        equal(PseudoInverse(KA), PseudoInverse(KA.T * KA) * KA.T),
        equal(PseudoInverse(KA), PseudoInverse(KA.T * KA) * 2 * KA.T),
    ),
    Row(
        "pseudo-inverse-full-rank",
        equal(PseudoInverse(KA), (KA.T * KA).I * KA.T),
        equal(KA * PseudoInverse(KA), Eye(_m)),
        given(Predicate("full column rank", KA), less(Int(_n), Int(_m))),
    ),
    Row(
        "exponential-inverse",
        equal(MatrixFunction("exp", KR) * MatrixFunction("exp", -KR), Eye(_n)),
        equal(MatrixFunction("exp", KR) * MatrixFunction("exp", KR), Eye(_n)),
    ),
    Row(
        "exponential-derivative",
        equal(ScalarDerivative(MatrixFunction("exp", a * KR), a), KR * MatrixFunction("exp", a * KR)),
        equal(ScalarDerivative(MatrixFunction("exp", a * KR), a), a * MatrixFunction("exp", a * KR)),
    ),
    Row(
        "block-product",
        equal(Block(2, KS, KY, KY.T, KR) * Block(1, KA, KR), Block(1, KS * KA + KY * KR, KY.T * KA + KR * KR)),
        equal(Block(2, KS, KY, KY.T, KR) * Block(1, KA, KR), Block(1, KS * KA + KY * KR, KY.T * KA + KR)),
    ),
    Row(
        "block-determinant",
        equal(Det(Block(2, KS, KY, KA.T, KR)), Det(KR) * Det(KS - KY * KR.I * KA.T)),
        equal(Det(Block(2, KS, KY, KA.T, KR)), Det(KR) * Det(KS - KA * KR.I * KY.T)),
        given(Predicate("invertible", KR)),
    ),
    Row(
        "block-inverse",
        equal(Block(2, KS, KY, Zeros(_n, _m), KR).I, Block(2, KS.I, -(KS.I * KY * KR.I), Zeros(_n, _m), KR.I)),
        equal(Block(2, KS, KY, Zeros(_n, _m), KR).I, Block(2, KS.I, KS.I * KY * KR.I, Zeros(_n, _m), KR.I)),
        given(Predicate("invertible", KS), Predicate("invertible", KR)),
    ),
)

CLASSES = {
    "special": SPECIAL,
    "algebra": ALGEBRA,
    "traces": TRACES,
    "hadamard": HADAMARD,
    "inverses": INVERSES,
    "determinants": DETERMINANTS,
    "derivatives": DERIVATIVES,
    "softmax": SOFTMAX,
    "functions": FUNCTIONS,
    "expectation": EXPECTATION,
    "recurrences": RECURRENCES,
    "sums": SUMS,
    "hypotheses": HYPOTHESES,
    "induction": INDUCTION,
    "powers": POWERS,
    "limits": LIMITS,
    "order": ORDER,
    **rule_rows.CLASSES,
    **solved_rows.CLASSES,
    **trace_rows.CLASSES,
    **power_rows.CLASSES,
    **ordered_rows.CLASSES,
    **bound_rows.CLASSES,
    **course_rows.CLASSES,
    **number_rows.CLASSES,
    **slope_rows.CLASSES,
    **triangular_rows.CLASSES,
    **eigenvalue_rows.CLASSES,
    **eigenvalue_product_rows.CLASSES,
    **known_bound_rows.CLASSES,
    **range_rows.CLASSES,
    **corner_rows.CLASSES,
    **layer_rows.CLASSES,
    **mean_recurrence_rows.CLASSES,
    **block_rows.CLASSES,
    **inverse_rows.CLASSES,
    **convexity_rows.CLASSES,
    **convex_step_rows.CLASSES,
    **multiples_rows.CLASSES,
    **nilpotent_rows.CLASSES,
    **binary_rows.CLASSES,
    **mean_rows.CLASSES,
    **conditional_rows.CLASSES,
    **limit_rows.CLASSES,
    **real_limit_rows.CLASSES,
    **order_rows.CLASSES,
    **equation_rows.CLASSES,
    **family_rows.CLASSES,
    **adjugate_rows.CLASSES,
    **determinant_rows.CLASSES,
    "indices of one name": index_rows.ROWS,
    **rewriting_rows.CLASSES,
    **closed_rows.CLASSES,
    "entries": entry_rows.ROWS,
    "products": product_rows.ROWS,
    "products by induction": product_rows.INDUCTION,
    "bounds of products": product_rows.BOUNDS,
}
ROWS = [pytest.param(row, id=f"{name}:{row.name}") for name, rows in CLASSES.items() for row in rows]


@pytest.mark.parametrize("row", ROWS)
def test_the_normal_form_alone_proves_a_true_statement(row: Row) -> None:
    assert proved_alone(row.true, row.context, row.by)


@pytest.mark.parametrize("row", ROWS)
def test_the_normal_form_alone_does_not_prove_its_false_twin(row: Row) -> None:
    assert not proved_alone(row.false, row.context, row.by)


@pytest.mark.parametrize("row", [p for p in ROWS if p.values[0].refuted])
def test_both_judges_together_refute_the_false_twin(row: Row) -> None:
    assert judged(row.false, row.context, row.by).status is Status.REFUTED


@pytest.mark.parametrize("row", ROWS)
def test_a_true_statement_is_never_called_wrong(row: Row) -> None:
    assert not judged(row.true, row.context, row.by).status.is_wrong


def test_sixty_four_steps_of_a_recurrence_are_unrolled() -> None:
    steps = 64
    context = Context(recurrences=(Recurrence(H[t], A * H[t - 1] + V[t]),))

    def unrolled(first: int) -> Relation:
        inputs = [Mul(*[A] * (steps - k), V[k]) for k in range(first, steps)]
        return equal(H[steps], Add(*inputs, V[steps], Mul(*[A] * steps, H[0])))

    assert proved_alone(unrolled(1), context)
    assert not proved_alone(unrolled(2), context)


def test_names_of_rows_are_unique_in_their_class() -> None:
    for rows in CLASSES.values():
        assert len({row.name for row in rows}) == len(rows)
