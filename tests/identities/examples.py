"""A sample of documents, transcribed step by step: which problem, which step of it, and the verdict that it must get.

``expected`` is ``"true"``, ``"false"`` or ``"ill-typed"``.  Add a step by adding a row.
"""

from __future__ import annotations

from dataclasses import dataclass

from everystep.algebra.context import Context, Definition, Hypothesis, Random
from everystep.algebra.expressions import (
    Call,
    Expression,
    Eye,
    Family,
    Int,
    Max,
    Min,
    Ones,
    PseudoInverse,
    Zeros,
    matrix,
    norm,
    odot,
    scalar,
    sq,
    sqrt,
    vector,
)
from everystep.algebra.shapes import sizes
from everystep.derivation import Claim
from tests.identities.notation import *


@dataclass(frozen=True)
class Sample:
    """One step of a document; ``open_because`` as in a row of an identity."""

    problem: str
    step: int
    claim: Claim
    expected: str
    context: Context = PLAIN
    open_because: str = ""


def sample(
    problem: str,
    step: int,
    claim: Claim,
    expected: str,
    *given: Hypothesis,
    context: Context = PLAIN,
    open_because: str = "",
) -> Sample:
    return Sample(problem, step, claim, expected, context.given(*given), open_because)


def defined(name: Expression, body: Expression) -> Context:
    return Context(definitions=(Definition(name, body),))


q, p = sizes("q p")
mn, np_, pq, pm = (matrix(name, *shape) for name, shape in (("A", (m, n)), ("B", (n, p)), ("C", (p, q)), ("C", (p, m))))
B_mn = matrix("B", m, n)
A_m, B_mn2, C_nm, D_n = matrix("A", m, m), matrix("B", m, n), matrix("C", n, m), matrix("D", n, n)
mat = matrix("X", n, n)
X_mn, Y_mn = matrix("X", m, n), matrix("Y", m, n)
at = vector("a", m)
B_pn, D_qn, C_pq, b_p, d_q = matrix("B", p, n), matrix("D", q, n), matrix("C", p, q), vector("b", p), vector("d", q)
D_m, b_n, c_m = matrix("D", m, m), vector("b", n), vector("c", m)
A_nm, B_nm, A_pm, B_nn, C_mp, B_np, C_mm = (
    matrix(name, *shape)
    for name, shape in (
        ("A", (n, m)),
        ("B", (n, m)),
        ("A", (p, m)),
        ("B", (n, n)),
        ("C", (m, p)),
        ("B", (n, p)),
        ("C", (m, m)),
    )
)
change, dY = matrix("dX", m, n), matrix("dY", m, n)
B_m, C_nm2 = matrix("B", m, m), matrix("C", n, m)
hat, H_n = X * (X.T * X).I * X.T, matrix("H", n, n)
projection = defined(H_n, hat)
A_kron, B_kron = matrix("A", m, n), matrix("B", p, q)
X_mn3, C_mn3 = matrix("X", m, n), matrix("C", m, n)
known = Context(random=(Random(x, "moments", (u, S)),))
normal = Context(random=(Random(x, "gaussian", (u, S)),), hypotheses=(definite(S),))
sigma, mu_, bar = scalar("sigma"), scalar("mu"), scalar("xbar")
draws = Context(
    random=(Random(h[i], "gaussian", (mu_, sigma**2)),),
    definitions=(Definition(bar, total(h[i], i, 1, n) / Int(n)),),
    hypotheses=positive(sigma),
)
points = Family("x", n)
z_K, s_K = vector("z", N), vector("s", N)
inputs, labels = Family("x", d), Family("y")
W_md, V_km, x_d, y_k, pre, hid, cost = (
    matrix("W", m, d),
    matrix("V", N, m),
    vector("x", d),
    vector("y", N),
    vector("a", m),
    vector("h", m),
    scalar("L"),
)
network = Context(
    definitions=(
        Definition(pre, W_md * x_d),
        Definition(hid, apply("sigma", pre)),
        Definition(cost, half * sq(V_km * hid - y_k)),
    )
)
solution = vector("w", d)
ridge = Context(definitions=(Definition(solution, (X.T * X + lam * Eye(d)).I * X.T * y),), hypotheses=positive(lam))
data, data_mean = Family("x", d), vector("xbar", d)
centre = defined(data_mean, total(data[i], i, 1, n) / Int(n))
S_d, v_d = matrix("S", d, d), vector("v", d)
q_d, K_md, V_mp = vector("q", d), matrix("K", m, d), matrix("V", m, p)
scores = softmax(K_md * q_d / sqrt(Int(d)))
mask = matrix("R", n, d)
dropout = Context(random=(Random(mask, "bernoulli", (r,)),), hypotheses=(lt(0, r), lt(r, 1)))
W_mn, z_m, g_m = matrix("W", m, n), vector("z", m), vector("g", m)

