"""Documents -> reports: every step of every display gets a verdict.

May import the engine.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Recurrence, Relation
from everystep.algebra.expressions import Expression, Int, Num, Var
from everystep.algebra.shapes import ShapeError
from everystep.derivation import Claim, Step
from everystep.documents.claims import (
    Judge,
    Minimiser,
    is_constant,
    is_factor,
    is_remainder,
    judged,
    minimiser,
    minimises,
    not_equal,
    remainder,
    without_constant,
    without_remainder,
)
from everystep.documents.options import USUAL, Describe, Options
from everystep.documents.relevance import relevant
from everystep.documents.result import DocumentReport, Remark, StepReport
from everystep.prove.checker import Contradiction, check_step
from everystep.prove.descending import Descending, counted_upwards
from everystep.prove.hints import hint
from everystep.prove.verdict import Status, Verdict
from everystep.reader.anew import give_anew, given_before
from everystep.reader.declarations import Declarer, names_in, pieces_of, trimmed
from everystep.reader.document import OUT_OF_TIME, ReadError, read_document, read_text
from everystep.reader.marks import plain_text
from everystep.reader.prose import Giving, Sentence, announces, display_sentence, giving, withdrawn
from everystep.reader.scope import Doubt, Scope, Size, Symbolic
from everystep.reader.source import Declaration, Display, Document, Part, Place, Pragma, Tokens, Trouble
from everystep.reader.statements import Statement, statements_of
from everystep.reader.syntax import Unreadable, environments_match, latex_of, name_of, relation_of, split, stripped
from everystep.reader.values import Values

Uses: TypeAlias = dict[Expr, list[tuple[Expr, Expr | None]]]

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

Side: TypeAlias = "Expression | Unreadable | Minimiser"
MENDED = "the right side does equal the beginning of the chain: the mistake is in a step before"
ALIKE = ("ABC", "PQ", "ST", "UVW", "XYZ", "abc", "pq", "uvw", "xyz")
"""Letters that an author gives to quantities of the same standing."""
DERIVATIVES = (ex.Gradient, ex.ScalarDerivative, ex.Jacobian)
COMPARED = {"=", "<=", ">=", "<", ">", "!="}
READING, JUDGING = 0.5, 0.9
"""The parts of a file's time after which no more is read and judged.  In the rest what is left is reported."""


@dataclass(frozen=True)
class _Frame:
    """A part of the text that has been entered: what was assumed then, and how many steps had been read."""

    name: str
    held: tuple[Hypothesis, ...]
    steps: int


@dataclass
class _Problem:
    """What is in force while the displays of one problem are read."""

    name: str
    scope: Scope
    steps: int = 0
    order: str = ""
    last: Statement | None = None
    last_side: Tokens = ()
    consequence: list[Hypothesis] = field(default_factory=list)
    lost_premise: bool = False
    waiting: list[Declaration] = field(default_factory=list)
    troubles: dict[str, Remark] = field(default_factory=dict)
    unread: list[Remark] = field(default_factory=list)
    tainted: set[str] = field(default_factory=set)
    varied: frozenset[str] = frozenset()
    frames: list[_Frame] = field(default_factory=list)
    begun: frozenset[str] = frozenset()
    """The names that had a meaning when the part began that is being read."""
    standing: tuple[Hypothesis, ...] = ()
    """What was assumed when the display before was read."""
    begins: bool = False
    """Whether nothing has been said in this part before the display that is being read."""


