"""Small readings of tokens and trees that need no declarations.

May import ``everystep.algebra`` and this package's grammar.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from sympy import Rational, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Int, Num
from everystep.algebra.shapes import Shape
from everystep.reader.signs import STYLES
from everystep.reader.source import Tokens
from everystep.reader.trees import Node, latex_of, name_of, split, stripped


def is_tower(exponent: Expression) -> bool:
    """Whether a power of numbers stands in the exponent of a number."""
    return isinstance(exponent, ex.Pow) and all(isinstance(n, (Num, Int, ex.Pow)) for n in ex.walk(exponent))


def nodes(node: Node) -> Iterator[Node]:
    """A tree and all its parts that are parsed."""
    yield node
    for part in node.parts:
        yield from nodes(part)


def key_of_bracket(node: Node) -> str:
    """What tells norms and inner products apart: the bracket and what stands below it."""
    below = next((plain_text(tokens) for mark, tokens in node.scripts if mark == "_"), "")
    return f"{node.text}_{below}" if below else node.text


def is_unknown(symbol: object) -> bool:
    """Whether a size is one that is still to be determined."""
    return isinstance(symbol, Symbol) and symbol.name.startswith("?")


def is_open(shape: Shape) -> bool:
    """Whether a shape has sizes that are still to be determined."""
    return any(is_unknown(s) for size in shape for s in size.free_symbols)


def line_of(value: Expression) -> ex.Row | ex.Col | None:
    """The row or the column of a named matrix that a value is, or is the transpose of; None where it is neither."""
    inner = value.operands[0] if isinstance(value, ex.Transpose) else value
    return inner if isinstance(inner, ex.Row | ex.Col) and isinstance(inner.operands[0], ex.Var) else None


def is_literal(value: Expression) -> bool:
    """Whether a value is a number that is written out."""
    return isinstance(value, Num) or (isinstance(value, ex.Div) and all(isinstance(o, Num) for o in value.operands))


def plain_text(tokens: Tokens) -> str:
    """The tokens as a word: letters, digits and names of commands; braces and styles left out."""
    parts = []
    for token in tokens:
        if token.kind in ("open", "close", "space"):
            continue
        if token.kind == "command" and (token.text in STYLES or token.text in ("operatorname", "scriptstyle")):
            continue
        parts.append(token.text)
    return "".join(parts)


def written_out(e: Expression) -> Expression:
    """An expression with powers to 0 and to 1 and factors 1 written out, to tell whether two terms are one."""
    parts = [written_out(a) if isinstance(a, Expression) else a for a in e.args]
    if isinstance(e, ex.Pow) and parts[1] in (Int(0), Num(0)):
        rows, _ = e.shape
        return Num(1) if rows == 1 else ex.Eye(rows)
    if isinstance(e, ex.Pow) and parts[1] in (Int(1), Num(1)):
        return parts[0]
    if isinstance(e, Int) and e.value.is_Integer:
        return Num(int(e.value))
    if isinstance(e, ex.Mul):
        flat = [factor for part in parts for factor in (part.args if isinstance(part, ex.Mul) else (part,))]
        kept = [factor for factor in flat if factor != Num(1)]
        return kept[0] if len(kept) == 1 else ex.Mul(*kept) if kept else Num(1)
    return e.func(*parts) if parts else e


def script_word(scripts: Sequence[tuple[str, Tokens]]) -> str:
    return next((plain_text(t) for m, t in scripts if m == "_"), "")


def bracketed(tokens: Tokens) -> Tokens | None:
    """What stands in a superscript's brackets: ``(i)``, ``[l]``."""
    tokens = stripped(tokens)
    if len(tokens) >= 3 and (name_of(tokens[0]), name_of(tokens[-1])) in (("(", ")"), ("[", "]")):
        return tokens[1:-1]
    return None


_BEHIND_A_LABEL = frozenset(("top", "intercal", "T", "-1", "-top", "-T"))


