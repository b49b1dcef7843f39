"""Words that take back, limit, quote or only mention what stands beside them: no hypothesis is made with them.

The stance of a sentence (:mod:`everystep.reader.prose`) says who assumes and how; this module knows what keeps a
sentence that looks like an assumption from being one.  May import this package's vocabulary only.
"""

from __future__ import annotations

from collections.abc import Sequence

from everystep.reader import patterns as re
from everystep.reader.marks import plain_text
from everystep.reader.source import Tokens
from everystep.reader.tokens import listed
from everystep.reader.trees import name_of, split, stripped
from everystep.reader.words import folded, plain, says_something

_HEDGING = re.compile(
    r"\b(possibly|perhaps|maybe|probably|presumably|likely|supposedly|allegedly|e\.g\b|in (most|many|some|all) cases|"
    r"asymptotically|asymptotiquement|"
    r"(may|might|can|could|would|peut|pouvons|peuvent|pourrait) (set|take|let|choose|pick|put|use|think of|prendre|"
    r"poser|choisir|fixer)|think of|imagine|imaginons|imaginez|pretend|(the )?(opposite|negation|contrary|converse) of|"
    r"(le |l')?(contraire|oppose|inverse) de|compare[ds]?( \w+)? (with|to)|simulations?|experiments?|experiences?|"
    r"numerically|numeriquement|en dehors d[eu]|a l'exception|other than|apart from|rather than|plutot que|autre que|"
    r"exceptions? of|instead of|(at most|at least|only|exactly|precisely|any|just|au plus|au moins|exactement)? ?"
    r"(one|une?) (of|de|des)|"
    r"(with|avec) (\w+ )?(probability|probabilite)\b|"
    r"peut-etre|eventuellement|probablement|vraisemblablement|pretendument|p\. ?ex\b|"
    r"dans (la plupart|certains|tous les|les deux)( des)? cas|"
    r"counter-?examples?|contre-exemples?|sanity check|thought experiment|"
    r"(sub)?sets? (of|where)|ensembles? des?|nothing|nobody|none|rien|personne|nul|lack of|absence (of|de)|"
    r"manque de|defaut de|"
    r"(the|an|this) event|l'evenement|the proposition|la proposition|l'affirmation|l'enonce|"
    r"null hypothesis|alternative hypothesis|hypothese (nulle|alternative)|"
    r"(probability|chance|odds) (that|where|for which)|number of times|set of all|probabilite que|nombre de fois|"
    r"(the|a) (sub)?set (where|on which|for which)|l'ensemble (ou|des)|"
    r"until|jusqu'a|while|tant que|repeat|a moins (que|de)|sauf|hormis|excepte|except|excluding|iff|interdit|forbidden|"
    r"ou bien|quand bien meme|"
    r"a tort|pourr(ait|ions|ons)|aurait pu|suffit|suffices|beware|temptation|tentation|"
    r"(said|wrote|told|believed|thought|claimed|asserted|dit|(?<!s')(?<!\bon )ecrit|croit|pense|pretend|affirme))\b"
)
"""Words in front of a formula that make it an example, something said by others or merely spoken of."""

_SPEAKING = re.compile(
    r"\b((look|looks|looking|search|searching|ask|asks|asking) for|search|seek|seeks|seeking|believe|believes|seems?|"
    r"seemingly|apparent|apparently|guess|try|tries|trying|optional|optionally|old version|delete|deleted|todo|fixme|"
    r"editor|nowhere|replac(e|es|ing|ed)|independently of(?! (each other|one another|the others?)\b)|"
    r"irrespective of|despite|though|although|mostly|"
    r"in (practice|applications?|physics|statistics|the literature)|(some|many|most|other) authors|"
    r"(takes|uses|assumes|writes|chooses|sets|considers)(?= \$?\W*$)|"
    r"(standard|usual|common|typical|default) (choice|value)|"
    r"(by|a) convention|books?|textbooks?|literature|physicists|statisticians|what if|"
    r"faudrait|voudrait|cherch(e|er|ons|ez)|au lieu de|independamment de|d'habitude|d'ordinaire|en pratique|"
    r"(certains|la plupart des|beaucoup d'|d'autres) ?auteurs|malgre|quoique|bien que|se peut|semble|dirait|"
    r"(pour|afin) qu[e']|croi(t|re|ent))\b|\[\d+(, ?\d+)*\]|^\W*(hint|indication)\b"
)
"""Words that speak of what stands behind them without making it so: it is sought, believed, usual, done by others."""

_EXISTING = re.compile(r"\b(there (exists?|is|are)|exists?|il existe|il y a)\b")
_SUPPOSED = re.compile(r"\b(suppos\w*|assum\w*|let|given|soit|soient)\b")
"""What exists is not what is given."""

