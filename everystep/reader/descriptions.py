"""Descriptions of names in words that are not known: "a Markov matrix", "equal to its transpose".

What such words say may be just what a step needs, so that no mistake is claimed of the names.  May import this
package's vocabulary only.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.decompositions import without_decompositions
from everystep.reader.marks import plain_text
from everystep.reader.ordinary import ORDINARY
from everystep.reader.phrases import without_task
from everystep.reader.projections import called_projection, is_projected
from everystep.reader.prose import Sentence, near_is_known
from everystep.reader.source import Tokens
from everystep.reader.tokens import listed
from everystep.reader.trees import name_of, relation_of, split
from everystep.reader.words import plain, without_properties

_BE = r"be|is|are|being|denotes?|soit|soient|est|sont|etant|designe|designent|lies?|forms?|has|have|having|a|ont|ayant"
_CALLED = re.compile(
    rf"\W*({_BE})\b(?P<is>[^.;:,$()]*)|\W*,\W*(?P<noun>(an?|its|une?|i\.e\.?,?)\b[^.;:,$()]*)|"
    r"\W*(?P<with>(with|having|of|which|that|whose|avec|de|dont|qui)\b[^.;:,$()]*)"
)
_OF_THE_NEXT = re.compile(r"[^\w$]*\$\W*(is|denotes|has|lies|forms|a|est|designe)\b")
"""A verb for one name, behind another one: "of rank $d$, $y$ is"."""
_FROM = re.compile(r"\bdistances?(?: (?!de\b)\w+){0,2} (?:de|du point|d'un point) ?$")
_TO = re.compile(r"\s*(?:à|jusqu'à)\b")
"""The distance « de $x$ à l'hyperplan », not what x has, for which « a » stands without its accent."""
_DOING = re.compile(r"\W*(let|soit|soient|(on|nous) note|notons|(we )?denote by|(we )?write)\b[^.;:]*")
_DENOTED = re.compile(r"\b(denote|call|name|write|notons|notera|note)\b(?P<what>( [\w'-]+){1,6}) (by|as|par)\W*")
_ACTING = re.compile(
    r"[^\w;.:]*(?!(?:and|et|be|with|where|th|st|nd|rd|i?eme|er?)\b|denote)(?P<does>[^\W\d_][^.;:,$()]*)"
)
_ITS_OWN_CLAUSE = re.compile(r"\$ (is|are|equals|est|sont|vaut)\b")
"""Behind ", its minimizer over": what stands behind the comma is the subject of the next clause."""
_SUBSPACE = re.compile(
    r"\b(in|of|on|to|dans|sur|a) (the |le |la |l')?"
    r"(kernel(?! (?:matri|functions?|methods?|regress|ridge|machine|width|bandwidth|parameter))|null ?-?space|"
    r"range|image|span|column space|row space|noyau|orthogonal complement|unit (ball|circle|sphere))\b|\binverses?\b"
)
_OF_FUNCTIONS = re.compile(r"\blin(ear|eaire)s?\b(?! model)")
_HARMLESS = listed(
    """
    means variances covariances expectation expectations zero finite common centred centered
    first second third fourth last next previous current new old other initial final predicted prediction
    predictions true observed measured desired expected empirical hidden visible latent unknown unknowns respective
    corresponding associated generic concrete usual standard same-sized mini-batch minibatch batch batches example
    examples word words sequence time times step steps number space shape shapes image images pixel pixels learned
    learnable trainable temperature width depth length lengths count index indices letter letters name symbol
    symbols position positions per i.e e.g called named written measuring containing holding which that contains
    holds collects collecting stacks stacking stacked whose its their column-vector row-vector network networks
    neural recurrent convolutional logits logit model's response responses covariate covariates regressor predictor
    predictors coefficient eigendecomposition decomposition svd factorization factorisation momentum velocity
    iterate iterates gradient gradients update updates dataset set sets training test validation item items user
    users node nodes edge edges graph filter filters channel channels head heads dropout mask factor factors
    quantity quantities object objects term terms nul non independent random smooth twice continuously
    differentiable differentiables infiniment continument not necessarily pas necessairement be to have it them him
    so outside inside center centre context
    defined componentwise component-wise elementwise entrywise coordinatewise composante composantes coordonnee
    denoted noted note notee notees
    premiere premier deuxieme derniere dernier suivante suivant cachee cache predite predites tel tels telle telles
    que qui verifie verifiant verifient satisfait definie defini definies definis par moyenne moyennes esperance
    variance aleatoire aleatoires gaussien gaussienne gaussiens independants independantes independant independante
    th st nd rd eme ieme denoted notee notees designee designees
    variable variables rang rank dimension sa son leur leurs pseudo-inverse for couche sortie attendue etiquette
    etiquettes reponse reponses observation observations estimateur estimateurs estimator estimators unique
    homoscedastic homoscedastiques errors erreurs exemple
    exemples mot mots temps espace apprise appris nombre
    feature features over minibatches value values attribute attributes caracteristique caracteristiques valeur valeurs
    lot this upstream incoming backpropagated error errors signal signals amont
    collect gather gathers gathering list lists listing record records recording stack store stores storing hold
    contain represent represents regroupe regroupent rassemble rassemblent contient contiennent recueille recueillent
    fitting suitable appropriate compatible matching conformable convenable convenables compatibles adapte adaptee
    adaptes adaptees appropriee appropriees
    reward rewards return returns price prices cost costs demand demands income sales revenue asset assets portfolio
    patient patients age ages height heights weighing temperature temperatures concentration concentrations document
    documents topic topics player players arm arms action actions policy policies discount rating ratings movie movies
    customer customers pollutant sensor sensors reading readings measurement measurements
    recompense recompenses prix cout couts demande demandes revenu revenus ventes actif actifs portefeuille patients
    taille tailles temperatures joueur joueurs bras action politique politiques escompte note notes film films client
    fitted ajuste ajustes ajustee ajustees predit predits
    clients capteur capteurs mesure mesures individu individus
    inconnu inconnue inconnus inconnues connu connue connus connues vrai vraie vrais vraies observe observee observes
    observees mesuree mesurees desire desiree empirique empiriques latent latente latents latentes caches visible
    visibles initiale initiaux initiales finale finaux finales courant courante courants courantes nouveau nouvelle
    nouveaux nouvelles ancien ancienne generique generiques usuel usuelle usuels usuelles instant instants etape
    etapes indice indices utilisateur utilisateurs noeud noeuds graphe masque facteur facteurs quantite quantites
    objet objets terme termes lisse lisses contexte respectivement law laws loi lois
    """
)
_DEPENDS = re.compile(
    r"\W*((is |be |est |soit )?(an?|some|une?) ([\w-]+ ){1,3}?)?(which |that |and |qui |et )?"
    r"(((may|can|might|will|peut|itself) )?(depends?|depending|depend(ent|re)?|dependant)"
    r"( (implicitly|also|smoothly|only|aussi|implicitement))?"
    r"|((be|is|are|being|denotes?|soit|est|sont|designe) )?((an?|the|some|une?|le|la|l') ?)?([\w-]+ ){0,3}?"
    r"(functions?|images?|gradients?|derivatives?|jacobian|hessian|fonctions?|derivees?|jacobienne|hessienne))"
    r" (of|on|upon|at|de|du)\b[^$.;:]{0,25}\$(,? (and|et|at|en|by|par|with respect to|par rapport a) [^$.;:]{0,15}\$)*"
)
_STATISTIC = r"(?:means?|averages?|variances?|standard deviations?|moyennes?|variances?|ecarts?-types?)"
_DEPENDS_ON_DATA = re.compile(
    r"\W*(?:(?:be|is|are|being|denotes?|soit|est|sont|designe)\b ?)?(?:(?:an?|the|la|le|l'|une?) ?)?(?:[\w-]+ ){0,2}?"
    rf"{_STATISTIC} (?:of|over|de|du|des|sur)\b[^$.;:]{{0,25}}\$"
)
_ITS_STATISTIC = re.compile(
    r"\W*(?:(?:be|is|are|being|denotes?|soit|est|sont|designe|for|as|,)\b ?)?(?:its|their|"
    r"the (?:batch|mini-?batch|sample|empirical)|(?:batch|mini-?batch|sample|sa|leur|ses|leurs)) ?"
    rf"(?:[\w-]+ )?{_STATISTIC}\b|"
    rf"\W*(?:(?:be|is|denotes?|soit|est|,)\b ?)?(?:the|la|le|l') ?(?:[\w-]+ )?{_STATISTIC} (?:of|de) "
    r"(?:its|their|ses|leurs) (?:entries|elements|components|coordinates|values|composantes|coefficients)\b"
)
"""What is made of the numbers that the sentence has spoken of before: "$\\mu$ is their mean"."""
_COMMUTING = re.compile(r"\b(?:(?:that|which|qui) )?(?:commute|commuting|commutent)\b")
"""What :mod:`everystep.reader.commuting` reads, or doubts itself."""
_STEP = re.compile(r"\ble pas\b(?! (?:symm?etrique|nul))")
"""« Le pas d'apprentissage »: a step, and no denial."""
_SIZES = re.compile(r"\b[a-z\d] ?(x|by|par) ?[a-z\d]\b|\b[a-z]\b|[a-z\d]+-?dimension\w*")


