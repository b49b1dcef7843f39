"""Every row of every table: the true statement is proved, its false twins are refuted.  To extend: add a row."""

from __future__ import annotations

import pytest

from everystep.algebra.context import Context, Relation
from everystep.algebra.expressions import Member, Var
from everystep.derivation import Claim, Step
from everystep.prove.checker import check_step
from everystep.prove.verdict import Status, Verdict
from tests.identities import (
    adjugates,
    algebra,
    bounds,
    conditional,
    convex_steps,
    convexity,
    derivatives,
    determinants,
    elementary,
    examples,
    expectation,
    families,
    functions,
    given_sums,
    inverses,
    linear_algebra,
    log_determinants,
    networks,
    optimisation,
    order,
    products,
    programs,
    real_limits,
    series,
    solving,
    statistics,
    sums,
    vector_calculus,
)
from tests.identities.examples import Sample
from tests.identities.notation import Row

TABLES = {
    "algebra": algebra.ROWS,
    "inverses": inverses.ROWS,
    "determinants": determinants.ROWS,
    "derivatives": derivatives.ROWS,
    "networks": networks.ROWS,
    "expectation": expectation.ROWS,
    "conditional": conditional.ROWS,
    "functions": functions.ROWS,
    "sums": sums.ROWS,
    "products": products.ROWS,
    "order": order.ROWS,
    "optimisation": optimisation.ROWS,
    "linear-algebra": linear_algebra.ROWS,
    "solving": solving.ROWS,
    "log-determinants": log_determinants.ROWS,
    "vector-calculus": vector_calculus.ROWS,
    "statistics": statistics.ROWS,
    "elementary": elementary.ROWS,
    "series": series.ROWS,
    "bounds": bounds.ROWS,
    "real-limits": real_limits.ROWS,
    "programs": programs.ROWS,
    "families": families.ROWS,
    "given-sums": given_sums.ROWS,
    "adjugates": adjugates.ROWS,
    "convexity": convexity.ROWS,
    "convex-steps": convex_steps.ROWS,
}
ROWS = [pytest.param(row, id=f"{table}:{row.name}") for table, rows in TABLES.items() for row in rows]
STEPS = [pytest.param(step, id=f"{step.problem}.{step.step}") for step in examples.STEPS]
EXPECTED = {"true": Status.PROVED, "false": Status.REFUTED, "ill-typed": Status.ILL_TYPED}
BUDGET = 5.0


def judged(claim: Claim, row: Row) -> Verdict:
    return check_step(Step(row.name, claim, (), row.by), row.context, budget=BUDGET)


@pytest.mark.parametrize("row", ROWS)
def test_the_true_statement_is_proved(row: Row) -> None:
    verdict = judged(row.true, row)
    assert not verdict.status.is_wrong, f"a true statement is {verdict.status}: {verdict.message}"
    if row.open_because:
        assert verdict.status is not Status.PROVED, "it is proved now: remove the mark open_because"
    else:
        assert verdict.status is Status.PROVED, verdict.message


@pytest.mark.parametrize("row", ROWS)
def test_the_false_twins_are_refuted(row: Row) -> None:
    verdicts = [judged(twin, row) for twin in row.false]
    assert verdicts, "a row needs a false twin"
    assert all(verdict.status is not Status.PROVED for verdict in verdicts), "a false statement is proved"
    if row.twin_open_because:
        assert any(not verdict.status.is_wrong for verdict in verdicts), (
            "refuted now: remove the mark twin_open_because"
        )
    else:
        assert all(verdict.status.is_wrong for verdict in verdicts), [verdict.message for verdict in verdicts]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_of_the_sample_gets_its_verdict(step: Sample) -> None:
    verdict = check_step(Step(step.problem, step.claim), step.context, budget=BUDGET)
    opposite = (Status.PROVED,) if step.expected != "true" else tuple(status for status in Status if status.is_wrong)
    assert verdict.status not in opposite, f"the verdict is the opposite of the truth: {verdict.message}"
    if step.open_because:
        assert verdict.status is not EXPECTED[step.expected], "decided now: remove the mark open_because"
    else:
        assert verdict.status is EXPECTED[step.expected], verdict.message


def test_names_are_unique_in_a_table() -> None:
    for rows in TABLES.values():
        names = [row.name for row in rows]
        assert len(set(names)) == len(names)


def test_there_are_enough_rows() -> None:
    assert len(ROWS) >= 400
    assert len(STEPS) == 81


def test_no_two_rows_state_the_same_up_to_letters() -> None:
    seen: dict[str, str] = {}
    for table, rows in TABLES.items():
        for row in rows:
            key = _without_letters(row.true, row.context)
            assert key not in seen, f"{table}:{row.name} states what {seen[key]} states"
            seen[key] = f"{table}:{row.name}"


def _without_letters(claim: Claim, context: Context) -> str:
    """The statement with its letters and sizes numbered in the order in which they appear."""
    given = [part for hypothesis in context.hypotheses for part in _parts(hypothesis)]
    parts = [*_parts(claim), *given, *(law.target for law in context.random)]
    parts += [p for law in context.random for p in law.parameters]
    names: dict[str, str] = {}

    def letter(name: str) -> str:
        return names.setdefault(name, f"_{len(names)}")

    def show(node: object) -> str:
        if isinstance(node, (Var, Member)):
            return f"{type(node).__name__}({letter(node.name)},{','.join(show(a) for a in node.args[1:])})"
        if getattr(node, "is_Symbol", False):
            return letter(str(node))
        arguments = getattr(node, "args", ())
        return f"{type(node).__name__}({','.join(show(a) for a in arguments)})" if arguments else str(node)

    laws = [law.law for law in context.random]
    kinds = [getattr(hypothesis, "kind", getattr(hypothesis, "op", "")) for hypothesis in (claim, *context.hypotheses)]
    return str(([show(part) for part in parts], laws, kinds, context.definitions, context.recurrences))


def _parts(claim: Claim) -> tuple[object, ...]:
    return (claim.left, claim.right) if isinstance(claim, Relation) else (claim.subject,)
