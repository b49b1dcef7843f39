r"""A chain as one aligned display: one relation a line, numbers, marks, a box round the result.

Decides how a chain is laid out and where long lines break; the look of numbers, marks and boxes is
in the layouts' macros ``\steptag``, ``\stepresult``.  May import ``everystep`` and the printing
core.
"""

from __future__ import annotations

from collections.abc import Callable

from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Expression
from everystep.derivation import Chain
from render.boxes import Tree
from render.latex import latex, latex_op, spell
from render.measure import width
from render.notation import notation, terms_of

LINE = 34.0
"""What a line holds beside its number and mark, in ems."""
NARROW = 8.0
"""A left side up to this width stays beside a right side that is broken."""
RELATION = 1.35
INDENT = 2.0


def display(chain: Chain, tag: Callable[[str], str], words: Callable[[Predicate], str]) -> str:
    """The ``align`` of a chain; ``tag`` makes the end of a line from a step's name, ``words`` a
    property's words."""
    if chain.predicate is not None:
        subject = latex(chain.predicate.subject, display=True)
        body = rf"{subject} \ \text{{{words(chain.predicate)}}}"
        if chain.boxed:
            body = rf"\stepresult{{{body}}}"
        return _align([body + tag(chain.name)], "gather")
    left = notation(chain.start)
    hanging = _hangs(chain, width(left))
    room = LINE - RELATION - (INDENT if hanging else width(left))
    lines: list[str] = []
    if hanging:
        opening = _broken(chain.start, LINE)
        lines += [rf"&{part} \notag" if i == 0 else rf"&\qquad {part} \notag" for i, part in enumerate(opening)]
    for position, link in enumerate(chain.links):
        boxed = chain.boxed and position == len(chain.links) - 1
        start = r"&\quad" if hanging else (spell(left, True) + " &") if position == 0 else "&"
        parts = _broken(link.to, room - (0.9 if boxed else 0))
        end = tag(link.name)
        op = latex_op(link.op)
        if boxed:
            lines.append(rf"{start}{op} \stepresult{{{_stacked(parts)}}}{end}")
            continue
        first, *rest = parts
        if not rest:
            lines.append(f"{start}{op} {first}{end}")
            continue
        lines.append(rf"{start}{op} {first} \notag")
        pad = r"&\quad\qquad" if hanging else r"&\qquad"
        lines += [rf"{pad} {part} \notag" for part in rest[:-1]]
        lines.append(rf"{pad} {rest[-1]}{end}")
    return _align(lines, "align")


def _hangs(chain: Chain, left: float) -> bool:
    """Whether the left side gets a line of its own, and the rest stands below it, indented."""
    room = LINE - RELATION - left
    wholes = [width(notation(link.to)) for link in chain.links]
    if max(wholes) <= room:
        return False
    terms = [width(term) for link in chain.links for _, term in terms_of(link.to)]
    return left > NARROW or max(terms) > room


def formula(left: Expression, op: str, right: Expression) -> str:
    """One unnumbered relation, broken before the relation sign when it is long."""
    first, second = notation(left), notation(right)
    sign = latex_op(op)
    if width(first) + RELATION + width(second) <= LINE + 4:
        return f"{spell(first, True)} {sign} {spell(second, True)}"
    parts = _broken(right, LINE)
    body = r" \\ &\qquad ".join([f"{sign} {parts[0]}", *parts[1:]])
    return rf"\begin{{aligned}} &{spell(first, True)} \\ &\quad {body} \end{{aligned}}"


def _align(lines: list[str], environment: str) -> str:
    # No page break after the first line or before the last.
    breaks = [r"\\*" if i in (0, len(lines) - 2) else r"\\" for i in range(len(lines) - 1)]
    rows = (f"  {line} {end}".rstrip() for line, end in zip(lines, [*breaks, ""], strict=True))
    body = "\n".join(rows)
    return f"\\begin{{{environment}}}\n{body}\n\\end{{{environment}}}"


def _stacked(parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    rows = r" \\ &\quad ".join(parts)
    return rf"\begin{{aligned}} &{rows} \end{{aligned}}"


def _broken(expression: Expression, room: float) -> list[str]:
    """The expression in lines that fit, broken before the signs of its terms."""
    whole = notation(expression)
    if width(whole) <= room:
        return [spell(whole, True)]
    lines = _filled(expression, room)
    # As many lines, but of about the same length: a last line of one short term looks lost.
    for narrower in range(int(room), 0, -1):
        closer = _filled(expression, narrower)
        if len(closer) > len(lines):
            break
        lines = closer
    return lines


def _filled(expression: Expression, room: float) -> list[str]:
    """As many terms on each line as it holds, and at least one."""
    lines: list[str] = []
    used = 0.0
    for position, (negative, term) in enumerate(terms_of(expression)):
        part, wide = _term(negative, term, position), width(term) + 1.3
        if lines and used + wide <= room:
            lines[-1] += part
            used += wide
        else:
            lines.append(part.lstrip())
            used = wide + (0 if position == 0 else INDENT)
    return lines


def _term(negative: bool, term: Tree, position: int) -> str:
    body = spell(term, True)
    if position == 0:
        return f"-{body}" if negative else body
    return f" {'-' if negative else '+'} {body}"
