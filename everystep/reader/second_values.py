"""Words that give a name another value than the one it has.

A name with two values proves what it likes: ``c = 2b`` and, some lines on, "hence the vector ``c = b``".  So a second
value is taken only where the words tell plainly that it is a new one.  May import this package's vocabulary only.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.phrases import clause_of
from everystep.reader.words import plain

_CHANGE = re.compile(
    r"\b(now|instead|redefin\w*|anew|afresh|from (now|here) on|next|replac(e|es|ing)|"
    r"maintenant|desormais|dorenavant|plutot|redefini\w*|a nouveau|de nouveau|ensuite|remplac(e|ons|ez|ant))\b"
)
_CHANGE_BEHIND = re.compile(r"^\W*(instead|now|from (now|here) on|maintenant|desormais|dorenavant|plutot|a la place)\b")
_VERB = (
    r"(?:let|set|take|choose|pick|fix|define|defines|redefine|introduce|consider|denote by|minimi[sz]e|maximi[sz]e|use|"
    r"soit|soient|posons|prenons|choisissons|fixons|definissons|redefinissons|introduisons|considerons|notons|"
    r"minimiser|maximiser|on (?:pose|prend|choisit|fixe|definit|redefinit|introduit|considere|note))"
)
_FREELY = re.compile(rf"\b{_VERB}(?: [\w'-]+){{0,6}}\W*$")
"""The verb governs the formula, and no other one stands between: "let now", "consider the loss function"."""
_TASK_OF = re.compile(
    r"^(?:\W*\(?(?:\w{1,3}|\d+)[.):])?\W*(?:[\w'-]+ ){0,2}?"
    r"(?:compute|calculate|find|derive|differentiate|determine|give|calculer|calculez|trouver|trouvez|deriver|derivez|"
    r"determiner|determinez|donner|donnez)\b(?! that| que)[^$]*"
    r"\b(?:of|de|du|d'|functions?|fonctions?)\W*$"
)
"""A task names the function that it is about: "compute the gradient of"."""
_SUPPOSED = re.compile(
    r"\b(?:suppose|assume|supposons|on suppose|nous supposons)(?: (?:that|now|que|maintenant|here|ici))*\W*$"
)
_CONCLUDES = re.compile(
    r"\b(hence|thus|therefore|so|then|since|because|as|follows?|conclude[sd]?|deduce[sd]?|implies|means|gives?|yields?|"
    r"whence|show\w*|prove[sd]?|verif\w*|check\w*|if|when|whenever|where|with|for|case|cas|claims?|"
    r"donc|ainsi|alors|d'ou|car|puisque|comme|deduit|deduire|conclu\w*|donne|implique|montr\w*|prouv\w*|si|lorsque|"
    r"quand|ou|avec|pour|recall\w*|remember\w*|remind\w*|above|earlier|before|previously|already|(?:had|have|has) been|"
    r"fix ideas|fixer les idees|rappel\w*|souven\w*|ci-dessus|plus haut|precedemment|deja|avant|any|every|each|all)\b"
)
"""Words that draw a conclusion, or say of what something holds: a value that stands with them may be a claim."""


# Words that prose.giving goes by.
TASK = re.compile(
    r"\b(compute|calculate|find|derive|determine|minimi[sz]e|maximi[sz]e|calculer|calculez|trouver|trouvez|deriver|"
    r"derivez|determiner|determinez|minimiser|maximiser)\b(?! that\b| que\b)"
)
"""What a task names is given by it: "compute the gradient of the loss $L =$"."""
PUT_SO = re.compile(
    r"\b(let|set|take|put|define|choose|on (pose|note|prend|definit|choisit)|posons|notons|prenons|choisissons|soit) "
    r"(then|thus|hence|therefore|so|donc|alors|ainsi)\W*$"
)
"""It is put so, and follows: "we set then", « on pose donc »."""
TO_PUT = re.compile(r"\b(poser|prendre|choisir|fixer|definir|noter|considerer|introduire)\W*$")
NAMES_IT = re.compile(
    r"^(\W*(the|an?|our|la|le|une?|notre) |\W*l')([\w'-]+ ){0,4}?[\w'-]+( (is|are|reads|est|s'ecrit|devient))?\W*$"
)
"""All that is said before a display is what it gives: "The leaky version:", "The residual is"."""


def tells_of_a_change(before: str, after: str) -> bool:
    """Whether the words around a formula say that what it gives is new: "now let", "instead", "redefine"."""
    clause = clause_of(before)
    freely = _FREELY.search(clause) is not None and _CONCLUDES.search(clause) is None
    return freely and bool(_CHANGE.search(clause) or _CHANGE_BEHIND.match(plain(after)))


def may_give_anew(before: str, function: bool) -> bool:
    """Whether words in front of a formula give a name a value for good, some way behind another one: "let", "set".

    ``function``: it is one with its arguments, which "suppose that" and a task ("compute the gradient of") give too.
    """
    clause = clause_of(before)
    if function and (_TASK_OF.search(clause) or _SUPPOSED.search(clause)):
        return True
    return _FREELY.search(clause) is not None and _CONCLUDES.search(clause) is None