class Checker:
    """Checks the events of a document one by one."""

    def __init__(self, options: Options = USUAL, started: float | None = None) -> None:
        self.options = options
        started = perf_counter() if started is None else started
        self.deadline = started + JUDGING * options.file_budget
        self.end = started + options.file_budget
        self.outer = Scope()
        self.problem = _Problem("", self.outer)
        self.steps: list[StepReport] = []
        self.remarks: list[Remark] = []

    def run(self, document: Document) -> None:
        for event in document.events:
            if perf_counter() > self.end and isinstance(event, Display):
                self._lost(Trouble(f"{OUT_OF_TIME}; this step and all that follow", event.place))
                return
            if isinstance(event, Trouble):
                self.remarks.append(Remark(event.message, event.place))
                if "not read" in event.message:
                    self._lost(event)
            elif isinstance(event, Pragma):
                self._pragma(event)
            elif isinstance(event, Declaration):
                if perf_counter() <= self.deadline:
                    self._declaration(event)
            elif isinstance(event, Part):
                self._part(event)
            else:
                try:
                    self._display(event)
                except (Unreadable, *DEFECTS) as error:
                    self._lost(Trouble(f"this display could not be read: {error}", event.place))
        self._infer_waiting()

    def _lost(self, trouble: Trouble) -> None:
        """Mathematics that was given up is a step that cannot be read: nothing is left out of the report."""
        statement = Statement([[], []], ["="])
        end = Display("", (), trouble.place, trouble.place)
        self._report(statement, 0, end, Verdict(Status.UNREADABLE, "reader", trouble.message))

    # declarations and orders -------------------------------------------------------------------------

    def _pragma(self, pragma: Pragma) -> None:
        if pragma.name == "problem":
            if self.problem.name == "" and not self.problem.steps:
                self.outer = self.problem.scope
            self._give_up_waiting()
            unread = self.problem.unread if self.problem.name == "" else []
            self.problem = _Problem(pragma.argument.strip(), self.outer.copy(), unread=list(unread))
        elif pragma.name == "layout":
            if pragma.argument.strip() not in ("gradient", "numerator", "denominator"):
                self.remarks.append(Remark("the layout is one of gradient, numerator, denominator", pragma.place))
                return
            self.problem.scope.layout = pragma.argument.strip()
        elif pragma.name in ("skip", "define", "assume"):
            self.problem.order = pragma.name
        else:
            self.remarks.append(Remark(f"the order {pragma.name!r} is not known", pragma.place))

    def _part(self, part: Part) -> None:
        """Another part begins: what those that end here have assumed is theirs, unless they only list assumptions."""
        problem = self.problem
        problem.begun = frozenset(problem.scope.names)
        problem.begins = True
        common = 0
        while common < min(len(part.path), len(problem.frames)) and problem.frames[common].name == part.path[common]:
            common += 1
        ended, problem.frames = problem.frames[common:], problem.frames[:common]
        held = problem.scope.context.hypotheses
        if ended and (part.asked or ended[0].steps < problem.steps):
            self._give_up_waiting()
            problem.scope.drop_case()
            problem.scope.doubt(h for h in held if h not in ended[0].held and h in problem.scope.lines)
        held = problem.scope.context.hypotheses
        problem.frames += [_Frame(name, held, problem.steps) for name in part.path[common:]]

    def _declaration(self, declaration: Declaration) -> None:
        """Read a declaration; one that speaks of what is declared later waits for it."""
        problem = self.problem
        if not self._declared(declaration):
            problem.waiting.append(declaration)
            return
        for earlier in list(problem.waiting):
            if self._declared(earlier):
                problem.waiting.remove(earlier)

    def _declared(self, declaration: Declaration, waits: bool = True) -> bool:
        """Whether a declaration is read; ``waits``: what it does not declare itself may still be declared."""
        self.problem.scope.waits = waits
        kept = self.problem.scope.copy()
        declarer = Declarer(self.problem.scope, recognised)
        try:
            if declaration.inline:
                sentence = Sentence(declaration.before, declaration.after, declaration.is_open)
                self._withdraw(f"{sentence.before} $ {sentence.after}", _letters_of(declaration.tokens))
                self._given_anew_inline(declarer, declaration.tokens, sentence)
                declarer.mention(declaration.tokens, sentence)
            else:
                declarer.declare(declaration.tokens)
        except (Unreadable, *DEFECTS) as error:
            self.problem.scope = kept
            place = getattr(error, "place", None) or declaration.place
            written = latex_of(declaration.tokens)
            self.problem.troubles[written] = Remark(f"{error} (in the declaration {written})", place)
            return False
        finally:
            self.problem.scope.waits = False
        self.problem.troubles.pop(latex_of(declaration.tokens), None)
        return True

    def _withdraw(self, words: str, names: set[str] | None) -> None:
        """What a sentence no longer assumes of names (of all of them where it has none) is in doubt from here on."""
        kinds = withdrawn(words)
        if not kinds:
            return
        scope = self.problem.scope

        def gone(hypothesis: Hypothesis) -> bool:
            spoken = not names or bool(names & names_in(hypothesis))
            alike = "*" in kinds or (hypothesis.kind in kinds if isinstance(hypothesis, Predicate) else True)
            return spoken and alike and (names is not None or isinstance(hypothesis, Predicate) or "*" in kinds)

        scope.doubt(h for h in self.problem.standing if h in scope.context.hypotheses and gone(h))
        if kinds & {"independent", "*"}:
            scope.independent = tuple(g for g in scope.independent if names and not names & g)
            scope.iid -= names or scope.iid

    def _given_anew_inline(self, declarer: Declarer, tokens: Tokens, sentence: Sentence) -> None:
        """Definitions in the prose of names that have one already."""
        for piece in pieces_of(trimmed(tokens)):
            if piece.relations[:1] not in (("=",), (":=",)) or not piece.sides[0]:
                continue
            left, right = piece.sides[:2]
            how = Giving.DEFINES if piece.relations[0] == ":=" else giving(sentence)
            if how is Giving.CLAIMS:
                continue
            name = given_before(declarer.scope, left, right)
            if not name or (how is Giving.SUPPOSES and isinstance(declarer.scope.names[name], Symbolic)):
                continue
            if how is Giving.UNCLEAR and self.problem.begins and name in self.problem.begun:
                how = Giving.DEFINES  # (b) f(x) = ...
            if self._given_anew(declarer, name, left, right, how):
                declarer.given.append(piece)

    def _given_anew(self, declarer: Declarer, name: str, left: Tokens, right: Tokens, how: Giving) -> bool:
        """Give a name another definition, or note that the text may do so; False where it says the same as before."""
        scope = declarer.scope
        if name not in scope.unclear and self._is_known(scope, left, right):
            return False
        line = left[0].place.line
        if how is Giving.UNCLEAR:
            said = f"{latex_of(left)} = {latex_of(right)}"
            scope.unclear[name] = f"line {line} may define {name} anew or not: ${said}$ (to say so, write \\coloneqq)"
            return True
        kept = scope.copy()
        try:
            give_anew(declarer, name, left, right, line)
        except (Unreadable, *DEFECTS) as error:
            for key in vars(kept):
                setattr(scope, key, getattr(kept, key))
            scope.unclear[name] = f"{name} is given anew in line {line}, and that was not read: {error}"
        return True

    def _is_free(self, left: Tokens, right: Tokens) -> bool:
        """Whether the left side is a declared name of which nothing else is known, and of the shape of the right."""
        scope = self.problem.scope
        values = Values(scope)
        sides = self._related([self._side(values, trimmed(left)), self._side(values, trimmed(right))], values)
        claim = self._claim(sides[0], "=", sides[1], values, Statement([list(left), list(right)], ["="]), 0)
        if not isinstance(claim, Relation) or not free_name(claim, scope.context):
            return False
        return self._judged(claim, scope.context).status is Status.REFUTED

    def _is_known(self, scope: Scope, left: Tokens, right: Tokens) -> bool:
        """Whether an equation is proved from what is known already."""
        values = Values(scope)
        sides = self._related([self._side(values, trimmed(left)), self._side(values, trimmed(right))], values)
        claim = self._claim(sides[0], "=", sides[1], values, Statement([list(left), list(right)], ["="]), 0)
        if isinstance(claim, Unreadable):
            return False
        return self._judged(claim, scope.context.given(*values.assumed)).status is Status.PROVED

    def _infer_waiting(self) -> None:
        """Read what still waits: names that nothing declares are what they alone can be."""
        progress = True
        while progress:
            waiting = [d for d in self.problem.waiting if not self._declared(d, waits=False)]
            progress = len(waiting) < len(self.problem.waiting)
            self.problem.waiting = waiting

    def _give_up_waiting(self) -> None:
        """What a declaration of the problem says and could not be read makes claims of mistakes uncertain."""
        self._infer_waiting()
        for declaration in self.problem.waiting:
            self._lost_meaning(declaration)
            if declaration.inline:
                continue  # prose that is not a declaration
            remark = self.problem.troubles[latex_of(declaration.tokens)]
            self.remarks.append(remark)
            self.problem.unread.append(remark)
            self.problem.tainted |= _defined_letters(declaration.tokens)
        self.problem.waiting.clear()

    def _lost_meaning(self, declaration: Declaration) -> None:
        """A law or a definition that was not read leaves its names without a meaning that a step could rest on."""
        scope = self.problem.scope
        sentence = Sentence(declaration.before, declaration.after, declaration.is_open)
        for piece in pieces_of(trimmed(declaration.tokens)):
            relation = piece.relations[0] if piece.relations else ""
            if relation == "sim":
                scope.lawless |= _letters_of(piece.sides[0])
                continue
            given = not declaration.inline or giving(sentence) is Giving.DEFINES
            if relation not in ("=", ":=") or not given or not isinstance(declaration.place, Place):
                continue
            for name in _letters_of(piece.sides[0]) if len(stripped(piece.sides[0])) == 1 else ():
                said = latex_of(declaration.tokens)
                scope.unclear[name] = f"what line {declaration.place.line} says of {name} was not read: ${said}$"

    # displays --------------------------------------------------------------------------------------

    def _display(self, display: Display) -> None:
        order, self.problem.order = self.problem.order, ""
        self._give_up_waiting()
        self.problem.scope.displays += 1
        if order == "skip":
            return
        if any(t.kind == "char" and t.text == "'" for t in display.tokens) or any(
            t.kind == "command" and t.text in ("top", "intercal") for t in display.tokens
        ):
            self.problem.scope.transposes = True
        statements = statements_of(display.environment, display.tokens)
        statements = self._conditions_found(self._joined(statements))
        if not statements and order not in ("define", "assume"):
            self._unsplit(display)
        for words in re.split(r"[.?!](?:\s+|$)|\n", display.prose):
            if "$" not in words:
                self._withdraw(words, None)
        self._given_anew_in_display(statements, display, order)
        defined = self._defined_first(statements, order)
        before: Statement | None = None
        for statement in statements:
            premises = before is not None and before.followed and statement.followed
            if not statement.leads and not premises:
                self.problem.consequence = []
                self.problem.lost_premise = False
            before = statement
            count = len(self.steps)
            self._guarded(statement, display, order, statement in defined)
            lost = any(step.status is Status.UNREADABLE for step in self.steps[count:])
            self.problem.lost_premise = self.problem.lost_premise or (statement.followed and lost)
        if statements:
            self.problem.last = statements[-1]
        self.problem.scope.drop_temporary()
        self.problem.begins = False
        self.problem.standing = self.problem.scope.context.hypotheses

    def _guarded(self, statement: Statement, display: Display, order: str, defined: bool) -> None:
        """A statement; what goes wrong with it does not end the report, and none of its steps is left out."""
        before = len(self.steps)
        try:
            self._statement(statement, display, order, defined)
        except (Unreadable, *DEFECTS) as error:
            first = 1 if defined else 0
            for k in range(first + len(self.steps) - before, len(statement.relations)):
                self._unreadable(statement, k, error, display)

    def _joined(self, statements: list[Statement]) -> list[Statement]:
        """A display that begins with a relation goes on with the chain of the display before."""
        last = self.problem.last
        if statements and not statements[0].sides[0] and last is not None:
            statements[0].sides[0] = list(last.sides[-1])
        return [s for s in statements if s.sides[0]]

    def _conditions_found(self, statements: list[Statement]) -> list[Statement]:
        """A statement about integers alone, behind another one, says for which indices that one is meant."""
        result: list[Statement] = []
        for statement in statements:
            if (
                result
                and not statement.leads
                and (self._is_about_integers(statement) or self._is_about_a_sign(statement))
            ):
                result[-1].conditions.append(tuple(statement.raw))
            else:
                result.append(statement)
        return result

    def _is_about_integers(self, statement: Statement) -> bool:
        values = Values(self.problem.scope)
        comparing = all(r in ("<", "<=", ">", ">=") for r in statement.relations)
        dotted = any(name_of(t).endswith("dots") for side in statement.sides for t in side)
        if not comparing and not (dotted and statement.relations == ["="]):
            return False
        for side in statement.sides:
            for piece in split(tuple(side), ("dots", "ldots", "cdots", ",")):
                if not piece:
                    continue
                try:
                    values.integer(piece)
                except Unreadable:
                    return False
        return True

    def _is_about_a_sign(self, statement: Statement) -> bool:
        """A name compared with a number, such as x != 0: nobody claims it of a name that is not defined."""
        if len(statement.sides) != 2 or statement.relations[0] not in ("!=", "<", ">", "<=", ">="):
            return False
        left, right = (tuple(side) for side in statement.sides)
        if not plain_text(right).isdigit():
            return False
        values = Values(self.problem.scope)
        try:
            value = values.read(left)
        except Unreadable:
            return False
        base = value.operands[0] if isinstance(value, ex.Entry) else value
        if not isinstance(base, (Var, ex.Member)):
            return False
        return not any(d.target.name == base.name for d in self.problem.scope.context.definitions)

    def _unsplit(self, display: Display) -> None:
        """A display whose relations all stand in brackets that do not match: one step that cannot be read."""
        tokens = stripped(display.tokens)
        for k in range(len(tokens)):
            found, width = relation_of(tokens, k)
            if found in COMPARED:
                statement = Statement([list(tokens[:k]), list(tokens[k + width :])], [found])
                error = Unreadable("the brackets do not match", tokens[0].place)
                if not any(t.kind in ("begin", "end") for t in tokens) or not environments_match(tokens):
                    self._unreadable(statement, 0, error, display)
                return

    def _given_anew_in_display(self, statements: list[Statement], display: Display, order: str) -> None:
        """Statements that give a name another definition become definitions, those that may do so are unclear."""
        sentence = display_sentence(display.prose)
        how = giving(sentence)
        if how is Giving.UNCLEAR and not announces(display.prose):
            how = Giving.CLAIMS
        for statement in statements:
            if order == "assume" or statement.leads or statement.constant or len(statement.sides) < 2:
                continue
            left, right = (tuple(side) for side in statement.sides[:2])
            relation = statement.relations[0]
            name = given_before(self.problem.scope, left, right) if relation in ("=", ":=") else ""
            if not name:
                if how is Giving.DEFINES and relation == "=" and self._is_free(left, right):
                    statement.relations[0] = ":="
                continue
            put = Giving.DEFINES if relation == ":=" or order == "define" else how
            fresh = self.problem.begins and not display.prose.strip(" \n.:()abcdefghi") and name in self.problem.begun
            if put is Giving.CLAIMS and fresh:
                put = Giving.UNCLEAR
            if put not in (Giving.DEFINES, Giving.UNCLEAR):
                continue
            declarer = Declarer(self.problem.scope, recognised)
            if self._given_anew(declarer, name, left, right, put) and put is Giving.DEFINES:
                statement.relations[0] = ":="

    def _defined_first(self, statements: list[Statement], order: str) -> list[Statement]:
        """Definitions of a display are read before its steps: a name may be used before it is defined in it."""
        done: list[Statement] = []
        if order == "assume":
            return done
        for _ in range(2):
            for statement in statements:
                if statement in done or not self._is_definition(statement, order):
                    continue
                kept = self.problem.scope.copy()
                try:
                    self._define(statement)
                    done.append(statement)
                except (Unreadable, *DEFECTS):
                    self.problem.scope = kept
        return done

    def _is_definition(self, statement: Statement, order: str) -> bool:
        if not statement.relations:
            return False
        if order == "define" or statement.relations[0] == ":=":
            return True
        if statement.relations[0] != "=" or statement.leads or statement.constant:
            return False
        try:
            return Declarer(self.problem.scope, recognised).is_new(*(tuple(side) for side in statement.sides[:2]))
        except (Unreadable, *DEFECTS):
            return False

    def _define(self, statement: Statement) -> None:
        declarer = Declarer(self.problem.scope, recognised)
        left, right = tuple(statement.sides[0]), tuple(statement.sides[1])
        found = minimiser(right)
        if found is not None:
            self._define_minimiser(left, found, statement)
            return
        declarer.define_from(left, right)
        for condition in statement.conditions:
            self._condition(declarer, condition, left)
        if statement.asides:
            self.problem.tainted |= _letters_of(left)

    def _define_minimiser(self, left: Tokens, found: Minimiser, statement: Statement) -> None:
        r"""``w^* = \arg\min_w f``: what follows in the chain, or else a point where the gradient vanishes."""
        declarer = Declarer(self.problem.scope, recognised)
        if len(statement.sides) > 2 and statement.relations[1] == "=":
            declarer.define_from(left, tuple(statement.sides[2]))
            return
        values = Values(self.problem.scope)
        variable = values.variable(found.variable)
        point = declarer.introduce(values.tree(left), *variable.shape)
        if point is None or not isinstance(variable, Var):
            raise Unreadable("the minimum is over a symbol", found.variable[0].place)
        with values.reading(variable.name, point):
            objective = values.finished(values.read(found.objective))
        zero = Num(0) if variable.is_number_shaped else ex.Zeros(*variable.shape)
        self.problem.scope.assume(Relation(ex.Gradient(objective, point), "=", zero))

    def _condition(self, declarer: Declarer, condition: Tokens, left: Tokens) -> None:
        """The condition of a definition; where it is not read, no mistake is claimed of what it speaks of."""
        try:
            declarer.declare(condition)
        except (Unreadable, *DEFECTS) as error:
            place = getattr(error, "place", None) or condition[0].place
            self.remarks.append(Remark(f"{error} (in the condition {latex_of(condition)})", place))
            self.problem.tainted |= _letters_of(left) | _letters_of(condition)

    def _statement(self, statement: Statement, display: Display, order: str, defined: bool) -> None:
        first = 0
        if perf_counter() > self.deadline:
            for k in range(len(statement.relations)):
                self._report(statement, k, display, Verdict(Status.TESTED, "none", OUT_OF_TIME))
            return
        if statement.relations[0] in ("in", "sim"):
            self._declare_display(statement)
            return
        if defined:
            first = len(statement.relations) if order == "define" else 1
        scope = self.problem.scope
        if statement.conditions:
            scope = scope.copy()
            trouble = self._conditions(scope, statement)
            if trouble:
                for k in range(first, len(statement.relations)):
                    self._unreadable(statement, k, trouble, display)
                return
        if order == "assume":
            self._assume(statement, display)
            return
        if statement.relations[0] == ":=" and not defined:
            left = tuple(statement.sides[0])
            self.problem.tainted |= _letters_of(left)
            place = left[0].place if left else display.place
            self.remarks.append(Remark(f"this definition could not be read: {latex_of(tuple(statement.raw))}", place))
            first = 1
        self.problem.varied |= varied_names(display.tokens)
        values = Values(scope, self.problem.varied)
        sides: list[Side] = []
        uses: list[Uses] = []
        remainders: list[Tokens] = []
        free = [_free_letters(tuple(side)) for side in statement.sides]
        how_often = Counter(letter for letters in free for letter in letters)
        for side, own in zip(statement.sides, free, strict=True):
            values.elsewhere = {letter for letter, count in how_often.items() if count > (letter in own)}
            values.uses = {}
            tokens, small = without_remainder(without_constant(side) if statement.constant else tuple(side))
            remainders.append(small)
            found = minimiser(tokens)
            sides.append(found if found is not None else self._side(values, tokens))
            uses.append(values.uses)
        statement.remainders = remainders
        self._steps(statement, sides, uses, values, scope, first, display)

    def _declare_display(self, statement: Statement) -> None:
        tokens = [t for side in statement.sides[:1] for t in side]
        try:
            declarer = Declarer(self.problem.scope, recognised)
            declarer.state(tuple(tuple(s) for s in statement.sides), tuple(statement.relations))
        except (Unreadable, *DEFECTS) as error:
            place = tokens[0].place if tokens else Place("", 1, 1)
            self.remarks.append(Remark(str(error), place))
            self.problem.unread.append(self.remarks[-1])

    def _conditions(self, scope: Scope, statement: Statement) -> Unreadable | None:
        declarer = Declarer(scope, recognised)
        for condition in statement.conditions:
            bare = not any(relation_of(condition, k)[0] for k in range(len(condition)))
            if bare and not any(t.kind == "text" for t in condition):
                return Unreadable("a condition that is not understood", condition[0].place)
            try:
                declarer.declare(condition)
            except Unreadable as error:
                return error
            except DEFECTS as error:
                return Unreadable(str(error), condition[0].place)
        return None

    @staticmethod
    def _side(values: Values, side: Tokens) -> Expression | Unreadable:
        try:
            return values.whole(values.tree(side), True)
        except Unreadable as error:
            return error
        except RecursionError:
            return Unreadable("nested too deeply", side[0].place if side else None)
        except DEFECTS as error:
            return Unreadable(str(error), side[0].place if side else None)

    def _assume(self, statement: Statement, display: Display) -> None:
        declarer = Declarer(self.problem.scope, recognised)
        for k, op in enumerate(statement.relations):
            left, right = tuple(statement.sides[k]), tuple(statement.sides[k + 1])
            try:
                declarer.relation(left, op, right)
                self._report(statement, k, display, Verdict(Status.ASSUMED, "assumed", "the author takes it as given"))
            except (Unreadable, *DEFECTS) as error:
                self._unreadable(statement, k, error, display)

    def _unreadable(self, statement: Statement, k: int, error: Exception, display: Display) -> None:
        place = getattr(error, "place", None)
        message = getattr(error, "message", str(error))
        if place is not None:
            message = f"{message} (line {place.line}, column {place.column})"
        self._report(statement, k, display, Verdict(Status.UNREADABLE, "reader", message))

    # steps -----------------------------------------------------------------------------------------

    def _steps(
        self,
        statement: Statement,
        sides: list[Side],
        uses: list[Uses],
        values: Values,
        scope: Scope,
        first: int,
        display: Display,
    ) -> None:
        related = self._related(sides, values)
        hypotheses = [*self.problem.consequence] if statement.leads else []
        kept = [] if statement.leads else [*self.problem.consequence]  # further premises of the same arrow
        drawn: list[Hypothesis] = []
        broken = False  # whether a step of the chain is refuted
        for k in range(first, len(statement.relations)):
            op = statement.relations[k]
            if op == ":=" and k > 0:
                continue  # a definition of the side before
            if statement.unclear:
                words_ = f"the words {statement.unclear!r} may change what is said"
                self._unreadable(statement, k, Unreadable(words_, statement.place), display)
                continue
            if statement.leads == "<==":
                arrow = "an implication to the left: write it with \\Rightarrow"
                self._unreadable(statement, k, Unreadable(arrow, statement.place), display)
                continue
            left, right = related[k], related[k + 1]
            unclear = self._unclear(statement, k, (left, right), scope)
            if unclear:
                self._unreadable(statement, k, Unreadable(unclear, statement.place), display)
                continue
            ranges = index_ranges(uses[k], uses[k + 1], values)
            special = self._special(statement, k, left, right, values, (*hypotheses, *ranges), scope)
            if special is not None:
                doubt = self._doubt(statement, k, scope) if special.status.is_wrong else None
                if doubt is not None:
                    self._unreadable(statement, k, doubt, display)
                else:
                    self._report(statement, k, display, special)
                continue
            claim = self._claim(left, op, right, values, statement, k)
            if isinstance(claim, Unreadable):
                self._unreadable(statement, k, claim, display)
                continue
            context = scope.context.given(*values.assumed, *hypotheses, *ranges)
            context = replace(context, definitions=context.definitions + tuple(values.defined))
            verdict = self._judged(claim, context)
            if verdict.status is Status.REFUTED and Var("pi") in values_in(claim):
                verdict = Verdict(Status.TESTED, "none", "not decided: it depends on the value of pi")
            if verdict.status.is_wrong and self._other_reading(statement, k, scope, verdict, display):
                both = "d is declared, and as a differential the step is judged otherwise; write \\mathrm{d}"
                self._unreadable(statement, k, Unreadable(f"two readings: {both}", statement.place), display)
                continue
            last = k == len(statement.relations) - 1
            if statement.leads == "<=>" and verdict.status is Status.PROVED:
                verdict = self._converse(verdict, claim, scope.context.given(*values.assumed, *ranges))
            if verdict.status is Status.PROVED:
                other = self._varies_too(claim, context, scope)
                if other:
                    self._unreadable(statement, k, Unreadable(f"two readings: {other}", statement.place), display)
                    continue
            if verdict.status in (Status.PROVED, Status.REFUTED):
                pair = together(claim, context, scope)
                if pair:
                    said = f"{pair} was not read" if pair.startswith("the law") else f"whether {pair} is not stated"
                    stated = Unreadable(said, statement.place)
                    self._unreadable(statement, k, stated, display)
                    continue
            doubt = self._doubt(statement, k, scope) if verdict.status.is_wrong else None
            if doubt is not None:
                self._unreadable(statement, k, doubt, display)
                continue
            free = free_name(claim, context) if verdict.status is Status.REFUTED and k == 0 else ""
            if free and not hypotheses and not self._is_condition(statement, k, last, claim, verdict):
                said = f"nothing is said of {free} but its shape: is this its definition? (to say so, write \\coloneqq)"
                if not statement.leads:
                    scope.unclear[free] = self.problem.scope.unclear[free] = (
                        f"line {(statement.place or display.place).line}: {said}"
                    )
                self._unreadable(statement, k, Unreadable(said, statement.place), display)
                continue
            if self._is_condition(statement, k, last, claim, verdict):
                verdict = Verdict(Status.ASSUMED, "assumed", "states a condition; what follows is judged under it")
                if isinstance(claim, Relation):
                    begins = isinstance(related[0], DERIVATIVES) and set(statement.relations) == {"="}
                    self._take_as_given(claim, statement, scope, begins)
                    drawn.append(claim)
            elif verdict.status is Status.PROVED and isinstance(claim, Relation) and statement.leads:
                drawn.append(claim)
            broken = broken or (verdict.status is Status.REFUTED and k < len(statement.relations) - 1)
            mended = broken and k > first and verdict.status is Status.REFUTED
            mended = mended and set(statement.relations[first : k + 1]) == {"="}
            if mended:
                whole = self._claim(related[first], "=", right, values, statement, k)
                mended = not isinstance(whole, Unreadable) and self._judged(whole, context).status is Status.PROVED
            self._report(statement, k, display, verdict, claim, context, MENDED if mended else "")
        self.problem.consequence = [*kept, *hypotheses, *drawn]

    @staticmethod
    def _unclear(statement: Statement, k: int, sides: tuple[Side, Side], scope: Scope) -> str:
        """Why it is not clear what a name of a step stands for; empty where all are."""
        if not scope.unclear:
            return ""
        names: set[str] = set()
        todo = [side for side in sides if isinstance(side, Expression)]
        while todo:
            fresh = {n.name for n in ex.walk(todo.pop()) if isinstance(n, Var | ex.Member)} - names
            names |= fresh
            todo += [d.body for d in scope.context.definitions if d.target.name in fresh]
        names |= _letters(statement, k)
        return next((why for name, why in scope.unclear.items() if name in names), "")

    def _doubt(self, statement: Statement, k: int, scope: Scope) -> Unreadable | None:
        """Why a step is not called wrong: what was said and not read may make it right; None where there is nothing."""
        if self.problem.unread:
            remark = self.problem.unread[0]
            return Unreadable(f"not judged: {remark.message}", remark.place)
        if statement.leads and self.problem.lost_premise:
            return Unreadable("not judged: what it is drawn from was not read", statement.place)
        if statement.asides:
            aside = statement.asides[0]
            words = f"'{latex_of(aside)}' beside the formula is not taken as given; write it with 'if', or in a %! line"
            return Unreadable(f"not judged: {words}", aside[0].place)
        lost = self._lost_word(statement, k, scope)
        return Unreadable(f"not judged: {lost}", statement.place) if lost else None

    def _lost_word(self, statement: Statement, k: int, scope: Scope) -> str:
        """What is said of a name in a step and was not read; empty where there is nothing."""
        for name in sorted(_letters(statement, k)):
            if name in self.problem.tainted:
                return f"what is said of {name} was not read"
            if name in scope.unsure:
                return f"the text calls {name} {scope.unsure[name]!r}, which is not known as a hypothesis"
        return ""

    def _special(
        self,
        statement: Statement,
        k: int,
        left: Side,
        right: Side,
        values: Values,
        given: tuple[Hypothesis, ...],
        scope: Scope,
    ) -> Verdict | None:
        """The verdict of a claim that is not one relation; None where it is one."""
        op = statement.relations[k]
        small = statement.remainders[k] or statement.remainders[k + 1]
        special = isinstance(left, Minimiser) or isinstance(right, Minimiser)
        if not special and not small and not statement.constant and op != "propto":
            return None
        for side in (left, right):
            if isinstance(side, Unreadable):
                return None

        def judge(claim: Claim, further: tuple[Hypothesis, ...]) -> Verdict:
            context = scope.context.given(*values.assumed, *given, *further)
            context = replace(context, definitions=context.definitions + tuple(values.defined))
            return self._judged(claim, context)

        try:
            if special:
                return self._minimised(left, right, values, judge, statement)
            if not isinstance(left, Expression) or not isinstance(right, Expression):
                return None
            left, right = values.finished(left), values.finished(right)
            if small:
                found = [remainder(s, values) for s in statement.remainders[k : k + 2] if s]
                variable, order = min(found, key=lambda pair: pair[1])
                return judged(is_remainder(left, right, variable, order), judge, "Taylor remainder")
            by = self._argument(statement, values)
            if statement.constant:
                return judged(is_constant(left, right, by), judge, "up to a constant")
            return judged(is_factor(left, right, by), judge, "up to a factor")
        except Unreadable as error:
            return Verdict(Status.UNREADABLE, "reader", error.message)
        except ShapeError as error:
            return Verdict(Status.ILL_TYPED, "shapes", str(error))
        except DEFECTS as error:
            return Verdict(Status.TESTED, "none", f"not judged, a defect of Everystep: {type(error).__name__}: {error}")

    @staticmethod
    def _minimised(left: Side, right: Side, values: Values, judge: Judge, statement: Statement) -> Verdict | None:
        found, point = (left, right) if isinstance(left, Minimiser) else (right, left)
        if not isinstance(found, Minimiser) or not isinstance(point, Expression):
            raise Unreadable("two arg min side by side are not judged", statement.place)
        return judged(minimises(found, point, values), judge, "stationary and convex")

    @staticmethod
    def _argument(statement: Statement, values: Values) -> Expression:
        """The argument of the function that a statement is about: x of ``p(x) = ... + const``."""
        first = values.tree(tuple(statement.sides[0]))
        if first.kind == "product" and len(first.parts) == 2 and first.parts[1].kind == "group":
            arguments = split(first.parts[1].tokens, (",", ";", "mid"))
            return values.variable(stripped(arguments[0]))
        if first.kind == "product" and first.parts[0].kind in ("word", "letter") and first.parts[-1].kind == "group":
            arguments = split(first.parts[-1].tokens, (",", ";", "mid"))
            return values.variable(stripped(arguments[0]))
        raise Unreadable("up to what does not depend on which variable? write the left side as f(x)", statement.place)

    def _other_reading(self, statement: Statement, k: int, scope: Scope, verdict: Verdict, display: Display) -> bool:
        """Whether a step that is wrong with d as the declared name is not with d as a differential."""
        written = [t for side in statement.sides[k : k + 2] for t in side]
        if not isinstance(scope.find("d"), Size) or not any(t.kind == "char" and t.text == "d" for t in written):
            return False
        other = scope.copy()
        del other.names["d"]
        values = Values(other, varied_names(display.tokens))
        sides = self._related([self._side(values, tuple(s)) for s in statement.sides[k : k + 2]], values)
        claim = self._claim(sides[0], statement.relations[k], sides[1], values, statement, k)
        if isinstance(claim, Unreadable):
            return False
        if not any(isinstance(n, ex.Differential) or _is_change(n) for n in values_in(claim)):
            return False
        return self._judged(claim, other.context.given(*values.assumed)).status is not verdict.status

    def _varies_too(self, claim: Claim, context: Context, scope: Scope) -> str:
        """What a differential takes as constant, where a name like those it varies may be meant to vary as well and the
        step is then not proved: ``d(XY) = dX Y``; empty where there is nothing.
        """
        constant: set[Var] = set()
        for node in values_in(claim):
            if isinstance(node, ex.Differential):
                varied = {v.name for v, _ in node.perturbations if isinstance(v, Var)}
                likes = (
                    {letter for group in ALIKE if varied & set(group) for letter in group} - varied - scope.constants
                )
                constant |= {n for n in ex.walk(node.operands[0]) if isinstance(n, Var) and n.name in likes}
        if not constant or not isinstance(claim, Relation):
            return ""

        def varying(e: Expression) -> Expression:
            parts = [varying(a) if isinstance(a, Expression) else a for a in e.args]
            if isinstance(e, ex.Differential):
                more = [v for v in sorted(constant, key=str) if v not in parts and v in ex.walk(e.operands[0])]
                parts += [part for v in more for part in (v, Var(f"d{v.name}", *v.shape))]
            return e.func(*parts) if e.args else e

        wider = Relation(varying(claim.left), claim.op, varying(claim.right))
        if self._judged(wider, context).status is Status.PROVED:
            return ""
        names = ", ".join(sorted(v.name for v in constant))
        said = f"%! {names} \\text{{ constant}}"
        return f"whether {names} varies too is not said, and the step holds only if not (to say so: {said})"

    def _converse(self, verdict: Verdict, claim: Claim, context: Context) -> Verdict:
        """Of an equivalence the other direction: what was given follows from the claim."""
        for premise in self.problem.consequence:
            back = self._judged(premise, context.given(claim))
            if back.status.is_wrong:
                return replace(back, message=f"the converse does not hold {back.message}".strip())
            if back.status is not Status.PROVED:
                return replace(verdict, status=Status.TESTED, message="only one direction is proved")
        return verdict

    def _take_as_given(self, claim: Relation, statement: Statement, scope: Scope, stationary: bool) -> None:
        """A stationarity condition holds from here on; the premise of an arrow only for what is drawn from it."""
        if not statement.followed or stationary or _is_stationarity(claim):
            self.problem.scope.assume(claim)
            if scope is not self.problem.scope:
                scope.assume(claim)

    def _is_condition(self, statement: Statement, k: int, last: bool, claim: Claim, verdict: Verdict) -> bool:
        if verdict.status not in (Status.REFUTED, Status.TESTED) or not last or not isinstance(claim, Relation):
            return False
        if claim.op == "!=" and len(statement.relations) == 1 and self._is_about_a_sign(statement):
            return True  # x \ne 0
        if claim.op != "=":
            return statement.followed and len(statement.relations) == 1
        if _is_zero(claim.right) and _is_stationarity(claim):
            return True
        if _is_zero(claim.right) and k > 0:
            return True  # grad f = ... = 0
        return statement.followed and (len(statement.relations) == 1 or _is_zero(claim.right))

    @staticmethod
    def _related(sides: list[Side], values: Values) -> list[Side]:
        """Neighbouring sides with zeros and unknown sizes made to fit."""
        result = list(sides)
        for k in range(len(result) - 1):
            left, right = result[k], result[k + 1]
            if isinstance(left, Expression) and isinstance(right, Expression):
                result[k], result[k + 1] = values.relate(left, right)
        for k in range(len(result) - 1, 0, -1):
            left, right = result[k - 1], result[k]
            if isinstance(left, Expression) and isinstance(right, Expression):
                result[k - 1], result[k] = values.relate(left, right)
        return result

    def _claim(
        self,
        left: Side,
        op: str,
        right: Side,
        values: Values,
        statement: Statement,
        k: int,
    ) -> Claim | Unreadable:
        for side in (left, right):
            if isinstance(side, Unreadable):
                return side
        if not isinstance(left, Expression) or not isinstance(right, Expression):
            return Unreadable("a side is missing")
        place = next((t.place for t in statement.sides[k + 1]), statement.place)
        try:
            left, right = values.finished(left, place), values.finished(right, place)
        except Unreadable as error:
            return error
        if op in ("succ", "succeq", "prec", "preceq"):
            return _definite(left, op, right)
        if op == "perp" and self._are_constant_vectors(left, right):
            left, op, right = ex.Mul(ex.Transpose(left), right), "=", Num(0)
        if op == ":=":
            op = "="
        if op not in COMPARED:
            words = {"approx": "an approximation", "propto": "a proportionality", "to": "a limit without \\lim"}
            return Unreadable(f"{words.get(op, 'this relation')} is not judged", place)
        return _compared(left, op, right)

    def _are_constant_vectors(self, left: Expression, right: Expression) -> bool:
        r"""Whether two sides are columns with nothing random in them: ``\perp`` says that they are orthogonal."""
        try:
            columns = left.shape == right.shape and left.shape[1] == 1
        except ShapeError:
            return False
        context = self.problem.scope.context
        random = {law.target.name for law in context.random}
        return columns and not any(_is_random(side, random, context) for side in (left, right))

    def _judged(self, claim: Claim, context: Context) -> Verdict:
        verdict = self._beyond_doubt(claim, context)
        if isinstance(claim, Relation) and claim.op == "!=" and verdict.status is Status.REFUTED:
            return not_equal(verdict, self._checked(Relation(claim.left, "=", claim.right), context))
        return verdict

    def _beyond_doubt(self, claim: Claim, context: Context) -> Verdict:
        """The verdict, unless it hangs on what the text may or may not assume."""
        if perf_counter() > self.deadline:
            return Verdict(Status.TESTED, "none", OUT_OF_TIME)
        verdict = self._checked(claim, context)
        doubts = self.problem.scope.doubts
        if verdict.status not in (Status.REFUTED, Status.UNDEFINED) or not doubts:
            return verdict

        def changes(*given: Doubt) -> bool:
            found = self._checked(claim, context.given(*(d.hypothesis for d in given)))
            return found.status is not verdict.status

        alone = [d for d in doubts if changes(d)]
        if not alone and not changes(*doubts):
            return verdict
        said = "; ".join(f"{d.words} (line {d.line})" if d.line else d.words for d in alone or doubts)
        return Verdict(Status.TESTED, "none", f"not decided: the text may assume here, or not, that {said}")

    def _checked(self, claim: Claim, context: Context) -> Verdict:
        try:
            claim, context = counted_upwards(claim, context)
        except Descending as error:
            return Verdict(Status.UNREADABLE, "reader", str(error))
        try:
            return check_step(
                Step("step", claim), relevant(context, claim), seed=self.options.seed, budget=self.options.budget
            )
        except Contradiction as error:
            return Verdict(Status.TESTED, "none", f"the two judges disagree, which is a defect of Everystep: {error}")
        except DEFECTS as error:
            return Verdict(Status.TESTED, "none", f"not judged, a defect of Everystep: {type(error).__name__}: {error}")

    def _hint(self, claim: Claim, context: Context, verdict: Verdict) -> str:
        """The smallest certain remark about a step that is not proved; empty where there is none."""
        if verdict.status not in (Status.REFUTED, Status.ILL_TYPED, Status.UNDEFINED, Status.TESTED):
            return ""
        undefined = verdict.obligations.definedness == "not ensured"
        if (verdict.status is Status.TESTED and not undefined) or perf_counter() > self.deadline:
            return ""
        try:
            claim, context = counted_upwards(claim, context)
            return hint(
                Step("step", claim), relevant(context, claim), verdict, budget=HINT_BUDGET, show=self.options.show
            )
        except (Contradiction, Descending, *DEFECTS):
            return ""  # no remark is worth a report that breaks off

    def _report(
        self,
        statement: Statement,
        k: int,
        display: Display,
        verdict: Verdict,
        claim: Claim | None = None,
        context: Context | None = None,
        remark: str = "",
    ) -> None:
        if claim is not None and context is not None:
            with suppress(Descending):  # what is kept can be judged again as it is
                claim, context = counted_upwards(claim, context)
        left, right = tuple(statement.sides[k]), tuple(statement.sides[k + 1])
        place = right[0].place if right else (left[-1].place if left else display.place)
        report = StepReport(
            place=place,
            problem=self.problem.name,
            number=self.problem.steps,
            relation=_shown(statement.relations[k]),
            lhs=latex_of(left),
            rhs=latex_of(right),
            verdict=verdict,
            where=display.where,
            hint=remark or (self._hint(claim, context, verdict) if claim is not None and context is not None else ""),
            reading=partial(described, self.options.describe, claim, context)
            if claim is not None and context is not None
            else tuple,
            claim=claim,
            context=context,
        )
        self.problem.steps += 1
        self.steps.append(report)
        if self.options.on_step is not None:
            self.options.on_step(report)


