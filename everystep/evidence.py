"""The evidence of a step as a record that is saved and read again.

:func:`to_record` writes a step, its context and its verdict as plain data (JSON); :func:`from_record` reads it back
and trusts nothing.  Nothing here rests on the normal form: may import ``everystep.algebra``, ``everystep.derivation``
and ``everystep.prove.verdict`` only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from sympy import Add as IntegerSum
from sympy import Expr, Integer, Rational, Symbol
from sympy import Mul as IntegerProduct
from sympy import Pow as IntegerPower
from sympy.core.symbol import Str

from everystep.algebra import expressions as ex
from everystep.algebra.context import (
    PREDICATES,
    RELATIONS,
    Context,
    Definition,
    Hypothesis,
    Predicate,
    Random,
    Recurrence,
    Relation,
)
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import index, integer, size
from everystep.derivation import Induction, Step
from everystep.prove.verdict import Counterexample, Obligations, Status, Table, Trial, Verdict
from everystep.records import dataclass

Json: TypeAlias = Any
"""What ``json`` reads and writes; every use is checked."""

FORMAT, VERSION = "everystep evidence", 1

MOST = 64
"""Exponents beyond this are not read: the exact judge tries small sizes only."""

NAME, INTEGER, RATIONAL, VALUE = "name", "integer", "rational", "value"

NODES: dict[type[Expression], tuple[str, ...]] = {
    ex.Num: (RATIONAL,),
    ex.Int: (INTEGER,),
    ex.Var: (NAME, INTEGER, INTEGER),
    ex.Member: (NAME, INTEGER, INTEGER, INTEGER, "*"),
    ex.Eye: (INTEGER,),
    ex.Ones: (INTEGER, INTEGER),
    ex.Zeros: (INTEGER, INTEGER),
    ex.Unit: (INTEGER, INTEGER),
    ex.Add: (VALUE, "*"),
    ex.Neg: (VALUE,),
    ex.Mul: (VALUE, "*"),
    ex.Div: (VALUE, VALUE),
    ex.Pow: (VALUE, VALUE),
    ex.Transpose: (VALUE,),
    ex.Inverse: (VALUE,),
    ex.PseudoInverse: (VALUE,),
    ex.Trace: (VALUE,),
    ex.Det: (VALUE,),
    ex.Adjugate: (VALUE,),
    ex.Rank: (VALUE,),
    ex.Diag: (VALUE,),
    ex.DiagPart: (VALUE,),
    ex.Hadamard: (VALUE, "*"),
    ex.Kron: (VALUE, VALUE),
    ex.Vec: (VALUE,),
    ex.Block: (INTEGER, VALUE, "*"),
    ex.Entry: (VALUE, INTEGER, "*"),
    ex.Row: (VALUE, INTEGER),
    ex.Col: (VALUE, INTEGER),
    ex.Apply: (NAME, VALUE, INTEGER),
    ex.Call: (NAME, INTEGER, INTEGER, VALUE, "*"),
    ex.MatrixFunction: (NAME, VALUE),
    ex.Softmax: (VALUE,),
    ex.LogSumExp: (VALUE,),
    ex.Norm: (VALUE, NAME),
    ex.Max: (VALUE, "*"),
    ex.Min: (VALUE, "*"),
    ex.EigMax: (VALUE,),
    ex.EigMin: (VALUE,),
    ex.SumOver: (VALUE, INTEGER, INTEGER, INTEGER),
    ex.ProdOver: (VALUE, INTEGER, INTEGER, INTEGER),
    ex.Gradient: (VALUE, VALUE),
    ex.Jacobian: (VALUE, VALUE),
    ex.Hessian: (VALUE, VALUE),
    ex.ScalarDerivative: (VALUE, VALUE),
    ex.Differential: (VALUE, VALUE, VALUE, "*"),
    ex.Expectation: (VALUE,),
    ex.Variance: (VALUE,),
    ex.Covariance: (VALUE, VALUE),
    ex.Given: (VALUE, VALUE, "*"),
    ex.Limit: (VALUE, INTEGER),
    ex.LimitAt: (VALUE, VALUE, VALUE, NAME),
}
"""What the arguments of each node are; ``*``: the one before it any number of times, also none."""

_CLASSES = {kind.__name__: kind for kind in NODES}
_SYMBOLS: dict[str, Callable[[str], Symbol]] = {"size": size, "index": index}
_OPERATIONS: dict[str, Callable[..., Expr]] = {"+": IntegerSum, "*": IntegerProduct, "^": IntegerPower}
RATIONAL_TEXT = re.compile(r"-?\d{1,400}(/\d{1,400})?")


@dataclass(frozen=True)
class Record:
    """What a record says: the step, what it may use, and the verdict that was given."""

    step: Step
    context: Context
    verdict: Verdict


# writing ---------------------------------------------------------------------------------------


def to_record(step: Step, context: Context, verdict: Verdict) -> dict[str, Json]:
    """A step with its context and its verdict as plain data; raises ValueError for what no record can hold."""
    by = step.by
    return {
        "format": FORMAT,
        "version": VERSION,
        "step": step.name,
        "expect": step.expect,
        "claim": _claim_data(step.claim),
        "by": None if by is None else {"index": integer_data(by.index), "start": by.start},
        "uses": list(step.uses),
        "given": [_claim_data(h) for h in step.given],
        "context": _context_data(context),
        "verdict": _verdict_data(verdict),
    }


def expression_data(expression: Expression) -> list[Json]:
    """An expression as ``[class name, argument, ...]``."""
    kind = type(expression)
    if kind not in NODES:
        raise ValueError(f"{kind.__name__} is no node of a record")
    return [kind.__name__, *map(_argument_data, expression.args)]


def _argument_data(argument: object) -> Json:
    if isinstance(argument, Expression):
        return expression_data(argument)
    if isinstance(argument, Str):
        return str(argument.name)
    if isinstance(argument, Rational) and not argument.is_Integer:
        return {"rational": str(argument)}
    return integer_data(argument)


def integer_data(value: Any) -> Json:
    """An integer expression: a number, ``{"size": name}``, ``{"index": name}`` or ``{"+": [...]}``, ``*``, ``^``."""
    if value.is_Integer:
        return int(value)
    if value.is_Rational:
        return {"rational": str(value)}
    if value.is_Symbol:
        for kind, make in _SYMBOLS.items():
            if value == make(str(value.name)):
                return {kind: str(value.name)}
        raise ValueError(f"{value} is neither a size nor an index")
    for sign, operation in _OPERATIONS.items():
        if value.func is operation:
            return {sign: [integer_data(a) for a in value.args]}
    raise ValueError(f"{value} is no integer expression of a record")


def _claim_data(claim: Hypothesis) -> dict[str, Json]:
    if isinstance(claim, Predicate):
        return {"is": claim.kind, "subject": expression_data(claim.subject)}
    return {"left": expression_data(claim.left), "op": claim.op, "right": expression_data(claim.right)}


def _context_data(context: Context) -> dict[str, Json]:
    return {
        "definitions": [
            {"target": expression_data(d.target), "body": expression_data(d.body)} for d in context.definitions
        ],
        "recurrences": [
            {"target": expression_data(r.target), "body": expression_data(r.body), "first": r.first}
            for r in context.recurrences
        ],
        "hypotheses": [_claim_data(h) for h in context.hypotheses],
        "random": [
            {
                "target": expression_data(r.target),
                "law": r.law,
                "parameters": [expression_data(p) for p in r.parameters],
            }
            for r in context.random
        ],
        "ranges": [
            [name, integer_data(integer(low)), integer_data(integer(high))] for name, low, high in context.ranges
        ],
    }


def _verdict_data(verdict: Verdict) -> dict[str, Json]:
    example, duties = verdict.counterexample, verdict.obligations
    return {
        "status": str(verdict.status),
        "method": verdict.method,
        "message": verdict.message,
        "rules": list(verdict.rules),
        "conditions": list(verdict.conditions),
        "obligations": {"shapes": duties.shapes, "definedness": duties.definedness, "values": duties.values},
        "trials": [{"sizes": dict(t.sizes), "seed": t.seed, "arithmetic": t.arithmetic} for t in verdict.trials],
        "counterexample": None
        if example is None
        else {
            "sizes": dict(example.sizes),
            "symbols": {name: _rows(values) for name, values in example.symbols},
            "left": _rows(example.left),
            "right": _rows(example.right),
            "exact": example.exact,
            "note": example.note,
        },
    }


def _rows(values: Table) -> list[list[str]]:
    return [list(row) for row in values]


# reading ---------------------------------------------------------------------------------------


def from_record(data: Json) -> Record:
    """What a record says; raises ValueError that names the place of whatever is not as :func:`to_record` writes it."""
    try:
        return _record(data)
    except RecursionError:
        raise ValueError("record: nested too deeply") from None


def _record(data: Json) -> Record:
    keys = ("format", "version", "step", "expect", "claim", "by", "uses", "given", "context", "verdict")
    top = _object(data, "record", keys)
    if top["format"] != FORMAT or top["version"] != VERSION:
        raise ValueError(f"record: not of the format {FORMAT!r}, version {VERSION}")
    by = None
    if top["by"] is not None:
        method = _object(top["by"], "by", ("index", "start"))
        by = Induction(_integer(method["index"], "by.index"), _number(method["start"], "by.start"))
    step = Step(
        _text(top["step"], "step"),
        _claim(top["claim"], "claim"),
        tuple(_claim(h, at) for h, at in _items(top["given"], "given")),
        by,
        _text(top["expect"], "expect"),
        _texts(top["uses"], "uses"),
    )
    return Record(step, _context(top["context"], "context"), _verdict(top["verdict"], "verdict"))


def _object(data: Json, at: str, keys: Iterable[str]) -> Mapping[str, Json]:
    if not isinstance(data, dict):
        raise ValueError(f"{at}: an object is expected")
    wanted = tuple(keys)
    for key in wanted:
        if key not in data:
            raise ValueError(f"{at}: no {key!r}")
    for key in data:
        if key not in wanted:
            raise ValueError(f"{at}: unknown name {key!r}; one of {', '.join(wanted)}")
    return data


def _items(data: Json, at: str) -> list[tuple[Json, str]]:
    if not isinstance(data, list):
        raise ValueError(f"{at}: a list is expected")
    return [(item, f"{at}[{position}]") for position, item in enumerate(data)]


def _text(data: Json, at: str) -> str:
    if not isinstance(data, str):
        raise ValueError(f"{at}: a text is expected")
    return data


def _texts(data: Json, at: str) -> tuple[str, ...]:
    return tuple(_text(item, place) for item, place in _items(data, at))


def _number(data: Json, at: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise ValueError(f"{at}: an integer is expected")
    return data


def _one_of(data: Json, at: str, valid: Iterable[str]) -> str:
    names = tuple(valid)
    if not isinstance(data, str) or data not in names:
        shown = repr(data) if isinstance(data, str) else "this"
        raise ValueError(f"{at}: unknown name {shown}; one of {', '.join(names)}")
    return data


def read_expression(data: Json, at: str = "expression") -> Expression:
    """The expression of ``[class name, argument, ...]``."""
    if not isinstance(data, list) or not data:
        raise ValueError(f"{at}: a list with the name of a node is expected")
    kind = _CLASSES[_one_of(data[0], f"{at}[0]", _CLASSES)]
    pattern = list(NODES[kind])
    count = len(data) - 1
    if pattern[-1] == "*":
        pattern.pop()
        if count == len(pattern) - 1:
            pattern.pop()
        pattern += [pattern[-1]] * (count - len(pattern)) if pattern else []
    if len(pattern) != count or not count:
        raise ValueError(f"{at}: {kind.__name__} does not have {count} arguments")
    arguments = [
        _argument(item, f"{at}[{k}]", what) for k, (item, what) in enumerate(zip(data[1:], pattern, strict=True), 1)
    ]
    if kind is ex.Block and not (arguments[0].is_Integer and 1 <= arguments[0] <= len(arguments) - 1):
        raise ValueError(f"{at}[1]: the number of blocks in a row is expected")
    try:
        return kind(*arguments)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{at}: {error}") from None


def _argument(data: Json, at: str, what: str) -> Any:
    if what == VALUE:
        return read_expression(data, at)
    if what == NAME:
        return _text(data, at)
    if what == INTEGER:
        return _integer(data, at)
    if isinstance(data, dict):
        return _rational(_object(data, at, ("rational",))["rational"], f"{at}.rational")
    return Integer(_number(data, at))


def _rational(data: Json, at: str) -> Any:
    if not isinstance(data, str) or not RATIONAL_TEXT.fullmatch(data):
        raise ValueError(f"{at}: a fraction is expected")
    try:
        fraction = Fraction(data)
    except ZeroDivisionError:
        raise ValueError(f"{at}: a division by zero") from None
    return Rational(fraction.numerator, fraction.denominator)


def _integer(data: Json, at: str) -> Expr:
    found = _integer_part(data, at)
    try:
        return integer(found)
    except TypeError:
        raise ValueError(f"{at}: an integer expression is expected") from None


def _integer_part(data: Json, at: str) -> Expr:
    if not isinstance(data, dict):
        return Integer(_number(data, at))
    if len(data) != 1:
        raise ValueError(f"{at}: one of {', '.join((*_SYMBOLS, *_OPERATIONS, 'rational'))} is expected")
    ((name, value),) = data.items()
    _one_of(name, at, (*_SYMBOLS, *_OPERATIONS, "rational"))
    if name == "rational":
        return _rational(value, f"{at}.rational")
    if name in _SYMBOLS:
        return _SYMBOLS[name](_text(value, f"{at}.{name}"))
    parts = [_integer_part(item, place) for item, place in _items(value, f"{at}.{name}")]
    if len(parts) < 2 or (name == "^" and len(parts) != 2):
        raise ValueError(f"{at}.{name}: two operands are expected")
    small = name != "^" or not parts[1].is_number or (parts[1].is_Integer and 0 <= parts[1] <= MOST)
    if not small:
        raise ValueError(f"{at}.{name}: an exponent from 0 to {MOST} is expected")
    return _OPERATIONS[name](*parts)


def _claim(data: Json, at: str) -> Hypothesis:
    if isinstance(data, dict) and "is" in data:
        found = _object(data, at, ("is", "subject"))
        kind = _one_of(found["is"], f"{at}.is", PREDICATES)
        return Predicate(kind, read_expression(found["subject"], f"{at}.subject"))
    found = _object(data, at, ("left", "op", "right"))
    op = _one_of(found["op"], f"{at}.op", RELATIONS)
    return Relation(read_expression(found["left"], f"{at}.left"), op, read_expression(found["right"], f"{at}.right"))


def _target(data: Json, at: str) -> ex.Var | ex.Member:
    found = read_expression(data, at)
    if not isinstance(found, ex.Var | ex.Member):
        raise ValueError(f"{at}: a Var or a Member is expected")
    return found


def _context(data: Json, at: str) -> Context:
    top = _object(data, at, ("definitions", "recurrences", "hypotheses", "random", "ranges"))
    definitions, recurrences, random, ranges = [], [], [], []
    for item, place in _items(top["definitions"], f"{at}.definitions"):
        found = _object(item, place, ("target", "body"))
        target, body = _target(found["target"], f"{place}.target"), read_expression(found["body"], f"{place}.body")
        try:
            definitions.append(Definition(target, body))
        except ValueError as error:
            raise ValueError(f"{place}: {error}") from None
    for item, place in _items(top["recurrences"], f"{at}.recurrences"):
        found = _object(item, place, ("target", "body", "first"))
        member = _target(found["target"], f"{place}.target")
        if not isinstance(member, ex.Member):
            raise ValueError(f"{place}.target: a Member is expected")
        body = read_expression(found["body"], f"{place}.body")
        recurrences.append(Recurrence(member, body, _number(found["first"], f"{place}.first")))
    for item, place in _items(top["random"], f"{at}.random"):
        found = _object(item, place, ("target", "law", "parameters"))
        law = _one_of(found["law"], f"{place}.law", Random.LAWS)
        parts = tuple(read_expression(p, spot) for p, spot in _items(found["parameters"], f"{place}.parameters"))
        if len(parts) != {"bernoulli": 1, "any": 0}.get(law, 2):
            raise ValueError(f"{place}.parameters: the law {law} does not have {len(parts)}")
        random.append(Random(_target(found["target"], f"{place}.target"), law, parts))
    for item, place in _items(top["ranges"], f"{at}.ranges"):
        if len(_items(item, place)) != 3:
            raise ValueError(f"{place}: a name and two ends are expected")
        ends = (_integer(item[1], f"{place}[1]"), _integer(item[2], f"{place}[2]"))
        ranges.append((_text(item[0], f"{place}[0]"), *ends))
    hypotheses = tuple(_claim(h, place) for h, place in _items(top["hypotheses"], f"{at}.hypotheses"))
    return Context(tuple(definitions), tuple(recurrences), hypotheses, tuple(random), tuple(ranges))


_DUTIES = {
    "shapes": ("fit", "do not fit"),
    "definedness": ("ensured", "not ensured", "no value", "open"),
    "values": ("agree", "differ", "agree where tested", "open"),
}


def _verdict(data: Json, at: str) -> Verdict:
    keys = ("status", "method", "message", "rules", "conditions", "obligations", "trials", "counterexample")
    top = _object(data, at, keys)
    duties = _object(top["obligations"], f"{at}.obligations", ("shapes", "definedness", "values"))
    trials = []
    for item, place in _items(top["trials"], f"{at}.trials"):
        found = _object(item, place, ("sizes", "seed", "arithmetic"))
        sizes = _sizes(found["sizes"], f"{place}.sizes")
        seed = _number(found["seed"], f"{place}.seed")
        trials.append(Trial(sizes, seed, _text(found["arithmetic"], f"{place}.arithmetic")))
    example = top["counterexample"]
    return Verdict(
        Status(_one_of(top["status"], f"{at}.status", map(str, Status))),
        _text(top["method"], f"{at}.method"),
        _text(top["message"], f"{at}.message"),
        _texts(top["rules"], f"{at}.rules"),
        _texts(top["conditions"], f"{at}.conditions"),
        tuple(trials),
        None if example is None else _example(example, f"{at}.counterexample"),
        obligations=Obligations(
            **{n: _one_of(text, f"{at}.obligations.{n}", _DUTIES[n]) for n, text in duties.items()}
        ),
    )


def _sizes(data: Json, at: str) -> tuple[tuple[str, int], ...]:
    if not isinstance(data, dict):
        raise ValueError(f"{at}: an object is expected")
    return tuple((name, _number(value, f"{at}.{name}")) for name, value in data.items())


def _table(data: Json, at: str) -> Table:
    rows = tuple(_texts(row, place) for row, place in _items(data, at))
    if any(len(row) != len(rows[0]) or not row for row in rows):
        raise ValueError(f"{at}: rows of one length are expected")
    return rows


def _example(data: Json, at: str) -> Counterexample:
    top = _object(data, at, ("sizes", "symbols", "left", "right", "exact", "note"))
    if not isinstance(top["symbols"], dict):
        raise ValueError(f"{at}.symbols: an object is expected")
    if not isinstance(top["exact"], bool):
        raise ValueError(f"{at}.exact: true or false is expected")
    symbols = tuple((name, _table(rows, f"{at}.symbols.{name}")) for name, rows in top["symbols"].items())
    for name, rows in symbols:
        if not rows or not all(RATIONAL_TEXT.fullmatch(x) for row in rows for x in row):
            raise ValueError(f"{at}.symbols.{name}: fractions are expected")
    return Counterexample(
        _sizes(top["sizes"], f"{at}.sizes"),
        symbols,
        _table(top["left"], f"{at}.left"),
        _table(top["right"], f"{at}.right"),
        top["exact"],
        _text(top["note"], f"{at}.note"),
    )
