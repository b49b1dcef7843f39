"""Expressions to LaTeX and to plain text: every node, precedence, names."""

from pathlib import Path

import pytest

from everystep.algebra import expressions as e
from everystep.algebra.functions import FUNCTIONS
from everystep.algebra.shapes import indices, sizes
from render.latex import latex
from render.measure import width
from render.names import ACCENTS, GREEK, parse_name
from render.notation import notation
from render.precedence import UnprintableError
from render.tex import compile_tex, find_engine
from render.text import text

n, d, T, k = sizes("n d T k")
i, j, s, t = indices("i j s t")
A, B, X = e.matrix("A", n, n), e.matrix("B", n, n), e.matrix("X", n, d)
u, v, w = e.vector("u", n), e.vector("v", n), e.vector("w", d)
a, b, g, L = e.scalar("a"), e.scalar("b"), e.scalar("g"), e.scalar("L")
h = e.Family("h", n)
c = e.Family("c")

# One line a case: the expression, its LaTeX in a display, its text.
CASES: list[tuple[e.Expression, str, str]] = [
    (e.Num(3), "3", "3"),
    (e.Num("-1/2"), r"-\tfrac{1}{2}", "-1/2"),
    (e.Int(T - 1), "T - 1", "T - 1"),
    (e.Int(T - 1 - k), "T - k - 1", "T - k - 1"),
    (e.Int(1 - t), "1 - t", "1 - t"),
    (e.Int(d - n), "d - n", "d - n"),
    (e.Int(t + k), "t + k", "t + k"),
    (e.Int(2 * n * d), "2dn", "2 d n"),
    (e.Int(n**2), "n^{2}", "n²"),
    (X, r"\bm{X}", "X"),
    (u, r"\bm{u}", "u"),
    (g, "g", "g"),
    (h[t - 1], r"\bm{h}_{t - 1}", "h[t-1]"),
    (c[t], "c_{t}", "c[t]"),
    (e.Member("W_1", n, n, t), r"(\bm{W}_{1})_{t}", "(W_1)[t]"),
    (e.Eye(n), r"\bm{I}", "I"),
    (e.Ones(n), r"\bm{1}", "1"),
    (e.Ones(n, d), r"\bm{1}_{n \times d}", "1_n×d"),
    (e.Zeros(n), r"\bm{0}", "0"),
    (e.Unit(n, i), r"\bm{e}_{i}", "e[i]"),
    (a - b + g, "a - b + g", "a - b + g"),
    (e.Add(a, e.Add(b, g)), "a + (b + g)", "a + (b + g)"),
    (e.Add(e.Neg(a), b), "-a + b", "-a + b"),
    (a - (-b), "a - (-b)", "a - (-b)"),
    (a - (b + g), "a - (b + g)", "a - (b + g)"),
    (-(a + b), "-(a + b)", "-(a + b)"),
    (-2 * X.T * u, r"-2\bm{X}^{\top}\bm{u}", "-2 Xᵀ u"),
    (e.Mul(a, e.Num(2)), r"a \cdot 2", "a · 2"),
    (e.Mul(e.Num(2), e.Num(3)), r"2 \cdot 3", "2 · 3"),
    (e.Mul(a, e.Neg(b)), "a(-b)", "a (-b)"),
    (e.Mul(A, e.Mul(B, u)), r"\bm{A}(\bm{B}\bm{u})", "A (B u)"),
    ((A + B) * u, r"(\bm{A} + \bm{B})\bm{u}", "(A + B) u"),
    (a * e.Int(n - d), "a(n - d)", "a (n - d)"),
    (g / e.norm(u), r"\frac{g}{\lVert\bm{u}\rVert}", "g/‖u‖"),
    (a / (b / g), r"\frac{a}{b/g}", "a/(b/g)"),
    (a / (b * g), r"\frac{a}{bg}", "a/(b g)"),
    (e.Mul(a / b, g), r"\frac{a}{b}g", "(a/b) g"),
    (e.Pow(a / b, e.Num(2)), r"\left(\frac{a}{b}\right)^{2}", "(a/b)²"),
    (e.Pow(a, b + 1), "a^{b + 1}", "a^(b + 1)"),
    (e.Pow(-a, e.Num(2)), "(-a)^{2}", "(-a)²"),
    (e.Pow(e.Num("1/2"), e.Int(k)), r"\bigl(\tfrac{1}{2}\bigr)^{k}", "(1/2)^k"),
    (e.Pow(A, e.Int(k)), r"\bm{A}^{k}", "A^k"),
    ((A * B).T, r"(\bm{A}\bm{B})^{\top}", "(A B)ᵀ"),
    (A.T.I, r"(\bm{A}^{\top})^{-1}", "(Aᵀ)⁻¹"),
    (A.I.T, r"(\bm{A}^{-1})^{\top}", "(A⁻¹)ᵀ"),
    (e.PseudoInverse(X), r"\bm{X}^{+}", "X⁺"),
    (e.Trace(A * B), r"\operatorname{tr}(\bm{A}\bm{B})", "tr(A B)"),
    (e.Trace(A) ** 2, r"\operatorname{tr}(\bm{A})^{2}", "tr(A)²"),
    (e.Det(A), r"\det(\bm{A})", "det(A)"),
    (e.Rank(X), r"\operatorname{rank}(\bm{X})", "rank(X)"),
    (e.diag(u), r"\operatorname{diag}(\bm{u})", "diag(u)"),
    (e.DiagPart(A), r"\operatorname{diag}(\bm{A})", "diag(A)"),
    (e.odot(u, u + v), r"\bm{u} \odot (\bm{u} + \bm{v})", "u ⊙ (u + v)"),
    (e.odot(u * v.T, A), r"(\bm{u}\bm{v}^{\top}) \odot \bm{A}", "(u vᵀ) ⊙ A"),
    (2 * e.odot(u, v), r"2(\bm{u} \odot \bm{v})", "2 (u ⊙ v)"),
    (e.Kron(A, B), r"\bm{A} \otimes \bm{B}", "A ⊗ B"),
    (e.Vec(X), r"\operatorname{vec}(\bm{X})", "vec(X)"),
    (
        e.Block(2, A, B, B, A),
        r"\begin{bmatrix} \bm{A} & \bm{B} \\ \bm{B} & \bm{A} \end{bmatrix}",
        "[A, B; B, A]",
    ),
    (e.Entry(X, i, j), "X_{ij}", "X[i,j]"),
    (e.Entry(X, i, j + 1), "X_{i,j + 1}", "X[i,j+1]"),
    (e.Entry(w, j) ** 2, "w_{j}^{2}", "w[j]²"),
    (e.Entry(h[t], i), r"(\bm{h}_{t})_{i}", "(h[t])[i]"),
    (e.Row(X, i), r"\bm{X}_{i,:}", "X[i,:]"),
    (e.Col(X, j), r"\bm{X}_{:,j}", "X[:,j]"),
    (e.Row(X, i).T, r"\bm{X}_{i,:}^{\top}", "X[i,:]ᵀ"),
    (e.logistic(u), r"\sigma(\bm{u})", "σ(u)"),
    (e.Apply("logistic", A * u, 1), r"\sigma'(\bm{A}\bm{u})", "σ'(A u)"),
    (e.Apply("s", u, 4), "s^{(4)}(\\bm{u})", "s^(4)(u)"),
    (e.sqrt(u.T * u), r"\sqrt{\bm{u}^{\top}\bm{u}}", "√(uᵀ u)"),
    (e.Apply("abs", a), r"\lvert a\rvert", "|a|"),
    (e.Apply("exp", A), r"\exp^{\odot}(\bm{A})", "exp^⊙(A)"),
    (e.MatrixFunction("exp", A), r"\exp(\bm{A})", "exp(A)"),
    (e.Call("L", 1, 1, w), r"L(\bm{w})", "L(w)"),
    (e.Call("f", n, 1, w, a), r"\bm{f}(\bm{w}, a)", "f(w, a)"),
    (e.Softmax(u), r"\operatorname{softmax}(\bm{u})", "softmax(u)"),
    (e.LogSumExp(u), r"\operatorname{logsumexp}(\bm{u})", "logsumexp(u)"),
    (e.sq(u - v), r"\lVert\bm{u} - \bm{v}\rVert^{2}", "‖u - v‖²"),
    (e.norm(X, "F") ** 2, r"\lVert\bm{X}\rVert_{F}^{2}", "‖X‖_F²"),
    (e.norm(X), r"\lVert\bm{X}\rVert_{2}", "‖X‖_2"),
    (e.norm(u, "inf"), r"\lVert\bm{u}\rVert_{\infty}", "‖u‖_∞"),
    (e.Max(a, b), r"\max(a, b)", "max(a, b)"),
    (e.Min(u), r"\min(\bm{u})", "min(u)"),
    (e.EigMax(A), r"\lambda_{\max}(\bm{A})", "λ_max(A)"),
    (e.Adjugate(A), r"\operatorname{adj}(\bm{A})", "adj(A)"),
    (e.EigMin(A), r"\lambda_{\min}(\bm{A})", "λ_min(A)"),
    (e.total(c[t], t, 1, T), r"\sum_{t=1}^{T} c_{t}", "Σ_{t=1..T} c[t]"),
    (e.total(c[t] + 1, t, 1, T), r"\sum_{t=1}^{T} (c_{t} + 1)", "Σ_{t=1..T} (c[t] + 1)"),
    (e.total(-c[t], t, 1, T), r"\sum_{t=1}^{T} (-c_{t})", "Σ_{t=1..T} (-c[t])"),
    (
        e.Mul(e.total(c[t], t, 1, T), a),
        r"\biggl(\sum_{t=1}^{T} c_{t}\biggr)a",
        "(Σ_{t=1..T} c[t]) a",
    ),
    (e.Mul(a, e.total(c[t], t, 1, T)), r"a\sum_{t=1}^{T} c_{t}", "a Σ_{t=1..T} c[t]"),
    (e.total(c[t], t, 1, T) + a, r"\sum_{t=1}^{T} c_{t} + a", "Σ_{t=1..T} c[t] + a"),
    (
        e.total(c[t], t, 1, T) + c[t],
        r"\biggl(\sum_{t=1}^{T} c_{t}\biggr) + c_{t}",
        "(Σ_{t=1..T} c[t]) + c[t]",
    ),
    (
        e.ProdOver(e.Member("A", n, n, t) * A, t, 1, T),
        r"\prod_{t=1}^{T} (\bm{A}_{t}\bm{A})",
        "Π_{t=1..T} (A[t] A)",
    ),
    (e.Gradient(L, h[t]), r"\nabla_{\bm{h}_{t}}L", "∇_h[t] L"),
    (
        e.diag(u) * e.Gradient(L, u) * v.T,
        r"\operatorname{diag}(\bm{u})(\nabla_{\bm{u}}L)\bm{v}^{\top}",
        "diag(u) (∇_u L) vᵀ",
    ),
    (A * e.Gradient(L, u), r"\bm{A}\,\nabla_{\bm{u}}L", "A ∇_u L"),
    (e.Gradient(L, u).T, r"(\nabla_{\bm{u}}L)^{\top}", "(∇_u L)ᵀ"),
    (e.Gradient(a * b, a), "\\nabla_{a}(ab)", "∇_a (a b)"),
    (e.Gradient(e.sq(u), u), r"\nabla_{\bm{u}}\lVert\bm{u}\rVert^{2}", "∇_u ‖u‖²"),
    (
        e.Jacobian(h[t + 1], h[t]).T,
        r"\left(\frac{\partial\bm{h}_{t + 1}}{\partial\bm{h}_{t}}\right)^{\!\top}",
        "(∂h[t+1]/∂h[t])ᵀ",
    ),
    (e.Jacobian(A * u, u), r"\frac{\partial(\bm{A}\bm{u})}{\partial\bm{u}}", "(∂/∂u) (A u)"),
    (e.Hessian(L, u), r"\nabla_{\bm{u}}^{2}L", "∇_u² L"),
    (e.ScalarDerivative(L, g), r"\frac{\partial L}{\partial g}", "∂L/∂g"),
    (
        e.Differential(e.Trace(A), A, e.matrix("dA", n, n)),
        r"\mathrm{d}\bigl(\operatorname{tr}(\bm{A})\bigr)",
        "d(tr(A))",
    ),
    (
        e.Differential(e.Trace(A), A, B),
        r"\mathrm{D}_{\bm{A}}\bigl(\operatorname{tr}(\bm{A})\bigr)[\bm{B}]",
        "D_A(tr(A)) [B]",
    ),
    (e.Expectation(a) ** 2, r"\E[a]^{2}", "E[a]²"),
    (e.Variance(u), r"\operatorname{Var}(\bm{u})", "Var(u)"),
    (e.Covariance(u, v), r"\operatorname{Cov}(\bm{u}, \bm{v})", "Cov(u, v)"),
    (e.Given(e.Expectation(a), u), r"\E[a \mid \bm{u}]", "E[a | u]"),
    (e.Given(e.Variance(a * u), u, v), r"\operatorname{Var}(a\bm{u} \mid \bm{u}, \bm{v})", "Var(a u | u, v)"),
    (e.Given(e.Covariance(u, v), b), r"\operatorname{Cov}(\bm{u}, \bm{v} \mid b)", "Cov(u, v | b)"),
    (e.Limit(e.Member("w", d, 1, k), k), r"\lim_{k \to \infty} \bm{w}_{k}", "lim_{k→∞} w[k]"),
    (e.LimitAt(a**2, a, 0, "above"), r"\lim_{a \to 0^{+}} a^{2}", "lim_{a→0⁺} a²"),
    (e.LimitAt(a * u, a, 0, "minus infinity"), r"\lim_{a \to -\infty} a\bm{u}", "lim_{a→-∞} a u"),
    (e.LimitAt(a * u, a, -b, "below"), r"\lim_{a \to (-b)^{-}} a\bm{u}", "lim_{a→(-b)⁻} a u"),
]