_STATED = r"(assumptions?|hypothes[ie]s|conditions?|requirements?|restrictions?|constraints?|contraintes?|hypotheses?)"
_GIVING_UP = re.compile(
    r"\b(drop|drops|dropped|dropping|remov\w+|reject\w*|ignor\w+|forget|forgets|forgetting|forgot|discard\w*|omit\w*|"
    r"avoid\w*|violat\w+|relax\w*|lift\w*|weaken\w*|abandon\w*|oubli\w+|rejet\w+|rejett\w+|supprim\w+|omett\w+|lev\w+)\W*"
    rf"((the|this|that|our|all|any|la|l'|le|cette|toute|les) ?)?({_STATED}\W*)?(that|de|que|of)?\W*$"
)
"""What the formula says is given up: "drop the assumption $a > 0$", "oublions que"."""

_NAMED = re.compile(
    r"\b(call|calls|denote|denotes|let|write|by|name|appelons|notons|soit|par)\b[^$]*\$[^$]*\b"
    rf"(event|statement|property|case|evenement|propriete|cas|{_STATED})\W*(that|where|que|ou)?\W*$|"
    r"\b(under|sous)( l'hypothese)? \$\W*$"
)
"""The formula is given a name, or stands under one: "denote by $H_0$ the hypothesis $a > 0$"."""

_NUMBERED = (
    r"(?:sections?|subsections?|chapters?|appendix|appendices|parts?|questions?|exercises?|problems?|items?|cases?|"
    r"figures?|fig\.?|tables?|tab\.?|plots?|panels?|partie|chapitre|annexe|exercice|probleme|cas|tableau)"
)
_ELSEWHERE = re.compile(
    rf"\b(in|for|of|from|until|to|dans|pour|a|de|des|depuis) (the |la |le |les |l')?{_NUMBERED} ?"
    r"(\(?([a-z]|\d+(\.\d+)*|[ivx]+)\)?(?![\w'-]))|"
    rf"\b(next|another|other|later|previous|preceding|earlier|last|final|first|second|third|following) {_NUMBERED}\b|"
    rf"\b(autre|derniere?|premiere?|deuxieme|second|seconde) {_NUMBERED}\b|{_NUMBERED} (suivante?|precedente?)\b|"
    r"\b(later( on)?|plus (tard|loin)) (we|on|nous|let|assume|suppose)\b"
)
"""What is assumed is assumed in another part of the text: "in part (b), let", "in the next section"."""

_OF_OTHERS = re.compile(
    r"\W*(in|dans|by|par)\W*(\[[^\]$]*\]\W*)?(it|we|on|nous|il) (is|was|has been|assumes?|est)\b|\W*(in|dans)\W*\["
)
"""In [3] it is assumed that: the name of the work is left out of the words."""

_VERB = (
    r"(would be|serait|is|are|was|were|has|have|had|does|do|did|can|could|may|might|should|must|will|need|est|sont|"
    r"etait|peut|doit)"
)
_TAKEN_BACK = re.compile(
    r"\b(cannot|can't|isn't|wasn't|doesn't|needn't)\b|"
    rf"\b{_VERB} (not|never|no longer|only|un(?!e\b|correlated\b)\w+|"
    r"in(correct|valid|appropriate|sufficient)\w*|too|needed|"
    r"necessary|sufficient|enough|required|superfluous|optional|irrelevant|missing|a mistake|an error|questionable|"
    r"doubtful|"
    r"violated|broken|denied|excluded|ruled out|impossible|untrue|called|termed|said to be|violee?|exclue?|interdite?|"
    r"dite?|appelee?|nommee?|trop|inutile|superflue?|necessaires?|suffisante?s?|une erreur|fausse|faux|requise?|"
    r"exigee?)\b|"
    r"\b(with|avec) (\w+ )?(probability|probabilite)\b|"
    r"\bsoit (faux|fausse)\b|"
    r"\b(was|were|had) (been|in|made|used|added)\b|\b(avait|aurait) ete\b|\bn'est\b|\bne (\w+ )?(pas|plus|jamais)\b"
)
"""What follows on a formula and takes it back: "cannot be guaranteed", "is not needed", "was a mistake"."""

_AT_SOME = re.compile(
    r"^\W*,? ?(for|pour) (some|one|at least|at most|only|even|odd|most|almost|all but|all other|certain|a few|few|"
    r"(in)?finitely|a (single|certain|particular|unique)|certaine?s?|un (seul|certain)|au (moins|plus)|presque|"
    r"(tous|toutes) (les \w+ )?sauf|la plupart|quelques?|(les? )?(\w+ )?im?paire?s?)\b|"
    r"^\W*,? ?(if|when|whenever|only|provided|as long as|otherwise|else|si|lorsque|lorsqu'|quand|des que|pourvu|"
    r"sinon)\b|^\W*,? ?(and |but |et |mais )?(not |pas )?(except|unless|save for|other than|only|sauf|hormis|excepte|"
    r"a part|a l'exception)\b"
)
"""What is said behind a formula: it holds at some indices, in a case, or not at all."""

