"""Integer expressions (sizes, indices) compiled once to functions of an environment.

SymPy is asked only for the structure of an expression, never in a hot loop.  May import SymPy and the errors only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from sympy import Add, Expr, Integer, Mul, Pow, Symbol

from everystep.prove.exact.errors import Inadmissible, Unsupported

Environment: TypeAlias = Mapping[str, int]
IntegerFunction: TypeAlias = Callable[[Environment], int]
Test: TypeAlias = Callable[[dict[str, int]], bool]

_COMPILED: dict[Expr, IntegerFunction] = {}


def compiled(expression: Expr) -> IntegerFunction:
    """The function that evaluates an integer expression in an environment; raises Unsupported."""
    found = _COMPILED.get(expression)
    if found is None:
        found = _COMPILED[expression] = _compile(expression)
    return found


def _compile(expression: Expr) -> IntegerFunction:
    if isinstance(expression, Integer):
        value = int(expression)
        return lambda env: value
    if isinstance(expression, Symbol):
        return _symbol(str(expression.name))
    if isinstance(expression, Add):
        terms = [compiled(a) for a in expression.args]
        return lambda env: sum([term(env) for term in terms])
    if isinstance(expression, Mul):
        return _product(expression)
    if isinstance(expression, Pow):
        base, exponent = compiled(expression.base), compiled(expression.exp)
        return lambda env: _power(base(env), exponent(env))
    return _substitute(expression)


def _symbol(name: str) -> IntegerFunction:
    def value(env: Environment) -> int:
        try:
            return env[name]
        except KeyError:
            raise Unsupported(f"the index {name} has no value here") from None

    return value


def _product(expression: Mul) -> IntegerFunction:
    numerator, denominator = expression.as_numer_denom()
    if denominator != 1:
        top, bottom = compiled(numerator), compiled(denominator)
        return lambda env: _divide(top(env), bottom(env))
    factors = [compiled(a) for a in expression.args]

    def value(env: Environment) -> int:
        result = 1
        for factor in factors:
            result *= factor(env)
        return result

    return value


def _divide(a: int, b: int) -> int:
    if b == 0 or a % b:
        raise Inadmissible("a size or an index is not an integer")
    return a // b


def _power(base: int, exponent: int) -> int:
    if exponent < 0:
        raise Inadmissible("a size or an index is not an integer")
    return int(base**exponent)


def _substitute(expression: Expr) -> IntegerFunction:
    symbols = [(s, str(s.name)) for s in expression.free_symbols]

    def value(env: Environment) -> int:
        result = expression.subs({s: _symbol(name)(env) for s, name in symbols})
        if not result.is_Integer:
            raise Inadmissible("a size or an index is not an integer")
        return int(result)

    return value


def symbols_of(expression: Expr) -> frozenset[str]:
    """The names of the symbols of an integer expression."""
    if isinstance(expression, Symbol):
        return frozenset((str(expression.name),))
    if isinstance(expression, Integer):
        return frozenset()
    return frozenset(str(s.name) for s in expression.free_symbols)
