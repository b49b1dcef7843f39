"""Documents -> reports: every step of every display gets a verdict.

May import the engine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from math import inf
from pathlib import Path
from time import perf_counter

from everystep.algebra import expressions as ex
from everystep.algebra.context import Hypothesis, Relation
from everystep.algebra.expressions import Expression, Num, Var
from everystep.algebra.shapes import index
from everystep.documents.asking import READING
from everystep.documents.carried import speaks_again
from everystep.documents.claims import (
    minimiser,
    without_constant,
    without_remainder,
)
from everystep.documents.conditions_beside import property_behind
from everystep.documents.differentials import counted_lines
from everystep.documents.doubting import Side
from everystep.documents.every_index import take_for_all
from everystep.documents.function_letters import declare_letters
from everystep.documents.given_anew import recognised
from everystep.documents.index_words import indices_compared
from everystep.documents.limits import ALARM, TimeUp, little_memory
from everystep.documents.looking import DEFECTS
from everystep.documents.member_indices import member_index
from everystep.documents.options import USUAL, Options
from everystep.documents.own_sizes import declare_own_sizes
from everystep.documents.real_variable import real_variable
from everystep.documents.reasons_shown import reasons_in_doubt
from everystep.documents.result import DocumentReport, Remark
from everystep.documents.said_before import generally, passed_over
from everystep.documents.solution_names import solution_of
from everystep.documents.spoken import (
    Uses,
    counts_members,
    free_letters,
    is_stationarity,
    letters_of,
    lone_number,
    varied_names,
)
from everystep.documents.stationary_points import declare_points
from everystep.documents.supposing import TAKEN, Supposing
from everystep.documents.unnamed import data_in_doubt, in_doubt, is_said_of_all, is_said_of_data
from everystep.documents.unnamed_values import clauses_without_formulas, values_in_doubt
from everystep.prove.verdict import Status, Verdict
from everystep.reader.cleaning import tokenize
from everystep.reader.conditions import says_condition, what_moves
from everystep.reader.counting import letters_that_count
from everystep.reader.declarations import Declarer
from everystep.reader.decomposed_letters import tied_letters
from everystep.reader.document import OUT_OF_TIME, ReadError, read_document, read_text
from everystep.reader.entities import DefinedFunction, Doubt, Notation, SaidAt, Symbolic
from everystep.reader.functions import CHANCE
from everystep.reader.givings import display_sentence, lists_conditions
from everystep.reader.independence import Spoken
from everystep.reader.marks import plain_text
from everystep.reader.prose import defines, supposes
from everystep.reader.puttings import put_values
from everystep.reader.reservations import begins_task, ends_suppositions
from everystep.reader.signs import ACCENTS, GREEK, STYLES
from everystep.reader.source import Declaration, Display, Document, Event, Part, Place, Pragma, Tokens, Trouble
from everystep.reader.statements import Statement, is_aligned, statements_of, under
from everystep.reader.stationarity import (
    goes_on,
    is_slope,
    named_is_zero,
    suffices,
    with_the_display,
    zeroes_a_gradient,
)
from everystep.reader.trees import Unreadable, latex_of, name_of, relation_of, split, stripped
from everystep.reader.two_readings import refuse_two_readings
from everystep.reader.values import Values


class Checker(Supposing):
    """Checks the events of a document one by one."""

    def run(self, document: Document) -> None:
        """Check a whole document."""
        self.outer.entrywise = document.entrywise
        self.outer.denies_entrywise = document.denies_entrywise
        self.outer.other_geometry = document.other_geometry
        self._conventions(document.other_signs)
        self.outer.plain_ones = document.plain_ones
        self.outer.softmaxes = document.softmaxes
        self.outer.counting = letters_that_count(document)
        self.outer.more_of_losses = document.more_of_losses
        orders = (event for event in document.events if isinstance(event, Pragma) and event.name == "problem")
        if document.dependence is not None:
            self.dependence = Spoken(document.dependence, tuple(order.place.line for order in orders))
        self.counted = counted_lines(document)
        self.following = words_behind(document.events, document.last_words)
        place = Place(document.file, 1, 1)
        try:
            with ALARM.set(self.end) if self.options.alarm else nullcontext():
                for event in _explained(_with_its_notes(document.events)):
                    place = event.place
                    if not self.take(event):
                        return
                self._infer_waiting()
        except TimeUp:
            ALARM.off()
            self._lost(Trouble(f"{OUT_OF_TIME}; this step and all that follow", place))

    def _conventions(self, told: frozenset[str]) -> None:
        """Take over what words say of signs and of the layout of derivatives, if they name one."""
        layouts = sorted(sign.removeprefix("layout=") for sign in told if sign.startswith("layout="))
        signs = {sign for sign in told if not sign.startswith("layout=")}
        if len(layouts) == 1 and "partial" not in signs:
            self.outer.layout = layouts[0]
        elif layouts:
            signs.add("partial")
        self.outer.notation |= dict.fromkeys(signs, Notation(None))

    def take(self, event: Event) -> bool:
        """Check the next event of a document; False when the time for it is used up and nothing more is read."""
        self.step_end = inf
        if perf_counter() > self.end and isinstance(event, Display):
            self._lost(Trouble(f"{OUT_OF_TIME}; this step and all that follow", event.place))
            return False
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
            self._end_definitions(event)
            self._part(event)
        else:
            try:
                self._display(event)
            except (Unreadable, *DEFECTS) as error:
                self._lost(Trouble(f"this display could not be read: {error}", event.place))
        return True

    # displays --------------------------------------------------------------------------------------

    def _display(self, display: Display) -> None:
        order, self.problem.order = self.problem.order, ""
        declare_own_sizes(self.problem.scope, display.tokens)
        self._shaped(statements_of(display.environment, display.tokens), order)
        self._give_up_waiting()
        passed_over(self.problem, display.ahead)
        take_for_all(self.problem.scope)
        self._end_siblings()
        self.problem.scope.displays += 1
        declare_letters(self.problem)
        self._found_again()
        if order == "skip":
            return
        if any(t.kind == "char" and t.text == "'" for t in display.tokens) or any(
            t.kind == "command" and t.text in ("top", "intercal") for t in display.tokens
        ):
            self.problem.scope.transposes = True
        statements = statements_of(display.environment, display.tokens)
        statements = under(statements, what_moves(display_sentence(display.prose).before, self.problem.before[-2:]))
        formulas, self.problem.before = self.problem.before, ()
        self.problem.beside = formulas
        formula = next(reversed(formulas), ())
        statements = self._without_new_numbers(self._conditions_found(self._joined(statements), display))
        if not statements and order not in ("define", "assume"):
            self._unsplit(display)
        for words in re.split(r"[.?!](?:\s+|$)|\n", display.prose):
            for clause in clauses_without_formulas(words):
                in_doubt(Declarer(self.problem.scope, recognised), clause)
                values_in_doubt(self.problem.scope, clause)
            if "$" not in words:
                speaks_again(self.problem, words, set())
                self._goes_on(words)
                self._refers_back(words)
                generally(self.problem, words)
                if ends_suppositions(words):
                    self.problem.scope.end_suppositions()
                elif begins_task(words):
                    self.problem.scope.drop_case()
            if (is_said_of_all(words) or is_said_of_data(words)) and len(self.problem.general) < MOST_GENERAL:
                self.problem.general.append((words, display.place.line))
        self._recall_general()
        kept, sentence = self.problem.scope, display_sentence(display.prose)
        if supposes(sentence) or defines(sentence):
            kept = kept.copy()
        statements = self._moments_stated(statements, sentence.before, order)
        self._models(statements, order)
        declare_points(Declarer(self.problem.scope, recognised), statements)
        self._given_anew_in_display(statements, display, order)
        supposed = self._suppositions(statements, display, order)
        defined = self._defined_first([s for s in statements if s not in supposed], order)
        self._set_to_zero(display, sentence.before, formula)
        passing = self._put_for_a_display(display, sentence.before, formulas)
        passing += self._drawn_from_conditions(display)
        passing += self._tied_letters(display)
        passing += self._said_beside(display)
        self._meant_for_a_while(kept, sentence)
        if lists_conditions(display.prose) and not any(s.leads or s.followed for s in statements):
            named = letters_of(formula) | {"T", "top", "Vert", "vert", "lVert", "rVert", "lvert", "rvert", "norm"}
            of_it = [s for s in statements if s not in defined and letters_of(tuple(s.raw)) <= named]
            for statement in statements:
                statement.asides += [tuple(s.raw) for s in of_it if s is not statement and statement not in defined]
        beside: Tokens = ()
        if order not in ("define", "assume") and not supposed and not defined:
            beside = property_behind(self.problem.scope, statements, display)
        if beside:
            statements[0].asides.append(beside)
        before: Statement | None = None
        for statement in statements:
            premises = before is not None and before.followed and statement.followed
            if not statement.leads and not premises:
                self.problem.consequence = []
                self.problem.lost_premise = False
            before = statement
            count = len(self.steps)
            if any(statement is one for one in supposed):
                for k in range(len(statement.relations)):
                    self._report(statement, k, display, TAKEN)
                continue
            self._guarded(statement, display, order, statement in defined)
            lost = any(step.status is Status.UNREADABLE for step in self.steps[count:])
            statements[-1].asides += [beside] if beside and lost else []
            self.problem.lost_premise = self.problem.lost_premise or (statement.followed and lost)
        if statements:
            self.problem.last = statements[-1]
        if self.problem.consequence:
            self.problem.concluded = display.place.line, tuple(self.problem.consequence)
        scope = self.problem.scope
        self.problem.zeroed = tuple(h for h in scope.temporary if isinstance(h, Relation) and is_stationarity(h))
        scope.drop_temporary()
        for_the_next, self.problem.premises = self.problem.premises, []
        scope.assume(*for_the_next)
        scope.temporary += for_the_next
        scope.doubts = tuple(doubt for doubt in scope.doubts if doubt not in passing)
        self.problem.begins = False
        self.problem.said_before = self.problem.standing = self.problem.scope.context.hypotheses

    def _recall_general(self) -> None:
        """What the text has said of all vectors, or of the data, may be meant of names that were declared since."""
        for words, line in self.problem.general:
            if is_said_of_all(words):
                in_doubt(Declarer(self.problem.scope, recognised), words)
            if is_said_of_data(words):
                data_in_doubt(self.problem.scope, words, line)

    def _set_to_zero(self, display: Display, words: str, formula: Tokens) -> None:
        """Assume for one display that the gradient is zero, as the words before it say, or those before the last one
        that it goes on from: the derivatives that the last display with any computes, or that of the one function that
        is defined.
        """
        scope = self.problem.scope
        words = with_the_display(words, display.prose)
        fresh: tuple[Hypothesis, ...] = ()
        known = {d.target for d in scope.context.definitions}
        letters = stripped(formula)
        entity = scope.find(name_of(letters[0])) if len(letters) == 1 else None
        unknown = isinstance(entity, Symbolic) and entity.value not in known  # "setting $a$ to zero" is about a
        slopes = self._slope_named(words, formula) if named_is_zero(words) else ()
        if slopes or zeroes_a_gradient(words, not unknown):
            slopes = slopes or self.problem.slopes[1] or self._slope_of_the_function()
            slopes = self._zero_where_sought(slopes, display)
            fresh = tuple(Relation(s, "=", Num(0) if s.is_number_shaped else ex.Zeros(*s.shape)) for s in slopes)
        elif goes_on(display.prose) and not any(name_of(t) in CHANCE for t in display.tokens):
            fresh = self.problem.zeroed  # a mean is taken over all data, wherever the minimiser is
        self.problem.made_zero = fresh if suffices(words) else ()
        if self.problem.made_zero:
            return
        fresh = tuple(h for h in fresh if h not in scope.context.hypotheses)
        for hypothesis in fresh:
            scope.assume(hypothesis)
            scope.lines[hypothesis] = SaidAt("the gradient is zero", display.place.line)
        scope.temporary += fresh

    def _put_for_a_display(self, display: Display, words: str, formulas: Sequence[Tokens]) -> tuple[Doubt, ...]:
        """What words put for a display, "setting $a = 0$ gives", "setting $a$ to $1$": it is in doubt there, and in
        those that go on from it.
        """
        scope = self.problem.scope
        fresh = list(self.problem.put) if goes_on(display.prose) else []
        for left, right in put_values(words, formulas):
            with suppress(Unreadable, *DEFECTS):
                told = latex_of(left) if isinstance(right, str) else f"{latex_of(left)} = {latex_of(right)}"
                hypothesis = self._put_at(left, right, display.place)
                if hypothesis.left == hypothesis.right:
                    continue  # the formula of a function: "the identity with $f(x) = x^\\top x$ gives"
                fresh.append(Doubt(hypothesis, f"${told}$ is put so", display.place.line))
        doubts = tuple(doubt for doubt in fresh if doubt not in scope.doubts)
        self.problem.put = tuple(fresh)
        scope.doubts += doubts
        return doubts

    def _drawn_from_conditions(self, display: Display) -> tuple[Doubt, ...]:
        """What the last arrow or condition of this part has put and drawn holds for a display that goes on from it in
        so many words, "hence"; for another one it is in doubt.
        """
        scope, (line, held) = self.problem.scope, self.problem.concluded
        fresh = [h for h in held if h not in scope.context.hypotheses]
        said = "what an earlier display supposes holds"
        if goes_on(display.prose) and display.prose.strip():
            for hypothesis in fresh:
                scope.assume(hypothesis)
                scope.lines[hypothesis] = SaidAt(said, line)
            scope.temporary += fresh
            return ()
        doubts = tuple(Doubt(h, said, line) for h in fresh)
        scope.doubts += doubts
        return doubts

    def _tied_letters(self, display: Display) -> tuple[Doubt, ...]:
        """Families beside a decomposition may be its entries or columns: that is in doubt."""
        scope = self.problem.scope
        tied = tied_letters(scope.names, scope.decompositions) if scope.decompositions else []
        said = "letters with an index are those of the decomposition"
        doubts = tuple(Doubt(h, said, display.place.line) for h in tied if h not in scope.context.hypotheses)
        scope.doubts += doubts
        return doubts

    def _said_beside(self, display: Display) -> tuple[Doubt, ...]:
        """What the sentence of a display, and the one that goes on behind it, says of its indices is in doubt, and so
        are the reasons that the display gives itself.
        """
        behind = re.split("[.?!]", self.following.get(id(display), ""))[0]
        beside = [token.text for token in display.tokens if token.kind == "text"]
        ahead = display_sentence(display.prose).before or display_sentence(display.prose.rstrip(" ?\n")).before
        words = " . ".join((ahead, *beside, behind))
        doubts = indices_compared(self.problem.scope, words, display.tokens, display.place.line)
        doubts += reasons_in_doubt(self.problem.scope, display)
        self.problem.scope.doubts += doubts
        return doubts

    def _put_at(self, left: Tokens, right: Tokens | str, place: Place) -> Relation:
        """That a formula has a value: another one, or ``"0"``, ``"1"``, ``"I"``.

        Raises Unreadable.
        """
        reader = Values(self.problem.scope)
        value = reader.finished(reader.read(left), place)
        if not isinstance(right, str):
            value, other = reader.relate(value, reader.read(right))
            return Relation(value, "=", reader.finished(other, place))
        if right == "I":
            return Relation(value, "=", Num(1) if value.is_number_shaped else ex.Eye(value.shape[0]))
        if value.is_number_shaped:
            return Relation(value, "=", Num(int(right)))
        return Relation(value, "=", ex.Zeros(*value.shape) if right == "0" else ex.Ones(*value.shape))

    def _slope_named(self, words: str, formula: Tokens) -> tuple[Expression, ...]:
        """The derivative that the last formula of the words begins with, or else what the display before computes."""
        if "$" not in words:
            return self.problem.slopes[1]
        (first, *_) = split(formula, ("=",))
        value = self._side(Values(self.problem.scope), first)
        return (value,) if isinstance(value, Expression) and is_slope(value, self.problem.scope.context) else ()

    def _slope_of_the_function(self) -> tuple[Expression, ...]:
        """The gradient of the one function that is defined, by its one argument, which is a declared name."""
        scope = self.problem.scope
        found = [e for e in scope.names.values() if isinstance(e, DefinedFunction)]
        if len(found) != 1 or len(found[0].parameters) != 1:
            return ()
        (parameter,) = found[0].parameters
        names = [f"\\{n}" if n in GREEK else n for n in (found[0].name.removeprefix("cal "), parameter)]
        value = self._side(Values(scope), tokenize(rf"\nabla_{{{names[1]}}} {names[0]}({names[1]})", ""))
        return (value,) if isinstance(value, Expression) and is_slope(value, scope.context) else ()

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

    def _conditions_found(self, statements: list[Statement], display: Display) -> list[Statement]:
        r"""A statement about integers alone, behind another one, says for which indices that one is meant; so does the
        sign of a name, unless it is aligned with the statements around it on a line of its own, ``\lambda &> 0 \\``, or
        is a matter of what is supposed.
        """
        result: list[Statement] = []
        for statement in statements:
            if (
                result
                and not statement.leads
                and says_condition(statement.words)
                and (
                    self._is_about_integers(statement)
                    or (
                        self._is_about_a_sign(statement)
                        and not is_aligned(statement, display.tokens)
                        and not self._is_claimed_sign(statement)
                    )
                )
            ):
                result[-1].conditions.append(tuple(statement.raw))
                result[-1].unclear = result[-1].unclear or statement.unclear
            else:
                result.append(statement)
        return result

    def _without_new_numbers(self, statements: list[Statement]) -> list[Statement]:
        r"""Declare the numbers whose sign stands behind an equation with them: ``f(w) = a w^2, a > 0``."""
        result: list[Statement] = []
        for statement in statements:
            sides = [stripped(tuple(side)) for side in statement.sides]
            letter = name_of(sides[0][0]) if len(sides) == 2 and len(sides[0]) == 1 else ""
            compared = statement.relations in (["<"], ["<="], [">"], [">="]) and plain_text(sides[-1]).isdigit()
            new = compared and letter.isalpha() and self.problem.scope.find(letter) is None and not statement.leads
            if new and any(letter in letters_of(tuple(before.raw)) for before in result):
                Declarer(self.problem.scope, recognised).declare(tuple(statement.raw))
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

    def _statement(self, statement: Statement, display: Display, order: str, defined: bool) -> None:
        first = 0
        if perf_counter() > self.deadline:
            for k in range(len(statement.relations)):
                self._report(statement, k, display, Verdict(Status.TESTED, "none", OUT_OF_TIME))
            return
        if statement.relations[0] in ("in", "sim"):
            self._declare_display(statement)
            return
        solved = None if defined or order else solution_of(statement, self.problem.consequence, self.problem.scope)
        if solved is not None:
            renamed = replace(statement, sides=[list(solved), *statement.sides[1:]], named=statement.sides[0])
            self._statement(renamed, display, order, defined)
            with suppress(Unreadable, *DEFECTS):  # from here on the name has this value, be it right or wrong
                left, right = map(tuple, statement.sides[:2])
                Declarer(self.problem.scope, recognised).define_from(left, right)
            return
        if defined:
            first = len(statement.relations) if order == "define" else 1
        scope = self.problem.scope
        if statement.conditions or statement.reasons or statement.every:
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
            self.problem.tainted |= letters_of(left)
            place = left[0].place if left else display.place
            self.remarks.append(Remark(f"this definition could not be read: {latex_of(tuple(statement.raw))}", place))
            first = 1
        if not defined and statement.relations[0] == "=" and defines(display_sentence(display.prose)):
            self._refuse_two_readings(*map(tuple, statement.sides[:2]))
        self.problem.varied |= varied_names(display.tokens, scope)
        values = Values(scope, self.problem.varied)
        variable = real_variable(statement, scope)
        if variable:
            values.locals = {variable: Var(variable)}
        sides, uses = self._read_sides(statement, values)
        number = lone_number(statement, sides, scope)
        if number:
            values = Values(scope, self.problem.varied)
            if counts_members(number, statement):
                values.bound[number] = index(number)  # h_t = h_0 + t w: one letter, one meaning
            else:
                values.guesses[number] = Var(number)
            sides, uses = self._read_sides(statement, values)
        counted = member_index(statement, sides, values.guesses, scope)
        if counted:  # v_n = c^n v_0: one letter, one meaning
            values = Values(scope, self.problem.varied)
            values.bound[counted] = index(counted)
            values.counted.add(values.bound[counted])
            sides, uses = self._read_sides(statement, values)
        if self._judged_by_differentials(statement, display, scope, first):
            return
        if not self._judged_as_any(statement, display, scope, first, sides):
            self._steps(statement, sides, uses, values, scope, first, display)

    def _refuse_two_readings(self, left: Tokens, right: Tokens) -> None:
        """Raises Unreadable for what may define a new name or not; then the old one is not read behind it either."""
        scope = self.problem.scope
        try:
            refuse_two_readings(scope, left, right)
        except Unreadable:
            scope.unsure.update(dict.fromkeys(letters_of(left), f"{latex_of(left)} = {latex_of(right)}"))
            raise

    def _read_sides(self, statement: Statement, values: Values) -> tuple[list[Side], list[Uses]]:
        """The sides of a statement, and the ranges of the indices that each speaks of."""
        sides: list[Side] = []
        uses: list[Uses] = []
        remainders: list[Tokens] = []
        free = [free_letters(tuple(side)) for side in statement.sides]
        how_often = Counter(letter for letters in free for letter in letters)
        values.count_to(tuple(token for side in statement.sides for token in side))
        values.compare_functions([tuple(side) for side in statement.sides])
        for side, own in zip(statement.sides, free, strict=True):
            values.elsewhere = {letter for letter, count in how_often.items() if count > (letter in own)}
            values.uses, values.side = {}, None
            whole = without_constant(side) if statement.constant else tuple(side)
            named = isinstance(values.scope.find("O"), Symbolic)  # A + O(A), with a matrix O
            tokens, small = (whole, ()) if named else without_remainder(whole, values.scope.find("o") is None)
            remainders.append(small)
            found = minimiser(tokens)
            sides.append(found if found is not None else self._side(values, tokens))
            uses.append(values.uses)
        statement.remainders = remainders
        return sides, uses

    def _assume(self, statement: Statement, display: Display) -> None:
        declarer = Declarer(self.problem.scope, recognised)
        for k, op in enumerate(statement.relations):
            left, right = tuple(statement.sides[k]), tuple(statement.sides[k + 1])
            try:
                declarer.relation(left, op, right)
                self._report(statement, k, display, Verdict(Status.ASSUMED, "assumed", "the author takes it as given"))
            except (Unreadable, *DEFECTS) as error:
                self._unreadable(statement, k, error, display)


MOST_GENERAL = 8
"""Sentences about all of a kind that are remembered."""
SPARE = 2.0
"""Seconds that reading may go on behind its end, which it looks for itself, before it is broken off."""

# A capital "With" begins what follows: "With $r := y - Xw$, we get".
_EXPLAINS = re.compile(r"^\W*([Ww]here|with|[Hh]ere|[Ii]n which|ou|[Oo]ù|avec)\b")
_ITS_OWN = re.compile(r"\b([Nn]ow|[Nn]ext|[Ss]uppose|[Aa]ssume|[Ii]f|[Cc]onsider|[Mm]aintenant|[Ss]upposons|[Ss]i)\b")
"""The sentence begins something of its own, which may have another object of the same name."""
_CONDITIONS = re.compile(r"^\W*(for|if|when|whenever|provided|assuming|pour|si|lorsque|quand|pourvu)\b(?!,)")
"""In small letters: the sentence goes on behind the display, "for $a > 0$", and holds for it."""
_REASONS = re.compile(
    r"^\W*(?:since|because|as|using|by|thanks to|given that|given|due to|in view of|as soon as|car|puisque|vu que|par|"
    r"gr[aâ]ce [aà]|en utilisant)\b(?!,)|^\W*(?:[Rr]ecall|[Rr]emember|[Rr]appel(?:ons|ez)?)\b"
)
"""In small letters: the sentence gives what the display rests on."""
_CONCLUDES = re.compile(r"^\W*(then|alors|we (have|get|obtain|find)|on (a|obtient|trouve))\b")
"""The condition is one for what follows: "if $a > 0$ then"."""


def words_behind(events: Sequence[Event], last_words: str = "") -> dict[int, str]:
    """The words behind each display, up to the next formula of the prose or the next display, by its identity."""
    found: dict[int, str] = {id(event): last_words for event in events[-1:] if isinstance(event, Display)}
    for event, after in zip(events, [*events[1:], None], strict=False):  # no events have none behind
        if isinstance(event, Display) and isinstance(after, Declaration | Display):
            found[id(event)] = after.before if isinstance(after, Declaration) else after.prose
    return found


def _with_its_notes(events: Sequence[Event]) -> list[Event]:
    """The events with what the notes of a paragraph say, which are read behind it, ahead of the displays that stand
    behind the mark of the note.
    """
    found: list[Event] = []
    for event in events:
        at = len(found)
        while isinstance(event, Declaration) and event.inline and at and _stands_behind(found[at - 1], event):
            at -= 1
        first = next((k for k in range(at, len(found)) if isinstance(found[k], Display)), len(found))
        found.insert(first, event)
    return found


def _stands_behind(one: Event, other: Event) -> bool:
    """Whether one of two events of a file stands behind the other in it."""
    a, b = one.place, other.place
    return a.file == b.file and (a.line, a.column) > (b.line, b.column)


def _explained(events: Sequence[Event]) -> Iterator[Event]:
    """The events in the order they are taken: what follows a display with "where" says what its letters are, what
    follows it with "since" what it rests on, and so does the first membership of letters that nothing before it
    speaks of.
    """
    k, known = 0, set[str]()
    while k < len(events):
        last, event = k + 1, events[k]
        while isinstance(event, Display) and last < len(events) and _explains(events[last], last == k + 1):
            last += 1
        while isinstance(event, Display) and last < len(events) and _types(events[last], event, known):
            last += 1
        known |= {n for e in events[k:last] if isinstance(e, Display | Declaration) for n in letters_of(e.tokens)}
        yield from (_conditional(event) for event in events[k + 1 : last])
        yield events[k]
        k = last


def _types(event: Event, display: Display, known: set[str]) -> bool:
    r"""Whether inline mathematics behind a display is ``W \in \mathbb{R}^{n \times d}`` of letters that the display
    speaks of and nothing before it.
    """
    if not isinstance(event, Declaration) or not event.inline or _ITS_OWN.search(event.before):
        return False
    at = next((k for k in range(len(event.tokens)) if relation_of(event.tokens, k)[0]), 0)
    names = letters_of(event.tokens[:at]) - STYLES.keys() - ACCENTS.keys()
    space = any(t.text == "mathbb" for t in event.tokens[at:])
    typed = at > 0 and relation_of(event.tokens, at)[0] == "in" and space
    return bool(typed and names) and names <= letters_of(display.tokens) - known


def _explains(event: Event, first: bool) -> bool:
    """Whether inline mathematics stands in a sentence that begins with "where", or with "since"; ``first``: at its
    beginning.
    """
    if not isinstance(event, Declaration) or not event.inline:
        return False
    conditional = _CONDITIONS.match(event.before) and not _CONCLUDES.match(event.after)
    told = _EXPLAINS.match(event.before) or _REASONS.match(event.before) or conditional
    return bool(told) and (not first or not event.earlier)


def _conditional(event: Event) -> Event:
    """A condition behind a display is one for that display."""
    if not isinstance(event, Declaration) or not _CONDITIONS.match(event.before) or _CONCLUDES.match(event.after):
        return event
    return replace(event, before=_CONDITIONS.sub("if", event.before), is_open=True)


def check_document(document: Document, options: Options = USUAL, started: float | None = None) -> DocumentReport:
    """The report of a document that has been read; its time counts from ``started``."""
    started = perf_counter() if started is None else started
    checker = Checker(options, started)
    checker.run(document)
    return DocumentReport(document.file, tuple(checker.steps), tuple(checker.remarks), seconds=perf_counter() - started)


def check_file(path: Path, options: Options = USUAL) -> DocumentReport:
    """The report of a file; a file that cannot be read gives a report that says why."""
    started = perf_counter()
    until = started + READING * options.file_budget
    with little_memory() if options.alarm else nullcontext():
        try:
            with ALARM.set(until + SPARE) if options.alarm else nullcontext():
                document = read_document(path, until)
        except ReadError as error:
            return DocumentReport(str(path), failed=str(error))
        except (TimeUp, MemoryError):
            ALARM.off()
            return DocumentReport(str(path), failed=f"{path}:1:1: reading it takes too much time, or memory")
        return check_document(document, options, started)


def check_text(text: str, options: Options = USUAL, *, file: str = "<text>", markdown: bool = False) -> DocumentReport:
    """The report of a text, as of a file."""
    started = perf_counter()
    try:
        document = read_text(text, file, markdown, until=started + READING * options.file_budget)
    except ReadError as error:
        return DocumentReport(file, failed=str(error))
    return check_document(document, options, started)
