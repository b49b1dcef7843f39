"""Marks on functions and on nothing: none of them is passed over."""

import pytest

from everystep.documents.check import check_text

DECLARED = (
    "%! A, B \\in \\mathbb{R}^{n \\times n}; z, y \\in \\mathbb{R}^n; a, \\tau \\in \\mathbb{R}\n"
    "%! u, v \\in \\mathbb{R}; u \\sim \\mathcal{N}(0, 1); v \\sim \\mathcal{N}(0, 1)\n"
    "%! u, v \\text{ independent}; s := u + v\n"
    "%! x \\in \\mathbb{R}^n; x \\sim \\mathcal{N}(0, I)\n"
)


def verdict(claim: str) -> str:
    (step,) = check_text(f"{DECLARED}\\[ {claim} \\]").steps
    return str(step.status)


@pytest.mark.parametrize(
    "claim",
    [
        "\\operatorname{softmax}_\\tau(z) = \\operatorname{softmax}(z)",
        "\\operatorname{vec}_r(A) = \\operatorname{vec}(A)",
        "\\operatorname{tr}_b(A) = \\operatorname{tr}(A)",
        "\\det_2(A) = \\det(A)",
        "\\exp_2(a) = \\exp(a)",
        "\\tanh_\\tau(a) = \\tanh(a)",
        "\\operatorname{rank}_\\tau(A) = \\operatorname{rank}(A)",
        "\\operatorname{diag}_i(z) = \\operatorname{diag}(z)",
        "\\operatorname{Var}_v(u + v) = 2",
        "\\operatorname{Cov}_v(u + v, u) = 1",
        "\\mathbb{E}_v[s] = 0",
        "\\mathbb{E}_{v \\to u}[v] = 0",
        "\\mathbb{E}_{v \\sim \\mathcal{N}(3, 1)}[v] = 0",
        "{}^2 a = a",
        "z * y = z^\\top y",
    ],
)
def test_a_mark_that_is_not_understood_is_not_passed_over(claim: str) -> None:
    assert verdict(claim) == "unreadable"


@pytest.mark.parametrize(
    "other", ["\\mathsf{A}", "\\mathbb{A}", "\\mathbf{A}", "\\mathrm{A}", "\\mathcal{A}", "\\tilde A"]
)
def test_names_that_are_declared_in_two_styles_are_two(other: str) -> None:
    declared = f"Let $A \\in \\mathbb{{R}}^{{n \\times n}}$ and ${other} \\in \\mathbb{{R}}^{{n \\times n}}$. "
    both = check_text(f"{declared} \\[ 2 A = A + {other} \\] \\[ {other} + {other} = 2 {other} \\]")
    assert [str(step.status) for step in both.steps] == ["refuted", "proved"]


def test_a_number_to_the_power_of_a_number_called_T_is_no_transpose() -> None:
    (step,) = check_text("Let $T \\in \\mathbb{R}$ and $x > 0$. \\[ x^T = x \\]").steps
    assert str(step.status) == "refuted"
    (step,) = check_text("Let $x \\in \\mathbb{R}$. \\[ x^T = x \\]").steps
    assert str(step.status) == "proved"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("\\operatorname{softmax}_i(z) = \\operatorname{softmax}(z)_i", "proved"),
        ("\\operatorname{softmax}_i(z) = \\operatorname{softmax}(z)", "ill-typed"),
        ("\\log_2 8 = 3", "proved"),
        ("\\mathbb{E}_{v \\sim \\mathcal{N}(0, 1)}[v] = 0", "proved"),
        ("\\mathbb{E}_{x \\sim \\mathcal{N}(0, I)}[x] = 0", "proved"),
        ("\\mathbb{E}_{v \\sim p}[v] = 0", "proved"),
        ("\\operatorname{Var}_v(v + a) = 1", "proved"),
        ("\\mathrm{A}{}^2 = A", "refuted"),
        ("\\mathrm{A}{}^2 = A A", "proved"),
        ("\\operatorname{tr}{}^2 A = \\operatorname{tr}(A)^2", "proved"),
        ("\\operatorname{tr}{}^2 A = \\operatorname{tr} A", "refuted"),
        ("{a}{}{}^2 = a a", "proved"),
        ("A{}_{12} = A_{12}", "proved"),
        ("a * \\tau = \\tau a", "proved"),
    ],
)
def test_marks_that_are_read(claim: str, expected: str) -> None:
    assert verdict(claim) == expected
