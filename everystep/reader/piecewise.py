r"""Cases and indicators: values that depend on where a number lies, ``\mathbb{1}[x > 0]``.

A value by cases is written with relu and step, so that both judges know it.  Let the number be t, the values a left and
b right of a threshold c, and J = b - a.  Where J vanishes for t = c, the value is a + J(c + relu(t - c)), at the
threshold too.  Else it is a + J step(t - c), which has no value at the threshold: nothing is claimed of what an author
says there.  May import ``everystep.algebra``, the calculus and this package.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence

from sympy import Rational

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Relation
from everystep.algebra.expressions import Expression, Int, Num, Var
from everystep.algebra.shapes import ShapeError
from everystep.algebra.substitution import BINDERS, instance
from everystep.calculus.core import Core
from everystep.calculus.indices import Integers
from everystep.calculus.lowering import Lowering
from everystep.calculus.networks import Exhausted, Undecided
from everystep.reader.cleaning import tokenize
from everystep.reader.names import Names
from everystep.reader.source import Place, Token, Tokens
from everystep.reader.trees import Node, Unreadable, depths, name_of, relation_of, split, stripped
from everystep.reader.whole_numbers import Comparison, is_whole, jumps, of_integers
from everystep.records import dataclass, field

ORDERED = ("<", "<=", ">", ">=", "=", "!=")
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
IF = frozenset(["if", "si", "when", "whenever", "lorsque", "quand", "for", "pour", "where", "where"])
ELSE = frozenset(["otherwise", "else", "sinon", "autrement", "elsewhere", "ailleurs"])
AND, OR = frozenset(("and", "et")), frozenset(("or", "ou"))
PARTIAL = frozenset(("log", "sqrt", "reciprocal"))
MOST_CASES = 6


@dataclass
class Case:
    """A row: its value, and when it holds: one of several conjunctions; None stands for "otherwise"."""

    value: Expression
    condition: list[list[Comparison]] | None
    place: Place | None = None


@dataclass
class Line:
    """A number t, thresholds in rising order, and the positions of the cases that hold between and at them.

    ``cells`` has one entry more than ``thresholds``; ``points`` may name none or several cases for each threshold.
    """

    number: Expression
    thresholds: list[Expression]
    cells: list[int]
    points: list[set[int]] = field(default_factory=list)


class Piecewise(Names):
    """The part of the reader that knows cases, and indicators of where a number lies."""

    # what is written -------------------------------------------------------------------------------

    def _cases(self, node: Node) -> Expression:
        """A value by cases."""
        if node.scripts or len(node.rows) > MOST_CASES:
            raise Unreadable("these cases are not read", node.place)
        delta = self._by_index(node)
        if delta is not None:
            return delta
        cases = [self._case(row, node) for row in node.rows]
        if any(case.condition is None for case in cases[:-1]):
            raise Unreadable("these cases are not read: only the last one may be all others", node.place)
        numbers = [case.value for case in cases if self.shape(case.value) is not None]
        for value in numbers[1:]:
            self.unify_shapes(numbers[0], value)
        for case in cases:
            case.value = self.resolved(case.value)
        chosen = self._chosen(cases, node)
        return chosen if chosen is not None else self._of_line(cases, self._line(cases, node), node)

    def _case(self, row: Sequence[Tokens], node: Node) -> Case:
        value, condition = self._cells(row, node)
        return Case(self.read(value), self._condition(condition, node), node.place)

    def _cells(self, row: Sequence[Tokens], node: Node) -> tuple[Tokens, Tokens]:
        """The value and the condition of a row; without an alignment mark the condition begins with words."""
        cells = [_without_styles(stripped(cell)) for cell in row]
        cells = [cell for k, cell in enumerate(cells) if cell or not k]
        if len(cells) == 1:
            at = next((k for k, t in enumerate(cells[0]) if t.kind == "text"), 0)
            cells = [cells[0][:at], cells[0][at:]]
        if len(cells) > 2 and all(t.kind == "text" for t in cells[1]):
            cells = [cells[0], tuple(t for cell in cells[1:] for t in cell)]  # & if & x > 0
        if len(cells) != 2 or not all(cells):
            raise Unreadable("these cases are not read: a row is a value and a condition", node.place)
        return _trimmed(cells[0]), cells[1]

    def _condition(self, tokens: Tokens, node: Node) -> list[list[Comparison]] | None:
        """A condition: conjunctions of which one holds; None for "otherwise"."""
        said = _trimmed(tuple(t for token in tokens for t in _opened(token)))
        words = [w for t in said if t.kind == "text" for w in t.text.lower().split()]
        if any(w in ELSE for w in words):
            if len(words) == len(said) == 1:
                return None
            raise Unreadable("these cases are not read: what does 'otherwise' leave?", node.place)
        if said and said[0].kind == "text" and said[0].text.lower() in IF:
            said = said[1:]
        if any(t.kind == "text" and t.text.lower() not in AND | OR for t in said):
            unknown = next(t.text for t in said if t.kind == "text" and t.text.lower() not in AND | OR)
            raise Unreadable(f"the word {unknown!r} in these cases is not understood", node.place)
        return [
            [pair for piece in _parted(part, AND, ("land", "wedge")) for pair in self._comparisons(piece, node)]
            for part in _parted(said, OR, ("lor", "vee"))
        ]

    def _comparisons(self, tokens: Tokens, node: Node) -> list[Comparison]:
        r"""``-1 \le x < 1`` as its comparisons."""
        sides: list[list[Token]] = [[]]
        relations: list[str] = []
        depth, k = 0, 0
        while k < len(tokens):
            op, width = relation_of(tokens, k) if depth == 0 else ("", 0)
            if op:
                relations.append(op)
                sides.append([])
                k += width
                continue
            depth += (tokens[k].kind in ("open", "begin")) - (tokens[k].kind in ("close", "end"))
            sides[-1].append(tokens[k])
            k += 1
        if not relations or any(op not in ORDERED for op in relations) or not all(sides):
            raise Unreadable("the condition of these cases is not read: it is no comparison of numbers", node.place)
        values = [_literal(self.resolved(self.read(tuple(side)))) for side in sides]
        return [(values[k], op, values[k + 1]) for k, op in enumerate(relations)]

    # indices ---------------------------------------------------------------------------------------

    def _by_index(self, node: Node) -> Expression | None:
        """Two cases of equal and of other indices, by Kronecker's delta; None where they are none."""
        rows = [self._cells(row, node) for row in node.rows]
        if len(rows) != 2:
            return None
        found = [self._index_pair(condition) for _, condition in rows]
        if found[0] is None:
            return None
        (op, sides) = found[0]
        other_op, others = found[1] or ("", [])
        letters = [{name_of(side[0]) for side in pair} for pair in (sides, others)]
        rest = self._is_rest(rows[1][1]) or (letters[0] == letters[1] and {op, other_op} == {"=", "!="})
        if not rest or len(letters[0]) != 2:
            raise Unreadable("these cases of indices are not read", node.place)
        values = [self.read(value) for value, _ in rows]
        if not all(self.is_number(value) for value in values):
            raise Unreadable("cases of indices are read of numbers only", node.place)
        same, other = values if op == "=" else reversed(values)
        places = [self.integer(side) for side in sides]
        if any(_is_partial(value, {str(at) for at in places}) for value in values):
            raise Unreadable("these cases are not read: one of them has a value for its own indices only", node.place)
        delta = ex.Entry(ex.Eye(self._common_range(places)), *places)
        return _plus(other, _times(delta, instance(_minus(same, other), {places[1]: places[0]})))

    def _index_pair(self, condition: Tokens) -> tuple[str, list[Tokens]] | None:
        r"""``i = j`` or ``i \ne j`` of two indices; None for anything else."""
        said = _trimmed(tuple(t for token in condition for t in _opened(token)))
        if said and said[0].kind == "text" and said[0].text.lower() in IF:
            said = said[1:]
        marks = [(at, *relation_of(said, at)) for at in range(len(said)) if relation_of(said, at)[0]]
        if len(marks) != 1 or marks[0][1] not in ("=", "!="):
            return None
        at, op, width = marks[0]
        sides = [said[:at], said[at + width :]]
        if any(len(side) != 1 or self._index_of(side) is None for side in sides):
            return None
        return op, sides

    @staticmethod
    def _is_rest(condition: Tokens) -> bool:
        """Whether a condition says "otherwise"."""
        said = _trimmed(tuple(t for token in condition for t in _opened(token)))
        return len(said) == 1 and said[0].kind == "text" and said[0].text.lower() in ELSE

    def _index_of(self, side: Tokens) -> object | None:
        """The integer that one letter is as an index; None where the letter is a number of its own."""
        try:
            at = self.integer(side)
        except Unreadable:
            return None
        return at if at.is_Symbol else None

    # numbers ---------------------------------------------------------------------------------------

    def _line(self, cases: Sequence[Case], node: Node) -> Line:
        """Where which case holds; raises Unreadable where cases overlap or leave values out."""
        number = self._common_number(cases, node)
        pairs = [p for case in cases for part in case.condition or () for p in part]
        ends = [r if left == number else left for left, _, r in pairs]
        thresholds = self._in_order(list(dict.fromkeys(ends)), node)
        line = Line(number, thresholds, [], [set() for _ in thresholds])
        last = len(cases) - 1
        others = cases[last].condition is None
        for cell in range(2 * len(thresholds) + 1):
            holding = {k for k, case in enumerate(cases) if self._holds(case, line, cell)}
            if not holding and others:
                holding = {last}
            if cell % 2:
                line.points[cell // 2] = holding
                continue
            if not holding:
                raise Unreadable("these cases leave values out", node.place)
            if len(holding) > 1:
                raise Unreadable("these cases overlap", node.place)
            line.cells.append(holding.pop())
        return line

    @staticmethod
    def _holds(case: Case, line: Line, cell: int) -> bool:
        """Whether a case holds in a cell: ``2 k`` is what lies below threshold k, ``2 k + 1`` the threshold itself."""

        def true(left: Expression, op: str, right: Expression) -> bool:
            if left != line.number:
                left, op, right = right, TURNED[op], left
            at = 2 * line.thresholds.index(right) + 1
            return {
                "<": cell < at,
                "<=": cell <= at,
                ">": cell > at,
                ">=": cell >= at,
                "=": cell == at,
                "!=": cell != at,
            }[op]

        return any(all(true(*pair) for pair in part) for part in case.condition or ())

    def _common_number(self, cases: Sequence[Case], node: Node) -> Expression:
        """The number that all conditions compare with something; absolute values are taken apart where they must."""
        for apart in (False, True):
            if apart:
                for case in cases:
                    case.condition = _sizes_apart(case.condition)
            pairs = [p for case in cases for part in case.condition or () for p in part]
            if not pairs:
                break
            for number in (pairs[0][0], pairs[0][2]):
                if _rational(number) is None and all((left == number) != (right == number) for left, _, right in pairs):
                    return self._is_numeric(number, pairs, node)
            for number in (pairs[0][0], pairs[0][2]):
                if all((left == number) != (right == number) for left, _, right in pairs):
                    return self._is_numeric(number, pairs, node)
        raise Unreadable("these cases are not read: their conditions are not about one number", node.place)

    def _is_numeric(self, number: Expression, pairs: Sequence[Comparison], node: Node) -> Expression:
        if not all(self.is_number(side) for left, _, right in pairs for side in (left, right)):
            raise Unreadable("the conditions of cases are read of numbers only", node.place)
        return number

    def _in_order(self, thresholds: list[Expression], node: Node) -> list[Expression]:
        """Thresholds in rising order; raises Unreadable where it is not known."""
        result: list[Expression] = []
        for threshold in thresholds:
            at = 0
            for known in result:
                if self._is_less(known, threshold):
                    at += 1
                elif not self._is_less(threshold, known):
                    raise Unreadable("these cases are not read: which threshold is the larger one?", node.place)
            result.insert(at, threshold)
        return result

    def _is_less(self, a: Expression, b: Expression) -> bool:
        """Whether a number is known to be less than another one: of literals, and by what is assumed of a name."""
        low, high = _rational(a), _rational(b)
        if low is not None and high is not None:
            return bool(low < high)
        hypotheses = [h for h in self.scope.context.hypotheses if isinstance(h, Relation)]
        known = {(h.left, h.right) for h in hypotheses if h.op == "<"} | {
            (h.right, h.left) for h in hypotheses if h.op == ">"
        }
        if (a, b) in known:
            return True
        up, down = _not_below_0(a, b)
        return up is not None and down is not None and any((Num(0), n) in known for n in (up, down) if n != Num(0))

    # values ----------------------------------------------------------------------------------------

    def _of_line(self, cases: Sequence[Case], line: Line, node: Node) -> Expression:
        """The value by cases in terms of relu and step."""
        values = [case.value for case in cases]
        smooth = [self._meets(values, line, k, node) for k in range(len(line.thresholds))]
        names = {n.name for n in ex.walk(line.number) if isinstance(n, (Var, ex.Member))}
        partial = [_is_partial(values[k], names) for k in line.cells]
        for from_left in (True, False):
            far = len(line.cells) - 1 if from_left else 0
            beside = smooth[-1] if from_left else smooth[0]
            if all(not bad or (k == far and beside) for k, bad in enumerate(partial)):
                return _known(values, line, smooth) or self._stepwise(values, line, smooth, from_left)
        raise Unreadable("these cases are not read: one of them has no value outside of its own range", node.place)

    @staticmethod
    def _chosen(cases: Sequence[Case], node: Node) -> Expression | None:
        """The value where all that is compared are literals, as in f(0); None where it is not."""

        def true(pair: Comparison) -> bool:
            gap = (_rational(pair[0]) or Rational(0)) - (_rational(pair[2]) or Rational(0))
            holds = {"<": gap < 0, "<=": gap <= 0, ">": gap > 0, ">=": gap >= 0, "=": gap == 0, "!=": gap != 0}
            return bool(holds[pair[1]])

        pairs = [p for case in cases for part in case.condition or () for p in part]
        if not pairs or any(_rational(side) is None for left, _, right in pairs for side in (left, right)):
            return None
        holding = [c for c in cases if c.condition and any(all(map(true, part)) for part in c.condition)]
        holding = holding or [c for c in cases if c.condition is None]
        if len({case.value for case in holding}) != 1:
            raise Unreadable("these cases give no single value here", node.place)
        return holding[0].value

    def _meets(self, values: Sequence[Expression], line: Line, k: int, node: Node) -> bool:
        """Whether the values on both sides of a threshold agree there, and with what is said of it itself."""
        left, right, at = line.cells[k], line.cells[k + 1], line.points[k]
        others = {left, right} | at
        if left == right and at == {left}:
            return True
        meeting = bool(at) and all(
            _vanishes_at(_minus(values[left], values[other]), line.number, line.thresholds[k])
            for other in others - {left}
        )
        if left == right and not meeting:
            raise Unreadable("these cases are not read: a value at a single point", node.place)
        return meeting

    def _stepwise(
        self, values: Sequence[Expression], line: Line, smooth: Sequence[bool], from_left: bool
    ) -> Expression:
        """One value everywhere, and at each threshold what the value there changes by."""
        number = line.number
        order = range(len(line.thresholds)) if from_left else reversed(range(len(line.thresholds)))
        result = values[line.cells[0 if from_left else -1]]
        for k in order:
            near, far = (k, k + 1) if from_left else (k + 1, k)
            if line.cells[near] == line.cells[far]:
                continue
            before, after = values[line.cells[near]], values[line.cells[far]]
            if before == after:
                continue
            if smooth[k]:
                beyond = _clamped(number, line.thresholds[k], from_left)
                before, after = (_with_sizes(value, number).xreplace({number: beyond}) for value in (before, after))
                result = after if before == result else _plus(result, _minus(after, before))
                continue
            excess = _difference(number, line.thresholds[k])
            at = line.points[k]
            for beside, beyond in jumps(number, line.thresholds[k], [values[m] for m in at], after, from_left):
                step: Expression = ex.Apply("step", _plus(excess, beside))
                step = step if from_left else _minus(Num(1), step)
                result = result if beyond == before else _plus(result, _times(step, _minus(beyond, before)))
                before = beyond
        return result

    # indicators ------------------------------------------------------------------------------------

    @abstractmethod
    def _iverson(self, node: Node) -> Expression | None:
        """Kronecker's delta, of two indices in brackets; None for anything else."""

    @staticmethod
    def _indicated(tokens: Tokens) -> Tokens | None:
        """The condition in a subscript or in brackets; None where no relation stands there."""
        inside = stripped(tokens)
        pairs = {"{": "}", "[": "]", "(": ")", "lbrace": "rbrace"}
        while len(inside) > 2 and pairs.get(name_of(inside[0]), "") == name_of(inside[-1]) != "":
            inside = inside[1:-1]
        levels = depths(inside)
        said = any(not level and relation_of(inside, k)[0] in ORDERED for k, level in enumerate(levels))
        return inside if said else None

    def _indicator_beside(self, node: Node) -> Expression | None:
        """The indicator of what a bracket says; None where it says no relation."""
        said = self._indicated(node.tokens) if node.kind == "group" and node.text in ("[", "{", "(") else None
        if said is None:
            return None
        pair = self._index_pair(said)
        if pair is not None:
            places = [self.integer(side) for side in pair[1]]
            delta = ex.Entry(ex.Eye(self._common_range(places)), *places)
            return delta if pair[0] == "=" else _minus(Num(1), delta)
        if node.text != "(" and len(split(said, ("=",))) == 2:
            try:
                return self._iverson(node)
            except Unreadable:
                pass  # no indices
        return self.indicator(said, node)

    def indicator(self, condition: Tokens, node: Node) -> Expression:
        r"""1 where a condition holds, else 0: ``\mathbb{1}[x > 0]``; of a vector compared with 0, entry by entry."""
        parts = self._condition(stripped(condition), node)
        if parts is None:
            raise Unreadable("an indicator of what?", node.place)
        (left, op, right), *more = parts[0]
        shape = self.shape(left)
        if len(parts) == 1 and not more and shape is not None and shape != (1, 1) and op in ("<", ">", "<=", ">="):
            if right != Num(0) and not isinstance(right, ex.Zeros):
                raise Unreadable("an indicator of a vector is read where it is compared with 0", node.place)
            number = left if op in (">", ">=") else ex.Neg(left)
            self.indicators[ex.Apply("step", number)] = (number, Num(0), True)
            return ex.Apply("step", number)
        cases = [Case(Num(1), parts, node.place), Case(Num(0), None, node.place)]
        chosen = self._chosen(cases, node)
        if chosen is not None:
            return chosen
        if len(parts) == 1 and all(is_whole(side) for a, _, b in parts[0] for side in (a, b)):
            return of_integers(parts[0])
        line = self._line(cases, node)
        value = self._of_line(cases, line, node)
        if len(line.thresholds) == 1 and set(line.cells) == {0, 1}:
            self.indicators[value] = (line.number, line.thresholds[0], line.cells[1] == 0)
        return value

    def _with_indicators(self, product: Expression) -> Expression:
        r"""``x 1[x > 0]`` has a value at 0, too, where the other factors vanish there: it is relu(x)."""
        if not self.indicators or not isinstance(product, (ex.Mul, ex.Hadamard)):
            return product
        for position, factor in enumerate(product.operands):
            rest = product.operands[:position] + product.operands[position + 1 :]
            others = rest[0] if len(rest) == 1 else type(product)(*rest)
            if isinstance(product, ex.Hadamard):
                number = self.indicators[factor][0] if factor in self.indicators else factor
                if number is not factor and number in rest:
                    at = rest.index(number)
                    kept = [*rest[:at], ex.Apply("relu", number), *rest[at + 1 :]]
                    return kept[0] if len(kept) == 1 else ex.Hadamard(*kept)
                continue
            terms = factor.operands if isinstance(factor, ex.Add) and factor not in self.indicators else (factor,)
            plain = [term.operands[0] if isinstance(term, ex.Neg) else term for term in terms]
            places = {self.indicators[term][:2] for term in plain if term in self.indicators}
            if len(places) != 1 or not all(term in self.indicators or term == Num(1) for term in plain):
                continue
            ((number, threshold),) = places
            if not self.is_number(others) or not _vanishes_at(others, number, threshold):
                continue
            parts: list[Expression] = []
            for term, inside in zip(terms, plain, strict=True):
                part = others
                if inside in self.indicators:
                    part = others.xreplace({number: _clamped(number, threshold, self.indicators[inside][2])})
                parts.append(part if inside is term else ex.Neg(part))
            return parts[0] if len(parts) == 1 else ex.Add(*parts)
        return product


def _without_styles(tokens: Tokens) -> Tokens:
    """Without spacing commands, and ``\\mathrm{if}`` as words."""
    result: list[Token] = []
    k = 0
    while k < len(tokens):
        token = tokens[k]
        if token.kind == "command" and token.text in ("quad", "qquad", "displaystyle", "textstyle"):
            k += 1
            continue
        if token.kind == "command" and token.text in ("mathrm", "operatorname") and k + 1 < len(tokens):
            end = next((m for m in range(k + 1, len(tokens)) if tokens[m].kind == "close"), k)
            word = "".join(t.text for t in tokens[k + 2 : end])
            if tokens[k + 1].kind == "open" and word.lower() in IF | ELSE | AND | OR:
                result.append(Token("text", word, token.place))
                k = end + 1
                continue
        result.append(token)
        k += 1
    return tuple(result)


def _opened(token: Token) -> Iterator[Token]:
    """A token; of ``\\text{if $x > 0$}`` the words, and the formula between them."""
    if token.kind != "text":
        yield token
        return
    for k, piece in enumerate(token.text.split("$")):
        if k % 2:
            yield from stripped(tokenize(piece, token.place.file, token.place.line, token.place.column))
            continue
        for word in piece.split():
            if word.strip(".,;:"):
                yield Token("text", word.strip(".,;:"), token.place)


def _trimmed(tokens: Tokens) -> Tokens:
    """Without punctuation at the ends."""
    start, end = 0, len(tokens)
    while end > start and tokens[end - 1].kind == "char" and tokens[end - 1].text in ",;.:":
        end -= 1
    while start < end and tokens[start].kind == "char" and tokens[start].text in ",;:":
        start += 1
    return tokens[start:end]


def _parted(tokens: Tokens, words: frozenset[str], signs: tuple[str, ...]) -> list[Tokens]:
    """The pieces between words or signs."""
    marked = tuple(
        Token("command", signs[0], t.place) if t.kind == "text" and t.text.lower() in words else t for t in tokens
    )
    return split(marked, signs)


def _sizes_apart(condition: list[list[Comparison]] | None) -> list[list[Comparison]] | None:
    """A condition with ``|x| < c`` as ``-c < x < c`` and ``|x| > c`` as ``x < -c`` or ``x > c``."""
    if condition is None:
        return None
    result: list[list[Comparison]] = []
    for part in condition:
        options: list[list[Comparison]] = [[]]
        for pair in part:
            left, op, right = pair if _is_size(pair[0]) else (pair[2], TURNED[pair[1]], pair[0])
            if not _is_size(left):
                options = [[*o, pair] for o in options]
                continue
            (inside,) = left.operands
            low, high = (inside, TURNED[op], _negative(right)), (inside, op, right)
            if op in ("<", "<="):
                options = [[*o, low, high] for o in options]
            elif op in (">", ">="):
                options = [[*o, end] for o in options for end in (low, high)]
            else:
                options = [[*o, pair] for o in options]
        result += options
    return result


def _is_size(e: Expression) -> bool:
    return isinstance(e, ex.Apply) and e.function == "abs" and not e.order


def _negative(e: Expression) -> Expression:
    if isinstance(e, Num):
        return Num(-e.value)
    return e.operands[0] if isinstance(e, ex.Neg) else ex.Neg(e)


def _not_below_0(a: Expression, b: Expression) -> tuple[Expression | None, Expression | None]:
    """Names p, q (or 0) with ``a = -q`` and ``b = p``: a < b where one of them is positive and none is negative."""
    low = a.operands[0] if isinstance(a, ex.Neg) else Num(0) if a == Num(0) else None
    high = b if isinstance(b, (Var, ex.Member)) or b == Num(0) else None
    if low is None or high is None or (low != high and Num(0) not in (low, high)):
        return None, None
    return high, low


def _rational(e: Expression) -> Rational | None:
    """The value of a number that is written out; None for anything else."""
    if isinstance(e, Num):
        return e.value
    if isinstance(e, Int):
        return Rational(e.value) if e.value.is_Integer else None
    parts = [_rational(o) for o in e.operands]
    numbers = [p for p in parts if p is not None]
    if not parts or len(numbers) != len(parts):
        return None
    if isinstance(e, ex.Neg):
        return -numbers[0]
    if isinstance(e, ex.Add):
        return sum(numbers, Rational(0))
    if isinstance(e, ex.Mul):
        product = Rational(1)
        for n in numbers:
            product *= n
        return product
    if isinstance(e, ex.Div) and numbers[1] != 0:
        return numbers[0] / numbers[1]
    return abs(numbers[0]) if _is_size(e) else None


def _literal(e: Expression) -> Expression:
    """A number that is written out as one leaf: -1."""
    value = _rational(e)
    return e if value is None else Num(value)


def _minus(a: Expression, b: Expression) -> Expression:
    """a - b, with what cancels at once left out."""
    if b == Num(0) or isinstance(b, ex.Zeros):
        return a
    if a == Num(0):
        return _negative(b)
    first, second = _rational(a), _rational(b)
    if first is not None and second is not None:
        return Num(first - second)
    if isinstance(b, ex.Add) and len(b.operands) == 2 and b.operands[0] == a:
        return ex.Neg(b.operands[1])
    return ex.Add(a, ex.Neg(b))


def _plus(a: Expression, b: Expression) -> Expression:
    """a + b, without zeros."""
    if a == Num(0):
        return b
    return a if b == Num(0) else ex.Add(a, b)


def _times(a: Expression, b: Expression) -> Expression:
    return a if b == Num(1) else ex.Neg(a) if b == Num(-1) else ex.Mul(a, b)


def _difference(number: Expression, threshold: Expression) -> Expression:
    """What is positive above a threshold."""
    return number if threshold == Num(0) else ex.Add(number, _negative(threshold))


def _clamped(number: Expression, threshold: Expression, above: bool) -> Expression:
    """The number where it lies above (below) a threshold, else the threshold."""
    excess = _difference(number, threshold)
    if above:
        return _plus(threshold, ex.Apply("relu", excess))
    short: Expression = ex.Apply("relu", ex.Neg(number) if threshold == Num(0) else ex.Add(threshold, ex.Neg(number)))
    return ex.Neg(short) if threshold == Num(0) else ex.Add(threshold, ex.Neg(short))


def _with_sizes(e: Expression, number: Expression) -> Expression:
    """The same value with even powers of x as those of ``|x|``, and ``x^T x`` as the square of a norm, if it is that.

    Only where the number is ``|x|`` or a norm.
    """
    if isinstance(e, ex.Pow) and _is_size(number) and e.operands[0] == number.operands[0]:
        exponent = e.operands[1]
        if isinstance(exponent, Num) and exponent.value.is_integer and exponent.value.is_even:
            return ex.Pow(number, exponent)
    if isinstance(number, ex.Norm) and number.kind == "2" and isinstance(e, ex.Mul):
        (inside,) = number.operands
        if e.operands == (ex.Transpose(inside), inside) and e.is_number_shaped:
            return ex.Pow(number, Num(2))
    if not e.operands or e == number:
        return e
    parts = [_with_sizes(a, number) if isinstance(a, Expression) else a for a in e.args]
    rebuilt: Expression = e.func(*parts)
    return rebuilt


def _vanishes_at(e: Expression, number: Expression, threshold: Expression) -> bool:
    """Whether a value is 0 wherever a number is at a threshold, whatever stands for everything else in it."""
    bound = {str(n.args[1]) for n in ex.walk(e) if isinstance(n, BINDERS)}
    if any(
        isinstance(n, ex.DERIVATIVES) or (isinstance(n, ex.Apply) and n.function in ("step", "sign"))
        for n in ex.walk(e)
    ):
        return False
    if bound & {str(s) for s in number.free_symbols}:
        return False
    try:
        at = _with_sizes(e, number).xreplace({number: threshold})
        rows, columns = at.shape
        symbols = {str(s) for s in at.free_symbols if s.is_positive}
        lowering = Lowering(Core(Integers([], symbols)), Context())
        return not lowering.poly(at) if (rows, columns) == (1, 1) else False
    except (Undecided, Exhausted, ShapeError, ValueError, TypeError, LookupError, ArithmeticError):
        return False


def _is_partial(e: Expression, names: set[str]) -> bool:
    """Whether a value may be missing for some values of names: a quotient, a logarithm, a root of what has them."""

    def written(part: Expression) -> bool:
        leaves = {n.name for n in ex.walk(part) if isinstance(n, (Var, ex.Member))}
        return bool((leaves | {str(s) for s in part.free_symbols}) & names)

    for node in ex.walk(e):
        if isinstance(node, ex.Div) and written(node.operands[1]):
            return True
        if isinstance(node, ex.Pow) and written(node):
            exponent = node.operands[1]
            if not (isinstance(exponent, Num) and exponent.value.is_integer and exponent.value >= 0):
                return True
        if isinstance(node, ex.Apply) and node.function in PARTIAL and written(node):
            return True
        if isinstance(node, (ex.Inverse, ex.PseudoInverse, ex.MatrixFunction, ex.Call)) and written(node):
            return True
    return False


def _known(values: Sequence[Expression], line: Line, smooth: Sequence[bool]) -> Expression | None:
    """relu, abs, a maximum or a minimum; None where the cases are none of these."""
    if len(line.thresholds) != 1 or not smooth[0]:
        return None
    low, high = (values[k] for k in line.cells)
    number, threshold = line.number, line.thresholds[0]
    zero = threshold == Num(0)
    opposite = (ex.Neg(number), ex.Mul(Num(-1), number))
    if high == number and low == threshold:
        return ex.Apply("relu", number) if zero else ex.Max(number, threshold)
    if low == number and high == threshold and not zero:
        return ex.Min(number, threshold)
    if zero and high == number and low in opposite:
        return ex.Apply("abs", number)
    if zero and high == Num(0) and low in opposite:
        return ex.Apply("relu", ex.Neg(number))
    return None
