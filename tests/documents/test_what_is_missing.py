"""What a message says is missing is what the author has to add."""

import pytest

from everystep.documents.check import check_text
from everystep.prove.verdict import Status


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (r"\nabla_X \operatorname{tr}(A X) = A^\top", "A has no declaration"),
        (r"\nabla_X \log\det(A X) = X^{-\top}", "A has no declaration"),
        (r"\nabla_X \operatorname{tr} = X", "tr has no argument"),
        (r"\nabla_X = X", "the gradient of what?"),
    ],
)
def test_the_operand_of_a_gradient(formula: str, message: str) -> None:
    (step,) = check_text(f"%! X \\in \\mathbb{{R}}^{{n \\times n}}, X invertible\n\\[ {formula} \\]").steps
    assert step.status is Status.UNREADABLE
    assert step.verdict.message.startswith(message)
