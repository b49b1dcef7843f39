"""Derivatives by a name that stands for a part of what is differentiated."""

import pytest

from everystep.documents.check import check_text

NETWORK = (
    r"Let $x \in \mathbb{R}^d$, $h = \tanh(W x + b)$ where $W \in \mathbb{R}^{m \times d}$, $b \in \mathbb{R}^m$, "
    r"$v \in \mathbb{R}^m$ and $\ell = v^\top h$. Write $a = W x + b$. "
)


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (r"\frac{\partial \ell}{\partial a} = v \odot (1 - h \odot h)", "proved"),
        (r"\frac{\partial \ell}{\partial a} = v \odot (1 - h)", "refuted"),
        (r"\frac{\partial \ell}{\partial W} = \frac{\partial \ell}{\partial a} x^\top", "proved"),
        (r"\frac{\partial \ell}{\partial W} = x \frac{\partial \ell}{\partial a}^\top", "ill-typed"),
        (r"\frac{\partial \ell}{\partial b} = \frac{\partial \ell}{\partial a}", "proved"),
        (r"\frac{\partial \ell}{\partial x} = W^\top \frac{\partial \ell}{\partial a}", "proved"),
    ],
)
def test_a_derivative_by_a_pre_activation(step: str, expected: str) -> None:
    assert statuses(rf"{NETWORK}\[ {step} \]") == [expected]


@pytest.mark.parametrize(
    "step", [r"\frac{\partial L}{\partial u} = 0 \cdot u", r"\frac{\partial L}{\partial u} = u / 2"]
)
def test_a_derivative_by_what_is_written_nowhere_is_not_judged(step: str) -> None:
    text = rf"Let $x \in \mathbb{{R}}^d$, $u = 2 x$ and $L = \|x\|^2$. \[ {step} \]"
    assert statuses(text) == ["unreadable"]


def test_a_number_that_stands_for_a_part() -> None:
    text = r"Let $x \in \mathbb{R}^d$, $z = x^\top x$ and $L = (x^\top x)^2$. \[ \frac{\partial L}{\partial z} = 2 z \]"
    assert statuses(text) == ["proved"]
    assert statuses(text.replace("= 2 z", "= z")) == ["refuted"]


@pytest.mark.parametrize(
    ("said", "step"),
    [
        (r"$z = x^\top x$ and $L = x^\top x + \|x\|^2$", r"\frac{\partial L}{\partial z} = 1"),
        (r"$z = x^\top x$ and $L = x^\top x + \|x\|^2$", r"\frac{\partial L}{\partial z} = 2"),
        (r"$z = x^\top x$ and $L = z + x^\top x$", r"\frac{\partial L}{\partial z} = 1"),
        (r"$z = x^\top x$ and $L = z + x^\top x$", r"\frac{\partial L}{\partial z} = 2"),
        (r"$u = 2 x$ and $L = \|2 x\|^2 + \|x\|^2$", r"\frac{\partial L}{\partial u} = 2 u"),
        (r"$u = 2 x$ and $L = \|2 x\|^2 + \|x\|^2$", r"\frac{\partial L}{\partial u} = \frac52 u"),
    ],
)
def test_a_part_that_is_written_in_two_ways_is_not_judged(said: str, step: str) -> None:
    assert statuses(rf"Let $x \in \mathbb{{R}}^d$, {said}. \[ {step} \]") == ["unreadable"]


def test_a_formula_that_is_written_otherwise_in_nested_definitions_is_not_judged() -> None:
    text = r"Let $x \in \mathbb{R}^d$, $s = x^\top x$, $u = s^2$, $L = u + (x^\top x)^2$. "
    assert statuses(text + r"\[ \frac{\partial L}{\partial u} = 1 \]") == ["unreadable"]
    assert statuses(text + r"\[ \frac{\partial L}{\partial u} = 2 \]") == ["unreadable"]
