"""A display -> its statements: which sides, which relations, which conditions.

Lines, alignment marks, commas and words are settled here; nothing is typed yet.
May import this package's grammar only.
"""

from __future__ import annotations

from collections.abc import Sequence

from everystep.reader import patterns as re
from everystep.reader.boxes import unboxed
from everystep.reader.conditions import (
    AND,
    CONDITION,
    CONSEQUENCE,
    ENDS_WITH_AND,
    EXCEPTING,
    IF,
    LEADING,
    REASON,
    SUPPOSED,
    SUPPOSES,
    TURNING,
    conditions_spelt,
    ends_a_condition,
    goes_on_with_and,
    has_relation,
    is_beside,
    is_said_of_a_name,
    quantifies,
    without_idle,
)
from everystep.reader.environments import balanced, broken_brackets_joined, flattened
from everystep.reader.signs import SEPARATORS, TENSORS
from everystep.reader.source import Place, Token, Tokens
from everystep.reader.trees import arrow_note, depths, name_of, relation_of, split, stripped
from everystep.reader.words import folded, plain, says_something
from everystep.records import dataclass, field, replace

PAIRED = ("align", "alignat", "flalign", "aligned", "alignedat", "array", "eqnarray", "split", "IEEEeqnarray")
UNCLEAR, ASIDE = "\0", "\1"
CONSTANT = re.compile(r"\bconst|\bcste|\bcte\b|terms? (not|independent)|termes? independants?")


@dataclass
class Statement:
    """``sides`` with ``relations`` between them.

    ``named``: how the first side is written, where that is a new name for what stands in ``sides``.
    ``leads``: ``"=>"`` or ``"<=>"`` where the statement is a consequence of the one before; ``followed``: whether one
    is drawn from it.  ``conditions`` are statements (as tokens) under which it is meant, ``reasons`` those which are
    said to make it true; ``asides`` say something of a name beside it, as a reason, a condition or a conclusion;
    ``unclear``: words that may change what it says; ``words``: those that it begins with.  ``every``: names that it is
    said for all of, and whether they are called numbers.
    """

    sides: list[list[Token]] = field(default_factory=lambda: [[]])
    relations: list[str] = field(default_factory=list)
    leads: str = ""
    named: list[Token] = field(default_factory=list)
    followed: bool = False
    conditions: list[Tokens] = field(default_factory=list)
    reasons: list[Tokens] = field(default_factory=list)
    asides: list[Tokens] = field(default_factory=list)
    every: list[tuple[Tokens, bool]] = field(default_factory=list)
    constant: bool = False
    unclear: str = ""
    words: str = ""
    raw: list[Token] = field(default_factory=list)
    remainders: list[Tokens] = field(default_factory=list)
    moving: dict[int, Tokens] = field(default_factory=dict)  # by the relation: what stands on an arrow, h \to 0

    @property
    def place(self) -> Place | None:
        return next((t.place for side in self.sides for t in side), None)

    def put_under(self, words: str, part: Tokens) -> None:
        """Take what stands beside it as a condition, or as a reason, as the words before it say."""
        of_every = quantifies(words)
        if of_every and not any(t.kind == "text" or relation_of(part, k)[0] for k, t in enumerate(part)):
            self.every.append((part, of_every == "number"))
            return
        reason = REASON.match(plain(words)) and not _tends(part)  # "as h tends to 0" is none
        (self.reasons if reason else self.conditions).append(part)


def statements_of(environment: str, tokens: Tokens) -> list[Statement]:
    """The statements of a display in reading order."""
    return _Splitter(environment, unboxed(tokens)).run()


