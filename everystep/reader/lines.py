r"""What words make of the members of a family: the rows or columns of a matrix, the entries of a vector.

"Denote by $a_i^T$ the rows of $A$", "$X$ with columns $x_1, \dots, x_n$", "whose $i$-th row is $x_i^\top$", "with the
$x_i^\top$ as rows", "$y$, the vector of the labels $y_i$".
May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Var
from everystep.algebra.shapes import ONE
from everystep.reader import patterns as re
from everystep.reader.entities import LINES, Entity, FamilyName, Rows, Size, Symbolic
from everystep.reader.marks import bracketed, plain_text
from everystep.reader.moments import Moments, spoken_of
from everystep.reader.name_lists import LINK, is_dotted, is_names, members
from everystep.reader.pieces import trimmed
from everystep.reader.prose import Sentence, Stance, denies, is_question, stance
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, name_of, split, stripped
from everystep.reader.values import Values
from everystep.reader.words import plain

_KIND = r"(?P<kind>rows?|columns?|lignes?|colonnes?)"
_AT = r"(?:[a-z][- ]*(?:th|ieme|eme|e|st|nd|rd) )"
_LINE_OF = re.compile(
    rf"{_KIND}(?: vectors?| vecteurs?)?(?: number| numero)?(?: [a-z])? (?:of|de)"
    r"(?: the| our| la| n x n| matrix| matrice| data| design| donnees| de)*\s*$"
)
_OF_DATA = (
    r"(?:outside|centers?|centres?|context|words?|targets?|query|queries|keys?|values?|inputs?|outputs?|hidden|features?|"
    r"training|data|tokens?|items?|users?|documents?|embeddings?|points?|examples?|samples?|observations?|weights?|"
    r"class(?:es)?|prototypes?|centroids?|basis|eigenvectors?|candidates?|negatives?|positives?|corresponding|individual|"
    r"codewords?|dictionary|atoms?|anchors?|labell?ed|mots?|contexte|plongements?|cibles?|requetes?|cles?|valeurs?|"
    r"donnees|exemples?|poids|prototypes?|exterieurs?|propres?|associes?|correspondants?|de|d'entree|d'apprentissage)"
)
"""What the vectors are of which a matrix is made: words that change nothing of them."""
_WITH_LINES = re.compile(
    r"\b(?:with|having|have|has|whose|of|avec|dont (?:les|la)|de|ayant pour|a pour)\s+(?:the |les |its |la )?"
    rf"{_AT}?{_KIND}(?: vectors?| vecteurs?)?"
    rf"(?: (?:are|is|sont|est|given by|denoted|called|by|notees?|the|les|our|vectors?|vecteurs?|{_OF_DATA}))*\s*$"
)
_PLAIN = (
    r"(?:\W|\b(?:the|its|their|an?|our|une?|la|le|les|l|all|each|[a-z]|th|st|nd|rd|eme|ieme|first|data|design|inputs?|"
    r"features?|batch|query|queries|keys?|values?|tokens?|matrix|matrices|matrice|real|reelle|of size|space|n x n|"
    r"stored|collected|donnees|de|des|d|observations?|individus|exemples|examples|samples?|echantillons?|predictors|"
    r"covariates|regressors|predicteurs|regresseurs|covariables|inputs|entrees)\b)"
)
"""Words that change nothing between a matrix and its rows."""
_IS_LINE = re.compile(
    rf"(?:{_PLAIN})*(?:\b(?:be|is|are|being|denotes?|as|soit|soient|sont|est|etant|designe(?:nt)?|comme)\b|^\s*,)(?:{_PLAIN})*"
)
_HAS_LINES = re.compile(
    rf"(?:{_PLAIN}|\b(?:be|is|are|denotes?|soit|soient|sont|est|designe|that|which|qui|obtained by|"
    r"formed by|obtenue en|formee en)\b)*"
)
_SPOKEN_OF = re.compile(r"\b(?:rows?|columns?|lignes?|colonnes?|stack\w*|empil\w*|concaten\w*)\b")
_NOUNS = (
    r"(?:all|the|les?|la|our|its|their|ses|tou(?:te)?s|inputs?|data|features?|training|vectors?|vecteurs?|points?|"
    r"examples?|samples?|observations?|exemples?|donnees|entrees?|d'entree|de|des|transposed|individual)"
)
_PUT_AHEAD = re.compile(
    r"\b(?:with|having|containing|contains?|collects?|collecting|stacks?|stacking|gathers?|gathering|holding|holds|"
    rf"avec|contenant|contient|empile|empilant|regroupe|regroupant|ayant)(?: {_NOUNS})*\s*$"
)
_PUT_BEHIND = re.compile(
    rf"^\s*(?:(?:stacked|arranged|placed|written|stored|ranges|empiles)\s+)?(?:as|for|pour|comme|en|in)\s+"
    rf"(?:its |the |les |ses )?{_KIND}\b"
)
"""The words around members that a matrix is made of: "with the $x_i^\\top$ as rows"."""
_NAMING = r"(?:denotes?|denoting|calls?|name|write|notes?|notons|noter|notant|designons|appelons|appelle)"
_NAMES_IT = re.compile(rf"\b(?:{_NAMING}(?: by| as| par)?|soit|soient)(?: the| les| la)?[^\w$]*$")
"""What makes a name of the formula behind it, with no verb between that and what it names: « on note $w$ la »."""
_IS_NAMED = re.compile(rf"(?:{_PLAIN}|\b(?:for|pour)\b)*")
_ARE_CALLED = re.compile(
    r"\W*(?:(?:are|is|be|being|sont|est|soient|soit)\b|(?P<by>by|as|par)\b|(?P<so>denoted|notees?)\b)\W*(?:then\b\W*)?"
    r"(?:(?:denoted|called|written|given|notees?|designees?|appelees?|donnees?)\b\W*)?(?:(?:by|as|par)\b\W*)?"
    r"(?:(?:the|les|la|le)\b\W*)?(?:(?:row |column )?(?:vectors?|vecteurs?)(?: lignes?| colonnes?)?\b\W*)?"
)
"""Between a matrix and the name of its rows: "the rows of $A$ are denoted by $a_i^T$"."""
_AHEAD_OF_LINES = re.compile(rf"(?:{_PLAIN}|\b(?:{_NAMING}|and|let|where|with|now|by|et|on|we|soient|ou|avec)\b)*")
"""Ahead of "rows of $A$": not "the last", "the normalised"."""
_ITS_LINES = re.compile(
    r"\b(?:its|ses) (?P<kind>rows?|columns?|lignes|colonnes)(?: vectors| vecteurs)?\W*"
    r"(?:(?:are|be|sont|soient)\b\W*)?(?:(?:denoted|called|notees)\b\W*)?(?:(?:by|par)\b\W*)?$"
)
_BE_ITS_LINES = re.compile(
    r"\W*(?:be|are|denote|designent|sont|,)?\W*(?:its|ses) (?P<kind>rows|columns|lignes|colonnes)\b"
    r"(?=\W*(?:$|[.,;:)]|and\b|et\b))"
)
_AND_ANOTHER = re.compile(r"\W*(?:and|et)\b(?: the| la)? \$|\s*,\s*\$")
_CHANGED = re.compile(
    r"\W*(?:after|once|divided|scaled|normali\w*|without|minus|times|up to|plus|apres|divisee?s?|moins|sans|fois)\b"
)
"""What stands behind a matrix of which it is not the rows or columns as they are."""
_ORDINAL = re.compile(r"^\W{0,2}(?:th|st|nd|rd|ieme|eme|e|er|ere)\b")
_NUMBERED = re.compile(r"\b(?:rows?|columns?|lignes?|colonnes?)(?: number| numero)? *$")
_COUNTED = re.compile(
    r"\b(?P<at>[a-z])[- ]*(?:th|st|nd|rd|ieme|eme|e) (?:rows?|columns?|lignes?|colonnes?)\b|"
    r"\b(?:row|column|ligne|colonne)(?: number| numero)? (?P<behind>[a-z]) (?:of|de|du)\b"
)
"""The letter that a row is counted with."""
_ORDINAL_AHEAD = re.compile(
    r"(?P<at>(?<![\w'])[a-z](?=-?(?:th|e|eme|ieme)\b)|\$)\s?-?\s?(?:th|st|nd|rd|eme|ieme|e)\s+"
    r"(?=(?:rows?|columns?|lignes?|colonnes?|entry|element|component|coordinate|composante|coordonnee|entree)\b)"
)
_LABELS = (
    r"(?:targets?|labels?|outputs?|responses?|values?|observations?|entry|entries|elements?|components?|coordinates?|"
    r"weights?|coefficients?|scores?|numbers?|etiquettes?|cibles?|sorties?|reponses?|valeurs?|composantes?|"
    r"coordonnees?|entrees?|poids|scalars?|scalaires?|measurements?|mesures?)"
)
_OF_NUMBERS = re.compile(
    r"\W*(?:(?:be|is|are|denotes?|denote|soit|est|designe)\W+)*(?:(?:the|an?|our|its|le|un)\W+)?"
    rf"(?:(?:column|{_LABELS})\W+)*(?:vector|vecteur)(?:\W+colonne)?\W+"
    r"(?:of|with|having|(?:that |which )?(?:containing|contains|collecting|collects|stacks|stacking|gathers|holds)|"
    r"whose|made of|formed by|formed of|de|des|d'|avec|contenant|regroupant|dont|qui contient)"
    rf"(?:\W+(?:all|the|its|their|les?|l[ae]|ses|tou(?:te)?s|training|corresponding|class|real|binary|observed|"
    rf"measured|given|associated|{_LABELS}|are|is|sont|est|given by|de|des|pour))*\W*"
)
"""Between a vector and the numbers that are its entries: "be the vector of the labels"."""


def vector_of_numbers(sentence: Sentence) -> str:
    """The letter of the numbers that the words behind a formula make its entries: y of "the vector of the $y_i$"."""
    ahead = plain(sentence.after).split("$")
    for k in range(min(2, len(ahead) - 1, len(sentence.later))):
        words = "$".join(ahead[: k + 1]) + " "
        found, line = _ORDINAL_AHEAD.search(words), _line(sentence.later[k])
        if line is None or (k == 1) != (found is not None and found["at"] == "$"):
            continue
        if found is not None:
            letter = found["at"] if k == 0 else plain_text(stripped(sentence.later[0]))
            words = words[: found.start()] + words[found.end() :] if letter == _index_of(line[0]) else "$"
        if _OF_NUMBERS.fullmatch(words):
            return line[0].text
    return ""


def _index_of(node: Node) -> str:
    """The letter of the one index of a general member."""
    at = node.scripts[0][1]
    return plain_text(stripped(bracketed(at) or at))


class Lines(Moments):
    """Reads what words call the rows and the columns of a matrix."""

    def lines(self, tokens: Tokens, sentence: Sentence) -> None:
        r"""``$x_i^\top$ is the $i$-th row of $X$``, ``$X$ with rows $x_i^\top$``: the rows as columns, or columns.

        Of members that words put in rows or columns in another way no mistake is claimed.
        """
        told, line = _without_ordinals(sentence), _line(tokens)
        if line is None:
            self._other_lines(tokens, told)
        if self._lines(tokens, told) or line is None or not told.earlier:
            return
        near = f"{plain(sentence.before).rsplit('$', 1)[-1]} . {plain(sentence.after).split('$')[0]}"
        if _SPOKEN_OF.search(near) and isinstance(self.scope.find(line[0].text, line[0].style, True), FamilyName):
            self._doubt(tokens)

    def _other_lines(self, tokens: Tokens, sentence: Sentence) -> None:
        r"""Where the rows of a matrix are no names, ``$X$ with rows $(x_i - m)^\top$``, no mistake is claimed."""
        near = plain(sentence.before).rsplit("$", 1)[-1] + " "
        matrix = self._last_matrix(sentence) if _WITH_LINES.search(near) else ()
        if matrix and any(t.kind == "sub" for t in tokens):
            self.scope.unsure.setdefault(name_of(matrix[-1]), LINES)

    def _lines(self, tokens: Tokens, sentence: Sentence) -> bool:
        """Whether the words about rows and columns have been read, or what they name is in doubt."""
        near = plain(sentence.before).rsplit("$", 1)[-1] + " "
        of, having = _LINE_OF.search(near), _WITH_LINES.search(near)
        put = _PUT_AHEAD.search(near), _PUT_BEHIND.match(plain(sentence.after))
        kind = having["kind"] if having is not None else put[1]["kind"] if put[0] and put[1] else ""
        if (of is None and not kind) or _ITS_LINES.search(near):
            return self._called_lines(tokens, sentence, near) or self._entries_told(tokens, sentence)
        assumed = stance(sentence, needs_verb=False, any_words=True) is Stance.ASSUMED
        if of is not None:
            self._line_told(tokens, sentence, of, assumed)
        if not kind:
            return True
        if not assumed and not (having is not None and self._may_be_named(tokens, sentence)):
            self._doubt(tokens)
            return True
        said = [tokens]
        links = plain(sentence.after).split("$")
        for k, formula in enumerate(sentence.later if having is not None else ()):
            if LINK.match(links[k]) is None or _line(formula) is None:
                break
            said.append(formula)
        earlier = [trimmed(name) for formula in spoken_of(sentence) for name in split(members(formula), (",",))]
        matrices = [name for name in earlier if is_names(name)][-len(said) :]
        end = having[0] if having is not None else put[0][0] if put[0] is not None else ""
        if not earlier or not _HAS_LINES.fullmatch(_between(spoken_of(sentence)[-1], sentence, end)):
            return False
        if _counts_otherwise(end, tokens):
            self._doubt(tokens)
            return True
        if len(matrices) != len(said):
            return False
        read = [self._line_of(n, f, kind[0] in "rl") for n, f in zip(matrices, said, strict=True)]
        return all(read)

    def _line_told(self, tokens: Tokens, sentence: Sentence, of: re.Match[str], assumed: bool) -> None:
        """``$x_i^\\top$ is the $i$-th row of $X$``, ``we write $x_i^\\top$ for the rows of $X$``, at the matrix."""
        said = [formula for formula in sentence.earlier if _line(formula) is not None]
        between = _between(said[-1], sentence, of[0]) if said else ""
        named = bool(said) and _NAMES_IT.search(_ahead_of(said[-1], sentence)) is not None
        named = named and _IS_NAMED.fullmatch(between) is not None
        if not assumed and not (named and self._may_be_named(said[-1], sentence)):
            self._doubt(*sentence.earlier[-1:], tokens)
            return
        if not said:
            return
        after = plain(sentence.after)
        lists = is_names(tokens) and _AND_ANOTHER.match(after) and is_names(sentence.later[0])
        put = named or _IS_LINE.fullmatch(between) is not None
        if not put or lists or _CHANGED.match(after) or _counts_otherwise(between + of[0], said[-1]):
            self._doubt(said[-1])
            return
        names = [trimmed(name) for name in split(members(tokens), (",",))]
        if len(names) == 1 and is_names(names[0]):
            self._line_of(names[0], said[-1], of["kind"][0] in "rl")

    def _called_lines(self, tokens: Tokens, sentence: Sentence, near: str) -> bool:
        """``the rows of $A$ are denoted by $a_i^T$``, ``denote the rows of $A$ by $a_i^T$``, ``be its columns``.

        Whether such words are there.
        """
        line = _line(tokens)
        if not sentence.earlier or line is None:
            return False
        its = _ITS_LINES.search(near) or _BE_ITS_LINES.match(plain(sentence.after))
        if its is not None:
            matrix, kind, named = self._last_matrix(sentence), its["kind"], True
        else:
            before = plain(sentence.before).split("$")[-2]
            of, called = _LINE_OF.search(f"{before} "), _ARE_CALLED.fullmatch(near)
            if called is None or of is None:
                return False
            matrix, kind = trimmed(members(sentence.earlier[-1])), of["kind"]
            ahead = re.split(r"[.;:,(]", before[: of.start()])[-1]
            named = _AHEAD_OF_LINES.fullmatch(ahead) is not None and not _counts_otherwise(f"{before} ", tokens)
            named = named and (not called["by"] or re.search(rf"\b{_NAMING}\b[^$.;:]*$", before) is not None)
            named = named and not _CHANGED.match(plain(sentence.after)) and not self.scope.has_rule(line[0].text)
        if not is_names(matrix) or len(split(matrix, (",",))) > 1:
            return False
        assumed = stance(sentence, needs_verb=False, any_words=True) is Stance.ASSUMED
        if named and (assumed or self._may_be_named(tokens, sentence)):
            self._line_of(matrix, tokens, kind[0] in "rl")
        else:
            self._doubt(tokens)
        return True

    def _doubt(self, *formulas: Tokens) -> None:
        """Of members that words may put in rows or columns in another way no mistake is claimed."""
        for formula in formulas:
            line = _line(formula)
            if line is not None:
                self.scope.unsure.setdefault(line[0].text, LINES)

    def _last_matrix(self, sentence: Sentence) -> Tokens:
        """The last name of a matrix that a sentence has spoken of before."""
        for formula in reversed(sentence.earlier):
            name = trimmed(members(formula))
            entity = Values(self.scope).entity_of(parse(name))[0] if is_names(name) else None
            if isinstance(entity, Symbolic) and 1 not in entity.value.shape:
                return name
        return ()

    def _may_be_named(self, formula: Tokens, sentence: Sentence) -> bool:
        """Whether a sentence that says of what rows they are can but name them: they have no other meaning."""
        line = _line(formula)
        if line is None or denies(sentence) or is_question(sentence):
            return False
        known = self.scope.find(line[0].text, line[0].style, indexed=True)
        return known is None or isinstance(known, Size)

    def _line_of(self, matrix: Tokens, formula: Tokens, by_rows: bool) -> bool:
        """Read a formula as the general row, or column, of a declared matrix; nothing where it may be none."""
        entity, rest = Values(self.scope).entity_of(parse(matrix))
        line = _line(formula)
        if entity is None and line is not None and (by_rows or not line[1]):
            entity = self._made_of(matrix, line[0], by_rows)
        if not isinstance(entity, Symbolic) or rest or 1 in entity.value.shape or line is None:
            return False
        node, turned = line
        value = entity.value
        family = self.scope.find(node.text, node.style, indexed=True)
        count, width = value.shape if by_rows else (value.shape[1], value.shape[0])
        if isinstance(family, FamilyName):
            fits = (family.rows, family.columns, family.count) == (width, ONE, 1) and family.high in (None, count)
            if not fits or family.low not in (None, ONE):
                return False
            if self.stacked(family, value, by_rows):
                return True
            self.scope.rows_for_members(
                family.name, lambda at: ex.Transpose(ex.Row(value, at)) if by_rows else ex.Col(value, at)
            )
        elif not (family is None or isinstance(family, Size)) or (turned and not by_rows):
            return False
        elif turned != by_rows:
            # Vectors are columns, so that these are the rows when they are transposed.  Who means rows of one line by
            # it makes no mistake.
            self._doubt(formula)
        self._make_lines(node, Rows(value, by_rows), family)
        return True

    def _made_of(self, matrix: Tokens, node: Node, by_rows: bool) -> Symbolic | None:
        """A matrix that nothing declares, of as many rows or columns as a family has members: "let $X$ be the matrix
        with rows $x_i^\\top$"; None where their number or their length is not known.  Raises Unreadable where a sum may
        still say how many they are.
        """
        family = self.scope.find(node.text, node.style, indexed=True)
        name = parse(matrix)
        if not isinstance(family, FamilyName) or name.kind != "letter" or name.scripts or not name.text.isupper():
            return None
        count = self._number_of(family, plain_text(stripped(bracketed(node.scripts[0][1]) or node.scripts[0][1])))
        if count is None and self.scope.waits:
            raise Unreadable(f"how many members {family.name} has", name.place)
        if (family.columns, family.count) != (ONE, 1) or family.rows == ONE or count is None:
            return None
        shape = (count, family.rows) if by_rows else (family.rows, count)
        found = Symbolic(Var(name.text, *shape))
        self.scope.declare(name.text, found, name.style)
        return found

    def _number_of(self, family: FamilyName, letter: str) -> Expr | None:
        """How many members a family has that are counted from one; None where the text has not said it."""
        ranges = [(low, high) for name, low, high in self.scope.context.ranges if name == family.name]
        if family.high is not None:
            ranges.append((ONE if family.low is None else family.low, family.high))
        if not ranges and letter in self.scope.ends:
            ranges.append((self.scope.starts.get(letter, 0), self.scope.ends[letter]))
        said = self.scope.summed.get(letter) if not ranges and family.low in (None, ONE) else None
        if said is not None:
            ranges.append((ONE, self.size(said)))
        highs = {high for low, high in ranges if low == ONE and high is not None}
        return highs.pop() if len(highs) == 1 and len(ranges) else None

    def _make_lines(self, node: Node, lines: Rows, before: Entity | None) -> None:
        """Members become lines of a matrix; where they were declared before, they are still declared there."""
        section = self.scope.declared_in.get(node.text)
        self.scope.declare(node.text, lines, node.style)
        if isinstance(before, FamilyName) and section is not None:
            self.scope.declared_in[node.text] = section

    def _entries_told(self, tokens: Tokens, sentence: Sentence) -> bool:
        """Read a formula as the general entry of the vector before it, "the vector $z$ of the labels $y_i$".

        Says nothing of rows or columns.
        """
        if not spoken_of(sentence) or stance(sentence, needs_verb=False, any_words=True) is not Stance.ASSUMED:
            return False
        (*_, vector) = spoken_of(sentence)
        name = trimmed(members(vector))
        line = _line(tokens)
        if line is None or line[1] or not is_names(name) or not _OF_NUMBERS.fullmatch(_between(vector, sentence, "")):
            return False
        node = line[0]
        entity, rest = Values(self.scope).entity_of(parse(name))
        family = self.scope.find(node.text, node.style, indexed=True)
        if not isinstance(entity, Symbolic) or rest or entity.value.shape[1] != ONE or entity.value.is_number_shaped:
            return False
        value = entity.value
        if not isinstance(family, FamilyName) or value.name == family.name:
            return False
        fits = (family.rows, family.columns, family.count) == (ONE, ONE, 1) and family.high in (None, value.shape[0])
        if fits and family.low in (None, ONE) and not self.scope.has_rule(family.name):
            self.scope.rows_for_members(family.name, lambda at: ex.Entry(value, at))
            self.scope.pairs_of_entries(value)
            self._make_lines(node, Rows(value, True), family)
        return False


def _line(formula: Tokens) -> tuple[Node, bool] | None:
    r"""The name with an index that a formula gives to rows or columns, and whether it is transposed.

    That of ``x_i``, of ``x_i^\top``, of ``(x^{(i)})^\top`` and of a list or a membership of them; else None.
    """
    tokens = members(formula)
    if not tokens:
        return None
    try:
        node = parse(trimmed(split(tokens, (",",))[0] if is_dotted(tokens) else tokens))
    except Unreadable:
        return None
    turned = False
    if node.kind == "group" and node.text == "(" and node.tokens and _are_transposes(node.scripts):
        node, turned = parse(stripped(node.tokens)), True
    if node.kind != "letter" or not node.scripts:
        return None
    if len(node.scripts) == 1 and plain_text(node.scripts[0][1][-1:]) in ("T", "top", "intercal"):  # x^{(i)\top}
        (mark, at) = node.scripts[0]
        if mark == "^" and bracketed(at[:-1]) is not None:
            node = replace(node, scripts=[(mark, at[:-1])])
            turned = not turned
            if not turned:
                return None
    (mark, at), *rest = node.scripts
    inner = stripped(bracketed(at) or at)
    if rest and (turned or not _are_transposes(rest)):
        return None
    letter = name_of(inner[0]) if len(inner) == 1 else ""
    if (mark == "^" and bracketed(at) is None) or mark == "'" or not letter:
        return None
    if not (letter == "1" and is_dotted(tokens)) and not (letter.isalpha() and letter.islower() and len(letter) == 1):
        return None
    return node, turned or bool(rest)


_RAISED = ("th", "st", "nd", "rd", "e", "eme", "ieme", "ème", "ième")


def is_ordinal(tokens: Tokens, after: str) -> bool:
    """Whether a formula is the number of a thing: i of "the $i$-th row", of "row $i$" not."""
    letters = trimmed(tokens)
    if len(letters) == 1 and letters[0].kind == "char" and letters[0].text.isalpha():
        return _ORDINAL.match(plain(after)) is not None
    raised = len(letters) > 2 and letters[0].kind == "char" and letters[1].kind == "sup"
    return raised and plain_text(letters[2:]).removeprefix("text") in _RAISED


def _without_ordinals(sentence: Sentence) -> Sentence:
    """A sentence in which the numbers of rows and columns before a formula are letters of the text: "the i-th row"."""
    words = sentence.before.split("$")
    if len(words) != len(sentence.earlier) + 1:
        return sentence
    text, kept = words[0], list[Tokens]()
    for formula, behind in zip(sentence.earlier, words[1:], strict=True):
        letters = trimmed(formula)
        counts = is_ordinal(formula, behind) or (
            len(letters) == 1
            and name_of(letters[0]).isalpha()
            and _NUMBERED.search(plain(text))
            and re.match(r"\W*(?:of|de|du)\b", plain(behind))
        )
        if not counts:
            text, kept = f"{text}${behind}", [*kept, formula]
            continue
        letter = name_of(letters[0])
        written = (letter if len(letter) == 1 else "i") + ("-th" if len(letters) > 1 else "")
        text += written + (" " if behind[:1].isalnum() else "") + behind
    return replace(sentence, before=text, earlier=tuple(kept))


def _counts_otherwise(words: str, formula: Tokens) -> bool:
    """Whether words count a row with another letter than its name has: "whose j-th row is $x_i$"."""
    line = _line(formula)
    found = _COUNTED.search(words)
    if line is None or found is None:
        return False
    letter = _index_of(line[0])
    return letter.isalpha() and letter != (found["at"] or found["behind"])


def _ahead_of(formula: Tokens, sentence: Sentence) -> str:
    """The words just before a formula of the sentence."""
    at = max(k for k, earlier in enumerate(sentence.earlier) if earlier is formula)
    return plain(sentence.before).split("$")[at]


def _between(formula: Tokens, sentence: Sentence, end: str) -> str:
    """The words from a formula before on to the end of what stands before this one, without that end."""
    at = max(k for k, earlier in enumerate(sentence.earlier) if earlier is formula)
    words = "$".join(plain(sentence.before).split("$")[at + 1 :]) + " "
    return words.removesuffix(end)


def _are_transposes(scripts: list[tuple[str, Tokens]]) -> bool:
    return len(scripts) == 1 and (scripts[0][0] == "'" or plain_text(scripts[0][1]) in ("T", "top", "intercal"))
