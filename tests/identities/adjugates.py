"""Adjugates: products with their matrices, of products and transposes, determinants, derivatives."""

from everystep.algebra.expressions import Adjugate, Rank, Zeros
from tests.identities.notation import *

adj = Adjugate
dyad = x * y.T

ROWS = (
    identity("matrix-times-adjugate", A * adj(A), det(A) * I, (tr(A) * I, I)),
    identity("adjugate-times-matrix", adj(A) * A, det(A) * I, det(A) * A),
    identity("adjugate-of-product", adj(A * B), adj(B) * adj(A), adj(A) * adj(B)),
    identity("adjugate-of-three", adj(A * B * C), adj(C) * adj(B) * adj(A), adj(A) * adj(B) * adj(C)),
    identity("adjugate-of-transpose", adj(A.T), adj(A).T, adj(A)),
    identity("adjugate-by-inverse", adj(A), det(A) * A.I, A.I, *inv(A)),
    identity("inverse-by-adjugate", A.I, adj(A) / det(A), adj(A), *inv(A)),
    identity("adjugate-of-inverse", adj(A.I), A / det(A), A * det(A), *inv(A)),
    identity("inverse-of-adjugate", adj(A).I, A / det(A), A, *inv(A)),
    identity("determinant-of-adjugate", det(adj(A)), det(A) ** Int(n - 1), (det(A) ** Int(n), det(A))),
    identity("adjugate-of-multiple", adj(c * A), c ** Int(n - 1) * adj(A), (c * adj(A), c ** Int(n) * adj(A))),
    identity("adjugate-of-identity", adj(I), I, 2 * I),
    identity("adjugate-of-adjugate", adj(adj(A)), det(A) ** Int(n - 2) * A, A, le(Int(2), Int(n))),
    identity("adjugate-commutes", A * adj(A), adj(A) * A, -adj(A) * A),
    identity("adjugate-of-symmetric", adj(A), adj(A).T, -adj(A).T, *sym(A)),
    identity("adjugate-of-shifted", (A - c * I) * adj(A - c * I), det(A - c * I) * I, det(A) * I),
    identity("change-of-basis", adj(P * A * P.I), P * adj(A) * P.I, P.I * adj(A) * P, *inv(P)),
    identity("jacobi-formula", differential(det(A), A, dA), tr(adj(A) * dA), (tr(adj(A).T * dA), det(A) * tr(dA))),
    identity("gradient-of-determinant", grad(det(A), A), adj(A).T, adj(A)),
    identity("determinant-of-dyad-update", det(A + dyad), det(A) + y.T * adj(A) * x, det(A) + x.T * adj(A) * y),
    identity("solving-by-cofactors", adj(A) * A * x, det(A) * x, x),
    statement(
        "adjugate-of-a-singular-matrix",
        eq(A * adj(A) * x, det(A) * x),
        (eq(Rank(adj(A)), Int(n)), eq(Rank(adj(A)), Rank(A)), eq(adj(A), Zeros(n, n))),
    ),
)
