"""Products and sums whose limits stand the other way round."""

import pytest

from everystep.algebra.context import Relation
from everystep.derivation import Step
from everystep.documents.check import check_text
from everystep.prove.checker import check_step
from everystep.prove.verdict import Status

DECLARED = (
    "%! A_t \\in \\mathbb{R}^{n \\times n}; h_t \\in \\mathbb{R}; T \\in \\mathbb{N}; 1 \\le s; s < t\n"
    "%! J := \\prod_{k=T}^{1} A_k\n"
)

PROVED = (
    r"\prod_{k=T}^{1} A_k = A_T \prod_{k=T-1}^{1} A_k",
    r"\prod_{k=T}^{1} A_k = \left(\prod_{k=1}^{T} A_k^\top\right)^\top",
    r"\prod_{k=t}^{s+1} A_k = A_t \prod_{k=t-1}^{s+1} A_k",
    r"\prod_{k=s}^{1} h_k = \prod_{k=1}^{s} h_k",
    r"\sum_{s=1}^{T} \prod_{k=T}^{s+1} A_k = I + \sum_{s=1}^{T-1} \prod_{k=T}^{s+1} A_k",
    r"J^\top = \prod_{k=1}^{T} A_k^\top",
    r"\prod_{k=s+1}^{s} A_k = I",
    r"\prod_{k=1}^{T} A_k = A_1 \prod_{k=2}^{T} A_k",
)
REFUTED = (
    r"\prod_{k=T}^{1} A_k = A_1 \prod_{k=T}^{2} A_k",
    r"\prod_{k=T}^{1} A_k = \prod_{k=1}^{T} A_k",
    r"\prod_{k=T}^{1} A_k = I",
    r"J = \prod_{k=1}^{T} A_k",
)


@pytest.mark.parametrize("display", PROVED)
def test_the_greatest_index_of_a_falling_product_stands_on_the_left(display: str) -> None:
    (step,) = check_text(f"{DECLARED}\\[ {display} \\]").steps
    assert str(step.status) == "proved"
    # What the report keeps can be judged again as it is.
    assert isinstance(step.claim, Relation)
    assert step.context is not None
    assert check_step(Step("again", step.claim), step.context).status is Status.PROVED


@pytest.mark.parametrize("display", REFUTED)
def test_a_falling_product_in_the_wrong_order_is_refuted(display: str) -> None:
    (step,) = check_text(f"{DECLARED}\\[ {display} \\]").steps
    assert str(step.status) == "refuted"


def test_a_falling_sum_is_not_read() -> None:
    (step,) = check_text(f"{DECLARED}\\[ \\sum_{{k=T}}^{{1}} h_k = \\sum_{{k=1}}^{{T}} h_k \\]").steps
    assert str(step.status) == "unreadable"
    assert "two readings" in step.verdict.message