@pytest.mark.parametrize(("expression", "expected", "_plain"), CASES, ids=[c[2] for c in CASES])
def test_latex(expression: e.Expression, expected: str, _plain: str) -> None:
    assert latex(expression, display=True) == expected


@pytest.mark.parametrize(("expression", "_latex", "plain"), CASES, ids=[c[2] for c in CASES])
def test_text(expression: e.Expression, _latex: str, plain: str) -> None:
    assert text(expression) == plain


def _classes(base: type[e.Expression]) -> set[type[e.Expression]]:
    return {base}.union(*(_classes(kind) for kind in base.__subclasses__()))


def test_every_node_class_is_among_the_cases() -> None:
    ours = {k for k in _classes(e.Expression) if k.__module__.startswith("everystep.")} - {e.Expression}
    seen = {type(node) for case in CASES for node in e.walk(case[0])}
    assert ours <= seen


def test_every_case_has_a_width() -> None:
    assert all(0 < width(notation(case[0])) < 40 for case in CASES)


def test_an_unknown_node_is_refused() -> None:
    class Novel(e.Expression):
        pass

    with pytest.raises(UnprintableError, match="Novel"):
        latex(Novel(a))


def test_an_unknown_integer_expression_is_refused() -> None:
    from sympy import floor

    with pytest.raises(UnprintableError, match="floor"):
        latex(e.Int(floor(n / 2)))


