"""Rows for claims that are rewritten as they are written, for blocks that commute, and for diagonal matrices and dyads.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Random
from everystep.algebra.expressions import (
    Add,
    Apply,
    Block,
    Det,
    Diag,
    Entry,
    Expectation,
    Expression,
    Eye,
    Gradient,
    Int,
    Limit,
    MatrixFunction,
    Num,
    Ones,
    PseudoInverse,
    Rank,
    SumOver,
    Transpose,
    Zeros,
    matrix,
    norm,
    odot,
    sq,
    vector,
)
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    C,
    D,
    FalseRow,
    H,
    P,
    Row,
    S,
    W,
    X,
    Y,
    a,
    at_most,
    b,
    beta,
    c,
    d,
    equal,
    g,
    h,
    i,
    invertible,
    j,
    k,
    m,
    n,
    t,
    u,
    v,
    w,
    x,
    y,
    z,
)

given = PLAIN.given
eye, none, ones = Eye(n), Zeros(n, n), Ones(n)
weights = Diag(odot(x, ones - x))
gram = X.T * weights * X
ridge = X.T * X + Eye(d)
G, N = matrix("G", d, d), matrix("N", m, d)
alpha_1, alpha_2 = vector("alpha_1", d), vector("alpha_2", d)
stacked = matrix("Z", n + d, d)
definite, positive = Predicate("positive definite", S), at_most(Num(1), a)
rest, joint = S - X * G.I * X.T, Block(1, u, beta)
gain_matrix = matrix("K", n, d)
gain = (u.T * u) ** 2 / (u.T * S * u)
position = (at_most(Int(1), Int(i)), at_most(Int(i), Int(n)))


def full(*matrices: Expression, of: str = "column") -> tuple[Predicate, ...]:
    return tuple(Predicate(f"full {of} rank", matrix) for matrix in matrices)


def named(name: Expression, body: Expression, *hypotheses: Hypothesis, also: Definition | None = None) -> Context:
    """A context with a name that is defined, and one more."""
    first = Definition(name, body)  # type: ignore[arg-type]
    return Context(definitions=(first,) if also is None else (first, also), hypotheses=hypotheses)


def two(*blocks: Expression) -> Block:
    return Block(2, *blocks)


def exp(e: Expression) -> Apply:
    return Apply("exp", e)


AS_WRITTEN = (
    Row(
        "step-with-an-entrywise-product",
        equal(u + odot(A, B).I * x, odot(A, B).I * (odot(A, B) * u + x)),
        equal(u + odot(A, B).I * x, odot(A, B).I * (odot(B, A.T) * u + x)),
        given(*invertible(odot(A, B))),
    ),
    Row(
        "step-with-a-weighted-gram-matrix",
        equal(beta + gram.I * X.T * y, gram.I * X.T * (weights * X * beta + y)),
        equal(beta + gram.I * X.T * y, gram.I * X.T * (weights * X * beta - y)),
        given(*invertible(gram)),
    ),
    Row(
        "row-times-a-weighted-gram-matrix",
        equal(beta.T + y.T * X * gram.I, (beta.T * X.T * weights * X + y.T * X) * gram.I),
        equal(beta.T + y.T * X * gram.I, (beta.T * X.T * X + y.T * X) * gram.I),
        given(*invertible(gram)),
    ),
    Row(
        "gram-with-a-row",
        equal(Det(X.T * X + beta * beta.T), Det(X.T * X) * (1 + beta.T * (X.T * X).I * beta)),
        equal(Det(X.T * X + beta * beta.T), Det(X.T * X) * (1 + beta.T * (X.T * X) * beta)),
        given(*full(X)),
    ),
    Row(
        "inverse-of-a-symbolic-power",
        equal(Transpose((A ** Int(k)).I), (A.T.I) ** Int(k)),
        equal(Transpose((A ** Int(k)).I), A.I ** Int(k)),
        given(*invertible(A), at_most(Int(0), Int(k))),
    ),
    Row(
        "pseudo-inverse-of-full-rank-factors",
        equal(PseudoInverse(X * Y.T), Y * (Y.T * Y).I * (X.T * X).I * X.T),
        equal(PseudoInverse(X * Y.T), Y * (X.T * X).I * (Y.T * Y).I * X.T),
        given(*full(X, Y)),
    ),
    Row("rank-beside-an-invertible-matrix", equal(Rank(B * X), Rank(X)), equal(Rank(B * X), 1), given(*invertible(B))),
    Row(
        "shorter-when-projected",
        at_most(norm(P * x), norm(x)),
        at_most(norm(x), norm(P * x)),
        given(Predicate("symmetric", P), equal(P * P, P)),
    ),
    Row(
        "form-of-a-schur-product",
        at_most(0, x.T * odot(P, S) * x),
        at_most(0, x.T * odot(P, A) * x),
        given(Predicate("positive semidefinite", P), Predicate("positive semidefinite", S)),
    ),
    Row(
        "name-replaced-in-a-logarithm",
        equal(Apply("log", Det(P)), Apply("log", Det(S)) / 2),
        equal(Apply("log", Det(P)), Apply("log", Det(S)) * 2),
        given(definite, Predicate("positive definite", P), equal(P * P, S)),
    ),
    Row(
        "two-names-replaced",
        equal(x.T * x, 4 * g**2 * (u.T * u)),
        equal(x.T * x, 2 * g**2 * (u.T * u)),
        given(equal(x, 2 * a * u), equal(a, g)),
    ),
    Row(
        "diagonal-and-a-dyad",
        equal(
            Det(Diag(exp(x)) + u * v.T),
            exp(ones.T * x) * (1 + SumOver(Entry(u, i) * Entry(v, i) / exp(Entry(x, i)), i, 1, n)),
        ),
        equal(Det(Diag(exp(x)) + u * v.T), exp(ones.T * x) * (1 + u.T * v)),
    ),
    Row(
        "inverse-of-a-diagonal-and-a-dyad",
        equal(v.T * (Diag(exp(x)) + u * v.T).I * u, 1 - 1 / (1 + v.T * Diag(exp(-x)) * u)),
        equal(v.T * (Diag(exp(x)) + u * v.T).I * u, 1 - 1 / (1 + v.T * u)),
        given(Predicate("nonzero", 1 + v.T * Diag(exp(-x)) * u)),
    ),
    Row(
        "blocks-that-commute",
        equal(Det(two(A, B, C, D)), Det(A * D - C * B)),
        equal(Det(two(A, B, C, D)), Det(A * D - B * C)),
        given(equal(A * C, C * A)),
    ),
    Row(
        "blocks-that-commute-in-a-row",
        equal(Det(two(A, B, C, D)), Det(A * D - B * C)),
        equal(Det(two(A, B, C, D)), Det(A * D - C * B)),
        given(equal(C * D, D * C)),
    ),
    Row(
        "blocks-that-commute-in-a-column",
        equal(Det(two(A, B, C, D)), Det(D * A - B * C)),
        equal(Det(two(A, B, C, D)), Det(D * A - C * B)),
        given(equal(B * D, D * B)),
    ),
    Row(
        "blocks-that-commute-in-the-first-row",
        equal(Det(two(A, B, C, D)), Det(D * A - C * B)),
        equal(Det(two(A, B, C, D)), Det(D * A - B * C)),
        given(equal(A * B, B * A)),
    ),
    Row(
        "invertible-block-off-the-diagonal",
        equal(Det(two(A, B, C, none)), (Num(-1)) ** Int(n) * Det(B) * Det(C)),
        equal(Det(two(A, B, C, none)), Det(B) * Det(C)),
        given(*invertible(B)),
    ),
    Row(
        "skew-of-odd-size",
        equal(Det(A), 0),
        equal(Det(A), 1),
        given(equal(A.T, -A), equal(Num(-1) ** Int(n), -1)),
    ),
    Row(
        "common-ends",
        equal(beta.T * ridge.I * X.T * y, beta.T * X.T * (X * X.T + eye).I * y),
        equal(beta.T * ridge.I * X.T * y, beta.T * X.T * (X * X.T + 2 * eye).I * y),
    ),
    Row(
        "residual-as-a-letter",
        equal((x - a * u).T * S * (x - a * u) / 2 - b.T * (x - a * u), x.T * S * x / 2 - b.T * x - gain / 2),
        equal((x - a * u).T * S * (x - a * u) / 2 - b.T * (x - a * u), x.T * S * x / 2 - b.T * x - gain),
        named(u, S * x - b, definite, Predicate("nonzero", u), also=Definition(a, (u.T * u) / (u.T * S * u))),
    ),
    Row(
        "determinant-of-a-quotient",
        equal(Det(eye - gain_matrix * X.T), 1 / Det(ridge)),
        equal(Det(eye - gain_matrix * X.T), Det(ridge)),
        named(gain_matrix, X * ridge.I),
    ),
    Row(
        "pseudo-inverse-between-orthonormal-columns",
        equal(PseudoInverse(X * G), G.I * X.T),
        equal(PseudoInverse(X * G), G * X.T),
        given(equal(X.T * X, Eye(d)), *invertible(G)),
    ),
    Row(
        "diagonal-matrix-between-orthogonal-ones",
        equal((W.T * W + a * eye).I * W.T, X * (G * G + a * Eye(d)).I * G * N.T),
        equal((W.T * W + a * eye).I * W.T, X * (G + a * Eye(d)).I * G * N.T),
        given(
            equal(W, N * G * X.T), equal(X.T * X, Eye(d)), equal(N.T * N, Eye(d)), Predicate("diagonal", G), positive
        ),
    ),
    Row(
        "stacked-and-named",
        equal(stacked.T * stacked, X.T * X + Eye(d)),
        equal(stacked.T * stacked, X.T * X - Eye(d)),
        named(stacked, Block(1, X, Eye(d))),
    ),
    Row(
        "stacked-and-named-below-a-bound",
        at_most(1, Det(stacked.T * stacked)),
        at_most(2, Det(stacked.T * stacked)),
        named(stacked, Block(1, X, Eye(d))),
    ),
    Row(
        "form-by-the-second-complement",
        equal(joint.T * two(S, X, X.T, G).I * joint, x.T * rest.I * x + beta.T * G.I * beta),
        equal(joint.T * two(S, X, X.T, G).I * joint, x.T * S.I * x + beta.T * G.I * beta),
        Context(
            definitions=(
                Definition(u, y - w),
                Definition(beta, alpha_1 - alpha_2),
                Definition(x, u - X * G.I * beta),
            ),
            hypotheses=tuple(Predicate("positive definite", e) for e in (S, G, rest)),
        ),
    ),
    Row(
        "entry-on-the-diagonal-of-a-projection",
        at_most(Entry(P, i, i), 1),
        at_most(1, Entry(P, i, i)),
        given(equal(P * P, P), equal(P, P.T), *position),
    ),
    Row(
        "addends-on-both-sides",
        at_most(sq(u) + 2 * (u.T * v), sq(u) + 2 * norm(u) * norm(v)),
        at_most(sq(u) + 2 * (u.T * v), sq(u) + norm(u) * norm(v)),
    ),
    Row(
        "addends-that-cancel",
        Predicate("positive semidefinite", Add(A + Y * Y.T, -A)),
        Predicate("positive semidefinite", Add(A - Y * Y.T, -A)),
        given(equal(Y, X - B * X)),
    ),
    Row("sign-to-an-even-power", equal(Num(-1) ** Int(2 * n), 1), equal(Num(-1) ** Int(2 * n + 1), 1)),
)

UNTRUE = (
    FalseRow(
        "inverse-not-at-the-end",
        equal(A * S.I * B, A * B * S.I),
        given(definite),
        "the inverse stands between two matrices",
    ),
    FalseRow("one-side-only", equal(A.I * B, B * A.I), given(*invertible(A)), "from the left and from the right"),
    FalseRow(
        "determinant-of-a-sum-of-grams",
        equal(Det(X.T * X + Y.T * Y), Det(X.T * X) * (1 + Det(Y.T * Y))),
        given(*full(X)),
        "no dyad",
    ),
    FalseRow(
        "gram-with-a-row-taken-away",
        equal(Det(X.T * X - beta * beta.T), Det(X.T * X) * (1 + beta.T * (X.T * X).I * beta)),
        given(*full(X)),
        "the sign",
    ),
    FalseRow(
        "pseudo-inverse-of-factors-in-order",
        equal(PseudoInverse(A * B), PseudoInverse(B) * PseudoInverse(A)),
        PLAIN,
        "of any factors",
    ),
    FalseRow("rank-of-any-product", equal(Rank(A * B), Rank(B)), PLAIN, "A need not be invertible"),
    FalseRow("longer-than-minus-a-norm", at_most(norm(x), -norm(x)), PLAIN, "the larger side is negative"),
    FalseRow("form-of-any-matrix", at_most(0, x.T * A * x), PLAIN, "A need not be semidefinite"),
    FalseRow(
        "pseudo-inverse-of-another-rank",
        equal(PseudoInverse(B * X), (X.T * X).I * X.T * (B.T * B).I * B.T),
        given(*full(X), *invertible(B)),
        "the second factor has full column rank",
    ),
    FalseRow(
        "derivative-where-a-name-has-a-value",
        equal(Gradient(a * sq(x), x), 2 * sq(x) * x + 2 * a * x),
        given(equal(a, sq(x))),
        "a stays where x varies",
    ),
    FalseRow(
        "derivative-by-a-name-with-a-value",
        equal(Gradient(x.T * y, x), y + u),
        given(equal(y, u)),
        "y stays",
    ),
    FalseRow(
        "value-at-the-index-of-a-sum",
        equal(SumOver(a * h[t], t, 1, k), SumOver(h[t] ** 2, t, 1, k)),
        given(equal(a, h[t]), at_most(Int(1), Int(k))),
        "a is h at one index",
    ),
    FalseRow(
        "value-at-an-entry-of-a-sum",
        equal(a * (ones.T * x), sq(x)),
        given(equal(a, Entry(x, i)), at_most(Int(1), Int(i)), at_most(Int(i), Int(n))),
        "a is one entry",
    ),
    FalseRow(
        "limit-of-a-name-with-a-value",
        equal(Limit(a * h[k], k), Limit(h[k] ** 2, k)),
        given(equal(a, h[k])),
        "a does not move",
    ),
    FalseRow(
        "mean-of-a-name-with-a-value",
        equal(Expectation(a * c), Expectation(c) ** 3),
        given(equal(a, c)),
        "another power",
    ),
    FalseRow(
        "commuting-with-another",
        equal(Det(two(A, B, C, D)), Det(A * D - C * B)),
        given(equal(A * D, D * A)),
        "A and D are no neighbours",
    ),
    FalseRow(
        "commuting-in-part",
        equal(Det(two(A, B, C, D)), Det(A * D - C * B)),
        given(equal(A * C * u, C * A * u)),
        "for one vector",
    ),
    FalseRow(
        "commuting-the-other-way",
        equal(Det(two(A, B, C, D)), Det(D * A - C * B)),
        given(equal(A * C, C * A)),
        "the order of D and A",
    ),
    FalseRow(
        "sign-of-exchanged-blocks",
        equal(Det(two(none, A, B, none)), Det(A) * Det(B)),
        given(*invertible(A, B)),
        "n may be odd",
    ),
    FalseRow("skew-of-any-size", equal(Det(A), 0), given(equal(A.T, -A)), "n = 2"),
    FalseRow(
        "skew-of-another-size",
        equal(Det(A), 0),
        given(equal(A.T, -A), equal(Num(-1) ** Int(k), -1)),
        "k is not the size",
    ),
    FalseRow(
        "diagonal-and-ones-as-a-multiple",
        equal((Diag(x) + ones * ones.T).I * ones, (ones.T * (Diag(x) + ones * ones.T).I * ones) * ones / Int(n)),
        given(*invertible(Diag(x), Diag(x) + ones * ones.T)),
        "the entries of the diagonal differ",
    ),
    FalseRow(
        "diagonal-and-a-dyad-as-a-multiple",
        equal((Diag(exp(x)) + u * v.T).I * u, (v.T * (Diag(exp(x)) + u * v.T).I * u) * u / (v.T * u)),
        given(Predicate("nonzero", v.T * u)),
        "the entries of the diagonal differ",
    ),
    FalseRow(
        "diagonal-beside-nilpotent",
        equal(Det(Diag(exp(x)) + A), Det(Diag(exp(x)))),
        given(equal(A * A, none)),
        "a diagonal matrix is no multiple of I",
    ),
    FalseRow(
        "exponential-of-a-diagonal-and-another",
        equal(MatrixFunction("exp", Diag(x) + A), MatrixFunction("exp", Diag(x)) * MatrixFunction("exp", A)),
        PLAIN,
        "they do not commute",
    ),
    FalseRow(
        "diagonal-and-a-word",
        equal(Det(Diag(exp(x)) + A * B), Det(Diag(exp(x)) + B * A)),
        PLAIN,
        "the diagonal does not commute",
    ),
    FalseRow(
        "common-end-on-one-side",
        equal(u.T * (S + eye).I * v, u.T * (S + 2 * eye).I * v),
        given(definite),
        "what is left is no equation",
    ),
    FalseRow(
        "defined-name-that-varies",
        equal(Gradient(x.T * u, x), u),
        named(u, A * x),
        "u varies with x",
    ),
    FalseRow(
        "mean-of-a-defined-name",
        equal(Expectation(a * c), Expectation(a) * c),
        Context(definitions=(Definition(a, c),), random=(Random(c, "moments", (Num(0), Num(1))),)),
        "a is random as c is",
    ),
    FalseRow(
        "pseudo-inverse-between-any-columns",
        equal(PseudoInverse(X * G), G.I * X.T),
        given(*invertible(G)),
        "the columns are not orthonormal",
    ),
    FalseRow(
        "diagonal-entries-at-two-places",
        at_most(Entry(P, i, i), Entry(P, j, j)),
        given(equal(P * P, P), equal(P, P.T), *position, at_most(Int(1), Int(j)), at_most(Int(j), Int(n))),
        "i and j differ",
    ),
    FalseRow(
        "entry-beside-the-diagonal",
        at_most(0, Entry(P, i, j)),
        given(equal(P * P, P), equal(P, P.T), *position, at_most(Int(1), Int(j)), at_most(Int(j), Int(n))),
        "i and j differ",
    ),
    FalseRow("sign-to-any-power", equal(Num(-1) ** Int(3 * n), 1), PLAIN, "n = 1"),
    FalseRow("members-with-a-value", equal(H[t].T * H[t + 1], sq(H[t])), given(equal(x, H[t])), "x is one of the two"),
    FalseRow(
        "value-of-another-name", equal(x.T * y, x.T * z), given(equal(y, A * z), equal(w, z), equal(b, y)), "A is any"
    ),
)

CLASSES = {"rewritten": AS_WRITTEN}
FALSE = {"false rewritten": UNTRUE}
