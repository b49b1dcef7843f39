"""Instances meet their hypotheses: every property, solved equations, bounds, integers, families."""

from __future__ import annotations

import pytest
from flint import arb, ctx

from everystep.algebra import expressions as ex
from everystep.algebra.context import PREDICATES, Context, Definition, Predicate, Random, Relation
from everystep.algebra.expressions import Family, Num, matrix, norm, scalar, sq, vector
from everystep.algebra.shapes import index, indices, sizes
from everystep.prove.exact import judge
from everystep.prove.exact.arithmetic import BALLS, FIELD, RATIONALS
from everystep.prove.exact.checks import has_property
from everystep.prove.exact.errors import Inadmissible, NeedsReals
from everystep.prove.exact.instances import GENERIC
from everystep.prove.exact.program import forget_programs
from everystep.prove.exact.trials import Case

n, d = sizes("n d")
i, j, t = indices("i j t")
T = index("T")
A, B, Q, P = (matrix(name, n, n) for name in "ABQP")
X = matrix("X", n, d)
x, y, v, w = vector("x", n), vector("y", n), vector("v", d), vector("w", d)
a, b, c = scalar("a"), scalar("b"), scalar("c")
anything = Relation(Num(0), "=", Num(0))


def equation(left: object, right: object, op: str = "=") -> Relation:
    return Relation(ex.as_expression(left), op, ex.as_expression(right))


@pytest.mark.parametrize("kind", PREDICATES)
def test_every_property_is_met_in_both_rings(kind: str) -> None:
    claim = equation(ex.Trace(A), ex.Trace(A))
    case = Case(claim, Context(hypotheses=(Predicate(kind, A),)), {}, True)
    for size in (1, 2, 3, 4):
        for ring in (RATIONALS, FIELD):
            for seed in range(4):
                value = case.instance({"n": size}, seed, ring, GENERIC).evaluator(ring).expression(A).base
                assert (value.nrows(), value.ncols()) == (size, size)
                if ring is RATIONALS:
                    assert has_property(ring, kind, value)


@pytest.mark.parametrize("kind", PREDICATES)
def test_every_property_can_be_claimed_and_refuted(kind: str) -> None:
    assert judge(Predicate(kind, ex.Eye(n)), Context()).outcome == "agree"
    report = judge(Predicate(kind, A), Context())
    assert report.outcome == "counterexample"
    assert report.counterexample is not None
    assert kind in report.counterexample.note
    assert dict(report.counterexample.sizes)["n"] == (
        2 if kind in ("symmetric", "diagonal", "lower triangular", "upper triangular") else 1
    )


@pytest.mark.parametrize("kind", PREDICATES)
def test_every_property_is_checked_in_balls(kind: str) -> None:
    with ctx.workprec(128):
        good = BALLS.identity(2)
        bad = BALLS.matrix(2, 2, [2, 1, 0, -3]) * BALLS.element(1, 3).exp()
        assert has_property(BALLS, kind, good)
        if kind in ("invertible", "full row rank", "full column rank", "nonzero", "upper triangular"):
            assert has_property(BALLS, kind, bad)
        else:
            assert not has_property(BALLS, kind, bad)


def test_definiteness_means_nothing_in_the_prime_field() -> None:
    with pytest.raises(NeedsReals):
        has_property(FIELD, "positive definite", FIELD.identity(2))


