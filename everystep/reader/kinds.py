r"""What the words of a sentence say a name is: "an $n \times n$ matrix $A$", "with mean $\mu$", "of rank $k$".

Only names that nothing declares get a shape here; of a name with a declaration the words change nothing.
May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Random
from everystep.algebra.expressions import Var
from everystep.algebra.shapes import ONE, same_size
from everystep.reader import patterns as re
from everystep.reader.cleaning import tokenize
from everystep.reader.entities import FamilyName, Rows, Size, Symbolic
from everystep.reader.families import orthonormal_members
from everystep.reader.laws import Laws
from everystep.reader.marks import bracketed, plain_text
from everystep.reader.paragraphs import is_space
from everystep.reader.pieces import Piece, letters_of, pieces_of, trimmed, without_index
from everystep.reader.prose import Sentence, Stance, stance
from everystep.reader.signs import GREEK
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, latex_of, name_of, relation_of, split, stripped
from everystep.reader.values import Values
from everystep.reader.words import plain

_ADJECTIVE = (
    r"(?>(?:real|reelles?|reels?|square|carrees?|symmetric|symetriques?|invertible|inversibles?|non-?singular|nonsingular|"
    r"orthogonal|orthogonale|orthogonales|orthogonaux|diagonal|diagonales?|positive|positives?|semi-?definite|definite|"
    r"definies?|semi-?definies?|arbitrary|quelconques?|any|all|some|fixed|fixee?s?|constant|constante?s?|given|both|two|"
    r"three|deux|trois|data|design|weight|covariance|column|colonnes?|nonzero|non-?zero|non|nul(?:le)?s?|idempotent|"
    r"idempotente?s?|full|rank|skew-symmetric|antisymetriques?|random|aleatoires?|and|et|spd|psd|projection|same|valued|"
    r"i\.?i\.?d\.?|real-valued|scalar|cent(?:er|r)ed|centree?s?|zero-mean|gaussian|gaussienn?e?s?|normal|independent|independante?s?|unknown|known|the|an?|"
    r"une?|la|le|les|des|de)(?![-\w]))"
)
_LISTED_BEHIND = r"[^\w$]*(?>\$[^\w$]*(?:(?:and|et)\b[^\w$]*)?)*$"
"""Formulas behind a noun, which "and" and commas join; atomic, so that a long list takes no longer to be refused."""
_MATRIX = r"(?:matrix|matrices|matrice)"
_VECTOR = r"(?:vectors?|vecteurs?)"
_NUMBER = (
    r"(?:real numbers?|numbers?|scalars?|real constants?|constants?|reals?|nombres? reels?|nombres?|reels?|scalaires?|"
    r"constantes?|real parameters?|(?:real |scalar |real-valued |independent |gaussian |normal )*random variables?|"
    r"variables? aleatoires?(?: reelles?| gaussiennes?| normales?| independantes?)*|parametres? reels?)"
)
_BE = r"\W*(?:be|is|are|being|denotes?|soit|soient|sont|est|etant|designent?|,|:)?\W*"
_OF_SIZE = r"(?:of|with|de|d') ?(?:the |same |la )?(?:size|sizes|shape|order|dimensions?|type|taille|format|ordre)"
_OF_LENGTH = (
    r"(?:of|with|de) (?:the |la )?(?:length|size|dimension|longueur|taille|dimension)|in dimension|de dimension"
)

_BEHIND_NAME = re.compile(
    rf"{_BE}(?:{_ADJECTIVE}\s+)*(?P<noun>{_MATRIX}\s+(?:{_ADJECTIVE}\s+)*(?:{_OF_SIZE})?\s*)?\s*$"
)
_NOUN_AHEAD = re.compile(rf"^\W*(?:{_ADJECTIVE}[\s,]+)*{_MATRIX}\b(?P<rest>.*)$")
_NAMES_AHEAD = re.compile(rf"^\s*(?:(?!and |et |an? |une? ){_ADJECTIVE}\s+)*$")
_SIZE_BEHIND = re.compile(rf"^\W*(?:{_OF_SIZE}|{_OF_LENGTH}|in|de)\s*$")
_ENDS_WITH_NOUN = re.compile(rf"(?:^|\W)(?:(?P<matrix>{_MATRIX})|(?P<vector>{_VECTOR})){_LISTED_BEHIND}")
_LET = re.compile(
    r"\b(let|soit|soient|given|take|fix|consider|considerons|fixons|prenons|vectors|vecteurs|matrices|numbers|reels)\W*$"
)
_LINK = re.compile(r"^\W*(?:and|et|or)?\W*$")
_SQUARE_OF = re.compile(rf"(?:square|carrees?)\W+(?:{_MATRIX}\W+)?(?:carrees?\W+)?(?:{_OF_SIZE})\s*$")
_VECTOR_OF = re.compile(rf"(?P<ahead>.*?){_VECTOR}\W+(?:{_ADJECTIVE}\W+)*(?:{_OF_LENGTH})\s*$")
_DIMENSIONAL = re.compile(rf"^-?\s?dimension(?:al|nelle?s?)\W+(?:{_ADJECTIVE}\W+)*{_VECTOR}\b(?P<rest>.*)$")
_IS_A_NUMBER = re.compile(
    rf"^\W*(?:(?:be|is|are|denotes?|soit|soient|sont|est|,)\W+|(?=(?:an?|une?|des) ))"
    rf"(?:{_ADJECTIVE}\s+)*{_NUMBER}\b(?!-)"
)
_NUMBER_IS = re.compile(rf"(?:^|\W)(?:{_ADJECTIVE}\s+)*{_NUMBER}\s*$")
_HAVING = r"(?:with|of|and|having|has|have|avec|et|ayant|a|ont|de|d')"
_MOMENT = re.compile(
    rf"\b{_HAVING}\s*(?:an? |une? |finite |finie? |common |the same |same |la meme |meme |zero mean and |"
    r"mean zero and )*(?:"
    r"(?P<mean>mean|expectation|expected value|moyenne|esperance)(?: vectors?| vecteur)?|"
    r"(?P<variance>(?:co)?variance)(?:-covariance)?(?: matrix| matrice)?|matrice de (?P<matrix>(?:co)?variance))\s*$"
)
_MEAN = r"mean|expectation|expected value|moyenne|esperance"
_VARIANCE = r"(?:co)?variance(?:-covariance)?(?: matrix| matrice)?|matrice de (?:co)?variance|dispersion matrix"
_ITS_MOMENT = re.compile(
    r"\b(?:whose|its|their|dont l'|dont la|son|sa) ?"
    rf"(?:(?P<mean>{_MEAN})(?: vector| vecteur)?|(?P<variance>{_VARIANCE}))"
    r"\s+(?:is|est|equals|vaut|denoted(?: by)?|notee?(?: par)?)\s*$"
)
_IS_THE_MOMENT = re.compile(
    rf"^\W*(?:(?:be|is|denotes?|designe|for|as|est|soit)\b)?\W*(?:the |its |their |son |sa |l'|la |le )"
    rf"(?:(?P<mean>{_MEAN})(?: vector| vecteur)?|(?P<variance>{_VARIANCE}))\b(?P<rest>.*)"
)
_OF_RANDOM = re.compile(
    r"\b(?:of|de|du|d')(?: the| a| an| un| une| la| le)?(?: (?:real|reelle?|random|gaussian|aleatoires?))*"
    r"(?: (?:vector|variable|vecteur|quantity))?(?: (?:reelle?|aleatoires?|gaussienn?e?))*\W*$"
)
_IS = re.compile(r"^\s*(?:is|has|est|a)\b")
_INDEPENDENT_OF = re.compile(r"\bindepend[ea]nte?s?\s+(?:of|from|de|du|d')(?: the| all| la| le)?\W*$")
_MOMENTS = re.compile(
    rf"\b{_HAVING}\s*(?:the |les |des |respective )*(?:"
    r"(?P<mean>means|expectations|expected values|moyennes|esperances)(?: vectors| vecteurs)?|"
    r"(?P<variance>(?:co)?variances|(?:co)?variance matrices|matrices de (?:co)?variances?))"
    r"(?: respectives?)?(?: respectively)?\s*$"
)
_ALIKE = re.compile(r"\b(identically|i\.?\s?i\.?\s?d|each|both|common|same|identiquement|chacune?|communes?|memes?)\b")
_MATRIX_IN = re.compile(
    rf"^\W*(?:(?:be|is|are|as|denotes?|soit|est|comme|being)\s+)?(?:{_ADJECTIVE}\s+)*(?:an? |une? )?{_MATRIX}"
    rf"(?:\s+{_ADJECTIVE})*\s+(?:in|of|from|de|dans)\s*$"
)
_VECTOR_IN = re.compile(rf"(?P<ahead>.*?){_VECTOR}\W+(?:{_ADJECTIVE}\W+)*(?:in|of|from|de|dans)\s*$")
_BASIS_OF = re.compile(
    rf"{_BE}\s*(?:an?|une?)?\s*(?P<before>orthonorm\w+\s+)?bas[ie]s?(?P<behind>\s+orthonorm\w+)?\s+(?:of|for|de)\s*$"
)
_RANDOM = re.compile(
    r"\b(noise|bruits?|centree?s?|cent(?:er|r)ed|zero-mean|random|aleatoires?|gaussian|gaussiene?s?|normal|distributed|i\.?i\.?d|drawn|samples?)\b"
)
_GAUSSIAN = re.compile(r"\b(gaussian|gaussienn?e?s?|normal|normally|normale?s?)\b")
_RANK = re.compile(
    r"\b(?:of|de|has|have|with|having|a|est de|avec|is of)\s+(?:full |column |row |constant )*(?:rank|rang)\s*$"
)
_BY_LAW = re.compile(
    r"\b(?:(?:drawn|draws?|sampled?|samples|taken|generated|vectors?|variables?|noises?|data|tirages?|tiree?s?)"
    r"(?: \w+){0,2} from|distributed (?:as|according to)|(?:suivant|suit|suivent|selon)(?= (?:la |les |une )?lois?)|"
    r"following|follows?|"
    r"(?:of|with|de|par) (?:the |a |common |same |meme )?(?:law|distribution|loi(?: commune)?))"
    r"(?: (?:the|a|la|les|une|lois?))*(?: (?:standard|multivariate|isotropic|normal|gaussian|normale|gaussienne))*"
    r"(?: (?:law|distribution|loi))?\s*$"
)
_DRAWN = re.compile(
    r"(?:\W|\b(?:be|is|are|being|denotes?|an?|the|two|three|all|both|each|fresh|independent|independently|"
    r"identically|random|numbers?|scalars?|nombres?|i|d|iid|gaussian|normal|standard|noises?|vectors?|"
    r"variables?|samples?|draws?|drawn|sampled|taken|generated|data|points?|inputs?|weights?|of|from|as|with|"
    r"having|following|follows?|law|distribution|distributed|according to|common|means?|zero|covariances?|"
    r"variances?|and|et|moyennes?|nulles?|matrix|matrice|cent(?:er|re)ed|zero-mean|centree?s?|soit|soient|est|"
    r"sont|un|une|des|la|le|les|l|bruits?|vecteurs?|aleatoires?|independante?s?|de|lois?|selon|suivant|suit|"
    r"suivent|tirages?|tiree?s?|gaussiens?|gaussiennes?|echantillons?|space|n x n|multivariate|isotropic)\b)*"
)
"""Words between random names and their law that say nothing else of them."""
_SEVERAL = re.compile(
    r"\b(vectors|variables|numbers|quantities|noises|draws|samples|vecteurs|bruits|tirages|nombres|quantites|"
    r"echantillons)\b"
)
_OWN_VARIANCE = re.compile(
    r"\b(?:means?|moyennes?|esperances?)\b[^.;:]{0,30}\b(?:and|et)\b[^.;:]{0,12}\bcovariance(?: matrix| matrice)?\s*$|"
    r"(?<!co)\bvariances?\s*$"
)
"""What several names have each: "vectors with mean zero and covariance"; "numbers with covariance" have one of both."""
_LINE_OF = re.compile(
    r"(?P<kind>rows?|columns?|lignes?|colonnes?)(?: vectors?| vecteurs?)? (?:of|de)"
    r"(?: the| our| la| n x n| matrix| matrice| data| design| donnees| de)*\s*$"
)

_WITH_LINES = re.compile(
    r"\b(?:with|having|whose|of|avec|dont les|de|ayant pour)\s+(?:the |les |its )?"
    r"(?P<kind>rows?|columns?|lignes?|colonnes?)"
    r"(?: vectors?| vecteurs?)?(?: (?:are|is|sont|given by|denoted|called|by|notees?|the|les|vectors?|vecteurs?))*\s*$"
)


_PLAIN = (
    r"(?:\W|\b(?:the|its|their|an?|our|une?|la|le|les|l|all|each|[a-z]|th|st|nd|rd|eme|ieme|first|data|design|inputs?|"
    r"features?|batch|query|queries|keys?|values?|tokens?|matrix|matrices|matrice|real|reelle|of size|space|n x n|"
    r"stored|collected|donnees|de)\b)"
)
"""Words that change nothing between a matrix and its rows."""
_IS_LINE = re.compile(
    rf"(?:{_PLAIN})*(?:\b(?:be|is|are|being|denotes?|as|soit|soient|sont|est|etant|designent?|comme)\b|^\s*,)(?:{_PLAIN})*"
)
_HAS_LINES = re.compile(rf"(?:{_PLAIN}|\b(?:be|is|are|denotes?|soit|soient|sont|est|designe)\b)*")


def _is_of_chance(words: str) -> bool:
    """Whether words tell that what has a mean is random: they say so, or give it a covariance; not of data."""
    both = re.search(rf"\b(?:{_MEAN})\b", words) and re.search(r"\bcovariances?\b", words)
    return bool(_RANDOM.search(words) or (both and not _OF_DATA.search(words)))


_OF_DATA = re.compile(r"\b(sample|empirical|empiriques?|data|donnees|points?|observed|observations?)\b")


def shape_of(tokens: Tokens) -> tuple[Tokens, Tokens] | None:
    r"""The two sizes of ``n \times n``; None where a formula is something else."""
    pieces = split(stripped(trimmed(tokens)), ("times", "×"))
    if len(pieces) != 2 or not all(_is_size(p) for p in pieces):
        return None
    return pieces[0], pieces[1]


def _is_size(tokens: Tokens) -> bool:
    if not tokens or len(tokens) > 6 or any(relation_of(tokens, k)[0] for k in range(len(tokens))):
        return False
    if not all(t.kind in ("char", "sub", "open", "close") for t in tokens):
        return False
    return all(t.text.isalnum() or t.text in "+-_{}()" for t in tokens)


def is_dotted(tokens: Tokens) -> bool:
    r"""Whether a formula is a list such as ``X_1, \dots, X_n``."""
    parts = [trimmed(part) for part in split(trimmed(tokens), (",",))]
    dots = [k for k, part in enumerate(parts) if len(part) == 1 and name_of(part[0]).endswith("dots")]
    if len(dots) != 1 or dots[0] == 0 or dots[0] != len(parts) - 2:
        return False
    return not any(relation_of(tokens, k)[0] for k in range(len(tokens))) and len(parts[0]) > 2


def general_member(tokens: Tokens) -> Tokens:
    r"""``x_i`` of the list ``x_1, \dots, x_n``, ``x^{(i)}`` of ``x^{(1)}, \dots, x^{(n)}``; () without an index."""
    mark = next((k for k, t in enumerate(tokens) if t.kind in ("sub", "sup")), None)
    if mark is None:
        return ()
    place = tokens[mark].place
    at = "_i" if tokens[mark].kind == "sub" else "^{(i)}"
    return (*tokens[:mark], *tokenize(at, place.file, place.line, place.column))


def is_names(tokens: Tokens) -> bool:
    """Whether a formula is one name, or a list of names."""
    tokens = trimmed(tokens)
    if not tokens or any(relation_of(tokens, k)[0] for k in range(len(tokens))):
        return False
    for name in split(tokens, (",",)):
        try:
            node = parse(trimmed(name))
        except Unreadable:
            return False
        if node.kind != "letter" and not (node.kind == "group" and node.text == "" and not node.scripts):
            return False
    return True


def _is_law(tokens: Tokens) -> bool:
    r"""Whether a formula is a normal law and its parameters: ``\mathcal{N}(\mu, \Sigma)``."""
    try:
        node = parse(trimmed(tokens))
    except Unreadable:
        return False
    if node.kind != "product" or node.parts[0].kind != "letter" or node.parts[-1].kind != "group":
        return False
    letter = node.parts[0].text.lower().removeprefix("cal")
    return letter in ("n", "u") and len(split(node.parts[-1].tokens, (",", ";"))) == 2


def says_moments(before: str, after: str) -> bool:
    """Whether words beside a formula call it a mean or a variance, or several of them."""
    near, behind = plain(before).rsplit("$", 1)[-1] + " ", plain(after).split("$", 1)[0]
    ahead = _MOMENT.search(near) or _MOMENTS.search(near) or _ITS_MOMENT.search(near)
    return bool(ahead or _IS_THE_MOMENT.match(behind))


def speaks_of_basis(before: str) -> bool:
    """Whether the words before a formula end with, or go on from, "a basis of" a space."""
    return re.search(r"\bbas[ie]s?( orthonorm\w+)? (of|for|de) *(\$|space|$)", plain(before)) is not None


def is_unsaid(law: Random) -> bool:
    """Whether a random name has a mean and a variance of which nothing was said."""
    own = law.target.name.replace(" ", "")
    named = {part.name for part in law.parameters if isinstance(part, Var)}
    return law.law == "moments" and bool(named & {f"mu_{own}", f"Sigma_{own}"})


def _at(tokens: Tokens) -> tuple[str, int, int]:
    place = tokens[0].place
    return place.file, place.line, place.column


def _members(formula: Tokens) -> Tokens:
    r"""The names in front of a membership or a sign: x, y of ``x, y \in \mathbb{R}^n``; a formula without one whole."""
    formula = trimmed(formula)
    at = next((k for k in range(len(formula)) if relation_of(formula, k)[0]), len(formula))
    kinds = ("in", ">", ">=", "succ", "succeq")
    return formula[:at] if at == len(formula) or relation_of(formula, at)[0] in kinds else ()


def _spoken_of(sentence: Sentence) -> list[Tokens]:
    """The last formulas before that are joined to each other, leaving out sizes, sets and means and variances."""
    words = plain(sentence.before).split("$")
    found: list[Tokens] = []
    is_moment, near = False, True
    for k, formula in enumerate(sentence.earlier):
        if k + 1 >= len(words):
            break
        link = _LINK.match(words[k]) is not None and k > 0
        said = _MOMENT.search(words[k]) or _MOMENTS.search(words[k]) or _ITS_MOMENT.search(words[k])
        is_moment = bool(said) or (is_moment and link)
        if is_moment:
            near = False
            continue
        if _INDEPENDENT_OF.search(words[k]):
            continue  # "$v$ is independent of $x$ with mean": the mean is that of v
        found = [*found, formula] if link and near else [formula]
        near = True
    return found


class Kinds(Laws):
    """Reads what words say of the kind of a name."""

    def kinds(self, tokens: Tokens, sentence: Sentence) -> Stance:
        """What the words beside a formula of the prose say of its names, or of those of formulas beside it.

        Returns how the sentence puts forward the means, variances and ranks that have been read.
        """
        before, after = plain(sentence.before), plain(sentence.after)
        near, behind = before.rsplit("$", 1)[-1] + " ", after.split("$", 1)[0]
        shape = shape_of(tokens)
        if shape is not None:
            self._shaped(shape, near, after, sentence)
        elif _is_size(trimmed(tokens)):
            self._sized(trimmed(tokens), near, after, sentence)
        elif is_space(tokens):
            self._in_space(tokens, near, sentence)
        if is_dotted(tokens) and (_NUMBER_IS.search(near) or _IS_A_NUMBER.match(behind)):
            parts = [trimmed(part) for part in split(trimmed(tokens), (",",))]
            if Values(self.scope).entity_of(parse(parts[0]))[0] is None:
                place = tokens[0].place
                if self.scope.waits:
                    raise Unreadable(f"{latex_of(parts[0])} has no declaration", place)
                self._listed_family(parts, tokenize(r"\mathbb{R}", place.file, place.line, place.column))
        if is_names(tokens):
            self._numbers(tokens, near, behind, before)
            self._said_behind_a_list(tokens, sentence)
        rank = _RANK.search(near)
        put = (
            replace(sentence, before=sentence.before[: len(sentence.before.rstrip()) - len(near) + rank.start()])
            if rank
            else sentence
        )
        how = stance(put, needs_verb=False, any_words=True)
        if how is Stance.NOTHING:
            return how
        if _BY_LAW.search(near) and _is_law(tokens) and sentence.earlier:
            self._drawn(tokens, sentence)
        moments = _MOMENTS.search(near)
        moment = _MOMENT.search(near) if moments is None else None  # "de matrices de covariance" is of several
        if moment is not None and _members(tokens) and _is_of_chance(f"{before} {after}"):
            ranged = len(_members(tokens)) < len(trimmed(tokens))
            self._moment_said(_members(tokens), "mean" if moment["mean"] else "variance", sentence, ranged)
            if "zero" in moment[0] and not moment["mean"]:  # "with mean zero and covariance"
                self._moment_said(tokenize("0", *_at(tokens)), "mean", sentence)
        self._moment_described(tokens, near, after, sentence)
        if moments is not None and _RANDOM.search(f"{before} {after}"):
            self._moments_said(tokens, "mean" if moments["mean"] else "variance", sentence)
        if rank is not None and sentence.earlier:
            self._ranked(tokens, sentence)
        return how

    # shapes ----------------------------------------------------------------------------------------

    def _shaped(self, shape: tuple[Tokens, Tokens], near: str, after: str, sentence: Sentence) -> None:
        r"""``m \times n`` in words: of the names behind "matrix", or else of those before "be an"."""
        ahead = _NOUN_AHEAD.match(after)
        rows, columns = (self.size(s) for s in shape)
        if ahead is not None and "$" in ahead["rest"] and _NAMES_AHEAD.match(ahead["rest"].split("$", 1)[0]):
            self._give(self._listed_behind(ahead["rest"], sentence), rows, columns)
            return
        if self._named_before(near, "matrix", sentence):
            self._give(self._listed_before(sentence), rows, columns)
            return
        found = _BEHIND_NAME.match(near)
        if found is not None and sentence.earlier and (ahead is not None or found["noun"]):
            self._give(self._listed_before(sentence), rows, columns)

    def _sized(self, tokens: Tokens, near: str, after: str, sentence: Sentence) -> None:
        r"""One size in words: "a vector of length $n$", "an $n$-dimensional vector", "matrice carrée d'ordre $n$"."""
        dimensional = _DIMENSIONAL.match(after)
        if dimensional is not None:
            rest = dimensional["rest"]
            if "$" in rest and _NAMES_AHEAD.match(rest.split("$", 1)[0]):
                self._give(self._listed_behind(rest, sentence), self.size(tokens), ONE)
            elif sentence.earlier and re.match(rf"{_BE}(?:{_ADJECTIVE}\s+)*\s*$", near):
                self._give(self._listed_before(sentence), self.size(tokens), ONE)
            return
        if self._named_before(near, "vector", sentence):
            self._give(self._listed_before(sentence), self.size(tokens), ONE)
            return
        square, vector = _SQUARE_OF.search(near), _VECTOR_OF.search(near)
        if square is not None and sentence.earlier and re.match(rf"{_BE}(?:{_ADJECTIVE}\s+)*{_MATRIX}?\W", near):
            self._give(self._listed_before(sentence), self.size(tokens), self.size(tokens))
        elif vector is not None and sentence.earlier and re.match(rf"{_BE}(?:{_ADJECTIVE}\s+)*\s*$", vector["ahead"]):
            self._give(self._listed_before(sentence), self.size(tokens), ONE)

    def _numbers(self, tokens: Tokens, near: str, behind: str, before: str) -> None:
        """Names that words call numbers: "real numbers $a$ and $b$", "let $X$ and $Y$ be random variables"."""
        linked = re.search(rf"(?:^|\W)(?:{_ADJECTIVE}\s+)*{_NUMBER}{_LISTED_BEHIND}", before)
        called = bool(_NUMBER_IS.search(near)) or (linked is not None and _LINK.match(near) is not None)
        if called or _IS_A_NUMBER.match(behind):
            self._give([trimmed(name) for name in split(trimmed(tokens), (",",))], ONE, ONE)

    def _said_behind_a_list(self, tokens: Tokens, sentence: Sentence) -> None:
        """ "Let $X$ and $Y$ be random variables": what is said behind the last of a list is said of all."""
        after = plain(sentence.after)
        listed = re.match(r"(?>[^\w$]*(?:(?:and|et)\b[^\w$]*)?\$)+", after)
        if listed is not None and is_names(tokens) and _IS_A_NUMBER.match(after[listed.end() :]):
            later = sentence.later[: listed[0].count("$")]
            if all(is_names(name) for name in later):
                self._give([trimmed(name) for name in split(trimmed(tokens), (",",))], ONE, ONE)

    def _in_space(self, tokens: Tokens, near: str, sentence: Sentence) -> None:
        r"""``$X$ and $Y$ be random vectors in $\mathbb{R}^n$``."""
        basis = _BASIS_OF.match(near)
        if basis is not None and sentence.earlier and is_dotted(sentence.earlier[-1]):
            self._basis(sentence.earlier[-1], tokens, bool(basis["before"] or basis["behind"]))
            return
        drawn = self._drawn_before(sentence)
        if drawn and (_VECTOR_IN.match(near) or re.match(r"\W*(in|on|over|dans|sur)\W*$", near)):
            _, (rows, columns), sign = self._set(trimmed(tokens))
            if not sign:
                self._give(
                    [name for name in drawn if Values(self.scope).entity_of(parse(name))[0] is None], rows, columns
                )
            return
        if _MATRIX_IN.match(near) and sentence.earlier:
            kind, (rows, columns), _ = self._set(trimmed(tokens))
            if kind == "R" and columns != ONE:
                self._give(self._listed_before(sentence), rows, columns)
            return
        found = _VECTOR_IN.match(near)
        if found is None or not sentence.earlier or not re.match(rf"{_BE}(?:{_ADJECTIVE}\s+)*\s*$", found["ahead"]):
            return
        kind, (rows, columns), sign = self._set(trimmed(tokens))
        if is_dotted(sentence.earlier[-1]):
            parts = [trimmed(part) for part in split(trimmed(sentence.earlier[-1]), (",",))]
            if Values(self.scope).entity_of(parse(parts[0]))[0] is None:
                self._listed_family(parts, trimmed(tokens))
        elif kind == "R" and columns == ONE and not sign:
            self._give(self._listed_before(sentence), rows, columns)

    @staticmethod
    def _drawn_before(sentence: Sentence) -> list[Tokens]:
        r"""The names in front of ``\sim`` in the formula before: of ``$x \sim \mathcal{N}(\mu, \Sigma)$ in``."""
        pieces = pieces_of(trimmed(sentence.earlier[-1])) if sentence.earlier else []
        if len(pieces) != 1 or pieces[0].relations != ("sim",):
            return []
        names = [trimmed(name) for name in split(pieces[0].sides[0], (",",))]
        return names if all(is_names(name) for name in names) else []

    def _basis(self, names: Tokens, space: Tokens, orthonormal: bool) -> None:
        r"""``v_1, \dots, v_n`` be a basis of $\mathbb{R}^n$: a family of as many vectors as they have entries."""
        parts = [trimmed(part) for part in split(trimmed(names), (",",))]
        if Values(self.scope).entity_of(parse(parts[0]))[0] is None and not self._listed_family(parts, trimmed(space)):
            return
        reader = Values(self.scope)
        value = reader.finished(reader.read(general_member(trimmed(names))))
        said = orthonormal_members(value, self.scope.context)
        if said is not None and orthonormal and same_size(value.shape[0], said.right.operands[0].shape[0]):
            self.scope.assume(said)
        else:
            self.scope.unsure.update(dict.fromkeys(letters_of(without_index(names)), "a basis"))

    @staticmethod
    def _named_before(near: str, noun: str, sentence: Sentence) -> bool:
        """Whether a size stands behind a name that a noun introduces: "a matrix $A$ of size"."""
        if not sentence.earlier or not _SIZE_BEHIND.match(near):
            return False
        found = _ENDS_WITH_NOUN.search(plain(sentence.before).rsplit("$", 1)[0])
        return found is not None and found[noun] is not None

    def named_together(self, tokens: Tokens, sentence: Sentence) -> None:
        r"""``Let $u$, $v \in \mathbb{R}^n$``: the names just before are in the same set, if not declared."""
        words = plain(sentence.before)
        names = self._listed_before(sentence) if sentence.earlier and _LINK.match(words.rsplit("$", 1)[-1]) else []
        ahead = words.split("$")[: -len(names)] if names else []
        if not ahead or not _LET.search(ahead[-1]) or len(ahead) + len(names) != words.count("$") + 1:
            return
        kind, (rows, columns), sign = self._set(trimmed(tokens))
        if kind == "R" and not sign:
            self._give(names, rows, columns)

    @staticmethod
    def _listed_before(sentence: Sentence) -> list[Tokens]:
        """The names of the formulas just before, those that "and" and commas join."""
        words = plain(sentence.before).split("$")
        found = [sentence.earlier[-1]]
        for k in range(2, len(words)):
            if k > len(sentence.earlier) or not _LINK.match(words[-k]):
                break
            found.append(sentence.earlier[-k])
        return [trimmed(name) for tokens in reversed(found) if is_names(tokens) for name in split(tokens, (",",))]

    @staticmethod
    def _listed_behind(rest: str, sentence: Sentence) -> list[Tokens]:
        """The names of the formulas just behind, those that "and" and commas join."""
        words = rest.split("$")[1:]
        found = list(sentence.later[:1])
        for k, link in enumerate(words[:-1], 1):
            if k >= len(sentence.later) or not _LINK.match(link) or not is_names(sentence.later[k]):
                break
            found.append(sentence.later[k])
        return [trimmed(name) for tokens in found if is_names(tokens) for name in split(tokens, (",",))]

    def _give(self, names: list[Tokens], rows: Expr, columns: Expr) -> None:
        """Declare those of the names that nothing declares, or an earlier section alone where they are introduced."""
        for name in names:
            node = parse(name)
            while node.kind == "group" and node.parts:
                node = node.parts[0]
            known = Values(self.scope).entity_of(node)[0] is not None
            anew = known and self.scope.afresh and self.scope.is_from_another_section(node.text)
            if (not known or anew) and node.text not in ("I", "e"):
                if self.scope.waits and (rows, columns) == (ONE, ONE):
                    raise Unreadable(f"{node.text} has no declaration", node.place)
                self.introduce(node, rows, columns)

    # moments, ranks, rows ----------------------------------------------------------------------------

    def _moment_said(self, tokens: Tokens, kind: str, sentence: Sentence, ranged: bool = False) -> None:
        r"""``with mean $\mu$ and covariance $\Sigma$``: of the random name that the sentence speaks of before."""
        earlier = _spoken_of(sentence)
        able = [name for formula in earlier if (name := self._subject(formula)) and self._has_a_mean(name)]
        words = plain(sentence.before).split("$")
        behind = words[sentence.earlier.index(earlier[-1]) + 1] if earlier else ""
        last = self._subject(earlier[-1]) if earlier and _IS.match(behind) else ()
        subjects = able if len(able) == 1 and self._subject(earlier[-1]) else [last] if last else []
        if _ALIKE.search(plain(f"{sentence.before} {sentence.after}")) and not subjects:
            names = (trimmed(name) for formula in earlier for name in split(_members(formula), (",",)))
            subjects = [name for name in names if is_names(name)]
        if not subjects and (kind == "mean" or _OWN_VARIANCE.search(plain(sentence.before))):
            subjects = self._all_spoken_of(sentence)
            numbers = any(self._is_number_named(name) for name in subjects)
            subjects = [] if numbers and "covariance" in plain(sentence.before).rsplit("$", 1)[-1] else subjects
        if not subjects and ranged and not earlier:
            return  # "the noise has variance $a > 0$" says at least the range
        if not subjects:
            raise Unreadable("whose mean, or whose variance?", tokens[0].place)
        for one in subjects:
            self._has_moment(one, kind, tokens, sentence)

    def _drawn(self, law: Tokens, sentence: Sentence) -> None:
        r"""``draws from $\mathcal{N}(0, I)$``: the law of what the sentence speaks of before."""
        names = self._all_spoken_of(sentence)
        if any(_is_law(formula) for formula in sentence.later[:1]):
            names = []
        if not names:
            raise Unreadable("whose law?", law[0].place)
        for name in names:
            self._random(Piece((name, law), ("sim",)))

    def _all_spoken_of(self, sentence: Sentence) -> list[Tokens]:
        """The names that words behind them speak of: of several formulas that are joined all where a plural noun
        stands behind one name, else those of the last formula; none where that is not clear.
        """
        earlier = _spoken_of(sentence)
        if not earlier:
            return []
        behind = " ".join(plain(sentence.before).split("$")[sentence.earlier.index(earlier[-1]) + 1 :])
        if not _DRAWN.fullmatch(behind):
            return []
        if self._subject(earlier[-1]):
            if not _SEVERAL.search(behind) or len(earlier) == 1:
                return [self._subject(earlier[-1])]
            names = [self._subject(formula) for formula in earlier]
            return names if all(names) and all(self._has_a_mean(name) for name in names) else []
        if is_dotted(_members(earlier[-1])):
            return [general_member(_members(earlier[-1]))]
        names = [trimmed(name) for name in split(_members(earlier[-1]), (",",))]
        return names if all(is_names(name) for name in names) and _SEVERAL.search(behind) else []

    def _moment_described(self, tokens: Tokens, near: str, after: str, sentence: Sentence) -> None:
        r"""``its mean is $\mu$``, ``$\mu$ denotes the mean of the random vector $x$``: a moment of x.

        Whose moment it is has to be known: a random name without a law is then not one with any law.
        """
        value = _members(tokens)
        if not value or not is_names(value):
            return
        before, behind = _ITS_MOMENT.search(near), _IS_THE_MOMENT.match(after.split("$", 1)[0])
        found = before or behind
        if found is None:
            return
        words = after.split("$")
        of = next((k for k, word in enumerate(words[:-1]) if _OF_RANDOM.search(word)), None) if behind else None
        earlier = _spoken_of(sentence) if before and "whose" in before[0] else []
        if of is not None and of < len(sentence.later):
            subject = self._subject(sentence.later[of])
        elif earlier:
            subject = self._subject(earlier[-1])
        else:
            unnamed = [law.target.name for law in self.scope.context.random if is_unsaid(law)]
            name = unnamed[0] if len(unnamed) == 1 else ""
            subject = tokenize(f"\\{name}" if name in GREEK else name, *_at(tokens)) if name.isalpha() else ()
        if not subject:
            raise Unreadable("whose mean, or whose variance?", tokens[0].place)
        self._has_moment(subject, "mean" if found["mean"] else "variance", value, sentence)

    def _is_number_named(self, name: Tokens) -> bool:
        entity, _ = Values(self.scope).entity_of(parse(name))
        return isinstance(entity, Symbolic) and entity.value.is_number_shaped

    def _has_a_mean(self, name: Tokens) -> bool:
        """Whether a name may be one that is random: not a matrix beside vectors."""
        entity, _ = Values(self.scope).entity_of(parse(name))
        if isinstance(entity, Size):
            return False
        if isinstance(entity, FamilyName):
            return bool(entity.columns == ONE)
        return not isinstance(entity, Symbolic) or bool(entity.value.shape[1] == ONE)

    def _moments_said(self, tokens: Tokens, kind: str, sentence: Sentence) -> None:
        r"""``$X$ and $Y$ with means $\mu$ and $\nu$``: one each, in the order of the names before."""
        earlier = _spoken_of(sentence)
        names = [trimmed(name) for formula in earlier for name in split(_members(formula), (",",))]
        given = [trimmed(value) for value in split(trimmed(tokens), (",",))]
        for k, link in enumerate(plain(sentence.after).split("$")[:-1]):
            if len(given) >= len(names) or k >= len(sentence.later) or not _LINK.match(link):
                break
            given += [trimmed(value) for value in split(trimmed(sentence.later[k]), (",",))]
        if len(given) != len(names) or not all(is_names(name) for name in names):
            raise Unreadable("whose means, or whose variances?", tokens[0].place)
        for name, value in zip(names, given, strict=True):
            self._has_moment(name, kind, value, sentence)

    def _has_moment(self, subject: Tokens, kind: str, tokens: Tokens, sentence: Sentence) -> None:
        """The mean or the variance of a random name."""
        node = parse(subject)
        entity, rest = Values(self.scope).entity_of(node)
        if not isinstance(entity, Symbolic | FamilyName) or (rest and isinstance(entity, Symbolic)):
            raise Unreadable("whose mean, or whose variance?", tokens[0].place)
        place = tokens[0].place
        name = r"\mathbb{E}[" if kind == "mean" else r"\operatorname{Var}("
        closing = "]" if kind == "mean" else ")"
        opened = tokenize(name, place.file, place.line, place.column)
        closed = tokenize(closing, place.file, place.line, place.column)
        self.scope.lawless.discard(node.text)
        if isinstance(entity, Symbolic):
            rows, columns = entity.value.shape
            self._of_this_section(tokens, rows, columns if kind == "mean" else rows)
        self.relation((*opened, *subject, *closed), "=", tokens)
        if kind == "variance" and _GAUSSIAN.search(plain(f"{sentence.before} {sentence.after}")):
            self._gaussian(node)

    def _of_this_section(self, tokens: Tokens, rows: Expr, columns: Expr) -> None:
        """A letter that an earlier section gave another shape is what is spoken of here."""
        name = name_of(trimmed(tokens)[0]) if len(trimmed(tokens)) == 1 else ""
        before = self.scope.find(name) if name.isalpha() else None
        earlier = isinstance(before, Symbolic) and self.scope.is_from_another_section(name)
        if earlier and isinstance(before, Symbolic) and before.value.shape != (rows, columns):
            self.scope.declare(name, Symbolic(Var(name, rows, columns)), "")

    def _gaussian(self, node: Node) -> None:
        """A law with a mean and a variance that words call Gaussian."""
        value = Values(self.scope).value(node)
        for law in self.scope.context.random:
            if law.target == value and law.law == "moments":
                known = self.scope.pending.get(law.target.name, {})
                if {"mean", "variance"} <= set(known):
                    self.scope.define(type(law)(law.target, "gaussian", law.parameters))

    @staticmethod
    def _subject(tokens: Tokens) -> Tokens:
        r"""The name that a formula introduces: x of ``x``, of ``x \in \mathbb{R}^n``; empty where it is no one name."""
        tokens = trimmed(tokens)
        if is_dotted(tokens):
            return general_member(tokens)
        at = next((k for k in range(len(tokens)) if relation_of(tokens, k)[0]), len(tokens))
        if at < len(tokens) and relation_of(tokens, at)[0] != "in":
            return ()
        name = trimmed(tokens[:at])
        return name if name and is_names(name) and len(split(name, (",",))) == 1 else ()

    def _ranked(self, tokens: Tokens, sentence: Sentence) -> None:
        """The rank of the name before, as a hypothesis."""
        subject = self._subject(sentence.earlier[-1])
        if not subject:
            return
        place = subject[0].place
        rank = tokenize(r"\operatorname{rank}(", place.file, place.line, place.column)
        closed = tokenize(")", place.file, place.line, place.column)
        self.relation((*rank, *subject, *closed), "=", tokens)

    def lines(self, tokens: Tokens, sentence: Sentence) -> None:
        r"""``$x_i^\top$ is the $i$-th row of $X$``, ``$X$ with rows $x_i^\top$``: the rows as columns, or columns."""
        near = plain(sentence.before).rsplit("$", 1)[-1] + " "
        of, having = _LINE_OF.search(near), _WITH_LINES.search(near)
        if not (of or having) or stance(sentence, needs_verb=False, any_words=True) is not Stance.ASSUMED:
            return
        if of is not None:
            said = [formula for formula in sentence.earlier if _line(formula) is not None]
            if said and not _IS_LINE.fullmatch(_between(said[-1], sentence, of[0])):
                self.scope.unsure.update({line[0].text: "rows" for formula in said[-1:] if (line := _line(formula))})
                return
            names = [trimmed(name) for name in split(_members(tokens), (",",))]
            if said and len(names) == 1 and is_names(names[0]):
                self._line_of(names[0], said[-1], of["kind"][0] in "rl")
        if having is not None:
            said = [tokens]
            links = plain(sentence.after).split("$")
            for k, formula in enumerate(sentence.later):
                if _LINK.match(links[k]) is None or _line(formula) is None:
                    break
                said.append(formula)
            earlier = [trimmed(name) for formula in _spoken_of(sentence) for name in split(_members(formula), (",",))]
            matrices = [name for name in earlier if is_names(name)][-len(said) :]
            if not earlier or not _HAS_LINES.fullmatch(_between(_spoken_of(sentence)[-1], sentence, having[0])):
                return
            for name, formula in zip(matrices, said, strict=False) if len(matrices) == len(said) else ():
                self._line_of(name, formula, having["kind"][0] in "rl")

    def _line_of(self, matrix: Tokens, formula: Tokens, by_rows: bool) -> None:
        """Read a formula as the general row, or column, of a declared matrix; nothing where it may be none."""
        entity, rest = Values(self.scope).entity_of(parse(matrix))
        line = _line(formula)
        if not isinstance(entity, Symbolic) or rest or 1 in entity.value.shape or line is None:
            return
        node, turned = line
        value = entity.value
        family = self.scope.find(node.text, node.style, indexed=True)
        count, width = value.shape if by_rows else (value.shape[1], value.shape[0])
        if isinstance(family, FamilyName):
            fits = (family.rows, family.columns, family.count) == (width, ONE, 1) and family.high in (None, count)
            if not fits or family.low not in (None, ONE):
                return
            self.scope.rows_for_members(
                family.name, lambda at: ex.Transpose(ex.Row(value, at)) if by_rows else ex.Col(value, at)
            )
        elif not (family is None or isinstance(family, Size)) or turned != by_rows:
            return
        self.scope.declare(node.text, Rows(value, by_rows), node.style)


def _line(formula: Tokens) -> tuple[Node, bool] | None:
    r"""The name with an index that a formula gives to rows or columns, and whether it is transposed.

    That of ``x_i``, of ``x_i^\top``, of ``(x^{(i)})^\top`` and of a list or a membership of them; else None.
    """
    tokens = _members(formula)
    if not tokens:
        return None
    try:
        node = parse(trimmed(split(tokens, (",",))[0] if is_dotted(tokens) else tokens))
    except Unreadable:
        return None
    turned = False
    if node.kind == "group" and node.text == "(" and node.tokens and _are_transposes(node.scripts):
        node, turned = parse(stripped(node.tokens)), True
    if node.kind != "letter" or not node.scripts:
        return None
    (mark, at), *rest = node.scripts
    inner = stripped(bracketed(at) or at)
    if rest and (turned or not _are_transposes(rest)):
        return None
    letter = name_of(inner[0]) if len(inner) == 1 else ""
    if (mark == "^" and bracketed(at) is None) or mark == "'" or not letter:
        return None
    if not (letter == "1" and is_dotted(tokens)) and not (letter.isalpha() and letter.islower() and len(letter) == 1):
        return None
    return node, turned or bool(rest)


def _between(formula: Tokens, sentence: Sentence, end: str) -> str:
    """The words from a formula before on to the end of what stands before this one, without that end."""
    at = max(k for k, earlier in enumerate(sentence.earlier) if earlier is formula)
    words = "$".join(plain(sentence.before).split("$")[at + 1 :]) + " "
    return words.removesuffix(end)


def _are_transposes(scripts: list[tuple[str, Tokens]]) -> bool:
    return len(scripts) == 1 and (scripts[0][0] == "'" or plain_text(scripts[0][1]) in ("T", "top", "intercal"))
