"""The Python interface: its examples, its errors and their places."""

import doctest
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import everystep
from everystep.documents import interface
from everystep.documents.interface import ReadingError
from everystep.kernels.gradient_check import central_differences

README = Path(__file__).resolve().parents[2] / "README.md"
MATRICES = r"A, B \in \mathbb{R}^{n \times n}; x \in \mathbb{R}^{n}"


def test_the_examples_of_the_docstrings_hold() -> None:
    result = doctest.testmod(interface)
    assert result.attempted >= 10
    assert result.failed == 0


def test_the_examples_of_the_readme_hold() -> None:
    result = doctest.testfile(str(README), module_relative=False, encoding="utf-8")
    assert result.attempted >= 3
    assert result.failed == 0


def test_importing_the_package_loads_no_sympy() -> None:
    code = "import sys, everystep; print('sympy' in sys.modules or 'numpy' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"


def test_the_package_lists_its_interface() -> None:
    assert set(everystep.__all__) <= set(dir(everystep))
    assert not hasattr(everystep, "nothing_of_that_name")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("A B = B A", 1, 7),
        ("$A B = B A$", 1, 8),
        (r"\(A B = B A\)", 1, 9),
        (r"\[A B = B A\]", 1, 9),
        ("$$A B = B A$$", 1, 9),
        ("\n  A B\n  = B A", 3, 5),
        ("% a remark\nA B = B A", 2, 7),
        ("%! C \\in \\mathbb{R}\nA B = B A", 2, 7),
        ("\\begin{align}\nA B &= B A\n\\end{align}", 2, 8),
        ("\\begin{aligned}\nA B &= B A\n\\end{aligned}", 2, 8),
    ],
)
def test_a_derivation_with_any_delimiters_has_its_places(text: str, line: int, column: int) -> None:
    (step,) = everystep.check(text, MATRICES).steps
    assert str(step.status) == "refuted"
    assert (step.place.line, step.place.column) == (line, column)


def test_declarations_may_be_given_in_several_ways() -> None:
    lines = [r"A \in \mathbb{R}^{n \times n}", r"%! A = A^\top"]
    for declarations in (lines, "\n".join(lines), "; ".join(line.removeprefix("%! ") for line in lines)):
        (step,) = everystep.check(r"A^\top A = A^2", declarations).steps
        assert str(step.status) == "proved"
    declared = everystep.context(lines)
    assert everystep.context(declared) is declared
    assert [str(s.status) for s in everystep.check(r"A^\top A = A^2", declared).steps] == ["proved"]


@pytest.mark.parametrize("declarations", ["", (), [], [""], " \n"])
def test_nothing_has_to_be_declared(declarations: str | list[str]) -> None:
    (step,) = everystep.check("1 + 1 = 2", declarations).steps
    assert str(step.status) == "proved"
    assert everystep.parse("1 + 1", declarations) == everystep.parse("1 + 1")


def test_a_text_that_declares_its_names_is_checked_without_further_ones() -> None:
    (step,) = everystep.check("%! A \\in \\mathbb{R}^{n \\times n}\n\\[ (A^T)^T = A \\]").steps
    assert str(step.status) == "proved"


def test_checking_leaves_the_declarations_as_they_were() -> None:
    declared = everystep.context(MATRICES)
    everystep.check("C := A B \n\n C = A B", declared)
    assert set(declared.symbols) == {"A", "B", "x"}


def test_the_layout_is_a_declaration() -> None:
    numerator = everystep.parse(r"\frac{\partial x^\top x}{\partial x}", MATRICES + "\nlayout: numerator")
    assert numerator.shape[0] == 1