def label_and_mark(tokens: Tokens) -> tuple[Tokens, Tokens] | None:
    r"""The two parts of the superscript of ``W^{(2)\top}``, or of ``w^{*\top}``: a label in brackets, or a star, and
    what is done with the name.
    """
    tokens = stripped(tokens)
    opener = name_of(tokens[0]) if tokens else ""
    if opener in ("*", "star", "ast"):
        behind = tokens[2:] if tokens[1:2] and tokens[1].kind == "sup" else tokens[1:]
        return (tokens[:1], stripped(behind)) if plain_text(behind) in _BEHIND_A_LABEL else None
    if opener not in ("(", "["):
        return None
    level = 0
    for k, token in enumerate(tokens):
        level += name_of(token) in ("(", "[")
        level -= name_of(token) in (")", "]")
        if level == 0:
            behind = tokens[k + 1 :]
            behind = behind[1:] if behind and behind[0].kind == "sup" else behind
            fits = k > 1 and plain_text(behind) in _BEHIND_A_LABEL
            return (tokens[: k + 1], stripped(behind)) if fits else None
    return None


def left_out(node: Node) -> tuple[str, Tokens, list[tuple[str, Tokens]]] | None:
    r"""The name of values that each leave out one of the data, the letter of the one, and the other marks.

    Of ``\hat\beta_{(i)}``, ``w_{-i}``, ``w_{[-i]}``, ``w_{\setminus i}``, ``w^{(-i)}``: none of them is entry i.
    None of other names.
    """
    if node.kind != "letter":
        return None
    for k, (mark, tokens) in enumerate(node.scripts):
        written = stripped(tokens)
        at = next((j for j, t in enumerate(written) if len(name_of(t)) == 1 and name_of(t).islower()), None)
        if at is None or (mark, *(name_of(t) for t in (*written[:at], *written[at + 1 :]))) not in _LEFT_OUT:
            continue
        around = "".join("." if j == at else name_of(t).replace("setminus", "-") for j, t in enumerate(written))
        others = [script for j, script in enumerate(node.scripts) if j != k]
        return f"{node.text}{mark}{around.replace('backslash', '-')}", (written[at],), others
    return None


_LEFT_OUT = frozenset(
    (
        *(("_", *signs) for signs in (("(", ")"), ("[", "]"), ("-",), ("setminus",), ("backslash",))),
        *((mark, *signs) for mark in "_^" for signs in (("(", "-", ")"), ("[", "-", "]"))),
        *(("^", sign) for sign in ("setminus", "backslash")),
    )
)
"""A mark and the signs around its letter."""


def choices(count: int, chosen: int) -> Iterator[tuple[int, ...]]:
    yield from combinations(range(count), chosen)


def name_with(base: str, scripts: Sequence[tuple[str, Tokens]]) -> str:
    """The name of a letter with scripts in the convention of the printer; empty where it would not be a name."""
    sub = sup = primes = ""
    for mark, tokens in scripts:
        if mark == "'":
            primes += "'"
        elif mark == "_":
            if sub:
                return ""
            sub = "_" + _script_text(tokens)
        else:
            if sup:
                return ""
            sup = "^" + _script_text(tokens)
    if sub == "_" or sup == "^":
        return ""
    return f"{base}{primes}{sub}{sup}"


def numbered_name(node: Node) -> str:
    r"""A letter alone, or with a number that may tell it from others: ``b``, ``b_1``, ``b^{[1]}``; else empty."""
    if node.kind != "letter" or len(node.scripts) > 1:
        return ""
    if not node.scripts:
        return node.text
    ((mark, tokens),) = node.scripts
    text = plain_text(tokens)
    inner = text[1:-1] if mark == "^" and text[:1] in ("(", "[") else text if mark == "_" else ""
    return name_with(node.text, node.scripts) if inner.isdigit() else ""


def _script_text(tokens: Tokens) -> str:
    text = plain_text(tokens).replace("star", "*").replace(" ", "").replace(",", "")
    return text if all(c.isalnum() or c in "*+-()[]" for c in text) else ""


def atoms(tokens: Tokens) -> list[Tokens]:
    """A run of indices without commas: letters, digits and Greek letters one by one, brackets as they are."""
    result: list[Tokens] = []
    k = 0
    while k < len(tokens):
        token = tokens[k]
        if token.kind == "open" or name_of(token) == "(":
            closing = "close" if token.kind == "open" else ")"
            end = next(
                (m for m in range(k, len(tokens)) if tokens[m].kind == closing or name_of(tokens[m]) == closing), k
            )
            result.append(tokens[k + 1 : end])
            k = end + 1
            continue
        result.append((token,))
        k += 1
    return result