_HARMLESS = re.compile(
    r"\b(does|do|is|are|will|must|can|need|may|ne) ?not (depend|vary|change|a function|related)\b|"
    r"\bne depend\w* (pas|plus)\b"
)
_IS = re.compile(r"\W*(is|are|was|were|has been|have been|est|sont)\b")
_IS_THAT = re.compile(
    r"\W*(is|are|est|sont) (now |here |then |again |also |both |all |mutually |jointly |"
    r"pairwise |identically |maintenant |ici |aussi |mutuellement |toutes? |tous |deux a deux )?"
    r"(the|an?|our|its|their|this|that of|one|two|some|any|called?|denoted|known|unknown|given|fixed|assumed|supposed|"
    r"taken|chosen|used|real|small|large|sufficiently|arbitrary|constant|random|scalar|in|of|to be|satisfied|met|"
    r"fulfilled|in force|made|verified|imposed|independent|iid|drawn|sampled|distributed|"
    r"independante?s?|tiree?s?|not (a function|related|random|necessarily|known)|"
    r"le|la|les|l'|une?|des|notre|nos|connue?s?|donnee?s?|fixee?s?|supposee?s?|choisie?s?|reel|reelle|petite?|grande?|"
    r"assez|suffisamment|quelconques?|constante?s?|satisfaite?s?|verifiee?s?|imposee?s?|dans|appele)(?!\w)"
)
"""What follows on a formula that is assumed: it is the rate, it is fixed; "is classical" speaks of something else."""
_SPOKEN_OF = re.compile(rf"\b(the|this|that|l'|la|cette) ?{_STATED}( that| que)?\W*$")
_IN_FORCE = re.compile(
    rf"\W*({_VERB}|fails?|matters?|excludes?|rules?|plays?|seems?)\b"
    r"(?! (satisfied|met|fulfilled|in force|made|verified|imposed|assumed|satisfaite|verifiee|imposee))"
)
_CLAIMING = re.compile(
    r"\W*((a |the |our |une? |l'|la |le )?(false |wrong |common )?(claim|goal|aim|conjecture|statement|question|quiz|"
    r"myth|mistake|error|but|objectif|affirmation|erreur)|wrong|false|incorrect|to (show|prove)|a (montrer|prouver)|"
    r"(true|right|vrai) (or|ou) (false|wrong|faux)|vrai|faux|"
    r".*\b(contradiction|absurde?|counter-?example|contre-exemple|sanity check))\W*$"
)
_LONGEST_LABEL = 80
_UNPROVED = re.compile(
    r"\W*(theorem|lemma|proposition|corollary|theoreme|lemme|corollaire|fact|fait|remark|remarque)\b[^:]{0,12}$"
)
_DISJUNCTION_BEHIND = re.compile(r"^(?>[^\w$]*(?:(?:and|et)\b[^\w$]*)?\$)*[^\w$]*(or|ou)\b")
_EITHER = re.compile(r"^\W*soit \$|^\W*soit$")
_EITHER_AHEAD = re.compile(r"\bsoit \$\W*soit\W*$")
_ASIDE = re.compile(r"\W*(table|caption)\W*$")
"""Where a formula is shown rather than used: a table, a caption."""
_DISJUNCTION_AHEAD = re.compile(r"\$\W*(or|ou)( (that|que|if|si|when|also|bien|both))*\W*$")
_QUOTES = (("``", "''"), ("“", "”"), ("«", "»"), ("„", "“"))


_TOPICS = listed(
    """
    fisher's criterion leave-one-out sherman-morrison woodbury cholesky decomposition factorization spectral
    schur complement block blocks conditioning marginalization reparametrization shrinkage residual recurrence
    loss function cost unit a an the of for in with on by to as and or one two single layer layers step term
    terms form rule formula formulas linear multiple weighted ordinary generalized generalised regularized
    regularised ridge lasso kernel kernels kernelized logistic binary multiclass multinomial softmax
    regression classification least squares normal model models mixture mixtures gaussian gaussians bernoulli
    process processes prior posterior likelihood log evidence bayesian bayes naive discriminant analysis
    fisher principal component components factor em algorithm clustering k-means variational autoencoder
    autoencoders kullback leibler kullback-leibler divergence entropy cross-entropy neural network networks
    recurrent convolutional feedforward attention self-attention transformer embedding embeddings batch
    layer-norm normalization normalisation dropout momentum adam gradient descent newton newton's method
    methods optimizer optimizers optimisation optimization backpropagation forward backward pass perceptron
    support vector machine machines svm pca lda qda irls projection projections pseudo-inverse inverse
    inverses identity matrix matrices determinant determinants trace traces kronecker hadamard product
    products covariance variance mean means moments statistics sample estimation estimator estimators maximum
    quadratic filter kalman update updates smoothing whitening rank-one perturbation preliminaries background
    reminder notation setting setup lineaire logistique moindres carres ponderes noyau noyaux reseau reseaux
    de des du la le les et en une un neurones recurrents retropropagation analyse discriminante composantes
    principales vraisemblance modele melange melanges gaussienne gaussien gaussiennes gaussiens loi priori
    posteriori descente methode projecteurs pseudo-inverses produit covariances rappel rappels
    """
)
"""Nouns of the field, and what joins them: words that neither claim nor deny."""