class _Splitter:
    def __init__(self, environment: str, tokens: Tokens) -> None:
        self.tokens = conditions_spelt(balanced(broken_brackets_joined(flattened(stripped(tokens)))))
        inner = [t.text.rstrip("*") for t in tokens if t.kind == "begin"]
        self.paired = environment.rstrip("*") in PAIRED or any(name in PAIRED for name in inner)
        self.done: list[Statement] = []
        self.columns: dict[int, Statement] = {}
        self.head: Statement | None = None
        self.row: list[Statement] = []  # the statements of this line: all are premises of an arrow
        self.arrow = ""  # an arrow that what follows it is still to be read

    def run(self) -> list[Statement]:
        for row in split(self.tokens, ("newline",)):
            cells = split(row, ("align",))
            self.row = []
            before: int | None = None  # the column in which this line has stated something
            for column, segment, indented in self._segments(cells):
                if before is not None and before in self.columns and is_beside(segment):
                    self._segment(before, segment, indented, beside=True)
                else:
                    self._segment(column, segment, indented)
                    before = column if self.row or column in self.columns else before
        if self.head is not None and self.done:
            self.done[0].unclear = self.done[0].unclear or self.head.unclear
            self.done[0].asides += self.head.asides
        bracketed = _with_bracketed_conditions([s for s in self.done if any(s.sides)])
        return [part for statement in bracketed for part in _with_limits(statement)]

    def _segments(self, cells: list[Tokens]) -> list[tuple[int, Tokens, bool]]:
        """(column, tokens, whether the segment begins behind an empty cell)."""
        cells = [_without_empty_braces(c) for c in cells]
        full = [c for c in cells if c]
        middle = len(cells) == 3 and (len(cells[1]) <= 1 or _is_relation(cells[1]))
        if not self.paired or len(cells) <= 2 or middle or not full:
            joined = tuple(t for c in cells for t in c)
            return [(0, joined, len(cells) > 1 and not cells[0])]
        result = []
        for k in range(0, len(cells), 2):
            pair = cells[k : k + 2]
            joined = tuple(t for c in pair for t in c)
            if joined:
                result.append((k // 2, joined, not pair[0]))
        return result

    def _pending(self) -> Statement:
        """What words at the head of a display are kept by: the first statement takes them over."""
        self.head = self.head or Statement()
        return self.head

    # one segment of one line ------------------------------------------------------------------------

    def _segment(self, column: int, tokens: Tokens, indented: bool, beside: bool = False) -> None:
        current = self.columns.get(column)
        first = not beside  # what stands in a column of its own beside a statement is said of it
        unclear = excepted = ""
        spoken: list[Tokens] = []
        ahead: list[tuple[str, Tokens]] = []  # conditions at the head of the line, of the statement behind them
        parts = self._parts(tokens)
        for k, (words, part, consequence) in enumerate(parts):
            if words.startswith(UNCLEAR):
                target = current if current is not None else self._pending()
                target.unclear = words.removeprefix(UNCLEAR).strip()
                unclear = target.unclear if first else unclear  # words at the head of a line are of what follows, too
                excepted = target.unclear if EXCEPTING.match(plain(target.unclear)) else ""
                continue
            if words == ASIDE:
                target = current if current is not None else self._pending()
                target.asides.append(part)
                spoken += [part] if first else []
                continue
            if not part:
                if words and current is not None and CONSTANT.search(plain(words)):
                    current.constant = True
                continue
            condition = bool(words) and bool(CONDITION.match(plain(words)))
            reason = condition and bool(REASON.match(plain(words))) and len([t for t in part if name_of(t)]) > 1
            reason = reason and not _tends(part)
            said = part[-1].kind == "text" and not _is_mark(part, len(part) - 1)
            if (not condition or reason) and current is not None and said:
                current.asides.append(part)
                continue
            if condition and current is not None and not first:
                current.put_under(words, part)
                if IF.match(plain(words)):  # they may be meant as well
                    for other in self.row:
                        if other is not current and not other.conditions:
                            other.asides.append(part)
                continue
            leading = current is None or bool(LEADING.match(plain(words)))
            if condition and first and leading and _states(parts[k + 1 :]):
                ahead.append((words, part))
                continue
            if condition and current is not None and first and not indented:
                current.put_under(words, part)
                continue
            if ahead:
                current = current if relation_of(part, 0)[0] else None  # a statement of its own
            before = current
            current = self._add(current, part, first, indented, "=>" if consequence else "")
            if current is not before:
                current.words = words
                current.unclear = current.unclear or unclear or excepted
                current.asides += spoken
                excepted = ""
            for said_ahead, condition_ahead in ahead:
                current.put_under(said_ahead, condition_ahead)
            ahead = []
            first = False
        if current is not None:
            self.columns[column] = current

    def _parts(self, tokens: Tokens) -> list[tuple[str, Tokens, bool]]:
        r"""Pieces between ``\quad``, commas, semicolons and words: (words before, tokens, whether words conclude)."""
        levels = depths(tokens)
        result: list[tuple[str, list[Token], bool]] = [("", [], False)]
        for k, (token, level) in enumerate(zip(tokens, levels, strict=True)):
            if level:
                result[-1][1].append(token)
                continue
            name = name_of(token)
            if token.kind == "text" and _is_mark(tokens, k):
                result[-1][1].append(token)  # x_\text{new}
            elif token.kind == "text":
                words = plain(token.text)
                rest = next((t for t in tokens[k + 1 :] if t.kind not in ("align", "space")), None)
                at = tokens.index(rest, k + 1) if rest is not None else -1
                remark = rest is None or bool(relation_of(tokens, at)[0])
                operand_due = k > 0 and (
                    bool(relation_of(tokens, k - 1)[0])
                    or (name_of(tokens[k - 1]) in ("+", "-", *SEPARATORS) and not _is_mark(tokens, k - 1))
                )
                if operand_due and rest is not None and name_of(rest) in ("+", "-", *SEPARATORS):
                    result[-1][1].append(token)  # words in the place of a term: the step cannot be read
                    continue
                behind = bool(result[-1][0]) and bool(CONDITION.match(plain(result[-1][0])))
                if rest is None and behind and REASON.match(plain(result[-1][0])) and SUPPOSED.match(words):
                    continue
                if remark and rest is None and (behind or is_said_of_a_name(result, words)):
                    result[-1][1].append(token)  # for A \text{ symmetric}
                    continue
                ends = rest is not None and name_of(rest) in (",", ";", ":", "quad", "qquad")
                closed = bool(result[-1][1]) and words.endswith((",", ":", ";"))
                if behind and (ends or closed) and says_something(words) and not TURNING.search(words):
                    result[-1][1].append(token)  # for A \text{ symmetric}, A A = ...
                    if closed:
                        result.append(("", [], False))
                    continue
                if self._lists(result, tokens, k):
                    if AND.match(words):
                        result[-1][1].append(replace(token, kind="char", text=","))
                    else:  # if A, B \text{ are symmetric and } C
                        result[-1][1].append(replace(token, text=ENDS_WITH_AND.sub("", words)))
                        result.append(("if", [], False))
                    continue
                turning = TURNING.search(without_idle(words)) or re.fullmatch(r"\W*ou\W*", folded(token.text))
                if remark and not turning and without_idle(words) != words:
                    result += [(ASIDE, [token], False), ("", [], False)]
                    continue
                if AND.match(words) and not turning and has_relation(result[-1][1]) and IF.match(plain(result[-1][0])):
                    result.append(("if", [], False))  # if a = b \text{ and } c = d
                    continue
                if behind and rest is not None and says_something(words):
                    spoken_of = not has_relation(result[-1][1]) and not turning
                    result[-1][1].extend([token] if spoken_of else [])
                    result.append(("", [], False))  # since A \text{ is symmetric, this is} = 2 A x
                    if not turning:
                        continue
                if "$" in token.text and SUPPOSES.search(words) and not turning:
                    result += [(ASIDE, [token], False), ("", [], False)]
                    continue
                if turning:
                    result.append((UNCLEAR + token.text, [], False))
                    result.append(("", [], False))
                    continue
                if remark:
                    if CONSTANT.search(words):
                        result.append((token.text, [], False))
                        result.append(("", [], False))
                    elif rest is None and says_something(words):
                        result.append(("", [token], False))
                    continue
                result.append((token.text, [], bool(CONSEQUENCE.match(words))))
            elif name == "," and _in_a_number(tokens, k):
                result[-1][1].append(token)  # 0,5: a number in French, two in English
            elif name == "," and self._lists(result, tokens, k):
                result[-1][1].append(token)  # if A, B \text{ are symmetric}
            elif name == "," and goes_on_with_and(result[-1], tokens[k + 1 :]):
                result.append(("if", [], False))  # if a = b, c = d \text{ and } e = f
            elif name == ":" and ends_a_condition(result, tokens, k):
                result.append(("", [], False))
            elif name in (",", ";", "quad", "qquad", "because"):
                result.append(("because" if name == "because" else "", [], False))
            elif token.kind == "align":
                continue
            else:
                result[-1][1].append(token)
        return _regrouped([(w, _cleaned(_without_closing(w, tuple(p))), c) for w, p, c in result])

    @staticmethod
    def _lists(pieces: list[tuple[str, list[Token], bool]], tokens: Tokens, at: int) -> bool:
        """Whether a comma, or words, stand in a list of names of which a condition says something."""
        words, piece, _ = pieces[-1]
        if len(pieces) < 2 or not CONDITION.match(plain(words)) or not piece or has_relation(piece):
            return False
        if any(t.kind == "text" for t in piece) or TURNING.search(plain(tokens[at].text)):
            return False
        here = tokens[at]
        if here.kind == "text" and not AND.match(plain(here.text)):
            return says_something(plain(here.text)) and bool(ENDS_WITH_AND.search(plain(here.text)))
        for token in tokens[at + 1 :]:
            if token.kind == "text" and not AND.match(plain(token.text)):
                return says_something(plain(token.text))
            if relation_of((token,), 0)[0] or token.kind == "align" or name_of(token) in ("quad", "qquad"):
                return False
        return False

    def _add(self, current: Statement | None, part: Tokens, first: bool, indented: bool, leads: str) -> Statement:
        """Add a piece to the statement that goes on, or begin a new one."""
        leads = leads or self.arrow
        self.arrow = ""
        for arrow, tokens in _arrows(part):
            if arrow:
                leads = arrow
            if not tokens:
                if current is not None and arrow:
                    current.followed = True
                    self.arrow = arrow  # what it leads to stands behind a space, or in the next line
                continue
            self.arrow = ""
            relation, _ = relation_of(tokens, 0)
            operator = tokens[0].kind == "char" and tokens[0].text in "+-"
            joins = name_of(tokens[0]) in SEPARATORS or name_of(tokens[0]) in TENSORS
            dangling = current is not None and not current.sides[-1] and bool(current.relations)
            unfinished = current is not None and bool(current.sides[-1]) and _unfinished(current.sides[-1])
            relates = any(relation_of(tokens, k)[0] for k, d in enumerate(depths(tokens)) if d == 0)
            goes_on = (
                current is not None
                and not leads
                and (
                    bool(relation)
                    or dangling
                    or unfinished
                    or (first and joins)
                    or (first and operator and (indented or not relates or tokens[0].text == "+"))
                )
            )
            if goes_on and current is not None:
                self._continue(current, tokens)
                continue
            previous = current
            current = Statement(leads=leads)
            if leads and previous is not None:
                previous.followed = True
                for earlier in reversed(self.row):
                    earlier.followed = True
                    if earlier.leads:
                        break
            self.row.append(current)
            leads = ""
            self.done.append(current)
            self._continue(current, tokens)
            if relation and previous is not None and not current.sides[0]:
                current.sides[0] = list(previous.sides[-1])
        return current if current is not None else Statement()

    @staticmethod
    def _continue(statement: Statement, tokens: Tokens) -> None:
        levels = depths(tokens)
        statement.raw += tokens
        k = 0
        while k < len(tokens):
            found, width = relation_of(tokens, k) if levels[k] == 0 else ("", 0)
            if found:
                if statement.relations and not statement.sides[-1]:
                    statement.relations[-1] = found  # repeated at the end of a line and the start of the next
                else:
                    statement.relations.append(found)
                    statement.sides.append([])
                if found == "to" and width > 1:
                    statement.moving[len(statement.relations) - 1] = arrow_note(tokens, k)[0]
                k += width
            else:
                statement.sides[-1].append(tokens[k])
                k += 1


def _with_limits(statement: Statement) -> list[Statement]:
    r"""``A = B \to C`` with "when h \to 0": that A = B, and that the limit of B is C."""
    said = [c for c in statement.conditions if _tends(c)]
    at = next((k for k, op in enumerate(statement.relations) if op == "to" and (k in statement.moving or said)), None)
    if at is None or len(said) > 1:
        return [statement]
    note = statement.moving.get(at) or said[0]
    body = statement.sides[at]
    place = body[0].place if body else note[0].place

    def token(kind: str, text: str) -> Token:
        return Token(kind, text, place)

    sign = [token("command", "lim"), token("sub", "_"), token("open", "{"), *note, token("close", "}")]
    limit = [*sign, token("char", "("), *body, token("char", ")")]
    others = [c for c in statement.conditions if not _tends(c)]
    moves = [note[0], token("command", "in"), token("command", "mathbb"), token("open", "{")]
    number = (*moves, token("char", "R"), token("close", "}"))
    before = replace(statement, sides=statement.sides[: at + 1], relations=statement.relations[:at])
    before.conditions = [*others, number]
    behind = replace(
        statement,
        sides=[limit, *statement.sides[at + 1 :]],
        relations=["=", *statement.relations[at + 1 :]],
        moving={k - at: tokens for k, tokens in statement.moving.items() if k > at},
        leads="" if at else statement.leads,
    )
    further = _with_limits(replace(behind, conditions=others) if "to" not in behind.relations else behind)
    return [before, *further] if at else further


def is_aligned(statement: Statement, tokens: Tokens) -> bool:
    r"""Whether a statement is a line of its own with its relation in the column of relations: ``\\\ a &> 0``."""
    written = [t for t in tokens if t.kind != "space"]
    at = next((k for k, token in enumerate(written) if token.place == statement.place), 0)
    if at == 0 or written[at - 1].kind != "newline":
        return False
    relation = next((k for k in range(at, len(written)) if relation_of(tuple(written), k)[0]), at)
    return written[relation - 1].kind == "align"


def under(statements: list[Statement], condition: Tokens) -> list[Statement]:
    r"""The statements with what is said before the display, "when ``h \to 0``", of every arrow in them."""
    if not _tends(stripped(condition)):
        return statements
    result: list[Statement] = []
    for statement in statements:
        arrows = "to" in statement.relations
        said = [*statement.conditions, stripped(condition)] if arrows else statement.conditions
        result += _with_limits(replace(statement, conditions=said))
    return result


def _tends(condition: Tokens) -> bool:
    r"""Whether a condition says that a letter tends to something: ``h \to 0``."""
    marks = [relation_of(condition, k)[0] for k in range(len(condition))]
    return [mark for mark in marks if mark] == ["to"] and marks.index("to") == 1


def _states(parts: Sequence[tuple[str, Tokens, bool]]) -> bool:
    """Whether a statement without words of condition follows."""
    return any(
        part and not CONDITION.match(plain(words)) and not words.startswith(UNCLEAR) and has_relation(list(part))
        for words, part, _ in parts
    )


def _with_bracketed_conditions(statements: list[Statement]) -> list[Statement]:
    """A relation in brackets behind a formula is a condition: ``|a| = a (a > 0)``."""
    result: list[Statement] = []
    for statement in statements:
        if not statement.relations:
            inside = _bracketed_relation(statement.sides[0])
            if inside and result and len(inside) + 2 == len(statement.sides[0]):
                _put_beside(result[-1], inside)
            elif inside:
                result.append(statement)
            continue
        inside = _bracketed_relation(statement.sides[-1])
        if inside and len(inside) + 2 < len(statement.sides[-1]):
            _put_beside(statement, inside)
            del statement.sides[-1][len(statement.sides[-1]) - len(inside) - 2 :]
        result.append(statement)
    return [s for s in result if s.relations]


def _put_beside(statement: Statement, inside: Tokens) -> None:
    """A relation is a condition; a property in words may as well be a reason, or a conclusion."""
    related = any(relation_of(inside, k)[0] for k in range(len(inside)))
    turning = next((t.text for t in inside if t.kind == "text" and TURNING.search(plain(t.text))), "")
    statement.unclear = statement.unclear or turning
    words = inside[0].text if inside and inside[0].kind == "text" else ""
    if related:
        statement.put_under(words, inside)
    else:
        statement.asides.append(inside)


def _bracketed_relation(side: list[Token]) -> Tokens:
    """What stands in round brackets at the end of a side, where it is a relation or something said of a name."""
    if not side or name_of(side[-1]) != ")":
        return ()
    level = 0
    for k in range(len(side) - 1, -1, -1):
        level += (name_of(side[k]) == ")") - (name_of(side[k]) == "(")
        if level == 0:
            inside = tuple(t for t in side[k + 1 : -1] if t.kind != "text")
            found = any(relation_of(inside, j)[0] for j, d in enumerate(depths(inside)) if d == 0) or (
                bool(inside) and any(t.kind == "text" and says_something(t.text) for t in side[k + 1 : -1])
            )
            return tuple(side[k + 1 : -1]) if found else ()
    return ()


def _in_a_number(tokens: Tokens, at: int) -> bool:
    """Whether a comma stands between two digits without a space."""
    if at == 0 or at + 1 >= len(tokens):
        return False
    before, here, after = tokens[at - 1], tokens[at], tokens[at + 1]
    digits = before.kind == after.kind == "char" and before.text.isdigit() and after.text.isdigit()
    near = before.place.line == here.place.line == after.place.line
    return digits and near and after.place.column - before.place.column == 2


def _regrouped(parts: list[tuple[str, Tokens, bool]]) -> list[tuple[str, Tokens, bool]]:
    r"""Put together what a comma does not separate: ``i = 1, \dots, n`` and lists of names before a relation."""
    result: list[tuple[str, Tokens, bool]] = []
    k = 0
    while k < len(parts):
        words, part, consequence = parts[k]
        if (
            part
            and k + 2 < len(parts)
            and len(parts[k + 1][1]) == 1
            and name_of(parts[k + 1][1][0]).endswith("dots")
            and parts[k + 2][1]
        ):
            part = (*part, *parts[k + 1][1], *parts[k + 2][1])
            k += 2
        result.append((words, part, consequence))
        k += 1
    return result


def _without_closing(words: str, tokens: Tokens) -> Tokens:
    r"""The formula of ``\text{(note that } c > 0)`` without the bracket that the words have opened."""
    names = [name_of(t) for t in tokens]
    if words.count("(") <= words.count(")") or names[-1:] != [")"] or names.count("(") >= names.count(")"):
        return tokens
    return tokens[:-1]


def _arrows(tokens: Tokens) -> list[tuple[str, Tokens]]:
    """The pieces between arrows of implication, each with the arrow before it."""
    levels = depths(tokens)
    result: list[tuple[str, list[Token]]] = [("", [])]
    k = 0
    while k < len(tokens):
        found, width = relation_of(tokens, k) if levels[k] == 0 else ("", 0)
        arrow = found in ("=>", "<=>", "<==")
        if arrow:
            result.append((found, []))
            k += width
        else:
            result[-1][1].append(tokens[k])
            k += 1
    return [(a, _cleaned(tuple(t))) for a, t in result if a or t]


def _cleaned(tokens: Tokens) -> Tokens:
    """Without punctuation at the ends."""
    tokens = stripped(tokens)
    items = [t for t, d in zip(tokens, depths(tokens), strict=True) if d or t.kind != "align"]
    while items and name_of(items[-1]) in (".", ",", ";", "?", "quad", "qquad", ":", "right."):
        if name_of(items[-1]) == "right." and any(name_of(t) in ("{", "[", "(") for t in items):
            items.pop()
            continue
        items.pop()
    while items and name_of(items[0]) in (",", ";", "quad", "qquad"):
        items.pop(0)
    return _without_empty_braces(tuple(items))


def _without_empty_braces(tokens: Tokens) -> Tokens:
    items = list(tokens)
    while len(items) >= 2 and items[0].kind == "open" and items[1].kind == "close":
        del items[:2]
    return tuple(items)


def _is_relation(tokens: Tokens) -> bool:
    found, width = relation_of(tokens, 0)
    return bool(found) and width == len(tokens)


def _is_mark(tokens: Sequence[Token], at: int) -> bool:
    """Whether a sign is a superscript or a subscript: the plus of ``A^+``, the star of ``w^*``."""
    return at > 0 and tokens[at - 1].kind in ("sup", "sub")


def _unfinished(side: list[Token]) -> bool:
    """Whether a side ends with an operator or an open bracket, so that the next line goes on with it."""
    last = side[-1]
    if last.kind in ("char", "command") and name_of(last) in ("+", "-", *SEPARATORS, *TENSORS):
        return not _is_mark(side, len(side) - 1)
    balance = 0
    for token in side:
        name = name_of(token)
        balance += (
            token.kind == "open"
            or name in ("(", "[", "lbrace", "langle")
            or (token.kind == "command" and token.text == "{")
        )
        balance -= (
            token.kind == "close"
            or name in (")", "]", "rbrace", "rangle")
            or (token.kind == "command" and token.text == "}")
        )
    return balance > 0
