"""``d^2 f`` is the differential of ``df`` along the same changes, which stay as they are."""

import pytest

from everystep.documents.check import check_text

GIVEN = "%! X, A \\in \\mathbb{R}^{n \\times n}; X \\text{ invertible}; x, m \\in \\mathbb{R}^n\n"


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        ("d^2 (X^{-1}) = 2 X^{-1} dX\\, X^{-1} dX\\, X^{-1}", "proved"),
        ("d^2 (X^{-1}) = -2 X^{-1} dX\\, X^{-1} dX\\, X^{-1}", "refuted"),
        ("\\mathrm{d}^2 (x^\\top A x) = 2\\, \\mathrm{d}x^\\top A\\, \\mathrm{d}x", "proved"),
        ("d^2 (x^\\top A x) = dx^\\top A\\, dx", "refuted"),
        ("d^2 \\operatorname{tr}(X^3) = 6 \\operatorname{tr}(X (dX)^2)", "proved"),
        ("d^2 \\log|\\det X| = -\\operatorname{tr}(X^{-1} dX\\, X^{-1} dX)", "proved"),
        ("d^2 \\log|\\det X| = \\operatorname{tr}(X^{-1} dX)^2", "refuted"),
        ("d^2 X = 0", "unreadable"),
    ],
)
def test_second_differentials(display: str, expected: str) -> None:
    (step,) = check_text(f"{GIVEN}\\[ {display} \\]").steps
    assert str(step.status) == expected, step.verdict.message


def test_the_square_of_a_distance_is_defined() -> None:
    """A name with one argument on the left of ``=`` is a definition, one with a power as its argument is none."""
    text = f"{GIVEN}\\[ d^2(x) := (x - m)^\\top (x - m), \\qquad \\nabla_x d^2(x) = 2 (x - m) \\]"
    assert [str(step.status) for step in check_text(text).steps] == ["proved"]
    (step,) = check_text(f"{GIVEN}\\[ f(X^{{-1}}) = X \\]").steps
    assert str(step.status) == "unreadable"