_JOINTS = listed("a an the of for in with on by to as and or one two single de des du la le les et en une un")
_RESULTS = listed(
    """
    inequality inequalities identity identities formula formulas lemma theorem rule bound bounds equation equations
    inegalite inegalites identite identites formule formules lemme theoreme regle borne bornes equation equations
    machine method methode algorithm algorithme transformation representation property propriete
    """
)
_NO_TITLE = re.compile(
    r"\b(is|are|was|were|be|has|have|holds?|says?|claims?|claimed|shows?|proves?|follows|fails?|assum\w+|suppos\w+|wrong\w*|"
    r"false\w*|mistak\w+|errors?|erroneous|attempts?|answers?|students?|somebody|someone|friends?|myth|conjectur\w*|"
    r"question\w*|counter\w*|not|no|never|without|if|unless|when|why|how|whether|what|which|who|can|could|may|might|"
    r"should|would|must|pseudo-proof|est|sont|etait|faux|fausse\w*|erreurs?|reponses?|etudiants?|tentatives?|"
    r"contre-?exemples?|ne|pas|non|sans|jamais|si|sauf|pourquoi|comment|que|qui|quel\w*|peut|doit|vrai|true|copie|exam)\b"
)
_LONGEST_TITLE = 8


def is_topic(label: str) -> bool:
    """Whether a short sentence names a topic and nothing more: "Kernel ridge regression", "The Polyak inequality"."""
    found = re.findall(r"[\w'-]+", plain(label).replace("--", "-"))
    if not found:
        return False
    if all(word in _TOPICS or word.isdigit() for word in found):
        return True
    named = any(word in _RESULTS or (word in _TOPICS and word not in _JOINTS) for word in found)
    return named and len(found) <= _LONGEST_TITLE and not _NO_TITLE.search(plain(label))


def _is_quoted(before: str) -> bool:
    """Whether a quotation has begun and has not ended."""
    open_ = any(before.count(left) > before.count(right) for left, right in _QUOTES)
    return open_ or before.count('"') % 2 == 1


_INTRODUCING = re.compile(
    r"\W*(\([a-z]{1,4}\) )?((now|next|then|finally|and|maintenant|ensuite|enfin|et)\W+)*"
    r"(let|soit|soient|consider|considerons|take|prenons)\b(\W|now\b|maintenant\b|and\b|et\b)*"
)
_ANY_OF_ITS_KIND = re.compile(
    r"\W*((now|next|then|finally|and|maintenant|ensuite|enfin|et)\W+)*"
    r"(consider|considerons|for|given|pour|(?=an? |une? ))\b\W*((an?|une?) )?"
    r"((square|real|symmetric|carree|reelle|symetrique) )?"
    r"((matrix|vector|number|scalar|column|matrice|vecteur|nombre|scalaire)\b\W*)?"
)
_AS_BEFORE = re.compile(
    r"\b(as (above|before|in|defined|given|earlier|previously|usual)|like|same|still|again|also|"
    r"comme|memes?|encore|toujours|aussi|ci-dessus)\b"
)


def introduces(before: str, after: str) -> bool:
    """Whether words introduce what stands between them: "now let $A$", but not "let $A$ be as above"."""
    return bool(_INTRODUCING.fullmatch(plain(before))) and not _AS_BEFORE.search(plain(after))


_IN_ANOTHER_TEXT = re.compile(
    r"\b(?:in|during|as in|like in|dans|en|comme (?:dans|a|en)|see|cf\.?|from) "
    r"(?:the |our |my |your |le |la |l'|les |notre )?"
    r"(?:(?:last|previous|first|second|other|original|derniere?|precedente?) )?"
    r"(?:lectures?|class|book|textbook|paper|course|tutorial|recitation|video|slides?|cours|livre|article|td|poly\w*|"
    r"week|semaine|q\.? ?\d+|(?:questions?|exercis?e?s?|exercices?|problems?|parts?|homework|hw|examples?) "
    r"?\(?(?:\d+|[a-d])\)?)(?: (?:\d+|above|earlier))?,? (?:where|when|with|ou|lorsque|avec)\W*$|"
    r"\b(?:used to|had been|were|was) (?:\w+ ){0,3}(?:with|assum\w+|suppos\w+|that)\W*$"
)
_GIVEN_UP_BEHIND = re.compile(
    r"[^.?!]*(?:\b(?:without (?:that|this|the|any|such) (?:\w+ )?(?:assumption|hypothesis|condition|restriction)|"
    r"sans (?:cette|l') ?(?:hypothese|condition|restriction)|"
    r"(?:this|that|which|it) (?:is|was|has been|will be) (?:now )?(?:dropped|abandoned|removed|relaxed|lifted)|"
    r"(?:do|does|will|can) ?(?:not|n't) (?:have|use|assume|need) (?:that|this|it)\b|"
    r"(?:not|nothing is) (?:\w+ )?assumed here))"
)