def described(describe: Describe, claim: Claim, context: Context) -> tuple[str, ...]:
    """What was read, or that it cannot be printed: a report does not break off for it."""
    try:
        return describe(claim, context)
    except DEFECTS as error:
        return (f"what was read cannot be printed: {type(error).__name__}: {error}",)


def free_name(claim: Claim, context: Context) -> str:
    """The name that a claim equates with something else, where nothing is known of it but its shape."""
    if not isinstance(claim, Relation) or claim.op != "=" or not isinstance(claim.left, Var | ex.Member):
        return ""
    name = claim.left.name
    before = isinstance(claim.left, ex.Member) and claim.left not in ex.walk(claim.right)  # a recurrence
    parts: list[Expression] = [] if before else [claim.right]
    for hypothesis in context.hypotheses:
        sides = (hypothesis.left, hypothesis.right) if isinstance(hypothesis, Relation) else (hypothesis.subject,)
        parts += [side for side in sides if not isinstance(side, Int)]
    rules: list[Definition | Recurrence] = [*context.definitions, *context.recurrences]
    for rule in rules:
        parts += [rule.target, rule.body]
    parts += [law.target for law in context.random]
    known = {node.name for part in parts for node in ex.walk(part) if isinstance(node, Var | ex.Member)}
    return "" if name in known else name