EQUATIONS: dict[str, tuple[Relation, ...]] = {
    "isolated": (equation(X * v, y),),
    "isolated twice": (equation(X * v, y), equation(y, 2 * x)),
    "both sides isolated": (equation(x, y), equation(y, ex.Zeros(n))),
    "symmetric": (equation(A, A.T),),
    "skew": (equation(A.T, -A),),
    "orthogonal": (equation(Q.T * Q, ex.Eye(n)),),
    "orthogonal by inverse": (equation(Q.T, Q.I),),
    "orthonormal columns": (equation(X.T * X, ex.Eye(d)), equation(ex.Int(d), ex.Int(n), "<=")),
    "orthonormal rows": (equation(X * X.T, ex.Eye(n)), equation(ex.Int(n), ex.Int(d), "<=")),
    "idempotent": (equation(P * P, P),),
    "a projector": (equation(P**2, P), equation(P.T, P)),
    "an involution": (equation(A * A, ex.Eye(n)),),
    "nilpotent": (equation(A**2, ex.Zeros(n, n)),),
    "commuting": (equation(A * B, B * A),),
    "commuting with a symmetric one": (equation(A * B, B * A), equation(A, A.T)),
    "an inverse pair": (equation(A * B, ex.Eye(n)),),
    "a null vector": (equation(A * x, ex.Zeros(n)),),
    "an eigenvector": (equation(A * x, a * x),),
    "an eigenvector of a symmetric matrix": (equation(A * x, a * x), equation(A, A.T)),
    "a trace": (equation(ex.Trace(A), 1),),
    "a determinant": (equation(ex.Det(A), 1),),
    "a unit vector": (equation(norm(x), 1),),
    "a unit vector squared": (equation(x.T * x, 1),),
    "equal norms": (equation(norm(x), norm(y)),),
    "orthogonal vectors": (equation(x.T * y, 0),),
    "orthonormal vectors": (equation(norm(x), 1), equation(x.T * y, 0)),
    "a circle": (equation(a**2 + b**2, 1),),
    "a product of numbers": (equation(a * b, 1),),
    "probabilities": (equation(x.T * ex.Ones(n), 1),),
    "a Sylvester equation": (equation(A * P + P * B, Q),),
    "two linear conditions": (equation(2 * w + X.T * x, ex.Zeros(d)), equation(X * w, y)),
    "bounds": (equation(0, a, "<"), equation(a, b, "<"), equation(b, 1, "<=")),
    "a step size": (equation(0, a, "<"), equation(a, 1 / (1 + ex.EigMax(X * X.T)), "<")),
    "numbers that differ": (equation(a, b, "!="),),
    "a composite property": (equation(ex.Det(ex.Eye(n) + A * B), 0, "!="),),
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_equations_and_bounds_are_met(name: str) -> None:
    hypotheses = EQUATIONS[name]
    for h in hypotheses:
        if not isinstance(h.left, ex.Int):
            assert judge(h, Context(hypotheses=hypotheses)).outcome == "agree", h


@pytest.mark.parametrize("name", EQUATIONS)
def test_met_hypotheses_leave_room(name: str) -> None:
    """A hypothesis must not be met by making everything zero: what does not follow from it is still refuted."""
    hypotheses = EQUATIONS[name]
    for claim in (equation(a + c, 2 * c), equation(x + c * x, 2 * x)):
        report = judge(claim, Context(hypotheses=hypotheses))
        assert report.outcome == "counterexample" or name == "both sides isolated", report


def test_hypotheses_that_contradict_each_other_settle_nothing() -> None:
    context = Context(hypotheses=(equation(a, 1), equation(a, 2)))
    report = judge(equation(b, 0), context)
    assert report.outcome == "unknown"
    report = judge(equation(a, 0), context)
    assert report.outcome == "unknown"


def test_sizes_that_contradict_each_other_settle_nothing() -> None:
    context = Context(hypotheses=(equation(ex.Int(n), ex.Int(d), "<"), equation(ex.Int(d), ex.Int(n), "<")))
    assert judge(equation(X, X), context).outcome == "unknown"


def test_a_size_that_no_instance_meets_is_skipped() -> None:
    context = Context(hypotheses=(Predicate("full row rank", X),))
    report = judge(equation(ex.Rank(X), ex.Int(n)), context)
    assert report.outcome == "agree"
    assert all(dict(trial.sizes)["n"] <= dict(trial.sizes)["d"] for trial in report.trials)


def test_integer_relations_bound_the_indices() -> None:
    inside = (equation(1, ex.Int(t), "<="), equation(ex.Int(t), ex.Int(T), "<"))
    report = judge(equation(ex.Int(T - t), 0, ">"), Context(hypotheses=inside))
    assert report.outcome == "agree"
    assert judge(equation(ex.Int(T - t), 1, ">"), Context(hypotheses=inside)).outcome == "counterexample"


def test_an_index_may_lie_below_one_unless_a_least_value_is_stated() -> None:
    start = equation(0, ex.Int(t), "<=")
    assert judge(equation(ex.Int(t), 1, ">="), Context(hypotheses=(start,))).outcome == "counterexample"
    assert judge(equation(ex.Int(t), 1, ">="), Context()).outcome == "counterexample"
    assert judge(equation(ex.Int(t), -1, ">"), Context()).outcome == "counterexample"
    assert judge(equation(ex.Int(n), 1, ">="), Context()).outcome == "agree"  # a size
    assert judge(equation(ex.Int(t), 1, ">="), Context(hypotheses=(equation(1, ex.Int(t), "<="),))).outcome == "agree"


def test_a_power_is_not_undefined_because_it_is_where_the_index_is_positive() -> None:
    power = ex.Pow(ex.Num(0), ex.Int(-t))
    assert judge(equation(power, power), Context()).outcome == "agree"


def test_an_index_of_an_entry_stays_within_the_matrix() -> None:
    report = judge(equation(ex.Entry(A, i, j), ex.Entry(A.T, j, i)), Context())
    assert report.outcome == "agree"
    for trial in report.trials:
        at = dict(trial.sizes)
        assert at["i"] <= at["n"]
        assert at["j"] <= at["n"]


def test_a_hypothesis_on_a_member_holds_for_all_members() -> None:
    z = Family("z", n)
    unit = equation(norm(z[i]), 1)
    claim = equation(ex.total(sq(z[j]), j, 1, 3), 3)
    assert judge(claim, Context(hypotheses=(unit,))).outcome == "agree"


def test_a_range_bounds_the_members_of_a_family() -> None:
    z = Family("z")
    context = Context(ranges=(("z", ex.Num(1).value, T),))
    report = judge(equation(z[t + 1], z[t + 1]), context)
    assert report.outcome == "agree"
    assert all(dict(trial.sizes)["t"] < dict(trial.sizes)["T"] for trial in report.trials)


def test_hypotheses_on_other_symbols_do_not_matter_for_agreement() -> None:
    strange = equation(ex.Apply("exp", c), 2)
    assert judge(equation(a + b, b + a), Context(hypotheses=(strange,))).outcome == "agree"


def test_a_hypothesis_that_cannot_be_met_exactly_refutes_nothing() -> None:
    strange = equation(ex.Apply("exp", c), 2)
    assert judge(equation(c, 0), Context(hypotheses=(strange,))).outcome == "unknown"


def test_a_bound_beyond_all_floats_ends_in_a_message() -> None:
    huge = ex.Apply("exp", ex.Apply("exp", Num(8)))
    report = judge(equation(0, a, "<="), Context(hypotheses=(equation(huge, a, "<="),)))
    assert report.outcome == "unknown"
    assert "beyond all numbers of floating point" in report.message


def test_a_counterexample_meets_the_hypotheses() -> None:
    hypotheses = (equation(X * v, y), equation(ex.Int(n), ex.Int(d), "<"))
    report = judge(equation(sq(v), sq(y)), Context(hypotheses=hypotheses))
    assert report.counterexample is not None
    assert dict(report.counterexample.sizes) == {"n": 1, "d": 2}
    assert {name for name, _ in report.counterexample.symbols} == {"X", "v", "y"}


nothing = ex.Zeros(n, n)


@pytest.mark.parametrize(
    ("claim", "hypotheses"),
    [
        (equation(B * A, nothing), [equation(A * B, nothing)]),
        (equation(B, nothing), [equation(A * B, nothing), equation(A, nothing, "!=")]),
        (equation(B, Q), [equation(A * B, A * Q), equation(A, nothing, "!=")]),
        (equation(B, B.T), [equation(A * B, B * A), Predicate("symmetric", A)]),
        (equation(A, A.T), [equation(A * A.T, A.T * A)]),
    ],
)
def test_singular_matrices_meet_equations_of_products(claim: Relation, hypotheses: list[Relation | Predicate]) -> None:
    report = judge(claim, Context(hypotheses=tuple(hypotheses)))
    assert report.counterexample is not None
    assert dict(report.counterexample.sizes)["n"] > 1


def test_an_equation_is_not_met_by_zero_where_a_matrix_is_invertible() -> None:
    report = judge(equation(B, nothing), Context(hypotheses=(equation(A * B, nothing), Predicate("invertible", A))))
    assert report.outcome == "agree"


def test_an_instance_outside_of_the_hypotheses_is_refused() -> None:
    case = Case(equation(a, a), Context(hypotheses=(equation(a, 1), equation(a, 2))), {}, True)
    with pytest.raises(Inadmissible):
        case.instance({}, 0, RATIONALS, GENERIC)


def test_a_defined_name_is_not_solved_for() -> None:
    context = Context(definitions=(Definition(y, X * v),), hypotheses=(equation(y, ex.Zeros(n)),))
    assert judge(equation(X * v, ex.Zeros(n)), context).outcome == "agree"
    assert judge(equation(v, ex.Zeros(d)), context).outcome == "counterexample"


def test_a_realisation_of_a_mask_is_zero_or_one() -> None:
    context = Context(random=(Random(X, "bernoulli", (a,)),))
    assert judge(equation(ex.odot(X, X), X), context).outcome == "agree"


def test_a_bound_may_hold_what_an_equation_is_solved_for() -> None:
    h = Family("h")
    places = tuple(
        bound for k in (i, j) for bound in (equation(ex.Int(1), ex.Int(k), "<="), equation(ex.Int(k), ex.Int(n), "<="))
    )
    hypotheses = (*places, equation(a, b * c * ex.Entry(P, i, j)), equation(c, h[t], "<="))
    assert judge(equation(a, a), Context(hypotheses=hypotheses)).outcome == "agree"


@pytest.mark.parametrize("seed", range(6))
def test_an_inequality_of_formulas_is_met_by_scaling_a_name(seed: int) -> None:
    small = equation(ex.EigMax(A.T * A), b**2 / a**2, "<=")
    context = Context(hypotheses=(equation(0, a, "<"), equation(0, b, "<="), equation(b, 1, "<"), small))
    case = Case(equation(a * norm(A), b, "<="), context, {}, True)
    instance = case.instance({"n": 3}, seed, RATIONALS, GENERIC)
    with ctx.workprec(128):
        of_a, of_b = (instance.evaluator(BALLS).expression(s).base[0, 0] for s in (a, b))
        largest = instance.evaluator(BALLS).expression(ex.EigMax(A.T * A)).base[0, 0]
        assert of_a > 0
        assert 0 <= of_b < 1
        assert largest > 0
        assert of_a**2 * largest < of_b**2 * (1 + arb(2) ** -60)


def test_scaling_leaves_the_other_hypotheses_alone() -> None:
    contradiction = (equation(0, a, "<"), equation(a, 1, "<"), equation(sq(x) + 2, a, "<="))
    assert judge(equation(0, a, "<"), Context(hypotheses=contradiction)).outcome == "unknown"


def test_a_number_above_a_large_bound_is_above_it() -> None:
    large = ex.Apply("exp", Num(90))
    claim, bound = equation(large, a, "<"), equation(large, a, "<")
    assert judge(claim, Context(hypotheses=(bound,))).outcome == "agree"


def test_eigenvalues_of_a_large_matrix_are_isolated() -> None:
    with ctx.workprec(128):
        rows = [[4, 1, 0], [1, 3, 1], [0, 1, 2]]
        of_one = BALLS.eigenvalues(BALLS.matrix(3, 3, [x for row in rows for x in row]))
        of_large = BALLS.eigenvalues(BALLS.matrix(3, 3, [arb(3) ** 200 * x for row in rows for x in row]))
        assert sorted(float(x / arb(3) ** 200) for x in of_large) == pytest.approx(sorted(float(x) for x in of_one))
        assert sum(of_one, arb(0)).overlaps(arb(9))


def test_an_instance_is_not_shared_where_other_indices_are_stated() -> None:
    forget_programs()  # another test's h may have another shape
    h = Family("h")
    positive = equation(0, h[t], "<")
    claim = equation(0, h[t], "<")
    late = Case(claim, Context(hypotheses=(equation(ex.Int(3), ex.Int(t), "<="), positive)), {}, True)
    early = Case(claim, Context(hypotheses=(equation(ex.Int(0), ex.Int(t), "<="), positive)), {}, True)
    assert late.program is early.program
    assert late.instance({"t": 4}, 0, RATIONALS, GENERIC) is not early.instance({"t": 4}, 0, RATIONALS, GENERIC)
    assert early.instance({"t": 4}, 0, RATIONALS, GENERIC) is early.instance({"t": 4}, 0, RATIONALS, GENERIC)


@pytest.mark.parametrize("product", [P * P, P**2, X * X.T, ex.Mul(A, ex.Transpose(A))])
def test_a_definite_matrix_may_be_said_to_be_a_product(product: ex.Expression) -> None:
    definite = (Predicate("positive definite", Q), Predicate("positive definite", P), equation(product, Q))
    context = Context(hypotheses=definite)
    assert judge(equation(ex.Trace(Q), ex.Trace(product)), context).outcome == "agree"
    assert judge(equation(ex.Trace(Q), 2 * ex.Trace(product)), context).outcome == "counterexample"


def test_an_equation_may_be_solved_for_a_definite_matrix() -> None:
    definite = (Predicate("positive definite", Q), Predicate("positive definite", P))
    solved = equation(Q.I, Q.I * (x * x.T + P) * Q.I)  # for P alone
    context = Context(hypotheses=(*definite, solved))
    report = judge(equation(Q, x * x.T + P), context)
    assert report.outcome == "agree"
    assert max(dict(trial.sizes)["n"] for trial in report.trials) == 4
    assert judge(equation(Q, P), context).outcome == "counterexample"


def test_what_an_equation_is_solved_for_is_definite_where_that_is_said() -> None:
    definite = (Predicate("positive definite", Q), Predicate("positive definite", P))
    context = Context(hypotheses=(*definite, equation(Q, P + x * x.T)))
    case = Case(equation(ex.Trace(P), ex.Trace(Q)), context, {}, True)
    met = 0
    for seed in range(40):
        try:
            instance = case.instance({"n": 2}, seed, RATIONALS, GENERIC)
        except Inadmissible:
            continue
        met += 1
        for matrix_ in (P, Q):
            value = instance.evaluator(RATIONALS).expression(matrix_).base
            assert has_property(RATIONALS, "positive definite", value)
    assert met


RANDOM = Context(random=(Random(a, "moments", (b, c)), Random(x, "moments", (y, A))))


@pytest.mark.parametrize(
    ("claim", "hypothesis"),
    [
        (equation(0, b, "<"), equation(0, a, "<")),
        (equation(0, ex.Expectation(a), "<"), equation(0, a, "<")),
        (equation(ex.Expectation(a**2), 1), equation(a**2, 1)),
        (equation(ex.Trace(A) + y.T * y, 1), equation(x.T * x, 1)),
        (equation(0, ex.Entry(y, 1), "<"), equation(0, ex.Entry(x, i), "<")),
    ],
)
def test_what_is_said_of_something_random_is_not_broken_by_another_law(claim: Relation, hypothesis: Relation) -> None:
    assert judge(claim, RANDOM.given(hypothesis)).outcome == "unknown"
    assert judge(claim, RANDOM).outcome == "counterexample"
    assert judge(equation(d * a, a), RANDOM.given(equation(0, a, "<"))).outcome == "counterexample"


def test_a_sequence_of_which_nothing_is_known_settles_so_that_its_limit_is_one() -> None:
    k = index("k")
    h = Family("h")
    limit = ex.Limit(h[k], k)
    assert judge(equation(limit, ex.Limit(h[k + 1], k)), Context()).outcome == "agree"
    assert judge(equation(ex.Limit(h[k] ** 2, k), limit**2), Context()).outcome == "agree"
    assert judge(equation(limit, h[1]), Context()).outcome == "counterexample"


def test_two_equations_that_share_their_unknowns_are_met_together() -> None:
    both = (equation(A * x + a * y, B * y), equation(y.T * x, c))
    report = judge(equation(a * ex.sq(y), y.T * B * y - y.T * A * x), Context(hypotheses=both))
    assert report.outcome == "agree"
    case = Case(equation(a, a), Context(hypotheses=(*both, Predicate("nonzero", y))), {}, True)
    met = 0
    for seed in range(20):
        try:
            instance = case.instance({"n": 3}, seed, FIELD, GENERIC)
        except Inadmissible:
            continue
        met += 1
        ev = instance.evaluator(FIELD)
        for relation in both:
            assert ev.expression(relation.left).base == ev.expression(relation.right).base
    assert met


def test_an_intercept_and_a_slope_are_met_together() -> None:
    ones = ex.Ones(n)
    residual = y - a * ones - b * x
    normal = (equation(ones.T * residual, 0), equation(x.T * residual, 0))
    centred = ex.Eye(n) - ones * ones.T / ex.Int(n)
    context = Context(hypotheses=normal)
    assert judge(equation(b * (x.T * centred * x), x.T * centred * y), context).outcome == "agree"
    assert judge(equation(b * (x.T * x), x.T * y), context).outcome == "counterexample"
