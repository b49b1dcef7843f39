r"""The grammar of displayed mathematics: tokens -> a tree that has no types yet.

::

    expression = ["+" | "-"] tensor {("+" | "-") tensor}
    tensor     = product {("\odot" | "\circ" | "\otimes" | ...) product}
    product    = factor {[separator] factor}            separator = "\cdot" | "\times" | "*" | "/"
    factor     = atom {"_" argument | "^" argument | "'"}
    atom       = number | letter | word | group | "\frac" argument argument | "\sqrt" argument | matrix | ...

A product stays a flat list of factors: which of them are functions and how far their arguments reach is settled by the
declarations (:mod:`everystep.reader.values`).  May import ``everystep.reader.source``,
``prefix_transposes``, ``trees`` and ``signs`` only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from everystep.reader.prefix_transposes import EITHER
from everystep.reader.sign_letters import bound_letters
from everystep.reader.signs import (
    ACCENTS,
    BARS,
    BIG,
    CLOSERS,
    GREEK,
    MATRICES,
    OPENERS,
    RELATIONS,
    SEPARATORS,
    SIGNS,
    STYLES,
    TENSORS,
    VARIANTS,
    WORDS,
)
from everystep.reader.source import Place, Token, Tokens
from everystep.reader.trees import (
    Node,
    Unreadable,
    _argument_end,
    depths,
    latex_of,
    name_of,
    split,
    stripped,
    without_empty_braces,
)

MOST_NESTED = 60
TOO_LONG = 4000
"""Tokens of one expression: a derivation has none so long, and a few steps of its reading are quadratic."""


class Parser:
    """Parses the tokens of one expression.

    ``words``: names of several letters that are declared or known, for letters written side by side.
    Raises Unreadable.
    """

    def __init__(self, tokens: Tokens, words: Collection[str] = (), depth: int = 0) -> None:
        if depth > MOST_NESTED:
            raise Unreadable("nested too deeply", tokens[0].place if tokens else None)
        self.tokens = without_empty_braces(stripped(tokens))
        self.words = words
        self.depth = depth
        self.at = 0

    def parse(self) -> Node:
        """The whole as one expression."""
        if not self.tokens:
            raise Unreadable("nothing is written here")
        node = self.expression()
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            raise Unreadable(f"did not expect '{latex_of((token,))}' here", token.place)
        return node

    def expression(self) -> Node:
        place = self._place()
        terms: list[Node] = []
        signs = ""
        while True:
            sign = "+"
            while self._name() in ("+", "-") and self._kind() == "char":
                sign = sign if self._name() == "+" else {"+": "-", "-": "+"}[sign]
                self.at += 1
            if self._name() in ("pm", "mp"):
                raise Unreadable("\\pm stands for two expressions; write them one by one", self._place())
            terms.append(self.tensor())
            signs += sign
            if self._kind() != "char" or self._name() not in ("+", "-"):
                if self._name() in ("pm", "mp"):
                    raise Unreadable("\\pm stands for two expressions; write them one by one", self._place())
                break
        if signs == "+":
            return terms[0]
        return self._reach(Node("sum", signs, terms, place))

    @staticmethod
    def _reach(node: Node) -> Node:
        """A sum sign reaches over + and - as long as its index occurs."""
        terms: list[Node] = []
        signs = ""
        for term, sign in zip(node.parts, node.text, strict=True):
            opened = _open_sum(terms[-1], term) if terms else None
            if opened is None:
                terms.append(term)
                signs += sign
                continue
            product, behind = opened
            body = _behind(product, behind)
            if (
                body.kind == "group"
                and body.text == ""
                and body.parts[0].kind == "sum"
                and len(product.parts) == behind + 1
            ):
                body.parts[0].parts.append(term)
                body.parts[0].text += sign
            else:
                _put_behind(product, behind, Node("sum", "+" + sign, [body, term], product.place))
        if signs == "+":
            return terms[0]
        return Node("sum", signs, terms, node.place)

    def tensor(self) -> Node:
        node = self.product()
        while self._kind() in ("command", "char") and self._name() in TENSORS:
            operator = TENSORS[self._name()]
            place = self._place()
            self.at += 1
            node = _tensor(node, operator, self.product(), place)
        return node

    def product(self) -> Node:
        place, start = self._place(), self.at
        factors: list[Node] = []
        separators: list[str] = []
        separator = ""
        while True:
            name = self._name()
            if factors and self._kind() in ("char", "command") and name in SEPARATORS:
                separator = SEPARATORS[name]
                self.at += 1
                if self._kind() == "char" and self._name() == "-":  # 2 \cdot -3
                    raise Unreadable("a sign follows a product sign; use parentheses", self._place())
                continue
            if factors and not separator and self._is_dot():
                separator = "·"
                self.at += 1
                continue
            if factors and not separator and self._is_evaluation():
                factors, separators = [self._evaluation(start)], [""]
                continue
            if not self._begins_factor():
                break
            factors.append(self.factor())
            separators.append(separator)
            separator = ""
        if not factors:
            token = self.tokens[self.at] if self.at < len(self.tokens) else None
            what = f"before '{latex_of((token,))}'" if token else "at the end"
            raise Unreadable(f"something is missing {what}", token.place if token else self._last_place())
        if separator:
            raise Unreadable("something is missing behind the product sign", self._last_place())
        if len(factors) == 1:
            return factors[0]
        return Node("product", "", factors, place, separators=separators)

    def _is_evaluation(self) -> bool:
        r"""A bar with an equation below it: ``f'(x) |_{x = 0}``."""
        at = self.at
        if not self._is_bar(at, "|") or at + 2 >= len(self.tokens) or self.tokens[at + 1].kind != "sub":
            return False
        if self.tokens[at + 2].kind != "open":
            return False
        below = self.tokens[at + 3 : _argument_end(self.tokens, at + 2) - 1]
        return len(split(below, ("=",))) == 2

    def _evaluation(self, start: int) -> Node:
        """The product that began at a token, evaluated as the bar here says."""
        place, inside = self.tokens[start].place, self.tokens[start : self.at]
        self.at += 1
        return Node("group", "at", [], place, style="bare", scripts=self._scripts(), tokens=inside)

    def _is_dot(self) -> bool:
        """A full stop between two factors is a product sign."""
        if self._kind() != "char" or self._name() != "." or self.at + 1 >= len(self.tokens):
            return False
        self.at += 1
        begins = self._begins_factor()
        self.at -= 1
        return begins

    def _begins_factor(self) -> bool:
        if self.at >= len(self.tokens):
            return False
        token = self.tokens[self.at]
        if token.kind in ("open", "begin"):
            return True
        if token.kind in ("close", "end", "sub", "sup", "align", "newline", "text"):
            return False
        name = name_of(token)
        if token.kind == "char":
            return name.isalnum() or name in "([|"
        if name in BARS or name in OPENERS:
            return True
        if name in RELATIONS or name in CLOSERS or name in TENSORS or name in SEPARATORS:
            return name == "mid"
        return name not in ("}", "quad", "qquad", "right.", "pm", "mp", "cap", "cup", "setminus", "forall", "exists")

    def factor(self) -> Node:
        node = self.atom()
        node.scripts += self._scripts()
        return node

    def _scripts(self) -> list[tuple[str, Tokens]]:
        """The marks that stand here, in the author's order."""
        scripts: list[tuple[str, Tokens]] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind in ("sub", "sup"):
                self.at += 1
                argument = self._argument(token.place)
                mark = "_" if token.kind == "sub" else "^"
                primes = sum(name_of(t) == "prime" for t in argument)
                if mark == "^" and primes and primes == len(argument):
                    scripts += [("'", ())] * primes
                else:
                    scripts.append((mark, argument))
            elif token.kind == "char" and token.text in ("'", "’"):
                self.at += 1
                scripts.append(("'", ()))
            elif (token.kind == "command" and token.text in ("limits", "nolimits")) or self._is_marked_nothing():
                self.at += 1 if token.kind == "command" else 2
            else:
                break
        return scripts

    def _is_marked_nothing(self) -> bool:
        """Whether empty braces with a mark stand here, ``A{}^2``: the mark is that of what stands before."""
        at = self.at
        while [t.kind for t in self.tokens[at : at + 2]] == ["open", "close"]:
            at += 2
        return at > self.at and at < len(self.tokens) and self.tokens[at].kind in ("sub", "sup")

    def atom(self) -> Node:
        token = self.tokens[self.at]
        if token.kind == "open":
            inside = self._argument(token.place)
            return self._transparent(inside, token.place)
        if token.kind == "begin":
            return self._environment()
        if token.kind == "char":
            return self._character(token)
        return self._command(token)

    def _transparent(self, inside: Tokens, place: Place, style: str = "") -> Node:
        """What stands in braces: an atom with its scripts, or a group of its own."""
        if not inside:
            if self.at < len(self.tokens) and self.tokens[self.at].kind in ("sub", "sup"):
                raise Unreadable("a mark on nothing", place)
            return Node("group", "", [Node("number", "1", place=place)], place)
        node = Parser(inside, self.words, self.depth + 1).parse()
        if style:
            node.style = style
        if node.kind in ("letter", "word", "number", "sign", "group", "frac", "sqrt", "matrix"):
            if node.scripts:
                return Node("group", "", [node], place, tokens=inside)
            return node
        return Node("group", "", [node], place, tokens=inside)

    def _character(self, token: Token) -> Node:
        text = token.text
        if text.isdigit():
            return self._number(token)
        if text.isalpha():
            return self._letters(token)
        if text in BARS:
            return self._bars(token)
        if text in OPENERS:
            return self._bracket(token)
        raise Unreadable(f"did not expect '{text}' here", token.place)

    def _number(self, token: Token) -> Node:
        text = ""
        while self.at < len(self.tokens) and (self._kind() == "char" or self._is_decimal_comma()):
            name = self._name()
            following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
            if text and "." not in text and self._is_decimal_comma():
                text += "."
                self.at += 3
                continue
            digit_follows = following is not None and following.kind == "char" and following.text.isdigit()
            if not (name.isdigit() or (name == "." and digit_follows and "." not in text)):
                break
            text += name
            self.at += 1
        return Node("number", text, place=token.place)

    def _is_decimal_comma(self) -> bool:
        """``{,}`` between digits: the comma of a decimal number."""
        inner = self.tokens[self.at : self.at + 4]
        comma = [t.kind for t in inner[:3]] == ["open", "char", "close"] and inner[1].text == ","
        return comma and len(inner) == 4 and inner[3].kind == "char" and inner[3].text.isdigit()

    def _letters(self, token: Token) -> Node:
        """A letter, or a declared or known word of several letters (and digits) written side by side."""
        run = ""
        k = self.at
        while (
            k < len(self.tokens) and self.tokens[k].kind == "char" and self.tokens[k].text.isalnum() and len(run) < 16
        ):
            run += self.tokens[k].text
            k += 1
        for length in range(len(run), 1, -1):
            if run[:length] in self.words:
                self.at += length
                return Node("word", run[:length], place=token.place)
        self.at += 1
        return Node("letter", token.text, place=token.place)

    def _bracket(self, token: Token) -> Node:
        name = name_of(token)
        closing = OPENERS.get(name, "}" if name == "{" else "")
        end = self._matching(closing)
        inside = self.tokens[self.at + 1 : end]
        self.at = end + 1
        kind = {"lbrace": "{", "lbrack": "[", "langle": "<", "lvert": "|", "lVert": "‖"}.get(name, name)
        return Node("group", kind, [], token.place, tokens=inside)

    def _matching(self, closing: str) -> int:
        """Where the bracket that opens here is closed; ``[`` may be closed by ``)`` in intervals only, not here."""
        stack: list[str] = []
        for k in range(self.at, len(self.tokens)):
            token = self.tokens[k]
            name = name_of(token)
            if token.kind == "open":
                stack.append("close")
            elif token.kind == "close":
                if not stack or stack.pop() != "close":
                    break
            elif token.kind in ("char", "command") and (
                name in OPENERS or (token.kind == "command" and token.text == "{")
            ):
                stack.append(OPENERS.get(name, "}"))
            elif token.kind in ("char", "command") and (
                name in CLOSERS or (token.kind == "command" and token.text == "}")
            ):
                if not stack or stack[-1] != name:
                    break
                stack.pop()
                if not stack:
                    return k
        raise Unreadable(f"the bracket '{latex_of((self.tokens[self.at],))}' is not closed", self._place())

    def _bars(self, token: Token) -> Node:
        """A bar opens where a factor is expected and closes where an operator is."""
        kind = BARS[name_of(token)]
        doubled = token.kind == "char" and token.text == "|" and self._is_bar(self.at + 1, "|")
        if doubled:  # ||x||
            kind = "‖"
        start = self.at + (2 if doubled else 1)
        depth = 0
        k = start
        opened = 0
        expects_factor = True
        while k < len(self.tokens):
            here = self.tokens[k]
            name = name_of(here)
            if k > start and self.tokens[k - 1].kind in ("sub", "sup") and (name in ("+", "-", "*", *TENSORS)):
                expects_factor = False  # a mark such as that of w^*
            elif here.kind in ("open", "begin") or (here.kind in ("char", "command") and name in OPENERS):
                depth += 1
                expects_factor = True
            elif here.kind in ("close", "end") or (here.kind in ("char", "command") and name in CLOSERS):
                depth -= 1
                expects_factor = False
                if depth < 0:
                    break
            elif depth == 0 and here.kind in ("char", "command") and BARS.get(name) == (kind if not doubled else "|"):
                if expects_factor and k > start:
                    opened += 1
                    k += 1 if not doubled else 2
                    continue
                if opened:
                    opened -= 1
                    k += 1 if not doubled else 2
                    continue
                if not doubled or self._is_bar(k + 1, "|"):
                    inside = self.tokens[start:k]
                    self.at = k + (2 if doubled else 1)
                    return Node("group", kind, [], token.place, tokens=inside)
            elif here.kind in ("char", "command"):
                operators = name in "+-*/=<>,;" if here.kind == "char" else name in TENSORS or name in SEPARATORS
                expects_factor = operators or name in RELATIONS
            elif here.kind in ("sub", "sup"):
                expects_factor = False
            k += 1
        raise Unreadable(f"the bar '{latex_of((token,))}' is not closed", token.place)

    def _is_bar(self, at: int, kind: str) -> bool:
        if at >= len(self.tokens):
            return False
        token = self.tokens[at]
        return token.kind in ("char", "command") and BARS.get(name_of(token)) == kind

    def _command(self, token: Token) -> Node:
        name = name_of(token)
        if name in GREEK or name in VARIANTS:
            self.at += 1
            return Node("letter", VARIANTS.get(name, name), place=token.place)
        if name in BARS:
            return self._bars(token)
        if name in OPENERS or name == "{":
            return self._bracket(token)
        if name == "frac":
            self.at += 1
            top, bottom = self._argument(token.place), self._argument(token.place)
            node = Node("frac", place=token.place)
            node.rows = [[top], [bottom]]
            return node
        if name == "sqrt":
            return self._root(token)
        if name in ("norm", "abs") and self.at + 1 < len(self.tokens) and self.tokens[self.at + 1].kind == "open":
            self.at += 1  # of a package: the document does not define it
            return Node("group", "‖" if name == "norm" else "|", [], token.place, tokens=self._argument(token.place))
        if name == "binom":
            self.at += 1
            node = Node("binom", place=token.place)
            node.rows = [[self._argument(token.place)], [self._argument(token.place)]]
            return node
        if name in ACCENTS:
            self.at += 1
            inner = self._transparent(self._argument(token.place), token.place)
            if inner.kind not in ("letter", "word"):
                if name == "underline":
                    return inner  # a formula that is emphasised
                raise Unreadable(f"\\{name} of more than a letter is read only where it is declared", token.place)
            return Node("letter", f"{ACCENTS[name]} {inner.text}", place=token.place, style=inner.style)
        if name in STYLES:
            return self._styled(token, STYLES[name])
        if name in ("operatorname", "operatornamewithlimits", "mathop"):
            self.at += 1
            inside = stripped(self._argument(token.place))
            styles = [STYLES[t.text] for t in inside if t.kind == "command" and t.text in STYLES]
            if styles == ["double"]:
                return self._transparent(inside, token.place)  # \DeclareMathOperator{\E}{\mathbb{E}}
            spelled = (t for t in inside if not (t.kind == "command" and t.text in STYLES))
            text = "".join(t.text for t in spelled if t.kind in ("char", "text", "command"))
            return Node("word", text, place=token.place)
        if name in WORDS or name in ("tr", "Tr", "diag", "rank", "trace"):
            self.at += 1
            if name == "arg" and self._name() in ("min", "max"):
                name += self._name()
                self.at += 1
            return Node("word", name, place=token.place)
        if name == "left.":
            return self._evaluated(token)
        if name in BIG or name in SIGNS:
            self.at += 1
            return Node("sign", name, place=token.place)
        if name == EITHER:
            raise Unreadable("a transpose of what stands before it, or behind it? write \\top", token.place)
        raise Unreadable(f"the command \\{name} is not known", token.place)

    def _root(self, token: Token) -> Node:
        self.at += 1
        degree: Tokens = ()
        if self._kind() == "char" and self._name() == "[":
            end = self._matching("]")
            degree = self.tokens[self.at + 1 : end]
            self.at = end + 1
        node = Node("sqrt", place=token.place)
        node.rows = [[self._argument(token.place)], [degree]]
        return node

    def _styled(self, token: Token, style: str) -> Node:
        start = self.at
        self.at += 1
        inside = stripped(self._argument(token.place))
        behind = self.tokens[self.at] if self.at < len(self.tokens) else None
        scripted = behind is not None and (behind.kind in ("sub", "sup") or name_of(behind) == "'")
        several = len(inside) > 1 and all(len(name_of(t)) == 1 and name_of(t).isalpha() for t in inside)
        if style == "bold" and scripted and several and "".join(map(name_of, inside)) not in self.words:
            # A bold XA^T is printed as X A^T: each letter is one, and the script is that of the last.
            apart = tuple(part for letter in inside for part in (token, letter))
            self.tokens = (*self.tokens[:start], *apart, *self.tokens[self.at :])
            self.at = start
            return self._styled(token, style)
        letters = "".join(t.text for t in inside if t.kind == "char")
        if style in ("upright", "double") and len(letters) == len(inside) > 1 and letters.isalnum():
            return Node("word", letters, place=token.place, style=style)
        if style == "script" and len(letters) == len(inside) == 1:
            return Node("letter", f"cal{letters}", place=token.place)
        node = self._transparent(inside, token.place)
        if node.kind in ("letter", "number", "word"):
            node.style = style or node.style
        return node

    def _evaluated(self, token: Token) -> Node:
        r"""``\left. ... \right|_{t = 0}``."""
        self.at += 1
        level = depths(self.tokens[self.at :])
        for k, depth in enumerate(level):
            here = self.tokens[self.at + k]
            behind = self.tokens[self.at + k + 1] if self.at + k + 1 < len(self.tokens) else None
            if depth == 0 and name_of(here) in ("|", "vert", "rvert") and behind is not None and behind.kind == "sub":
                inside = self.tokens[self.at : self.at + k]
                self.at += k + 1
                return Node("group", "at", [], token.place, tokens=inside)
        raise Unreadable("\\left. is not closed by \\right| with an index", token.place)

    def _environment(self) -> Node:
        token = self.tokens[self.at]
        depth = 0
        for k in range(self.at, len(self.tokens)):
            depth += (self.tokens[k].kind == "begin") - (self.tokens[k].kind == "end")
            if depth == 0:
                inside = self.tokens[self.at + 1 : k]
                self.at = k + 1
                break
        else:
            raise Unreadable(f"\\begin{{{token.text}}} is not closed", token.place)
        name = token.text.rstrip("*")
        if name in ("cases", "dcases"):
            node = Node("cases", name, place=token.place)
        elif name in MATRICES:
            node = Node("matrix", name, place=token.place)
        else:
            return self._transparent(inside, token.place)
        node.rows = [split(row, ("align",)) for row in split(inside, ("newline",)) if stripped(row)]
        return node

    def _argument(self, place: Place | None) -> Tokens:
        """The tokens of the next argument: inside of braces, or one token with what it needs."""
        if self.at >= len(self.tokens):
            raise Unreadable("something is missing at the end", place)
        token = self.tokens[self.at]
        if token.kind in ("close", "end", "align", "newline"):
            raise Unreadable(f"something is missing before '{latex_of((token,))}'", token.place)
        start = self.at
        if token.kind == "open":
            end = _argument_end(self.tokens, self.at)
            if self.tokens[end - 1].kind != "close":
                raise Unreadable("a brace is not closed", token.place)
            self.at = end
            return self.tokens[start + 1 : end - 1]
        self.at += 1
        if token.kind == "command":
            count = 2 if token.text == "frac" else 1 if token.text in STYLES or token.text in ACCENTS else 0
            count = 1 if token.text in ("sqrt", "operatorname") else count
            for _ in range(count):
                self._argument(token.place)
        return self.tokens[start : self.at]

    def _kind(self) -> str:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else ""

    def _name(self) -> str:
        return name_of(self.tokens[self.at]) if self.at < len(self.tokens) else ""

    def _place(self) -> Place | None:
        return self.tokens[self.at].place if self.at < len(self.tokens) else self._last_place()

    def _last_place(self) -> Place | None:
        return self.tokens[-1].place if self.tokens else None