def index_ranges(left: Uses, right: Uses, values: Values) -> list[Relation]:
    """A free index stands for all positions that there are: those of the left side, or of the right where it alone
    has the index.
    """
    result: list[Relation] = []
    spoken = {symbol for at in left for symbol in at.free_symbols}
    alone = [(at, seen) for at, seen in right.items() if at.is_Symbol and at not in spoken]
    for at, seen in [*left.items(), *alone]:
        if all(symbol.is_positive for symbol in at.free_symbols):
            continue  # a size
        for low, high in seen:
            ends = [Relation(Int(values.settled(low)), "<=", Int(at))]
            if high is not None:
                ends.append(Relation(Int(at), "<=", Int(values.settled(high))))
            result += [relation for relation in ends if relation not in result]
    return result


def _free_letters(side: Tokens) -> set[str]:
    """The letters of a side that no sum in it binds."""
    bound: set[str] = set()
    for k, token in enumerate(side):
        if name_of(token) in ("sum", "prod"):
            for following in side[k + 1 : k + 6]:
                if following.kind == "char" and following.text.isalpha():
                    bound.add(following.text)
                    break
    return {t.text for t in side if t.kind == "char" and t.text.isalpha()} - bound


def together(claim: Claim, context: Context, scope: Scope) -> str:
    """Random symbols whose joint law a claim depends on although nothing is said of it; empty where there are none."""
    random = {law.target.name for law in context.random} | scope.lawless
    families = {law.target.name for law in context.random if isinstance(law.target, ex.Member)}
    for node in values_in(claim):
        if not isinstance(node, (ex.Expectation, ex.Variance, ex.Covariance)):
            continue
        names: set[str] = set()
        products = not isinstance(node, ex.Expectation)
        seen: set[Expression] = set()
        todo = list(node.operands)
        while todo:
            for inner in ex.walk(todo.pop()):
                if inner in seen:
                    continue
                seen.add(inner)
                if isinstance(inner, (ex.Mul, ex.Hadamard, ex.Kron)):
                    products = products or sum(_is_random(o, random, context) for o in inner.operands) > 1
                elif isinstance(inner, (ex.Norm, ex.Pow, ex.Apply, ex.Call, ex.Inverse, ex.Det)):
                    products = products or any(_is_random(o, random, context) for o in inner.operands)
                if isinstance(inner, (Var, ex.Member)):
                    names |= {inner.name} & random
                    todo += [d.body for d in context.definitions if d.target.name == inner.name]
        known = {law.target.name for law in context.random}
        if names & scope.lawless - known:
            return f"the law of {min(names & scope.lawless - known)}"
        if not products:
            continue
        if len(names) > 1 and not any(names <= group for group in scope.independent):
            first, second = sorted(names)[:2]
            return f"{first} and {second} are independent"
        said = scope.iid.union(*scope.independent)
        many = sorted(n for n in names & families if n not in said)
        if many and any(isinstance(i, ex.SumOver) for i in seen):
            return f"the {many[0]} are independent of each other"
    return ""


