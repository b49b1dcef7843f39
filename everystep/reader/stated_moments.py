r"""Means, variances and laws that a formula states of one name: ``\mathbb{E}[\varepsilon] = 0``, and the words that
put a display of them as given: "we work with the model", "the errors satisfy".

May import this package's grammar and vocabulary.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.governing import CONCLUDING, CONDITIONAL, EXERCISE, NEGATION, is_risky
from everystep.reader.marks import plain_text
from everystep.reader.phrases import clause_of
from everystep.reader.pieces import Piece, trimmed
from everystep.reader.prose import OF_NOISE, Sentence, Stance, is_question, stance
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable
from everystep.reader.words import plain

_MEANS = frozenset(("E", "esp"))
_VARIANCES = frozenset(("V", "Var", "var", "Cov", "cov"))
_TRANSPOSED = frozenset(("top", "T", "intercal", "'", "prime", "mathsfT", "mathrmT"))


def moment_named(side: Tokens) -> str:
    r"""The letter of which a formula writes the mean, the variance or the mean of its outer square; else empty.

    epsilon of ``\mathbb{E}[\varepsilon]``, ``\operatorname{Var}(\varepsilon)``, ``\mathbb{E}[\varepsilon
    \varepsilon^\top]``.
    """
    try:
        node = parse(trimmed(side))
        head, inner = node.parts if node.kind == "product" and len(node.parts) == 2 else (node, node)
        if head is inner or head.scripts or inner.scripts or head.text not in _MEANS | _VARIANCES:
            return ""
        while inner.kind == "group" and not inner.scripts:
            inner = parse(trimmed(inner.tokens))
    except Unreadable:
        return ""
    if inner.kind == "letter" and not inner.scripts:
        return inner.text
    if head.text in _MEANS and inner.kind == "product" and len(inner.parts) == 2:
        return _squared(*inner.parts)
    return ""


def _squared(first: Node, second: Node) -> str:
    """The letter x of x x^T."""
    marks = [(mark, plain_text(tokens)) for mark, tokens in second.scripts]
    turned = len(marks) == 1 and marks[0][0] == "^" and marks[0][1] in _TRANSPOSED
    alike = first.kind == second.kind == "letter" and first.text == second.text and not first.scripts
    return first.text if alike and turned else ""


def is_variance(side: Tokens) -> bool:
    """Whether a formula is the variance of something."""
    return _is_of(side, _VARIANCES)


def is_moment(side: Tokens) -> bool:
    """Whether a formula is the mean or the variance of something."""
    return _is_of(side, _MEANS | _VARIANCES)


def _is_of(side: Tokens, names: frozenset[str]) -> bool:
    try:
        node = parse(trimmed(side))
    except Unreadable:
        return False
    return node.kind == "product" and node.parts[0].text in names


def chance_named(piece: Piece) -> str:
    r"""The letter of which a statement gives a mean, a variance or a law: epsilon of ``\varepsilon \sim
    \mathcal{N}(0, I)``; empty where it gives none.
    """
    if piece.relations == ("=",):
        return moment_named(piece.sides[0])
    if piece.relations != ("sim",):
        return ""
    try:
        node = parse(trimmed(piece.sides[0]))
    except Unreadable:
        return ""
    return node.text if node.kind == "letter" and not node.scripts else ""


_VECTOR_AHEAD = re.compile(
    r"\b(?:(?:noise|error|random|disturbance) vectors?|vecteurs? (?:de bruit|d'erreurs?|des erreurs|aleatoires?)|"
    r"(?:noise|errors|bruit|erreurs)|(?:components|entries|coordinates|composantes|entrees|coordonnees) (?:of|de))"
    r"(?: the| le| la)?\W*$"
)
_VECTOR_BEHIND = re.compile(
    r"\W*(?:(?:is|be|denotes?|est|soit|designe)\W+)?(?:an?|the|un|le)\W+(?:[\w-]+\W+)?"
    r"(?:(?:random|noise|error) vector|vecteur (?:aleatoire|de bruit|d'erreurs?|des erreurs)|white noise|bruit blanc)\b"
    r"|\W*(?:is|est|denotes?|designe)\W+(?:(?:an?|un|du|the|le)\W+)?(?:(?:additive|independent|gaussian|measurement|"
    r"observation|random|white|zero-mean|cent(?:er|r)ed)\W+){0,3}(?:noise|bruit)\b"
    r"(?! (?:level|power|variance|covariance|ratio|strength|scale|term of))"
)


def called_random_vector(sentence: Sentence) -> bool:
    """Whether the words next to a name call it a random vector, or noise, or speak of its entries."""
    ahead, behind = plain(sentence.before).rsplit("$", 1)[-1], plain(sentence.after).split("$", 1)[0]
    return bool(_VECTOR_AHEAD.search(ahead) or _VECTOR_BEHIND.match(behind))


_SATISFIES = re.compile(r"\b(?:satisf(?:y|ies)|obeys?|verifi(?:e|ent)|satisfont|satisfait|have|has|ont|a)\W*$")
_MODEL = re.compile(r"\b(models?|modeles?|setting|cadre|gauss-?-?markov|assumptions?|hypotheses)\b")


def puts_a_model(words: str, beside_a_model: bool) -> Sentence | None:
    """The sentence by which moments in a display are given, from the words before it; None where they are not.

    ``beside_a_model``: the display has the equation of the data, or a law, as well; a sentence that concludes, asks
    or denies nothing then gives them with it.
    """
    sentence = Sentence(words, "", is_open=True)
    how = stance(sentence)
    if how is Stance.ASSUMED:
        return sentence
    clause = clause_of(words)
    if is_risky(clause) or NEGATION.search(clause) or is_question(sentence) or re.search(CONDITIONAL, clause):
        return None
    if re.search(CONCLUDING, clause) or EXERCISE.search(clause):
        return None
    told = _MODEL.search(clause) if how is Stance.NOTHING else None
    verb = _SATISFIES.search(clause)
    of_noise = verb is not None and OF_NOISE.search(clause[: verb.start()]) is not None
    given = beside_a_model or told is not None or of_noise
    return Sentence("with", "", is_open=False) if given else None
