"""What is said of something that a sentence does not name: "assume it is symmetric", "if the matrices commute".

Any name that can have the property may be meant, so that it is in doubt of each.  May import the reader.
"""

from __future__ import annotations

from itertools import combinations

from everystep.algebra import expressions as ex
from everystep.algebra.context import Hypothesis, Relation
from everystep.algebra.expressions import Int, Num, Var
from everystep.algebra.shapes import ONE, index
from everystep.reader import patterns as re
from everystep.reader.cleaning import tokenize
from everystep.reader.declarations import Declarer
from everystep.reader.entities import Doubt, FamilyName, Symbolic
from everystep.reader.pieces import Piece
from everystep.reader.prose import Sentence, Stance
from everystep.reader.said import Said, said_of
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.trees import Unreadable
from everystep.reader.words import NOT_ENCODED, OF_MATRICES, SIGN_KINDS, plain, properties

MOST = 20
"""The most names that are asked."""
_SUBJECT = re.compile(
    r"\b(it|they|both|these|elles?|ils?|the|our|la|les|le|ces|cette|in|by|under|en|par|sous|all|every|each|"
    r"any|vectors|matrices|tous|toutes|tout|toute|chaque)\b"
)
_PRONOUNS = frozenset(("it", "they", "both", "these", "elle", "elles", "il", "ils"))
_OF_ALL = re.compile(
    r"(?<!not )\b(all|every|each|any|throughout|everywhere|always|here|tous|toutes|tout|toute|chaque|partout|toujours|"
    r"ici)\b|^\W*(?:the |our |les |des )?(?:vectors|matrices|vecteurs|numbers|scalars|nombres|scalaires)\b"
)
"""What is said of all of a kind, or of a kind without an article: "all vectors", "matrices are symmetric"."""
_NOT_OF_ALL = re.compile(
    r"\b(need not|needn't|not (?:all|every|necessarily|assume\w*|suppose\w*)|no longer|"
    r"pas (?:tous|toutes|necessairement)|ne \w+ (?:pas|plus))\b"
)
_NUMBERS = re.compile(r"\b(numbers?|scalars?|constants?|entries|parameters|nombres?|scalaires?|constantes?)\b")
_ASSUMING = re.compile(
    r"\b(if|when|whenever|since|because|as|provided|assum\w*|suppos\w*|being|restrict\w*|considered|under|by|in the|"
    r"for|using|work|pour|avec|travaill\w+|"
    r"si|lorsque|quand|comme|puisque|etant|par|sous|dans le)\b"
)
_MATRIX_IS = re.compile(r"\b(matrix|matrices|matrice) (is|are|est|sont)\b")
_NOUNS = (
    (r"\bsymm?etr(y|ie)\b", "symmetric"),
    (r"\b(orthogonality|orthogonalite)\b", "orthogonal"),
    (
        r"\b(normali[sz]ed|normalise?e?s|normee?s?|unit (norm|length)|norm (1|one)|norme (1|un|unite)|unitaires?)\b",
        "unit",
    ),
    (r"\b(invertibility|inversibilite)\b", "invertible"),
    (r"\b(idempoten(ce|cy)|projections|projectors|projecteurs)\b", "idempotent"),
)
"""Words that speak of a property without its adjective."""
_A_THING = re.compile(
    r"\W*(?:the|le|la|un|une|an?) (?:orthogonal )?(?:projections?|projectors?|projecteurs?)(?: matrix| orthogonale?)?"
    r"(?: (?:onto|on|of|sur|de|du)\b[^.;:,$]*)? "
    r"(?:is|reads|equals|est|vaut|s'ecrit)(?: then| thus| given by| donc| alors| donnee? par)?\W*"
)
"""The projector that the display behind gives; no name of before is called so."""
_OF_PROJECTIONS = re.compile(r"\b(?:of (?:the |these |our |all )?|des |de (?:ces |leurs |nos )|d')projections\b")
"""What the data are projected to, "the variance of the projections": no matrix."""