def _is_random(e: Expression, random: set[str], context: Context) -> bool:
    """Whether an expression, its definitions expanded, has something random in it."""
    todo, seen = [e], set()
    while todo:
        for node in ex.walk(todo.pop()):
            if isinstance(node, (Var, ex.Member)) and node.name not in seen:
                seen.add(node.name)
                if node.name in random:
                    return True
                todo += [d.body for d in context.definitions if d.target.name == node.name]
    return False


def _letters(statement: Statement, k: int) -> set[str]:
    """The names that two sides of a statement are written with."""
    return {name_of(t) for side in statement.sides[k : k + 2] for t in side if name_of(t).isalpha()}


def _letters_of(tokens: Tokens) -> set[str]:
    return {name_of(t) for t in tokens if t.kind in ("char", "command") and t.text.isalpha()}


def _defined_letters(tokens: Tokens) -> set[str]:
    """The letters on the left of a definition; empty where a declaration is none."""
    for k in range(len(tokens)):
        if relation_of(tokens, k)[0] in (":=", "="):
            return _letters_of(tokens[:k])
    return set()


def _is_change(node: Expression) -> bool:
    """Whether a node is a perturbation such as dX."""
    return isinstance(node, Var) and len(node.name) > 1 and node.name[0] == "d" and node.name[1:].isalpha()


