r"""Braces around whole statements: ``\boxed{x = y}``, ``{\color{red} x = y}``, ``\boxed{\begin{aligned} ... }``.

They are put there by what does not change the mathematics; within them stand relations and lines as outside.
May import the tokens and tables of the grammar.
"""

from __future__ import annotations

from itertools import islice

from everystep.reader.signs import CLOSERS, OPENERS, RELATIONS
from everystep.reader.source import Token, Tokens
from everystep.reader.trees import name_of, relation_of

_BEFORE = frozenset(("quad", "qquad", "therefore", "because", "implies", "iff", "so", *RELATIONS))
"""Commands that take no argument, behind which a statement may begin."""
_SIGNS = frozenset("=<>,;:.")


def unboxed(tokens: Tokens) -> Tokens:
    """Without the braces that hold a relation, a line's end or lines, and are no argument and bear no script."""
    if not any(token.kind == "open" for token in tokens):
        return tokens
    dropped: set[int] = set()
    # Of each brace that is open: where it is (-1 where it is an argument), the brackets open in it, what it holds.
    stack: list[tuple[int, int, bool]] = []
    brackets, holds = 0, False
    before: Token | None = None
    inside = -1  # the last brace, while nothing stands in it
    for k, token in enumerate(tokens):
        if token.kind == "space":
            continue
        if token.kind == "open":
            stack.append((k if _is_free(before) or (inside >= 0 and stack[-1][0] >= 0) else -1, brackets, holds))
            brackets, holds, inside = 0, False, k
        elif token.kind == "close":
            if stack:
                start, outer, held = stack.pop()
                if start >= 0 and holds and not _bears_script(tokens, k):
                    dropped |= {start, k}
                    held = True  # now it stands there
                brackets, holds = outer, held
            inside = -1
        else:
            name = name_of(token)
            if name in OPENERS or (token.kind == "command" and token.text == "{"):
                brackets += 1
            elif name in CLOSERS or (token.kind == "command" and token.text == "}"):
                brackets = max(0, brackets - 1)
            elif token.kind in ("newline", "align") or (token.kind == "begin" and brackets == 0):
                holds = True
            elif brackets == 0 and not holds:
                holds = bool(relation_of(tokens, k)[0])
            inside = -1
        before = token
    return tuple(token for k, token in enumerate(tokens) if k not in dropped) if dropped else tokens


def _is_free(before: Token | None) -> bool:
    """Whether a brace behind a token begins a group of its own."""
    if before is None or before.kind in ("newline", "align", "text", "begin", "end"):
        return True
    if before.kind == "char":
        return before.text in _SIGNS
    return before.kind == "command" and before.text in _BEFORE


def _bears_script(tokens: Tokens, at: int) -> bool:
    behind = next((token for token in islice(tokens, at + 1, None) if token.kind != "space"), None)
    return behind is not None and behind.kind in ("sub", "sup")