def is_of_elsewhere(before: str, after: str) -> bool:
    """Whether words place a formula in another text, "in the lecture, where $A B = B A$", or give it up behind it."""
    return bool(_IN_ANOTHER_TEXT.search(plain(before)) or _GIVEN_UP_BEHIND.match(plain(after)))


_THING = (
    r"(?:matri(?:x|ces)|vectors?|numbers?|scalars?|functions?|variables?|settings?|examples?|situations?|models?|"
    r"matrices?|vecteurs?|nombres?|scalaires?|fonctions?|cadre|exemples?|situations?|modeles?)"
)
_ANOTHER = (
    r"(?:another|an? (?:\w+ )?(?:new|different|fresh|second)|"
    r"une? (?:toute )?(?:autre|nouvelle|nouveau|nouvel|seconde?))"
    rf"(?: (?!of\b|for\b|with\b|de\b)\w+){{0,2}}? {_THING}"
)
_ANOTHER_AHEAD = re.compile(
    rf"(?:\b{_ANOTHER}|\bchang(?:eons|e) d[e'] ?{_THING})\b\W*"
    r"(?:(?:now |maintenant )?(?:let|consider|take|call it|soit|considerons|prenons)\b)?\W*$"
)
_ANOTHER_BEHIND = re.compile(rf"\W*(?:be |is |to be |est |soit )?(?:now |maintenant )?{_ANOTHER}\b(?! of\b| de\b)")


def introduces_another(before: str, after: str) -> bool:
    """Whether words call what stands between them another one than before: "take a new matrix $A$"."""
    behind = plain(after)
    return bool(_ANOTHER_AHEAD.search(plain(before)) or _ANOTHER_BEHIND.match(behind)) and not _AS_BEFORE.search(behind)


def speaks_of_any(before: str, after: str) -> bool:
    """Whether words may introduce what stands between them, as in another section they do: "for a matrix $A$"."""
    return bool(_ANY_OF_ITS_KIND.fullmatch(plain(before))) and not _AS_BEFORE.search(plain(after))


_KIND_OF_NOISE = (
    r"(i\.?\s?i\.?\s?d\.?|(zero|mean)[- ](mean|zero)|cent(er|r)ed|centree?s?|gaussian|gaussien(ne)?s?|normal|"
    r"white|blanc|additive?f?s?|random|"
    r"aleatoires?|uncorrelated|non[- ]correlee?s?|decorrelee?s?|independent|independante?s?|"
    r"homos[ck]edastic|homoscedastiques?)"
)
_NOT_NOISE = (
    rf"(?!(with|avec) (an? |des |un )?({_KIND_OF_NOISE},? (and |et )?)+(errors|noise|erreurs|bruits?)\b|"
    rf"avec (des erreurs|un bruit|du bruit) {_KIND_OF_NOISE}\b)"
)
"""Before a qualification: "with Gaussian noise" is said of the data in a model, and qualifies nothing."""
_QUALIFYING = re.compile(
    r"\W*(and |but |yet |et |mais )?(though|although|albeit|however|unlike|contrary to|contrairement|bien que|quoique|"
    r"except\w*|excluding|sauf|hormis|save for|apart from|aside from|other than|up to|only|seulement|uniquement|"
    r"almost|nearly|approximately|roughly|presque|a peu pres|modulo|mod|on average|in expectation|en moyenne|"
    r"initially|at (initiali[sz]ation|convergence|the (optimum|minimum|maximum|solution|start|beginning|end))|"
    r"a (l'optimum|l'initialisation|la convergence)|"
    r"((being|is|are|est|sont|etant) )?(allowed|permitted|admissible|possible|not excluded|excluded|autorisee?s?|"
    r"permise?s?|admise?s?|possibles|exclue?s?)|"
    r"(at least|au moins) (almost|nearly|approximately|roughly|presque|when|if|for|in|on|at|si|quand|pour|dans)|"
    r"not (always|here|in|on|for|at|generally|everywhere|used|needed|required|true|only|anywhere)|"
    r"pas (toujours|ici|en|dans|pour|partout|vrai)|"
    r"in (a|some|one|most|many|certain) (\w+ )?(sense|cases?|way|basis|bases)|in general(?! position)|in theory|"
    r"in practice|in principle|en general|en theorie|en pratique|en un (certain )?sens|"
    r"(or|ou) (so|else|at least|is it|rather|plutot)|"
    r"so (to speak|it (is|was|seems)|they|we (are|were) told|we (hope|believe|think))|"
    r"(then |alors |here |ici )?(and|et) (only|then only|seulement)|and so on|"
    r"we (hope|believe|think|guess)|one (may|might|would|could|hopes)|some (say|claim|believe|authors?)|they say|"
    r"it (seems|would seem|is (claimed|said|believed|hoped|false|wrong))|"
    r"by (mistake|accident|luck|chance|error)|par (erreur|hasard|chance)|"
    rf"{_NOT_NOISE}(with|avec) (\w+ ){{0,2}}(errors?|exceptions?|noise|erreurs?|bruit)|such as|"
    r"(which|this|ce qui|cela)\b[^.;:$]* (not|never|false|wrong|untrue|fails?|mistaken?|n'est|faux|fausse)|"
    r"(for|pour) (all|every|each|any|tout|toute|tous|toutes)\b[^.;:]* "
    r"(except\w*|but|save|excluding|other than|small|large|sauf|hormis|petite?s?|grande?s?))\b"
)
_IN_BRACKETS = re.compile(
    r"\s*\((\?|(almost|nearly|up to|to be (shown|proved|proven|checked|verified|decided)|to (prove|show|check|verify)|"
    r"if|when|whenever|unless|only|at|(for|in|on) (?!(all|each|every|any)\b|\$ ?\))|wrong|false|untrue|why|"
    r"this is (not|false|wrong)|a (montrer|prouver|verifier)|si|lorsque|quand|seulement|presque|sauf|faux|fausse|"
    r"pourquoi|(pour|dans|sur) (?!(tout|toute|tous|toutes)\b|\$ ?\)))\b|not (always|here|in|on|for|used|needed)\b|"
    r"pas (toujours|ici|dans|utilise\w*)\b)"
)