def in_doubt(declarer: Declarer, sentence: str) -> None:
    """Note what a sentence without a formula may assume of the names that are declared."""
    text = _OF_PROJECTIONS.sub(" ", plain(sentence))
    if re.search(r"\b(only if|seulement si|que si)\b", text) or _A_THING.fullmatch(text):
        return  # a condition that is claimed to be needed
    found = _SUBJECT.search(text)
    before, after = (text[: found.start()], text[found.end() :]) if found else ("", text)
    told = said_of(Sentence(before, after)) if found else []
    kinds = {said.kind for said in told if said.kind and not said.word}
    of_all = _OF_ALL.search(text) is not None and _NOT_OF_ALL.search(text) is None
    if _ASSUMING.search(text) or of_all:
        kinds |= {*properties(text), *(kind for pattern, kind in _NOUNS if re.search(pattern, text))}
    if found is None or (found[0] not in _PRONOUNS and not (of_all and _NUMBERS.search(text))):
        kinds -= set(SIGN_KINDS)  # the negative log-likelihood
    words = {said.word for said in told}
    if of_all or _MATRIX_IS.search(text):
        words |= {match[0] for match in NOT_ENCODED.finditer(text)}
    for word in sorted(word for word in words if OF_MATRICES.search(word)):
        matrices = {n for n, e in declarer.scope.names.items() if isinstance(e, Symbolic) and ONE not in e.value.shape}
        declarer.scope.unsure.update(dict.fromkeys(matrices, word))
    commute = re.search(r"\bcommut(?!at(or|eur))", text) is not None
    known = _names(declarer) if kinds or commute else []
    for kind in sorted(kinds):
        for name in known:
            try:
                declarer.say(Said(Stance.DOUBTFUL, kind), name, Piece((name,), ()))
            except (Unreadable, ValueError, TypeError, LookupError):
                continue
    if commute:
        for pair in list(combinations(known, 2))[: MOST * 2]:
            try:
                declarer.commute(pair, Stance.DOUBTFUL)
            except (Unreadable, ValueError, TypeError, LookupError):
                continue


_DATA = (
    r"(?:data(?:set| set| matrix| points?)?|points?|inputs?|samples?|observations?|features?|columns?|rows?|"
    r"covariates?|predictors?|regressors?|targets?|responses?|outputs?|variables?|vectors?|examples?|labels?|"
    r"design(?: matrix)?|everything|all|they|it|them|donnees?|exemples?|entrees?|sorties?|colonnes?|lignes?|cibles?|"
    r"vecteurs?|tout|matrix|matrice|elles?|ils?|\$)"
)
_CENTRED = (
    r"(?:cent(?:er|r)(?:ed|ing(?! (?:matri|operator|constant|trick)\w*)|e(?= (?:the|our|all|each|both|\$)))|centree?s?|"
    r"centrons|centre(?:r|z)|(?:zero|null)[- ]means?|means? (?:zero|0)|mean[- ](?:zero|cent(?:er|r)ed|free)|"
    r"(?:de )?moyennes? (?:nulles?|zero)|mean subtracted|demeaned|sums? (?:up )?to (?:zero|0)|standardi\w+|normali\w+|"
    r"whiten\w*|blanchi\w*|sphered|reduites?|z-scor(?:ed|es)|centrees? reduites?|"
    r"(?:subtract\w*|remov\w*|taking (?:away|off|out)) (?:of )?(?:off |away |out )?(?:the |its |their )?"
    r"(?:\w+ )?(?:means?|averages?)|"
    r"(?:soustra\w+|retranch\w+|enlev\w+) (?:de )?(?:la |sa |leur |les )?moyennes?)"
)
_WHITE = r"(?:whiten\w*|blanchi\w*|sphered|decorrelat\w*|standardi\w+|normali\w+|orthonormali\w+|reduites?)"
_SAID_OF_DATA = re.compile(
    rf"\b{_DATA}\W[^.;:]{{0,60}}?\b{_CENTRED}\b|\b{_CENTRED}\W[^.;:]{{0,30}}?\b{_DATA}(?!\w)|"
    r"\b(?:subtract|remov)\w* (?:the |its |their )?(?:row|column|sample|empirical|feature) (?:means?|averages?)\b"
)
_WHITE_DATA = re.compile(rf"\b{_DATA}\W[^.;:]{{0,60}}?\b{_WHITE}\b|\b{_WHITE}\W[^.;:]{{0,30}}?\b{_DATA}(?!\w)")
_NOISE = r"(?:noises?|errors|disturbances|perturbations|bruits?|erreurs|residuals?|residus?)"
_NOISE_CENTRED = re.compile(
    rf"\b{_NOISE}\b(?: (?:vectors?|terms?|vecteurs?))?(?: \$)?[^.;:$]{{0,40}}?\b{_CENTRED}\b|"
    rf"\b{_CENTRED}\W(?:\w+ )?{_NOISE}\b"
)
"""Said of noise: it says nothing of the data."""
_DENIED = re.compile(
    rf"\b(?:not|never|no|without|neither|ne|pas|sans|jamais|nor)\b(?:[^.;:,]{{0,40}})\b{_CENTRED}\b|\b(?:un|non-?\s?){_CENTRED}\b"
)