def values_in(claim: Claim) -> set[Expression]:
    """All that a claim is made of."""
    sides = (claim.left, claim.right) if isinstance(claim, Relation) else (claim.subject,)
    return {node for side in sides for node in ex.walk(side)}


def _shown(relation: str) -> str:
    return {"<=": "\\le", ">=": "\\ge", "!=": "\\ne", "succ": "\\succ", "succeq": "\\succeq"}.get(relation, relation)


def _is_zero(e: Expression) -> bool:
    return isinstance(e, ex.Zeros) or e == Num(0)


def _is_stationarity(claim: Relation) -> bool:
    return _is_zero(claim.right) and isinstance(claim.left, DERIVATIVES)


def _definite(left: Expression, op: str, right: Expression) -> Predicate:
    if op in ("prec", "preceq"):
        left, right = right, left
    kind = "positive definite" if op in ("succ", "prec") else "positive semidefinite"
    return Predicate(kind, left if _is_zero(right) else ex.Add(left, ex.Neg(right)))


def _compared(left: Expression, op: str, right: Expression) -> Relation:
    """A number beside an integer expression is one too: relations between integers have Int on both sides."""
    if op != "=":
        if isinstance(left, Int) and isinstance(right, Num) and right.value.is_Integer:
            right = Int(right.value)
        elif isinstance(right, Int) and isinstance(left, Num) and left.value.is_Integer:
            left = Int(left.value)
    return Relation(left, op, right)


