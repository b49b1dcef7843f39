r"""Words that call a name the minimiser of a function: « on note $\hat w$ le minimiseur de $J$ ».

May import this package's vocabulary.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.prose import Sentence, Stance, stance
from everystep.reader.source import Tokens
from everystep.reader.words import plain

_NOUN = (
    r"(?:(?:unique|global|exact|unconstrained|only|seul|absolu|empirical|population) )*"
    r"(?:(?P<least>minimi[sz]er|minimum point|point of minimum|minimiseur|argument du minimum|point de minimum|argmin)|"
    r"(?P<most>maximi[sz]er|maximum point|maximiseur|point de maximum|argmax))(?: (?:unique|global|exact))*"
)
_ARTICLE = r"(?:the|a|an|le|un|l'|its|son)\s?"
_FUNCTION = (
    r"(?:the |our |this |la |le |l'|cette )?(?:(?:convex|quadratic|smooth|convexe|quadratique) )?"
    r"(?:function|objective|loss|cost|criterion|risk|fonction|objectif|perte|cout|critere|risque)? ?"
)
_IS_MINIMISER = re.compile(
    rf"^[\s,]*(?:(?:be|is|denotes?|est|designe|as|comme|,)[\s,]+)?{_ARTICLE}{_NOUN} "
    rf"(?:of|de|du|d') ?{_FUNCTION}\$(?P<rest>.*)$"
)
_MINIMISES = re.compile(rf"^\s*(?P<least>minimi[sz]es?) {_FUNCTION}\$(?P<rest>.*)$")
_APPOSED = re.compile(rf"^\s*(?:of|de|du|d') ?{_FUNCTION}\$(?P<rest>.*)$")
_ALONE = re.compile(
    rf"^[\s,]*(?:(?:be|is|denotes?|est|designe|as|comme)[\s,]+)?{_ARTICLE}{_NOUN}"
    r"(?: (?:of|de|du) (?:the|this|our|la|le|cette|ce|notre) (?:function|objective|loss|cost|criterion|fonction|"
    r"objectif|perte|cout|critere))?\s*(?:$|[.;:]|,(?!\s*(?:subject|under|sous|with|avec|over|on|sur|such|tels?|among|parmi)\b))"
)
_ENDS_WITH_NOUN = re.compile(rf"\b{_ARTICLE}{_NOUN}\s*$")
_ENDS = re.compile(
    r"^\s*(?:$|[.,;:)](?!\s*(?:subject|under|sous|with|avec|over|on|sur|such|tels?|among|parmi)\b)|"
    r"(?:and|et|is|est|exists?|existe|satisf(?:y|ies|ait)|verifie)\b)"
)
"""Behind the function: not "subject to", "over the ball", "with norm 1", which name another problem."""

_LIMITED = re.compile(
    r"\b(among(st)?|within|over|subject to|inside|parmi|sur|restricted|constrained|restreinte?s?|"
    r"contrainte?s?|constraints?|of the form|de la forme|"
    r"in (the|a) (\w+ )?(set|ball|sphere|subspace|space|class|range|span|cone|image|simplex|family|"
    r"kernel)|dans (le|la|l'|une?) ?(\w+ )?(ensemble|boule|sphere|sous-espace|image|cone|noyau|classe))\b"
)
"""Ahead of the name: "among the $x$ in the range of $B$, let"."""


def minimised_by(sentence: Sentence) -> tuple[Tokens, bool] | None:
    """The formula of which the name in a sentence is the minimiser (True) or the maximiser; None where it is neither.

    Only of all values: a sentence that restricts them, doubts or denies gives None.
    """
    before, after = plain(sentence.before), plain(sentence.after)
    found = _IS_MINIMISER.match(after) or _MINIMISES.match(after)
    least = found is not None and found["least"] is not None
    kept = before
    if found is None:
        noun, found = _ENDS_WITH_NOUN.search(before), _APPOSED.match(after)
        if noun is None or found is None:
            return None
        least, kept = noun["least"] is not None, f"{before[: noun.start()]} "
    if not sentence.later or not _ENDS.match(found["rest"]) or _LIMITED.search(kept):
        return None
    said = Sentence(kept, "", sentence.is_open, sentence.label, sentence.earlier)
    if stance(said, needs_verb=False, any_words=True) is not Stance.ASSUMED:
        return None
    return sentence.later[0], least


def called_minimiser(sentence: Sentence) -> bool:
    """Whether a name is called the minimiser, or the maximiser, and the sentence does not tell of which function."""
    if _ALONE.match(plain(sentence.after)) is None or _LIMITED.search(plain(sentence.before)):
        return False
    said = Sentence(sentence.before, "", sentence.is_open, sentence.label, sentence.earlier)
    return stance(said, needs_verb=False, any_words=True) is Stance.ASSUMED


_RESTRICTING = re.compile(
    r"\b(restrict\w*|constrain(s|ed|ing)?) (the (search|minimi[sz]ation|domain|parameters?|weights?|variables?)|"
    r"ourselves|attention|\$)|\b(on se restreint|restreignons|on restreint)\b|"
    r"\b(feasible|infeasible|admissible|allowed|permitted|admissibles?|autorisee?s?|realisables?)\b|"
    r"\b(look\w*|search\w*|seek\w*|sought|cherch\w*)\b[^.;:]{0,30}\b(in|within|among|inside|dans|parmi) "
    r"(the|an?|le|la|l'|une?) ?(?:[\w-]+ )?"
    r"(set|ball|sphere|subspace|range|span|cone|image|simplex|kernel|ensemble|boule|sous-espace|noyau)\b|"
    r"\$ (must|has to|have to|shall|doit|doivent) (be|have|lie|satisfy|stay|remain|sum|avoir|etre|rester|verifier)\b|"
    r"\b(defined|definie?) (only )?(on|sur) (the|la|le) [\w -]{0,20}"
    r"(ball|sphere|simplex|set|cone|subspace|boule|ensemble)\b|"
    r"\b(all|every|each|the|tous les|toutes les|les) (vectors?|parameters?|weights?|vecteurs|parametres|poids) "
    r"((here|below|considered|we consider|ici) )?((are|have|must|sont|ont|doivent) |(is|has) (?!the\b|an?\b))"
    r"(\w+ ){0,2}(unit|norm|nonnegative|non-negative|positive|sparse|bounded|sum|unitaires?|norme|positifs?|bornes?)\b"
)


def restricts(words: str) -> bool:
    """Whether a sentence says that a minimum is taken over less than all values: "we restrict the search to"."""
    return bool(_RESTRICTING.search(plain(words)))
