r"""``d`` beside a declared size d: the sign of a differential, the number, or two readings."""

import pytest

from everystep.documents.check import check_text

TALL = "%! X \\in \\mathbb{R}^{n \\times d}; X^\\top X \\text{ invertible}\n"
SQUARE = "%! A, X \\in \\mathbb{R}^{d \\times d}; X \\text{ invertible}\n"
COLUMN = "%! x \\in \\mathbb{R}^d\n"
NOISE = "%! x \\in \\mathbb{R}^d; \\sigma > 0; \\mathbb{E}[x] = 0, \\operatorname{Var}(x) = \\sigma^2 I\n"
TWO = "two readings: d is declared"


def _verdicts(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    ("given", "display", "expected"),
    [
        (TALL, "d(X^\\top X) = (dX)^\\top X + X^\\top dX", "proved"),
        (TALL + "%! n \\ge d\n", "d(X^\\top X) = (dX)^\\top X + X^\\top dX", "proved"),
        ("%! n, d \\in \\mathbb{N}\n" + TALL, "d(X^\\top X) = (dX)^\\top X + X^\\top dX", "unreadable"),
        (TALL, "d \\operatorname{tr}(X^\\top X) = 2 \\operatorname{tr}(X^\\top \\, dX)", "proved"),
        (TALL, "d \\operatorname{tr}(X^\\top X) = 2 \\sum_{i=1}^{n} \\sum_{j=1}^{d} X_{ij} \\, dX_{ij}", "proved"),
        (TALL, "d \\operatorname{tr}(X^\\top X) = \\operatorname{tr}(X^\\top \\, dX)", "unreadable"),  # d tr = tr d
        (TALL, "d \\operatorname{tr}(X^\\top X) = 3 \\operatorname{tr}(X^\\top \\, dX)", "refuted"),
        (SQUARE, "d X^{-1} = -X^{-1} (dX) X^{-1}", "proved"),
        (SQUARE, "d X^{-1} = -X^{-2} \\, dX", "refuted"),
        (SQUARE, "d \\log |\\det X| = \\operatorname{tr}(X^{-1} dX)", "proved"),
        (SQUARE, "d\\left(\\operatorname{tr}(A X^2)\\right) = \\operatorname{tr}((A X + X A) \\, dX)", "proved"),
        (SQUARE, "d^2 \\operatorname{tr}(X^2) = 2 \\operatorname{tr}((dX)^2)", "proved"),
        (COLUMN, "d \\|x\\|^2 = 2 x^\\top dx", "proved"),
        (COLUMN, "|d(x^\\top x)| \\le 2 \\|x\\| \\, \\|dx\\|", "proved"),
        (
            "%! W \\in \\mathbb{R}^{m \\times d}; s : \\mathbb{R} \\to \\mathbb{R}\n",
            "d\\, s(W) = s'(W) \\odot dW",
            "proved",
        ),
        # a mistake that the number d makes true
        (TALL, "(dX)^\\top X + X^\\top dX = 2 X^\\top dX", "unreadable"),
        (COLUMN, "d \\|x\\|^2 = x^\\top dx", "unreadable"),
        (TALL, "d(X^\\top X) = X^\\top (dX)", "unreadable"),
        # both sides alike in both readings
        (COLUMN, "d(x^\\top x) = d \\|x\\|^2", "proved"),
        (TALL, "2 \\, dX = dX + dX", "proved"),
        # a side without a differential: the number
        (NOISE, "\\mathbb{E}[x^\\top x] = d \\sigma^2", "proved"),
        (NOISE, "\\mathbb{E}[x^\\top x] = \\operatorname{tr}(\\sigma^2 I) = d \\sigma^2", "proved proved"),
        (NOISE, "\\mathbb{E}[x^\\top x] = 2 d \\sigma^2", "refuted"),
        (COLUMN, "\\operatorname{tr}(x^\\top x I_d) = d x^\\top x", "proved"),
        (COLUMN, "\\operatorname{tr}(x^\\top x I_d) + \\|x\\|^2 = d x^\\top x + x^\\top x", "proved"),
        # the letter of another value
        ("%! d \\in \\mathbb{R}; X \\in \\mathbb{R}^{n \\times m}\n", "d(X + X) = dX + dX", "proved"),
        (
            "%! d \\in \\mathbb{R}; X \\in \\mathbb{R}^{n \\times m}\n",
            "d(X^\\top X) = dX^\\top X + X^\\top dX",
            "unreadable",
        ),
        ("%! d, x \\in \\mathbb{R}^n\n", "d^\\top x = x^\\top d", "proved"),
    ],
)
def test_a_declared_d_before_a_name_or_a_bracket(given: str, display: str, expected: str) -> None:
    report = check_text(f"{given}\\[ {display} \\]")
    assert [str(step.status) for step in report.steps] == expected.split(), report.steps[0].verdict.message
    for step in report.steps:
        assert str(step.status) != "unreadable" or step.verdict.message.startswith(TWO)


def test_one_step_that_only_differentials_make_true_settles_its_chain() -> None:
    chain = "d((X^\\top X)^{-1}) &= -(X^\\top X)^{-1} ((dX)^\\top X + X^\\top dX) (X^\\top X)^{-1} \\\\"
    text = (
        f"{TALL}\\begin{{align*}} {chain} &= {{}} -2 (X^\\top X)^{{-1}} X^\\top dX (X^\\top X)^{{-1}} \\end{{align*}}"
    )
    assert _verdicts(text) == ["proved", "refuted"]


def test_it_settles_what_follows_in_the_problem_as_well() -> None:
    first, then = "\\[ d(X^\\top X) = (dX)^\\top X + X^\\top dX \\]\n", "\\[ d(X^\\top X) = X^\\top (dX) \\]\n"
    assert _verdicts(TALL + first + then) == ["proved", "refuted"]
    assert _verdicts(f"%! problem 1\n{TALL}{first}%! problem 2\n{TALL}{then}") == ["proved", "unreadable"]


@pytest.mark.parametrize(
    "other",
    ["\\operatorname{tr}(I_d) = d", "\\frac{1}{2} \\operatorname{tr}(I_d) = \\frac{d}{2}", "\\|I_d\\|_F = \\sqrt{d}"],
)
def test_where_d_counts_something_a_differential_is_in_doubt(other: str) -> None:
    claim = "\\[ d(X^\\top X) = (dX)^\\top X + X^\\top dX \\]\n"
    assert _verdicts(f"{TALL}{claim}\\[ {other} \\]") == ["unreadable", "proved"]
    assert _verdicts(f"%! problem 1\n{TALL}{claim}%! problem 2\n\\[ {other} \\]")[0] == "proved"


def test_the_signs_of_a_derivative_count_nothing() -> None:
    given = "%! A \\in \\mathbb{R}^{d \\times d}; t \\in \\mathbb{R}\n"
    text = f"{given}\\[ \\frac{{d}}{{dt}} (t A) = A \\]\n\\[ d(A^\\top A) = (dA)^\\top A + A^\\top dA \\]"
    assert _verdicts(text) == ["proved", "proved"]