def varied_names(tokens: Tokens) -> frozenset[str]:
    """The names whose perturbations a display writes: X of dX, not x of d/dx."""
    items = stripped(tokens)
    found: set[str] = set()
    k = 0
    while k < len(items):
        token = items[k]
        if name_of(token) == "frac":
            k = _behind_fraction(items, k)
            continue
        width = 0
        if (token.kind == "char" and token.text == "d") or name_of(token) == "partial":
            width = 1
        elif token.kind == "command" and token.text == "mathrm" and plain_text(items[k + 1 : k + 4])[:1] == "d":
            width = 4 if k + 1 < len(items) and items[k + 1].kind == "open" else 2
        if width:
            following = k + width
            while following < len(items) and (
                items[following].kind == "open" or items[following].text in ("mathbf", "bm", "boldsymbol", "vec")
            ):
                following += 1
            if following < len(items) and name_of(items[following]).isalpha() and len(name_of(items[following])) >= 1:
                name = name_of(items[following])
                if items[following].kind == "char" or name in (
                    "Sigma",
                    "theta",
                    "beta",
                    "mu",
                    "Theta",
                    "Lambda",
                    "lambda",
                ):
                    found.add(name)
        k += 1
    return frozenset(found)


def _behind_fraction(items: Tokens, at: int) -> int:
    """Behind the two arguments of a fraction that is a derivative; else just behind the command."""
    k = at + 1
    if (
        k + 1 < len(items)
        and items[k].kind == "open"
        and (name_of(items[k + 1]) in ("partial", "d") or items[k + 1].text == "mathrm")
    ):
        depth = groups = 0
        for j in range(k, len(items)):
            depth += (items[j].kind == "open") - (items[j].kind == "close")
            if depth == 0:
                groups += 1
                if groups == 2:
                    return j + 1
    return at + 1


