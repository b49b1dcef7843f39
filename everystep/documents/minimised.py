r"""Names that words call the minimiser of a function: the gradient of the function is zero there.

May import the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate, Relation
from everystep.algebra.expressions import Expression, Num, Var
from everystep.derivation import Claim
from everystep.documents.given_anew import GivenAnew
from everystep.documents.looking import DEFECTS
from everystep.documents.spoken import is_stationarity, letters_of
from everystep.prove.verdict import Status
from everystep.reader.declarations import Declarer
from everystep.reader.entities import DefinedFunction, SaidAt, Symbolic
from everystep.reader.marks import nodes
from everystep.reader.minimisers import called_minimiser, minimised_by
from everystep.reader.name_lists import is_names, members
from everystep.reader.pieces import trimmed
from everystep.reader.prose import Sentence
from everystep.reader.scope import Scope
from everystep.reader.source import Display, Tokens
from everystep.reader.statements import statements_of
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, latex_of, stripped
from everystep.reader.values import Values

MOST_BEHIND = 2
"""How many displays behind the words that call a name the minimiser one may stand that sets the gradient to zero."""
_SMOOTH = (ex.Add, ex.Neg, ex.Mul, ex.Transpose, ex.Trace, ex.Num, ex.Int, ex.Var, ex.Eye, ex.Ones, ex.Zeros, ex.Diag)
_SMOOTH_FUNCTIONS = frozenset(("exp", "logistic", "softplus", "tanh", "sin", "cos"))


class Minimised(GivenAnew):
    """The part of the checker that reads what words call a minimiser."""

    def _mentioned(self, declarer: Declarer, tokens: Tokens, sentence: Sentence) -> None:
        """Read inline mathematics; a name that words call a minimiser is not in doubt for these words."""
        doubts, names = dict(declarer.scope.unsure), members(tokens)
        point = self._minimiser_told(declarer, names, sentence) if names == trimmed(tokens) else ""
        doubts |= {name: why for name, why in declarer.scope.unsure.items() if name == point}
        declarer.mention(tokens, sentence)
        if names != trimmed(tokens):  # « $\\hat w \\in \\mathbb{R}^d$ »: in the shape that it declares
            point = self._minimiser_told(declarer, names, sentence)
            doubts |= {name: why for name, why in declarer.scope.unsure.items() if name == point}
        for name in {point, *letters_of(names)} if point else ():
            if name in doubts:
                declarer.scope.unsure[name] = doubts[name]
            else:
                declarer.scope.unsure.pop(name, None)
        if not point and is_names(names) and called_minimiser(sentence):
            fresh = {name: why for name, why in declarer.scope.unsure.items() if doubts.get(name) != why}
            self._sought(declarer.scope, names, fresh)

    def _sought(self, scope: Scope, names: Tokens, fresh: dict[str, str]) -> None:
        """Note a name that words call the minimiser, and what they have put in doubt by that."""
        with suppress(Unreadable):
            entity, marks = Values(scope).entity_of(parse(names, scope.words()))
            if isinstance(entity, Symbolic) and not marks:
                self.problem.sought[entity.value] = (scope.part, scope.displays), fresh

    def _zero_where_sought(self, slopes: Sequence[Expression], display: Display) -> tuple[Expression, ...]:
        """What words call the minimiser is where the gradient is zero, once they set it to zero: "let $v$ be the
        minimiser. Setting the gradient to zero, we get".  Returns the derivatives that are zero elsewhere, too.

        Who sets it to zero minimises over all values.  Not of two such names, nor where the words stand far behind: the
        gradient may be that of another function.
        """
        scope = self.problem.scope
        near = [(scope.part, scope.displays - k) for k in range(MOST_BEHIND + 1)]
        points = [point for point, (place, _) in self.problem.sought.items() if place in near]
        written = {node.text for side in _sides(display) for node in nodes(side)}
        elsewhere: list[Expression] = []
        for slope in slopes:
            variable = slope.operands[1] if isinstance(slope, ex.Gradient | ex.ScalarDerivative) else None
            is_there = len(points) == len(slopes) == 1 and self._zero_at(points[0], slope, display)
            if not is_there or (isinstance(variable, Var) and variable.name in written):
                elsewhere.append(slope)
        return tuple(elsewhere)

    def _zero_at(self, point: Var, slope: Expression, display: Display) -> bool:
        """Assume for a display that a derivative is zero at a point, and say whether it may be.

        What else the words may mean that call it the minimiser stays in doubt, unless the function is proved convex.
        """
        scope = self.problem.scope
        objective, variable = slope.operands[:2]
        inside = set(ex.walk(objective))
        if not isinstance(variable, Var) or variable == point or variable.shape != point.shape:
            return False
        if point in inside or variable not in inside:
            return False
        zero = Num(0) if point.is_number_shaped else ex.Zeros(*point.shape)
        said = Relation(type(slope)(objective.xreplace({variable: point}), point), "=", zero)
        if said in scope.context.hypotheses:
            return True
        if not self._fits_minimiser(objective, variable, point):
            return False
        scope.assume(said)
        scope.temporary += (said,)
        scope.lines[said] = SaidAt("the gradient is zero at the minimiser", display.place.line)
        if any(self._is_convex(side, variable) for side in (objective, ex.Neg(objective))):
            for name, why in self.problem.sought[point][1].items():
                if scope.unsure.get(name) == why:
                    del scope.unsure[name]
        return True

    def _fits_minimiser(self, objective: Expression, variable: Var, point: Var) -> bool:
        """Whether nothing restricts the variable of a smooth function, and the point has no value of its own."""
        context = self.problem.scope.context
        if self.problem.restricted == self.problem.scope.part:
            return False
        defined = {d.target for d in context.definitions}
        said = [h for h in context.hypotheses if not (isinstance(h, Relation) and is_stationarity(h))]
        given = {node for h in said for side in h.sides for node in ex.walk(side)}
        return not {variable, point} & (given | defined) and _is_smooth(objective, variable)

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
        assumed = assumed or self.problem.restricted == scope.part
        if assumed or variable in defined or not _is_smooth(objective, variable):
            scope.unsure[name] = "a minimiser"
            return name
        if not self._is_convex(objective if found[1] else ex.Neg(objective), variable):
            scope.unsure[name] = "a minimiser"
        zero = Num(0) if variable.is_number_shaped else ex.Zeros(*variable.shape)
        said = Relation(ex.Gradient(objective.xreplace({variable: point}), point), "=", zero)
        scope.assume(said)
        place = tokens[0].place
        words = f"${latex_of(trimmed(tokens))}$ is a minimiser or a maximiser"
        scope.lines[said] = SaidAt(words, place.line)
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


def _sides(display: Display) -> list[Node]:
    """The sides of what a display says, as far as they can be parsed."""
    found = []
    for statement in statements_of(display.environment, display.tokens):
        for side in statement.sides:
            with suppress(Unreadable, *DEFECTS):
                found.append(parse(stripped(trimmed(tuple(side)))))
    return found
