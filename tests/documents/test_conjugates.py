r"""Exponents with ``1/p + 1/q = 1`` are numbers, though letters that are compared with whole numbers may be indices."""

from __future__ import annotations

import pytest

from everystep.documents.check import check_text

YOUNG = r"\[ a b \le \frac{a^p}{p} + \frac{b^q}{q} \]"


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "given",
    [
        "%! a > 0; b > 0; p > 1; q > 1; \\frac{1}{p} + \\frac{1}{q} = 1\n",
        "%! a > 0; b > 0; \\frac{1}{p} + \\frac{1}{q} = 1; p > 1; q > 1\n",
        "%! a > 0; b > 0; p, q \\in \\mathbb{R}; p > 1; q > 1; 1/p + 1/q = 1\n",
        r"Let $a, b > 0$ and $p, q > 1$ with $\frac{1}{p} + \frac{1}{q} = 1$. Then ",
    ],
)
def test_conjugate_exponents_are_numbers(given: str) -> None:
    assert statuses(given + YOUNG) == ["proved"]
    assert statuses(given + r"\[ a b \le \frac{a^p}{q} + \frac{b^q}{p} \]") == ["refuted"]
    assert statuses(given + r"\[ p = 2 \]") == ["refuted"]


def test_natural_numbers_stay_whole() -> None:
    given = "%! p, q \\in \\mathbb{N}; \\frac{1}{p} + \\frac{1}{q} = 1\n"
    assert "refuted" not in statuses(given + r"\[ p = 2 \]")
