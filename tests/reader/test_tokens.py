"""The lexer, and what is taken out of a formula."""

import pytest

from everystep.reader.cleaning import clean, tokenize
from everystep.reader.source import Place, Token
from everystep.reader.tokens import spelled, words_of


def shown(latex: str) -> str:
    """The tokens of a formula in one line; a dot is a space."""
    names = {"command": "\\{}", "text": '"{}"', "begin": "<{}>", "end": "</{}>"}
    return " ".join("." if t.kind == "space" else names.get(t.kind, "{}").format(t.text) for t in tokenize(latex, "f"))


@pytest.mark.parametrize(
    ("latex", "kinds"),
    [
        (r"\alpha", "command"),
        (r"\{", "command"),
        ("{x}", "open char close"),
        ("a_1^2", "char sub char sup char"),
        ("a & b \\\\ c", "char space align space char space newline space char"),
        (r"\begin{cases}\end{cases}", "begin end"),
        ("a % remark\n  b", "char space char"),
        ("a\n\n b", "char space char"),
        ("\\", "char"),
        ("", ""),
    ],
)
def test_every_kind_of_token_is_cut(latex: str, kinds: str) -> None:
    assert " ".join(token.kind for token in tokenize(latex, "f")) == kinds


def test_places_count_from_one_and_from_where_the_piece_begins() -> None:
    tokens = tokenize("a +\n  b", "hw.tex", line=7, column=5)
    assert [(t.text, t.place) for t in tokens if t.kind == "char"] == [
        ("a", Place("hw.tex", 7, 5)),
        ("+", Place("hw.tex", 7, 7)),
        ("b", Place("hw.tex", 8, 3)),
    ]


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        # Removed.
        (r"a \label{eq:1} b \tag*{x} \nonumber \notag", "a . b"),
        (r"\displaystyle \sum\limits_i", r"\sum _ i"),
        (r"a\,b\;c\!d~e\ f", "a . b . c d . e . f"),
        (r"a\hspace{1cm}b\vspace*{2pt}c\phantom{xx}d", "a b c d"),
        (r"a \hskip 1em b\kern-2pt c", "a . b . c"),
        (r"a \footnote{see {x}} b", "a . b"),
        (r"\boxed{x} \cancel{y} \color{red} z \textcolor{red}{w}", "{ x } . { y } . z . { w }"),
        (r"\underbrace{a+b}_{\text{note}} + \overbrace{c}^n", "{ a + b } . + . { c }"),
        (r"a \\[2pt] b \\* c \\ [x]", r"a . \\ . b . \\ . c . \\ . [ x ]"),
        # Kept.
        (r"a \quad b \qquad c", r"a . \quad . b . \qquad . c"),
        (r"\mathrm{tr} \mathbf{x} \boldsymbol\mu", r"\mathrm { t r } . \mathbf { x } . \boldsymbol \mu"),
        # Delimiters.
        (r"\left( a \right] \bigl[ b \Biggr\}", r"( . a . ] . [ . b . \}"),
        (r"\left. f \right|_{0}", r"\left. . f . | _ { 0 }"),
        (r"\left|a\left|b\right|\right|", r"\lvert a \lvert b \rvert \rvert"),
        (r"\left\| a \right\| f\bigr|_0", r"\lVert . a . \rVert . f | _ 0"),
        (r"\left< a, b \right>", r"\langle . a , . b . \rangle"),
        # Text.
        (r"a \text{ if $x > 0$ \'et} b", 'a . "if $x > 0$ ét" . b'),
        (r"\mbox{and} \intertext{so} \text{}", r'"and" . \\ "so"'),
        (r"a \\ \intertext{so} b", r'a . \\ . "so" . b'),
        # Renamed.
        (r"\dfrac12 \tfrac 1m \cfrac[l]{1}{2} \nicefrac{a}{b}",
         r"\frac 1 2 . \frac . 1 m . \frac { 1 } { 2 } . \frac { a } { b }"),
        (r"f \colon A \vcentcolon= B \coloneqq C", r"f . : . A . \coloneqq . B . \coloneqq . C"),
        (r"\ensuremath{a+b}^2 \mathop{\nabla}_A \mathrel{=}", r"a + b ^ 2 . \nabla _ A . ="),
        (r"{\rm tr}(A) + {\bf x y}", r"{ \mathrm { t r } } ( A ) . + . { \mathbf { x . y } }"),
        (r"\operatorname*{arg\,max}_x", r"\operatorname { a r g m a x } _ x"),
        (r"a \overset{(a)}{=} b \stackrel{\text{def}}{=} c", r"a . = . b . \coloneqq . c"),
        (r"x \overset{iid}{\sim} p", r"x . \overset { i i d } { \sim } . p"),
        # Environments.
        (r"\begin{array}{r@{}cl} a &= b \end{array}", "<array> . a . & = . b . </array>"),
        (r"\begin{aligned}[t] a \end{aligned}", "<aligned> . a . </aligned>"),
        (r"\begin{alignedat}{2} a \end{alignedat}", "<alignedat> . a . </alignedat>"),
        # Unicode.
        ("θ² + x⁻¹ Σᵢ", r"\theta ^ 2 . + . x ^ { - 1 } . \Sigma _ i"),
        ("A ∈ ℝ, ℓ − ⊤ ∇ ≤ ≥ ≠ ×·⊙⊗",
         r"A . \in . \mathbb { R } , . \ell . - . \top . \nabla . \le . \ge . \ne . \times \cdot \odot \otimes"),
        ("∑∏√x → ⇒ ∂∞", r"\sum \prod \sqrt x . \to . \Rightarrow . \partial \infty"),
        ("√(x+1)", r"\sqrt { x + 1 }"),
        ("‖x‖ ⟨a, b⟩ ½", r"\| x \| . \langle a , . b \rangle . \frac { 1 } { 2 }"),
        ("𝐱 𝑦 𝛼 𝔼 𝟏", r"x . y . \alpha . \mathbb { E } . \mathbf { 1 }"),
        ("ŷ x̂ x̄", r"\hat { y } . \hat { x } . \bar { x }"),
        ("Α λ µ", r"A . \lambda . \mu"),
    ],
)  # fmt: skip
def test_what_does_not_change_the_mathematics_is_taken_out(latex: str, expected: str) -> None:
    assert shown(latex) == expected


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{",
        "}}}",
        r"\text{",
        r"\left",
        r"\underbrace{a}_",
        r"\overset{",
        r"\begin{array}",
        r"\label",
        "^",
        r"\\[",
        "\u0302",
        "√(",
    ],
)
def test_broken_formulas_give_tokens_all_the_same(latex: str) -> None:
    assert all(token.place.file == "f" for token in tokenize(latex, "f"))


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"\'evident, \`a \^{\i}le, n\oe uf, gar\c{c}on", "évident, à île, nœuf, garçon"),
        (r"Let~\textbf{it} \emph{be} \% 50", "Let it be % 50"),
        ("for all $x \\in A$", "for all $x \\in A$"),
    ],
)
def test_words_are_decoded(latex: str, words: str) -> None:
    (token,) = tokenize(f"\\text{{{latex}}}", "f")
    assert token == Token("text", words, Place("f", 1, 1))


def test_a_token_is_spelled_as_latex() -> None:
    place = Place("f", 1, 1)
    samples = [
        ("command", "alpha"),
        ("command", "{"),
        ("begin", "array"),
        ("text", "so"),
        ("newline", "\\\\"),
        ("char", "a"),
    ]
    assert [spelled(Token(kind, text, place)) for kind, text in samples] == [
        "\\alpha ", "\\{", "\\begin{array}", "\\text{so}", "\\\\", "a",
    ]  # fmt: skip
    assert words_of(()) == ""
    assert clean(()) == ()