_AS_COLUMN = re.compile(
    r"(?:\w+ )?(?:as|comme) (?:an? |une? |des? )?(?:columns?|rows?|vecteurs?|lignes?|colonnes?)"
    r"(?: (?:vectors?|colonnes?|lignes?))?"
)
"""« Seen as a column vector », « vue comme un vecteur colonne »."""


def is_domain(tokens: Tokens) -> bool:
    r"""Whether a set is a letter that says nothing of its members: the domain ``\\mathcal{X}``."""
    return len([t for t in tokens if t.text in ("mathcal", "mathscr", "cal")]) == 1 and len(plain_text(tokens)) == 1


_TO_BE_SHOWN = re.compile(
    r"\b(?:show|prove|verify|check|deduce|conclude|explain|argue|see|montrer|montrez|montrons|prouver|prouvez|verifier|"
    r"verifiez|deduire|deduisez|demontrer|demontrez|expliquer|expliquez)\s+(?:that|why|que|pourquoi)"
    r"(?:\s+(?:the|la|le|any|every|each|tout|toute|chaque)(?:\s+[\w-]+)?)?\W*$"
)
"""Ahead of a name of which the words behind say what follows from the rest: "show that $w$ lies in the row space"."""
_CONCLUDED = re.compile(
    r"\W*(?:donc|ainsi|hence|thus|therefore|consequently|par consequent|(?:on|nous) en (?:deduit|conclut) que|"
    r"il en resulte que|it follows that|we (?:conclude|deduce) that)\W*(?:(?:the|la|le) (?:function|fonction|map)\W*)?"
)
"""Ahead of a name of which the words behind say what has been found, and nothing more: "hence $f$ is convex"."""
_LEADS_ON = re.compile(
    r"(?:\s+(?:then|alors|we (?:have|get|obtain)|one has|on (?:a|obtient)|il vient|"
    r"(?:and|et) (?:(?:we|on|nous) )?(?:let|put|write|set|note|notons|pose|posons|soit|soient)))+$"
)
"""Behind the words for a name, and before what follows from them."""


