"""The words that govern a clause: what assumes, concludes, gives a reason, denies, asks or puts in danger.

May import this package's vocabulary only.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.words import SAME_LAW, without_properties


def any_of(words: str, *phrases: str) -> str:
    """An expression for any one of the words, or of the phrases, which are expressions themselves."""
    return r"\b(?:" + "|".join([*phrases, *words.split()]) + r")\b"


_ASSUMING = any_of(
    "let take taking choose choosing pick fix fixing assume assumes assumed assuming suppose supposed supposing "
    "given with where "
    "denote denotes denoting notant "
    "be consider considering under satisfying for soit soient supposons suppose supposant sachant "
    "avec ou pour "
    "notons prenons prenant choisissons choisissant fixons fixant considerons considere donne donnes donnee donnees "
    "verifiant satisfaisant "
    "hypothese",
    "such that", "so that", "satisf(?:y|ies)", "verifie(?:nt)?(?! que)", "satisf(?:ait|ont|assent)",
    "tels? que", "telles? que",
    "on note", "on pose", "of length", "de norme", "starts? (?:from|at|with)", "starting (?:from|at|with)",
    "initiali[sz]ed (?:at|to|by|with)", "partant de", "initialisee?s? (?:a|par)",
)  # fmt: skip
CONDITIONAL = any_of(
    "if when whenever provided unless si lorsque quand case cases cas",
    "lorsqu'", "des que", "as long as", "pourvu que", "a condition que",
)  # fmt: skip
CONCLUDING = any_of(
    "claim claims whether affirme affirmons think might hope guess show prove then hence thus therefore so "
    "follow follows conclude deduce verify check derive obtain get find compute means implies montrer montrez "
    "montrons montre "
    "prouver prouvez prouve alors donc deduire deduit verifier verifiez obtient obtenons calculer calculez "
    "calcule "
    "trouver trouvez trouve conclure conclut minimise minimize minimiser minimizes minimises maximise maximize "
    "maximiser maximizes maximises demontrer demontrez",
    "ainsi(?! que)",
    "we have", "on a", "nous avons", "verifie que", "d'ou", "this gives", "we want", "we need", "on veut",
)  # fmt: skip
_REASON = any_of(
    "since because as recall observe note notice clearly remarquons remarque puisque comme car rappelons evidemment"
)
GOVERNING = re.compile(
    f"(?P<conditional>{CONDITIONAL})|(?P<concluding>{CONCLUDING})|(?P<reason>{_REASON})|(?P<assuming>{_ASSUMING})"
)
WEAK = re.compile(r"satisf|verifie")
GENERAL = re.compile(r"for|pour")

NEGATION = re.compile(
    r"\b(not|no|never|without|neither|nor|ne|pas|sans|ni|aucune?|jamais|cannot)\b|n't\b|\bn'(?!importe)|"
    r"\b(et|mais|and|but) (non|not|pas)\W*$|"
    r"\b(wrong|false|untrue|mistaken|faux|fausse) (that|to|que|de)\b"
)
DANGER = re.compile(
    any_of(
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

_SPEAKING = re.compile(
    any_of(
        "writes wrote says said states stated asserts asserted reports reported prints printed answers answered argues "
        "argued suggests suggested conjectures conjectured believes believed announces pretends checks wonder wonders "
        "doubt doubts doubtful questionable unclear unlikely rare rarely hardly seldom scarcely goal aim conjecture "
        "idea naive refuted disproved beware friend textbook textbooks gives yields "
        "disent repond soutient pretend lit douteux douteuse rare rares rarement conjecture "
        "objectif idee naif naive selon livre manuel donne donnent fournit",
        r"(?<!\bon )ecrit", "open problem", "remains? to", "to be (?:seen|shown|proved|checked|verified)",
        "according to", "the objective is",
        "reste a", "au dire",
        "(?:students?|people|many|some|one|authors?) (?:often )?(?:write|say|think|claim)s?",
    )
)  # fmt: skip
_LABEL = re.compile(
    any_of(
        "claim claims conjecture lemma theorem proposition corollary fact goal aim result conclusion answer "
        "affirmation lemme theoreme corollaire but objectif resultat reponse"
    )
)
_REPORTED = re.compile(r"\b(that|que|qu')\W*$")


def is_reported(clause: str, label: str = "") -> bool:
    """Whether a clause without a word that assumes tells what somebody says, seeks or doubts: "it is rare that $a$".

    ``label``: what stands before a colon ahead of the clause.
    """
    spoken = _SPEAKING.search(clause) or _REPORTED.search(clause)
    return bool(spoken or _SPEAKING.search(label) or _LABEL.search(label) or DANGER.search(label))


_OF_RANK = re.compile(r"\b(?:of|with|have|has|having|de|a|ont|et) (?:full |column |row |constant )*(?:rank|rang) \$")
"""A property with its number: "a design matrix of rank $p$"."""


_BOUNDED_EIGENVALUES = re.compile(
    r"\b(?:eigenvalues|valeurs propres) (?:(?:of|de) \$ )?[^$]*\$(?: ?(?:and|et) \$)?"
    r"(?= ?,? (?:with|where|avec|ou)\W*$)"
)
"""Said of eigenvalues ahead of what the formula says of their bounds: "with eigenvalues in $[a, b]$, where $a > 0$"."""


def is_risky(clause: str) -> bool:
    """Whether a clause has words that may turn it; those of a known property ("of full rank") do not."""
    if DANGER.search(clause) is None:
        return False
    clause = _BOUNDED_EIGENVALUES.sub(" ", _OF_RANK.sub(" ", clause))
    return DANGER.search(without_properties(re.sub(SAME_LAW, " ", clause))) is not None


AFTERWARDS = re.compile(
    r"\b(only if|if and only if|iff|si et seulement si|does not hold|is false|is wrong|fails?|need not|"
    r"is a mistake|est faux|n'est|would|were|wrong|false)\b"
)
ASKS = re.compile(
    r"\W*(is|are|does|do|did|can|could|should|must|for (which|what)|when (is|are|does|do)|in which|which|what|why|how|"
    r"whether|est-ce|a-t-on|peut-on|pour quel(le)?s?|quel(le)?s?|quand|pourquoi|comment)\b"
)
EXERCISE = re.compile(
    any_of(
        "show prove verify check compute find derive give calculate determine deduce explain state write express "
        "what montrer "
        "montrez montrons prouver prouvez verifier verifiez calculer calculez trouver trouvez donner donnez "
        "determiner deduire "
        "deduisez exprimer exprimez expliquer expliquez quelle quel demontrer demontrez"
    )
)