def _tensor(left: Node, operator: str, right: Node, place: Place | None) -> Node:
    """An entrywise or a Kronecker product; a sum sign on the left reaches over it where its index occurs."""
    opened = _open_sum(left, right)
    if opened is not None:
        product, behind = opened
        _put_behind(product, behind, _tensor(_behind(product, behind), operator, right, place))
        return left
    if left.kind == "tensor" and left.text == operator:
        left.parts.append(right)
        return left
    return Node("tensor", operator, [left, right], place)


def _open_sum(term: Node, following: Node) -> tuple[Node, int] | None:
    """The innermost sum sign at the end of a term whose index occurs in what follows: the product that the sign stands
    in, and the position behind it there.
    """
    if term.kind == "tensor":
        return _open_sum(term.parts[-1], following)
    for behind in range(len(term.parts) - 1, 0, -1) if term.kind == "product" else ():
        sign = term.parts[behind - 1]
        if sign.kind == "sign" and sign.text == "prod":
            return None
        if sign.kind == "sign" and sign.text == "sum" and mentions(following, bound_letters(sign)):
            return term, behind
    return None


def _behind(product: Node, position: int) -> Node:
    """The factors of a product from a position on, as one node."""
    last = product.parts[position:]
    if len(last) == 1:
        return last[0]
    return Node("product", "", last, product.place, separators=product.separators[position:])


