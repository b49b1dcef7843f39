"""One claim under what is in force: the verdict of the judges, and a hint, each within its time.

May import the engine.
"""

from __future__ import annotations

from time import perf_counter

from everystep.algebra.conditioning import NotConditioned, conditioned, is_conditional, may_tie, stepped
from everystep.algebra.context import Context, Hypothesis
from everystep.algebra.shapes import ShapeError
from everystep.derivation import Claim, Step
from everystep.documents.limits import ALARM, TimeUp
from everystep.documents.one_symbol import with_one_symbol_each
from everystep.documents.options import Options
from everystep.documents.relevance import relevant
from everystep.documents.spoken import without_chance_unsaid
from everystep.prove.checker import Contradiction, check_step, forget
from everystep.prove.descending import Descending, counted_upwards
from everystep.prove.hints import hint
from everystep.prove.verdict import Status, Verdict
from everystep.reader.points import with_points
from everystep.reader.scope import Scope
from everystep.reader.trees import Unreadable

LOOKS = 3
"""How many budgets a step may take: the normal form has work to do as well, and doubts are judged one by one."""
HINT_BUDGET = 0.5
DEFECTS = (
    ShapeError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    MemoryError,
)
"""What a defect of the engine may raise; a document's report goes on without the step."""


def checked(
    claim: Claim, context: Context, scope: Scope, options: Options, until: float, lemmas: tuple[Hypothesis, ...] = ()
) -> Verdict:
    """The verdict; what is not decided at ``until`` (by ``perf_counter``) is tested.

    ``lemmas``: what has been proved under the same context.
    Raises TimeUp where the time for the file is over.
    """
    try:
        claim, context = counted_upwards(claim, context)
    except Descending as error:
        return Verdict(Status.UNREADABLE, "reader", str(error))
    claim, context = with_one_symbol_each(claim, context)
    try:
        context = with_points(claim, context)
    except Unreadable as error:
        return Verdict(Status.TESTED, "none", f"not decided: {error.message}")
    context = without_chance_unsaid(context, scope)
    try:
        claim, context = stepped(claim, context)
        tied = may_tie(claim, context)
        context = conditioned(claim, context, scope.independent, scope.lawless, scope.normal)
    except NotConditioned as error:
        return Verdict(Status.UNREADABLE, "reader", f"not decided: {error}")
    step = Step("step", claim)
    try:
        with ALARM.within(until):
            if perf_counter() > until:
                raise TimeUp
            within = context if lemmas else relevant(context, claim)
            verdict = check_step(step, within, lemmas=lemmas, seed=options.seed, budget=options.budget)
            if tied and verdict.status in (Status.REFUTED, Status.UNDEFINED):
                return Verdict(Status.TESTED, "none", "not decided: the conditional means that are stated may tie it")
            return verdict
    except (TimeUp, MemoryError) as error:
        forget()
        if ALARM.has_rung():
            raise
        cost = "too much memory" if isinstance(error, MemoryError) else f"more than {LOOKS * options.budget:g} seconds"
        return Verdict(Status.TESTED, "none", f"not decided: it takes {cost}")
    except Contradiction as error:
        return Verdict(Status.TESTED, "none", f"the judges disagree, which is a defect of Everystep: {error}")
    except DEFECTS as error:
        return Verdict(Status.TESTED, "none", f"not judged, a defect of Everystep: {type(error).__name__}: {error}")


def hinted(claim: Claim, context: Context, verdict: Verdict, options: Options) -> str:
    """The smallest certain remark about a step that is not proved; empty where there is none.

    Raises TimeUp where the time for the file is over.
    """
    if verdict.status not in (Status.REFUTED, Status.ILL_TYPED, Status.UNDEFINED, Status.TESTED):
        return ""
    if verdict.status is Status.TESTED and verdict.obligations.definedness != "not ensured":
        return ""
    if is_conditional(claim, context):
        return ""
    try:
        claim, context = with_one_symbol_each(*counted_upwards(claim, context))
        context = with_points(claim, context)
        with ALARM.within(perf_counter() + 2 * HINT_BUDGET):
            return hint(Step("step", claim), relevant(context, claim), verdict, budget=HINT_BUDGET, show=options.show)
    except TimeUp:
        forget()
        if ALARM.has_rung():
            raise
        return ""
    except (Contradiction, Descending, Unreadable, *DEFECTS):
        return ""  # no remark is worth a report that breaks off
