r"""Estimates without one of the data, ``\hat\beta_{(i)}``, ``w_{-i}``: no entries of the estimate from all data."""

import pytest

from everystep.documents.check import check_text

GIVEN = (
    r"Let $X \in \mathbb{R}^{n \times p}$ have full column rank, $y \in \mathbb{R}^n$, and let $x_i^\top$ be the "
    r"rows of $X$. Put $A = X^\top X$ and $h_i = x_i^\top A^{-1} x_i$; we assume $h_i < 1$. "
    r"Let $b = A^{-1} X^\top y$ and $f = X b$. "
)
GIVEN_IN_FRENCH = (
    r"Soit $X \in \mathbb{R}^{n \times p}$ de rang $p$, $y \in \mathbb{R}^n$, et soient $x_i^\top$ les lignes de $X$. "
    r"On pose $A = X^\top X$, $h_i = x_i^\top A^{-1} x_i$ avec $h_i < 1$. Soit $b = A^{-1} X^\top y$. "
)
VALUE = r"(A - x_i x_i^\top)^{-1} (X^\top y - x_i y_i)"
MARKS = ["_{(i)}", "_{-i}", "_{[-i]}", "^{(-i)}", r"_{\setminus i}"]


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize("mark", MARKS)
def test_least_squares_without_one_observation(mark: str) -> None:
    text = (
        rf"{GIVEN}Let $b{mark} = {VALUE}$ be the estimator without observation $i$. "
        rf"\[ b{mark} = b - \frac{{y_i - x_i^\top b}}{{1 - h_i}} A^{{-1}} x_i, "
        rf"y_i - x_i^\top b{mark} = \frac{{y_i - f_i}}{{1 - h_i}}, "
        rf"y_i - x_i^\top b{mark} = \frac{{y_i - f_i}}{{1 + h_i}} \]"
    )
    assert statuses(text) == ["proved", "proved", "refuted"]


@pytest.mark.parametrize("mark", MARKS)
def test_predictions_without_one_observation(mark: str) -> None:
    text = (
        rf"{GIVEN}Let $b{mark} = {VALUE}$ be the estimator without observation $i$ and "
        rf"$f{mark} = x_i^\top b{mark}$. "
        rf"\[ y_i - f{mark} = \frac{{y_i - f_i}}{{1 - h_i}}, y_i - f{mark} = y_i - f_i \]"
    )
    assert statuses(text) == ["proved", "refuted"]


def test_in_a_display_and_in_french() -> None:
    shown = rf"{GIVEN}Denote by \[ b_{{(i)}} = {VALUE} \] the estimator. \[ b - b_{{(i)}} = 0 \]"
    assert statuses(shown) == ["refuted"]
    french = rf"{GIVEN_IN_FRENCH}On note $b^{{(-i)}} = {VALUE}$ l'estimateur sans l'observation $i$. "
    claim = r"\[ b - b^{(-i)} = \frac{y_i - x_i^\top b}{1 - h_i} A^{-1} x_i, b^{(-i)} = b \]"
    assert statuses(french + claim) == ["proved", "refuted"]


def test_such_a_mark_has_no_meaning_of_its_own() -> None:
    assert statuses(rf"{GIVEN}\[ b_{{-i}} = b \]") == []  # a definition
    assert statuses(rf"{GIVEN}\[ f_{{(i)}} - y_i = f_i - y_i \]") == ["unreadable"]
    assert statuses(r"Let $c \in \mathbb{R}^n$ and $d = 2 c$. Let $d_{(k)} = c_k$. \[ d_{(k)} = c_k, d_k = c_k \]") == [
        "proved",
        "refuted",
    ]


def test_a_family_with_brackets_at_its_index() -> None:
    text = r"Let $x_{(i)} \in \mathbb{R}^d$ for $i = 1, \dots, n$. \[ \|x_{(i)}\|^2 = x_{(i)}^\top x_{(i)} \]"
    assert statuses(text) == ["proved"]


RIDGE = (
    r"Let $X \in \mathbb{R}^{n \times p}$ have full column rank, $y \in \mathbb{R}^n$. The least squares estimator is "
    r"$b = (X^\top X)^{-1} X^\top y$. For $\lambda > 0$ the ridge estimator is "
    r"$b_\lambda = (X^\top X + \lambda I)^{-1} X^\top y$. "
)


def test_a_parameter_below_a_name_that_has_a_value() -> None:
    ridge = r"X^\top (y - X b_\lambda) = \lambda b_\lambda, b_\lambda = (X^\top X + \lambda I)^{-1} X^\top X b"
    claims = rf"{ridge}, b_\lambda = b"
    assert statuses(rf"{RIDGE}\[ {claims} \]") == ["proved", "proved", "refuted"]
    assert statuses(r"Let $b \in \mathbb{R}^p$, $c = 2b$. The entry is $c_i = b_i$. \[ c = b \]") == ["unreadable"]


@pytest.mark.parametrize(("label", "by"), [(r"\lambda", r"\lambda"), ("2", "2"), (r"{\text{reg}}", "3")])
def test_a_function_with_a_mark_beside_one_without(label: str, by: str) -> None:
    text = (
        r"Let $X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^n$, $w \in \mathbb{R}^d$ and $\lambda > 0$. "
        r"Let $J(w) = \|X w - y\|^2$. "
        rf"Put $J_{label}(w) = J(w) + {by} \|w\|^2$. \[ \nabla J_{label}(w) = 2 X^\top (X w - y) + 2 \cdot {by} w, "
        rf"\nabla J_{label}(w) = 2 X^\top (X w - y) \]"
    )
    assert statuses(text) == ["proved", "refuted"]


def test_an_entry_of_a_function_is_no_other_function() -> None:
    text = r"Let $x \in \mathbb{R}^n$, $A \in \mathbb{R}^{n \times n}$, $f(x) = A x$. \[ f_1(x) = x_1 \]"
    assert statuses(text) != []
