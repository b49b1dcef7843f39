"""Values, names and counterexamples as a student reads them."""

import dataclasses
from typing import Any

import pytest

from everystep import context
from everystep.documents.interface import check
from everystep.prove.verdict import Counterexample, GradientEvidence, Status, Verdict
from render.document_report import details
from render.evidence_text import (
    evidence_lines,
    example_lines,
    gradient_json,
    gradient_text,
    note_text,
    sides_of,
    sizes_text,
    spelled,
    value_text,
)

SLOPE = Counterexample(
    (("d", 1),),
    (("lambda", (("0.250000000000",),)),),
    (("0.731058578630",),),
    (("0.268941421370",),),
    False,
    "sigma(z) = z; each entry of R is 1 with probability pi",
)


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ((("3/2",),), "3/2"),
        ((("1", "2"),), "[1, 2]"),
        ((("1",), ("2",)), "[1, 2]ᵀ"),
        ((("1", "2"), ("3", "4")), "[1 2; 3 4]"),
    ],
)
def test_a_value_on_one_line(table: tuple[tuple[str, ...], ...], text: str) -> None:
    assert value_text(table) == text


def test_names_are_spelled_as_in_formulas() -> None:
    assert [spelled(name) for name in ("lambda", "X", "h_2", "bar x", "w^*")] == ["λ", "X", "h_2", "x̄", "w*"]
    assert spelled("no name at all\x1b") == "no name at all\ufffd"
    assert note_text(SLOPE) == "σ(z) = z; each entry of R is 1 with probability π"


def test_real_values_are_rounded_and_said_to_be() -> None:
    assert list(example_lines(SLOPE)) == [
        "counterexample at d=1 (rounded; the sides differ for certain):",
        "  λ = 0.25",
        f"  {note_text(SLOPE)}",
        "  left side = 0.731059",
        "  right side = 0.268941",
    ]


def test_as_many_digits_are_shown_as_tell_the_sides_apart() -> None:
    close = dataclasses.replace(SLOPE, right=(("0.731058578631",),))
    assert sides_of(close) == (close.left, close.right)


def test_a_claim_about_one_value_has_no_right_side() -> None:
    lines = list(example_lines(dataclasses.replace(SLOPE, right=())))
    assert not any("right side" in line for line in lines)


def test_only_the_sizes_that_a_claim_speaks_of_are_shown() -> None:
    assert sizes_text((("d", 2), ("m", 1)), {"d"}) == "d=2"
    names = context(
        r"A \in \mathbb{R}^{d \times d}; x \in \mathbb{R}^{d}; y \in \mathbb{R}^{m}; \mathbf{1}^\top y = 1; z := A x"
    )
    report = check(r"x^\top A = z^\top", names)
    assert dict(report.steps[0].verdict.counterexample.sizes).keys() == {"d", "m"}  # type: ignore[union-attr]
    assert "counterexample at d=2:" in list(details(report.steps[0]))


AGREES = GradientEvidence("agrees", "", "complex step", (("d", 7), ("n", 5)), 0, 2.2e-16, 1e-15, 7)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({}, "agrees at d=7, n=5; complex step, relative deviation below 1e-12, 7 evaluations, seed 0"),
        (
            {"error": 0.0, "evaluations": 1, "sizes": ()},
            "agrees; complex step, relative deviation below 1e-12, 1 evaluation, seed 0",
        ),
        (
            {"error": 3e-8, "method": "central differences"},
            "agrees at d=7, n=5; central differences, relative deviation below 1e-07, 7 evaluations, seed 0",
        ),
        (
            {"outcome": "not conclusive", "reason": "a kink or rounding", "error": 0.4, "sizes": ()},
            "not conclusive (a kink or rounding); complex step, relative deviation 0.4, 7 evaluations, seed 0",
        ),
        ({"outcome": "not run", "reason": "random", "method": ""}, "not run (random)"),
    ],
)
def test_a_gradient_check_in_words(changed: dict[str, Any], text: str) -> None:
    found = dataclasses.replace(AGREES, **changed)
    assert gradient_text(found) == text
    assert f"gradient check: {text}" in evidence_lines(Verdict(Status.PROVED, gradient=found))


def test_a_gradient_check_as_json_holds_all_that_is_known_of_it() -> None:
    assert gradient_json(None) is None
    data = gradient_json(AGREES)
    assert data == dataclasses.asdict(AGREES) | {"sizes": {"d": 7, "n": 5}}
    assert not any("gradient check" in line for line in evidence_lines(Verdict(Status.PROVED)))