def trim(tokens: Tokens) -> Tokens:
    """Without commas at the ends, and only what stands before the first comma."""
    pieces = [stripped(p) for p in split(stripped(tokens), (",",))]
    return next((p for p in pieces if p), ())


def rational(tokens: Tokens) -> Rational | None:
    """A literal rational: ``-2``, ``1/2``, ``\\frac{1}{2}``, ``-\\frac12``."""
    sign = 1
    if tokens and name_of(tokens[0]) == "-":
        sign, tokens = -1, tokens[1:]
    text = "".join(t.text if t.kind in ("char", "command") else " " for t in tokens)
    if text.startswith("frac"):
        digits = text[4:].split() if " " in text[4:].strip() else list(text[4:].strip())
        if len(digits) == 2 and all(d.isdigit() for d in digits):
            return Rational(sign * int(digits[0]), int(digits[1]))
        return None
    parts = text.strip().split("/")
    if len(parts) == 2 and all(p.strip().isdigit() for p in parts) and int(parts[1]) != 0:
        return Rational(sign * int(parts[0]), int(parts[1]))
    return Rational(sign * int(text)) if text.strip().isdigit() else None


def written(node: Node) -> str:
    """A tree as LaTeX, for messages that show how something may be read."""
    match node.kind:
        case "letter":
            *accents, letter = node.text.split()
            text = "".join(f"\\{a} " for a in accents) + (f"\\{letter}" if len(letter) > 1 else letter)
        case "word" | "sign":
            text = f"\\{node.text}" if node.text.isalpha() else node.text
        case "number":
            text = node.text
        case "group" if node.text == "" and node.parts:
            inner = written(node.parts[0])
            text = f"({inner})" if node.parts[0].kind == "sum" else inner
        case "group":
            opening, closing = {"‖": ("\\|", "\\|"), "|": ("|", "|"), "<": ("\\langle ", "\\rangle ")}.get(
                node.text, (node.text, {"(": ")", "[": "]"}.get(node.text, "}"))
            )
            text = f"{opening}{latex_of(node.tokens)}{closing}"
        case "frac":
            text = f"\\frac{{{latex_of(node.rows[0][0])}}}{{{latex_of(node.rows[1][0])}}}"
        case "sqrt":
            text = f"\\sqrt{{{latex_of(node.rows[0][0])}}}"
        case "sum":
            text = "".join(f" {s} {written(p)}" for s, p in zip(node.text, node.parts, strict=True)).removeprefix(" + ")
        case "tensor":
            text = f" \\{node.text} ".join(written(p) for p in node.parts)
        case "product":
            signs = {"·": " \\cdot ", "×": " \\times ", "/": "/"}
            pairs = zip(node.separators, node.parts, strict=True)
            text = "".join(f"{signs.get(s, ' ') if k else ''}{written(p)}" for k, (s, p) in enumerate(pairs))
        case _:
            text = "..."
    for mark, tokens in node.scripts:
        text += "'" if mark == "'" else f"{mark}{{{latex_of(tokens)}}}"
    return " ".join(text.split())


def marker_width(tokens: Tokens, at: int) -> int:
    """How many tokens a d or partial takes at a position; 0 where there is none."""
    token = tokens[at]
    if name_of(token) == "partial" or (token.kind == "char" and token.text == "d"):
        return 1
    if token.kind == "command" and token.text in ("mathrm", "operatorname", "rm"):
        if at + 3 < len(tokens) and tokens[at + 1].kind == "open" and tokens[at + 2].text == "d":
            return 4
        if at + 1 < len(tokens) and tokens[at + 1].text == "d":
            return 2
    return 0


def after_marker(top: Tokens) -> tuple[int, Tokens]:
    """The order of a derivative and what is differentiated above the line."""
    k = marker_width(top, 0)
    order = 1
    if k < len(top) and top[k].kind == "sup":
        if top[k + 1].kind == "open":
            order, k = int(top[k + 2].text) if top[k + 2].text.isdigit() else 0, k + 4
        else:
            order, k = int(top[k + 1].text) if top[k + 1].text.isdigit() else 0, k + 2
    return order, top[k:]


def unwrapped(tokens: Tokens) -> Tokens:
    """Without one pair of brackets around the whole: ``(Az)_l`` keeps its own."""
    inner = bracketed(tokens)
    return tokens if inner is None else inner
