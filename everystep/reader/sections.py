"""Names of an earlier section in a later one, which may mean something else by them without a word.

A problem or an exercise starts over, and so does a section that declares names of an earlier one again: what it gives a
value is new in it, and what it does not declare has the shape that fits what it does.
May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from itertools import product

from everystep.algebra import expressions as ex
from everystep.algebra.context import Definition, Recurrence
from everystep.algebra.expressions import Var
from everystep.algebra.shapes import ONE, Shape, ShapeError, same_shape
from everystep.reader import patterns as re
from everystep.reader.anew import defined_by
from everystep.reader.components import whole_of
from everystep.reader.entities import (
    DefinedFunction,
    FamilyName,
    OpaqueFunction,
    Rows,
    ScalarFunctionName,
    Size,
    Symbolic,
)
from everystep.reader.givings import Giving
from everystep.reader.governing import NEGATION
from everystep.reader.marks import is_unknown, plain_text
from everystep.reader.pieces import pieces_of, trimmed
from everystep.reader.prose import Sentence
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.stated_moments import is_moment
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, name_of, relation_of, split, stripped
from everystep.reader.values import Values
from everystep.reader.words import plain

_OF_THEIR_OWN = ("problem", "problème", "probleme", "exercise", "exercice", "exo", "task")
"""Sections that start over; the questions of one exercise may go on from each other."""
_FUNCTIONS = ScalarFunctionName | DefinedFunction | OpaqueFunction


def starts_over(section: tuple[str, ...]) -> bool:
    """Whether a section is a problem or an exercise, as its heading calls it."""
    return bool(section) and section[-1].rpartition(" ")[2] in _OF_THEIR_OWN


def given_by_a_later_section(scope: Scope, left: Tokens, right: Tokens, how: Giving) -> str:
    """The name of an earlier section to which an equation of one that starts over gives a value; empty for others.

    ``how``: what the words say of the equation.  Whatever they say, a function of more or fewer arguments is another
    one, and so is a function of names that the right side speaks of where the name was none.
    """
    left = trimmed(left)
    if not left or not scope.starts_over:
        return ""
    try:
        node = parse(left, scope.words())
    except Unreadable:
        return ""
    head, arguments = _head(node, scope)
    if head is None:
        return ""
    entity, rest = Values(scope).entity_of(head)
    name = next((key for key, known in scope.names.items() if known is entity), "")
    if rest or not name or (isinstance(entity, FamilyName | Rows) and not arguments) or not is_left_over(scope, name):
        return ""
    given = how is Giving.DEFINES or how is Giving.UNCLEAR
    if not arguments:
        targets = {d.target for d in scope.context.definitions}
        is_open = isinstance(entity, Symbolic) and entity.value not in targets and name not in scope.unclear
        return name if how is Giving.DEFINES or (given and not is_open) else ""
    if isinstance(entity, DefinedFunction):
        return name if given or len(entity.parameters) != len(arguments) else ""
    if isinstance(entity, _FUNCTIONS):
        return name if given else ""
    return name if set(arguments) <= {name_of(t) for t in right} or not _is_equation(scope, left, right) else ""


def is_another_function(scope: Scope, left: Tokens) -> str:
    """The function of an earlier section that the left side of an equation applies to declared names to which it cannot
    be applied, a number in the place of a vector: it is another one, whatever the words say.  Empty where it is none.
    """
    try:
        node = parse(trimmed(left), scope.words())
    except Unreadable:
        return ""
    head, arguments = _head(node, scope)
    entity = scope.find(head.text, head.style) if head is not None and arguments and not head.scripts else None
    name = next((key for key, known in scope.names.items() if known is entity), "")
    if not isinstance(entity, DefinedFunction) or not name or not is_left_over(scope, name):
        return ""
    if not all(isinstance(scope.find(argument), Symbolic) for argument in arguments):
        return ""
    pairs = zip(map(scope.find, entity.parameters), map(scope.find, arguments), strict=False)
    known = [(p.value, a.value) for p, a in pairs if isinstance(p, Symbolic) and isinstance(a, Symbolic)]
    if not entity.entrywise and any(p.is_number_shaped != a.is_number_shaped for p, a in known):
        return name
    try:
        return "" if _is_typed(Values(scope.copy()), node) else name
    except Unreadable:
        return name


def _is_equation(scope: Scope, left: Tokens, right: Tokens) -> bool:
    """Whether two sides that are read as they are have the same shape."""
    reader = Values(scope.copy())
    try:
        sides = reader.relate(reader.read(left), reader.read(trimmed(right)))
        return same_shape(*(reader.finished(side).shape for side in sides))
    except (Unreadable, ShapeError, ValueError):
        return False


def _head(node: Node, scope: Scope) -> tuple[Node | None, tuple[str, ...]]:
    """The name that the left side of a definition is, and the letters that it is a function of."""
    node = whole_of(node, scope)
    if node.kind in ("letter", "word"):
        return node, ()
    if node.kind != "product" or len(node.parts) != 2 or any(node.separators):
        return None, ()
    head, group = node.parts
    if head.kind not in ("letter", "word") or group.kind != "group" or group.text != "(" or group.scripts:
        return None, ()
    pieces = [stripped(piece) for piece in split(group.tokens, (",", ";"))]
    letters = tuple(name_of(piece[0]) for piece in pieces if piece and name_of(piece[0]).isalpha())
    return (head, letters) if len(letters) == len(pieces) else (None, ())


def is_left_over(scope: Scope, name: str) -> bool:
    """Whether a name was declared in an earlier section, and of a size: whether nothing of this one has it."""
    if not scope.is_from_another_section(name.removesuffix("[]")):
        return False
    entity = scope.names.get(name)
    return not isinstance(entity, Size) or not any(
        entity.value in extent.free_symbols
        for other, known in scope.names.items()
        if not scope.is_from_another_section(other.removesuffix("[]"))
        for extent in _shape(known) or ()
    )


def _shape(entity: object) -> Shape | None:
    """The shape of a name, and of the members of a family."""
    if isinstance(entity, Symbolic):
        return entity.value.shape
    return (entity.rows, entity.columns) if isinstance(entity, FamilyName) else None


def is_told_later(scope: Scope, right: Tokens, later: tuple[Tokens, ...]) -> bool:
    """Whether the rest of a sentence declares a name of an earlier section that a definition in it is written with."""
    letters = {name_of(t) for t in right}
    for tokens in later if scope.starts_over or scope.section else ():
        for piece in pieces_of(trimmed(tokens)):
            if piece.relations[:1] in (("in",), ("sim",), ()):
                told = {name_of(t) for t in piece.sides[0] if t.kind != "text"} & letters
                if any(is_left_over(scope, key) for n in told for key in (n, f"{n}[]") if key in scope.names):
                    return True
    return False


def unfit(scope: Scope, letters: set[str]) -> str:
    """The name of an earlier section among those that a step rests on, beside names of this one; empty for none."""
    used = rests_on(scope, letters)
    shaped = {key for name in used for key in (name, f"{name}[]") if _shape(scope.names.get(key)) is not None}
    old = {key for key in shaped if is_left_over(scope, key)}
    return min(old).removesuffix("[]") if old and old != shaped else ""


def rests_on(scope: Scope, letters: set[str]) -> set[str]:
    """Names with those that their definitions are written with, and so on."""
    rules: list[Definition | Recurrence] = [*scope.context.definitions, *scope.context.recurrences]
    found = set(letters)
    while True:
        bodies = [rule.body for rule in rules if rule.target.name in found]
        functions = [e.body for n in found if isinstance(e := scope.names.get(n), DefinedFunction)]
        further = {n.name for body in bodies for n in ex.walk(body) if isinstance(n, Var | ex.Member)}
        further |= {name for body in functions for name in _letters(body)}
        if further <= found:
            return found
        found |= further


_SAMPLE = re.compile(
    r"\b(let|soit|soient|consider|given|take|considerons|on considere|draw|observe|suppose|samples?|observations?|data|"
    r"donnees|denote|call|write|on note|notons|on appelle|appelons|with|avec|of (?:columns|rows)|"
    r"de (?:colonnes|lignes))\b"
)


_DRAWN_ANEW = re.compile(
    r"\W*(?:be|are|denote|soient|sont|des|une?|an?)?\W*(?:\w+ ){0,3}?"
    r"(?:i\.?\s?i\.?\s?d\b|independent|independante?s?|random|samples?|echantillon|observations?|variables aleatoires)"
)
"""Behind a list of what is drawn: no rows or entries of what an earlier question has."""


def begins_sample(scope: Scope, tokens: Tokens, sentence: Sentence) -> None:
    r"""``x_1, \\dots, x_n`` and ``y_i \\in \\mathbb{R}`` that a section introduces are no entries of older names."""
    fresh = scope.starts_over or _DRAWN_ANEW.match(plain(sentence.after)) is not None
    piece = pieces_of(trimmed(tokens))[0] if fresh and tokens else None
    side = trimmed(piece.sides[0]) if piece is not None else ()
    listed = any(name_of(t).endswith("dots") for t in side)
    member = piece is not None and piece.relations[:1] in (("in",), ("sim",))
    if not (listed or member) or len(side) < 2 or side[1].kind != "sub" or not _SAMPLE.search(plain(sentence.before)):
        return
    name = name_of(side[0])
    entity = scope.names.get(name)
    whole = any(len(stripped(f)) == 1 and name_of(stripped(f)[0]) == name for f in sentence.later)
    if isinstance(entity, Symbolic) and not entity.value.is_number_shaped and not whole and is_left_over(scope, name):
        leave_behind(scope, name, side[0].place.line)


_GOES_ON = re.compile(
    r"\b(?:from|of|in|using|by|to|with|as|see|continu\w*|de|du|dans|par|avec|reprenons|on reprend|suite)\b[^.;:$]{0,30}"
    r"\b(?:problems?|exercises?|questions?|sections?|exercices?|problemes?) (?:\d|[IVX]+\b|\$)|"
    r"\b(?:same|memes?|keep\w*|kept|gardons|on garde|previous|preceding|earlier|last|precedente?s?|above|ci-dessus|"
    r"notre|still|toujours)\b[^.;:$]{0,20}"
    r"\b(?:setting|setup|notations?|data|model|assumptions|hypotheses|donnees|modele|cadre|problems?|exercises?|"
    r"questions?|sections?|exercices?|problemes?)\b"
)


def goes_on(words: str) -> bool:
    """Whether words tie a section to an earlier one: "with the notation of Problem 1", "in the same setting"."""
    return _GOES_ON.search(plain(words)) is not None


_AS_BEFORE = re.compile(
    r"\b(?:as|like|comme|ainsi que|tels? que|telles? que|same \w+ as) (?:(?:it |they )?(?:was|were|is) )?"
    r"(?:above|before|previously|earlier|plus haut|ci-dessus|precedemment|avant|auparavant|dans la partie precedente|"
    r"in the previous (?:part|question|section))\b"
)


def is_as_before(before: str, after: str) -> bool:
    """Whether the words just behind a formula say that it is what it was: "$e$ as above", « comme plus haut »."""
    behind = re.split(r"[$.;:]", plain(after))[0]
    return _AS_BEFORE.search(behind) is not None and NEGATION.search(plain(f"{before} {behind}")) is None


def leave_behind(scope: Scope, name: str, line: int) -> None:
    """Forget a name of an earlier section; what was made of it there is not clear from here on."""
    for other in defined_by(scope, name.removesuffix("[]")):
        scope.unclear[other] = f"{other} is made of the {name} of an earlier section, which line {line} gives anew"
    scope.forget(name.removesuffix("[]"))
    del scope.names[name]
    scope.declared_style.pop(name, None)


def fit(scope: Scope, side: Tokens) -> None:
    """Give the one name of an earlier section that makes a formula ill-typed the one shape that fits here.

    Only beside names that this section has declared, and only where no other name, and no other shape, would do.
    """
    if not scope.starts_over or scope.waits or not side:
        return
    reader = Values(scope.copy())
    try:
        tree = reader.tree(side)
    except Unreadable:
        return
    try:
        if _is_typed(reader, tree):
            return
    except Unreadable as error:
        if error.message.endswith("has no declaration"):
            return
    written = {
        key for name in _letters(tree) for key in (name, f"{name}[]") if _shape(scope.names.get(key)) is not None
    }
    old = sorted(key for key in written if is_left_over(scope, key))
    if not old or len(old) == len(written):
        return
    found = [(key, fitting) for key in old for fitting in _fitting(scope, key, tree)]
    if len(found) == 1:
        ((key, fitting),) = found
        leave_behind(scope, key, side[0].place.line)
        scope.declare(fitting.name, Symbolic(fitting, inferred=True), "")


def leave_e(scope: Scope, side: Tokens) -> None:
    """What an earlier section has called e is not what this one writes as a power of e."""
    if not scope.starts_over:
        return
    powers = any(name_of(t) == "e" and side[k + 1 : k + 2] and side[k + 1].kind == "sup" for k, t in enumerate(side))
    entity = scope.names.get("e")
    number = isinstance(entity, Symbolic) and entity.value.is_number_shaped
    if powers and entity is not None and not number and is_left_over(scope, "e"):
        leave_behind(scope, "e", side[0].place.line)


def _fitting(scope: Scope, key: str, tree: Node) -> list[Var]:
    """The shapes that a name can have in a formula."""
    name = key.removesuffix("[]")
    found: list[Var] = []
    for column, matrix in product((False, True), repeat=2):
        if matrix and not (column and name[:1].isupper()):
            continue
        reader = Values(scope.copy())
        rows, columns = reader.unknown() if column else ONE, reader.unknown() if matrix else ONE
        guess = Var(name, rows, columns)
        reader.scope.forget(name)
        del reader.scope.names[key]
        reader.scope.names[name] = Symbolic(guess, inferred=True)
        try:
            settled = _is_typed(reader, tree) and reader.resolved(guess)
        except Unreadable:
            continue
        if not isinstance(settled, Var) or (column and settled.shape == (ONE, ONE)):
            continue
        if any(is_unknown(s) for size in settled.shape for s in size.free_symbols):
            return [settled, settled]  # it may have any shape
        found.append(settled)
    return found


def _is_typed(reader: Values, tree: Node) -> bool:
    """Whether the shapes in a formula fit.  Raises Unreadable where it is not read for another reason."""
    try:
        value = reader.finished(reader.value(tree))
        return all(node.shape is not None for node in ex.walk(value) if isinstance(node, ex.Expression))
    except (ShapeError, ValueError):
        return False


def _letters(node: Node) -> set[str]:
    """The letters that a formula is written with, in its brackets and fractions, too."""
    found = {node.text} | {name_of(t) for t in node.tokens}
    for part in node.parts:
        found |= _letters(part)
    for _, tokens in node.scripts:
        found |= {name_of(t) for t in tokens}
    return found


def forget_functions(scope: Scope, tokens: Tokens) -> None:
    r"""Functions of an earlier section whose names a declaration writes as numbers, ``\sigma^2`` or ``\sigma > 0``, are
    functions no longer.
    """
    for name in {name_of(t) for t in tokens if t.kind != "text" and name_of(t).isalpha()}:
        if not isinstance(scope.find(name), _FUNCTIONS) or not scope.is_from_another_section(name):
            continue
        if all(_is_number_at(tokens, k) for k, token in enumerate(tokens) if name_of(token) == name):
            del scope.names[scope.key(name)]
            scope.were_functions.add(name)


def meant_otherwise(scope: Scope, tokens: Tokens) -> None:
    r"""Names of an earlier section that a declaration writes as something else are that from here on.

    ``a, b > 0`` with a new b makes a number of the vector a; ``m_i \\sim P`` members of the size m.
    """
    _function_anew(scope, trimmed(tokens))
    for piece in pieces_of(trimmed(tokens)):
        relation = piece.relations[0] if piece.relations else ""
        if relation in ("in", "sim") and any(map(scope.is_from_another_section, _declared(scope, piece.sides[0]))):
            scope.starts_over = not scope.goes_on
        if relation in ("<", ">", "<=", ">="):
            letters = next((found for side in piece.sides if len(found := _plain_letters(side)) > 1), [])
            if any(scope.find(letter) is None for letter in letters):
                for letter in letters:
                    entity = scope.find(letter)
                    vector = isinstance(entity, Symbolic) and entity.value.shape != (ONE, ONE)
                    if vector and scope.is_from_another_section(letter):
                        scope.declare(letter, Symbolic(Var(letter)), "")
        elif relation == "=" and piece.relations == ("=",):
            _moment_in_another_shape(scope, *map(stripped, piece.sides))
        elif relation in ("sim", "in"):
            left = stripped(piece.sides[0])
            name = name_of(left[0]) if len(left) > 1 and left[1].kind == "sub" else ""
            if isinstance(scope.names.get(name), Size) and scope.is_from_another_section(name):
                del scope.names[name]
            if relation == "sim":
                _forget_parameters(scope, piece.sides[1])
                _drawn_in_another_shape(scope, left, stripped(piece.sides[1]))


def _function_anew(scope: Scope, tokens: Tokens) -> None:
    r"""``f : \\mathbb{R}^d \\to \\mathbb{R}`` of a section is its own function, whatever an earlier one calls f."""
    letters = stripped(tokens)
    typed = len(letters) > 2 and name_of(letters[1]) in (":", "colon")
    name = (
        name_of(letters[0]) if typed and any(relation_of(letters, k)[0] == "to" for k in range(2, len(letters))) else ""
    )
    if isinstance(scope.find(name), DefinedFunction) and scope.is_from_another_section(name):
        leave_behind(scope, name, letters[0].place.line)


def _forget_parameters(scope: Scope, law: Tokens) -> None:
    r"""Functions of an earlier section that stand alone among the parameters of a law are numbers: ``p`` of a coin."""
    written = stripped(law)
    for k in range(1, len(written) - 1):
        name = name_of(written[k])
        alone = name_of(written[k - 1]) in ("(", ",") and name_of(written[k + 1]) in (")", ",")
        if alone and isinstance(scope.names.get(name), DefinedFunction) and scope.is_from_another_section(name):
            del scope.names[name]
            scope.were_functions.add(name)


def _moment_in_another_shape(scope: Scope, left: Tokens, right: Tokens) -> None:
    r"""The letter of an earlier section that is the mean or the variance of what has another shape is another one:
    ``\\mathbb{E}[x] = \\mu`` with a vector x, where mu was a number.
    """
    letter = name_of(right[0]) if len(right) == 1 else ""
    entity = scope.names.get(letter)
    left_over = isinstance(entity, Symbolic) and isinstance(entity.value, Var) and scope.is_from_another_section(letter)
    if not left_over or not is_moment(left) or not isinstance(entity, Symbolic):
        return
    try:
        reader = Values(scope.copy())
        shape = reader.shape(reader.read(left))
    except (Unreadable, ShapeError, ValueError):
        return
    if shape is not None and not same_shape(shape, entity.value.shape):
        leave_behind(scope, letter, right[0].place.line)
        scope.declare(letter, Symbolic(Var(letter, *shape), inferred=True), "")


def _drawn_in_another_shape(scope: Scope, side: Tokens, law: Tokens) -> None:
    r"""A name of an earlier section drawn from a law whose mean has another shape is another name: ``z \\sim
    N(\\mu, \\Sigma)`` with a vector mu, where z was a number.
    """
    letters = _plain_letters(side)
    mean = _first_argument(law)
    if not mean or scope.waits or not letters or not all(map(scope.is_from_another_section, letters)):
        return
    try:
        value = Values(scope.copy()).read(mean)
        shapes = [e.value.shape for e in map(scope.find, letters) if isinstance(e, Symbolic)]
        anew = isinstance(value, Var | ex.Member) and not any(same_shape(value.shape, shape) for shape in shapes)
    except (Unreadable, ShapeError, ValueError):
        return
    for letter in letters if anew and len(shapes) == len(letters) else ():
        leave_behind(scope, letter, side[0].place.line)


def _first_argument(law: Tokens) -> Tokens:
    """What stands first in the brackets of a law, ``\\mu`` of ``N(\\mu, \\Sigma)``; empty where it has none."""
    opening = next((k for k, t in enumerate(law) if name_of(t) == "("), None)
    parts = split(law[opening + 1 : -1], (",", ";")) if opening is not None else []
    return stripped(parts[0]) if len(parts) == 2 else ()


def _plain_letters(tokens: Tokens) -> list[str]:
    """The letters of a list of nothing else: ``a, b``."""
    parts = [stripped(part) for part in split(tokens, (",",))]
    return [name_of(part[0]) for part in parts] if all(len(p) == 1 and name_of(p[0]).isalpha() for p in parts) else []


def _is_number_at(tokens: Tokens, k: int) -> bool:
    """Whether the letter at a place stands as a number does: squared and applied to nothing, or first and compared."""
    behind = stripped(tokens[k + 1 :])
    if len(behind) > 1 and behind[0].kind == "sup" and plain_text(behind[1:2]) == "2":
        after = stripped(behind[2:])
        return not after or name_of(after[0]).removeprefix("left").removeprefix("big") not in ("(", "[")
    return k == 0 and bool(behind) and relation_of(behind, 0)[0] in ("<", ">", "<=", ">=")


def _declared(scope: Scope, side: Tokens) -> set[str]:
    """The names with a meaning in what a declaration declares."""
    letters = {name_of(t) for t in side if t.kind != "text"}
    return {name for name in letters if name in scope.names or f"{name}[]" in scope.names}
