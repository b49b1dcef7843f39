r"""What the words of a sentence say a name is: "an $n \times n$ matrix $A$", "with mean $\mu$", "of rank $k$".

Only names that nothing declares get a shape here; of a name with a declaration the words change nothing.
May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr

from everystep.algebra.shapes import ONE, same_size
from everystep.reader import patterns as re
from everystep.reader.cleaning import tokenize
from everystep.reader.families import orthonormal_members
from everystep.reader.lines import Lines
from everystep.reader.moments import MOMENT, MOMENTS, RANDOM, is_law, is_of_chance
from everystep.reader.name_lists import LINK, general_member, is_dotted, is_names, is_size, members, place_of, shape_of
from everystep.reader.numbers_by_chance import ALIKE_BY_LAW, BERNOULLI, have_a_variance
from everystep.reader.paragraphs import is_space
from everystep.reader.pieces import letters_of, pieces_of, trimmed, without_index
from everystep.reader.prose import Sentence, Stance, stance
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Unreadable, latex_of, split
from everystep.reader.values import Values
from everystep.reader.words import plain

_OF_WHAT = (
    r"(?:of|des|de|d')\s?(?:the |all )?(?:data|donnees|responses?|reponses?|observations?|targets|cibles|labels|"
    r"etiquettes|inputs|entrees|outputs|sorties|outcomes|weights|poids|coefficients|parameters|parametres|unknowns|"
    r"inconnues|errors|erreurs|noises?|bruits?|residuals|residus|features|predictors|regressors|regresseurs|covariates|covariables|"
    r"regression|variables explicatives|design|experience|plan d'experience|plan)"
)
"""What a matrix or a vector is one of: a matrix of data, « le vecteur des réponses »."""
_ADJECTIVE = (
    rf"(?>(?:{_OF_WHAT}|"
    r"real|reelles?|reels?|square|carrees?|symmetric|symetriques?|invertible|inversibles?|non-?singular|nonsingular|"
    r"orthogonal|orthogonale|orthogonales|orthogonaux|diagonal|diagonales?|positive|positives?|semi-?definite|definite|"
    r"definies?|semi-?definies?|arbitrary|quelconques?|any|all|some|fixed|fixee?s?|constant|constante?s?|given|both|two|"
    r"three|deux|trois|data|design|weight|covariance|column|colonnes?|nonzero|non-?zero|non|nul(?:le)?s?|idempotent|"
    r"idempotente?s?|full|rank|skew-symmetric|antisymetriques?|random|aleatoires?|and|et|spd|psd|projection|same|valued|"
    r"transition|adjacency|incidence|gain|dynamics|feature|features|kernel|gram|mixing|loadings?|precision|correlation|"
    r"distance|similarity|ratings?|payoff|state|output|input|observation|measurement|control|cost|regressor|embedding|"
    r"query|key|value|attention|filter|target|label|coefficient|parameter|noise|gains|d'observation|de transition|"
    r"i\.?i\.?d\.?|real-valued|scalar|cent(?:er|r)ed|centree?s?|zero-mean|gaussian|gaussienn?e?s?|normal|independent|independante?s?|unknown|known|inconnu(?:e?s?)|connu(?:e?s?)|the|an?|"
    r"une?|la|le|les|des|de)(?![-\w]))"
)
_LISTED_BEHIND = r"[^\w$]*(?>\$[^\w$]*(?:(?:and|et)\b[^\w$]*)?)*$"
"""Formulas behind a noun, which "and" and commas join; atomic, so that a long list takes no longer to be refused."""
_MATRIX = r"(?:matrix|matrices|matrice)"
_VECTOR = r"(?:vectors?|vecteurs?)"
_NUMBER = (
    r"(?:real numbers?|numbers?|scalars?|real constants?|constants?|reals?|nombres? reels?|nombres?|reels?|scalaires?|"
    r"constantes?|real parameters?|"
    r"(?:real |scalar |real-valued |independent |gaussian |normal )*(?:random|gaussian|normal) variables?|"
    r"variables? (?:aleatoires?|reelles?|gaussiennes?|normales?)"
    r"(?: aleatoires?| reelles?| gaussiennes?| normales?| independantes?)*|parametres? reels?)"
)
_BE = r"\W*(?:be|is|are|being|denotes?|soit|soient|sont|est|etant|designent?|,|:)?\W*"
_OF_SIZE = r"(?:of|with|de|d') ?(?:the |same |la )?(?:size|sizes|shape|order|dimensions?|type|taille|format|ordre)"
_OF_LENGTH = (
    r"(?:of|with|de) (?:the |la )?(?:length|size|dimension|longueur|taille|dimension)|in dimension|de dimension"
)

_BEHIND_NAME = re.compile(
    rf"{_BE}(?:{_ADJECTIVE}\s+)*(?P<noun>{_MATRIX}[\s,]+(?:{_ADJECTIVE}[\s,]+)*(?:{_OF_SIZE})?\s*)?\s*$"
)
_NOUN_AHEAD = re.compile(rf"^\W*(?:{_ADJECTIVE}[\s,]+)*{_MATRIX}\b(?P<rest>.*)$")
_NAMES_AHEAD = re.compile(rf"^\s*(?:(?!and |et |an? |une? ){_ADJECTIVE}\s+)*$")
_SIZE_BEHIND = re.compile(rf"^\W*(?:{_OF_SIZE}|{_OF_LENGTH}|in|de)\s*$")
_ENDS_WITH_NOUN = re.compile(rf"(?:^|\W)(?:(?P<matrix>{_MATRIX})|(?P<vector>{_VECTOR})){_LISTED_BEHIND}")
_LET = re.compile(
    r"\b(let|soit|soient|given|take|fix|consider|considerons|fixons|prenons|vectors|vecteurs|matrices|numbers|reels)\W*$"
)

_SQUARE_OF = re.compile(rf"(?:square|carrees?)\W+(?:{_MATRIX}\W+)?(?:carrees?\W+)?(?:{_OF_SIZE})\s*$")
_VECTOR_OF = re.compile(rf"(?P<ahead>.*?){_VECTOR}\W+(?:{_ADJECTIVE}\W+)*(?:{_OF_LENGTH})\s*$")
_DIMENSIONAL = re.compile(rf"^-?\s?dimension(?:al|nelle?s?)\W+(?:{_ADJECTIVE}\W+)*{_VECTOR}\b(?P<rest>.*)$")
_IS_A_NUMBER = re.compile(
    rf"^\W*(?:(?:be|is|are|denotes?|soit|soient|sont|est|,)\W+|(?=(?:an?|une?|des|deux|trois|two|three) ))"
    rf"(?:{_ADJECTIVE}\s+)*{_NUMBER}\b(?!-)"
)
_NUMBER_IS = re.compile(rf"(?:^|\W)(?:{_ADJECTIVE}\s+)*{_NUMBER}\s*$")


_NUMBERS_BY_NATURE = re.compile(
    r"^\W*(?:be|are|denote|designent|soient|sont)\W+(?:(?:the|our|its|their|some|les|des|ses|leurs)\W+)?"
    r"(?:(?:attention|raw|unnormali[sz]ed|similarity|class|output)\W+)?"
    r"(?:scores|logits|probabilities|probabilites|coefficients)\b(?!\W+(?:vectors|matrices|vecteurs))"
)
"""What a list of such things is made of: "let $s_1, \\dots, s_n$ be the scores"."""
_MATRIX_IN = re.compile(
    rf"^\W*(?:(?:be|is|are|as|denotes?|soit|est|comme|being)\s+)?(?:{_ADJECTIVE}\s+)*(?:an? |une? )?{_MATRIX}"
    rf"(?:\s+{_ADJECTIVE})*\s+(?:in|of|from|de|dans)\s*$"
)
_VECTOR_IN = re.compile(rf"(?P<ahead>.*?){_VECTOR}\W+(?:{_ADJECTIVE}\W+)*(?:in|of|from|de|dans)\s*$")
_BASIS_OF = re.compile(
    rf"{_BE}\s*(?:an?|une?)?\s*(?P<before>orthonorm\w+\s+)?bas[ie]s?(?P<behind>\s+orthonorm\w+)?\s+(?:of|for|de)\s*$"
)


_RANK = re.compile(
    r"\b(?:of|de|has|have|with|having|a|est de|avec|is of|and|et)\s+(?:full |column |row |constant )*(?:rank|rang)\s*$"
)
_BY_LAW = re.compile(
    r"\b(?:(?:drawn|draws?|sampled?|samples|taken|generated|vectors?|variables?|noises?|data|tirages?|tiree?s?)"
    r"(?: \w+){0,2} from|distributed (?:as|according to)|(?:suivant|suit|suivent|selon)(?= (?:la |les |une )?lois?)|"
    r"following|follows?|"
    r"(?:of|with|de|par) (?:the |a |common |same |meme )?(?:law|distribution|loi(?: commune)?))"
    r"(?: (?:the|a|la|les|une|lois?))*(?: (?:standard|multivariate|isotropic|normal|gaussian|normale|gaussienne))*"
    r"(?: (?:law|distribution|loi))?\s*$"
)


_IS_OF_SIZE = re.compile(
    r"\W*(?:is|be|are|being|est|sont|soit|etant)(?: (?:of|de) (?:size|sizes|shape|dimensions?|taille|format))?\W*$|"
    r"\W*(?:has|have|having|with|of|de|a pour|avec) (?:the )?(?:size|shape|dimensions?|taille|format)\W*$"
)
_ENDS_SIZE = re.compile(r"\W*(?:$|[.,;:)]|(?:and|et|with|where|while|avec|ou)\b)")


def speaks_of_basis(before: str) -> bool:
    """Whether the words before a formula end with, or go on from, "a basis of" a space."""
    return re.search(r"\bbas[ie]s?( orthonorm\w+)? (of|for|de) *(\$|space|$)", plain(before)) is not None


class Kinds(Lines):
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
        elif is_size(trimmed(tokens)):
            self._sized(trimmed(tokens), near, after, sentence)
        elif is_space(tokens):
            self._in_space(tokens, near, sentence)
        varying = have_a_variance(sentence)
        numbers = _NUMBER_IS.search(near) or _IS_A_NUMBER.match(behind) or _NUMBERS_BY_NATURE.match(behind) or varying
        if is_dotted(tokens) and numbers:
            parts = [trimmed(part) for part in split(trimmed(tokens), (",",))]
            if Values(self.scope).entity_of(parse(parts[0]))[0] is None:
                place = tokens[0].place
                if self.scope.waits:
                    raise Unreadable(f"{latex_of(parts[0])} has no declaration", place)
                self._listed_family(parts, tokenize(r"\mathbb{R}", place.file, place.line, place.column))
        if is_names(tokens):
            self._numbers(tokens, near, behind, before)
            self._said_behind_a_list(tokens, sentence)
            if varying:
                self._give([trimmed(name) for name in split(trimmed(tokens), (",",))], ONE, ONE)
        rank = _RANK.search(near)
        put = (
            replace(sentence, before=sentence.before[: len(sentence.before.rstrip()) - len(near) + rank.start()])
            if rank
            else sentence
        )
        how = stance(put, needs_verb=False, any_words=True)
        if how is Stance.NOTHING:
            return how
        if (_BY_LAW.search(near) or ALIKE_BY_LAW.fullmatch(near)) and is_law(tokens) and sentence.earlier:
            self._drawn(tokens, sentence)
        if (bernoulli := BERNOULLI.search(near)) is not None and sentence.earlier:
            cut = sentence.before[: len(sentence.before.rstrip()) - len(near.rstrip()) + bernoulli.start()]
            at = place_of(tokens)
            law = (*tokenize(r"\mathrm{Bernoulli}(", *at), *tokens, *tokenize(")", *at))
            self._drawn(law, replace(sentence, before=cut))
        moments = MOMENTS.search(near)
        moment = MOMENT.search(near) if moments is None else None  # "de matrices de covariance" is of several
        if moment is not None and members(tokens) and is_of_chance(f"{before} {after}"):
            ranged = len(members(tokens)) < len(trimmed(tokens))
            self._moment_said(members(tokens), "mean" if moment["mean"] else "variance", sentence, ranged)
            if not moment["mean"] and ("zero" in moment[0] or self._is_centred(sentence)):
                self._moment_said(tokenize("0", *place_of(tokens)), "mean", sentence)  # "with mean zero and covariance"
        self._moment_described(tokens, near, after, sentence)
        if moments is not None and RANDOM.search(f"{before} {after}"):
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
        if sentence.earlier and _IS_OF_SIZE.match(near) and _ENDS_SIZE.match(plain(after)):
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
        called = bool(_NUMBER_IS.search(near)) or (linked is not None and LINK.match(near) is not None)
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
        names = self._listed_before(sentence) if sentence.earlier and LINK.match(words.rsplit("$", 1)[-1]) else []
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
            if k > len(sentence.earlier) or not LINK.match(words[-k]):
                break
            found.append(sentence.earlier[-k])
        return [trimmed(name) for tokens in reversed(found) if is_names(tokens) for name in split(tokens, (",",))]

    @staticmethod
    def _listed_behind(rest: str, sentence: Sentence) -> list[Tokens]:
        """The names of the formulas just behind, those that "and" and commas join."""
        words = rest.split("$")[1:]
        found = list(sentence.later[:1])
        for k, link in enumerate(words[:-1], 1):
            if k >= len(sentence.later) or not LINK.match(link) or not is_names(sentence.later[k]):
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
                if self.scope.waits and (rows, columns) == (ONE, ONE) and not anew:
                    raise Unreadable(f"{node.text} has no declaration", node.place)
                self.introduce(node, rows, columns)

    # moments, ranks ----------------------------------------------------------------------------------

    def _ranked(self, tokens: Tokens, sentence: Sentence) -> None:
        """The rank of the name before, as a hypothesis."""
        subject = self._subject(sentence.earlier[-1])
        if not subject:
            return
        place = subject[0].place
        rank = tokenize(r"\operatorname{rank}(", place.file, place.line, place.column)
        closed = tokenize(")", place.file, place.line, place.column)
        self.relation((*rank, *subject, *closed), "=", tokens)