def is_qualified(behind: str) -> bool:
    """Whether the words right behind a formula, or behind a property, restrict what they follow on: "except in",
    ", though not in general", "(almost)", "for all but one".
    """
    return bool(_QUALIFYING.match(behind) or _IN_BRACKETS.match(behind.removeprefix(",")))


_AT_A_FORMULA = re.compile(r"\s*[,(]?\s*(for|pour|at|in|en|when|if) \$")


def is_at_one_value(behind: str, formulas: Sequence[Tokens]) -> bool:
    """Whether words behind a property say it of one value: "symmetric, for $n = 2$"; the formulas are theirs."""
    if not _AT_A_FORMULA.match(behind) or not formulas:
        return False
    left, *right = split(stripped(formulas[0]), ("=",))
    return len(right) == 1 and len(stripped(left)) == 1 and plain_text(right[0]).isdigit()


def is_range(formula: Tokens) -> bool:
    r"""Whether a formula gives an index the values from 1 on: ``k = 1, \dots, K``, ``1 \le k \le K``."""
    names = [name_of(t) for t in stripped(formula)]
    if any(name.endswith("dots") for name in names):
        return len(names) > 3 and names[1] in ("=", "in") and [n for n in names[2:] if n not in ("{", " ")][:1] == ["1"]
    return names[:2] in (["1", "le"], ["1", "leq"]) and len(names) == 5 and names[3] in ("le", "leq")


def is_in_the_limit(behind: str, formulas: Sequence[Tokens]) -> bool:
    r"""Whether words behind a formula say it of a limit: "$a = b$ as $n \to \infty$"; the formulas are theirs."""
    return bool(formulas and _WHILE.match(behind)) and any(name_of(t) in _ARROWS for t in formulas[0])


_WHILE = re.compile(r"\s*[,(]?\s*(as|when|if|for|in the limit( as| where)?|quand|lorsque|si|pour) \$")
_ARROWS = ("to", "rightarrow", "longrightarrow", "uparrow", "downarrow")


_BEHIND_A_PROPERTY = re.compile(
    r"\s*($|[.;:,)(]|\$|by\b|and\b|with\b|of (size|order|dimension|shape)|so\b|then\b|hence\b|but\b|"
    r"in (\$|space|(the |all )?(following|sequel|rest|remainder|what|this|these|those|our|your|all|every|each|both|"
    r"addition|particular|fact|which|order|questions?|problem|exercise|section|dimension)\b)|"
    r"on (\$ ?($|[.,;:)])|a (donc|alors|aussi|ainsi|que|\$)|pose|note|veut|considere|definit|suppose|obtient|montre|"
    r"cherche|this|these|which)\b|"
    r"for (all|every|each)|"
    r"here\b|throughout\b|everywhere\b|matrix\b|matrices\b|matrice\b|et\b|avec\b|par\b|alors\b|donc\b|"
    r"dans (\$|ce|cet|cette|ces|la suite|le reste|tout|toute|toutes|notre)\b|mais\b|"
    r"pour tou|"
    r"de (taille|dimension|rang)|show|prove|which|that commute|we\b|real\b(?! part)|such\b|where\b|tels?\b|"
    r"telles?\b|ou\b|qui commutent\b|"
    r"montre|entries|coefficients|(scalars?|numbers?|constants?|parameters?|real numbers?|reals?|hyper-?parameters?)\b)"
)
_CONDITION = re.compile(r"\s*,?\s*(if|when|whenever|only|unless|iff|provided|si|lorsque|quand)\b")


