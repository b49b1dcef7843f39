"""The words of a display that join a condition, a reason or a consequence to a formula, and those that turn it.

May import this package's grammar only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from everystep.reader import patterns as re
from everystep.reader.cleaning import tokenize
from everystep.reader.source import Token, Tokens
from everystep.reader.trees import name_of, relation_of, stripped
from everystep.reader.words import plain, says_something

_GOES_ON = r"^\W*(?:(?:and|but|moreover|et|mais)\W+)?"
CONDITION = re.compile(
    _GOES_ON
    + r"(for|where|with|if|when|whenever|given|provided|such that|s\.?t\.?|since|because|as|under|pour|si|ou|avec|"
    r"lorsque|quand|tel|telle|tels|telles|sous|car|puisque|assuming|subject to)\b"
)
IF = re.compile(_GOES_ON + r"(if|when|whenever|given|provided|si|lorsque|quand|assuming|where|with|ou|avec)\b")
LEADING = re.compile(_GOES_ON + r"(for|if|when|whenever|given|provided|assuming|under|pour|si|lorsque|quand|sous)\b")
"""Words that, at the head of a line, may open what the rest of the line is said under."""
SUPPOSES = re.compile(
    r"\b(if|when|whenever|given|provided|such that|since|because|using|assuming|si|lorsque|quand|tels?|telles?|sous|"
    r"car|puisque|comme|en supposant|en utilisant)\b"
)
"""Words that may make a condition or a reason of what they are said with."""
REASON = re.compile(r"^\W*(since|because|as|car|puisque|comme)\b")
CONSEQUENCE = re.compile(
    r"^\W*(so|hence|thus|therefore|then|which (gives|implies|yields)|it follows|implies|donc|ainsi|alors|d'ou|"
    r"and hence|and so|and therefore|et donc|that is|i\.e|c'est-a-dire|soit)\b"
)
ENDS_WITH_AND = re.compile(r"\s*,?\s*\b(and|et)\W*$")
AND = re.compile(r"^\W*(and|et|or|ou bien|as well as|also|puis)\W*$")

TURNING = re.compile(
    r"\b(false|wrong|not|cannot|never|fails?|unless|only if|if and only if|iff|whether|up to|only for|or|faux|fausse|"
    r"ne|sauf|ou bien|suppose|assume|supposons|show|prove|montre[rz]?|hence not|in general|"
    r"even (for|if|when|though|without|where)|except(ed|ing)?|excluding|regardless|irrespective|other than|no longer|"
    r"untrue|incorrect|meme (pour|si|quand|sans)|hormis|excepte|contradict\w*|absurde?|possibly|perhaps|maybe|"
    r"pas (vraie?s?|correcte?s?|exacte?s?|juste|valable|valide|le cas|toujours)|"
    r"approx(imate(ly)?)?|roughly|nearly|almost|asymptotically|heuristically|to (first|second|leading|lowest) order|"
    r"modulo|in (expectation|distribution|probability|law|the limit)|on average|at (the|an?|its) (\w+ )?"
    r"(optimum|minimum|maximum|solution|fixed point|stationary point|critical point|equilibrium|convergence)|"
    r"environ|presque|approximativement|asymptotiquement|a peu pres|au (premier|second) ordre|"
    r"en (moyenne|esperance|loi|probabilite)|a (la limite|l'optimum|l'equilibre|la convergence))\b|\?"
)
"""Words beside a formula that may turn or bend what it says."""
EXCEPTING = re.compile(r"^\W*(unless|except|even|only (if|when)|regardless|sauf|meme|a moins|hormis|excepte)\b")
"""Words that make no claim of the relation behind them: "unless A = 0", "even if A = 0"."""

_IDLE = re.compile(
    r"\b(?:(?:do|does|did|will) (?:not|never)|(?:do|does|did)n't|cannot) (?:depend|matter|count|contribute|change|vary|"
    r"affect|enter|appear|involve|influence|play)\b|"
    r"\b(?:ne |n')(?:depend\w*|compte\w*|contribu\w*|change\w*|varie\w*|interv\w*|import\w*|apparai\w*|influ\w*|"
    r"affect\w*|entre\w*|jou\w*|modifie\w*) (?:pas|plus|point|aucun\w*|nullement)\b|"
    r"\b(?:need not|needn't) be\b|\b(?:do not|don't|ne pas) (?:forget|oublie[rz]?)\b|\bn'oubli\w+ pas\b"
)
"""What is denied of some term or name, and not of the formula beside it: "the constant does not matter"."""
_QUANTIFIED = re.compile(
    r"^\W*(?:holds? |valid |true |and this |et ceci |valable )?(?:for|pour) (?:all|any|every|each|arbitrary|tou[st]|"
    r"toutes?|chaque|n'importe quels?|n'importe quelles?)\b(?P<kind>(?:\W+(?:real|reel|reels|scalars?|scalaires?|"
    r"numbers?|nombres?|the|les?|la|l|an?|un|values?|valeurs?|of|de|du|vectors?|vecteurs?|matrices|matrix|matrice|index|"
    r"indices|indice|possible|arguments?|inputs?|points?|choices?|choix|pairs?|time|steps?|pas))*)\W*$"
)
"""« For all », before a name of which nothing else is said."""
SUPPOSED = re.compile(r"^\W*(?:(?:by|from|par|d'apres) (?:assumption|hypothesis|definition|hypothese|definition))?\W*$")
"""Words behind a reason that say only where it is from."""

_MOVES = re.compile(
    r"(^|\W)(when|as|if|lorsque|quand|si)\s*(\$\s*(?P<tends>tends? to|goes to|approaches|tend vers)\s*)?"
    r"\$\W*((we (have|get|find)|on a|alors|then|that)\W*)?$"
)
"""Words before a display that say of the formula in their middle what moves in it."""

_TENDS_TO = re.compile(r"^\W*(tends? to|goes to|converges to|approaches|tend vers|converge vers)\W*$")


def says_condition(words: str) -> bool:
    """Whether words before a relation say that it is a condition, or say nothing."""
    return not words.strip() or bool(CONDITION.match(plain(words)) or AND.match(plain(words)))


def conditions_spelt(tokens: Tokens) -> Tokens:
    r"""``\text{if $A$ is symmetric}`` as ``\text{if } A \text{ is symmetric}``."""
    result: list[Token] = []
    for token in tokens:
        parts = token.text.split("$") if token.kind == "text" else [token.text]
        words = plain(token.text) if len(parts) == 3 else ""
        if token.kind == "text" and len(parts) == 1 and _TENDS_TO.match(plain(token.text)):
            result.append(replace(token, kind="command", text="to"))
            continue
        if len(parts) == 5 and CONDITION.match(plain(parts[0])) and _TENDS_TO.match(plain(parts[2])):
            place = token.place
            inside = [stripped(tokenize(parts[k], place.file, place.line, place.column)) for k in (1, 3)]
            result += [replace(token, text=parts[0]), *inside[0], replace(token, kind="command", text="to"), *inside[1]]
            result += [replace(token, text=parts[4])] if parts[4].strip(" .,;") else []
            continue
        if len(parts) == 3 and CONDITION.match(words) and not TURNING.search(words):
            place = token.place
            result.append(replace(token, text=parts[0]))
            result += stripped(tokenize(parts[1], place.file, place.line, place.column))
            if parts[2].strip(" .,;"):
                result.append(replace(token, text=parts[2]))
            elif "," in parts[2]:  # what stands behind the words is no part of their formula
                result.append(Token("char", ",", place))
        else:
            result.append(token)
    return tuple(result)


def without_idle(words: str) -> str:
    """Words without what they deny of something else than the formula beside them."""
    return _IDLE.sub(" ", words)


def quantifies(words: str) -> str:
    """What "for all" in words is said of: "number", "any", or nothing where they have more to say."""
    found = _QUANTIFIED.match(plain(words))
    if found is None:
        return ""
    return "number" if re.search(r"\b(?:real|reels?|scala\w+|numbers?|nombres?)\b", found["kind"]) else "any"


def what_moves(words: str, formulas: Sequence[Tokens]) -> Tokens:
    r"""``h \to 0`` where the last words before a display say that, "when ``h \to 0``" or "when ``h`` tends to ``0``".

    ``formulas``: the last ones among the words.  Nothing where the words say nothing of the kind.
    """
    found = _MOVES.search(plain(words))
    if found is None or not formulas or not all(formulas):
        return ()
    last = formulas[-1]
    if not found["tends"]:
        return last
    if len(formulas) < 2:
        return ()
    return (*formulas[-2], replace(last[0], kind="command", text="to"), *last)


def is_beside(tokens: Tokens) -> bool:
    """Whether a column holds what is said of the statement in the column before: it begins with words of condition."""
    first = tokens[1] if len(tokens) > 1 and name_of(tokens[0]) == "(" else tokens[0]
    return first.kind == "text" and bool(CONDITION.match(plain(first.text)))


def ends_a_condition(pieces: list[tuple[str, list[Token], bool]], tokens: Tokens, at: int) -> bool:
    """Whether a colon stands behind a condition, ``\\text{for } x > 0:``, and not in ``:=`` or a type."""
    words, piece, _ = pieces[-1]
    if not CONDITION.match(plain(words)) or relation_of(tokens, at)[0]:
        return False
    return has_relation(piece) or any(t.kind == "text" for t in piece)


def goes_on_with_and(piece: tuple[str, list[Token], bool], following: Tokens) -> bool:
    """Whether a comma behind a relation in a condition stands in a list that ends with "and"."""
    if not IF.match(plain(piece[0])) or not has_relation(piece[1]):
        return False
    for token in following:
        if token.kind == "text":
            return bool(AND.match(plain(token.text))) and not TURNING.search(plain(token.text))
        if token.kind == "align" or name_of(token) in (";", "quad", "qquad"):
            return False
    return False


def has_relation(piece: list[Token]) -> bool:
    """Whether a piece has a relation, at whatever depth."""
    return any(relation_of(tuple(piece), k)[0] for k in range(len(piece)))


def is_said_of_a_name(pieces: list[tuple[str, list[Token], bool]], words: str) -> bool:
    """Whether words at the end state something of the piece before them: ``..., A symmetric``."""
    piece = pieces[-1][1]
    if len(pieces) < 2 or not stripped(tuple(piece)) or not says_something(words):
        return False
    return not has_relation(piece)