@pytest.mark.parametrize(
    ("formula", "line", "column", "message"),
    [
        ("A z", 1, 3, "z has no declaration"),
        ("A\n + A z", 2, 6, "z has no declaration"),
        ("$A z$", 1, 4, "z has no declaration"),
        ("A x + A", 1, 1, "sum"),
        ("A = B", 1, 1, "statement"),
        ("A^{", 1, 3, "brace"),
        ("A\n + \0", 2, 4, "NUL"),
        ("", 1, 0, "empty"),
        ("% nothing", 1, 0, "no formula"),
        ("$$A$$ and $$B$$", 1, 0, "one formula"),
    ],
)
def test_a_formula_that_cannot_be_read_raises(formula: str, line: int, column: int, message: str) -> None:
    with pytest.raises(ReadingError, match=message) as caught:
        everystep.parse(formula, MATRICES)
    assert caught.value.line == line
    if column:
        assert caught.value.column == column


@pytest.mark.parametrize(
    ("declarations", "line", "column"),
    [
        (r"X \in \mathbb{Q}^{n}", 1, 7),
        ("%! a > 0\n%! X \\in \\mathbb{Q}^{n}", 2, 10),
        (["a > 0", r"X \in \mathbb{Q}^{n}"], 2, 7),
        ("problem 3", 1, 1),
        ("a > 0;\nb \0", 2, 3),
        (r"\foo \in \mathbb{R}", 1, 1),
    ],
)
def test_declarations_that_cannot_be_read_raise(declarations: str | list[str], line: int, column: int) -> None:
    with pytest.raises(ReadingError) as caught:
        everystep.context(declarations)
    assert (caught.value.line, caught.value.column) == (line, column)
    with pytest.raises(ReadingError):
        everystep.check("a = a", declarations)


def test_a_root_of_a_matrix_is_one_of_what_is_given() -> None:
    names = r"A \in \mathbb{R}^{n \times n}; A \succ 0; x \in \mathbb{R}^{n}"
    given = {"A": [[4.0, 0.0], [0.0, 9.0]], "x": [1.0, 1.0]}
    for formula, value in ((r"A^{1/2} x", [2.0, 3.0]), (r"A^{-1/2} x", [1 / 2, 1 / 3]), (r"\sqrt{A} A x", [8.0, 27.0])):
        compiled = everystep.compile(formula, names)
        assert compiled.arguments == ("A", "x")
        assert compiled(**given).tolist() == pytest.approx(value)


def test_a_derivative_by_either_of_two_families_that_are_defined_through_each_other() -> None:
    names = everystep.context(
        r"W \in \mathbb{R}^{n \times n}; h_l, z_l, b_l, y \in \mathbb{R}^{n}; z_l := W h_{l-1} + b_l; h_l := \tanh(z_l)"
    )
    weights, start, target = np.array([[0.5, -0.2], [0.3, 0.4]]), np.array([0.3, -0.1]), np.ones(2)
    offsets = {k: np.array([0.1 * k, -0.2]) for k in (1, 2, 3)}
    given = {"W": weights, "b": offsets, "y": target}

    def loss(z: Any) -> Any:
        state = np.tanh(weights @ np.tanh(z) + offsets[3])
        return (target - state) @ (target - state)

    second = weights @ np.tanh(weights @ start + offsets[1]) + offsets[2]
    by_z = everystep.compile(r"\nabla_{z_2} \|y - h_3\|^2", names)
    assert by_z.arguments == ("W", "b", "h_0", "y")
    wanted = central_differences(loss, second)
    np.testing.assert_allclose(by_z(**given, h_0=start), wanted, rtol=1e-8)
    by_h = everystep.compile(r"\nabla_{h_2} \|y - h_3\|^2", names)
    np.testing.assert_allclose(wanted, by_h(**given, h={0: start}) * (1 - np.tanh(second) ** 2), rtol=1e-8)
    both = everystep.compile(r"\nabla_{z_2} \|y - h_3\|^2 + \nabla_{h_2} \|y - h_3\|^2", names)
    slopes = by_h(**given, h={0: start})
    np.testing.assert_allclose(both(**given, h={0: start}), wanted + slopes, rtol=1e-8)
    with pytest.raises(ReadingError, match="derivatives by z and by h, which are defined through each other"):
        everystep.compile(r"\nabla_{z_2} \|y - z_2\|^2 + \nabla_{h_2} \|y - h_3\|^2", names)
