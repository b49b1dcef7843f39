"""Names that nothing declares in the body of a definition are what they alone can be."""

import pytest

from everystep.documents.check import check_text

X = r"Let $X \in \mathbb{R}^{n \times d}$ and $x \in \mathbb{R}^d$. "


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    ("definition", "true", "false"),
    [
        ("$z = X w$", r"\|z\|^2 = w^\top X^\top X w", r"\|z\|^2 = w^\top X X^\top w"),
        (r"$p = w^\top x$", r"p = x^\top w", r"p = 2 x^\top w"),
        (r"$p = u^\top X x$", r"\nabla_x p = X^\top u", r"\nabla_x p = 2 X^\top u"),
        ("$q = x^\\top A x$", r"\nabla_x q = (A + A^\top) x", r"\nabla_x q = 2 A x"),
    ],
)
def test_the_one_shape_that_fits(definition: str, true: str, false: str) -> None:
    assert statuses(rf"{X}Let {definition}. \[ {true} \]") == ["proved"]
    assert statuses(rf"{X}Let {definition}. \[ {false} \]")[0] in ("refuted", "ill-typed")


@pytest.mark.parametrize(
    ("definition", "step"),
    [
        ("$z = a x$", "z = x a"),  # a may be a number or a row
        (r"$z = f(x)$", "z = f(x)"),
        (r"$z = u \odot v$", r"z = v \odot u"),
        (r"$z = \lambda X$", r"z = X \lambda"),
    ],
)
def test_where_several_fit_nothing_is_refuted(definition: str, step: str) -> None:
    assert statuses(rf"{X}Let {definition}. \[ {step} \]")[0] in ("proved", "unreadable")


def test_a_later_declaration_is_the_one_that_holds() -> None:
    text = rf"{X}Let $z = X w$. Here $w \in \mathbb{{R}}^d$ is a unit vector. \[ w^\top w = 1 \]"
    assert statuses(text) == ["proved"]
