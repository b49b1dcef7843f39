"""Words that take back, limit, quote or only mention what stands beside them: no hypothesis is made with them.

The stance of a sentence (:mod:`everystep.reader.prose`) says who assumes and how; this module knows what keeps a
sentence that looks like an assumption from being one.  May import this package's vocabulary only.
"""

from __future__ import annotations

import re
import unicodedata

from everystep.reader.tokens import listed
from everystep.reader.words import plain

_HEDGING = re.compile(
    r"\b(possibly|perhaps|maybe|probably|presumably|likely|supposedly|allegedly|e\.g\b|in (most|many|some|all) cases|"
    r"peut-etre|eventuellement|probablement|vraisemblablement|pretendument|p\. ?ex\b|"
    r"dans (la plupart|certains|tous les|les deux)( des)? cas|"
    r"counter-?examples?|contre-exemples?|sanity check|thought experiment|"
    r"nothing|nobody|none|rien|personne|nul|lack of|absence (of|de)|manque de|defaut de|"
    r"(the|an|this) event|l'evenement|the proposition|la proposition|l'affirmation|l'enonce|"
    r"null hypothesis|alternative hypothesis|hypothese (nulle|alternative)|"
    r"(probability|chance|odds) (that|where|for which)|number of times|set of all|probabilite que|nombre de fois|"
    r"(the|a) (sub)?set (where|on which|for which)|l'ensemble (ou|des)|"
    r"until|jusqu'a|while|tant que|repeat|a moins (que|de)|sauf|hormis|excepte|except|excluding|iff|interdit|forbidden|"
    r"a tort|pourr(ait|ions|ons)|aurait pu|suffit|suffices|beware|temptation|tentation|"
    r"(said|wrote|told|believed|thought|claimed|asserted|dit|ecrit|croit|pense|pretend|affirme))\b"
)
"""Words in front of a formula that make it an example, something said by others or merely spoken of."""

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
    r"partie|chapitre|annexe|exercice|probleme|cas)"
)
_ELSEWHERE = re.compile(
    rf"\b(in|for|of|from|until|to|dans|pour|a|de|des|depuis) (the |la |le |les |l')?{_NUMBERED} ?"
    r"(\(?([a-z]|\d+(\.\d+)*|[ivx]+)\)?(?![\w'-]))|"
    rf"\b(next|another|other|later|previous|preceding|earlier|last|final|first|second|third|following) {_NUMBERED}\b|"
    rf"\b(autre|derniere?|premiere?|deuxieme|second|seconde) {_NUMBERED}\b|{_NUMBERED} (suivante?|precedente?)\b|"
    r"\b(later( on)?|plus (tard|loin)) (we|on|nous|let|assume|suppose)\b"
)
"""What is assumed is assumed in another part of the text: "in part (b), let", "in the next section"."""

_VERB = r"(is|are|was|were|has|have|had|does|do|did|can|could|may|might|should|must|will|need|est|sont|etait|peut|doit)"
_TAKEN_BACK = re.compile(
    r"\b(cannot|can't|isn't|wasn't|doesn't|needn't)\b|"
    rf"\b{_VERB} (not|never|no longer|only|un\w+|in(correct|valid|appropriate|sufficient)\w*|too|needed|necessary|"
    r"sufficient|enough|required|superfluous|optional|irrelevant|missing|a mistake|an error|questionable|doubtful|"
    r"trop|inutile|superflue?|necessaires?|suffisante?s?|une erreur|fausse|faux|requise?|exigee?)\b|"
    r"\bsoit (faux|fausse)\b|"
    r"\b(was|were|had) (been|in|made|used|added)\b|\b(avait|aurait) ete\b|\bn'est\b|\bne (\w+ )?(pas|plus|jamais)\b"
)
"""What follows on a formula and takes it back: "cannot be guaranteed", "is not needed", "was a mistake"."""

_HARMLESS = re.compile(
    r"\b(does|do|is|are|will|must|can|need|may|ne) ?not (depend|vary|change|a function|related)\b|"
    r"\bne depend\w* (pas|plus)\b"
)
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
_UNPROVED = re.compile(
    r"\W*(theorem|lemma|proposition|corollary|theoreme|lemme|corollaire|fact|fait|remark|remarque)\b[^:]{0,12}$"
)
_DISJUNCTION_BEHIND = re.compile(r"^(\W*(and|et|,)?\s*\$)*\W*(or|ou)\b")
_DISJUNCTION_AHEAD = re.compile(r"\$\W*(or|ou)( (that|que|if|si|when|also|bien|both))*\W*$")
_QUOTES = (("``", "''"), ("“", "”"), ("«", "»"), ("„", "“"))


def _folded(words: str) -> str:
    """Lower case with accents, which tell ``ou`` from ``où``."""
    return " ".join(unicodedata.normalize("NFC", words.lower()).split())