STEPS = (
    sample("B03", 0, eq((mn * np_ * pq).T, pq.T * (mn * np_).T), "true"),
    sample("B03", 1, eq(pq.T * (mn * np_).T, pq.T * np_.T * mn.T), "true"),
    sample("B09", 0, eq((A + B) ** 2, A**2 + A * B + B * A + B**2), "true", eq(A * B, B * A)),
    sample("B09", 1, eq(A**2 + A * B + B * A + B**2, A**2 + 2 * A * B + B**2), "true", eq(A * B, B * A)),
    sample("B15", 0, eq((x.T * y) ** 2, x.T * y * y.T * x), "true"),
    sample("B15", 1, eq(x.T * y * y.T * x, x.T * x * y.T * y), "false"),
    sample("T03", 0, eq(tr(mn * np_ * pm), tr(np_ * pm * mn)), "true"),
    sample("T03", 1, eq(tr(np_ * pm * mn), tr(pm * mn * np_)), "true"),
    sample("T09", 0, eq(tr(mn.T * B_mn), total(total(entry(mn, i, j) * entry(B_mn, i, j), j, 1, n), i, 1, m)), "true"),
    sample("T15", 0, eq(tr(A * B - B * A), 0), "true"),
    sample("D03", 0, eq(det(A * B), det(A) * det(B)), "true"),
    sample("D03", 1, eq(det(A) * det(B), det(B * A)), "true"),
    sample("D09", 0, eq(det(I + A), 1 + det(A) + tr(A)), "false"),
    sample(
        "D15", 0, eq(det(block(A_m, B_mn2, C_nm, D_n)), det(D_n) * det(A_m - B_mn2 * D_n.I * C_nm)), "true", *inv(D_n)
    ),
    sample("D21", 0, le(det(A) + det(B), det(A + B)), "true", definite(A), definite(B)),
    sample("D27", 0, eq(det(Q), 1), "false", eq(Q.T * Q, I)),
    sample("DD03", 0, eq(grad(det(A * mat * B), mat), det(A * mat * B) * mat.T.I), "true", *inv(A, mat, B)),
    sample("DD09", 0, eq(grad(log(absolute(det(mat))), mat), mat.I.T), "true", *inv(mat)),
    sample("DD09", 1, eq(mat.I.T, mat.T.I), "true", *inv(mat)),
    sample(
        "DD15", 0, eq(by_number(det(A + a * B), a), det(A + a * B) * tr((A + a * B).I * B)), "true", *inv(A + a * B)
    ),
    sample(
        "DI03",
        0,
        eq(grad(entry(mat.I, k, s), entry(mat, i, j)), -entry(mat.I, k, i) * entry(mat.I, j, s)),
        "true",
        *inv(mat),
        *within(i, n),
        *within(j, n),
        *within(k, n),
        *within(s, n),
    ),
    sample("DI09", 0, eq(grad(tr(A * mat.I * B), mat), -(mat.I * A * B * mat.I).T), "false", *inv(mat)),
    sample(
        "DI15", 0, eq(grad(x.T * (A + x * x.T).I * x, x), 2 * A.I * x / (1 + x.T * A.I * x) ** 2), "true", definite(A)
    ),
    sample("V03", 0, eq(grad(at.T * X_mn * b_n, X_mn), b_n * at.T), "ill-typed"),
    sample(
        "V09",
        0,
        eq(
            grad((B_pn * x + b_p).T * C_pq * (D_qn * x + d_q), x),
            B_pn.T * C_pq * (D_qn * x + d_q) + D_qn.T * C_pq.T * (B_pn * x + b_p),
        ),
        "true",
    ),
    sample(
        "V15",
        0,
        eq(grad((X_mn * b_n + c_m).T * D_m * (X_mn * b_n + c_m), X_mn), (D_m + D_m.T) * (X_mn * b_n + c_m) * b_n.T),
        "true",
    ),
    sample("V21", 0, eq(jac(mn * x, x), mn), "true"),
    sample("V27", 0, eq(grad((u.T * x) * (b.T * x), x), (u * b.T + b * u.T) * x), "true"),
    sample("V33", 0, eq(grad(norm(mn * x - tau) ** 2, x), 2 * mn * (mn * x - tau)), "ill-typed"),
    sample("TD03", 0, eq(grad(tr(X_mn * A_nm), X_mn), A_nm), "ill-typed"),
    sample("TD09", 0, eq(grad(tr(mat**2), mat), 2 * mat.T), "true"),
    sample(
        "TD15",
        0,
        eq(grad(tr(A_nm * X_mn * B_nm * X_mn), X_mn), A_nm.T * X_mn.T * B_nm.T + B_nm.T * X_mn.T * A_nm.T),
        "true",
    ),
    sample(
        "TD21",
        0,
        eq(
            grad(tr(A_pm * X_mn * B_nn * X_mn.T * C_mp), X_mn),
            A_pm.T * C_mp.T * X_mn * B_nn.T + C_mp * A_pm * X_mn * B_nn,
        ),
        "true",
    ),
    sample(
        "TD27",
        0,
        eq(
            grad(tr(B_np.T * X_mn.T * C_mm * X_mn * X_mn.T * C_mm * X_mn * B_np), X_mn),
            C_mm * X_mn * X_mn.T * C_mm * X_mn * B_np * B_np.T
            + C_mm.T * X_mn * B_np * B_np.T * X_mn.T * C_mm.T * X_mn
            + C_mm * X_mn * B_np * B_np.T * X_mn.T * C_mm * X_mn
            + C_mm.T * X_mn * X_mn.T * C_mm.T * X_mn * B_np * B_np.T,
        ),
        "true",
    ),
    sample("TD33", 0, eq(differential(tr(X_mn.T * X_mn), X_mn, change), 2 * tr(X_mn.T * change)), "true"),
    sample("TD33", 1, eq(2 * tr(X_mn.T * change), 2 * tr(X_mn * change)), "ill-typed"),
    sample(
        "S03",
        0,
        eq(differential(odot(X_mn, Y_mn), X_mn, change, Y_mn, dY), odot(change, Y_mn) + odot(X_mn, dY)),
        "true",
    ),
    sample("S09", 0, eq(grad(frobenius(X_mn), X_mn), X_mn / frobenius(X_mn)), "true", *nonzero(X_mn)),
    sample("S15", 0, eq(grad(tr(X_mn * diag(v) * X_mn.T), v), diagonal(X_mn.T * X_mn)), "true"),
    sample("S21", 0, eq(sq(x + y), sq(x) + sq(y)), "false"),
    sample("S27", 0, le(frobenius(mn * np_), frobenius(mn) * frobenius(np_)), "true"),
    sample(
        "W03",
        0,
        eq((A + C_nm2 * B_m * C_nm2.T).I, A.I - A.I * C_nm2 * (B_m + C_nm2.T * A.I * C_nm2).I * C_nm2.T * A.I),
        "false",
        definite(A),
        definite(B_m),
    ),
    sample(
        "W09",
        0,
        eq((A + B_nm * B_nm.T).I * B_nm, A.I * B_nm * (Eye(m) + B_nm.T * A.I * B_nm).I),
        "true",
        *inv(A, Eye(m) + B_nm.T * A.I * B_nm),
    ),
    sample("W15", 0, eq((I + A * B).I * A, A * (I + A * B).I), "false", *inv(I + A * B)),
    sample(
        "W21",
        0,
        eq(block(A_m, Zeros(m, n), Zeros(n, m), D_n).I, block(A_m.I, Zeros(m, n), Zeros(n, m), D_n.I)),
        "true",
        *inv(A_m, D_n),
    ),
    sample("P03", 0, eq(PseudoInverse(mn), PseudoInverse(mn.T * mn) * mn.T), "true"),
    sample("P03", 1, eq(PseudoInverse(mn.T * mn) * mn.T, mn.T * PseudoInverse(mn * mn.T)), "true"),
    sample("P09", 0, eq((A * B) ** 2, A * B), "false", eq(A**2, A), eq(B**2, B)),
    sample("P15", 0, eq(H_n**2, H_n), "true", *inv(X.T * X), context=projection),
    sample("P15", 1, eq(H_n * X, X), "true", *inv(X.T * X), context=projection),
    sample("P15", 2, eq(tr(I - H_n), Int(n - d)), "true", *inv(X.T * X), context=projection),
    sample("P21", 0, le(rank(mn) + rank(np_) - Int(n), rank(mn * np_)), "true"),
    sample("P21", 1, le(rank(mn * np_), Min(rank(mn), rank(np_))), "true"),
    sample("K03", 0, eq(kron(a * A_kron, c * B_kron), a * c * kron(A_kron, B_kron)), "true"),
    sample("K03", 1, eq(kron(A_kron, B_kron).T, kron(A_kron.T, B_kron.T)), "true"),
    sample("K09", 0, eq(det(kron(A_m, B)), power(det(A_m), m) * power(det(B), n)), "false"),
    sample(
        "K15",
        0,
        eq((kron(I, A_m) + kron(B.T, Eye(m))) * vec(X_mn3), vec(C_mn3)),
        "true",
        eq(A_m * X_mn3 + X_mn3 * B, C_mn3),
    ),
    sample("K21", 0, eq(diag(x) * y, odot(x, y)), "true"),
    sample("K21", 1, eq(odot(x, y), diag(y) * x), "true"),
    sample("K27", 0, eq(unit(n, i).T * A * unit(n, j), entry(A, j, i)), "false", *within(i, n), *within(j, n)),
    sample("E03", 0, eq(var(mn * x + tau), mn * S * mn.T), "true", context=known),
    sample("E09", 0, eq(mean(x * b.T * x), (S + u * u.T) * b), "true", context=known),
    sample(
        "E15", 0, eq(mean(x.T * A * x), tr(A)), "true", context=Context(random=(Random(x, "moments", (Zeros(n), I)),))
    ),
    sample("E21", 0, eq(mean(total((h[i] - bar) ** 2, i, 1, n)), (Int(n) - 1) * sigma**2), "true", context=draws),
    sample("G03", 0, eq(var(x.T * A * x), 2 * tr(A * S * A * S)), "false", *sym(A), context=normal),
    sample(
        "G09",
        0,
        eq(mean(exp(b.T * x)), exp(b.T * u + b.T * S * b)),
        "false",
        context=normal,
    ),
    sample(
        "G15",
        0,
        eq(
            grad(total((points[i] - u).T * P * (points[i] - u), i, 1, N), u),
            -2 * P * total(points[i], i, 1, N) + 2 * Int(N) * P * u,
        ),
        "true",
        *sym(P),
    ),
    sample("L03", 0, eq(jac(softmax(z_K), z_K), s_K - s_K * s_K.T), "ill-typed", context=defined(s_K, softmax(z_K))),
    sample("L09", 0, eq(softmax(z_K + c * Ones(N)), softmax(z_K)), "true"),
    sample(
        "L15",
        0,
        eq(
            grad(total(log(1 + exp(-labels[i] * solution.T * inputs[i])), i, 1, n), solution),
            -total(labels[i] * logistic(-labels[i] * solution.T * inputs[i]) * inputs[i], i, 1, n),
        ),
        "true",
    ),
    sample(
        "L21",
        0,
        le(Max(entry(z_K, 1), entry(z_K, 2)), log(exp(entry(z_K, 1)) + exp(entry(z_K, 2)))),
        "true",
        le(2, Int(N)),
    ),
    sample(
        "L21",
        1,
        le(log(exp(entry(z_K, 1)) + exp(entry(z_K, 2))), Max(entry(z_K, 1), entry(z_K, 2)) + log(two)),
        "true",
        le(2, Int(N)),
    ),
    sample("L27", 0, eq(grad(cost, W_md), V_km.T * (V_km * hid - y_k) * x_d.T), "false", context=network),
    sample("M03", 0, eq(X.T * (y - X * solution), lam * solution), "true", context=ridge),
    sample(
        "M09",
        0,
        eq(total(sq(data[i] - data_mean), i, 1, n), total(total(sq(data[i] - data[j]), j, 1, n), i, 1, n) / Int(n)),
        "false",
        context=centre,
    ),
    sample(
        "M15",
        0,
        eq(grad(v_d.T * S_d * v_d - lam * (v_d.T * v_d - 1), v_d), 2 * S_d * v_d - 2 * lam * v_d),
        "true",
        *sym(S_d),
    ),
    sample("M21", 0, eq(jac(V_mp.T * scores, q_d), V_mp.T * (diag(scores) - scores * scores.T) * K_md), "false"),
    sample(
        "M27",
        0,
        eq(
            mean(sq(y - odot(mask, X) * solution)),
            sq(y - r * X * solution)
            + r * (1 - r) * total(total(entry(X, i, j) ** 2 * entry(solution, j) ** 2, j, 1, d), i, 1, n),
        ),
        "true",
        context=dropout,
    ),
    sample(
        "M33",
        0,
        eq(grad(Call("L", 1, 1, W_mn * x), x), W_mn * g_m),
        "ill-typed",
        eq(g_m, grad(Call("L", 1, 1, z_m), z_m)),
        context=defined(z_m, W_mn * x),
    ),
    sample("F03", 0, eq((X.T * X + lam * Eye(d)).I * X.T * y, X.T * (X * X.T + lam * I).I * y), "true", *positive(lam)),
    sample("F09", 0, eq(mean(sq(x)), tr(S) + sq(u)), "true", context=known),
)
