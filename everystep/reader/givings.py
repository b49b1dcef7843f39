"""How a sentence puts forward an equation or a display: whether it defines, supposes, claims, updates or announces.

May import ``prose`` and this package's vocabulary.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from everystep.reader import patterns as re
from everystep.reader.governing import AFTERWARDS, CONCLUDING, CONDITIONAL, GOVERNING, NEGATION, any_of, is_risky
from everystep.reader.phrases import clause_of, is_put, without_lacks
from everystep.reader.prose import CASE_OF, Sentence, is_hypothetical, is_put_aside, is_question
from everystep.reader.second_values import NAMES_IT, PUT_SO, TASK, TO_PUT
from everystep.reader.words import plain


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


_DEFINING = re.compile(
    any_of(
        "let take taking choose choosing define defines defining denote denotes consider considering set put where for "
        "with introduce redefine minimise minimize minimiser minimising minimizing maximise maximize maximiser soit "
        "soient notons prenons choisissons considerons definissons posons posant ou pour avec redefinissons "
        "introduisons",
        "we use", "we write", "defined by", "defined as", "given by", "definie?s? par",
        "donnee?s? par", "update rule", "(?<!par )recurrence", "write",
        "on note", "on pose", "on considere", "on definit", "on introduit",
    )
)  # fmt: skip
_DEFINING_OR_GOVERNING = re.compile(f"(?P<defining>{_DEFINING.pattern})|{GOVERNING.pattern}")
_OUTRIGHT = re.compile(
    any_of(
        "let define defines denote denotes consider considering introduce redefine minimise minimize maximise maximize "
        "soit soient notons considerons definissons minimiser maximiser",
        "on note", "on pose", "on considere", "on definit", "on introduit", "defined by", "defined as",
    )
)  # fmt: skip
_WANTED = re.compile(
    r"\b(?P<who>we|nous|on)(?: now| then| therefore| here| maintenant| donc| alors)?"
    r" (?:want|wish|would like|need|have|try|are (?:trying|asked|going)|seek|aim|cherche|cherchons|veut|voulons|"
    r"souhaite|souhaitons|voudrait|voudrions|doit|devons|va|allons)(?: to| [aà])?"
    r"(?= (?:minimi[sz]e|maximi[sz]e|minimiser|maximiser)\b)",
    re.IGNORECASE,
)
"""What is sought is put forward all the same: "we want to minimise J(w) ="."""
_WORKED_OUT = re.compile(
    r"\b(?:unroll\w*|unfold\w*|solv\w*|iterat\w*|deroul\w*|resol\w*|iterant|itere\w*|appl\w+) "
    r"(?:the|this|our|la|cette|notre) (?:linear |lineaire |above |previous )*(?:recurrences?|recursions?|updates?)\b"
)
"""What follows from a recurrence gives nothing anew: "unrolling the recurrence,"."""
_SOLVED = re.compile(
    r"\b(?:recurrences?|recursions?|updates?) (?:(?:now|then|is|are|can be|may be|se|est|sont|peut etre|donc|alors) )+"
    r"(?:easily |readily |facilement )?"
    r"(?:solved|unrolled|unfolded|iterated|resou[dt]\w*|resolue?s?|deroul\w+|iteree?s?)"
    r"(?: (?:by|as|to|into|en|par|comme))?\W*$"
)
_GIVES = re.compile(
    r"\b(?:zero|0|equation|condition|sides?|zero,|derivee|gradient|nulle?) (?:then |thus |now |immediately )?"
    r"(?:gives?|yields?|implies|leads? to|results? in|we (?:get|obtain|find)|donne|fournit|on (?:obtient|trouve))"
    r"(?: that| us)?\W*$"
)
"""What follows from another formula gives nothing anew: "setting this to zero gives"."""
_TRANSFORMED = re.compile(
    r"\b(?:factor(?:i[sz]e)?|factoris(?:er|e|ons)|expand|develop(?:per|pe|pons)|rewrite|reecri(?:re|t|vons)|decompose|"
    r"decompos(?:er|ons)) (?:the|this|that|our|ce|cet|cette|le|la|notre) (?:last |above |same |gaussian |dernier )?"
    r"(?:kernel|function|loss|objective|cost|criterion|likelihood|log-likelihood|density|energy|expression|polynomial|"
    r"noyau|fonction|perte|objectif|cout|critere|vraisemblance|log-vraisemblance|densite|energie|polynome)"
    r"(?: (?:as|into|en|comme|in the form|sous la forme)\b[^$]{0,30})?\W*$"
)
"""Neither does what says the same in another way: "we can factor this kernel"."""
_ADDS = re.compile(
    r"\b(?:add|adds|include|includes|introduce|append|insert|apply|ajoute|ajoutons|introduit|introduisons) "
    r"(?:an?|the|in|une?|la|le) (?:[\w-]+ ){0,2}?(?:non-?\s?linearity|non-?linearite|bias|biais|intercept|offset|"
    r"penalty|penalite|regulari\w+|noise|bruit|activation|dropout|momentum|softmax|normali\w+|term|terme|mask|masque|"
    r"(?:skip|residual) connections?|temperature|weight decay|slack)\b"
)
"""What a model gets beside what it had: "later we add the nonlinearity"; the formula behind is of another model."""
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


_AIM = re.compile(
    r"\b(?:(?:we|one|on|nous) )?(?:want|wants|seek|seeks|wish|aim|need|veut|voulons|cherche|cherchons)"
    r"(?: to| a)? (?=(?:mini|maxi)mi[sz]er?\b)"
)
"""Who wants to minimise a function gives it: "we want to minimise"."""


def giving(sentence: Sentence, special: bool = False) -> Giving:
    """How a sentence puts forward an equation in its formula, of whose left side there is a definition already.

    ``special``: as of :func:`stance`.
    """
    sentence = replace(sentence, before=_AIM.sub(" ", plain(sentence.before)))
    sentence = replace(sentence, before=_WANTED.sub(r"\g<who> ", sentence.before))
    worked_out = _TRANSFORMED.search(sentence.before) or _SOLVED.search(sentence.before)
    if worked_out and not _CHANGED.search(sentence.before):
        return Giving.CLAIMS
    clause = _WORKED_OUT.sub("we obtain", clause_of(sentence.before))
    if _GIVES.search(clause) and not (_ANEW.search(clause) or re.search(CONDITIONAL, clause)):
        return Giving.CLAIMS
    following = re.split(r"[,.;:$]", plain(sentence.after))[0]
    governing = None
    for match in _DEFINING_OR_GOVERNING.finditer(clause):
        governing = match if match[0] != "be" else governing
    if _ADDS.search(clause) and (governing is None or not governing["defining"]):
        return Giving.UNCLEAR
    if AFTERWARDS.search(following) or NEGATION.search(clause):
        return Giving.CLAIMS
    if is_put_aside(sentence):  # "we could let", "the vector $c = b$ is well known": it may be meant
        meant = _OBJECT.search(clause) or TO_PUT.search(clause) or (governing is not None and governing["defining"])
        return Giving.UNCLEAR if meant else Giving.CLAIMS
    if special and governing is not None and CASE_OF.fullmatch(governing[0]):
        return Giving.SUPPOSES
    concludes = governing is not None and not governing["defining"] and not governing["assuming"]
    concludes = concludes and governing is not None and not governing["conditional"] and not TASK.search(clause)
    if _OF_A_FUNCTION.search(clause):
        return Giving.UNCLEAR if concludes else Giving.DEFINES
    if is_question(sentence) or is_risky(clause):
        return Giving.UNCLEAR if _ANEW.search(clause) or _ADDS.search(clause) else Giving.CLAIMS
    if governing is None:
        return Giving.UNCLEAR
    if governing["defining"] and re.search(CONDITIONAL, clause):
        return Giving.SUPPOSES  # in the case where f(x) =
    if governing["defining"]:
        near = clause[governing.end() :]
        if _SUCH.match(near):
            return Giving.SUPPOSES  # the values for which f(x) =
        special = "$" in near and not _OUTRIGHT.fullmatch(governing[0])
        return Giving.UNCLEAR if special else Giving.DEFINES  # "for w = 0 the loss is L ="
    if governing["concluding"] or governing["reason"]:
        if not _OBJECT.search(clause[governing.end() :]):
            return Giving.UNCLEAR if PUT_SO.search(clause) or _ADDS.search(clause) else Giving.CLAIMS
        return Giving.UNCLEAR if concludes else Giving.DEFINES  # "hence the residual r =" follows, or names it
    return Giving.SUPPOSES


_UPDATES = re.compile(
    r"\b(updates?|update (rules?|equations?)|iterations?|recursions?|(?<!par )recurrences?|mises? a jour)"
    r"(,? (with|avec)( [\w'-]+){1,5} \$( (and|et)( [\w'-]+){1,5} \$)?,?)?"
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
        is_hypothetical(sentence) or is_risky(clause) or _CLAIMED.search(clause)
    )


_CLAIMED = re.compile(CONCLUDING)


def is_joined(sentence: Sentence) -> bool:
    """Whether a formula stands behind another one that is put: "with $v = a$ and $w = b$"."""
    return bool(_JOINED.search(clause_of(sentence.before))) and not is_hypothetical(sentence)


def names_a_thing(sentence: Sentence) -> bool:
    """Whether the words before an equation are what its left side is called, so that a new name is defined by it.

    "Hence the residual $r = y - Xw$ satisfies", "so the best step is $\\eta = ...$", "then, writing $r = ...$".
    """
    clause = without_lacks(plain(sentence.before))
    following = re.split(r"[,.;:$]", plain(sentence.after))[0]
    if is_question(sentence) or is_hypothetical(sentence) or NEGATION.search(clause) or AFTERWARDS.search(following):
        return False
    thing = _CALLED.search(clause)
    return thing is not None and not is_risky(thing[0]) and _OF_AN_EQUATION.search(thing[0]) is None


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


_REWRITTEN = re.compile(
    r"^\W*(?:which|this|that|ce qui|cela|ceci)\b.*\b(?:plug\w*|substitut\w*|insert\w*|expand\w*|simplif\w*|"
    r"definition|rewrit\w*|rearrang\w*|rempla\w*|developp\w*|reecri\w*)\b"
)
_CHANGED = re.compile(
    r"\b(?:now|instead|regulari\w*|penal\w*|decay|add\w*|modif\w*|general\w*|without|maintenant|plutot|ajout\w*|sans|new)\b"
)
"""The display says again what stood before it, "which, plugging in the definition, becomes", unless it is changed."""
_WITH_MORE = re.compile(
    r"\b(?:with|avec|without|sans|plus) (?:an? |une? |the |la |le )?(?:[\w-]+ )?(?:penalt\w*|penalit\w*|penalis\w*|"
    r"regulari\w*|weight decay|terme?s?|intercepts?|offsets?|ridge|bias|biais)\W*$"
)
"""Another function of the same name: "we write the loss with a penalty"."""


def announces(words: str) -> bool:
    """Whether words before a display may tell of a definition that they do not clearly make: "the loss is now"."""
    said = plain(display_sentence(words).before).strip()
    if _REWRITTEN.search(said) and not _CHANGED.search(said):
        return False
    return bool(_ANEW.search(said) or NAMES_IT.search(said) or _OBJECT.search(said) or _WITH_MORE.search(said))