_TOPICS = listed(
    """
    a an the of for in with on by to as and or one two single layer layers step term terms form rule formula
    formulas linear multiple weighted ordinary generalized generalised regularized regularised ridge lasso
    kernel kernels kernelized logistic binary multiclass multinomial softmax regression classification least
    squares normal model models mixture mixtures gaussian gaussians bernoulli process processes prior
    posterior likelihood log evidence bayesian bayes naive discriminant analysis fisher principal component
    components factor em algorithm clustering k-means variational autoencoder autoencoders kullback leibler
    kullback-leibler divergence entropy cross-entropy neural network networks recurrent convolutional
    feedforward residual attention self-attention transformer embedding embeddings batch layer-norm
    normalization normalisation dropout momentum adam gradient descent newton newton's method methods
    optimizer optimizers optimisation optimization backpropagation forward backward pass perceptron support
    vector machine machines svm pca lda qda irls projection projections pseudo-inverse inverse inverses
    identity matrix matrices determinant determinants trace traces kronecker hadamard product products
    covariance variance mean means moments statistics sample estimation estimator estimators maximum quadratic
    filter kalman update updates smoothing whitening rank-one perturbation preliminaries background reminder
    notation setting setup lineaire logistique moindres carres ponderes noyau noyaux reseau reseaux de des du
    la le les et en une un neurones recurrents retropropagation analyse discriminante composantes principales
    vraisemblance modele melange melanges gaussienne gaussien gaussiennes gaussiens loi priori posteriori
    descente methode projecteurs pseudo-inverses produit covariances rappel rappels
    """
)
"""Nouns of the field, and what joins them: words that neither claim nor deny."""


def is_topic(label: str) -> bool:
    """Whether a short sentence names a topic and nothing more: "Kernel ridge regression", "EM for a mixture"."""
    found = re.findall(r"[\w'-]+", plain(label).replace("--", "-"))
    return bool(found) and all(word in _TOPICS or word.isdigit() for word in found)


def _is_quoted(before: str) -> bool:
    """Whether a quotation has begun and has not ended."""
    open_ = any(before.count(left) > before.count(right) for left, right in _QUOTES)
    return open_ or before.count('"') % 2 == 1


def is_reserved(before: str, after: str, labels: list[str], by_verb: bool) -> bool:
    """Whether words around a formula keep it from being assumed, whatever verb it stands with.

    ``labels``: what stands before a colon, or the short sentence before; ``by_verb``: a verb introduces the formula
    ("let", "suppose"), so that "Theorem. Let" states a hypothesis and "Theorem. $a > 0$" does not.
    """
    text = plain(before)
    clause = re.split(r"[;:]", text)[-1]
    following = re.split(r"[.;:$]", plain(after))[0]
    close = re.split(r"[,.;:$]", plain(after))[0]
    if _is_quoted(before):
        return True
    if _DISJUNCTION_BEHIND.search(_folded(after)) or _DISJUNCTION_AHEAD.search(_folded(before)):
        return True
    supposed = _SUPPOSED.search(clause)
    if _EXISTING.search(clause) and not supposed:
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
    return any(_CLAIMING.match(label) or (not by_verb and _UNPROVED.match(label)) for label in labels)


_ENDS_SUPPOSITIONS = re.compile(
    r"\W*(and |but |so |et |mais )?(conversely|reciproquement|inversement|otherwise|else|sinon|autrement|"
    r"on the other hand|d'autre part|in (both|all|either|any|every|each) (of (these|the) )?cases?|"
    r"dans (les deux|tous les|chaque|l'autre|l'un et l'autre) cas|l'autre (cas|sens)|in general|en general|"
    r"the (other|second|remaining|opposite) (case|direction)|if (instead|however|now|on the (other hand|contrary))|"
    r"si (au contraire|maintenant|en revanche)|(for|pour) (every|any|all|each|an arbitrary|general|tout|toute|chaque)|"
    r"(this|which) (is|gives|yields) (a|the desired) contradiction|a contradiction|contradiction|"
    r"c'est (absurde|une contradiction)|ce qui est absurde)\b"
)


def ends_suppositions(words: str) -> bool:
    """Whether a sentence begins with words that end what was supposed: "conversely", "in both cases", "otherwise"."""
    return bool(_ENDS_SUPPOSITIONS.match(plain(words)))


_CLAIMED = re.compile(
    r"\b(is|are|exists?|holds?|diverges?|converges?|vanish(es)?|works?|fails?|est|sont|existe|converge|diverge|"
    r"increases?|decreases?|grows?|happens?|follows?|becomes?|equals?|simplifies|remains?)(?!\w)|"
    r"^\W*((we have|on a|then|thus|hence|donc|alors) )?\$\W*$"
)


def is_claimed(ahead: str) -> bool:
    """Whether words before "for $a > 0$" claim something of that case: "it diverges for", "$|a| = a$ for"."""
    return bool(_CLAIMED.search(ahead))
