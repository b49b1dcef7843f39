r"""Roots of positive definite matrices vary with these, and are their roots also where a definition alone has them."""

import pytest

from everystep.documents.check import check_text

GIVEN = "%! X, B \\in \\mathbb{R}^{n \\times n}; X \\succ 0; a \\in \\mathbb{R}^n\n"
TRACE = "\\operatorname{tr}(X^{1/2})"


def _verdicts(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        (f"\\nabla_X {TRACE} = \\frac12 X^{{-1/2}}", "proved"),
        (f"\\frac{{\\partial}}{{\\partial X}} {TRACE} = \\frac12 X^{{-1/2}}", "proved"),
        (f"\\frac{{\\partial {TRACE}}}{{\\partial X}} = X^{{-1/2}}", "refuted"),
        (f"\\nabla_X {TRACE} = 0", "refuted"),
        (f"2 \\nabla_X {TRACE} = X^{{-1/2}}", "proved"),
        ("\\nabla_X \\operatorname{tr}(X^{-1/2}) = -\\frac12 X^{-3/2}", "proved"),
        ("\\nabla_X \\operatorname{tr}(X^{3/2}) = \\frac32 X^{1/2}", "proved"),
        ("\\nabla_X \\|X^{1/2}\\|_F^2 = I", "proved"),
        ("\\nabla_X \\log\\det X^{1/2} = \\frac12 X^{-1}", "proved"),
        ("\\nabla_X (\\operatorname{tr}(X^{3/2}) + \\operatorname{tr}(X)) = \\frac32 X^{1/2} + I", "proved"),
        ("\\nabla_X (\\operatorname{tr}(X^{3/2}) + \\operatorname{tr}(X)) = I", "refuted"),
        ("\\nabla_X (a^\\top X^{1/2} a) = \\frac12 X^{-1/2} a a^\\top", "refuted"),  # X and a a^T need not commute
        ("\\nabla_X \\operatorname{tr}(X^{1/2} B) = \\frac12 X^{-1/2} B^\\top", "refuted"),
        (f"d {TRACE} = \\frac12 \\operatorname{{tr}}(X^{{-1/2}} dX)", "proved"),
        (f"d {TRACE} = \\operatorname{{tr}}(X^{{-1/2}} dX)", "refuted"),
        ("d \\operatorname{tr}(X X^{1/2}) = \\frac32 \\operatorname{tr}(X^{1/2} dX)", "proved"),
        ("d \\operatorname{tr}(X X^{1/2}) = \\operatorname{tr}(X^{1/2} dX)", "refuted"),
        ("dX = X^{1/2} d(X^{1/2}) + d(X^{1/2}) X^{1/2}", "proved"),
        ("dX = 2 X^{1/2} d(X^{1/2})", "refuted"),
        ("d(X^{-1/2}) = -X^{-1/2} d(X^{1/2}) X^{-1/2}", "proved"),
        ("\\operatorname{tr}(dX) = \\operatorname{tr}(X^{1/2} \\, dX \\, X^{-1/2})", "proved"),
        # forms in which nothing is claimed
        (f"d^2 {TRACE} = 0", "unreadable"),
        (f"\\frac{{\\partial}}{{\\partial X_{{ij}}}} {TRACE} = 0", "unreadable"),
        (f"\\frac{{\\partial}}{{\\partial X_{{ij}}}} {TRACE} = \\frac12 (X^{{-1/2}})_{{ij}}", "unreadable"),
        ("\\frac{\\partial \\operatorname{vec}(X^{1/2})}{\\partial \\operatorname{vec}(X)^\\top} = 0", "unreadable"),
        # the root is held by a derivative by something else
        ("\\nabla_a (a^\\top X^{1/2} a) = 2 X^{1/2} a", "proved"),
        ("d(a^\\top X^{1/2} a) = 2 (da)^\\top X^{1/2} a", "proved"),
    ],
)
def test_the_root_varies_with_its_matrix(display: str, expected: str) -> None:
    (step,) = check_text(f"{GIVEN}\\[ {display} \\]").steps
    assert str(step.status) == expected, step.verdict.message


def test_the_root_of_a_singular_matrix_has_no_derivative() -> None:
    given = "%! X \\in \\mathbb{R}^{n \\times n}; X \\succeq 0\n"
    assert _verdicts(f"{given}\\[ \\nabla_X {TRACE} = 0 \\]") == ["unreadable"]
    assert _verdicts(f"{given}\\[ d {TRACE} = 0 \\]") == ["unreadable"]
    assert _verdicts(f"{given}\\[ \\nabla_X \\operatorname{{tr}}(X) = I \\]") == ["proved"]


@pytest.mark.parametrize("given", ["f := \\operatorname{tr}(X^{1/2})", "f(X) := \\operatorname{tr}(X^{1/2})"])
def test_a_defined_function_of_the_root(given: str) -> None:
    claims = ("= \\frac12 X^{-1/2}", "= X^{-1/2}", "= 0")
    displays = [f"\\[ \\nabla_X f{'(X)' if '(' in given[:3] else ''} {claim} \\]" for claim in claims]
    assert [_verdicts(f"{GIVEN}%! {given}\n{d}")[0] for d in displays] == ["proved", "refuted", "refuted"]


@pytest.mark.parametrize(
    ("given", "display", "expected"),
    [
        ("R := X^{1/2}", "R R = X", "proved"),
        ("R := X^{1/2}", "R R = 2 X", "refuted"),
        ("R := X^{-1/2}", "R X R = I", "proved"),
        ("f := \\operatorname{tr}(X^{1/2})", "f^2 \\ge n^2 \\operatorname{tr}(X)", "refuted"),
        ("R_i \\in \\mathbb{R}^{n \\times n}, i = 1, \\dots, m; R_i := i X^{1/2}", "R_1 R_2 = 2 X", "proved"),
        ("h_t \\in \\mathbb{R}^n; h_t := X^{1/2} h_{t-1}", "h_2 = X h_0", "proved"),
        ("h_t \\in \\mathbb{R}^n; h_t := X^{1/2} h_{t-1}", "h_2 = X^2 h_0", "refuted"),
        ("B^\\top X^{1/2} B = I", "B B^\\top B B^\\top = X^{-1}", "proved"),
        ("B^\\top X^{1/2} B = I", "B B^\\top B B^\\top = X^{-2}", "refuted"),
        ("a \\sim \\mathcal{N}(0, X^{1/2})", "\\mathbb{E}[a a^\\top] \\mathbb{E}[a a^\\top] = X", "proved"),
        ("a \\sim \\mathcal{N}(0, X); z := X^{-1/2} a", "\\mathbb{E}[z z^\\top] = I", "proved"),
    ],
)
def test_a_root_is_one_where_only_what_is_given_has_it(given: str, display: str, expected: str) -> None:
    assert _verdicts(f"{GIVEN}%! {given}\n\\[ {display} \\]") == [expected]


def test_a_matrix_with_a_formula_of_its_own_keeps_it() -> None:
    given = "%! A, X \\in \\mathbb{R}^{n \\times n}; A \\succ 0; X := A A; X \\succ 0; R := X^{1/2}\n"
    assert _verdicts(f"{given}\\[ R R = A A \\]\n\\[ R R = A \\]") == ["proved", "refuted"]
