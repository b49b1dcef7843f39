"""What a sentence says of the mathematics in it: assumed, assumed for a while, in doubt, or nothing.

A hypothesis that an author did not make may prove what is false, and one that was missed may refute what is true.  So
there are three answers: what is assumed is put in words of a closed vocabulary, in one of a few forms; what a
sentence claims, asks or denies is nothing; everything else is *doubtful*: it is not assumed, and a step that it would
make true is not called wrong.  May import this package's vocabulary only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from everystep.reader import patterns as re
from everystep.reader.phrases import clause_of, is_put, without_generality
from everystep.reader.reservations import (
    ends_plainly,
    goes_on_without,
    is_at_one_value,
    is_claimed,
    is_reserved,
    is_topic,
)
from everystep.reader.second_values import NAMES_IT, PUT_SO, TASK, TO_PUT
from everystep.reader.source import Tokens
from everystep.reader.tokens import listed
from everystep.reader.words import (
    NOT_ENCODED,
    PROPERTIES,
    SAME_LAW,
    SIGN_KINDS,
    folded,
    plain,
    properties,
    puts_alternative,
)


class Stance(Enum):
    """How a sentence puts something forward."""

    ASSUMED = "assumed"
    """It holds from here on, to the end of the part it stands in."""
    CASE = "case"
    """It holds until the exercise takes up another case: "show that if A is symmetric, then"."""
    WITHIN = "within"
    """It holds for the display that ends the sentence: "if A is symmetric, then"."""
    DOUBTFUL = "doubtful"
    """The words are not understood well enough to assume it, nor to leave it aside."""
    NOTHING = "nothing"
    """The sentence denies it, asks for it, or claims it."""


class Giving(Enum):
    """How a sentence puts forward an equation whose left side has a definition already."""

    DEFINES = "defines"
    """It is given anew: "now let f(x) =", "the gradient of f(x) ="."""
    SUPPOSES = "supposes"
    """It is a hypothesis: "suppose that A ="."""
    CLAIMS = "claims"
    """It is said to follow, or denied, or asked for."""
    UNCLEAR = "unclear"
    """There are no words that tell: "Ridge regression. The loss is L =".  """


@dataclass(frozen=True)
class Sentence:
    """A formula's surroundings: the words before and behind it in its sentence, with ``$`` for other formulas.

    ``is_open``: the sentence has not ended where the next display or paragraph begins.  ``label``: a short sentence
    or a question before it ("Theorem.", "True or false?"), or the kind of statement that it stands in.  ``earlier``
    and ``later``: the other formulas of the sentence, one for each ``$``.
    """

    before: str
    after: str
    is_open: bool = False
    label: str = ""
    earlier: tuple[Tokens, ...] = ()
    later: tuple[Tokens, ...] = ()


def _any_of(words: str, *phrases: str) -> str:
    return r"\b(?:" + "|".join([*phrases, *words.split()]) + r")\b"


_ASSUMING = _any_of(
    "let take taking choose choosing pick fix fixing assume assumes assumed assuming suppose supposed supposing "
    "given with where "
    "denote denotes be consider considering under satisfying for soit soient supposons suppose supposant sachant "
    "avec ou pour "
    "notons prenons prenant choisissons choisissant fixons fixant considerons considere donne donnes donnee donnees "
    "verifiant satisfaisant "
    "hypothese",
    "such that", "so that", "satisf(?:y|ies)", "verifie(?:nt)?(?! que)", "satisf(?:ait|ont|assent)",
    "tels? que", "telles? que",
    "on note", "on pose", "of length", "de norme",
)  # fmt: skip
_CONDITIONAL = _any_of(
    "if when whenever provided unless si lorsque quand case cases cas",
    "lorsqu'", "des que", "as long as", "pourvu que", "a condition que",
)  # fmt: skip
_CONCLUDING = _any_of(
    "claim claims whether affirme affirmons think might hope guess show prove then hence thus therefore so "
    "follow follows conclude deduce verify check derive obtain get find compute means implies montrer montrez "
    "montrons montre "
    "prouver prouvez prouve alors donc ainsi deduire deduit verifier verifiez obtient obtenons calculer calculez "
    "calcule "
    "trouver trouvez trouve conclure conclut minimise minimize minimiser minimizes minimises maximise maximize "
    "maximiser maximizes maximises demontrer demontrez",
    "we have", "on a", "nous avons", "verifie que", "d'ou", "this gives", "we want", "we need", "on veut",
)  # fmt: skip
_REASON = _any_of(
    "since because as recall observe note notice clearly remarquons remarque puisque comme car rappelons evidemment"
)
_GOVERNING = re.compile(
    f"(?P<conditional>{_CONDITIONAL})|(?P<concluding>{_CONCLUDING})|(?P<reason>{_REASON})|(?P<assuming>{_ASSUMING})"
)
_WEAK = re.compile(r"satisf|verifie")
_GENERAL = re.compile(r"for|pour")

_NEGATION = re.compile(
    r"\b(not|no|never|without|neither|nor|ne|pas|sans|ni|aucune?|jamais|cannot)\b|n't\b|\bn'(?!importe)|"
    r"\b(et|mais|and|but) (non|not|pas)\W*$|"
    r"\b(wrong|false|untrue|mistaken|faux|fausse) (that|to|que|de)\b"
)
_DANGER = re.compile(
    _any_of(
        "were would could had mistake mistakes mistakenly mistaken wrong wrongly false falsely error erroneous "
        "contrary "
        "contradiction absurd absurde hypothetical either or unlike contrairement almost approximately roughly "
        "sometimes often usually "
        "typically even only except otherwise instead equation identity inequality statement relation formula false "
        "faux fausse "
        "erreur equivalent equivalently hoped wanted want wants tempting tempted instance example exemple pretend "
        "suppose-t-on "
        "conditionally sinon presque parfois souvent seulement etait etaient serait seraient aurait avait "
        "soit-disant difference "
        "similar semblable meme product sum inverse transpose produit somme transposee rank eigenvalues valeurs "
        "propres part parts",
        "one of", "at least one", "l'une? de", "in general", "en general", "up to",
    )
)  # fmt: skip


def _is_risky(clause: str) -> bool:
    """Whether a clause has words that may turn it; those of a known property ("of full rank") do not."""
    if _DANGER.search(clause) is None:
        return False
    for pattern in (SAME_LAW, *(pattern for pattern, _ in PROPERTIES)):
        clause = re.sub(pattern, " ", clause)
    return _DANGER.search(clause) is not None


_AFTERWARDS = re.compile(
    r"\b(only if|if and only if|iff|si et seulement si|does not hold|is false|is wrong|fails?|need not|"
    r"is a mistake|est faux|n'est|would|were|wrong|false)\b"
)
_ASKS = re.compile(
    r"\W*(is|are|does|do|did|can|could|should|must|for (which|what)|when (is|are|does|do)|in which|which|what|why|how|"
    r"whether|est-ce|a-t-on|peut-on|pour quel(le)?s?|quel(le)?s?|quand|pourquoi|comment)\b"
)
_EXERCISE = re.compile(
    _any_of(
        "show prove verify check compute find derive give calculate determine deduce explain state write express "
        "what montrer "
        "montrez montrons prouver prouvez verifier verifiez calculer calculez trouver trouvez donner donnez "
        "determiner deduire "
        "deduisez exprimer exprimez expliquer expliquez quelle quel demontrer demontrez"
    )
)

# Words that may stand between what introduces an assumption and the formula, without changing what is said.
_NEUTRAL = listed(
    """
    denote denotes designe
    a an the this these that those all any every each some both two three our their its again also now here moreover
    furthermore further finally in addition throughout below above fixed arbitrary and et we us is are be being been
    to of space real square matrix matrices vector vectors row column scalar scalars number numbers constant constants
    function functions parameter parameters variable variables size sizes dimension dimensions weights weight data
    design input inputs output outputs target targets label labels bias biases covariance mean variance noise sample
    samples features feature point points random gaussian normal independent identically distributed iid i.i.d drawn
    differentiable smooth convex scale strength rate step learning regularisation regularization hyperparameter
    penalty following model linear problem section question exercise assumed supposed taken known given with let
    suppose assume where have has having such satisfy satisfies satisfying whose hold holds condition conditions
    constraint constraints hypothesis hypotheses assumption assumptions by on as it they there exists exist into
    entries entry elements columns rows distinct same loss error un une le la les l' des du de deux trois ce cette
    ces tout toute tous toutes que qu' est sont soit soient etre etant nous reelle reelles reel reels carree carrees
    matrice vecteur vecteurs ligne lignes colonne colonnes scalaire scalaires nombre nombres constante fonction
    fonctions parametre parametres taille tailles poids donnees cible cibles bruit moyenne loi derivable derivables
    lineaire modele probleme aussi encore ici plus dans par fixe fixee fixes fixees quelconque quelconques supposee
    supposees supposes avec ou verifie verifient contrainte contraintes n m d k p q t s one kernel hidden state
    states attention query queries key keys value values embedding embeddings gradient hessian jacobian precision
    transition adjacency laplacian gram activation activations unit units layer layers token tokens probability
    probabilities class classes score scores signal signals direction directions projection map regressor regressors
    response coefficients coefficient estimator initialisation initialization network networks reseau reseaux noyau
    etat etats couche couches hessienne jacobienne probabilites classe perte entree entrees sortie sorties ensuite
    enfin dont d'apprentissage d'entree
    gaussien gaussienne gaussiens gaussiennes aleatoire aleatoires centre centree centres centrees reduit reduite iid
    eigenvector eigenvalue associated corresponding system propre valeur associe associee correspondant
    correspondante systeme i.e i.e. c'est-a-dire
    """
)
_NOUNS = listed(
    """
    matrix matrices matrice real reelle reelles square carree carrees weight weights covariance design data kernel
    gram hessian hessienne vector vectors vecteur vecteurs of size n x m d
    """
)
_ADJECTIVES = (
    r"real|reel(le)?s?|nombres?|scalaires?|parametres?|numbers?|scalars?|parameters?|square|carree?s?|arbitrary|quelconques?|fixed|fixee?s?|constant|constante?s?|known|connue?s?|"
    r"given|donnee?s?|"
    r"matrix|matrices|matrice|vectors?|vecteurs?|column|row|colonne|ligne|dense|large|small|finite|n x n|d x d|"
    r"of(?= (full|maximal|norm|unit|sizes?|order|dimensions?|shape|rank|euclidean|the same|n x n|length|type|class)\b)"
)
_COPULA = re.compile(
    r"(?P<copula>is|are|be|being|est|sont|soit|soient|etant|has|have|having|a|ont|ayant)\b(?!-)\s*"
    r"((?P<said>assumed|supposed|taken|supposee?s?|prise?s?)\s+(to (be|have)\s+)?)?"
)
_BOTH = re.compile(
    r"(where|with|and|ou|avec|et)?\s*(both|all|the two|les deux|toutes les deux|tous les deux)\s+(of them\s+|"
    r"matrices\s+|vectors\s+|vecteurs\s+|being\s+)?(are|is|being|have|sont|etant)?\s+"
    r"(assumed to be |supposed to be |supposee?s )?"
)
_DESCRIBED = re.compile(
    r"(?P<nouns>[\w\s'-]*?)(\s*,?\s*\b(which|that|qui)\s+(is|are|has|have|est|sont|a|ont)\s+|\s*[,(]\s*)"
    r"((assumed|supposed|taken|supposee?s?)\s+(to (be|have)\s+)?)?(?=\w)"
)
_PLURAL = listed("are be sont soient have ont being")
_FILLER = re.compile(
    r"(?!all-)(both|all|each|also|moreover|in addition|an?|the|une?|des|de|tou(s|te|tes)|les|deux|two|aussi)\b\s*"
)
_ADJECTIVE = re.compile(rf"({_ADJECTIVES})\b\s*")
_CONNECTOR = re.compile(r"\s*(,\s*and|,\s*et|,|and|et|as well as|ainsi que)\s+(?=\w)")
_DETERMINERS = listed(
    """
    a an the this our any every each all some two for with let un une le la les des de toute tout tous toutes pour
    soit soient et and given suppose assume real square reelle carree deux est sont is are be
    """
)
_DEFINITE = listed("the this our le la les ce cette ces")


def is_question(sentence: Sentence) -> bool:
    """Whether a sentence asks and does not first assume."""
    text = plain(f"{sentence.before} $ {sentence.after}")
    return text.rstrip(" )\"'").endswith("?") or bool(_ASKS.match(text) and "?" in text)


def is_general(sentence: Sentence) -> bool:
    """Whether a formula is introduced as any one of its kind: "for every matrix $A$", "let $f$ be any function"."""
    return bool(_ANY_OF_A_KIND.search(plain(sentence.before)) or _BE_ANY.match(plain(sentence.after)))


def called_any(sentence: Sentence) -> str:
    """What a formula is any one of: "number", "column", "matrix" ("for every vector $v$"), or "any" ("for all $v$").

    Empty where the words do not call it any.
    """
    found = _ANY_ONE.search(plain(sentence.before))
    if found is None or denies(sentence) or not sentence.is_open or not _NO_MORE_OF_IT.match(plain(sentence.after)):
        return ""
    if not _NO_CONDITION.match(plain(sentence.before)[: found.start()]):
        return ""
    return next((shape for shape, words_ in _SHAPES if re.search(words_, found[0])), "any")


def called_vector(sentence: Sentence) -> bool:
    """Whether words call a name a vector: "let $y$ be a one-hot vector", "the vector $y$"."""
    behind = _IS_A_VECTOR.match(plain(sentence.after))
    return behind is not None or re.search(r"\b(vector|vecteur)\W*$", plain(sentence.before)) is not None


_IS_A_VECTOR = re.compile(
    r"^[^\w$]*((be|is|denotes?|denote|est|soit|designe) )?(an?|the|some|any|une?|le) ([\w-]+ ){0,3}(vector|vecteur)\b"
)
_SHAPES = (
    ("number", r"\b(numbers?|nombres?|scalars?|scalaires?|reals?|reels?|constants?|constantes?)\W*$"),
    ("column", r"\b(vectors?|vecteurs?)\W*$"),
    ("matrix", r"\b(matrix|matrices|matrice)\W*$"),
)
_NO_CONDITION = re.compile(
    r"(.*\b(because|since|car|puisque)\W*|[^\w$]*((and|so|then|thus|hence|therefore|now|indeed|also|moreover|finally|"
    r"that|we|have|get|et|or|donc|alors|ainsi|de plus|en effet|enfin|on|a|que)[^\w$]+)*)$"
)
"""Before "for every $v$": nothing that the display may be a condition of, or hold under ("assume", "on the sphere")."""
_NO_MORE_OF_IT = re.compile(r"[^\w$]*((we|one|it|on|nous) (have|has|get|obtain|holds|a|avons)( that)?)?[^\w$]*$")
_ANY_ONE = re.compile(
    r"\b((for|pour|over|with|given|avec) )?(every|any|all|arbitrary|each|tout|toute|tous|toutes|chaque)"
    r"( (real|arbitrary|given|fixed|reel|reels|two|three|the|les))*"
    r"( (vectors?|vecteurs?|scalars?|scalaires?|numbers?|nombres?( reels?)?|constants?|constantes?|matrix|matrices|"
    r"matrice|reals?|reels?))?\W*$"
)
_EVERY = "every|any|all|arbitrary|tout|toute|tous|toutes"
_KINDS = (
    "matrix|matrices|matrice|vectors?|vecteurs?|numbers?|nombres?|scalars?|scalaires?|functions?|fonctions?|"
    "nonlinearity|non-linearity|activation|non-linearite"
)
_ANY_OF_A_KIND = re.compile(rf"\b({_EVERY})\b ([\w'-]+ ){{0,3}}?({_KINDS})\W*$|\bfor (every|any|all|arbitrary)\W*$")
_BE_ANY = re.compile(
    rf"^\W*(now |maintenant )?(be|denote|denotes|is|est|etre)? ?"
    rf"(({_EVERY}|an? (arbitrary|general))\b ([\w'-]+ ){{0,3}}?({_KINDS})\b|"
    rf"une? ([\w'-]+ ){{0,3}}?({_KINDS}) ([\w'-]+ ){{0,3}}?(quelconque|arbitraire|generale?)\b)"
)


_SUPPOSES = re.compile(r"\b(suppos\w*|assum\w*|if|si|case|cas|when|lorsque|quand|for|pour)\b")


def supposes(sentence: Sentence) -> bool:
    """Whether a sentence supposes, rather than introduces: "suppose that", "assume", "case 1"."""
    return bool(_SUPPOSES.search(clause_of(sentence.before))) or is_named_case(sentence)


def defines(sentence: Sentence) -> bool:
    """Whether a sentence says that it defines: "define", "we write", « on pose »; not "let", "take", "suppose"."""
    return not supposes(sentence) and _DEFINES.search(plain(sentence.before)) is not None


_DEFINES = re.compile(
    r"\b(defin\w*|denot\w*|write|set|put|introduce\w*|is given by|posons|pose|notons|note|"
    r"designe\w*|introduisons|est donnee? par)\b"
)


def is_named_case(sentence: Sentence) -> bool:
    """Whether a sentence begins a case that has a number or a letter: "Case 1: $A$ is orthogonal"."""
    return bool(_NAMED_CASE.search(plain(sentence.before)))


def denies(sentence: Sentence) -> bool:
    """Whether a sentence denies what its formula says, or asks for just that: "is $a > 0$?"."""
    clause = clause_of(sentence.before)
    asked = is_question(sentence) and re.match(r"\W*(is|are|do|does|can|est-ce|a-t-on)\b", clause)
    return bool(_NEGATION.search(clause) or asked)


_SUPPOSING = re.compile(
    _any_of("assume assumes assumed assuming suppose supposed supposing supposons suppose supposant consider")
)
_LABELS = re.compile(
    r"^(\W*((question|exercise|exercice|problem|probleme|part|partie|case|cas) )?([a-h]|[ivx]{1,4}|\d{1,2})[).:])+"
)
_PASSIVE = re.compile(r"\b(is|are|be|been|being|was|were|est|sont|etre|ete)\W*$")
_SUBJECTS = listed(
    """
    we us let one on l'on nous et now also further furthermore moreover here ici first second third next finally again
    additionally in addition throughout this that which part question section exercise problem follows what dans cette
    partie ce qui suit encore aussi enfin ensuite d'abord plus de shall will may can therefore please as usual so but
    mais or a partir maintenant desormais the rest from du reste toute la suite
    """
)
_STATING = re.compile(
    r"\W*(assumptions?|hypothes[ei]s|hypotheses?|set-?up|settings?|notations?|data|donnees?|given|model|modele|context|"
    r"conditions?|cas \w+|case \w+|(we )?(assume|suppose)[^:]*|(on |nous )?suppos[^:]*|where|ou|let|soient?)\W*$"
)
_HEADING = re.compile(
    r"\W*((solution|answer|proof|hint|problem|exercise|question|part|step|task|reponse|preuve|demonstration|exercice|"
    r"probleme|partie|etape|indication|theorem|lemma|proposition|corollary|theoreme|lemme|corollaire)\b[^:]{0,12}|"
    r"((the|le) )?([a-z][\w-]* ){1,2}(case|setting)|cas [a-z][\w-]*( [a-z][\w-]*)?|"
    r"\(?\w{1,3}\)?)\W*$"
)


_OF_ANOTHER = re.compile(r"\W*(of|from|in|de|du) (the |l'|la )?(previous|last|earlier|preceding|other|exercice|partie)")


def _is_labelled(sentence: Sentence, plainly: bool) -> bool:
    """Whether what stands before a colon, or the short sentence before, may turn what is said into a claim.

    "Assumptions: A is symmetric" states; "Proof: let A be symmetric" does, by its verb.
    "Claim: A is symmetric" does not.
    """
    allowed = [_STATING] if plainly else [_STATING, _HEADING]
    others = (label for label in _labels(sentence) if not any(pattern.match(label) for pattern in allowed))
    return any("$" not in label and not is_topic(label) and not _sets_up(label) for label in others)


_SETTING_UP = re.compile(
    r"\W*(now |here |next )?(consider|let|we (consider|study|use|look at|train|work with)|on considere|considerons) "
)


def _sets_up(label: str) -> bool:
    """Whether a short sentence says what is looked at, and claims nothing: "Consider a network with two layers"."""
    return bool(_SETTING_UP.match(label)) and not (_DANGER.search(label) or _NEGATION.search(label))


def _labels(sentence: Sentence) -> list[str]:
    """What stands before a colon, and the short sentence before."""
    text = without_generality(plain(sentence.before))
    labels = [part for part in re.split(r"[;:]", text)[:-1] if part.strip()]
    return [*labels, plain(sentence.label)] if sentence.label else labels


def _has_other_subject(clause: str, verb: re.Match[str]) -> bool:
    """Whether it is not the author who assumes: "nobody assumes", "textbooks suppose", "rather than assume"."""
    if not _SUPPOSING.match(verb[0]) or _PASSIVE.search(clause[: verb.start()]):
        return False
    subject = _LABELS.sub("", re.split(r"[,$]", clause[: verb.start()])[-1])
    return any(word.strip(".'") not in _SUBJECTS for word in re.findall(r"[\w'.-]*\w[\w'.-]*", subject))


def near_is_known(near: str) -> bool:
    """Whether all words of a stretch are neutral or properties."""
    if not re.search(r"\w", near):
        return True
    for pattern, _ in PROPERTIES:
        near = re.sub(pattern, " ", near)
    return all(word.strip(".'") in _NEUTRAL for word in re.findall(r"[\w'.-]*\w[\w'.-]*", near))


_NAMED_CASE = re.compile(r"\b(cas|case)s? ?(\d+|[a-z]|[ivx]+|n° ?\d+)\W*[:.)]")
"""Case 1: A is orthogonal."""


def stance(sentence: Sentence, needs_verb: bool = True, any_words: bool = False, special: bool = False) -> Stance:
    """How a sentence puts forward what its formula says.

    ``needs_verb``: without a word that introduces an assumption nothing is assumed (else what is said plainly is).
    ``any_words``: words that are not known do not matter, as where a formula says by itself what kind its name is of.
    ``special``: the formula gives a name the value of a number, so that "for $a = 1$" is one case of many.
    """
    inside = _IN_BRACKETS.search(sentence.before)
    if inside is not None and sentence.after.lstrip().startswith(")"):  # "for $u$ of unit norm ($\\|u\\| = 1$)"
        sentence = replace(sentence, before=sentence.before[: inside.start()])
    found = _stance(sentence, needs_verb, any_words)
    if found in (Stance.DOUBTFUL, Stance.NOTHING):
        return found
    if _is_put_aside(sentence) or (found is Stance.WITHIN and goes_on_without(sentence.after)):
        return Stance.DOUBTFUL
    if special and found is Stance.ASSUMED and _is_one_case(sentence):
        return Stance.WITHIN if sentence.is_open and not goes_on_without(sentence.after) else Stance.DOUBTFUL
    return found


_IN_BRACKETS = re.compile(r"\s*\((?:i\.e\.,?|that is,?|so|with|soit|c'est-à-dire|avec)?\s*$")


def _is_put_aside(sentence: Sentence) -> bool:
    """Whether words keep a formula from being assumed, whatever verb it stands with."""
    by_verb = bool(_GOVERNING.search(clause_of(sentence.before)))
    if is_at_one_value(plain(sentence.after), sentence.later):
        return True
    return is_reserved(sentence.before, sentence.after, _labels(sentence), by_verb)


_CASE_OF = re.compile(r"for|with|pour|avec")


def _is_one_case(sentence: Sentence) -> bool:
    """Whether a value is that of one case: "for $a = 1$", "the estimator with $a = 1$"."""
    governing = None
    for match in _GOVERNING.finditer(clause_of(sentence.before)):
        governing = match
    return governing is not None and _CASE_OF.fullmatch(governing[0]) is not None


def is_hypothetical(sentence: Sentence) -> bool:
    """Whether what a sentence gives is not given for good: "if $f(x) = x^2$", "unless", "for instance"."""
    clause = _OWN_CASE.sub(" ", clause_of(sentence.before))
    return bool(
        re.search(_CONDITIONAL, clause)
        or _HYPOTHETICAL.search(clause)
        or _AFTERWARDS.search(re.split(r"[,.;:$]", plain(sentence.after))[0])
        or _NEGATION.search(clause)
        or _is_put_aside(sentence)
    )


def is_example(sentence: Sentence) -> bool:
    """Whether a sentence gives an example: what it names is named for it."""
    return _EXAMPLE.search(clause_of(sentence.before)) is not None


_OWN_CASE = re.compile(r"\b(in|for) (this|our|that|the present|such a) case\b|\b(dans|en) (notre|ce|le present) cas\b")
_EXAMPLE = re.compile(r"\b(for (instance|example)|e\.g\b|par exemple|p\. ?ex\b)")
_HYPOTHETICAL = re.compile(
    _any_of(
        "were would mistake mistakes wrong wrongly false falsely contrary contradiction absurd absurde either "
        "even only except instance example exemple pretend faux fausse sinon soit-disant",
        "in general", "en general",
    )
)  # fmt: skip


def _stance(sentence: Sentence, needs_verb: bool, any_words: bool) -> Stance:
    clause = clause_of(sentence.before)
    following = re.split(r"[,.;:$]", plain(sentence.after))[0]
    governing = None
    for match in _GOVERNING.finditer(clause):
        governing = match
    exercise = bool(_EXERCISE.search(clause) or _EXERCISE.search(plain(sentence.after)))
    if governing is None:
        if _NEGATION.search(clause) or is_question(sentence):
            return Stance.NOTHING
        if needs_verb:
            return Stance.NOTHING
        sure = (any_words or near_is_known(clause)) and not _is_risky(clause) and not _AFTERWARDS.search(following)
        case = _NAMED_CASE.search(plain(sentence.before))
        if not any_words and not case and _is_labelled(sentence, plainly=True):
            return Stance.DOUBTFUL
        return (Stance.CASE if case else Stance.ASSUMED) if sure else Stance.DOUBTFUL
    near = clause[governing.end() :]
    if governing["concluding"]:
        return Stance.NOTHING
    if _WEAK.match(governing[0]):  # "recall that a symmetric $A$ satisfies $A = A^T$"
        earlier = list(_GOVERNING.finditer(clause[: governing.start()]))
        if earlier and (earlier[-1]["reason"] or earlier[-1]["concluding"]):
            return Stance.DOUBTFUL
    denied = _NEGATION.search(clause)
    if denied is not None and (_NEGATION.search(near) or denied.end() >= governing.start() - 12):
        return Stance.NOTHING
    asked = governing["conditional"] or _SUPPOSING.match(governing[0])
    if is_question(sentence) and asked and (_ASKS.match(plain(sentence.before)) or _ASKS.match(clause)):
        return Stance.NOTHING
    asking = r"\b(for (which|what)|pour (quel\w*|lesquels?|laquelle))"
    if re.search(rf"{asking}\W*$", clause) or (is_question(sentence) and re.search(rf"^\W*{asking}", clause)):
        return Stance.NOTHING
    if governing["reason"] or _has_other_subject(clause, governing):
        return Stance.DOUBTFUL
    anew = _begins_anew(sentence, clause[: governing.start()], governing[0])
    if not any_words and not anew and _is_labelled(sentence, plainly=False):
        return Stance.DOUBTFUL
    if (
        _is_risky(clause)
        or _NEGATION.search(clause)
        or _AFTERWARDS.search(following)
        or not (any_words or near_is_known(near))
        or re.search(r"\bunless\b", clause)
    ):
        return Stance.DOUBTFUL
    if governing["conditional"]:
        if exercise:
            return Stance.CASE
        return Stance.WITHIN if sentence.is_open else Stance.DOUBTFUL
    by_formula = clause[: governing.start()].rstrip().endswith("$") and near_is_known(clause)
    if (
        _WEAK.match(governing[0])
        and not by_formula
        and not re.search(
            r"\b(let|suppose|assume|where|with|given|which|that|and|soit|soient|supposons|ou|avec|que|qui|et)\b",
            clause[: governing.start()],
        )
    ):
        return Stance.DOUBTFUL
    if is_named_case(sentence):
        return Stance.CASE
    ahead = clause[: governing.start()]
    said = _GENERAL.fullmatch(governing[0]) and is_claimed(ahead) and not _GOVERNING.search(ahead)
    if said or re.search(_CONDITIONAL, clause):  # "it diverges for a > 0" says nothing of a
        return Stance.CASE if exercise else Stance.WITHIN if sentence.is_open else Stance.DOUBTFUL
    return Stance.ASSUMED


_IMPERATIVE = re.compile(r"let|soit|soient|suppose|assume|consider|supposons|considerons")


def _begins_anew(sentence: Sentence, ahead: str, verb: str) -> bool:
    """Whether a sentence begins with "let" behind a heading that denies nothing: "Convolutions commute. Let"."""
    if ahead.strip(" ,.*$()") or not _IMPERATIVE.fullmatch(verb) or ":" in plain(sentence.before):
        return False
    return not any(_DANGER.search(label) or _NEGATION.search(label) for label in _labels(sentence))


_DEFINING = re.compile(
    _any_of(
        "let take taking choose choosing define defines defining denote denotes consider considering set put where for "
        "with introduce redefine minimise minimize minimiser minimising minimizing maximise maximize maximiser soit "
        "soient notons prenons choisissons considerons definissons posons posant ou pour avec redefinissons "
        "introduisons",
        "we use", "we write", "defined by", "defined as", "given by", "definie?s? par",
        "donnee?s? par", "update rule", "recurrence", "write", "on note", "on pose", "on considere", "on definit",
    )
)  # fmt: skip
_DEFINING_OR_GOVERNING = re.compile(f"(?P<defining>{_DEFINING.pattern})|{_GOVERNING.pattern}")
_OUTRIGHT = re.compile(
    _any_of(
        "let define defines denote denotes consider considering introduce redefine minimise minimize maximise maximize "
        "soit soient notons considerons definissons minimiser maximiser",
        "on note", "on pose", "on considere", "on definit", "defined by", "defined as",
    )
)  # fmt: skip
_SUCH = re.compile(r"\W*(which|whom|whose|lequel|laquelle|lesquels|lesquelles|qui)\b")
_OBJECT = re.compile(
    r"\b(of|de|du|d'|functions?|fonctions?|objective|objectif|loss|perte|cost|cout|criterion|critere|functional|"
    r"matrix|matrice|vector|vecteur|jacobienne?|jacobian|hessienne?|hessian|estimator|estimateur|residual|residu|"
    r"projection|projector|projecteur|operator|operateur|output|sortie|quantity|quantite|average|activation|layer|couche|"
    r"by|par|energy|energie|likelihood|vraisemblance|density|densite|kernel|noyau)"
    r"( (given by|defined by|definie? par|donnee? par))?\W*$"
)
_OF_A_FUNCTION = re.compile(r"\b(of|de|du|d'|functions?|fonctions?)( (given by|defined by|definie? par))?\W*$")
_ANEW = re.compile(
    r"\b(now|instead|redefine|becomes?|reads|replaced?|changes?|maintenant|devient|plutot|remplace\w*)\W*$|"
    r"^(now|instead|maintenant)\b|"
    r"\b(loss|objective|cost|function|model|energy|likelihood|criterion|perte|objectif|cout|fonction|modele|critere)"
    r"( \w+){0,2} (is|are|est|sont)( now| maintenant)?\W*$"
)


def giving(sentence: Sentence, special: bool = False) -> Giving:
    """How a sentence puts forward an equation in its formula, of whose left side there is a definition already.

    ``special``: as of :func:`stance`.
    """
    clause = clause_of(sentence.before)
    following = re.split(r"[,.;:$]", plain(sentence.after))[0]
    governing = None
    for match in _DEFINING_OR_GOVERNING.finditer(clause):
        governing = match if match[0] != "be" else governing
    if _AFTERWARDS.search(following) or _NEGATION.search(clause):
        return Giving.CLAIMS
    if _is_put_aside(sentence):  # "we could let", "the vector $c = b$ is well known": it may be meant
        meant = _OBJECT.search(clause) or TO_PUT.search(clause) or (governing is not None and governing["defining"])
        return Giving.UNCLEAR if meant else Giving.CLAIMS
    if special and governing is not None and _CASE_OF.fullmatch(governing[0]):
        return Giving.SUPPOSES
    concludes = governing is not None and not governing["defining"] and not governing["assuming"]
    concludes = concludes and governing is not None and not governing["conditional"] and not TASK.search(clause)
    if _OF_A_FUNCTION.search(clause):
        return Giving.UNCLEAR if concludes else Giving.DEFINES
    if is_question(sentence) or _is_risky(clause):
        return Giving.UNCLEAR if _ANEW.search(clause) else Giving.CLAIMS
    if governing is None:
        return Giving.UNCLEAR
    if governing["defining"] and re.search(_CONDITIONAL, clause):
        return Giving.SUPPOSES  # in the case where f(x) =
    if governing["defining"]:
        near = clause[governing.end() :]
        if _SUCH.match(near):
            return Giving.SUPPOSES  # the values for which f(x) =
        special = "$" in near and not _OUTRIGHT.fullmatch(governing[0])
        return Giving.UNCLEAR if special else Giving.DEFINES  # "for w = 0 the loss is L ="
    if governing["concluding"] or governing["reason"]:
        if not _OBJECT.search(clause[governing.end() :]):
            return Giving.UNCLEAR if PUT_SO.search(clause) else Giving.CLAIMS
        return Giving.UNCLEAR if concludes else Giving.DEFINES  # "hence the residual r =" follows, or names it
    return Giving.SUPPOSES


_UPDATES = re.compile(
    r"\b(updates?|update (rules?|equations?)|iterations?|recursions?|recurrences?|mises? a jour)"
    r"( (is|are|reads?|est|sont|given by|donnee?s? par|s'ecrit|s'ecrivent))*\W*$|"
    r"\b(momentum|gradient descent|heavy[- ]ball( method)?|descente de gradient|inertie)"
    r"( (with|avec) (velocity|vitesse|momentum|inertie)( \$)?( (and|et) (le |the )?(gradients?) \$)?)? ?:\W*$"
)
_JOINED = re.compile(r"\b(with|let|where|avec|soit|soient|ou) \$,? ?(and|et)?\W*$")


def puts_updates(words: str) -> bool:
    """Whether words before a display announce updates: "the momentum update is", "gradient descent with momentum:"."""
    sentence = display_sentence(words)
    clause = plain(sentence.before)
    return bool(_UPDATES.search(clause)) and not (
        is_hypothetical(sentence) or _is_risky(clause) or _CLAIMED.search(clause)
    )


_CLAIMED = re.compile(_CONCLUDING)


def is_joined(sentence: Sentence) -> bool:
    """Whether a formula stands behind another one that is put: "with $v = a$ and $w = b$"."""
    return bool(_JOINED.search(clause_of(sentence.before))) and not is_hypothetical(sentence)


def names_a_thing(sentence: Sentence) -> bool:
    """Whether the words before an equation are what its left side is called, so that a new name is defined by it.

    "Hence the residual $r = y - Xw$ satisfies", "so the best step is $\\eta = ...$", "then, writing $r = ...$".
    """
    clause = plain(sentence.before)
    following = re.split(r"[,.;:$]", plain(sentence.after))[0]
    if is_question(sentence) or is_hypothetical(sentence) or _NEGATION.search(clause) or _AFTERWARDS.search(following):
        return False
    thing = _CALLED.search(clause)
    return thing is not None and not _is_risky(thing[0]) and _OF_AN_EQUATION.search(thing[0]) is None


def concludes_of_a_thing(sentence: Sentence) -> bool:
    """Whether the words before an equation name its left side, and do not put it so: "setting $a = 0$ yields"."""
    return names_a_thing(sentence) and not is_put(f"{sentence.before} $")


_CALLED = re.compile(
    r"(\b(the|an?|our|its|this|le|la|un|une|notre|son|sa|ce|cette) |\bl')([\w'-]+ ){0,3}?[\w'-]+"
    r"( (is|are|becomes|equals|reads|est|vaut|devient|s'ecrit)( then| thus| therefore| given by| donc| alors)?)?\W*$|"
    r"\b(writing|setting|denoting|letting|defining|putting|ecrivant|notant|posant)\W*$"
)
_OF_AN_EQUATION = re.compile(
    r"\b(conditions?|equations?|claims?|identit\w*|hypothes\w*|cases?|cas|assumptions?|constraints?|contraintes?|"
    r"requirements?|equalit\w*|egalit\w*|relations?|possibilit\w*|guess\w*|formulas?|formules?|statements?|choices?|"
    r"choix|mistakes?|errors?|erreurs?|answers?|reponses?|wrong|false|special|particular|example|instance)\b"
)
_LONGEST = 1000  # characters before a display that may be of its sentence


def display_sentence(words: str) -> Sentence:
    """The sentence that a display ends: the words since the display before, after the last full stop."""
    last = words.rsplit("\n", 1)[-1][-_LONGEST:]
    return Sentence(re.split(r"[.?!](?:\s+|$)", last)[-1], "", True)


_OF_EVERY = re.compile(
    r"\b(for|pour|given|with|avec) (every|all|each|any|an arbitrary|tout|toute|tous|toutes|chaque)( [\w'-]+){0,3} \$"
    r"( \$| and \$| et \$|, \$)*\W*$"
)


def lists_conditions(words: str) -> bool:
    """Whether what a display lists may be said of what the words before it introduce: "for every $v$", and there
    ``v^T v = 1, \\|v\\| = 1``.
    """
    return _OF_EVERY.search(plain(display_sentence(words).before)) is not None


def announces(words: str) -> bool:
    """Whether words before a display may tell of a definition that they do not clearly make: "the loss is now"."""
    said = plain(display_sentence(words).before).strip()
    return bool(_ANEW.search(said) or NAMES_IT.search(said) or _OBJECT.search(said))


@dataclass(frozen=True)
class Said:
    """A property that a sentence gives to the names of its formula; ``word``: one that has no encoding."""

    stance: Stance
    kind: str = ""
    word: str = ""
    general: bool = False
    """Said of any one of its kind: "for symmetric $A$ this becomes"; of a name that is new it is said for good."""


def said_of(sentence: Sentence) -> list[Said]:
    """What a sentence says of the names in its formula."""
    found = [*_said_after(sentence), *_said_before(sentence)]
    found += _kind_of_matrix(sentence) if not any(said.kind for said in found) else []
    if not _FRENCH.search(plain(f"{sentence.before} {sentence.after}")):
        return found
    return [said for one in found for said in _in_french(one)]


_KINDS_OF_MATRICES = (
    (r"(covariance|precision|gram|kernel|noyau|laplacian|laplacien)", "positive semidefinite"),
    (r"(hessian|hessienne|adjacency|adjacence|distance|correlation|similarity|undirected graph)", "symmetric"),
)
"""Kinds of matrices that have a property by their nature, as most authors use the words."""


def _kind_of_matrix(sentence: Sentence) -> list[Said]:
    """What a matrix may have by its nature: "let $S$ be a covariance matrix", "with covariance $S$"."""
    ahead = re.split(r"[$.;:,]", plain(sentence.before))[-1]
    behind = re.split(r"[$.;:,]", plain(sentence.after))[0]
    for words, kind in _KINDS_OF_MATRICES:
        before = re.search(rf"\b{words}( matri(x|ces|ce))?\W*$", ahead)
        after = re.match(rf"\W*(is|be|are|denotes?|designe|est|soit|une?|la|le)\b.{{0,60}}\b{words}\b", behind)
        if before or after:
            return [Said(Stance.DOUBTFUL, kind)]
    return []


_FRENCH = re.compile(r"\b(soit|soient|est|sont|une?|les?|la|du|des|et|avec|pour|nous|reelle?|si|que)\b")


def _in_french(said: Said) -> list[Said]:
    """In French, what is positive may be 0; some authors mean that it is not."""
    for strict, weak in (("positive", "nonnegative"), ("negative", "nonpositive")):
        if said.kind in (strict, weak):
            return [Said(said.stance, weak), Said(Stance.DOUBTFUL, strict)]
    return [said]


def _unencoded(words: str) -> list[str]:
    return [match[0] for match in NOT_ENCODED.finditer(words)]


_NOT_OTHERS = re.compile(r"^\s*\((and |but |et |mais )?(not|pas|non)( \w+)? \$\)")
"""Behind a name: (but not $B$)."""
_HAD = frozenset(("full row rank", "full column rank", "full rank", "unit", "orthonormal columns", "orthonormal rows"))
_PART_OF_IT = re.compile(r"\b(of|de|du|d'|des|between|entre)\s*$")
_CHANGED = re.compile(
    r"\b(changed|perturbed|removed|replaced|modified|deleted|modifiee?s?|remplacee?s?|perturbee?s?)\b"
)
_COMPARED = re.compile(r".*\b(than|at (least|most)|between|exceed(s|ing)?|a|au (moins|plus)|entre)$")


def _said_after(sentence: Sentence) -> list[Said]:
    text = plain(sentence.after)
    within = _NOT_OTHERS.sub(" ", re.split(r"[.;:](?:\s|$)", text)[0])
    up_to = within.split("$")[0]
    skipped = re.match(r"(\s*(,|and\b|et\b|both\b)?\s*\$)*", within)
    rest = within[skipped.end() :] if skipped else within
    listed = bool(skipped and "$" in skipped[0])
    comma = re.match(r"\s*[,(]\s*", rest)
    rest = rest[comma.end() :] if comma else rest.lstrip()
    copula = _COPULA.match(rest)
    doubtful = [Said(Stance.DOUBTFUL, kind) for kind in properties(up_to)]
    both = _BOTH.match(rest)
    if both is not None:
        rest = rest[both.end() :]
        comma, copula = None, None
    elif listed and not re.match(r"(deux|two)\b", rest) and (copula is None or copula["copula"] not in _PLURAL):
        return []  # what is said behind another formula is said of that one
    if comma is not None and copula is not None:
        return doubtful
    if copula is not None:
        rest = rest[copula.end() :]
        if re.match(r"(not|never|pas|no longer)\b", rest):
            return []
    noun = _DESCRIBED.match(rest)
    if noun is not None and near_is_known(noun["nouns"]) and not properties(noun["nouns"]):
        rest = rest[noun.end() :]
    found: list[Said] = []
    joined = ""  # what stands from the last "and" on, where nothing has been found behind it
    while True:
        filler = _FILLER.match(rest)
        while filler is not None:
            rest = rest[filler.end() :]
            filler = _FILLER.match(rest)
        kind, width = _property_at(rest)
        adjective = None if width else _ADJECTIVE.match(rest)
        unknown = None if width or adjective else NOT_ENCODED.match(rest)
        if width:
            found.append(Said(Stance.ASSUMED, kind))
            rest = rest[width:]
        elif unknown is not None:
            found.append(Said(Stance.ASSUMED, word=unknown[0]))
            rest = rest[unknown.end() :]
            if _COMPARED.match(unknown[0]):
                break  # less than a positive number
        elif adjective is not None:
            rest = rest[adjective.end() :]
            connector = _CONNECTOR.match(rest)
            rest = rest[connector.end() :] if connector is not None and _begins_item(rest[connector.end() :]) else rest
            joined = ""
            continue
        else:
            rest = joined or rest  # "is one-hot and the loss is"
            break
        joined = ""
        connector = _CONNECTOR.match(rest)
        if connector is not None and _begins_item(rest[connector.end() :]):
            joined, rest = rest, rest[connector.end() :]
        elif _begins_item(rest.lstrip()):
            rest = rest.lstrip()
        else:
            break
    had = ("has", "have", "having", "ont", "ayant", *(("a",) if _FRENCH.search(plain(sentence.before)) else ()))
    if copula is not None and copula["copula"] in had:
        found = [said for said in found if said.kind in _HAD or said.word]  # what is positive is something that it has
    if copula is None and is_question(sentence) and _ASKS.match(plain(sentence.before)):
        return []
    if not found:
        return doubtful
    if not ends_plainly(rest, sentence.later[within.count("$") - rest.count("$") :]):
        return [Said(Stance.DOUBTFUL, s.kind, s.word) for s in found]
    how = stance(sentence, needs_verb=False)
    if how is Stance.NOTHING:
        return []
    of_a_part = copula is not None and _PART_OF_IT.search(plain(sentence.before).rsplit("$", 1)[-1])
    if of_a_part or _CHANGED.search(within) or puts_alternative(re.split(r"[.;:](?:\s|$)", folded(sentence.after))[0]):
        how = Stance.DOUBTFUL
    return [Said(how, s.kind, s.word) for s in found]


def _begins_item(text: str) -> bool:
    """Whether a property, or an adjective that leads to one, begins a text."""
    return bool(_property_at(text)[1] or NOT_ENCODED.match(text) or _ADJECTIVE.match(text) or _FILLER.match(text))


def _property_at(text: str) -> tuple[str, int]:
    """The property that a text begins with and how long its words are; the longest one."""
    best = ("", 0)
    for pattern, kind in PROPERTIES:
        match = re.match(pattern, text)
        if match is not None and match.end() > best[1]:
            best = (kind, match.end())
    return best


_JOINING = frozenset(("and", "et"))
_HAVING = frozenset(("has", "have", "having", "ont", "ayant"))
_PLURAL_NOUN = re.compile(
    r"\b(matrices|vectors|vecteurs|project(?:ion|or)s|projecteurs)\s*(?>\$[^\w$]*(?:(?:and|et)\b[^\w$]*)?)+$"
)


def _said_before(sentence: Sentence) -> list[Said]:
    """What stands just before a formula: "the symmetric matrix $A$", "for any positive definite $H$"."""
    text = plain(sentence.before)
    listed = _PLURAL_NOUN.search(text)  # the symmetric matrices $A$ and $B$
    clause = re.split(r"[$.;:]\s|[$;:,]", (text[: listed.end(1)] if listed else text) + " ")[-1].strip()
    last = re.split(r"\b(?:is|are|est|sont|that|que|because|since|car|puisque)\b", clause)[-1].strip() or ""
    found = properties(last)
    unknown = _unencoded(last)
    if not found and not unknown:
        return []
    spans = [m.span() for pattern, _ in PROPERTIES for m in re.finditer(pattern, last)]
    spans += [m.span() for m in NOT_ENCODED.finditer(last)]
    start, end = min(s for s, _ in spans), max(e for _, e in spans)
    nouns = _NEUTRAL if found and all(kind in SIGN_KINDS for kind in found) else _NOUNS
    between = [w for w in re.findall(r"[\w'-]+", last[end:]) if w not in nouns]
    if between[:1] in (["to"], ["a"], ["au"], ["aux"]):
        return []  # what is orthogonal to $a$ is something else
    ahead = re.findall(r"[\w'-]+", last[:start])
    behind_a_name = not ahead and text.rstrip().endswith("$ " + clause)
    if between and between[0] in _JOINING and (behind_a_name or set(ahead[-1:]) & _HAVING):
        return []  # "$U$ orthogonal and $S$", "$U$ has orthonormal columns and $S$": said of what stands before
    if between or (ahead and ahead[-1] not in _DETERMINERS and ahead[-1] not in _NOUNS):
        return [Said(Stance.DOUBTFUL, kind) for kind in found]
    of_others = re.search(r"\b(of|de|du|d'|between|entre)\b", " ".join(ahead[:-1]))
    how = stance(sentence, needs_verb=False)
    definite = any(word in _DEFINITE for word in ahead[-2:])
    general = False
    if how is Stance.NOTHING:
        if _NEGATION.search(clause_of(sentence.before)):
            return []
        how = Stance.ASSUMED if definite else Stance.CASE
    elif how is Stance.ASSUMED and not definite:
        governing = [m for m in _GOVERNING.finditer(clause_of(sentence.before)) if m["assuming"]]
        if governing and _GENERAL.fullmatch(governing[-1][0]):  # "for symmetric A this becomes"
            exercise = bool(_EXERCISE.search(plain(f"{sentence.before} {sentence.after}")))
            how = Stance.CASE if exercise else Stance.WITHIN if sentence.is_open else Stance.DOUBTFUL
            general = True
    elif how is Stance.DOUBTFUL and definite and not _is_risky(clause_of(sentence.before)):
        how = Stance.ASSUMED
    if _OF_ANOTHER.match(plain(sentence.after)):
        how, general = Stance.DOUBTFUL, False
    if of_others and not definite:
        how, general = Stance.WITHIN if sentence.is_open else Stance.DOUBTFUL, False
    return [*(Said(how, kind, general=general) for kind in found), *(Said(how, word=word) for word in unknown)]
