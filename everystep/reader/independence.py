"""What words say of the independence of random quantities: of which formulas of a sentence, and of what.

``x and y are independent`` is a statement about x and y together; ``x and y are independent of z`` says nothing of x
and y; ``the entries of x are independent`` says nothing of x and anything else, ``the entries of x and y are all
independent`` is a statement about x and y, too.  May import this package's words only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import inf

from everystep.reader import patterns as re
from everystep.reader.words import plain
from everystep.records import dataclass

_KIND = (
    r"(random|gaussian|normal|bernoulli|centred|centered|zero-mean|real|square|column|scalar|vectors?|variables?|"
    r"matri(?:x|ces)|numbers?|noises?|noise|inputs?|outputs?|weights?|samples?|draws?|copies|quantit(?:y|ies)|data|"
    r"points?|masks?|errors?|perturbations?|terms?|families|sequences?|vecteurs?|variables?|aleatoires?|nombres?|"
    r"bruits?|entrees?|reelle?s?|centree?s?|gaussiens?|gaussiennes?)"
)
_ARTICLE = r"(the|a|an|les?|la|l'|un|une|des|both|also|all)"
_LIST = rf"\$(?:\s*(?:,\s*and|,\s*et|,|and|et)\s*(?:{_ARTICLE} ?)?(?:{_KIND} ){{0,3}}\$)*"
_COPULA = (
    r"(?:(?:which|that|qui|all|both)\s+)*(?:are|is|be|being|to be|were|sont|est|soit|soient|etant|etre)?\s*"
    r"(?:(?:all|both|also|again|mutually|jointly|statistically|stochastically|pairwise|assumed|supposed|taken|chosen|"
    r"drawn|sampled|generated|distributed|tires?|tirees?|supposee?s?|mutuellement|aussi|toutes?|tous|deux|two|three|"
    rf"to|be|des|de|{_KIND})\s*,?\s+(?:(?:and|et)\s+)?){{0,6}}"
)
_INDEPENDENT = r"(?:independ[ea]nt(?:s|es|e|ly)?|independamment)\b"
_WHAT_THEY_HAVE = (
    r"(?:lois?|laws?|distributions?|means?|moyennes?|esperances?|expectations?|expected values?|parameters?|"
    r"parametres?|(?:co)?variances?|dimensions?|sizes?|tailles?)"
)
_AFTER = re.compile(
    rf"(?P<list>{_LIST})\s*[,(]?\s*(?:(?:and|et)\s+(?=(?:is|are|est|sont|independ)))?(?:{_COPULA}){_INDEPENDENT}"
    rf"(?:\s+{_KIND})*"
    rf"(?P<others>\s*(?:of|from|to|de|du|d')\s*(?:(?:{_ARTICLE}|{_KIND})\s*)*(?P<of>{_LIST}))?"
    rf"(?P<rest>\s*(?:of|from|de|du|d')\b\s*(?!(?:{_ARTICLE}|common|same|meme)?\s*{_WHAT_THEY_HAVE}\b)"
    r"(?P<whom>[\w' ]*))?"
)
_FROM_A_LAW = re.compile(r"\b(draws?|samples?|drawn|sampled|tirages?)(?: \w+){0,2} (?:from|of|de|du|d')\s")
_BEFORE = re.compile(rf"{_INDEPENDENT}\s+(?:{_KIND}\s+){{0,4}}(?P<list>{_LIST})")
_EACH_OTHER = re.compile(
    r"(space|each other|one another|everything else|all (the )?others?|les unes? des autres|l'une? de l'autre|"
    r"tout le reste)"
)
_PART_OF = re.compile(r"\b(of|in|on|de|du|d'|des|between|entre|with|avec)\s*(the |les? |la )?$")
_ENTRIES_OF = re.compile(
    r"\b(?:entries|components|coordinates|elements|entrees|composantes|coordonnees|coefficients) (?:of|de|des|d')"
    r"(?: (?:the|both|les|des))?(?: (?:random |query |key |two |deux )?(?:vectors?|vecteurs?|query|key))?\W*$"
)
_ALL_OF_THEM = re.compile(r"\b(?:all|mutually|jointly|tous|toutes|mutuellement)\b")
"""Before a list of vectors, and behind it: "the components of $q$ and $k$ are all independent"."""
_WITH = re.compile(r"\b(with|avec)\s*$")
_CONDITIONAL = re.compile(
    r"\bcondition(al|ally|ed|nel|nelle|nels|nellement|ne|nes)\b|\bsachant\b|\bgiven \$|\betant donnee?s? \$|"
    r"\b(not|non|pas|linearly|lineairement|or|uncorrelated)\b|\bindepend[ea]nt\w* given\b"
)


_SUBJECT = re.compile(r"\s*(is|are|be|has|have|est|sont|soit|soient|a|ont)\b")
"""Behind the last of a list: it begins a statement of its own, "of $w$ and $v$ is"."""


@dataclass(frozen=True)
class Group:
    """Formulas (``$``, counted from 0) that are independent of each other; ``within``: so are the names of each."""

    places: frozenset[int]
    within: bool = True


def groups_of(sentence: str) -> list[Group]:
    """The groups of formulas that a sentence calls independent of each other."""
    text = plain(sentence)
    if "independ" not in text or _CONDITIONAL.search(text):  # the word of either list, in both languages
        return []
    groups: list[Group] = []

    def counted(match: re.Match[str], part: str) -> range:
        start = match.start(part)
        owner = _owner(text, start) if part == "list" else start
        first = text[:owner].count("$")
        return range(first, first + (match[part].count("$") if owner == start else 1))

    for match in _AFTER.finditer(text):
        entries = _ENTRIES_OF.search(text[: match.start()]) and not match["of"] and not match["rest"]
        if entries and _ALL_OF_THEM.search(match[0]):
            groups.append(Group(frozenset(counted(match, "list"))))  # the entries of one name and those of another
            continue
        if _PART_OF.search(text[: match.start()]) and not (match["of"] and _WITH.search(text[: match.start()])):
            continue
        if match["of"] and not _FROM_A_LAW.search(match[0]):
            others = counted(match, "of")
            if _SUBJECT.match(text[match.end("of") :]):
                others = others[:-1]
            groups += [Group(frozenset(pair), within=False) for pair in product(counted(match, "list"), others)]
        elif match["of"] or not match["rest"] or _EACH_OTHER.match(match["whom"]):
            groups.append(Group(frozenset(counted(match, "list"))))
    groups += [Group(frozenset(counted(match, "list"))) for match in _BEFORE.finditer(text)]
    return groups


_MOMENT = re.compile(
    r"\b(?:(?:mean|expectation|(?:co)?variance|standard deviation|law|distribution|moyenne|esperance|loi|ecart-type|"
    r"precision)(?: (?:matrix|vector))?|(?:matrice|vecteur) (?:de )?(?:variance-)?(?:co)?variance|vecteur moyenne?)"
    r"(?: (?:de|of|matrix))?\W*$"
)


def _owner(text: str, at: int) -> int:
    """Of the place of a mean or a variance, that of the name ahead of it: "$v$ with covariance $R$, independent of"."""
    while _MOMENT.search(text[:at].rpartition("$")[2]) and "$" in text[:at]:
        at = text.rindex("$", 0, at)
    return at


def named(group: Group, names: Mapping[int, frozenset[str]] | Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """The names that are independent of each other, by those of each formula."""
    parts = [names[place] for place in sorted(group.places)]
    if group.within:
        return [frozenset[str]().union(*parts)]
    return [frozenset(pair) for pair in product(*parts)]


_SPEAKS = re.compile(
    r"\bi\.?\s?i\.?\s?d\b|\bind(?:é|\\'e|\\'\{e\})pend|depend|corr(?:e|é|\\'e|\\'\{e\})l|\\perp\b|orthogon|"
    r"\bdistinct|\bseparat|\bconditional|\bconditionn|\bsachant|\bnoises?\b|\bbruits?\b"
)
_HEADING = re.compile(r"\s*(?:\\(?:title|part|chapter|(?:sub){0,2}section|paragraph)\*?\{|#{1,6} )")
_NOISES = re.compile(r"\bnoises?\b|\bbruits?\b")
_INCLUDES = re.compile(r"\\(?:input|include|subfile|import|subimport)\b")
_LONGEST = 1_000_000


def lines_on_dependence(text: str) -> tuple[int, ...] | None:
    """The lines (from 1) of a text with words about what depends on what; None where some of it may stand elsewhere,
    or where it is too long to be looked through.
    """
    if len(text) > _LONGEST or _INCLUDES.search(text):
        return None
    lines = enumerate((_without_topic(line.lower()) for line in text.split("\n")), 1)
    return tuple(number for number, line in lines if _SPEAKS.search(line))


def _without_topic(line: str) -> str:
    """A line; of a heading without the word "noise", which is the topic there and says nothing of any name."""
    return _NOISES.sub(" ", line) if _HEADING.match(line) else line


@dataclass(frozen=True)
class Spoken:
    """The lines with words about what depends on what, and the first lines of the problems."""

    lines: tuple[int, ...]
    starts: tuple[int, ...]

    def bears_on(self, line: int) -> bool:
        """Whether the problem of a line, or what stands before the first problem, has such words."""
        begin = max((start for start in self.starts if start <= line), default=0)
        end = min((start for start in self.starts if start > line), default=inf)
        first = min(self.starts, default=inf)
        return any(at < first or begin <= at < end for at in self.lines)


_IID = r"(?:i\.\s?i\.\s?d\b\.?|\biid\b)"
_IID_BEHIND = re.compile(rf"^(?P<between>[^;:]*?){_IID}")
_IID_AHEAD = re.compile(rf"{_IID},?\s*(?:{_KIND}\s+|copies\s+|of\s+){{0,5}}(?:\$\s*(?:,|and|et)\s*)*$")
_OTHER_VERB = re.compile(r"\b(be|is|are|let|soit|soient|est|sont|but|while|whereas|mais|of|de)\b")


def is_drawn_alike(before: str, after: str) -> bool:
    """Whether words call the formula between them independent and identically distributed."""
    behind = _IID_BEHIND.match(plain(after))
    if behind is not None and not _OTHER_VERB.search(behind["between"].rpartition("$")[0]):
        return not _PART_OF.search(plain(before)) or " of " not in f" {plain(before)} "
    return _IID_AHEAD.search(plain(before)) is not None
