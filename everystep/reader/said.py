"""The properties that a sentence gives to the names of its formula: "let $A$ be symmetric", "the orthogonal $U$".

May import ``prose`` and this package's vocabulary.
"""

from __future__ import annotations

from everystep.reader import patterns as re
from everystep.reader.governing import ASKS, EXERCISE, GENERAL, GOVERNING, NEGATION, is_risky
from everystep.reader.one_hot import is_of_a_class
from everystep.reader.phrases import clause_of, without_task
from everystep.reader.projections import without_projection
from everystep.reader.prose import NEUTRAL, Sentence, Stance, is_question, near_is_known, stance
from everystep.reader.reservations import ends_plainly, is_range
from everystep.reader.source import Tokens
from everystep.reader.tokens import listed
from everystep.reader.trees import relation_of
from everystep.reader.words import (
    NOT_ENCODED,
    OF_MATRICES,
    PROPERTIES,
    SIGN_KINDS,
    folded,
    is_silent,
    plain,
    properties,
    puts_alternative,
)
from everystep.records import dataclass, replace

_NOUNS = listed(
    """
    matrix matrices matrice real reelle reelles square carree carrees weight weights covariance design data kernel
    gram hessian hessienne vector vectors vecteur vecteurs of size n x m d
    """
)
_ADJECTIVES = (
    r"real|reel(le)?s?|nombres?|scalaires?|parametres?|numbers?|scalars?|parameters?|square|carree?s?|arbitrary|quelconques?|fixed|fixee?s?|constant|constante?s?|known|connue?s?|"
    r"given|donnee?s?|"
    r"(design|data|feature)(?= matri(x|ces)\b)|"
    r"matrix|matrices|matrice|vectors?|vecteurs?|column|row|colonne|ligne|dense|large|small|finite|n x n|d x d|"
    r"directions?(?= of unit| of norm| of length| de norme| unitaires?)|"
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
_COUNT = "deux|two|three|trois|four|quatre"
_FILLER = re.compile(
    rf"(?!all-)(both|all|each|also|moreover|in addition|an?|the|une?|des|de|tou(s|te|tes)|les|{_COUNT}|aussi)\b\s*"
)
_ADJECTIVE = re.compile(rf"({_ADJECTIVES})\b\s*")
_CONNECTOR = re.compile(r"\s*(,\s*and|,\s*et|,|and|et|as well as|ainsi que)\s+(?=\w)")
_DETERMINERS = listed(
    """
    a an the this our any every each all some two three four for with let trois quatre un une le la les des de toute
    tout tous toutes pour
    soit soient et and given suppose assume real square reelle carree deux est sont is are be
    """
)
_DEFINITE = listed("the this our le la les ce cette ces")


_OF_ANOTHER = re.compile(r"\W*(of|from|in|de|du) (the |l'|la )?(previous|last|earlier|preceding|other|exercice|partie)")


@dataclass(frozen=True)
class Said:
    """A property that a sentence gives to the names of its formula; ``word``: one that has no encoding."""

    stance: Stance
    kind: str = ""
    word: str = ""
    general: bool = False
    """Said of any one of its kind: "for symmetric $A$ this becomes"; of a name that is new it is said for good."""
    joined: bool = False
    """Said behind another name that a comma or "and" joins, maybe of that one alone: "with $A$ and $B$ symmetric"."""


_OF_ITS_LINES = re.compile(
    r"(?:^|(?<=\s))(?:the |les |ses )?(?P<lines>columns|rows|colonnes|lignes)(?: vectors?)? (?:of|de)(?: the| la)?"
    r"(?: (?:data|design|feature))?(?: matrix| matrice)?\s*$",
    re.IGNORECASE,
)
_LINES_ARE = r"(?:are|be|sont|soient|forment)(?: (?:all|toutes|assumed|supposed|supposées)(?: to be)?)? "
_KIND_OF_LINES = (
    r"(?P<kind>linearly independent|linéairement indépendantes|libres|une famille libre|orthonormal|orthonormées|"
    r"orthonormales|une famille orthonormée)(?!\w)"
)
_LINES_HAVE = re.compile(rf"\s*{_LINES_ARE}{_KIND_OF_LINES}", re.IGNORECASE)
_WHOSE_LINES = re.compile(
    rf"\b(?:whose|dont les) (?P<lines>columns|rows|colonnes|lignes) {_LINES_ARE}{_KIND_OF_LINES}", re.IGNORECASE
)


def _with_its_lines(sentence: Sentence) -> Sentence:
    """What is said of the columns or rows of a matrix, said of the matrix: "the columns of $X$ are orthonormal" as
    "$X$ has orthonormal columns", "whose rows are linearly independent" as "with linearly independent rows".
    """

    def adjective(kind: str, lines: str) -> str:
        columns = "columns" if lines.lower().startswith("col") else "rows"
        return f"{'orthonormal' if 'ortho' in kind.lower() else 'linearly independent'} {columns}"

    ahead, behind = _OF_ITS_LINES.search(sentence.before), _LINES_HAVE.match(sentence.after)
    if ahead and behind:
        after = f" has {adjective(behind['kind'], ahead['lines'])}{sentence.after[behind.end() :]}"
        return replace(sentence, before=sentence.before[: ahead.start()], after=after)
    after = _WHOSE_LINES.sub(lambda found: f"with {adjective(found['kind'], found['lines'])}", sentence.after)
    return sentence if after == sentence.after else replace(sentence, after=after)


def _without_its_range(sentence: Sentence) -> Sentence:
    r"""A sentence without the range of an index between a name and what is said: "let $S_k$, $k = 1, \dots, K$, be
    symmetric".
    """
    found = _RANGE_BETWEEN.match(sentence.after)
    if found is None or not sentence.later or not is_range(sentence.later[0]):
        return sentence
    return replace(sentence, after=f" {sentence.after[found.end() :]}", later=sentence.later[1:])


_RANGE_BETWEEN = re.compile(
    r"\s*(?:,|for|pour|\()?\s*\$\s*\)?\s*,?\s*"
    r"(?=(?:be|is|are|soit|soient|est|sont)\b|sym|posit|d[eé]fini|inver|ortho|diag|(?:all|tou(?:te)?s)\b)",
    re.IGNORECASE,
)


def said_of(sentence: Sentence) -> list[Said]:
    """What a sentence says of the names in its formula."""
    sentence = _with_its_lines(_without_its_range(sentence))
    before, after = without_projection(sentence.before, sentence.after)
    sentence = replace(sentence, before=before, after=after)
    found = [*_said_after(sentence), *_said_before(sentence)]
    found += _kind_of_matrix(sentence) if not any(said.kind for said in found) else []
    found += _made_of_others(sentence)
    if not _FRENCH.search(plain(f"{sentence.before} {sentence.after}")):
        return found
    return [said for one in found for said in _in_french(one)]


_KINDS_OF_MATRICES = (
    (r"(covariance|precision|gram|kernel|noyau|laplacian|laplacien)", "positive semidefinite"),
    (r"(hessian|hessienne|adjacency|adjacence|distance|correlation|similarity|undirected graph)", "symmetric"),
)
"""Kinds of matrices that have a property by their nature, as most authors use the words."""


_BY_NATURE = re.compile(
    r"^\W*(?:(?:be|is|denotes?|designe|est|soit)\W+)?(?:(?:the|an?|its|their|la|une|sa|leur)\W+)"
    r"(?:(?:sample|empirical|population|true|common|joint|prior|posterior|input|data|feature)\W+)?"
    r"(?:(?:covariance|gram) matrix|matrice de (?:covariance|gram))(?: (?:empirique|commune))?"
    r"(?: (?:of|de|des|du)\b[^$]*)?\W*$"
)
"""What every matrix of that name is: "let $S$ be the sample covariance matrix"."""


_MADE_OF = re.compile(
    r"^\W*(?:(?:be|is|denotes?|designe|est|soit)\W+)?(?P<what>(?:(?:the|an?|its|une?|la|le) (?:[\w-]+ ){0,2}"
    r"(?:(?:diagonal|gram|kernel|permutation|triangular|hat) matrix|matrice (?:diagonale|de gram|a noyau|triangulaire))"
    r"(?: \w+)? (?:of|with|containing|having|whose|formed|made|built|holding|that|which|de|des|du|dont|avec|contenant|"
    r"formee)|diagonale? (?:with|avec) (?:the |les )?(?:entries|elements|values|coefficients|weights|diagonal|poids))\b"
    r"[^.;,$]*\$)"
)
"""A matrix that is made of other names, in words: "the diagonal matrix with the entries of $d$"."""


_NOT_READ = re.compile(
    r"^\W*(?:be|is|denotes?|designe|est|soit|une?)\b[^.;:$]{0,40}?\b(?P<what>(?:zero|unit|constant|null)(?: main)? "
    r"diagonal|diagonale (?:nulle|unite|constante)|fixed point|point fixe)\b"
)


def _made_of_others(sentence: Sentence) -> list[Said]:
    """That a name is given by others is no hypothesis that is read: its kind alone is not all that is known of it."""
    found = _MADE_OF.match(plain(sentence.after)) or _NOT_READ.match(plain(sentence.after))
    return [Said(Stance.DOUBTFUL, word=found["what"].strip(" $"))] if found is not None else []


def _kind_of_matrix(sentence: Sentence) -> list[Said]:
    """What a matrix may have by its nature: "let $S$ be a covariance matrix", "with covariance $S$"."""
    ahead = re.split(r"[$.;:,]", plain(sentence.before))[-1]
    behind = re.split(r"[$.;:,]", plain(sentence.after))[0]
    if _BY_NATURE.match(behind) and stance(sentence, needs_verb=False, any_words=True) is Stance.ASSUMED:
        return [Said(Stance.ASSUMED, "positive semidefinite")]
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
    return [] if is_silent(words) else [match[0] for match in NOT_ENCODED.finditer(words)]


_NOT_OTHERS = re.compile(r"^\s*\((and |but |et |mais )?(not|pas|non)( \w+)? \$\)")
"""Behind a name: (but not $B$)."""
_HAD = frozenset(("full row rank", "full column rank", "full rank", "unit", "orthonormal columns", "orthonormal rows"))
_PART_OF_IT = re.compile(r"\b(of|de|du|d'|des|between|entre)\s*$")
_CHANGED = re.compile(
    r"\b(changed|perturbed|removed|replaced|modified|deleted|modifiee?s?|remplacee?s?|perturbee?s?)\b"
)
_COMPARED = re.compile(r".*\b(than|at (least|most)|between|exceed(s|ing)?|a|au (moins|plus)|entre)$")


def _is_related(formula: Tokens) -> bool:
    """Whether a formula is a relation, and no mere name."""
    return any(relation_of(formula, k)[0] for k in range(len(formula)))


def _said_after(sentence: Sentence) -> list[Said]:
    text = without_task(plain(sentence.after))
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
    elif listed and not re.match(rf"({_COUNT})\b", rest) and (copula is None or copula["copula"] not in _PLURAL):
        kind, width = _property_at(rest) if copula is None and comma is None else ("", 0)
        between = sentence.later[: skipped[0].count("$") if skipped else 0]
        names = not any(_is_related(formula) for formula in between)
        return [Said(Stance.DOUBTFUL, kind, joined=True)] if width and names else []
    if comma is not None and copula is not None:
        return doubtful
    if copula is not None:
        rest = rest[copula.end() :]
        if re.match(r"(not|never|pas|no longer)\b", rest):
            return []
    noun = _DESCRIBED.match(rest)
    of_some = noun is not None and re.search(r"\b(of|de)\W*$", noun["nouns"])  # "one of which is"
    if noun is not None and not of_some and near_is_known(noun["nouns"]) and not properties(noun["nouns"]):
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
        unknown = None if width or adjective else _unencoded_at(rest)
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
    if copula is None and is_question(sentence) and ASKS.match(plain(sentence.before)):
        return []
    if not found:
        return doubtful
    if not ends_plainly(rest, sentence.later[within.count("$") - rest.count("$") :]):
        return [Said(Stance.DOUBTFUL, s.kind, s.word) for s in found]
    how = stance(sentence, needs_verb=False)
    if how is Stance.NOTHING and copula is None and not NEGATION.search(clause_of(sentence.before)):
        # "the projection on a direction $u \\in \\mathbb{R}^d$ of unit length": so it is where the name is new
        return [Said(Stance.DOUBTFUL, s.kind, s.word, general=bool(s.kind)) for s in found]
    if how is Stance.NOTHING:
        return []
    of_a_part = copula is not None and _PART_OF_IT.search(plain(sentence.before).rsplit("$", 1)[-1])
    if of_a_part or _CHANGED.search(within) or puts_alternative(re.split(r"[.;:](?:\s|$)", folded(sentence.after))[0]):
        how = Stance.DOUBTFUL
    return [Said(how, s.kind, s.word) for s in found]


def _begins_item(text: str) -> bool:
    """Whether a property, or an adjective that leads to one, begins a text."""
    return bool(_property_at(text)[1] or _unencoded_at(text) or _ADJECTIVE.match(text) or _FILLER.match(text))


def _property_at(text: str) -> tuple[str, int]:
    """The property that a text begins with and how long its words are; the longest one."""
    best = ("", 0)
    for pattern, kind in () if is_silent(text) else PROPERTIES:
        match = re.match(pattern, text)
        if match is not None and match.end() > best[1]:
            best = (kind, match.end())
    return best


def _unencoded_at(text: str) -> re.Match[str] | None:
    """The words without an encoding that a text begins with."""
    return None if is_silent(text) else NOT_ENCODED.match(text)


_JOINING = frozenset(("and", "et"))
_HAVING = frozenset(("has", "have", "having", "ont", "ayant"))
_PLURAL_NOUN = re.compile(
    r"\b(matrices|vectors|vecteurs|project(?:ion|or)s|projecteurs)\s*(?>\$[^\w$]*(?:(?:and|et)\b[^\w$]*)?)+$"
)


_BOUNDED_BY = re.compile(r"\b(?:at (?:most|least)|au (?:plus|moins)|than|exceeds?|exceeding|excede)$")
_CONCLUDES = re.compile(r"^\W*(?:and |et )?(?:so|hence|thus|therefore|donc|ainsi|consequently|par consequent)\b")
_BARE = re.compile(r"(?P<with>\b(?:with|of)\b) (?P<said>(?:(?!\b(?:with|of)\b)[^,])*)$")
"""An adjective that stands behind its preposition at once: "with symmetric $A$", "of orthogonal $Q$"."""


_OF_THE_NAME_BEFORE = re.compile(
    r"(?:is|be|are|being|est|soit|sont|etant|an?|une?|des|two|deux) [^$]*\b(?:and|et)(?: let| soit| soient)?$"
)
"""A predicate, or what a name is called, up to the word that joins the next name."""


def _said_before(sentence: Sentence) -> list[Said]:
    """What stands just before a formula: "the symmetric matrix $A$", "for any positive definite $H$"."""
    text = plain(sentence.before)
    listed = _PLURAL_NOUN.search(text)  # the symmetric matrices $A$ and $B$
    clause = re.split(r"[$.;:]\s|[$;:,]", (text[: listed.end(1)] if listed else text) + " ")[-1].strip()
    last = re.split(r"\b(?:is|are|est|sont|that|que|because|since|car|puisque)\b", clause)[-1].strip() or ""
    if is_of_a_class(last):
        return []
    found = properties(last)
    unknown = _unencoded(last) or (["unit"] if last.endswith(" unit") or last == "unit" else [])
    bare = _BARE.search(last) if not found else None
    if bare is not None:
        found = properties(bare["said"])
    if not found and (not unknown or (_BOUNDED_BY.search(last) and _CONCLUDES.search(clause_of(sentence.before)))):
        return []  # "so the product is at most $c$" says nothing of c
    spans = [m.span() for pattern, _ in PROPERTIES for m in re.finditer(pattern, last)]
    spans += [m.span() for m in NOT_ENCODED.finditer(last)] or [(len(last) - 4, len(last))] * (unknown == ["unit"])
    start, end = min(s for s, _ in spans), max(e for _, e in spans)
    nouns = NEUTRAL if found and all(kind in SIGN_KINDS for kind in found) else _NOUNS
    between = [w for w in re.findall(r"[\w'-]+", last[end:]) if w not in nouns]
    if between[:1] in (["to"], ["a"], ["au"], ["aux"]):
        return []  # what is orthogonal to $a$ is something else
    ahead = re.findall(r"[\w'-]+", last[:start])
    behind_a_name = not ahead and text.rstrip().endswith("$ " + clause)
    if text.rstrip().endswith("$ " + clause) and _OF_THE_NAME_BEFORE.match(clause):
        return []  # "$r$ be a positive number and $A$": said of what stands before
    if between and between[0] in _JOINING and (behind_a_name or set(ahead[-1:]) & _HAVING):
        return []  # "$U$ orthogonal and $S$", "$U$ has orthonormal columns and $S$": said of what stands before
    if between or (ahead and ahead[-1] not in _DETERMINERS and ahead[-1] not in _NOUNS):
        words = [word for word in unknown if OF_MATRICES.search(word) and not between]
        return [*(Said(Stance.DOUBTFUL, kind) for kind in found), *(Said(Stance.DOUBTFUL, word=w) for w in words)]
    of_others = re.search(r"\b(of|de|du|d'|between|entre)\b", " ".join(ahead[:-1]))
    how = stance(sentence, needs_verb=False)
    definite = any(word in _DEFINITE for word in ahead[-2:])
    general = False
    if how is Stance.NOTHING:
        if NEGATION.search(clause_of(sentence.before)):
            return []
        how = Stance.ASSUMED if definite else Stance.CASE
    elif how is Stance.ASSUMED and not definite:
        governing = [m for m in GOVERNING.finditer(clause_of(sentence.before)) if m["assuming"]]
        if governing and GENERAL.fullmatch(governing[-1][0]):  # "for symmetric A this becomes"
            exercise = bool(EXERCISE.search(plain(f"{sentence.before} {sentence.after}")))
            how = Stance.CASE if exercise else Stance.WITHIN if sentence.is_open else Stance.DOUBTFUL
            general = True
    elif how is Stance.DOUBTFUL and definite and not is_risky(clause_of(sentence.before)):
        how = Stance.ASSUMED
    with_a_name = bare is not None and len(ahead) == 1 and bare["with"] in ("with", "avec")
    if _OF_ANOTHER.match(plain(sentence.after)) or (bare is not None and found and not with_a_name):
        how, general = Stance.DOUBTFUL, False
    if of_others and not definite:
        how, general = Stance.WITHIN if sentence.is_open else Stance.DOUBTFUL, False
    return [*(Said(how, kind, general=general) for kind in found), *(Said(how, word=word) for word in unknown)]
