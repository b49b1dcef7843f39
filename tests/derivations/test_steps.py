"""The encodings: well-typed, uniquely named, and every chain belongs to one part."""

from __future__ import annotations

import pytest

import derivations
from everystep.algebra.context import Predicate, Relation
from everystep.algebra.expressions import Block, Expression, Int, Member, Num, Var, walk
from everystep.algebra.shapes import same_shape
from everystep.derivation import Derivation, Step

DERIVATIONS = {name: p.derivation for name, p in derivations.problems().items()}
STEPS = [
    pytest.param(derivation, step, id=f"{name}:{step.name}")
    for name, derivation in DERIVATIONS.items()
    for step in derivation.steps
]


def check_shapes(claim: Relation | Predicate) -> None:
    """Raises ShapeError, or fails, unless the claim is well-typed through and through."""
    sides = (claim.left, claim.right) if isinstance(claim, Relation) else (claim.subject,)
    for side in sides:
        for node in walk(side):
            node.shape  # noqa: B018 - raises ShapeError
    if isinstance(claim, Relation):
        assert same_shape(claim.left.shape, claim.right.shape)


@pytest.mark.parametrize(("derivation", "step"), STEPS)
def test_a_step_is_well_typed(derivation: Derivation, step: Step) -> None:
    check_shapes(step.claim)
    for hypothesis in (*derivation.context.hypotheses, *step.given):
        check_shapes(hypothesis)


@pytest.mark.parametrize(("derivation", "step"), STEPS)
def test_a_step_claims_something(derivation: Derivation, step: Step) -> None:
    if isinstance(step.claim, Relation):
        assert step.claim.left != step.claim.right


@pytest.mark.parametrize("name", DERIVATIONS)
def test_names_of_steps_and_chains_are_unique(name: str) -> None:
    derivation = DERIVATIONS[name]
    for names in ([s.name for s in derivation.steps], [c.name for c in derivation.chains]):
        assert len(names) == len(set(names))


@pytest.mark.parametrize("name", DERIVATIONS)
def test_definitions_and_recurrences_keep_shapes(name: str) -> None:
    context = DERIVATIONS[name].context
    for rule in (*context.definitions, *context.recurrences):
        assert same_shape(rule.target.shape, rule.body.shape), rule.target
    for random in context.random:
        assert all(p.shape for p in random.parameters)


@pytest.mark.parametrize("name", DERIVATIONS)
def test_a_name_has_one_shape(name: str) -> None:
    """A Var and a Family may share a name; two Vars, or two members of a family, may not differ."""
    derivation = DERIVATIONS[name]
    shapes: dict[tuple[type, str], tuple[object, ...]] = {}
    for side in sides_of(derivation):
        for node in walk(side):
            if isinstance(node, Var | Member):
                key = (type(node), node.name)
                assert shapes.setdefault(key, node.shape) == node.shape, key


def sides_of(derivation: Derivation) -> list[Expression]:
    """All expressions that occur in a derivation."""
    found: list[Expression] = [value for _, value in derivation.notation]
    for rule in (*derivation.context.definitions, *derivation.context.recurrences):
        found += [rule.target, rule.body]
    for step in derivation.steps:
        claim = step.claim
        found += [claim.left, claim.right] if isinstance(claim, Relation) else [claim.subject]
    return found


@pytest.mark.parametrize("name", DERIVATIONS)
def test_every_chain_answers_exactly_one_part(name: str) -> None:
    problem = derivations.problem(name)
    named = [chain for part in problem.parts for chain in part.chains]
    assert sorted(named) == sorted(chain.name for chain in problem.derivation.chains)
    assert len({part.id for part in problem.parts}) == len(problem.parts)
    assert all(part.points > 0 for part in problem.parts)


@pytest.mark.parametrize("name", DERIVATIONS)
def test_every_part_is_decided_by_chains_or_checks_that_exist(name: str) -> None:
    problem = derivations.problem(name)
    keys = [(check.name, check.variant) for check in problem.checks]
    assert len(keys) == len(set(keys))
    asked = set()
    for part in problem.parts:
        assert part.chains or part.checks, part.id
        for variant in [part.variant] if part.variant else problem.variants:
            asked |= {(check, problem.check(check, variant).variant) for check in part.checks}
    assert asked == set(keys)


@pytest.mark.parametrize("name", DERIVATIONS)
def test_the_marks_of_a_part_add_up_to_its_points(name: str) -> None:
    problem = derivations.problem(name)
    for part in problem.parts:
        assert sum(mark.points for mark in part.marks) == part.points, part.id
        chains = [chain for chain in problem.derivation.chains if chain.name in part.chains]
        there = {*part.chains, *part.checks, *(step.name for chain in chains for step in chain.steps)}
        for mark in part.marks:
            assert mark.points > 0
            assert 2 * mark.points == int(2 * mark.points)
            assert mark.of in there if mark.of else mark.words is not None, mark
            assert mark.words is None or set(mark.words) == {"en", "fr"}


@pytest.mark.parametrize("name", DERIVATIONS)
def test_notation_keys_are_unique_and_well_typed(name: str) -> None:
    notation = DERIVATIONS[name].notation
    assert len({key for key, _ in notation}) == len(notation)
    for key, value in notation:
        assert value.shape, key


def written_out(node: Expression) -> bool:
    """Whether the node is made of matrices whose entries are all shown, of numbers and of nothing else."""
    parts = list(walk(node))
    leaves = [part for part in parts if not part.operands]
    return any(isinstance(part, Block) for part in parts) and all(
        isinstance(leaf, Num | Var) and leaf.is_number_shaped for leaf in leaves
    )


@pytest.mark.parametrize(("derivation", "step"), STEPS)
def test_no_size_or_number_of_steps_is_fixed(derivation: Derivation, step: Step) -> None:
    """Nothing is settled by choosing a dimension: shapes are symbols or 1.

    A matrix that an example writes out number by number has the size that it is written with.
    """
    claim = step.claim
    for side in (claim.left, claim.right) if isinstance(claim, Relation) else (claim.subject,):
        for node in walk(side):
            if isinstance(node, Num | Int) or written_out(node):
                continue
            assert all(size == 1 or size.free_symbols for size in node.shape)


def test_only_the_warning_about_the_normal_equations_expects_no_value() -> None:
    found = [
        (name, step.name)
        for name, derivation in DERIVATIONS.items()
        for step in derivation.steps
        if step.expect != "proved"
    ]
    assert found == [("min_norm", "normal-equations.undefined")]
