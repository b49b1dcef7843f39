"""Evidence records: they hold a step exactly, trust nothing that they are read from, and replay without a proof."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sympy import Symbol

import derivations
from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Predicate, Random, Relation
from everystep.algebra.shapes import index, integer, sizes
from everystep.derivation import Induction, Step
from everystep.evidence import (
    NODES,
    expression_data,
    from_record,
    integer_data,
    read_expression,
    to_record,
)
from everystep.prove.checker import check_derivation, check_step
from everystep.prove.verdict import Status, Verdict
from everystep.replay import functions_of, replay_record
from render.cli import main

ROOT = Path(__file__).resolve().parent.parent
n, d = sizes("n d")
t = index("t")
A, X = ex.matrix("A", n, n), ex.matrix("X", n, d)
x = ex.vector("x", n)


@cache
def record() -> dict[str, Any]:
    """A proved statement."""
    step = Step("transpose", Relation((A * X).T, "=", X.T * A.T))
    return to_record(step, Context(), check_step(step, Context()))


@cache
def refuted() -> dict[str, Any]:
    step = Step("symmetric", Relation(x.T * A, "=", x.T * A.T))
    return to_record(step, Context(), check_step(step, Context()))


def changed(data: dict[str, Any], value: Any, *place: Any) -> dict[str, Any]:
    """A copy with another value at a place."""
    result = copy.deepcopy(data)
    inner: Any = result
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return result


def through_json(data: Any) -> Any:
    return json.loads(json.dumps(data))


# round trip ------------------------------------------------------------------------------------


def test_the_table_has_every_node() -> None:
    found = {c for c in vars(ex).values() if isinstance(c, type) and issubclass(c, ex.Expression)}
    assert set(NODES) == found - {ex.Expression}


@pytest.mark.parametrize("name", derivations.ids())
def test_every_step_of_the_catalogue_comes_back_and_is_confirmed(name: str) -> None:
    derivation = derivations.problem(name).derivation
    for step, verdict in check_derivation(derivation):
        data = to_record(step, derivation.context, verdict)
        found = from_record(through_json(data))
        assert (found.step, found.context) == (step, derivation.context)
        assert to_record(found.step, found.context, found.verdict) == data
        assert replay_record(found).confirmed, step.name


@pytest.mark.parametrize("name", derivations.ids())
def test_every_mistake_of_the_catalogue_comes_back_and_is_confirmed(name: str) -> None:
    context = derivations.problem(name).derivation.context
    for _, twin in derivations.wrong(name):
        step = Step(twin.id, twin.claim, twin.given)
        found = from_record(through_json(to_record(step, context, check_step(step, context))))
        assert (found.step, found.context) == (step, context)
        assert replay_record(found).confirmed, twin.id


@pytest.mark.parametrize(
    "expression",
    [
        ex.Apply("phi", x, 2),
        ex.Call("L", 1, 1, x, A),
        ex.Block(2, A, X, X.T, ex.Eye(d)),
        ex.Entry(A, t, t + 1),
        ex.Num(integer(3)) / 7,
        ex.Num("-2/3") * A,
        ex.SumOver(ex.Member("h", n, 1, 2 * t - 1, 0), t, 1, n * d - 1),
        ex.Norm(X, "F"),
        ex.Int(n**2 / 2 + n / 2),
        A ** ex.Int(n**t),
        ex.Differential(ex.Trace(A), A, ex.matrix("dA", n, n)),
    ],
    ids=str,
)
def test_an_expression_comes_back(expression: ex.Expression) -> None:
    assert read_expression(through_json(expression_data(expression))) == expression


def test_a_size_and_an_index_of_one_name_are_two() -> None:
    assert integer_data(n) == {"size": "n"}
    assert integer_data(index("n")) == {"index": "n"}
    with pytest.raises(ValueError, match="neither a size nor an index"):
        integer_data(Symbol("n"))


def test_an_induction_and_a_random_context_come_back() -> None:
    p = ex.scalar("p")
    context = Context(
        definitions=(Definition(ex.vector("y", n), A * x),),
        random=(Random(ex.vector("m", n), "bernoulli", (p,)),),
        ranges=(("h", integer(0), n),),
    )
    step = Step("s", Predicate("symmetric", A), (Predicate("symmetric", A),), Induction(t, 1), "undefined", ("e",))
    found = from_record(through_json(to_record(step, context, Verdict(Status.TESTED))))
    assert (found.step, found.context) == (step, context)


# bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ((), [], "record: an object is expected"),
        (("version",), 2, "version 1"),
        (("more",), 2, r"record: unknown name 'more'; one of format, version"),
        (("claim", "left", 0), "eval", r"claim\.left\[0\]: unknown name 'eval'; one of Num, Int, Var"),
        (("claim", "left", 0), ["Num"], r"claim\.left\[0\]: unknown name this; one of Num"),
        (("claim", "left"), ["Transpose"], r"claim\.left: Transpose does not have 0 arguments"),
        (("claim", "left"), ["Trace", "x"], r"claim\.left\[1\]: a list with the name of a node"),
        (("claim", "left"), ["Num", {"rational": "1/0"}], r"claim\.left\[1\]\.rational: a division by zero"),
        (("claim", "left"), ["Num", {"rational": "1+1"}], r"a fraction is expected"),
        (("claim", "left"), ["Eye", {"rational": "1/2"}], r"claim\.left\[1\]: an integer expression is expected"),
        (("claim", "left"), ["Eye", {"float": 1}], r"claim\.left\[1\]: unknown name 'float'; one of size, index"),
        (("claim", "left"), ["Eye", True], r"an integer is expected"),
        (("claim", "left"), ["Eye", {"^": [9, 999]}], r"an exponent from 0 to"),
        (("claim", "left"), ["Norm", ["Num", 1], "3"], r"claim\.left: unknown norm '3'; one of 2, F"),
        (("claim", "left"), ["Block", 3, ["Num", 1]], r"claim\.left\[1\]: the number of blocks in a row"),
        (("claim", "op"), "==", r"claim\.op: unknown name '=='; one of =, <="),
        (("verdict", "status"), "true", r"verdict\.status: unknown name 'true'; one of proved"),
        (("verdict", "trials", 0, "sizes"), {"n": "3"}, r"verdict\.trials\[0\]\.sizes\.n: an integer"),
        (("verdict", "trials", 0), {}, r"verdict\.trials\[0\]: no 'sizes'"),
        (
            ("context", "random"),
            [{"target": ["Var", "x", 1, 1], "law": "cauchy", "parameters": []}],
            "one of bernoulli",
        ),
        (("context", "ranges"), [["h", 1]], r"context\.ranges\[0\]: a name and two ends"),
        (("given"), {}, "given: a list is expected"),
    ],
)
def test_bad_input_is_refused_with_its_place(place: Any, value: Any, message: str) -> None:
    place = (place,) if isinstance(place, str) else place
    data = changed(record(), value, *place) if place else value
    with pytest.raises(ValueError, match=message):
        from_record(data)


def test_an_endless_nest_is_refused() -> None:
    nest: Any = ["Num", 1]
    for _ in range(100_000):
        nest = ["Neg", nest]
    data = copy.deepcopy(record())
    data["claim"]["left"] = nest
    with pytest.raises(ValueError, match="nested too deeply"):
        from_record(data)
    while nest[0] == "Neg":  # taken apart: its destructor would be as deep
        nest = nest.pop()


# replay ----------------------------------------------------------------------------------------


def confirmed(data: dict[str, Any]) -> bool:
    return replay_record(from_record(data)).confirmed


def test_forged_evidence_is_not_confirmed() -> None:
    assert confirmed(record())
    false = refuted()["claim"]
    assert not confirmed(changed(record(), false, "claim"))
    assert not confirmed(changed(record(), [], "verdict", "trials"))
    assert not confirmed(changed(record(), {"n": 3}, "verdict", "trials", 0, "sizes"))
    assert not confirmed(changed(record(), {"n": 0, "d": 1}, "verdict", "trials", 0, "sizes"))
    assert not confirmed(changed(record(), {"n": 10**9, "d": 1}, "verdict", "trials", 0, "sizes"))
    assert not confirmed(changed(record(), "balls", "verdict", "trials", 0, "arithmetic"))
    for status in ("refuted", "ill-typed", "undefined", "assumed", "unreadable"):
        assert not confirmed(changed(record(), status, "verdict", "status"))


def test_what_a_record_says_of_its_obligations_belongs_to_its_verdict() -> None:
    assert not confirmed(changed(record(), "differ", "verdict", "obligations", "values"))
    assert not confirmed(changed(record(), "do not fit", "verdict", "obligations", "shapes"))
    assert not confirmed(changed(refuted(), "agree", "verdict", "obligations", "values"))
    with pytest.raises(ValueError, match=r"verdict\.obligations\.values: unknown name 'proved'; one of agree"):
        from_record(changed(record(), "proved", "verdict", "obligations", "values"))


def test_a_name_with_two_shapes_and_a_derivative_of_negative_order_are_no_evidence() -> None:
    left, right = ["Mul", ["Var", "x", 1, 1], ["Num", 1]], ["Var", "x", 2, 1]
    assert not confirmed(changed(record(), {"left": left, "op": "=", "right": right}, "claim"))
    with pytest.raises(ValueError, match="the order of a derivative is -1"):
        from_record(changed(record(), ["Apply", "exp", ["Num", 1], -1], "claim", "left"))


def test_a_forged_counterexample_is_not_confirmed() -> None:
    assert confirmed(refuted())
    assert not confirmed(changed(refuted(), record()["claim"], "claim"))
    assert not confirmed(changed(refuted(), {}, "verdict", "counterexample", "sizes"))
    assert not confirmed(changed(refuted(), [["7"]], "verdict", "counterexample", "left"))
    symmetric = [{"is": "symmetric", "subject": expression_data(A)}]
    assert not confirmed(changed(refuted(), symmetric, "given"))
    size = refuted()["verdict"]["counterexample"]["sizes"]["n"]
    nought = [["0"] * size for _ in range(size)]
    assert not confirmed(changed(refuted(), nought, "verdict", "counterexample", "symbols", "A"))


def test_functions_are_read_from_the_note() -> None:
    note = "phi(z) = -1/2 + z - 3 z^3; x is 1 with probability 1; L(x1, x2) = 2 x2 + (x1 - 1/2 x2)^3 - x1 x2"
    assert functions_of(note) == {
        "phi": [[-1 / 2, 1, 0, -3]],
        "L": [[0, 0, 2, 1, -1 / 2, 0, -1, 0, 0]],
    }
    assert functions_of("tilde z(z) = 1 + z") == {"tilde z": [[1, 1, 0, 0]]}
    with pytest.raises(ValueError, match="term"):
        functions_of("phi(z) = z^9")


def test_a_counterexample_with_an_opaque_function_is_confirmed() -> None:
    phi = ex.Apply("phi", x)
    step = Step("linear", Relation(ex.Apply("phi", 2 * x), "=", 2 * phi))
    data = to_record(step, Context(), check_step(step, Context()))
    assert "phi(z) = " in data["verdict"]["counterexample"]["note"]
    assert confirmed(data)
    loss = ex.Call("L", 1, 1, x)
    step = Step("gradient", Relation(ex.Gradient(loss, x), "=", loss * x))
    data = to_record(step, Context(), check_step(step, Context()))
    assert data["verdict"]["status"] == "refuted"
    assert confirmed(data)


# command line ----------------------------------------------------------------------------------


def test_explain_prints_what_replay_confirms(tmp_path: Path) -> None:
    step = derivations.problem("min_norm").derivation.steps[0].name
    printed = CliRunner().invoke(main, ["explain", "min_norm", step, "--evidence"])
    assert printed.exit_code == 0
    path = tmp_path / "record.json"
    path.write_text(printed.output, encoding="utf-8")
    found = CliRunner().invoke(main, ["replay", str(path)])
    assert found.exit_code == 0, found.output
    assert found.output.count("\n") == 1
    assert "confirmed" in found.output


def test_replay_loads_nothing_of_the_normal_form(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    path.write_text(json.dumps([record(), refuted()]), encoding="utf-8")
    code = (
        "import sys\n"
        "from render.cli import main\n"
        "try:\n"
        f"    main(['replay', {str(path)!r}])\n"
        "except SystemExit as stop:\n"
        "    print(stop.code)\n"
        "print([m for m in sys.modules if m.startswith('everystep.calculus') or m == 'everystep.prove.checker'])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    lines = run.stdout.splitlines()
    assert len(lines) == 4
    assert lines[2:] == ["0", "[]"]


def test_replay_exits_with_1_for_what_does_not_hold_and_with_2_for_bad_input(tmp_path: Path) -> None:
    def run(text: str) -> tuple[int, str]:
        path = tmp_path / "r.json"
        path.write_text(text, encoding="utf-8")
        found = CliRunner().invoke(main, ["replay", str(path)])
        return found.exit_code, found.output

    forged = changed(record(), refuted()["claim"], "claim")
    code, output = run(json.dumps([record(), forged]))
    assert code == 1
    assert "NOT CONFIRMED" in output.splitlines()[1]
    for bad in ("{", "[]", "7", "[" * 100_000, json.dumps([record(), {}])):
        code, output = run(bad)
        assert code == 2, bad[:20]
        assert output.startswith("everystep: ")
        assert output.count("\n") == 1
    found = CliRunner().invoke(main, ["replay", str(tmp_path / "none.json")])
    assert found.exit_code == 2
    assert "cannot be read" in found.output
