r"""Names that words call the minimiser of a function: the gradient of the function is zero there.

May import the engine.
"""

from __future__ import annotations

from contextlib import suppress

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate, Relation
from everystep.algebra.expressions import Expression, Num, Var
from everystep.derivation import Claim
from everystep.documents.given_anew import GivenAnew
from everystep.documents.looking import DEFECTS
from everystep.documents.spoken import letters_of
from everystep.prove.verdict import Status
from everystep.reader.declarations import Declarer
from everystep.reader.entities import DefinedFunction, Symbolic
from everystep.reader.minimisers import minimised_by
from everystep.reader.name_lists import is_names
from everystep.reader.pieces import trimmed
from everystep.reader.prose import Sentence
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Unreadable, latex_of, stripped
from everystep.reader.values import Values

_SMOOTH = (ex.Add, ex.Neg, ex.Mul, ex.Transpose, ex.Trace, ex.Num, ex.Int, ex.Var, ex.Eye, ex.Ones, ex.Zeros, ex.Diag)
_SMOOTH_FUNCTIONS = frozenset(("exp", "logistic", "softplus", "tanh", "sin", "cos"))


class Minimised(GivenAnew):
    """The part of the checker that reads what words call a minimiser."""

    def _mentioned(self, declarer: Declarer, tokens: Tokens, sentence: Sentence) -> None:
        """Read inline mathematics; a name that words call a minimiser is not in doubt for these words."""
        doubts = dict(declarer.scope.unsure)
        point = self._minimiser_told(declarer, tokens, sentence)
        doubts |= {name: why for name, why in declarer.scope.unsure.items() if name == point}
        declarer.mention(tokens, sentence)
        for name in {point, *letters_of(tokens)} if point else ():
            if name in doubts:
                declarer.scope.unsure[name] = doubts[name]
            else:
                declarer.scope.unsure.pop(name, None)

    def _minimiser_told(self, declarer: Declarer, tokens: Tokens, sentence: Sentence) -> str:
        """Introduce a name that words call the minimiser of a defined function: the gradient is zero there.

        Returns the name, empty where nothing was read.  Where the function is proved to be convex nothing else is a
        point of that kind; else no mistake is claimed of the name.  A function with kinks, and a variable of which
        something is assumed, give no gradient that is zero.
        """
        found = minimised_by(sentence) if is_names(tokens) else None
        read = self._objective(found[0]) if found is not None else None
        if found is None or read is None:
            return ""
        scope = declarer.scope
        variable, objective = read
        node = parse(trimmed(tokens), scope.words())
        entity, marks = Values(scope).entity_of(node)
        if entity is None or (marks and declarer.is_new(tokens)):
            point = declarer.introduce(node, *variable.shape)
        else:
            point = entity.value if isinstance(entity, Symbolic) and not marks else None
        defined = {d.target for d in scope.context.definitions}
        if not isinstance(point, Var) or point in defined or point == variable or point.shape != variable.shape:
            return ""
        name = point.name
        given = scope.context.hypotheses
        assumed = any(variable in ex.walk(side) for h in given for side in h.sides)
        if assumed or variable in defined or not _is_smooth(objective, variable):
            scope.unsure[name] = "a minimiser"
            return name
        if not self._is_convex(objective if found[1] else ex.Neg(objective), variable):
            scope.unsure[name] = "a minimiser"
        zero = Num(0) if variable.is_number_shaped else ex.Zeros(*variable.shape)
        said = Relation(ex.Gradient(objective.xreplace({variable: point}), point), "=", zero)
        scope.assume(said)
        place = tokens[0].place
        scope.lines[said] = (f"${latex_of(trimmed(tokens))}$ is a minimiser or a maximiser", place.line)
        return name

    def _objective(self, tokens: Tokens) -> tuple[Var, Expression] | None:
        """The variable and the value of a defined function of one declared name: of ``J``, ``J(w)``; else None."""
        scope = self.problem.scope
        with suppress(Unreadable, *DEFECTS):
            node = parse(stripped(trimmed(tokens)), scope.words())
            head = node.parts[0] if node.kind == "product" and len(node.parts) == 2 else node
            function, marks = Values(scope).entity_of(head)
            if not isinstance(function, DefinedFunction) or marks or len(function.parameters) != 1:
                return None
            values = Values(scope)
            variable = scope.find(function.parameters[0])
            written = node.parts[1] if head is not node else None
            if not isinstance(variable, Symbolic) or variable.value.shape[1] != 1:
                return None
            if written is not None and values.value(written) != variable.value:
                return None
            return variable.value, values.finished(values.value(function.body))
        return None

    def _is_convex(self, objective: Expression, variable: Var) -> bool:
        """Whether a function is proved to be convex."""
        claim: Claim = Predicate("positive semidefinite", ex.Hessian(objective, variable))
        if variable.is_number_shaped:
            second = ex.ScalarDerivative(ex.ScalarDerivative(objective, variable), variable)
            claim = Relation(Num(0), "<=", second)
        return self._judged(claim, self.problem.scope.context).status is Status.PROVED


def _is_smooth(value: Expression, variable: Var) -> bool:
    """Whether a value is seen to be differentiable wherever it is defined; what does not vary with the name is."""
    if variable not in set(ex.walk(value)):
        return True
    if isinstance(value, ex.Pow) and isinstance(value.operands[0], ex.Norm) and value.operands[1] == Num(2):
        return _is_smooth(value.operands[0].operands[0], variable)
    if isinstance(value, ex.Div):
        return _is_smooth(value.operands[0], variable) and variable not in set(ex.walk(value.operands[1]))
    if isinstance(value, ex.Pow):
        power = value.operands[1]
        whole = isinstance(power, Num) and power.value.is_Integer and power.value > 0
        return whole and _is_smooth(value.operands[0], variable)
    plain = isinstance(value, _SMOOTH) or (isinstance(value, ex.Apply) and value.function in _SMOOTH_FUNCTIONS)
    return plain and all(_is_smooth(part, variable) for part in value.operands)