_ACTS_SO = re.compile(
    r"(?:which |that |qui )?(?:selects?|picks?|extracts?|keeps?|drops?|shifts?|rotates?|reflects?|swaps?|permutes?|"
    r"sorts?|averages?|cent(?:er|re)s?|projects?|embeds?|copies|copy|repeats?|selectionnent?|selectionne|extrait|decale|permute|"
    r"trie|projette|centre|moyenne)\b"
)
"""What a matrix does to a vector, which says more of it than its shape: "let $S$ select $m$ coordinates"."""


_OF_A_CHAIN = re.compile(
    r"(?<!state )(?<!state-)\btransition(?: probability)? (?:matri|kernel)|\bmatrices? de (?:transition|passage)\b"
)
"""A matrix of probabilities, for most authors: its rows sum to one, or its columns."""


def unknown_description(sentence: Sentence, *, function: bool = False) -> str:
    """What words behind a formula call its names where they are not known; empty where they are, or where there are
    none.
    """
    if _TO_BE_SHOWN.search(plain(sentence.before)) or _CONCLUDED.fullmatch(plain(sentence.before)):
        return ""
    if is_projected(sentence.before):
        return ""
    if called_projection(sentence.after):
        return called_projection(sentence.after)
    after = without_task(plain(sentence.after))
    denoted = _DENOTED.search(plain(sentence.before))
    if denoted is not None and denoted.end() == len(plain(sentence.before)) and not _is_known(denoted["what"]):
        return denoted["what"].strip()
    match = None if _FROM.search(plain(sentence.before)) and _TO.match(sentence.after) else _CALLED.match(after)
    if match is not None and match["is"] is not None and _OF_THE_NEXT.match(after):
        match = None
    if match is None and _DOING.fullmatch(plain(sentence.before)):
        match = _ACTING.match(after)
        skipped = after[: match.start("does")].count("$") if match is not None else 0
        if any(relation_of(formula, k)[0] for formula in sentence.later[:skipped] for k in range(len(formula))):
            match = None  # « $t$, $\\eta > 0$ le pas »: said of the formula that declares itself
    called = next((part for part in match.groupdict().values() if part), "").strip() if match is not None else ""
    called = _LEADS_ON.sub("", called)
    if len(sentence.later) > 1 and any(name_of(token) == "=" for token in sentence.later[1]):
        called = _WITH_ITS_FACTOR.sub("", called)  # the equation says what the factor is
    if _BY_WHAT.fullmatch(called) and _UPSTREAM.search(f"{plain(sentence.before).rsplit('$', 1)[-1]} {called}"):
        return ""
    if not called or match is None or _AS_COLUMN.fullmatch(called):
        return ""
    if match.groupdict().get("noun") and _ITS_OWN_CLAUSE.match(after[match.end() :]):
        return ""
    chained = _OF_A_CHAIN.search(called) and "$" not in after.partition(called)[2]
    if _SUBSPACE.search(called) or chained or _ACTS_SO.match(called) or (function and _OF_FUNCTIONS.search(called)):
        return called
    in_a_set = re.search(r"\b(in|on|from|dans|sur)$", called) and "$" in after
    return "" if _is_known(called) and not in_a_set else called


