"""Builders of derivatives, means and limits: a closed form where there is one, else reverse accumulation.

A closed form is taken by the calculus (:mod:`everystep.compiler.closed_forms`); where it would take far more work than
the value, and where there is none, a derivative is that of the operations (:mod:`everystep.compiler.reverse`).  What
has neither raises :class:`~everystep.compiler.lowering.NotCompiled`.  May import ``everystep.algebra``,
``everystep.calculus`` and this package.
"""

from __future__ import annotations

from typing import Any

from everystep.algebra import expressions as ex
from everystep.calculus.indices import NotAffine
from everystep.calculus.networks import Exhausted, Undecided
from everystep.compiler.closed_forms import LIMITS, Reader
from everystep.compiler.lowering import Lowering, NotCompiled, builds
from everystep.compiler.products import Terms
from everystep.compiler.quadrature import mean_of
from everystep.compiler.reverse import Derivative, cost, is_deep

_SMALL_MULTIPLE, _FAR_MORE = 6.0, 2.0
"""How much more than the value a closed form may cost before it is compared, and more than reverse accumulation."""


@builds(*ex.MEANS)
def _mean(low: Lowering, expression: Any) -> Terms:
    """The closed form, else by quadrature."""
    try:
        return _closed_form(low, expression)
    except NotCompiled as why:
        if not low.context.random:
            raise
        try:
            return low.value(mean_of(low, expression))
        except NotCompiled as further:
            raise NotCompiled(f"{why}; {further}") from None


@builds(ex.Given)
def _conditional_mean(low: Lowering, expression: Any) -> Terms:
    """The mean over what is not given, with the same law: different random quantities of a context are independent."""
    defined = {d.target.name for d in low.context.definitions} | {r.target.name for r in low.context.recurrences}
    names = frozenset(name.name for name in expression.held if isinstance(name, ex.Var | ex.Member))
    if len(names) < len(expression.held) or names & defined:
        raise NotCompiled("Given is not compiled: a mean given something that is no name, or is defined")
    return low.given(names).terms(expression.mean)


def _closed_form(low: Lowering, expression: Any) -> Terms:
    kind = type(expression).__name__
    if isinstance(expression, ex.MEANS) and not low.context.random:
        raise NotCompiled(f"{kind} is not compiled: no law is declared")
    defined = {d.target.name for d in low.context.definitions} | {r.target.name for r in low.context.recurrences}
    if any(name in defined for name, _ in low.free):
        raise NotCompiled(f"{kind} is not compiled: it stands in the derivative by a defined name")
    try:
        return Reader(low, expression).terms()
    except (Undecided, NotAffine) as error:
        raise NotCompiled(f"{kind} is not compiled: the calculus has no closed form of it ({error})") from error
    except Exhausted as error:
        raise NotCompiled(f"{kind} is not compiled: its closed form is too long ({error})") from error


@builds(*LIMITS)
def _limit(low: Lowering, expression: Any) -> Terms:
    """The value that the prover finds."""
    if low.limits is None:
        raise NotCompiled(f"{type(expression).__name__} is not compiled: nothing says what limits are")
    return _closed_form(low, expression)


@builds(*ex.DERIVATIVES)
def _derivative(low: Lowering, expression: Any) -> Terms:
    """The closed form where there is one, unless the value is deep or the closed form takes far more work."""
    if is_deep(low, expression.operands[0]):
        try:
            return low.value(Derivative(low, expression).node())
        except NotCompiled:
            return _closed_form(low, expression)
    try:
        found = _closed_form(low, expression)
    except NotCompiled as why:
        try:
            return low.value(Derivative(low, expression).node())
        except NotCompiled as further:
            raise NotCompiled(f"{why}; {further}") from None
    if isinstance(expression, (ex.Jacobian, ex.Hessian)):
        return found  # backwards it would be row by row
    work = cost(low.planner.form(found)[0])
    try:
        back = Derivative(low, expression)
        if work > _SMALL_MULTIPLE * cost(back.value) and work > _FAR_MORE * cost(node := back.node()):
            return low.value(node)
    except NotCompiled:
        pass
    return found
