"""Whether words say of an equation that it holds all along: "Throughout, $A^2 = A$".

Such words stand without a verb that assumes.  Where they are the whole of what stands ahead, the equation is assumed;
where more is said beside it, or it is only placed ("always", "here"), it may be a claim as well, and is in doubt.
May import ``prose`` and the words of this package.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.prose import Sentence, Stance, denies, is_hypothetical, is_question
from everystep.reader.words import plain

_PART = (
    r"(?:section|document|sheet|handout|chapter|notes?|problem|exercise|question|page|lecture|exercice|probleme|suite)"
)
_THROUGHOUT = re.compile(
    r"\W*(?:and |moreover,? |et )?(?:"
    rf"throughout(?: (?:the|this|these|our) (?:whole |entire )?{_PART})?|everywhere(?: below| here)?|"
    rf"from (?:now|here) on|hereafter|henceforth|in (?:all )?(?:what|that which) follows|in the rest of the {_PART}|"
    r"in the (?:following|sequel)|dans (?:toute )?la suite|dans (?:tout )?ce qui suit|"
    rf"dans tout (?:l'|le |cet? ){_PART}|partout|desormais|dorenavant|a partir de maintenant|"
    r"(?:(?:our|the|standing|general|blanket|running|notre|l'|la) ?)*"
    r"(?:assumptions?|hypothes[ei]s|conventions?)(?: generales?| permanentes?)?(?: (?:is|are|est)(?: that| que)?)?"
    r")[\s,:]*(?:\$[\s,]*(?:and |et )?)*"
)
_PLACED = re.compile(
    r"\b(?:throughout|everywhere|always|hereafter|henceforth|here|as usual|standing|assumptions?|hypothes[ei]s|"
    r"conventions?|conditions?|perhaps|possibly|maybe|peut-etre|"
    r"from now on|in what follows|partout|toujours|ici|comme d'habitude|desormais|dorenavant|"
    r"dans (?:toute )?la suite|dans (?:tout )?ce qui suit)\b"
)
_IN_BRACKETS = re.compile(r"\w \($")
"""What a remark in brackets says of what it stands behind: "aligned vectors ($w = c x$) give equality"."""
_CONCLUDES = re.compile(
    r"\b(?:then|thus|hence|so|therefore|alors|donc|ainsi|show|prove|verify|check|montrer|verifier|prouver|deduce|deduire)\b"
)
_ENDS = re.compile(r"\W*(?:$|\$|(?:and|et|where|ou|with|avec|for|pour)\b)")


def at_large(sentence: Sentence) -> Stance:
    """How an equation is put that words say to hold all along; NOTHING where no words say so."""
    before, after = plain(sentence.before), re.split(r"[.;](?:\s|$)", plain(sentence.after))[0]
    if denies(sentence) or is_question(sentence) or _CONCLUDES.search(before):
        return Stance.NOTHING
    if _THROUGHOUT.fullmatch(before) and _ENDS.fullmatch(after.split("$")[0] + "$") and not is_hypothetical(sentence):
        return Stance.ASSUMED
    placed = _PLACED.search(before) or _PLACED.search(after.split("$")[0]) or _IN_BRACKETS.search(before)
    return Stance.DOUBTFUL if placed else Stance.NOTHING