_WITH_ITS_FACTOR = re.compile(r",? with (?:the |a |its )?cholesky factor$")
_UPSTREAM = re.compile(r"\b(?:upstream|incoming|backpropagated|amont|entrant)\b")
_BY_WHAT = re.compile(
    r"(?:(?:the|an?|le|un) )?(?:(?:upstream|incoming|backpropagated|given|arbitrary|known) )*(?:gradient )?"
    r"(?:(?:amont|entrant) )?(?:with respect to|wrt|w\.r\.t\.?|par rapport a)(?: (?:the|la|le))?"
)
"""By what an upstream gradient is one: it may be any matrix of that shape."""
_PROPERTY_OF_FUNCTIONS = re.compile(
    r"\b(?:(?:quasi-?)?(?:convex|concave)e?s?|coerciv\w*|lipschitz\w*|holder\w*|monoton\w*|subadditive|homogeneous|"
    r"smoothness|sub-?gaussian|self-concordant)\b|(?:\$|\bl|\bbeta)-(?:strongly |strictly )?(?:smooth|convex|lisse)\b"
)


def property_of_function(sentence: Sentence) -> str:
    """What a sentence says of a function that is no hypothesis: convex, "L-smooth"; empty where it says nothing."""
    found = _PROPERTY_OF_FUNCTIONS.search(plain(f"{sentence.before} $ {sentence.after}"))
    return found[0].lstrip("$-") if found is not None else ""


def depends_on(sentence: Sentence) -> tuple[Tokens, ...]:
    """What the words behind a name say it depends on: "depends on $x$", "is the gradient of $f$ at $x$"."""
    match = _DEPENDS.match(plain(sentence.after))
    return () if match is None else sentence.later[: match[0].count("$")]


def is_made_of(sentence: Sentence) -> frozenset[str]:
    """The names of the numbers that words make a statistic of: "is the mean of the batch $x_1, \\dots, x_n$", "be their
    mean".
    """
    after = plain(sentence.after)
    told = sentence.earlier[-1:] if _ITS_STATISTIC.match(after) else ()
    if not told and (match := _DEPENDS_ON_DATA.match(after)):
        told = sentence.later[: match[0].count("$")]
    found = set[str]()
    for formula in told:
        end = next((k for k in range(len(formula)) if relation_of(formula, k)[0]), len(formula))
        for written in split(formula[:end], (",",)):
            letters = [t.text for t in written if t.kind == "char" and t.text.isalpha()]
            found |= set(letters[:1])
    return frozenset(found)


_TO_ANOTHER = re.compile(
    r"\W*(?:(?:be|are|being|vectors?|both|each|all|which|that|soient|sont|vecteurs|tous|toutes|deux|chacun)\b\W*)*"
    r"(?:orthogonal|perpendicular|orthogonaux|orthogonales|perpendiculaires) (?:to|a)\b[^.;:$]{0,25}\$"
)


def is_orthogonal_to_another(sentence: Sentence) -> bool:
    """Whether words say of what stands before them that it is orthogonal to something else: "each orthogonal to"."""
    return _TO_ANOTHER.match(plain(sentence.after)) is not None


_REPLACED = re.compile(
    r"\W*(?:is|are|gets?|est|sont) (?:now |then |maintenant |alors )?(?:replaced|remplacee?s?) (?:by|with|par)\b"
)


def is_replaced(sentence: Sentence) -> bool:
    """Whether words put something else in the place of a name: "with label smoothing, $y$ is replaced by"."""
    wondered = re.search(r"\b(?:if|when|where|suppose|imagine|should|si|quand|lorsque|ou)\b", plain(sentence.before))
    return wondered is None and _REPLACED.match(plain(sentence.after)) is not None


_NO_MORE = re.compile(
    r"\b(?:without|sans|with no|under no)\s+(?:any\s+)?(?:further|other|additional|autres?|plus d')\s*"
    r"(?:assumptions?|hypothes[ie]s|conditions?|hypotheses?)\b"
)
"""Words that say that nothing else is assumed of a name."""


def _is_known(called: str) -> bool:
    plainly = without_decompositions(re.sub(r"c'est-a-dire|``|''|\"", " ", _NO_MORE.sub(" ", called)))
    left = without_properties(_STEP.sub(" ", _SIZES.sub(" ", _COMMUTING.sub(" ", plainly))))
    ordinary = _HARMLESS | ORDINARY
    return near_is_known(" ".join(w for w in left.split() if w.strip(".'-") not in ordinary))