def test_within_a_line_quotients_get_a_slash() -> None:
    assert latex((1 - a) / b) == "(1 - a)/b"
    assert latex(e.Jacobian(u, v).T) == r"(\partial\bm{u}/\partial\bm{v})^{\top}"
    assert latex(e.Num("-1/2")) == "-1/2"


def test_two_ways_to_group_never_print_alike() -> None:
    groupings = [
        e.Add(a, e.Add(b, g)),
        e.Add(e.Add(a, b), g),
        e.Add(a, b, g),
        e.Mul(a, e.Mul(b, g)),
        e.Mul(e.Mul(a, b), g),
        e.Mul(a, b, g),
        e.Mul(a, e.Add(b, g)),
        e.Add(e.Mul(a, b), g),
        e.Div(e.Mul(a, b), g),
        e.Mul(a, e.Div(b, g)),
        e.Pow(e.Mul(a, b), g),
        e.Mul(a, e.Pow(b, g)),
        e.Pow(a, e.Pow(b, g)),
        e.Pow(e.Pow(a, b), g),
        e.Gradient(e.Mul(L, a), a),
        e.Mul(e.Gradient(L, a), a),
        e.total(c[t] * a, t, 1, T),
        e.Mul(e.total(c[t], t, 1, T), a),
    ]
    for show in (latex, text, lambda x: latex(x, display=True)):
        assert len({show(x) for x in groupings}) == len(groupings)


