r"""Names that are numbers because of the variance words give them: "$X$ has mean $\mu$ and variance $\sigma^2$".

A vector has a covariance; authors who write a plain variance, and a small letter or a number for it, speak of numbers.
May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.marks import plain_text
from everystep.reader.name_lists import members
from everystep.reader.pieces import Piece, pieces_of, trimmed
from everystep.reader.prose import Sentence
from everystep.reader.signs import GREEK, STYLES
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Unreadable, latex_of, split
from everystep.reader.words import plain

_PART_OF = re.compile(r"\b(?:of|in|de|du|des|dans|d')(?: the| both| la| les?)?\W*$")
_VARIANCE = re.compile(r"(?<!co)\bvariances?(?: respectivement| respectively| respectives?)?\s*\$")
_VAR = re.compile(r"\\?(?:mathbb|operatorname|mathrm|text)?\s*\{?\s*(?:Var|var|V)\b")
_BETWEEN = re.compile(
    r"(?:\W|\b(?:be|is|are|being|an?|the|two|three|all|both|each|every|mutually|pairwise|independent|independently|"
    r"identically|i|d|iid|have|has|having|with|of|common|same|finite|known|unknown|constant|equal|distributed|samples?|"
    r"draws?|drawn|observations?|means?|expectations?|expected values?|and|or|variables?|quantities|quantites|random|"
    r"aleatoires?|real|reelles?|zero|uncorrelated|cent(?:er|r)ed|zero-mean|moyennes?|esperances?|nulles?|centree?s?|"
    r"finie?s?|commune?s?|meme|inconnue?s?|et|telles? que|tels? que|such that|where|ou|soit|soient|est|sont|ont|a|"
    r"ayant|un|une|des|de|d|la|le|les|l|independante?s?|identiquement|distribuee?s?|non correlee?s?|decorrelee?s?|deux|"
    r"toutes?|tous|avec|pour)\b)*"
)
"""Words between names and their variance that say nothing of a shape."""
BERNOULLI = re.compile(
    r"\b(?:(?:from|following|follows?|with|of|de|par|suivant|suit|suivent|selon|having|has|have) "
    r"(?:the |a |an |la |une )?(?:common |same |meme )?(?:laws? |distributions? |lois? )?(?:de |d'un )?)?bernoulli"
    r"(?: (?:random )?(?:variables?|numbers?|trials?|draws?|laws?|distributions?))?(?: aleatoires?)?"
    r"(?:\s*,?\s*(?:with|of|de) (?:the |common |a )?(?:success )?"
    r"(?:probability|parameter|mean|parametre|probabilite|moyenne)(?: (?:of success|de succes|commune?))?)?\W*$"
)
"""In front of a number: "i.i.d. Bernoulli with parameter"."""


ALIKE_BY_LAW = re.compile(
    r"\W*(?:(?:be|is|are|being|all|each|mutually|soit|soient|est|sont|both|two|three|deux|and|et|random|variables?|"
    r"aleatoires?|numbers?|vectors?|vecteurs?|of|de)\W+)*"
    r"(?:i\.?\s?i\.?\s?d\b\.?|iid|independent|independante?s?|independent and identically distributed|"
    r"independantes? et identiquement distribuee?s?|independants et identiquement distribues)"
    r"(?:\W+(?:and|et|gaussian|normal|random|gaussiene?n?e?s?|de|loi|standard))*\W*"
)
"""Between names and their law: "be i.i.d. $\\mathcal{N}(0, 1)$"."""


def have_a_variance(sentence: Sentence) -> bool:
    """Whether the words or the formulas behind a formula give its names a variance, and that is one of numbers."""
    if _PART_OF.search(plain(sentence.before).rsplit("$", 1)[-1]):
        return False  # "the entries of $x$ have mean"
    behind = plain(sentence.after)
    found = _VARIANCE.search(behind)
    if found is not None and _BETWEEN.fullmatch(behind[: found.start()]):
        at = behind[: found.end()].count("$") - 1
        values = (
            [trimmed(value) for value in split(members(sentence.later[at]), (",",))] if at < len(sentence.later) else []
        )
        return bool(values) and all(_is_of_a_number(value) for value in values)
    said = 0
    for formula in sentence.later:
        said = behind.find("$", said + 1)
        if said < 0 or not _BETWEEN.fullmatch(behind[:said]):
            return False
        varying = [piece for piece in pieces_of(formula) if _is_a_variance(piece)]
        if varying:
            return all(_is_of_a_number(trimmed(piece.sides[1])) for piece in varying)
    return False


def _is_a_variance(piece: Piece) -> bool:
    r"""Whether a formula says what a variance is: ``\operatorname{Var}(x_i) = \sigma^2``."""
    return piece.relations == ("=",) and bool(_VAR.match(latex_of(trimmed(piece.sides[0]))))


def _is_of_a_number(value: Tokens) -> bool:
    r"""Whether a variance is written as one of a number: ``\sigma^2``, ``v``, ``1``; not ``\Sigma``, ``\sigma^2 I``."""
    try:
        node = parse(value)
    except Unreadable:
        return False
    if any(t.kind == "command" and STYLES.get(t.text) == "bold" for t in value):
        return False
    if node.kind == "number":
        return True
    small = len(node.text) == 1 or node.text in GREEK
    powers = [plain_text(t) for mark, t in node.scripts if mark == "^"]
    return node.kind == "letter" and small and node.text[0].islower() and powers in ([], ["2"])
