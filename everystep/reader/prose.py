"""What a sentence says of the mathematics in it: assumed, assumed for a while, in doubt, or nothing.

A hypothesis that an author did not make may prove what is false, and one that was missed may refute what is true.  So
there are three answers: what is assumed is put in words of a closed vocabulary, in one of a few forms; what a
sentence claims, asks or denies is nothing; everything else is *doubtful*: it is not assumed, and a step that it would
make true is not called wrong.  May import this package's vocabulary only.
"""

from __future__ import annotations

from enum import Enum

from everystep.reader import patterns as re
from everystep.reader.governing import (
    AFTERWARDS,
    ASKS,
    CONCLUDING,
    CONDITIONAL,
    DANGER,
    EXERCISE,
    GENERAL,
    GOVERNING,
    NEGATION,
    WEAK,
    any_of,
    is_reported,
    is_risky,
)
from everystep.reader.phrases import clause_of, loses_no_generality, without_application, without_generality
from everystep.reader.reservations import (
    goes_on_without,
    is_at_one_value,
    is_claimed,
    is_in_the_limit,
    is_of_elsewhere,
    is_reserved,
    is_topic,
)
from everystep.reader.source import Tokens
from everystep.reader.tokens import listed
from everystep.reader.words import plain, without_properties
from everystep.records import dataclass, replace


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


# Words that may stand between what introduces an assumption and the formula, without changing what is said.
NEUTRAL = listed(
    """
    denote denotes designe
    a an the this these that those all any every each some both two three our their its again also now here moreover
    furthermore further finally in addition throughout below above fixed arbitrary and et we us is are be being been
    maintenant desormais dorenavant ensuite ici enfin present
    to of space real square matrix matrices vector vectors row column scalar scalars number numbers constant constants
    function functions parameter parameters variable variables size sizes dimension dimensions weights weight data
    design input inputs output outputs target targets label labels bias biases covariance mean variance noise sample
    samples features feature point points random gaussian normal independent identically distributed iid i.i.d drawn
    differentiable smooth convex scale strength rate step learning regularisation regularization hyperparameter
    penalty following model linear problem section question exercise assumed supposed taken known given with let
    suppose assume where have has having such satisfy satisfies satisfying whose hold holds condition conditions
    centred centered constraint constraints hypothesis hypotheses assumption assumptions by on as it they there exists
    exist into
    components coordinates composantes coordonnees
    entries entry elements columns rows distinct same loss error un une le la les l' des du de deux trois ce cette
    ces tout toute tous toutes que qu' est sont soit soient etre etant nous reelle reelles reel reels carree carrees
    matrice vecteur vecteurs ligne lignes colonne colonnes scalaire scalaires nombre nombres constante fonction
    fonctions parametre parametres taille tailles poids donnees cible cibles bruit moyenne loi derivable derivables
    lineaire modele probleme aussi encore ici plus dans par fixe fixee fixes fixees quelconque quelconques supposee
    supposees supposes avec ou verifie verifient contrainte contraintes n m d k p q t s one kernel hidden state
    states attention query queries key keys value values embedding embeddings gradient hessian jacobian precision
    transition adjacency laplacian gram activation activations unit units layer layers token tokens probability
    probabilities class classes score scores signal signals direction directions projection map regressor regressors
    responsibilities response coefficients coefficient estimator initialisation initialization network networks
    reseau reseaux noyau etat etats couche couches hessienne jacobienne probabilites classe perte entree entrees
    sortie sorties ensuite enfin dont d'apprentissage d'entree
    gaussien gaussienne gaussiens gaussiennes aleatoire aleatoires centre centree centres centrees reduit reduite iid
    biais seuil seuils matrices echantillon echantillons
    eigenvector eigenvalue associated corresponding system propre valeur associe associee correspondant
    correspondante systeme i.e i.e. c'est-a-dire
    """
)