def ends_plainly(behind: str, formulas: Sequence[Tokens]) -> bool:
    """Whether the words behind a property leave it as it is; the formulas are theirs."""
    if _CONDITION.match(behind) or is_qualified(behind) or is_at_one_value(behind, formulas):
        return False
    if re.match(r"\s*,?\s*(for|pour) \$", behind) and formulas and is_range(formulas[0]):
        return True
    return bool(_BEHIND_A_PROPERTY.match(behind))


def is_reserved(before: str, after: str, labels: list[str], by_verb: bool) -> bool:
    """Whether words around a formula keep it from being assumed, whatever verb it stands with.

    ``labels``: what stands before a colon, or the short sentence before; ``by_verb``: a verb introduces the formula
    ("let", "suppose"), so that "Theorem. Let" states a hypothesis and "Theorem. $a > 0$" does not.
    """
    if any(_ASIDE.match(label) for label in labels) or _AT_SOME.match(plain(after)) or is_qualified(plain(after)):
        return True
    text = plain(before)
    if _EITHER_AHEAD.search(text) or (re.search(r"\bsoit\W*$", text) and _EITHER.match(plain(after))):
        return True  # soit $a = 1$, soit $b = 1$
    clause = re.split(r"[;:]", text)[-1]
    behind = re.sub(r"\bi\.\s?i\.\s?d\b\.?", "iid", plain(after))
    following = re.split(r"[.;:$]", behind)[0]
    close = re.split(r"[,.;:$]", behind)[0]
    if _is_quoted(before) or _OF_OTHERS.match(text):
        return True
    if _DISJUNCTION_BEHIND.search(folded(after)) or _DISJUNCTION_AHEAD.search(folded(before)):
        return True
    supposed = _SUPPOSED.search(clause)
    if _EXISTING.search(clause) and not supposed:
        return True
    if _SPEAKING.search(clause) or any(_SPEAKING.search(label) for label in labels if "$" not in label):
        return True
    if _IS.match(close) and not _IS_THAT.match(close) and not says_something(close):
        return True
    if _HEDGING.search(clause) or _GIVING_UP.search(clause) or _NAMED.search(clause):
        return True
    if _ELSEWHERE.search(clause) or _ELSEWHERE.search(close):
        return True
    relative = following if re.match(r"\W*,?\s*(which|what|that|ce qui|que)\b", following) else close
    if _TAKEN_BACK.search(_HARMLESS.sub(" ", relative)):
        return True
    if _SPOKEN_OF.search(clause) and _IN_FORCE.match(close):
        return True
    labels = [label for label in labels if len(label) <= _LONGEST_LABEL]
    return any(_CLAIMING.match(label) or (not by_verb and _UNPROVED.match(label)) for label in labels)


_ENDS_SUPPOSITIONS = re.compile(
    r"\W*(?:(?:and|but|so|now|next|finally|lastly|then|however|et|mais|or|enfin|maintenant|ensuite|toutefois|puis)\b\W*)*"
    r"((?:and )?what (?:happens|if|about)\b|qu'en est-il|que se passe-t-il|"
    r"conversely|reciproquement|inversement|otherwise|else|sinon|autrement|"
    r"on the other hand|d'autre part|in (both|all|either|any|every|each) (of (these|the) )?cases?|"
    r"dans (les deux|tous les|chaque|l'autre|l'un et l'autre) cas|l'autre (cas|sens)|in general|en general|"
    r"(in|under|back to) (the|a|this|its|all|full|complete) ((more|most|fully) )?(general|generality|original)|"
    r"(in|for|with) (a )?(general|arbitrary)|generally|regardless|either way|in any (event|case)|"
    r"without (this|that|these|those|the|any|such)( \w+)? (assumption|supposition|restriction|hypothes[ie]s|condition|"
    r"requirement)s?|(dans|sous) (le|un|ce|son|toute) (\w+ )?(cas )?(plus )?(general|generale|generalite|original)|"
    r"en toute generalite|generalement|sans (cette|ces|ladite|aucune|l') ?(hypothese|supposition|restriction|"
    r"condition)s?|quoi qu'il en soit|de toute facon|the (other|second|remaining|opposite) (case|direction)|"
    r"if (instead|however|now|on the (other hand|contrary))|"
    r"si (au contraire|maintenant|en revanche)|(for|pour) (every|any|all|each|an arbitrary|general|tout|toute|chaque)|"
    r"(we|one|it|this|that) (always|unconditionally)|on a toujours|(always|toujours)|"
    r"(this|which) (is|gives|yields) (a|the desired) contradiction|a contradiction|contradiction|"
    r"c'est (absurde|une contradiction)|ce qui est absurde|"
    r"((let us|we) )?(now )?(turn|return|pass|move|go|come)( back)?( now)? to the (general|other|second|"
    r"remaining|next)|"
    r"(passons|revenons|venons-en)( (maintenant|donc|enfin))? (au cas|a l'autre|a la reciproque)|more generally|"
    r"plus generalement|the general case|le cas general|if not|si non|dans le cas contraire)\b"
)