def test_an_ill_typed_expression_is_printed_all_the_same() -> None:
    assert latex(X * X + u) == r"\bm{X}\bm{X} + \bm{u}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("u'", r"\bm{u}'"),
        ("w^*", r"\bm{w}^{*}"),
        ("w*", r"\bm{w}^{*}"),
        ("w_*", r"\bm{w}_{*}"),
        ("bar x", r"\bar{\bm{x}}"),
        ("x_bar", r"\bar{\bm{x}}"),
        ("y_hat'", r"\hat{\bm{y}}'"),
        ("W_1", r"\bm{W}_{1}"),
        ("W1", r"\bm{W}_{1}"),
        ("W^(l)", r"\bm{W}^{(l)}"),
        ("lambda_max", r"\bm{\lambda}_{\max}"),
        ("w_new", r"\bm{w}_{\mathrm{new}}"),
        ("Gamma", r"\bm{\Gamma}"),
        ("eps", r"\bm{\varepsilon}"),
        ("dX", r"\mathrm{d}\bm{X}"),
        ("d Sigma", r"\mathrm{d}\bm{\Sigma}"),
        ("delta", r"\bm{\delta}"),
        ("out", r"\mathbf{out}"),
    ],
)
def test_names(name: str, expected: str) -> None:
    assert latex(e.vector(name, n)) == expected


