r"""The letters of sum and product signs: those that a sign binds, and those that stand above one or in a subscript.

May import this package's tokens and trees only.
"""

from __future__ import annotations

from everystep.reader.source import Tokens
from everystep.reader.trees import Node, _argument_end, relation_of, stripped


def bound_letters(big: Node) -> set[str]:
    r"""The letters a sum sign binds: i of ``i = 1``, ``i < j``, ``1 \le i \le n``; two of ``1 \le i < j \le n``."""
    for mark, tokens in big.scripts:
        if mark == "_":
            pieces: list[set[str]] = [set()]
            comparing = True
            for k, token in enumerate(tokens):
                found = relation_of(tokens, k)[0]
                if found:
                    comparing = comparing and found in ("<", "<=", "!=")
                    pieces.append(set())
                elif token.kind == "char" and token.text.isalpha():
                    pieces[-1].add(token.text)
            between = pieces[1:-1] if comparing and len(pieces) > 2 else pieces[:1]
            return set().union(*between)
    return set()


def apart_letters(big: Node) -> set[str]:
    r"""Both letters of ``\sum_{i \ne j}``, which by custom is a sum over both where j has no other meaning."""
    below = next((tokens for mark, tokens in big.scripts if mark == "_"), ())
    names = [token.text for token in below if token.kind == "char" and token.text.isalpha()]
    apart = any(relation_of(below, k)[0] == "!=" for k in range(len(below)))
    return set(names) if apart and len(names) == 2 and names[0] < names[1] else set()


def upper_letters(tokens: Tokens) -> tuple[set[str], set[str]]:
    r"""The letters that alone stand above a sum or product sign, and are indices nowhere, as n of ``\sum_{i=1}^n``;
    and those that are indices elsewhere, as T of ``h_T = \sum_{t=1}^T``.  A lone T in an exponent may be a transpose.
    """
    found, below, transposes = script_letters(tokens)
    return found - below - transposes, (found & below) - transposes


def is_last_step(tokens: Tokens) -> bool:
    r"""Whether a capital T counts steps in an exponent, as in ``\gamma^{T-1}``: no transpose has a number beside it."""
    for k, token in enumerate(tokens):
        if token.kind != "sup":
            continue
        inside = [
            t.text for t in tokens[k + 1 : _argument_end(tokens, k + 1)] if t.kind not in ("open", "close", "space")
        ]
        if (
            "T" in inside
            and len(inside) > 2
            and inside[0] not in "+-"
            and all(t.isalnum() or t in "+-" for t in inside)
        ):
            return any(t in "+-" for t in inside)
    return False


def letters_of_sizes(tokens: Tokens) -> set[str]:
    r"""The letters that stand as sizes below an identity or columns of ones or zeros: n of ``I_n``, ``\mathbf 1_n``."""
    found: set[str] = set()
    for k, token in enumerate(tokens):
        if token.kind != "sub":
            continue
        before = [t for t in tokens[:k] if t.kind not in ("close", "space")][-2:]
        if not before or before[-1].kind != "char" or before[-1].text not in ("I", "1", "0"):
            continue
        if len(before) == 2 and before[0].text.isdigit():
            continue  # 10_n
        inside = [t for t in tokens[k + 1 : _argument_end(tokens, k + 1)] if t.kind not in ("open", "close", "space")]
        sizes, signs = inside[::2], inside[1::2]
        if all(t.kind == "char" and t.text.isalpha() for t in sizes) and all(t.text in ("times", ",") for t in signs):
            found |= {t.text for t in sizes}
    return found


def ends_of_sums(tokens: Tokens) -> dict[str, Tokens | None]:
    r"""Up to where letters run from 1 in the sums over them: n of ``\sum_{i=1}^n``; None where they run otherwise, to
    several ends, or to what is no letter or numeral alone.
    """
    found: dict[str, Tokens | None] = {}
    for k, token in enumerate(tokens):
        if token.kind != "command" or token.text not in ("sum", "prod"):
            continue
        scripts: dict[str, Tokens] = {}
        at = k + 1
        while at < len(tokens) and tokens[at].kind in ("sub", "sup", "space"):
            end = at + 1 if tokens[at].kind == "space" else _argument_end(tokens, at + 1)
            if tokens[at].kind != "space":
                scripts[tokens[at].kind] = tuple(stripped(tokens[at + 1 : end]))
            at = end
        below, above = scripts.get("sub", ()), scripts.get("sup", ())
        written = [t.text for t in below if t.kind not in ("open", "close", "space")]
        letter = written[0] if written else ""
        if not letter.isalpha():
            continue
        high = above if written[1:] == ["=", "1"] and len(_texts(above)) == 1 else None
        same = letter not in found or _texts(found[letter]) == _texts(high)
        found[letter] = high if same else None
    return found


def _texts(tokens: Tokens | None) -> list[str]:
    return [t.text for t in tokens or () if t.kind not in ("open", "close", "space")]


def script_letters(tokens: Tokens) -> tuple[set[str], set[str], set[str]]:
    """The letters alone above a sum or product sign, those in subscripts, and T or t alone in another exponent."""
    found: set[str] = set()
    below: set[str] = set()
    transposes: set[str] = set()
    k = 0
    while k < len(tokens):
        sign = tokens[k].kind == "command" and tokens[k].text in ("sum", "prod")
        k += 1
        while k < len(tokens) and tokens[k].kind in ("sub", "sup", "space"):
            if tokens[k].kind == "space":
                k += 1
                continue
            end = _argument_end(tokens, k + 1)
            inside = [t for t in tokens[k + 1 : end] if t.kind not in ("open", "close", "space")]
            letters = {t.text for t in inside if t.kind == "char" and t.text.isalpha()}
            if not (sign and tokens[k].kind == "sup"):
                if tokens[k].kind == "sub":
                    below |= letters
                elif len(inside) == 1:
                    transposes |= letters & {"T", "t"}
            elif len(inside) == 1:
                found |= letters
            k = end
    return found, below, transposes