def _put_behind(product: Node, position: int, node: Node) -> None:
    """Puts a node, in brackets, in the place of the factors of a product from a position on."""
    product.parts[position:] = [Node("group", "", [node], product.place)]
    product.separators[position:] = [""]


def mentions(node: Node, letters: set[str], passes: Callable[[Node], bool] = lambda big: False) -> bool:
    """Whether an index occurs free: a further sum over the same letter binds its own.

    ``passes``: sum signs that are passed over with all that stands behind them in the product.
    """
    if not letters:
        return False
    if node.kind == "letter" and node.text in letters:
        return True
    if any(t.text in letters for mark, tokens in node.scripts for t in tokens if t.kind == "char"):
        return True
    if node.kind == "product":
        for part in node.parts:
            if part.kind == "sign" and part.text in ("sum", "prod"):
                if passes(part):
                    return False
                limits = [t for mark, tokens in part.scripts if mark == "^" for t in tokens]
                if any(t.text in letters for t in limits if t.kind == "char"):
                    return True
                letters = letters - bound_letters(part)
            elif mentions(part, letters, passes):
                return True
        return False
    if node.tokens and _tokens_mention(node.tokens, letters, passes):
        return True
    if any(_tokens_mention(cell, letters, passes) for row in node.rows for cell in row):
        return True
    return any(mentions(part, letters, passes) for part in node.parts)


def _tokens_mention(tokens: Tokens, letters: set[str], passes: Callable[[Node], bool]) -> bool:
    """The same of tokens that are not parsed yet."""
    if not any(t.kind == "char" and t.text in letters for t in tokens):
        return False
    if not any(t.kind == "command" and t.text in ("sum", "prod") for t in tokens):
        return True
    try:
        return any(mentions(parse(piece), letters, passes) for piece in split(tokens, (",", ";")) if stripped(piece))
    except Unreadable:
        return True


def parse(tokens: Tokens, words: Collection[str] = (), depth: int = 0) -> Node:
    """The tree of one expression; raises Unreadable."""
    if len(tokens) > TOO_LONG:
        raise Unreadable(f"a formula of more than {TOO_LONG} tokens", tokens[0].place)
    return Parser(tokens, words, depth).parse()
