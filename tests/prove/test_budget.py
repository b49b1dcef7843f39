"""Every step ends within its time, and says so where that is why it is undecided."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter, thread_time

import pytest
from click.testing import CliRunner

import everystep
from everystep.algebra.context import Context
from everystep.calculus.clock import is_over, until
from everystep.calculus.networks import Exhausted
from everystep.derivation import Step
from everystep.prove.checker import check_step
from everystep.prove.normal_form import NormalForm
from everystep.prove.verdict import Status
from render.cli import main
from tests.prove.statements import A, B, C, D, equal

MARGIN = 2.0
"""Seconds that a step may take beyond its budget: an instance that was begun, on a busy machine."""

total = A + B + C + D
LONG = equal(total**8, total**7 * total)
"""4^8 products on either side: more than the bound on the work allows."""

SHORT = equal((A + B) * (A + B), A * A + A * B + B * A + B * B)


def test_a_pause_takes_no_proof_away() -> None:
    end = thread_time() + 0.2
    with until(end):
        while thread_time() < end + 0.3:
            pass  # as while all garbage is collected
        assert not is_over()
        while not is_over():
            pass
        assert thread_time() > end + 0.3


def test_time_within_time_is_that_of_both() -> None:
    with until(thread_time() + 100):
        with until(thread_time()):
            assert is_over()
        assert not is_over()
    assert not is_over()


@pytest.mark.parametrize("budget", [0.01, 0.2])
def test_a_long_statement_ends_within_its_budget(budget: float) -> None:
    started = perf_counter()
    verdict = check_step(Step("long", LONG), Context(), budget=budget)
    assert perf_counter() - started < budget + MARGIN
    assert verdict.status is Status.TESTED
    assert "the time of the step" in verdict.message
    assert "agree on every instance" in verdict.message
    assert verdict.trials


def test_on_a_long_time_the_bound_on_the_work_strikes() -> None:
    verdict = check_step(Step("long", LONG), Context(), budget=100.0)
    assert verdict.status is Status.TESTED
    assert "the work bound" in verdict.message


def test_a_false_statement_is_refuted_within_a_small_budget() -> None:
    verdict = check_step(Step("false", equal(total**8, total**7 * A)), Context(), budget=0.2)
    assert verdict.status is Status.REFUTED


def test_a_step_without_time_takes_nothing_from_the_next() -> None:
    context = Context()
    for budget in (0.0, 5.0):
        verdict = check_step(Step("short", SHORT), context, budget=budget)
        assert verdict.status is (Status.PROVED if budget else Status.TESTED), verdict.message


def test_the_earlier_of_two_moments_counts() -> None:
    form = NormalForm(Context())
    form.see(SHORT.left, SHORT.right)
    now = thread_time()
    with until(now), until(now + 100):
        form.start(SHORT.left, SHORT.right)
        with pytest.raises(Exhausted, match="the time of the step"):
            form.equal(SHORT.left, SHORT.right)
    form.start(SHORT.left, SHORT.right)
    assert form.equal(SHORT.left, SHORT.right)


def test_the_budget_of_the_python_interface_reaches_the_normal_form() -> None:
    names = everystep.context(r"A, B, C, D \in \mathbb{R}^{n \times n}")
    started = perf_counter()
    report = everystep.check("(A + B + C + D)^8 = (A + B + C + D)^7 (A + B + C + D)", names, budget=0.05)
    assert perf_counter() - started < 0.05 + MARGIN
    (step,) = report.steps
    assert step.status is Status.TESTED
    assert "the time of the step" in step.verdict.message


def test_the_budget_of_the_command_line_reaches_the_normal_form(tmp_path: Path) -> None:
    paper = tmp_path / "long.tex"
    paper.write_text(
        "%! A, B, C, D \\in \\mathbb{R}^{n \\times n}\n\\[ (A + B + C + D)^8 = (A + B + C + D)^7 (A + B + C + D) \\]\n"
    )
    printed = CliRunner().invoke(main, ["check", "--json", "--budget", "0.05", str(paper)]).output
    (step,) = json.loads(printed)["steps"]
    assert step["verdict"] == "tested"
    assert "the time of the step" in step["message"]
