r"""What words say of chance: "with mean $\mu$", "drawn from $N(0, I)$", "its variance is $s^2$".

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from sympy import Expr

from everystep.algebra.context import Random
from everystep.algebra.expressions import Var
from everystep.algebra.shapes import ONE
from everystep.reader import patterns as re
from everystep.reader.cleaning import tokenize
from everystep.reader.entities import FamilyName, Size, Symbolic
from everystep.reader.laws import Laws
from everystep.reader.marks import plain_text
from everystep.reader.models import noise_of
from everystep.reader.name_lists import LINK, general_member, is_dotted, is_names, members, place_of
from everystep.reader.pieces import Piece, trimmed
from everystep.reader.prose import Sentence
from everystep.reader.signs import GREEK
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, name_of, relation_of, split
from everystep.reader.values import Values
from everystep.reader.words import plain

_HAVING = r"(?:with|of|and|having|has|have|avec|et|ayant|a|ont|de|d')"
MOMENT = re.compile(
    rf"\b{_HAVING}\s*(?:an? |une? |la |finite |finie? |common |constant |equal |unknown |known |the same |same |"
    r"la meme |meme |zero mean and |mean zero and )*(?:"
    r"(?P<mean>mean|expectation|expected value|moyenne|esperance)(?: vectors?| vecteur)?|"
    r"(?P<variance>(?:co)?variance)(?:-covariance)?(?: matrix| matrice)?|matrice de (?P<matrix>(?:co)?variance))"
    r"(?: (?:commune|constante|finie|inconnue|connue))*\s*$"
)
_CENTRED = re.compile(
    r"\b(?:cent(?:er|r)ed|centree?s?|zero[- ]means?|means?[- ]zero|(?:moyennes?|esperances?) (?:nulles?|zero)|"
    r"null means?|vanishing means?)\b"
)
_NOT = re.compile(r"\b(?:not|no|never|neither|nor|without|pas|ni|sans|jamais)\b|\bnon-? ?cent|\bun-?cent")
_ENTRIES = re.compile(
    r"\b(?:entries|components|coordinates|elements|errors|noises|composantes|entrees|coordonnees|coefficients|erreurs|"
    r"noise terms|error terms|white noise|bruit blanc)\b"
)
_UNCORRELATED = re.compile(
    r"\b(?:uncorrelated|i\.?\s?i\.?\s?d\b|white|blanc|non[- ]correlee?s?|decorrelee?s?|(?<!linearly )independent|"
    r"(?<!lineairement )independante?s?)"
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
MOMENTS = re.compile(
    rf"\b{_HAVING}\s*(?:the |les |des |respective )*(?:"
    r"(?P<mean>means|expectations|expected values|moyennes|esperances)(?: vectors| vecteurs)?|"
    r"(?P<variance>(?:co)?variances|(?:co)?variance matrices|matrices de (?:co)?variances?))"
    r"(?: respectives?)?(?: respectively)?\s*$"
)
_ALIKE = re.compile(
    r"\b(identically|i\.?\s?i\.?\s?d|each|both|common|same|identiquement|chacune?|communes?|memes?|"
    r"tous deux|toutes deux)\b"
)


RANDOM = re.compile(
    r"\b(noises?|bruits?|errors|erreurs|uncorrelated|centree?s?|cent(?:er|r)ed|zero-mean|random|"
    r"aleatoires?|gaussian|gaussiene?s?|normal|distributed|i\.?i\.?d|drawn|samples?|"
    r"(?<!linearly )independent|(?<!lineairement )independante?s?)\b"
)
OF_NOISE_NAMED = re.compile(r"\b(?:the|our|les?|des|nos) (?:additive |random )?(?:noises?|errors|bruits?|erreurs)\b")
_GAUSSIAN = re.compile(r"\b(gaussian|gaussienn?e?s?|normal|normally|normale?s?)\b")


_DRAWN = re.compile(
    r"(?:\W|\b(?:be|is|are|being|denotes?|an?|the|two|three|all|both|each|fresh|mutually|jointly|independent|independently|"
    r"identically|random|numbers?|scalars?|nombres?|i|d|iid|gaussian|normale?s?|standard|noises?|vectors?|"
    r"variables?|samples?|draws?|drawn|sampled|taken|generated|data|points?|inputs?|weights?|of|from|as|with|"
    r"having|following|follows?|law|distribution|distributed|according to|common|means?|zero|covariances?|"
    r"variances?|and|et|moyennes?|nulles?|matrix|matrice|cent(?:er|re)ed|zero-mean|centree?s?|soit|soient|est|"
    r"sont|un|une|des|la|le|les|l|bruits?|vecteurs?|aleatoires?|independante?s?|deux|tous|toutes|de|lois?|selon|suivant|suit|"
    r"suivent|tirages?|tiree?s?|gaussiens?|gaussiennes?|echantillons?|space|n x n|multivariate|isotropic|"
    r"real|reelle?s?)\b)*"
)
"""Words between random names and their law that say nothing else of them."""
_SEVERAL = re.compile(
    r"\b(vectors|variables|numbers|quantities|noises|draws|samples|vecteurs|bruits|tirages|nombres|quantites|"
    r"echantillons)\b|\b(?:are|sont|be|soient) (?:(?:all|mutually|jointly|tous|toutes) ){0,2}"
    r"(?:random|independent|i\.?i\.?d|aleatoires|independante?s)\b"
)
_OWN_VARIANCE = re.compile(
    r"\b(?:means?|moyennes?|esperances?)\b[^.;:]{0,30}\b(?:and|et)\b[^.;:]{0,12}\bcovariance(?: matrix| matrice)?\s*$|"
    r"(?<!co)\bvariances?\s*$"
)
"""What several names have each: "vectors with mean zero and covariance"; "numbers with covariance" have one of both."""


def is_of_chance(words: str) -> bool:
    """Whether words tell that what has a mean is random: they say so, or give it a variance; not of data."""
    both = re.search(rf"\b(?:{_MEAN})\b", words) and re.search(r"\b(?:co)?variances?\b", words)
    return bool(RANDOM.search(words) or (both and not _OF_DATA.search(words)))


_OF_DATA = re.compile(r"\b(sample|empirical|empiriques?|data|donnees|points?|observed|observations?)\b")


def is_law(tokens: Tokens) -> bool:
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
    ahead = MOMENT.search(near) or MOMENTS.search(near) or _ITS_MOMENT.search(near)
    return bool(ahead or _IS_THE_MOMENT.match(behind))


def is_unsaid(law: Random) -> bool:
    """Whether a random name has a mean and a variance of which nothing was said."""
    own = law.target.name.replace(" ", "")
    named = {part.name for part in law.parameters if isinstance(part, Var)}
    return law.law == "moments" and bool(named & {f"mu_{own}", f"Sigma_{own}"})


def spoken_of(sentence: Sentence) -> list[Tokens]:
    """The last formulas before that are joined to each other, leaving out sizes, sets and means and variances."""
    words = plain(sentence.before).split("$")
    found: list[Tokens] = []
    is_moment, near = False, True
    for k, formula in enumerate(sentence.earlier):
        if k + 1 >= len(words):
            break
        link = LINK.match(words[k]) is not None and k > 0
        said = MOMENT.search(words[k]) or MOMENTS.search(words[k]) or _ITS_MOMENT.search(words[k])
        is_moment = bool(said) or (is_moment and link)
        if is_moment:
            near = False
            continue
        if _INDEPENDENT_OF.search(words[k]):
            continue  # "$v$ is independent of $x$ with mean": the mean is that of v
        found = [*found, formula] if link and near else [formula]
        near = True
    return found


class Moments(Laws):
    """Reads what words say of the mean, the variance and the law of a name."""

    def _moment_said(self, tokens: Tokens, kind: str, sentence: Sentence, ranged: bool = False) -> None:
        r"""``with mean $\mu$ and covariance $\Sigma$``: of the random name that the sentence speaks of before."""
        earlier = spoken_of(sentence)
        able = [name for formula in earlier if (name := self._subject(formula)) and self._has_a_mean(name)]
        words = plain(sentence.before).split("$")
        behind = words[sentence.earlier.index(earlier[-1]) + 1] if earlier else ""
        last = self._subject(earlier[-1]) if earlier and _IS.match(behind) else ()
        subjects = able if len(able) == 1 and self._subject(earlier[-1]) else [last] if last else []
        if _ALIKE.search(plain(f"{sentence.before} {sentence.after}")) and not subjects:
            names = (trimmed(name) for formula in earlier for name in split(members(formula), (",",)))
            subjects = [name for name in names if is_names(name)]
        if not subjects and (kind == "mean" or _OWN_VARIANCE.search(plain(sentence.before))):
            subjects = self._all_spoken_of(sentence)
            numbers = any(self._is_number_named(name) for name in subjects)
            subjects = [] if numbers and "covariance" in plain(sentence.before).rsplit("$", 1)[-1] else subjects
        if not subjects and OF_NOISE_NAMED.search(plain(sentence.before).rsplit("$", 1)[-1]):
            subjects = self._noise()
        if not subjects and ranged and not earlier:
            return  # "the noise has variance $a > 0$" says at least the range
        if not subjects:
            raise Unreadable("whose mean, or whose variance?", tokens[0].place)
        for one in subjects:
            self._has_moment(one, kind, tokens, sentence)

    def _noise(self) -> list[Tokens]:
        """The one noise that definitions are written with: "the errors have variance" names it without its letter."""
        found = {noise.name for d in self.scope.context.definitions if (noise := noise_of(d.body)) is not None}
        name = found.pop() if len(found) == 1 else ""
        if not name.isalpha():
            return []
        return [tokenize(f"\\{name}" if name in GREEK else name, "", 1, 1)]

    def _is_centred(self, sentence: Sentence) -> bool:
        """Whether words behind the last name, before a variance, say that the mean is zero."""
        near = plain(sentence.before).rsplit("$", 1)[-1]
        return bool(_CENTRED.search(near)) and not _NOT.search(near)

    def _by_entries(self, tokens: Tokens, kind: str, sentence: Sentence) -> Tokens:
        """The moment of a vector of which the words tell those of the entries, which they call uncorrelated."""
        words = plain(sentence.before)
        clause = re.split(r"[;:]", words)[-1]
        if not (_ENTRIES.search(clause) and _UNCORRELATED.search(clause)) or _NOT.search(clause):
            return tokens
        place = place_of(tokens)
        behind = r") I" if kind == "variance" else r") \mathbf{1}"
        single = parse(tokens).kind == "letter"
        if kind == "mean" and plain_text(tokens) == "0":
            return tokens
        if single:
            return (*tokens, *tokenize(behind.removeprefix(") "), *place))
        return (*tokenize("(", *place), *tokens, *tokenize(behind, *place))

    def _drawn(self, law: Tokens, sentence: Sentence) -> None:
        r"""``draws from $\mathcal{N}(0, I)$``: the law of what the sentence speaks of before."""
        names = self._all_spoken_of(sentence, listed=True)
        if any(is_law(formula) for formula in sentence.later[:1]):
            names = []
        if not names:
            raise Unreadable("whose law?", law[0].place)
        for name in names:
            self._random(Piece((name, law), ("sim",)))

    def _all_spoken_of(self, sentence: Sentence, listed: bool = False) -> list[Tokens]:
        """The names that words behind them speak of: of several formulas that are joined all where a plural noun
        stands behind one name, else those of the last formula; none where that is not clear.

        Of a list with dots that is its general member, or if ``listed`` the list.
        """
        earlier = spoken_of(sentence)
        if not earlier:
            return []
        behind = " ".join(plain(sentence.before).split("$")[sentence.earlier.index(earlier[-1]) + 1 :])
        if not _DRAWN.fullmatch(behind):
            return []
        if self._subject(earlier[-1]) and not (listed and is_dotted(members(earlier[-1]))):
            if not _SEVERAL.search(behind) or len(earlier) == 1:
                return [self._subject(earlier[-1])]
            names = [self._subject(formula) for formula in earlier]
            return names if all(names) and all(self._has_a_mean(name) for name in names) else []
        if is_dotted(members(earlier[-1])):
            return [members(earlier[-1]) if listed else general_member(members(earlier[-1]))]
        names = [trimmed(name) for name in split(members(earlier[-1]), (",",))]
        return names if all(is_names(name) for name in names) and _SEVERAL.search(behind) else []

    def _moment_described(self, tokens: Tokens, near: str, after: str, sentence: Sentence) -> None:
        r"""``its mean is $\mu$``, ``$\mu$ denotes the mean of the random vector $x$``: a moment of x.

        Whose moment it is has to be known: a random name without a law is then not one with any law.
        """
        value = members(tokens)
        if not value or not is_names(value):
            return
        before, behind = _ITS_MOMENT.search(near), _IS_THE_MOMENT.match(after.split("$", 1)[0])
        found = before or behind
        if found is None:
            return
        words = after.split("$")
        of = next((k for k, word in enumerate(words[:-1]) if _OF_RANDOM.search(word)), None) if behind else None
        earlier = spoken_of(sentence) if before and "whose" in before[0] else []
        if of is not None and of < len(sentence.later):
            subject = self._subject(sentence.later[of])
        elif earlier:
            subject = self._subject(earlier[-1])
        else:
            unnamed = [law.target.name for law in self.scope.context.random if is_unsaid(law)]
            name = unnamed[0] if len(unnamed) == 1 else ""
            subject = tokenize(f"\\{name}" if name in GREEK else name, *place_of(tokens)) if name.isalpha() else ()
            if not unnamed and not before:
                return  # "the covariance of the noise", which has no name
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
        earlier = spoken_of(sentence)
        names = [trimmed(name) for formula in earlier for name in split(members(formula), (",",))]
        if not names and not self.scope.context.random:
            return  # "two densities with means $m, k$": of nothing that has a name
        given = [trimmed(value) for value in split(trimmed(members(tokens)), (",",))]
        for k, link in enumerate(plain(sentence.after).split("$")[:-1]):
            if len(given) >= len(names) or k >= len(sentence.later) or not LINK.match(link):
                break
            given += [trimmed(value) for value in split(trimmed(members(sentence.later[k])), (",",))]
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
        if isinstance(entity, Symbolic) and not entity.value.is_number_shaped and self._is_a_number(tokens):
            tokens = self._by_entries(tokens, kind, sentence)
        if isinstance(entity, Symbolic):
            rows, columns = entity.value.shape
            self._of_this_section(tokens, rows, columns if kind == "mean" else rows)
        self.relation((*opened, *subject, *closed), "=", tokens)
        if kind == "variance" and _GAUSSIAN.search(plain(f"{sentence.before} {sentence.after}")):
            self._gaussian(node)

    def _is_a_number(self, tokens: Tokens) -> bool:
        r"""Whether a moment is a number: a declared one, its square, or such a letter that nothing declares."""
        reader = Values(self.scope)
        try:
            return reader.is_number(reader.read(tokens))
        except Unreadable:
            node = parse(tokens)
            square = [(mark, plain_text(t)) for mark, t in node.scripts] in ([("^", "2")], [])
            return node.kind == "letter" and node.text in GREEK and square

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
        if is_dotted(members(tokens)):
            return general_member(members(tokens))
        at = next((k for k in range(len(tokens)) if relation_of(tokens, k)[0]), len(tokens))
        if at < len(tokens) and relation_of(tokens, at)[0] != "in":
            return ()
        name = trimmed(tokens[:at])
        return name if name and is_names(name) and len(split(name, (",",))) == 1 else ()