def is_said_of_all(sentence: str) -> bool:
    """Whether a sentence without a formula says something of all of a kind: "all vectors are of unit norm"."""
    return "$" not in sentence and _OF_ALL.search(plain(sentence)) is not None


def is_said_of_data(sentence: str) -> bool:
    """Whether a sentence says of data that they are centred, standardised or whitened, in any stance but a denial."""
    text = plain(sentence)
    text = _NOISE_CENTRED.sub(" ", text)
    if "$" in text:  # a name that words call normalised has been noted with its name
        text = re.sub(_WHITE, " ", text)
    return _SAID_OF_DATA.search(text) is not None and _DENIED.search(text) is None


def data_in_doubt(scope: Scope, sentence: str, line: int) -> None:
    """Note what a sentence says of the data, "we assume the data to be centred": any declared name may be data.

    Centred are the columns of a matrix or its rows, a vector of targets, the members of a family, random vectors.
    """
    found: list[Hypothesis] = []
    others: list[Hypothesis] = []
    white = "$" not in sentence and _WHITE_DATA.search(plain(sentence)) is not None
    random = {law.target.name for law in scope.context.random}
    for entity in list(scope.names.values())[:MOST]:
        if isinstance(entity, Symbolic) and entity.value.name not in random:
            found += _centred(entity.value)
            if white and not entity.value.is_number_shaped:
                one, scaled = _whitened(entity.value)
                found.append(one)
                others.append(scaled)
        elif isinstance(entity, FamilyName) and entity.count == 1 and entity.name not in random:
            ends = [(low, high) for name, low, high in scope.context.ranges if name == entity.name]
            at = index("centred")
            zero = Num(0) if (entity.rows, entity.columns) == (ONE, ONE) else ex.Zeros(entity.rows, entity.columns)
            member = ex.Member(entity.name, entity.rows, entity.columns, at)
            found += (Relation(ex.SumOver(member, at, low, high), "=", zero) for low, high in ends)
    for law in scope.context.random:
        mean = law.parameters[0] if law.law in ("gaussian", "moments") else None
        if mean is not None and not isinstance(mean, ex.Zeros) and mean != Num(0):
            found.append(Relation(mean, "=", Num(0) if mean.is_number_shaped else ex.Zeros(*mean.shape)))
    known = {doubt.hypothesis for doubt in scope.doubts} | set(scope.context.hypotheses)
    words = "the data are centred or scaled, as the text says"
    scope.doubts += tuple(Doubt(h, words, line) for h in found if h not in known)
    scope.doubts += tuple(Doubt(h, words, line, other=True) for h in others if h not in known)


def _centred(value: Var) -> list[Relation]:
    """That the columns of a matrix sum to zero, or its rows; of a vector that it sums to zero."""
    rows, columns = value.shape
    found = []
    if rows != ONE:
        zero = ex.Zeros(columns, ONE) if columns != ONE else Num(0)
        found.append(Relation(ex.Mul(ex.Transpose(value), ex.Ones(rows, ONE)), "=", zero))
    if columns != ONE:
        zero = ex.Zeros(rows, ONE) if rows != ONE else Num(0)
        found.append(Relation(ex.Mul(value, ex.Ones(columns, ONE)), "=", zero))
    return found


def _whitened(value: Var) -> tuple[Relation, Relation]:
    r"""``X^\top X = I`` and ``X^\top X = n I`` of a matrix; that the norm of a vector is one."""
    rows, columns = value.shape
    square = ex.Mul(ex.Transpose(value), value)
    if columns == ONE:
        return Relation(square, "=", Num(1)), Relation(square, "=", Int(rows))
    scaled = ex.Mul(Int(rows), ex.Eye(columns))
    return Relation(square, "=", ex.Eye(columns)), Relation(square, "=", scaled)


def _names(declarer: Declarer) -> list[Tokens]:
    """The declared symbols, as they are written."""
    found = []
    for key, entity in declarer.scope.names.items():
        if not isinstance(entity, Symbolic) or not isinstance(entity.value, Var):
            continue
        head, mark, rest = key.partition("_")
        written = (head if len(head) == 1 else f"\\{head}") + (f"_{{{rest}}}" if mark else "")
        if head.isalpha():
            found.append(tokenize(written, ""))
    return found[:MOST]