KNOWN_SCALAR = ("logistic", "tanh", "relu", "softplus", "exp", "sin", "cos")


def recognised(value: Expression, variable: Var) -> str:
    """The function of the table that a formula in one number is proved to be; empty where there is none."""
    for name in KNOWN_SCALAR:
        claim = Relation(value, "=", ex.Apply(name, variable))
        if check_step(Step("known", claim), Context(), budget=0.3).status is Status.PROVED:
            return name
    return ""


def check_document(document: Document, options: Options = USUAL, started: float | None = None) -> DocumentReport:
    """The report of a document that has been read; its time counts from ``started``."""
    started = perf_counter() if started is None else started
    checker = Checker(options, started)
    checker.run(document)
    return DocumentReport(document.file, tuple(checker.steps), tuple(checker.remarks), seconds=perf_counter() - started)


def check_file(path: Path, options: Options = USUAL) -> DocumentReport:
    """The report of a file; a file that cannot be read gives a report that says why."""
    started = perf_counter()
    try:
        document = read_document(path, started + READING * options.file_budget)
    except ReadError as error:
        return DocumentReport(str(path), failed=str(error))
    return check_document(document, options, started)


def check_text(text: str, options: Options = USUAL, *, file: str = "<text>", markdown: bool = False) -> DocumentReport:
    """The report of a text, as of a file."""
    started = perf_counter()
    try:
        document = read_text(text, file, markdown, until=started + READING * options.file_budget)
    except ReadError as error:
        return DocumentReport(file, failed=str(error))
    return check_document(document, options, started)