_GENERALLY = re.compile(
    r"(?:^\W*|[,;] )(?:(?:and|but|so|now|then|finally|however|back|et|mais|or|enfin|maintenant|ensuite)\b\W*)*"
    r"(?:in general|en general|generally|generalement|more generally|plus generalement|"
    r"(?:(?:for|to|on to|in|with|pour|au|dans) )?(?:the|le|la) (?:fully? )?"
    r"(?:(?:general|real|actual|full|main|original|true) (?:case|setting|problem|question|exercise|task|model)|"
    r"(?:cas|cadre) (?:general|reel)|(?:vrai|veritable) (?:probleme|cas))|(?:for|pour) (?:a |an |une? )?"
    r"(?:general|arbitrary|quelconque))\b(?! position)"
)


def ends_suppositions(words: str) -> bool:
    """Whether a sentence begins with words that end what was supposed: "conversely", "in both cases", "otherwise"."""
    return bool(_ENDS_SUPPOSITIONS.match(plain(words)))


def turns_to_the_general(words: str) -> bool:
    """Whether a sentence turns from a special case to the general one: "in general", "now for the real problem:"."""
    return bool(_GENERALLY.search(plain(words)))


_BACK_TO_A_PART = re.compile(
    r"\b(?:solutions?|answers?|parts?|questions?|case|setting|model|of|to|for|in|as|reponses?|cas|pour|de|du|a la)"
    r"[\s,:]*(?:(?:to|of|for|the|part|question|la|a) )*(?:\((?:[a-h]|i{1,3}|iv|vi?|\d)\)|\b(?:part|question) [a-h\d]\b)"
)


def refers_to_a_part(words: str) -> bool:
    """Whether words name a part of a question by its letter: "Solution to (a):", "as in part (b)"."""
    return bool(_BACK_TO_A_PART.search(plain(words)))


_FOR_ALL = re.compile(
    r"\W*(?:and |et |now |maintenant )?(?:for|pour) (?:every|any|all|each|an arbitrary|tout|toute|tous|toutes|chaque)"
    r"(?: (?:the|les))?(?: (?:vectors?|vecteurs?|points?|numbers?|reels?|real|x|y))?\W*"
)


def says_for_all(words: str) -> bool:
    """Whether words before a formula say that it is meant of all of its kind, and nothing else."""
    return bool(_FOR_ALL.fullmatch(plain(words)))


_BEGINS_A_TASK = re.compile(
    r"\W*((now|next|also|finally|similarly|ensuite|aussi|enfin|maintenant)\W+)?(show|prove|verify|check|establish|"
    r"montrer|montrez|prouver|prouvez|verifier|verifiez|demontrer|demontrez|etablir|etablissez)"
    r"( (now|also|next|or disprove|aussi|maintenant|ensuite|ou refuter))*( (that|whether|que|si)\b|\W*$)"
)


def begins_task(words: str) -> bool:
    """Whether a sentence sets a task of its own: "Show that", "Prove or disprove:"; "then show" goes on with one."""
    return bool(_BEGINS_A_TASK.match(plain(words)))


_LATER_OTHERWISE = re.compile(
    r"(?:[.;,:] (?:and |but |while |whereas |et |mais |tandis que )?|(?<!\w)(?:and|but|while|whereas|et|mais) )"
    r"(?:otherwise|else\b|if not|(?:in|under) (?:general(?! position)|the general case|all other cases)|"
    r"(?:more )?generally|"
    r"(?:for|with|when) (?:all |any )?(?:other|others|general|arbitrary|non-?\s?\w+)|conversely|"
    r"without (?!loss)(?:the |this |that |any )?\w+|"
    r"sinon|autrement|si non|dans (?:le cas (?:contraire|general)|les autres cas)|en general|"
    r"plus generalement|generalement|"
    r"reciproquement|(?:pour|avec) (?:d'autres|les autres|tout autre|une? autre|une? \w+ quelconque)|"
    r"sans (?:la |le |l'|cette |cet )?(?!perte)\w+)\b"
)


def goes_on_without(after: str) -> bool:
    """Whether the rest of a sentence leaves what was supposed at its beginning: "then we are done; if not,"."""
    return bool(_LATER_OTHERWISE.search(plain(after)))


_CLAIMED = re.compile(
    r"\b(is|are|exists?|holds?|diverges?|converges?|vanish(es)?|works?|fails?|est|sont|existe|converge|diverge|"
    r"increases?|decreases?|grows?|happens?|follows?|becomes?|equals?|simplifies|remains?)(?!\w)|"
    r"^\W*((we have|on a|then|thus|hence|donc|alors) )?\$\W*$"
)


def is_claimed(ahead: str) -> bool:
    """Whether words before "for $a > 0$" claim something of that case: "it diverges for", "$|a| = a$ for"."""
    return bool(_CLAIMED.search(ahead))
