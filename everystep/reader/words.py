"""The words, in English and in French, that say something of the mathematics beside them.

May import nothing of the engine.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from everystep.reader import patterns as re

_PLAIN_TRIANGLE = r"(?! (strictes?|unitaires?|par blocs))(?!.{0,60}\bdiagonale?s?\b)"
"""What may follow: nothing of the diagonal, which would be one more property."""
_OF_ORDER = r"( matri(x|ces))?( with| avec)?( of| with| d'| de)? ?(order|index|degree|class|ordre|indice|degre)"
_NOT_PART = r"(?<![-\w])"
_WHOLE = (
    r"(?!\w)(?!-)(?! (part|entries|entry|elements?|blocks?|by blocks?|blockwise|par blocs?|up to|"
    r"with respect|relative(ly)? to|par rapport|in (expectation|mean|law)|on average|en moyenne|en esperance|modulo))"
)
_OF = r"((is |est )?(of|has|have|with|de|a) )?"
_LINE, _FULL = r"(en |par |de )?", r"(plein|maximal)"
_SINGULAR = (
    r"singular(?! (values?|vectors?|case|points?))|(?<!(valeurs|ecteurs) )(?<!valeur )singuliere?s?|"
    r"non-?\s?(invertible|inversibles?)"
)
PROPERTIES: tuple[tuple[str, str], ...] = tuple(
    (f"{_NOT_PART}({pattern}){_WHOLE}", name)
    for pattern, name in (
        (
            (
                r"positive semi-?\s?definite|semi-?\s?definie?s? positives?|psd|"
                r"symetriques?(?: reelles?)?(?: et)? positives?(?! (?:semi|definie))"
            ),
            "positive semidefinite",
        ),
        (r"positive[- ]definite|definie?s? positives?|spd|pd", "positive definite"),
        (
            rf"{_OF}(full row rank|rang plein (en|par) lignes?|plein rang {_LINE}lignes?|rang {_LINE}lignes? {_FULL})",
            "full row rank",
        ),
        (rf"{_OF}(linearly independent rows|lignes (lineairement )?independantes)", "full row rank"),
        (
            rf"{_OF}(full column rank|(rang plein|plein rang) {_LINE}colonnes?|rang {_LINE}colonnes? {_FULL})",
            "full column rank",
        ),
        (rf"{_OF}(linearly independent columns|colonnes (lineairement )?independantes)", "full column rank"),
        (rf"{_OF}(full rank|rang plein|maximal rank|rang maximal)", "full rank"),
        (r"non-?\s?singular|nonsingular|(?<!non )invertible|(?<!non )inversibles?|regulieres?", "invertible"),
        (_SINGULAR, "singular"),
        (r"(skew|anti)-?\s?symmetric|antisymetriques?", "skew-symmetric"),
        (r"symmetric|symetriques?|hermitian|hermitienne?s?|self-adjoint", "symmetric"),
        (
            r"orthogonal project(ions?|ors?)( matri(x|ces))?|projecteurs? orthogona(l|ux)|projections? orthogonales?",
            "orthogonal projection",
        ),
        (r"projections?( matri(x|ces))?|projectors?|projecteurs?|matrices? de projection", "idempotent"),
        (r"orthogonal|orthogonale|orthogonales|orthogonaux|unitary", "orthogonal"),
        (
            (
                r"((the|an?|la|une) )?(permutation( matri(x|ces))?|matrices? de permutation|permutations|"
                r"(cyclic|circular) shift( matri(x|ces))?|matrices? de decalage (cyclique|circulaire)|"
                r"decalage (cyclique|circulaire))"
            ),
            "permutation",
        ),
        (r"idempotente?s?", "idempotent"),
        *((rf"nilpotente?s?{_OF_ORDER} {k}(?!\d)", f"nilpotent of index {k}") for k in range(2, 6)),
        (rf"nilpotente?s?(?!{_OF_ORDER})", "nilpotent"),
        (r"involutory( matri(x|ces))?|(an? )?involutions?|involutive?s?", "involutory"),
        (rf"(lower[- ]triangular|triangulaires? inferieures?){_PLAIN_TRIANGLE}", "lower triangular"),
        (rf"(upper[- ]triangular|triangulaires? superieures?){_PLAIN_TRIANGLE}", "upper triangular"),
        (
            (
                r"diagonal( matri(x|ces))? with (only |all )?(strictly )?positive( diagonal)? (entries|elements)"
                r"( (on|along) (the|its) diagonal)?|diagonales? a (coefficients|elements|termes)( diagonaux)? "
                r"strictement positifs"
            ),
            "positive diagonal",
        ),
        (r"diagonal|diagonales?|diagonaux", "diagonal"),
        (r"held constant|constant|constante?s?|fixed|fixee?s?", "constant"),
        (r"non-?\s?zero|nonzero|non[- ]nul(?:le)?s?|differente?s? de zero", "nonzero"),
        (r"unit vectors?|vecteurs? unitaires?|unit (norm|length)|unit-norm|norme (1|un|unite)", "unit"),
        (r"of (euclidean )?norm (1|one)|de norme (1|un|une)", "unit"),
        (rf"{_OF}(orthonormal columns|colonnes orthonorm(ales|ees))", "orthonormal columns"),
        (rf"{_OF}(orthonormal rows|lignes orthonorm(ales|ees))", "orthonormal rows"),
        (
            (
                r"orthonormal(?! (columns|rows))( (famil(y|ies)|sets?|systems?|vectors|bas[ie]s))?( (of|for) \$)?|"
                r"(familles? |vecteurs )?orthonorm(e|ee|ees|es|aux|ale|ales|al)|"
                r"bases? orthonorm(ee?s?|ales?)( de \$)?"
            ),
            "orthonormal",
        ),
        (r"(?<!variance )(?<!matrice )(?<!matrices )unitaires?", "unit"),
        (r"(strictly|strictement) positi(ve|f|ves|fs)", "strictly positive"),
        (r"(strictly|strictement) negati(ve|f|ves|fs)", "strictly negative"),
        (r"non-?\s?negati(ve|f|ves|fs)|positi(ve|f|ves|fs) (or zero|or null|ou nul(?:le)?s?)|positifs?", "nonnegative"),
        (r"non-?\s?positi(ve|f|ves|fs)|negati(ve|f|ves|fs) (or zero|or null|ou nul(?:le)?s?)|negatifs?", "nonpositive"),
        (
            (
                r"one-?\s?hot(-?\s?encode(d|s)?|-?\s?encoding)?( ((class|target) )?(vectors?|labels?|targets?))?"
                r"( of the ((true|correct|target|class) )*(label|class|target|word|token|action|category|symbol))?|"
                r"(l')?encodage one-?\s?hot( de (la |l')?(vraie )?(cible|classe|etiquette|action)| du (label|mot))?|"
                r"(vecteurs? |etiquettes? )?(encode(e|s|es)? )?en one-?\s?hot|un parmi k"
            ),
            "one-hot",
        ),
        (
            r"(discrete )?probability (vectors?|distributions?)|(vecteurs?|lois?|distributions?) de probabilites?",
            "probability vector",
        ),
        (r"positives?(?! (semi|definite))", "positive"),
        (r"negatives?(?! (semi|definite))", "negative"),
    )
)
"""Patterns for words without accents, the longest property first, and the property that they state."""

_TRIANGLE = re.compile(
    rf"(?<![-\w])(?<!unit )(?<!strictly )(?<!block )(?<!quasi )((lower|upper)[- ]triangular|"
    rf"triangulaires? (inferieures?|superieures?))(?!\w)(?!-){_PLAIN_TRIANGLE}"
)

NOT_ENCODED = re.compile(
    r"(?<![-\w])(((strictly |unit[- ]|block[- ]|quasi[- ]?)?(upper|lower)[- ])?triangular|uni-?triangular|"
    r"(with |of )?(all )?(ones?|1|1s|zeros?|0|unity) (entries )?(on|along|in) (the|its) (main )?diagonal|"
    r"(unit|zero|constant) (main )?diagonal|diagonale (unite|unitaire|nulle)|(1|uns?|0|zeros?) sur (la|sa) diagonale|"
    r"(strictement |quasi[- ]?)?(triangulaires? )(superieure?s?|inferieure?s?)( stricte?s?| unitaires?| par blocs)?|"
    rf"triangulaires?|nilpotente?s?{_OF_ORDER}(?! [2-5](?!\d))|"
    r"(doubly )?stochastic(?! (gradients?|optimi[sz]ation|approximation|descent|process))|"
    r"(?<!gradient )(?<!gradients )(?<!descente )stochastiques?|banded|sparse matrix|circulante?s?|"
    r"toeplitz|hankel|rotation( matri(x|ces))?|reflection|"
    r"block[- ]diagonal|diagonale?s? par blocs|tridiagonal|(an? )?eigenvectors?|vecteurs? propres?|"
    r"(an? )?eigenvalues?|valeurs? propres?|rank[- ](one|two|1|2|deficient)|de rang (un|1)|low[- ]rank|"
    r"diagonali[sz]able|vandermonde|hollow|copositive|nonnegative matrix|positive matrix|normal matrix|"
    r"contraction|negative (semi-?)?definite|definie?s? negatives?|probability simplex|"
    r"a probability|probabilities|distributions? over|"
    r"une probabilite|simplex|normali[sz]ed|normalise(e|s|es)?|norme(e|s|es)?|standardi[sz]ed|"
    r"standardise(e|s|es)?|whitened|centred|centered|centree?s?|(zero|unit|nonzero|null)[- ](mean|variance|trace|"
    r"determinant|sum|row sums?)|de (moyenne|trace|somme) nulle|de (trace|determinant|somme) (un|1|0)|((on|in|"
    r"inside|sur|dans) )?(the |la |le )?(unit (sphere|ball|circle|interval|simplex)|sphere unite|boule unite)|"
    r"(probability|probabilite|normale?|linear|lineaire)(?=\s*($|[.,;:)]))|(trace|determinant|rank|rang|norm|"
    r"norme|sum|mean|variance|spectral radius) (equal to |egale? a |at most |at least )?(zero|one|two|un|une|deux|"
    r"0|1|2|nulle?)|norm at most|sums? to|somment a|add up to|semi-?\s?orthogonal|orthonormal(es?|s)?|"
    r"orthonormaux|biorthogonal|perpendicular|perpendiculaires?|parallel|paralleles?|co-?\s?linear|colineaires?|"
    r"proportional|proportionnel(le)?s?|linearly (in)?dependent|lineairement (in)?dependante?s?|"
    r"lie(?!s? (?:in|on|within|inside|outside|along|at|above|below|between|to)\b)e?s?|"
    r"(graph )?laplacian|laplacien|traceless|unimodular|unipotent|invariant|periodic|periodiques?|bisymmetric|"
    r"centrosymmetric|persymmetric|simultaneously|its own inverse|its own transpose|inverses? of each other|equal|"
    r"identical|egaux|egales?|identiques?|(the )?(identity|zero|null|all-?\s?ones|all-?\s?zeros?) (matrix|vector|"
    r"function|map)|(la )?(matrice|fonction) (identite|nulle)|(le )?vecteur nul|l'identite|(greater|larger|less|"
    r"smaller|bigger|more|fewer) than|at (least|most)|between|strictly between|exceed(s|ing)?|(superieure?s?|"
    r"inferieure?s?) (ou egale?s? )?a|au (moins|plus)|compris(e|es)? entre|even|odd|paire?s?|impaire?s?|"
    r"increasing|decreasing|monoton(e|ic|ically|es)|nondecreasing|nonincreasing|croissante?s?|decroissante?s?|"
    r"(strictly |strongly )?(convex|concave)|(strictement |fortement )?(convexe|concave)s?|homogeneous|homogenes?|"
    r"subadditive|sublinear|affine|lipschitz\w*|bounded|bornee?s?|binary|binaires?|boolean|additive|"
    r"multiplicative|injective|surjective|bijective|an isometry|une isometrie|a norm|une norme|"
    r"a distance)(?!\w)(?!-)"
)
"""Words that say something of a matrix or a vector for which there is no hypothesis."""
OF_MATRICES = re.compile(
    r"triangula|nilpotent|stochasti|banded|circulant|toeplitz|hankel|rotation|reflection|trace|determinant|rank|rang"
)
"""Those of them that are said of matrices alone."""

SIGN_KINDS: dict[str, str] = {
    "nonnegative": ">=",
    "nonpositive": "<=",
    "strictly positive": ">",
    "strictly negative": "<",
    "positive": ">",
    "negative": "<",
}
"""Properties of numbers, and the relation to 0 that they state; "positif" in French includes 0."""

SIGNS: tuple[tuple[str, str], ...] = (
    (r"\b(non-?\s?negati(ve|f|ves|fs)|positi(ve|f) or zero|positi(ve|f) ou nul(le)?)\b", ">="),
    (r"\b(non-?\s?positi(ve|f|ves|fs))\b", "<="),
    (r"\b((strictement|strictly) positi(ve|f|ves|fs))\b(?! (semi|definite))", ">"),
    (r"\b((strictement|strictly) negati(ve|f|ves|fs))\b(?! (semi|definite))", "<"),
    (r"\bpositifs?\b", ">="),
    (r"\bnegatifs?\b", "<="),
    (r"\b(positives?)\b(?! (semi|definite))", ">"),
    (r"\b(negatives?)\b(?! (semi|definite))", "<"),
)
"""Patterns for words about the sign of a number, and the relation to 0 that they state."""

_OF_SOMETHING_ELSE = re.compile(r"\b(with|of|to an?|skew|block|quasi|anti|its|not|upper|lower)\W*$")
_NEGATED = re.compile(r"\b(not|isn't|no longer|never|pas|n'est pas|non)\b\W*(\w+\W+){0,2}$")


_POSITIVE_SAMPLE = re.compile(
    r"\b((?:the|its|le|la|les|an?|une?|each|hard|chaque) )(?:positi|negati)(?:ves?|fs?)"
    r"(?= (?:samples?|examples?|exemples?|pairs?|paires?|keys?|cles?|points?|words?|class|classe)\b)"
)
_POSITIVE_OF_ANCHOR = re.compile(
    r"\b((?:the|its|le|les) )(?:positi|negati)(?:ves?|fs?)"
    r"(?=\s*(?:[.;:)]|$|,? (?:and|et) (?:the|a|le|la|un|une|\$)|, \$))"
)
"""The positive of an anchor and its negative are samples; nothing has a sign by it."""
_OF_CHANCE = (
    r"(?:log(?:arithme?)?|(?:log[- ]?)?(?:likelihood|posterior|evidence|vraisemblance)|elbo|free energy|energie libre|"
    r"(?:(?:cross|relative|shannon|differential)[- ])?entropy|entropie|(?:evidence )?lower bound)\b"
)
_SLOPE = r"(?:gradient|hessian|hessienne|derivative|derivee)\b"
_MINUS = re.compile(
    r"\bnegative(?= (?:(?:marginal|joint|expected|average|conditional|gaussian|variational)[- ])?"
    rf"{_OF_CHANCE})|\b(?<=the )negative(?= {_SLOPE} (?:of|at|with respect)\b)"
)
_MINUS_BEHIND = re.compile(
    rf"\b((?:la|le|du|une?|cette|ce) |l')({_OF_CHANCE}(?: a posteriori)?|{_SLOPE}(?= negati(?:f|ve) (?:de|du|en)\b))"
    r" negati(?:f|ve)\b"
)
"""The negative log-likelihood of $w$ is minus that; nothing has a sign by it."""


_NOT_INVERTIBLE = re.compile(r"\b(is|are|be|being) not (?:an? )?(?:invertible|inversible|non-?\s?singular)(?!\w)")
_PAS_INVERSIBLE = re.compile(r"\b(?:n'|ne )(est|sont|soit|soient|etant) pas (?:une? |des )?inversibles?(?!\w)")
_NOT_SINGULAR = re.compile(r"\b(is|are|be|being) not (?:an? )?singular(?! values?)(?!\w)")


def _without_denied_inverses(text: str) -> str:
    """Words in which "is not invertible" is "is singular", and "is not singular" is "is nonsingular"."""
    text = _PAS_INVERSIBLE.sub(r"\1 singuliere", _NOT_SINGULAR.sub(r"\1 nonsingular", text))
    return _NOT_INVERTIBLE.sub(r"\1 singular", text)


@lru_cache(maxsize=64)
def plain(words: str) -> str:
    """Lower case without accents."""
    folded = unicodedata.normalize("NFD", words.lower())
    text = " ".join("".join(c for c in folded if not unicodedata.combining(c)).replace("’", "'").split())
    text = _POSITIVE_SAMPLE.sub(r"\1sample", text)
    if "invers" in text or "invert" in text or "singul" in text:
        text = _without_denied_inverses(text)
    if "negati" in text:
        text = _MINUS_BEHIND.sub(r"\1\2", _MINUS.sub("minus", text))
    return _POSITIVE_OF_ANCHOR.sub(r"\1sample", text) if re.search(r"\b(anchor|ancre)", text) else text


def folded(words: str) -> str:
    """Lower case with accents, which tell ``ou`` from ``où``."""
    return " ".join(unicodedata.normalize("NFC", words.lower()).split())


_ALTERNATIVE = re.compile(
    r"(?:\bor|(?<!\w)ou)(?! (?:zero|null?|nulle|nuls|nulles)\b)\b|\brespective(?:ly|ment)\b|\bresp\b"
)


def puts_alternative(words: str) -> bool:
    """Whether words put an alternative to what they say: "symmetric or not"; "ou" and "où" are two words."""
    return _ALTERNATIVE.search(folded(words)) is not None


_SILENT = (
    "a all an and are as at be by each every for given have in is it let matrices matrix number numbers of on or over "
    "real size square such that the these this to two vector vectors we where which with "
    "au avec carree carrees dans de des du en est et il la le les matrice nombre nombres nous on ou par pour que reel "
    "reels soient soit sont sur taille tout un une vecteur vecteurs"
)
SILENT = frozenset(_SILENT.split())
"""Words that state no property whatever their order is: most sentences about names have no others."""
_LETTERS = re.compile(r"[a-z]+")


def is_silent(text: str) -> bool:
    """Whether a text without accents has silent words only (or none): it then states no property, encoded or not."""
    return SILENT.issuperset(_LETTERS.findall(text))


def without_properties(text: str) -> str:
    """A text without accents, blanks in the place of the properties that it states."""
    for pattern, _ in () if is_silent(text) else PROPERTIES:
        text = re.sub(pattern, " ", text)
    return text


def properties(words: str) -> list[str]:
    """The properties that words state, each once; a negated one is left out."""
    text = plain(words)
    if is_silent(text):
        return []
    found: list[str] = []
    for pattern, name in PROPERTIES:
        for match in re.finditer(pattern, text):
            if _OF_SOMETHING_ELSE.search(text[: match.start()]):
                continue
            if _NEGATED.search(text[: match.start()]) and "non-" not in match[0] and "non " not in match[0]:
                continue
            if name not in found:
                found.append(name)
        text = re.sub(pattern, " ", text)
    return found


def unencoded(words: str) -> str:
    """The first words that say something for which there is no hypothesis; of a plain triangle there is one."""
    found = NOT_ENCODED.search(_TRIANGLE.sub(" ", plain(words)))
    return found[0] if found else ""


def sign(words: str) -> str:
    """The relation to 0 that words state; empty where they state none, or deny it."""
    text = plain(words)
    for pattern, relation in SIGNS:
        match = re.search(pattern, text)
        if match is not None:
            return "" if _NEGATED.search(text[: match.start()]) else relation
    return ""


def says_something(words: str) -> bool:
    """Whether words state something of the mathematics beside them, encoded or not."""
    text = plain(words)
    return bool(properties(text) or sign(text) or NOT_ENCODED.search(text))


def is_iid(text: str) -> bool:
    """Whether words say that draws are independent and alike."""
    return bool(re.search(r"i\.\s?i\.\s?d|\biid\b", plain(text)))


_HARMLESS = re.compile(
    r"i\.?i\.?d|independ|commut|random|aleatoire|constant|differenti|deriva|scala|vect|matri|for all|pour tou|"
    r"fixed|\band\b|"
    r"\bet\b|given|\ball\b|\bare\b|\bis\b|smooth|convex|\breal|\breel|known|connu|with|avec|where|\bou\b"
)


def says_nothing(text: str) -> bool:
    """Whether words state nothing that a proof could use: kinds of quantities, i.i.d., links."""
    return bool(_HARMLESS.search(text))


_RANDOM = (
    r"((zero-mean|cent(er|r)ed|white|additive|gaussian) noise|bruits? (centre|blanc|additif|gaussien)s?|"
    r"random (column )?(vectors?|variables?|quantit(y|ies)|numbers?|scalars?|matri(x|ces)|noise)|"
    r"(gaussian|standard normal) (vectors?|variables?|noises?)|(vecteurs? gaussiens?|variables? gaussiennes?)|"
    r"(vecteurs?|variables?|quantites?|nombres?|matrices?)( (reel|reelle)s?)? aleatoires?)\b"
)
_BEFORE_RANDOM = re.compile(
    r"\b" + _RANDOM + r"\s*$|"
    r"\b(random (column )?(vectors|variables|quantities|numbers|scalars|matrices)|"
    r"(gaussian|standard normal) (vectors|variables)|vecteurs gaussiens|variables gaussiennes|"
    r"(vecteurs|variables|quantites|nombres|matrices)( (reel|reelle)s)? aleatoires)"
    r"\s*(?>\$[^\w$]*(?:(?:and|et)\b[^\w$]*)?)+$"
)
_LIST_AHEAD = re.compile(
    r"^(?>[^\w$]*(?:(?:and|et)\b[^\w$]*)?\$)+(?=\W*(both |all |each |independent |two )*(be|are|sont|soient|denote)\b)"
)
_LAWS = re.compile(
    r"\b(normal|normale?s?|gaussian|gaussienn?e?s?|bernoulli|uniform|uniformes?|poisson|exponential|exponentielle|binomial|"
    r"binomiale|rademacher|standard|isotropic|isotrope|white|laplace|dirichlet|gamma|beta|wishart|chi|loi|law|"
    r"distribution|distributed|unit variance|variance (unite|unitaire|1|one)|identity covariance|whitened)\b"
)
_AFTER_RANDOM = re.compile(
    r"\W*((?!and\b|with\b|where\b|for\b|et\b|avec\b|ou\b|pour\b|not\b|no\b|pas\b|non\b)[\w.'-]+ ){0,5}" + _RANDOM
)


_ONE_OF_THEM = re.compile(r"\b(?:an?|une?)\b")


def says_random(before: str, after: str) -> bool:
    """Whether the words next to a formula call what is in it random."""
    told = _LIST_AHEAD.sub("", plain(after))
    found = _AFTER_RANDOM.match(told.split("$", 1)[0])
    if found is not None and told != plain(after) and _ONE_OF_THEM.search(found[0]):
        found = None  # "let $a \\in \\mathbb{R}$, $X$ be a random variable"
    return bool(_BEFORE_RANDOM.search(plain(before)) or found)


SAME_LAW = (
    r"\b(same (law|distribution)|meme (loi|esperance|moyenne|variance|covariance|matrice de covariance)|"
    r"identically distributed|identiquement distribuee?s?)\b"
)
"""Words that say that laws are alike, and not what they are."""


def says_law(before: str, after: str) -> str:
    """The law that the words of a sentence speak of: "standard normal", "other", or none."""
    text = re.sub(SAME_LAW, " ", f"{plain(before)} {plain(after)}")
    if re.search(r"\bstandard (normal|gaussian)|\b(normale?|gaussienn?e?) (standard|centree? reduite?)\b", text):
        return "standard normal"
    return "other" if _LAWS.search(text) else ""


def says_identity(before: str, after: str) -> bool:
    """Whether the words around a formula say that it is the identity matrix."""
    beside = f"{before.rsplit('$', 1)[-1]} {after.split('$', 1)[0]}"
    return bool(re.search(r"\b(identity|unit matrix|identite|matrice unite)\b", plain(beside)))


def says_centred(after: str) -> bool:
    """Whether the words behind a formula say that its mean is zero."""
    behind = _LIST_AHEAD.sub("", plain(after)).split("$", 1)[0]
    zero = r"(cent(er|r)ed|zero[- ]means?|means?[- ](zero|0)|centree?s?|(moyennes?|esperances?) (nulles?|zero))"
    return bool(re.search(rf"\b{zero}\b", behind))