def is_question(sentence: Sentence) -> bool:
    """Whether a sentence asks and does not first assume."""
    text = plain(f"{sentence.before} $ {sentence.after}")
    return text.rstrip(" )\"'").endswith("?") or bool(ASKS.match(text) and "?" in text)


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


_ASKS_WHAT = re.compile(r"(?:^|[:;,])\W*(?:and |but |so |et )?(?:what|how|que|qu'|quel(?:le)?s?|comment)\b")
"""The question is put for a case, and what follows may answer it: "what if $A = -A^T$?"."""


def denies(sentence: Sentence) -> bool:
    """Whether a sentence denies what its formula says, or asks for just that: "is $a > 0$?"."""
    clause = clause_of(sentence.before)
    asked = is_question(sentence) and re.match(r"\W*(is|are|do|does|can|est-ce|a-t-on)\b", clause)
    return bool(NEGATION.search(clause) or asked)


_SUPPOSING = re.compile(
    any_of("assume assumes assumed assuming suppose supposed supposing supposons suppose supposant consider")
)
_LABELS = re.compile(
    r"^(\W*((question|exercise|exercice|problem|probleme|part|partie|case|cas) )?([a-h]|[ivx]{1,4}|\d{1,2})[).:])+"
)
_PASSIVE = re.compile(r"\b(is|are|be|been|being|was|were|est|sont|etre|ete)\W*$")
_SUBJECTS = listed(
    """
    we us let one on l'on nous et and
    now also further furthermore moreover here ici first second third next finally again
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
    return bool(_SETTING_UP.match(label)) and not (DANGER.search(label) or NEGATION.search(label))


def _labels(sentence: Sentence) -> list[str]:
    """What stands before a colon, and the short sentence before."""
    text = without_generality(plain(sentence.before))
    labels = [part for part in re.split(r"[;:]", text)[:-1] if part.strip()]
    return [*labels, plain(sentence.label)] if sentence.label else labels


def _label_of(sentence: Sentence) -> str:
    """What stands before the last colon of a sentence, where no formula does."""
    parts = re.split(r":", plain(sentence.before))
    return parts[-2] if len(parts) > 1 and "$" not in parts[-2] else ""


def _has_other_subject(clause: str, verb: re.Match[str]) -> bool:
    """Whether it is not the author who assumes: "nobody assumes", "textbooks suppose", "rather than assume"."""
    if not _SUPPOSING.match(verb[0]) or _PASSIVE.search(clause[: verb.start()]):
        return False
    subject = _LABELS.sub("", re.split(r"[,$]", clause[: verb.start()])[-1])
    if _PREDICATE.fullmatch(subject) and near_is_known(subject):
        return False  # "let $A$ be symmetric and suppose that"
    return any(word.strip(".'") not in _SUBJECTS for word in re.findall(r"[\w'.-]*\w[\w'.-]*", subject))


_PREDICATE = re.compile(r".+\b(?:and|et)\W*")


def near_is_known(near: str) -> bool:
    """Whether all words of a stretch are neutral or properties."""
    if not re.search(r"\w", near):
        return True
    words = re.findall(r"[\w'.-]*\w[\w'.-]*", without_properties(_EXTENT.sub(" ", near)))
    return all(word.strip(".'") in NEUTRAL for word in words)


_NAMED_CASE = re.compile(r"\b(cas|case)s? ?(\d+|[a-z]|[ivx]+|n° ?\d+)\W*[:.)]")
"""Case 1: A is orthogonal."""


def stance(sentence: Sentence, needs_verb: bool = True, any_words: bool = False, special: bool = False) -> Stance:
    """How a sentence puts forward what its formula says.

    ``needs_verb``: without a word that introduces an assumption nothing is assumed (else what is said plainly is).
    ``any_words``: words that are not known do not matter, as where a formula says by itself what kind its name is of.
    ``special``: the formula gives a name the value of a number, so that "for $a = 1$" is one case of many.
    """
    inside = _IN_BRACKETS.search(sentence.before)
    if inside is not None and _BRACKET_ENDS.match(sentence.after):  # "for $u$ of unit norm ($\\|u\\| = 1$)"
        sentence = replace(sentence, before=sentence.before[: inside.start()])
    by_entries = _BY_ENTRIES.match(sentence.after)
    if by_entries is not None:  # "where $g(t) = t^2$ is applied entrywise"
        sentence = replace(sentence, after=sentence.after[by_entries.end() :])
    if is_constraint(sentence):
        return _of_constraint(sentence)
    found = _stance(sentence, needs_verb, any_words)
    if found is Stance.DOUBTFUL and is_solved(sentence):
        return Stance.ASSUMED
    if found in (Stance.DOUBTFUL, Stance.NOTHING):
        return found
    if is_put_aside(sentence):
        return Stance.DOUBTFUL
    for_a_case = found is Stance.WITHIN or CASE_OF.fullmatch(_governing(sentence)) is not None
    if for_a_case and goes_on_without(sentence.after):
        return Stance.DOUBTFUL
    if special and found is Stance.ASSUMED and _is_one_case(sentence):
        return Stance.WITHIN if sentence.is_open and not goes_on_without(sentence.after) else Stance.DOUBTFUL
    return found


_ENTRY_BY_ENTRY = (
    r"(?:(?:entry|element|component|coordinate)-?\s?wise|entry by entry|element by element|"
    r"(?:élément|coefficient) par (?:élément|coefficient)|composante par composante|terme à terme)"
)
_BY_ENTRIES = re.compile(
    r"\s*,?\s*(?:(?:and|et)\s+)?(?:(?:is|est)\s+)?(?:(?:applied|understood|taken|meant|appliquée|comprise|prise|lue)\s+|"
    rf"(?:acts|acting|agit|agissant)\s+)(?:(?:on|to|aux|à) [\w ]+ )?{_ENTRY_BY_ENTRY}"
)
_BY_ENTRIES_AHEAD = re.compile(rf"\b{_ENTRY_BY_ENTRY}(?: [\w-]+){{0,2}}\s*$")


def by_entries(sentence: Sentence) -> bool:
    """Whether words beside a formula apply what it defines entry by entry."""
    ahead = _BY_ENTRIES_AHEAD.search(sentence.before) or _BY_ENTRIES.match(sentence.after)
    return ahead is not None and not denies(sentence)


_SOLVED = re.compile(
    r"\b(?:soit|soient|let|denote by|call|where|ou|note|notons|take|fix) [^.;:]*\$,? ?(?:is |be |est |etant |being )?"
    r"(?:solves?|resout|(?:the|an?|la|une|l')\s?(?:unique |exact |exacte )?solution (?:of|to|de|du|d'))"
    r"(?: (?:the|a|la|le|l'))?(?: (?:linear|normal|lineaire|normales?))*(?: ?(?:systems?|equations?|systemes?))?"
    r"(?: (?:lineaire|normales?))*\W*$"
)
_APPROXIMATELY = re.compile(
    r"approx|least|moindres|nearly|almost|presque|numerically|iterat|inexact|up to|only if|exists|does not|n'existe|if "
)


def is_solved(sentence: Sentence) -> bool:
    """Whether a formula is an equation that a name is introduced as the solution of: "let $x$ solve $A x = b$"."""
    before, after = plain(sentence.before), re.split(r"[.;]", plain(sentence.after))[0]
    if _SOLVED.search(before) is None or is_put_aside(sentence) or is_question(sentence) or is_hypothetical(sentence):
        return False
    return not (_APPROXIMATELY.search(f"{before} {after}") or NEGATION.search(f"{before} {after}"))


_CONSTRAINT = re.compile(
    r"\b(subject to|s\. ?t\.?|sous (?:la |les |l'unique )?contraintes?|"
    r"under the (?:equality |linear |norm )?constraints?)"
    r"(?: (?:the|la|les|constraints?|contraintes?|conditions?|that|que))*( \$,? (?:and|et))?\W*$"
)
_SOUGHT = re.compile(
    r"\b(?:(?:look|looks|looking|search|searching|ask|asks) for|search|seeks?|seeking|try|tries|trying|"
    r"cherch(?:e|er|ons|ez)|wants?|voudrait)\b"
)


def is_constraint(sentence: Sentence) -> bool:
    """Whether a formula is the constraint of a problem: "maximise $f(u)$ subject to $\\|u\\| = 1$"."""
    return _CONSTRAINT.search(clause_of(sentence.before)) is not None


def _of_constraint(sentence: Sentence) -> Stance:
    """A constraint holds for what is sought; that it is sought makes no difference."""
    clause = _SOUGHT.sub(" ", clause_of(sentence.before))
    following = re.split(r"[.;:$]", plain(sentence.after))[0]
    before = _SOUGHT.sub(" ", plain(sentence.before))
    kept = is_reserved(before, sentence.after, [], by_verb=True) or is_risky(clause) or is_question(sentence)
    kept = kept or bool(NEGATION.search(clause) or AFTERWARDS.search(following) or NEGATION.search(following))
    return Stance.DOUBTFUL if kept or re.search(CONDITIONAL, clause) else Stance.ASSUMED


_IN_BRACKETS = re.compile(
    r"\s*\((?:i\.e\.,?|that is,?|so(?: that)?|with|soit|c'est-à-dire|avec)?\s*(?:\$\s*(?:,|and|et)?\s*(?:and|et)?\s*)*$"
)
_BRACKET_ENDS = re.compile(r"\s*(?:,?\s*(?:and|et)?\s*\$\s*)*\)")


def is_put_aside(sentence: Sentence) -> bool:
    """Whether words keep a formula from being assumed, whatever verb it stands with."""
    by_verb = bool(GOVERNING.search(clause_of(sentence.before)))
    after = plain(sentence.after)
    if is_at_one_value(after, sentence.later) or is_in_the_limit(after, sentence.later):
        return True
    if is_of_elsewhere(sentence.before, sentence.after):
        return True
    return is_reserved(sentence.before, without_application(sentence.after), _labels(sentence), by_verb)


def is_unreserved(sentence: Sentence, words: str) -> bool:
    """Whether nothing in the words before a formula turns what it says: no condition, denial, question or report."""
    if is_put_aside(sentence) or is_question(sentence) or is_hypothetical(sentence) or denies(sentence):
        return False
    turned = NEGATION.search(words) or re.search(CONDITIONAL, words) or re.search(CONCLUDING, words)
    following = re.split(r"[.;:$]", plain(sentence.after))[0]
    return not (turned or is_risky(words) or is_reported(words, sentence.label) or AFTERWARDS.search(following))


CASE_OF = re.compile(r"for|with|taking|pour|avec|prenant")


def _is_one_case(sentence: Sentence) -> bool:
    """Whether a value is that of one case: "for $a = 1$", "the estimator with $a = 1$"."""
    return CASE_OF.fullmatch(_governing(sentence)) is not None


def is_for_a_case(sentence: Sentence, right: Tokens) -> bool:
    """Whether "for $a = b$" speaks of one case: the right side is a name, or twice a name."""
    case = _governing(sentence) in ("for", "pour")
    case = case or bool(_OPENING.fullmatch(plain(sentence.before).strip()) and _OBTAINS.match(plain(sentence.after)))
    return 0 < len([t for t in right if t.kind != "space"]) <= _SHORT and case


def is_start(sentence: Sentence, left: Tokens) -> bool:
    """Whether an equation gives what an iteration begins with, so that it is true no longer behind: "we initialise with
    $a = b$ and iterate"; of a name that counts the steps, as in ``w_0 = 0``, it stays true.
    """
    if any(t.text.isdigit() for t in left):
        return False
    begins = _BEGINS.search(clause_of(sentence.before))
    if begins is None:
        return False
    return begins[0].startswith("initiali") or bool(_ITERATES.search(plain(f"{sentence.before} $ {sentence.after}")))


_BEGINS = re.compile(
    r"\b(initiali[sz](e|es|ed|ing|ons|ant|er|ee|ees)|starts?|started|starting|begins?|beginning|commen(ce|cons|cant)|demarr\w+|part(ons|ant)?)\b"
)
_ITERATES = re.compile(
    r"\b(iterat\w+|updat\w+|repeat\w*|descent|algorithm|method|training|trained|train|sampler|chain|"
    r"iter(er|e|ons|ations?)|repet\w+|descente|algorithme|methode|entrain\w+|chaine|mises? a jour)\b"
)
_SHORT = 2
_OPENING = re.compile(r"with|taking|setting|choosing|putting|avec|(?:en )?(?:prenant|posant|choisissant)")
_OBTAINS = re.compile(
    r"\W*(?:we|one|on|it|this|this equation|that|il|cela)? ?(?:obtains?|gets?|finds?|gives?|yields?|becomes|"
    r"obtient|trouve|donne|devient)\b"
)


def _governing(sentence: Sentence) -> str:
    """The last word that governs a formula; empty where there is none."""
    return next((match[0] for match in reversed([*GOVERNING.finditer(clause_of(sentence.before))])), "")


def is_hypothetical(sentence: Sentence) -> bool:
    """Whether what a sentence gives is not given for good: "if $f(x) = x^2$", "unless", "for instance"."""
    clause = _OWN_CASE.sub(" ", clause_of(sentence.before))
    return bool(
        re.search(CONDITIONAL, clause)
        or _HYPOTHETICAL.search(clause)
        or AFTERWARDS.search(re.split(r"[,.;:$]", plain(sentence.after))[0])
        or NEGATION.search(clause)
        or is_put_aside(sentence)
    )


def is_example(sentence: Sentence) -> bool:
    """Whether a sentence gives an example: what it names is named for it."""
    return _EXAMPLE.search(clause_of(sentence.before)) is not None


_OWN_CASE = re.compile(r"\b(in|for) (this|our|that|the present|such a) case\b|\b(dans|en) (notre|ce|le present) cas\b")
_EXAMPLE = re.compile(r"\b(for (instance|example)|e\.g\b|par exemple|p\. ?ex\b)")
_HYPOTHETICAL = re.compile(
    any_of(
        "were would mistake mistakes wrong wrongly false falsely contrary contradiction absurd absurde either "
        "even only except instance example exemple pretend faux fausse sinon soit-disant",
        "in general", "en general",
    )
)  # fmt: skip


def _stance(sentence: Sentence, needs_verb: bool, any_words: bool) -> Stance:
    clause = clause_of(sentence.before)
    following = re.split(r"[,.;:$]", plain(sentence.after))[0]
    governing = None
    for match in GOVERNING.finditer(clause):
        governing = match
    exercise = bool(EXERCISE.search(clause) or EXERCISE.search(plain(sentence.after)))
    if governing is None:
        if NEGATION.search(clause) or is_question(sentence):
            return Stance.NOTHING
        if needs_verb and not loses_no_generality(sentence.before):
            return Stance.NOTHING
        sure = (any_words or near_is_known(clause)) and not is_risky(clause) and not AFTERWARDS.search(following)
        case = _NAMED_CASE.search(plain(sentence.before))
        if is_reported(clause, "" if case else _label_of(sentence)):
            return Stance.DOUBTFUL
        if not any_words and not case and _is_labelled(sentence, plainly=True):
            return Stance.DOUBTFUL
        return (Stance.CASE if case else Stance.ASSUMED) if sure else Stance.DOUBTFUL
    near = clause[governing.end() :]
    if _IN_A_CASE.fullmatch(f"{governing[0]}{near}") or (
        any_words and is_reported(re.sub(r"\b(that|tels? que|telles? que)$", "", clause.rstrip(" $,")))
    ):
        return Stance.DOUBTFUL
    if governing["concluding"]:
        return Stance.NOTHING
    if WEAK.match(governing[0]):  # "recall that a symmetric $A$ satisfies $A = A^T$"
        earlier = list(GOVERNING.finditer(clause[: governing.start()]))
        if earlier and (earlier[-1]["reason"] or earlier[-1]["concluding"]):
            return Stance.DOUBTFUL
    denied = NEGATION.search(clause)
    if denied is not None and (NEGATION.search(near) or denied.end() >= governing.start() - 12):
        return Stance.NOTHING
    asked = governing["conditional"] or _SUPPOSING.match(governing[0])
    if is_question(sentence) and asked and (ASKS.match(plain(sentence.before)) or ASKS.match(clause)):
        return Stance.DOUBTFUL if _ASKS_WHAT.search(plain(sentence.before)) else Stance.NOTHING
    asking = r"\b(for (which|what)|pour (quel\w*|lesquels?|laquelle))"
    if re.search(rf"{asking}\W*$", clause) or (is_question(sentence) and re.search(rf"^\W*{asking}", clause)):
        return Stance.NOTHING
    if governing["reason"] or _has_other_subject(clause, governing):
        return Stance.DOUBTFUL
    anew = _begins_anew(sentence, clause[: governing.start()], governing[0])
    if not any_words and not anew and _is_labelled(sentence, plainly=False):
        return Stance.DOUBTFUL
    if (
        is_risky(clause)
        or NEGATION.search(clause)
        or AFTERWARDS.search(following)
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
        WEAK.match(governing[0])
        and not by_formula
        and not re.search(
            r"\b(let|suppose|assume|where|with|given|which|that|and|soit|soient|supposons|ou|avec|que|qui|et)\b",
            clause[: governing.start()],
        )
        and not OF_NOISE.search(clause[: governing.start()])
    ):
        return Stance.DOUBTFUL
    if is_named_case(sentence):
        return Stance.CASE
    ahead = clause[: governing.start()]
    said = GENERAL.fullmatch(governing[0]) and is_claimed(ahead) and not GOVERNING.search(ahead)
    if said or re.search(CONDITIONAL, clause):  # "it diverges for a > 0" says nothing of a
        return Stance.CASE if exercise else Stance.WITHIN if sentence.is_open else Stance.DOUBTFUL
    return Stance.ASSUMED


OF_NOISE = re.compile(
    r"\b(?:noises?|errors|disturbances?|perturbations?|innovations|bruits?|erreurs|aleas?)(?: vectors?| terms?)?"
    r"(?: \$)?(?: (?:are|is|sont|est) (?:assumed|supposed|supposee?s?|taken)(?: to)?)?\W*$"
)
"""The subject of a sentence that says something of noise, which nobody claims: "the errors satisfy"."""
_IN_A_CASE = re.compile(
    r"(?:for|under|pour|sous)(?! (?:the|all|both|our|les|nos|tous|toutes)\b) (?:[\w'-]+ ){0,3}"
    r"(?:matrices|vectors|vecteurs|functions|fonctions|symmetry|symetrie|case|cas|projections|projectors)"
    r"(?: [\w'-]+)?,\W*"
)
"""What a formula is said of in general, and maybe not here: "for symmetric matrices, $A = A^T$"."""
_EXTENT = re.compile(r"\b\w+ x \w+\b")
_IMPERATIVE = re.compile(r"(?:let|soit|soient|suppose|assume|consider|supposons|considerons)\b")


def _begins_anew(sentence: Sentence, ahead: str, verb: str) -> bool:
    """Whether a sentence begins with "let" behind a heading that denies nothing: "Products commute. Let $A$ with"."""
    words = ahead.strip(" ,.*$()")
    first = _IMPERATIVE.match(words or verb)
    if first is None or ":" in plain(sentence.before):
        return False
    if not near_is_known(_EXTENT.sub(" ", (words or verb)[first.end() :])):
        return False
    return not any(DANGER.search(label) or NEGATION.search(label) for label in _labels(sentence))