def test_a_transposed_name_with_a_star_keeps_both_marks() -> None:
    assert latex(e.vector("w^*", n).T) == r"{\bm{w}^{*}}^{\top}"
    assert latex(e.vector("u'", n).T) == r"\bm{u}'^{\top}"


@pytest.mark.parametrize("name", ["", "1x", "x y", "x__1", "x_{1}^", "é"])
def test_a_name_against_the_convention_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be printed"):
        parse_name(name)


def test_every_case_compiles(tmp_path: Path) -> None:
    extra = [e.Apply(name, u, order) for name in FUNCTIONS for order in (0, 1)]
    extra += [e.matrix(name, n, n).T for name in (*GREEK, *(f"x_{x}" for x in ACCENTS), "w^*")]
    lines = [f"\\[{latex(x, display=True)}\\] ${latex(x)}$" for x in [*(c[0] for c in CASES), *extra]]
    source = tmp_path / "cases.tex"
    source.write_text(
        "\\documentclass{article}\\usepackage{lmodern,amsmath,bm}\\newcommand{\\E}{\\mathbf{E}}\n"
        "\\begin{document}\n" + "\n\n".join(lines) + "\n\\end{document}\n",
        encoding="utf-8",
    )
    result = compile_tex(source, tmp_path / "cases.pdf", engine=find_engine("embedded"), aux_dir=tmp_path / "aux")
    assert not result.overfull
    assert not result.warnings
